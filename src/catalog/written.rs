//! A record as written: what the strict decoder takes, and nothing is judged yet.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::Value;

use super::{
    About, Criticality, DescribedFrom, Effect, Jitter, Maintenance, RetryOn, Status, throttled_by,
};
use crate::{
    contract::source::{HumanDuration, HumanRate},
    evidence::SafetyClass,
};

/// `catalog/<id>.yaml`.
#[derive(Debug, Deserialize)]
pub(super) struct Record {
    /// Parts of `_defaults.yaml` that lie under it; read before this is decoded.
    #[serde(rename = "extends")]
    pub(super) _extends: Option<Vec<String>>,
    pub(super) status: Option<Status>,
    pub(super) owner: Option<String>,
    pub(super) criticality: Option<Criticality>,
    pub(super) contract: Contract,
    #[serde(default)]
    pub(super) environments: BTreeMap<String, Environment>,
    #[serde(default)]
    pub(super) instances: BTreeMap<String, Instance>,
    pub(super) auth: Option<Auth>,
    #[serde(default)]
    pub(super) operations: BTreeMap<String, Operation>,
    pub(super) limits: Option<Limits>,
    pub(super) retry: Option<Retry>,
    pub(super) timeout: Option<HumanDuration>,
    #[serde(default)]
    pub(super) tolerate: Vec<Tolerate>,
    #[serde(default)]
    pub(super) maintenance: Vec<Maintenance>,
    #[serde(default)]
    pub(super) failure_modes: BTreeMap<String, FailureMode>,
    #[serde(default)]
    pub(super) about: About,
}

#[derive(Debug, Deserialize)]
pub(super) struct Contract {
    pub(super) current: String,
    pub(super) previous: Option<Previous>,
    pub(super) described_from: Option<DescribedFrom>,
}

/// `none`, an id, or an id with the day on which its support ends.
#[derive(Debug)]
pub(super) struct Previous {
    pub(super) id: String,
    pub(super) sunset: Option<String>,
}

impl<'de> Deserialize<'de> for Previous {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Long {
            id: String,
            sunset: Option<String>,
        }

        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Previous;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`none`, a contract id, or `{id: .., sunset: ..}`")
            }

            fn visit_str<E>(self, id: &str) -> Result<Previous, E> {
                Ok(Previous { id: id.to_owned(), sunset: None })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Previous, A::Error> {
                let Long { id, sunset } = Long::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Previous { id, sunset })
            }
        }

        deserializer.deserialize_any(Either)
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Environment {
    pub(super) class: Option<SafetyClass>,
    pub(super) base_url: Option<String>,
    pub(super) allow_writes: Option<bool>,
    /// What holds here instead; laid over the record and decoded then.
    #[serde(rename = "override")]
    pub(super) _over: Option<BTreeMap<String, Value>>,
}

/// A shop, tenant or account. What stands in it is laid over the record, and
/// decoded then.
#[derive(Debug, Deserialize)]
pub(super) struct Instance {
    #[serde(rename = "about")]
    pub(super) _about: Option<BTreeMap<String, Value>>,
    #[serde(default)]
    pub(super) environments: BTreeMap<String, Environment>,
    #[serde(rename = "override")]
    pub(super) _over: Option<BTreeMap<String, Value>>,
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
    pub(super) auth: Option<Auth>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Idempotency {
    Header(String),
    BuiltIn,
    Guard(String),
}

#[derive(Debug, Deserialize)]
pub(super) struct Limits {
    pub(super) rate: Option<HumanRate>,
    pub(super) burst: Option<u32>,
    pub(super) concurrency: Option<u32>,
    pub(super) shared: Option<bool>,
    pub(super) throttled_by: Option<Vec<throttled_by::Form>>,
    #[serde(default)]
    pub(super) wait_by: Vec<throttled_by::Wait>,
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
