//! Services and their methods.

use std::collections::HashSet;

use super::{
    changes::{Change, Changes},
    field::annotations,
};
use crate::contract::{
    compare::noted::Verdict,
    model::protobuf::{Method, Service, service_pointer},
    pointer::join,
};

/// The option that gives a method an HTTP address (google.aip.dev/127).
const HTTP: &str = "(google.api.http)";

pub(super) fn compare(changes: &mut Changes<'_>) {
    let (old, new) = (changes.old, changes.new);
    for (name, service) in old.services.iter().filter(|(_, service)| old.is_own(&service.at)) {
        let now = changes.renamed(name, &service.at);
        let change = |message: String, new_pointer: String, before: &str, after: &str| Change {
            of: name.clone(),
            old_pointer: service_pointer(name),
            new_pointer,
            message,
            before: before.to_owned(),
            after: after.to_owned(),
        };
        let Some(other) = new.services.get(&now) else {
            let rest = changes.remainder(&now, &service.at);
            let told = format!("the service {name} is gone");
            let change = change(told, rest, &format!("service {name}"), "none");
            changes.note("protobuf.service-removed", change);
            continue;
        };
        let (from, to) = (old.path(&service.at), new.path(&other.at));
        if from != to {
            let told = format!("the service {name} stands in another file");
            let rest = changes.remainder("", &service.at);
            changes.note("protobuf.service-moved", change(told, rest, from, to));
        }
        methods(changes, (name, service), (&now, other));
    }
    let kept: HashSet<String> =
        old.services.iter().map(|(name, service)| changes.renamed(name, &service.at)).collect();
    let is_new =
        |(name, service): &(&String, &Service)| new.is_own(&service.at) && !kept.contains(*name);
    for (name, _) in new.services.iter().filter(is_new) {
        changes.note(
            "protobuf.service-added",
            Change {
                of: name.clone(),
                old_pointer: String::new(),
                new_pointer: service_pointer(name),
                message: format!("the service {name} is new"),
                before: "none".to_owned(),
                after: format!("service {name}"),
            },
        );
    }
}

fn methods(changes: &mut Changes<'_>, old: (&str, &Service), new: (&str, &Service)) {
    let (name, now) = (old.0, new.0);
    for method in &old.1.methods {
        let operation = format!("{name}/{}", method.name);
        let old_pointer = join(&service_pointer(name), &method.name);
        match new.1.methods.iter().find(|other| other.name == method.name) {
            Some(other) => {
                let new_pointer = join(&service_pointer(now), &other.name);
                let pair = Pair { operation, old_pointer, new_pointer, old: method, new: other };
                compared(changes, &pair);
            }
            None => changes.note(
                "protobuf.rpc-removed",
                Change {
                    message: format!("the method {operation} is gone"),
                    before: format!("rpc {}", method.name),
                    after: "none".to_owned(),
                    of: operation,
                    old_pointer,
                    new_pointer: service_pointer(now),
                },
            ),
        }
    }
    for method in &new.1.methods {
        if !old.1.methods.iter().any(|other| other.name == method.name) {
            let operation = format!("{now}/{}", method.name);
            changes.note(
                "protobuf.rpc-added",
                Change {
                    message: format!("the method {operation} is new"),
                    before: "none".to_owned(),
                    after: format!("rpc {}", method.name),
                    of: operation,
                    old_pointer: service_pointer(name),
                    new_pointer: join(&service_pointer(now), &method.name),
                },
            );
        }
    }
}

/// A method on both sides.
struct Pair<'p> {
    operation: String,
    old_pointer: String,
    new_pointer: String,
    old: &'p Method,
    new: &'p Method,
}

impl Pair<'_> {
    fn change(&self, part: &str, what: &str, before: &str, after: &str) -> Change {
        let place = |pointer: &str| match part {
            "" => pointer.to_owned(),
            part => join(pointer, part),
        };
        Change {
            of: self.operation.clone(),
            old_pointer: place(&self.old_pointer),
            new_pointer: place(&self.new_pointer),
            message: format!("the method {} {what}", self.operation),
            before: before.to_owned(),
            after: after.to_owned(),
        }
    }
}

fn compared(changes: &mut Changes<'_>, pair: &Pair<'_>) {
    let (old, new) = (pair.old, pair.new);
    let many = |yes| if yes { "many messages" } else { "one message" };
    for (rule, what, was, is) in [
        ("protobuf.rpc-client-streaming", "takes", old.client_streaming, new.client_streaming),
        (
            "protobuf.rpc-server-streaming",
            "answers with",
            old.server_streaming,
            new.server_streaming,
        ),
    ] {
        if was != is {
            let told = format!("{what} {} where it was {}", many(is), many(was));
            changes.note(rule, pair.change("", &told, many(was), many(is)));
        }
    }
    for (rule, part, what, was, is) in [
        ("protobuf.rpc-request", "request", "takes", &old.input, &new.input),
        ("protobuf.rpc-response", "response", "answers with", &old.output, &new.output),
    ] {
        if changes.type_renamed(was) != *is {
            changes.note(rule, pair.change(part, &format!("{what} {is}"), was, is));
        }
    }
    let level = |method: &Method| {
        method.options.text("idempotency_level").unwrap_or("IDEMPOTENCY_UNKNOWN").to_owned()
    };
    let (was, is) = (level(old), level(new));
    if was != is {
        let change = pair.change("", "says otherwise whether it may be repeated", &was, &is);
        let change = change.at_option("idempotency_level", &old.options, &new.options);
        changes.note("protobuf.rpc-idempotency", change);
    }
    if !old.options.is_true("deprecated") && new.options.is_true("deprecated") {
        let change = pair.change("", "is deprecated", "in use", "deprecated");
        changes.note("protobuf.deprecated", change);
    }
    for (option, was, is) in annotations(&old.options, &new.options) {
        let told = format!("sets {option} otherwise");
        let change = pair.change("", &told, &was, &is);
        let change = change.at_option(&option, &old.options, &new.options);
        // An address that is new takes nothing away.
        if option.starts_with(HTTP) && old.options.set.contains_key(&option) {
            changes.note("protobuf.rpc-http", change);
        } else {
            changes.weigh("protobuf.annotation-changed", change, Verdict::Risky, Verdict::Risky);
        }
    }
}
