//! The schemas of both documents as numbered nodes, read only as far as a comparison goes.

use std::{collections::HashMap, rc::Rc};

use serde_json::{Map, Value};

use super::numbers::NumberMap;
use crate::contract::pointer;

/// Keywords whose value is one schema.
pub(super) const ONE_SCHEMA: &[&str] = &[
    "not",
    "if",
    "then",
    "else",
    "items",
    "contains",
    "additionalProperties",
    "unevaluatedItems",
    "unevaluatedProperties",
    "propertyNames",
];
/// Keywords whose value is a list of schemas.
pub(super) const SCHEMA_LIST: &[&str] = &["allOf", "anyOf", "oneOf", "prefixItems"];
/// Keywords whose value holds schemas by name.
pub(super) const SCHEMA_MAP: &[&str] = &["properties", "patternProperties", "dependentSchemas"];

/// References and parts of one schema that are followed.
const MOST_PARTS: usize = 2_000;

/// What stands where a pointer leads nowhere.
static ANYTHING: Value = Value::Bool(true);

/// Which document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Side {
    Old,
    New,
}

/// A schema, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct NodeId(u32);

/// Where a reference leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// There is none.
    None,
    /// Nowhere that is known.
    Lost,
    At(NodeId),
}

/// A name or number below a keyword.
#[derive(Clone, Copy, Debug)]
enum Key<'d> {
    Itself,
    Name(&'d str),
    Index(usize),
}

#[derive(Debug)]
enum Origin<'d> {
    At(String),
    Below(NodeId, &'static str, Key<'d>),
}

#[derive(Debug)]
struct Node<'d> {
    value: &'d Value,
    side: Side,
    origin: Origin<'d>,
    parts: Option<Rc<Parts>>,
}

/// A schema and all that `$ref` and `allOf` add to it.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) list: Vec<NodeId>,
    /// A part with a reference that cannot be followed.
    pub(super) lost: Option<NodeId>,
}

/// All schemas that were met.
#[derive(Debug)]
pub(super) struct Nodes<'d> {
    old: &'d Value,
    new: &'d Value,
    list: Vec<Node<'d>>,
    by_address: NumberMap<(Side, usize), NodeId>,
    by_reference: HashMap<(Side, &'d str), Option<NodeId>>,
    /// Whether both documents say the same, asked where names that are resolved at run time occur.
    twins: Option<bool>,
}

impl<'d> Nodes<'d> {
    pub(super) fn new(old: &'d Value, new: &'d Value) -> Self {
        Self {
            old,
            new,
            list: Vec::new(),
            by_address: NumberMap::default(),
            by_reference: HashMap::new(),
            twins: None,
        }
    }

    fn document(&self, side: Side) -> &'d Value {
        match side {
            Side::Old => self.old,
            Side::New => self.new,
        }
    }

    pub(super) fn are_twins(&mut self) -> bool {
        let (old, new) = (self.old, self.new);
        *self.twins.get_or_insert_with(|| old == new)
    }

    /// The schema at this place of a document.
    pub(super) fn root(&mut self, side: Side, at: &str) -> NodeId {
        match self.document(side).pointer(at) {
            Some(value) => self.add(side, value, Origin::At(at.to_owned())),
            None => self.push(side, &ANYTHING, Origin::At(at.to_owned())),
        }
    }

    fn add(&mut self, side: Side, value: &'d Value, origin: Origin<'d>) -> NodeId {
        let address = std::ptr::from_ref(value) as usize;
        if let Some(known) = self.by_address.get(&(side, address)) {
            return *known;
        }
        let id = self.push(side, value, origin);
        self.by_address.insert((side, address), id);
        id
    }

    fn push(&mut self, side: Side, value: &'d Value, origin: Origin<'d>) -> NodeId {
        self.list.push(Node { value, side, origin, parts: None });
        NodeId(self.list.len() as u32 - 1)
    }

    fn node(&self, id: NodeId) -> &Node<'d> {
        &self.list[id.0 as usize]
    }

    pub(super) fn side(&self, id: NodeId) -> Side {
        self.node(id).side
    }

    pub(super) fn value(&self, id: NodeId) -> &'d Value {
        self.node(id).value
    }

    pub(super) fn object(&self, id: NodeId) -> Option<&'d Map<String, Value>> {
        self.value(id).as_object()
    }

    /// What a keyword of the schema says.
    pub(super) fn keyword(&self, id: NodeId, keyword: &str) -> Option<&'d Value> {
        self.object(id)?.get(keyword)
    }

    /// Whether a boolean keyword is set.
    pub(super) fn flag(&self, id: NodeId, keyword: &str) -> bool {
        self.keyword(id, keyword) == Some(&Value::Bool(true))
    }

    /// The schema under a keyword.
    pub(super) fn child(&mut self, id: NodeId, keyword: &'static str) -> Option<NodeId> {
        let value = self.keyword(id, keyword)?;
        Some(self.add(self.side(id), value, Origin::Below(id, keyword, Key::Itself)))
    }

    /// The schemas in the list under a keyword.
    pub(super) fn listed(&mut self, id: NodeId, keyword: &'static str) -> Vec<NodeId> {
        let Some(Value::Array(list)) = self.keyword(id, keyword) else { return Vec::new() };
        let side = self.side(id);
        let each = list.iter().enumerate();
        each.map(|(at, v)| self.add(side, v, Origin::Below(id, keyword, Key::Index(at)))).collect()
    }

    /// The schema of this name under a keyword.
    pub(super) fn named(
        &mut self,
        id: NodeId,
        keyword: &'static str,
        name: &str,
    ) -> Option<NodeId> {
        let Some(Value::Object(map)) = self.keyword(id, keyword) else { return None };
        let (name, value) = map.get_key_value(name)?;
        Some(self.add(self.side(id), value, Origin::Below(id, keyword, Key::Name(name))))
    }

    /// The names under a keyword.
    pub(super) fn names(
        &self,
        id: NodeId,
        keyword: &str,
    ) -> impl Iterator<Item = &'d str> + use<'d> {
        let map = self.keyword(id, keyword).and_then(Value::as_object);
        map.into_iter().flat_map(|map| map.keys().map(String::as_str))
    }

    /// The strings in the list under a keyword.
    pub(super) fn texts(
        &self,
        id: NodeId,
        keyword: &str,
    ) -> impl Iterator<Item = &'d str> + use<'d> {
        let list = self.keyword(id, keyword).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str)
    }

    /// Its place in its document.
    pub(super) fn pointer(&self, id: NodeId) -> String {
        match &self.node(id).origin {
            Origin::At(pointer) => pointer.clone(),
            Origin::Below(above, keyword, key) => {
                let below = pointer::join(&self.pointer(*above), keyword);
                match key {
                    Key::Itself => below,
                    Key::Name(name) => pointer::join(&below, name),
                    Key::Index(at) => format!("{below}/{at}"),
                }
            }
        }
    }

    /// Whether every value is right by it, as one sees at a glance.
    pub(super) fn is_anything(&self, id: NodeId) -> bool {
        match self.value(id) {
            Value::Object(map) => map.keys().all(|key| is_remark(key)),
            value => value != &Value::Bool(false),
        }
    }

    /// Whether it only joins other schemas.
    pub(super) fn is_link(&self, id: NodeId) -> bool {
        self.object(id).is_some_and(|map| {
            map.keys().all(|key| matches!(key.as_str(), "$ref" | "allOf") || is_remark(key))
        })
    }

    /// Whether this keyword is all that it says.
    pub(super) fn is_only(&self, id: NodeId, keyword: &str) -> bool {
        self.object(id).is_some_and(|map| {
            map.contains_key(keyword) && map.keys().all(|key| key == keyword || is_remark(key))
        })
    }

    /// Whether no value is right by it, as one sees at a glance.
    pub(super) fn is_nothing(&self, id: NodeId) -> bool {
        self.value(id) == &Value::Bool(false)
    }

    /// Where its `$ref` leads.
    pub(super) fn target(&mut self, id: NodeId) -> Target {
        let Some(Value::String(reference)) = self.keyword(id, "$ref") else {
            return Target::None;
        };
        let side = self.side(id);
        if let Some(known) = self.by_reference.get(&(side, reference.as_str())) {
            return known.map_or(Target::Lost, Target::At);
        }
        let found = pointer::of_reference(reference).and_then(|at| {
            let value = self.document(side).pointer(&at)?;
            Some(self.add(side, value, Origin::At(at.into_owned())))
        });
        self.by_reference.insert((side, reference), found);
        found.map_or(Target::Lost, Target::At)
    }

    /// The schema with what `$ref` and `allOf` add to it, each part once.
    pub(super) fn parts(&mut self, id: NodeId) -> Rc<Parts> {
        if let Some(known) = &self.node(id).parts {
            return Rc::clone(known);
        }
        let mut parts = Parts { list: vec![id], lost: None };
        let mut next = 0;
        while let Some(here) = parts.list.get(next).copied() {
            next += 1;
            let mut more = self.listed(here, "allOf");
            match self.target(here) {
                Target::At(target) => more.push(target),
                Target::Lost => parts.lost = Some(here),
                Target::None => {}
            }
            if parts.list.len() + more.len() > MOST_PARTS {
                parts.lost = Some(here);
                break;
            }
            for part in more {
                if !parts.list.contains(&part) {
                    parts.list.push(part);
                }
            }
        }
        let parts = Rc::new(parts);
        self.list[id.0 as usize].parts = Some(Rc::clone(&parts));
        parts
    }

    /// The schema that a bare reference stands for.
    pub(super) fn behind(&mut self, mut id: NodeId) -> NodeId {
        for _ in 0..32 {
            let Some(object) = self.object(id) else { break };
            if !object.keys().all(|key| key == "$ref" || is_remark(key)) {
                break;
            }
            let Target::At(target) = self.target(id) else { break };
            id = target;
        }
        id
    }
}

/// Keywords that say nothing about which values are right, nor about how a member is used.
pub(super) fn is_remark(keyword: &str) -> bool {
    matches!(
        keyword,
        "title"
            | "description"
            | "$comment"
            | "example"
            | "examples"
            | "externalDocs"
            | "xml"
            | "discriminator"
            | "$schema"
            | "$id"
            | "$anchor"
            | "$vocabulary"
            | "$defs"
            | "definitions"
            | "default"
            | "readOnly"
            | "writeOnly"
            | "deprecated"
            | "contentSchema"
    ) || keyword.starts_with("x-")
}

/// Remarks that people act on: they are told where they change.
pub(super) const TOLD: &[&str] = &["default", "readOnly", "writeOnly", "deprecated"];
