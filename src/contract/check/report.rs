//! Findings as they are made: place, class, fingerprint.

use std::{borrow::Cow, fmt::Write as _};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{
    FailureInside, Tolerances,
    rules::{self, Rule},
    status,
    tolerance::Borne,
};
use crate::{
    contract::{
        Contract, Kind, Operation, Polarity, StatusPattern, pointer, schema::clip, source::Part,
    },
    evidence::{DriftClass, Finding, MASK, MessagePart, MessagePlace, Redactor},
};

/// Findings of one exchange.
const MOST_FINDINGS: usize = 100;
/// Characters of an actual value.
const MOST_ACTUAL: usize = 80;

/// One thing found, before it has a class and a place in a file.
pub(super) struct Found<'f> {
    pub(super) rule: &'static Rule,
    pub(super) message: String,
    /// Pointer of the broken promise in the document.
    pub(super) promise: &'f str,
    /// `status`, `header NAME`, `query NAME`, `path NAME` or `body`.
    pub(super) location: &'f str,
    /// Pointer into the body.
    pub(super) pointer: String,
    /// The same, with `*` for what differs from message to message.
    pub(super) place: String,
    pub(super) expected: String,
    pub(super) actual: String,
}

/// Collects the findings of one exchange.
pub(super) struct Report<'r> {
    pub(super) contract: &'r Contract,
    pub(super) operation: &'r Operation,
    tolerances: &'r Tolerances,
    part: MessagePart,
    polarity: Polarity,
    status: Option<StatusPattern>,
    /// Pointer of the message that is being judged.
    base: Cow<'r, str>,
    findings: Vec<Finding>,
}

impl<'r> Report<'r> {
    pub(super) fn new(
        contract: &'r Contract,
        operation: &'r Operation,
        tolerances: &'r Tolerances,
    ) -> Self {
        let part = MessagePart::Request;
        Self {
            contract,
            operation,
            tolerances,
            part,
            polarity: operation.polarity(part, tolerances.described_from),
            status: None,
            base: Cow::Borrowed(&operation.pointer),
            findings: Vec::new(),
        }
    }

    /// From now on findings are about the answer, promised at `base` for `status`.
    pub(super) fn answer(&mut self, status: Option<StatusPattern>, base: impl Into<Cow<'r, str>>) {
        self.part = MessagePart::Response;
        self.polarity = self.operation.polarity(self.part, self.tolerances.described_from);
        self.status = status;
        self.base = base.into();
    }

    pub(super) fn finish(self) -> Vec<Finding> {
        self.findings
    }

    /// The message in words: `the answer` or `the request`.
    pub(super) fn subject(&self) -> &'static str {
        match (self.part, self.operation.kind) {
            (MessagePart::Response, _) => "the answer",
            (_, Kind::Http | Kind::Rpc) => "the request",
            (_, Kind::Webhook) => "the webhook",
            (_, Kind::Callback) => "the callback",
            (_, Kind::Message) => "the message",
            (_, Kind::Payload) => "the payload",
        }
    }

    /// The failures that are looked for.
    pub(super) fn failures(&self) -> &'r [FailureInside] {
        &self.tolerances.failures
    }

    pub(super) fn part(&self) -> MessagePart {
        self.part
    }

    /// Whether we read the message, and the other side wrote it.
    pub(super) fn is_read(&self) -> bool {
        self.polarity == Polarity::Read
    }

    pub(super) fn add(&mut self, found: Found<'_>) {
        let Found { rule, promise, location, .. } = found;
        debug_assert!(rules::rule(rule.name).is_some(), "{} is not in the table", rule.name);
        let side = rule.side(self.polarity);
        let Some(class) = side.class else { return };
        let id = rule.id(self.part);
        let again = self.findings.iter().any(|f| {
            f.rule == id
                && f.message_place.pointer == found.pointer
                && f.message_place.location == location
                && f.expected == found.expected
        });
        if again || self.findings.len() >= MOST_FINDINGS {
            return;
        }
        let (class, help) = self.weigh(rule, class, side.help, promise);
        self.findings.push(Finding {
            class,
            message: found.message,
            contract_place: self.contract.sources.locate(promise, Part::Key),
            contract_pointer: promise.to_owned(),
            message_place: MessagePlace {
                part: self.part,
                location: location.to_owned(),
                pointer: found.pointer,
            },
            expected: found.expected,
            actual: found.actual,
            help,
            fingerprint: self.fingerprint(rule, promise, location, &found.place),
            rule: id,
        });
    }

    /// What a finding counts as, and what to do about it.
    fn weigh(
        &self,
        rule: &Rule,
        class: DriftClass,
        help: &str,
        promise: &str,
    ) -> (DriftClass, String) {
        let is_open = rule.open && class == DriftClass::Breaking && self.is_open(promise);
        let (class, help) =
            if is_open { (DriftClass::Additive, rules::NEW) } else { (class, help) };
        match self.tolerances.of(self.contract, rule, &[promise, &self.base]) {
            Borne::By(waiver) if waiver.class > class => (waiver.class, waiver.words()),
            Borne::Expired(waiver, day) => {
                (class, format!("the waiver of {} expired on {day}; {help}", waiver.owner))
            }
            _ => (class, help.to_owned()),
        }
    }

    /// Whether the contract itself calls the list of values at `promise` open.
    fn is_open(&self, promise: &str) -> bool {
        let schema = pointer::split(promise).map_or(promise, |(schema, _)| schema);
        let document = &self.contract.document;
        let wrapped = || document.pointer(&format!("{schema}/anyOf/1"));
        [document.pointer(schema), wrapped()].into_iter().flatten().any(is_open_list)
    }

    /// The same for the same difference, whatever the values, the number of the item, the key of a
    /// map, and the file that the promise stands in.
    fn fingerprint(&self, rule: &Rule, promise: &str, location: &str, place: &str) -> String {
        let status = self.status.map(status::word).unwrap_or_default();
        // These rules hold for several keywords at one place.
        let many = rule == &rules::BODY_BOUNDS || rule == &rules::BODY_SCHEMA;
        let keyword = pointer::split(promise).filter(|_| many).map(|(_, keyword)| keyword);
        let (id, keyword) = (rule.id(self.part), keyword.unwrap_or_default());
        let mut hash = Sha256::new();
        for part in [&*id, &self.operation.name, &status, location, place, &keyword] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        hash.finalize().iter().take(8).fold(String::with_capacity(16), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

/// Whether a schema says that its list of values will grow: `x-extensible-enum` (Zalando's API
/// guidelines, rule 112), `x-ms-enum` with `modelAsString` (`AutoRest`), and
/// `x-speakeasy-unknown-values: allow`.
fn is_open_list(schema: &Value) -> bool {
    let extensible = schema.get("x-extensible-enum");
    extensible.is_some_and(|mark| mark.is_array() || mark == &Value::Bool(true))
        || schema.pointer("/x-ms-enum/modelAsString") == Some(&Value::Bool(true))
        || schema.get("x-speakeasy-unknown-values").and_then(Value::as_str) == Some("allow")
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

/// The same; of what is about a person only whether it is null.
pub(super) fn shown_unless(personal: bool, name: &str, value: &Value) -> String {
    match value {
        value if personal && !value.is_null() => MASK.to_owned(),
        value => shown(name, value),
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
