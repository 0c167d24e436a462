//! What can be known without a network, across rooms: `probe check`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{
    governance, load,
    overrides::Overrides,
    plan::{Plan, plan},
    request::Request,
    versions::{self, Against},
};
use crate::{
    catalog::{
        Catalog, Day, FAILURE_MODES, Integration, Workspace,
        lint::{self, LintFinding, Premises, across},
    },
    contract::{self, StatusPattern, source::Part},
    evidence::Diagnostic,
    steps::{Compiled, Partner},
};

/// The answer of a check.
#[derive(Debug, Default)]
pub struct Checked {
    /// Files that do not parse, and names that lead nowhere: exit 2.
    pub broken: Vec<Diagnostic>,
    /// What rules found, by subject; errors among it are exit 1.
    pub findings: Vec<LintFinding>,
    /// How far scenarios cover each integration.
    pub coverage: Vec<Coverage>,
    /// How many scenarios there are.
    pub scenarios: usize,
}

/// What the scenarios of one integration cover.
#[derive(Debug, Serialize)]
pub struct Coverage {
    /// The integration's id.
    pub integration: String,
    /// Operations that are called, of all.
    pub operations: Share,
    /// Error statuses that are expected at least once, of all documented.
    pub statuses: Share,
    /// Failure modes that are claimed, of all that are not excused.
    pub modes: Share,
    /// Failure modes that the record excuses.
    pub excused: Vec<String>,
}

/// A part of a whole.
#[derive(Debug, Default, Serialize)]
pub struct Share {
    /// How many there are.
    pub all: usize,
    /// Those that are not covered.
    pub missing: Vec<String>,
}

impl Share {
    fn of(all: &BTreeSet<String>, covered: &BTreeSet<String>) -> Self {
        Self { all: all.len(), missing: all.difference(covered).cloned().collect() }
    }
}

/// What the scenarios of an integration do.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) operations: BTreeSet<String>,
    statuses: BTreeSet<String>,
    /// Modes with a tag, and whether a scenario of that tag arms and calls.
    modes: BTreeMap<String, bool>,
}

impl Seen {
    /// Whether a scenario is tagged with a failure mode and brings it about.
    pub(super) fn claims(&self, mode: &str) -> bool {
        self.modes.get(mode) == Some(&true)
    }
}

/// Checks a whole workspace as of a day (UTC); `request` says which environment
/// the plan is made for.
///
/// `against` is what the contracts were, where that is asked for.
pub fn check(
    workspace: &Workspace,
    catalog: &Catalog,
    request: Request,
    today: Day,
    against: Option<&Against>,
) -> Checked {
    let mut checked = Checked::default();
    let overrides = match Overrides::all(workspace, catalog) {
        Ok(overrides) => overrides,
        Err(problems) => {
            checked.broken = problems;
            return checked;
        }
    };
    let plan = match plan(workspace, catalog, request) {
        Ok(plan) => plan,
        // What is broken is mended first: rules would judge half of a workspace.
        Err(problems) => {
            checked.broken = problems;
            return checked;
        }
    };
    let holds = |path: &str| workspace.holds(path);
    let premises = Premises { today, sprint: workspace.check.sprint, holds: &holds };
    for integration in catalog.integrations.values() {
        checked.findings.extend(lint::lint(integration, &premises));
    }
    checked.findings.extend(overrides.idle(workspace, &plan.info.scenarios));
    checked.scenarios = plan.scenarios.len();
    let partners = partners(&plan);
    let seen = seen(&plan);
    for integration in catalog.integrations.values() {
        let nothing = Seen::default();
        let seen = seen.get(integration.id.as_str()).unwrap_or(&nothing);
        if let Some(partner) = partners.get(integration.id.as_str()) {
            checked.findings.extend(governance::unguarded(partner));
            checked.coverage.push(coverage(partner, seen));
        } else {
            checked.findings.extend(governance::untouched(integration));
        }
        checked.findings.extend(unclaimed(integration, seen));
    }
    let contracts: BTreeMap<&str, &Partner> =
        partners.values().map(|partner| (partner.contract.id.as_str(), *partner)).collect();
    for partner in contracts.values() {
        checked.broken.extend(contract::check::uncompiled(&partner.contract));
        checked.findings.extend(governance::unfit(&partner.contract));
    }
    match load::proofs(&workspace.root) {
        Ok(proofs) => {
            checked.findings.extend(proofs.iter().flat_map(|p| p.compare(catalog, &plan)));
        }
        Err(problem) => checked.broken.push(problem),
    }
    match versions::judge(workspace, catalog, against, today) {
        Ok(findings) => checked.findings.extend(findings),
        Err(problems) => checked.broken.extend(problems),
    }
    checked.findings.extend(governance::unused_contracts(workspace, catalog));
    checked.findings.extend(governance::idle_mocks(workspace, catalog));
    // What is about one thing stands together, in the order of its rules' rooms.
    checked.findings.sort_by(|a, b| a.subject.cmp(&b.subject));
    checked
}

/// Every partner that scenarios touch.
fn partners(plan: &Plan) -> BTreeMap<&str, &Partner> {
    let all = plan.scenarios.iter().flat_map(|s| &s.partners);
    all.map(|partner| (partner.integration.id.as_str(), partner.as_ref())).collect()
}

/// What the scenarios do, by integration.
pub(super) fn seen(plan: &Plan) -> BTreeMap<String, Seen> {
    let mut seen: BTreeMap<String, Seen> = BTreeMap::new();
    for (told, scenario) in plan.info.scenarios.iter().zip(&plan.scenarios) {
        let mut called: BTreeSet<&str> = BTreeSet::new();
        let mut last: Option<&str> = None;
        for step in &scenario.steps {
            if let Some(operation) = step.calls() {
                let id = operation.partner.integration.id.as_str();
                seen.entry(id.to_owned())
                    .or_default()
                    .operations
                    .insert(operation.name().to_owned());
                called.insert(id);
                last = Some(id);
            }
            if let (Some(StatusPattern::Exact(code)), Some(id)) = (step.expects_status(), last) {
                seen.entry(id.to_owned()).or_default().statuses.insert(code.to_string());
            }
        }
        for mode in told.tags.iter().filter_map(|tag| tag.strip_prefix("@failure:")) {
            let armed = scenario.steps.iter().any(|step| arms(mode, step));
            for id in told.integrations.iter() {
                let proves = armed && called.contains(id.as_str());
                *seen.entry(id.clone()).or_default().modes.entry(mode.to_owned()).or_default() |=
                    proves;
            }
        }
    }
    seen
}

/// Whether a sentence brings a failure mode about. Modes that no sentence of
/// today's vocabulary arms by itself lie in the call: its arguments do.
fn arms(mode: &str, step: &Compiled) -> bool {
    match mode {
        "rate-limit" | "timeout" | "server-error" | "schema-drift" | "connection-reset"
        | "maintenance" => step.armed_mode() == Some(mode),
        "auth-refused" => step.armed_mode() == Some("auth-refused"),
        // A key that was withdrawn is refused as a wrong one is.
        "auth-expired" => matches!(step.armed_mode(), Some("auth-expired" | "auth-refused")),
        // A request comes twice when we repeat it, or when its answer is lost.
        "duplicate-request" => {
            matches!(step.armed_mode(), Some("duplicate-request" | "timeout" | "connection-reset"))
        }
        _ => step.calls().is_some(),
    }
}

/// Failure modes of a record that are neither claimed nor excused.
fn unclaimed(integration: &Integration, seen: &Seen) -> Vec<LintFinding> {
    if !across::MODE_UNCLAIMED.from.judges(integration.status) {
        return Vec::new();
    }
    let meaning =
        |name: &str| FAILURE_MODES.iter().find(|mode| mode.0 == name).map_or("", |mode| mode.1);
    integration
        .failure_modes
        .iter()
        .filter(|(name, mode)| mode.unproven.is_none() && !seen.claims(name))
        .map(|(name, mode)| {
            let actual = match seen.modes.get(name) {
                Some(_) => "a tagged scenario that does not bring it about and call an operation",
                None => "no scenario with this tag",
            };
            let message =
                Diagnostic::error(format!("the failure mode {name} is not claimed by a scenario"))
                    .maybe_at(integration.source.locate(&mode.pointer, Part::Key), meaning(name))
                    .expected(format!(
                        "a scenario tagged @failure:{name} that arms it and calls an operation"
                    ))
                    .actual(actual);
            LintFinding::new(&across::MODE_UNCLAIMED, &integration.id, name, message)
        })
        .collect()
}

fn coverage(partner: &Partner, seen: &Seen) -> Coverage {
    let operations: BTreeSet<String> =
        partner.operation_names().into_iter().map(str::to_owned).collect();
    let statuses: BTreeSet<String> = partner
        .contract
        .operations
        .iter()
        .flat_map(|op| &op.responses)
        .filter_map(|response| match response.status {
            StatusPattern::Exact(code) if code >= 400 => Some(code.to_string()),
            _ => None,
        })
        .collect();
    let modes = &partner.integration.failure_modes;
    let names = |proven: bool| {
        modes.iter().filter(move |(_, m)| m.unproven.is_none() == proven).map(|(n, _)| n.clone())
    };
    let claimed = seen.modes.iter().filter(|(_, proves)| **proves).map(|(name, _)| name.clone());
    Coverage {
        integration: partner.integration.id.clone(),
        operations: Share::of(&operations, &seen.operations),
        statuses: Share::of(&statuses, &seen.statuses),
        modes: Share::of(&names(true).collect(), &claimed.collect()),
        excused: names(false).collect(),
    }
}
