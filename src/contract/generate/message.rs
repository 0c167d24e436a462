//! Whole messages: an answer to give, arguments to call with.

use serde_json::Value;

use super::value::{Optional, TRIES, made, valid};
use crate::{
    contract::{
        Contract, HeaderSpec, MediaType, Operation, ParameterPlace, ResponseSpec, StatusPattern,
        codec::{Arguments, header_text},
    },
    evidence::Headers,
};

/// Header fields that the server's own HTTP layer writes.
pub(super) const OF_THE_WIRE: &[&str] =
    &["connection", "content-length", "content-type", "date", "keep-alive", "transfer-encoding"];

/// An answer that keeps the contract.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Documented headers, with their examples or generated values; without `content-type`.
    pub headers: Headers,
    /// Media type and body, if one is promised.
    pub body: Option<(String, Value)>,
}

/// An answer for this promised response: the named example (first one when `None`), else generated.
/// `None` when `example` names one that does not exist.
pub fn answer(
    contract: &Contract,
    spec: &ResponseSpec,
    status: u16,
    example: Option<&str>,
    seed: u64,
) -> Option<Answer> {
    let body = match example {
        Some(name) => Some(named(spec, name)?),
        None => spec.content.first().map(|media| (sendable(media), body(contract, media, seed))),
    };
    let headers = spec
        .headers
        .iter()
        .filter(|header| !OF_THE_WIRE.contains(&header.name.as_str()))
        // An optional field may say something that is not so, such as "replayed".
        .filter(|header| header.required || header.example.is_some())
        .map(|header| (header.name.clone(), header_value(contract, header, seed)))
        .collect();
    Some(Answer { status, headers, body })
}

fn named(spec: &ResponseSpec, name: &str) -> Option<(String, Value)> {
    spec.content.iter().find_map(|media| {
        let example = media.examples.iter().find(|example| example.name == name)?;
        Some((sendable(media), (*example.value).clone()))
    })
}

pub(super) fn sendable(media: &MediaType) -> String {
    if media.name.contains('*') { "application/json".to_owned() } else { media.name.clone() }
}

fn body(contract: &Contract, media: &MediaType, seed: u64) -> Value {
    match (media.examples.first(), &media.schema) {
        (Some(example), _) => (*example.value).clone(),
        (None, Some(schema)) => made(contract, schema, seed, Optional::All, "writeOnly"),
        (None, None) => Value::Object(serde_json::Map::new()),
    }
}

fn header_value(contract: &Contract, header: &HeaderSpec, seed: u64) -> String {
    let value = header
        .example
        .clone()
        .unwrap_or_else(|| made(contract, &header.schema, seed, Optional::All, ""));
    header_text(&value)
}

/// Arguments that keep the contract: the request body's first example and the parameters' examples,
/// else generated; required ones only where nothing is documented.
pub fn arguments(contract: &Contract, operation: &Operation, seed: u64) -> Arguments {
    let mut parameters = Vec::new();
    for parameter in &operation.parameters {
        let value = match &parameter.example {
            Some(example) => example.clone(),
            None if parameter.required => {
                made(contract, &parameter.schema, seed, Optional::Documented, "")
            }
            None => continue,
        };
        // An empty path segment would be another path.
        let empty = parameter.place == ParameterPlace::Path && value.as_str() == Some("");
        let value = if empty { Value::from("x") } else { value };
        parameters.push((parameter.place, parameter.name.clone(), value));
    }
    Arguments { parameters, body: request_body(contract, operation, seed) }
}

fn request_body(contract: &Contract, operation: &Operation, seed: u64) -> Option<Value> {
    let described = operation.request_body.as_ref()?;
    let media = described.content.first()?;
    if let Some(example) = media.examples.first() {
        return Some((*example.value).clone());
    }
    let schema = media.schema.as_ref()?;
    let value = made(contract, schema, seed, Optional::Documented, "readOnly");
    let says_something = value.as_object().is_none_or(|object| !object.is_empty());
    (described.required || says_something).then_some(value)
}

/// How much is put into a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fill {
    /// What must be there.
    Minimal,
    /// All.
    Full,
}

/// The header fields of an answer.
pub(super) fn answer_headers(
    contract: &Contract,
    spec: &ResponseSpec,
    fill: Fill,
    seed: u64,
) -> Headers {
    spec.headers
        .iter()
        .filter(|header| !OF_THE_WIRE.contains(&header.name.as_str()))
        .filter(|header| header.required || fill == Fill::Full)
        .map(|header| (header.name.clone(), header_value(contract, header, seed)))
        .collect()
}

/// Bodies that keep their schema, a full one for each branch that schemas leave open; none where
/// no value was found.
pub(super) fn bodies(
    contract: &Contract,
    media: &MediaType,
    fill: Fill,
    seed: u64,
    one_way: &str,
) -> Vec<Value> {
    let Some(schema) = &media.schema else { return vec![body(contract, media, seed)] };
    let optional = if fill == Fill::Full { Optional::Full } else { Optional::None };
    let mut bodies: Vec<Value> = Vec::new();
    for choice in 0..TRIES {
        let made = valid(contract, schema, seed, optional, one_way, choice);
        if let Some(made) = made.filter(|made| !bodies.contains(made)) {
            bodies.push(made);
            if fill == Fill::Minimal {
                break;
            }
        }
    }
    if bodies.is_empty() {
        // What is documented by hand may do what was not found out.
        let examples = media.examples.iter().map(|example| (*example.value).clone());
        bodies.extend(examples.filter(|value| contract.schemas.is_valid(schema, value)).take(1));
    }
    bodies
}

/// A status that this promise is for: its own, or one of its range that has no promise of its own.
pub fn status_of(operation: &Operation, spec: &ResponseSpec) -> Option<u16> {
    let is_its = |status: &u16| {
        operation.response(*status).is_some_and(|found| found.pointer == spec.pointer)
    };
    match spec.status {
        StatusPattern::Exact(code) => Some(code),
        StatusPattern::Range(digit) => (u16::from(digit) * 100..).take(100).find(is_its),
        StatusPattern::Default => (500..600).chain(400..500).chain(200..300).find(is_its),
    }
}
