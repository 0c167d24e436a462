//! A stand-in in service.

use std::sync::Arc;

use super::{Entry, Fault, FaultKind, serve::Service, throttle::Level};
use crate::transport::{Passed, listener::Listener};

/// A stand-in in service for one scenario; dropping it stops it.
#[derive(Debug)]
pub struct Running {
    base_url: String,
    service: Arc<Service>,
    _listener: Listener,
}

impl Running {
    pub(super) fn new(service: Arc<Service>, listener: Listener) -> Self {
        let base_url = format!("http://{}", listener.address());
        Self { base_url, service, _listener: listener }
    }

    /// Scheme and authority to call, such as `http://127.0.0.1:40001`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Arms a fault; several take effect in the order armed, one a call. Drift goes on beside
    /// them: each armed drift changes every successful answer of its operation. Tokens expire at
    /// once, and the fault has fired when a call comes with one of them.
    pub fn arm(&self, fault: Fault) {
        let mut live = self.service.live();
        if fault.kind == FaultKind::TokensExpired {
            live.tokens.expire();
        }
        live.faults.arm(fault);
    }

    /// Lets buckets leak by this time; else none passes.
    pub fn keep_time(&self, passed: Passed) {
        self.service.live().passed = passed;
    }

    /// Others use up the bucket that calls of an operation draw on, but for so many of them.
    /// Err: no such operation, or it draws on none.
    pub fn leave_room(&self, operation: &str, calls: u32) -> Result<(), String> {
        let stand_in = self.service.stand_in();
        let index = stand_in
            .operation(operation)
            .ok_or_else(|| format!("the stand-in knows no {operation}"))?;
        let mut live = self.service.live();
        let now = live.passed.nominal();
        stand_in.leave_room(&mut live.levels, now, index, calls)
    }

    /// Faults that were armed and have not fired once, in words.
    pub fn never_fired(&self) -> Vec<String> {
        let live = self.service.live();
        let idle = live.levels.iter().filter_map(Level::never_overflowed).map(str::to_owned);
        live.faults.never_fired().into_iter().chain(idle).collect()
    }

    /// How many objects of a resource it holds that this scenario made (seeds are not counted).
    /// Err: no such resource, with the known ones.
    pub fn holds(&self, resource: &str) -> Result<usize, String> {
        let stand_in = self.service.stand_in();
        match stand_in.resource(resource) {
            Some(index) => Ok(self.service.live().state.made(index)),
            None => Err(match stand_in.resources().as_slice() {
                [] => format!(
                    "the stand-in holds no `{resource}`: its mock file declares no resources"
                ),
                known => {
                    format!("the stand-in holds no `{resource}`; known are {}", known.join(", "))
                }
            }),
        }
    }

    /// How many requests for an operation it received, refused ones included.
    pub fn received(&self, operation: &str) -> usize {
        let index = self.service.stand_in().operation(operation);
        index.map_or(0, |index| self.service.live().received[index])
    }

    /// What it received, oldest first; the last 1,000.
    pub fn journal(&self) -> Vec<Entry> {
        self.service.live().journal.entries().cloned().collect()
    }
}
