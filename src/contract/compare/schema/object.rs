//! Keywords about the members of an object.

use serde_json::Value;

use super::{
    case::Case,
    failure::{Below, Facet, Failure, Level, Out, Step},
    members::{Evaluated, Member},
    nodes::{NodeId, Side},
    prover::Prover,
};

const PATTERN: &str = "the pattern for names cannot be compared";

/// The names that a schema speaks of, so that its rule for all others does not.
struct Named<'d> {
    names: Vec<&'d str>,
    patterns: Vec<&'d str>,
}

impl<'d> Prover<'d> {
    /// The keywords of one part about members; `parts` are all that it is a part of.
    pub(super) fn members(&mut self, case: &Case<'d>, parts: &[NodeId], part: NodeId) -> Out<'d> {
        let mut out = Out::default();
        for name in self.nodes.texts(part, "required") {
            if !case.required.contains(name) && !self.is_left_out(parts, name) {
                out.add(self.missing(case, part, name));
            }
        }
        let names: Vec<&str> = self.nodes.names(part, "properties").collect();
        for name in names {
            if let Some(schema) = self.nodes.named(part, "properties", name) {
                out.add(self.named_member(case, part, name, schema));
            }
        }
        let patterns: Vec<&str> = self.nodes.names(part, "patternProperties").collect();
        for pattern in patterns {
            if let Some(schema) = self.nodes.named(part, "patternProperties", pattern) {
                out.add(self.patterned(case, part, pattern, schema));
            }
        }
        if let Some(schema) = self.nodes.child(part, "additionalProperties") {
            let spoken_of = Named {
                names: self.nodes.names(part, "properties").collect(),
                patterns: self.nodes.names(part, "patternProperties").collect(),
            };
            out.add(self.all_others(case, (part, "additionalProperties"), schema, &spoken_of));
        }
        if let Some(schema) = self.nodes.child(part, "unevaluatedProperties")
            && let Some(evaluated) = self.surely_evaluated(case, part)
        {
            out.add(self.all_others(case, (part, "unevaluatedProperties"), schema, &evaluated));
        }
        out
    }

    fn missing(&mut self, case: &Case<'d>, part: NodeId, name: &'d str) -> Out<'d> {
        if self.is_hollow(case, 2) {
            return Out::default();
        }
        let facet = Facet::Required(name);
        let mut failure = self.failure(case, (part, "required"), facet, Level::Fails);
        failure.say("required", "optional");
        Out::fails(failure)
    }

    /// That a member, where it is there, is right by this schema.
    fn below(
        &mut self,
        case: &Case<'d>,
        step: Step<'d>,
        member: &Member,
        schema: NodeId,
    ) -> Out<'d> {
        if member.forbidden || self.nodes.is_anything(schema) {
            return Out::default();
        }
        let right = [schema].into_iter().chain(member.denied.iter().copied()).collect();
        let goal = self.goal(member.holds.clone(), right);
        let narrow = case.parts.first().copied();
        Out { own: Vec::new(), below: vec![Below { step, goal, narrow }] }
    }

    fn named_member(
        &mut self,
        case: &Case<'d>,
        part: NodeId,
        name: &'d str,
        schema: NodeId,
    ) -> Out<'d> {
        let member = self.member(case, name);
        let says_nothing = member.holds.is_empty() && member.denied.is_empty();
        if !says_nothing || member.declared || member.forbidden || self.nodes.is_anything(schema) {
            return self.below(case, Step::Member(name), &member, schema);
        }
        Out::fails(self.undeclared(case, (part, "properties"), name))
    }

    fn undeclared(
        &self,
        case: &Case<'d>,
        spot: (NodeId, &'static str),
        name: &'d str,
    ) -> Failure<'d> {
        self.failure(case, spot, Facet::Undeclared(name), Level::Undeclared)
    }

    fn patterned(
        &mut self,
        case: &Case<'d>,
        part: NodeId,
        pattern: &'d str,
        schema: NodeId,
    ) -> Out<'d> {
        let mut out = Out::default();
        if self.nodes.is_anything(schema) {
            return out;
        }
        for name in self.declared_names(case) {
            if self.matches(pattern, name) != Some(false) {
                let member = self.member(case, name);
                out.add(self.below(case, Step::Member(name), &member, schema));
            }
        }
        let others = self.others(case, Some(pattern));
        if others.forbidden {
            return out;
        }
        if !others.holds.is_empty() {
            out.add(self.below(case, Step::AnyMember, &others, schema));
            return out;
        }
        let says = |part: &NodeId| self.nodes.keyword(*part, "patternProperties").is_some();
        let level =
            if case.parts.iter().any(says) { Level::Unknown(PATTERN) } else { Level::Undeclared };
        let facet = Facet::Rule("patternProperties");
        let mut failure = self.failure(case, (part, "patternProperties"), facet, level);
        failure.say(format!("members that match {pattern}"), "any");
        out.add(Out::fails(failure));
        out
    }

    /// That all members beside the named ones are right by this schema.
    fn all_others(
        &mut self,
        case: &Case<'d>,
        spot: (NodeId, &'static str),
        schema: NodeId,
        named: &Named<'d>,
    ) -> Out<'d> {
        let mut out = Out::default();
        if self.nodes.is_anything(schema) {
            return out;
        }
        let is_closed = self.nodes.is_nothing(schema);
        for name in self.declared_names(case) {
            let is_named = named.names.contains(&name)
                || named.patterns.iter().any(|p| self.matches(p, name) == Some(true));
            let member = self.member(case, name);
            if is_named || member.forbidden {
                continue;
            }
            if !is_closed {
                out.add(self.below(case, Step::Member(name), &member, schema));
            } else if !self.is_impossible(&member) {
                let mut failure = self.undeclared(case, spot, name);
                // A member that was declared is refused now.
                if self.nodes.side(spot.0) == Side::New {
                    failure.level = Level::Fails;
                }
                out.add(Out::fails(failure));
            }
        }
        let patterns: Vec<&str> = case
            .parts
            .iter()
            .flat_map(|part| self.nodes.names(*part, "patternProperties").collect::<Vec<_>>())
            .filter(|pattern| !named.patterns.contains(pattern))
            .collect();
        for pattern in patterns {
            let member = self.others(case, Some(pattern));
            out.add(self.open(case, spot, schema, &member));
        }
        let others = self.others(case, None);
        out.add(self.open(case, spot, schema, &others));
        out
    }

    /// That members without a name are right by this schema.
    fn open(
        &mut self,
        case: &Case<'d>,
        spot: (NodeId, &'static str),
        schema: NodeId,
        others: &Member,
    ) -> Out<'d> {
        let is_full = case.members.most == Some(case.required.len() as u64);
        if others.forbidden || is_full && self.names_are_declared(case) {
            return Out::default();
        }
        if !self.nodes.is_nothing(schema) {
            return self.below(case, Step::AnyMember, others, schema);
        }
        if self.is_impossible(others) {
            return Out::default();
        }
        let mut failure = self.failure(case, spot, Facet::Open, Level::Undeclared);
        failure.say("no other members", "any other members");
        if let Some(narrow) = &mut failure.narrow
            && narrow.keyword.is_empty()
        {
            let other = ["additionalProperties", "unevaluatedProperties"];
            let other = if spot.1 == other[0] { other[1] } else { other[0] };
            let says = |part: &&NodeId| self.nodes.keyword(**part, other).is_some();
            if let Some(part) = case.parts.iter().find(says) {
                (narrow.node, narrow.keyword) = (*part, other);
            }
        }
        Out::fails(failure)
    }

    fn names_are_declared(&mut self, case: &Case<'d>) -> bool {
        let declared = self.declared_names(case);
        case.required.iter().all(|name| declared.contains(name))
    }

    fn is_impossible(&mut self, member: &Member) -> bool {
        let case = self.case(&member.holds);
        member.forbidden || self.is_hollow(&case, 2)
    }

    /// The names that a schema evaluates for all values of the case; `None` where it evaluates
    /// all names.
    fn surely_evaluated(&mut self, case: &Case<'d>, part: NodeId) -> Option<Named<'d>> {
        let mut all = Evaluated::default();
        let mut surely = self.nodes.parts(part).list.clone();
        let mut next = 0;
        while let Some(here) = surely.get(next).copied() {
            next += 1;
            all.names.extend(self.nodes.names(here, "properties"));
            all.patterns.extend(self.nodes.names(here, "patternProperties"));
            all.all |= self.nodes.keyword(here, "additionalProperties").is_some();
            all.all |= here != part && self.nodes.keyword(here, "unevaluatedProperties").is_some();
            for keyword in ["anyOf", "oneOf"] {
                for branch in self.nodes.listed(here, keyword) {
                    let out = self.prove(case, &[branch]);
                    if self.weigh(&out).is_nothing() {
                        let parts = self.nodes.parts(branch);
                        let new = parts.list.iter().filter(|id| !surely.contains(id));
                        surely.extend(new.copied().collect::<Vec<_>>());
                    }
                }
            }
        }
        (!all.all).then(|| Named { names: all.names.into_iter().collect(), patterns: all.patterns })
    }

    /// That the names of all members are right by this schema.
    pub(super) fn name_rule(&mut self, case: &Case<'d>, part: NodeId) -> Out<'d> {
        let Some(rule) = self.nodes.child(part, "propertyNames") else { return Out::default() };
        let mut narrow = Vec::new();
        for part in &case.parts {
            narrow.extend(self.nodes.child(*part, "propertyNames"));
        }
        let patterns = |part: &NodeId| self.nodes.keyword(*part, "patternProperties").is_some();
        let has_patterns = case.parts.iter().any(patterns);
        let is_right = if self.others(case, None).forbidden && !has_patterns {
            let mut is_right = true;
            for name in self.declared_names(case) {
                let is_absent = self.member(case, name).forbidden;
                is_right &= is_absent || self.judge(&Value::from(name), rule) == Some(true);
            }
            is_right
        } else {
            let mut names = self.case(&narrow);
            names.types = names.types.and(crate::contract::shape::Types::STRING);
            let out = self.prove(&names, &[rule]);
            self.weigh(&out).is_nothing()
        };
        if is_right {
            return Out::default();
        }
        let level = if has_patterns { Level::Unknown(PATTERN) } else { Level::Fails };
        let facet = Facet::Rule("propertyNames");
        let mut failure = self.failure(case, (part, "propertyNames"), facet, level);
        failure.say(
            "a rule for names",
            if narrow.is_empty() { "any names" } else { "another rule for names" },
        );
        Out::fails(failure)
    }
}
