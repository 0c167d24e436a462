//! Every reference becomes a pointer within the document, other files become part of it.

use std::collections::HashMap;

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::{
    names::{Keyword, Names, Reference},
    uri,
};
use crate::{
    contract::{
        pointer::{self, join},
        read::drafts::Dialect,
        source::{Files, Part, Sources, beside, mounted_at},
    },
    evidence::{Diagnostic, nearest},
};

/// Files of one schema.
const MOST_FILES: usize = 1_000;
/// Bytes of all files of one schema.
const MOST_BYTES: usize = 128 << 20;
/// The meta-schemas: what keeps one is a schema.
const META_SCHEMAS: &[&str] = &[
    "json-schema.org/schema",
    "json-schema.org/draft-04/schema",
    "json-schema.org/draft-06/schema",
    "json-schema.org/draft-07/schema",
    "json-schema.org/draft/2019-09/schema",
    "json-schema.org/draft/2020-12/schema",
];

/// Where a reference leads.
enum Target {
    Pointer(String),
    /// A meta-schema. Of a schema as a value only its type is checked.
    MetaSchema,
}

/// A document whose references are being resolved.
pub(super) struct Resolver<'r> {
    pub(super) sources: &'r mut Sources,
    pub(super) document: &'r mut Value,
    pub(super) files: &'r dyn Files,
    pub(super) dialect: Dialect,
    /// What the root schema is called: its `$id`, else its file.
    pub(super) root: String,
    pub(super) names: Names,
    /// Pointers of the outermost schemas.
    pub(super) roots: Vec<String>,
    pub(super) problems: Vec<Diagnostic>,
    loaded: HashMap<String, Option<String>>,
    bytes: usize,
}

impl<'r> Resolver<'r> {
    /// Begins with the schema at `/schema`, which was read from `file`.
    pub(super) fn new(
        sources: &'r mut Sources,
        document: &'r mut Value,
        files: &'r dyn Files,
        dialect: Dialect,
        file: &str,
    ) -> Self {
        let mut names = Names::default();
        names.resources.insert(file.to_owned(), super::contract::SCHEMA.to_owned());
        names.walk(&document["schema"], super::contract::SCHEMA, file, dialect);
        let id = if dialect == Dialect::Draft4 { "id" } else { "$id" };
        let id = document["schema"].get(id).and_then(Value::as_str).map(|id| uri::split(id).0);
        let root = id.map_or_else(|| file.to_owned(), |id| uri::resolve(file, id));
        Self {
            sources,
            document,
            files,
            dialect,
            root,
            names,
            roots: vec![super::contract::SCHEMA.to_owned()],
            problems: Vec::new(),
            loaded: HashMap::new(),
            bytes: 0,
        }
    }

    /// Rewrites every reference. The result holds what is referred to.
    pub(super) fn run(&mut self) -> Vec<String> {
        let mut targets = Vec::new();
        let mut found: Vec<(Reference, Target)> = Vec::new();
        while !self.names.references.is_empty() {
            for reference in std::mem::take(&mut self.names.references) {
                let Some(target) = self.target(&reference) else { continue };
                if let Target::Pointer(at) = &target {
                    let Some(schema) = self.document.pointer(at) else {
                        self.nowhere(&reference, at);
                        continue;
                    };
                    if !self.names.seen.contains(at) {
                        // It stands where no schema does: below a word that no draft knows.
                        self.names.walk(schema, at, &reference.base, self.dialect);
                        self.roots.push(at.clone());
                    }
                    targets.push(at.clone());
                }
                found.push((reference, target));
            }
        }
        for (reference, target) in found {
            self.rewrite(&reference, &target);
        }
        targets
    }

    fn target(&mut self, reference: &Reference) -> Option<Target> {
        let (relative, fragment) = uri::split(&reference.target);
        let resource = uri::resolve(&reference.base, relative);
        if reference.keyword == Keyword::Recursive {
            return Some(Target::Pointer(self.recursive(&resource)));
        }
        let Some(fragment) = percent_decode_str(fragment).decode_utf8().ok() else {
            self.nowhere(reference, &reference.target);
            return None;
        };
        let name = resource.trim_end_matches('#');
        if !self.names.resources.contains_key(name) {
            let host = name.split_once("://").map_or("", |(_, rest)| rest);
            if META_SCHEMAS.contains(&host) {
                return Some(Target::MetaSchema);
            }
            self.load(name, reference)?;
        }
        let at = self.names.resources.get(name)?.clone();
        if fragment.is_empty() {
            return Some(Target::Pointer(at));
        }
        if fragment.starts_with('/') {
            return Some(Target::Pointer(format!("{at}{fragment}")));
        }
        let mut key = (name.to_owned(), fragment.into_owned());
        if reference.keyword == Keyword::Dynamic && self.names.dynamic.contains(&key) {
            // Values are judged from the root schema on: it is the outermost dynamic scope.
            let outermost = (self.root.clone(), key.1.clone());
            if self.names.dynamic.contains(&outermost) {
                key = outermost;
            }
        }
        if let Some(at) = self.names.anchors.get(&key) {
            return Some(Target::Pointer(at.clone()));
        }
        self.no_anchor(reference, &key);
        None
    }

    fn recursive(&self, resource: &str) -> String {
        let is_dynamic = |uri: &str| self.names.dynamic.contains(&(uri.to_owned(), String::new()));
        let uri =
            if is_dynamic(resource) && is_dynamic(&self.root) { &self.root } else { resource };
        let at = self.names.resources.get(uri);
        at.cloned().unwrap_or_else(|| super::contract::SCHEMA.to_owned())
    }

    /// Reads a file of the folder. A name below that of the root schema is one beside it.
    fn load(&mut self, name: &str, reference: &Reference) -> Option<()> {
        let folder = self.root.rsplit_once('/').map_or("", |(folder, _)| folder);
        let path = match name.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')) {
            Some(path) if uri::is_absolute(name) => path,
            _ => name,
        };
        let inside = beside("", path, self.files.above());
        let Some(path) = inside.filter(|_| !uri::is_absolute(path)) else {
            self.out_of_the_workspace(reference);
            return None;
        };
        let path = path.as_str();
        if let Some(known) = self.loaded.get(path) {
            let at = known.clone()?;
            self.names.resources.insert(name.to_owned(), at);
            return Some(());
        }
        self.loaded.insert(path.to_owned(), None);
        let read = self.files.read(path).and_then(|source| source.parse().map(|v| (source, v)));
        let (source, value) = match read {
            Ok(read) => read,
            Err(problem) => {
                let place = self.place(reference);
                self.problems.push(problem.maybe_at(place, "referred to here"));
                return None;
            }
        };
        self.bytes += source.text.len();
        if self.loaded.len() > MOST_FILES || self.bytes > MOST_BYTES {
            let place = self.place(reference);
            self.problems.push(
                Diagnostic::error("the schema has too many files, or too large ones")
                    .maybe_at(place, "")
                    .expected(format!("{MOST_FILES} files of {} MiB", MOST_BYTES >> 20)),
            );
            return None;
        }
        let at = mounted_at(path);
        let file = self.sources.add(source);
        self.sources.mount(at.clone(), file, "");
        self.names.resources.insert(name.to_owned(), at.clone());
        self.names.walk(&value, &at, name, self.dialect);
        let document = self.document.as_object_mut()?;
        let files = document.entry("x-files").or_insert_with(|| json!({}));
        files.as_object_mut()?.insert(path.to_owned(), value);
        self.roots.push(at.clone());
        self.loaded.insert(path.to_owned(), Some(at));
        Some(())
    }

    fn rewrite(&mut self, reference: &Reference, target: &Target) {
        let Some(Value::Object(holder)) = self.document.pointer_mut(&reference.holder) else {
            return;
        };
        let new = match target {
            Target::Pointer(at) => json!({"$ref": pointer::reference(at)}),
            Target::MetaSchema => json!({"type": ["object", "boolean"]}),
        };
        holder.shift_remove(reference.keyword.word());
        let alone = match target {
            Target::Pointer(_) => !holder.contains_key("$ref"),
            Target::MetaSchema => !holder.contains_key("type"),
        };
        match (alone, new, holder.get_mut("allOf")) {
            (true, Value::Object(new), _) => holder.extend(new),
            (_, new, Some(Value::Array(all))) => all.push(new),
            (_, new, _) => {
                holder.insert("allOf".to_owned(), json!([new]));
            }
        }
    }

    fn place(&self, reference: &Reference) -> Option<crate::evidence::Place> {
        let at = join(&reference.holder, reference.keyword.word());
        self.sources.locate(&at, Part::Value)
    }

    fn nowhere(&mut self, reference: &Reference, at: &str) {
        let place = self.place(reference);
        let near = pointer::split(at).and_then(|(parent, name)| {
            let holder = self.document.pointer(parent)?.as_object()?;
            let near = nearest(&name, holder.keys().map(String::as_str))?;
            Some(self.sources.written(&join(parent, near)).into_owned())
        });
        let help = near.map_or_else(
            || "add what it names, or correct the name".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        self.problems.push(
            Diagnostic::error("the reference leads nowhere")
                .maybe_at(place, "nothing there")
                .actual(&reference.target)
                .note("RFC 6901 section 4")
                .help(help),
        );
    }

    fn no_anchor(&mut self, reference: &Reference, (uri, name): &(String, String)) {
        let place = self.place(reference);
        let known = self.names.anchors.keys().filter(|(of, _)| of == uri);
        let near = nearest(name, known.map(|(_, name)| name.as_str()));
        let help = near.map_or_else(
            || "name the schema by `$anchor`, or by its place: #/$defs/Name".to_owned(),
            |near| format!("did you mean `#{near}`?"),
        );
        self.problems.push(
            Diagnostic::error("no schema has this anchor")
                .maybe_at(place, "nothing there")
                .actual(&reference.target)
                .help(help),
        );
    }

    fn out_of_the_workspace(&mut self, reference: &Reference) {
        let place = self.place(reference);
        self.problems.push(
            Diagnostic::error("the reference leads out of the workspace")
                .maybe_at(place, "nothing is fetched")
                .expected("a place in this schema, or a file of the folder")
                .actual(&reference.target)
                .help("put a copy of what it names into the folder, and refer to that file"),
        );
    }
}
