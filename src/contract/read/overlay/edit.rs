//! A document while overlays change it.

use std::{cmp::Reverse, collections::BTreeMap};

use serde_json::Value;

use super::origins::{Origin, Origins};
use crate::contract::{
    pointer::{join, split},
    source::Sources,
};

/// Values that overlays may add to a document.
const MOST_VALUES: usize = 200_000;
/// Levels of a document after an update; the parsers allow no more either.
const DEEPEST: usize = 128;

/// Why a change cannot be made.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// An object or a list would be merged with something else: the member in the overlay, and
    /// the one in the document.
    Misfit { update: String, target: String },
    /// The document would become too large.
    TooLarge,
    /// The document would become too deep.
    TooDeep,
}

/// A document, and where its changed parts come from.
pub(super) struct Edit<'d> {
    pub(super) document: &'d mut Value,
    origins: Origins,
    values_left: usize,
}

impl<'d> Edit<'d> {
    pub(super) fn new(document: &'d mut Value) -> Self {
        Self { document, origins: Origins::default(), values_left: MOST_VALUES }
    }

    /// Tells the sources where the changed parts were written.
    pub(super) fn mount(self, sources: &mut Sources) {
        self.origins.mount(sources);
    }

    /// Where a part of the document was written.
    pub(super) fn origin(&self, at: &str) -> Origin {
        self.origins.of(at)
    }

    /// Merges a value into what stands at `at`. Err where the two do not fit.
    pub(super) fn merge(
        &mut self,
        at: &str,
        update: &Value,
        origin: &Origin,
    ) -> Result<(), Refusal> {
        let (values, depth) = size(update);
        self.values_left = self.values_left.checked_sub(values).ok_or(Refusal::TooLarge)?;
        if depth + at.matches('/').count() > DEEPEST {
            return Err(Refusal::TooDeep);
        }
        match self.document.pointer_mut(at) {
            Some(target) => merge(target, update, at, origin, &mut self.origins),
            None => Ok(()),
        }
    }

    /// Appends an item to the list at `at`.
    pub(super) fn append(
        &mut self,
        at: &str,
        item: &Value,
        origin: &Origin,
    ) -> Result<(), Refusal> {
        self.merge(at, &Value::Array(vec![item.clone()]), origin)?;
        // The list around it was made here; the overlay holds the bare item.
        if let Some(Value::Array(list)) = self.document.pointer(at) {
            let last = format!("{at}/{}", list.len().saturating_sub(1));
            self.origins.set(&last, origin.clone());
        }
        Ok(())
    }

    /// Takes parts out. What follows in a list moves up.
    pub(super) fn remove(&mut self, pointers: &[String]) {
        let mut groups: BTreeMap<(Reverse<usize>, &str), Vec<String>> = BTreeMap::new();
        for (parent, name) in pointers.iter().filter_map(|pointer| split(pointer)) {
            // The deepest first, so that no other pointer changes its meaning.
            let group = (Reverse(parent.matches('/').count()), parent);
            groups.entry(group).or_default().push(name.into_owned());
        }
        for ((_, parent), names) in groups {
            match self.document.pointer_mut(parent) {
                Some(Value::Object(members)) => {
                    for name in names {
                        members.shift_remove(&name);
                        self.origins.forget(&join(parent, &name));
                    }
                }
                Some(Value::Array(list)) => remove_items(list, parent, &names, &mut self.origins),
                _ => {}
            }
        }
    }
}

fn remove_items(list: &mut Vec<Value>, parent: &str, names: &[String], origins: &mut Origins) {
    let mut gone = vec![false; list.len()];
    for index in names.iter().filter_map(|name| name.parse::<usize>().ok()) {
        if let Some(flag) = gone.get_mut(index) {
            *flag = true;
        }
    }
    let mut kept = 0;
    for (index, is_gone) in gone.iter().enumerate() {
        if *is_gone {
            origins.forget(&format!("{parent}/{index}"));
            continue;
        }
        if kept != index {
            origins.shift(&format!("{parent}/{index}"), &format!("{parent}/{kept}"));
        }
        kept += 1;
    }
    let mut flags = gone.into_iter();
    list.retain(|_| flags.next() != Some(true));
}

/// Objects are merged member by member, lists are joined, all else is replaced
/// (Overlay Specification 1.0 section 4.4.3).
fn merge(
    target: &mut Value,
    update: &Value,
    at: &str,
    origin: &Origin,
    origins: &mut Origins,
) -> Result<(), Refusal> {
    match (target, update) {
        (Value::Object(members), Value::Object(update)) => {
            for (name, value) in update {
                let (below, origin) = (join(at, name), member(origin, name));
                if let Some(target) = members.get_mut(name) {
                    merge(target, value, &below, &origin, origins)?;
                } else {
                    members.insert(name.clone(), value.clone());
                    origins.set(&below, origin);
                }
            }
        }
        (Value::Array(list), Value::Array(update)) => {
            for (index, value) in update.iter().enumerate() {
                let below = format!("{at}/{}", list.len());
                list.push(value.clone());
                origins.set(&below, member(origin, &index.to_string()));
            }
        }
        (Value::Object(_) | Value::Array(_), _) => {
            let (update, target) = (origin.pointer.clone(), at.to_owned());
            return Err(Refusal::Misfit { update, target });
        }
        (target, update) => {
            *target = update.clone();
            origins.set(at, origin.clone());
        }
    }
    Ok(())
}

fn member(origin: &Origin, name: &str) -> Origin {
    Origin { file: origin.file, pointer: join(&origin.pointer, name) }
}

/// How many values a value holds, itself counted, and how many levels.
fn size(value: &Value) -> (usize, usize) {
    let sum = |(values, depth): (usize, usize), below: &Value| {
        let (more, deep) = size(below);
        (values + more, depth.max(deep + 1))
    };
    match value {
        Value::Object(members) => members.values().fold((1, 1), sum),
        Value::Array(list) => list.iter().fold((1, 1), sum),
        _ => (1, 0),
    }
}
