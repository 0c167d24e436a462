//! Bodies, answers and examples.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    super::survey::Survey,
    reader::{Reader, Spot},
};
use crate::contract::{
    HeaderSpec, MediaType, NamedExample, RequestBody, ResponseSpec, StatusPattern,
    model::is_json_lines,
    pointer::{self, join},
    schema::follow,
    source::{Part, Sources},
};

impl<'d> Reader<'d> {
    pub(super) fn request_body(&mut self, operation: &Spot<'d>) -> Option<RequestBody> {
        let value = operation.value.get("requestBody")?;
        let spot = self.follow(value, &join(&operation.pointer, "requestBody"))?;
        Some(RequestBody { required: spot.is_true("required"), content: self.content(&spot) })
    }

    fn content(&mut self, holder: &Spot<'d>) -> Vec<MediaType> {
        let mut content = Vec::new();
        for (name, spot) in self.members(&holder.pointer, Some(holder.value), "content") {
            let schema = spot
                .value
                .contains_key("schema")
                .then(|| self.schema_ref(join(&spot.pointer, "schema")));
            let name = name.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            let mut examples = self.examples(&spot);
            if is_json_lines(&name) {
                examples.iter_mut().for_each(lines_of);
            }
            content.push(MediaType { name, schema, examples, pointer: spot.pointer });
        }
        content
    }

    pub(super) fn responses(&mut self, operation: &Spot<'d>) -> Vec<ResponseSpec> {
        let mut responses: Vec<ResponseSpec> = Vec::new();
        for (name, spot) in self.members(&operation.pointer, Some(operation.value), "responses") {
            if name.starts_with("x-") {
                continue;
            }
            let written = join(&join(&operation.pointer, "responses"), &name);
            let Some(status) = status_pattern(&name) else {
                let title = format!("`{name}` is no status");
                let help = "write 404, 4XX or default";
                let rule = "OpenAPI 3.1 section 4.8.16.2";
                self.problem((&written, Part::Key), title, help, rule);
                continue;
            };
            if responses.iter().any(|response| response.status == status) {
                let title = format!("`{name}` stands twice");
                self.note((&written, Part::Key), title, "keep one of them; the first one counts");
            }
            let headers = self.headers(&spot);
            let content = self.content(&spot);
            responses.push(ResponseSpec { status, pointer: spot.pointer, headers, content });
        }
        responses
    }

    fn headers(&mut self, response: &Spot<'d>) -> Vec<HeaderSpec> {
        let mut headers = Vec::new();
        for (name, spot) in self.members(&response.pointer, Some(response.value), "headers") {
            // The media type says what `Content-Type` is (OpenAPI 3.1 section 4.8.17.1).
            if name.eq_ignore_ascii_case("content-type") {
                continue;
            }
            let Some(schema) = self.schema_of(&spot, &format!("header `{name}`")) else { continue };
            headers.push(HeaderSpec {
                name: name.to_ascii_lowercase(),
                required: spot.is_true("required"),
                schema,
                example: self.example(&spot),
                pointer: spot.pointer,
            });
        }
        headers
    }

    pub(super) fn example(&mut self, holder: &Spot<'d>) -> Option<Value> {
        self.examples(holder).into_iter().next().map(|example| (*example.value).clone())
    }

    /// `example` and `examples`; one that is only an address elsewhere is left out.
    fn examples(&mut self, holder: &Spot<'d>) -> Vec<NamedExample> {
        let mut examples = Vec::new();
        if let Some(value) = holder.value.get("example") {
            let pointer = join(&holder.pointer, "example");
            let value = Arc::new(value.clone());
            examples.push(NamedExample { name: String::new(), value, pointer });
        }
        for (name, spot) in self.members(&holder.pointer, Some(holder.value), "examples") {
            if let Some(value) = spot.value.get("value") {
                let pointer = join(&spot.pointer, "value");
                examples.push(NamedExample { name, value: Arc::new(value.clone()), pointer });
            }
        }
        examples
    }
}

/// An example of JSON lines as the list of them: as text, or one line by itself.
fn lines_of(example: &mut NamedExample) {
    let lines = match &*example.value {
        Value::Array(_) => return,
        Value::String(text) => {
            text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
        }
        one => vec![one.clone()],
    };
    example.value = Arc::new(Value::Array(lines));
}

/// Bodies of JSON lines are lists to us. Documents say what one line is, so each gets the schema
/// of a list; `itemSchema` is the word of 3.2 for it.
pub(super) fn item_schemas(sources: &mut Sources, document: &mut Value, survey: &mut Survey) {
    let mut found = Vec::new();
    for (index, at) in survey.schemas.iter().enumerate() {
        let Some((media, key)) = pointer::split(at) else { continue };
        let name = pointer::split(media).map(|(_, name)| name).unwrap_or_default();
        if !(key == "itemSchema" || key == "schema" && is_json_lines(&name)) {
            continue;
        }
        let is_list = document.pointer(at).is_some_and(|schema| {
            key == "schema"
                && follow(document, schema).get("type").and_then(Value::as_str) == Some("array")
        });
        if !is_list {
            found.push((index, media.to_owned(), key == "schema"));
        }
    }
    for (index, media, is_moved) in found {
        let (item, list) = (join(&media, "itemSchema"), join(&media, "schema"));
        let Some(Value::Object(object)) = document.pointer_mut(&media) else { continue };
        if is_moved {
            if object.contains_key("itemSchema") {
                continue;
            }
            let schema = object.shift_remove("schema").unwrap_or(Value::Bool(true));
            object.insert("itemSchema".to_owned(), schema);
            sources.mount_as(item.clone(), &list);
        }
        let items = json!({"$ref": pointer::reference(&item)});
        object.insert("schema".to_owned(), json!({"type": "array", "items": items}));
        survey.schemas[index] = item;
        survey.schemas.push(list);
    }
}

fn status_pattern(name: &str) -> Option<StatusPattern> {
    match name.as_bytes() {
        b"default" => Some(StatusPattern::Default),
        [digit @ b'1'..=b'5', b'X' | b'x', b'X' | b'x'] => Some(StatusPattern::Range(digit - b'0')),
        [_, _, _] => match name.parse() {
            Ok(status @ 100..=599) => Some(StatusPattern::Exact(status)),
            _ => None,
        },
        _ => None,
    }
}
