//! Tags that steer: retries, safety classes, failure modes, contract versions.

use super::raw::RawScenario;
use crate::{
    catalog::{FAILURE_MODES, MOST_RETRIES},
    contract::source::Source,
    evidence::{Diagnostic, Place, SafetyClass, nearest},
};

/// Tags that steer a run.
#[derive(Default)]
pub(super) struct Steering {
    /// Further attempts after one that did not pass.
    pub(super) retries: u32,
    /// The one class that the scenario runs in.
    pub(super) only: Option<SafetyClass>,
}

/// The further attempts that a tag asks for: `@retry` or `@retry(2)`.
pub(super) fn retries_of(tag: &str) -> Option<u32> {
    let rest = tag.strip_prefix("@retry")?;
    let count = match rest.strip_prefix('(').and_then(|r| r.strip_suffix(')')) {
        Some(count) => count.parse().ok()?,
        None => rest.is_empty().then_some(1)?,
    };
    (1..=MOST_RETRIES).contains(&count).then_some(count)
}

/// What a scenario's tags steer. Err: one that means to steer and does not.
pub(super) fn steering(source: &Source, raw: &RawScenario) -> Result<Steering, Diagnostic> {
    let mut steering = Steering::default();
    let mut versions = raw.tags.iter().filter(|tag| tag.starts_with("@contract:"));
    if let (Some(first), Some(second)) = (versions.next(), versions.next()) {
        return Err(two_versions(source, raw.line, first, second));
    }
    for tag in raw.tags.iter() {
        let wrong = |expected: &str| {
            Diagnostic::error("this tag steers nothing as it stands")
                .maybe_at(tag_place(source, tag, raw.line), "")
                .expected(expected)
                .actual(tag)
        };
        if tag.starts_with("@retry") {
            steering.retries = retries_of(tag)
                .ok_or_else(|| wrong("@retry, or @retry(2) with 1 to 10 further attempts"))?;
        } else if let Some(class) = tag.strip_prefix("@only:") {
            const CLASSES: &[SafetyClass] =
                &[SafetyClass::Mock, SafetyClass::Test, SafetyClass::Live];
            let found = CLASSES.iter().find(|c| c.word() == class);
            steering.only =
                Some(*found.ok_or_else(|| wrong("@only:mock, @only:test or @only:live"))?);
        } else if let Some(mode) = tag.strip_prefix("@failure:") {
            let known = FAILURE_MODES.iter().map(|m| m.0);
            if !known.clone().any(|name| name == mode) {
                let problem = wrong("a known failure mode");
                return Err(match nearest(mode, known) {
                    Some(near) => problem.help(format!("did you mean @failure:{near}?")),
                    None => problem,
                });
            }
        }
    }
    Ok(steering)
}

/// The message for a scenario that is to keep two versions at once.
fn two_versions(source: &Source, line: u32, first: &str, second: &str) -> Diagnostic {
    Diagnostic::error("a scenario has two contract versions")
        .maybe_at(tag_place(source, second, line), "the second")
        .maybe_at(tag_place(source, first, line), "the first")
        .expected("one @contract: tag, inherited ones included")
        .actual(format!("{first} and {second}"))
        .help("remove one; what shall hold for both versions is two scenarios")
}

/// The message for a contract version where several integrations have theirs.
pub(super) fn version_of_a_journey(place: Option<Place>, tag: &str) -> Diagnostic {
    Diagnostic::error("a journey cannot choose a contract version")
        .maybe_at(place, "")
        .expected("this tag on a scenario in an integration's own folder")
        .actual(tag)
        .help("move the scenario there, or drop the tag: each record's current version is used")
}

/// The place of a tag: the last one of this name up to a scenario's line, since
/// its own stand above it and inherited ones further up.
pub(super) fn tag_place(source: &Source, tag: &str, line: u32) -> Option<Place> {
    (1..=line).rev().find_map(|number| {
        let line = source.line(number);
        if !line.trim_start().starts_with('@') {
            return None;
        }
        let ends =
            |end: usize| line[end..].chars().next().is_none_or(|c| c.is_whitespace() || c == '@');
        let at = line.match_indices(tag).map(|(at, _)| at).find(|at| ends(at + tag.len()))?;
        let column = line[..at].chars().count() as u32 + 1;
        Some(source.place_at(number, column, tag.chars().count() as u32))
    })
}
