//! What is known of integrations without a network: the data of `probe list`
//! and `probe show`. Who renders it reads these types alone, and the record.
//!
//! Nothing here may fail for what stands elsewhere: whoever is called at night
//! gets the record also while a feature file is broken.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    check::{Seen, seen},
    load,
    plan::{Plan, plan},
    proofs::Proofs,
    request::Request,
};
use crate::{
    catalog::{Catalog, Effect, FAILURE_MODES, Idempotency, Integration, Workspace},
    contract::{self, Contract},
    evidence::{Diagnostic, PlannedScenario},
};

/// Version of the documents of `--format json`: fields are added, never changed
/// or removed, while it stays.
const SCHEMA_VERSION: u32 = 1;

/// A workspace, looked at once.
#[derive(Debug)]
pub struct Survey<'w> {
    workspace: &'w Workspace,
    catalog: &'w Catalog,
    plan: Option<Plan>,
    seen: BTreeMap<String, Seen>,
    proofs: Option<Proofs>,
    /// Why the scenarios are not known, where they are not.
    pub problems: Vec<Diagnostic>,
}

/// All integrations: `probe list --format json`.
#[derive(Debug, Serialize)]
pub struct Overview {
    /// Version of this document's form.
    pub schema_version: u32,
    /// In the order of their ids.
    pub integrations: Vec<Row>,
}

/// An integration in a few words.
#[derive(Debug, Serialize)]
pub struct Row {
    /// Its id.
    pub id: String,
    /// Where in its life it is: `ga`.
    pub status: &'static str,
    /// The team that owns it; absent where the record names none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// How grave its failure is.
    pub criticality: &'static str,
    /// The contract version in use.
    pub contract: String,
    /// The partner's systems, and `mock`.
    pub environments: Vec<String>,
    /// How many scenarios touch it; absent where features are broken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scenarios: Option<usize>,
    /// Its failure modes.
    pub failure_modes: Modes,
}

/// Failure modes by state.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Modes {
    /// Shown by a scenario that fails without the protection; among the claimed.
    /// Absent where the workspace keeps no page of proofs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proven: Option<usize>,
    /// Brought about by a scenario; absent where features are broken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claimed: Option<usize>,
    /// Excused by the record.
    pub excused: usize,
    /// Neither; absent where features are broken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<usize>,
}

/// What is known of one integration beside its record.
#[derive(Debug, Serialize)]
pub struct Page {
    /// Version of this document's form.
    pub schema_version: u32,
    /// The integration's id.
    pub id: String,
    /// The environment for which the record stands as it does, if one was chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The instance for which it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// The record as it stands, in the form of its file: shared parts are in it,
    /// and what holds in the chosen environment and for the chosen instance.
    pub record: serde_json::Value,
    /// Its contract; absent where it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract: Option<ContractSummary>,
    /// The scenarios that touch it; absent where features are broken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scenarios: Option<Vec<ScenarioSummary>>,
    /// Its known failure modes.
    pub failure_modes: Vec<ModeSummary>,
    /// Days after which something in the record no longer counts, the next one first.
    pub deadlines: Vec<DeadlineSummary>,
}

/// The contract in use.
#[derive(Debug, Serialize)]
pub struct ContractSummary {
    /// `domain/name/vN`.
    pub id: String,
    /// The document's own title.
    pub title: String,
    /// The root document, relative to the workspace.
    pub file: String,
    /// Its operations, in the document's order.
    pub operations: Vec<OperationSummary>,
}

/// A promised operation, and what the record says of it.
#[derive(Debug, Serialize)]
pub struct OperationSummary {
    /// The name that scenarios use.
    pub name: String,
    /// The contract's name for it, where that is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alias_of: Option<String>,
    /// In capitals.
    pub method: String,
    /// Path template.
    pub path: String,
    /// What a call does: `reads`, `writes`, `destroys`.
    pub effect: &'static str,
    /// Why a repeated call does no harm; absent where nothing says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
    /// The operation that takes its effect back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undo: Option<String>,
    /// Whether a scenario calls it; absent where features are broken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub called: Option<bool>,
}

/// Why a repeated call does no harm.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Repeat {
    /// It only reads, or its method may be repeated (RFC 9110 section 9.2.2).
    Method,
    /// The partner knows it again by the key in this header field.
    Header(String),
    /// The operation itself sees to it.
    BuiltIn,
    /// We look first, with this operation.
    Guard(String),
}

/// A scenario in a few words.
#[derive(Debug, Serialize)]
pub struct ScenarioSummary {
    /// Its stable id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Feature file, relative to the workspace.
    pub file: String,
    /// Line of the scenario, or of the row.
    pub line: u32,
    /// Tags with their `@`, inherited ones included.
    pub tags: Vec<String>,
}

/// A known failure mode.
#[derive(Debug, Serialize)]
pub struct ModeSummary {
    /// Its name.
    pub name: String,
    /// What it means.
    pub meaning: &'static str,
    /// How well it is covered.
    pub state: ModeState,
    /// Why it is excused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Until when it is excused: `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Ids of the scenarios that are tagged with it.
    pub scenarios: Vec<String>,
}

/// How well a failure mode is covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ModeState {
    /// A scenario that fails without the protection is on the page of proofs.
    Proven,
    /// A scenario brings it about.
    Claimed,
    /// The record excuses it.
    Excused,
    /// Neither.
    Open,
    /// The features are broken.
    Unknown,
}

impl ModeState {
    /// The word for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Claimed => "claimed",
            Self::Excused => "excused",
            Self::Open => "open",
            Self::Unknown => "unknown",
        }
    }
}

/// A day after which something in the record no longer counts.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct DeadlineSummary {
    /// The last day on which it counts: `YYYY-MM-DD`.
    pub date: String,
    /// What it is: `the waiver of #/paths/…`.
    pub what: String,
}

impl<'w> Survey<'w> {
    /// Looks at a workspace. What is broken in features is noted in `problems`.
    pub fn of(workspace: &'w Workspace, catalog: &'w Catalog, request: Request) -> Self {
        let (plan, mut problems) = match plan(workspace, catalog, request) {
            Ok(plan) => (Some(plan), Vec::new()),
            Err(problems) => (None, problems),
        };
        let proofs = load::proofs(&workspace.root).unwrap_or_else(|problem| {
            problems.push(problem);
            None
        });
        let seen = plan.as_ref().map(seen).unwrap_or_default();
        Self { workspace, catalog, plan, seen, proofs, problems }
    }

    /// All integrations.
    pub fn overview(&self) -> Overview {
        let rows = self.catalog.integrations.values().map(|record| self.row(record));
        Overview { schema_version: SCHEMA_VERSION, integrations: rows.collect() }
    }

    fn row(&self, record: &Integration) -> Row {
        let known = |count: usize| self.plan.is_some().then_some(count);
        let states: Vec<ModeState> =
            record.failure_modes.keys().map(|mode| self.state(record, mode)).collect();
        let count = |wanted| states.iter().filter(|state| **state == wanted).count();
        let proven = count(ModeState::Proven);
        Row {
            id: record.id.clone(),
            status: record.status.word(),
            owner: Some(record.owner.clone()).filter(|owner| !owner.is_empty()),
            criticality: record.criticality.word(),
            contract: record.contract.current.clone(),
            environments: record.environments.keys().cloned().collect(),
            scenarios: known(self.scenarios(&record.id).count()),
            failure_modes: Modes {
                proven: self.proofs.as_ref().map(|_| proven),
                claimed: known(proven + count(ModeState::Claimed)),
                excused: count(ModeState::Excused),
                open: known(count(ModeState::Open)),
            },
        }
    }

    /// One integration, as its record stands: by itself, or chosen for an environment
    /// and an instance.
    pub fn page(&self, record: &Integration, environment: Option<&str>) -> Page {
        let mut deadlines: Vec<DeadlineSummary> = record
            .deadlines
            .iter()
            .map(|d| DeadlineSummary { date: d.date.clone(), what: d.what.clone() })
            .collect();
        deadlines.sort();
        let contract = contract::load(&self.workspace.root, &record.contract.current).ok();
        Page {
            schema_version: SCHEMA_VERSION,
            id: record.id.clone(),
            environment: environment.map(str::to_owned),
            instance: record.instance.clone(),
            record: record.tree.as_ref().clone(),
            contract: contract.map(|contract| self.contract(record, &contract)),
            scenarios: (self.plan.is_some())
                .then(|| self.scenarios(&record.id).map(scenario).collect()),
            failure_modes: record
                .failure_modes
                .keys()
                .map(|mode| self.mode(record, mode))
                .collect(),
            deadlines,
        }
    }

    fn scenarios<'s>(&'s self, id: &'s str) -> impl Iterator<Item = &'s PlannedScenario> {
        let all = self.plan.iter().flat_map(|plan| &plan.info.scenarios);
        all.filter(move |scenario| scenario.integrations.iter().any(|touched| touched == id))
    }

    fn state(&self, record: &Integration, mode: &str) -> ModeState {
        let unproven = record.failure_modes.get(mode).and_then(|mode| mode.unproven.as_ref());
        let claimed = self.seen.get(&record.id).is_some_and(|seen| seen.claims(mode));
        let proofs = self.proofs.iter();
        let proven = proofs.flat_map(|proofs| proofs.of(&record.id, mode)).next().is_some();
        match (unproven, self.plan.is_some(), claimed, proven) {
            (Some(_), ..) => ModeState::Excused,
            (None, false, ..) => ModeState::Unknown,
            (None, true, true, true) => ModeState::Proven,
            (None, true, true, false) => ModeState::Claimed,
            (None, true, false, _) => ModeState::Open,
        }
    }

    fn mode(&self, record: &Integration, name: &str) -> ModeSummary {
        let tag = format!("@failure:{name}");
        let tagged = self.scenarios(&record.id).filter(|scenario| scenario.tags.contains(&tag));
        let excuse = record.failure_modes.get(name).and_then(|mode| mode.unproven.clone());
        ModeSummary {
            name: name.to_owned(),
            meaning: FAILURE_MODES.iter().find(|mode| mode.0 == name).map_or("", |mode| mode.1),
            state: self.state(record, name),
            reason: excuse.as_ref().map(|excuse| excuse.0.clone()),
            until: excuse.map(|excuse| excuse.1),
            scenarios: tagged.map(|scenario| scenario.id.clone()).collect(),
        }
    }

    fn contract(&self, record: &Integration, contract: &Contract) -> ContractSummary {
        let seen = self.seen.get(&record.id);
        let operations = contract.operations.iter().map(|operation| {
            let name = record.scenario_name(&operation.name);
            let settings = record.settings(name);
            let effect = record.effect(name, &operation.method);
            let called = seen.is_some_and(|seen| seen.operations.contains(name));
            OperationSummary {
                name: name.to_owned(),
                alias_of: settings.alias_of,
                method: operation.method.clone(),
                path: operation.path.clone(),
                effect: effect.word(),
                repeat: repeat(settings.idempotency, effect, &operation.method),
                undo: settings.undo,
                called: self.plan.is_some().then_some(called),
            }
        });
        ContractSummary {
            id: contract.id.clone(),
            title: contract.title.clone(),
            file: contract.sources.root().path.clone(),
            operations: operations.collect(),
        }
    }
}

fn repeat(said: Option<Idempotency>, effect: Effect, method: &str) -> Option<Repeat> {
    match said {
        Some(Idempotency::Header(name)) => Some(Repeat::Header(name)),
        Some(Idempotency::BuiltIn) => Some(Repeat::BuiltIn),
        Some(Idempotency::Guard(operation)) => Some(Repeat::Guard(operation)),
        None => repeats(effect, method).then_some(Repeat::Method),
    }
}

/// Whether a call may be repeated for what it is: it reads, or its method may
/// (RFC 9110 section 9.2.2).
pub(super) fn repeats(effect: Effect, method: &str) -> bool {
    effect == Effect::Reads || matches!(method, "PUT" | "DELETE")
}

fn scenario(planned: &PlannedScenario) -> ScenarioSummary {
    let PlannedScenario { id, name, file, line, tags, .. } = planned;
    ScenarioSummary {
        id: id.clone(),
        name: name.clone(),
        file: file.to_string(),
        line: *line,
        tags: tags.to_vec(),
    }
}
