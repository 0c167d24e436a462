//! Takes what may be a secret out of messages. A record holds names of secrets
//! only; who pastes a value by mistake must not find it again in a CI log.

use serde_json::Value;

use super::values;
use crate::evidence::{Diagnostic, MASK};

/// Shorter texts are no secrets, and would blot out half of a message.
const SHORTEST: usize = 3;

/// Masks in messages about a record whatever it holds where only names belong.
pub(super) fn hide(mut problems: Vec<Diagnostic>, record: &Value) -> Vec<Diagnostic> {
    let secrets = suspects(record);
    for problem in &mut problems {
        for secret in &secrets {
            mask(problem, secret);
        }
    }
    problems
}

/// Texts under any `auth` and keys of `about.secrets` that are not names of secrets,
/// and URLs with credentials.
fn suspects(record: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let operations = record.get("operations").and_then(Value::as_object);
    let own = operations.into_iter().flat_map(|operations| operations.values());
    for auth in std::iter::once(record).chain(own).filter_map(|place| place.get("auth")) {
        match auth {
            Value::Object(auth) => auth
                .iter()
                .filter(|(key, _)| !matches!(key.as_str(), "scheme" | "header"))
                .for_each(|(_, value)| texts(value, &mut found)),
            other => texts(other, &mut found),
        }
    }
    let environments = record.get("environments").and_then(Value::as_object);
    let urls = environments
        .into_iter()
        .flat_map(|environments| environments.values())
        .filter_map(|environment| environment.get("base_url")?.as_str())
        .filter(|url| url.contains('@'));
    found.extend(urls.map(str::to_owned));
    let rotations = record.pointer("/about/secrets").and_then(Value::as_object);
    let names = rotations.into_iter().flat_map(|rotations| rotations.keys());
    found.extend(names.filter(|name| values::secret_name(name).is_none()).cloned());
    found.retain(|text| text.chars().count() >= SHORTEST);
    found
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
