//! The contract's current and previous version.

use std::time::Duration;

use super::{Example, Level, Rule, Stage, judge::Judged, rule::record};
use crate::{catalog::Day, contract::source::Part, evidence::Diagnostic};

pub(super) const PREVIOUS_CONTRACT_UNSUPPORTED: Rule = Rule {
    id: "previous-contract-unsupported",
    level: Level::Error,
    from: Stage::Ga,
    meaning: "the record does not say which contract was before, or that one is not there",
    why: "Current and previous version are supported, so that a partner's or our own release can \
          be taken back. Where there is no previous one, that is said on purpose.",
    help: "name the version before, which must have its folder in contracts/, or say \
           `previous: none`",
    example: Example {
        bad: &[record("contract: {current: shop/orders/v1, described_from: partner}\n")],
        good: &[record(
            "contract: {current: shop/orders/v1, previous: none, described_from: partner}\n",
        )],
    },
};

pub(super) const CONTRACT_SUNSET: Rule = Rule {
    id: "contract-sunset",
    level: Level::Dated,
    from: Stage::Beta,
    meaning: "the support of the previous contract ends within 30 days, or has ended",
    why: "After its sunset a partner may switch the old version off without another word. Whoever \
          still calls it breaks on that day.",
    help: "see that nothing uses it any more, then say `previous: none`",
    example: Example {
        bad: &[record(
            "contract: {current: shop/orders/v1, previous: {id: shop/orders/v0, sunset: 2026-12-01}}\n",
        )],
        good: &[record("contract: {current: shop/orders/v1, previous: none}\n")],
    },
};

/// How long before its sunset a version is told.
const NOTICE: Duration = Duration::from_hours(30 * 24);

pub(super) fn judge(judged: &mut Judged<'_>) {
    let contract = &judged.integration.contract;
    if !contract.previous_said {
        judged.missing(
            &PREVIOUS_CONTRACT_UNSUPPORTED,
            "/contract/previous",
            "does not say which contract was before",
        );
    }
    if let Some(previous) = &contract.previous
        && !(judged.premises.holds)(&format!("contracts/{previous}"))
    {
        judged.tell(&PREVIOUS_CONTRACT_UNSUPPORTED, "/contract/previous", |record| {
            Diagnostic::error(format!("the previous contract of `{}` is not there", record.id))
                .maybe_at(record.source.locate("/contract/previous", Part::Value), "")
                .expected(format!("the folder contracts/{previous}"))
                .actual("no such folder")
        });
    }
    let deadlines = judged.integration.deadlines.iter();
    for deadline in deadlines.filter(|d| d.pointer == "/contract/previous/sunset") {
        let Some(day) = Day::parse(&deadline.date) else { continue };
        let today = judged.premises.today;
        let title = match today.days_until(day) {
            ..0 => format!("{} has ended", deadline.what),
            0 => format!("{} ends today", deadline.what),
            1 => format!("{} ends tomorrow", deadline.what),
            days if day <= today.after(NOTICE) => format!("{} ends in {days} days", deadline.what),
            _ => continue,
        };
        let at = contract.previous.clone().unwrap_or_default();
        judged.tell(&CONTRACT_SUNSET, &at, |record| {
            Diagnostic::warning(title)
                .maybe_at(record.source.locate(&deadline.pointer, Part::Value), "")
        });
    }
}
