//! Whether a case holds no value at all, and what it says without a proof.

use serde_json::Value;

use super::{
    case::{Case, Split, named_types, whole},
    nodes::{NodeId, is_remark},
    prover::Prover,
};
use crate::contract::shape::Types;

impl<'d> Prover<'d> {
    /// Whether no value at all is in the case, as far as one sees without a search.
    pub(super) fn is_hollow(&mut self, case: &Case<'d>, depth: u32) -> bool {
        if case.types == Types::NONE || case.values.as_ref().is_some_and(Vec::is_empty) {
            return true;
        }
        // Each look costs: where too many were taken the answer is the safe one.
        if !self.spend() {
            return false;
        }
        if let Some(values) = &case.values {
            let right = |prover: &mut Self, value: &Value| {
                case.parts.iter().all(|part| prover.judge(value, *part) != Some(false))
                    && case.denied.iter().all(|part| prover.judge(value, *part) != Some(true))
            };
            if !values.iter().any(|value| right(self, value)) {
                return true;
            }
        }
        for denied in &case.denied {
            if self.is_covered(case, *denied) {
                return true;
            }
        }
        if depth == 0 {
            return false;
        }
        let mut types = case.types;
        if types.has(Types::OBJECT) {
            for name in &case.required {
                let member = self.member(case, name);
                if member.forbidden || self.is_hollow_all(&member.holds, &member.denied, depth - 1)
                {
                    types = types.without(Types::OBJECT);
                    break;
                }
            }
        }
        if types.has(Types::ARRAY) && case.items.least > 0 {
            let item = self.item(case, 0);
            if self.is_hollow_all(&item, &[], depth - 1) {
                types = types.without(Types::ARRAY);
            }
        }
        if types.has(Types::ARRAY) && self.lacks_an_item(case, depth - 1) {
            types = types.without(Types::ARRAY);
        }
        if types == Types::NONE {
            return true;
        }
        // Each variant is impossible: so is the whole.
        let choice = case.splits.iter().find(|split| !matches!(split, Split::If(_))).copied();
        match choice {
            Some(split) if self.spend() => {
                self.divide(case, split).iter().all(|case| self.is_hollow(case, depth - 1))
            }
            _ => false,
        }
    }

    fn is_hollow_all(&mut self, holds: &[NodeId], denied: &[NodeId], depth: u32) -> bool {
        let mut case = self.case(holds);
        case.denied.extend(denied);
        self.is_hollow(&case, depth)
    }

    /// Whether the case says all that the schema says, word for word or at a glance.
    pub(super) fn is_covered(&mut self, case: &Case<'d>, schema: NodeId) -> bool {
        let parts = self.nodes.parts(schema);
        parts.lost.is_none()
            && parts.list.iter().all(|part| {
                self.nodes.is_link(*part)
                    || self.is_plain_in(case, *part)
                    || case.parts.iter().any(|known| self.same(*known, *part))
            })
    }

    /// Whether a part speaks of types and required members alone, and the case has them.
    fn is_plain_in(&self, case: &Case<'d>, part: NodeId) -> bool {
        self.nodes.object(part).is_some_and(|object| {
            object.keys().all(|key| match key.as_str() {
                "type" => case.types.without(named_types(object)) == Types::NONE,
                "required" => {
                    let mut names = self.nodes.texts(part, "required");
                    case.types.is_only(Types::OBJECT) && names.all(|n| case.required.contains(n))
                }
                other => is_remark(other),
            })
        })
    }

    /// Whether the array has to hold an item that it cannot hold.
    fn lacks_an_item(&mut self, case: &Case<'d>, depth: u32) -> bool {
        for part in &case.parts {
            let Some(rule) = self.nodes.child(*part, "contains") else { continue };
            let least = self.nodes.keyword(*part, "minContains").and_then(whole);
            if least != Some(0) && self.no_item_fits(case, rule, depth) {
                return true;
            }
        }
        false
    }
}
