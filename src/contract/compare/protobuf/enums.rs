//! Enums and their values.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{
    changes::{Change, Changes},
    message::{range_text, uncovered},
};
use crate::contract::{
    compare::noted::Verdict,
    model::{
        protobuf::{Enum, value_pointer},
        schema_pointer,
    },
};

pub(super) fn compare(changes: &mut Changes<'_>) {
    let (old, new) = (changes.old, changes.new);
    for (name, declared) in old.enums.iter().filter(|(_, declared)| old.is_own(&declared.at)) {
        let now = changes.renamed(name, &declared.at);
        let change = |message: String, new_pointer: String, before: &str, after: &str| Change {
            of: name.clone(),
            old_pointer: schema_pointer(name),
            new_pointer,
            message,
            before: before.to_owned(),
            after: after.to_owned(),
        };
        let Some(other) = new.enums.get(&now) else {
            let rest = changes.remainder(&now, &declared.at);
            let told = format!("the enum {name} is gone");
            let change = change(told, rest, &format!("enum {name}"), "none");
            changes.note("protobuf.enum-removed", change);
            continue;
        };
        let (from, to) = (old.path(&declared.at), new.path(&other.at));
        if from != to {
            let told = format!("the enum {name} stands in another file");
            let rest = changes.remainder("", &declared.at);
            changes.note("protobuf.enum-moved", change(told, rest, from, to));
        }
        let pair = Pair { old_name: name, new_name: &now, old: declared, new: other };
        whole(changes, &pair);
        values(changes, &pair);
    }
    let kept: HashSet<String> =
        old.enums.iter().map(|(name, declared)| changes.renamed(name, &declared.at)).collect();
    let is_new =
        |(name, declared): &(&String, &Enum)| new.is_own(&declared.at) && !kept.contains(*name);
    for (name, _) in new.enums.iter().filter(is_new) {
        changes.note(
            "protobuf.enum-added",
            Change {
                of: name.clone(),
                old_pointer: String::new(),
                new_pointer: schema_pointer(name),
                message: format!("the enum {name} is new"),
                before: "none".to_owned(),
                after: format!("enum {name}"),
            },
        );
    }
}

/// An enum on both sides.
struct Pair<'p> {
    old_name: &'p str,
    new_name: &'p str,
    old: &'p Enum,
    new: &'p Enum,
}

impl Pair<'_> {
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

fn whole(changes: &mut Changes<'_>, pair: &Pair<'_>) {
    let Pair { old_name: name, old, new, .. } = *pair;
    let kind = |declared: &Enum| if declared.features.closed_enum { "closed" } else { "open" };
    if kind(old) != kind(new) {
        let told = format!("the enum {name} was {} and is {}", kind(old), kind(new));
        let change = pair.change(told, kind(old), kind(new));
        let change = change.at_option("features.enum_type", &old.options, &new.options);
        changes.note("protobuf.enum-kind", change);
    }
    if old.features.json && !new.features.json {
        let told = format!("the enum {name} no longer promises to be valid in JSON");
        let change = pair.change(told, "ALLOW", "LEGACY_BEST_EFFORT");
        let change = change.at_option("features.json_format", &old.options, &new.options);
        changes.note("protobuf.enum-json-format", change);
    }
    for range in uncovered(&old.reserved, &new.reserved) {
        let told = format!("{name} no longer reserves {}", range_text(range));
        let change = pair.change(told, format!("reserved {}", range_text(range)), "free");
        changes.note("protobuf.reserved-number-removed", change);
    }
    for (reserved, _) in &old.reserved_names {
        if !new.reserved_names.iter().any(|(other, _)| other == reserved) {
            let told = format!("{name} no longer reserves the name `{reserved}`");
            let change = pair.change(told, format!("reserved \"{reserved}\""), "free");
            changes.note("protobuf.reserved-name-removed", change);
        }
    }
}

fn values(changes: &mut Changes<'_>, pair: &Pair<'_>) {
    let Pair { old_name: name, new_name, old, new } = *pair;
    let by_number = |declared: &Enum| {
        let mut numbers: BTreeMap<i32, BTreeSet<String>> = BTreeMap::new();
        for value in &declared.values {
            numbers.entry(value.number).or_default().insert(value.name.clone());
        }
        numbers
    };
    let position = |declared: &Enum, number: i32| {
        declared.values.iter().position(|value| value.number == number).unwrap_or(0)
    };
    let listed =
        |names: &BTreeSet<String>| names.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let (before, after) = (by_number(old), by_number(new));
    for (number, names) in &before {
        let old_pointer = value_pointer(name, position(old, *number));
        match after.get(number) {
            None => {
                let (rule, rest) = removal(new, *number, names);
                let told = format!("{name}.{} is gone{rest}", listed(names));
                let change = pair.change(told, format!("{} = {number}", listed(names)), "none");
                changes.note(rule, Change { old_pointer, ..change });
            }
            // Every old name must still mean the number.
            Some(now) if !names.is_subset(now) => {
                let (was, is) = (listed(names), listed(now));
                let told = format!("{name}.{was} is called {is}");
                for at in new.values.iter().enumerate().filter(|(_, v)| v.number == *number) {
                    let change = pair.change(told.clone(), was.clone(), is.clone());
                    let new_pointer = value_pointer(new_name, at.0);
                    let old_pointer = old_pointer.clone();
                    let change = Change { old_pointer, new_pointer, ..change };
                    changes.note("protobuf.enum-value-renamed", change);
                }
            }
            Some(_) => {}
        }
    }
    for (number, names) in after.iter().filter(|(number, _)| !before.contains_key(number)) {
        let told = format!("{name}.{} is new", listed(names));
        let change = pair.change(told, "none", format!("{} = {number}", listed(names)));
        let new_pointer = value_pointer(new_name, position(new, *number));
        let change = Change { new_pointer, ..change };
        changes.weigh("protobuf.enum-value-added", change, Verdict::Risky, Verdict::Fine);
    }
}

fn removal(new: &Enum, number: i32, names: &BTreeSet<String>) -> (&'static str, &'static str) {
    let by_number = new.reserved.iter().any(|r| (r.first..=r.last).contains(&number));
    let by_name =
        names.iter().all(|name| new.reserved_names.iter().any(|(reserved, _)| reserved == name));
    match (by_number, by_name) {
        (true, true) => ("protobuf.enum-value-removed", ""),
        (true, false) => {
            ("protobuf.enum-value-removed-name-open", ", and its name is not reserved")
        }
        (false, true) => {
            ("protobuf.enum-value-removed-number-open", ", and its number is not reserved")
        }
        (false, false) => {
            ("protobuf.enum-value-removed-unreserved", ", and neither number nor name is reserved")
        }
    }
}
