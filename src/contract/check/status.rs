//! Is this status promised?

use super::{
    report::{Found, Report},
    rules::{STATUS_UNDECLARED, STATUS_UNDECLARED_ERROR},
};
use crate::contract::{Operation, ResponseSpec, StatusPattern, pointer::join};

/// What is promised for the status; a finding where nothing is.
pub(super) fn promised<'o>(
    report: &mut Report<'o>,
    operation: &'o Operation,
    status: u16,
) -> Option<&'o ResponseSpec> {
    if let Some(found) = operation.response(status) {
        report.answer(Some(found.status), &*found.pointer);
        return Some(found);
    }
    let promise = join(&operation.pointer, "responses");
    report.answer(None, promise.clone());
    let known: Vec<String> = operation.responses.iter().map(|r| word(r.status)).collect();
    report.add(Found {
        // Readers must take an unknown status of a class for its x00 (RFC 9110 section 15).
        rule: if status >= 400 { &STATUS_UNDECLARED_ERROR } else { &STATUS_UNDECLARED },
        message: format!("the answer has the status {status}, which is not promised"),
        promise: &promise,
        location: "status",
        pointer: String::new(),
        place: String::new(),
        expected: match known.as_slice() {
            [] => "no answer is described".to_owned(),
            known => known.join(", "),
        },
        actual: status.to_string(),
    });
    None
}

/// As a document says it: `404`, `4XX`, `default`.
pub(super) fn word(status: StatusPattern) -> String {
    match status {
        StatusPattern::Exact(code) => code.to_string(),
        StatusPattern::Range(digit) => format!("{digit}XX"),
        StatusPattern::Default => "default".to_owned(),
    }
}
