//! What a rule is.

use std::fmt::Write as _;

use crate::{
    contract::Polarity,
    evidence::{DriftClass, MessagePart},
};

/// A kind of finding.
#[derive(Debug)]
pub struct Rule {
    /// Its id without the part of the exchange: `body.required`.
    pub name: &'static str,
    /// The parts of an exchange that it judges.
    pub parts: &'static [MessagePart],
    /// What it says of a message that we read.
    pub read: Side,
    /// What it says of a message that we write.
    pub written: Side,
    /// Whether a record may declare that code bears it, so that it is additive: `class: additive`.
    pub open: bool,
    /// What is found, and why it matters.
    pub doc: &'static str,
    /// The standard that it comes from.
    pub source: &'static str,
    /// A message that breaks this rule alone, and one that breaks none.
    pub example: Example,
}

/// What a rule says of messages that go one way.
#[derive(Clone, Copy, Debug)]
pub struct Side {
    /// How a finding weighs unless the record bears it; `None`: it is not looked for.
    pub class: Option<DriftClass>,
    /// What to do about it.
    pub help: &'static str,
}

impl Side {
    pub(super) const NONE: Self = Self { class: None, help: "" };

    pub(super) const fn breaking(help: &'static str) -> Self {
        Self { class: Some(DriftClass::Breaking), help }
    }

    pub(super) const fn additive(help: &'static str) -> Self {
        Self { class: Some(DriftClass::Additive), help }
    }
}

/// A small contract, a message that breaks the rule, and one that does not.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// The operation `POST /orders` of an `OpenAPI` 3.1 document, in YAML.
    pub promise: &'static str,
    /// The message that breaks the rule: an answer, or a request where it begins with a method.
    pub bad: &'static str,
    /// The message that does not.
    pub good: &'static str,
}

impl Rule {
    /// The id of a finding: `response.body.required`.
    pub fn id(&self, part: MessagePart) -> String {
        let part = match part {
            MessagePart::Request => "request",
            MessagePart::Response => "response",
        };
        format!("{part}.{}", self.name)
    }

    /// What it says of messages that go this way.
    pub fn side(&self, polarity: Polarity) -> &Side {
        match polarity {
            Polarity::Read => &self.read,
            Polarity::Written => &self.written,
        }
    }
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Rule {}

impl Example {
    /// The contract, whole.
    pub fn document(&self) -> String {
        let promise = self.promise.lines().fold(String::new(), |mut text, line| {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "      {line}");
            text
        });
        format!(
            "openapi: 3.1.0\ninfo: {{title: Orders, version: '1'}}\npaths:\n  /orders:\n    post:\n{promise}"
        )
    }
}

/// Both parts.
pub(super) const BOTH: &[MessagePart] = &[MessagePart::Request, MessagePart::Response];
/// Requests, webhooks, messages, payloads.
pub(super) const REQUEST: &[MessagePart] = &[MessagePart::Request];
/// Answers.
pub(super) const RESPONSE: &[MessagePart] = &[MessagePart::Response];

/// What to do about what we send.
pub(super) const OURS: &str = "correct what we send; if the partner takes it so, correct the \
                               contract; a misuse on purpose is said with `wrongly`";
/// What to do about what the partner sends.
pub(super) const THEIRS: &str = "ask the partner whether this is meant; then correct the contract, \
                                 or tolerate it in the record";
/// What to do about what is new.
pub(in crate::contract::check) const NEW: &str =
    "add it to the contract, or tolerate it in the record";
/// What to do about a message of another kind.
pub(super) const ELSEWHERE: &str =
    "see whether a proxy or a gateway answered in the partner's place";
/// What to do about a value that nobody listed.
pub(super) const UNLISTED: &str = "add it to the contract; if our code bears values that it does \
                                   not know, say so in the record: `class: additive`";
