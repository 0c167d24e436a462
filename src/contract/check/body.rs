//! Bodies: readable, valid, and without what nobody described.

use serde_json::Value;

use super::{
    header,
    report::{Found, Report, shown_unless, spot},
    rules::{
        BODY_BOUNDS, BODY_DUPLICATE, BODY_ENUM, BODY_FORMAT, BODY_MALFORMED, BODY_MISSING,
        BODY_NULL, BODY_PATTERN, BODY_REQUIRED, BODY_SCHEMA, BODY_TYPE, BODY_UNDECLARED,
        BODY_UNEXPECTED, BODY_UNREADABLE, BODY_UNSAFE_INTEGER,
    },
    trace::{Trace, last_name, trace},
    walk::{self, Odd, OddKind},
};
use crate::{
    contract::{
        Action, MediaType, Operation, ResponseSpec, SchemaRef,
        codec::{self, decode_body, is_json, media_type},
        pointer::join,
        schema::{Breach, Violation, follow},
        shape::Types,
    },
    evidence::{MASK, MessagePart, Response},
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
            let known: Vec<&str> = promised.content.iter().map(|m| m.name.as_str()).collect();
            let expected = format!("a body of {}", known.join(" or "));
            missing(report, &join(&promised.pointer, "content"), expected);
        }
        return read;
    }
    if promised.content.is_empty() {
        report.add(Found {
            rule: &BODY_UNEXPECTED,
            message: "the answer has a body, and none is described".to_owned(),
            promise: &promised.pointer,
            location: "body",
            pointer: String::new(),
            place: String::new(),
            expected: "no body".to_owned(),
            actual: format!("{} bytes", response.body.size),
        });
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

/// A finding for a body that did not come.
pub(super) fn missing(report: &mut Report<'_>, promise: &str, expected: String) {
    report.add(Found {
        rule: &BODY_MISSING,
        message: format!("{} has no body", report.subject()),
        promise,
        location: "body",
        pointer: String::new(),
        place: String::new(),
        expected,
        actual: "none".to_owned(),
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
        _ => decode_body(report.contract, content_type, Some(media), bytes),
    };
    let value = match decoded {
        Ok(value) => value,
        Err(why) => {
            unreadable(report, media, content_type, bytes, why);
            return None;
        }
    };
    if let Some(schema) = schema {
        by_schema(report, schema, &value);
    }
    // Last, for what the value itself breaks is graver.
    if is_json(content_type)
        && codec::may_repeat(bytes, &value)
        && let Some(at) = codec::duplicate(bytes)
    {
        duplicate(report, media, &value, at);
    }
    Some(value)
}

/// What the schema forbids, and what it does not know.
fn by_schema(report: &mut Report<'_>, schema: &SchemaRef, value: &Value) {
    for violation in report.contract.schemas.violations(schema, value) {
        let actual = match violation.breach {
            Breach::Missing => None,
            _ => value.pointer(&violation.instance),
        };
        if !is_excused(report, &violation, actual) {
            add(report, schema, value, &violation, actual);
        }
    }
    for odd in walk::find(report.contract, schema, value, report.is_read()) {
        add_odd(report, schema, value, odd);
    }
}

fn unreadable(
    report: &mut Report<'_>,
    media: &MediaType,
    content_type: &str,
    bytes: &[u8],
    why: String,
) {
    // What we send in a broken form is sent so on purpose.
    let malformed = report.is_read() && codec::is_malformed(content_type, bytes);
    report.add(Found {
        rule: if malformed { &BODY_MALFORMED } else { &BODY_UNREADABLE },
        message: format!("{} has a body that cannot be read", report.subject()),
        promise: &media.pointer,
        location: "body",
        pointer: String::new(),
        place: String::new(),
        expected: format!("a body of {}", media.name),
        actual: why,
    });
}

fn duplicate(report: &mut Report<'_>, media: &MediaType, value: &Value, at: String) {
    let place =
        media.schema.as_ref().map(|schema| trace(report.contract, schema, value, &at).place);
    report.add(Found {
        rule: &BODY_DUPLICATE,
        message: format!("{} says {} twice", report.subject(), spot(&at)),
        promise: &media.pointer,
        location: "body",
        place: place.unwrap_or_default(),
        pointer: at,
        expected: "each member once".to_owned(),
        actual: "more than one value".to_owned(),
    });
}

fn add(
    report: &mut Report<'_>,
    schema: &SchemaRef,
    body: &Value,
    violation: &Violation,
    actual: Option<&Value>,
) {
    let at = violation.instance.as_str();
    let Trace { place, personal } = trace(report.contract, schema, body, at);
    let (subject, spot) = (report.subject(), spot(at));
    let (rule, message) = match violation.breach {
        Breach::Undeclared if report.is_read() => {
            let odd = Odd {
                kind: OddKind::Undeclared,
                promise: violation.schema.clone(),
                pointer: at.to_owned(),
                value: actual.unwrap_or(&Value::Null),
            };
            return add_odd(report, schema, body, odd);
        }
        Breach::Undeclared => {
            (&BODY_UNDECLARED, format!("{subject} holds {spot}, which is not allowed"))
        }
        Breach::Missing => (&BODY_REQUIRED, format!("{subject} lacks {spot}")),
        Breach::Null => (&BODY_NULL, format!("{subject}'s {spot} is null")),
        Breach::Type => (&BODY_TYPE, format!("{subject}'s {spot} is of another type")),
        Breach::Enum => (&BODY_ENUM, format!("{subject}'s {spot} has an unknown value")),
        Breach::Format => (&BODY_FORMAT, format!("{subject}'s {spot} is in another format")),
        Breach::Pattern => (&BODY_PATTERN, format!("{subject}'s {spot} does not fit its pattern")),
        Breach::Bounds => (&BODY_BOUNDS, format!("{subject}'s {spot} is out of bounds")),
        Breach::Other => (&BODY_SCHEMA, format!("{subject}'s {spot} breaks its schema")),
    };
    let actual = match actual {
        None => "no such member".to_owned(),
        Some(value @ (Value::String(_) | Value::Number(_))) if violation.breach == Breach::Type => {
            let shown = shown_unless(personal, &last_name(at), value);
            format!("{shown}, {}", Types::of(value).describe())
        }
        Some(value) => shown_unless(personal, &last_name(at), value),
    };
    let extensible = extensible(report, violation);
    report.add(Found {
        rule,
        message,
        promise: extensible.as_deref().unwrap_or(&violation.schema),
        location: "body",
        pointer: at.to_owned(),
        place,
        expected: violation.expected.clone(),
        actual,
    });
}

/// Where a list of values is written that lifting made an `enum` of.
fn extensible(report: &Report<'_>, violation: &Violation) -> Option<String> {
    let schema = violation.schema.strip_suffix("/enum")?;
    let at = format!("{schema}/x-extensible-enum");
    report.contract.document.pointer(&at).is_some_and(Value::is_array).then_some(at)
}

fn add_odd(report: &mut Report<'_>, schema: &SchemaRef, body: &Value, odd: Odd<'_>) {
    let Odd { kind, promise, pointer, value } = odd;
    let Trace { place, personal } = trace(report.contract, schema, body, &pointer);
    let (subject, spot) = (report.subject(), spot(&pointer));
    let (rule, message, expected) = match kind {
        OddKind::Undeclared => (
            &BODY_UNDECLARED,
            format!("{subject} holds {spot}, which is not described"),
            "described members only".to_owned(),
        ),
        OddKind::Unsafe => (
            &BODY_UNSAFE_INTEGER,
            format!("{subject}'s {spot} is larger than every reader can hold"),
            "a whole number of at most 2^53 - 1 in size".to_owned(),
        ),
    };
    report.add(Found {
        rule,
        message,
        promise: &promise,
        location: "body",
        actual: shown_unless(personal, &last_name(&pointer), value),
        pointer,
        place,
        expected,
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
    // Said of requests to, and of answers by, the described application (OpenAPI 3.1 section
    // 4.8.24.2); what it sends on its own is read like an answer.
    let one_way = match report.part() {
        MessagePart::Response => "writeOnly",
        MessagePart::Request if report.operation.action == Action::Send => "writeOnly",
        MessagePart::Request => "readOnly",
    };
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
