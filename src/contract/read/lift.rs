//! Schemas of any dialect as JSON Schema 2020-12, in place, so that a pointer into the lifted
//! document is one into the text.

mod annotation;
mod dialect;
mod draft;
#[cfg(test)]
mod tests;

pub(super) use dialect::Dialect;

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::role::{ONE_SCHEMA, SCHEMA_LIST, SCHEMA_MAP};
use crate::contract::pointer::{self, join};

/// What became of the schemas.
#[derive(Debug, Default)]
pub(super) struct Lifted {
    /// Pointers of the schemas that had to be wrapped as the second branch of an `anyOf`, the one
    /// exception to "in place".
    pub(super) wrapped: HashSet<String>,
    /// What was read although it is wrong: the pointer, and what of it.
    pub(super) notes: Vec<(String, String)>,
}

/// Lifts every schema at `roots`, written in this dialect unless a `$schema` says another.
pub(super) fn lift(document: &mut Value, roots: &[String], dialect: Dialect) -> Lifted {
    let mut lifted = Lifted::default();
    for root in roots {
        let said = file_of(root).and_then(|file| document.pointer(file)?.get("$schema")?.as_str());
        let dialect = said.and_then(Dialect::named).unwrap_or(dialect);
        // `$recursiveRef` leads to the schema's outermost: the file where it is a schema's own.
        let resource = file_of(root).filter(|_| said.is_some()).unwrap_or(root).to_owned();
        if let Some(schema) = document.pointer_mut(root) {
            Lift { dialect, resource, lifted: &mut lifted }.schema(schema, root);
        }
    }
    lifted
}

/// The pointer of the mounted file that a pointer leads into.
fn file_of(pointer: &str) -> Option<&str> {
    let rest = pointer.strip_prefix("/x-files/")?;
    let end = rest.find('/').unwrap_or(rest.len());
    Some(&pointer[..pointer.len() - rest.len() + end])
}

/// Mends references to places inside schemas that were wrapped.
pub(super) fn mend_references<'r>(
    document: &mut Value,
    wrapped: &HashSet<String>,
    references: impl Iterator<Item = (&'r str, &'r str)>,
) {
    if wrapped.is_empty() {
        return;
    }
    for (at, target) in references {
        let (moved, mended) = (inside(at, wrapped), inside(target, wrapped));
        if moved.is_none() && mended.is_none() {
            continue;
        }
        let at = moved.unwrap_or_else(|| at.to_owned());
        let target = mended.unwrap_or_else(|| target.to_owned());
        if let Some(text) = document.pointer_mut(&at) {
            *text = Value::String(pointer::reference(&target));
        }
    }
}

/// A pointer with the steps into wrapped schemas above it; `None` where there are none.
fn inside(pointer: &str, wrapped: &HashSet<String>) -> Option<String> {
    let mut mended = String::new();
    let mut any = false;
    let mut from = 0;
    for (at, _) in pointer.match_indices('/').skip(1) {
        if wrapped.contains(&pointer[..at]) {
            mended.push_str(&pointer[from..at]);
            mended.push_str("/anyOf/1");
            from = at;
            any = true;
        }
    }
    mended.push_str(&pointer[from..]);
    any.then_some(mended)
}

struct Lift<'l> {
    dialect: Dialect,
    /// The pointer of the outermost schema of this one's resource.
    resource: String,
    lifted: &'l mut Lifted,
}

impl Lift<'_> {
    fn schema(&mut self, schema: &mut Value, pointer: &str) {
        let Value::Object(object) = schema else { return };
        let outer = self.dialect;
        if let Some(said) = object.get("$schema").and_then(Value::as_str) {
            self.dialect = Dialect::named(said).unwrap_or(outer);
        }
        self.object(object, pointer);
        let says_null = self
            .dialect
            .null_keyword()
            .is_some_and(|keyword| object.shift_remove(keyword) == Some(Value::Bool(true)));
        if says_null {
            self.nullable(schema, pointer);
        }
        self.dialect = outer;
    }

    fn object(&mut self, object: &mut Map<String, Value>, pointer: &str) {
        if !self.dialect.takes_siblings() && matches!(object.get("$ref"), Some(Value::String(_))) {
            self.alone(object, pointer);
            return;
        }
        let is_named = object.contains_key("$id");
        let outer = is_named.then(|| std::mem::replace(&mut self.resource, pointer.to_owned()));
        // The dialect is fixed, and every reference is a pointer by now.
        for key in ["$schema", "$id", "$anchor", "$vocabulary"] {
            if object.contains_key(key) {
                object.shift_remove(key);
            }
        }
        extensible(object);
        self.annotations(object, pointer);
        self.drafts(object, pointer);
        self.below(object, pointer);
        if let Some(outer) = outer {
            self.resource = outer;
        }
    }

    /// A reference that takes no members beside it (`OpenAPI` 3.0 section 4.7.23, JSON Schema
    /// draft 7 section 8.3): they shall be ignored.
    fn alone(&mut self, object: &mut Map<String, Value>, pointer: &str) {
        if self.dialect.null_keyword().and_then(|key| object.get(key)) == Some(&Value::Bool(true)) {
            let why = "`nullable` beside `$ref` means nothing (OpenAPI 3.0 section 4.7.23)";
            self.note(pointer, why);
        }
        object.retain(|key, _| key == "$ref");
    }

    fn below(&mut self, object: &mut Map<String, Value>, pointer: &str) {
        for (key, value) in object.iter_mut() {
            let key = key.as_str();
            let here = || join(pointer, key);
            match value {
                Value::Array(list) if SCHEMA_LIST.contains(&key) => {
                    let here = here();
                    for (index, schema) in list.iter_mut().enumerate() {
                        self.schema(schema, &format!("{here}/{index}"));
                    }
                }
                Value::Object(map) if SCHEMA_MAP.contains(&key) => {
                    let here = here();
                    for (name, schema) in map.iter_mut() {
                        self.schema(schema, &join(&here, name));
                    }
                }
                Value::Object(_) if ONE_SCHEMA.contains(&key) => self.schema(value, &here()),
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
            self.lifted.wrapped.insert(pointer.to_owned());
        }
    }

    fn note(&mut self, pointer: &str, what: impl Into<String>) {
        self.lifted.notes.push((pointer.to_owned(), what.into()));
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
