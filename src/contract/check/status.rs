//! Is this status promised?

use super::report::{Found, Report};
use crate::{
    contract::{Operation, ResponseSpec, StatusPattern, pointer::join},
    evidence::MessagePart,
};

/// What is promised for the status; a finding where nothing is.
pub(super) fn promised<'o>(
    report: &mut Report<'_>,
    operation: &'o Operation,
    status: u16,
) -> Option<&'o ResponseSpec> {
    let found = operation.response(status);
    if found.is_none() {
        let promise = join(&operation.pointer, "responses");
        report.part(MessagePart::Response, &promise);
        let known: Vec<String> = operation.responses.iter().map(|r| word(r.status)).collect();
        report.add(Found {
            rule: "status.undeclared",
            message: format!("the answer has the status {status}, which is not promised"),
            promise: &promise,
            location: "status",
            pointer: String::new(),
            expected: match known.as_slice() {
                [] => "no answer is described".to_owned(),
                known => known.join(", "),
            },
            actual: status.to_string(),
        });
    }
    found
}

fn word(status: StatusPattern) -> String {
    match status {
        StatusPattern::Exact(code) => code.to_string(),
        StatusPattern::Range(digit) => format!("{digit}XX"),
        StatusPattern::Default => "default".to_owned(),
    }
}
