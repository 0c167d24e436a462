//! `multipart/form-data`: a part for each member, and for each item of an array (RFC 7578).
//!
//! A value of several parts travels as JSON, bytes with a file name, all else as text
//! (`OpenAPI` 3.0 section 4.7.14.5, 3.1 section 4.8.14.5), unless `encoding` says otherwise.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{
    body::{Notation, notation, read_json},
    encoding::{Encoding, Member},
    form, style,
};
use crate::contract::{Contract, MediaType, ParameterStyle as Style};

/// Parts of one body.
const MOST_PARTS: usize = 10_000;
/// Bytes of the header fields of one part.
const MOST_HEAD: usize = 16 << 10;
/// Characters of a boundary (RFC 2046 section 5.1.1).
const MOST_BOUNDARY: usize = 70;

/// Writes an object: the `Content-Type`, and the body.
pub(super) fn encode(
    contract: &Contract,
    media: Option<&MediaType>,
    value: &Map<String, Value>,
) -> (String, Vec<u8>) {
    let encoding = Encoding::of(contract, media);
    let root = media.and_then(|media| media.schema.as_ref()).map(|s| contract.schemas.shape(s));
    let mut parts = Vec::new();
    for (name, value) in value {
        let member = Member::of(contract, root, name);
        member_parts(&mut parts, contract, encoding, (name, value), &member);
    }
    let boundary = boundary(&parts);
    let mut body = Vec::new();
    for part in parts {
        body.extend(format!("--{boundary}\r\n{}\r\n", part.head).into_bytes());
        body.extend(part.text.into_bytes());
        body.extend(b"\r\n");
    }
    body.extend(format!("--{boundary}--\r\n").into_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

/// A part to send.
struct Written {
    /// Its header fields, each with its line end.
    head: String,
    text: String,
}

/// Appends the parts of a member of the body.
fn member_parts(
    parts: &mut Vec<Written>,
    contract: &Contract,
    encoding: Encoding<'_>,
    (name, value): (&str, &Value),
    member: &Member,
) {
    let style = encoding.style(name);
    let mut headers = String::new();
    for (name, value) in encoding.headers(name) {
        headers.extend([name, ": ", &value, "\r\n"]);
    }
    let mut add = |name: &str, file: bool, kind: Option<&str>, text: String| {
        let name = escape(name);
        let mut head = format!("Content-Disposition: form-data; name=\"{name}\"");
        if file {
            head.extend(["; filename=\"", &name, "\""]);
        }
        head.push_str("\r\n");
        if let Some(kind) = kind {
            head.extend(["Content-Type: ", kind, "\r\n"]);
        }
        head.push_str(&headers);
        parts.push(Written { head, text });
    };
    match (style, value) {
        (Some(Style::Brackets), Value::Object(_)) => {
            let mut fields = Vec::new();
            form::flatten(name, value, &mut fields);
            for (name, text) in fields {
                add(&name, false, None, text);
            }
            return;
        }
        (Some(style), Value::Array(_)) if !matches!(style, Style::Repeated | Style::Brackets) => {
            add(name, false, None, style::text(style, name, value, style::verbatim));
            return;
        }
        _ => {}
    }
    let is_binary = member.is_binary(contract);
    // A style that is named makes `contentType` mean nothing.
    let said = encoding.content_type(name).filter(|kind| style.is_none() && !kind.contains('*'));
    let items = match value {
        Value::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    for item in items {
        let is_whole = item.is_object() || item.is_array();
        let kind = match said {
            Some(kind) => Some(kind),
            None if is_whole => Some("application/json"),
            None if is_binary => Some("application/octet-stream"),
            None => None,
        };
        let is_json = kind.is_some_and(|kind| notation(kind) == Notation::Json);
        let has_file_name =
            is_binary || kind.is_some_and(|kind| notation(kind) == Notation::Binary);
        let text = if is_json || is_whole { item.to_string() } else { form::plain(item) };
        add(name, has_file_name && !is_json, kind, text);
    }
}

/// A line that stands in no part.
fn boundary(parts: &[Written]) -> String {
    let mut boundary = "probe-boundary".to_owned();
    for number in 1_u64.. {
        if parts.iter().all(|part| !part.text.contains(&boundary) && !part.head.contains(&boundary))
        {
            break;
        }
        boundary = format!("probe-boundary-{number}");
    }
    boundary
}

/// A name within quotes (HTML standard, "multipart form data").
fn escape(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

fn unescape(name: &str) -> String {
    name.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n")
}

/// A part as it came.
struct Read<'b> {
    name: String,
    /// Whether it says that it is a file.
    has_file_name: bool,
    content_type: Option<String>,
    bytes: &'b [u8],
}

/// Reads what [`encode`] wrote, and what others write. Err: one line.
pub(super) fn decode(
    contract: &Contract,
    media: Option<&MediaType>,
    content_type: &str,
    body: &[u8],
) -> Result<Value, String> {
    let boundary = parameter(content_type, "boundary")
        .filter(|boundary| !boundary.is_empty() && boundary.len() <= MOST_BOUNDARY)
        .ok_or("the content type names no boundary")?;
    let parts = parts(body, &boundary)?;
    let encoding = Encoding::of(contract, media);
    let root = media.and_then(|media| media.schema.as_ref()).map(|s| contract.schemas.shape(s));
    let is_text = |part: &Read<'_>| {
        let kind = part.content_type.as_deref().unwrap_or("text/plain");
        !part.has_file_name && notation(kind) == Notation::Text
    };
    let whole: HashSet<&str> =
        parts.iter().filter(|part| !is_text(part)).map(|part| part.name.as_str()).collect();
    let mut fields = Vec::new();
    let mut members: Vec<(&str, Vec<Value>, Member)> = Vec::new();
    for part in &parts {
        let name = part.name.as_str();
        let of_name = members.iter().rposition(|(known, _, _)| *known == name);
        let member = of_name.map_or_else(|| Some(Member::of(contract, root, name)), |_| None);
        let types = member.as_ref().or(of_name.map(|at| &members[at].2)).map(|m| m.types);
        let style = encoding.style(name);
        let is_lone = whole.contains(name)
            || style.is_some_and(|style| !matches!(style, Style::Repeated | Style::Brackets))
            || types.is_some_and(|types| style::is_object(types) || types.is_list());
        if !is_lone {
            fields.push((part.name.clone(), text(part)?));
            continue;
        }
        let at = of_name.unwrap_or(members.len());
        if let Some(member) = member {
            members.push((name, Vec::new(), member));
        }
        let (_, values, member) = &mut members[at];
        values.push(lone(contract, part, style, member)?);
    }
    let mut object = match form::decode_pairs(contract.schemas.shapes(), root, fields)? {
        Value::Object(object) => object,
        _ => Map::new(),
    };
    for (name, mut values, member) in members {
        let is_whole = values.len() == 1 && (!member.types.is_list() || values[0].is_array());
        let value = if is_whole { values.swap_remove(0) } else { Value::Array(values) };
        object.insert(name.to_owned(), value);
    }
    Ok(Value::Object(object))
}

/// The value of a part that is more than a field.
fn lone(
    contract: &Contract,
    part: &Read<'_>,
    style: Option<Style>,
    member: &Member,
) -> Result<Value, String> {
    let of_part = |why: String| format!("the part `{}`: {why}", part.name);
    match part.content_type.as_deref().map(notation) {
        Some(Notation::Json) => return read_json(part.bytes).map_err(of_part),
        // No schema of bytes says more than that they are there.
        Some(Notation::Binary) => return Ok(Value::from(String::from_utf8_lossy(part.bytes))),
        _ if part.has_file_name => return Ok(Value::from(String::from_utf8_lossy(part.bytes))),
        _ => {}
    }
    let text = text(part)?;
    let style = style.filter(|style| !matches!(style, Style::Repeated | Style::Brackets));
    if let (Some(style), Some(id)) = (style, member.ids.first()) {
        return Ok(style::read(contract, (style, &part.name), *id, &text));
    }
    if style::is_object(member.types) {
        // Many leave the type of a part out.
        return Ok(read_json(part.bytes).unwrap_or_else(|_| Value::from(text)));
    }
    let types = if member.items.is_empty() {
        member.types
    } else {
        contract.schemas.shapes().any_types(&member.items)
    };
    Ok(super::text::scalar(&text, types))
}

fn text(part: &Read<'_>) -> Result<String, String> {
    let text = std::str::from_utf8(part.bytes);
    text.map(str::to_owned).map_err(|_| format!("the part `{}` is not UTF-8 text", part.name))
}

/// Splits a body at its boundary (RFC 2046 section 5.1.1).
fn parts<'b>(body: &'b [u8], boundary: &str) -> Result<Vec<Read<'b>>, String> {
    let line = format!("\r\n--{boundary}").into_bytes();
    let torn = || "the body ends before its last boundary".to_owned();
    let mut rest = match body.strip_prefix(&line[2..]) {
        Some(rest) => rest,
        None => after(body, &line).ok_or_else(torn)?.1,
    };
    let mut parts = Vec::new();
    while !rest.starts_with(b"--") {
        let padding = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let part = rest[padding..].strip_prefix(b"\r\n").ok_or("a boundary's line goes on")?;
        if parts.len() == MOST_PARTS {
            return Err(format!("the body holds more than {MOST_PARTS} parts, the most we read"));
        }
        // A part without header fields begins with the empty line at once.
        let (whole, next) = after(part, &line).ok_or_else(torn)?;
        let (head, bytes) = match whole.strip_prefix(b"\r\n") {
            Some(bytes) => (&[][..], bytes),
            None => after(whole, b"\r\n\r\n").ok_or("a part has no end of its header fields")?,
        };
        parts.push(part_of(head, bytes)?);
        rest = next;
    }
    Ok(parts)
}

/// What stands before the first occurrence of some bytes, and what after it.
fn after<'b>(bytes: &'b [u8], mark: &[u8]) -> Option<(&'b [u8], &'b [u8])> {
    let at = bytes.windows(mark.len()).position(|window| window == mark)?;
    Some((&bytes[..at], &bytes[at + mark.len()..]))
}

fn part_of<'b>(head: &[u8], bytes: &'b [u8]) -> Result<Read<'b>, String> {
    if head.len() > MOST_HEAD {
        return Err(format!("a part has more than {} KiB of header fields", MOST_HEAD >> 10));
    }
    let head = String::from_utf8_lossy(head);
    let field = |wanted: &str| {
        let mut fields = head.split("\r\n").filter_map(|line| line.split_once(':'));
        fields.find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted)).map(|(_, v)| v.trim())
    };
    let disposition = field("content-disposition").unwrap_or_default();
    let name = parameter(disposition, "name").ok_or("a part has no name")?;
    let has_file_name = parameter(disposition, "filename").is_some()
        || parameter(disposition, "filename*").is_some();
    let content_type = field("content-type").map(str::to_owned);
    Ok(Read { name: unescape(&name), has_file_name, content_type, bytes })
}

/// A parameter of a header field's value, quotes taken off.
fn parameter(field: &str, wanted: &str) -> Option<String> {
    let mut rest = field.split_once(';')?.1;
    loop {
        let (name, value) = rest.split_once('=')?;
        let value = value.trim_start();
        let (text, after) = value.strip_prefix('"').map_or_else(|| bare(value), unquoted);
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(text);
        }
        rest = after.split_once(';')?.1;
    }
}

/// A text without quotes, and what follows it.
fn bare(value: &str) -> (String, &str) {
    let end = value.find(';').unwrap_or(value.len());
    (value[..end].trim().to_owned(), &value[end..])
}

/// A quoted text without its quotes, and what follows it.
fn unquoted(quoted: &str) -> (String, &str) {
    let mut text = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (text, &quoted[at + 1..]),
            // Browsers leave a backslash as it is, but for one before a quote.
            '\\' if quoted[at + 1..].starts_with('"') => {
                text.push('"');
                letters.next();
            }
            letter => text.push(letter),
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_of_a_field_are_found() {
        let field = "form-data; name=\"a;b=\\\"c\\\"\"; filename = x.png ;z";
        assert_eq!(parameter(field, "name").as_deref(), Some("a;b=\"c\""));
        assert_eq!(parameter(field, "FileName").as_deref(), Some("x.png"));
        assert_eq!(parameter(field, "z"), None);
        assert_eq!(parameter("multipart/form-data", "boundary"), None);
    }

    #[test]
    fn bodies_are_split_at_their_boundary() {
        let names = |body: &str| {
            let parts = parts(body.as_bytes(), "b")?;
            let of = |part: &Read<'_>| (part.name.clone(), part.bytes.len());
            Ok::<_, String>(parts.iter().map(of).collect::<Vec<_>>())
        };
        let head = "Content-Disposition: form-data; name=\"a\"\r\n\r\n";
        let one = Ok(vec![("a".to_owned(), 3)]);
        assert_eq!(names(&format!("--b\r\n{head}123\r\n--b--\r\n")), one);
        assert_eq!(names(&format!("before\r\n--b \t\r\n{head}\r\n1\r\n--b--after")), one);
        assert_eq!(names("--b--"), Ok(vec![]));
        for (body, why) in [
            (String::new(), "the body ends before its last boundary"),
            (format!("--b\r\n{head}123"), "the body ends before its last boundary"),
            (format!("--bc\r\n{head}123\r\n--b--"), "a boundary's line goes on"),
            ("--b\r\n\r\n123\r\n--b--".to_owned(), "a part has no name"),
            ("--b\r\nX: 1\r\n--b--".to_owned(), "a part has no end of its header fields"),
            (
                format!("--b\r\nX: {}\r\n\r\n\r\n--b--", "x".repeat(20_000)),
                "a part has more than 16 KiB of header fields",
            ),
            (
                format!("--b{}--", format!("\r\n{head}\r\n--b").repeat(10_001)),
                "the body holds more than 10000 parts, the most we read",
            ),
        ] {
            assert_eq!(names(&body), Err(why.to_owned()));
        }
    }
}
