//! The graph of shapes, read as far as it is asked for.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use regex::Regex;
use serde_json::{Map, Value};

use super::types::Types;
use crate::contract::{pointer, schema::Wrapped, table::Table};

/// Rounds in which types are narrowed by what a schema refers to. Each round is right by itself,
/// and one more only narrows further, along a longer way of references.
const MOST_ROUNDS: usize = 8;

/// A schema's number in [`Shapes`].
pub(in crate::contract) type ShapeId = u32;

/// What a schema says of members that it does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::contract) enum Additional {
    /// Nothing: they may come, and are undeclared.
    Unsaid,
    /// `false`: they may not come.
    Closed,
    /// They are of this schema.
    Schema(ShapeId),
}

/// What one schema declares.
#[derive(Debug)]
pub(in crate::contract) struct Shape {
    /// Its place in the document as written.
    pub(in crate::contract) pointer: Arc<str>,
    /// Members by name.
    /// Few each, and asked for each member of each body: hashing would cost more.
    pub(in crate::contract) properties: BTreeMap<String, ShapeId>,
    /// Members by pattern; a pattern that this engine does not know matches everything.
    pub(in crate::contract) patterns: Vec<(Option<Regex>, ShapeId)>,
    /// All other members.
    pub(in crate::contract) additional: Additional,
    /// Items of an array after the first ones.
    pub(in crate::contract) items: Option<ShapeId>,
    /// The first items of an array.
    pub(in crate::contract) first_items: Vec<ShapeId>,
    /// This schema and all that apply to the same value.
    pub(in crate::contract) closure: Vec<ShapeId>,
    /// What may stand here, seen through references.
    pub(in crate::contract) types: Types,
}

/// What a schema says of the value itself.
#[derive(Debug)]
struct InPlace {
    own: Types,
    /// `$ref` and `allOf`.
    all: Vec<ShapeId>,
    /// `anyOf` and `oneOf`, a list for each; conditions, which may hold or not.
    choices: Vec<Vec<ShapeId>>,
}

/// A schema by its place in the lifted document, and what was read of it so far.
#[derive(Debug)]
struct Node {
    lifted: Arc<str>,
    in_place: OnceLock<InPlace>,
    shape: OnceLock<Shape>,
}

impl Node {
    fn new(lifted: Arc<str>) -> Self {
        Self { lifted, in_place: OnceLock::new(), shape: OnceLock::new() }
    }
}

/// The graph.
#[derive(Debug)]
pub(in crate::contract) struct Shapes {
    document: Arc<Value>,
    wrapped: Arc<Wrapped>,
    nodes: Table<Node>,
    numbers: Mutex<HashMap<Arc<str>, ShapeId>>,
    /// Stands for a number that was not given out here.
    anything: Node,
}

impl Default for Shapes {
    fn default() -> Self {
        Self::new(Arc::default(), Arc::default())
    }
}

impl Shapes {
    /// The shapes of a lifted document.
    pub(in crate::contract) fn new(document: Arc<Value>, wrapped: Arc<Wrapped>) -> Self {
        let (nodes, numbers) = (Table::default(), Mutex::default());
        // A pointer that leads nowhere is read as a schema that allows everything.
        Self { document, wrapped, nodes, numbers, anything: Node::new(Arc::from("/-")) }
    }

    /// The number of the schema at a pointer of the lifted document.
    pub(in crate::contract) fn at(&self, lifted: &str) -> ShapeId {
        let mut numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(id) = numbers.get(lifted) {
            return *id;
        }
        let lifted: Arc<str> = Arc::from(lifted);
        let id = numbers.len() as ShapeId;
        self.nodes.put(id, Node::new(Arc::clone(&lifted)));
        numbers.insert(lifted, id);
        id
    }

    /// What the schema declares.
    pub(in crate::contract) fn get(&self, id: ShapeId) -> &Shape {
        let node = self.node(id);
        node.shape.get_or_init(|| self.read(id, &node.lifted))
    }

    /// Collects the schemas of a member declared by any of `ids`, each once; false where none
    /// declares it. Variants often share a member: were it kept once for each, the number of
    /// schemas would double with each level of a recursive body.
    pub(in crate::contract) fn members_into(
        &self,
        ids: &[ShapeId],
        name: &str,
        into: &mut Vec<ShapeId>,
    ) -> bool {
        let mut declared = false;
        let mut add = |found: ShapeId| {
            declared = true;
            if !into.contains(&found) {
                into.push(found);
            }
        };
        for id in ids {
            let shape = self.get(*id);
            let mut here = false;
            if let Some(found) = shape.properties.get(name) {
                add(*found);
                here = true;
            }
            for (pattern, found) in &shape.patterns {
                if pattern.as_ref().is_none_or(|p| p.is_match(name)) {
                    add(*found);
                    here = true;
                }
            }
            if let (false, Additional::Schema(found)) = (here, shape.additional) {
                add(found);
            }
        }
        declared
    }

    /// All schemas that apply to a value that all of `ids` describe, each once.
    pub(in crate::contract) fn closure_of(&self, ids: &[ShapeId]) -> Vec<ShapeId> {
        let mut seen = HashSet::new();
        let all = ids.iter().flat_map(|id| &self.get(*id).closure).copied();
        all.filter(|id| seen.insert(*id)).collect()
    }

    /// Whether any of `ids` says anything about members: else the object is free-form.
    pub(in crate::contract) fn declares_members(&self, ids: &[ShapeId]) -> bool {
        ids.iter().any(|id| {
            let shape = self.get(*id);
            !shape.properties.is_empty()
                || !shape.patterns.is_empty()
                || shape.additional != Additional::Unsaid
        })
    }

    /// The types of a value that any of `ids` describes; all types where there is none.
    pub(in crate::contract) fn any_types(&self, ids: &[ShapeId]) -> Types {
        if ids.is_empty() {
            return Types::ALL;
        }
        ids.iter().map(|id| self.get(*id).types).fold(Types::NONE, Types::or)
    }

    /// The types of a value that all of `ids` describe.
    pub(in crate::contract) fn types(&self, ids: &[ShapeId]) -> Types {
        ids.iter().map(|id| self.get(*id).types).fold(Types::ALL, Types::and)
    }

    fn node(&self, id: ShapeId) -> &Node {
        self.nodes.get(id).unwrap_or(&self.anything)
    }

    fn in_place(&self, id: ShapeId) -> &InPlace {
        let node = self.node(id);
        node.in_place.get_or_init(|| self.read_in_place(&node.lifted))
    }

    /// This schema and all that apply to the same value.
    fn reached(&self, id: ShapeId) -> Vec<ShapeId> {
        let mut reached = vec![id];
        let mut seen = HashSet::from([id]);
        let mut next = 0;
        while let Some(here) = reached.get(next).copied() {
            next += 1;
            let said = self.in_place(here);
            let parts = said.all.iter().chain(said.choices.iter().flatten());
            reached.extend(parts.copied().filter(|id| seen.insert(*id)));
        }
        reached
    }

    /// The types that every way through the closure leaves, from its far end on.
    fn types_of(&self, closure: &[ShapeId]) -> Types {
        let mut known: HashMap<ShapeId, Types> =
            closure.iter().map(|id| (*id, self.in_place(*id).own)).collect();
        for _ in 0..MOST_ROUNDS {
            let mut narrowed = false;
            for id in closure.iter().rev() {
                let said = self.in_place(*id);
                let of = |id: &ShapeId| known.get(id).copied().unwrap_or(Types::ALL);
                let all = said.all.iter().map(of).fold(said.own, Types::and);
                let any =
                    |choice: &Vec<ShapeId>| choice.iter().map(of).fold(Types::NONE, Types::or);
                let types = said.choices.iter().map(any).fold(all, Types::and);
                narrowed |= known.insert(*id, types) != Some(types);
            }
            if !narrowed {
                break;
            }
        }
        closure.first().and_then(|id| known.get(id)).copied().unwrap_or(Types::ALL)
    }

    fn read(&self, id: ShapeId, lifted: &str) -> Shape {
        let closure = self.reached(id);
        let types = self.types_of(&closure);
        let mut shape = Shape {
            pointer: self.wrapped.written(lifted).into(),
            properties: BTreeMap::new(),
            patterns: Vec::new(),
            additional: Additional::Unsaid,
            items: None,
            first_items: Vec::new(),
            closure,
            types,
        };
        if let Some(Value::Object(schema)) = pointer::find(&self.document, lifted) {
            self.read_members(schema, lifted, &mut shape);
        }
        shape
    }

    fn read_members(&self, schema: &Map<String, Value>, at: &str, shape: &mut Shape) {
        for (key, value) in schema {
            match (key.as_str(), value) {
                ("properties", Value::Object(map)) => {
                    let here = pointer::join(at, key);
                    for name in map.keys() {
                        let id = self.at(&pointer::join(&here, name));
                        shape.properties.insert(name.clone(), id);
                    }
                }
                ("patternProperties", Value::Object(map)) => {
                    let here = pointer::join(at, key);
                    for pattern in map.keys() {
                        let id = self.at(&pointer::join(&here, pattern));
                        shape.patterns.push((Regex::new(pattern).ok(), id));
                    }
                }
                ("additionalProperties", Value::Bool(false)) => {
                    shape.additional = Additional::Closed;
                }
                ("additionalProperties", Value::Object(_)) => {
                    shape.additional = Additional::Schema(self.at(&pointer::join(at, key)));
                }
                ("items", Value::Object(_)) => {
                    shape.items = Some(self.at(&pointer::join(at, key)));
                }
                ("prefixItems", Value::Array(list)) => {
                    shape.first_items = self.list(&pointer::join(at, key), list.len());
                }
                _ => {}
            }
        }
    }

    fn read_in_place(&self, lifted: &str) -> InPlace {
        let mut said = InPlace { own: Types::ALL, all: Vec::new(), choices: Vec::new() };
        let schema = match pointer::find(&self.document, lifted) {
            Some(Value::Object(schema)) => schema,
            Some(Value::Bool(false)) => return InPlace { own: Types::NONE, ..said },
            _ => return said,
        };
        said.own = Types::own(schema);
        for (key, value) in schema {
            let here = || pointer::join(lifted, key);
            match (key.as_str(), value) {
                ("$ref", Value::String(reference)) => {
                    if let Some(target) = pointer::of_reference(reference) {
                        said.all.push(self.at(&target));
                    }
                }
                ("allOf", Value::Array(list)) => said.all.extend(self.list(&here(), list.len())),
                ("anyOf" | "oneOf", Value::Array(list)) => {
                    said.choices.push(self.list(&here(), list.len()));
                }
                // One of them may hold; neither must, so they narrow no type.
                ("then" | "else", _) => said.choices.push(vec![self.at(&here()), self.free()]),
                ("dependentSchemas", Value::Object(map)) => {
                    for name in map.keys() {
                        let depends = self.at(&pointer::join(&here(), name));
                        said.choices.push(vec![depends, self.free()]);
                    }
                }
                _ => {}
            }
        }
        said
    }

    /// A schema that allows everything: a pointer that leads nowhere is read as one.
    fn free(&self) -> ShapeId {
        self.at(&self.anything.lifted)
    }

    fn list(&self, at: &str, len: usize) -> Vec<ShapeId> {
        (0..len).map(|index| self.at(&format!("{at}/{index}"))).collect()
    }
}
