//! Messages and extensions.

use super::{
    changes::{Change, Changes, short},
    field,
};
use crate::contract::{
    compare::noted::Verdict,
    model::{
        field_pointer,
        protobuf::{Field, Label, Message, Numbers},
        schema_pointer,
    },
};

pub(super) fn compare(changes: &mut Changes<'_>) {
    let (old, new) = (changes.old, changes.new);
    for (name, message) in old.messages.iter().filter(|(_, message)| old.is_own(&message.at)) {
        let now = changes.renamed(name, &message.at);
        let change = |message: String, new_pointer: String, after: &str| Change {
            of: name.clone(),
            old_pointer: schema_pointer(name),
            new_pointer,
            message,
            before: format!("message {name}"),
            after: after.to_owned(),
        };
        let Some(other) = new.messages.get(&now) else {
            let rest = changes.remainder(&now, &message.at);
            let told = format!("the message {name} is gone");
            changes.note("protobuf.message-removed", change(told, rest, "none"));
            continue;
        };
        let (from, to) = (old.path(&message.at), new.path(&other.at));
        if from != to {
            let told = format!("the message {name} stands in another file");
            let change = Change {
                before: from.to_owned(),
                ..change(told, changes.remainder("", &message.at), to)
            };
            changes.note("protobuf.message-moved", change);
        }
        pair(changes, Pair { old_name: name, new_name: &now, old: message, new: other });
    }
    let kept: std::collections::HashSet<String> =
        old.messages.iter().map(|(name, message)| changes.renamed(name, &message.at)).collect();
    for (name, _) in new
        .messages
        .iter()
        .filter(|(name, message)| new.is_own(&message.at) && !kept.contains(*name))
    {
        changes.note(
            "protobuf.message-added",
            Change {
                of: name.clone(),
                old_pointer: String::new(),
                new_pointer: schema_pointer(name),
                message: format!("the message {name} is new"),
                before: "none".to_owned(),
                after: format!("message {name}"),
            },
        );
    }
    extensions(changes);
}

/// A message on both sides.
#[derive(Clone, Copy)]
struct Pair<'p> {
    old_name: &'p str,
    new_name: &'p str,
    old: &'p Message,
    new: &'p Message,
}

impl Pair<'_> {
    /// A difference of the message as a whole.
    fn change(
        &self,
        message: String,
        before: impl Into<String>,
        after: impl Into<String>,
    ) -> Change {
        Change {
            of: self.old_name.to_owned(),
            old_pointer: schema_pointer(self.old_name),
            new_pointer: schema_pointer(self.new_name),
            message,
            before: before.into(),
            after: after.into(),
        }
    }
}

fn pair(changes: &mut Changes<'_>, pair: Pair<'_>) {
    let Pair { old_name, new_name, old, new } = pair;
    for field in &old.fields {
        match new.field(field.number) {
            Some(other) => field::pair(
                changes,
                &field::Pair {
                    message: old_name,
                    old_pointer: field_pointer(old_name, &field.json_name),
                    new_pointer: field_pointer(new_name, &other.json_name),
                    old: field,
                    new: other,
                },
            ),
            None => removed(changes, &pair, field),
        }
    }
    for field in new.fields.iter().filter(|field| old.field(field.number).is_none()) {
        added(changes, &pair, field);
    }
    for (oneof, _) in &old.oneofs {
        if !new.oneofs.iter().any(|(other, _)| other == oneof) {
            let told = format!("the oneof `{oneof}` of {old_name} is gone");
            let change = pair.change(told, format!("oneof {oneof}"), "none");
            changes.note("protobuf.oneof-removed", change);
        }
    }
    for range in uncovered(&old.reserved, &new.reserved) {
        let told = format!("{old_name} no longer reserves {}", range_text(range));
        let change = pair.change(told, format!("reserved {}", range_text(range)), "free");
        changes.note("protobuf.reserved-number-removed", change);
    }
    for (name, _) in &old.reserved_names {
        if !new.reserved_names.iter().any(|(other, _)| other == name) {
            let told = format!("{old_name} no longer reserves the name `{name}`");
            let change = pair.change(told, format!("reserved \"{name}\""), "free");
            changes.note("protobuf.reserved-name-removed", change);
        }
    }
    for range in uncovered(&old.extension_ranges, &new.extension_ranges) {
        let told = format!("{old_name} no longer leaves {} to extensions", range_text(range));
        let change = pair.change(told, format!("extensions {}", range_text(range)), "none");
        changes.note("protobuf.extension-range-removed", change);
    }
    options(changes, &pair);
}

fn options(changes: &mut Changes<'_>, pair: &Pair<'_>) {
    let Pair { old_name, old, new, .. } = *pair;
    let set = |name: &str| (old.options.is_true(name), new.options.is_true(name));
    let (before, after) = set("message_set_wire_format");
    if before != after {
        let told = format!("{old_name} is a message set on one side only");
        let change = pair.change(told, before.to_string(), after.to_string());
        let change = change.at_option("message_set_wire_format", &old.options, &new.options);
        changes.note("protobuf.message-set", change);
    }
    if set("no_standard_descriptor_accessor") == (false, true) {
        let told = format!("{old_name} loses its descriptor accessor");
        let option = "no_standard_descriptor_accessor";
        let change = pair.change(told, "false", "true");
        let change = change.at_option(option, &old.options, &new.options);
        changes.note("protobuf.message-descriptor-accessor", change);
    }
    if set("deprecated") == (false, true) {
        let told = format!("{old_name} is deprecated");
        changes.note("protobuf.deprecated", pair.change(told, "in use", "deprecated"));
    }
    if old.features.json && !new.features.json {
        let told = format!("{old_name} no longer promises to be valid in JSON");
        let change = pair.change(told, "ALLOW", "LEGACY_BEST_EFFORT");
        let change = change.at_option("features.json_format", &old.options, &new.options);
        changes.note("protobuf.message-json-format", change);
    }
    for (option, before, after) in field::annotations(&old.options, &new.options) {
        let told = format!("{old_name} sets {option} otherwise");
        let change = pair.change(told, before, after);
        let change = change.at_option(&option, &old.options, &new.options);
        changes.weigh("protobuf.annotation-changed", change, Verdict::Risky, Verdict::Risky);
    }
}

fn removed(changes: &mut Changes<'_>, pair: &Pair<'_>, field: &Field) {
    let Pair { old_name, new, .. } = *pair;
    let number = new.reserved.iter().any(|r| (r.first..=r.last).contains(&field.number));
    let name = new.reserved_names.iter().any(|(reserved, _)| *reserved == field.name);
    let (rule, rest) = match (number, name) {
        (true, true) => ("protobuf.field-removed", ""),
        (true, false) => ("protobuf.field-removed-name-open", ", and its name is not reserved"),
        (false, true) => ("protobuf.field-removed-number-open", ", and its number is not reserved"),
        (false, false) => {
            ("protobuf.field-removed-unreserved", ", and neither number nor name is reserved")
        }
    };
    let place = |change: Change| Change {
        old_pointer: field_pointer(old_name, &field.json_name),
        ..change
    };
    let before = format!("{} {} = {}", field.kind, field.name, field.number);
    let told = format!("{old_name}.{} is gone{rest}", field.name);
    changes.note(rule, place(pair.change(told, before.clone(), "none")));
    if field.label == Label::Required {
        let told = format!("{old_name}.{} was required and is gone", field.name);
        let change = place(pair.change(told, format!("required {before}"), "none"));
        // Old messages still carry it; only who reads by the old document misses it.
        changes.weigh("protobuf.required-removed", change, Verdict::Breaks, Verdict::Fine);
    }
}

fn added(changes: &mut Changes<'_>, pair: &Pair<'_>, field: &Field) {
    let Pair { old_name, new_name, .. } = *pair;
    let after = format!("{} {} = {}", field.kind, field.name, field.number);
    let place = |change: Change| Change {
        new_pointer: field_pointer(new_name, &field.json_name),
        ..change
    };
    if field.label == Label::Required {
        let told = format!("{old_name}.{} is new and required", field.name);
        let change = place(pair.change(told, "none", format!("required {after}")));
        changes.weigh("protobuf.required-added", change, Verdict::Fine, Verdict::Breaks);
    } else {
        let told = format!("{old_name}.{} is new", field.name);
        changes.note("protobuf.field-added", place(pair.change(told, "none", after)));
    }
}

fn extensions(changes: &mut Changes<'_>) {
    let (old, new) = (changes.old, changes.new);
    for (name, field) in old.extensions.iter().filter(|(_, field)| old.is_own(&field.at)) {
        let Some(extendee) = &field.extendee else { continue };
        let now = changes.renamed(name, &field.at);
        let target = changes.type_renamed(extendee);
        let old_pointer = field_pointer(extendee, &format!("[{name}]"));
        let change = |message: String, new_pointer: String, before: &str, after: &str| Change {
            of: extendee.clone(),
            old_pointer: old_pointer.clone(),
            new_pointer,
            message,
            before: before.to_owned(),
            after: after.to_owned(),
        };
        match new.extensions.get(&now) {
            None => {
                let told = format!("the extension {name} is gone");
                let rest = changes.remainder(&now, &field.at);
                changes.note("protobuf.extension-removed", change(told, rest, name, "none"));
            }
            Some(other) if old.path(&field.at) != new.path(&other.at) => {
                let told = format!("the extension {name} stands in another file");
                let rest = changes.remainder("", &field.at);
                let (from, to) = (old.path(&field.at), new.path(&other.at));
                changes.note("protobuf.extension-moved", change(told, rest, from, to));
            }
            Some(_) => {}
        }
        // On the wire an extension is its number.
        let same = |(_, other): &(&String, &Field)| {
            other.number == field.number && other.extendee.as_ref() == Some(&target)
        };
        if let Some((new_name, other)) = new.extensions.iter().find(same) {
            field::pair(
                changes,
                &field::Pair {
                    message: extendee,
                    old_pointer,
                    new_pointer: field_pointer(&target, &format!("[{new_name}]")),
                    old: field,
                    new: other,
                },
            );
            if now != *new_name && short(&now) == short(new_name) {
                // The short name is the same, and JSON says the full one.
                let told = format!("the extension {name} is called {new_name}");
                let pointer = field_pointer(&target, &format!("[{new_name}]"));
                let old_pointer = field_pointer(extendee, &format!("[{name}]"));
                changes.note(
                    "protobuf.field-renamed",
                    Change {
                        of: extendee.clone(),
                        old_pointer,
                        new_pointer: pointer,
                        message: told,
                        before: name.clone(),
                        after: new_name.clone(),
                    },
                );
            }
        }
    }
}

/// Ranges of the old side that the new side does not cover.
pub(super) fn uncovered<'r>(old: &'r [Numbers], new: &[Numbers]) -> Vec<&'r Numbers> {
    let mut covering: Vec<(i64, i64)> =
        new.iter().map(|range| (i64::from(range.first), i64::from(range.last))).collect();
    covering.sort_unstable();
    let covered = |range: &Numbers| {
        let mut next = i64::from(range.first);
        for (first, last) in &covering {
            if *first <= next && next <= *last {
                next = last + 1;
            }
        }
        next > i64::from(range.last)
    };
    old.iter().filter(|range| !covered(range)).collect()
}

/// A range as a file says it.
pub(super) fn range_text(range: &Numbers) -> String {
    if range.first == range.last {
        return range.first.to_string();
    }
    format!("{} to {}", range.first, range.last)
}
