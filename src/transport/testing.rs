//! What the tests of this room share.

use std::{
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;

use super::{
    Call, Clock, Credentials, Ledger, MAX_BODY, Outgoing, Pace, Secrets, Transport,
    TransportSettings,
};
use crate::{
    catalog::{Effect, Integration},
    evidence::{Attempt, Outcome, SafetyClass},
};

/// Settings of class `mock` in which a nominal second lasts ten milliseconds.
pub(super) fn settings() -> TransportSettings {
    TransportSettings {
        clock: Clock::start(),
        pace: Pace::scaled(0.01),
        class: SafetyClass::Mock,
        environment: "mock".to_owned(),
        allow_writes: false,
        secrets: Secrets { class: SafetyClass::Mock, seed: 1, workspace: PathBuf::new() },
        seed: 1,
        max_body: MAX_BODY,
    }
}

/// A transport of class `mock`, and its ledger.
pub(super) fn transport() -> (Transport, Arc<Ledger>) {
    let ledger = Arc::new(Ledger::default());
    (Transport::new(settings(), Arc::clone(&ledger)), ledger)
}

/// A call of `GET /thing`. Its limit is long: a busy machine is not taken for
/// a silent partner.
pub(super) fn call<'c>(integration: &'c Integration, base_url: &'c str) -> Call<'c> {
    Call {
        integration,
        operation: "getThing",
        effect: Effect::Reads,
        base_url,
        request: Outgoing {
            method: "GET".to_owned(),
            path_and_query: "/thing".to_owned(),
            headers: Vec::new(),
            body: Bytes::new(),
        },
        credentials: Credentials::Ours,
        token: None,
        idempotency: None,
        timeout: Duration::from_secs(10),
    }
}

/// An attempt that ended like this.
pub(super) fn attempt(number: u32, outcome: Outcome) -> Attempt {
    Attempt::ended(number, outcome)
}

/// A loopback address on which nothing listens.
pub(super) fn closed_port() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    listener.local_addr().expect("a bound socket has an address")
}
