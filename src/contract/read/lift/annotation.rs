//! Keywords that only describe: one that is ill-typed is left out and told, since nothing
//! depends on it.

use serde_json::{Map, Value};

use super::{Dialect, Lift};
use crate::contract::pointer::join;

impl Lift<'_> {
    /// Leaves out what describes in a wrong type (JSON Schema 2020-12 Validation section 9).
    pub(super) fn annotations(&mut self, object: &mut Map<String, Value>, pointer: &str) {
        // Schema objects of OpenAPI 3.0 and Swagger 2.0 know `example` alone.
        if self.dialect <= Dialect::OpenApi30 {
            object.shift_remove("examples");
        }
        let wrong: Vec<(String, &str)> = object
            .iter()
            .filter_map(|(key, value)| expected(key, value).map(|kind| (key.clone(), kind)))
            .collect();
        for (key, kind) in wrong {
            object.shift_remove(&key);
            let what = format!(
                "`{key}` is no {kind}, so it says nothing (JSON Schema 2020-12 Validation section 9)"
            );
            self.note(&join(pointer, &key), what);
        }
    }
}

/// The type that a describing keyword has, where its value is of another one.
fn expected(key: &str, value: &Value) -> Option<&'static str> {
    match key {
        "title" | "description" | "$comment" | "format" | "contentEncoding"
        | "contentMediaType"
            if !value.is_string() =>
        {
            Some("text")
        }
        "examples" if !value.is_array() => Some("list"),
        "deprecated" | "readOnly" | "writeOnly" if !value.is_boolean() => Some("truth value"),
        _ => None,
    }
}
