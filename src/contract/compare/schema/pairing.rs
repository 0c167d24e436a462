//! Which variant is meant: so that a message names the member that changed, not the whole choice.

use serde_json::Value;

use super::{
    case::{Case, in_words},
    decimal::equal,
    nodes::NodeId,
    prover::Prover,
};
use crate::contract::pointer;

/// How sure it is that two variants are versions of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kinship {
    /// A member that tells variants apart has another value.
    Other,
    Stranger,
    /// A member that tells variants apart has the same value.
    Tagged,
    /// They have the same name.
    Named,
}

/// A member with one value, by which variants are told apart.
type Tag<'d> = (&'d str, &'d Value);

impl<'d> Prover<'d> {
    /// How the variant that the case came from is related to a goal.
    pub(super) fn kinship(&mut self, case: &Case<'d>, goal: NodeId) -> Kinship {
        let Some(variant) = case.variant.or(case.parts.first().copied()) else {
            return Kinship::Stranger;
        };
        let kinship = self.kinship_of(variant, goal);
        // Another variant is the version of this goal.
        let is_taken =
            |rival: &NodeId| *rival != variant && self.kinship_of(*rival, goal) > Kinship::Stranger;
        if kinship == Kinship::Stranger && case.rivals.iter().any(is_taken) {
            return Kinship::Other;
        }
        kinship
    }

    /// How two variants are related.
    pub(super) fn kinship_of(&mut self, one: NodeId, other: NodeId) -> Kinship {
        match (self.name(one), self.name(other)) {
            (Some(a), Some(b)) if a == b => Kinship::Named,
            _ => self.by_tags(one, other),
        }
    }

    fn by_tags(&mut self, one: NodeId, other: NodeId) -> Kinship {
        let (one, other) = (self.tags(one), self.tags(other));
        let mut kinship = Kinship::Stranger;
        for (name, value) in one {
            match other.iter().find(|(known, _)| *known == name) {
                Some((_, known)) if equal(known, value) => kinship = Kinship::Tagged,
                Some(_) => return Kinship::Other,
                None => {}
            }
        }
        kinship
    }

    /// The members of a schema that have one value.
    fn tags(&mut self, schema: NodeId) -> Vec<Tag<'d>> {
        let mut tags = Vec::new();
        for part in &self.nodes.parts(schema).list {
            let names: Vec<&str> = self.nodes.names(*part, "properties").collect();
            for name in names {
                let Some(member) = self.nodes.named(*part, "properties", name) else { continue };
                if let Some(value) = self.only_value(member) {
                    tags.push((name, value));
                }
            }
        }
        tags
    }

    fn only_value(&mut self, schema: NodeId) -> Option<&'d Value> {
        let schema = self.nodes.behind(schema);
        if let Some(value) = self.nodes.keyword(schema, "const") {
            return Some(value);
        }
        match self.nodes.keyword(schema, "enum")?.as_array()?.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// What a schema is called: by its reference, else by its title.
    fn name(&self, schema: NodeId) -> Option<String> {
        if let Some(Value::String(reference)) = self.nodes.keyword(schema, "$ref") {
            let last = reference.rsplit('/').next()?;
            return Some(pointer::unescape(last).into_owned());
        }
        self.nodes.keyword(schema, "title")?.as_str().map(str::to_owned)
    }

    /// A few words for a variant.
    pub(super) fn label(&mut self, schema: NodeId) -> String {
        if let Some(name) = self.name(schema) {
            return name;
        }
        match self.tags(schema).first() {
            Some((name, value)) => format!("{name} {value}"),
            None => in_words(self.types(schema)),
        }
    }
}
