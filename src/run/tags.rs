//! Tags that steer a run: `@retry(2)`, `@only:mock`, `@failure:rate-limit`.

use crate::{
    catalog::FAILURE_MODES,
    contract::source::Source,
    evidence::{Diagnostic, Place, SafetyClass, nearest},
};

/// Tags that steer a run.
#[derive(Default)]
pub(super) struct Steering {
    /// Further attempts.
    pub(super) retries: u32,
    /// The one class of environment to run in.
    pub(super) only: Option<SafetyClass>,
}

/// The most that `@retry(n)` may ask for.
const MOST_RETRIES: u32 = 10;

/// The further attempts that a tag asks for: `@retry` or `@retry(2)`.
pub(super) fn retries_of(tag: &str) -> Option<u32> {
    let rest = tag.strip_prefix("@retry")?;
    let count = match rest.strip_prefix('(').and_then(|r| r.strip_suffix(')')) {
        Some(count) => count.parse().ok()?,
        None => rest.is_empty().then_some(1)?,
    };
    (1..=MOST_RETRIES).contains(&count).then_some(count)
}

/// Reads the steering tags of a scenario. Err: one that steers nothing as it stands.
pub(super) fn steering(source: &Source, tags: &[String]) -> Result<Steering, Diagnostic> {
    let mut steering = Steering::default();
    for tag in tags {
        let wrong = |expected: &str| {
            Diagnostic::error("this tag steers nothing as it stands")
                .maybe_at(tag_place(source, tag), "")
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

/// Where a tag stands first in a feature file.
pub(super) fn tag_place(source: &Source, tag: &str) -> Option<Place> {
    let at = source.text.find(tag)?;
    Some(source.place(at..at + tag.len()))
}
