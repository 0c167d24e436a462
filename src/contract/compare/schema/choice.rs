//! `anyOf` and `oneOf`: every variant on the left has to lie within the variants on the right,
//! in one of them or, piece by piece, in several.

use super::{
    case::{Case, Count, End, Split, in_words, whole},
    decimal::Decimal,
    failure::{Facet, Failure, Level, Out, Spot, Step},
    nodes::NodeId,
    pairing::Kinship,
    prover::{Prover, TOO_MANY},
};
use crate::contract::{schema::clip, shape::Types};

const OVERLAP: &str = "a value may be right by two variants of `oneOf`";

/// Types that are looked at apart.
const KINDS: &[Types] = &[
    Types::NULL,
    Types::BOOLEAN,
    Types::INTEGER,
    Types::FRACTION,
    Types::STRING,
    Types::ARRAY,
    Types::OBJECT,
];
/// Pieces that are cut off one after another.
const MOST_CUTS: u32 = 6;
/// A variant with more to blame than this is no counterpart.
const NO_COUNTERPART: u32 = 60;

impl<'d> Prover<'d> {
    /// Each value of the case is right by one of the goals; by exactly one where they are the
    /// variants of the `oneOf` of `exclusive`.
    pub(super) fn prove_any(
        &mut self,
        case: &Case<'d>,
        goals: &[NodeId],
        exclusive: Option<NodeId>,
    ) -> Out<'d> {
        if !self.spend() {
            return self.undecided(case, goals, TOO_MANY);
        }
        if self.is_hollow(case, 0) {
            return Out::default();
        }
        if exclusive.is_none() && goals.iter().any(|goal| self.is_covered(case, *goal)) {
            return Out::default();
        }
        let choice = case.splits.iter().rev().find(|split| !matches!(split, Split::If(_)));
        if let Some(split) = choice.copied() {
            let mut out = Out::default();
            for case in self.divide(case, split) {
                if !self.is_hollow(&case, 2) {
                    out.add(self.prove_any(&case, goals, exclusive));
                }
            }
            return out;
        }
        if exclusive.is_none()
            && let Some(few) = case.few()
        {
            return self.prove_values(case, &few, goals);
        }
        if let [first, _, ..] = kinds_of(case, self, goals).as_slice() {
            let first = *first;
            let mut out = Out::default();
            for types in [first, case.types.without(first)] {
                let mut part = case.clone();
                part.types = case.types.and(types);
                self.conclude(&mut part);
                out.add(self.prove_any(&part, goals, exclusive));
            }
            return out;
        }
        self.prove_kind(case, goals, exclusive)
    }

    /// The same for a case of one kind of value.
    fn prove_kind(
        &mut self,
        case: &Case<'d>,
        goals: &[NodeId],
        exclusive: Option<NodeId>,
    ) -> Out<'d> {
        let mut candidates = Vec::new();
        for goal in goals {
            if self.types(*goal).has(case.types) {
                let both = self.with(case, *goal);
                if !self.is_hollow(&both, 2) {
                    candidates.push(*goal);
                }
            }
        }
        let mut out = match candidates.as_slice() {
            [] => return self.without_counterpart(case, goals),
            [one] if case.denied.is_empty() => return self.prove_one(case, *one),
            _ => self.prove_candidates(case, &candidates),
        };
        if let Some(part) = exclusive {
            for (at, one) in candidates.iter().enumerate() {
                for other in &candidates[..at] {
                    out.add(self.apart(case, part, *one, *other));
                }
            }
        }
        out
    }

    fn prove_candidates(&mut self, case: &Case<'d>, candidates: &[NodeId]) -> Out<'d> {
        let mut best: Option<(Kinship, u32, Out<'d>)> = None;
        for goal in candidates {
            let out = self.prove_one(case, *goal);
            let wrong = self.weigh(&out);
            if wrong.is_nothing() {
                return out;
            }
            let kinship = self.kinship(case, *goal);
            let is_better = best.as_ref().is_none_or(|(known, cost, _)| {
                kinship > *known || kinship == *known && wrong.cost() < *cost
            });
            if is_better {
                best = Some((kinship, wrong.cost(), out));
            }
        }
        let all: Vec<NodeId> = candidates.iter().chain(&case.denied).copied().collect();
        if let Some(out) = self.cover(case, &all, MOST_CUTS) {
            return out;
        }
        match best {
            Some((kinship, cost, out))
                if kinship > Kinship::Stranger
                    || kinship == Kinship::Stranger
                        && (candidates.len() == 1 || cost <= NO_COUNTERPART) =>
            {
                out
            }
            _ => self.new_variant(case, candidates),
        }
    }

    /// No variant fits: the one that is meant is blamed, where it can be told.
    fn without_counterpart(&mut self, case: &Case<'d>, goals: &[NodeId]) -> Out<'d> {
        if self.is_hollow(case, 3) {
            return Out::default();
        }
        let mut of_kind = Vec::new();
        let mut types = Types::NONE;
        for goal in goals {
            let allowed = self.types(*goal);
            types = types.or(allowed);
            if allowed.has(case.types) {
                of_kind.push(*goal);
            }
        }
        if of_kind.is_empty() {
            let Some(first) = goals.first() else { return Out::default() };
            let facet = Facet::Type(case.types);
            let mut failure = self.failure(case, (*first, ""), facet, Level::Fails);
            failure.say(in_words(types), in_words(case.types));
            failure.narrow = variant_of(case).or(failure.narrow);
            return Out::fails(failure);
        }
        let mut best = None;
        for goal in &of_kind {
            let kinship = self.kinship(case, *goal);
            if best.is_none_or(|(known, _)| kinship > known) {
                best = Some((kinship, *goal));
            }
        }
        match best {
            Some((kinship, goal))
                if kinship > Kinship::Stranger
                    || kinship == Kinship::Stranger && of_kind.len() == 1 =>
            {
                let out = self.prove_one(case, goal);
                if self.weigh(&out).is_nothing() { self.new_variant(case, &of_kind) } else { out }
            }
            _ => self.new_variant(case, &of_kind),
        }
    }

    fn new_variant(&mut self, case: &Case<'d>, goals: &[NodeId]) -> Out<'d> {
        let Some(first) = goals.first() else { return Out::default() };
        let label = match case.variant.or(case.parts.first().copied()) {
            Some(node) => self.label(node),
            None => in_words(case.types),
        };
        let labels: Vec<String> = goals.iter().map(|goal| self.label(*goal)).collect();
        let facet = Facet::Branch(label.clone());
        let mut failure = self.failure(case, (*first, ""), facet, Level::Fails);
        failure.say(clip(&labels.join(" or "), 80), label);
        failure.narrow = variant_of(case).or(failure.narrow);
        Out::fails(failure)
    }

    /// That no value of the case is right by both.
    fn apart(&mut self, case: &Case<'d>, part: NodeId, one: NodeId, other: NodeId) -> Out<'d> {
        let both = self.with(case, one);
        let both = self.with(&both, other);
        if self.is_hollow(&both, 3) {
            return Out::default();
        }
        let mut level = Level::Unknown(OVERLAP);
        if !both.denied.is_empty() {
            let mut positive = both;
            let denied = std::mem::take(&mut positive.denied);
            let out = self.prove_any(&positive, &denied, None);
            let wrong = self.weigh(&out);
            if wrong.is_nothing() {
                return out;
            }
            if wrong.fails + wrong.unknown == 0 || self.is_loose(case) {
                level = Level::Undeclared;
            }
        }
        let mut failure = self.failure(case, (part, "oneOf"), Facet::Rule("oneOf"), level);
        failure.say(
            "exactly one variant",
            format!("`{}` and `{}`", self.label(one), self.label(other)),
        );
        Out::fails(failure)
    }

    /// Whether the variants that the case came from are not apart either: who wrote them so does
    /// not tell them apart by being right by one alone.
    fn is_loose(&mut self, case: &Case<'d>) -> bool {
        case.denied.iter().any(|rival| {
            let mut both = case.clone();
            both.denied.clear();
            let both = self.with(&both, *rival);
            !self.is_hollow(&both, 3)
        })
    }

    /// That the goals cover the case together: what lies outside of one of them has to lie in
    /// the others. `None` where that is not shown.
    pub(super) fn cover(
        &mut self,
        case: &Case<'d>,
        goals: &[NodeId],
        cuts: u32,
    ) -> Option<Out<'d>> {
        if self.is_hollow(case, 2) {
            return Some(Out::default());
        }
        if goals.is_empty() || !self.spend() {
            return None;
        }
        if let Some(few) = case.few() {
            let out = self.prove_values(case, &few, goals);
            return out.own.is_empty().then_some(out);
        }
        let mut least: Option<(usize, usize, Vec<Case<'d>>, Out<'d>)> = None;
        for (at, goal) in goals.iter().enumerate() {
            let both = self.with(case, *goal);
            if self.is_hollow(&both, 2) {
                continue;
            }
            let out = self.prove_one(case, *goal);
            if self.weigh(&out).is_nothing() {
                return Some(out);
            }
            if let Some((pieces, kept)) = self.outside(case, &out)
                && least.as_ref().is_none_or(|(_, count, _, _)| pieces.len() < *count)
            {
                least = Some((at, pieces.len(), pieces, kept));
            }
        }
        let (at, _, pieces, mut all) = least.filter(|_| cuts > 0)?;
        let rest: Vec<NodeId> =
            goals.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, g)| *g).collect();
        for piece in pieces {
            all.add(self.cover(&piece, &rest, cuts - 1)?);
        }
        Some(all)
    }

    /// What of the case lies outside of a goal, from how the goal failed; with it what was
    /// proved on the way. `None` where a failure cannot be turned round.
    fn outside(&mut self, case: &Case<'d>, out: &Out<'d>) -> Option<(Vec<Case<'d>>, Out<'d>)> {
        if !case.splits.is_empty() {
            return None;
        }
        let mut pieces = Vec::new();
        for failure in &out.own {
            let mut piece = case.clone();
            if !self.turn(&mut piece, failure) {
                return None;
            }
            piece.conclude();
            pieces.push(piece);
        }
        let mut kept = Out::default();
        for below in &out.below {
            let one = Out { own: Vec::new(), below: vec![*below] };
            if self.weigh(&one).is_nothing() {
                kept.add(one);
                continue;
            }
            let (_, right) = self.sides(below.goal);
            let (Step::Member(name), Some(schema)) = (below.step, right.first().copied()) else {
                return None;
            };
            let mut piece = self.with_member(case, name);
            piece.extra.entry(name).or_default().denied.push(schema);
            pieces.push(piece);
        }
        Some((pieces, kept))
    }

    /// Makes the case the part of it that a failure is about.
    fn turn(&mut self, case: &mut Case<'d>, failure: &Failure<'d>) -> bool {
        let said = self.nodes.keyword(failure.wide.node, failure.wide.keyword);
        let count = said.and_then(whole);
        let end = |open| said.and_then(Decimal::of).map(|at| End { at, open });
        match (&failure.facet, failure.wide.keyword) {
            (Facet::Type(extra), "type") => case.types = case.types.and(*extra),
            (Facet::Required(name), _) => {
                case.types = case.types.and(Types::OBJECT);
                case.absent.insert(name);
            }
            (Facet::Undeclared(name), "properties") => {
                let schema = self.nodes.named(failure.wide.node, "properties", name);
                *case = self.with_member(case, name);
                case.extra.entry(name).or_default().denied.extend(schema);
            }
            (Facet::Bound(_), keyword) => {
                let (about, ok) = match (keyword, count) {
                    ("minimum", _) => (Types::ALL, end(true).map(|end| case.under(end))),
                    ("exclusiveMinimum", _) => (Types::ALL, end(false).map(|end| case.under(end))),
                    ("maximum", _) => (Types::ALL, end(true).map(|end| case.above(end))),
                    ("exclusiveMaximum", _) => (Types::ALL, end(false).map(|end| case.above(end))),
                    ("minLength", Some(n)) => (Types::STRING, below(&mut case.length, n)),
                    ("maxLength", Some(n)) => (Types::STRING, beyond(&mut case.length, n)),
                    ("minItems", Some(n)) => (Types::ARRAY, below(&mut case.items, n)),
                    ("maxItems", Some(n)) => (Types::ARRAY, beyond(&mut case.items, n)),
                    ("minProperties", Some(n)) => (Types::OBJECT, below(&mut case.members, n)),
                    ("maxProperties", Some(n)) => (Types::OBJECT, beyond(&mut case.members, n)),
                    _ => return false,
                };
                let numbers = Types::INTEGER.or(Types::FRACTION);
                case.types = case.types.and(if about == Types::ALL { numbers } else { about });
                return ok.is_some();
            }
            _ => return false,
        }
        true
    }
}

/// The variant that the case came from.
fn variant_of(case: &Case<'_>) -> Option<Spot> {
    case.variant.map(|node| Spot { node, keyword: "" })
}

/// Fewer than `count`.
fn below(count: &mut Count, limit: u64) -> Option<()> {
    count.at_most(Some(limit.checked_sub(1)?));
    Some(())
}

/// More than `count`.
fn beyond(count: &mut Count, limit: u64) -> Option<()> {
    count.least = count.least.max(limit.checked_add(1)?);
    Some(())
}

/// The kinds of a case that have to be looked at apart: those that not all goals treat alike.
fn kinds_of<'d>(case: &Case<'d>, prover: &mut Prover<'d>, goals: &[NodeId]) -> Vec<Types> {
    let allowed: Vec<Types> = goals.iter().map(|goal| prover.types(*goal)).collect();
    let mut kinds: Vec<(Types, Vec<bool>)> = Vec::new();
    for kind in KINDS.iter().filter(|kind| case.types.has(**kind)) {
        let who: Vec<bool> = allowed.iter().map(|types| types.has(*kind)).collect();
        match kinds.iter_mut().find(|(_, known)| *known == who) {
            Some((types, _)) if who.iter().filter(|has| **has).count() < 2 => {
                *types = types.or(*kind);
            }
            _ => kinds.push((*kind, who)),
        }
    }
    kinds.into_iter().map(|(types, _)| types).collect()
}
