//! Whether two schemas say the same, word for word but for the names of what they refer to.
//!
//! It is what makes equal documents cheap, and what decides keywords that are not understood.
//! Recursive schemas are the same if no difference can be reached from them.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::nodes::{NodeId, Nodes, ONE_SCHEMA, SCHEMA_LIST, SCHEMA_MAP, TOLD, Target, is_remark};

type Pair = (NodeId, NodeId);

/// What was found out about pairs of schemas.
#[derive(Debug, Default)]
pub(super) struct Sameness {
    known: HashMap<Pair, bool>,
}

impl Sameness {
    /// Whether both say the same.
    pub(super) fn same(&mut self, nodes: &mut Nodes<'_>, one: NodeId, other: NodeId) -> bool {
        let start = (one, other);
        if one == other {
            return true;
        }
        if let Some(known) = self.known.get(&start) {
            return *known;
        }
        // Every pair that can be reached, and who reaches it.
        let mut order = vec![start];
        let mut met = HashSet::from([start]);
        let mut reached_from: HashMap<Pair, Vec<Pair>> = HashMap::new();
        let mut differ: Vec<Pair> = Vec::new();
        let mut next = 0;
        while let Some(pair) = order.get(next).copied() {
            next += 1;
            match self.known.get(&pair) {
                Some(true) => continue,
                Some(false) => {
                    differ.push(pair);
                    continue;
                }
                None => {}
            }
            let mut lockstep = Lockstep { nodes: &mut *nodes, references: Vec::new() };
            if !lockstep.pair(pair) {
                differ.push(pair);
                continue;
            }
            for below in lockstep.references {
                reached_from.entry(below).or_default().push(pair);
                if met.insert(below) {
                    order.push(below);
                }
            }
        }
        let mut different: HashSet<Pair> = differ.iter().copied().collect();
        while let Some(pair) = differ.pop() {
            for above in reached_from.remove(&pair).unwrap_or_default() {
                if different.insert(above) {
                    differ.push(above);
                }
            }
        }
        self.known.extend(order.into_iter().map(|pair| (pair, !different.contains(&pair))));
        !different.contains(&start)
    }
}

/// Two schemas walked side by side up to their references.
struct Lockstep<'n, 'd> {
    nodes: &'n mut Nodes<'d>,
    references: Vec<Pair>,
}

impl Lockstep<'_, '_> {
    fn pair(&mut self, (one, other): Pair) -> bool {
        let (one, other) = (self.nodes.behind(one), self.nodes.behind(other));
        if one == other {
            return true;
        }
        match (self.nodes.target(one), self.nodes.target(other)) {
            (Target::None, Target::None) => {}
            (Target::At(a), Target::At(b)) => self.references.push((a, b)),
            _ => return false,
        }
        self.keywords(one, other)
    }

    fn schema(&mut self, one: NodeId, other: NodeId) -> bool {
        let refers = |id| self.nodes.keyword(id, "$ref").is_some();
        if refers(one) || refers(other) {
            // Judged later, so that recursion ends.
            if self.told(one, other) {
                self.references.push((one, other));
                return true;
            }
            return false;
        }
        self.keywords(one, other)
    }

    /// Whether the remarks of both that people act on are equal.
    fn told(&self, one: NodeId, other: NodeId) -> bool {
        TOLD.iter().all(|key| self.nodes.keyword(one, key) == self.nodes.keyword(other, key))
    }

    fn keywords(&mut self, one: NodeId, other: NodeId) -> bool {
        let (Some(a), Some(b)) = (self.nodes.object(one), self.nodes.object(other)) else {
            return self.nodes.is_anything(one) && self.nodes.is_anything(other)
                || self.nodes.is_nothing(one) && self.nodes.is_nothing(other);
        };
        let counts = |key: &&String| !is_remark(key) && *key != "$ref";
        if a.keys().filter(counts).count() != b.keys().filter(counts).count()
            || !self.told(one, other)
        {
            return false;
        }
        a.iter().filter(|(key, _)| counts(key)).all(|(key, value)| {
            let Some(counterpart) = b.get(key) else { return false };
            self.keyword((one, other), key, (value, counterpart))
        })
    }

    fn keyword(&mut self, (one, other): Pair, key: &str, (a, b): (&Value, &Value)) -> bool {
        let known = |list: &[&'static str]| list.iter().copied().find(|known| *known == key);
        if let Some(key) = known(ONE_SCHEMA) {
            let (Some(one), Some(other)) =
                (self.nodes.child(one, key), self.nodes.child(other, key))
            else {
                return false;
            };
            return self.schema(one, other);
        }
        if let Some(key) = known(SCHEMA_LIST) {
            let (one, other) = (self.nodes.listed(one, key), self.nodes.listed(other, key));
            return one.len() == other.len()
                && one.into_iter().zip(other).all(|(one, other)| self.schema(one, other));
        }
        if let Some(key) = known(SCHEMA_MAP) {
            let names: Vec<&str> = self.nodes.names(one, key).collect();
            return names.len() == self.nodes.names(other, key).count()
                && names.into_iter().all(|name| {
                    let one = self.nodes.named(one, key, name);
                    let other = self.nodes.named(other, key, name);
                    matches!((one, other), (Some(one), Some(other)) if self.schema(one, other))
                });
        }
        match (key, a, b) {
            ("required" | "type" | "enum", Value::Array(a), Value::Array(b)) => {
                a.iter().all(|item| b.contains(item)) && b.iter().all(|item| a.contains(item))
            }
            // What a dynamic reference means depends on the whole document.
            ("$dynamicRef" | "$recursiveRef" | "$dynamicAnchor" | "$recursiveAnchor", a, b) => {
                a == b && (self.nodes.side(one) == self.nodes.side(other) || self.nodes.are_twins())
            }
            (_, a, b) => a == b,
        }
    }
}
