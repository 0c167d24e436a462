//! The proof that every value of some schemas is a value of at least one of others.
//!
//! A goal is a pair of sets: *all of these on the left, hence one of those on the right*. A goal
//! about a member or an item of the value is a goal of its own, kept once and found again by its
//! sets. So recursion ends: a value that breaks a goal has a smallest part that breaks one, and
//! that part is told where it stands; what leads back to a goal under way brings nothing new.

use std::{
    collections::{HashMap, VecDeque},
    rc::Rc,
};

use serde_json::Value;

use super::{
    case::{Case, Split, in_words},
    difference::Usage,
    failure::{Facet, Failure, Level, Out, Spot, Step, Wrong},
    nodes::{NodeId, Nodes},
    numbers::{NumberMap, NumberSet},
    same::Sameness,
};
use crate::contract::{schema::Lone, shape::Types};

/// Attempts within one goal.
const FUEL_OF_A_GOAL: u32 = 1_500;
/// Attempts in all.
const FUEL: u64 = 2_000_000;
/// Goals that are weighed in all.
const WEIGHED: u64 = 2_000_000;
/// Attempts inside each other.
const MOST_DEPTH: u32 = 32;
/// Goals below a variant that are looked at once one of them fails.
const MOST_WEIGHED: usize = 256;
/// Goals that wait for each other.
const MOST_NESTING: u32 = 10;

pub(super) const TOO_MANY: &str = "too many combinations";
pub(super) const LOST: &str = "a reference that is not followed";

/// A goal, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct GoalId(u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Fresh,
    UnderWay,
    /// Its own part is known.
    Known,
    /// It holds, with all that it depends on.
    Holds,
}

/// Schemas that hold, and those of which one has to.
type Sides = (Rc<[NodeId]>, Rc<[NodeId]>);

#[derive(Debug)]
struct Goal<'d> {
    left: Rc<[NodeId]>,
    right: Rc<[NodeId]>,
    state: State,
    out: Rc<Out<'d>>,
}

/// Proves goals about the schemas of two documents.
#[derive(Debug)]
pub(super) struct Prover<'d> {
    pub(super) nodes: Nodes<'d>,
    pub(super) usage: Usage,
    pub(super) types_of: NumberMap<NodeId, Types>,
    pub(super) patterns: HashMap<&'d str, Option<Lone>>,
    pub(super) formats: HashMap<&'d str, Option<Lone>>,
    /// Depth of the value that is judged just now.
    pub(super) judging: u32,
    sameness: Sameness,
    goals: Vec<Goal<'d>>,
    by_sets: NumberMap<Sides, GoalId>,
    /// Goals whose failures were collected.
    told: NumberSet<GoalId>,
    /// Pairs whose declarations were compared.
    pub(super) noted: NumberSet<(NodeId, NodeId)>,
    fuel: u32,
    pub(super) spent: u64,
    /// Goals that were weighed.
    pub(super) weighed: u64,
    depth: u32,
    nesting: u32,
}

impl<'d> Prover<'d> {
    pub(super) fn new(old: &'d Value, new: &'d Value, usage: Usage) -> Self {
        Self {
            nodes: Nodes::new(old, new),
            usage,
            types_of: NumberMap::default(),
            patterns: HashMap::new(),
            formats: HashMap::new(),
            judging: 0,
            sameness: Sameness::default(),
            goals: Vec::new(),
            by_sets: NumberMap::default(),
            told: NumberSet::default(),
            noted: NumberSet::default(),
            fuel: FUEL_OF_A_GOAL,
            spent: 0,
            weighed: 0,
            depth: 0,
            nesting: 0,
        }
    }

    pub(super) fn same(&mut self, one: NodeId, other: NodeId) -> bool {
        self.sameness.same(&mut self.nodes, one, other)
    }

    /// Takes one attempt; false where there is none left.
    pub(super) fn spend(&mut self) -> bool {
        self.spent += 1;
        self.fuel = self.fuel.saturating_sub(1);
        self.fuel > 0 && self.spent < FUEL
    }

    /// The goal that what all of `left` allow is allowed by one of `right`.
    pub(super) fn goal(&mut self, mut left: Vec<NodeId>, right: Vec<NodeId>) -> GoalId {
        left.sort_unstable();
        left.dedup();
        let key: Sides = (left.into(), right.into());
        if let Some(known) = self.by_sets.get(&key) {
            return *known;
        }
        let id = GoalId(self.goals.len() as u32);
        let (left, right) = key.clone();
        self.goals.push(Goal { left, right, state: State::Fresh, out: Rc::default() });
        self.by_sets.insert(key, id);
        id
    }

    /// The schemas on both sides of a goal.
    pub(super) fn sides(&self, goal: GoalId) -> Sides {
        let goal = &self.goals[goal.0 as usize];
        (Rc::clone(&goal.left), Rc::clone(&goal.right))
    }

    /// What the goal itself comes to.
    pub(super) fn out(&mut self, goal: GoalId) -> Rc<Out<'d>> {
        let at = goal.0 as usize;
        if self.goals[at].state == State::Fresh {
            self.goals[at].state = State::UnderWay;
            let (left, right) = self.sides(goal);
            let fuel = std::mem::replace(&mut self.fuel, FUEL_OF_A_GOAL);
            let depth = std::mem::take(&mut self.depth);
            let out = self.solve(&left, &right);
            (self.fuel, self.depth) = (fuel, depth);
            self.goals[at].out = Rc::new(out);
            self.goals[at].state = State::Known;
        }
        Rc::clone(&self.goals[at].out)
    }

    fn solve(&mut self, left: &[NodeId], right: &[NodeId]) -> Out<'d> {
        let plain = |prover: &mut Self, goal: NodeId| {
            prover.nodes.is_anything(goal) || left.iter().any(|known| prover.same(*known, goal))
        };
        if right.iter().any(|goal| plain(self, *goal)) {
            return Out::default();
        }
        let case = self.case(left);
        self.prove(&case, right)
    }

    /// All that is wrong with a goal and with what it depends on. Goals that are under way
    /// count as reached: whoever depends on them is told of their failures there.
    pub(super) fn weigh(&mut self, out: &Out<'d>) -> Wrong {
        let mut wrong = Wrong::default();
        wrong.count_all(out);
        if out.below.is_empty() {
            return wrong;
        }
        if self.nesting >= MOST_NESTING || self.weighed >= WEIGHED {
            wrong.unknown += 1;
            return wrong;
        }
        self.nesting += 1;
        let mut met: NumberSet<GoalId> = NumberSet::default();
        let mut queue: Vec<GoalId> = out.below.iter().map(|below| below.goal).collect();
        let mut all_known = true;
        while let Some(goal) = queue.pop() {
            if !met.insert(goal) {
                continue;
            }
            match self.goals[goal.0 as usize].state {
                State::Holds => continue,
                State::UnderWay => {
                    all_known = false;
                    continue;
                }
                State::Fresh | State::Known => {}
            }
            self.weighed += 1;
            let out = self.out(goal);
            wrong.count_all(&out);
            queue.extend(out.below.iter().map(|below| below.goal));
            // Enough is known to see that it is no fit, or it is too much to be seen here.
            if wrong.cost() > 200 || !wrong.is_nothing() && met.len() > MOST_WEIGHED {
                break;
            }
        }
        self.nesting -= 1;
        if wrong.is_nothing() && all_known {
            for goal in met {
                self.goals[goal.0 as usize].state = State::Holds;
            }
        }
        wrong
    }

    /// The failures of a goal and of all below it, with the way there. A goal is told of once,
    /// whoever asks: what many refer to would be told as often as there are ways to it.
    pub(super) fn collect(&mut self, root: GoalId) -> Vec<(String, Failure<'d>)> {
        let mut found = Vec::new();
        let mut queue = VecDeque::from([(root, String::new(), None)]);
        while let Some((goal, path, narrow)) = queue.pop_front() {
            let is_settled = self.goals[goal.0 as usize].state == State::Holds;
            if is_settled || !self.told.insert(goal) {
                continue;
            }
            let out = self.out(goal);
            for failure in &out.own {
                let mut failure = failure.clone();
                let spot = narrow.map(|node| Spot { node, keyword: "" });
                failure.narrow = failure.narrow.or(spot);
                found.push((path.clone(), failure));
            }
            for below in &out.below {
                if !self.told.contains(&below.goal) {
                    let narrow = below.narrow.or(narrow);
                    queue.push_back((below.goal, below.step.after(&path), narrow));
                }
            }
        }
        found
    }

    /// One of the goals is reached by all values of the case.
    pub(super) fn prove(&mut self, case: &Case<'d>, goals: &[NodeId]) -> Out<'d> {
        if !self.enter() {
            return self.undecided(case, goals, TOO_MANY);
        }
        let out = self.proved(case, goals);
        self.depth -= 1;
        out
    }

    fn enter(&mut self) -> bool {
        if self.depth >= MOST_DEPTH || !self.spend() {
            return false;
        }
        self.depth += 1;
        true
    }

    fn proved(&mut self, case: &Case<'d>, goals: &[NodeId]) -> Out<'d> {
        if self.is_hollow(case, 0) {
            return Out::default();
        }
        let goals = self.flattened(goals);
        for goal in &goals {
            if self.nodes.is_anything(*goal) || self.is_covered(case, *goal) {
                return Out::default();
            }
        }
        match (goals.as_slice(), case.denied.is_empty()) {
            ([one], true) => self.prove_one(case, *one),
            ([one], false) => {
                let out = self.prove_one(case, *one);
                if out.own.is_empty() && self.weigh(&out).is_nothing() {
                    return out;
                }
                let both: Vec<NodeId> = [*one].into_iter().chain(case.denied.clone()).collect();
                self.cover(case, &both, 2).unwrap_or(out)
            }
            _ => self.prove_any(case, &goals, None),
        }
    }

    /// The goals with plain choices among them replaced by their branches.
    fn flattened(&mut self, goals: &[NodeId]) -> Vec<NodeId> {
        let mut flat = Vec::new();
        let mut met = NumberSet::default();
        let mut queue: Vec<NodeId> = goals.iter().rev().copied().collect();
        while let Some(goal) = queue.pop() {
            let behind = self.nodes.behind(goal);
            if !met.insert(behind) || self.nodes.is_nothing(behind) {
                continue;
            }
            if self.nodes.is_only(behind, "anyOf") {
                queue.extend(self.nodes.listed(behind, "anyOf").into_iter().rev());
            } else {
                flat.push(goal);
            }
        }
        if flat.is_empty() { goals.first().copied().into_iter().collect() } else { flat }
    }

    /// All that one schema demands holds for all values of the case.
    pub(super) fn prove_one(&mut self, case: &Case<'d>, goal: NodeId) -> Out<'d> {
        if !self.enter() {
            return self.undecided(case, &[goal], TOO_MANY);
        }
        let out = self.proved_one(case, goal);
        self.depth -= 1;
        out
    }

    fn proved_one(&mut self, case: &Case<'d>, goal: NodeId) -> Out<'d> {
        let parts = self.nodes.parts(goal);
        let lists = |part: &NodeId| self.lists_values(*part);
        if (case.values.is_some() || parts.list.iter().any(lists))
            && let Some(few) = case.few()
        {
            return self.prove_values(case, &few, &[goal]);
        }
        let mut out = Out::default();
        if parts.lost.is_some() {
            out.add(self.undecided(case, &[goal], LOST));
        }
        for part in &parts.list {
            let is_said = case.parts.iter().any(|known| self.same(*known, *part));
            if is_said || self.nodes.is_link(*part) {
                continue;
            }
            for group in Group::ALL {
                out.add(self.divided(case, &parts.list, *part, *group));
            }
        }
        out
    }

    /// One group of keywords, case by case where the whole does not show it.
    fn divided(
        &mut self,
        case: &Case<'d>,
        parts: &[NodeId],
        part: NodeId,
        group: Group,
    ) -> Out<'d> {
        if !self.enter() {
            return self.undecided(case, &[part], TOO_MANY);
        }
        let out = self.group(case, parts, part, group);
        // Choices of the case were looked at already where the group is a choice.
        let is_open = |split: &&Split| {
            matches!(split, Split::If(_)) || !matches!(group, Group::Any | Group::One)
        };
        let out = match case.splits.iter().rev().find(is_open).copied() {
            Some(split) if !self.stands(case, &out) => {
                let mut all = Out::default();
                for case in self.divide(case, split) {
                    if !self.is_hollow(&case, 2) {
                        all.add(self.divided(&case, parts, part, group));
                    }
                }
                // Where the variants are too many the whole has to do.
                let too_many = |failure: &Failure<'_>| failure.level == Level::Unknown(TOO_MANY);
                if all.own.iter().any(too_many) && !out.own.is_empty() { out } else { all }
            }
            _ => out,
        };
        self.depth -= 1;
        out
    }

    fn lists_values(&self, part: NodeId) -> bool {
        self.nodes.keyword(part, "enum").is_some() || self.nodes.keyword(part, "const").is_some()
    }

    /// Whether nothing is left that a closer look at the variants of the case could mend.
    fn stands(&mut self, case: &Case<'d>, out: &Out<'d>) -> bool {
        if !out.own.is_empty() {
            return false;
        }
        for below in &out.below {
            let touched =
                case.splits.clone().into_iter().any(|split| self.touches(split, below.step));
            let one = Out { own: Vec::new(), below: vec![*below] };
            if touched && !self.weigh(&one).is_nothing() {
                return false;
            }
        }
        true
    }

    fn touches(&mut self, split: Split, step: Step<'d>) -> bool {
        let mut schemas = self.branches(split);
        if let Split::If(part) = split {
            for keyword in ["if", "then", "else"] {
                schemas.extend(self.nodes.child(part, keyword));
            }
        }
        schemas.into_iter().any(|schema| self.speaks_of(schema, step))
    }

    fn group(&mut self, case: &Case<'d>, parts: &[NodeId], part: NodeId, group: Group) -> Out<'d> {
        let Some(object) = self.nodes.object(part) else {
            let nothing = self.nodes.is_nothing(part);
            return if nothing { self.nothing(case, part) } else { Out::default() };
        };
        let says = |keyword: &str| object.contains_key(keyword);
        match group {
            Group::Plain => self.plain(case, part),
            Group::Object if case.types.has(Types::OBJECT) => self.members(case, parts, part),
            Group::Array if case.types.has(Types::ARRAY) => self.items(case, part),
            Group::Any if says("anyOf") => {
                let branches = self.nodes.listed(part, "anyOf");
                self.prove(case, &branches)
            }
            Group::One if says("oneOf") => {
                let branches = self.nodes.listed(part, "oneOf");
                self.prove_any(case, &branches, Some(part))
            }
            Group::Rules => self.rules(case, part),
            _ => Out::default(),
        }
    }

    /// A failure with places on both sides.
    pub(super) fn failure(
        &self,
        case: &Case<'d>,
        (part, keyword): (NodeId, &'static str),
        facet: Facet<'d>,
        level: Level,
    ) -> Failure<'d> {
        let says = |part: &&NodeId| self.nodes.keyword(**part, keyword).is_some();
        let narrow = case.parts.iter().find(says).map(|node| Spot { node: *node, keyword });
        let narrow = narrow.or_else(|| {
            let node = case.parts.first()?;
            Some(Spot { node: *node, keyword: "" })
        });
        Failure {
            facet,
            level,
            wide: Spot { node: part, keyword },
            narrow,
            demanded: String::new(),
            promised: String::new(),
        }
    }

    /// That it was not decided, for this reason.
    pub(super) fn undecided(
        &self,
        case: &Case<'d>,
        goals: &[NodeId],
        reason: &'static str,
    ) -> Out<'d> {
        let Some(goal) = goals.first().or(case.parts.first()) else { return Out::default() };
        Out::fails(self.failure(case, (*goal, ""), Facet::Undecided, Level::Unknown(reason)))
    }

    fn nothing(&mut self, case: &Case<'d>, part: NodeId) -> Out<'d> {
        if self.is_hollow(case, 3) {
            return Out::default();
        }
        let mut failure = self.failure(case, (part, ""), Facet::Type(case.types), Level::Fails);
        failure.say("nothing", in_words(case.types));
        Out::fails(failure)
    }
}

/// Keywords that are proved together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    Plain,
    Object,
    Array,
    Any,
    One,
    Rules,
}

impl Group {
    const ALL: &'static [Self] =
        &[Self::Plain, Self::Object, Self::Array, Self::Any, Self::One, Self::Rules];
}
