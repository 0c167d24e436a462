//! The operations of two versions, pair by pair.

use super::{
    bodies, lifecycle,
    matching::{matched, nameless},
    mode::Side,
    parameters,
    report::{Found, Report},
    responses,
    schemas::Schemas,
    security,
};
use crate::contract::{Kind, Operation};

pub(super) fn compare(report: &mut Report<'_>) {
    let (old, new) = (report.old, report.new);
    let matched = matched(&old.operations, &new.operations);
    let mut schemas = Schemas::new(old, new);
    for index in matched.removed {
        let operation = &old.operations[index];
        report.about(Some(operation));
        lifecycle::removed(report, operation);
    }
    for (was, is) in matched.pairs {
        pair(report, &mut schemas, &old.operations[was], &new.operations[is]);
    }
    for index in matched.added {
        let operation = &new.operations[index];
        report.about(Some(operation));
        report.add(Found {
            rule: "operation.added",
            message: format!("{} is new", called(operation)),
            new_pointer: operation.pointer.clone(),
            before: "nothing".to_owned(),
            after: called(operation),
            ..Found::default()
        });
    }
    report.about(None);
}

fn pair(report: &mut Report<'_>, schemas: &mut Schemas<'_>, old: &Operation, new: &Operation) {
    report.about(Some(new));
    names(report, old, new);
    lifecycle::compare(report, old, new);
    security::compare(report, old, new);
    parameters::compare(report, schemas, old, new);
    let side = Side::of_request(new.action);
    bodies::request(report, schemas, side, old, new);
    responses::compare(report, schemas, old, new);
}

/// What an operation is called, and where it is served.
fn names(report: &mut Report<'_>, old: &Operation, new: &Operation) {
    let found = |rule, message, before: &str, after: &str| Found {
        rule,
        message,
        old_pointer: old.pointer.clone(),
        new_pointer: new.pointer.clone(),
        before: before.to_owned(),
        after: after.to_owned(),
        ..Found::default()
    };
    let moved = old.method != new.method || nameless(&old.path) != nameless(&new.path);
    if moved {
        let (before, after) = (address(old), address(new));
        let message = format!("`{}` moved from {before} to {after}", new.name);
        report.add(found("operation.moved", message, &before, &after));
    }
    if old.name != new.name && !(moved && new.kind == Kind::Http) {
        let message = format!("`{}` is called `{}` now", old.name, new.name);
        report.add(found("operation.renamed", message, &old.name, &new.name));
    }
}

/// Where an operation is reached: `GET /things`, `webhook paid`, `orders/{id}`.
pub(super) fn address(operation: &Operation) -> String {
    let Operation { kind, method, path, .. } = operation;
    match kind {
        Kind::Http => format!("{method} {path}"),
        Kind::Webhook => format!("webhook {path}"),
        Kind::Callback => format!("callback {method} {path}"),
        Kind::Message | Kind::Rpc => path.clone(),
        Kind::Payload => operation.name.clone(),
    }
}

/// An operation with its kind and name, for a message.
pub(super) fn called(operation: &Operation) -> String {
    let word = match operation.kind {
        Kind::Http => "operation",
        Kind::Webhook => "webhook",
        Kind::Callback => "callback",
        Kind::Message => "message",
        Kind::Rpc => "call",
        Kind::Payload => "payload",
    };
    let address = address(operation);
    if operation.name == address || operation.kind == Kind::Webhook {
        format!("the {word} `{}`", operation.name)
    } else {
        format!("the {word} `{}` ({address})", operation.name)
    }
}
