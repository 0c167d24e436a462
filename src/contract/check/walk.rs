//! A walk along schema and body: members that nobody described, found also where the schema
//! leaves the object open, and whole numbers that not every reader can hold.

use serde_json::{Number, Value};

use crate::contract::{
    Contract, SchemaRef,
    pointer::{escape, push_index},
    shape::{ShapeId, Shapes},
};

/// Things of one body that are told.
const MOST_FOUND: usize = 50;
/// The largest whole number up to which doubles hold each one (RFC 8259 section 6).
const LARGEST_SAFE: u64 = (1 << 53) - 1;

/// Formats that say that a number may be large.
const WIDE: &[&str] = &["int64", "uint64", "float", "double", "decimal"];
/// Keywords that say how far a number may go.
const UPPER: &[&str] = &["maximum", "exclusiveMaximum", "const", "enum"];
const LOWER: &[&str] = &["minimum", "exclusiveMinimum", "const", "enum"];

/// What the walk finds.
pub(super) struct Odd<'v> {
    pub(super) kind: OddKind,
    /// Pointer of the schema, or of the keyword, that promises otherwise.
    pub(super) promise: String,
    /// Pointer of the spot in the body.
    pub(super) pointer: String,
    pub(super) value: &'v Value,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum OddKind {
    /// A member that nobody described.
    Undeclared,
    /// A whole number beyond 2^53 of which the contract does not speak.
    Unsafe,
}

/// Walks schema and value side by side. Free-form objects, of which no member is described, have
/// no undeclared ones; what we write may hold more than is described, and is not asked for any.
pub(super) fn find<'v>(
    contract: &Contract,
    schema: &SchemaRef,
    value: &'v Value,
    undeclared: bool,
) -> Vec<Odd<'v>> {
    let (shapes, root) = (contract.schemas.shapes(), contract.schemas.shape(schema));
    let mut walk = Walk { contract, shapes, undeclared, path: String::new(), found: Vec::new() };
    walk.value(&shapes.get(root).closure, value);
    walk.found
}

struct Walk<'w, 'v> {
    contract: &'w Contract,
    shapes: &'w Shapes,
    undeclared: bool,
    path: String,
    found: Vec<Odd<'v>>,
}

impl<'v> Walk<'_, 'v> {
    fn value(&mut self, ids: &[ShapeId], value: &'v Value) {
        match value {
            Value::Object(object) if self.shapes.declares_members(ids) => {
                let mut members = Vec::new();
                for (name, value) in object {
                    members.clear();
                    if !self.shapes.members_into(ids, name, &mut members) {
                        self.undeclared(ids, name, value);
                    } else if is_walked(value) {
                        let length = self.path.len();
                        self.path.push('/');
                        self.path.push_str(&escape(name));
                        self.all(&members, value);
                        self.path.truncate(length);
                    }
                }
            }
            Value::Array(list) => {
                for (index, item) in list.iter().enumerate() {
                    if is_walked(item) {
                        self.item(ids, index, item);
                    }
                }
            }
            Value::Number(number) if is_walked(value) => self.number(ids, number, value),
            _ => {}
        }
    }

    fn item(&mut self, ids: &[ShapeId], index: usize, item: &'v Value) {
        let shape_of = |id: &ShapeId| {
            let shape = self.shapes.get(*id);
            shape.first_items.get(index).copied().or(shape.items)
        };
        let length = push_index(&mut self.path, index);
        match ids {
            // As most lists are: no list of schemas has to be made for each of its items.
            [only] => self.all(shape_of(only).as_slice(), item),
            several => {
                let mut items: Vec<ShapeId> = several.iter().filter_map(shape_of).collect();
                items.sort_unstable();
                items.dedup();
                self.all(&items, item);
            }
        }
        self.path.truncate(length);
    }

    /// A value that all of these schemas, and what they refer to, describe.
    fn all(&mut self, ids: &[ShapeId], value: &'v Value) {
        match ids {
            [] => {}
            [only] => {
                let shapes = self.shapes;
                self.value(&shapes.get(*only).closure, value);
            }
            several => {
                let shapes = self.shapes;
                let closure = shapes.closure_of(several);
                self.value(&closure, value);
            }
        }
    }

    fn undeclared(&mut self, ids: &[ShapeId], name: &str, value: &'v Value) {
        if !self.undeclared || self.found.len() >= MOST_FOUND {
            return;
        }
        let named = ids.iter().find(|id| !self.shapes.get(**id).properties.is_empty());
        let promise = match (named, ids.first()) {
            (Some(named), _) => format!("{}/properties", self.shapes.get(*named).pointer),
            (None, Some(first)) => self.shapes.get(*first).pointer.to_string(),
            (None, None) => String::new(),
        };
        let pointer = format!("{}/{}", self.path, escape(name));
        self.found.push(Odd { kind: OddKind::Undeclared, promise, pointer, value });
    }

    /// A whole number that not every reader can hold.
    fn number(&mut self, ids: &[ShapeId], number: &Number, value: &'v Value) {
        if self.found.len() >= MOST_FOUND {
            return;
        }
        let negative = number.as_i64().is_some_and(|number| number < 0);
        let bounds = if negative { LOWER } else { UPPER };
        let mut spoken_of = ids.is_empty();
        for id in ids {
            let at = &*self.shapes.get(*id).pointer;
            let Some(schema) = self.contract.document.pointer(at) else { continue };
            let format = schema.get("format").and_then(Value::as_str).unwrap_or_default();
            spoken_of |= WIDE.contains(&format) || bounds.iter().any(|b| schema.get(b).is_some());
        }
        if !spoken_of {
            let promise = self.shapes.get(ids[0]).pointer.to_string();
            self.found.push(Odd {
                kind: OddKind::Unsafe,
                promise,
                pointer: self.path.clone(),
                value,
            });
        }
    }
}

/// Containers, and whole numbers beyond 2^53: all others are as they should be once the validator
/// has seen them.
fn is_walked(value: &Value) -> bool {
    match value {
        Value::Object(_) | Value::Array(_) => true,
        Value::Number(number) => !number.is_f64() && is_unsafe(number),
        _ => false,
    }
}

fn is_unsafe(number: &Number) -> bool {
    number.as_i64().is_none_or(|number| number.unsigned_abs() > LARGEST_SAFE)
}
