//! `probe.toml` as written.

use std::{collections::BTreeMap, path::PathBuf};

use schemars::JsonSchema;
use serde::Deserialize;

use super::overrides;
use crate::{
    contract::source::HumanDuration,
    evidence::{Order, SafetyClass, exit::FailOn, metrics::MetricSet},
};

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Settings {
    /// The team's own names of environments, each with its class.
    #[serde(default)]
    pub(super) environments: BTreeMap<String, Environment>,
    /// Settings of a run outside of a profile.
    #[serde(default)]
    pub(super) run: Run,
    /// Hosts that answer when our own network is alive.
    #[serde(default)]
    pub(super) control: Control,
    /// Settings of metrics.prom.
    #[serde(default)]
    pub(super) metrics: Metrics,
    /// Named sets of settings of a run. One without `environment` demands --env.
    #[serde(default)]
    pub(super) profiles: BTreeMap<String, Run>,
    /// Settings of `probe check`.
    #[serde(default)]
    pub(super) check: Check,
}

/// `[check]`: settings of `probe check`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub(super) struct Check {
    /// File of known findings that are held.
    pub(super) baseline: Option<PathBuf>,
    /// Whether warnings fail the check too.
    pub(super) strict: Option<bool>,
    /// How long a review of a record is good.
    pub(super) sprint: Option<HumanDuration>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Environment {
    /// What may be done there.
    pub(super) class: SafetyClass,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
pub(super) struct Control {
    /// `host:port` each.
    #[serde(default)]
    pub(super) targets: Vec<String>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
pub(super) struct Metrics {
    /// Sets of names that are told beside our own.
    #[serde(default)]
    pub(super) aliases: Vec<MetricSet>,
}

/// `[run]`, and each of `[profiles]`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub(super) struct Run {
    /// Tag expression that scenarios must match.
    pub(super) tags: Option<String>,
    /// Environment to run in.
    pub(super) environment: Option<String>,
    /// Scenarios at the same time.
    pub(super) concurrency: Option<u32>,
    /// Limit of one attempt at a scenario.
    pub(super) scenario_timeout: Option<HumanDuration>,
    /// Start nothing more once a scenario did not pass.
    pub(super) fail_fast: Option<bool>,
    /// Verdicts that make the exit code other than 0: `failed`, `errored`, ..
    pub(super) fail_on: Option<FailOn>,
    /// In which order scenarios start.
    pub(super) order: Option<Order>,
    /// Seed of all chance.
    pub(super) seed: Option<u64>,
    /// Factor of inserted waits in class mock, from 0.001 to 1.
    pub(super) mock_time: Option<f64>,
    /// Where the JUnit report goes too.
    pub(super) junit: Option<PathBuf>,
    /// Where the metrics go too.
    pub(super) metrics: Option<PathBuf>,
    /// Folder of run folders.
    pub(super) reports: Option<PathBuf>,
    /// Other settings for some scenarios; of two for one scenario the later counts.
    #[serde(default)]
    pub(super) overrides: Vec<overrides::Written>,
}
