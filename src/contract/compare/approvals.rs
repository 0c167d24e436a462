//! Differences that somebody bears, by their fingerprints.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{compared::Comparison, lifecycle::day};
use crate::{
    contract::source::{Part, Source},
    evidence::Diagnostic,
};

/// The file as written.
#[derive(Debug, Deserialize, JsonSchema)]
struct Written {
    /// Differences that are borne.
    approvals: Vec<Approval>,
}

/// One difference that somebody bears.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub struct Approval {
    /// The difference's fingerprint: 16 hex digits.
    pub fingerprint: String,
    /// Who answers for it.
    pub owner: String,
    /// Why it is borne.
    pub reason: String,
    /// The day after which it counts again, such as `2027-03-01`.
    pub expires: String,
}

/// The approvals of a file.
#[derive(Debug)]
pub struct Approvals {
    source: Source,
    list: Vec<Approval>,
}

impl Approvals {
    /// Reads a file strictly. Every problem is listed.
    pub fn read(source: Source) -> Result<Self, Vec<Diagnostic>> {
        let written: Written = source.decode()?;
        let list = written.approvals;
        let mut problems = Vec::new();
        for (index, approval) in list.iter().enumerate() {
            let Approval { fingerprint, owner, reason, expires } = approval;
            let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
            let mut wrong = |key: &str, title: &str, expected: &str, actual: &str| {
                let place = source.locate(&format!("/approvals/{index}/{key}"), Part::Value);
                problems.push(
                    Diagnostic::error(title).maybe_at(place, "").expected(expected).actual(actual),
                );
            };
            if fingerprint.len() != 16 || !fingerprint.bytes().all(hex) {
                let expected = "16 hex digits, as `probe contract diff` prints them";
                wrong("fingerprint", "this is no fingerprint", expected, fingerprint);
            }
            if expires.len() != 10 || day(expires).is_none() {
                let expected = "a date such as `2027-03-01`";
                wrong("expires", "an approval has to end on a day", expected, expires);
            }
            for (key, text) in [("owner", owner), ("reason", reason)] {
                if text.trim().is_empty() {
                    wrong(key, &format!("an approval without {key}"), "a few words", "nothing");
                }
            }
            if list[..index].iter().any(|other| other.fingerprint == *fingerprint) {
                wrong(
                    "fingerprint",
                    "the same difference is approved twice",
                    "one approval",
                    fingerprint,
                );
            }
        }
        if problems.is_empty() { Ok(Self { source, list }) } else { Err(problems) }
    }

    /// Marks what is approved on a day. What is given back: approvals that are over, and those
    /// that approve nothing.
    pub fn apply(&self, comparisons: &mut [Comparison], today: &str) -> Vec<Idle> {
        let mut idle = Vec::new();
        for (index, approval) in self.list.iter().enumerate() {
            let place = || {
                let at = format!("/approvals/{index}/fingerprint");
                self.source.locate(&at, Part::Value)
            };
            let fits = comparisons.iter_mut().flat_map(|c| &mut c.differences);
            let fits: Vec<_> =
                fits.filter(|difference| difference.fingerprint == approval.fingerprint).collect();
            let (over, message) = if fits.is_empty() {
                let message = Diagnostic::warning("an approval approves nothing")
                    .maybe_at(place(), "no difference has this fingerprint")
                    .help("take it out; a difference that changes gets another fingerprint");
                (false, message)
            } else if day(&approval.expires) < day(today) {
                let message =
                    Diagnostic::warning(format!("an approval ended on {}", approval.expires))
                        .maybe_at(place(), "its day has passed")
                        .note(format!("owner {}: {}", approval.owner, approval.reason))
                        .help("settle the difference, or approve it anew with its owner");
                (true, message)
            } else {
                for difference in fits {
                    difference.approved = Some(approval.clone());
                }
                continue;
            };
            idle.push(Idle { fingerprint: approval.fingerprint.clone(), over, message });
        }
        idle
    }
}

/// An approval that approves nothing today.
#[derive(Clone, Debug)]
pub struct Idle {
    /// The fingerprint that it names.
    pub fingerprint: String,
    /// Whether its day has passed; else no difference has its fingerprint.
    pub over: bool,
    /// What is told to a person.
    pub message: Diagnostic,
}
