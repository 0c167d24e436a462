//! Data about persons, and secrets.

use std::collections::BTreeSet;

use super::{Example, Level, Rule, Stage, judge::Judged, rule::record};
use crate::{
    catalog::About,
    contract::source::{Part, member_pointer},
    evidence::Diagnostic,
};

pub(super) const PII_UNAPPROVED: Rule = Rule {
    id: "pii-unapproved",
    level: Level::Error,
    from: Stage::Ga,
    meaning: "data about persons crosses the wire unapproved, or the record does not say whether any does",
    why: "What is sent to a partner cannot be called back. Security and compliance have to agree \
          before it is.",
    help: "let it be approved: `about: {pii: {data: [..], approved: {by: .., date: ..}}}`, or \
           say `data: []`",
    example: Example {
        bad: &[record("about:\n  pii: {data: [names, addresses]}\n")],
        good: &[record(
            "about:\n  pii: {data: [names, addresses], approved: {by: data protection officer, date: 2026-10-05}}\n",
        )],
    },
};

pub(super) const SECRET_ROTATION_MISSING: Rule = Rule {
    id: "secret-rotation-missing",
    level: Level::Warning,
    from: Stage::Ga,
    meaning: "the record does not say how old a secret may become, and when it was last changed",
    why: "A secret that never changes is known by all who ever left, and nobody knows how to \
          change it on the day on which it must be.",
    help: "say it under the secret's name: `about: {secrets: {env:KEY: {rotate_every: 90 days, \
           rotated: ..}}}`",
    example: Example {
        bad: &[record("about:\n  secrets: {}\n")],
        good: &[record(
            "about:\n  secrets:\n    env:ACME_KEY: {rotate_every: 90 days, rotated: 2026-11-02}\n",
        )],
    },
};

pub(super) const SECRET_ROTATION_OVERDUE: Rule = Rule {
    id: "secret-rotation-overdue",
    level: Level::Dated,
    from: Stage::Ga,
    meaning: "a secret is older than the record allows",
    why: "Partners let keys expire, and a key that leaked unseen is good until it is changed.",
    help: "put a new one into the secret store, then say when: `rotated: ..`",
    example: Example {
        bad: &[record(
            "about:\n  secrets:\n    env:ACME_KEY: {rotate_every: 90 days, rotated: 2026-08-01}\n",
        )],
        good: &[record(
            "about:\n  secrets:\n    env:ACME_KEY: {rotate_every: 90 days, rotated: 2026-11-02}\n",
        )],
    },
};

pub(super) fn judge(judged: &mut Judged<'_>) {
    pii(judged);
    secrets(judged);
}

fn pii(judged: &mut Judged<'_>) {
    let at = About::pointer("pii");
    match &judged.integration.about.pii {
        None => judged.missing(
            &PII_UNAPPROVED,
            &at,
            "does not say whether data about persons crosses the wire",
        ),
        Some(pii) if !pii.data.is_empty() && pii.approved.is_none() => {
            judged.tell(&PII_UNAPPROVED, &at, |record| {
                let data: Vec<&str> = pii.data.iter().map(|data| &**data).collect();
                Diagnostic::error(format!("nobody has approved the data of `{}`", record.id))
                    .maybe_at(record.source.locate(&at, Part::Value), "")
                    .expected("`approved` with the role that agreed, and the day")
                    .actual(format!("{} cross the wire", data.join(", ")))
            });
        }
        Some(_) => {}
    }
}

fn secrets(judged: &mut Judged<'_>) {
    let record = judged.integration;
    let today = judged.premises.today;
    let pointer = About::pointer("secrets");
    let secrets = record.auths().flat_map(|(auth, _)| auth.secrets());
    let secrets: BTreeSet<String> = secrets.map(ToString::to_string).collect();
    for name in secrets {
        let at = member_pointer(&pointer, &name);
        let said = record.about.secrets.as_ref().and_then(|secrets| secrets.get(&name));
        let Some((every, rotated)) = said.and_then(|r| Some((r.rotate_every.0, r.rotated?))) else {
            let title = format!("does not say when {name} is changed");
            judged.missing(&SECRET_ROTATION_MISSING, &at, &title);
            continue;
        };
        if rotated.after(every) < today {
            judged.tell(&SECRET_ROTATION_OVERDUE, &at, |record| {
                let place = record.source.locate(&format!("{at}/rotated"), Part::Value);
                Diagnostic::warning(format!("{name} is older than `{}` allows", record.id))
                    .maybe_at(place, "")
                    .expected(format!(
                        "at most {} days, as `rotate_every` says",
                        every.as_secs() / 86_400
                    ))
                    .actual(format!("{} days on {today}", rotated.days_until(today)))
            });
        }
    }
}
