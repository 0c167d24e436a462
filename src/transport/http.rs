//! HTTP calls through hyper-util's client over our own connect service.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use bytes::Bytes;

use super::{
    Clock, Inserted, Ledger, Pace, Secrets,
    attempt::{self, Client},
    auth::Signer,
    connect::Connector,
    limit::{AllLanes, NominalTime, Passed},
    policy::Policy,
    request::{self, Prepared},
    tls::Tls,
};
use crate::{
    catalog::{Auth, Effect, Integration},
    evidence::{Attempt, Direction, Exchange, Headers, NoAnswer, Outcome, SafetyClass, Secret},
};

/// Bytes of an answer's body that are read at most, where nothing else is said: 16 MiB.
pub const MAX_BODY: usize = 16 * 1024 * 1024;

/// What is the same for all calls of a run.
#[derive(Clone, Debug)]
pub struct TransportSettings {
    /// Times count from here.
    pub clock: Clock,
    /// Owner of all inserted waits.
    pub pace: Pace,
    /// What may be done.
    pub class: SafetyClass,
    /// The environment's name, under which records say more of it.
    pub environment: String,
    /// Whether the operator allowed writes in class `live`; the record must allow them too.
    pub allow_writes: bool,
    /// Resolves secrets.
    pub secrets: Secrets,
    /// Seed of back-off jitter.
    pub seed: u64,
    /// Bytes of an answer's body that are read at most; [`MAX_BODY`] suits.
    pub max_body: usize,
}

/// Makes exchanges. One per run, shared by all scenarios; holds the state of
/// each partner's limits. Cheap to clone: clones share everything.
#[derive(Clone, Debug)]
pub struct Transport {
    run: Arc<Run>,
    client: Client,
    partners: Arc<Partners>,
    inserted: Inserted,
    /// Whether writes in class `live` are refused, whoever else allows them.
    only_reads: bool,
}

/// What a transport shares with those isolated from it.
#[derive(Debug)]
struct Run {
    settings: TransportSettings,
    tls: Arc<Tls>,
    /// By integration id, one for each scheme. Signing needs the same secrets everywhere.
    signers: RwLock<HashMap<String, Vec<Arc<Signer>>>>,
    ledger: Arc<Ledger>,
}

/// What belongs to one set of partners: the run's, or a scenario's own stand-ins.
#[derive(Debug)]
struct Partners {
    lanes: AllLanes,
    ledger: Arc<Ledger>,
    time: NominalTime,
}

/// A request as meant, before it is signed.
#[derive(Clone, Debug, PartialEq)]
pub struct Outgoing {
    /// In capitals.
    pub method: String,
    /// Percent-encoded.
    pub path_and_query: String,
    /// Lower-case names. `host`, framing, the field that carries our credentials
    /// and the one of the idempotency key are the transport's own: values for
    /// them are passed over.
    pub headers: Headers,
    /// Encoded.
    pub body: Bytes,
}

/// Which credentials a call carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Credentials {
    /// The record's.
    #[default]
    Ours,
    /// Well formed but unknown to the partner: for scenarios about refusal.
    Wrong,
    /// None at all.
    Missing,
}

impl Credentials {
    /// The name under which the [`Ledger`] counts this credential of an integration.
    pub fn name(self, integration: &str) -> String {
        match self {
            Self::Ours => integration.to_owned(),
            Self::Wrong => format!("{integration} (wrong)"),
            Self::Missing => format!("{integration} (missing)"),
        }
    }
}

/// One call to a partner.
#[derive(Clone, Debug)]
pub struct Call<'c> {
    /// Policies, auth and limits.
    pub integration: &'c Integration,
    /// Name in scenarios and reports.
    pub operation: &'c str,
    /// What it does at the partner.
    pub effect: Effect,
    /// Scheme and authority (and base path) to call.
    pub base_url: &'c str,
    /// The request.
    pub request: Outgoing,
    /// Which credentials it carries.
    pub credentials: Credentials,
    /// The scenario's own token, for operations that are signed by one
    /// ([`Auth::ScenarioToken`]).
    pub token: Option<&'c Secret>,
    /// Header field (lower case) and value of the idempotency key, the same for every attempt.
    pub idempotency: Option<(String, String)>,
    /// Nominal limit of one attempt.
    pub timeout: Duration,
}

impl Transport {
    /// A transport with nothing connected yet.
    pub fn new(settings: TransportSettings, ledger: Arc<Ledger>) -> Self {
        Self::with(settings, ledger, Tls::default())
    }

    pub(super) fn with(settings: TransportSettings, ledger: Arc<Ledger>, tls: Tls) -> Self {
        let tls = Arc::new(tls);
        let client = attempt::client(Connector::new(Arc::clone(&tls)));
        let partners = Arc::new(Partners::new(Arc::clone(&ledger)));
        let inserted = Inserted::new(settings.pace);
        let run = Arc::new(Run { settings, tls, signers: RwLock::default(), ledger });
        Self { run, client, partners, inserted, only_reads: false }
    }

    /// Where the stand-ins that this transport calls tell the waits that they insert.
    pub fn inserted(&self) -> &Inserted {
        &self.inserted
    }

    /// The same transport, all shared, that refuses in class `live` all but reads.
    #[must_use]
    pub fn only_reads(&self) -> Self {
        Self { only_reads: true, ..self.clone() }
    }

    /// A transport with the same settings and connections of its own: for a
    /// scenario whose stand-in ends with it. In class `mock` its limits are its
    /// own too, since its partners are; elsewhere the run's hold. The run's
    /// ledger has the totals of all.
    #[must_use]
    pub fn isolated(&self) -> Self {
        let partners = if self.run.settings.class == SafetyClass::Mock {
            Arc::new(Partners::new(Arc::new(Ledger::apart(&self.run.ledger))))
        } else {
            Arc::clone(&self.partners)
        };
        let client = attempt::client(Connector::new(Arc::clone(&self.run.tls)));
        let inserted = Inserted::new(self.run.settings.pace);
        let only_reads = self.only_reads;
        Self { run: Arc::clone(&self.run), client, partners, inserted, only_reads }
    }

    /// What waits have passed in front of the partners that this transport calls.
    pub fn passed(&self) -> &Passed {
        self.partners.time.passed()
    }

    /// Makes the call under the partner's policies. Never fails: what went wrong is in the exchange.
    pub async fn exchange(&self, call: Call<'_>) -> Exchange {
        let signer = self.run.signer(call.integration, call.integration.auth(call.operation));
        let (shown, attempts) = match self.allowed(&call, &signer) {
            Ok(mut prepared) => {
                let shown = std::mem::take(&mut prepared.shown);
                let lanes = self.partners.lanes.of(call.integration);
                let policy = Policy {
                    settings: &self.run.settings,
                    client: &self.client,
                    ledger: &self.partners.ledger,
                    time: &self.partners.time,
                    lanes: &lanes,
                    inserted: &self.inserted,
                };
                (shown, policy.run(&call, &prepared).await)
            }
            Err(detail) => (Vec::new(), vec![self.not_sent(&call, detail)]),
        };
        Exchange {
            integration: call.integration.id.clone(),
            operation: call.operation.to_owned(),
            direction: Direction::Outbound,
            request: request::shown(&call, &signer, shown),
            attempts,
        }
    }

    /// The request, if it may and can be sent at all.
    fn allowed(&self, call: &Call<'_>, signer: &Signer) -> Result<Prepared, String> {
        let settings = &self.run.settings;
        if settings.class == SafetyClass::Live && call.effect != Effect::Reads {
            let what = if call.effect == Effect::Destroys { "destroys" } else { "writes" };
            let refused =
                |by: &str| format!("{} {what}, and the environment is live: {by}", call.operation);
            let environment = call.integration.environments.get(&settings.environment);
            if !environment.is_some_and(|e| e.allow_writes) {
                let id = &call.integration.id;
                return Err(refused(&format!(
                    "the record of {id} does not allow writes there (`allow_writes: true`)"
                )));
            }
            if self.only_reads {
                return Err(refused("an override of probe.toml takes writes away"));
            }
            if !settings.allow_writes {
                return Err(refused("writes there must be allowed by --allow-writes too"));
            }
        }
        request::prepare(call, signer, &settings.secrets)
    }

    fn not_sent(&self, call: &Call<'_>, detail: String) -> Attempt {
        Attempt {
            at_ms: self.run.settings.clock.ms(),
            idempotency_key: call.idempotency.as_ref().map(|(_, key)| key.clone()),
            ..Attempt::ended(1, Outcome::NoAnswer(NoAnswer::NotSent { detail }))
        }
    }
}

impl Partners {
    fn new(ledger: Arc<Ledger>) -> Self {
        Self { lanes: AllLanes::default(), ledger, time: NominalTime::default() }
    }
}

impl Run {
    /// The integration's signer by a scheme; a new one where it is asked for first.
    fn signer(&self, integration: &Integration, auth: &Auth) -> Arc<Signer> {
        let known = self.signers.read().unwrap_or_else(PoisonError::into_inner);
        let of_scheme = |signers: &Vec<Arc<Signer>>| {
            signers.iter().find(|signer| signer.auth == *auth).map(Arc::clone)
        };
        if let Some(signer) = known.get(&integration.id).and_then(of_scheme) {
            return signer;
        }
        drop(known);
        let signer = Arc::new(Signer::new(auth));
        let mut all = self.signers.write().unwrap_or_else(PoisonError::into_inner);
        all.entry(integration.id.clone()).or_default().push(Arc::clone(&signer));
        signer
    }
}
