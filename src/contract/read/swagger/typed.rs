//! Parameters and headers that are their own schemas.

use serde_json::{Map, Value};

use super::Swagger;
use crate::contract::pointer::join;

/// Members of a parameter or header that say its type (Swagger 2.0 "Parameter Object").
const TYPED: &[&str] = &[
    "type",
    "format",
    "items",
    "default",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "enum",
    "multipleOf",
    "x-nullable",
];

impl Swagger<'_> {
    /// Gives a parameter its `schema`, `style` and `explode`; a body has its schema already.
    pub(super) fn parameter(&mut self, at: &str) {
        if self.text(at, "in") == Some("body") || !self.done.insert(at.to_owned()) {
            return;
        }
        self.typed(at);
        let Some(object) = self.object(at) else { return };
        if object.get("type").and_then(Value::as_str) != Some("array") {
            return;
        }
        let multiple = matches!(self.text(at, "in"), Some("query" | "formData"));
        let (style, explode) = match object.get("collectionFormat").and_then(Value::as_str) {
            Some("multi") => ("form", true),
            Some("ssv") => ("spaceDelimited", false),
            Some("tsv") => ("tabDelimited", false),
            Some("pipes") => ("pipeDelimited", false),
            _ if multiple => ("form", false),
            _ => ("simple", false),
        };
        self.insert(at, "style", style.into());
        self.insert(at, "explode", explode.into());
    }

    /// Gives each header of a response its `schema`.
    pub(super) fn headers(&mut self, response: &str) {
        let base = join(response, "headers");
        if !self.done.insert(base.clone()) {
            return;
        }
        let names: Vec<String> =
            self.object(&base).into_iter().flat_map(Map::keys).cloned().collect();
        for name in names {
            self.typed(&join(&base, &name));
        }
    }

    fn typed(&mut self, at: &str) {
        let Some(object) = self.object(at) else { return };
        if object.contains_key("schema") {
            return;
        }
        let keywords = TYPED.iter().filter_map(|key| Some((*key, object.get(*key)?)));
        let schema: Map<String, Value> =
            keywords.map(|(key, value)| (key.to_owned(), value.clone())).collect();
        // Without a type it stays without a schema, which the reader tells.
        if schema.is_empty() {
            return;
        }
        self.insert(at, "schema", Value::Object(schema));
        self.sources.mount_as(join(at, "schema"), at);
    }
}
