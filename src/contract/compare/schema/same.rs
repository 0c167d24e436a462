//! Whether two schemas say the same, word for word but for the names of what they refer to.
//!
//! It is what makes equal documents cheap, and what decides keywords that are not understood.
//! Recursive schemas are the same if no difference can be reached from them.

use std::collections::HashSet;

use serde_json::Value;

use super::{
    nodes::{NodeId, Nodes, ONE_SCHEMA, SCHEMA_LIST, SCHEMA_MAP, TOLD, Target, is_remark},
    numbers::{NumberMap, NumberSet},
};

/// Two schemas, in one order: sameness has none.
type Pair = (NodeId, NodeId);

fn pair_of(one: NodeId, other: NodeId) -> Pair {
    (one.min(other), one.max(other))
}

/// What was found out about pairs of schemas.
#[derive(Debug, Default)]
pub(super) struct Sameness {
    known: NumberMap<Pair, bool>,
}

impl Sameness {
    /// Whether both say the same.
    pub(super) fn same(&mut self, nodes: &mut Nodes<'_>, one: NodeId, other: NodeId) -> bool {
        let start = pair_of(one, other);
        if one == other {
            return true;
        }
        if let Some(known) = self.known.get(&start) {
            return *known;
        }
        // Every pair that can be reached, and who reaches it.
        let mut order = vec![start];
        let mut met = NumberSet::from_iter([start]);
        let mut reached_from: NumberMap<Pair, Vec<Pair>> = NumberMap::default();
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
        let mut different: NumberSet<Pair> = differ.iter().copied().collect();
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
            (Target::At(a), Target::At(b)) => self.references.push(pair_of(a, b)),
            _ => return false,
        }
        self.keywords(one, other)
    }

    fn schema(&mut self, one: NodeId, other: NodeId) -> bool {
        let refers = |id| self.nodes.keyword(id, "$ref").is_some();
        if refers(one) || refers(other) {
            // Judged later, so that recursion ends.
            if self.told(one, other) {
                self.references.push(pair_of(one, other));
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
            return self.named((one, other), key, (a, b));
        }
        match (key, a, b) {
            // What a dynamic reference means depends on the whole document.
            ("$dynamicRef" | "$recursiveRef" | "$dynamicAnchor" | "$recursiveAnchor", a, b) => {
                a == b && (self.nodes.side(one) == self.nodes.side(other) || self.nodes.are_twins())
            }
            (_, a, b) => same_words(key, a, b),
        }
    }

    /// Schemas by name. Those that hold no others are compared first: that costs the least, and
    /// tells most that differ apart.
    fn named(&mut self, (one, other): Pair, key: &'static str, (a, b): (&Value, &Value)) -> bool {
        let (Value::Object(a), Value::Object(b)) = (a, b) else { return a == b };
        if a.len() != b.len() {
            return false;
        }
        let mut deep = Vec::new();
        for (name, a) in a {
            let Some(b) = b.get(name) else { return false };
            match plain(a, b) {
                Some(true) => {}
                Some(false) => return false,
                None => deep.push(name),
            }
        }
        deep.into_iter().all(|name| {
            let one = self.nodes.named(one, key, name);
            let other = self.nodes.named(other, key, name);
            matches!((one, other), (Some(one), Some(other)) if self.schema(one, other))
        })
    }
}

/// Whether two schemas that hold no others say the same; `None` where one of them does.
fn plain(one: &Value, other: &Value) -> Option<bool> {
    let (one, other) = (one.as_object()?, other.as_object()?);
    let counts = |key: &str| !is_remark(key) || TOLD.contains(&key);
    let (mut count, mut same) = (0, true);
    for key in one.keys().filter(|key| counts(key)) {
        if holds_more(key) {
            return None;
        }
        count += 1;
    }
    for (key, value) in other.iter().filter(|(key, _)| counts(key)) {
        if holds_more(key) {
            return None;
        }
        count -= 1;
        same = same && one.get(key).is_some_and(|counterpart| same_words(key, counterpart, value));
    }
    Some(same && count == 0)
}

/// Whether what stands under a keyword can only be compared in its document.
fn holds_more(key: &str) -> bool {
    key.starts_with('$') || [ONE_SCHEMA, SCHEMA_LIST, SCHEMA_MAP].iter().any(|k| k.contains(&key))
}

/// Whether a keyword that holds no schema says the same; lists of these are sets.
fn same_words(key: &str, one: &Value, other: &Value) -> bool {
    match (key, one, other) {
        (_, one, other) if one == other => true,
        ("required" | "type" | "enum", Value::Array(a), Value::Array(b)) => {
            within(a, b) && within(b, a)
        }
        _ => false,
    }
}

/// Whether one list holds all of another. Long lists of text are looked up, not searched.
fn within(some: &[Value], all: &[Value]) -> bool {
    const FEW: usize = 32;
    if all.len() <= FEW {
        return some.iter().all(|item| all.contains(item));
    }
    let texts: HashSet<&str> = all.iter().filter_map(Value::as_str).collect();
    some.iter().all(|item| match item {
        Value::String(text) => texts.contains(text.as_str()),
        other => all.contains(other),
    })
}
