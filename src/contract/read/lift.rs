//! Schemas of `OpenAPI` 3.0 and 3.1 as JSON Schema 2020-12, in place, so that a
//! pointer into the lifted document is one into the text.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::survey::{Holds, holds};
use crate::contract::pointer::{push, push_index};

/// Lifts every schema at `roots`. The result holds the pointers of the schemas that had to be
/// wrapped as the second branch of an `anyOf`, the one exception to "in place".
pub(super) fn lift(document: &mut Value, roots: &[String], is_3_0: bool) -> HashSet<String> {
    let mut lift = Lift { is_3_0, path: String::new(), wrapped: HashSet::new() };
    for root in roots {
        if let Some(schema) = document.pointer_mut(root) {
            root.clone_into(&mut lift.path);
            lift.schema(schema);
        }
    }
    lift.wrapped
}

struct Lift {
    is_3_0: bool,
    /// Pointer of where the lift is: written once and not for each place.
    path: String,
    wrapped: HashSet<String>,
}

impl Lift {
    fn schema(&mut self, schema: &mut Value) {
        let Value::Object(object) = schema else { return };
        // The dialect is fixed, and names for other documents would change what `#/...` means.
        for key in ["$schema", "$id", "$anchor", "$vocabulary"] {
            if object.contains_key(key) {
                object.shift_remove(key);
            }
        }
        if self.is_3_0 {
            bounds(object, "minimum", "exclusiveMinimum");
            bounds(object, "maximum", "exclusiveMaximum");
        }
        extensible(object);
        self.below(object);
        if self.is_3_0 && object.shift_remove("nullable") == Some(Value::Bool(true)) {
            self.nullable(schema);
        }
    }

    fn below(&mut self, object: &mut Map<String, Value>) {
        for (key, value) in object.iter_mut() {
            let Some(kind) = holds(key, value) else { continue };
            let length = push(&mut self.path, key);
            match (kind, value) {
                (Holds::List, Value::Array(list)) => {
                    for (index, schema) in list.iter_mut().enumerate() {
                        let length = push_index(&mut self.path, index);
                        self.schema(schema);
                        self.path.truncate(length);
                    }
                }
                (Holds::Map, Value::Object(map)) => {
                    for (name, schema) in map.iter_mut() {
                        let length = push(&mut self.path, name);
                        self.schema(schema);
                        self.path.truncate(length);
                    }
                }
                (_, value) => self.schema(value),
            }
            self.path.truncate(length);
        }
    }

    /// `nullable: true` of 3.0: null is one more type. Where the schema names no type, as in
    /// `allOf: [$ref]`, null becomes an alternative to the whole of it.
    fn nullable(&mut self, schema: &mut Value) {
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
            self.wrapped.insert(self.path.clone());
        }
    }
}

/// A list of values that will grow, as vendors write it: an `enum` that keeps its mark, by which a
/// check tells a new value from a broken promise.
fn extensible(object: &mut Map<String, Value>) {
    if let Some(Value::Array(values)) = object.get("x-extensible-enum")
        && !object.contains_key("enum")
    {
        let values = Value::Array(values.clone());
        object.insert("enum".to_owned(), values);
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
