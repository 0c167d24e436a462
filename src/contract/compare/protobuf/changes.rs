//! What both sides declare, paired, and what was found so far.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    enums, files, message,
    rules::{RULES, Reach},
    service,
};
use crate::contract::{
    Contract, Standard,
    compare::noted::{Noted, Verdict},
    model::{
        protobuf::{At, Kind, Options, Protobuf, file_pointer, option_pointer},
        schema_pointer,
    },
};

/// Differences between two contracts of `.proto` files; none where one of them is another notation.
pub(in crate::contract::compare) fn differences(old: &Contract, new: &Contract) -> Vec<Noted> {
    let (Standard::Protobuf(old), Standard::Protobuf(new)) = (&old.standard, &new.standard) else {
        return Vec::new();
    };
    let mut changes = Changes::new(old, new);
    files::compare(&mut changes);
    message::compare(&mut changes);
    enums::compare(&mut changes);
    service::compare(&mut changes);
    changes.found
}

/// Both sides, and what differs.
pub(super) struct Changes<'c> {
    pub(super) old: &'c Protobuf,
    pub(super) new: &'c Protobuf,
    /// Packages of the old side that are called otherwise on the new one, by file.
    packages: BTreeMap<&'c str, (&'c str, &'c str)>,
    /// The first operation that leads to a message or enum of either side.
    operations: HashMap<String, String>,
    found: Vec<Noted>,
}

/// A difference, without what its rule says.
pub(super) struct Change {
    /// The message, enum, service or method that it is about.
    pub(super) of: String,
    pub(super) old_pointer: String,
    pub(super) new_pointer: String,
    pub(super) message: String,
    pub(super) before: String,
    pub(super) after: String,
}

impl Change {
    /// The same, placed at an option where it is set.
    pub(super) fn at_option(mut self, name: &str, old: &Options, new: &Options) -> Self {
        if old.set.contains_key(name) {
            self.old_pointer = option_pointer(&self.old_pointer, name);
        }
        if new.set.contains_key(name) {
            self.new_pointer = option_pointer(&self.new_pointer, name);
        }
        self
    }
}

impl<'c> Changes<'c> {
    pub(super) fn new(old: &'c Protobuf, new: &'c Protobuf) -> Self {
        let mut packages = BTreeMap::new();
        for file in &old.files {
            let now = new.files.iter().find(|other| other.path == file.path);
            if let Some(now) = now.filter(|now| now.package != file.package) {
                packages.insert(file.path.as_str(), (file.package.as_str(), now.package.as_str()));
            }
        }
        let mut operations = HashMap::new();
        for side in [old, new] {
            reach(side, &mut operations);
        }
        Self { old, new, packages, operations, found: Vec::new() }
    }

    /// What a name of the old side is called on the new one, by the package of its file.
    pub(super) fn renamed(&self, name: &str, at: &At) -> String {
        let Some((was, is)) = self.packages.get(self.old.path(at)) else { return name.to_owned() };
        let inner = if was.is_empty() {
            Some(name)
        } else {
            name.strip_prefix(was).and_then(|rest| rest.strip_prefix('.'))
        };
        match inner {
            Some(inner) if is.is_empty() => inner.to_owned(),
            Some(inner) => format!("{is}.{inner}"),
            None => name.to_owned(),
        }
    }

    /// What a type of the old side is called on the new one.
    pub(super) fn type_renamed(&self, name: &str) -> String {
        let messages = self.old.messages.get(name).map(|message| &message.at);
        let at = messages.or_else(|| self.old.enums.get(name).map(|declared| &declared.at));
        at.map_or_else(|| name.to_owned(), |at| self.renamed(name, at))
    }

    /// Notes a difference.
    pub(super) fn note(&mut self, rule: &'static str, change: Change) {
        let harm = match RULES.iter().find(|known| known.id == rule).map(|rule| rule.reach) {
            Some(Reach::Notice) => Verdict::Fine,
            _ => Verdict::Breaks,
        };
        self.weigh(rule, change, harm.clone(), harm);
    }

    /// Notes a difference that readers of the two sides bear otherwise.
    pub(super) fn weigh(
        &mut self,
        rule: &'static str,
        change: Change,
        new_in_old: Verdict,
        old_in_new: Verdict,
    ) {
        let operation = self.operations.get(&change.of).cloned().unwrap_or_default();
        self.found.push(Noted {
            rule,
            message: change.message,
            operation,
            old_pointer: change.old_pointer,
            new_pointer: change.new_pointer,
            before: change.before,
            after: change.after,
            new_in_old,
            old_in_new,
        });
    }

    /// Where something that is gone would stand: in the innermost message around it that is still
    /// there, else in its file, else in the whole document.
    pub(super) fn remainder(&self, name: &str, at: &At) -> String {
        let mut name = name;
        while let Some((outer, _)) = name.rsplit_once('.') {
            if self.new.messages.contains_key(outer) {
                return schema_pointer(outer);
            }
            name = outer;
        }
        let path = self.old.path(at);
        let there = self.new.files.iter().any(|file| file.path == path);
        if there { file_pointer(path) } else { String::new() }
    }
}

/// Notes for each type the first operation that leads to it.
fn reach(side: &Protobuf, operations: &mut HashMap<String, String>) {
    let mut seen: HashSet<&str> = HashSet::new();
    for (service, declared) in &side.services {
        for method in &declared.methods {
            let operation = format!("{service}/{}", method.name);
            operations.entry(operation.clone()).or_insert_with(|| operation.clone());
            operations.entry(service.clone()).or_insert_with(|| operation.clone());
            let mut open = vec![method.input.as_str(), method.output.as_str()];
            while let Some(name) = open.pop() {
                if !seen.insert(name) {
                    continue;
                }
                operations.entry(name.to_owned()).or_insert_with(|| operation.clone());
                let fields = side.messages.get(name).map_or(&[][..], |message| &message.fields);
                open.extend(fields.iter().filter_map(|field| leads_to(&field.kind)));
            }
        }
    }
}

/// The message or enum that a type is, or holds.
fn leads_to(kind: &Kind) -> Option<&str> {
    match kind {
        Kind::Message { name, .. } | Kind::Enum(name) => Some(name),
        Kind::Map(_, value) => leads_to(value),
        Kind::Scalar(_) | Kind::Named(_) => None,
    }
}

/// The last part of a full name.
pub(super) fn short(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}
