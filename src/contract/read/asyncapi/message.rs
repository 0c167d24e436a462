//! Messages: what travels over a channel, as a body and header fields.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

use super::{
    contract::{Generation, MADE},
    format::{Format, format_of},
    operation::{Made, Reader, Spot},
    survey::multi_format,
};
use crate::contract::{
    HeaderSpec, MediaType, NamedExample, Parameter, ParameterPlace, ParameterStyle, RequestBody,
    SchemaRef,
    pointer::{self, join},
    schema::MOST_HOPS,
};

/// Messages inside messages that are looked into.
const MOST_ALTERNATIVES: usize = 1_000;

/// The bodies and header fields that any of an operation's messages may have.
#[derive(Debug, Default)]
pub(super) struct Bodies {
    pub(super) content: Vec<MediaType>,
    headers: Vec<Header>,
    /// Whether every message has a body.
    required: bool,
}

#[derive(Debug)]
struct Header {
    name: String,
    required: bool,
    schema: SchemaRef,
    pointer: String,
    example: Option<Value>,
}

impl Bodies {
    /// The body of an operation; none where no message says anything of its payload.
    pub(super) fn request_body(&self) -> Option<RequestBody> {
        let content = self.content.clone();
        (!content.is_empty()).then_some(RequestBody { required: self.required, content })
    }

    pub(super) fn header_parameters(&self) -> Vec<Parameter> {
        let parameter = |header: &Header| Parameter {
            name: header.name.clone(),
            place: ParameterPlace::Header,
            required: header.required,
            schema: header.schema.clone(),
            style: ParameterStyle::Commas,
            pointer: header.pointer.clone(),
            example: header.example.clone(),
        };
        self.headers.iter().map(parameter).collect()
    }

    pub(super) fn answer_headers(&self) -> Vec<HeaderSpec> {
        let spec = |header: &Header| HeaderSpec {
            name: header.name.to_ascii_lowercase(),
            required: header.required,
            schema: header.schema.clone(),
            pointer: header.pointer.clone(),
            example: header.example.clone(),
        };
        self.headers.iter().map(spec).collect()
    }
}

/// One message's payload.
struct Payload {
    message: String,
    media: String,
    /// Pointer of its schema, where it has one that can be read.
    schema: Option<String>,
    /// Pointer of the message.
    pointer: String,
    examples: Vec<NamedExample>,
}

impl<'d> Reader<'d> {
    /// The messages that a message of 2.x may be (2.6, Operation Object, `message`).
    pub(super) fn alternatives(&mut self, message: Spot<'d>) -> Vec<Spot<'d>> {
        let mut found = Vec::new();
        let mut open = vec![message];
        while let Some(message) = open.pop() {
            let Some(Value::Array(list)) = message.value.get("oneOf") else {
                found.push(message);
                continue;
            };
            let base = join(&message.pointer, "oneOf");
            let below = list.iter().enumerate().rev();
            let below = below.filter_map(|(n, value)| self.follow(value, &format!("{base}/{n}")));
            open.extend(below.collect::<Vec<_>>());
            // One that holds itself would never end.
            if found.len() + open.len() > MOST_ALTERNATIVES {
                break;
            }
        }
        found
    }

    /// What any of these messages may be; `list` is where they are listed.
    pub(super) fn bodies(&mut self, messages: &[Spot<'d>], list: &str) -> Bodies {
        let payloads: Vec<Payload> =
            messages.iter().filter_map(|message| self.payload(message)).collect();
        let required = !payloads.is_empty() && payloads.len() == messages.len();
        let mut by_media: Vec<(String, Vec<Payload>)> = Vec::new();
        for payload in payloads {
            match by_media.iter_mut().find(|(media, _)| *media == payload.media) {
                Some((_, same)) => same.push(payload),
                None => by_media.push((payload.media.clone(), vec![payload])),
            }
        }
        let content =
            by_media.into_iter().map(|(media, same)| self.media_type(media, same, list)).collect();
        let headers = self.headers(messages, list);
        Bodies { content, headers, required }
    }

    fn payload(&mut self, message: &Spot<'d>) -> Option<Payload> {
        let payload = message.value.get("payload")?;
        let at = join(&message.pointer, "payload");
        let schema = match self.generation {
            Generation::Three => self.schema_at(payload, at),
            _ => match format_of(message.value.get("schemaFormat")) {
                Format::Schema(_) => Some(at),
                Format::Opaque => None,
            },
        };
        let default = self.document.get("defaultContentType").and_then(Value::as_str);
        let media = message.text("contentType").or(default).unwrap_or(match schema {
            Some(_) => "application/json",
            None => "application/octet-stream",
        });
        Some(Payload {
            message: message.text("name").unwrap_or(&message.name).to_owned(),
            media: media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase(),
            schema,
            pointer: message.pointer.clone(),
            examples: examples(message),
        })
    }

    /// The schema at a place of 3: itself, or the one inside a Multi Format Schema Object, also
    /// behind references; `None` where its language is another one.
    fn schema_at(&self, value: &Value, mut at: String) -> Option<String> {
        let mut found = value;
        for _ in 0..MOST_HOPS {
            if let Some((_, format)) = multi_format(found) {
                return (format != Format::Opaque).then(|| join(&at, "schema"));
            }
            let target = found.get("$ref").and_then(Value::as_str);
            let Some(target) = target.and_then(pointer::of_reference) else { break };
            let Some(next) = self.document.pointer(&target) else { break };
            if multi_format(next).is_none() && next.get("$ref").is_none() {
                break;
            }
            (found, at) = (next, target.into_owned());
        }
        Some(at)
    }

    /// A body of one media type: the payload, or any of them.
    fn media_type(&mut self, media: String, same: Vec<Payload>, list: &str) -> MediaType {
        let several = same.len() > 1;
        let schemas: Vec<Value> = same
            .iter()
            .map(|payload| match &payload.schema {
                Some(at) => json!({"title": payload.message, "$ref": pointer::reference(at)}),
                None => json!({"title": payload.message}),
            })
            .collect();
        let pointer = match same.as_slice() {
            [one] => one.pointer.clone(),
            _ => list.to_owned(),
        };
        let schema = match same.as_slice() {
            [one] => one.schema.clone().map(|at| self.numbers.schema(at)),
            // One that can be anything makes all of them anything.
            many if many.iter().any(|payload| payload.schema.is_none()) => None,
            _ => Some(self.made(json!({ "anyOf": schemas }), list)),
        };
        let named = |payload: Payload| {
            let message = payload.message;
            payload.examples.into_iter().map(move |mut example| {
                if several {
                    example.name = format!("{message}/{}", example.name);
                }
                example
            })
        };
        let examples = same.into_iter().flat_map(named).collect();
        MediaType { name: media, schema, pointer, examples }
    }

    /// A schema that is written nowhere.
    fn made(&mut self, schema: Value, from: &str) -> SchemaRef {
        let name = self.made.len().to_string();
        let at = join(&join("", MADE), &name);
        self.made.push(Made { name, at: at.clone(), from: from.to_owned(), schema });
        self.numbers.schema(at)
    }

    /// The header fields of all messages by name: one is required where each message requires it,
    /// and may have any of the values that a message gives it.
    fn headers(&mut self, messages: &[Spot<'d>], list: &str) -> Vec<Header> {
        let mut order: Vec<String> = Vec::new();
        let mut fields: BTreeMap<String, Vec<(bool, String)>> = BTreeMap::new();
        for message in messages {
            for (name, field) in self.fields(message) {
                if !fields.contains_key(&name) {
                    order.push(name.clone());
                }
                fields.entry(name).or_default().push(field);
            }
        }
        let mut headers = Vec::with_capacity(order.len());
        for name in order {
            let Some(found) = fields.remove(&name) else { continue };
            let required = found.len() == messages.len() && found.iter().all(|(r, _)| *r);
            let Some((_, pointer)) = found.first().cloned() else { continue };
            let schema = if found.iter().all(|(_, at)| *at == pointer) {
                self.numbers.schema(pointer.clone())
            } else {
                let refs = found.iter().map(|(_, at)| json!({"$ref": pointer::reference(at)}));
                self.made(json!({"anyOf": refs.collect::<Vec<_>>()}), list)
            };
            let example = self.document.pointer(&pointer).and_then(|s| s.get("examples")?.get(0));
            headers.push(Header { name, required, schema, pointer, example: example.cloned() });
        }
        headers
    }

    /// The members of a message's schema of headers, each with the pointer of its schema and
    /// whether it is required, seen through references and `allOf`.
    fn fields(&self, message: &Spot<'d>) -> BTreeMap<String, (bool, String)> {
        let mut fields = BTreeMap::new();
        let mut required: Vec<&str> = Vec::new();
        let Some(headers) = message.value.get("headers") else { return fields };
        let Some(at) = self.schema_at(headers, join(&message.pointer, "headers")) else {
            return fields;
        };
        let (mut open, mut steps) = (vec![at], 0);
        while let Some(at) = open.pop() {
            steps += 1;
            let Some(Value::Object(schema)) = self.document.pointer(&at) else { continue };
            if steps > MOST_ALTERNATIVES {
                break;
            }
            let reference = schema.get("$ref").and_then(Value::as_str);
            open.extend(reference.and_then(pointer::of_reference).map(Cow::into_owned));
            if let Some(Value::Array(all)) = schema.get("allOf") {
                open.extend((0..all.len()).map(|index| format!("{at}/allOf/{index}")));
            }
            let names = schema.get("required").and_then(Value::as_array).into_iter().flatten();
            required.extend(names.filter_map(Value::as_str));
            let properties = schema.get("properties").and_then(Value::as_object);
            for name in properties.into_iter().flat_map(|properties| properties.keys()) {
                let field = join(&join(&at, "properties"), name);
                fields.entry(name.clone()).or_insert((false, field));
            }
        }
        for name in required {
            if let Some((required, _)) = fields.get_mut(name) {
                *required = true;
            }
        }
        fields
    }
}

/// The payloads of a message's examples (2.6 and 3.0, Message Example Object).
fn examples(message: &Spot<'_>) -> Vec<NamedExample> {
    let Some(Value::Array(list)) = message.value.get("examples") else { return Vec::new() };
    let base = join(&message.pointer, "examples");
    let mut examples = Vec::new();
    for (index, example) in list.iter().enumerate() {
        let Some(value) = example.get("payload") else { continue };
        let name = example.get("name").and_then(Value::as_str);
        examples.push(NamedExample {
            name: name.map_or_else(|| (index + 1).to_string(), str::to_owned),
            value: Arc::new(value.clone()),
            pointer: format!("{base}/{index}/payload"),
        });
    }
    examples
}
