//! All rules, as one table.

use super::{Rule, across, changes, complete, data, people, review, running, versions};
use crate::evidence::{Diagnostic, nearest};

/// Every rule, by theme: who is called, what a record must say, how it is run,
/// its contract, its data and secrets, its dates, and what lies across files.
pub const RULES: &[&Rule] = &[
    &people::OWNER_MISSING,
    &people::ESCALATION_MISSING,
    &people::SUPPORT_MISSING,
    &complete::CRITICALITY_MISSING,
    &complete::ENVIRONMENT_MISSING,
    &complete::LIMITS_MISSING,
    &complete::TIMEOUT_MISSING,
    &complete::FAILURE_MODES_MISSING,
    &running::RUNBOOK_MISSING,
    &running::DASHBOARD_MISSING,
    &running::ALERT_MISSING,
    &versions::PREVIOUS_CONTRACT_UNSUPPORTED,
    &versions::CONTRACT_SUNSET,
    &data::PII_UNAPPROVED,
    &data::SECRET_ROTATION_MISSING,
    &data::SECRET_ROTATION_OVERDUE,
    &review::REVIEW_MISSING,
    &review::REVIEW_STALE,
    &review::WAIVER_EXPIRED,
    &review::EXCUSE_EXPIRED,
    &across::WRITE_UNGUARDED,
    &across::SCENARIO_MISSING,
    &across::MODE_UNCLAIMED,
    &across::MODE_UNPROVEN,
    &across::PROOF_STALE,
    &across::EXAMPLE_UNFIT,
    &across::CONTRACT_UNUSED,
    &changes::MIGRATION_MISSING,
    &changes::VERSION_BROKEN,
    &changes::VERSION_UNCOMPARED,
    &changes::APPROVAL_EXPIRED,
    &changes::APPROVAL_UNUSED,
    &across::MOCK_IDLE,
    &across::OVERRIDE_IDLE,
];

/// The rule of this id. Err: unknown, with the nearest.
pub fn rule(id: &str) -> Result<&'static Rule, Diagnostic> {
    RULES.iter().copied().find(|rule| rule.id == id).ok_or_else(|| {
        let problem = Diagnostic::error(format!("unknown rule `{id}`"))
            .expected("a rule of `probe explain lint`")
            .actual(id);
        match nearest(id, RULES.iter().map(|rule| rule.id)) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_stands_once_and_says_everything() {
        for (index, rule) in RULES.iter().enumerate() {
            let id = rule.id;
            assert!(id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{id}");
            assert!(RULES[..index].iter().all(|other| other.id != id), "{id}");
            assert!(!rule.meaning.ends_with('.') && !rule.help.ends_with('.'), "{id}");
            assert!(rule.why.ends_with('.'), "{id}");
            assert!(!rule.example.bad.is_empty() && !rule.example.good.is_empty(), "{id}");
            for shown in rule.example.bad.iter().chain(rule.example.good) {
                assert!(shown.text.ends_with('\n') && !shown.text.starts_with('\n'), "{id}");
            }
        }
    }

    #[test]
    fn an_unknown_rule_comes_with_the_nearest() {
        assert_eq!(rule("owner-missing").map(|rule| rule.id), Ok("owner-missing"));
        let problem = rule("owner-mising").expect_err("there is none");
        assert_eq!(problem.title, "unknown rule `owner-mising`");
        assert_eq!(problem.help, ["did you mean `owner-missing`?"]);
        assert!(rule("zzz").expect_err("there is none").help.is_empty());
    }
}
