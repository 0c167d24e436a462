//! Something that a rule found.

use super::Rule;
use crate::evidence::Diagnostic;

/// Something that `probe check` found. Rule, subject and `at` tell it from any
/// other, over edits and days: no line and no date is among them.
#[derive(Clone, Debug)]
pub struct LintFinding {
    /// The broken rule.
    pub rule: &'static Rule,
    /// What it is about: the id of an integration or a contract, or a file.
    pub subject: String,
    /// Where in it: a JSON Pointer or a name; empty for the whole of it.
    pub at: String,
    /// The message to a person, with place and level.
    pub message: Diagnostic,
}

impl LintFinding {
    /// A finding; the message takes the level of the rule, and its help where it has none.
    pub fn new(
        rule: &'static Rule,
        subject: impl Into<String>,
        at: impl Into<String>,
        mut message: Diagnostic,
    ) -> Self {
        message.severity = rule.level.severity();
        if message.help.is_empty() {
            message.help.push(rule.help.to_owned());
        }
        Self { rule, subject: subject.into(), at: at.into(), message }
    }

    /// What tells it from any other, in the order in which findings are listed.
    pub fn fingerprint(&self) -> (&str, &str, &str) {
        (&self.subject, self.rule.id, &self.at)
    }
}
