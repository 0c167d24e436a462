//! What objects declare, as a graph: the members, items and types that a schema names, seen
//! through `$ref`, `allOf`, `anyOf` and `oneOf`, without asking the validator.

use std::{
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    sync::Arc,
};

use regex::Regex;
use serde_json::{Map, Value};

use super::pointer;

/// A set of JSON types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Types(u8);

impl Types {
    pub(super) const NULL: Self = Self(1);
    pub(super) const BOOLEAN: Self = Self(1 << 1);
    pub(super) const INTEGER: Self = Self(1 << 2);
    /// Numbers with a fraction; a schema's `number` is this and [`Types::INTEGER`].
    pub(super) const FRACTION: Self = Self(1 << 3);
    pub(super) const STRING: Self = Self(1 << 4);
    pub(super) const ARRAY: Self = Self(1 << 5);
    pub(super) const OBJECT: Self = Self(1 << 6);
    pub(super) const ALL: Self = Self(127);
    const NONE: Self = Self(0);

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn is_only(self, other: Self) -> bool {
        self.0 != 0 && self.0 & !other.0 == 0
    }

    /// Whether only an array (or null) may stand here.
    pub(super) fn is_list(self) -> bool {
        self.has(Self::ARRAY) && self.is_only(Self::ARRAY.or(Self::NULL))
    }

    fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether exactly one type is in it, `number` counting as one.
    pub(super) fn is_single(self) -> bool {
        self.0.is_power_of_two() || self == Self::INTEGER.or(Self::FRACTION)
    }

    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::NULL,
            Value::Bool(_) => Self::BOOLEAN,
            Value::Number(n) if n.is_f64() => Self::FRACTION,
            Value::Number(_) => Self::INTEGER,
            Value::String(_) => Self::STRING,
            Value::Array(_) => Self::ARRAY,
            Value::Object(_) => Self::OBJECT,
        }
    }

    fn named(name: &str) -> Self {
        match name {
            "null" => Self::NULL,
            "boolean" => Self::BOOLEAN,
            "integer" => Self::INTEGER,
            "number" => Self::INTEGER.or(Self::FRACTION),
            "string" => Self::STRING,
            "array" => Self::ARRAY,
            "object" => Self::OBJECT,
            _ => Self::NONE,
        }
    }

    /// The types that the schema itself allows, without what it refers to.
    fn own(schema: &Map<String, Value>) -> Self {
        let by_type = match schema.get("type") {
            Some(Value::String(name)) => Self::named(name),
            Some(Value::Array(names)) => {
                names.iter().filter_map(Value::as_str).map(Self::named).fold(Self::NONE, Self::or)
            }
            _ => Self::ALL,
        };
        let by_value = match (schema.get("const"), schema.get("enum")) {
            (Some(value), _) => Self::of(value),
            (None, Some(Value::Array(options))) => {
                options.iter().map(Self::of).fold(Self::NONE, Self::or)
            }
            _ => Self::ALL,
        };
        by_type.and(by_value)
    }

    /// Such as `an integer or null`.
    pub(super) fn describe(self) -> String {
        let mut words = Vec::new();
        if self.has(Self::FRACTION) {
            words.push("a number");
        } else if self.has(Self::INTEGER) {
            words.push("an integer");
        }
        for (one, word) in [
            (Self::STRING, "a string"),
            (Self::BOOLEAN, "true or false"),
            (Self::ARRAY, "an array"),
            (Self::OBJECT, "an object"),
            (Self::NULL, "null"),
        ] {
            if self.has(one) {
                words.push(word);
            }
        }
        words.join(" or ")
    }
}

/// A schema's number in [`Shapes`].
pub(super) type ShapeId = u32;

/// What a schema says of members that it does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Additional {
    /// Nothing: they may come, and are undeclared.
    Unsaid,
    /// `false`: they may not come.
    Closed,
    /// They are of this schema.
    Schema(ShapeId),
}

/// What one schema declares.
#[derive(Debug)]
pub(super) struct Shape {
    /// Its place in the document.
    pub(super) pointer: Arc<str>,
    /// Members by name.
    /// Few each, and asked for each member of each body: hashing would cost more.
    pub(super) properties: BTreeMap<String, ShapeId>,
    /// Members by pattern; a pattern that this engine does not know matches everything.
    pub(super) patterns: Vec<(Option<Regex>, ShapeId)>,
    /// All other members.
    pub(super) additional: Additional,
    /// Items of an array after the first ones.
    pub(super) items: Option<ShapeId>,
    /// The first items of an array.
    pub(super) first_items: Vec<ShapeId>,
    /// This schema and all that apply to the same value.
    pub(super) closure: Vec<ShapeId>,
    /// What may stand here, seen through references.
    pub(super) types: Types,
    own: Types,
    /// `$ref`, `allOf`, conditions.
    all: Vec<ShapeId>,
    /// `anyOf` and `oneOf`, a list for each.
    choices: Vec<Vec<ShapeId>>,
    /// `not` and `if`: they apply to the same value and declare nothing.
    guards: Vec<ShapeId>,
}

/// The graph.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    shapes: Vec<Shape>,
    by_pointer: HashMap<Arc<str>, ShapeId>,
}

impl Shapes {
    /// Reads the schemas at `roots` and all that they reach.
    pub(super) fn new<'r>(
        document: &Value,
        roots: impl IntoIterator<Item = &'r str>,
        unlifted: impl Fn(&str) -> String,
    ) -> Self {
        let mut build = Build { shapes: Self::default(), queue: VecDeque::new() };
        for root in roots {
            build.id(root.to_owned());
        }
        while let Some(lifted) = build.queue.pop_front() {
            let mut shape = match document.pointer(&lifted) {
                Some(Value::Object(schema)) => build.shape(schema, &lifted),
                Some(Value::Bool(false)) => Shape { own: Types::NONE, ..Shape::empty() },
                _ => Shape::empty(),
            };
            shape.pointer = unlifted(&lifted).into();
            build.shapes.shapes.push(shape);
        }
        let mut shapes = build.shapes;
        for id in 0..shapes.shapes.len() {
            let closure = shapes.reached(id as ShapeId, false);
            let types = shapes.types_of(id as ShapeId, &mut HashSet::new());
            shapes.shapes[id].closure = closure;
            shapes.shapes[id].types = types;
        }
        shapes
    }

    pub(super) fn get(&self, id: ShapeId) -> &Shape {
        &self.shapes[id as usize]
    }

    pub(super) fn at(&self, pointer: &str) -> Option<ShapeId> {
        self.by_pointer.get(pointer).copied()
    }

    /// Schemas that hold themselves without a step into the value: no validator ends on them.
    pub(super) fn endless(&self) -> Vec<&Shape> {
        let circles: Vec<&Shape> = (0..self.shapes.len() as ShapeId)
            .filter(|id| self.in_place(*id, true).any(|next| self.reached(next, true).contains(id)))
            .map(|id| self.get(id))
            .collect();
        // A circle runs through the parts of a schema too; the schema itself is enough to tell.
        let is_part = |shape: &Shape| {
            circles.iter().any(|other| {
                other.pointer != shape.pointer && pointer::is_below(&shape.pointer, &other.pointer)
            })
        };
        circles.iter().filter(|shape| !is_part(shape)).copied().collect()
    }

    /// Collects the schemas of a member declared by any of `ids`, each once; false where none
    /// declares it. Variants often share a member: were it kept once for each, the number of
    /// schemas would double with each level of a recursive body.
    pub(super) fn members_into(
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
    pub(super) fn closure_of(&self, ids: &[ShapeId]) -> Vec<ShapeId> {
        let mut seen = HashSet::new();
        let all = ids.iter().flat_map(|id| &self.get(*id).closure).copied();
        all.filter(|id| seen.insert(*id)).collect()
    }

    /// Whether any of `ids` says anything about members: else the object is free-form.
    pub(super) fn declares_members(&self, ids: &[ShapeId]) -> bool {
        ids.iter().any(|id| {
            let shape = self.get(*id);
            !shape.properties.is_empty()
                || !shape.patterns.is_empty()
                || shape.additional != Additional::Unsaid
        })
    }

    /// The types of a value that any of `ids` describes; all types where there is none.
    pub(super) fn any_types(&self, ids: &[ShapeId]) -> Types {
        if ids.is_empty() {
            return Types::ALL;
        }
        ids.iter().map(|id| self.get(*id).types).fold(Types::NONE, Types::or)
    }

    /// The types of a value that all of `ids` describe.
    pub(super) fn types(&self, ids: &[ShapeId]) -> Types {
        ids.iter().map(|id| self.get(*id).types).fold(Types::ALL, Types::and)
    }

    fn in_place(&self, id: ShapeId, guards: bool) -> impl Iterator<Item = ShapeId> + '_ {
        let shape = self.get(id);
        let guards: &[ShapeId] = if guards { &shape.guards } else { &[] };
        shape.all.iter().chain(shape.choices.iter().flatten()).chain(guards).copied()
    }

    fn reached(&self, id: ShapeId, guards: bool) -> Vec<ShapeId> {
        let mut reached = vec![id];
        let mut next = 0;
        while let Some(here) = reached.get(next).copied() {
            next += 1;
            for id in self.in_place(here, guards) {
                if !reached.contains(&id) {
                    reached.push(id);
                }
            }
        }
        reached
    }

    fn types_of(&self, id: ShapeId, under_way: &mut HashSet<ShapeId>) -> Types {
        let shape = self.get(id);
        if !under_way.insert(id) {
            return Types::ALL;
        }
        let mut types = shape.own;
        for part in &shape.all {
            types = types.and(self.types_of(*part, under_way));
        }
        for choice in &shape.choices {
            let any = choice
                .iter()
                .map(|part| self.types_of(*part, under_way))
                .fold(Types::NONE, Types::or);
            types = types.and(any);
        }
        under_way.remove(&id);
        types
    }
}

impl Shape {
    fn empty() -> Self {
        Self {
            pointer: Arc::from(""),
            properties: BTreeMap::new(),
            patterns: Vec::new(),
            additional: Additional::Unsaid,
            items: None,
            first_items: Vec::new(),
            closure: Vec::new(),
            types: Types::ALL,
            own: Types::ALL,
            all: Vec::new(),
            choices: Vec::new(),
            guards: Vec::new(),
        }
    }
}

struct Build {
    shapes: Shapes,
    /// Pointers whose shape is still to be read, in the order of their numbers.
    queue: VecDeque<String>,
}

impl Build {
    fn id(&mut self, pointer: String) -> ShapeId {
        if let Some(id) = self.shapes.by_pointer.get(pointer.as_str()) {
            return *id;
        }
        let id = self.shapes.by_pointer.len() as ShapeId;
        self.shapes.by_pointer.insert(Arc::from(pointer.as_str()), id);
        self.queue.push_back(pointer);
        id
    }

    fn shape(&mut self, schema: &Map<String, Value>, at: &str) -> Shape {
        let mut shape = Shape { own: Types::own(schema), ..Shape::empty() };
        for (key, value) in schema {
            let here = pointer::join(at, key);
            match (key.as_str(), value) {
                ("$ref", Value::String(reference)) => {
                    if let Some(target) = pointer::of_reference(reference) {
                        shape.all.push(self.id(target.into_owned()));
                    }
                }
                ("allOf", Value::Array(list)) => shape.all.extend(self.list(&here, list.len())),
                ("anyOf" | "oneOf", Value::Array(list)) => {
                    let choice = self.list(&here, list.len());
                    shape.choices.push(choice);
                }
                // One of them may hold; neither must, so they narrow no type.
                ("then" | "else", _) => shape.choices.push(vec![self.id(here), self.anything()]),
                ("dependentSchemas", Value::Object(map)) => {
                    for name in map.keys() {
                        let choice = vec![self.id(pointer::join(&here, name)), self.anything()];
                        shape.choices.push(choice);
                    }
                }
                ("not" | "if", _) => shape.guards.push(self.id(here)),
                ("properties", Value::Object(map)) => {
                    for name in map.keys() {
                        let id = self.id(pointer::join(&here, name));
                        shape.properties.insert(name.clone(), id);
                    }
                }
                ("patternProperties", Value::Object(map)) => {
                    for pattern in map.keys() {
                        let id = self.id(pointer::join(&here, pattern));
                        shape.patterns.push((Regex::new(pattern).ok(), id));
                    }
                }
                ("additionalProperties", Value::Bool(false)) => {
                    shape.additional = Additional::Closed;
                }
                ("additionalProperties", Value::Object(_)) => {
                    shape.additional = Additional::Schema(self.id(here));
                }
                ("items", Value::Object(_)) => shape.items = Some(self.id(here)),
                ("prefixItems", Value::Array(list)) => {
                    shape.first_items = self.list(&here, list.len());
                }
                _ => {}
            }
        }
        shape
    }

    /// A schema that allows everything: a pointer that leads nowhere is read as one.
    fn anything(&mut self) -> ShapeId {
        self.id("/-".to_owned())
    }

    fn list(&mut self, at: &str, len: usize) -> Vec<ShapeId> {
        (0..len).map(|index| self.id(format!("{at}/{index}"))).collect()
    }
}
