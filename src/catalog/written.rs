//! A record as written: what the strict decoder takes, and nothing is judged yet.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{Criticality, DescribedFrom, Effect, Jitter, RetryOn, Status};
use crate::{
    contract::source::{HumanDuration, HumanRate},
    evidence::SafetyClass,
};

/// `catalog/<id>.yaml`.
#[derive(Debug, Deserialize)]
pub(super) struct Record {
    pub(super) status: Option<Status>,
    pub(super) owner: Option<String>,
    pub(super) criticality: Option<Criticality>,
    pub(super) contract: Contract,
    #[serde(default)]
    pub(super) environments: BTreeMap<String, Environment>,
    pub(super) auth: Option<Auth>,
    #[serde(default)]
    pub(super) operations: BTreeMap<String, Operation>,
    pub(super) limits: Option<Limits>,
    pub(super) retry: Option<Retry>,
    pub(super) timeout: Option<HumanDuration>,
    #[serde(default)]
    pub(super) tolerate: Vec<Tolerate>,
    #[serde(default)]
    pub(super) failure_modes: BTreeMap<String, Option<FailureMode>>,
    /// For people only: purpose, vendor, runbook and whatever else helps.
    #[serde(rename = "about")]
    pub(super) _about: Option<Value>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Contract {
    pub(super) current: String,
    /// An id, or `none`.
    pub(super) previous: Option<String>,
    pub(super) described_from: Option<DescribedFrom>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Environment {
    pub(super) class: Option<SafetyClass>,
    pub(super) base_url: Option<String>,
    pub(super) allow_writes: Option<bool>,
}

/// The keys of all schemes; which of them belong together is judged later.
#[derive(Debug, Deserialize)]
pub(super) struct Auth {
    pub(super) scheme: Scheme,
    pub(super) secret: Option<String>,
    pub(super) user: Option<String>,
    pub(super) password: Option<String>,
    pub(super) header: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Scheme {
    None,
    Bearer,
    Basic,
    ApiKey,
}

#[derive(Debug, Deserialize)]
pub(super) struct Operation {
    pub(super) alias_of: Option<String>,
    pub(super) effect: Option<Effect>,
    pub(super) idempotency: Option<Idempotency>,
    pub(super) undo: Option<String>,
    pub(super) timeout: Option<HumanDuration>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Idempotency {
    pub(super) header: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Limits {
    pub(super) rate: Option<HumanRate>,
    pub(super) burst: Option<u32>,
    pub(super) concurrency: Option<u32>,
    pub(super) shared: Option<bool>,
    pub(super) throttled_by: Option<Vec<u16>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Retry {
    pub(super) on: Vec<RetryOn>,
    pub(super) attempts: u32,
    pub(super) backoff: Option<Backoff>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Backoff {
    pub(super) exponential: HumanDuration,
    pub(super) cap: Option<HumanDuration>,
    pub(super) jitter: Option<Jitter>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Tolerate {
    pub(super) at: String,
    /// Says again what the key says; nothing else can be declared.
    #[serde(rename = "class")]
    pub(super) _class: Option<Tolerated>,
    pub(super) reason: String,
    pub(super) owner: String,
    pub(super) expires: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Tolerated {
    Tolerated,
}

#[derive(Debug, Deserialize)]
pub(super) struct FailureMode {
    pub(super) unproven: Option<Unproven>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Unproven {
    pub(super) reason: String,
    pub(super) until: String,
}
