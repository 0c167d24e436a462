//! Bodies: readable, valid, and without what nobody described.

use serde_json::Value;

use super::{
    header,
    report::{Found, Report, shown, spot},
    undeclared,
};
use crate::{
    contract::{
        MediaType, Operation, ResponseSpec,
        codec::{self, decode_body, is_json, media_type},
        pointer::{self, join},
        schema::{Breach, Violation, follow},
        shape::Types,
    },
    evidence::{MASK, Response},
};

/// Judges an answer's body. `read` is the body where a caller has read it as JSON already.
pub(super) fn response(
    report: &mut Report<'_>,
    operation: &Operation,
    promised: &ResponseSpec,
    response: &Response,
    read: Option<Value>,
) -> Option<Value> {
    if response.body.is_empty() {
        // These never have a body (RFC 9110 sections 9.3.2, 15.3.5 and 15.4.5).
        let bodiless = operation.method == "HEAD" || matches!(response.status, 204 | 304);
        if !promised.content.is_empty() && !bodiless {
            missing(report, promised);
        }
        return read;
    }
    if promised.content.is_empty() {
        unexpected(report, promised, response);
        return read;
    }
    let content_type = response.header("content-type");
    let media = content_type.and_then(|actual| media_type(&promised.content, actual));
    let media = match (media, content_type) {
        (Some(media), _) => media,
        (None, actual) => {
            header::content_type(report, &promised.content, &promised.pointer, actual);
            // Without a word about its type the body may still be what was promised.
            match (actual, promised.content.first()) {
                (None, Some(first)) => first,
                _ => return read,
            }
        }
    };
    let Some(bytes) = response.body.bytes() else { return read };
    judge(report, media, content_type.unwrap_or(&media.name), &bytes, read)
}

fn missing(report: &mut Report<'_>, promised: &ResponseSpec) {
    let known: Vec<&str> = promised.content.iter().map(|media| media.name.as_str()).collect();
    report.add(Found {
        rule: "body.missing",
        message: "the answer has no body".to_owned(),
        promise: &join(&promised.pointer, "content"),
        location: "body",
        pointer: String::new(),
        expected: format!("a body of {}", known.join(" or ")),
        actual: "none".to_owned(),
    });
}

fn unexpected(report: &mut Report<'_>, promised: &ResponseSpec, response: &Response) {
    report.add(Found {
        rule: "body.unexpected",
        message: "the answer has a body, and none is described".to_owned(),
        promise: &promised.pointer,
        location: "body",
        pointer: String::new(),
        expected: "no body".to_owned(),
        actual: format!("{} bytes", response.body.size),
    });
}

/// Reads and judges a body of a described media type, and hands it out.
pub(super) fn judge(
    report: &mut Report<'_>,
    media: &MediaType,
    content_type: &str,
    bytes: &[u8],
    read: Option<Value>,
) -> Option<Value> {
    let schema = media.schema.as_ref();
    let decoded = match read {
        Some(value) if is_json(content_type) => Ok(value),
        _ => decode_body(report.contract, content_type, schema, bytes),
    };
    let value = match decoded {
        Ok(value) => value,
        Err(why) => {
            let malformed = report.is_response() && codec::is_malformed(content_type, bytes);
            report.add(Found {
                rule: if malformed { "body.malformed" } else { "body.unreadable" },
                message: format!("{} has a body that cannot be read", report.subject()),
                promise: &media.pointer,
                location: "body",
                pointer: String::new(),
                expected: format!("a body of {}", media.name),
                actual: why,
            });
            return None;
        }
    };
    let Some(schema) = schema else { return Some(value) };
    for violation in report.contract.schemas.violations(schema, &value) {
        let actual = match violation.breach {
            Breach::Missing => None,
            _ => value.pointer(&violation.instance),
        };
        if !is_excused(report, &violation, actual) {
            add(report, &violation, actual);
        }
    }
    if report.is_response() {
        let shapes = report.contract.schemas.shapes();
        let root = report.contract.schemas.shape(schema);
        for found in undeclared::find(shapes, root, &value) {
            add_undeclared(report, &found.promise, found.pointer, found.value);
        }
    }
    Some(value)
}

fn add(report: &mut Report<'_>, violation: &Violation, actual: Option<&Value>) {
    let at = violation.instance.as_str();
    let name = pointer::split(at).map(|(_, name)| name.into_owned()).unwrap_or_default();
    let (subject, spot) = (report.subject(), spot(at));
    let (rule, message) = match violation.breach {
        Breach::Undeclared if report.is_response() => {
            let value = actual.unwrap_or(&Value::Null);
            return add_undeclared(report, &violation.schema, at.to_owned(), value);
        }
        Breach::Undeclared => {
            ("body.undeclared", format!("{subject} holds {spot}, which is not allowed"))
        }
        Breach::Missing => ("body.required", format!("{subject} lacks {spot}")),
        Breach::Null => ("body.null", format!("{subject}'s {spot} is null")),
        Breach::Type => ("body.type", format!("{subject}'s {spot} is of another type")),
        Breach::Enum => ("body.enum", format!("{subject}'s {spot} has an unknown value")),
        Breach::Format => ("body.format", format!("{subject}'s {spot} is in another format")),
        Breach::Pattern => ("body.pattern", format!("{subject}'s {spot} does not fit its pattern")),
        Breach::Bounds => ("body.bounds", format!("{subject}'s {spot} is out of bounds")),
        Breach::Other => ("body.schema", format!("{subject}'s {spot} breaks its schema")),
    };
    let actual = match actual {
        None => "no such member".to_owned(),
        Some(value @ (Value::String(_) | Value::Number(_))) if violation.breach == Breach::Type => {
            format!("{}, {}", shown(&name, value), Types::of(value).describe())
        }
        Some(value) => shown(&name, value),
    };
    report.add(Found {
        rule,
        message,
        promise: &violation.schema,
        location: "body",
        pointer: at.to_owned(),
        expected: violation.expected.clone(),
        actual,
    });
}

fn add_undeclared(report: &mut Report<'_>, promise: &str, at: String, value: &Value) {
    let name = pointer::split(&at).map(|(_, name)| name.into_owned()).unwrap_or_default();
    report.add(Found {
        rule: "body.undeclared",
        message: format!("{} holds {}, which is not described", report.subject(), spot(&at)),
        promise,
        location: "body",
        pointer: at,
        expected: "described members only".to_owned(),
        actual: shown(&name, value),
    });
}

/// What is no breach after all: a masked value of a recorded exchange, and a required member
/// that only travels the other way (`readOnly`, `writeOnly`).
fn is_excused(report: &Report<'_>, violation: &Violation, actual: Option<&Value>) -> bool {
    if actual.and_then(Value::as_str).is_some_and(|text| text.contains(MASK)) {
        return true;
    }
    if violation.breach != Breach::Missing {
        return false;
    }
    let document = &report.contract.document;
    let one_way = if report.is_response() { "writeOnly" } else { "readOnly" };
    let property = violation
        .schema
        .strip_suffix("/required")
        .zip(violation.instance.rsplit_once('/'))
        .and_then(|(schema, (_, name))| document.pointer(&format!("{schema}/properties/{name}")));
    property.is_some_and(|schema| {
        let flag = |schema: &Value| schema.get(one_way) == Some(&Value::Bool(true));
        flag(schema) || flag(follow(document, schema))
    })
}
