//! A record as written: what the strict decoder takes, and nothing is judged yet.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::Value;

use super::{
    About, Criticality, Effect, Jitter, Maintenance, RetryOn, Status, schema, throttled_by,
    writes_if,
};
use crate::{
    contract::{
        DescribedFrom,
        check::FailureSaid,
        source::{HumanDuration, HumanRate},
    },
    evidence::SafetyClass,
};

/// `catalog/<id>.yaml`.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Record {
    /// Parts of `_defaults.yaml` that lie under it; read before this is decoded.
    #[serde(rename = "extends")]
    pub(super) _extends: Option<Vec<String>>,
    /// Where in its life the integration is; `ga` where absent.
    pub(super) status: Option<Status>,
    /// The team that is called when it breaks.
    pub(super) owner: Option<String>,
    /// How grave its failure is.
    pub(super) criticality: Option<Criticality>,
    /// Which contract versions it relies on.
    pub(super) contract: Contract,
    /// The partner's systems, by the team's own names.
    #[serde(default)]
    pub(super) environments: BTreeMap<String, Environment>,
    /// Shops, tenants or accounts, by name.
    #[serde(default)]
    pub(super) instances: BTreeMap<String, Instance>,
    /// How requests are signed.
    pub(super) auth: Option<Auth>,
    /// Settings of operations, by the name that scenarios use.
    #[serde(default)]
    pub(super) operations: BTreeMap<String, Operation>,
    /// How fast we may call.
    pub(super) limits: Option<Limits>,
    /// What is tried again, and when.
    pub(super) retry: Option<Retry>,
    /// Limit of one attempt.
    pub(super) timeout: Option<HumanDuration>,
    /// Differences to the contract that are known and borne.
    #[serde(default)]
    pub(super) tolerate: Vec<Tolerate>,
    /// How the partner tells of a failure under a status of success.
    #[serde(default)]
    pub(super) failure_inside: Vec<FailureSaid>,
    /// Times in which the partner announced that it works on its systems.
    #[serde(default)]
    pub(super) maintenance: Vec<Maintenance>,
    /// Known ways to break; each is claimed by a scenario, or excused.
    #[schemars(extend("propertyNames" = schema::failure_modes()))]
    #[serde(default)]
    pub(super) failure_modes: BTreeMap<String, FailureMode>,
    /// What people need to know, and no code obeys.
    #[serde(default)]
    pub(super) about: About,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Contract {
    /// The version in use: its folder below `contracts/`.
    #[schemars(extend("pattern" = schema::CONTRACT_ID))]
    pub(super) current: String,
    /// The version before, while it is supported, or `none`.
    pub(super) previous: Option<Previous>,
    /// Who wrote the document.
    pub(super) described_from: Option<DescribedFrom>,
}

/// `none`, an id, or an id with the day on which its support ends.
#[derive(Debug)]
pub(super) struct Previous {
    pub(super) id: String,
    pub(super) sunset: Option<String>,
}

impl JsonSchema for Previous {
    fn schema_name() -> Cow<'static, str> {
        "Previous".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let id = json_schema!({"type": "string", "pattern": schema::CONTRACT_ID});
        json_schema!({
            "oneOf": [
                {"const": "none"},
                id,
                {
                    "type": "object",
                    "required": ["id"],
                    "additionalProperties": false,
                    "properties": {
                        "id": id,
                        "sunset": {"type": "string", "description": "The day on which its support ends."},
                    },
                },
            ],
        })
    }
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

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Environment {
    /// What may be done there, unless probe.toml says it.
    pub(super) class: Option<SafetyClass>,
    /// Absolute URL of the system.
    #[schemars(extend("pattern" = "^https?://"))]
    pub(super) base_url: Option<String>,
    /// Whether writes are borne in class live; `--allow-writes` must say so too.
    pub(super) allow_writes: Option<bool>,
    /// What holds here instead; laid over the record and decoded then.
    #[serde(rename = "override")]
    pub(super) _over: Option<BTreeMap<String, Value>>,
}

/// A shop, tenant or account. What stands in it is laid over the record, and
/// decoded then.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Instance {
    /// What people need to know of it.
    #[serde(rename = "about")]
    pub(super) _about: Option<BTreeMap<String, Value>>,
    /// Its own systems, where they differ.
    #[serde(default)]
    pub(super) environments: BTreeMap<String, Environment>,
    /// What holds for it instead.
    #[serde(rename = "override")]
    pub(super) _over: Option<BTreeMap<String, Value>>,
}

/// The keys of all schemes; which of them belong together is judged later.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Auth {
    /// The scheme; it says which other keys belong here.
    pub(super) scheme: Scheme,
    /// Name of the token or key.
    #[schemars(extend("pattern" = schema::SECRET))]
    pub(super) secret: Option<String>,
    /// Name of the user.
    #[schemars(extend("pattern" = schema::SECRET))]
    pub(super) user: Option<String>,
    /// Name of the password.
    #[schemars(extend("pattern" = schema::SECRET))]
    pub(super) password: Option<String>,
    /// The header field that carries the key.
    pub(super) header: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Scheme {
    /// Not at all.
    None,
    /// `Authorization: Bearer <secret>`.
    Bearer,
    /// `Authorization: Basic`, of `user` and `password`.
    Basic,
    /// The secret in the header field `header`.
    ApiKey,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Operation {
    /// The contract's name for it, where ours differs.
    pub(super) alias_of: Option<String>,
    /// What it does at the partner, where the method misleads.
    pub(super) effect: Option<Effect>,
    /// By what in its body a call that reads otherwise writes.
    pub(super) writes_if: Option<writes_if::Written>,
    /// Why a repeated call does no harm.
    pub(super) idempotency: Option<Idempotency>,
    /// The operation that takes its effect back.
    pub(super) undo: Option<String>,
    /// Limit of one attempt, where the integration's does not fit.
    pub(super) timeout: Option<HumanDuration>,
    /// How it is signed, where the integration's scheme is not its own.
    pub(super) auth: Option<Auth>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Idempotency {
    /// A key goes with it, in this header field.
    Header(String),
    /// Saying it twice means the same.
    BuiltIn,
    /// This operation is asked first.
    Guard(String),
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Limits {
    /// Calls in a time.
    pub(super) rate: Option<HumanRate>,
    /// Calls at once before the rate holds.
    pub(super) burst: Option<u32>,
    /// Calls under way at the same time.
    pub(super) concurrency: Option<u32>,
    /// Whether others use the same credential.
    pub(super) shared: Option<bool>,
    /// By which answers the partner says that we call too fast.
    pub(super) throttled_by: Option<Vec<throttled_by::Form>>,
    /// How it says how long to wait, where that is no Retry-After.
    #[serde(default)]
    pub(super) wait_by: Vec<throttled_by::Wait>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Retry {
    /// Reasons to try again.
    pub(super) on: Vec<RetryOn>,
    /// Attempts in all, the first included.
    pub(super) attempts: u32,
    /// Waits, where the partner does not say how long.
    pub(super) backoff: Option<Backoff>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Backoff {
    /// The first wait; each one after it is twice as long.
    pub(super) exponential: HumanDuration,
    /// The longest wait.
    pub(super) cap: Option<HumanDuration>,
    /// How chance spreads the waits.
    pub(super) jitter: Option<Jitter>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Tolerate {
    /// Place in the contract: a JSON Pointer after `#`.
    pub(super) at: String,
    /// What such a finding counts as; `tolerated` where absent.
    pub(super) class: Option<Tolerated>,
    /// The one rule of the check that it is about, such as body.enum; all where absent.
    pub(super) rule: Option<String>,
    /// Why it is borne.
    pub(super) reason: String,
    /// Who sees that it ends.
    pub(super) owner: String,
    /// Until when, such as 2027-01-31.
    pub(super) expires: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Tolerated {
    /// Known and borne.
    Tolerated,
    /// Our code bears values that it does not know: an unlisted one is new, and breaks nothing.
    Additive,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct FailureMode {
    /// Why no scenario claims it yet.
    pub(super) unproven: Option<Unproven>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Unproven {
    /// Why.
    pub(super) reason: String,
    /// Until when that may stay so, such as 2027-03-01.
    pub(super) until: String,
}
