//! The story of a run, one line after the other: the run's only way out.

use std::{fmt, sync::Arc};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cause, Diagnostic, Exchange, Finding, Judgement, RunSettings, Verdict};

/// Version of the event file's schema. Readers accept older ones, and ignore
/// fields that they do not know.
pub const SCHEMA_VERSION: u32 = 1;

/// One line of the story.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Everything a report needs to know beforehand; always the first.
    /// Shared, so that every sink can keep the plan without a copy.
    RunPlanned(Arc<RunPlanned>),
    /// An attempt at a scenario begins.
    ScenarioStarted(ScenarioStarted),
    /// A step of it ended.
    StepFinished(Box<StepFinished>),
    /// The attempt ended.
    ScenarioFinished(Box<ScenarioFinished>),
    /// Something about the run itself that a person should know.
    Warning(Diagnostic),
    /// The run ended in order; always the last.
    RunFinished(RunFinished),
    /// A line that a newer version wrote; readers pass it over.
    #[serde(other)]
    Unknown,
}

/// What may be done in an environment; a closed set, from harmless to grave.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum SafetyClass {
    /// Embedded stand-ins only.
    Mock,
    /// A partner's sandbox or staging system.
    Test,
    /// A partner's production system.
    Live,
}

impl SafetyClass {
    /// The word for people and files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Mock => "mock",
            Self::Test => "test",
            Self::Live => "live",
        }
    }
}

/// The plan: all that is known before the first request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunPlanned {
    /// [`SCHEMA_VERSION`] of the writer.
    pub schema_version: u32,
    /// UTC start and four random characters: `20261120T101500Z-7f3a`.
    pub run_id: String,
    /// RFC 3339, UTC, to the millisecond.
    pub started_at: String,
    /// Version of `probe`.
    pub probe_version: String,
    /// Name of the profile, if one was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// Where the scenarios run.
    pub environment: EnvironmentInfo,
    /// The seed from which all chance is drawn.
    pub seed: u64,
    /// Limit of one scenario attempt, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario_timeout_ms: Option<f64>,
    /// What was changed of records for this run alone, as it was typed: `ID.FIELD=YAML`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set: Vec<String>,
    /// How the run was narrowed, ordered and is judged.
    #[serde(default, skip_serializing_if = "RunSettings::is_default")]
    pub settings: RunSettings,
    /// The integrations that the scenarios touch.
    pub integrations: Vec<IntegrationInfo>,
    /// Their contracts.
    pub contracts: Vec<ContractInfo>,
    /// Every selected scenario; events name one by its index here.
    pub scenarios: Vec<PlannedScenario>,
}

/// An environment of the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentInfo {
    /// The team's own name for it.
    pub name: String,
    /// What may be done there.
    pub class: SafetyClass,
}

/// An integration of the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntegrationInfo {
    /// The record's id.
    pub id: String,
    /// Who owns it.
    pub owner: String,
    /// How grave its failure is, as the record says.
    pub criticality: String,
    /// The contract version in use; the record's current one, if that is.
    pub contract: String,
    /// The shop, tenant or account that was chosen, if one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// Further versions in use, by tags of scenarios.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_contracts: Vec<String>,
}

/// A contract of the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractInfo {
    /// `domain/name/vN`.
    pub id: String,
    /// The root document, relative to the workspace.
    pub file: String,
    /// SHA-256 of the root document in hex.
    pub sha256: String,
}

/// A scenario of the plan. What scenarios of a file have in common is shared:
/// a plan may hold a hundred thousand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedScenario {
    /// Stable over runs and edits: feature path, rule, name, and an outline
    /// row's cell values; never a line.
    pub id: String,
    /// Feature file, relative to the workspace.
    pub file: Arc<str>,
    /// The feature's name.
    pub feature: Arc<str>,
    /// The rule it stands in, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Arc<str>>,
    /// The scenario's name.
    pub name: String,
    /// An outline row's cells in the order of its header; empty otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub row: Vec<Cell>,
    /// Line of the scenario, or of the row.
    pub line: u32,
    /// Tags with their `@`, inherited ones included.
    #[serde(default, skip_serializing_if = "<[String]>::is_empty")]
    pub tags: Arc<[String]>,
    /// Ids of the integrations that it touches.
    pub integrations: Arc<[String]>,
    /// Its steps, background included.
    pub steps: Vec<PlannedStep>,
    /// Why it will not run in this environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skip: Option<String>,
}

impl PlannedScenario {
    /// Name and row as reports show them: `Declined cards say why [card = x]`.
    pub fn title(&self) -> String {
        if self.row.is_empty() {
            return self.name.clone();
        }
        let cells: Vec<String> =
            self.row.iter().map(|c| format!("{} = {}", c.name, c.value)).collect();
        format!("{} [{}]", self.name, cells.join(", "))
    }
}

/// A cell of an outline row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// The column's header.
    pub name: Arc<str>,
    /// The value.
    pub value: String,
}

/// A step of a planned scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedStep {
    /// `Given`, `When`, `Then`, `And`, `But` as written.
    pub keyword: Arc<str>,
    /// The sentence, outline parameters filled in.
    pub text: Arc<str>,
    /// Its line in the feature file.
    pub line: u32,
}

/// An attempt at a scenario begins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScenarioStarted {
    /// Index in [`RunPlanned::scenarios`].
    pub scenario: u32,
    /// Counted from 1.
    pub attempt: u32,
    /// Milliseconds since the run began.
    pub at_ms: f64,
}

/// A step ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepFinished {
    /// Index in [`RunPlanned::scenarios`].
    pub scenario: u32,
    /// The attempt that it belongs to.
    pub attempt: u32,
    /// Index in [`PlannedScenario::steps`].
    pub step: u32,
    /// How it ended; steps after the first that did not pass are not run and
    /// have no event.
    pub verdict: Verdict,
    /// Measured duration in milliseconds.
    pub took_ms: f64,
    /// What was said in it, secrets masked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exchanges: Vec<Exchange>,
    /// What was found in its exchanges, claimed or not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// Why it did not pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// Why a step or scenario did not pass.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// The row of the verdict table.
    pub cause: Cause,
    /// What to tell people, with the place in the feature file first.
    pub diagnostic: Diagnostic,
}

/// An attempt at a scenario ended. The last attempt's judgement counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScenarioFinished {
    /// Index in [`RunPlanned::scenarios`].
    pub scenario: u32,
    /// Counted from 1; 0 when the scenario was never started.
    pub attempt: u32,
    /// Verdict, blame and party of this attempt.
    pub judgement: Judgement,
    /// Whether another attempt follows.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub will_retry: bool,
    /// Milliseconds since the run began, at the end.
    pub at_ms: f64,
    /// Measured duration in milliseconds.
    pub took_ms: f64,
    /// Unscaled duration in milliseconds.
    pub nominal_ms: f64,
    /// Requests sent to real partners, attempts included.
    pub partner_requests: u32,
    /// Index of the step that decided, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<u32>,
    /// Why it did not pass; also said by the step's event, where one decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// The run ended in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunFinished {
    /// Milliseconds since the run began.
    pub took_ms: f64,
    /// How many scenarios ended how.
    pub totals: Totals,
    /// The exit code.
    pub exit_code: u8,
    /// The signal that ended the run early, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<String>,
}

/// Scenarios by verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// All that were planned.
    pub planned: u32,
    /// Passed, flaky ones included.
    pub passed: u32,
    /// Passed on a later attempt.
    pub flaky: u32,
    /// Failed.
    pub failed: u32,
    /// Errored.
    pub errored: u32,
    /// Inconclusive.
    pub inconclusive: u32,
    /// Skipped.
    pub skipped: u32,
    /// Scenarios that sent at least one request to a real partner.
    pub touched: u32,
}

impl Totals {
    /// Counts one finished scenario.
    pub fn count(&mut self, finished: &ScenarioFinished) {
        match finished.judgement.verdict {
            Verdict::Passed => {
                self.passed += 1;
                self.flaky += u32::from(finished.attempt > 1);
            }
            Verdict::Failed => self.failed += 1,
            Verdict::Errored => self.errored += 1,
            Verdict::Inconclusive => self.inconclusive += 1,
            Verdict::Skipped => self.skipped += 1,
        }
        self.touched += u32::from(finished.partner_requests > 0);
    }
}

impl Totals {
    /// Adds the counts of another part of the run; `planned` is the whole's.
    pub fn add(&mut self, part: &Self) {
        self.passed += part.passed;
        self.flaky += part.flaky;
        self.failed += part.failed;
        self.errored += part.errored;
        self.inconclusive += part.inconclusive;
        self.skipped += part.skipped;
        self.touched += part.touched;
    }
}

/// Whoever listens to the story of a run. Called from one thread, in order.
pub trait Sink: Send {
    /// Takes one line. An error is told once as a warning, and the sink is
    /// asked no more; it never stops the run.
    fn event(&mut self, event: &Event) -> Result<(), SinkError>;
}

/// Why a sink can take no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SinkError(pub String);

impl fmt::Display for SinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SinkError {}
