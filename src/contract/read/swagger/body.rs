//! Bodies and forms, which are parameters in Swagger 2.0.

use serde_json::{Map, Value, json};

use super::Swagger;
use crate::{
    contract::{
        pointer::{self, join},
        source::Part,
    },
    evidence::Diagnostic,
};

const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";

impl Swagger<'_> {
    /// Gives an operation its `requestBody`, from these parameters.
    pub(super) fn body(&mut self, operation: &str, parameters: &[String]) {
        let of = |place: &str| -> Vec<String> {
            let here = parameters.iter().filter(|at| self.text(at, "in") == Some(place));
            here.cloned().collect()
        };
        let (bodies, fields) = (of("body"), of("formData"));
        let (Some(first), second) = (bodies.first().or(fields.first()), bodies.get(1)) else {
            return;
        };
        if let (Some(body), Some(other)) = (bodies.first(), second.or(fields.first())) {
            self.two_bodies(body, other);
            return;
        }
        let consumed = self.media_types(operation, "consumes");
        let request_body = if bodies.is_empty() {
            self.form(&fields, &consumed)
        } else {
            self.whole(first, &consumed)
        };
        self.sources.mount_as(join(operation, "requestBody"), first);
        self.insert(operation, "requestBody", request_body);
    }

    fn two_bodies(&mut self, body: &str, other: &str) {
        let place = |at: &str| self.sources.locate(at, Part::Value);
        self.problems.push(
            Diagnostic::error("the operation has two bodies")
                .maybe_at(place(other), "the second")
                .maybe_at(place(body), "the first")
                .note("Swagger 2.0 section \"Parameter Object\": one body, or fields of a form")
                .help("keep one of them"),
        );
    }

    fn whole(&self, body: &str, consumed: &[String]) -> Value {
        let schema = join(body, "schema");
        let media = match self.document.pointer(&schema) {
            Some(_) => json!({"schema": {"$ref": pointer::reference(&schema)}}),
            None => json!({}),
        };
        let plain = ["application/json".to_owned()];
        let names = if consumed.is_empty() { &plain } else { consumed };
        let content: Map<String, Value> =
            names.iter().map(|name| (name.clone(), media.clone())).collect();
        json!({"required": self.is_true(body, "required"), "content": content})
    }

    fn form(&self, fields: &[String], consumed: &[String]) -> Value {
        let (mut properties, mut encoding) = (Map::new(), Map::new());
        let mut required: Vec<&str> = Vec::new();
        let mut has_file = false;
        for at in fields {
            let Some(name) = self.text(at, "name") else { continue };
            has_file |= self.text(at, "type") == Some("file");
            let schema = join(at, "schema");
            let schema = match self.document.pointer(&schema) {
                Some(_) => json!({"$ref": pointer::reference(&schema)}),
                None => json!({}),
            };
            properties.insert(name.to_owned(), schema);
            if self.is_true(at, "required") {
                required.push(name);
            }
            if let Some(style) = self.text(at, "style") {
                let explode = self.is_true(at, "explode");
                encoding.insert(name.to_owned(), json!({"style": style, "explode": explode}));
            }
        }
        let schema = json!({"type": "object", "properties": properties, "required": required});
        let names: Vec<&str> = consumed
            .iter()
            .map(String::as_str)
            .filter(|name| [FORM, MULTIPART].contains(name))
            .collect();
        // A file travels as a part alone (Swagger 2.0 "Parameter Object").
        let names = match (names.is_empty(), has_file) {
            (false, _) => names,
            (true, true) => vec![MULTIPART],
            (true, false) => vec![FORM],
        };
        let content: Map<String, Value> = names
            .into_iter()
            .map(|name| (name.to_owned(), json!({"schema": schema, "encoding": encoding})))
            .collect();
        json!({"required": !required.is_empty(), "content": content})
    }

    fn is_true(&self, at: &str, key: &str) -> bool {
        self.object(at).and_then(|object| object.get(key)) == Some(&Value::Bool(true))
    }
}
