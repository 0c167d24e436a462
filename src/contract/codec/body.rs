//! Bodies by media type.

use serde_json::Value;

use super::{fields, multipart};
use crate::contract::{
    Contract, MediaType,
    model::{is_json as is_json_media, is_json_lines},
    schema::clip,
};

/// How a body of a media type is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notation {
    Json,
    Form,
    /// Parts with names.
    Multipart,
    /// A JSON value on each line.
    Lines,
    /// Bytes that are no text.
    Binary,
    Text,
}

/// The type and subtype of a `Content-Type` value, without parameters.
pub(super) fn essence(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}

/// How bodies of this type are written; what is unknown is text.
pub(super) fn notation(content_type: &str) -> Notation {
    let essence = essence(content_type);
    if is_json_media(essence) {
        Notation::Json
    } else if essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        Notation::Form
    } else if essence.eq_ignore_ascii_case("multipart/form-data") {
        Notation::Multipart
    } else if is_json_lines(essence) {
        Notation::Lines
    } else if is_binary(essence) {
        Notation::Binary
    } else {
        Notation::Text
    }
}

/// Media types whose bodies are no text (RFC 6838 section 4.2 and the registry of IANA).
fn is_binary(essence: &str) -> bool {
    let (kind, subtype) = essence.split_once('/').unwrap_or_default();
    let is = |kinds: &[&str], word: &str| kinds.iter().any(|kind| kind.eq_ignore_ascii_case(word));
    let is_svg = is(&["svg+xml"], subtype);
    is(&["image", "audio", "video", "font", "multipart"], kind) && !is_svg
        || is(&["application"], kind) && is(&["octet-stream", "pdf", "zip", "gzip"], subtype)
}

/// A JSON value on each line that is not empty, as a list.
fn read_lines(body: &[u8]) -> Result<Value, String> {
    let mut lines = Vec::new();
    for (number, line) in body.split(|byte| *byte == b'\n').enumerate() {
        // `json-seq` begins each value so (RFC 7464 section 2.2).
        let line = line.strip_prefix(&[0x1e]).unwrap_or(line).trim_ascii();
        if line.is_empty() {
            continue;
        }
        if lines.len() == MOST_VALUES {
            return Err(format!("the body holds more than {MOST_VALUES} values, the most we read"));
        }
        let value = read_json(line).map_err(|why| format!("line {}: {why}", number + 1))?;
        lines.push(value);
    }
    Ok(Value::Array(lines))
}

/// Whether bodies of this type are JSON.
pub(in crate::contract) fn is_json(content_type: &str) -> bool {
    notation(content_type) == Notation::Json
}

/// A body as a value, by its media type as sent; form fields and parts are typed by the schema of
/// the described one. Err: one line.
pub fn decode_body(
    contract: &Contract,
    content_type: &str,
    media: Option<&MediaType>,
    body: &[u8],
) -> Result<Value, String> {
    match notation(content_type) {
        Notation::Json if body.is_empty() => Err("the body is empty, not JSON".to_owned()),
        Notation::Json => read_json(body),
        Notation::Form => fields::decode(contract, media, body)
            .map_err(|why| format!("the body is no form: {why}")),
        Notation::Multipart => multipart::decode(contract, media, content_type, body)
            .map_err(|why| format!("the body is no form of parts: {why}")),
        Notation::Lines => read_lines(body),
        // No schema of a body of bytes says more than that it is there.
        Notation::Binary => Ok(Value::from(String::from_utf8_lossy(body))),
        Notation::Text => match std::str::from_utf8(body) {
            Ok(text) => Ok(Value::from(text)),
            Err(_) => Err("the body is not UTF-8 text".to_owned()),
        },
    }
}

/// A body as JSON, whatever its media type, within the bounds of [`decode_body`].
pub fn json(body: &[u8]) -> Option<Value> {
    read_json(body).ok()
}

/// Whether a body that [`decode_body`] refused is a trap or a wreck rather than another notation:
/// not UTF-8, or JSON beyond what we bear.
pub fn is_malformed(content_type: &str, body: &[u8]) -> bool {
    match notation(content_type) {
        Notation::Form | Notation::Multipart | Notation::Binary => false,
        Notation::Text | Notation::Lines => std::str::from_utf8(body).is_err(),
        Notation::Json if body.starts_with(GZIP) => false,
        Notation::Json => {
            let extent = Extent::of(body);
            std::str::from_utf8(body).is_err()
                || extent.values > MOST_VALUES
                || extent.depth > MOST_DEPTH
        }
    }
}

pub(super) fn read_json(body: &[u8]) -> Result<Value, String> {
    // A value is many times larger than its text, and a comma is enough for one.
    if body.len() > MOST_VALUES && Extent::of(body).values > MOST_VALUES {
        return Err(format!("the body holds more than {MOST_VALUES} values, the most we read"));
    }
    serde_json::from_slice(body).map_err(|error| not_json(body, &error))
}

fn not_json(body: &[u8], error: &serde_json::Error) -> String {
    let start = body.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
    if body.get(start) == Some(&b'<') {
        return "the body is HTML or XML, not JSON".to_owned();
    }
    if body.starts_with(GZIP) {
        return "the body is compressed (gzip), which we did not ask for".to_owned();
    }
    if body.starts_with("\u{feff}".as_bytes()) {
        return "the body begins with a byte order mark, which JSON does not allow".to_owned();
    }
    if let Err(error) = std::str::from_utf8(body) {
        return format!("the body is not UTF-8 after {} bytes", error.valid_up_to());
    }
    if error.is_eof() {
        return format!("the body ends in the middle of its JSON, after {} bytes", body.len());
    }
    if Extent::of(body).depth > MOST_DEPTH {
        return format!("the body is nested deeper than {MOST_DEPTH} levels, the most we read");
    }
    format!("the body is not JSON: {}", clip(&error.to_string(), 120))
}

/// How a gzip stream begins (RFC 1952 section 2.3.1).
const GZIP: &[u8] = &[0x1f, 0x8b];

/// Values of a JSON body at most. In memory a value takes some 100 bytes.
const MOST_VALUES: usize = 500_000;

/// Levels of a JSON body at most: where `serde_json` stops.
const MOST_DEPTH: usize = 127;

/// How many values a JSON text can hold at most, and how deep they are nested.
struct Extent {
    values: usize,
    depth: usize,
}

impl Extent {
    /// One pass over the bytes; what is not JSON gives some figure too.
    fn of(body: &[u8]) -> Self {
        let (mut values, mut depth, mut deepest) = (1, 0_usize, 0);
        let mut bytes = body.iter();
        while let Some(byte) = bytes.next() {
            match byte {
                b'"' => {
                    while let Some(byte) = bytes.next() {
                        match byte {
                            b'\\' => drop(bytes.next()),
                            b'"' => break,
                            _ => {}
                        }
                    }
                }
                b',' => values += 1,
                b'[' | b'{' => {
                    values += 1;
                    depth += 1;
                    deepest = deepest.max(depth);
                }
                b']' | b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        Self { values, depth: deepest }
    }
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
    let mut ranges: Vec<&MediaType> = content.iter().filter(range).collect();
    // The narrower one counts (OpenAPI 3.1 sections 4.8.13.1 and 4.8.17.1).
    ranges.sort_by_key(|media| media.name == "*/*");
    let exact = content.iter().find(|media| media.name.eq_ignore_ascii_case(essence));
    exact.or_else(|| ranges.first().copied().filter(|_| !essence.is_empty()))
}
