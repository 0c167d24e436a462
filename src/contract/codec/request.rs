//! Arguments to request and back.

use std::fmt::Write as _;

use bytes::Bytes;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::{
    Arguments, Matched,
    body::{Notation, decode_body, notation},
    fields, form, media_type, multipart, style,
    text::scalar,
};
use crate::{
    contract::{Contract, MediaType, Operation, Parameter, ParameterPlace, ParameterStyle},
    evidence::{Diagnostic, Headers},
};

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
    contract: &Contract,
    operation: &Operation,
    arguments: &Arguments,
) -> Result<Encoded, Diagnostic> {
    let mut path = path(operation, arguments)?;
    let query = query(contract, operation, arguments);
    if !query.is_empty() {
        path.push('?');
        path.push_str(&query);
    }
    let mut headers = Headers::new();
    let mut body = Bytes::new();
    if let Some(value) = &arguments.body {
        let media = operation.request_body.as_ref().and_then(|body| body.content.first());
        let name = media.map_or("application/json", |media| sendable(&media.name));
        let (content_type, bytes) = encode_body(contract, (name, media), value);
        headers.push(("content-type".to_owned(), content_type));
        body = bytes;
    }
    headers.push(("accept".to_owned(), accept(operation)));
    for (place, name, value) in &arguments.parameters {
        if *place == ParameterPlace::Header {
            let style = known(operation, *place, name).map_or(ParameterStyle::Commas, |p| p.style);
            let text = style::text(style, name, value, style::verbatim);
            headers.push((name.to_ascii_lowercase(), text));
        }
    }
    let cookies = cookies(operation, arguments);
    if !cookies.is_empty() {
        headers.push(("cookie".to_owned(), cookies));
    }
    Ok(Encoded { method: operation.method.clone(), path_and_query: path, headers, body })
}

/// The documented parameter of a place and name.
fn known<'o>(operation: &'o Operation, place: ParameterPlace, name: &str) -> Option<&'o Parameter> {
    operation.parameters.iter().find(|p| p.place == place && p.name == name)
}

/// The `Cookie` header (RFC 6265 section 4.2.1).
fn cookies(operation: &Operation, arguments: &Arguments) -> String {
    let of_cookie = arguments.parameters.iter().filter(|(p, _, _)| *p == ParameterPlace::Cookie);
    let pairs = of_cookie.map(|(place, name, value)| {
        let style = known(operation, *place, name).map_or(ParameterStyle::Commas, |p| p.style);
        format!("{name}={}", style::text(style, name, value, style::cookie))
    });
    pairs.collect::<Vec<_>>().join("; ")
}

/// A media type to send where the contract only names a range.
fn sendable(name: &str) -> &str {
    if name.contains('*') { "application/json" } else { name }
}

/// The `Content-Type` and the bytes of a body.
fn encode_body(
    contract: &Contract,
    (media_type, media): (&str, Option<&MediaType>),
    value: &Value,
) -> (String, Bytes) {
    let bytes: Bytes = match (notation(media_type), value) {
        (Notation::Form, value) => fields::encode(contract, media, value).into(),
        (Notation::Multipart, Value::Object(members)) => {
            let (content_type, bytes) = multipart::encode(contract, media, members);
            return (content_type, bytes.into());
        }
        (Notation::Lines, Value::Array(list)) => {
            let mut text = String::new();
            for value in list {
                // Writing to a string cannot fail.
                let _ = writeln!(text, "{value}");
            }
            text.into()
        }
        (Notation::Text | Notation::Binary, Value::String(text)) => text.clone().into(),
        (_, value) => value.to_string().into(),
    };
    (media_type.to_owned(), bytes)
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
        let style = known(operation, ParameterPlace::Path, name)
            .map_or(ParameterStyle::Commas, |p| p.style);
        let value = arguments.parameter(ParameterPlace::Path, name);
        let text = value.map(|v| style::text(style, name, v, style::segment)).unwrap_or_default();
        // A dot segment would lead to another path (RFC 3986 section 5.2.4).
        if text.is_empty() || text == "." || text == ".." {
            return Err(Diagnostic::error(format!("{} needs `{name}`", operation.name))
                .expected(format!("a value for `{name}` in {}", operation.path))
                .actual(if text.is_empty() { "none".to_owned() } else { text })
                .help(format!("add a row `{name}`")));
        }
        path.push_str(&text);
        rest = after;
    }
    path.push_str(rest);
    Ok(path)
}

fn query(contract: &Contract, operation: &Operation, arguments: &Arguments) -> String {
    use ParameterStyle as Style;
    let mut query = String::new();
    for (place, name, value) in &arguments.parameters {
        if *place != ParameterPlace::Query {
            continue;
        }
        let parameter = known(operation, *place, name);
        let style = parameter.map_or(Style::Repeated, |p| p.style);
        match (style, value) {
            (Style::Repeated, Value::Array(list)) => {
                for item in list {
                    form::pair(name, &form::plain(item), &mut query);
                }
            }
            (Style::Brackets, value) => form::encode(name, value, &mut query),
            // Exploded members travel under their own names (RFC 6570 section 3.2.8).
            (Style::Repeated, Value::Object(_)) => form::encode("", value, &mut query),
            (Style::Repeated, value)
                if parameter.is_some_and(|p| allows(contract, p, RESERVED)) =>
            {
                let text = style::reserved(&form::plain(value));
                form::encoded_pair(name, &text, &mut query);
            }
            (Style::Repeated, value) => form::pair(name, &form::plain(value), &mut query),
            (style, value) => {
                form::pair(name, &style::text(style, name, value, style::verbatim), &mut query);
            }
        }
    }
    query
}

/// The word for a query that leaves reserved characters as they are.
const RESERVED: &str = "allowReserved";

/// Whether the document says this of a parameter.
fn allows(contract: &Contract, parameter: &Parameter, word: &str) -> bool {
    let said = contract.document.pointer(&parameter.pointer).and_then(|p| p.get(word));
    said == Some(&Value::Bool(true))
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
            Some(decode_body(contract, name, media, body)?)
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
    match parameter.place {
        ParameterPlace::Query => {
            let value = query_value(contract, parameter, query)?;
            // A name without a value says no more than that it is there.
            let says_nothing = value == "" && !parameter.required;
            (!says_nothing || !allows(contract, parameter, "allowEmptyValue")).then_some(value)
        }
        ParameterPlace::Cookie => {
            let text = cookie(&parameter.name, headers)?;
            Some(style::value(contract, parameter, &text))
        }
        ParameterPlace::Path | ParameterPlace::Header => parameter_text(parameter, path, headers)
            .map(|text| style::value(contract, parameter, text)),
    }
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
        ParameterPlace::Query | ParameterPlace::Cookie => None,
    }
}

/// The value of a cookie that a request carries, decoded.
fn cookie(name: &str, headers: &Headers) -> Option<String> {
    let cookies = headers.iter().filter(|(header, _)| header.eq_ignore_ascii_case("cookie"));
    let mut pairs = cookies.flat_map(|(_, pairs)| pairs.split(';'));
    let value = pairs.find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))?;
    Some(percent_decode_str(value).decode_utf8_lossy().into_owned())
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
    let types = contract.schemas.types(&parameter.schema);
    let repeats = parameter.style == ParameterStyle::Repeated;
    if repeats && style::is_object(types) {
        return exploded(contract, parameter, query);
    }
    let mut texts = query.iter().filter(|(key, _)| key == name).map(|(_, text)| text.as_str());
    let first = texts.next()?;
    if repeats && types.is_list() {
        let items = form::item_types(shapes, id);
        let all = std::iter::once(first).chain(texts);
        return Some(Value::Array(all.map(|text| scalar(text, items)).collect()));
    }
    if repeats {
        return Some(scalar(first, types));
    }
    Some(style::value(contract, parameter, first))
}

/// An object whose members travel under their own names: those that its schema names, since
/// others may be parameters of their own.
fn exploded(
    contract: &Contract,
    parameter: &Parameter,
    query: &[(String, String)],
) -> Option<Value> {
    let shapes = contract.schemas.shapes();
    let id = contract.schemas.shape(&parameter.schema);
    let declared = |key: &str| {
        // `a[b]=1` is a member of the member `a`.
        let key = key.split('[').next().unwrap_or(key);
        shapes.get(id).closure.iter().any(|part| shapes.get(*part).properties.contains_key(key))
    };
    let mut fields = String::new();
    for (key, text) in query.iter().filter(|(key, _)| declared(key)) {
        form::pair(key, text, &mut fields);
    }
    if fields.is_empty() {
        return None;
    }
    form::decode(shapes, Some(id), fields.as_bytes()).ok()
}
