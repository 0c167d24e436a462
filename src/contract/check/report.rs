//! Findings as they are made: place, class, fingerprint.

use std::fmt::Write as _;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{Tolerances, rules::rule};
use crate::{
    contract::{Contract, pointer, schema::clip, source::Part},
    evidence::{DriftClass, Finding, MASK, MessagePart, MessagePlace, Redactor},
};

/// Findings of one exchange.
const MOST_FINDINGS: usize = 100;
/// Characters of an actual value.
const MOST_ACTUAL: usize = 80;

/// One thing found, before it has a class and a place in a file.
pub(super) struct Found<'f> {
    /// Rule id without `request.` or `response.`.
    pub(super) rule: &'f str,
    pub(super) message: String,
    /// Pointer of the broken promise in the document.
    pub(super) promise: &'f str,
    /// `status`, `header NAME`, `query NAME`, `path NAME` or `body`.
    pub(super) location: &'f str,
    /// Pointer into the body.
    pub(super) pointer: String,
    pub(super) expected: String,
    pub(super) actual: String,
}

/// Collects the findings of one exchange.
pub(super) struct Report<'r> {
    pub(super) contract: &'r Contract,
    tolerances: &'r Tolerances,
    part: MessagePart,
    /// Pointer of the message that is being judged.
    base: String,
    findings: Vec<Finding>,
}

impl<'r> Report<'r> {
    pub(super) fn new(contract: &'r Contract, tolerances: &'r Tolerances) -> Self {
        let (base, findings) = (String::new(), Vec::new());
        Self { contract, tolerances, part: MessagePart::Request, base, findings }
    }

    /// From now on findings are about this part, promised at `base`.
    pub(super) fn part(&mut self, part: MessagePart, base: &str) {
        self.part = part;
        base.clone_into(&mut self.base);
    }

    pub(super) fn finish(self) -> Vec<Finding> {
        self.findings
    }

    /// The message in words: `the answer` or `the request`.
    pub(super) fn subject(&self) -> &'static str {
        match self.part {
            MessagePart::Request => "the request",
            MessagePart::Response => "the answer",
        }
    }

    /// Whether the message is read by us.
    pub(super) fn is_response(&self) -> bool {
        self.part == MessagePart::Response
    }

    pub(super) fn add(&mut self, found: Found<'_>) {
        let side = match self.part {
            MessagePart::Request => "request",
            MessagePart::Response => "response",
        };
        let id = format!("{side}.{}", found.rule);
        let again = self.findings.iter().any(|f| {
            f.rule == id
                && f.message_place.pointer == found.pointer
                && f.message_place.location == found.location
                && f.expected == found.expected
        });
        let (Some(rule), false) = (rule(&id), again || self.findings.len() >= MOST_FINDINGS) else {
            debug_assert!(again || rule(&id).is_some(), "no rule {id}");
            return;
        };
        let tolerated = self.tolerances.cover(&[found.promise, &self.base]);
        let fingerprint = fingerprint(rule.id, found.promise, found.location, &found.pointer);
        self.findings.push(Finding {
            rule: id,
            class: if tolerated { DriftClass::Tolerated } else { rule.class },
            message: found.message,
            contract_place: self.contract.sources.locate(found.promise, Part::Key),
            contract_pointer: found.promise.to_owned(),
            message_place: MessagePlace {
                part: self.part,
                location: found.location.to_owned(),
                pointer: found.pointer,
            },
            expected: found.expected,
            actual: found.actual,
            help: rule.help.to_owned(),
            fingerprint,
        });
    }
}

/// The same for the same difference, whatever the values and the number of the item.
fn fingerprint(rule: &str, promise: &str, location: &str, message: &str) -> String {
    let mut hash = Sha256::new();
    for part in [rule, promise, location] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    for segment in message.split('/').skip(1) {
        let is_index = !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit());
        hash.update(b"/");
        hash.update(if is_index { b"*" } else { segment.as_bytes() });
    }
    hash.finalize().iter().take(8).fold(String::with_capacity(16), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A value for a person: scalars clipped, of containers only what they are, and nothing of what
/// its name calls a credential.
pub(super) fn shown(name: &str, value: &Value) -> String {
    if is_credential(name) && !matches!(value, Value::Null | Value::Bool(_)) {
        return MASK.to_owned();
    }
    match value {
        Value::Object(object) => match object.len() {
            0 => "an empty object".to_owned(),
            1 => "an object with 1 member".to_owned(),
            count => format!("an object with {count} members"),
        },
        Value::Array(list) => match list.len() {
            0 => "an empty array".to_owned(),
            1 => "an array of 1 item".to_owned(),
            count => format!("an array of {count} items"),
        },
        scalar => clip(&scalar.to_string(), MOST_ACTUAL),
    }
}

/// The value of a header field for a person.
pub(super) fn shown_header(name: &str, value: &str) -> String {
    if is_credential(name) {
        return MASK.to_owned();
    }
    clip(&Redactor::default().header(name, value), MOST_ACTUAL)
}

fn is_credential(name: &str) -> bool {
    const WORDS: &[&str] =
        &["secret", "token", "password", "passwd", "authorization", "cookie", "signature"];
    const KEYS: &[&str] = &["api-key", "api_key", "apikey", "access_key", "access-key", "private"];
    let name = name.to_ascii_lowercase();
    // `token_type` says how a token is presented, not which one it is.
    if name.ends_with("_type") {
        return false;
    }
    WORDS.iter().chain(KEYS).any(|word| name.contains(word))
}

/// How a spot of a body is called in a message: its name, or its pointer where it is an item.
pub(super) fn spot(at: &str) -> String {
    match pointer::split(at) {
        None => "body".to_owned(),
        Some((_, name)) if name.bytes().all(|byte| byte.is_ascii_digit()) => format!("`{at}`"),
        Some((_, name)) => format!("`{}`", clip(&name, 60)),
    }
}

#[cfg(test)]
mod tests {
    use super::is_credential;

    #[test]
    fn names_tell_what_is_a_credential() {
        for name in ["access_token", "Set-Cookie", "client_secret", "x-api-key", "tokenized"] {
            assert!(is_credential(name), "{name}");
        }
        for name in ["token_type", "expires_in", "key", "name"] {
            assert!(!is_credential(name), "{name}");
        }
    }
}
