//! One flat schema from `$ref`, `allOf` and a branch of `anyOf` or `oneOf`.

use serde_json::{Map, Value, json};

use crate::contract::pointer;

/// References and parts inside each other that are followed for one value.
const MOST_HOPS: usize = 64;
/// Parts that are followed in all: parts that refer twice double with each level.
const MOST_PARTS: usize = 1_000;

/// A schema without parts, and the references that led to it.
#[derive(Debug, Default)]
pub(super) struct Merged {
    pub(super) schema: Map<String, Value>,
    pub(super) references: Vec<String>,
}

/// Flattens a schema; of several branches that number `choice` counts, null ones last.
pub(super) fn merge(document: &Value, schema: &Value, choice: usize) -> Merged {
    let mut merged = Merged::default();
    let mut left = MOST_PARTS;
    merged.absorb((document, schema), choice, 0, &mut left);
    merged
}

impl Merged {
    fn absorb(
        &mut self,
        (document, schema): (&Value, &Value),
        choice: usize,
        hops: usize,
        left: &mut usize,
    ) {
        let Value::Object(object) = schema else { return };
        if hops > MOST_HOPS || *left == 0 {
            return;
        }
        *left -= 1;
        if let Some(Value::String(reference)) = object.get("$ref") {
            let target = pointer::of_reference(reference);
            if let Some((pointer, next)) = target.and_then(|p| document.pointer(&p).map(|v| (p, v)))
            {
                self.references.push(pointer.into_owned());
                self.absorb((document, next), choice, hops + 1, left);
            }
        }
        for part in object.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.absorb((document, part), choice, hops + 1, left);
        }
        for key in ["oneOf", "anyOf"] {
            let Some(Value::Array(branches)) = object.get(key) else { continue };
            let is_null = |branch: &&Value| branch.get("type") == Some(&json!("null"));
            let mut branches: Vec<&Value> = branches.iter().collect();
            branches.sort_by_key(is_null);
            if let Some(branch) = branches.get(choice % branches.len().max(1)) {
                self.absorb((document, branch), choice, hops + 1, left);
            }
        }
        for (key, value) in object {
            if !matches!(key.as_str(), "$ref" | "allOf" | "oneOf" | "anyOf") {
                self.keyword(key, value);
            }
        }
    }

    fn keyword(&mut self, key: &str, value: &Value) {
        let Some(old) = self.schema.get_mut(key) else {
            self.schema.insert(key.to_owned(), value.clone());
            return;
        };
        match (key, old, value) {
            ("properties", Value::Object(old), Value::Object(new)) => {
                for (name, schema) in new {
                    match old.get_mut(name) {
                        Some(known) if known != schema => {
                            *known = json!({"allOf": [known.take(), schema]});
                        }
                        Some(_) => {}
                        None => {
                            old.insert(name.clone(), schema.clone());
                        }
                    }
                }
            }
            ("required", Value::Array(old), Value::Array(new)) => {
                for name in new {
                    if !old.contains(name) {
                        old.push(name.clone());
                    }
                }
            }
            ("enum", Value::Array(old), Value::Array(new)) => {
                old.retain(|option| new.contains(option));
            }
            ("type", old, new) => {
                if let Some(common) = common_type(old, new) {
                    *old = common;
                }
            }
            ("items", old, new) if old != new => *old = json!({"allOf": [old.take(), new]}),
            (
                "minimum" | "exclusiveMinimum" | "minLength" | "minItems" | "minProperties",
                old,
                new,
            ) => {
                if new.as_f64() > old.as_f64() {
                    *old = new.clone();
                }
            }
            (
                "maximum" | "exclusiveMaximum" | "maxLength" | "maxItems" | "maxProperties",
                old,
                new,
            ) => {
                if new.as_f64() < old.as_f64() {
                    *old = new.clone();
                }
            }
            (_, old, new) => *old = new.clone(),
        }
    }
}

/// The types that both allow.
fn common_type(one: &Value, other: &Value) -> Option<Value> {
    let list = |value: &Value| match value {
        Value::Array(names) => names.clone(),
        name => vec![name.clone()],
    };
    let (one, other) = (list(one), list(other));
    let has = |names: &[Value], name: &Value| {
        names.contains(name) || (name == "integer" && names.contains(&json!("number")))
    };
    let mut common: Vec<Value> = one.iter().filter(|name| has(&other, name)).cloned().collect();
    common.extend(other.iter().filter(|name| has(&one, name) && !one.contains(name)).cloned());
    (!common.is_empty()).then_some(Value::Array(common))
}
