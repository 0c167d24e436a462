//! Other files that a document refers to become part of it, under `/x-files`.
//!
//! Their references become pointers within the document, so that the walk that follows sees what
//! each of them is used as.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::{
    contract::{
        pointer::{self, join},
        read::resource::is_absolute,
        source::{Files, Part, Sources, beside, mounted_at},
    },
    evidence::Diagnostic,
};

/// Files of one document.
const MOST_FILES: usize = 1_000;
/// Bytes of all files of one document.
const MOST_BYTES: usize = 128 << 20;

struct Bundle<'b> {
    sources: &'b mut Sources,
    files: &'b dyn Files,
    /// What was read, by its path; what could not be read was told.
    read: HashMap<String, bool>,
    bytes: usize,
    /// What was read and not yet looked at: its path, where it stands, its value.
    queue: Vec<(String, String, Value)>,
    problems: Vec<Diagnostic>,
}

/// Reads every file that the document refers to, and rewrites the references to them.
pub(super) fn bundle(
    sources: &mut Sources,
    document: &mut Value,
    files: &dyn Files,
) -> Vec<Diagnostic> {
    let root = sources.root().path.rsplit('/').next().unwrap_or_default().to_owned();
    let read = HashMap::from([(root.clone(), true)]);
    let (queue, problems) = (Vec::new(), Vec::new());
    let mut bundle = Bundle { sources, files, read, bytes: 0, queue, problems };
    bundle.references(document, "", (&root, ""), &root);
    let mut mounted = Map::new();
    while let Some((path, at, mut value)) = bundle.queue.pop() {
        bundle.references(&mut value, &at, (&path, &at), &root);
        mounted.insert(path, value);
    }
    if let (false, Some(document)) = (mounted.is_empty(), document.as_object_mut()) {
        let files = document.entry("x-files").or_insert_with(|| json!({}));
        if let Some(files) = files.as_object_mut() {
            files.extend(mounted);
        }
    }
    bundle.problems
}

impl Bundle<'_> {
    /// `file`: the path of the file that holds the value, and where that file stands.
    fn references(&mut self, value: &mut Value, at: &str, file: (&str, &str), root: &str) {
        match value {
            Value::Object(object) => {
                if let Some(Value::String(reference)) = object.get("$ref")
                    && let Some(new) = self.target(reference, at, file, root)
                {
                    object.insert("$ref".to_owned(), Value::String(new));
                }
                for (key, value) in object.iter_mut() {
                    // Payloads, where a `$ref` means nothing.
                    if !matches!(
                        key.as_str(),
                        "examples" | "example" | "default" | "enum" | "const"
                    ) {
                        self.references(value, &join(at, key), file, root);
                    }
                }
            }
            Value::Array(list) => {
                for (index, value) in list.iter_mut().enumerate() {
                    self.references(value, &format!("{at}/{index}"), file, root);
                }
            }
            _ => {}
        }
    }

    /// The reference within the document; `None` where it stays as it is.
    fn target(
        &mut self,
        reference: &str,
        at: &str,
        (file, mount): (&str, &str),
        root: &str,
    ) -> Option<String> {
        let (path, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let below = pointer::of_reference(&format!("#{fragment}"))?.into_owned();
        if path.is_empty() {
            return (!mount.is_empty()).then(|| pointer::reference(&format!("{mount}{below}")));
        }
        // An address is told by the one who looks where references lead.
        if is_absolute(path) {
            return None;
        }
        let Some(path) = beside(file, path, self.files.above()) else {
            self.outside(reference, at);
            return None;
        };
        if path == root {
            return Some(pointer::reference(&below));
        }
        let is_read = match self.read.get(&path) {
            Some(is_read) => *is_read,
            None => self.load(&path, at),
        };
        is_read.then(|| pointer::reference(&format!("{}{below}", mounted_at(&path))))
    }

    fn outside(&mut self, reference: &str, at: &str) {
        let place = self.sources.locate(&join(at, "$ref"), Part::Value);
        self.problems.push(
            Diagnostic::error("the reference leads out of the workspace")
                .maybe_at(place, "nothing there is read")
                .actual(reference)
                .help("put a copy of the file beside the contract, and refer to that"),
        );
    }

    fn load(&mut self, path: &str, at: &str) -> bool {
        let read = self.files.read(path).and_then(|source| source.parse().map(|v| (source, v)));
        let loaded = match read {
            Ok((source, value)) => {
                self.bytes += source.text.len();
                let mount = mounted_at(path);
                let file = self.sources.add(source);
                self.sources.mount(mount.clone(), file, "");
                self.queue.push((path.to_owned(), mount, value));
                true
            }
            Err(problem) => {
                let place = self.sources.locate(&join(at, "$ref"), Part::Value);
                self.problems.push(problem.maybe_at(place, "referred to here"));
                false
            }
        };
        if self.read.len() > MOST_FILES || self.bytes > MOST_BYTES {
            self.problems.push(
                Diagnostic::error("the document has too many files, or too large ones")
                    .expected(format!("{MOST_FILES} files of {} MiB", MOST_BYTES >> 20)),
            );
            // No further file is queued: what is open is dropped.
            self.queue.clear();
        }
        self.read.insert(path.to_owned(), loaded);
        loaded
    }
}
