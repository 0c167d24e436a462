//! From a name in a scenario to the place of an argument.

use crate::{
    contract::{
        Contract, Operation, Parameter, ParameterPlace, RequestBody, SchemaRef,
        shape::{ShapeId, Shapes},
    },
    evidence::{Diagnostic, nearest},
};

/// Where an argument goes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    /// A parameter, by place and documented name.
    Parameter(ParameterPlace, String),
    /// A member of the body, by its path of keys (`["shipment", "parcel", "weight"]`).
    Body(Vec<String>),
}

impl Slot {
    /// The name with its prefix: `query.limit`, `body.shipment.weight`.
    pub fn qualified(&self) -> String {
        match self {
            Self::Parameter(place, name) => format!("{}{name}", prefix(*place)),
            Self::Body(path) => format!("body.{}", path.join(".")),
        }
    }
}

fn prefix(place: ParameterPlace) -> &'static str {
    match place {
        ParameterPlace::Path => "path.",
        ParameterPlace::Query => "query.",
        ParameterPlace::Header => "header.",
        ParameterPlace::Cookie => "cookie.",
    }
}

const PLACES: [ParameterPlace; 4] =
    [ParameterPlace::Path, ParameterPlace::Query, ParameterPlace::Header, ParameterPlace::Cookie];

/// Finds the slot that a name in a scenario means: `amount`, `body.amount`,
/// `shipment.parcel.weight`, `query.limit`, `header.Stripe-Version`, `path.intent`.
/// A single path parameter may be called `id` whatever its documented name.
/// Err: unknown (with the nearest known name) or ambiguous (with the prefixes to use).
pub fn slot(contract: &Contract, operation: &Operation, name: &str) -> Result<Slot, Diagnostic> {
    if let Some(slot) = prefixed(contract, operation, name) {
        return Ok(slot);
    }
    let mut found: Vec<Slot> =
        PLACES.iter().filter_map(|place| parameter(operation, *place, name)).collect();
    found.extend(body(contract, operation, name));
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => only_path_parameter(operation, name).ok_or_else(|| unknown(contract, operation, name)),
        _ => {
            let names: Vec<String> =
                found.iter().map(|slot| format!("`{}`", slot.qualified())).collect();
            Err(Diagnostic::error(format!(
                "`{name}` stands in several places of {}",
                operation.name
            ))
            .actual(name)
            .help(format!("write {}", names.join(" or "))))
        }
    }
}

/// As [`slot`], for deliberate misuse: a name that nobody knows is a member of the body, or the
/// parameter that its prefix says.
pub fn slot_or_body(contract: &Contract, operation: &Operation, name: &str) -> Slot {
    if let Ok(slot) = slot(contract, operation, name) {
        return slot;
    }
    for place in PLACES {
        if let Some(name) = name.strip_prefix(prefix(place)) {
            return Slot::Parameter(place, name.to_owned());
        }
    }
    let name = name.strip_prefix("body.").unwrap_or(name);
    Slot::Body(name.split('.').map(str::to_owned).collect())
}

fn prefixed(contract: &Contract, operation: &Operation, name: &str) -> Option<Slot> {
    for place in PLACES {
        if let Some(rest) = name.strip_prefix(prefix(place)) {
            let slot = parameter(operation, place, rest);
            let by_id = (place == ParameterPlace::Path)
                .then(|| only_path_parameter(operation, rest))
                .flatten();
            return slot.or(by_id).or_else(|| body(contract, operation, name));
        }
    }
    name.strip_prefix("body.").and_then(|rest| body(contract, operation, rest))
}

fn parameter(operation: &Operation, place: ParameterPlace, name: &str) -> Option<Slot> {
    let same = |parameter: &&Parameter| {
        parameter.place == place
            && match place {
                ParameterPlace::Header => parameter.name.eq_ignore_ascii_case(name),
                _ => parameter.name == name,
            }
    };
    operation.parameters.iter().find(same).map(|p| Slot::Parameter(place, p.name.clone()))
}

fn only_path_parameter(operation: &Operation, name: &str) -> Option<Slot> {
    let mut of_path = operation.parameters.iter().filter(|p| p.place == ParameterPlace::Path);
    match (name, of_path.next(), of_path.next()) {
        ("id", Some(only), None) => Some(Slot::Parameter(ParameterPlace::Path, only.name.clone())),
        _ => None,
    }
}

/// The schema of the body that we send.
pub(super) fn body_schema(body: Option<&RequestBody>) -> Option<&SchemaRef> {
    body.and_then(|body| body.content.first()).and_then(|media| media.schema.as_ref())
}

fn body(contract: &Contract, operation: &Operation, name: &str) -> Option<Slot> {
    let schema = body_schema(operation.request_body.as_ref())?;
    let shapes = contract.schemas.shapes();
    let mut path = Vec::new();
    let root = shapes.get(contract.schemas.shape(schema)).closure.clone();
    descend(shapes, &root, name, &mut path).then_some(Slot::Body(path))
}

/// Finds the keys that a dotted name means; a member whose own name has dots wins.
fn descend(shapes: &Shapes, ids: &[ShapeId], name: &str, path: &mut Vec<String>) -> bool {
    let ends = std::iter::once(name.len()).chain(name.rmatch_indices('.').map(|(at, _)| at));
    for end in ends {
        let Some(members) = declared(shapes, ids, &name[..end]) else { continue };
        path.push(name[..end].to_owned());
        if end == name.len() || descend(shapes, &members, &name[end + 1..], path) {
            return true;
        }
        path.pop();
    }
    false
}

/// The schemas of a member or item: `None` where none is declared; free-form objects take all.
pub(super) fn declared(shapes: &Shapes, ids: &[ShapeId], key: &str) -> Option<Vec<ShapeId>> {
    let mut members = Vec::new();
    shapes.members_into(ids, key, &mut members);
    if let Ok(index) = key.parse::<usize>() {
        for shape in ids.iter().map(|id| shapes.get(*id)) {
            members.extend(shape.first_items.get(index).copied().or(shape.items));
        }
    }
    if members.is_empty() {
        let free = !key.is_empty()
            && !shapes.declares_members(ids)
            && shapes.types(ids).has(crate::contract::shape::Types::OBJECT)
            && ids.iter().all(|id| shapes.get(*id).items.is_none());
        return free.then(Vec::new);
    }
    let mut closure: Vec<ShapeId> = Vec::new();
    for id in members {
        for part in &shapes.get(id).closure {
            if !closure.contains(part) {
                closure.push(*part);
            }
        }
    }
    Some(closure)
}

fn unknown(contract: &Contract, operation: &Operation, name: &str) -> Diagnostic {
    let known = names(contract, operation);
    let diagnostic =
        Diagnostic::error(format!("{} has no argument `{name}`", operation.name)).actual(name);
    match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None if known.is_empty() => diagnostic.help("this operation takes no arguments"),
        None => diagnostic.help(format!("known arguments: {}", known.join(", "))),
    }
}

/// Names that mean something: parameters, and members of the body two levels deep.
fn names(contract: &Contract, operation: &Operation) -> Vec<String> {
    let mut names: Vec<String> = operation.parameters.iter().map(|p| p.name.clone()).collect();
    if let Some(schema) = body_schema(operation.request_body.as_ref()) {
        let shapes = contract.schemas.shapes();
        let mut members: Vec<String> = Vec::new();
        for id in &shapes.get(contract.schemas.shape(schema)).closure {
            for (name, member) in &shapes.get(*id).properties {
                members.push(name.clone());
                for below in &shapes.get(*member).closure {
                    let keys = shapes.get(*below).properties.keys();
                    members.extend(keys.map(|key| format!("{name}.{key}")));
                }
            }
        }
        members.sort();
        members.dedup();
        names.extend(members);
    }
    names
}
