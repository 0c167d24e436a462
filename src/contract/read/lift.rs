//! Schemas of `OpenAPI` 3.0 and 3.1 as JSON Schema 2020-12, in place, so that a
//! pointer into the lifted document is one into the text.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::survey::{ONE_SCHEMA, SCHEMA_LIST, SCHEMA_MAP};
use crate::contract::pointer::join;

/// Lifts every schema at `roots`. The result holds the pointers of the schemas that had to be
/// wrapped as the second branch of an `anyOf`, the one exception to "in place".
pub(super) fn lift(document: &mut Value, roots: &[String], is_3_0: bool) -> HashSet<String> {
    let mut lift = Lift { is_3_0, wrapped: HashSet::new() };
    for root in roots {
        if let Some(schema) = document.pointer_mut(root) {
            lift.schema(schema, root);
        }
    }
    lift.wrapped
}

struct Lift {
    is_3_0: bool,
    wrapped: HashSet<String>,
}

impl Lift {
    fn schema(&mut self, schema: &mut Value, pointer: &str) {
        let Value::Object(object) = schema else { return };
        // The dialect is fixed, and names for other documents would change what `#/...` means.
        for key in ["$schema", "$id", "$anchor", "$vocabulary"] {
            object.shift_remove(key);
        }
        if self.is_3_0 {
            bounds(object, "minimum", "exclusiveMinimum");
            bounds(object, "maximum", "exclusiveMaximum");
        }
        self.below(object, pointer);
        if self.is_3_0 && object.shift_remove("nullable") == Some(Value::Bool(true)) {
            self.nullable(schema, pointer);
        }
    }

    fn below(&mut self, object: &mut Map<String, Value>, pointer: &str) {
        for (key, value) in object.iter_mut() {
            let here = join(pointer, key);
            match value {
                Value::Array(list) if SCHEMA_LIST.contains(&key.as_str()) => {
                    for (index, schema) in list.iter_mut().enumerate() {
                        self.schema(schema, &format!("{here}/{index}"));
                    }
                }
                Value::Object(map) if SCHEMA_MAP.contains(&key.as_str()) => {
                    for (name, schema) in map.iter_mut() {
                        self.schema(schema, &join(&here, name));
                    }
                }
                value if ONE_SCHEMA.contains(&key.as_str()) => self.schema(value, &here),
                _ => {}
            }
        }
    }

    /// `nullable: true` of 3.0: null is one more type. Where the schema names no type, as in
    /// `allOf: [$ref]`, null becomes an alternative to the whole of it.
    fn nullable(&mut self, schema: &mut Value, pointer: &str) {
        let Value::Object(object) = schema else { return };
        if let Some(Value::String(name)) = object.get("type") {
            let types = json!([name, "null"]);
            object.insert("type".to_owned(), types);
            if let Some(Value::Array(options)) = object.get_mut("enum")
                && !options.contains(&Value::Null)
            {
                options.push(Value::Null);
            }
            return;
        }
        if object
            .keys()
            .any(|k| matches!(k.as_str(), "$ref" | "allOf" | "anyOf" | "oneOf" | "enum"))
        {
            let inner = schema.take();
            *schema = json!({"anyOf": [{"type": "null"}, inner]});
            self.wrapped.insert(pointer.to_owned());
        }
    }
}

/// `minimum: 0, exclusiveMinimum: true` of 3.0 is `exclusiveMinimum: 0`.
fn bounds(object: &mut Map<String, Value>, inclusive: &str, exclusive: &str) {
    match object.get(exclusive) {
        Some(Value::Bool(true)) => {
            let limit = object.shift_remove(inclusive);
            object.shift_remove(exclusive);
            if let Some(limit) = limit {
                object.insert(exclusive.to_owned(), limit);
            }
        }
        Some(Value::Bool(false)) => {
            object.shift_remove(exclusive);
        }
        _ => {}
    }
}
