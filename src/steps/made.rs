//! A call that a scenario made, and what is known of it.

use std::time::Instant;

use serde_json::Value;

use super::partner::OperationRef;
use crate::{
    contract::codec::Arguments,
    evidence::{Diagnostic, DriftClass, Exchange, Finding, MessagePart, NoAnswer},
    transport::Credentials,
};

/// A call that was made.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct Made {
    /// The name that `as` gave it.
    pub(super) name: Option<String>,
    /// The step that made it.
    pub(super) step: usize,
    /// What was called.
    pub(super) operation: OperationRef,
    /// With which arguments.
    pub(super) arguments: Arguments,
    /// With which idempotency key.
    pub(super) key: Option<String>,
    /// With which credentials.
    pub(super) credentials: Credentials,
    /// Whether a token signed it that this partner had just issued to the scenario.
    pub(super) fresh_token: bool,
    /// Whether an argument was a value that an earlier answer of this scenario gave.
    pub(super) own_object: bool,
    /// What was said.
    pub(super) exchange: Exchange,
    /// The answer's body, where it is JSON.
    pub(super) body: Option<Value>,
    /// What was found, and whether a sentence expected it.
    pub(super) findings: Vec<(Finding, bool)>,
    /// Whether a sentence expected the answer's status.
    pub(super) status_claimed: bool,
    /// Whether a sentence expected that there is no answer.
    pub(super) silence_claimed: bool,
    /// When it was made.
    pub(super) started: Instant,
}

impl Made {
    /// The first finding of a class that no sentence has expected; findings
    /// about our own request were judged when it was sent.
    pub(super) fn unclaimed(&self, class: DriftClass) -> Option<&Finding> {
        self.all_unclaimed(class).next()
    }

    /// Every such finding.
    pub(super) fn all_unclaimed(&self, class: DriftClass) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(move |(finding, claimed)| {
                !claimed && finding.class == class && of_answer(finding)
            })
            .map(|(finding, _)| finding)
    }

    /// An error status that no sentence has expected; also the status of a
    /// success that says inside that we are throttled.
    pub(super) fn unclaimed_error(&self) -> Option<u16> {
        let status = self.exchange.response()?.status;
        ((status >= 400 || self.throttled()) && !self.status_claimed).then_some(status)
    }

    /// Whether the answer says in one of the record's forms that we are throttled.
    pub(super) fn throttled(&self) -> bool {
        self.exchange.last().throttled
    }

    /// Whether the answer is no success, by its status or by what it says of throttling.
    pub(super) fn refused(&self) -> bool {
        self.throttled() || self.exchange.response().is_some_and(|r| r.status >= 400)
    }

    /// Whether the answer is an error that no sentence has expected, or there is none.
    pub(super) fn is_trouble(&self) -> bool {
        match self.exchange.response() {
            Some(_) => self.unclaimed_error().is_some(),
            None => !self.silence_claimed,
        }
    }

    /// The message with the error answer in it, where it does not say that yet.
    pub(super) fn with_answer(&self, diagnostic: Diagnostic) -> Diagnostic {
        let answer = self.describe_answer();
        let error = self.refused();
        let said = diagnostic.actual.as_deref().is_some_and(|actual| actual.contains(&answer));
        if error && !said {
            diagnostic.note(format!("the partner answered {answer}"))
        } else {
            diagnostic
        }
    }

    /// Such as `402 card_declined: ...`, or why there is no answer.
    pub(super) fn describe_answer(&self) -> String {
        match (self.exchange.response(), self.exchange.no_answer()) {
            (Some(response), _) => {
                let text = response
                    .body
                    .bytes()
                    .filter(|_| self.refused())
                    // Some answers are megabytes of error page.
                    .map(|bytes| {
                        let head = &bytes[..bytes.len().min(1_000)];
                        clip(&String::from_utf8_lossy(head), 160)
                    })
                    .filter(|text| !text.is_empty());
                match text {
                    Some(text) => format!("{} with {text}", response.status),
                    None => response.status.to_string(),
                }
            }
            (None, reason) => reason.map(NoAnswer::describe).unwrap_or_default(),
        }
    }

    /// What stands at a path: the value, how many there are, or what is near.
    pub(super) fn describe_values(&self, values: Option<&[&Value]>) -> String {
        match (values, &self.body) {
            (_, None) => "the answer has no JSON body".to_owned(),
            (Some([value]), _) => clip(&value.to_string(), 120),
            (Some([]) | None, Some(Value::Object(members))) => {
                const SHOWN: usize = 24;
                let names: Vec<&str> = members.keys().map(String::as_str).take(SHOWN).collect();
                let more = if members.len() > SHOWN { ", ..." } else { "" };
                format!("nothing there; the body has {}{more}", names.join(", "))
            }
            (Some([]) | None, Some(_)) => "nothing there".to_owned(),
            (Some(values), _) => {
                let shown: Vec<String> =
                    values.iter().take(3).map(|v| clip(&v.to_string(), 40)).collect();
                format!(
                    "{} values: {}{}",
                    values.len(),
                    shown.join(", "),
                    if values.len() > 3 { ", ..." } else { "" }
                )
            }
        }
    }
}

/// Whether a finding is about the answer.
pub(super) fn of_answer(finding: &Finding) -> bool {
    finding.message_place.part == MessagePart::Response
}

/// The text on one line, cut at so many characters.
pub(super) fn clip(text: &str, most: usize) -> String {
    // Of megabytes only the beginning is looked at.
    let end = text.char_indices().nth(most * 8).map_or(text.len(), |(at, _)| at);
    let line = text[..end].split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(most) {
        Some((at, _)) => format!("{}...", &line[..at]),
        None if end < text.len() => format!("{line}..."),
        None => line,
    }
}
