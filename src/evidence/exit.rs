//! Exit codes: the one place where they stand. The highest in the order of
//! [`of_totals`] wins.

use super::Totals;

/// Everything passed.
pub const PASSED: u8 = 0;
/// A promise or an expectation is broken; other findings of `probe check`.
pub const FAILED: u8 = 1;
/// Usage, configuration, or a file that does not parse.
pub const CONFIG: u8 = 2;
/// We could not find out.
pub const ERRORED: u8 = 3;
/// Nothing ran: empty selection, or everything skipped.
pub const NOTHING_RAN: u8 = 4;
/// We may not judge.
pub const INCONCLUSIVE: u8 = 5;
/// Ended by SIGINT (128 + 2).
pub const INTERRUPTED: u8 = 130;
/// Ended by SIGTERM (128 + 15).
pub const TERMINATED: u8 = 143;

/// Each code with its meaning, for `probe explain exit-codes` and the docs.
pub const TABLE: &[(u8, &str)] = &[
    (PASSED, "passed: everything that ran held"),
    (FAILED, "failed: a promise or an expectation is shown to be broken"),
    (CONFIG, "usage or configuration: nothing was sent"),
    (ERRORED, "errored: we could not find out"),
    (NOTHING_RAN, "nothing ran: empty selection, or everything skipped"),
    (INCONCLUSIVE, "inconclusive: we know why we may not judge"),
    (INTERRUPTED, "interrupted (SIGINT); reports are written"),
    (TERMINATED, "terminated (SIGTERM); reports are written"),
];

/// The exit code of a run from its counts: any failed, else any errored,
/// else any inconclusive, else nothing ran, else passed. Signals and
/// configuration errors are decided before this.
///
/// A planned scenario without a verdict is an error, never green.
pub fn of_totals(totals: &Totals) -> u8 {
    let decided = [totals.passed, totals.failed, totals.errored, totals.inconclusive]
        .iter()
        .fold(totals.skipped, |sum, count| sum.saturating_add(*count));
    match totals {
        Totals { failed: 1.., .. } => FAILED,
        Totals { errored: 1.., .. } => ERRORED,
        _ if decided < totals.planned => ERRORED,
        Totals { inconclusive: 1.., .. } => INCONCLUSIVE,
        Totals { passed: 1.., .. } => PASSED,
        _ => NOTHING_RAN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gravest_verdict_decides_the_exit_code() {
        let code = |passed, failed, errored, inconclusive, skipped| {
            of_totals(&Totals {
                passed,
                failed,
                errored,
                inconclusive,
                skipped,
                ..Totals::default()
            })
        };
        assert_eq!(code(0, 0, 0, 0, 0), NOTHING_RAN);
        assert_eq!(code(0, 0, 0, 0, 2), NOTHING_RAN);
        assert_eq!(code(1, 0, 0, 0, 1), PASSED);
        assert_eq!(code(1, 0, 0, 1, 0), INCONCLUSIVE);
        assert_eq!(code(1, 0, 1, 1, 0), ERRORED);
        assert_eq!(code(1, 1, 1, 1, 0), FAILED);
        let lost = Totals { planned: 2, passed: 1, ..Totals::default() };
        assert_eq!(of_totals(&lost), ERRORED);
    }
}
