//! Header fields and media types.

use serde_json::Value;

use super::report::{Found, Report, shown_header};
use crate::{
    contract::{MediaType, ResponseSpec, SchemaRef, codec::header_value, pointer::join},
    evidence::{MASK, Response},
};

/// The promised header fields of an answer.
pub(super) fn response(report: &mut Report<'_>, promised: &ResponseSpec, response: &Response) {
    for header in &promised.headers {
        let location = || format!("header {}", header.name);
        match response.header(&header.name) {
            None if header.required => report.add(Found {
                rule: "header.missing",
                message: format!("the answer lacks the header `{}`", header.name),
                promise: &header.pointer,
                location: &location(),
                pointer: String::new(),
                expected: format!("a header `{}`", header.name),
                actual: "none".to_owned(),
            }),
            None => {}
            Some(text) if text.contains(MASK) => {}
            Some(text) => {
                let value = header_value(report.contract, &header.schema, text);
                if let Some((promise, expected)) = breach(report, &header.schema, &value) {
                    report.add(Found {
                        rule: "header.value",
                        message: format!("the answer's header `{}` breaks its schema", header.name),
                        promise: &promise,
                        location: &location(),
                        pointer: String::new(),
                        expected,
                        actual: shown_header(&header.name, text),
                    });
                }
            }
        }
    }
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
        rule: "content_type",
        message: match actual {
            Some(_) => format!("{} is of another media type", report.subject()),
            None => format!("{} does not say its media type", report.subject()),
        },
        promise: &join(base, "content"),
        location: "header content-type",
        pointer: String::new(),
        expected: known.join(" or "),
        actual: actual.map_or_else(
            || "no content-type".to_owned(),
            |actual| shown_header("content-type", actual),
        ),
    });
}
