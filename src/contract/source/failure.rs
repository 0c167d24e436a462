//! Why decoding stopped, and where.

use std::{cell::RefCell, fmt};

use serde::de::{Expected, Unexpected};

use super::{
    pointer,
    problem::{Kind, Problem},
};

/// Problems that did not stop the decoding.
pub(super) type Log = RefCell<Vec<Problem>>;

/// The way from the root to a value; lives on the stack.
pub(super) struct Path<'p> {
    pub(super) parent: Option<&'p Path<'p>>,
    pub(super) segment: Segment<'p>,
}

#[derive(Clone, Copy)]
pub(super) enum Segment<'p> {
    Root,
    Key(&'p str),
    Index(usize),
}

impl Path<'_> {
    pub(super) fn pointer(&self) -> String {
        let mut pointer = self.parent.map(Path::pointer).unwrap_or_default();
        match self.segment {
            Segment::Root => {}
            Segment::Key(key) => pointer::push(&mut pointer, key),
            Segment::Index(index) => pointer::push(&mut pointer, &index.to_string()),
        }
        pointer
    }
}

/// Why decoding stopped. The pointer is filled in by the innermost value that it passes.
#[derive(Debug)]
pub(super) struct Failure {
    pointer: Option<String>,
    kind: Kind,
}

impl Failure {
    pub(super) fn at(mut self, path: &Path<'_>) -> Self {
        self.pointer.get_or_insert_with(|| path.pointer());
        self
    }

    /// The word that was refused is a key.
    pub(super) fn of_key(mut self) -> Self {
        if let Kind::UnknownWord(known) = self.kind {
            self.kind = Kind::UnknownKey(known);
        }
        self
    }

    pub(super) fn problem(self) -> Problem {
        Problem { pointer: self.pointer.unwrap_or_default(), kind: self.kind }
    }
}

impl From<Kind> for Failure {
    fn from(kind: Kind) -> Self {
        Self { pointer: None, kind }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("decoding stopped")
    }
}

impl std::error::Error for Failure {}

impl serde::de::Error for Failure {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Kind::Custom(message.to_string()).into()
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Kind::Type(expected.to_string()).into()
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Kind::Value(expected.to_string()).into()
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Kind::Value(expected.to_string()).into()
    }

    fn unknown_variant(_: &str, known: &'static [&'static str]) -> Self {
        Kind::UnknownWord(known).into()
    }

    fn unknown_field(_: &str, known: &'static [&'static str]) -> Self {
        Kind::UnknownKey(known).into()
    }

    fn missing_field(key: &'static str) -> Self {
        Kind::Missing(key).into()
    }
}
