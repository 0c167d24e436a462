//! An own, plain reading of the document's schemas, on which the labels of mutants stand.
//!
//! It shares nothing with the validator: a label that was taken from the validator would be found
//! by it whatever it says. Schemas are read when a value first comes to them.

mod facts;
mod format;
mod judge;

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::contract::{Contract, SchemaRef, pointer};

pub(super) use facts::{Facts, Kinds};
pub(super) use judge::Breaches;

/// Number of a schema that has been read.
pub(super) type NodeId = usize;

/// Schemas that are looked at for one value, at most: variants of variants double.
const MOST_CLOSURE: usize = 2_000;

/// A schema, read.
#[derive(Debug)]
pub(super) struct Node<'d> {
    /// Its place in the document.
    pub(super) at: String,
    /// What its own keywords say.
    pub(super) facts: Facts<'d>,
    /// `$ref` and `allOf`: what applies as well.
    all: Vec<NodeId>,
    /// `anyOf` and `oneOf`.
    choices: Vec<Choice>,
    /// `not`.
    never: Option<NodeId>,
    /// `if`, `then`, `else`.
    condition: Option<(NodeId, Option<NodeId>, Option<NodeId>)>,
}

/// An `anyOf` or a `oneOf`.
#[derive(Debug)]
struct Choice {
    /// No two of them may hold.
    one: bool,
    branches: Vec<NodeId>,
}

/// What applies to a value.
#[derive(Debug, Default)]
pub(super) struct Applied {
    /// Every schema that applies, through references and the branches that the value keeps.
    pub(super) nodes: Vec<NodeId>,
    /// Whether the value could change so that another branch, or a condition, decides.
    pub(super) ambiguous: bool,
}

/// The schemas of a document, read as they are needed.
#[derive(Debug)]
pub(super) struct Reading<'d> {
    document: &'d Value,
    nodes: Vec<Node<'d>>,
    by_address: HashMap<usize, NodeId>,
    /// Schemas that the judgement under way may still look at.
    left: u32,
}

/// Schemas whose parts are still to be read.
type Queue<'d> = Vec<(NodeId, &'d Map<String, Value>)>;

impl<'d> Reading<'d> {
    pub(super) fn of(contract: &'d Contract) -> Self {
        Self {
            document: &contract.document,
            nodes: Vec::new(),
            by_address: HashMap::new(),
            left: 0,
        }
    }

    /// The schema of this reference.
    pub(super) fn root(&mut self, schema: &SchemaRef) -> NodeId {
        static ANYTHING: Value = Value::Bool(true);
        let at = self.document.pointer(&schema.pointer).unwrap_or(&ANYTHING);
        self.id(at, &schema.pointer)
    }

    pub(super) fn node(&self, id: NodeId) -> &Node<'d> {
        &self.nodes[id]
    }

    /// The schema's number; it is read with all that applies to the same value.
    fn id(&mut self, schema: &'d Value, at: &str) -> NodeId {
        if let Some(id) = self.by_address.get(&address(schema)) {
            return *id;
        }
        let mut queue = Vec::new();
        let id = self.register(schema, at.to_owned(), &mut queue);
        while let Some((id, schema)) = queue.pop() {
            self.parts(id, schema, &mut queue);
        }
        id
    }

    fn register(&mut self, schema: &'d Value, at: String, queue: &mut Queue<'d>) -> NodeId {
        if let Some(id) = self.by_address.get(&address(schema)) {
            return *id;
        }
        let id = self.nodes.len();
        self.by_address.insert(address(schema), id);
        let facts = Facts::of(schema);
        let (all, choices) = (Vec::new(), Vec::new());
        self.nodes.push(Node { at, facts, all, choices, never: None, condition: None });
        if let Value::Object(object) = schema {
            queue.push((id, object));
        }
        id
    }

    fn parts(&mut self, id: NodeId, schema: &'d Map<String, Value>, queue: &mut Queue<'d>) {
        if let Some(Value::String(reference)) = schema.get("$ref")
            && let Some(target) = pointer::of_reference(reference)
            && let Some(value) = self.document.pointer(&target)
        {
            let found = self.register(value, target.into_owned(), queue);
            self.nodes[id].all.push(found);
        }
        for key in ["allOf", "anyOf", "oneOf"] {
            let Some(Value::Array(list)) = schema.get(key) else { continue };
            let branches: Vec<NodeId> = list
                .iter()
                .enumerate()
                .map(|(index, value)| self.part(id, &format!("/{key}/{index}"), value, queue))
                .collect();
            if key == "allOf" {
                self.nodes[id].all.extend(branches);
            } else {
                self.nodes[id].choices.push(Choice { one: key == "oneOf", branches });
            }
        }
        self.nodes[id].never = schema.get("not").map(|value| self.part(id, "/not", value, queue));
        if let Some(test) = schema.get("if") {
            let test = self.part(id, "/if", test, queue);
            let then = schema.get("then").map(|value| self.part(id, "/then", value, queue));
            let other = schema.get("else").map(|value| self.part(id, "/else", value, queue));
            self.nodes[id].condition = Some((test, then, other));
        }
    }

    fn part(
        &mut self,
        id: NodeId,
        below: &str,
        schema: &'d Value,
        queue: &mut Queue<'d>,
    ) -> NodeId {
        let at = format!("{}{below}", self.nodes[id].at);
        self.register(schema, at, queue)
    }

    /// The schemas of a member that these declare, each once.
    pub(super) fn members(&mut self, nodes: &[NodeId], name: &str, into: &mut Vec<NodeId>) {
        for id in nodes {
            let facts = &self.nodes[*id].facts;
            let (properties, additional) = (facts.properties, facts.additional);
            let mut here: Vec<(&'d Value, String)> = Vec::new();
            if let Some(schema) = properties.and_then(|map| map.get(name)) {
                here.push((schema, pointer::join("/properties", name)));
            }
            for (pattern, schema) in &facts.patterns {
                if facts::matches(pattern, name) != Some(false) {
                    here.push((schema, pointer::join("/patternProperties", pattern)));
                }
            }
            if let (true, Some(schema)) = (here.is_empty(), additional) {
                here.push((schema, "/additionalProperties".to_owned()));
            }
            self.add(*id, here, into);
        }
    }

    /// The schemas of an item that these declare, each once.
    pub(super) fn items(&mut self, nodes: &[NodeId], index: usize, into: &mut Vec<NodeId>) {
        for id in nodes {
            let facts = &self.nodes[*id].facts;
            let first = facts.first_items.and_then(|list| list.get(index));
            let found = match (first, facts.items) {
                (Some(schema), _) => Some((schema, format!("/prefixItems/{index}"))),
                (None, Some(schema)) => Some((schema, "/items".to_owned())),
                (None, None) => None,
            };
            self.add(*id, found, into);
        }
    }

    fn add(
        &mut self,
        parent: NodeId,
        found: impl IntoIterator<Item = (&'d Value, String)>,
        into: &mut Vec<NodeId>,
    ) {
        for (schema, below) in found {
            let known = self.by_address.get(&address(schema)).copied();
            let id = known.unwrap_or_else(|| {
                let at = format!("{}{below}", self.nodes[parent].at);
                self.id(schema, &at)
            });
            if !into.contains(&id) {
                into.push(id);
            }
        }
    }

    /// What applies to a value that keeps these schemas.
    pub(super) fn applied(&mut self, roots: &[NodeId], value: &Value) -> Applied {
        let mut applied = Applied { nodes: roots.to_vec(), ambiguous: false };
        let kind = Kinds::of(value);
        let mut next = 0;
        while let Some(id) = applied.nodes.get(next).copied().filter(|_| next < MOST_CLOSURE) {
            next += 1;
            let mut found = self.nodes[id].all.clone();
            applied.ambiguous |= self.nodes[id].facts.guarded || self.nodes[id].never.is_some();
            for choice in 0..self.nodes[id].choices.len() {
                let branches = self.nodes[id].choices[choice].branches.clone();
                // A branch for values of another type stays out while the type stays.
                let open = branches.iter().filter(|b| self.kinds(**b).has(kind)).count();
                applied.ambiguous |= open > 1;
                let kept = branches.iter().find(|b| self.judge(&[**b], value).keeps());
                found.extend(kept);
            }
            if let Some((test, then, other)) = self.nodes[id].condition {
                applied.ambiguous = true;
                let holds = self.judge(&[test], value).keeps();
                found.extend(if holds { then } else { other });
            }
            for id in found {
                if !applied.nodes.contains(&id) {
                    applied.nodes.push(id);
                }
            }
        }
        applied
    }

    /// Every schema that says something of the same value, whichever branch it keeps.
    pub(super) fn everything(&self, roots: &[NodeId]) -> Vec<NodeId> {
        let mut nodes = roots.to_vec();
        let mut next = 0;
        while let Some(id) = nodes.get(next).copied().filter(|_| next < MOST_CLOSURE) {
            next += 1;
            let node = &self.nodes[id];
            let branches = node.choices.iter().flat_map(|choice| &choice.branches);
            let conditional = node.condition.iter().flat_map(|(_, then, other)| [then, other]);
            let all = node.all.iter().chain(branches).chain(conditional.flatten()).copied();
            for id in all.collect::<Vec<_>>() {
                if !nodes.contains(&id) {
                    nodes.push(id);
                }
            }
        }
        nodes
    }

    /// The types that a schema allows, seen through its parts.
    pub(super) fn kinds(&self, id: NodeId) -> Kinds {
        self.kinds_within(id, 0)
    }

    fn kinds_within(&self, id: NodeId, hops: usize) -> Kinds {
        let node = &self.nodes[id];
        let mut kinds = node.facts.kinds;
        if hops > judge::MOST_HOPS {
            return kinds;
        }
        for part in &node.all {
            kinds = kinds.and(self.kinds_within(*part, hops + 1));
        }
        for choice in &node.choices {
            let any = choice.branches.iter().map(|b| self.kinds_within(*b, hops + 1));
            kinds = kinds.and(any.fold(Kinds::NONE, Kinds::or));
        }
        kinds
    }

    /// Whether these schemas name members at all: else the object is free-form.
    pub(super) fn names_members(&self, nodes: &[NodeId]) -> bool {
        nodes.iter().any(|id| {
            let facts = &self.nodes[*id].facts;
            facts.properties.is_some_and(|map| !map.is_empty())
                || !facts.patterns.is_empty()
                || facts.additional.is_some()
        })
    }

    /// Whether any of these schemas says how large a number may be, so that a large one surprises
    /// nobody; of a value without a schema nothing was ever promised.
    pub(super) fn speaks_of_large_numbers(&self, nodes: &[NodeId]) -> bool {
        const WIDE: &[&str] = &["int64", "uint64", "float", "double", "decimal"];
        nodes.is_empty()
            || nodes.iter().map(|id| &self.nodes[*id].facts).any(|facts| {
                facts.format.is_some_and(|format| WIDE.contains(&format))
                    || facts.range[2].or(facts.range[3]).is_some()
                    || facts.options.is_some()
                    || facts.constant.is_some()
            })
    }

    /// Whether any of these schemas says what a member of this name is.
    pub(super) fn declares(&self, nodes: &[NodeId], name: &str) -> bool {
        nodes.iter().any(|id| {
            let facts = &self.nodes[*id].facts;
            facts.properties.is_some_and(|map| map.contains_key(name))
                || facts.additional.is_some_and(Value::is_object)
                || facts.patterns.iter().any(|(p, _)| facts::matches(p, name) != Some(false))
        })
    }
}

/// Schemas are told apart by where they stand in memory: the document does not move.
fn address(schema: &Value) -> usize {
    std::ptr::from_ref(schema) as usize
}
