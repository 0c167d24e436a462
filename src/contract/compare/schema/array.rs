//! Keywords about the items of an array.

use super::{
    case::{Case, whole},
    failure::{Below, Facet, Level, Out, Step},
    nodes::NodeId,
    prover::Prover,
};
use crate::contract::shape::Types;

const CONTAINS: &str = "whether one `contains` promises another is not decided";
const UNEVALUATED: &str = "`unevaluatedItems` depends on variants";

/// Items with a rule of their own that are looked at one by one.
const MOST_FIRST: usize = 256;

impl<'d> Prover<'d> {
    /// The keywords of one part about items.
    pub(super) fn items(&mut self, case: &Case<'d>, part: NodeId) -> Out<'d> {
        let mut out = Out::default();
        let first = self.nodes.listed(part, "prefixItems");
        let rest = self.nodes.child(part, "items");
        let (rest, keyword) = match rest {
            Some(rest) => (Some(rest), "items"),
            None => (self.unevaluated(case, part, &mut out), "unevaluatedItems"),
        };
        if first.is_empty() && rest.is_none() {
            return out;
        }
        let mut own = first.len();
        for part in &case.parts {
            own = own.max(self.nodes.listed(*part, "prefixItems").len());
        }
        let most = case.items.most.unwrap_or(u64::MAX);
        for number in 0..own.min(MOST_FIRST) {
            if number as u64 >= most {
                return out;
            }
            if let Some(schema) = first.get(number).copied().or(rest) {
                out.add(self.item_below(case, (part, keyword), number, schema, true));
            }
        }
        if let Some(rest) = rest
            && most > own as u64
        {
            out.add(self.item_below(case, (part, keyword), own, rest, false));
        }
        out
    }

    fn item_below(
        &mut self,
        case: &Case<'d>,
        (part, keyword): (NodeId, &'static str),
        number: usize,
        schema: NodeId,
        is_first: bool,
    ) -> Out<'d> {
        if self.nodes.is_anything(schema) {
            return Out::default();
        }
        let holds = self.item(case, number);
        if self.nodes.is_nothing(schema) {
            let item = self.case(&holds);
            if self.is_hollow(&item, 2) {
                return Out::default();
            }
            let facet = Facet::Bound("maxItems");
            let mut failure = self.failure(case, (part, keyword), facet, Level::Fails);
            failure.say(
                format!("at most {number} items"),
                match case.items.most {
                    Some(most) => format!("at most {most} items"),
                    None => "no bound".to_owned(),
                },
            );
            return Out::fails(failure);
        }
        let step = if is_first { Step::Item(number) } else { Step::AnyItem };
        let goal = self.goal(holds, vec![schema]);
        Out {
            own: Vec::new(),
            below: vec![Below { step, goal, narrow: case.parts.first().copied() }],
        }
    }

    /// `unevaluatedItems` as the rule for the rest, where nothing else speaks of the rest.
    fn unevaluated(&mut self, case: &Case<'d>, part: NodeId, out: &mut Out<'d>) -> Option<NodeId> {
        let rest = self.nodes.child(part, "unevaluatedItems")?;
        if self.nodes.is_anything(rest) {
            return None;
        }
        if self.evaluated(part).more_items {
            let level = Level::Unknown(UNEVALUATED);
            let facet = Facet::Rule("unevaluatedItems");
            out.add(Out::fails(self.failure(case, (part, "unevaluatedItems"), facet, level)));
            return None;
        }
        Some(rest)
    }

    /// `contains`, with how often.
    pub(super) fn contains(&mut self, case: &Case<'d>, part: NodeId) -> Out<'d> {
        let Some(rule) = self.nodes.child(part, "contains") else { return Out::default() };
        if !case.types.has(Types::ARRAY) {
            return Out::default();
        }
        let count =
            |prover: &Self, part, keyword| prover.nodes.keyword(part, keyword).and_then(whole);
        let least = count(self, part, "minContains").unwrap_or(1);
        let most = count(self, part, "maxContains");
        let mut known = Vec::new();
        for part in &case.parts {
            if let Some(schema) = self.nodes.child(*part, "contains") {
                let least = count(self, *part, "minContains").unwrap_or(1);
                known.push((schema, least, count(self, *part, "maxContains")));
            }
        }
        let mut is_least = least == 0;
        let mut is_most = most.is_none_or(|most| case.items.most.is_some_and(|have| have <= most));
        for (schema, has_least, has_most) in &known {
            if !is_least && *has_least >= least {
                is_least = self.implies(&[*schema], rule);
            }
            if let (false, Some(has_most), Some(most)) = (is_most, has_most, most) {
                is_most = *has_most <= most && self.implies(&[rule], *schema);
            }
        }
        let mut out = Out::default();
        if !is_least && !self.items_suffice(case, rule, least) {
            out.add(self.wrong_contains(case, (part, "contains"), known.is_empty()));
        }
        if !is_most && !self.no_item_fits(case, rule, 2) {
            let keyword = "maxContains";
            out.add(self.wrong_contains(case, (part, keyword), known.is_empty()));
        }
        out
    }

    fn wrong_contains(
        &mut self,
        case: &Case<'d>,
        spot: (NodeId, &'static str),
        is_bare: bool,
    ) -> Out<'d> {
        if self.is_hollow(case, 2) {
            return Out::default();
        }
        let level = if is_bare { Level::Fails } else { Level::Unknown(CONTAINS) };
        let mut failure = self.failure(case, spot, Facet::Rule(spot.1), level);
        failure.say(
            format!("`{}`", spot.1),
            if is_bare { "no such rule" } else { "another `contains`" },
        );
        Out::fails(failure)
    }

    /// Whether all that is right by `left` is right by `right`, here and now.
    fn implies(&mut self, left: &[NodeId], right: NodeId) -> bool {
        let case = self.case(left);
        let out = self.prove(&case, &[right]);
        self.weigh(&out).is_nothing()
    }

    /// Whether the items that are surely there are right by the rule often enough.
    fn items_suffice(&mut self, case: &Case<'d>, rule: NodeId, least: u64) -> bool {
        let mut right = 0;
        for number in 0..case.items.least.min(MOST_FIRST as u64) {
            let holds = self.item(case, number as usize);
            right += u64::from(self.implies(&holds, rule));
            if right >= least {
                return true;
            }
        }
        false
    }

    /// Whether no item can be right by the rule.
    pub(super) fn no_item_fits(&mut self, case: &Case<'d>, rule: NodeId, depth: u32) -> bool {
        let mut own = 0;
        for part in &case.parts {
            own = own.max(self.nodes.listed(*part, "prefixItems").len());
        }
        (0..=own.min(MOST_FIRST)).all(|number| {
            let holds: Vec<NodeId> = self.item(case, number).into_iter().chain([rule]).collect();
            let both = self.case(&holds);
            self.is_hollow(&both, depth)
        })
    }
}
