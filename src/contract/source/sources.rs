//! The texts that a document was made of, and which part came from which.

use std::{borrow::Cow, collections::HashMap, fmt::Write as _, sync::Arc};

use sha2::{Digest as _, Sha256};

use super::{Part, Source};
use crate::{
    contract::pointer::{join, split},
    evidence::{Diagnostic, Place},
};

/// Files beside a root document, by their path relative to it, with `/`.
pub trait Files {
    /// The text of a file. Errors: it is not there, not readable, or too large.
    fn read(&self, path: &str) -> Result<Source, Diagnostic>;

    /// How many folders above the root document's own may be read.
    fn above(&self) -> usize {
        0
    }

    /// Paths of all files with this ending (without its point), sorted.
    fn with_ending(&self, _ending: &str) -> Vec<String> {
        Vec::new()
    }

    /// The overlays that lie beside the root document, sorted by name.
    fn overlays(&self) -> Vec<String> {
        Vec::new()
    }
}

/// No files: documents that stand alone.
#[derive(Clone, Copy, Debug)]
pub struct NoFiles;

impl Files for NoFiles {
    fn read(&self, path: &str) -> Result<Source, Diagnostic> {
        Err(Diagnostic::error(format!("there is no file {path}"))
            .help("a document that stands alone can refer to nothing outside itself"))
    }
}

/// Where a part of a document was written.
#[derive(Clone, Debug)]
enum Origin {
    /// At a pointer of a file.
    Pointer { file: usize, pointer: String },
    /// At a spot of a file that is no JSON, YAML or TOML; line and column from 1.
    Spot { file: usize, line: u32, column: u32, length: u32 },
}

/// All texts of a document. A document is one value, also where it was read from
/// several files or another notation; a part that does not stand in the root file
/// at the same pointer is *mounted*: it and all below it were written elsewhere.
#[derive(Debug)]
pub struct Sources {
    files: Vec<Arc<Source>>,
    mounts: HashMap<String, Origin>,
    notes: Vec<Note>,
}

/// What is wrong in the texts and was read all the same.
#[derive(Debug)]
pub struct Note {
    /// The message without places.
    pub told: Diagnostic,
    /// JSON Pointers of the places, with a few words each.
    pub at: Vec<(String, Part, &'static str)>,
}

/// Notes of one document that are kept.
const MOST_NOTES: usize = 200;

impl Sources {
    /// A document of one file, whose pointers are the file's own.
    pub fn new(root: Source) -> Self {
        Self { files: vec![Arc::new(root)], mounts: HashMap::new(), notes: Vec::new() }
    }

    /// The root document.
    pub fn root(&self) -> &Arc<Source> {
        &self.files[0]
    }

    /// All files, the root document first.
    pub fn files(&self) -> &[Arc<Source>] {
        &self.files
    }

    /// What is wrong in the texts and was read all the same, as warnings. The place of each is
    /// looked up when it is asked for.
    pub fn notes(&self) -> impl ExactSizeIterator<Item = Diagnostic> + '_ {
        let place = |told: Diagnostic, (pointer, part, label): &(String, Part, &'static str)| {
            told.maybe_at(self.locate(pointer, *part), *label)
        };
        self.notes.iter().map(move |note| note.at.iter().fold(note.told.clone(), place))
    }

    /// Notes what is wrong and was read all the same.
    pub fn note(&mut self, note: Note) {
        if self.notes.len() < MOST_NOTES {
            self.notes.push(note);
        }
    }

    /// SHA-256 over the texts in their order, in hex.
    pub fn sha256(&self) -> String {
        let mut hash = Sha256::new();
        for file in &self.files {
            hash.update(file.text.as_bytes());
        }
        hash.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// Takes in one more file; its number serves the other methods.
    pub fn add(&mut self, file: Source) -> usize {
        self.files.push(Arc::new(file));
        self.files.len() - 1
    }

    /// What stands at `at` in the document was written at `pointer` of this file, and so was
    /// everything below it that is not mounted itself.
    pub fn mount(&mut self, at: impl Into<String>, file: usize, pointer: impl Into<String>) {
        self.mounts.insert(at.into(), Origin::Pointer { file, pointer: pointer.into() });
    }

    /// What stands at `at` in the document was written where `from` was.
    pub fn mount_as(&mut self, at: impl Into<String>, from: &str) {
        let origin = match self.origin(from) {
            Some((Origin::Pointer { file, pointer }, rest)) => {
                Origin::Pointer { file: *file, pointer: format!("{pointer}{rest}") }
            }
            Some((spot @ Origin::Spot { .. }, _)) => spot.clone(),
            None => Origin::Pointer { file: 0, pointer: from.to_owned() },
        };
        self.mounts.insert(at.into(), origin);
    }

    /// What stands at `at` in the document was written at this line and column (from 1) of a file.
    pub fn mount_spot(&mut self, at: impl Into<String>, file: usize, spot: (u32, u32, u32)) {
        let (line, column, length) = spot;
        self.mounts.insert(at.into(), Origin::Spot { file, line, column, length });
    }

    /// The file and the pointer in it that a pointer into the document leads to; `None` where it
    /// leads to a bare line.
    pub fn pointer_origin(&self, pointer: &str) -> Option<(usize, String)> {
        match self.origin(pointer) {
            Some((Origin::Pointer { file, pointer }, rest)) => {
                Some((*file, format!("{pointer}{rest}")))
            }
            Some((Origin::Spot { .. }, _)) => None,
            None => Some((0, pointer.to_owned())),
        }
    }

    /// The place of a pointer into the document, as [`Source::locate`].
    pub fn locate(&self, pointer: &str, part: Part) -> Option<Place> {
        let pointer = pointer.strip_prefix('#').unwrap_or(pointer);
        match self.origin(pointer) {
            Some((Origin::Spot { file, line, column, length }, _)) => {
                Some(self.files[*file].place_at(*line, *column, *length))
            }
            Some((Origin::Pointer { file, pointer }, rest)) => {
                self.files[*file].locate(&format!("{pointer}{rest}"), part)
            }
            None => self.root().locate(pointer, part),
        }
    }

    /// The pointer as a person would write it: `#/paths/...` in the root document,
    /// `common.yaml#/Money` in another file, `#/...` of the document for what was made of
    /// another notation.
    pub fn written<'p>(&self, pointer: &'p str) -> Cow<'p, str> {
        match self.origin(pointer) {
            Some((Origin::Pointer { file, pointer }, rest)) if *file != 0 => {
                let root = self.root().path.rsplit_once('/').map_or("", |(folder, _)| folder);
                let path = &self.files[*file].path;
                let below = path.strip_prefix(root).map(|rest| rest.trim_start_matches('/'));
                Cow::Owned(format!("{}#{pointer}{rest}", below.unwrap_or(path)))
            }
            Some((Origin::Pointer { pointer, .. }, rest)) => {
                Cow::Owned(format!("#{pointer}{rest}"))
            }
            _ => Cow::Owned(format!("#{pointer}")),
        }
    }

    /// The nearest mount at or above a pointer, and what of the pointer is below it.
    fn origin<'p>(&self, pointer: &'p str) -> Option<(&Origin, &'p str)> {
        if self.mounts.is_empty() {
            return None;
        }
        let mut at = pointer;
        loop {
            if let Some(origin) = self.mounts.get(at) {
                return Some((origin, &pointer[at.len()..]));
            }
            at = split(at)?.0;
        }
    }
}

/// The path of a reference to another file, seen from the file that holds it: both relative to
/// the root document, with `/`. `None` where it leads out of the root document's folder.
pub fn relative(holder: &str, reference: &str) -> Option<String> {
    beside(holder, reference, 0)
}

/// As [`relative`], where this many folders above the root document's may be read: a path into
/// one of them begins with `..`. `None` also for a path from the root of the disk.
pub fn beside(holder: &str, reference: &str, above: usize) -> Option<String> {
    if reference.starts_with('/') {
        return None;
    }
    let folder = holder.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in reference.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
        if ups(&parts) > above {
            return None;
        }
    }
    Some(parts.join("/"))
}

/// How many `..` a path begins with.
fn ups(parts: &[&str]) -> usize {
    parts.iter().take_while(|part| **part == "..").count()
}

/// A path that may begin with `..` below a folder that ends in `/`, as a person types it.
pub fn below(folder: &str, path: &str) -> String {
    let (mut folder, mut path) = (folder, path);
    while let Some(rest) = path.strip_prefix("../") {
        let holder = folder.strip_suffix('/').unwrap_or(folder);
        let cut = holder.rfind('/').map_or(0, |at| at + 1);
        if matches!(&holder[cut..], "" | "." | "..") {
            break;
        }
        (folder, path) = (&folder[..cut], rest);
    }
    format!("{folder}{path}")
}

/// Where the text of another file is mounted in the document.
pub fn mounted_at(path: &str) -> String {
    join("/x-files", path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources() -> Sources {
        let mut sources = Sources::new(Source::new("c/v1/openapi.yaml", "a:\n  b: 1\n"));
        let file = sources.add(Source::new("c/v1/types/money.yaml", "Money:\n  type: object\n"));
        sources.mount(mounted_at("types/money.yaml"), file, "");
        let proto =
            sources.add(Source::new("c/v1/a.proto", "syntax = \"proto3\";\nmessage A {}\n"));
        sources.mount_spot("/components/schemas/A", proto, (2, 9, 1));
        sources
    }

    fn place(pointer: &str) -> Option<(String, u32, u32)> {
        let place = sources().locate(pointer, Part::Key)?;
        Some((place.file, place.line, place.column))
    }

    #[test]
    fn a_place_is_found_in_the_file_that_it_was_written_in() {
        assert_eq!(place("/a/b"), Some(("c/v1/openapi.yaml".into(), 2, 3)));
        let money = "/x-files/types~1money.yaml/Money/type";
        assert_eq!(place(money), Some(("c/v1/types/money.yaml".into(), 2, 3)));
        let below = "/components/schemas/A/properties/x";
        assert_eq!(place(below), Some(("c/v1/a.proto".into(), 2, 9)));
        assert_eq!(place(&format!("#{below}")), place(below));
    }

    #[test]
    fn a_pointer_is_told_as_it_is_written() {
        let sources = sources();
        assert_eq!(sources.written("/a/b"), "#/a/b");
        let money = "/x-files/types~1money.yaml/Money/type";
        assert_eq!(sources.written(money), "types/money.yaml#/Money/type");
    }

    #[test]
    fn a_reference_stays_in_the_folder() {
        for (holder, reference, path) in [
            ("openapi.yaml", "types/a.yaml", Some("types/a.yaml")),
            ("types/a.yaml", "b.yaml", Some("types/b.yaml")),
            ("types/a.yaml", "./../b.yaml", Some("b.yaml")),
            ("types/a.yaml", "../../b.yaml", None),
            ("a.yaml", "/etc/passwd", None),
        ] {
            assert_eq!(relative(holder, reference).as_deref(), path, "{holder} {reference}");
        }
        for (holder, reference, path) in [
            ("a.yaml", "../b.yaml", Some("../b.yaml")),
            ("types/a.yaml", "../../b.yaml", Some("../b.yaml")),
            ("../types/a.yaml", "../b.yaml", Some("../b.yaml")),
            ("../types/a.yaml", "../../b.yaml", None),
            ("a.yaml", "../../b/../../c.yaml", None),
            ("a.yaml", "/etc/passwd", None),
        ] {
            assert_eq!(beside(holder, reference, 1).as_deref(), path, "{holder} {reference}");
        }
    }

    #[test]
    fn a_path_is_shown_without_detours() {
        for (folder, path, shown) in [
            ("contracts/a/b/v1/", "types/c.yaml", "contracts/a/b/v1/types/c.yaml"),
            ("contracts/a/b/v1/", "../../c.yaml", "contracts/a/c.yaml"),
            ("/v/", "../c.yaml", "/c.yaml"),
            ("v/", "../../c.yaml", "../c.yaml"),
            ("../v/", "../../c.yaml", "../../c.yaml"),
            ("", "../c.yaml", "../c.yaml"),
        ] {
            assert_eq!(below(folder, path), shown, "{folder} {path}");
        }
    }
}
