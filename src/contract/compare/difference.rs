//! One way in which two versions differ.

use serde::Serialize;

use super::approvals::Approval;

/// How a difference weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Nobody who keeps to the contract is harmed.
    Compatible,
    /// The contract allows it; whoever relied on more than was promised is harmed.
    Warning,
    /// It cannot be decided; treated as breaking by those who must be sure.
    Unknown,
    /// Somebody who keeps to the old version, or to the new one, is harmed.
    Breaking,
}

impl Level {
    /// The gravest first.
    pub const ALL: &[Self] = &[Self::Breaking, Self::Unknown, Self::Warning, Self::Compatible];

    /// The word for people and files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Compatible => "compatible",
            Self::Warning => "warning",
            Self::Unknown => "unknown",
            Self::Breaking => "breaking",
        }
    }
}

/// One way in which two versions differ.
#[derive(Clone, Debug)]
pub struct Difference {
    /// Id of the rule that tells it, such as `parameter.became-required`.
    pub rule: &'static str,
    /// How it weighs in the mode that was asked for.
    pub level: Level,
    /// How it weighs where the described application moves first.
    pub first: Level,
    /// How it weighs where it moves last.
    pub last: Level,
    /// What differs, in one line.
    pub message: String,
    /// The operations that it touches, by name; empty where the whole contract is meant.
    pub operations: Vec<String>,
    /// Where in the messages, such as `response 200 body at /data/*/id`; may be empty.
    pub part: String,
    /// Who reads this part of the message; `None` where no message is meant.
    pub reader: Option<Reader>,
    /// JSON Pointer of the promise in the old document.
    pub old_pointer: String,
    /// JSON Pointer of the promise in the new document.
    pub new_pointer: String,
    /// What was promised.
    pub before: String,
    /// What is promised now.
    pub after: String,
    /// Why it cannot be decided; empty unless the level is unknown.
    pub reason: String,
    /// What to do.
    pub help: String,
    /// The same for the same difference, whatever else is edited: 16 hex digits.
    pub fingerprint: String,
    /// Who bears it, if somebody does.
    pub approved: Option<Approval>,
}

/// Who reads a part of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reader {
    /// The application that the contract describes.
    Described,
    /// Everybody else.
    Others,
}
