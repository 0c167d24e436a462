//! Builders of what we expect.

use std::time::Duration;

use super::Arguments;
use crate::{
    contract::{StatusPattern, source::parse_duration},
    evidence::{Diagnostic, DriftClass, nearest},
    steps::{
        compile::Scope,
        sentence::{Compiled, Expectation, ExpectationKind, Subject, Timing},
    },
};

fn expect(kind: ExpectationKind) -> Compiled {
    Compiled::Expectation(Expectation { subject: Subject::Last, timing: Timing::default(), kind })
}

pub(in crate::steps) fn status(
    a: &Arguments<'_, '_>,
    _: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    let text = a.text(0);
    let pattern = match text.strip_suffix("XX") {
        Some(digit) => StatusPattern::Range(digit.parse().unwrap_or(2)),
        None => StatusPattern::Exact(a.code(0)),
    };
    Ok(expect(ExpectationKind::Status(pattern)))
}

fn body_expectation(
    a: &Arguments<'_, '_>,
    scope: &Scope<'_>,
    every: bool,
    if_any: bool,
) -> Result<Compiled, Diagnostic> {
    let (path, matcher) = (a.path(0)?, a.matcher(1, scope)?);
    Ok(expect(ExpectationKind::Body { path, every, if_any, matcher }))
}

pub(in crate::steps) fn throttled(
    _: &Arguments<'_, '_>,
    _: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    Ok(expect(ExpectationKind::Throttled))
}

pub(in crate::steps) fn body(
    a: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    body_expectation(a, s, false, false)
}

pub(in crate::steps) fn body_every(
    a: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    body_expectation(a, s, true, false)
}

pub(in crate::steps) fn body_every_if_any(
    a: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    body_expectation(a, s, true, true)
}

pub(in crate::steps) fn header(
    a: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    let (name, matcher) = (a.header_name(0), a.matcher(1, s)?);
    Ok(expect(ExpectationKind::Header { name, matcher }))
}

pub(in crate::steps) fn redirect(
    a: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    let (argument, matcher) = (a.text(0).trim_matches('"').to_owned(), a.matcher(1, s)?);
    Ok(expect(ExpectationKind::Redirect { argument, matcher }))
}

pub(in crate::steps) fn faster(
    a: &Arguments<'_, '_>,
    _: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    Ok(expect(ExpectationKind::Faster(a.duration(0)?)))
}

/// The reasons that a scenario can name, as [`crate::evidence::NoAnswer::word`] gives them.
const REASONS: &[&str] = &["dns", "refused", "reset", "timeout", "tls", "protocol"];

pub(in crate::steps) fn no_answer(
    a: &Arguments<'_, '_>,
    _: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    let word = a.text(0);
    if let Some(reason) = REASONS.iter().find(|reason| **reason == word) {
        return Ok(expect(ExpectationKind::NoAnswer(reason)));
    }
    let diagnostic = Diagnostic::error("no answer can have this reason")
        .expected(format!("one of {}", REASONS.join(", ")))
        .actual(word);
    Err(a.at(0, with_nearest(diagnostic, word, REASONS)))
}

fn with_nearest(diagnostic: Diagnostic, word: &str, known: &[&str]) -> Diagnostic {
    match nearest(word, known.iter().copied()) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic,
    }
}

pub(in crate::steps) fn keeps(
    _: &Arguments<'_, '_>,
    _: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    Ok(expect(ExpectationKind::KeepsContract))
}

pub(in crate::steps) fn breaks(
    _: &Arguments<'_, '_>,
    _: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    Ok(expect(ExpectationKind::BreaksContract))
}

pub(in crate::steps) fn no_drift(
    _: &Arguments<'_, '_>,
    _: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    Ok(expect(ExpectationKind::NoDrift))
}

pub(in crate::steps) fn failure_inside(
    _: &Arguments<'_, '_>,
    _: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    Ok(expect(ExpectationKind::FailureInside))
}

pub(in crate::steps) fn drift_found(
    a: &Arguments<'_, '_>,
    _: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    const CLASSES: &[DriftClass] =
        &[DriftClass::Breaking, DriftClass::Additive, DriftClass::Tolerated];
    let word = a.text(0);
    let Some(class) = CLASSES.iter().find(|class| class.word() == word) else {
        let diagnostic = Diagnostic::error(format!("there is no class of drift `{word}`"))
            .expected("breaking, additive or tolerated")
            .actual(word);
        return Err(a.at(0, diagnostic));
    };
    Ok(expect(ExpectationKind::Drift { class: *class, path: a.path(1)? }))
}

pub(in crate::steps) fn attempts(
    a: &Arguments<'_, '_>,
    _: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    Ok(expect(ExpectationKind::Attempts { count: a.count(0), same_key: false }))
}

pub(in crate::steps) fn attempts_same_key(
    a: &Arguments<'_, '_>,
    _: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    Ok(expect(ExpectationKind::Attempts { count: a.count(0), same_key: true }))
}

pub(in crate::steps) fn waited(
    a: &Arguments<'_, '_>,
    _: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    let durations: Option<Vec<Duration>> = a
        .text(0)
        .replace(" and ", ", ")
        .split(',')
        .map(|part| parse_duration(part.trim()))
        .collect();
    let durations = durations.ok_or_else(|| {
        let diagnostic = Diagnostic::error("not a list of durations")
            .expected("such as `1 s and 2 s`")
            .actual(a.text(0));
        a.at(0, diagnostic)
    })?;
    Ok(expect(ExpectationKind::Waited(durations)))
}

pub(in crate::steps) fn holds(
    a: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    let partner = s.partner()?;
    let word = a.text(1);
    let mut resource = word.to_owned();
    if let Some(stand_in) = &partner.stand_in {
        let Some(found) = stand_in.resource_name(word) else {
            let names = stand_in.resources();
            let diagnostic = Diagnostic::error(format!("the stand-in has no resource `{word}`"))
                .expected(match names.as_slice() {
                    [] => "a resource of its mock file; there is none".to_owned(),
                    names => format!("one of {}", names.join(", ")),
                })
                .actual(word)
                .help(format!("resources stand in mocks/{}.yaml", partner.integration.id));
            return Err(a.at(1, with_nearest(diagnostic, word, &names)));
        };
        found.clone_into(&mut resource);
    }
    Ok(expect(ExpectationKind::Holds {
        integration: partner.integration.id.clone(),
        count: a.count(0) as usize,
        resource,
    }))
}

pub(in crate::steps) fn received(
    a: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    let operation = a.operation(0, s)?;
    Ok(expect(ExpectationKind::Received { operation, count: a.count(1) as usize }))
}

/// The frames of the vocabulary's last group (`within`, `stays`, `the x's`) are
/// taken off before a sentence is looked up, so only their empty form arrives.
pub(in crate::steps) fn frame(
    a: &Arguments<'_, '_>,
    _: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    Err(Diagnostic::error("the expectation is missing")
        .at(a.step.whole(), "")
        .expected("an expectation in place of the dots")
        .actual("...")
        .help("such as: within 2 s, the partner holds 1 payment"))
}
