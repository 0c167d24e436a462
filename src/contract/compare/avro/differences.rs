//! Both ways of resolution, put together.

use std::{collections::HashMap, sync::Arc};

use super::{
    notices::notices,
    resolve::{Mismatch, Resolution, Spot, named_alike},
};
use crate::contract::{
    Contract, Operation, Standard,
    compare::noted::{Noted, Verdict},
    model::avro::{Avro, Kind, Type},
    pointer::join,
};

/// Differences between two contracts of Avro schemas; none where one of them is another notation.
pub(in crate::contract::compare) fn differences(old: &Contract, new: &Contract) -> Vec<Noted> {
    let (Standard::Avro(was), Standard::Avro(is)) = (&old.standard, &new.standard) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let pairs = pairs((old, was), (new, is), &mut found);
    // The reader at the new schema, the writer at the old one; and the reverse.
    let backward = resolve(is, was, pairs.iter().map(|(old, new)| (new, old)));
    let forward = resolve(was, is, pairs.iter().map(|(old, new)| (old, new)));
    let (Some(backward), Some(forward)) = (backward, forward) else {
        found.push(too_large());
        return found;
    };
    // What differs both ways is one difference; so is what differs in several branches of a field.
    let mut known: HashMap<(&str, String, String, String, String), usize> = HashMap::new();
    let both = backward.iter().map(|miss| (miss, true));
    for (miss, is_backward) in both.chain(forward.iter().map(|miss| (miss, false))) {
        let one = noted(miss, is_backward);
        let pointers = (one.old_pointer.clone(), one.new_pointer.clone());
        let key = (one.rule, pointers.0, pointers.1, one.before.clone(), one.after.clone());
        match known.get(&key).and_then(|at| found.get_mut(*at)) {
            Some(same) if is_backward => same.old_in_new = Verdict::Breaks,
            Some(same) => same.new_in_old = Verdict::Breaks,
            None => {
                known.insert(key, found.len());
                found.push(one);
            }
        }
    }
    found.extend(notices(was, is));
    for noted in &mut found {
        noted.operation = operation(old, new, noted);
    }
    found
}

/// A payload on both sides, by name or alias; one that has no partner is told.
type Pair = ((String, Type), (String, Type));

fn pairs(
    old: (&Contract, &Arc<Avro>),
    new: (&Contract, &Arc<Avro>),
    found: &mut Vec<Noted>,
) -> Vec<Pair> {
    let mut left: Vec<&Operation> = new.0.operations.iter().collect();
    let mut pairs = Vec::new();
    let only = (old.0.operations.len(), new.0.operations.len()) == (1, 1);
    for operation in &old.0.operations {
        let alike = |other: &&Operation| {
            let named = new.1.named.get(&other.name);
            other.name == operation.name
                || named.is_some_and(|named| named_alike(&other.name, named, &operation.name))
        };
        // A subject with one schema holds the next version of it, however it is called.
        let partner = left.iter().position(alike).or(only.then_some(0));
        if let Some(at) = partner {
            let other = left.remove(at);
            if let (Some(was), Some(is)) = (payload(old.1, operation), payload(new.1, other)) {
                pairs.push(((operation.name.clone(), was), (other.name.clone(), is)));
            }
        } else {
            let told = format!("the schema {} is gone", operation.name);
            let old_pointer = operation.pointer.clone();
            found.push(whole("avro.schema-removed", told, old_pointer, String::new()));
        }
    }
    for operation in left {
        let told = format!("the schema {} is new", operation.name);
        let new_pointer = operation.pointer.clone();
        found.push(whole("avro.schema-added", told, String::new(), new_pointer));
    }
    pairs
}

fn whole(rule: &'static str, message: String, old: String, new: String) -> Noted {
    let gone = new.is_empty();
    let said = |there: bool| if there { "a schema" } else { "none" }.to_owned();
    let verdict = if gone { Verdict::Breaks } else { Verdict::Fine };
    Noted {
        rule,
        message,
        operation: String::new(),
        before: said(!old.is_empty()),
        after: said(!gone),
        old_pointer: old,
        new_pointer: new,
        new_in_old: verdict.clone(),
        old_in_new: verdict,
    }
}

/// The type of a payload.
fn payload(side: &Avro, operation: &Operation) -> Option<Type> {
    if side.named.contains_key(&operation.name) {
        return Some(Type { kind: Kind::Named(operation.name.clone()), logical: None });
    }
    let branches = side.roots.iter().flat_map(|root| match &root.kind {
        Kind::Union(branches) => branches.as_slice(),
        _ => std::slice::from_ref(root),
    });
    let mut branches = branches;
    branches.find(|branch| branch.branch_name() == operation.name).cloned()
}

fn resolve<'p>(
    reader: &Avro,
    writer: &Avro,
    pairs: impl Iterator<Item = (&'p (String, Type), &'p (String, Type))>,
) -> Option<Vec<Mismatch>> {
    let mut resolution = Resolution::new(reader, writer);
    for ((name, own), (other, written)) in pairs {
        let spot = Spot {
            path: name.clone(),
            reader: join("/payloads", name),
            writer: join("/payloads", other),
        };
        resolution.tell(own, written, &spot);
    }
    resolution.finish()
}

fn noted(miss: &Mismatch, backward: bool) -> Noted {
    let Mismatch { rule, path, reader_pointer, writer_pointer, reader, writer } = miss;
    let (old_pointer, new_pointer) =
        if backward { (writer_pointer, reader_pointer) } else { (reader_pointer, writer_pointer) };
    let (before, after) = if backward { (writer, reader) } else { (reader, writer) };
    let (fine, breaks) = (Verdict::Fine, Verdict::Breaks);
    let (old_in_new, new_in_old) = if backward { (breaks, fine) } else { (fine, breaks) };
    Noted {
        rule,
        message: format!("{path}: {before} before, {after} now"),
        operation: String::new(),
        old_pointer: old_pointer.clone(),
        new_pointer: new_pointer.clone(),
        before: before.clone(),
        after: after.clone(),
        new_in_old,
        old_in_new,
    }
}

/// Where the bounds of the comparison are reached, the worst is assumed.
fn too_large() -> Noted {
    Noted {
        rule: "avro.type",
        message: "the schemas are too large to be compared in bounded time".to_owned(),
        operation: String::new(),
        old_pointer: String::new(),
        new_pointer: String::new(),
        before: "unknown".to_owned(),
        after: "unknown".to_owned(),
        new_in_old: Verdict::Breaks,
        old_in_new: Verdict::Breaks,
    }
}

/// The payload that a difference is about, where there is only one; else none is singled out.
fn operation(old: &Contract, new: &Contract, noted: &Noted) -> String {
    for (contract, pointer) in [(old, &noted.old_pointer), (new, &noted.new_pointer)] {
        if let [only] = contract.operations.as_slice() {
            return only.name.clone();
        }
        let named = contract.operations.iter().find(|operation| operation.pointer == *pointer);
        if let Some(operation) = named {
            return operation.name.clone();
        }
    }
    String::new()
}
