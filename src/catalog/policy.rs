//! Limits, retry and back-off as data; everything is off unless a record says so.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Throttling, WaitBy};

/// How fast we may call with one credential.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Requests per second; `None`: not recorded (outside class `mock` 2 a second hold).
    pub rate: Option<f64>,
    /// Requests that may go out at once before the rate holds.
    pub burst: u32,
    /// Requests under way at the same time.
    pub concurrency: u32,
    /// Whether others use the same credential, so that our ledger does not tell all.
    pub shared: bool,
    /// Forms in which the partner says that it throttles.
    pub throttled_by: Vec<Throttling>,
    /// How a throttled answer says how long to wait, where it has no `Retry-After`.
    pub wait_by: Vec<WaitBy>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rate: None,
            burst: 10,
            concurrency: 8,
            shared: false,
            throttled_by: vec![Throttling::status(429)],
            wait_by: Vec::new(),
        }
    }
}

/// When and how an attempt is repeated.
#[derive(Clone, Debug, PartialEq)]
pub struct Retry {
    /// What is repeated.
    pub on: Vec<RetryOn>,
    /// Attempts in all, the first included.
    pub attempts: u32,
    /// Waits between them, where the partner does not say how long.
    pub backoff: Backoff,
}

/// A reason to try again; a closed set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RetryOn {
    /// The answer says that we are throttled.
    Throttled,
    /// Status 500 to 599, unless it is the throttling one.
    #[serde(rename = "5xx")]
    ServerError,
    /// No connection: refused, reset before an answer, DNS.
    Connect,
    /// Nothing came in time.
    Timeout,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { first: Duration::from_secs(1), cap: Duration::from_secs(30), jitter: Jitter::Full }
    }
}

/// Exponential back-off: `first`, twice that, and so on up to `cap`.
#[derive(Clone, Debug, PartialEq)]
pub struct Backoff {
    /// The first wait.
    pub first: Duration,
    /// The longest wait.
    pub cap: Duration,
    /// How chance spreads the waits.
    pub jitter: Jitter,
}

/// How chance spreads a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Jitter {
    /// Not at all.
    None,
    /// Added on top: between the wait and one and a half times of it.
    Added,
    /// Anywhere between nothing and the wait.
    Full,
}
