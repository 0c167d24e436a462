//! What two schemas declare beside which values are right: members by name, defaults, and marks
//! that people act on.

use std::collections::{BTreeMap, VecDeque};

use super::{
    case::in_words, difference::Change, failure::Step, nodes::NodeId, numbers::NumberSet,
    pairing::Kinship, prover::Prover,
};
use crate::contract::{pointer, schema::clip};

/// Pairs of variants that are looked at.
const MOST_VARIANTS: usize = 64;

/// Something that one side declares and the other does not, or not so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) change: Change,
    pub(super) instance: String,
    pub(super) old_pointer: String,
    pub(super) new_pointer: String,
    pub(super) old: String,
    pub(super) new: String,
}

type Pair = (NodeId, NodeId);

impl<'d> Prover<'d> {
    /// What differs in what is declared, from these two schemas on.
    pub(super) fn notes(&mut self, old: NodeId, new: NodeId) -> Vec<Note> {
        let mut walk = Walk {
            notes: Vec::new(),
            met: std::mem::take(&mut self.noted),
            queue: VecDeque::new(),
        };
        walk.meet((old, new), String::new());
        while let Some(((old, new), path)) = walk.queue.pop_front() {
            if !self.same(old, new) {
                self.note(&mut walk, (old, new), &path);
            }
        }
        self.noted = walk.met;
        walk.notes
    }

    fn note(&mut self, walk: &mut Walk, (old, new): Pair, path: &str) {
        self.note_marks(walk, (old, new), path);
        self.note_members(walk, (old, new), path);
        self.note_below(walk, (old, new), path);
        let (olds, news) = (self.variants(old), self.variants(new));
        if olds.len() + news.len() > 2 && olds.len() * news.len() <= MOST_VARIANTS * MOST_VARIANTS {
            for (old, new) in self.pairs(&olds, &news) {
                walk.meet((old, new), path.to_owned());
            }
        }
    }

    fn note_marks(&mut self, walk: &mut Walk, (old, new): Pair, path: &str) {
        for (keyword, change) in [
            ("default", Change::DefaultChanged),
            ("readOnly", Change::ReadOnlyChanged),
            ("writeOnly", Change::WriteOnlyChanged),
            ("deprecated", Change::DeprecatedChanged),
        ] {
            let (was, is) = (self.mark(old, keyword), self.mark(new, keyword));
            if was.as_ref().map(|(_, said)| said) == is.as_ref().map(|(_, said)| said) {
                continue;
            }
            let place = |prover: &Self, found: Option<&(NodeId, String)>, at| match found {
                Some((part, _)) => pointer::join(&prover.nodes.pointer(*part), keyword),
                None => prover.nodes.pointer(at),
            };
            walk.notes.push(Note {
                change,
                instance: path.to_owned(),
                old_pointer: place(self, was.as_ref(), old),
                new_pointer: place(self, is.as_ref(), new),
                old: was.map_or("none".to_owned(), |(_, said)| said),
                new: is.map_or("none".to_owned(), |(_, said)| said),
            });
        }
    }

    /// What a mark says, and where; `false` is as good as nothing for a flag.
    fn mark(&mut self, schema: NodeId, keyword: &str) -> Option<(NodeId, String)> {
        let parts = self.nodes.parts(schema);
        parts.list.iter().find_map(|part| {
            let said = self.nodes.keyword(*part, keyword)?;
            let is_unset = keyword != "default" && said != &serde_json::Value::Bool(true);
            (!is_unset).then(|| (*part, clip(&said.to_string(), 60)))
        })
    }

    fn note_members(&mut self, walk: &mut Walk, (old, new): Pair, path: &str) {
        let (olds, news) = (self.own_members(old), self.own_members(new));
        let (known_old, known_new) = (self.evaluated(old).names, self.evaluated(new).names);
        for (name, member) in &news {
            let at = Step::Member(name).after(path);
            match olds.get(name) {
                Some(known) => walk.meet((*known, *member), at),
                None if known_old.contains(name) => {}
                None => walk.notes.push(Note {
                    change: Change::PropertyAdded,
                    instance: at,
                    old_pointer: self.nodes.pointer(old),
                    new_pointer: self.nodes.pointer(*member),
                    old: "not declared".to_owned(),
                    new: in_words(self.types(*member)),
                }),
            }
        }
        for (name, member) in &olds {
            if !known_new.contains(name) {
                walk.notes.push(Note {
                    change: Change::PropertyRemoved,
                    instance: Step::Member(name).after(path),
                    old_pointer: self.nodes.pointer(*member),
                    new_pointer: self.nodes.pointer(new),
                    old: in_words(self.types(*member)),
                    new: "not declared".to_owned(),
                });
            }
        }
    }

    fn own_members(&mut self, schema: NodeId) -> BTreeMap<&'d str, NodeId> {
        let mut members = BTreeMap::new();
        for part in &self.nodes.parts(schema).list {
            let names: Vec<&str> = self.nodes.names(*part, "properties").collect();
            for name in names {
                if let Some(member) = self.nodes.named(*part, "properties", name) {
                    members.entry(name).or_insert(member);
                }
            }
        }
        members
    }

    /// Items and members without a name.
    fn note_below(&mut self, walk: &mut Walk, (old, new): Pair, path: &str) {
        for (keyword, step) in [("items", Step::AnyItem), ("additionalProperties", Step::AnyMember)]
        {
            if let (Some(old), Some(new)) = (self.first(old, keyword), self.first(new, keyword)) {
                walk.meet((old, new), step.after(path));
            }
        }
        let (olds, news) = (self.first_items(old), self.first_items(new));
        for (number, pair) in olds.into_iter().zip(news).enumerate() {
            walk.meet(pair, Step::Item(number).after(path));
        }
    }

    fn first(&mut self, schema: NodeId, keyword: &'static str) -> Option<NodeId> {
        let parts = self.nodes.parts(schema);
        parts.list.iter().find_map(|part| self.nodes.child(*part, keyword))
    }

    fn first_items(&mut self, schema: NodeId) -> Vec<NodeId> {
        let parts = self.nodes.parts(schema);
        let lists = parts.list.iter().map(|part| self.nodes.listed(*part, "prefixItems"));
        lists.max_by_key(Vec::len).unwrap_or_default()
    }

    /// The variants of a schema; the schema itself where it has none.
    fn variants(&mut self, schema: NodeId) -> Vec<NodeId> {
        let mut variants = Vec::new();
        for part in &self.nodes.parts(schema).list {
            for keyword in ["anyOf", "oneOf"] {
                variants.extend(self.nodes.listed(*part, keyword));
            }
        }
        if variants.is_empty() { vec![schema] } else { variants }
    }

    /// Each new variant with the old one that it is a version of.
    fn pairs(&mut self, olds: &[NodeId], news: &[NodeId]) -> Vec<Pair> {
        let mut pairs = Vec::new();
        for new in news {
            let mut best: Option<(Kinship, NodeId)> = None;
            let mut of_kind = 0;
            for old in olds {
                if !self.types(*old).has(self.types(*new)) {
                    continue;
                }
                of_kind += 1;
                let kinship = self.kinship_of(*new, *old);
                if best.is_none_or(|(known, _)| kinship > known) {
                    best = Some((kinship, *old));
                }
            }
            let Some((kinship, old)) = best else { continue };
            // Without a name or a tag only the one of its kind is meant, on both sides.
            let kind = self.types(old);
            let mut is_rival = |other: &&NodeId| *other != new && self.types(**other).has(kind);
            if kinship > Kinship::Stranger
                || kinship == Kinship::Stranger
                    && of_kind == 1
                    && !news.iter().any(|other| is_rival(&other))
            {
                pairs.push((old, *new));
            }
        }
        pairs
    }
}

struct Walk {
    notes: Vec<Note>,
    met: NumberSet<Pair>,
    queue: VecDeque<(Pair, String)>,
}

impl Walk {
    fn meet(&mut self, pair: Pair, path: String) {
        if self.met.insert(pair) {
            self.queue.push_back((pair, path));
        }
    }
}
