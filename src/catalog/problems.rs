//! What is wrong with one file, collected with places.

use super::origins::Origins;
use crate::{
    contract::source::{Locate, Part, Source},
    evidence::{Diagnostic, Place, nearest},
};

/// The problems of one file, or of one record, so far.
pub(super) struct Problems<'s> {
    locate: Box<Locate<'s>>,
    list: Vec<Diagnostic>,
}

impl<'s> Problems<'s> {
    /// Of a record.
    pub(super) fn new(origins: &'s Origins) -> Self {
        Self { locate: Box::new(|pointer, part| origins.locate(pointer, part)), list: Vec::new() }
    }

    /// Of a file.
    pub(super) fn of_file(source: &'s Source) -> Self {
        Self { locate: Box::new(|pointer, part| source.locate(pointer, part)), list: Vec::new() }
    }

    pub(super) fn push(&mut self, problem: Diagnostic) {
        self.list.push(problem);
    }

    /// Begins a message about the value at a JSON Pointer; finish it with [`Self::push`].
    pub(super) fn value(&self, pointer: &str, title: impl Into<String>) -> Diagnostic {
        Diagnostic::error(title).maybe_at((self.locate)(pointer, Part::Value), "")
    }

    /// Begins a message about the key at a JSON Pointer; finish it with [`Self::push`].
    pub(super) fn key(&self, pointer: &str, title: impl Into<String>) -> Diagnostic {
        Diagnostic::error(title).maybe_at((self.locate)(pointer, Part::Key), "")
    }

    /// Where the key at a JSON Pointer stands.
    pub(super) fn place_of_key(&self, pointer: &str) -> Option<Place> {
        (self.locate)(pointer, Part::Key)
    }

    /// All problems in the order of the text, or this value where there is none.
    pub(super) fn or<T>(self, value: T) -> Result<T, Vec<Diagnostic>> {
        if self.list.is_empty() { Ok(value) } else { Err(self.sorted()) }
    }

    /// All problems in the order of the text.
    pub(super) fn sorted(mut self) -> Vec<Diagnostic> {
        self.list.sort_by(|a, b| order(a).cmp(&order(b)));
        self.list
    }
}

/// Where a message stands among others: by file, line and column.
pub(super) fn order(problem: &Diagnostic) -> Option<(&str, u32, u32)> {
    problem.place().map(|place| (place.file.as_str(), place.line, place.column))
}

/// The help for a mistyped name: the nearest known one, or all of them.
pub(super) fn suggestion<'k>(
    word: &str,
    known: impl Iterator<Item = &'k str> + Clone,
    what: &str,
) -> String {
    if let Some(near) = nearest(word, known.clone()) {
        return format!("did you mean `{near}`?");
    }
    let known: Vec<String> = known.map(|name| format!("`{name}`")).collect();
    match known.as_slice() {
        [] => format!("there are no {what} yet"),
        _ => format!("known {what}: {}", known.join(", ")),
    }
}

/// A name as a part of a JSON Pointer.
pub(super) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
