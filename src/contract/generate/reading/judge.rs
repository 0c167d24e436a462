//! Does a value keep schemas? As plain as it can be said.

use serde_json::{Map, Value};

use super::{
    Choice, Facts, Kinds, NodeId, Reading,
    format::{fits, range},
};

/// Schemas inside each other for the same value, at most.
pub(super) const MOST_HOPS: usize = 48;

/// Schemas that are looked at for one judgement, at most: branches double with each level.
const MOST_LOOKS: u32 = 100_000;

/// The kinds of breach at the value itself, as a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Breaches(u16);

impl Breaches {
    pub(in super::super) const TYPE: Self = Self(1);
    pub(in super::super) const ENUM: Self = Self(1 << 1);
    pub(in super::super) const FORMAT: Self = Self(1 << 2);
    pub(in super::super) const PATTERN: Self = Self(1 << 3);
    pub(in super::super) const BOUNDS: Self = Self(1 << 4);
    /// A rule without a name of its own.
    pub(in super::super) const OTHER: Self = Self(1 << 5);

    pub(in super::super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// How far a value is from keeping a schema.
#[derive(Clone, Copy, Debug, Default)]
pub(in super::super) struct Cost {
    /// 0 where it keeps it. What a reader would tell branches apart by weighs more.
    weight: u32,
    /// Something else than a member that is not named.
    pub(in super::super) breaks: bool,
    /// A keyword that is not understood here was met.
    unsure: bool,
    /// What is broken at the value itself.
    pub(in super::super) here: Breaches,
}

impl Cost {
    /// Whether the value keeps the schema, as far as can be told.
    pub(in super::super) fn keeps(self) -> bool {
        self.weight == 0
    }

    /// Whether that could not be decided: nothing is broken, but not all was understood.
    pub(in super::super) fn is_open(self) -> bool {
        self.weight == 0 && self.unsure
    }

    fn breach(&mut self, weight: u32, at_top: bool, kind: Breaches) {
        self.weight += weight;
        self.breaks = true;
        if at_top {
            self.here.add(kind);
        }
    }

    fn add(&mut self, other: Self) {
        self.weight += other.weight;
        self.breaks |= other.breaks;
        self.unsure |= other.unsure;
        self.here.add(other.here);
    }
}

impl Reading<'_> {
    /// Judges a value by all of these schemas.
    pub(in super::super) fn judge(&mut self, nodes: &[NodeId], value: &Value) -> Cost {
        let mut cost = Cost::default();
        self.left = MOST_LOOKS;
        for id in nodes {
            cost.add(self.judge_one(*id, value, true, 0));
        }
        cost
    }

    fn judge_one(&mut self, id: NodeId, value: &Value, top: bool, hops: usize) -> Cost {
        self.left = self.left.saturating_sub(1);
        if hops > MOST_HOPS || self.left == 0 {
            return Cost { unsure: true, ..Cost::default() };
        }
        let mut cost = own(&self.nodes[id].facts, value, top);
        for part in 0..self.nodes[id].all.len() {
            let part = self.nodes[id].all[part];
            cost.add(self.judge_one(part, value, top, hops + 1));
        }
        for choice in 0..self.nodes[id].choices.len() {
            cost.add(self.choice(id, choice, value, top, hops));
        }
        if let Some(never) = self.nodes[id].never {
            let inner = self.judge_one(never, value, top, hops + 1);
            cost.unsure |= inner.unsure;
            if inner.keeps() {
                cost.breach(1, top, Breaches::OTHER);
            }
        }
        if let Some((test, then, other)) = self.nodes[id].condition {
            let test = self.judge_one(test, value, top, hops + 1);
            cost.unsure |= test.unsure;
            if let Some(next) = if test.keeps() { then } else { other } {
                cost.add(self.judge_one(next, value, top, hops + 1));
            }
        }
        match value {
            Value::Object(object) => self.inside_object(id, object, hops, &mut cost),
            Value::Array(list) => {
                for (index, item) in list.iter().enumerate() {
                    let mut schemas = Vec::new();
                    self.items(&[id], index, &mut schemas);
                    for schema in schemas {
                        let inner = self.judge_one(schema, item, false, hops + 1);
                        cost.add(inner);
                    }
                }
            }
            _ => {}
        }
        cost
    }

    fn inside_object(
        &mut self,
        id: NodeId,
        object: &Map<String, Value>,
        hops: usize,
        cost: &mut Cost,
    ) {
        let facts = &self.nodes[id].facts;
        if facts.properties.is_none() && facts.patterns.is_empty() && facts.additional.is_none() {
            return;
        }
        let closed = facts.additional == Some(&Value::Bool(false));
        let mut strange = false;
        let mut schemas = Vec::new();
        for (name, value) in object {
            schemas.clear();
            self.members(&[id], name, &mut schemas);
            let facts = &self.nodes[id].facts;
            let named = facts.properties.is_some_and(|map| map.contains_key(name))
                || facts.patterns.iter().any(|(p, _)| super::facts::matches(p, name) == Some(true));
            if closed && !named {
                strange = true;
                continue;
            }
            for schema in &schemas {
                let inner = self.judge_one(*schema, value, false, hops + 1);
                cost.add(inner);
            }
        }
        cost.weight += u32::from(strange);
    }

    fn choice(&mut self, id: NodeId, choice: usize, value: &Value, top: bool, hops: usize) -> Cost {
        let Choice { one, branches } = &self.nodes[id].choices[choice];
        let (one, count) = (*one, branches.len());
        let mut nearest: Option<Cost> = None;
        let (mut kept, mut unsure) = (0, false);
        for branch in 0..count {
            let branch = self.nodes[id].choices[choice].branches[branch];
            let cost = self.judge_one(branch, value, top, hops + 1);
            unsure |= cost.unsure;
            kept += u32::from(cost.keeps());
            if nearest.is_none_or(|nearest| cost.weight < nearest.weight) {
                nearest = Some(cost);
            }
        }
        let nearest = nearest.unwrap_or_default();
        match kept {
            0 => Cost { weight: 1, unsure, ..nearest },
            1 => Cost { unsure: unsure && one, ..Cost::default() },
            _ if one => Cost { weight: 1, breaks: true, unsure, here: Breaches::OTHER },
            _ => Cost::default(),
        }
    }
}

/// What the keywords of one schema say of a value, without what is inside it.
fn own(facts: &Facts<'_>, value: &Value, top: bool) -> Cost {
    let mut cost = Cost { unsure: facts.unsure, ..Cost::default() };
    if facts.nothing {
        cost.breach(1, top, Breaches::OTHER);
    }
    if !facts.kinds.has(Kinds::of(value)) {
        cost.breach(if top { 1_000 } else { 1 }, top, Breaches::TYPE);
    }
    if let Some(options) = facts.options
        && !options.iter().any(|option| same(option, value))
    {
        cost.breach(if options.len() == 1 { 100 } else { 1 }, top, Breaches::ENUM);
    }
    if facts.constant.is_some_and(|constant| !same(constant, value)) {
        cost.breach(100, top, Breaches::ENUM);
    }
    match value {
        Value::Number(number) => {
            if let Some(number) = number.as_f64() {
                number_cost(facts, number, top, &mut cost);
            }
        }
        Value::String(text) => text_cost(facts, text, top, &mut cost),
        Value::Array(list) => {
            bounds(facts.count, list.len() as u64, top, &mut cost);
            let twice = |(at, item): (usize, &Value)| list[..at].iter().any(|i| same(i, item));
            if facts.distinct && list.iter().enumerate().any(twice) {
                cost.breach(1, top, Breaches::OTHER);
            }
        }
        Value::Object(object) => {
            bounds(facts.members, object.len() as u64, top, &mut cost);
            for name in &facts.required {
                if !object.contains_key(*name) {
                    cost.breach(1, top, Breaches::default());
                }
            }
            for (name, needed) in facts.dependent.into_iter().flatten() {
                let needed = needed.as_array().into_iter().flatten().filter_map(Value::as_str);
                if object.contains_key(name) && !needed.clone().all(|n| object.contains_key(n)) {
                    cost.breach(1, top, Breaches::default());
                }
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
    cost
}

fn number_cost(facts: &Facts<'_>, number: f64, top: bool, cost: &mut Cost) {
    let [least, above, most, below] = facts.range;
    let outside = least.is_some_and(|b| number < b)
        || above.is_some_and(|b| number <= b)
        || most.is_some_and(|b| number > b)
        || below.is_some_and(|b| number >= b);
    // Whether a fraction is a multiple is a matter of rounding: only whole steps are sure.
    let between = facts.step.is_some_and(|step| step.fract() == 0.0 && number % step != 0.0);
    cost.unsure |= facts.step.is_some_and(|step| step.fract() != 0.0);
    if outside || between {
        cost.breach(1, top, Breaches::BOUNDS);
    }
    let range = facts.format.and_then(range);
    if range.is_some_and(|(least, most)| number < least || number > most || number.fract() != 0.0) {
        cost.breach(1, top, Breaches::FORMAT);
    }
}

fn text_cost(facts: &Facts<'_>, text: &str, top: bool, cost: &mut Cost) {
    if facts.length != [None, None] {
        bounds(facts.length, text.chars().count() as u64, top, cost);
    }
    if facts.pattern.is_some() {
        match facts.pattern_matches(text) {
            Some(true) => {}
            Some(false) => cost.breach(1, top, Breaches::PATTERN),
            None => cost.unsure = true,
        }
    }
    if facts.format.is_some_and(|format| fits(format, text) == Some(false)) {
        cost.breach(1, top, Breaches::FORMAT);
    }
}

fn bounds([least, most]: [Option<u64>; 2], count: u64, top: bool, cost: &mut Cost) {
    if least.is_some_and(|bound| count < bound) || most.is_some_and(|bound| count > bound) {
        cost.breach(1, top, Breaches::BOUNDS);
    }
}

/// Equality of JSON values, numbers by value (JSON Schema Core 2020-12 section 4.2.2).
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        _ => one == other,
    }
}
