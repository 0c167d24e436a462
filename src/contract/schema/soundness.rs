//! Is a schema one?
//!
//! The meta-schema of 2020-12 says it, and costs more than all other reading. So a quick look
//! comes first, which knows the keywords by their types and is sure where it says yes; only what
//! it is not sure of is held against the meta-schema.

use std::collections::{HashMap, HashSet};

use jsonschema::{ValidationError, error::ValidationErrorKind};
use serde_json::{Value, json};

use super::{Wrapped, clip, components::plain};
use crate::contract::pointer;

/// Problems of one document that are told. Each is looked up in its text.
const MOST_PROBLEMS: usize = 100;

/// A schema that is not one.
#[derive(Debug)]
pub(in crate::contract) struct SchemaProblem {
    /// Pointer of the spot in the document.
    pub(in crate::contract) pointer: String,
    /// What is wrong, in a few words.
    pub(in crate::contract) message: String,
}

/// Compiles the meta-schema, which the first schema that is compiled needs.
pub(in crate::contract) fn prepare() {
    let _ = jsonschema::draft202012::meta::validator();
}

/// What is no schema at `schemas` of the lifted document, by the meta-schema of 2020-12, and the
/// regular expressions that do not compile.
pub(in crate::contract) fn problems<'p>(
    document: &Value,
    schemas: impl IntoIterator<Item = &'p str>,
    wrapped: &Wrapped,
) -> Vec<SchemaProblem> {
    let mut patterns = Patterns::default();
    let mut found = Vec::new();
    for at in schemas {
        let Some(schema) = pointer::find(document, at) else { continue };
        if found.len() >= MOST_PROBLEMS {
            break;
        }
        if !patterns.is_sound(schema) {
            found.extend(of_schema(schema, at, wrapped, &mut patterns));
        }
    }
    found.truncate(MOST_PROBLEMS);
    found
}

fn of_schema(
    schema: &Value,
    at: &str,
    wrapped: &Wrapped,
    patterns: &mut Patterns,
) -> Vec<SchemaProblem> {
    let meta = jsonschema::draft202012::meta::validator();
    let mut found: Vec<SchemaProblem> = meta
        .iter_errors(schema)
        .map(|error| SchemaProblem {
            pointer: wrapped.written(&format!("{at}{}", error.instance_path().as_str())),
            message: meta_message(&error),
        })
        .collect();
    let mut seen = HashSet::new();
    found.retain(|problem| seen.insert(problem.pointer.clone()));
    patterns.bad(schema, at, wrapped, &mut found);
    found
}

fn meta_message(error: &ValidationError<'_>) -> String {
    match error.kind() {
        ValidationErrorKind::AnyOf { .. } if error.instance_path().as_str().ends_with("/type") => {
            "no such type: array, boolean, integer, null, number, object and string are known"
                .to_owned()
        }
        _ => clip(&error.to_string(), 160),
    }
}

/// The regular expressions of a document, each compiled once.
#[derive(Default)]
struct Patterns {
    compile: HashMap<String, bool>,
}

impl Patterns {
    fn compiles(&mut self, pattern: &str) -> bool {
        if let Some(known) = self.compile.get(pattern) {
            return *known;
        }
        let compiles = plain().build(&json!({ "pattern": pattern })).is_ok();
        self.compile.insert(pattern.to_owned(), compiles);
        compiles
    }

    fn bad(&mut self, schema: &Value, at: &str, wrapped: &Wrapped, into: &mut Vec<SchemaProblem>) {
        match schema {
            Value::Object(object) => {
                if let Some(Value::String(pattern)) = object.get("pattern")
                    && !self.compiles(pattern)
                {
                    into.push(SchemaProblem {
                        pointer: wrapped.written(&format!("{at}/pattern")),
                        message: "the pattern is no regular expression".to_owned(),
                    });
                }
                for (key, value) in object {
                    if !matches!(
                        key.as_str(),
                        "const" | "enum" | "default" | "example" | "examples"
                    ) {
                        self.bad(value, &pointer::join(at, key), wrapped, into);
                    }
                }
            }
            Value::Array(list) => {
                for (index, value) in list.iter().enumerate() {
                    self.bad(value, &format!("{at}/{index}"), wrapped, into);
                }
            }
            _ => {}
        }
    }

    /// Whether this is a schema for sure.
    fn is_sound(&mut self, schema: &Value) -> bool {
        match schema {
            Value::Bool(_) => true,
            Value::Object(object) => object.iter().all(|(key, value)| self.keyword(key, value)),
            _ => false,
        }
    }

    fn keyword(&mut self, key: &str, value: &Value) -> bool {
        match key {
            "type" => is_type(value),
            "properties" | "$defs" | "definitions" | "dependentSchemas" => {
                value.as_object().is_some_and(|map| map.values().all(|s| self.is_sound(s)))
            }
            "patternProperties" => value.as_object().is_some_and(|map| {
                map.iter().all(|(pattern, schema)| self.compiles(pattern) && self.is_sound(schema))
            }),
            "allOf" | "anyOf" | "oneOf" | "prefixItems" => value
                .as_array()
                .is_some_and(|list| !list.is_empty() && list.iter().all(|s| self.is_sound(s))),
            "items"
            | "additionalProperties"
            | "not"
            | "if"
            | "then"
            | "else"
            | "contains"
            | "propertyNames"
            | "contentSchema"
            | "unevaluatedItems"
            | "unevaluatedProperties" => self.is_sound(value),
            "pattern" => value.as_str().is_some_and(|pattern| self.compiles(pattern)),
            "enum" | "examples" => value.is_array(),
            "required" => are_names(value),
            "dependentRequired" => value.as_object().is_some_and(|map| map.values().all(are_names)),
            "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties"
            | "maxProperties" | "minContains" | "maxContains" => value.is_u64(),
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => value.is_number(),
            "multipleOf" => value.as_f64().is_some_and(|number| number > 0.0),
            "uniqueItems" | "deprecated" | "readOnly" | "writeOnly" => value.is_boolean(),
            "title" | "description" | "format" | "$comment" | "contentEncoding"
            | "contentMediaType" => value.is_string(),
            "$ref" => value.as_str().is_some_and(|reference| reference.starts_with("#/")),
            // Keywords that the meta-schema knows and that are too rare to be known here.
            "$id" | "$schema" | "$anchor" | "$dynamicAnchor" | "$dynamicRef" | "$vocabulary"
            | "$recursiveAnchor" | "$recursiveRef" | "dependencies" => false,
            _ => true,
        }
    }
}

fn is_type(value: &Value) -> bool {
    let known = |name: &str| {
        matches!(name, "array" | "boolean" | "integer" | "null" | "number" | "object" | "string")
    };
    match value {
        Value::String(name) => known(name),
        Value::Array(names) => {
            let distinct = |at: usize| !names[..at].contains(&names[at]);
            !names.is_empty()
                && names.len() <= 7
                && (0..names.len()).all(|at| names[at].as_str().is_some_and(known) && distinct(at))
        }
        _ => false,
    }
}

/// Different names.
fn are_names(value: &Value) -> bool {
    let Some(list) = value.as_array() else { return false };
    // Mostly a few; a table pays only for many.
    if list.len() <= 16 {
        return (0..list.len()).all(|at| list[at].is_string() && !list[..at].contains(&list[at]));
    }
    let mut seen: HashSet<&str> = HashSet::new();
    list.iter().all(|name| name.as_str().is_some_and(|name| seen.insert(name)))
}
