//! Schemas of the older drafts of JSON Schema, and of `AsyncAPI`, as JSON Schema 2020-12.
//!
//! What each draft changed is told in the release notes and appendices of the next one. A keyword
//! that moved keeps its place by a mount, and references into it are corrected.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::lift::{Dialect as Lifts, lift};
use crate::contract::{
    pointer::{self, join},
    schema::Wrapped,
    source::Sources,
};

/// What the keywords of a schema mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Dialect {
    /// Draft 4.
    Draft4,
    /// Draft 6 and 7, and the Schema Object of `AsyncAPI`, a superset of draft 7.
    Draft7,
    /// Draft 2019-09.
    Draft2019,
    /// Draft 2020-12, and the Schema Object of `OpenAPI` 3.1.
    Draft2020,
    /// The Schema Object of `OpenAPI` 3.0.
    OpenApi30,
}

/// How a keyword holds schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    One,
    List,
    Map,
}

/// How this member of a schema of any draft holds schemas, if it does.
pub(super) fn holds(key: &str, value: &Value) -> Option<Holds> {
    match (key, value) {
        ("allOf" | "anyOf" | "oneOf" | "prefixItems" | "items", Value::Array(_)) => {
            Some(Holds::List)
        }
        (
            "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas"
            | "dependencies",
            Value::Object(_),
        ) => Some(Holds::Map),
        (
            "not"
            | "if"
            | "then"
            | "else"
            | "items"
            | "additionalItems"
            | "contains"
            | "additionalProperties"
            | "unevaluatedItems"
            | "unevaluatedProperties"
            | "propertyNames"
            | "contentSchema",
            Value::Object(_),
        ) => Some(Holds::One),
        _ => None,
    }
}

/// Lifts the schemas at these pointers in place. The result holds the pointers of the schemas that
/// had to be wrapped, see [`lift`].
pub(super) fn lift_drafts(
    sources: &mut Sources,
    document: &mut Value,
    roots: &[(String, Dialect)],
) -> Wrapped {
    let mut moves = Vec::new();
    for (root, dialect) in roots {
        if let Some(schema) = document.pointer_mut(root) {
            let mut drafts = Drafts { dialect: *dialect, moves: &mut moves };
            drafts.schema(schema, root);
        }
    }
    if !moves.is_empty() {
        for (from, to) in &moves {
            if let Some(origin) = sources.pointer_origin(from) {
                sources.mount(to.clone(), origin.0, origin.1);
            }
        }
        let moves = moves.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
        for (root, _) in roots {
            if let Some(schema) = document.pointer_mut(root) {
                corrected(schema, &moves);
            }
        }
    }
    let pointers = |is_3_0: bool| {
        let of = roots.iter().filter(|(_, d)| (*d == Dialect::OpenApi30) == is_3_0);
        of.map(|(root, _)| root.clone()).collect::<Vec<String>>()
    };
    let mut wrapped = lift(document, &pointers(false), Lifts::Draft2020).wrapped;
    wrapped.extend(lift(document, &pointers(true), Lifts::OpenApi30).wrapped);
    Wrapped(wrapped)
}

struct Drafts<'m> {
    dialect: Dialect,
    /// Where a value was written, and where it stands now.
    moves: &'m mut Vec<(String, String)>,
}

impl Drafts<'_> {
    fn schema(&mut self, schema: &mut Value, pointer: &str) {
        let Value::Object(object) = schema else { return };
        if self.dialect <= Dialect::Draft7 && object.contains_key("$ref") {
            // Up to draft 7 nothing beside a reference counts (draft 7 core, section 8.3).
            object.retain(|key, _| {
                let annotation = ["$ref", "title", "description", "definitions", "$defs"];
                annotation.contains(&key.as_str()) || key.starts_with("x-")
            });
        }
        // References are pointers by now; of a name nothing is left to say.
        for name in ["$dynamicAnchor", "$recursiveAnchor"] {
            object.shift_remove(name);
        }
        if self.dialect == Dialect::Draft4 {
            draft_4(object);
        }
        if self.dialect < Dialect::Draft2020 {
            self.tuples(object, pointer);
            self.dependencies(object, pointer);
        }
        for (key, value) in object.iter_mut() {
            let Some(kind) = holds(key, value) else { continue };
            let here = join(pointer, key);
            match (kind, value) {
                (Holds::List, Value::Array(list)) => {
                    for (index, schema) in list.iter_mut().enumerate() {
                        self.schema(schema, &format!("{here}/{index}"));
                    }
                }
                (Holds::Map, Value::Object(map)) => {
                    for (name, schema) in map.iter_mut() {
                        self.schema(schema, &join(&here, name));
                    }
                }
                (_, schema) => self.schema(schema, &here),
            }
        }
    }

    /// `items: [..]` and `additionalItems` are `prefixItems` and `items` since 2020-12.
    fn tuples(&mut self, object: &mut Map<String, Value>, pointer: &str) {
        let rest = object.shift_remove("additionalItems");
        if !object.get("items").is_some_and(Value::is_array) {
            return;
        }
        if let Some(list) = object.shift_remove("items") {
            // An empty list says nothing, and `prefixItems` may not be one.
            if list.as_array().is_some_and(|list| !list.is_empty()) {
                object.insert("prefixItems".to_owned(), list);
            }
            self.moved(join(pointer, "items"), join(pointer, "prefixItems"));
        }
        if let Some(rest) = rest {
            object.insert("items".to_owned(), rest);
            self.moved(join(pointer, "additionalItems"), join(pointer, "items"));
        }
    }

    /// `dependencies` became two keywords in 2019-09.
    fn dependencies(&mut self, object: &mut Map<String, Value>, pointer: &str) {
        if !object.get("dependencies").is_some_and(Value::is_object) {
            return;
        }
        let Some(Value::Object(dependencies)) = object.shift_remove("dependencies") else { return };
        let old = join(pointer, "dependencies");
        for (name, value) in dependencies {
            let (key, value) = match value {
                Value::Array(_) => ("dependentRequired", value),
                Value::String(one) => ("dependentRequired", json!([one])),
                schema => ("dependentSchemas", schema),
            };
            let holder = object.entry(key).or_insert_with(|| json!({}));
            if let Value::Object(members) = holder {
                self.moved(join(&old, &name), join(&join(pointer, key), &name));
                members.insert(name, value);
            }
        }
    }

    fn moved(&mut self, from: String, to: String) {
        self.moves.push((from, to));
    }
}

/// Draft 4: bounds that exclude are flags, and `id` names a schema.
fn draft_4(object: &mut Map<String, Value>) {
    for (inclusive, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")]
    {
        match object.get(exclusive) {
            Some(Value::Bool(true)) => {
                object.shift_remove(exclusive);
                if let Some(limit) = object.shift_remove(inclusive) {
                    object.insert(exclusive.to_owned(), limit);
                }
            }
            Some(Value::Bool(false)) => {
                object.shift_remove(exclusive);
            }
            _ => {}
        }
    }
}

/// References into what moved.
fn corrected(value: &mut Value, moves: &HashMap<&str, &str>) {
    match value {
        Value::Object(object) => {
            if let Some(Value::String(reference)) = object.get_mut("$ref")
                && let Some(at) = pointer::of_reference(reference)
                && let now = standing_at(&at, moves)
                && now != at
            {
                *reference = pointer::reference(&now);
            }
            for (key, value) in object {
                if !matches!(key.as_str(), "const" | "enum" | "default" | "example" | "examples") {
                    corrected(value, moves);
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| corrected(value, moves)),
        _ => {}
    }
}

/// Where a value stands that was written at this pointer. What is above it may have moved too, so
/// it is found from the root on.
fn standing_at(written: &str, moves: &HashMap<&str, &str>) -> String {
    let mut now = String::with_capacity(written.len());
    for segment in written.split('/').skip(1) {
        now.push('/');
        now.push_str(segment);
        if let Some(to) = moves.get(now.as_str()) {
            (*to).clone_into(&mut now);
        }
    }
    now
}
