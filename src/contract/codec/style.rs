//! How a parameter's value travels as text (`OpenAPI` 3.1 section 4.8.12.3, RFC 6570 section 3.2).
//!
//! Reading mirrors writing. A part that holds the separator itself cannot be told apart; no
//! style has a way to say it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::{form, text::scalar};
use crate::contract::{
    Contract, Parameter, ParameterStyle as Style, SchemaRef,
    shape::{ShapeId, Types},
};

/// What stays as it is in a path: the unreserved characters of RFC 3986 section 2.3.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// And what a query bears without meaning something there, for `allowReserved`.
const RESERVED: &AsciiSet = &SEGMENT
    .remove(b':')
    .remove(b'/')
    .remove(b'?')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b';');
/// What a cookie's value bears (RFC 6265 section 4.1.1), without the comma, which servers split at.
const COOKIE: &AsciiSet = &SEGMENT.remove(b'!').remove(b'$').remove(b'*').remove(b':');

/// What a style puts before and between the parts of a value.
struct Marks {
    before: &'static str,
    between: &'static str,
    /// Between a member's name and its value.
    pair: &'static str,
}

fn marks(style: Style) -> Marks {
    let (before, between, pair) = match style {
        Style::Pairs => ("", ",", "="),
        Style::Spaces => ("", " ", " "),
        Style::Pipes => ("", "|", "|"),
        Style::Tabs => ("", "\t", "\t"),
        Style::Label { explode: true } => (".", ".", "="),
        Style::Label { explode: false } => (".", ",", ","),
        Style::Matrix { explode: true } => (";", ";", "="),
        Style::Matrix { explode: false }
        | Style::Commas
        | Style::Repeated
        | Style::Brackets
        | Style::Json => ("", ",", ","),
    };
    Marks { before, between, pair }
}

/// A value as the text of a parameter that travels by itself: in a path, a header, a cookie or
/// one field of a query. The parts go through `encode`, what the style puts around them does not.
pub(super) fn text(style: Style, name: &str, value: &Value, encode: fn(&str) -> String) -> String {
    if style == Style::Json {
        return encode(&value.to_string());
    }
    let Marks { before, between, pair } = marks(style);
    let repeats = style == Style::Matrix { explode: true };
    let plain = |value: &Value| encode(&form::plain(value));
    let parts: Vec<String> = match value {
        Value::Array(list) if repeats => {
            list.iter().map(|item| format!("{}={}", encode(name), plain(item))).collect()
        }
        Value::Array(list) => list.iter().map(plain).collect(),
        Value::Object(object) => object
            .iter()
            .map(|(key, value)| format!("{}{pair}{}", encode(key), plain(value)))
            .collect(),
        scalar if repeats => vec![format!("{}={}", encode(name), plain(scalar))],
        scalar => vec![plain(scalar)],
    };
    let joined = parts.join(between);
    match style {
        Style::Matrix { explode: false } => format!(";{}={joined}", encode(name)),
        _ => format!("{before}{joined}"),
    }
}

/// A value as a header field of an answer has it: style `simple`.
pub(in crate::contract) fn header_text(value: &Value) -> String {
    text(Style::Commas, "", value, verbatim)
}

/// Reads back what [`text`] wrote, by the schema.
pub(super) fn value(contract: &Contract, parameter: &Parameter, text: &str) -> Value {
    let id = contract.schemas.shape(&parameter.schema);
    read(contract, (parameter.style, &parameter.name), id, text)
}

/// As [`value`], by the number of the schema.
pub(super) fn read(
    contract: &Contract,
    (style, name): (Style, &str),
    id: ShapeId,
    text: &str,
) -> Value {
    if style == Style::Json {
        return serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
    }
    let Marks { before, between, pair } = marks(style);
    let own = format!("{name}=");
    let body = match style {
        Style::Matrix { explode: false } => {
            let inner = text.strip_prefix(';').unwrap_or(text);
            inner.strip_prefix(own.as_str()).unwrap_or(inner)
        }
        _ => text.strip_prefix(before).unwrap_or(text),
    };
    let shapes = contract.schemas.shapes();
    let types = shapes.get(id).types;
    let repeats = style == Style::Matrix { explode: true };
    let unnamed = |part: &str| -> String {
        let named = repeats.then(|| part.strip_prefix(own.as_str())).flatten();
        named.unwrap_or(part).to_owned()
    };
    if types.is_list() {
        return list(contract, id, body.split(between).map(unnamed));
    }
    if is_object(types) {
        let members = members(body, between, pair);
        return form::object(shapes, id, members);
    }
    scalar(&unnamed(body), types)
}

/// Text by its schema, the items of an array separated by commas: style `simple`.
pub(in crate::contract) fn header_value(
    contract: &Contract,
    schema: &SchemaRef,
    text: &str,
) -> Value {
    let id = contract.schemas.shape(schema);
    let types = contract.schemas.types(schema);
    if types.is_list() {
        return list(contract, id, text.split(',').map(|part| part.trim().to_owned()));
    }
    if is_object(types) {
        return form::object(contract.schemas.shapes(), id, members(text, ",", ","));
    }
    scalar(text, types)
}

fn list(contract: &Contract, id: ShapeId, parts: impl Iterator<Item = String>) -> Value {
    let items = form::item_types(contract.schemas.shapes(), id);
    Value::Array(parts.map(|part| scalar(&part, items)).collect())
}

/// Whether an object stands here, or null, and nothing else may.
pub(super) fn is_object(types: Types) -> bool {
    let others = [Types::STRING, Types::ARRAY, Types::BOOLEAN, Types::INTEGER, Types::FRACTION];
    types.has(Types::OBJECT) && !others.iter().any(|other| types.has(*other))
}

fn members(text: &str, between: &str, pair: &str) -> Vec<(String, String)> {
    if text.is_empty() {
        return Vec::new();
    }
    let parts = text.split(between);
    if pair != between {
        let member = |part: &str| {
            let (key, value) = part.split_once(pair).unwrap_or((part, ""));
            (key.to_owned(), value.to_owned())
        };
        return parts.map(member).collect();
    }
    let parts: Vec<&str> = parts.collect();
    let member =
        |two: &[&str]| (two[0].to_owned(), two.get(1).copied().unwrap_or_default().to_owned());
    parts.chunks(2).map(member).collect()
}

/// As it is: for headers.
pub(super) fn verbatim(text: &str) -> String {
    text.to_owned()
}

/// For a path segment.
pub(super) fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// For a query whose parameter has `allowReserved` (`OpenAPI` 3.1 section 4.8.12.2). What would
/// end the value is encoded all the same.
pub(super) fn reserved(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// For the value of a cookie.
pub(super) fn cookie(text: &str) -> String {
    utf8_percent_encode(text, COOKIE).to_string()
}
