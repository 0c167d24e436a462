//! Dates: when the record was read last, and until when something is excused.

use super::{Example, Level, Rule, Stage, judge::Judged, rule::record};
use crate::{catalog::Deadline, contract::source::Part, evidence::Diagnostic};

pub(super) const REVIEW_MISSING: Rule = Rule {
    id: "review-missing",
    level: Level::Error,
    from: Stage::Ga,
    meaning: "the record does not say when it was last read and found right",
    why: "A record that nobody reads is wrong within a year, and worse than none: it is believed.",
    help: "read it, mend it, then say when: `about: {reviewed: 2026-11-20}`",
    example: Example {
        bad: &[record("about:\n  purpose: Takes orders.\n")],
        good: &[record("about:\n  purpose: Takes orders.\n  reviewed: 2026-11-16\n")],
    },
};

pub(super) const REVIEW_STALE: Rule = Rule {
    id: "review-stale",
    level: Level::Dated,
    from: Stage::Ga,
    meaning: "the last review of the record is longer ago than a sprint",
    why: "Partners change without a word, and teams change hands. Once a sprint, somebody reads \
          the record. `[check] sprint` in probe.toml says how long a sprint is, 14 days else.",
    help: "read it, mend it, then say when: `about: {reviewed: ..}`",
    example: Example {
        bad: &[record("about:\n  reviewed: 2026-09-14\n")],
        good: &[record("about:\n  reviewed: 2026-11-16\n")],
    },
};

pub(super) const WAIVER_EXPIRED: Rule = Rule {
    id: "waiver-expired",
    level: Level::Dated,
    from: Stage::Beta,
    meaning: "a declared deviation from the contract is no longer excused",
    why: "A waiver hides drift. It was agreed on for a time, and after that time somebody has to \
          decide again.",
    help: "mend what it excuses, or agree on a new date",
    example: Example {
        bad: &[record(
            "tolerate:\n  - {at: \"#/components/schemas/Order\", reason: new members come often, owner: shop, expires: 2026-11-01}\n",
        )],
        good: &[record(
            "tolerate:\n  - {at: \"#/components/schemas/Order\", reason: new members come often, owner: shop, expires: 2027-02-01}\n",
        )],
    },
};

pub(super) const EXCUSE_EXPIRED: Rule = Rule {
    id: "excuse-expired",
    level: Level::Dated,
    from: Stage::Beta,
    meaning: "the excuse for an unproven failure mode has run out",
    why: "An excuse stands for a scenario that is to be written. When it runs out, the gap is as \
          wide as it was.",
    help: "write the scenario, or agree on a new date",
    example: Example {
        bad: &[record(
            "failure_modes:\n  timeout: {unproven: {reason: not written yet, until: 2026-11-01}}\n",
        )],
        good: &[record(
            "failure_modes:\n  timeout: {unproven: {reason: not written yet, until: 2027-03-01}}\n",
        )],
    },
};

pub(super) fn judge(judged: &mut Judged<'_>) {
    const AT: &str = "/about/reviewed";
    let today = judged.premises.today;
    let sprint = judged.premises.sprint;
    match judged.integration.about.reviewed {
        None => judged.missing(&REVIEW_MISSING, AT, "was never reviewed"),
        Some(day) if day.after(sprint) < today => judged.tell(&REVIEW_STALE, AT, |record| {
            Diagnostic::warning(format!("`{}` was not reviewed in this sprint", record.id))
                .maybe_at(record.source.locate(AT, Part::Value), "")
                .expected(format!("a review within {} days", sprint.as_secs() / 86_400))
                .actual(format!("the last one was {} days ago", day.days_until(today)))
        }),
        Some(_) => {}
    }
    for deadline in &judged.integration.deadlines {
        let rule = match deadline.pointer.split('/').nth(1) {
            Some("tolerate") => &WAIVER_EXPIRED,
            Some("failure_modes") => &EXCUSE_EXPIRED,
            _ => continue,
        };
        // Such dates compare like their texts.
        if deadline.date < today.to_string() {
            expired(judged, rule, deadline);
        }
    }
}

fn expired(judged: &mut Judged<'_>, rule: &'static Rule, deadline: &Deadline) {
    let today = judged.premises.today;
    // What it is, since the number of a waiver changes when one above it goes.
    judged.tell(rule, &deadline.what, |record| {
        Diagnostic::warning(format!("{} has expired", deadline.what))
            .maybe_at(record.source.locate(&deadline.pointer, Part::Value), "")
            .expected(format!("a date from {today} on"))
            .actual(&deadline.date)
    });
}
