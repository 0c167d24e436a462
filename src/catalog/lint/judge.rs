//! Judges a record by the rules that need nothing else.

use std::{fmt, time::Duration};

use super::{LintFinding, Rule, complete, data, people, review, running, versions};
use crate::{
    catalog::{Day, Integration},
    contract::source::Part,
    evidence::Diagnostic,
};

/// What is known beside a record.
pub struct Premises<'p> {
    /// The day of the check, UTC.
    pub today: Day,
    /// How old a review may be.
    pub sprint: Duration,
    /// Whether there is a file or folder at a path of the workspace.
    pub holds: &'p dyn Fn(&str) -> bool,
}

impl fmt::Debug for Premises<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { today, sprint, holds: _ } = self;
        f.debug_struct("Premises").field("today", today).field("sprint", sprint).finish()
    }
}

/// What a record lacks, and what in it has expired, in the order of its text.
/// Nothing where it is a draft or retired.
pub fn lint(integration: &Integration, premises: &Premises<'_>) -> Vec<LintFinding> {
    let mut judged = Judged { integration, premises, findings: Vec::new() };
    people::judge(&mut judged);
    complete::judge(&mut judged);
    running::judge(&mut judged);
    versions::judge(&mut judged);
    data::judge(&mut judged);
    review::judge(&mut judged);
    let mut findings = judged.findings;
    findings.sort_by_key(|f| f.message.place().map(|place| (place.line, place.column)));
    findings
}

/// A record, and what was found in it so far.
pub(super) struct Judged<'j> {
    pub(super) integration: &'j Integration,
    pub(super) premises: &'j Premises<'j>,
    findings: Vec<LintFinding>,
}

impl Judged<'_> {
    /// Tells a finding, unless the record's status is below the rule. `at` is what tells
    /// it from others of the rule, `message` is made with the place of a pointer.
    pub(super) fn tell(
        &mut self,
        rule: &'static Rule,
        at: &str,
        message: impl FnOnce(&Integration) -> Diagnostic,
    ) {
        if rule.from.judges(self.integration.status) {
            let message = message(self.integration);
            self.findings.push(LintFinding::new(rule, &self.integration.id, at, message));
        }
    }

    /// Tells that something is not said. `at` is the JSON Pointer at which it would stand.
    pub(super) fn missing(&mut self, rule: &'static Rule, at: &str, title: &str) {
        let title = format!("`{}` {title}", self.integration.id);
        self.tell(rule, at, |record| {
            Diagnostic::error(title).maybe_at(record.source.locate(at, Part::Key), "")
        });
    }

    /// Tells that a document is named and not there. A URL is not looked up: nothing is sent.
    pub(super) fn document(&mut self, rule: &'static Rule, at: &str, what: &str, path: &str) {
        if path.starts_with("https://") || path.starts_with("http://") {
            return;
        }
        if !(self.premises.holds)(path) {
            self.tell(rule, at, |record| {
                Diagnostic::error(format!("the {what} of `{}` is not there", record.id))
                    .maybe_at(record.source.locate(at, Part::Value), "")
                    .expected("a file of this workspace, or a URL")
                    .actual(path)
            });
        }
    }
}
