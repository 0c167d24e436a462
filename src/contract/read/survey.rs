//! A walk over a document by roles: where its schemas, references and names of schemas stand.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    fmt::Write as _,
};

use serde_json::{Map, Value};

use super::{
    resource::{is_absolute, resolve},
    role::{Holds, Role, role_at},
};
use crate::contract::pointer;

/// What the walks found.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Pointers of the outermost schemas.
    pub(super) schemas: Vec<String>,
    /// Every reference, in the order in which they were met.
    pub(super) references: Vec<Reference>,
    /// What has a URI: files by their path, schemas by their `$id`.
    pub(super) resources: Vec<Resource>,
    /// The resources' numbers by their URI.
    pub(super) by_uri: HashMap<String, usize>,
    /// `$anchor` and `$dynamicAnchor`: the resource's number and the name, to the pointer.
    pub(super) anchors: HashMap<(usize, String), String>,
    /// How many schemas have a `$dynamicAnchor`, by its name.
    pub(super) dynamic: HashMap<String, usize>,
    /// Where walks began, and as what.
    starts: HashMap<String, Vec<Role>>,
}

/// A reference as it is written.
#[derive(Debug)]
pub(super) struct Reference {
    /// Pointer of the text itself: of a `$ref`, or of a value of a discriminator's `mapping`.
    pub(super) at: String,
    /// The text as it is written.
    pub(super) written: String,
    /// Where it leads: a pointer in the document; `None` until that is known, and where it is wrong.
    pub(super) target: Option<String>,
    /// What must stand there.
    pub(super) role: Role,
    /// The number of the resource that it stands in.
    pub(super) resource: usize,
    /// Whether a person was told that it is wrong.
    pub(super) is_told: bool,
}

impl Reference {
    /// A reference of a document of one file: a pointer in it, or wrong.
    pub(super) fn local(at: &str, written: &str) -> Self {
        let target = pointer::of_reference(written).filter(|target| target.starts_with('/'));
        Self {
            at: at.to_owned(),
            written: written.to_owned(),
            target: target.map(Cow::into_owned),
            role: Role::Schema,
            resource: 0,
            is_told: false,
        }
    }
}

/// Something with a URI of its own.
#[derive(Debug)]
pub(super) struct Resource {
    pub(super) pointer: String,
    /// Its name without fragment; a path for a file.
    pub(super) uri: String,
    /// The number of the file that it stands in, which is a resource too.
    pub(super) file: usize,
}

impl Survey {
    /// Adds a file and says its number.
    pub(super) fn file(&mut self, pointer: String, path: String) -> usize {
        let file = self.resources.len();
        self.resource(Resource { pointer, uri: path, file })
    }

    /// Adds a resource and says its number. Of two with one name the first keeps it.
    fn resource(&mut self, resource: Resource) -> usize {
        let number = self.resources.len();
        self.by_uri.entry(resource.uri.clone()).or_insert(number);
        self.resources.push(resource);
        number
    }

    /// Walks what stands at a pointer, as what it is, within a resource.
    pub(super) fn walk(
        &mut self,
        document: &Value,
        pointer: String,
        role: Role,
        resource: usize,
        schemas_take_siblings: bool,
    ) {
        let Some(value) = pointer::find(document, &pointer) else { return };
        self.starts.entry(pointer.clone()).or_default().push(role);
        let mut walk = Walk { survey: self, at: pointer, resource, schemas_take_siblings };
        if role == Role::Schema {
            walk.survey.schemas.push(walk.at.clone());
        }
        walk.any(value, role);
    }

    /// Whether a walk has met what stands at a pointer, as what it is.
    pub(super) fn covers(&self, document: &Value, pointer: &str, role: Role) -> bool {
        let mut start = pointer;
        loop {
            for from in self.starts.get(start).into_iter().flatten() {
                let rest = &pointer[start.len()..];
                let found = match pointer::find(document, start) {
                    Some(Value::Object(object)) => role_at(object, *from, rest),
                    _ => rest.is_empty().then_some(*from),
                };
                if found == Some(role) {
                    return true;
                }
            }
            match start.rsplit_once('/') {
                Some((above, _)) => start = above,
                None => return false,
            }
        }
    }

    /// Forgets schemas that stand inside others of the list.
    pub(super) fn keep_outermost(&mut self, document: &Value) {
        let all: HashSet<&str> = self.schemas.iter().map(String::as_str).collect();
        let is_inside = |pointer: &str| {
            let mut above = pointer;
            while let Some((next, _)) = above.rsplit_once('/') {
                above = next;
                if all.contains(above)
                    && let Some(Value::Object(object)) = pointer::find(document, above)
                    && role_at(object, Role::Schema, &pointer[above.len()..]) == Some(Role::Schema)
                {
                    return true;
                }
            }
            false
        };
        let mut kept = HashSet::new();
        let outermost: Vec<String> = self
            .schemas
            .iter()
            .filter(|pointer| !is_inside(pointer) && kept.insert(pointer.as_str()))
            .cloned()
            .collect();
        self.schemas = outermost;
    }
}

struct Walk<'s> {
    survey: &'s mut Survey,
    /// Pointer of what is being looked at; grows and shrinks in place.
    at: String,
    resource: usize,
    /// Whether `$ref` in a schema stands beside other keywords, and `$id` means something.
    schemas_take_siblings: bool,
}

impl Walk<'_> {
    fn any(&mut self, value: &Value, role: Role) {
        if let Value::Object(object) = value {
            self.object(object, role);
        }
    }

    fn object(&mut self, object: &Map<String, Value>, role: Role) {
        let outer = self.resource;
        if role == Role::Schema {
            self.names(object);
            self.mapping(object);
        }
        let is_reference = self.reference(object, "$ref", role);
        if is_reference && !role.takes_siblings(self.schemas_take_siblings) {
            self.resource = outer;
            return;
        }
        if role == Role::Schema {
            self.reference(object, "$dynamicRef", role);
        }
        for (key, value) in object {
            match role.member(key, value) {
                None => {}
                Some(Holds::One(below)) => self.member(key, value, role, below),
                Some(Holds::Map(below)) => {
                    let Value::Object(members) = value else { continue };
                    let length = self.push(key);
                    for (name, value) in members {
                        self.member(name, value, role, below);
                    }
                    self.at.truncate(length);
                }
                Some(Holds::List(below)) => {
                    let Value::Array(items) = value else { continue };
                    let length = self.push(key);
                    for (index, item) in items.iter().enumerate() {
                        let list = self.at.len();
                        // Writing to a string cannot fail.
                        let _ = write!(self.at, "/{index}");
                        self.any(item, below);
                        self.at.truncate(list);
                    }
                    self.at.truncate(length);
                }
            }
        }
        self.resource = outer;
    }

    fn member(&mut self, name: &str, value: &Value, holder: Role, role: Role) {
        let length = self.push(name);
        // `dependencies` holds lists of names beside schemas.
        if role == Role::Schema && holder != Role::Schema {
            self.survey.schemas.push(self.at.clone());
        }
        self.any(value, role);
        self.at.truncate(length);
    }

    fn push(&mut self, name: &str) -> usize {
        let length = self.at.len();
        self.at.push('/');
        self.at.push_str(&pointer::escape(name));
        length
    }

    /// Notes a reference; whether there is one.
    fn reference(&mut self, object: &Map<String, Value>, key: &str, role: Role) -> bool {
        let Some(Value::String(written)) = object.get(key) else { return false };
        let length = self.push(key);
        self.note(written, role);
        self.at.truncate(length);
        true
    }

    fn note(&mut self, written: &str, role: Role) {
        self.survey.references.push(Reference {
            at: self.at.clone(),
            written: written.to_owned(),
            target: None,
            role,
            resource: self.resource,
            is_told: false,
        });
    }

    /// The values of a discriminator's `mapping` that are references, not names of schemas
    /// (`OpenAPI` 3.1 section 4.8.25.3).
    fn mapping(&mut self, object: &Map<String, Value>) {
        let mapping = object.get("discriminator").and_then(|d| d.get("mapping"));
        let Some(Value::Object(mapping)) = mapping else { return };
        let length = self.push("discriminator");
        self.push("mapping");
        for (value, target) in mapping {
            if let Value::String(target) = target
                && target.contains(['/', '#', '.'])
            {
                let length = self.push(value);
                self.note(target, Role::Schema);
                self.at.truncate(length);
            }
        }
        self.at.truncate(length);
    }

    /// `$id`, `$anchor` and `$dynamicAnchor` of a schema (JSON Schema 2020-12 section 8.2).
    fn names(&mut self, object: &Map<String, Value>) {
        if !self.schemas_take_siblings {
            return;
        }
        if let Some(Value::String(id)) = object.get("$id") {
            let (name, fragment) = super::resource::split_fragment(id);
            // Before 2019-09 an anchor was written so (JSON Schema draft 7 section 8.2.3).
            if let (true, Some(anchor)) = (name.is_empty(), fragment) {
                self.anchor(anchor);
            } else if !name.is_empty() {
                let outer = &self.survey.resources[self.resource];
                // A file that names itself by an address stays a file: its paths are relative to it.
                let is_root = outer.pointer == self.at;
                let uri = resolve(&outer.uri, name);
                if !is_root || is_absolute(&uri) {
                    let (pointer, file) = (self.at.clone(), outer.file);
                    self.resource = self.survey.resource(Resource { pointer, uri, file });
                }
            }
        }
        for key in ["$anchor", "$dynamicAnchor"] {
            if let Some(Value::String(anchor)) = object.get(key)
                && self.anchor(anchor)
                && key == "$dynamicAnchor"
            {
                *self.survey.dynamic.entry(anchor.clone()).or_default() += 1;
            }
        }
    }

    /// Notes an anchor; whether it is new.
    fn anchor(&mut self, name: &str) -> bool {
        let key = (self.resource, name.to_owned());
        let is_new = !self.survey.anchors.contains_key(&key);
        self.survey.anchors.entry(key).or_insert_with(|| self.at.clone());
        is_new
    }
}
