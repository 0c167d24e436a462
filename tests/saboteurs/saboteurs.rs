//! The saboteurs: each takes one protection away.

use std::path::Path;

use probe::{
    catalog::{Effect, Idempotency, Integration, OperationSettings},
    contract::source::Source,
};
use serde_json::Value;

/// One protection less.
pub(crate) struct Saboteur {
    /// Its name on the page.
    pub(crate) name: &'static str,
    /// What it does, in a sentence.
    pub(crate) does: &'static str,
    /// Overrides of the record, without its id; none where there is nothing to take away.
    pub(crate) record: fn(&Integration) -> Vec<String>,
    /// A change of the stand-in's mock file; `false` where there is nothing to change.
    pub(crate) stand_in: fn(&mut Value) -> bool,
}

/// Every saboteur.
pub(crate) const SABOTEURS: &[Saboteur] = &[
    Saboteur {
        name: "never tries again",
        does: "our client without retries",
        // Where others share a credential, throttling without retries is judged by nobody.
        record: |i| {
            let mut overrides: Vec<String> =
                i.retry.iter().map(|_| "retry=null".to_owned()).collect();
            overrides.extend(i.limits.shared.then(|| "limits.shared=false".to_owned()));
            overrides
        },
        stand_in: |_| false,
    },
    Saboteur {
        name: "sends no key",
        does: "our client without idempotency keys",
        record: |i| settings(i, has_key, "idempotency=null"),
        stand_in: |_| false,
    },
    Saboteur {
        name: "repeats without a key",
        does: "our client that repeats writes though nothing guards them",
        record: |i| {
            let unguarded = |settings: &OperationSettings| {
                !has_key(settings)
                    && matches!(settings.effect, Some(Effect::Writes | Effect::Destroys))
            };
            settings(i, unguarded, "idempotency={header: x-ignored}")
        },
        stand_in: |_| false,
    },
    Saboteur {
        name: "looks at no contract",
        does: "our client that tolerates every difference from the contract",
        record: |_| vec![r##"tolerate=[{at: "#", reason: sabotage, owner: nobody}]"##.to_owned()],
        stand_in: |_| false,
    },
    Saboteur {
        name: "lets everybody in",
        does: "a stand-in that asks for no credentials",
        record: |i| {
            let mut overrides = vec!["auth={scheme: none}".to_owned()];
            overrides.extend(settings(i, |s| s.auth.is_some(), "auth={scheme: none}"));
            overrides
        },
        // What a case asks of the token can be asked no more.
        stand_in: |mock| strip(mock, &["cases"], "token"),
    },
    Saboteur {
        name: "has no special cases",
        does: "a stand-in that never declines, and does not say that something went wrong",
        record: |_| Vec::new(),
        stand_in: |mock| strip(mock, &["cases"], ""),
    },
    Saboteur {
        name: "does everything again",
        does: "a stand-in that carries out what was done already",
        record: |_| Vec::new(),
        stand_in: |mock| strip(mock, &["from", "else"], ""),
    },
];

/// Whether calls carry a key.
fn has_key(settings: &OperationSettings) -> bool {
    matches!(settings.idempotency, Some(Idempotency::Header(_)))
}

/// An override for each operation whose settings are such.
fn settings(
    integration: &Integration,
    is: impl Fn(&OperationSettings) -> bool,
    what: &str,
) -> Vec<String> {
    let such = integration.operations.iter().filter(|(_, settings)| is(settings));
    such.map(|(name, _)| format!("operations.{name}.{what}")).collect()
}

/// Removes members of every operation of a mock file, and of what it needs, where they
/// hold this text.
fn strip(mock: &mut Value, members: &[&str], text: &str) -> bool {
    let operations = mock.get_mut("operations").and_then(Value::as_object_mut);
    let mut changed = false;
    for operation in operations.into_iter().flat_map(|all| all.values_mut()) {
        changed |= remove(operation, members, text);
        changed |= operation.get_mut("needs").is_some_and(|needs| remove(needs, members, text));
    }
    changed
}

fn remove(holder: &mut Value, members: &[&str], text: &str) -> bool {
    let Some(holder) = holder.as_object_mut() else { return false };
    let before = holder.len();
    holder.retain(|name, value| {
        !members.contains(&name.as_str()) || !value.to_string().contains(text)
    });
    holder.len() < before
}

/// A mock file with a saboteur's change, as JSON, which is YAML too.
pub(crate) fn changed(path: &Path, change: fn(&mut Value) -> bool) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    let mut mock = Source::new("mock.yaml", text).parse().expect("the mock file is right");
    change(&mut mock).then(|| mock.to_string())
}
