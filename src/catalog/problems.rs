//! What is wrong with one file, collected with places.

use crate::{
    contract::source::{Part, Source},
    evidence::{Diagnostic, nearest},
};

/// The problems of one file so far.
pub(super) struct Problems<'s> {
    pub(super) source: &'s Source,
    list: Vec<Diagnostic>,
}

impl<'s> Problems<'s> {
    pub(super) fn new(source: &'s Source) -> Self {
        Self { source, list: Vec::new() }
    }

    pub(super) fn push(&mut self, problem: Diagnostic) {
        self.list.push(problem);
    }

    /// Begins a message about the value at a JSON Pointer; finish it with [`Self::push`].
    pub(super) fn value(&self, pointer: &str, title: impl Into<String>) -> Diagnostic {
        Diagnostic::error(title).maybe_at(self.source.locate(pointer, Part::Value), "")
    }

    /// Begins a message about the key at a JSON Pointer; finish it with [`Self::push`].
    pub(super) fn key(&self, pointer: &str, title: impl Into<String>) -> Diagnostic {
        Diagnostic::error(title).maybe_at(self.source.locate(pointer, Part::Key), "")
    }

    /// All problems in the order of the text, or this value where there is none.
    pub(super) fn or<T>(self, value: T) -> Result<T, Vec<Diagnostic>> {
        if self.list.is_empty() { Ok(value) } else { Err(self.sorted()) }
    }

    /// All problems in the order of the text.
    pub(super) fn sorted(mut self) -> Vec<Diagnostic> {
        self.list.sort_by_key(|d| d.place().map(|place| (place.line, place.column)));
        self.list
    }
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
