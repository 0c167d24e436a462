//! Every place of a message where something can change, and what the contract says of it.

use serde_json::Value;

use crate::contract::{
    generate::reading::{NodeId, Reading},
    pointer,
};

/// Places of one message that are changed, at most.
const MOST_SITES: usize = 4_000;
/// Items of a list whose places are changed where each has a promise of its own.
const MOST_ITEMS: usize = 8;

/// What a place is to what holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// The whole body.
    Root,
    /// A member that must be there.
    Required,
    /// A member that need not be there.
    Optional,
    /// A member of a map, whose name nobody knows.
    Entry,
    /// An item of a list.
    Item,
}

/// A step into a value.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Member(String),
    Item(usize),
}

/// A place of a message.
#[derive(Debug)]
pub(in super::super) struct Site {
    pub(super) steps: Vec<Step>,
    /// JSON Pointer.
    pub(in super::super) place: String,
    pub(super) standing: Standing,
    /// The schemas that were written for this place.
    pub(super) roots: Vec<NodeId>,
    /// These and all that apply with them.
    pub(in super::super) nodes: Vec<NodeId>,
    /// All that could, whichever branch is kept; of containers and numbers alone.
    pub(super) names: Vec<NodeId>,
    /// The place that holds it.
    pub(super) parent: Option<usize>,
    /// The uppermost place above or here at which a change can lead to another branch.
    pub(super) anchor: Option<usize>,
    /// Whether the value only travels the other way (`readOnly`, `writeOnly`).
    pub(super) one_way: bool,
}

/// Which way a message travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Way {
    Answer,
    Request,
}

/// The places of a message that keeps the schemas at `roots`.
pub(in super::super) fn sites(
    reading: &mut Reading<'_>,
    root: NodeId,
    value: &Value,
    way: Way,
) -> Vec<Site> {
    let mut walk = Walk { reading, way, sites: Vec::new(), steps: Vec::new() };
    let here = Here {
        roots: vec![root],
        names: vec![root],
        place: String::new(),
        standing: Standing::Root,
        parent: None,
        anchor: None,
    };
    walk.value(value, here);
    walk.sites
}

struct Walk<'w, 'd> {
    reading: &'w mut Reading<'d>,
    way: Way,
    sites: Vec<Site>,
    steps: Vec<Step>,
}

/// What is known of a place before its value is looked at.
struct Here {
    roots: Vec<NodeId>,
    names: Vec<NodeId>,
    place: String,
    standing: Standing,
    parent: Option<usize>,
    anchor: Option<usize>,
}

impl Walk<'_, '_> {
    fn value(&mut self, value: &Value, here: Here) {
        if self.sites.len() >= MOST_SITES {
            return;
        }
        let index = self.sites.len();
        let applied = self.reading.applied(&here.roots, value);
        let anchor = here.anchor.or(applied.ambiguous.then_some(index));
        let asked = value.is_object() || value.is_array() || value.is_number();
        let names = if asked { self.reading.everything(&here.names) } else { Vec::new() };
        let way = usize::from(self.way == Way::Answer);
        let facts = |id: &NodeId| &self.reading.node(*id).facts;
        let one_way = applied.nodes.iter().any(|id| facts(id).one_way[way])
            || here.parent.is_some_and(|parent| self.sites[parent].one_way);
        self.sites.push(Site {
            steps: self.steps.clone(),
            place: here.place,
            standing: here.standing,
            roots: here.roots,
            nodes: applied.nodes,
            names,
            parent: here.parent,
            anchor,
            one_way,
        });
        match value {
            Value::Object(object) => {
                for (name, value) in object {
                    let standing = self.standing(index, name);
                    let (mut roots, mut names) = (Vec::new(), Vec::new());
                    self.reading.members(&self.sites[index].nodes, name, &mut roots);
                    self.reading.members(&self.sites[index].names, name, &mut names);
                    let place = pointer::join(&self.sites[index].place, name);
                    self.steps.push(Step::Member(name.clone()));
                    let parent = Some(index);
                    self.value(value, Here { roots, names, place, standing, parent, anchor });
                    self.steps.pop();
                }
            }
            Value::Array(list) => {
                let facts = |id: &NodeId| &self.reading.node(*id).facts;
                let single = self.sites[index].nodes.iter().all(|i| facts(i).first_items.is_none());
                // Items that are promised alike drift alike.
                let most = if single { 1 } else { MOST_ITEMS };
                for (at, value) in list.iter().take(most).enumerate() {
                    let (mut roots, mut names) = (Vec::new(), Vec::new());
                    self.reading.items(&self.sites[index].nodes, at, &mut roots);
                    self.reading.items(&self.sites[index].names, at, &mut names);
                    let place = format!("{}/{at}", self.sites[index].place);
                    self.steps.push(Step::Item(at));
                    let (parent, standing) = (Some(index), Standing::Item);
                    self.value(value, Here { roots, names, place, standing, parent, anchor });
                    self.steps.pop();
                }
            }
            _ => {}
        }
    }

    fn standing(&self, index: usize, name: &str) -> Standing {
        let facts = |id: &NodeId| &self.reading.node(*id).facts;
        let nodes = &self.sites[index].nodes;
        if nodes.iter().any(|id| facts(id).required.contains(&name)) {
            Standing::Required
        } else if nodes
            .iter()
            .any(|id| facts(id).properties.is_some_and(|map| map.contains_key(name)))
        {
            Standing::Optional
        } else {
            Standing::Entry
        }
    }
}
