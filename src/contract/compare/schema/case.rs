//! One way in which a value can be right by a schema: everything that holds at once, with what
//! is still open (variants, conditions) beside it.
//!
//! A case may allow more than the schema does, never less: what is proved of it holds for the
//! schema.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use serde_json::{Map, Value};

use super::{
    decimal::{Decimal, equal},
    nodes::NodeId,
    prover::Prover,
};
use crate::contract::shape::Types;

/// Values that are listed where a list of values is demanded.
const MOST_VALUES: i128 = 64;

/// An end of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End {
    pub(super) at: Decimal,
    /// Whether the end itself is outside.
    pub(super) open: bool,
}

/// A smallest and a largest count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) struct Count {
    pub(super) least: u64,
    pub(super) most: Option<u64>,
}

impl Count {
    fn at_least(&mut self, least: Option<u64>) {
        self.least = self.least.max(least.unwrap_or(0));
    }

    pub(super) fn at_most(&mut self, most: Option<u64>) {
        self.most = match (self.most, most) {
            (Some(known), Some(most)) => Some(known.min(most)),
            (known, most) => known.or(most),
        };
    }

    fn is_empty(self) -> bool {
        self.most.is_some_and(|most| most < self.least)
    }
}

/// What is still open about a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Split {
    /// `anyOf` of this schema.
    Any(NodeId),
    /// `oneOf`.
    One(NodeId),
    /// `if` with `then` and `else`.
    If(NodeId),
}

/// What is known about a member beside what the parts say.
#[derive(Clone, Debug, Default)]
pub(super) struct Extra {
    pub(super) holds: Vec<NodeId>,
    pub(super) denied: Vec<NodeId>,
}

/// One way to be right.
#[derive(Clone, Debug)]
pub(super) struct Case<'d> {
    /// Schemas that hold, `$ref` and `allOf` resolved.
    pub(super) parts: Vec<NodeId>,
    /// Schemas that do not hold.
    pub(super) denied: Vec<NodeId>,
    pub(super) splits: Vec<Split>,
    /// The variant that was chosen last, by which its counterpart is found.
    pub(super) variant: Option<NodeId>,
    /// The variants among which it was chosen.
    pub(super) rivals: Vec<NodeId>,
    pub(super) types: Types,
    pub(super) values: Option<Vec<&'d Value>>,
    pub(super) low: Option<End>,
    pub(super) high: Option<End>,
    pub(super) steps: Vec<Decimal>,
    pub(super) length: Count,
    pub(super) items: Count,
    pub(super) members: Count,
    pub(super) patterns: Vec<&'d str>,
    pub(super) formats: Vec<&'d str>,
    pub(super) required: BTreeSet<&'d str>,
    pub(super) absent: BTreeSet<&'d str>,
    pub(super) extra: BTreeMap<&'d str, Extra>,
}

impl<'d> Case<'d> {
    pub(super) fn anything() -> Self {
        Self {
            parts: Vec::new(),
            denied: Vec::new(),
            splits: Vec::new(),
            variant: None,
            rivals: Vec::new(),
            types: Types::ALL,
            values: None,
            low: None,
            high: None,
            steps: Vec::new(),
            length: Count::default(),
            items: Count::default(),
            members: Count::default(),
            patterns: Vec::new(),
            formats: Vec::new(),
            required: BTreeSet::new(),
            absent: BTreeSet::new(),
            extra: BTreeMap::new(),
        }
    }

    /// The keywords of one part that speak of the value as a whole.
    fn own(&mut self, schema: &'d Map<String, Value>) {
        self.types = self.types.and(named_types(schema));
        match (schema.get("enum"), schema.get("const")) {
            (Some(Value::Array(list)), only) => {
                self.one_of(list.iter().collect());
                if let Some(only) = only {
                    self.one_of(vec![only]);
                }
            }
            (_, Some(only)) => self.one_of(vec![only]),
            _ => {}
        }
        for (key, value) in schema {
            let number = || Decimal::of(value);
            let count = || whole(value);
            match key.as_str() {
                "minimum" => self.from(number(), false),
                "exclusiveMinimum" => self.from(number(), true),
                "maximum" => self.to(number(), false),
                "exclusiveMaximum" => self.to(number(), true),
                "multipleOf" => self.steps.extend(number()),
                "minLength" => self.length.at_least(count()),
                "maxLength" => self.length.at_most(count()),
                "minItems" => self.items.at_least(count()),
                "maxItems" => self.items.at_most(count()),
                "minProperties" => self.members.at_least(count()),
                "maxProperties" => self.members.at_most(count()),
                "pattern" => self.patterns.extend(value.as_str()),
                "format" => self.formats.extend(value.as_str()),
                _ => {}
            }
        }
    }

    fn one_of(&mut self, list: Vec<&'d Value>) {
        self.values = Some(match self.values.take() {
            Some(mut known) => {
                known.retain(|value| list.iter().any(|other| equal(value, other)));
                known
            }
            None => list,
        });
    }

    fn from(&mut self, at: Option<Decimal>, open: bool) {
        let Some(end) = at.map(|at| End { at, open }) else { return };
        let narrower = |low: End| end.at > low.at || end.at == low.at && end.open;
        if self.low.is_none_or(narrower) {
            self.low = Some(end);
        }
    }

    fn to(&mut self, at: Option<Decimal>, open: bool) {
        let Some(end) = at.map(|at| End { at, open }) else { return };
        let narrower = |high: End| end.at < high.at || end.at == high.at && end.open;
        if self.high.is_none_or(narrower) {
            self.high = Some(end);
        }
    }

    /// A number at the least: also what lies outside of a bound of another schema.
    pub(super) fn above(&mut self, end: End) {
        self.from(Some(end.at), end.open);
    }

    /// A number at the most.
    pub(super) fn under(&mut self, end: End) {
        self.to(Some(end.at), end.open);
    }

    /// What all numbers are multiples of, as far as it is known.
    pub(super) fn step(&self) -> Option<Decimal> {
        let whole = !self.types.has(Types::FRACTION);
        let mut step = whole.then_some(Decimal::ONE);
        for next in &self.steps {
            step = match step {
                Some(step) => step.common_multiple(*next),
                None => Some(*next),
            };
            step?;
        }
        step
    }

    /// Draws conclusions from what is known. A type that no value can have is taken out.
    pub(super) fn conclude(&mut self) {
        if let Some(values) = &self.values {
            let kinds = values.iter().map(|value| kind(value)).fold(Types::NONE, Types::or);
            self.types = self.types.and(kinds);
        }
        if self.steps.iter().any(|step| step.is_integer()) {
            self.types = self.types.without(Types::FRACTION);
        }
        if let Some(step) = self.step() {
            let snap = |end: Option<End>, up| {
                let snapped = end.and_then(|end| end.at.snapped(step, up, end.open));
                snapped.map(|at| End { at, open: false }).or(end)
            };
            self.low = snap(self.low, true);
            self.high = snap(self.high, false);
        }
        if let (Some(low), Some(high)) = (self.low, self.high)
            && (low.at > high.at || low.at == high.at && (low.open || high.open))
        {
            self.types = self.types.without(Types::INTEGER.or(Types::FRACTION));
        }
        self.members.at_least(Some(self.required.len() as u64));
        for (count, kind) in [
            (self.length, Types::STRING),
            (self.items, Types::ARRAY),
            (self.members, Types::OBJECT),
        ] {
            if count.is_empty() {
                self.types = self.types.without(kind);
            }
        }
        if self.required.iter().any(|name| self.absent.contains(name)) {
            self.types = self.types.without(Types::OBJECT);
        }
    }

    /// All values, where they are few.
    pub(super) fn few(&self) -> Option<Vec<Cow<'d, Value>>> {
        if let Some(values) = &self.values {
            return Some(values.iter().map(|value| Cow::Borrowed(*value)).collect());
        }
        let mut few = Vec::new();
        let kinds = Types::NULL.or(Types::BOOLEAN).or(Types::INTEGER);
        if !self.types.is_only(kinds) {
            return None;
        }
        if self.types.has(Types::NULL) {
            few.push(Cow::Owned(Value::Null));
        }
        if self.types.has(Types::BOOLEAN) {
            few.extend([Cow::Owned(Value::Bool(false)), Cow::Owned(Value::Bool(true))]);
        }
        if self.types.has(Types::INTEGER) {
            let (low, high, step) = (self.low?, self.high?, self.step()?);
            let mut at = low.at;
            for _ in 0..=MOST_VALUES {
                if at > high.at {
                    return Some(few);
                }
                few.push(Cow::Owned(at.whole()?));
                at = at.plus(step)?;
            }
            return None;
        }
        Some(few)
    }
}

/// The type of a value: `1.0` is an integer (JSON Schema 2020-12 section 6.1.1).
pub(super) fn kind(value: &Value) -> Types {
    match Decimal::of(value) {
        Some(number) if number.is_integer() => Types::INTEGER,
        _ => Types::of(value),
    }
}

/// Types in words.
pub(super) fn in_words(types: Types) -> String {
    if types == Types::ALL {
        "any value".to_owned()
    } else if types == Types::ALL.without(Types::NULL) {
        "any value but null".to_owned()
    } else if types == Types::NONE {
        "nothing".to_owned()
    } else {
        types.describe()
    }
}

/// The types that `type` names.
pub(super) fn named_types(schema: &Map<String, Value>) -> Types {
    match schema.get("type") {
        Some(Value::String(name)) => Types::named(name),
        Some(Value::Array(names)) => {
            let names = names.iter().filter_map(Value::as_str);
            names.map(Types::named).fold(Types::NONE, Types::or)
        }
        _ => Types::ALL,
    }
}

/// The types that a schema itself allows.
fn own_types(schema: &Map<String, Value>) -> Types {
    let of_values = match (schema.get("const"), schema.get("enum")) {
        (Some(only), _) => kind(only),
        (None, Some(Value::Array(list))) => list.iter().map(kind).fold(Types::NONE, Types::or),
        _ => Types::ALL,
    };
    named_types(schema).and(of_values)
}

/// A count as a schema writes it: `3`, also `3.0`.
pub(super) fn whole(value: &Value) -> Option<u64> {
    Decimal::of(value)?.whole()?.as_u64()
}

impl<'d> Prover<'d> {
    /// What all of these schemas allow together.
    pub(super) fn case(&mut self, schemas: &[NodeId]) -> Case<'d> {
        let mut case = Case::anything();
        for schema in schemas {
            self.absorb(&mut case, *schema);
        }
        self.conclude(&mut case);
        case
    }

    /// The case where this schema holds too.
    pub(super) fn with(&mut self, case: &Case<'d>, schema: NodeId) -> Case<'d> {
        let mut case = case.clone();
        self.absorb(&mut case, schema);
        self.conclude(&mut case);
        case
    }

    /// The case where this member is there.
    pub(super) fn with_member(&mut self, case: &Case<'d>, name: &'d str) -> Case<'d> {
        let mut case = case.clone();
        case.types = case.types.and(Types::OBJECT);
        case.required.insert(name);
        self.conclude(&mut case);
        case
    }

    fn absorb(&mut self, case: &mut Case<'d>, schema: NodeId) {
        // A reference that leads nowhere is left out: the case allows more, which is safe.
        let parts = self.nodes.parts(schema);
        for part in &parts.list {
            if case.parts.contains(part) {
                continue;
            }
            case.parts.push(*part);
            let Some(object) = self.nodes.object(*part) else {
                if self.nodes.is_nothing(*part) {
                    case.types = Types::NONE;
                }
                continue;
            };
            case.own(object);
            for (keyword, split) in [("anyOf", Split::Any(*part)), ("oneOf", Split::One(*part))] {
                if object.contains_key(keyword) {
                    case.splits.push(split);
                    let branches = self.branches(split);
                    let types = branches.iter().map(|branch| self.types(*branch));
                    case.types = case.types.and(types.fold(Types::NONE, Types::or));
                }
            }
            if object.contains_key("if")
                && (object.contains_key("then") || object.contains_key("else"))
            {
                case.splits.push(Split::If(*part));
            }
            if let Some(denied) = self.nodes.child(*part, "not") {
                self.deny(case, denied);
            }
        }
        for part in &parts.list {
            for name in self.nodes.texts(*part, "required") {
                if !self.is_left_out(&case.parts, name) {
                    case.required.insert(name);
                }
            }
        }
    }

    /// That a schema does not hold, turned round where that is plain.
    fn deny(&mut self, case: &mut Case<'d>, denied: NodeId) {
        let behind = self.nodes.behind(denied);
        if self.nodes.is_only(behind, "not")
            && let Some(twice) = self.nodes.child(behind, "not")
        {
            self.absorb(case, twice);
        } else if self.nodes.is_only(behind, "type") {
            let types = self.nodes.object(behind).map_or(Types::NONE, named_types);
            case.types = case.types.without(types);
        } else {
            case.denied.push(denied);
        }
    }

    /// Follows what required members bring with them, then draws the plain conclusions.
    pub(super) fn conclude(&mut self, case: &mut Case<'d>) {
        let mut next = 0;
        let mut known = usize::MAX;
        // A new part or a new name may bring further ones. What is no object needs no members.
        while case.types.is_only(Types::OBJECT)
            && (known != case.required.len() || next < case.parts.len())
        {
            known = case.required.len();
            next = case.parts.len();
            for part in case.parts.clone() {
                let brings = self.nodes.keyword(part, "dependentRequired");
                for (name, list) in brings.and_then(Value::as_object).into_iter().flatten() {
                    if case.required.contains(name.as_str()) {
                        let list = list.as_array().into_iter().flatten();
                        case.required.extend(list.filter_map(Value::as_str));
                    }
                }
                let names: Vec<&str> = self.nodes.names(part, "dependentSchemas").collect();
                for name in names {
                    if case.required.contains(name)
                        && let Some(schema) = self.nodes.named(part, "dependentSchemas", name)
                    {
                        self.absorb(case, schema);
                    }
                }
            }
        }
        for part in case.parts.clone() {
            case.items.at_most(self.most_items(part));
        }
        case.conclude();
    }

    /// The number of items that a closed tuple allows.
    fn most_items(&mut self, part: NodeId) -> Option<u64> {
        let first = self.nodes.keyword(part, "prefixItems").and_then(Value::as_array);
        let first = first.map_or(0, Vec::len) as u64;
        let rest = self.nodes.child(part, "items");
        if let Some(rest) = rest {
            return self.nodes.is_nothing(rest).then_some(first);
        }
        let rest = self.nodes.child(part, "unevaluatedItems")?;
        let evaluated = self.evaluated(part);
        (self.nodes.is_nothing(rest) && !evaluated.more_items).then_some(first)
    }

    /// The branches of a split that is a choice.
    pub(super) fn branches(&mut self, split: Split) -> Vec<NodeId> {
        match split {
            Split::Any(part) => self.nodes.listed(part, "anyOf"),
            Split::One(part) => self.nodes.listed(part, "oneOf"),
            Split::If(_) => Vec::new(),
        }
    }

    /// The cases that take the place of `case` once this split of it is decided.
    pub(super) fn divide(&mut self, case: &Case<'d>, split: Split) -> Vec<Case<'d>> {
        let mut rest = case.clone();
        rest.splits.retain(|other| *other != split);
        if let Split::If(part) = split {
            let Some(condition) = self.nodes.child(part, "if") else { return vec![rest] };
            let mut yes = self.with(&rest, condition);
            if let Some(then) = self.nodes.child(part, "then") {
                yes = self.with(&yes, then);
            }
            let mut no = rest;
            no.denied.push(condition);
            if let Some(other) = self.nodes.child(part, "else") {
                no = self.with(&no, other);
            }
            return vec![yes, no];
        }
        let branches = self.branches(split);
        let mut cases = Vec::with_capacity(branches.len());
        for branch in &branches {
            let mut case = self.with(&rest, *branch);
            case.variant = Some(*branch);
            case.rivals.clone_from(&branches);
            if matches!(split, Split::One(_)) {
                case.denied.extend(branches.iter().filter(|other| *other != branch));
            }
            cases.push(case);
        }
        cases
    }

    /// The types that a value of this schema may have, and perhaps more.
    pub(super) fn types(&mut self, schema: NodeId) -> Types {
        if let Some(known) = self.types_of.get(&schema) {
            return *known;
        }
        // While it is under way, so that recursion ends.
        self.types_of.insert(schema, Types::ALL);
        let mut types = Types::ALL;
        for part in &self.nodes.parts(schema).list {
            match self.nodes.value(*part) {
                Value::Object(object) => types = types.and(own_types(object)),
                Value::Bool(false) => types = Types::NONE,
                _ => {}
            }
            for split in [Split::Any(*part), Split::One(*part)] {
                let branches = self.branches(split);
                if !branches.is_empty() {
                    let each = branches.iter().map(|branch| self.types(*branch));
                    types = types.and(each.fold(Types::NONE, Types::or));
                }
            }
        }
        self.types_of.insert(schema, types);
        types
    }
}
