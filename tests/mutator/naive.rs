//! A naive reading of a schema as it is written, in either version of `OpenAPI`.

use serde_json::Value;

/// What a reference leads to, followed to its end.
pub(crate) fn followed<'d>(document: &'d Value, mut value: &'d Value) -> &'d Value {
    while let Some(reference) = value.get("$ref").and_then(Value::as_str) {
        let pointer = reference.trim_start_matches('#').replace("%7B", "{").replace("%7D", "}");
        value = document.pointer(&pointer).unwrap_or_else(|| panic!("{reference} leads nowhere"));
    }
    value
}

/// All parts of a schema that surely apply, and whether there are variants beside them.
pub(crate) fn parts<'d>(document: &'d Value, schema: &'d Value) -> (Vec<&'d Value>, bool) {
    let mut found = Vec::new();
    let mut choice = false;
    let mut open = vec![schema];
    while let Some(next) = open.pop() {
        assert!(found.len() < 100, "a schema that holds itself");
        if let Some(reference) = next.get("$ref").and_then(Value::as_str) {
            open.push(document.pointer(reference.trim_start_matches('#')).expect("a target"));
        }
        open.extend(next.get("allOf").and_then(Value::as_array).into_iter().flatten());
        for key in ["oneOf", "anyOf"] {
            if let Some(Value::Array(branches)) = next.get(key) {
                // A value or null is no choice: there is only one schema for what is not null.
                let is_null = |branch: &&Value| branch["type"] == "null";
                let real: Vec<&Value> = branches.iter().filter(|b| !is_null(b)).collect();
                match real.as_slice() {
                    [only] => open.push(only),
                    _ => choice = true,
                }
            }
        }
        choice |= ["not", "if", "discriminator"].iter().any(|key| next.get(key).is_some());
        found.push(next);
    }
    (found, choice)
}

/// Whether null may stand here, or nobody says that it may not.
pub(crate) fn allows_null(document: &Value, schema: &Value) -> bool {
    fn one(document: &Value, schema: &Value) -> Option<bool> {
        let schema = followed(document, schema);
        let mut said = match &schema["type"] {
            Value::String(name) => Some(name == "null"),
            Value::Array(names) => Some(names.iter().any(|name| name == "null")),
            _ => None,
        };
        if schema["nullable"] == true {
            return Some(true);
        }
        for key in ["anyOf", "oneOf"] {
            if let Some(Value::Array(branches)) = schema.get(key) {
                let any = branches.iter().any(|branch| one(document, branch) != Some(false));
                said = Some(said.unwrap_or(true) && any);
            }
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            if one(document, part) == Some(false) {
                said = Some(false);
            }
        }
        if let Some(Value::Array(options)) = schema.get("enum") {
            said = Some(said.unwrap_or(true) && options.contains(&Value::Null));
        }
        if schema.get("const").is_some_and(|only| !only.is_null()) {
            said = Some(false);
        }
        said
    }
    one(document, schema) != Some(false)
}

/// The types that a plain part names; empty where it names none.
pub(crate) fn types(part: &Value) -> Vec<&str> {
    match &part["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}
