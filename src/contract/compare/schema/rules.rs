//! `not`, conditions and dependencies: rules that apply to the value as a whole.

use serde_json::Value;

use super::{
    case::Case,
    failure::{Facet, Level, Out},
    nodes::NodeId,
    prover::Prover,
};
use crate::contract::shape::Types;

const NOT: &str = "whether a value can be right by what `not` denies is not decided";

impl<'d> Prover<'d> {
    /// Such rules of one part.
    pub(super) fn rules(&mut self, case: &Case<'d>, part: NodeId) -> Out<'d> {
        let mut out = Out::default();
        let Some(object) = self.nodes.object(part) else { return out };
        let says = |keyword| object.contains_key(keyword);
        if says("not") {
            out.add(self.not(case, part));
        }
        if says("if") && (says("then") || says("else")) {
            out.add(self.condition(case, part));
        }
        if says("contains") {
            out.add(self.contains(case, part));
        }
        if case.types.has(Types::OBJECT) {
            if says("propertyNames") {
                out.add(self.name_rule(case, part));
            }
            if says("dependentRequired") {
                out.add(self.dependent_names(case, part));
            }
            if says("dependentSchemas") {
                out.add(self.dependent_schemas(case, part));
            }
        }
        out
    }

    fn not(&mut self, case: &Case<'d>, part: NodeId) -> Out<'d> {
        let Some(denied) = self.nodes.child(part, "not") else { return Out::default() };
        let both = self.with(case, denied);
        let Some(out) = self.empty(&both) else {
            let bare = case.denied.is_empty();
            let level = if bare { Level::Fails } else { Level::Unknown(NOT) };
            let mut failure = self.failure(case, (part, "not"), Facet::Rule("not"), level);
            failure.say("`not`", if bare { "no such rule" } else { "another `not`" });
            return Out::fails(failure);
        };
        out
    }

    /// That no value is in the case; `None` where that is not shown.
    pub(super) fn empty(&mut self, case: &Case<'d>) -> Option<Out<'d>> {
        if self.is_hollow(case, 3) {
            return Some(Out::default());
        }
        if case.denied.is_empty() && case.splits.is_empty() {
            return None;
        }
        let mut positive = case.clone();
        let denied = std::mem::take(&mut positive.denied);
        if denied.is_empty() {
            return None;
        }
        let out = self.prove_any(&positive, &denied, None);
        self.weigh(&out).is_nothing().then_some(out)
    }

    fn condition(&mut self, case: &Case<'d>, part: NodeId) -> Out<'d> {
        let mut out = Out::default();
        let Some(condition) = self.nodes.child(part, "if") else { return out };
        if let Some(then) = self.nodes.child(part, "then") {
            let yes = self.with(case, condition);
            if !self.is_hollow(&yes, 2) {
                out.add(self.prove(&yes, &[then]));
            }
        }
        if let Some(other) = self.nodes.child(part, "else") {
            let mut no = case.clone();
            no.denied.push(condition);
            if !self.is_hollow(&no, 2) {
                out.add(self.prove(&no, &[other]));
            }
        }
        out
    }

    fn dependent_names(&mut self, case: &Case<'d>, part: NodeId) -> Out<'d> {
        let mut out = Out::default();
        let rules = self.nodes.keyword(part, "dependentRequired").and_then(Value::as_object);
        for (name, list) in rules.into_iter().flatten() {
            if self.member(case, name).forbidden {
                continue;
            }
            let there = self.with_member(case, name);
            let list = list.as_array().into_iter().flatten().filter_map(Value::as_str);
            let missing: Vec<&str> = list.filter(|n| !there.required.contains(n)).collect();
            if let Some(missing) = missing.first()
                && !self.is_hollow(&there, 2)
            {
                let facet = Facet::Rule("dependentRequired");
                let mut failure =
                    self.failure(case, (part, "dependentRequired"), facet, Level::Fails);
                failure.say(
                    format!("`{missing}` where there is `{name}`"),
                    format!("`{missing}` optional"),
                );
                out.add(Out::fails(failure));
            }
        }
        out
    }

    fn dependent_schemas(&mut self, case: &Case<'d>, part: NodeId) -> Out<'d> {
        let mut out = Out::default();
        let names: Vec<&str> = self.nodes.names(part, "dependentSchemas").collect();
        for name in names {
            let Some(schema) = self.nodes.named(part, "dependentSchemas", name) else { continue };
            if self.member(case, name).forbidden {
                continue;
            }
            let there = self.with_member(case, name);
            if !self.is_hollow(&there, 2) {
                out.add(self.prove(&there, &[schema]));
            }
        }
        out
    }
}
