//! One catalog record: an integration with a partner.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{About, Limits, Maintenance, Origins, Retry, WritesIf};
use crate::{
    contract::{DescribedFrom, Tolerances, source::member_pointer},
    evidence::SafetyClass,
};

/// An integration, as meant: defaults filled in, durations and rates parsed.
#[derive(Clone, Debug)]
pub struct Integration {
    /// Id, the record's file name: `stripe.payments`.
    pub id: String,
    /// The texts that it was put together from, for places in messages.
    pub source: Arc<Origins>,
    /// The instance (shop, tenant, account) that it stands for, if one was chosen.
    pub instance: Option<String>,
    /// The names of all its instances.
    pub instances: Vec<String>,
    /// Where in its life the integration is.
    pub status: Status,
    /// The team that owns it.
    pub owner: String,
    /// How grave its failure is.
    pub criticality: Criticality,
    /// Which promise it relies on.
    pub contract: ContractUse,
    /// The partner's systems by the team's name for them.
    pub environments: BTreeMap<String, Environment>,
    /// How requests are signed, where the operation says nothing else.
    pub auth: Auth,
    /// Settings by operation name: our alias where there is one.
    pub operations: BTreeMap<String, OperationSettings>,
    /// How fast we may call.
    pub limits: Limits,
    /// When an attempt is repeated; `None`: never.
    pub retry: Option<Retry>,
    /// Limit of one attempt, from the first byte sent to the last received.
    pub timeout: Duration,
    /// Declared waivers.
    pub tolerances: Tolerances,
    /// When the partner has announced to be away.
    pub maintenance: Vec<Maintenance>,
    /// Known failure modes by name.
    pub failure_modes: BTreeMap<String, FailureMode>,
    /// Dates after which something in the record no longer counts.
    pub deadlines: Vec<Deadline>,
    /// What it says for people.
    pub about: About,
    /// The record as a tree, as it was decoded: for whoever shows it whole.
    pub tree: Arc<Value>,
    /// Keys that the record leaves out, so that a default stands in their place.
    pub left_out: Vec<&'static str>,
}

/// A date after which something in a record no longer counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// The last day on which it counts: `YYYY-MM-DD`.
    pub date: String,
    /// What it is, in words: `the waiver of #/paths/…`.
    pub what: String,
    /// JSON Pointer of the date in the record, for places.
    pub pointer: String,
}

impl Integration {
    /// The settings of an operation under the name that scenarios use;
    /// the default ones where the record says nothing.
    pub fn settings(&self, operation: &str) -> OperationSettings {
        self.operations.get(operation).cloned().unwrap_or_default()
    }

    /// How the operation that scenarios call `name` is signed: its own scheme, else the record's.
    pub fn auth(&self, name: &str) -> &Auth {
        self.operations.get(name).and_then(|s| s.auth.as_ref()).unwrap_or(&self.auth)
    }

    /// Every scheme by which its operations are signed, with the JSON Pointer of the place that
    /// says so; the record's own first.
    pub fn auths(&self) -> impl Iterator<Item = (&Auth, String)> {
        let own = self.operations.iter().filter_map(|(name, settings)| {
            let pointer = format!("{}/auth", member_pointer("/operations", name));
            Some((settings.auth.as_ref()?, pointer))
        });
        std::iter::once((&self.auth, "/auth".to_owned())).chain(own)
    }

    /// The contract's name of the operation that scenarios call `name`.
    pub fn contract_name<'n>(&'n self, name: &'n str) -> &'n str {
        self.operations.get(name).and_then(|s| s.alias_of.as_deref()).unwrap_or(name)
    }

    /// The name that scenarios use for the contract's `operation`.
    pub fn scenario_name<'n>(&'n self, operation: &'n str) -> &'n str {
        self.operations
            .iter()
            .find(|(_, s)| s.alias_of.as_deref() == Some(operation))
            .map_or(operation, |(alias, _)| alias)
    }

    /// What a call of this operation may do at the partner: the record's word,
    /// else by method (RFC 9110 section 9.2.1).
    pub fn effect(&self, name: &str, method: &str) -> Effect {
        self.effect_of(name, method, None)
    }

    /// The same, for a call with this JSON body. A body that cannot be looked at
    /// may do anything.
    pub fn effect_of(&self, name: &str, method: &str, body: Option<&Value>) -> Effect {
        let settings = self.operations.get(name);
        let mark = settings.and_then(|settings| settings.writes_if.as_ref());
        if mark.is_some_and(|mark| body.is_none_or(|body| mark.holds(body))) {
            return Effect::Writes;
        }
        settings.and_then(|settings| settings.effect).unwrap_or(match method {
            "GET" | "HEAD" | "OPTIONS" => Effect::Reads,
            "DELETE" => Effect::Destroys,
            _ => Effect::Writes,
        })
    }
}

/// Where in its life an integration is. A draft may be incomplete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Being written; completeness is not demanded.
    Draft,
    /// In use by a few.
    Beta,
    /// Generally available.
    Ga,
    /// In use, known to be unwell.
    Degraded,
    /// No longer in use; its scenarios are skipped.
    Retired,
}

impl Status {
    /// The word of the record.
    pub fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Beta => "beta",
            Self::Ga => "ga",
            Self::Degraded => "degraded",
            Self::Retired => "retired",
        }
    }
}

/// How grave a failure of the integration is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Criticality {
    /// Business stops.
    Critical,
    /// A part of the business stops.
    High,
    /// Business is hindered.
    Medium,
    /// Business goes on.
    Low,
}

impl Criticality {
    /// The word of the record.
    pub fn word(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

/// Which contract versions an integration relies on.
#[derive(Clone, Debug)]
pub struct ContractUse {
    /// Id of the version in use.
    pub current: String,
    /// Id of the version before, while it is supported. When its support ends is
    /// one of the record's deadlines.
    pub previous: Option<String>,
    /// Every version that a scenario may name by tag: `current`, the one that the
    /// record names where an environment names another, and `previous`.
    pub supported: Vec<String>,
    /// Whether the record says what `previous` is, be it `none`.
    pub previous_said: bool,
    /// Who wrote the documents, and so who reads and who writes.
    pub described_from: DescribedFrom,
}

/// One system of the partner.
#[derive(Clone, Debug)]
pub struct Environment {
    /// What may be done there.
    pub class: SafetyClass,
    /// Absolute `http://` or `https://` URL without a trailing slash; absent in
    /// class `mock`, where the stand-in is asked.
    pub base_url: Option<String>,
    /// Whether the record bears writes in class `live`; `--allow-writes` must say so too.
    pub allow_writes: bool,
}

/// How requests are signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Auth {
    /// Not at all.
    None,
    /// `Authorization: Bearer …` (RFC 6750).
    Bearer {
        /// The token.
        secret: SecretName,
    },
    /// `Authorization: Bearer …` with a token that the scenario got from an answer
    /// (`our access token is {token}`).
    ScenarioToken,
    /// `Authorization: Basic …` (RFC 7617).
    Basic {
        /// The user; many partners take an API key here.
        user: SecretName,
        /// The password; empty where absent.
        password: Option<SecretName>,
    },
    /// A header field of the partner's own.
    ApiKey {
        /// Name of the field, lower case.
        header: String,
        /// The key.
        secret: SecretName,
    },
}

impl Auth {
    /// The secrets that signing needs.
    pub fn secrets(&self) -> Vec<&SecretName> {
        match self {
            Self::None | Self::ScenarioToken => Vec::new(),
            Self::Bearer { secret } | Self::ApiKey { secret, .. } => vec![secret],
            Self::Basic { user, password } => {
                let mut names = vec![user];
                names.extend(password);
                names
            }
        }
    }
}

/// Where a secret's value is to be found; never the value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SecretName {
    /// An environment variable: `env:NAME`.
    Env(String),
    /// A file's content without its trailing line break: `file:PATH`, relative to the workspace.
    File(String),
}

impl std::fmt::Display for SecretName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Env(name) => write!(f, "env:{name}"),
            Self::File(path) => write!(f, "file:{path}"),
        }
    }
}

impl OperationSettings {
    /// The header field that carries an idempotency key, lower case, where there is one.
    pub fn key_header(&self) -> Option<&str> {
        match &self.idempotency {
            Some(Idempotency::Header(header)) => Some(header),
            _ => None,
        }
    }
}

/// What a call does at the partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Nothing changes.
    Reads,
    /// Something is made or changed.
    Writes,
    /// Something is lost.
    Destroys,
}

impl Effect {
    /// The word of the record.
    pub fn word(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Writes => "writes",
            Self::Destroys => "destroys",
        }
    }
}

/// Settings of one operation.
#[derive(Clone, Debug, Default)]
pub struct OperationSettings {
    /// The contract's name for it, where ours differs.
    pub alias_of: Option<String>,
    /// What it does, where the method misleads.
    pub effect: Option<Effect>,
    /// By what in its body a call that reads otherwise writes.
    pub writes_if: Option<WritesIf>,
    /// Why a repeated call does no harm, if it does none.
    pub idempotency: Option<Idempotency>,
    /// The operation that takes its effect back.
    pub undo: Option<String>,
    /// Limit of one attempt, where the integration's does not fit.
    pub timeout: Option<Duration>,
    /// How it is signed, where the integration's scheme is not its own.
    pub auth: Option<Auth>,
}

/// Why a repeated call does no harm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Idempotency {
    /// The partner knows a call again by a key in this header field, lower case.
    Header(String),
    /// The operation itself: a second call is refused, or changes nothing.
    BuiltIn,
    /// We look first, with this operation, whether it was done.
    Guard(String),
}

/// A way the integration is known to break.
#[derive(Clone, Debug)]
pub struct FailureMode {
    /// Why no scenario proves it yet, and until when that is accepted (`YYYY-MM-DD`).
    pub unproven: Option<(String, String)>,
    /// JSON Pointer in the record, for places.
    pub pointer: String,
}
