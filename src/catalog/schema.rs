//! JSON Schemas of the files of this room, made from what the decoder takes.

use schemars::Schema;
use serde_json::{Value, json};

use super::{FAILURE_MODES, settings::Settings, written::Record};
use crate::contract::source::{partial, schema_of};

/// What an id of a contract looks like: its folder below `contracts/`.
pub(super) const CONTRACT_ID: &str = "^[a-z0-9-]+/[a-z0-9-]+/v[0-9]+$";
/// What a name of a secret looks like; a value never stands in a file.
pub(super) const SECRET: &str = "^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$";

/// The schema of `catalog/<id>.yaml`. What a record leaves out may stand in
/// `_defaults.yaml`, so that it demands the contract alone.
pub fn record_schema() -> Value {
    let mut schema = layer("Record of an integration: catalog/<id>.yaml");
    schema.insert("required".to_owned(), json!(["contract"]));
    schema.to_value()
}

/// The schema of `catalog/_defaults.yaml`: parts of records by name.
pub fn defaults_schema() -> Value {
    let mut part = layer("A part that records share").to_value();
    let definitions = part.as_object_mut().and_then(|part| {
        part.remove("$schema");
        part.remove("$defs")
    });
    let mut part = part;
    if let Some(known) = part.get_mut("properties").and_then(Value::as_object_mut) {
        // A record names its own contract and instances.
        known.shift_remove("contract");
        known.shift_remove("instances");
    }
    json!({
        "$schema": schemars::consts::meta_schemas::DRAFT2020_12,
        "title": "What records share: catalog/_defaults.yaml",
        "description": "Parts by name. `all` lies under every record, others under those that name them in `extends`.",
        "type": ["object", "null"],
        "additionalProperties": {"$ref": "#/$defs/Part"},
        "$defs": with(definitions, "Part", part),
    })
}

/// The schema of `probe.toml`.
pub fn settings_schema() -> Value {
    schema_of::<Settings>("Settings of a workspace: probe.toml").to_value()
}

/// A record of which any part may stand elsewhere.
fn layer(title: &str) -> Schema {
    let mut schema = schema_of::<Record>(title);
    partial(&mut schema);
    // An override holds keys of a record, but for those that choose it. What
    // they hold is judged when it is laid over the record.
    let keys = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let keys = keys.map(|(key, _)| key.as_str());
    let own: Vec<&str> =
        keys.filter(|key| !["extends", "environments", "instances"].contains(key)).collect();
    let names = json!({"anyOf": [{"enum": own}, {"pattern": "^x-"}]});
    for holder in ["Environment", "Instance"] {
        let over = schema.pointer_mut(&format!("/$defs/{holder}/properties/override"));
        if let Some(over) = over.and_then(Value::as_object_mut) {
            over.insert("propertyNames".to_owned(), names.clone());
        }
    }
    schema
}

/// Definitions, and one more.
fn with(definitions: Option<Value>, name: &str, definition: Value) -> Value {
    let mut all = definitions.unwrap_or_else(|| json!({}));
    if let Some(all) = all.as_object_mut() {
        all.insert(name.to_owned(), definition);
    }
    all
}

/// The names of failure modes, for the keys of a mapping.
pub(super) fn failure_modes() -> Value {
    let names: Vec<&str> = FAILURE_MODES.iter().map(|mode| mode.0).collect();
    json!({"enum": names})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_override_holds_keys_of_a_record() {
        for schema in [record_schema(), defaults_schema()] {
            for holder in ["Environment", "Instance"] {
                let at = format!("/$defs/{holder}/properties/override/propertyNames/anyOf/0/enum");
                let names = schema.pointer(&at).and_then(Value::as_array).cloned();
                let names = names.unwrap_or_default();
                assert!(
                    names.contains(&json!("limits")) && names.contains(&json!("contract")),
                    "{at}"
                );
                assert!(!names.contains(&json!("environments")), "{at}");
            }
        }
    }
}
