//! One walk over schemas: how they are called, and what they refer to.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::uri;
use crate::contract::{
    pointer::join,
    read::drafts::{Dialect, Holds, holds},
};

/// The keyword of a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword {
    /// `$ref`.
    Static,
    /// `$dynamicRef` of 2020-12.
    Dynamic,
    /// `$recursiveRef` of 2019-09.
    Recursive,
}

impl Keyword {
    /// As it is written.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Static => "$ref",
            Self::Dynamic => "$dynamicRef",
            Self::Recursive => "$recursiveRef",
        }
    }
}

/// A reference where it stands.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    /// Pointer of the schema that holds it.
    pub(super) holder: String,
    /// What the reference is relative to.
    pub(super) base: String,
    pub(super) keyword: Keyword,
    pub(super) target: String,
}

/// What schemas are called, and what they refer to.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Resources by their URI.
    pub(super) resources: HashMap<String, String>,
    /// Anchors by the URI of their resource and their name.
    pub(super) anchors: HashMap<(String, String), String>,
    /// Those of them that are dynamic: `$dynamicAnchor` by its name, `$recursiveAnchor` by none.
    pub(super) dynamic: HashSet<(String, String)>,
    /// The references that were not looked at yet.
    pub(super) references: Vec<Reference>,
    /// Pointers of all schemas that were seen.
    pub(super) seen: HashSet<String>,
}

impl Names {
    /// Walks a schema that stands at `pointer` and has this base.
    pub(super) fn walk(&mut self, schema: &Value, pointer: &str, base: &str, dialect: Dialect) {
        if !self.seen.insert(pointer.to_owned()) {
            return;
        }
        let Value::Object(object) = schema else { return };
        let only_a_reference = dialect <= Dialect::Draft7 && object.contains_key("$ref");
        let mut base = base.to_owned();
        if !only_a_reference {
            self.name(object, pointer, &mut base, dialect);
        }
        for keyword in [Keyword::Static, Keyword::Dynamic, Keyword::Recursive] {
            if let Some(Value::String(target)) = object.get(keyword.word()) {
                let (holder, base) = (pointer.to_owned(), base.clone());
                let target = target.clone();
                self.references.push(Reference { holder, base, keyword, target });
            }
        }
        for (key, value) in object {
            let Some(kind) = holds(key, value) else { continue };
            let here = join(pointer, key);
            match (kind, value) {
                (Holds::List, Value::Array(list)) => {
                    for (index, schema) in list.iter().enumerate() {
                        self.walk(schema, &format!("{here}/{index}"), &base, dialect);
                    }
                }
                (Holds::Map, Value::Object(map)) => {
                    for (name, schema) in map {
                        self.walk(schema, &join(&here, name), &base, dialect);
                    }
                }
                (_, schema) => self.walk(schema, &here, &base, dialect),
            }
        }
    }

    /// Takes in how a schema is called. Up to draft 7 a name with a fragment only is an anchor.
    fn name(
        &mut self,
        object: &Map<String, Value>,
        pointer: &str,
        base: &mut String,
        dialect: Dialect,
    ) {
        let text = |key: &str| object.get(key).and_then(Value::as_str);
        let id = if dialect == Dialect::Draft4 { text("id") } else { text("$id") };
        if let Some(id) = id {
            let (uri, fragment) = uri::split(id);
            if !uri.is_empty() {
                *base = uri::resolve(base, uri);
                self.resources.entry(base.clone()).or_insert_with(|| pointer.to_owned());
            }
            if !fragment.is_empty() && !fragment.starts_with('/') {
                self.anchor(base, fragment, pointer);
            }
        }
        for key in ["$anchor", "$dynamicAnchor"] {
            if let Some(name) = text(key) {
                self.anchor(base, name, pointer);
                if key == "$dynamicAnchor" {
                    self.dynamic.insert((base.clone(), name.to_owned()));
                }
            }
        }
        if object.get("$recursiveAnchor") == Some(&Value::Bool(true)) {
            self.dynamic.insert((base.clone(), String::new()));
        }
    }

    fn anchor(&mut self, base: &str, name: &str, pointer: &str) {
        let key = (base.to_owned(), name.to_owned());
        self.anchors.entry(key).or_insert_with(|| pointer.to_owned());
    }
}
