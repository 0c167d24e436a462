//! A message to a person, in the one shape that all of them share.

use serde::{Deserialize, Serialize};

/// How loud a [`Diagnostic`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Something is wrong and must be mended.
    Error,
    /// Something is suspicious; nothing stops for it.
    Warning,
    /// Worth knowing.
    Note,
}

/// A spot in a text file of the workspace.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Path as a person would type it, relative to the workspace.
    pub file: String,
    /// Line, counted from 1.
    pub line: u32,
    /// Column in characters, counted from 1.
    pub column: u32,
    /// How many characters to underline, at least 1.
    pub length: u32,
    /// The line itself, so that the message can be drawn without the file.
    pub text: String,
}

/// A [`Place`] and what is to be said about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Where.
    pub place: Place,
    /// A few words for the underlined spot; may be empty.
    pub label: String,
}

/// What went wrong; where, with the exact spot underlined; expected and
/// actual; what to do. Every message of `probe` has this shape.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// How loud it is.
    pub severity: Severity,
    /// What went wrong, in one line, without a full stop.
    pub title: String,
    /// Where; the first is the primary place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
    /// What should have been there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What was there instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actual: Option<String>,
    /// Further facts, a line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// What to do about it, a line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub help: Vec<String>,
}

impl Diagnostic {
    /// An error with this title and nothing else yet.
    pub fn error(title: impl Into<String>) -> Self {
        Self::new(Severity::Error, title)
    }

    /// A warning with this title and nothing else yet.
    pub fn warning(title: impl Into<String>) -> Self {
        Self::new(Severity::Warning, title)
    }

    fn new(severity: Severity, title: impl Into<String>) -> Self {
        Self {
            severity,
            title: title.into(),
            marks: Vec::new(),
            expected: None,
            actual: None,
            notes: Vec::new(),
            help: Vec::new(),
        }
    }

    /// Adds a place; the first one added is the primary one.
    #[must_use]
    pub fn at(mut self, place: Place, label: impl Into<String>) -> Self {
        self.marks.push(Mark { place, label: label.into() });
        self
    }

    /// Adds a place where there is one.
    #[must_use]
    pub fn maybe_at(self, place: Option<Place>, label: impl Into<String>) -> Self {
        match place {
            Some(place) => self.at(place, label),
            None => self,
        }
    }

    /// States what should have been there.
    #[must_use]
    pub fn expected(mut self, text: impl Into<String>) -> Self {
        self.expected = Some(text.into());
        self
    }

    /// States what was there.
    #[must_use]
    pub fn actual(mut self, text: impl Into<String>) -> Self {
        self.actual = Some(text.into());
        self
    }

    /// Adds a fact.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Adds a remedy.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// The primary place, if the message has one.
    pub fn place(&self) -> Option<&Place> {
        self.marks.first().map(|mark| &mark.place)
    }
}

/// The known word nearest to a mistyped one, if any is near enough to be meant.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    known
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(score, _)| *score >= 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}
