//! What a rule is.

use crate::{catalog::Status, evidence::Severity};

/// A rule of `probe check`, with everything that is told about it.
#[derive(Debug)]
pub struct Rule {
    /// Id, such as `owner-missing`. It never changes its meaning: baselines and
    /// settings of teams hold it.
    pub id: &'static str,
    /// What a finding does to the exit code.
    pub level: Level,
    /// From which status on a record is judged by it.
    pub from: Stage,
    /// What it finds, in one line.
    pub meaning: &'static str,
    /// Why that matters.
    pub why: &'static str,
    /// What to do about a finding.
    pub help: &'static str,
    /// A workspace that breaks it, and the same one mended.
    pub example: Example,
}

/// What a finding does to the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// It fails the check.
    Error,
    /// It is told; `--strict` fails for it.
    Warning,
    /// The same; and it can come up because time passes, with no change to any
    /// file. A check that was green must not turn red for that alone.
    Dated,
}

impl Level {
    /// The word for people: `error` or `warning`.
    pub fn word(self) -> &'static str {
        match self.severity() {
            Severity::Error => "error",
            Severity::Warning | Severity::Note => "warning",
        }
    }

    /// How loud a finding is.
    pub fn severity(self) -> Severity {
        match self {
            Self::Error => Severity::Error,
            Self::Warning | Self::Dated => Severity::Warning,
        }
    }
}

/// From which status on a record is judged by a rule. A draft may lack anything,
/// and a retired record is judged by none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It is about files, not about a record.
    Always,
    /// `beta`, `ga`, `degraded`: what is in use at all.
    Beta,
    /// `ga`, `degraded`: what everybody relies on.
    Ga,
}

impl Stage {
    /// Whether a record of this status is judged.
    pub fn judges(self, status: Status) -> bool {
        match status {
            Status::Draft | Status::Retired => self == Self::Always,
            Status::Beta => self != Self::Ga,
            Status::Ga | Status::Degraded => true,
        }
    }

    /// The word for people: `beta`, `ga`, or `-`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Always => "-",
            Self::Beta => "beta",
            Self::Ga => "ga",
        }
    }
}

/// What breaks a rule, and what does not.
#[derive(Debug)]
pub struct Example {
    /// The files that break it.
    pub bad: &'static [Shown],
    /// The same files mended, and perhaps another.
    pub good: &'static [Shown],
}

/// A file of an example. Of a record only the lines in question are shown; the
/// rest of it is right.
#[derive(Debug)]
pub struct Shown {
    /// Its path in the workspace.
    pub file: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// Lines of the record that examples are about.
pub(super) const fn record(text: &'static str) -> Shown {
    Shown { file: "catalog/acme.orders.yaml", text }
}
