//! Keywords of earlier drafts in the words of 2020-12.

use serde_json::{Map, Value, json};

use super::{Dialect, Lift};
use crate::contract::pointer;

impl Lift<'_> {
    /// Rewrites what earlier drafts said in another way. What cannot be meant otherwise is
    /// rewritten in a document of a later dialect too, and noted.
    pub(super) fn drafts(&mut self, object: &mut Map<String, Value>, pointer: &str) {
        self.bounds(object, pointer, "minimum", "exclusiveMinimum");
        self.bounds(object, pointer, "maximum", "exclusiveMaximum");
        self.items(object, pointer);
        if self.dialect <= Dialect::Draft7 {
            dependencies(object);
        }
        if self.dialect == Dialect::Draft2019
            && matches!(object.shift_remove("$recursiveRef"), Some(Value::String(_)))
        {
            also_reference(object, pointer::reference(&self.resource));
        }
        object.shift_remove("$recursiveAnchor");
        if self.dialect == Dialect::Swagger2 {
            swagger(object);
        }
    }

    /// `minimum: 0, exclusiveMinimum: true` is `exclusiveMinimum: 0` since draft 6.
    fn bounds(
        &mut self,
        object: &mut Map<String, Value>,
        at: &str,
        inclusive: &str,
        exclusive: &str,
    ) {
        let Some(Value::Bool(is_exclusive)) = object.get(exclusive) else { return };
        let is_exclusive = *is_exclusive;
        object.shift_remove(exclusive);
        if is_exclusive && let Some(limit) = object.shift_remove(inclusive) {
            object.insert(exclusive.to_owned(), limit);
        }
        if self.dialect >= Dialect::Draft6 {
            let what = format!("`{exclusive}` is a number (JSON Schema 2020-12 section 6.2)");
            self.note(&pointer::join(at, exclusive), what);
        }
    }

    /// A list of `items` is `prefixItems` since 2020-12, and `additionalItems` is `items`.
    fn items(&mut self, object: &mut Map<String, Value>, at: &str) {
        let rest = object.shift_remove("additionalItems");
        if !matches!(object.get("items"), Some(Value::Array(_))) {
            return;
        }
        let Some(first) = object.shift_remove("items") else { return };
        if first.as_array().is_some_and(|list| !list.is_empty()) {
            object.insert("prefixItems".to_owned(), first);
        }
        if let Some(rest) = rest {
            object.insert("items".to_owned(), rest);
        }
        if self.dialect == Dialect::Draft2020 {
            let what = "a list of schemas is `prefixItems` (JSON Schema 2020-12 section 10.3.1.1)";
            self.note(at, what);
        }
    }
}

/// `dependencies` is `dependentRequired` and `dependentSchemas` since 2019-09.
fn dependencies(object: &mut Map<String, Value>) {
    let Some(Value::Object(all)) = object.shift_remove("dependencies") else { return };
    for (name, demanded) in all {
        let (keyword, demanded) = match demanded {
            Value::Array(_) => ("dependentRequired", demanded),
            // A single name in draft 3.
            Value::String(_) => ("dependentRequired", json!([demanded])),
            demanded => ("dependentSchemas", demanded),
        };
        let group = object.entry(keyword).or_insert_with(|| json!({}));
        if let Value::Object(group) = group {
            group.insert(name, demanded);
        }
    }
}

/// Adds a reference to a schema that may have one.
fn also_reference(object: &mut Map<String, Value>, target: String) {
    if !object.contains_key("$ref") {
        object.insert("$ref".to_owned(), Value::String(target));
        return;
    }
    let all = object.entry("allOf").or_insert_with(|| json!([]));
    if let Value::Array(all) = all {
        all.push(json!({"$ref": target}));
    }
}

/// What Swagger 2.0 says in its own way (sections "Schema Object" and "Parameter Object").
fn swagger(object: &mut Map<String, Value>) {
    if let Some(Value::String(name)) = object.get("discriminator") {
        let discriminator = json!({"propertyName": name});
        object.insert("discriminator".to_owned(), discriminator);
    }
    if object.get("type").and_then(Value::as_str) == Some("file") {
        object.insert("type".to_owned(), json!("string"));
        object.insert("format".to_owned(), json!("binary"));
    }
}
