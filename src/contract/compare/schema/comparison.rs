//! Two documents whose schemas are compared, and how failures of both directions become one
//! difference.

use serde_json::Value;

use super::{
    declared::Note,
    difference::{Change, Containment, Difference, Usage},
    failure::{Facet, Failure, Level, Spot, Step},
    nodes::Side,
    prover::Prover,
};
use crate::contract::{pointer, shape::Types};

/// Compares schemas of two documents, and remembers what was proved: one for a pair of documents
/// and a usage is enough, and cheapest.
///
/// Both documents hold JSON Schema 2020-12, references as `#/...` within the document.
#[derive(Debug)]
pub struct Comparison<'d> {
    prover: Prover<'d>,
}

impl<'d> Comparison<'d> {
    /// A comparison of these documents.
    pub fn new(old: &'d Value, new: &'d Value, usage: Usage) -> Self {
        Self { prover: Prover::new(old, new, usage) }
    }

    /// How the schemas at these JSON Pointers differ, as far as it was not told yet.
    ///
    /// What differs inside a schema that many refer to is told once in the life of a comparison,
    /// at the place with the shortest way to it from where it was first met; [`Self::differs`]
    /// knows of all the others. A pointer that leads nowhere stands for the schema that allows
    /// everything.
    pub fn compare(&mut self, old: &str, new: &str) -> Vec<Difference> {
        let old = self.prover.nodes.root(Side::Old, old);
        let new = self.prover.nodes.root(Side::New, new);
        if self.prover.same(old, new) {
            return Vec::new();
        }
        let reading = self.prover.goal(vec![new], vec![old]);
        let reading = self.prover.collect(reading);
        let writing = self.prover.goal(vec![old], vec![new]);
        let writing = self.prover.collect(writing);
        let mut report = Report { prover: &mut self.prover, differences: Vec::new() };
        for note in report.prover.notes(old, new) {
            report.note(note);
        }
        report.both(reading, writing);
        let mut differences = report.differences;
        differences.sort_by(|a, b| {
            let key = |d: &Difference| {
                (d.instance.clone(), d.change, d.old_pointer.clone(), d.new_pointer.clone())
            };
            key(a).cmp(&key(b))
        });
        differences.dedup();
        differences
    }

    /// Whether the schemas at these JSON Pointers say anything different at all, told or not.
    pub fn differs(&mut self, old: &str, new: &str) -> bool {
        let old = self.prover.nodes.root(Side::Old, old);
        let new = self.prover.nodes.root(Side::New, new);
        !self.prover.same(old, new)
    }
}

/// Which way a failure breaks containment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// New messages are wrong by the old schema.
    Reading,
    /// Old messages are wrong by the new schema.
    Writing,
}

struct Report<'p, 'd> {
    prover: &'p mut Prover<'d>,
    differences: Vec<Difference>,
}

type Found<'d> = (String, Failure<'d>);

impl<'d> Report<'_, 'd> {
    fn note(&mut self, note: Note) {
        self.differences.push(Difference {
            change: note.change,
            instance: note.instance,
            old_pointer: note.old_pointer,
            new_pointer: note.new_pointer,
            old: note.old,
            new: note.new,
            new_in_old: Containment::Holds,
            old_in_new: Containment::Holds,
        });
    }

    fn both(&mut self, reading: Vec<Found<'d>>, mut writing: Vec<Found<'d>>) {
        let mut overlaps = Vec::new();
        for (path, failure) in reading {
            if is_overlap(&failure) {
                overlaps.push((path, failure, Way::Reading));
                continue;
            }
            let twin = writing.iter().position(|(other, counterpart)| {
                *other == path && are_twins(&failure, counterpart)
            });
            let counterpart = twin.map(|at| writing.remove(at).1);
            self.failure(path, &failure, counterpart.as_ref(), Way::Reading);
        }
        for (path, failure) in writing {
            if is_overlap(&failure) {
                overlaps.push((path, failure, Way::Writing));
            } else {
                self.failure(path, &failure, None, Way::Writing);
            }
        }
        for (path, failure, way) in overlaps {
            self.overlap(path, &failure, way);
        }
    }

    fn failure(
        &mut self,
        path: String,
        failure: &Failure<'d>,
        counterpart: Option<&Failure<'d>>,
        way: Way,
    ) {
        let change = change(failure, counterpart, way);
        let instance = match failure.facet {
            Facet::Required(name) | Facet::Undeclared(name) => Step::Member(name).after(&path),
            _ => path,
        };
        let fresh = self.difference(change, instance, failure, counterpart, way);
        if matches!(change, Change::PropertyAdded | Change::PropertyRemoved)
            && let Some(known) = self.declared(&fresh)
        {
            merge(&mut known.new_in_old, fresh.new_in_old);
            merge(&mut known.old_in_new, fresh.old_in_new);
            return;
        }
        self.differences.push(fresh);
    }

    fn difference(
        &self,
        change: Change,
        instance: String,
        failure: &Failure<'d>,
        counterpart: Option<&Failure<'d>>,
        way: Way,
    ) -> Difference {
        let level = containment(failure.level);
        let other = counterpart.map_or(Containment::Holds, |failure| containment(failure.level));
        let (wide, narrow) = (self.pointer(Some(failure.wide)), self.pointer(failure.narrow));
        let (mut demanded, mut promised) = (failure.demanded.clone(), failure.promised.clone());
        if let Facet::Undeclared(_) = failure.facet {
            let closed = failure.wide.keyword != "properties";
            (demanded, promised) = ("declared".to_owned(), "not declared".to_owned());
            if closed {
                std::mem::swap(&mut demanded, &mut promised);
            }
        }
        match way {
            Way::Reading => Difference {
                change,
                instance,
                old_pointer: wide,
                new_pointer: narrow,
                old: demanded,
                new: promised,
                new_in_old: level,
                old_in_new: other,
            },
            Way::Writing => Difference {
                change,
                instance,
                old_pointer: narrow,
                new_pointer: wide,
                old: promised,
                new: demanded,
                new_in_old: other,
                old_in_new: level,
            },
        }
    }

    fn pointer(&self, spot: Option<Spot>) -> String {
        let Some(spot) = spot else { return String::new() };
        let pointer = self.prover.nodes.pointer(spot.node);
        if self.prover.nodes.keyword(spot.node, spot.keyword).is_some() {
            pointer::join(&pointer, spot.keyword)
        } else {
            pointer
        }
    }

    /// The member that was declared or is declared now, if it was told of already.
    fn declared(&mut self, fresh: &Difference) -> Option<&mut Difference> {
        let is_twin =
            |known: &Difference| known.change == fresh.change && known.instance == fresh.instance;
        let is_near = |known: &Difference| {
            let (old, new) = (&known.old_pointer, &known.new_pointer);
            pointer::is_below(old, &fresh.old_pointer)
                || pointer::is_below(&fresh.old_pointer, old)
                || pointer::is_below(new, &fresh.new_pointer)
                || pointer::is_below(&fresh.new_pointer, new)
        };
        let known = &self.differences;
        let at = known
            .iter()
            .position(|known| is_twin(known) && is_near(known))
            .or_else(|| known.iter().position(is_twin))?;
        self.differences.get_mut(at)
    }

    /// Two variants have more in common than before because something changed in one of them: that
    /// is what is told.
    fn overlap(&mut self, path: String, failure: &Failure<'d>, way: Way) {
        let cause = self.differences.iter_mut().find(|known| {
            pointer::is_below(&known.instance, &path)
                && !matches!(
                    known.change,
                    Change::DefaultChanged
                        | Change::ReadOnlyChanged
                        | Change::WriteOnlyChanged
                        | Change::DeprecatedChanged
                )
        });
        match (cause, way) {
            (Some(known), Way::Reading) => merge(&mut known.new_in_old, Containment::Undeclared),
            (Some(known), Way::Writing) => merge(&mut known.old_in_new, Containment::Undeclared),
            (None, _) => self.failure(path, failure, None, way),
        }
    }
}

fn is_overlap(failure: &Failure<'_>) -> bool {
    failure.facet == Facet::Rule("oneOf") && failure.level == Level::Undeclared
}

/// Keeps the worse of both.
fn merge(known: &mut Containment, other: Containment) {
    let weight = |containment: &Containment| match containment {
        Containment::Holds => 0,
        Containment::Undeclared => 1,
        Containment::Unknown(_) => 2,
        Containment::Fails => 3,
    };
    if weight(&other) > weight(known) {
        *known = other;
    }
}

fn containment(level: Level) -> Containment {
    match level {
        Level::Undeclared => Containment::Undeclared,
        Level::Unknown(reason) => Containment::Unknown(reason.to_owned()),
        Level::Fails => Containment::Fails,
    }
}

/// Whether two failures of opposite directions are about the same thing.
fn are_twins(reading: &Failure<'_>, writing: &Failure<'_>) -> bool {
    let same_facet = match (&reading.facet, &writing.facet) {
        (Facet::Type(_), Facet::Type(_))
        | (Facet::Pattern, Facet::Pattern)
        | (Facet::Format, Facet::Format)
        | (Facet::Open, Facet::Open)
        | (Facet::Undecided, Facet::Undecided) => true,
        (Facet::Bound(one), Facet::Bound(other)) | (Facet::Rule(one), Facet::Rule(other)) => {
            one == other
        }
        _ => false,
    };
    let node = |spot: Option<Spot>| spot.map(|spot| spot.node);
    let near = |wide: Spot, narrow: Option<Spot>| node(narrow).is_none_or(|n| n == wide.node);
    same_facet && (near(reading.wide, writing.narrow) || near(writing.wide, reading.narrow))
}

fn change(failure: &Failure<'_>, counterpart: Option<&Failure<'_>>, way: Way) -> Change {
    let is_both = counterpart.is_some();
    let pick = |reading: Change, writing: Change, both: Change| match (is_both, way) {
        (true, _) => both,
        (false, Way::Reading) => reading,
        (false, Way::Writing) => writing,
    };
    let is_named = failure.wide.keyword == "properties";
    // Whether the other side says something of the kind, too.
    let has_own = failure.narrow.is_some_and(|spot| !spot.keyword.is_empty());
    match &failure.facet {
        Facet::Type(extra) if *extra == Types::NULL => {
            pick(Change::NullAllowed, Change::NullForbidden, Change::TypeChanged)
        }
        Facet::Type(_) => pick(Change::TypeWidened, Change::TypeNarrowed, Change::TypeChanged),
        Facet::Value(_) => pick(Change::ValueAdded, Change::ValueRemoved, Change::ValueAdded),
        Facet::Values => pick(Change::ValuesOpened, Change::ValuesClosed, Change::ValuesClosed),
        Facet::Bound(_) => {
            pick(Change::BoundLoosened, Change::BoundTightened, Change::BoundChanged)
        }
        Facet::Pattern if has_own => Change::PatternChanged,
        Facet::Pattern => {
            pick(Change::PatternRemoved, Change::PatternAdded, Change::PatternChanged)
        }
        Facet::Format if has_own => Change::FormatChanged,
        Facet::Format => pick(Change::FormatRemoved, Change::FormatAdded, Change::FormatChanged),
        Facet::Required(_) => {
            pick(Change::BecameOptional, Change::BecameRequired, Change::BecameRequired)
        }
        Facet::Undeclared(_) => match (way, is_named) {
            (Way::Reading, true) | (Way::Writing, false) => Change::PropertyRemoved,
            (Way::Reading, false) | (Way::Writing, true) => Change::PropertyAdded,
        },
        Facet::Open => pick(Change::ObjectOpened, Change::ObjectClosed, Change::ObjectClosed),
        Facet::Unique => pick(Change::UniqueRemoved, Change::UniqueAdded, Change::UniqueAdded),
        Facet::Branch(_) => pick(Change::BranchAdded, Change::BranchRemoved, Change::BranchAdded),
        Facet::Rule(_) if has_own => Change::RuleChanged,
        Facet::Rule(_) => pick(Change::RuleRemoved, Change::RuleAdded, Change::RuleChanged),
        Facet::Undecided => Change::Undecided,
    }
}
