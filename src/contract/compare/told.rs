//! A difference as a message to a person.

use super::difference::{Difference, Level, Reader};
use crate::{
    contract::{Contract, DescribedFrom, source::Part},
    evidence::{Diagnostic, Severity},
};

impl Difference {
    /// The message, with its place in both documents.
    pub fn told(&self, old: &Contract, new: &Contract, from: DescribedFrom) -> Diagnostic {
        let mut message = Diagnostic::error(&self.message);
        message.severity = match self.level {
            Level::Breaking => Severity::Error,
            Level::Unknown | Level::Warning => Severity::Warning,
            Level::Compatible => Severity::Note,
        };
        let was = old.sources.locate(&self.old_pointer, Part::Key);
        let is = new.sources.locate(&self.new_pointer, Part::Key);
        message = message.maybe_at(is, "now").maybe_at(was, "before");
        message = message.expected(&self.before).actual(&self.after);
        if let Some(spot) = self.spot() {
            message = message.note(format!("in {spot}"));
        }
        if let Some(who) = self.whom(from) {
            message = message.note(who);
        }
        if !self.reason.is_empty() {
            message = message.note(format!("it cannot be decided: {}", self.reason));
        }
        message.note(format!("fingerprint {}", self.fingerprint)).help(&self.help)
    }

    /// Where in the messages, such as `response 200 body at /*/state of listNotes`.
    pub fn spot(&self) -> Option<String> {
        let operations = match self.operations.as_slice() {
            [] => String::new(),
            [one] => one.clone(),
            [one, more @ ..] => format!("{one} and {} more", more.len()),
        };
        match (self.part.as_str(), operations.as_str()) {
            ("", "") => None,
            (one, "") | ("", one) => Some(one.to_owned()),
            (part, operations) => Some(format!("{part} of {operations}")),
        }
    }

    /// Whom it harms, in the mode that was asked for.
    fn whom(&self, from: DescribedFrom) -> Option<&'static str> {
        if self.level < Level::Unknown {
            return None;
        }
        let by_described = self.reader? == Reader::Described;
        Some(if by_described == (from == DescribedFrom::Partner) {
            "we write it and the partner reads it"
        } else {
            "the partner writes it and we read it"
        })
    }
}
