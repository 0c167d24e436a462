//! `probe.toml` as written.

use std::{collections::BTreeMap, path::PathBuf};

use serde::Deserialize;

use crate::{
    contract::source::HumanDuration,
    evidence::{SafetyClass, metrics::MetricSet},
};

#[derive(Debug, Deserialize)]
pub(super) struct Settings {
    #[serde(default)]
    pub(super) environments: BTreeMap<String, Environment>,
    #[serde(default)]
    pub(super) run: Run,
    #[serde(default)]
    pub(super) control: Control,
    #[serde(default)]
    pub(super) metrics: Metrics,
    #[serde(default)]
    pub(super) profiles: BTreeMap<String, Run>,
    #[serde(default)]
    pub(super) check: Check,
}

/// `[check]`: settings of `probe check`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Check {
    pub(super) baseline: Option<PathBuf>,
    pub(super) strict: Option<bool>,
    pub(super) sprint: Option<HumanDuration>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Environment {
    pub(super) class: SafetyClass,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Control {
    #[serde(default)]
    pub(super) targets: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Metrics {
    #[serde(default)]
    pub(super) aliases: Vec<MetricSet>,
}

/// `[run]`, and each of `[profiles]`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Run {
    pub(super) tags: Option<String>,
    pub(super) environment: Option<String>,
    pub(super) concurrency: Option<u32>,
    pub(super) scenario_timeout: Option<HumanDuration>,
    pub(super) fail_fast: Option<bool>,
    pub(super) seed: Option<u64>,
    pub(super) mock_time: Option<f64>,
    pub(super) junit: Option<PathBuf>,
    pub(super) metrics: Option<PathBuf>,
    pub(super) reports: Option<PathBuf>,
}
