//! Settings of some scenarios only, as `probe.toml` has them.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::problems::Problems;
use crate::contract::source::HumanDuration;

/// The most further attempts that a scenario may have.
pub const MOST_RETRIES: u32 = 10;

/// An entry of `[[run.overrides]]` or `[[profiles.NAME.overrides]]`: which
/// scenarios, and what holds for them. All filters that are given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Override {
    /// JSON Pointer of the entry in `probe.toml`.
    pub pointer: String,
    /// Tag expression that the scenarios match.
    pub tags: Option<String>,
    /// Id of an integration that they touch.
    pub integration: Option<String>,
    /// Text that their names hold, in any case of letters.
    pub name: Option<String>,
    /// Limit of one attempt at one of them.
    pub scenario_timeout: Option<Duration>,
    /// Further attempts after one that did not pass, instead of what tags say.
    pub retries: Option<u32>,
    /// How many of them may run at the same time.
    pub concurrency: Option<u32>,
    /// Whether they only read in class `live`, whatever flag and record allow.
    pub read_only: bool,
}

/// Settings of some scenarios only: which, and what holds for them. All filters
/// that are given must hold.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Override")]
pub(super) struct Written {
    /// Tag expression that the scenarios match.
    tags: Option<String>,
    /// Id of an integration that they touch.
    integration: Option<String>,
    /// Text that their names hold.
    name: Option<String>,
    /// Limit of one attempt at one of them.
    scenario_timeout: Option<HumanDuration>,
    /// Further attempts after one that did not pass.
    retries: Option<u32>,
    /// How many of them may run at the same time.
    concurrency: Option<u32>,
    /// `false`: they only read in class live, whatever flag and record allow.
    allow_writes: Option<bool>,
}

/// The overrides of `[run]` or a profile, as meant.
pub(super) fn meant(problems: &mut Problems<'_>, written: Vec<Written>, at: &str) -> Vec<Override> {
    let entries = (0..).zip(written);
    entries.map(|(i, entry)| one(problems, entry, format!("{at}/overrides/{i}"))).collect()
}

fn one(problems: &mut Problems<'_>, written: Written, pointer: String) -> Override {
    let Written { tags, integration, name, .. } = &written;
    let texts = [("tags", tags), ("integration", integration), ("name", name)];
    for (key, text) in texts {
        if text.as_ref().is_some_and(|text| text.trim().is_empty()) {
            let title = format!("`{key}` of an override says nothing");
            problems.push(problems.value(&format!("{pointer}/{key}"), title).help("leave it out"));
        }
    }
    if texts.iter().all(|(_, text)| text.is_none()) {
        let problem = problems
            .value(&pointer, "an override does not say which scenarios it is for")
            .expected("`tags`, `integration` or `name`")
            .actual("none of them")
            .help("what holds for all stands in [run] or the profile itself");
        problems.push(problem);
    }
    let timeout = written.scenario_timeout.as_ref().map(|timeout| timeout.0);
    let Written { retries, concurrency, allow_writes, .. } = written;
    if timeout.is_none() && retries.is_none() && concurrency.is_none() && allow_writes.is_none() {
        let problem = problems
            .value(&pointer, "an override changes nothing")
            .expected("`scenario_timeout`, `retries`, `concurrency` or `allow_writes = false`")
            .actual("none of them");
        problems.push(problem);
    }
    let mut wrong = |key: &str, title: &str, expected: &str, actual: String| {
        let problem = problems.value(&format!("{pointer}/{key}"), title);
        problems.push(problem.expected(expected).actual(actual));
    };
    if timeout.is_some_and(|timeout| timeout.is_zero()) {
        let title = "the scenario timeout is nothing";
        wrong("scenario_timeout", title, "more than nothing", "0 s".to_owned());
    }
    if let Some(many) = retries.filter(|retries| *retries > MOST_RETRIES) {
        let expected = format!("0 to {MOST_RETRIES} further attempts");
        wrong("retries", "too many attempts", &expected, many.to_string());
    }
    if concurrency == Some(0) {
        let title = "nothing can run with a concurrency of 0";
        wrong("concurrency", title, "1 or more", "0".to_owned());
    }
    if allow_writes == Some(true) {
        wrong(
            "allow_writes",
            "an override cannot allow writes",
            "`false`, which takes them away",
            "`true`: the record and --allow-writes allow them, both".to_owned(),
        );
    }
    Override {
        pointer,
        tags: written.tags,
        integration: written.integration,
        name: written.name,
        scenario_timeout: timeout,
        retries,
        concurrency,
        read_only: allow_writes == Some(false),
    }
}
