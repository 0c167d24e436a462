//! What may be answered, status by status.

use super::{
    bodies, headers,
    mode::Side,
    report::{Found, Report},
    schemas::Schemas,
};
use crate::contract::{Operation, ResponseSpec, StatusPattern};

pub(super) fn compare(
    report: &mut Report<'_>,
    schemas: &mut Schemas<'_>,
    old: &Operation,
    new: &Operation,
) {
    let side = Side::of_response(new.action);
    let mut pair = |report: &mut Report<'_>, was: &ResponseSpec, is: &ResponseSpec| {
        let part = format!("response {}", status(is.status));
        headers::compare(report, schemas, side, &part, (was, is));
        bodies::response(report, schemas, side, &part, (was, is));
    };
    for was in &old.responses {
        if let Some(is) = promised(new, was.status) {
            pair(report, was, is);
        } else if !names_part_of(new, was.status) {
            let rule = if is_success(was, old) {
                "response.success-removed"
            } else {
                "response.refusal-removed"
            };
            let message = format!("the status {} is no longer promised", status(was.status));
            existence(report, (side, rule, message), was, (&was.pointer, &new.pointer), true);
        }
    }
    for is in &new.responses {
        if old.responses.iter().any(|was| was.status == is.status) {
            continue;
        }
        if let Some(was) = promised(old, is.status) {
            pair(report, was, is);
        } else {
            let rule = if is_success(is, new) {
                "response.success-added"
            } else {
                "response.refusal-added"
            };
            let message = format!("the status {} is new", status(is.status));
            existence(report, (side, rule, message), is, (&old.pointer, &is.pointer), false);
        }
    }
}

fn existence(
    report: &mut Report<'_>,
    (side, rule, message): (Side, &'static str, String),
    response: &ResponseSpec,
    (old, new): (&str, &str),
    gone: bool,
) {
    let name = status(response.status);
    let (before, after) =
        if gone { (name.as_str(), "nothing") } else { ("nothing", name.as_str()) };
    report.add(Found {
        rule,
        message,
        part: format!("response {name}"),
        side: Some(side),
        old_pointer: old.to_owned(),
        new_pointer: new.to_owned(),
        before: before.to_owned(),
        after: after.to_owned(),
        ..Found::default()
    });
}

/// What an operation promises for all statuses of a pattern (`OpenAPI` 3.1 section 4.8.16).
/// `default` speaks of errors where a success is promised by name.
fn promised(operation: &Operation, pattern: StatusPattern) -> Option<&ResponseSpec> {
    let by = |wanted: StatusPattern| operation.responses.iter().find(|r| r.status == wanted);
    let digit = digit(pattern);
    let range = digit.and_then(|digit| by(StatusPattern::Range(digit)));
    let open =
        digit != Some(2) || !operation.responses.iter().any(|r| self::digit(r.status) == Some(2));
    by(pattern).or(range).or_else(|| by(StatusPattern::Default).filter(|_| open))
}

/// Whether a range or `default` is told in parts now: those are compared one by one.
fn names_part_of(operation: &Operation, pattern: StatusPattern) -> bool {
    match pattern {
        StatusPattern::Range(wanted) => {
            operation.responses.iter().any(|r| digit(r.status) == Some(wanted))
        }
        StatusPattern::Exact(_) | StatusPattern::Default => false,
    }
}

fn digit(pattern: StatusPattern) -> Option<u8> {
    match pattern {
        StatusPattern::Exact(code) => Some((code / 100) as u8),
        StatusPattern::Range(digit) => Some(digit),
        StatusPattern::Default => None,
    }
}

/// Whether it promises success; `default` does where nothing else does.
fn is_success(response: &ResponseSpec, operation: &Operation) -> bool {
    match digit(response.status) {
        Some(digit) => digit == 2,
        None => !operation.responses.iter().any(|r| digit(r.status) == Some(2)),
    }
}

pub(super) fn status(pattern: StatusPattern) -> String {
    match pattern {
        StatusPattern::Exact(code) => code.to_string(),
        StatusPattern::Range(digit) => format!("{digit}XX"),
        StatusPattern::Default => "default".to_owned(),
    }
}
