//! What a record must say so that calls are safe and findings can be weighed.

use super::{Example, Level, Rule, Stage, judge::Judged, rule::record};
use crate::{
    contract::source::Part,
    evidence::{Diagnostic, SafetyClass},
};

pub(super) const CRITICALITY_MISSING: Rule = Rule {
    id: "criticality-missing",
    level: Level::Error,
    from: Stage::Beta,
    meaning: "the record does not say how grave a failure is",
    why: "Reports and alerts are read in the order of what stops. A default of `medium` would \
          hide that nobody has thought about it.",
    help: "say how grave a failure is: `criticality: critical`, `high`, `medium` or `low`",
    example: Example {
        bad: &[record("owner: shop\n")],
        good: &[record("owner: shop\ncriticality: high\n")],
    },
};

pub(super) const ENVIRONMENT_MISSING: Rule = Rule {
    id: "environment-missing",
    level: Level::Error,
    from: Stage::Beta,
    meaning: "the record names no system of the partner",
    why: "Scenarios would be played against the stand-in alone, and nothing that passes would \
          say anything of the partner.",
    help: "add one: `environments: {sandbox: {class: test, base_url: https://…}}`",
    example: Example {
        bad: &[record("environments: {}\n")],
        good: &[record(
            "environments:\n  sandbox: {class: test, base_url: https://sandbox.acme.example}\n",
        )],
    },
};

pub(super) const LIMITS_MISSING: Rule = Rule {
    id: "limits-missing",
    level: Level::Error,
    from: Stage::Beta,
    meaning: "the record does not say how fast we may call",
    why: "Without a limit a probe can throttle the credential that customers depend on, and a \
          throttled answer cannot be told from a broken promise.",
    help: "say how fast we may call: `limits: {rate: 25 per second}`",
    example: Example {
        bad: &[record("timeout: 5 s\n")],
        good: &[record("limits: {rate: 25 per second}\ntimeout: 5 s\n")],
    },
};

pub(super) const TIMEOUT_MISSING: Rule = Rule {
    id: "timeout-missing",
    level: Level::Error,
    from: Stage::Beta,
    meaning: "the record does not say how long one attempt may take",
    why: "How long is too long is a decision about the partner. The default of ten seconds is \
          nobody's.",
    help: "say how long one attempt may take: `timeout: 10 s`",
    example: Example {
        bad: &[record("limits: {rate: 25 per second}\n")],
        good: &[record("limits: {rate: 25 per second}\ntimeout: 5 s\n")],
    },
};

pub(super) const FAILURE_MODES_MISSING: Rule = Rule {
    id: "failure-modes-missing",
    level: Level::Error,
    from: Stage::Beta,
    meaning: "the record names no way in which the integration breaks",
    why: "Each named mode must be brought about by a scenario. Where none is named, nothing shows \
          that we survive even a timeout.",
    help: "name at least one way to break: `failure_modes: {timeout: {}}`",
    example: Example {
        bad: &[record("failure_modes: {}\n")],
        good: &[record(
            "failure_modes:\n  timeout: {unproven: {reason: not written yet, until: 2027-03-01}}\n",
        )],
    },
};

/// Keys with a rule of their own.
const NEEDED: &[(&str, &Rule)] = &[
    ("criticality", &CRITICALITY_MISSING),
    ("limits", &LIMITS_MISSING),
    ("timeout", &TIMEOUT_MISSING),
    ("failure_modes", &FAILURE_MODES_MISSING),
];

pub(super) fn judge(judged: &mut Judged<'_>) {
    let record = judged.integration;
    for (key, rule) in NEEDED {
        if record.left_out.contains(key) {
            judged.missing(rule, &format!("/{key}"), &format!("has no `{key}`"));
        }
    }
    if record.environments.values().all(|e| e.class == SafetyClass::Mock) {
        judged.tell(&ENVIRONMENT_MISSING, "/environments", |record| {
            Diagnostic::error(format!("`{}` names no system of the partner", record.id))
                .maybe_at(record.source.locate("/environments", Part::Key), "")
                .expected("at least one environment of class test or live")
                .actual("only the stand-in")
        });
    }
}
