//! Header fields and media types.

use serde_json::Value;

use super::{
    known_fields::is_known,
    report::{Found, Report, shown_header},
    rules::{CONTENT_TYPE, HEADER_MISSING, HEADER_UNDECLARED, HEADER_VALUE},
    trace::is_marked,
};
use crate::{
    contract::{MediaType, ResponseSpec, SchemaRef, codec::header_value, pointer::join},
    evidence::{Headers, MASK, Response},
};

/// Undeclared header fields of one message that are told.
const MOST_UNDECLARED: usize = 20;

/// The header fields of an answer.
pub(super) fn response(report: &mut Report<'_>, promised: &ResponseSpec, response: &Response) {
    for header in &promised.headers {
        let location = || format!("header {}", header.name);
        match response.header(&header.name) {
            None if header.required => report.add(Found {
                rule: &HEADER_MISSING,
                message: format!("the answer lacks the header `{}`", header.name),
                promise: &header.pointer,
                location: &location(),
                pointer: String::new(),
                place: String::new(),
                expected: format!("a header `{}`", header.name),
                actual: "none".to_owned(),
            }),
            None => {}
            Some(text) if text.contains(MASK) => {}
            Some(text) => {
                let value = header_value(report.contract, &header.schema, text);
                if let Some((promise, expected)) = breach(report, &header.schema, &value) {
                    report.add(Found {
                        rule: &HEADER_VALUE,
                        message: format!("the answer's header `{}` breaks its schema", header.name),
                        promise: &promise,
                        location: &location(),
                        pointer: String::new(),
                        place: String::new(),
                        expected,
                        actual: shown_field(report, &header.schema, &header.name, text),
                    });
                }
            }
        }
    }
    let names = || promised.headers.iter().map(|header| &*header.name);
    undeclared(report, &promised.pointer, "headers", &response.headers, names);
}

/// Fields that the contract does not name, where it names any and we read the message.
pub(super) fn undeclared<'n, N: Iterator<Item = &'n str>>(
    report: &mut Report<'_>,
    base: &str,
    member: &str,
    fields: &Headers,
    declared: impl Fn() -> N,
) {
    if !report.is_read() || declared().next().is_none() {
        return;
    }
    let is_new = |name: &str| {
        !is_known(name) && !declared().any(|declared| declared.eq_ignore_ascii_case(name))
    };
    let mut told = 0;
    for (name, value) in fields {
        if told == MOST_UNDECLARED || !is_new(name) {
            continue;
        }
        told += 1;
        report.add(Found {
            rule: &HEADER_UNDECLARED,
            message: format!(
                "{} has the header `{name}`, which is not described",
                report.subject()
            ),
            promise: &join(base, member),
            location: &format!("header {name}"),
            pointer: String::new(),
            place: String::new(),
            expected: "described header fields only".to_owned(),
            actual: shown_header(name, value),
        });
    }
}

/// The value of a described field for a person.
pub(super) fn shown_field(
    report: &Report<'_>,
    schema: &SchemaRef,
    name: &str,
    text: &str,
) -> String {
    if is_marked(report.contract, schema) { MASK.to_owned() } else { shown_header(name, text) }
}

/// Pointer and words of the first promise that a value breaks.
pub(super) fn breach(
    report: &Report<'_>,
    schema: &SchemaRef,
    value: &Value,
) -> Option<(String, String)> {
    let violations = report.contract.schemas.violations(schema, value);
    violations.into_iter().next().map(|violation| (violation.schema, violation.expected))
}

/// A finding for a media type that is not among the described ones.
pub(super) fn content_type(
    report: &mut Report<'_>,
    content: &[MediaType],
    base: &str,
    actual: Option<&str>,
) {
    let known: Vec<&str> = content.iter().map(|media| media.name.as_str()).collect();
    report.add(Found {
        rule: &CONTENT_TYPE,
        message: match actual {
            Some(_) => format!("{} is of another media type", report.subject()),
            None => format!("{} does not say its media type", report.subject()),
        },
        promise: &join(base, "content"),
        location: "header content-type",
        pointer: String::new(),
        place: String::new(),
        expected: known.join(" or "),
        actual: actual.map_or_else(
            || "no content-type".to_owned(),
            |actual| shown_header("content-type", actual),
        ),
    });
}
