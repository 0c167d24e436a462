//! One walk over an `OpenAPI` document: where its schemas and references stand.

use serde_json::{Map, Value};

use crate::contract::pointer::{push, push_index};

/// What a walk found.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Pointers of the outermost schemas.
    pub(super) schemas: Vec<String>,
    /// Every `$ref`: the pointer of the object that holds it, and what it says.
    pub(super) references: Vec<(String, String)>,
}

/// Keywords whose value is one schema.
const ONE_SCHEMA: &[&str] = &[
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
const SCHEMA_LIST: &[&str] = &["allOf", "anyOf", "oneOf", "prefixItems"];
/// Keywords whose value holds schemas by name.
const SCHEMA_MAP: &[&str] =
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
    let mut walk = Walk { path: String::new(), found: Survey::default() };
    if let Value::Object(root) = document {
        walk.object(root);
    }
    walk.found
}

struct Walk {
    /// Pointer of where the walk is: written once and not for each place.
    path: String,
    found: Survey,
}

impl Walk {
    fn object(&mut self, object: &Map<String, Value>) {
        self.reference(object);
        for (key, value) in object {
            if is_payload(key) {
                continue;
            }
            let is_schemas = self.path == "/components" && key == "schemas";
            let length = push(&mut self.path, key);
            match value {
                Value::Object(named) if is_schemas => self.named(named, Self::root),
                schema if key == "schema" => self.root(schema),
                Value::Object(named) if NAMED.contains(&key.as_str()) => {
                    self.named(named, Self::any);
                }
                value => self.any(value),
            }
            self.path.truncate(length);
        }
    }

    fn any(&mut self, value: &Value) {
        match value {
            Value::Object(object) => self.object(object),
            Value::Array(items) => self.listed(items, Self::any),
            _ => {}
        }
    }

    fn root(&mut self, schema: &Value) {
        self.schema(schema);
        self.found.schemas.push(self.path.clone());
    }

    fn schema(&mut self, schema: &Value) {
        let Value::Object(object) = schema else { return };
        self.reference(object);
        for (key, value) in object {
            let Some(kind) = holds(key, value) else { continue };
            let length = push(&mut self.path, key);
            match (kind, value) {
                (Holds::List, Value::Array(list)) => self.listed(list, Self::schema),
                (Holds::Map, Value::Object(map)) => self.named(map, Self::schema),
                (_, schema) => self.schema(schema),
            }
            self.path.truncate(length);
        }
    }

    fn named(&mut self, named: &Map<String, Value>, each: fn(&mut Self, &Value)) {
        for (name, value) in named {
            let length = push(&mut self.path, name);
            each(self, value);
            self.path.truncate(length);
        }
    }

    fn listed(&mut self, list: &[Value], each: fn(&mut Self, &Value)) {
        for (index, value) in list.iter().enumerate() {
            let length = push_index(&mut self.path, index);
            each(self, value);
            self.path.truncate(length);
        }
    }

    fn reference(&mut self, object: &Map<String, Value>) {
        if let Some(Value::String(target)) = object.get("$ref") {
            self.found.references.push((self.path.clone(), target.clone()));
        }
    }
}

/// How a keyword holds schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    One,
    List,
    Map,
}

/// How this member of a schema holds schemas, if it does.
pub(super) fn holds(key: &str, value: &Value) -> Option<Holds> {
    match value {
        Value::Array(_) if SCHEMA_LIST.contains(&key) => Some(Holds::List),
        Value::Object(_) if SCHEMA_MAP.contains(&key) => Some(Holds::Map),
        Value::Object(_) if ONE_SCHEMA.contains(&key) => Some(Holds::One),
        _ => None,
    }
}
