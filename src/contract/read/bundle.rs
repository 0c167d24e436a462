//! Many files, one document: every file that a reference names is read once, stands in the
//! document under `/x-files/<path>`, and every reference becomes a pointer within it.
//!
//! Nothing is fetched, and nothing outside the workspace is read (docs/decisions/0019).

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::{
    resource::{is_absolute, resolve, split_fragment},
    role::Role,
    survey::{Reference, Survey},
};
use crate::{
    contract::{
        pointer,
        source::{Files, Part, Sources, beside, mounted_at},
    },
    evidence::Diagnostic,
};

/// Files of one document.
const MOST_FILES: usize = 2_000;
/// Bytes of all files of one document.
const MOST_BYTES: usize = 128 << 20;
/// The member under which other files stand.
const MOUNT: &str = "x-files";

/// How the pointer of a reference ends that depends on the way that led to it.
const DYNAMIC: &str = "/$dynamicRef";

/// What a document is made of.
pub(super) struct Bundled {
    pub(super) survey: Survey,
    pub(super) problems: Vec<Diagnostic>,
}

/// Reads what the document refers to, beginning with its root in this role, and rewrites the
/// references. `dialect_2020`: schemas take members beside `$ref`, and may have names.
pub(super) fn bundle(
    sources: &mut Sources,
    document: &mut Value,
    files: &dyn Files,
    (role, dialect_2020): (Role, bool),
) -> Bundled {
    let root = sources.root().path.clone();
    let (folder, name) = root.rsplit_once('/').unwrap_or(("", &root));
    let mut bundle = Bundle {
        sources,
        document,
        files,
        dialect_2020,
        folder: folder.to_owned(),
        survey: Survey::default(),
        problems: Vec::new(),
        by_path: HashMap::new(),
        bytes: 0,
        queue: Vec::new(),
        seen: HashSet::new(),
        rewritten: HashSet::new(),
    };
    let file = bundle.survey.file(String::new(), name.to_owned());
    bundle.by_path.insert(name.to_owned(), Some(file));
    bundle.queue.push((String::new(), role, file));
    bundle.run();
    let Bundle { mut survey, problems, document, .. } = bundle;
    survey.keep_outermost(document);
    Bundled { survey, problems }
}

struct Bundle<'b> {
    sources: &'b mut Sources,
    document: &'b mut Value,
    files: &'b dyn Files,
    dialect_2020: bool,
    /// The root document's folder as messages show it.
    folder: String,
    survey: Survey,
    problems: Vec<Diagnostic>,
    /// The files by path; `None` for one that could not be read, which was told.
    by_path: HashMap<String, Option<usize>>,
    bytes: usize,
    /// What is still to be walked.
    queue: Vec<(String, Role, usize)>,
    /// Targets that were looked at.
    seen: HashSet<(String, Role)>,
    /// Pointers of references that were rewritten; a second walk meets them so.
    rewritten: HashSet<String>,
}

/// Where a reference leads.
enum Way {
    /// To a pointer of the document, in a file.
    To(String, usize),
    /// To a name that a file not yet walked may have; a problem in the end.
    Unknown(Box<Diagnostic>),
    /// Nowhere, and it was told.
    Told,
}

impl Bundle<'_> {
    fn run(&mut self) {
        let mut first = 0;
        // References to names that were not met yet.
        let mut waiting: Vec<usize> = Vec::new();
        loop {
            while let Some((pointer, role, resource)) = self.queue.pop() {
                let siblings = self.dialect_2020;
                self.survey.walk(self.document, pointer, role, resource, siblings);
                let new = first..self.survey.references.len();
                first = new.end;
                for index in new {
                    self.follow(index, &mut waiting);
                }
            }
            // Names of schemas may stand in files that were read since.
            let again = std::mem::take(&mut waiting);
            for index in &again {
                self.follow(*index, &mut waiting);
            }
            if self.queue.is_empty() && waiting.len() == again.len() {
                break;
            }
        }
        for index in waiting {
            // One that cannot be told before a value is there stays: what judges says so.
            let is_dynamic = self.survey.references[index].at.ends_with(DYNAMIC);
            if let (false, Way::Unknown(problem)) = (is_dynamic, self.way(index)) {
                self.problems.push(*problem);
            }
        }
        for reference in &mut self.survey.references {
            reference.is_told = reference.target.is_none();
        }
    }

    /// Finds out where a reference leads, and walks there if nobody has.
    fn follow(&mut self, index: usize, waiting: &mut Vec<usize>) {
        match self.way(index) {
            Way::Unknown(_) => waiting.push(index),
            Way::Told => {}
            Way::To(target, file) => {
                let reference = &mut self.survey.references[index];
                let role = reference.role;
                if reference.at.ends_with(DYNAMIC) {
                    made_static(self.document, reference, &target);
                } else if rewrite(self.document, reference, &target) {
                    self.rewritten.insert(reference.at.clone());
                }
                reference.target = Some(target.clone());
                let is_new = self.seen.insert((target.clone(), role));
                if is_new && !self.survey.covers(self.document, &target, role) {
                    self.queue.push((target, role, file));
                }
            }
        }
    }

    fn way(&mut self, index: usize) -> Way {
        let reference = &self.survey.references[index];
        let resource = &self.survey.resources[reference.resource];
        if self.rewritten.contains(&reference.at)
            && let Some(target) = pointer::of_reference(&reference.written)
        {
            return Way::To(target.into_owned(), resource.file);
        }
        let (name, fragment) = split_fragment(&reference.written);
        if reference.at.ends_with(DYNAMIC) {
            let anchor = fragment.filter(|anchor| name.is_empty() && !anchor.starts_with('/'));
            // With two of the name, it depends on the way (JSON Schema 2020-12 section 8.2.3.2).
            if anchor.is_none_or(|anchor| self.survey.dynamic.get(anchor) != Some(&1)) {
                return Way::Told;
            }
        }
        if name.is_empty() {
            return self.within(reference.resource, fragment, index);
        }
        let is_named = is_absolute(name) || is_absolute(&resource.uri);
        if is_named {
            let uri = resolve(&resource.uri, name);
            if let Some(known) = self.survey.by_uri.get(&uri) {
                return self.within(*known, fragment, index);
            }
            if is_absolute(name) {
                return Way::Unknown(Box::new(self.remote(index, &uri)));
            }
            // A schema that names itself by an address refers to the files beside it as well.
        }
        let path = percent_decode_str(name).decode_utf8_lossy().into_owned();
        let holder = &self.survey.resources[resource.file].uri;
        let Some(path) = beside(holder, &path, self.files.above()) else {
            let problem = self.outside(index, &path);
            self.problems.push(problem);
            return Way::Told;
        };
        if let Some(known) = self.survey.by_uri.get(&path) {
            return self.within(*known, fragment, index);
        }
        match self.file(&path, index) {
            Some(file) => {
                let fragment = self.survey.references[index].written.clone();
                self.within(file, split_fragment(&fragment).1, index)
            }
            None => Way::Told,
        }
    }

    /// The place of a fragment in a resource: a pointer from it, or a name.
    fn within(&self, resource: usize, fragment: Option<&str>, index: usize) -> Way {
        let found = &self.survey.resources[resource];
        let fragment = percent_decode_str(fragment.unwrap_or_default()).decode_utf8_lossy();
        if fragment.is_empty() {
            return Way::To(found.pointer.clone(), found.file);
        }
        if fragment.starts_with('/') {
            let target = format!("{}{fragment}", found.pointer);
            // Within a schema with `$id`, a pointer begins at it; many write it from the root.
            let file = &self.survey.resources[found.file].pointer;
            let from_file = format!("{file}{fragment}");
            let target = match self.document.pointer(&target) {
                None if self.document.pointer(&from_file).is_some() => from_file,
                _ => target,
            };
            return Way::To(target, found.file);
        }
        match self.survey.anchors.get(&(resource, fragment.clone().into_owned())) {
            Some(pointer) => Way::To(pointer.clone(), found.file),
            None => Way::Unknown(Box::new(self.no_anchor(index, &fragment))),
        }
    }

    /// The number of a file, read at its first use; `None` where that fails, which is told.
    fn file(&mut self, path: &str, index: usize) -> Option<usize> {
        if let Some(known) = self.by_path.get(path) {
            return *known;
        }
        self.by_path.insert(path.to_owned(), None);
        match self.read(path, index) {
            Ok(file) => {
                self.by_path.insert(path.to_owned(), Some(file));
                Some(file)
            }
            Err(problem) => {
                self.problems.push(*problem);
                None
            }
        }
    }

    fn read(&mut self, path: &str, index: usize) -> Result<usize, Box<Diagnostic>> {
        if self.by_path.len() > MOST_FILES {
            let title = format!("the document is made of more than {MOST_FILES} files");
            let help = "put what belongs together into one file";
            return Err(Box::new(self.at(index, title, "this one is too many").help(help)));
        }
        let source = self.files.read(path).map_err(|mut problem| {
            if problem.marks.is_empty() {
                let place = self.sources.locate(&self.survey.references[index].at, Part::Value);
                problem = problem.maybe_at(place, "named here");
            }
            Box::new(problem)
        })?;
        self.bytes += source.text.len();
        if self.bytes > MOST_BYTES {
            let title = "the files of the document are too large";
            let told = self.at(index, title, "with this one");
            return Err(Box::new(told.expected(format!("at most {} MiB", MOST_BYTES >> 20))));
        }
        let value = source.parse().map_err(Box::new)?;
        if value.is_string() {
            let told = self.at(index, "the reference leads to a file that is no document", "");
            return Err(Box::new(
                told.expected("a file in JSON or YAML, named .json, .yaml or .yml").actual(path),
            ));
        }
        self.other_standard(&value, path, index)?;
        let number = self.sources.add(source);
        let at = mounted_at(path);
        self.sources.mount(at.clone(), number, "");
        let is_schema = value.get("$schema").is_some() || value.get("$id").is_some();
        if let Value::Object(root) = &mut *self.document {
            let mounted = root.entry(MOUNT).or_insert_with(|| Value::Object(Map::new()));
            if !mounted.is_object() {
                *mounted = Value::Object(Map::new());
            }
            if let Value::Object(mounted) = mounted {
                mounted.insert(path.to_owned(), value);
            }
        }
        let file = self.survey.file(at.clone(), path.to_owned());
        if is_schema {
            self.seen.insert((at.clone(), Role::Schema));
            self.queue.push((at, Role::Schema, file));
        }
        Ok(file)
    }

    /// A file of another version than the root document would be read by the wrong rules.
    fn other_standard(
        &self,
        value: &Value,
        path: &str,
        index: usize,
    ) -> Result<(), Box<Diagnostic>> {
        let (root, file) = (family(self.document), family(value));
        match (&root, &file) {
            (Some(root), Some(file)) if root != file => Err(Box::new(
                self.at(index, "two versions of a standard are mixed", "leads to the other one")
                    .expected(format!("{path} follows {root}, as the root document does"))
                    .actual(file)
                    .help("convert one of them, so that all files follow one version"),
            )),
            _ => Ok(()),
        }
    }

    fn at(&self, index: usize, title: impl Into<String>, label: &str) -> Diagnostic {
        let reference = &self.survey.references[index];
        let place = self.sources.locate(&reference.at, Part::Value);
        Diagnostic::error(title).maybe_at(place, label)
    }

    fn written(&self, index: usize) -> &str {
        &self.survey.references[index].written
    }

    fn remote(&self, index: usize, uri: &str) -> Diagnostic {
        let written = self.written(index);
        let told = self
            .at(index, "the reference leads out of the workspace", "nothing is fetched")
            .expected("a file in the contract's folder, or a place in this document")
            .actual(written);
        let Some((_, path)) = uri.split_once("//") else {
            return told.help("give a schema this name by `$id`, or refer to it by its place");
        };
        let path: String = path
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || "-_./".contains(c) { c } else { '_' })
            .collect();
        let path = format!("vendor/{path}");
        let fragment = split_fragment(written).1.map_or_else(String::new, |f| format!("#{f}"));
        told.help(format!("save what {uri} says as {}", self.shown(&path)))
            .help(format!("then write {}{fragment}", self.seen_from_holder(index, &path)))
    }

    fn outside(&self, index: usize, path: &str) -> Diagnostic {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let fragment =
            split_fragment(self.written(index)).1.map_or_else(String::new, |f| format!("#{f}"));
        self.at(index, "the reference leads out of the workspace", "nothing there is read")
            .expected(format!("a file below {}", self.scope()))
            .actual(self.written(index))
            .help(format!("copy the file to {}", self.shown(name)))
            .help(format!("then write {}{fragment}", self.seen_from_holder(index, name)))
    }

    fn no_anchor(&self, index: usize, name: &str) -> Diagnostic {
        self.at(index, format!("no schema has the anchor `{name}`"), "no pointer, and no anchor")
            .expected("a pointer from the root, such as #/components/schemas/Name")
            .actual(self.written(index))
            .help("name the target by its place in the document")
    }

    /// The folder whose files may be referred to.
    fn scope(&self) -> Cow<'_, str> {
        let mut parts: Vec<&str> = self.folder.split('/').collect();
        let left = parts.len().saturating_sub(self.files.above());
        parts.truncate(left);
        let is_named = parts.iter().any(|part| !matches!(*part, "" | "." | ".."));
        match (self.files.above(), is_named) {
            (0, false) => Cow::Borrowed("the document's folder"),
            (_, false) => Cow::Borrowed("the workspace"),
            _ => Cow::Owned(parts.join("/")),
        }
    }

    /// A path below the root document's folder as a person types it.
    fn shown(&self, path: &str) -> String {
        if self.folder.is_empty() { path.to_owned() } else { format!("{}/{path}", self.folder) }
    }

    /// A path below the root document's folder, seen from the file that holds a reference.
    fn seen_from_holder(&self, index: usize, path: &str) -> String {
        let reference: &Reference = &self.survey.references[index];
        let file = self.survey.resources[reference.resource].file;
        let mut holder = self.survey.resources[file].uri.as_str();
        // A file above the root document's folder has to name that folder.
        let mut down = self.folder.as_str();
        let mut start = down.len();
        while let Some(rest) = holder.strip_prefix("../") {
            holder = rest;
            start = down[..start].trim_end_matches('/').rfind('/').map_or(0, |at| at + 1);
        }
        down = &down[start..];
        let slash = if down.is_empty() { "" } else { "/" };
        format!("{}{down}{slash}{path}", "../".repeat(holder.matches('/').count()))
    }
}

/// The standard that a document says it follows, without the last number of its version.
fn family(document: &Value) -> Option<String> {
    let key = ["openapi", "swagger", "asyncapi"].into_iter().find(|k| document.get(k).is_some())?;
    let version = match document.get(key)? {
        Value::String(version) => version.clone(),
        other => other.to_string(),
    };
    let family: Vec<&str> = version.split('.').take(2).collect();
    Some(format!("{key} {}", family.join(".")))
}

/// Writes a `$dynamicRef` that can lead to one schema alone as the `$ref` that it is.
fn made_static(document: &mut Value, reference: &mut Reference, target: &str) {
    let Some(holder) = reference.at.strip_suffix(DYNAMIC).map(str::to_owned) else { return };
    let Some(Value::Object(schema)) = document.pointer_mut(&holder) else { return };
    let target = Value::String(pointer::reference(target));
    if !schema.contains_key("$ref") {
        schema.shift_remove("$dynamicRef");
        schema.insert("$ref".to_owned(), target);
        reference.at = format!("{holder}/$ref");
        return;
    }
    let all = schema.entry("allOf").or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(all) = all {
        reference.at = format!("{holder}/allOf/{}/$ref", all.len());
        all.push(serde_json::json!({"$ref": target}));
        schema.shift_remove("$dynamicRef");
    }
}

/// Writes a reference as a pointer in the document; false where it is one already.
fn rewrite(document: &mut Value, reference: &Reference, target: &str) -> bool {
    let same = pointer::of_reference(&reference.written).is_some_and(|written| written == target);
    if same {
        return false;
    }
    if let Some(text) = document.pointer_mut(&reference.at) {
        *text = Value::String(pointer::reference(target));
    }
    true
}
