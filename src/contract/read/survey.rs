//! One walk over an `OpenAPI` document: where its schemas and references stand.

use serde_json::{Map, Value};

use crate::contract::pointer::join;

/// What a walk found.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Pointers of the outermost schemas.
    pub(super) schemas: Vec<String>,
    /// Every `$ref`: the pointer of the object that holds it, and what it says.
    pub(super) references: Vec<(String, String)>,
}

/// Keywords whose value is one schema.
pub(super) const ONE_SCHEMA: &[&str] = &[
    "not",
    "if",
    "then",
    "else",
    "items",
    "contains",
    "additionalProperties",
    "unevaluatedItems",
    "unevaluatedProperties",
    "propertyNames",
    "contentSchema",
];
/// Keywords whose value is a list of schemas.
pub(super) const SCHEMA_LIST: &[&str] = &["allOf", "anyOf", "oneOf", "prefixItems"];
/// Keywords whose value holds schemas by name.
pub(super) const SCHEMA_MAP: &[&str] =
    &["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"];

/// Members whose own members are named by people, so that no key in them is a keyword.
const NAMED: &[&str] = &[
    "paths",
    "webhooks",
    "responses",
    "content",
    "headers",
    "examples",
    "parameters",
    "requestBodies",
    "securitySchemes",
    "callbacks",
    "pathItems",
    "encoding",
    "variables",
];

/// Members that hold payloads or free text, where a `$ref` means nothing.
fn is_payload(key: &str) -> bool {
    matches!(key, "example" | "value" | "default" | "enum" | "mapping" | "links" | "security")
        || key.starts_with("x-")
}

/// Walks the document.
pub(super) fn survey(document: &Value) -> Survey {
    let mut survey = Survey::default();
    if let Value::Object(root) = document {
        survey.object(root, "");
    }
    survey
}

impl Survey {
    fn object(&mut self, object: &Map<String, Value>, pointer: &str) {
        self.reference(object, pointer);
        for (key, value) in object {
            if is_payload(key) {
                continue;
            }
            let below = join(pointer, key);
            match value {
                Value::Object(named) if pointer == "/components" && key == "schemas" => {
                    for (name, schema) in named {
                        self.root(schema, join(&below, name));
                    }
                }
                schema if key == "schema" => self.root(schema, below),
                Value::Object(named) if NAMED.contains(&key.as_str()) => {
                    for (name, value) in named {
                        self.any(value, &join(&below, name));
                    }
                }
                value => self.any(value, &below),
            }
        }
    }

    fn any(&mut self, value: &Value, pointer: &str) {
        match value {
            Value::Object(object) => self.object(object, pointer),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.any(item, &format!("{pointer}/{index}"));
                }
            }
            _ => {}
        }
    }

    fn root(&mut self, schema: &Value, pointer: String) {
        self.schema(schema, &pointer);
        self.schemas.push(pointer);
    }

    fn schema(&mut self, schema: &Value, pointer: &str) {
        let Value::Object(object) = schema else { return };
        self.reference(object, pointer);
        for (below, schema) in sub_schemas(object, pointer) {
            self.schema(schema, &below);
        }
    }

    fn reference(&mut self, object: &Map<String, Value>, pointer: &str) {
        if let Some(Value::String(target)) = object.get("$ref") {
            self.references.push((pointer.to_owned(), target.clone()));
        }
    }
}

/// The schemas directly inside a schema, with their pointers.
fn sub_schemas<'s>(object: &'s Map<String, Value>, pointer: &str) -> Vec<(String, &'s Value)> {
    let mut found = Vec::new();
    for (key, value) in object {
        let key = key.as_str();
        match value {
            Value::Array(list) if SCHEMA_LIST.contains(&key) => {
                let base = join(pointer, key);
                found.extend(list.iter().enumerate().map(|(i, s)| (format!("{base}/{i}"), s)));
            }
            Value::Object(map) if SCHEMA_MAP.contains(&key) => {
                let base = join(pointer, key);
                found.extend(map.iter().map(|(name, s)| (join(&base, name), s)));
            }
            value if ONE_SCHEMA.contains(&key) => found.push((join(pointer, key), value)),
            _ => {}
        }
    }
    found
}
