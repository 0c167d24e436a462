//! Rate limit, concurrency and retry around single attempts; each is written down.

use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;

use super::{
    Inserted, Ledger, TransportSettings, asked,
    attempt::{Bounds, Client, Tried, attempt},
    error::was_unsent,
    http::Call,
    limit::{Lanes, NominalTime, Rate},
    request::Prepared,
    retry,
};
use crate::{
    catalog::WaitBy,
    evidence::{Attempt, Outcome, SafetyClass},
};

/// What a call goes through.
#[derive(Clone, Copy, Debug)]
pub(super) struct Policy<'p> {
    pub(super) settings: &'p TransportSettings,
    pub(super) client: &'p Client,
    pub(super) ledger: &'p Ledger,
    pub(super) time: &'p NominalTime,
    pub(super) lanes: &'p Lanes,
    pub(super) inserted: &'p Inserted,
}

impl Policy<'_> {
    /// Every attempt at the call, in order; at least one.
    pub(super) async fn run(&self, call: &Call<'_>, prepared: &Prepared) -> Vec<Attempt> {
        let rate = Rate::of(&call.integration.limits, self.settings.class);
        let seed = retry::seed(self.settings.seed, &call.integration.id, call.operation);
        let repeatable = retry::repeatable(call.effect, call.idempotency.is_some());
        let mut attempts: Vec<Attempt> = Vec::with_capacity(1);
        let mut wait = std::time::Duration::ZERO;
        loop {
            self.time.wait(self.settings.pace, wait).await;
            let number = attempts.len() as u32 + 1;
            let mut attempt = self.attempt(call, prepared, rate, number).await;
            attempt.waited_ms += wait.as_secs_f64() * 1e3;
            let next = retry::next(call.integration.retry.as_ref(), &attempt, repeatable, seed);
            attempts.push(attempt);
            match next {
                Some(asked) => wait = asked,
                None => return attempts,
            }
        }
    }

    /// One attempt, within the integration's limits.
    async fn attempt(
        &self,
        call: &Call<'_>,
        prepared: &Prepared,
        rate: Option<Rate>,
        number: u32,
    ) -> Attempt {
        let leave = self.lanes.enter(call.credentials, rate, self.time, self.settings.pace).await;
        let at_ms = self.settings.clock.ms();
        let sent = self.ledger.count(self.lanes.credential(call.credentials), self.time.now());
        let bounds = Bounds {
            timeout: call.timeout,
            inserted: (self.settings.class == SafetyClass::Mock).then_some(self.inserted),
            max_body: self.settings.max_body,
        };
        let tried = self.sent(prepared, bounds).await;
        let waited_ms = leave.waited.as_secs_f64() * 1e3;
        drop(leave);

        let Tried { outcome, phases, took_ms, nominal_ms } = tried;
        let (throttled, asked_wait_ms) = match &outcome {
            Outcome::Answer(answer) => {
                let limits = &call.integration.limits;
                let throttled = limits.throttles(answer);
                let wait_by: &[WaitBy] = if throttled { &limits.wait_by } else { &[] };
                let now = || self.settings.clock.wall_now();
                (throttled, asked::wait_ms(answer, wait_by, now))
            }
            Outcome::NoAnswer(_) => (false, None),
        };
        Attempt {
            number,
            waited_ms,
            asked_wait_ms,
            at_ms,
            took_ms,
            nominal_ms,
            phases,
            idempotency_key: call.idempotency.as_ref().map(|(_, key)| key.clone()),
            limit_used: limit_used(call, sent),
            throttled,
            outcome,
        }
    }

    /// Sends the request. A kept connection that the partner closed before anything was
    /// written to it is no attempt: the partner has seen nothing, and a fresh one carries it.
    async fn sent(&self, prepared: &Prepared, bounds: Bounds<'_>) -> Tried {
        let tried = attempt(self.client, request(prepared), bounds).await;
        if !was_unsent(&tried.outcome) {
            return tried;
        }
        let mut again = attempt(self.client, request(prepared), bounds).await;
        again.phases.reconnected = true;
        again.took_ms += tried.took_ms;
        again.nominal_ms += tried.nominal_ms;
        again
    }
}

/// How much of the recorded limit the sends of the last second are.
fn limit_used(call: &Call<'_>, sent: u32) -> Option<f64> {
    let limits = &call.integration.limits;
    let limit = limits.rate? + f64::from(limits.burst);
    (limit > 0.0).then(|| f64::from(sent) / limit)
}

fn request(prepared: &Prepared) -> Request<Full<Bytes>> {
    let mut request = Request::new(Full::new(prepared.body.clone()));
    *request.method_mut() = prepared.method.clone();
    *request.uri_mut() = prepared.uri.clone();
    *request.headers_mut() = prepared.headers.clone();
    request
}
