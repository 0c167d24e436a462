//! What a pointer into a body leads through: which names the contract knows, and whether what
//! stands there is marked as being about a person.

use serde_json::Value;

use crate::contract::{
    Contract, SchemaRef,
    pointer::{self, unescape},
    shape::{ShapeId, Shapes},
};

/// The mark of a schema whose values are about a person.
const PII: &str = "x-pii";
/// Where the schema proper stands that lifting wrapped.
const WRAPPED: &str = "/anyOf/1";

/// A pointer into a body, seen along its schema.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Trace {
    /// The pointer with `*` for the number of an item and for a name that is a key of a map.
    pub(super) place: String,
    /// Whether the value there, or one that holds it, is marked `x-pii: true`.
    pub(super) personal: bool,
}

/// Follows a pointer. Only done for what is found.
pub(super) fn trace(contract: &Contract, schema: &SchemaRef, body: &Value, at: &str) -> Trace {
    let shapes = contract.schemas.shapes();
    let mut ids = shapes.get(contract.schemas.shape(schema)).closure.clone();
    let mut trace = Trace { place: String::new(), personal: is_personal(contract, &ids) };
    let mut here = Some(body);
    for segment in at.split('/').skip(1) {
        let name = unescape(segment);
        let (next, known) = if let Some(Value::Array(list)) = here {
            let index = name.parse::<usize>().ok();
            here = index.and_then(|index| list.get(index));
            (items(shapes, &ids, index.unwrap_or(usize::MAX)), false)
        } else {
            here = here.and_then(|value| value.get(&*name));
            members(shapes, &ids, &name)
        };
        trace.place.push('/');
        trace.place.push_str(if known { segment } else { "*" });
        ids = shapes.closure_of(&next);
        trace.personal |= is_personal(contract, &ids);
    }
    trace
}

fn items(shapes: &Shapes, ids: &[ShapeId], index: usize) -> Vec<ShapeId> {
    let of = |id: &ShapeId| {
        let shape = shapes.get(*id);
        shape.first_items.get(index).copied().or(shape.items)
    };
    ids.iter().filter_map(of).collect()
}

/// The schemas of a member, and whether its name says what it is: a described one does, and so
/// does one that nobody described. A key of a map does not.
fn members(shapes: &Shapes, ids: &[ShapeId], name: &str) -> (Vec<ShapeId>, bool) {
    let mut found = Vec::new();
    let declared = shapes.members_into(ids, name, &mut found);
    let named = ids.iter().any(|id| shapes.get(*id).properties.contains_key(name));
    (found, named || !declared)
}

fn is_personal(contract: &Contract, ids: &[ShapeId]) -> bool {
    let marked = |at: &str| {
        let schema = contract.document.pointer(at);
        schema.and_then(|schema| schema.get(PII)) == Some(&Value::Bool(true))
    };
    let shapes = contract.schemas.shapes();
    ids.iter().any(|id| {
        let at = &*shapes.get(*id).pointer;
        marked(at) || marked(&format!("{at}{WRAPPED}"))
    })
}

/// Whether a schema that stands by itself, such as a header's, is marked.
pub(super) fn is_marked(contract: &Contract, schema: &SchemaRef) -> bool {
    let shapes = contract.schemas.shapes();
    is_personal(contract, &shapes.get(contract.schemas.shape(schema)).closure)
}

/// The name that the last segment of a pointer says; empty for the whole.
pub(super) fn last_name(at: &str) -> String {
    pointer::split(at).map(|(_, name)| name.into_owned()).unwrap_or_default()
}
