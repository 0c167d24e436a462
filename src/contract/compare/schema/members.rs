//! What a case says about one member, about members without a name of their own, and about items.

use std::collections::{BTreeSet, HashSet};

use serde_json::{Value, json};

use super::{case::Case, difference::Usage, failure::Step, nodes::NodeId, prover::Prover};
use crate::contract::schema::Lone;

/// What holds for a member, where it is there.
#[derive(Debug, Default)]
pub(super) struct Member {
    pub(super) holds: Vec<NodeId>,
    pub(super) denied: Vec<NodeId>,
    /// It can never be there.
    pub(super) forbidden: bool,
    /// A schema names it, or a pattern for it.
    pub(super) declared: bool,
}

impl Member {
    fn add(&mut self, prover: &Prover<'_>, schema: NodeId) {
        if prover.nodes.is_nothing(schema) {
            self.forbidden = true;
        }
        if !prover.nodes.is_anything(schema) && !self.holds.contains(&schema) {
            self.holds.push(schema);
        }
    }
}

/// What the schemas that apply to a value speak of, so that `unevaluated*` does not.
#[derive(Clone, Debug, Default)]
pub(super) struct Evaluated<'d> {
    pub(super) names: BTreeSet<&'d str>,
    pub(super) patterns: Vec<&'d str>,
    /// All members.
    pub(super) all: bool,
    /// Items beyond the first ones of the schema itself.
    pub(super) more_items: bool,
}

impl<'d> Prover<'d> {
    /// Whether a name matches a pattern; `None` where the pattern cannot be tried.
    pub(super) fn matches(&mut self, pattern: &'d str, name: &str) -> Option<bool> {
        let compile = || Lone::new(&json!({ "pattern": pattern }));
        let lone = self.patterns.entry(pattern).or_insert_with(compile);
        lone.as_ref().map(|lone| lone.accepts(&Value::from(name)))
    }

    /// What the case says of this member.
    pub(super) fn member(&mut self, case: &Case<'d>, name: &str) -> Member {
        let mut member = Member { forbidden: case.absent.contains(name), ..Member::default() };
        for part in &case.parts {
            let mut applies = false;
            let mut may_apply = false;
            if let Some(schema) = self.nodes.named(*part, "properties", name) {
                applies = true;
                member.add(self, schema);
            }
            let patterns: Vec<&str> = self.nodes.names(*part, "patternProperties").collect();
            for pattern in patterns {
                match self.matches(pattern, name) {
                    Some(true) => {
                        applies = true;
                        if let Some(schema) = self.nodes.named(*part, "patternProperties", pattern)
                        {
                            member.add(self, schema);
                        }
                    }
                    Some(false) => {}
                    None => may_apply = true,
                }
            }
            member.declared |= applies;
            if !applies && !may_apply {
                if let Some(schema) = self.nodes.child(*part, "additionalProperties") {
                    member.add(self, schema);
                }
                if let Some(schema) = self.nodes.child(*part, "unevaluatedProperties")
                    && !self.evaluates(*part, name)
                {
                    member.add(self, schema);
                }
            }
            if let Some(names) = self.nodes.child(*part, "propertyNames")
                && self.judge(&Value::from(name), names) == Some(false)
            {
                member.forbidden = true;
            }
        }
        if let Some(extra) = case.extra.get(name) {
            for schema in &extra.holds {
                member.add(self, *schema);
            }
            member.denied.clone_from(&extra.denied);
        }
        member
    }

    fn evaluates(&mut self, part: NodeId, name: &str) -> bool {
        let evaluated = self.evaluated(part);
        evaluated.all
            || evaluated.names.contains(name)
            || evaluated.patterns.iter().any(|p| self.matches(p, name) != Some(false))
    }

    /// The names that the case speaks of.
    pub(super) fn declared_names(&self, case: &Case<'d>) -> BTreeSet<&'d str> {
        let named = case.parts.iter().flat_map(|part| self.nodes.names(*part, "properties"));
        named.chain(case.extra.keys().copied()).collect()
    }

    /// What the case says of members that no schema names; of those that match `pattern`, or of
    /// those that match no pattern of the case.
    pub(super) fn others(&mut self, case: &Case<'d>, pattern: Option<&str>) -> Member {
        let mut member = Member::default();
        for part in &case.parts {
            let patterns: Vec<&str> = self.nodes.names(*part, "patternProperties").collect();
            match pattern {
                Some(pattern) if patterns.contains(&pattern) => {
                    if let Some(schema) = self.nodes.named(*part, "patternProperties", pattern) {
                        member.declared = true;
                        member.add(self, schema);
                    }
                    continue;
                }
                // Some of these names match a pattern here, and some may not.
                Some(_) if !patterns.is_empty() => continue,
                _ => {}
            }
            if let Some(schema) = self.nodes.child(*part, "additionalProperties") {
                member.add(self, schema);
            } else if let Some(schema) = self.nodes.child(*part, "unevaluatedProperties") {
                let evaluated = self.evaluated(*part);
                if !evaluated.all && (pattern.is_none() || evaluated.patterns.is_empty()) {
                    member.add(self, schema);
                }
            }
        }
        member
    }

    /// What the case says of the item with this number.
    pub(super) fn item(&mut self, case: &Case<'d>, number: usize) -> Vec<NodeId> {
        let mut holds = Vec::new();
        for part in &case.parts {
            let first = self.nodes.listed(*part, "prefixItems");
            let schema = match first.get(number) {
                Some(schema) => Some(*schema),
                None => self.nodes.child(*part, "items").or_else(|| {
                    let rest = self.nodes.child(*part, "unevaluatedItems")?;
                    (!self.evaluated(*part).more_items).then_some(rest)
                }),
            };
            if let Some(schema) = schema
                && !self.nodes.is_anything(schema)
                && !holds.contains(&schema)
            {
                holds.push(schema);
            }
        }
        holds
    }

    /// What the schema and all that apply with it, in whatever branch, speak of.
    pub(super) fn evaluated(&mut self, schema: NodeId) -> Evaluated<'d> {
        let mut evaluated = Evaluated::default();
        let mut met = HashSet::from([schema]);
        let mut queue = vec![schema];
        while let Some(here) = queue.pop() {
            evaluated.names.extend(self.nodes.names(here, "properties"));
            evaluated.patterns.extend(self.nodes.names(here, "patternProperties"));
            let says = |keyword| self.nodes.keyword(here, keyword).is_some();
            let is_below = here != schema;
            evaluated.all |= says("additionalProperties")
                || is_below && says("unevaluatedProperties")
                || says("$dynamicRef");
            evaluated.more_items |= says("items")
                || says("contains")
                || says("$dynamicRef")
                || is_below && (says("prefixItems") || says("unevaluatedItems"));
            let mut below = self.nodes.parts(here).list.clone();
            for keyword in ["anyOf", "oneOf"] {
                below.extend(self.nodes.listed(here, keyword));
            }
            for keyword in ["if", "then", "else"] {
                below.extend(self.nodes.child(here, keyword));
            }
            let names: Vec<&str> = self.nodes.names(here, "dependentSchemas").collect();
            for name in names {
                below.extend(self.nodes.named(here, "dependentSchemas", name));
            }
            queue.extend(below.into_iter().filter(|id| met.insert(*id)));
        }
        evaluated
    }

    /// Whether a schema speaks of this spot at all.
    pub(super) fn speaks_of(&mut self, schema: NodeId, step: Step<'d>) -> bool {
        let evaluated = self.evaluated(schema);
        match step {
            Step::Member(name) => {
                evaluated.all || !evaluated.patterns.is_empty() || evaluated.names.contains(name)
            }
            Step::AnyMember => evaluated.all || !evaluated.patterns.is_empty(),
            Step::Item(_) | Step::AnyItem => {
                evaluated.more_items || self.nodes.keyword(schema, "prefixItems").is_some()
            }
        }
    }

    /// Whether a member is no part of such messages, so that it need not be there.
    pub(super) fn is_left_out(&mut self, parts: &[NodeId], name: &str) -> bool {
        let flag = match self.usage {
            Usage::Request => "readOnly",
            Usage::Response => "writeOnly",
        };
        parts.iter().any(|part| {
            self.nodes.named(*part, "properties", name).is_some_and(|schema| {
                let parts = self.nodes.parts(schema);
                parts.list.iter().any(|part| self.nodes.flag(*part, flag))
            })
        })
    }
}
