//! A run as meant.

use std::time::Duration;

use super::{again::LastRun, overrides::Overrides, select::Filter, shard::ShardPart};
use crate::{
    catalog::Choice,
    evidence::{EnvironmentInfo, RunSettings, SafetyClass},
};

/// A run as meant: command line over environment over `probe.toml` over defaults.
#[derive(Clone, Debug)]
pub struct Request {
    /// The chosen profile's name.
    pub profile: Option<String>,
    /// Where to run.
    pub environment: EnvironmentInfo,
    /// What it chooses among what records offer, and what it changes of them.
    pub choice: Choice,
    /// What to run.
    pub filter: Filter,
    /// Scenarios at the same time, at least 1.
    pub concurrency: u32,
    /// Limit of one scenario attempt, real time.
    pub scenario_timeout: Duration,
    /// Start nothing more once a scenario did not pass.
    pub fail_fast: bool,
    /// Seed of all chance.
    pub seed: u64,
    /// Factor of inserted waits in class `mock`.
    pub mock_time: f64,
    /// Whether the operator allows writes in class `live`; records must too.
    pub allow_writes: bool,
    /// What the first event says of how the run was asked for; the plan adds the shard.
    pub settings: RunSettings,
    /// The part of the selection that runs; `None`: all of it.
    pub part: Option<ShardPart>,
    /// The run whose failures start first, where the order says so.
    pub first: Option<LastRun>,
    /// Settings of some scenarios only.
    pub overrides: Overrides,
}

impl Request {
    /// All scenarios in class `mock`, where no secret is needed: for whoever
    /// only wants to know what they say.
    pub fn all_in_mock() -> Self {
        Self {
            profile: None,
            environment: EnvironmentInfo { name: "mock".to_owned(), class: SafetyClass::Mock },
            choice: Choice::default(),
            filter: Filter::default(),
            concurrency: 1,
            scenario_timeout: Duration::from_mins(1),
            fail_fast: false,
            seed: 1,
            mock_time: 1.0,
            allow_writes: false,
            settings: RunSettings::default(),
            part: None,
            first: None,
            overrides: Overrides::default(),
        }
    }
}
