//! The mutants of one body.

use fastrand::Rng;
use serde_json::Value;

use super::{
    Class, Label,
    candidate::{candidates, renamed},
    edit::{self, Edit},
    site::{Site, Standing, Way, sites},
    table::Kind,
};
use crate::contract::{
    Contract, SchemaRef,
    generate::reading::{Breaches, Reading},
    pointer,
};

/// Every mutant of a body of an answer (a message that we read) that keeps this schema, in the
/// order of its places. `value` is lent with the change in it and comes back as it was. Gives how
/// many changes were left out because this reading of the schemas cannot tell what they mean.
pub fn each_of_body(
    contract: &Contract,
    schema: &SchemaRef,
    value: &mut Value,
    seed: u64,
    visit: &mut dyn FnMut(&Label<'_>, &mut Value),
) -> usize {
    Bodies::of(contract, schema, value, Way::Answer).each(value, seed, visit)
}

/// The same of a body of a request: what is wrong with it is ours.
pub fn each_of_request(
    contract: &Contract,
    schema: &SchemaRef,
    value: &mut Value,
    seed: u64,
    visit: &mut dyn FnMut(&Label<'_>, &mut Value),
) -> usize {
    Bodies::of(contract, schema, value, Way::Request).each(value, seed, visit)
}

/// How the contract takes a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// It allows it.
    Keeps,
    /// Something is there that it does not name.
    Adds,
    /// It is broken, by these breaches at the place itself.
    Breaks(Breaches),
    /// This reading cannot tell.
    Open,
}

struct Bodies<'d> {
    reading: Reading<'d>,
    sites: Vec<Site>,
    way: Way,
    undecided: usize,
}

impl<'d> Bodies<'d> {
    fn of(contract: &'d Contract, schema: &SchemaRef, value: &Value, way: Way) -> Self {
        let mut reading = Reading::of(contract);
        let root = reading.root(schema);
        let sites = sites(&mut reading, root, value, way);
        Self { reading, sites, way, undecided: 0 }
    }

    fn each(
        mut self,
        value: &mut Value,
        seed: u64,
        visit: &mut dyn FnMut(&Label<'_>, &mut Value),
    ) -> usize {
        let mut rng = Rng::with_seed(seed);
        let mut found = Vec::new();
        for index in 0..self.sites.len() {
            let site = &self.sites[index];
            if site.one_way {
                continue;
            }
            let Some(here) = edit::at(value, &site.steps) else { continue };
            candidates(&self.reading, site, here, &mut rng, &mut found);
            if matches!(site.standing, Standing::Required | Standing::Optional)
                && let Some(edit) = self.rename(index, value, &mut rng)
            {
                found.push((Kind::Rename, edit));
            }
            for (kind, edit) in found.drain(..) {
                self.mutate(index, kind, edit, value, visit);
            }
        }
        self.undecided
    }

    fn rename(&self, index: usize, value: &Value, rng: &mut Rng) -> Option<Edit> {
        let site = &self.sites[index];
        let parent = &self.sites[site.parent?];
        let object = edit::at(value, &parent.steps)?.as_object()?;
        let (_, name) = pointer::split(&site.place)?;
        renamed(&self.reading, &parent.names, object, &name, rng).map(Edit::Rename)
    }

    /// Applies an edit, shows it with its label, and takes it back.
    fn mutate(
        &mut self,
        index: usize,
        kind: Kind,
        edit: Edit,
        value: &mut Value,
        visit: &mut dyn FnMut(&Label<'_>, &mut Value),
    ) {
        let new_place = self.new_place(index, kind, &edit, value);
        let local = self.local(index, kind, value);
        let Some(undo) = edit::apply(value, &self.sites[index].steps, edit) else { return };
        let outcome = match (self.sites[index].anchor, local) {
            (None, Some(local)) => local,
            (None, None) => self.judged(index, index, value),
            (Some(anchor), _) => self.judged(anchor, index, value),
        };
        self.undecided += usize::from(outcome == Outcome::Open);
        self.tell(index, kind, outcome, new_place.as_deref(), value, visit);
        edit::undo(value, &self.sites[index].steps, undo);
    }

    /// Shows a change with its label, where it is a mutant.
    fn tell(
        &self,
        index: usize,
        kind: Kind,
        outcome: Outcome,
        new_place: Option<&str>,
        value: &mut Value,
        visit: &mut dyn FnMut(&Label<'_>, &mut Value),
    ) {
        let site = &self.sites[index];
        let unspoken = kind == Kind::PastSafeInteger
            && outcome == Outcome::Keeps
            && !self.reading.speaks_of_large_numbers(&site.names);
        let weighed = match self.way {
            Way::Answer if unspoken => Some((Class::Additive, false)),
            Way::Answer => class(kind, site.standing, outcome),
            Way::Request => fault(kind, outcome, self.is_closed(index, kind)),
        };
        let Some((class, at_new_place)) = weighed else { return };
        let place = new_place.filter(|_| at_new_place).unwrap_or(&site.place);
        let choice = site.anchor.map(|anchor| self.sites[anchor].place.len());
        let rule = match (class, outcome) {
            _ if unspoken => "body.unsafe_integer",
            (Class::Additive, _) | (_, Outcome::Adds) => "body.undeclared",
            (_, Outcome::Breaks(here)) => {
                let changed = edit::at(value, &site.steps);
                rule(kind, here, changed.is_some_and(Value::is_null))
            }
            _ => kind.rule(),
        };
        let (mutation, changed) = (kind.row(), site.place.as_str());
        let label = Label { mutation, class, rule, location: "body", changed, place, choice };
        visit(&label, value);
    }

    /// Where the check tells a change that makes a new place.
    fn new_place(&self, index: usize, kind: Kind, edit: &Edit, value: &Value) -> Option<String> {
        let place = &self.sites[index].place;
        match edit {
            Edit::Add(name, _) => Some(pointer::join(place, name)),
            Edit::Rename(name) => {
                let (above, _) = pointer::split(place).unwrap_or_default();
                Some(pointer::join(above, name))
            }
            Edit::Envelop(name) if kind == Kind::ExtraNesting => {
                Some(self.nested(index, name, value))
            }
            _ => None,
        }
    }

    /// What the rules of one object say of a change of its members, where no branch decides.
    fn local(&self, index: usize, kind: Kind, value: &Value) -> Option<Outcome> {
        match kind {
            Kind::RemoveRequired | Kind::RemoveOptional | Kind::Rename | Kind::ExtraMember => {
                Some(self.of_members(index, kind))
            }
            Kind::ExtraNesting => Some(self.of_nesting(index, value)),
            _ => None,
        }
    }

    /// What the rules of one object say of a member that is gone, new or renamed.
    fn of_members(&self, index: usize, kind: Kind) -> Outcome {
        let holder = match kind {
            Kind::ExtraMember => Some(index),
            _ => self.sites[index].parent,
        };
        let Some(holder) = holder.map(|index| &self.sites[index]) else { return Outcome::Open };
        let required = self.sites[index].standing == Standing::Required;
        let bound = |at: usize| {
            holder.nodes.iter().any(|id| self.reading.node(*id).facts.members[at].is_some())
        };
        match kind {
            Kind::RemoveRequired => Outcome::Breaks(Breaches::default()),
            Kind::RemoveOptional if bound(0) => Outcome::Open,
            Kind::ExtraMember if bound(1) => Outcome::Open,
            Kind::Rename if required => Outcome::Breaks(Breaches::default()),
            Kind::Rename | Kind::ExtraMember if self.reading.names_members(&holder.names) => {
                Outcome::Adds
            }
            _ => Outcome::Keeps,
        }
    }

    /// Whether the object that got a new member allows none but the named ones.
    fn is_closed(&self, index: usize, kind: Kind) -> bool {
        let holder = match kind {
            Kind::Rename => self.sites[index].parent.unwrap_or(index),
            _ => index,
        };
        self.sites[holder].nodes.iter().any(|id| self.reading.node(*id).facts.closed)
    }

    /// What the rules of one object say of it when all its members are one level down.
    fn of_nesting(&self, index: usize, value: &Value) -> Outcome {
        match self.first_required(index, value) {
            Some(_) => Outcome::Breaks(Breaches::default()),
            None => Outcome::Adds,
        }
    }

    fn first_required(&self, index: usize, value: &Value) -> Option<&'d str> {
        let site = &self.sites[index];
        let object = edit::at(value, &site.steps)?.as_object()?;
        let mut required =
            site.nodes.iter().flat_map(|id| &self.reading.node(*id).facts.required).copied();
        required.find(|name| object.contains_key(*name) && !self.is_one_way(index, name))
    }

    fn is_one_way(&self, holder: usize, name: &str) -> bool {
        self.sites.iter().any(|site| {
            site.parent == Some(holder)
                && site.one_way
                && pointer::split(&site.place).is_some_and(|(_, last)| last == name)
        })
    }

    /// Where an object that moved into an envelope is missed.
    fn nested(&self, index: usize, envelope: &str, value: &Value) -> String {
        let name = self.first_required(index, value).unwrap_or(envelope);
        pointer::join(&self.sites[index].place, name)
    }

    /// The judgement of the changed value, at a place above the change or there.
    fn judged(&mut self, anchor: usize, index: usize, value: &Value) -> Outcome {
        let Some(changed) = edit::at(value, &self.sites[anchor].steps) else {
            return Outcome::Open;
        };
        let roots = std::mem::take(&mut self.sites[anchor].roots);
        let cost = self.reading.judge(&roots, changed);
        self.sites[anchor].roots = roots;
        if cost.is_open() {
            Outcome::Open
        } else if cost.keeps() {
            Outcome::Keeps
        } else if cost.breaks && anchor == index && cost.here == Breaches::default() {
            // Something inside is broken, at a place that is not the change's own.
            Outcome::Open
        } else if cost.breaks {
            Outcome::Breaks(if anchor == index { cost.here } else { Breaches::default() })
        } else {
            Outcome::Adds
        }
    }
}

/// How a change weighs, and whether it is found at its new place; `None` where it is none.
fn class(kind: Kind, standing: Standing, outcome: Outcome) -> Option<(Class, bool)> {
    let adds = matches!(kind, Kind::ExtraMember | Kind::ExtraNesting | Kind::Rename);
    match outcome {
        // Where a required member got another name, the old one is missed.
        Outcome::Breaks(_) => Some((Class::Breaking, kind == Kind::ExtraNesting)),
        Outcome::Adds if adds => Some((Class::Additive, true)),
        Outcome::Adds | Outcome::Open => None,
        Outcome::Keeps => match kind {
            Kind::RemoveRequired | Kind::RemoveOptional => Some((Class::Presence, false)),
            Kind::Rename | Kind::ExtraMember | Kind::ExtraNesting
                if standing != Standing::Entry =>
            {
                Some((Class::Additive, true))
            }
            Kind::EmptyArray | Kind::PastSafeInteger | Kind::DateFormat => {
                Some((Class::Unseen, false))
            }
            // The contract allows both: nothing has drifted.
            _ => None,
        },
    }
}

/// The same of a request: only what the contract forbids is wrong.
fn fault(kind: Kind, outcome: Outcome, closed: bool) -> Option<(Class, bool)> {
    let adds = matches!(kind, Kind::ExtraMember | Kind::ExtraNesting | Kind::Rename);
    match outcome {
        Outcome::Breaks(_) => Some((Class::Breaking, kind == Kind::ExtraNesting)),
        Outcome::Adds if adds && closed => Some((Class::Breaking, true)),
        Outcome::Adds | Outcome::Keeps | Outcome::Open => None,
    }
}

/// The rule that is broken: the mutation's own where it is among the breaches.
fn rule(kind: Kind, here: Breaches, is_null: bool) -> &'static str {
    const RULES: &[(Breaches, &str)] = &[
        (Breaches::TYPE, "body.type"),
        (Breaches::ENUM, "body.enum"),
        (Breaches::FORMAT, "body.format"),
        (Breaches::PATTERN, "body.pattern"),
        (Breaches::BOUNDS, "body.bounds"),
        (Breaches::OTHER, "body.schema"),
    ];
    let own = kind.rule();
    if here == Breaches::default() {
        return own;
    }
    if is_null && (here.has(Breaches::TYPE) || here.has(Breaches::ENUM)) {
        return "body.null";
    }
    let broken = || RULES.iter().filter(|(breach, _)| here.has(*breach)).map(|(_, rule)| *rule);
    broken().find(|rule| *rule == own).or_else(|| broken().next()).unwrap_or(own)
}
