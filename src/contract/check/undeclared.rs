//! Members that a schema does not name, found also where it leaves the object open.

use serde_json::Value;

use crate::contract::{
    pointer::escape,
    shape::{ShapeId, Shapes},
};

/// Undeclared members of one body that are told.
const MOST_FOUND: usize = 50;

/// A member that nobody described.
pub(super) struct Undeclared<'v> {
    /// Pointer of the schema that names the other members.
    pub(super) promise: String,
    /// Pointer of the member in the body.
    pub(super) pointer: String,
    pub(super) value: &'v Value,
}

/// Walks schema and value side by side. Free-form objects, of which no member is described, have
/// no undeclared ones.
pub(super) fn find<'v>(shapes: &Shapes, root: ShapeId, value: &'v Value) -> Vec<Undeclared<'v>> {
    let mut walk = Walk { shapes, path: String::new(), found: Vec::new() };
    walk.value(&shapes.get(root).closure, value);
    walk.found
}

struct Walk<'w, 'v> {
    shapes: &'w Shapes,
    path: String,
    found: Vec<Undeclared<'v>>,
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
                    } else if value.is_object() || value.is_array() {
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
                    if item.is_object() || item.is_array() {
                        self.item(ids, index, item);
                    }
                }
            }
            _ => {}
        }
    }

    fn item(&mut self, ids: &[ShapeId], index: usize, item: &'v Value) {
        let shape_of = |id: &ShapeId| {
            let shape = self.shapes.get(*id);
            shape.first_items.get(index).copied().or(shape.items)
        };
        let mut items: Vec<ShapeId> = ids.iter().filter_map(shape_of).collect();
        items.sort_unstable();
        items.dedup();
        let length = self.path.len();
        self.path.push('/');
        self.path.push_str(&index.to_string());
        self.all(&items, item);
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
        if self.found.len() >= MOST_FOUND {
            return;
        }
        let named = ids.iter().find(|id| !self.shapes.get(**id).properties.is_empty());
        let promise = match (named, ids.first()) {
            (Some(named), _) => format!("{}/properties", self.shapes.get(*named).pointer),
            (None, Some(first)) => self.shapes.get(*first).pointer.to_string(),
            (None, None) => String::new(),
        };
        let pointer = format!("{}/{}", self.path, escape(name));
        self.found.push(Undeclared { promise, pointer, value });
    }
}
