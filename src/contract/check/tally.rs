//! Counting while answers come in, without a name or a pointer made for it: a tree of what the
//! contract describes, grown where bodies reach.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use super::presence::{MOST_PLACES, Presence, Seen};
use crate::contract::{Contract, Operation, pointer::escape, shape::ShapeId};

/// Levels of a body that are looked into.
const MOST_DEPTH: usize = 32;
/// Items of one list that are looked at: enough to know how its items are made.
const MOST_ITEMS: usize = 100;

/// Counts of what was there in the answers of one contract.
#[derive(Debug, Default)]
pub struct Tally {
    /// The body of an answer, by status and operation.
    answers: BTreeMap<u16, HashMap<String, usize>>,
    nodes: Vec<Node>,
    /// Whether there were more places than are counted.
    cut: bool,
}

/// A place of a body that the contract describes.
#[derive(Debug, Default)]
struct Node {
    /// All schemas that apply here.
    ids: Vec<ShapeId>,
    /// Objects that could have held it.
    of: u64,
    /// Those that did.
    there: u64,
    /// The values that the contract lists, and how often each came.
    listed: Vec<(Value, u64)>,
    /// How often another value came where some are listed.
    unlisted: u64,
    /// Its members, once an object came.
    members: Option<Vec<(String, usize)>>,
    /// Its items, once a list came.
    items: Option<usize>,
}

impl Tally {
    /// Counts the body of an answer with this status. What the contract does not describe is not
    /// counted: its names are the partner's, and there may be any number of them.
    pub fn observe(
        &mut self,
        contract: &Contract,
        operation: &Operation,
        status: u16,
        body: &Value,
    ) {
        let known = self.answers.get(&status).and_then(|names| names.get(&operation.name));
        let at = if let Some(at) = known {
            *at
        } else {
            let media = operation.response(status).and_then(|answer| answer.content.first());
            let Some(schema) = media.and_then(|media| media.schema.as_ref()) else { return };
            let shape = contract.schemas.shape(schema);
            let Some(at) = self.grow(contract, &[shape]) else { return };
            self.answers.entry(status).or_default().insert(operation.name.clone(), at);
            at
        };
        self.value(contract, at, body, MOST_DEPTH);
    }

    /// What was counted so far.
    pub fn presence(&self) -> Presence {
        let mut answers = BTreeMap::new();
        for (status, names) in &self.answers {
            for (name, at) in names {
                let mut places = BTreeMap::new();
                self.tell(*at, "", &mut places);
                answers.insert(format!("{name} {status}"), places);
            }
        }
        Presence::new(answers, self.cut)
    }

    fn value(&mut self, contract: &Contract, at: usize, value: &Value, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        match value {
            Value::Object(object) => {
                // Taken out for the while: below a place of the tree it never comes again.
                let members = match self.nodes[at].members.take() {
                    Some(members) => members,
                    None => self.members(contract, at),
                };
                for (name, child) in &members {
                    let node = &mut self.nodes[*child];
                    node.of += 1;
                    if let Some(value) = object.get(name) {
                        node.note(value);
                        self.value(contract, *child, value, depth);
                    }
                }
                self.nodes[at].members = Some(members);
            }
            Value::Array(list) if !list.is_empty() => {
                let Some(items) = self.items(contract, at) else { return };
                for item in list.iter().take(MOST_ITEMS) {
                    self.value(contract, items, item, depth);
                }
            }
            _ => {}
        }
    }

    /// A place for what these schemas describe; `None` where there is no more room.
    fn grow(&mut self, contract: &Contract, ids: &[ShapeId]) -> Option<usize> {
        if self.nodes.len() >= MOST_PLACES {
            self.cut = true;
            return None;
        }
        let shapes = contract.schemas.shapes();
        let ids = shapes.closure_of(ids);
        let options = ids.iter().find_map(|id| {
            contract.document.pointer(&shapes.get(*id).pointer)?.get("enum")?.as_array()
        });
        let listed = options.into_iter().flatten().map(|value| (value.clone(), 0)).collect();
        self.nodes.push(Node { ids, listed, ..Node::default() });
        Some(self.nodes.len() - 1)
    }

    /// The members of a place; one that two schemas describe is counted once.
    fn members(&mut self, contract: &Contract, at: usize) -> Vec<(String, usize)> {
        let shapes = contract.schemas.shapes();
        let ids = std::mem::take(&mut self.nodes[at].ids);
        let (mut members, mut seen) = (Vec::new(), HashSet::new());
        for name in ids.iter().flat_map(|id| shapes.get(*id).properties.keys()) {
            if !seen.insert(name) {
                continue;
            }
            let mut found = Vec::new();
            shapes.members_into(&ids, name, &mut found);
            let Some(child) = self.grow(contract, &found) else { break };
            members.push((name.clone(), child));
        }
        self.nodes[at].ids = ids;
        members
    }

    fn items(&mut self, contract: &Contract, at: usize) -> Option<usize> {
        if let Some(items) = self.nodes[at].items {
            return Some(items);
        }
        let shapes = contract.schemas.shapes();
        let ids = &self.nodes[at].ids;
        let found: Vec<ShapeId> = ids.iter().filter_map(|id| shapes.get(*id).items).collect();
        let items = self.grow(contract, &found)?;
        self.nodes[at].items = Some(items);
        Some(items)
    }

    /// Writes down the members below a place.
    fn tell(&self, at: usize, place: &str, places: &mut BTreeMap<String, Seen>) {
        let node = &self.nodes[at];
        for (name, child) in node.members.iter().flatten() {
            let place = format!("{place}/{}", escape(name));
            self.tell(*child, &place, places);
            places.insert(place, self.nodes[*child].seen());
        }
        if let Some(items) = node.items {
            self.tell(items, &format!("{place}/*"), places);
        }
    }
}

impl Node {
    /// A value of a list in the contract is counted as itself, and as `*` where it is not listed,
    /// since what a partner makes up may be about a person.
    fn note(&mut self, value: &Value) {
        self.there += 1;
        if self.listed.is_empty() || value.is_object() || value.is_array() {
            return;
        }
        match self.listed.iter_mut().find(|(listed, _)| listed == value) {
            Some((_, count)) => *count += 1,
            None => self.unlisted += 1,
        }
    }

    fn seen(&self) -> Seen {
        let mut seen = Seen { of: self.of, there: self.there, ..Seen::default() };
        for (value, count) in self.listed.iter().filter(|(_, count)| *count > 0) {
            seen.count(&value.to_string(), *count);
        }
        if self.unlisted > 0 {
            seen.count("*", self.unlisted);
        }
        seen
    }
}
