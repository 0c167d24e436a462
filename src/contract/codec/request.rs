//! Arguments to request and back.

use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::{
    Arguments, Matched,
    body::{Notation, decode_body, notation},
    form, media_type,
    text::scalar,
};
use crate::{
    contract::{
        Contract, MediaType, Operation, Parameter, ParameterPlace, ParameterStyle, SchemaRef,
    },
    evidence::{Diagnostic, Headers},
};

/// What a path segment leaves as it is: the unreserved characters of RFC 3986 section 2.3.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A request ready to be signed and sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Encoded {
    /// In capitals.
    pub method: String,
    /// Percent-encoded, with the query string.
    pub path_and_query: String,
    /// `content-type`, `accept` and header parameters.
    pub headers: Headers,
    /// The encoded body.
    pub body: Bytes,
}

/// Builds the request. Err: a path parameter is missing or empty.
pub fn encode(
    _contract: &Contract,
    operation: &Operation,
    arguments: &Arguments,
) -> Result<Encoded, Diagnostic> {
    let mut path = path(operation, arguments)?;
    let query = query(operation, arguments);
    if !query.is_empty() {
        path.push('?');
        path.push_str(&query);
    }
    let mut headers = Headers::new();
    let mut body = Bytes::new();
    if let Some(value) = &arguments.body {
        let media = operation.request_body.as_ref().and_then(|body| body.content.first());
        let name = media.map_or("application/json", |media| sendable(&media.name));
        headers.push(("content-type".to_owned(), name.to_owned()));
        body = encode_body(name, value);
    }
    headers.push(("accept".to_owned(), accept(operation)));
    for (place, name, value) in &arguments.parameters {
        if *place == ParameterPlace::Header {
            headers.push((name.to_ascii_lowercase(), header_text(value)));
        }
    }
    Ok(Encoded { method: operation.method.clone(), path_and_query: path, headers, body })
}

/// A media type to send where the contract only names a range.
fn sendable(name: &str) -> &str {
    if name.contains('*') { "application/json" } else { name }
}

fn encode_body(media_type: &str, value: &Value) -> Bytes {
    match (notation(media_type), value) {
        (Notation::Form, value) => {
            let mut text = String::new();
            form::encode("", value, &mut text);
            text.into()
        }
        (Notation::Text, Value::String(text)) => text.clone().into(),
        (_, value) => value.to_string().into(),
    }
}

/// The media types of all promised answers, most wanted first.
fn accept(operation: &Operation) -> String {
    let mut names: Vec<&str> = Vec::new();
    for media in operation.responses.iter().flat_map(|response| &response.content) {
        if !names.contains(&media.name.as_str()) {
            names.push(&media.name);
        }
    }
    if names.is_empty() { "*/*".to_owned() } else { names.join(", ") }
}

fn path(operation: &Operation, arguments: &Arguments) -> Result<String, Diagnostic> {
    let mut path = String::with_capacity(operation.path.len() + 16);
    let mut rest = operation.path.as_str();
    while let Some((before, tail)) = rest.split_once('{') {
        let Some((name, after)) = tail.split_once('}') else { break };
        path.push_str(before);
        let text =
            arguments.parameter(ParameterPlace::Path, name).map(header_text).unwrap_or_default();
        // A dot segment would lead to another path (RFC 3986 section 5.2.4).
        if text.is_empty() || text == "." || text == ".." {
            return Err(Diagnostic::error(format!("{} needs `{name}`", operation.name))
                .expected(format!("a value for `{name}` in {}", operation.path))
                .actual(if text.is_empty() { "none".to_owned() } else { text })
                .help(format!("add a row `{name}`")));
        }
        path.extend(utf8_percent_encode(&text, SEGMENT));
        rest = after;
    }
    path.push_str(rest);
    Ok(path)
}

fn query(operation: &Operation, arguments: &Arguments) -> String {
    let mut query = String::new();
    for (place, name, value) in &arguments.parameters {
        if *place != ParameterPlace::Query {
            continue;
        }
        let style = operation
            .parameters
            .iter()
            .find(|p| p.place == ParameterPlace::Query && p.name == *name)
            .map_or(ParameterStyle::Repeated, |p| p.style);
        match (style, value) {
            (ParameterStyle::Repeated, Value::Array(list)) => {
                for item in list {
                    form::pair(name, &form::plain(item), &mut query);
                }
            }
            (ParameterStyle::Commas, value) => form::pair(name, &header_text(value), &mut query),
            (ParameterStyle::Brackets, value) => form::encode(name, value, &mut query),
            // Exploded members travel under their own names (RFC 6570 section 3.2.8).
            (ParameterStyle::Repeated, Value::Object(_)) => form::encode("", value, &mut query),
            (ParameterStyle::Repeated, value) => form::pair(name, &form::plain(value), &mut query),
        }
    }
    query
}

/// An array as `a,b`, an object as `k,v` (RFC 6570 section 3.2.2), else plain text.
pub(in crate::contract) fn header_text(value: &Value) -> String {
    match value {
        Value::Array(list) => list.iter().map(form::plain).collect::<Vec<_>>().join(","),
        Value::Object(object) => object
            .iter()
            .map(|(key, value)| format!("{key},{}", form::plain(value)))
            .collect::<Vec<_>>()
            .join(","),
        scalar => form::plain(scalar),
    }
}

/// Reads back what [`encode`] wrote: parameters and body of a request of this operation,
/// typed by its schemas. What does not fit its type stays text.
pub fn decode_request(
    contract: &Contract,
    matched: &Matched<'_>,
    query: &str,
    headers: &Headers,
    body: &[u8],
) -> Result<Arguments, String> {
    let query = query_pairs(query)?;
    let mut parameters = Vec::new();
    for parameter in &matched.operation.parameters {
        let value = parameter_value(contract, parameter, &matched.path, &query, headers);
        if let Some(value) = value {
            parameters.push((parameter.place, parameter.name.clone(), value));
        }
    }
    let body = match &matched.operation.request_body {
        Some(spec) if !body.is_empty() => {
            let content_type =
                headers.iter().find(|(name, _)| name == "content-type").map(|(_, v)| v.as_str());
            let media: Option<&MediaType> = match content_type {
                Some(content_type) => media_type(&spec.content, content_type),
                None => spec.content.first(),
            };
            let name = content_type.or(media.map(|m| m.name.as_str())).unwrap_or_default();
            let schema = media.and_then(|media| media.schema.as_ref());
            Some(decode_body(contract, name, schema, body)?)
        }
        _ => None,
    };
    Ok(Arguments { parameters, body })
}

/// The fields of a query string, decoded. Err: one line.
pub fn query_pairs(query: &str) -> Result<Vec<(String, String)>, String> {
    form::pairs(query.as_bytes()).map_err(|why| format!("the query cannot be read: {why}"))
}

/// A parameter of a request by its schema; `None` where it is not there.
pub(in crate::contract) fn parameter_value(
    contract: &Contract,
    parameter: &Parameter,
    path: &[(String, String)],
    query: &[(String, String)],
    headers: &Headers,
) -> Option<Value> {
    if parameter.place == ParameterPlace::Query {
        return query_value(contract, parameter, query);
    }
    parameter_text(parameter, path, headers)
        .map(|text| header_value(contract, &parameter.schema, text))
}

/// The text of a path or header parameter.
pub(in crate::contract) fn parameter_text<'t>(
    parameter: &Parameter,
    path: &'t [(String, String)],
    headers: &'t Headers,
) -> Option<&'t str> {
    let text = |(_, text): &'t (String, String)| text.as_str();
    match parameter.place {
        ParameterPlace::Path => path.iter().find(|(name, _)| *name == parameter.name).map(text),
        ParameterPlace::Header => {
            headers.iter().find(|(name, _)| parameter.name.eq_ignore_ascii_case(name)).map(text)
        }
        ParameterPlace::Query => None,
    }
}

fn query_value(
    contract: &Contract,
    parameter: &Parameter,
    query: &[(String, String)],
) -> Option<Value> {
    let name = parameter.name.as_str();
    let shapes = contract.schemas.shapes();
    let id = contract.schemas.shape(&parameter.schema);
    if parameter.style == ParameterStyle::Brackets {
        let mut fields = String::new();
        for (key, text) in query {
            if let Some(rest) =
                key.strip_prefix(name).filter(|r| r.is_empty() || r.starts_with('['))
            {
                form::pair(&format!("value{rest}"), text, &mut fields);
            }
        }
        return form::decode_member(shapes, id, "value", fields.as_bytes());
    }
    let mut texts = query.iter().filter(|(key, _)| key == name).map(|(_, text)| text.as_str());
    let first = texts.next()?;
    let types = shapes.get(id).types;
    if types.is_list() && parameter.style == ParameterStyle::Repeated {
        let items = form::item_types(shapes, id);
        let all = std::iter::once(first).chain(texts);
        return Some(Value::Array(all.map(|text| scalar(text, items)).collect()));
    }
    Some(header_value(contract, &parameter.schema, first))
}

/// Text by its schema, the items of an array separated by commas: style `simple`.
pub(in crate::contract) fn header_value(
    contract: &Contract,
    schema: &SchemaRef,
    text: &str,
) -> Value {
    let shapes = contract.schemas.shapes();
    let id = contract.schemas.shape(schema);
    let types = shapes.get(id).types;
    if types.is_list() {
        let items = form::item_types(shapes, id);
        return Value::Array(text.split(',').map(|part| scalar(part, items)).collect());
    }
    scalar(text, types)
}
