//! One thing that is wrong between a message and its contract.

use serde::{Deserialize, Serialize};

use super::{Diagnostic, Place, Severity};

/// How a difference between an exchange and its contract weighs, from our side
/// of the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DriftClass {
    /// A promise is broken: readers may fail.
    Breaking,
    /// Something new that careful readers ignore.
    Additive,
    /// Declared tolerable by the integration's record.
    Tolerated,
}

impl DriftClass {
    /// The word that scenarios and reports use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Breaking => "breaking",
            Self::Additive => "additive",
            Self::Tolerated => "tolerated",
        }
    }
}

/// Which side of an exchange a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessagePart {
    /// The request as sent.
    Request,
    /// The answer as received.
    Response,
}

/// Where in a message.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MessagePlace {
    /// Request or response.
    pub part: MessagePart,
    /// `status`, `header NAME` or `body`.
    pub location: String,
    /// JSON Pointer (RFC 6901) into the body; empty for the whole of it.
    pub pointer: String,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Rule id, such as `response.body.required`.
    pub rule: String,
    /// How it weighs.
    pub class: DriftClass,
    /// What is wrong, in one line.
    pub message: String,
    /// Where the promise stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract_place: Option<Place>,
    /// JSON Pointer of the promise in its document.
    pub contract_pointer: String,
    /// Where the message differs.
    pub message_place: MessagePlace,
    /// What was promised.
    pub expected: String,
    /// What was said, clipped and with secrets masked.
    pub actual: String,
    /// What to do.
    pub help: String,
    /// Same for the same difference over runs and over values: 16 hex digits.
    pub fingerprint: String,
}

impl Finding {
    /// The finding as a message to a person.
    pub fn diagnostic(&self) -> Diagnostic {
        let severity = match self.class {
            DriftClass::Breaking => Severity::Error,
            DriftClass::Additive => Severity::Warning,
            DriftClass::Tolerated => Severity::Note,
        };
        let mut diagnostic = Diagnostic::error(&self.message)
            .maybe_at(self.contract_place.clone(), "promised here")
            .expected(&self.expected)
            .actual(&self.actual)
            .note(format!(
                "{} drift in the {}, rule {}",
                self.class.word(),
                self.where_in_message(),
                self.rule
            ))
            .help(&self.help);
        diagnostic.severity = severity;
        diagnostic
    }

    /// Such as `response body at /status`.
    pub fn where_in_message(&self) -> String {
        let part = match self.message_place.part {
            MessagePart::Request => "request",
            MessagePart::Response => "response",
        };
        if self.message_place.pointer.is_empty() {
            format!("{part} {}", self.message_place.location)
        } else {
            format!("{part} {} at {}", self.message_place.location, self.message_place.pointer)
        }
    }
}
