//! Bodies by media type.

use serde_json::Value;

use super::form;
use crate::contract::{Contract, MediaType, SchemaRef, schema::clip};

/// How a body of a media type is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notation {
    Json,
    Form,
    Text,
}

/// The type and subtype of a `Content-Type` value, without parameters.
pub(super) fn essence(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}

/// How bodies of this type are written; what is unknown is text.
pub(super) fn notation(content_type: &str) -> Notation {
    let essence = essence(content_type);
    let suffix = essence.rsplit(['/', '+']).next().unwrap_or_default();
    if suffix.eq_ignore_ascii_case("json") {
        Notation::Json
    } else if essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        Notation::Form
    } else {
        Notation::Text
    }
}

/// Whether bodies of this type are JSON.
pub(in crate::contract) fn is_json(content_type: &str) -> bool {
    notation(content_type) == Notation::Json
}

/// A body as a value, by its media type; form fields are typed by the schema. Err: one line.
pub fn decode_body(
    contract: &Contract,
    content_type: &str,
    schema: Option<&SchemaRef>,
    body: &[u8],
) -> Result<Value, String> {
    match notation(content_type) {
        Notation::Json if body.is_empty() => Err("the body is empty, not JSON".to_owned()),
        Notation::Json => serde_json::from_slice(body).map_err(|error| not_json(body, &error)),
        Notation::Form => {
            let schemas = &contract.schemas;
            form::decode(schemas.shapes(), schema.map(|s| schemas.shape(s)), body)
                .map_err(|why| format!("the body is no form: {why}"))
        }
        Notation::Text => match std::str::from_utf8(body) {
            Ok(text) => Ok(Value::from(text)),
            Err(_) => Err("the body is not UTF-8 text".to_owned()),
        },
    }
}

fn not_json(body: &[u8], error: &serde_json::Error) -> String {
    let start = body.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
    if body.get(start) == Some(&b'<') {
        return "the body is HTML or XML, not JSON".to_owned();
    }
    if error.is_eof() {
        return format!("the body ends in the middle of its JSON, after {} bytes", body.len());
    }
    format!("the body is not JSON: {}", clip(&error.to_string(), 120))
}

/// The media type of these that a `Content-Type` value means: the same one, else a range
/// (`application/*`, `*/*`).
pub fn media_type<'m>(content: &'m [MediaType], content_type: &str) -> Option<&'m MediaType> {
    let essence = essence(content_type);
    let range = |media: &&MediaType| match media.name.strip_suffix("/*") {
        Some("*") => true,
        Some(kind) => {
            essence.split_once('/').is_some_and(|(actual, _)| actual.eq_ignore_ascii_case(kind))
        }
        None => false,
    };
    content
        .iter()
        .find(|media| media.name.eq_ignore_ascii_case(essence))
        .or_else(|| content.iter().filter(|_| !essence.is_empty()).find(range))
}
