//! Exit codes: the one place where they stand. The highest in the order of
//! [`of_totals`] wins; a [`Policy`] says which endings count at all.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ScenarioFinished, Totals, Verdict};

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

/// How a scenario may end so that it makes the exit code other than 0.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Failed: [`FAILED`].
    Failed,
    /// Errored: [`ERRORED`].
    Errored,
    /// Inconclusive: [`INCONCLUSIVE`].
    Inconclusive,
    /// Skipped; whoever names it wants no gaps: [`FAILED`].
    Skipped,
    /// Passed on a later attempt: [`FAILED`].
    Flaky,
}

impl Ending {
    /// All of them.
    pub const ALL: &[Self] =
        &[Self::Failed, Self::Errored, Self::Inconclusive, Self::Skipped, Self::Flaky];

    /// The word for people and files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Errored => "errored",
            Self::Inconclusive => "inconclusive",
            Self::Skipped => "skipped",
            Self::Flaky => "flaky",
        }
    }
}

/// The endings that make the exit code other than 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct FailOn(BTreeSet<Ending>);

impl Default for FailOn {
    /// Failed, errored and inconclusive.
    fn default() -> Self {
        Self::of([Ending::Failed, Ending::Errored, Ending::Inconclusive])
    }
}

impl FailOn {
    /// These endings, and no others.
    pub fn of(endings: impl IntoIterator<Item = Ending>) -> Self {
        Self(endings.into_iter().collect())
    }

    /// Whether nothing else was asked for.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Whether this ending is among them.
    pub fn has(&self, ending: Ending) -> bool {
        self.0.contains(&ending)
    }

    /// Whether the end of a scenario is among them.
    pub fn counts(&self, finished: &ScenarioFinished) -> bool {
        match finished.judgement.verdict {
            Verdict::Passed => finished.attempt > 1 && self.has(Ending::Flaky),
            Verdict::Failed => self.has(Ending::Failed),
            Verdict::Errored => self.has(Ending::Errored),
            Verdict::Inconclusive => self.has(Ending::Inconclusive),
            Verdict::Skipped => self.has(Ending::Skipped),
        }
    }

    /// The words, the gravest first: `failed, errored`.
    pub fn describe(&self) -> String {
        let words: Vec<&str> = self.0.iter().map(|ending| ending.word()).collect();
        words.join(", ")
    }
}

/// How counts become an exit code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// What makes it other than 0.
    pub fail_on: FailOn,
    /// Whether nothing had to run: a shard may be empty, or all skipped, while
    /// the others have work.
    pub nothing_is_fine: bool,
}

/// The exit code of a run from its counts: any failed, else any errored,
/// else any inconclusive, as far as the policy counts them, else nothing ran,
/// else passed. Signals and configuration errors are decided before this.
///
/// A planned scenario without a verdict is an error whatever the policy says:
/// nobody knows how it would have ended.
pub fn of_totals(totals: &Totals, policy: &Policy) -> u8 {
    let counted = |ending: Ending, count: u32| count > 0 && policy.fail_on.has(ending);
    let ran = [totals.passed, totals.failed, totals.errored, totals.inconclusive]
        .iter()
        .fold(0_u32, |sum, count| sum.saturating_add(*count));
    if counted(Ending::Failed, totals.failed)
        || counted(Ending::Flaky, totals.flaky)
        || counted(Ending::Skipped, totals.skipped)
    {
        FAILED
    } else if counted(Ending::Errored, totals.errored)
        || ran.saturating_add(totals.skipped) < totals.planned
    {
        ERRORED
    } else if counted(Ending::Inconclusive, totals.inconclusive) {
        INCONCLUSIVE
    } else if ran > 0 || policy.nothing_is_fine {
        PASSED
    } else {
        NOTHING_RAN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gravest_verdict_decides_the_exit_code() {
        let code = |passed, failed, errored, inconclusive, skipped| {
            let totals =
                Totals { passed, failed, errored, inconclusive, skipped, ..Totals::default() };
            of_totals(&totals, &Policy::default())
        };
        assert_eq!(code(0, 0, 0, 0, 0), NOTHING_RAN);
        assert_eq!(code(0, 0, 0, 0, 2), NOTHING_RAN);
        assert_eq!(code(1, 0, 0, 0, 1), PASSED);
        assert_eq!(code(1, 0, 0, 1, 0), INCONCLUSIVE);
        assert_eq!(code(1, 0, 1, 1, 0), ERRORED);
        assert_eq!(code(1, 1, 1, 1, 0), FAILED);
        let lost = Totals { planned: 2, passed: 1, ..Totals::default() };
        assert_eq!(of_totals(&lost, &Policy::default()), ERRORED);
        let narrow = Policy { fail_on: FailOn::of([Ending::Failed]), nothing_is_fine: true };
        assert_eq!(of_totals(&lost, &narrow), ERRORED, "nobody knows how it would have ended");
    }

    #[test]
    fn a_policy_narrows_and_widens() {
        use Ending::{Errored, Failed, Flaky, Inconclusive, Skipped};
        let all = Totals {
            planned: 5,
            passed: 1,
            flaky: 1,
            failed: 1,
            errored: 1,
            inconclusive: 1,
            skipped: 1,
            touched: 0,
        };
        let code = |totals: &Totals, endings: &[Ending]| {
            let fail_on = FailOn::of(endings.iter().copied());
            of_totals(totals, &Policy { fail_on, nothing_is_fine: false })
        };
        for (endings, expected) in [
            (&[Failed][..], FAILED),
            (&[Errored], ERRORED),
            (&[Inconclusive], INCONCLUSIVE),
            (&[Skipped], FAILED),
            (&[Flaky], FAILED),
            (&[Inconclusive, Errored], ERRORED),
            (&[Flaky, Errored], FAILED),
            (&[], PASSED),
        ] {
            assert_eq!(code(&all, endings), expected, "{endings:?}");
        }
        let green = Totals { planned: 2, passed: 2, ..Totals::default() };
        assert_eq!(code(&green, Ending::ALL), PASSED);
        let skipped = Totals { planned: 2, skipped: 2, ..Totals::default() };
        assert_eq!(code(&skipped, &[Failed]), NOTHING_RAN, "skipping is not running");
        let errored = Totals { planned: 2, errored: 2, ..Totals::default() };
        assert_eq!(code(&errored, &[Failed]), PASSED, "who asks for it gets it");
    }

    #[test]
    fn an_empty_shard_is_green_where_the_others_have_work() {
        let policy = Policy { nothing_is_fine: true, ..Policy::default() };
        assert_eq!(of_totals(&Totals::default(), &policy), PASSED);
        let failed = Totals { planned: 1, failed: 1, ..Totals::default() };
        assert_eq!(of_totals(&failed, &policy), FAILED);
    }
}
