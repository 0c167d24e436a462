//! Takes what may be a secret out of messages. A record holds names of secrets
//! only; who pastes a value by mistake must not find it again in a CI log.

use serde_json::Value;

use super::values;
use crate::evidence::{Diagnostic, MASK};

/// Shorter texts are no secrets, and would blot out half of a message.
const SHORTEST: usize = 3;

/// Masks in messages about records whatever these texts of them hold where only
/// names belong.
pub(super) fn hide<'v>(
    mut problems: Vec<Diagnostic>,
    texts: impl IntoIterator<Item = &'v Value>,
) -> Vec<Diagnostic> {
    if problems.is_empty() {
        return problems;
    }
    let mut secrets = Vec::new();
    for text in texts {
        suspects(text, &mut secrets);
    }
    secrets.retain(|secret| secret.chars().count() >= SHORTEST);
    for problem in &mut problems {
        for secret in &secrets {
            mask(problem, secret);
        }
    }
    problems
}

/// Texts under `auth` and keys of `secrets` that are not names of secrets, and
/// URLs with credentials, wherever they stand: an override holds them deeper.
fn suspects(value: &Value, found: &mut Vec<String>) {
    let Value::Object(members) = value else { return };
    for (key, value) in members {
        match (key.as_str(), value) {
            ("auth", Value::Object(auth)) => auth
                .iter()
                .filter(|(key, _)| !matches!(key.as_str(), "scheme" | "header"))
                .for_each(|(_, value)| texts(value, found)),
            // Also under a key that is misspelt.
            ("auth" | "secret" | "password" | "user", other) => texts(other, found),
            ("base_url", Value::String(url)) if url.contains('@') => found.push(url.clone()),
            ("secrets", Value::Object(rotations)) => {
                let names = rotations.keys().filter(|name| values::secret_name(name).is_none());
                found.extend(names.cloned());
            }
            (_, other) => suspects(other, found),
        }
    }
}

/// Every text and number in a value that is not the name of a secret.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if values::secret_name(text).is_none() => found.push(text.clone()),
        Value::Number(number) => found.push(number.to_string()),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(members) => members.values().for_each(|member| texts(member, found)),
        _ => {}
    }
}

fn mask(problem: &mut Diagnostic, secret: &str) {
    // As long as what it hides, so that the mark stays at its place.
    let stars = "*".repeat(secret.chars().count());
    for mark in &mut problem.marks {
        mark.place.text = mark.place.text.replace(secret, &stars);
    }
    let Diagnostic { title, expected, actual, notes, help, .. } = problem;
    let lines = notes.iter_mut().chain(help).chain(expected).chain(actual);
    for line in lines.chain([title]) {
        *line = line.replace(secret, MASK);
    }
}
