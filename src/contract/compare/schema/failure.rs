//! What comes out of a goal: why it fails, and the goals about parts of the value that it
//! depends on.

use super::{nodes::NodeId, prover::GoalId};
use crate::contract::{pointer, shape::Types};

/// One step into a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Step<'d> {
    Member(&'d str),
    AnyMember,
    Item(usize),
    AnyItem,
}

impl Step<'_> {
    /// The pointer after this step.
    pub(super) fn after(self, path: &str) -> String {
        match self {
            Step::Member(name) => pointer::join(path, name),
            Step::AnyMember | Step::AnyItem => format!("{path}/*"),
            Step::Item(number) => format!("{path}/{number}"),
        }
    }
}

/// How bad a failure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// Only by members that one side does not declare.
    Undeclared,
    /// Not decided.
    Unknown(&'static str),
    Fails,
}

/// What a failure is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Facet<'d> {
    /// These types are too many.
    Type(Types),
    /// This value is too many.
    Value(String),
    /// There is no list of values.
    Values,
    /// A bound, by its keyword.
    Bound(&'static str),
    Pattern,
    Format,
    /// A member may be missing.
    Required(&'d str),
    /// A member that only one side declares.
    Undeclared(&'d str),
    /// Members that nobody declares.
    Open,
    Unique,
    /// A variant without a counterpart.
    Branch(String),
    /// Another rule, by its keyword.
    Rule(&'static str),
    Undecided,
}

/// A keyword of a schema; the schema itself where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) node: NodeId,
    pub(super) keyword: &'static str,
}

/// One reason why a goal is not reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure<'d> {
    pub(super) facet: Facet<'d>,
    pub(super) level: Level,
    /// What demands it.
    pub(super) wide: Spot,
    /// What does not promise it.
    pub(super) narrow: Option<Spot>,
    /// What is demanded, in words.
    pub(super) demanded: String,
    /// What is promised, in words.
    pub(super) promised: String,
}

impl Failure<'_> {
    /// What is demanded, and what is promised instead.
    pub(super) fn say(&mut self, demanded: impl Into<String>, promised: impl Into<String>) {
        self.demanded = demanded.into();
        self.promised = promised.into();
    }
}

/// A goal below another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Below<'d> {
    pub(super) step: Step<'d>,
    pub(super) goal: GoalId,
    /// What stands on the left, where the goal itself has nothing there.
    pub(super) narrow: Option<NodeId>,
}

/// What came out of a goal: why it fails here, and what it depends on.
#[derive(Clone, Debug, Default)]
pub(super) struct Out<'d> {
    pub(super) own: Vec<Failure<'d>>,
    pub(super) below: Vec<Below<'d>>,
}

impl<'d> Out<'d> {
    pub(super) fn fails(failure: Failure<'d>) -> Self {
        Self { own: vec![failure], below: Vec::new() }
    }

    pub(super) fn add(&mut self, other: Self) {
        for failure in other.own {
            // Two variants may break the same promise.
            let twin =
                |known: &Failure<'_>| known.facet == failure.facet && known.wide == failure.wide;
            if !self.own.iter().any(twin) {
                self.own.push(failure);
            }
        }
        for below in other.below {
            if !self.below.contains(&below) {
                self.below.push(below);
            }
        }
    }
}

/// How much is wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) fails: u32,
    pub(super) unknown: u32,
    pub(super) undeclared: u32,
}

impl Wrong {
    pub(super) fn is_nothing(self) -> bool {
        self == Self::default()
    }

    pub(super) fn cost(self) -> u32 {
        10 * (self.fails + self.unknown) + self.undeclared
    }

    /// Counts what a goal itself fails by.
    pub(super) fn count_all(&mut self, out: &Out<'_>) {
        for failure in &out.own {
            match failure.level {
                Level::Undeclared => self.undeclared += 1,
                Level::Unknown(_) => self.unknown += 1,
                Level::Fails => self.fails += 1,
            }
        }
    }
}
