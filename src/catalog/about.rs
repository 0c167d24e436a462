//! `about:` of a record: what people need to know of an integration, and no code
//! obeys. It is decoded as strictly as the rest, straight into what is meant.
//!
//! Every field may be left out: `None` is "not said", an empty list is "said:
//! none". Whether it must be said is a lint's question. A field's place is its
//! own name: `escalation` stands at the JSON Pointer `/about/escalation`, see
//! [`About::pointer`].

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Day, LocalTime, Percent, SemVer, Sev, Text};
use crate::contract::source::{HumanDuration, HumanRate, member_pointer};

/// What a record says for people.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
pub struct About {
    /// What the business needs it for.
    pub purpose: Option<Text>,
    /// Who the partner is, and which of its products.
    pub vendor: Option<Text>,
    /// The kind of partner in the team's own words: `payments`, `carrier`.
    pub category: Option<Text>,
    /// By which means the two sides talk.
    pub kind: Option<Vec<Kind>>,
    /// What depends on it: `orders`, `refunds`.
    pub critical_flows: Option<Vec<Text>>,
    /// Version of our connector.
    pub connector_version: Option<SemVer>,
    /// Where our connector runs.
    pub runtime: Option<Text>,
    /// Who begins: do we read from the partner, write to it, or both.
    pub direction: Option<Direction>,
    /// How hard it is to keep right.
    pub complexity: Option<Level>,
    /// The severity that an outage of it is opened with.
    pub sev: Option<Sev>,

    /// Who answers the first call.
    pub responder: Option<Text>,
    /// Who is called next, in order.
    pub escalation: Option<Vec<Text>>,
    /// How the partner's support is reached.
    pub support: Option<Text>,
    /// Where work on it is planned: a backlog, a board.
    pub backlog: Option<Text>,
    /// Whom an outage hits.
    pub affects: Option<Affects>,
    /// What it needs to work.
    pub depends_on: Option<Vec<Dependency>>,

    /// What is special about the partner's systems, by environment.
    pub environments: Option<BTreeMap<String, EnvironmentNotes>>,
    /// What we do about the partner's error codes, by code.
    pub errors: Option<BTreeMap<String, Text>>,
    /// When our connector stops calling, and when it tries again.
    pub breaker: Option<Breaker>,
    /// What is special about operations, by the name that scenarios use.
    pub operations: Option<BTreeMap<String, OperationNotes>>,
    /// What the partner sends us unasked.
    pub webhooks: Option<Webhooks>,
    /// What is kept for how long: tokens, keys, answers.
    pub caching: Option<Text>,

    /// What we hold it to.
    pub objectives: Option<Objectives>,
    /// What wakes somebody, by name.
    pub alerts: Option<BTreeMap<String, Alert>>,
    /// What the business measures, by metric name.
    pub kpis: Option<BTreeMap<String, Kpi>>,
    /// Where to look, by name: a URL, or a path of the workspace.
    pub dashboards: Option<BTreeMap<String, Text>>,
    /// What to do about each known failure mode, by its name.
    pub failure_modes: Option<BTreeMap<String, FailureNotes>>,
    /// The page for whoever is called: a path of the workspace, or a URL.
    pub runbook: Option<Text>,

    /// How breaking changes of the partner are met.
    pub deprecation: Option<Text>,
    /// What will change.
    pub planned_changes: Option<Vec<PlannedChange>>,
    /// Rules of law or trade that its data falls under; an empty list: none.
    pub compliance: Option<Vec<Compliance>>,
    /// Data about persons that crosses the wire.
    pub pii: Option<Pii>,
    /// Protection beyond TLS: encryption at rest, masking.
    pub protection: Option<Text>,
    /// How old each secret may become, by its name (`env:NAME`, `file:PATH`).
    pub secrets: Option<BTreeMap<String, Rotation>>,
    /// When somebody last read this record and found it right.
    pub reviewed: Option<Day>,
    /// Who agreed to it.
    pub sign_offs: Option<Vec<SignOff>>,
    /// Further reading, by name: a URL, or a path of the workspace.
    pub documents: Option<BTreeMap<String, Text>>,
    /// What one must know of the partner.
    pub facts: Option<Vec<Text>>,
    /// What one must know of its test systems.
    pub sandbox: Option<Vec<Text>>,
}

impl About {
    /// JSON Pointer of a field by its name: `/about/escalation`.
    pub fn pointer(field: &str) -> String {
        member_pointer("/about", field)
    }
}

/// By which means two sides talk; a closed set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// HTTP with resources.
    Rest,
    /// GraphQL over HTTP.
    Graphql,
    /// SOAP over HTTP.
    Soap,
    /// gRPC.
    Grpc,
    /// The partner calls us.
    Webhook,
    /// Messages over a queue.
    Queue,
    /// Events over a stream.
    Stream,
    /// Files that are put and fetched.
    File,
    /// A database that both reach.
    Database,
}

/// Which way the data goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the partner to us.
    Source,
    /// From us to the partner.
    Sink,
    /// Both ways.
    Both,
}

/// More or less of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Little.
    Low,
    /// Some.
    Medium,
    /// Much.
    High,
}

/// Whom an outage hits.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
pub struct Affects {
    /// Customers, or kinds of them.
    pub customers: Option<Vec<Text>>,
    /// Sites, shops, regions.
    pub sites: Option<Vec<Text>>,
}

/// What an integration needs to work: `{integration: sift.fraud}` or `{system: ledger}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Dependency {
    /// The id of another record.
    Integration(Text),
    /// A system that has no record, by name.
    System(Text),
}

/// What is special about one system of the partner.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
pub struct EnvironmentNotes {
    /// Where it stands.
    pub region: Option<Text>,
    /// What must be open: allow-lists, tunnels, proxies.
    pub network: Option<Vec<Text>>,
    /// What it cannot do, or does otherwise than production.
    pub limitations: Option<Vec<Text>>,
}

/// When our connector stops calling, and when it tries again.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
pub struct Breaker {
    /// Share of failed calls that opens it.
    pub error_ratio: Option<Percent>,
    /// Failures in a row that open it.
    pub failures: Option<u32>,
    /// How long it stays open.
    pub open_for: Option<HumanDuration>,
    /// What is done meanwhile.
    pub fallback: Option<Text>,
}

/// What is special about one operation.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
pub struct OperationNotes {
    /// What goes first when not all can.
    pub priority: Option<Priority>,
    /// How its effect is taken back, by machine or by hand.
    pub compensation: Option<Text>,
    /// The partner's limit of it, where it has one of its own.
    pub rate: Option<HumanRate>,
    /// What is done while it fails.
    pub fallback: Option<Text>,
}

/// What goes first when not all can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Never waits.
    P0,
    /// Waits when it must.
    P1,
    /// May wait for hours.
    P2,
    /// May be dropped.
    P3,
}

/// What the partner sends us unasked.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
pub struct Webhooks {
    /// The partner's names of events, and what we do with each.
    pub events: Option<BTreeMap<String, Text>>,
    /// How it is signed, and how we verify that.
    pub signature: Option<Text>,
    /// What guards us against an old or doubled delivery.
    pub replay: Option<Text>,
    /// How the partner delivers, and how often it tries again.
    pub delivery: Option<Text>,
    /// How long we may take to accept one.
    pub answer_within: Option<HumanDuration>,
}

/// What we hold the integration to.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
pub struct Objectives {
    /// Share of calls that succeed.
    pub availability: Option<Percent>,
    /// Share of calls that may fail.
    pub error_ratio: Option<Percent>,
    /// How long calls may take.
    pub latency: Option<Latency>,
    /// How old data may become before it is here.
    pub freshness: Option<HumanDuration>,
    /// How much must pass.
    pub throughput: Option<HumanRate>,
    /// What must be there each day, by name.
    pub deadlines: Option<BTreeMap<String, LocalTime>>,
    /// Over how long all of this is counted.
    pub window: Option<HumanDuration>,
}

/// How long calls may take.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
pub struct Latency {
    /// 95 of 100 are done in this time.
    pub p95: Option<HumanDuration>,
    /// 99 of 100 are done in this time.
    pub p99: Option<HumanDuration>,
}

/// What wakes somebody.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
pub struct Alert {
    /// The condition, in words or as a query.
    pub when: Text,
    /// How long the condition holds before it fires.
    #[serde(rename = "for")]
    pub lasting: Option<HumanDuration>,
    /// How grave it is.
    pub severity: Severity,
    /// Where it goes, if not to the responder.
    pub to: Option<Text>,
}

/// How grave an alert is, in Prometheus' customary words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Somebody is woken.
    Critical,
    /// Somebody looks at it today.
    Warning,
    /// For the record.
    Info,
}

/// What the business measures.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
pub struct Kpi {
    /// Who exposes the metric.
    pub source: Text,
    /// From where on it is not good.
    pub threshold: Text,
    /// What it says.
    pub meaning: Option<Text>,
}

/// What to do about a known failure mode.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
pub struct FailureNotes {
    /// By what it is noticed.
    pub detection: Option<Text>,
    /// What it does to us.
    pub impact: Option<Text>,
    /// What customers see.
    pub customers_see: Option<Text>,
    /// What to look at first, in order.
    pub triage: Option<Vec<Text>>,
    /// What helps, in order.
    pub mitigation: Option<Vec<Text>>,
}

/// Something that will change.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
pub struct PlannedChange {
    /// What changes.
    pub what: Text,
    /// When, as far as it is known.
    pub on: Option<Day>,
    /// What we do about it.
    pub plan: Option<Text>,
}

/// A rule of law or trade; a closed set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Compliance {
    /// General Data Protection Regulation (EU) 2016/679.
    Gdpr,
    /// California Consumer Privacy Act.
    Ccpa,
    /// Payment Card Industry Data Security Standard.
    PciDss,
    /// Payment Services Directive (EU) 2015/2366.
    Psd2,
    /// Health Insurance Portability and Accountability Act.
    Hipaa,
    /// Sarbanes-Oxley Act.
    Sox,
    /// SOC 2.
    Soc2,
    /// ISO/IEC 27001.
    Iso27001,
}

/// Data about persons that crosses the wire.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
pub struct Pii {
    /// Which data; an empty list: none.
    pub data: Vec<Text>,
    /// Who allowed it.
    pub approved: Option<Approval>,
}

/// Somebody's yes.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
pub struct Approval {
    /// The role that said it.
    pub by: Text,
    /// When.
    pub date: Day,
}

/// How old a secret may become.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
pub struct Rotation {
    /// After this long it must be another.
    pub rotate_every: HumanDuration,
    /// When it last became another.
    pub rotated: Option<Day>,
}

/// A role that agreed.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
pub struct SignOff {
    /// The role, never a person.
    pub role: Text,
    /// When.
    pub date: Day,
}
