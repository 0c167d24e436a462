//! Integrations of the catalog to partners in one environment.

use std::{collections::BTreeMap, sync::Arc, thread};

use crate::{
    catalog::{Catalog, Idempotency, Integration, Status, Workspace},
    contract::{
        self, Contract, Tolerances,
        source::{Part, member_pointer},
    },
    evidence::{Diagnostic, EnvironmentInfo, SafetyClass, Secret, nearest},
    mock::{MockFile, StandIn},
    steps::{Partner, Partners},
    transport::{Clock, Secrets},
};

/// Makes partners, each contract read once.
pub(super) struct Workshop<'w> {
    pub(super) workspace: &'w Workspace,
    pub(super) catalog: &'w Catalog,
    pub(super) environment: &'w str,
    pub(super) class: SafetyClass,
    pub(super) seed: u64,
    contracts: BTreeMap<String, Arc<Contract>>,
}

/// What a check of this contract must know: waivers as they hold on the day of the run, and the
/// failures that record and contract declare.
fn tolerances(
    integration: &Integration,
    contract: &Contract,
) -> Result<Tolerances, Vec<Diagnostic>> {
    let (now, _) = Clock::wall();
    let today = now.split_once('T').map(|(day, _)| day.to_owned());
    let mut tolerances = Tolerances { today, ..integration.tolerances.clone() };
    for name in tolerances.failures.iter_mut().flat_map(|f| f.operations.iter_mut().flatten()) {
        *name = integration.contract_name(name).to_owned();
    }
    tolerances.with_declared(contract)
}

impl<'w> Workshop<'w> {
    /// A workshop for one environment.
    pub(super) fn new(
        workspace: &'w Workspace,
        catalog: &'w Catalog,
        (environment, class): (&'w str, SafetyClass),
        seed: u64,
    ) -> Self {
        let contracts = BTreeMap::new();
        Self { workspace, catalog, environment, class, seed, contracts }
    }

    /// The partners of these ids with their current contracts.
    pub(super) fn partners<'i>(
        &mut self,
        ids: impl Iterator<Item = &'i String>,
    ) -> Result<Partners, Vec<Diagnostic>> {
        let (mut partners, mut problems) = (Partners::new(), Vec::new());
        for id in ids {
            let Some(integration) = self.catalog.integrations.get(id) else { continue };
            match self.partner(integration, &integration.contract.current) {
                Ok(partner) => {
                    partners.insert(id.clone(), Arc::new(partner));
                }
                Err(found) => problems.extend(found),
            }
        }
        if problems.is_empty() { Ok(partners) } else { Err(problems) }
    }

    /// The partner with the contract version that a tag names (`v2`), which
    /// must be one that the record supports.
    pub(super) fn version(&mut self, id: &str, version: &str) -> Result<Partner, Vec<Diagnostic>> {
        let integration = self.catalog.integration(id).map_err(|d| vec![d])?;
        let supported = &integration.contract.supported;
        let Some(contract) = supported.iter().find(|c| c.rsplit('/').next() == Some(version))
        else {
            return Err(vec![
                Diagnostic::error(format!("{id} does not support contract version {version}"))
                    .expected(format!("a version of {}", supported.join(" or ")))
                    .actual(format!("@contract:{version}")),
            ]);
        };
        self.partner(integration, contract)
    }

    fn partner(
        &mut self,
        integration: &Arc<Integration>,
        contract: &str,
    ) -> Result<Partner, Vec<Diagnostic>> {
        // Both are long files of which neither needs the other.
        let (root, plays) = (&self.workspace.root, self.class == SafetyClass::Mock);
        let (mock, contract) = thread::scope(|scope| {
            let mock = plays.then(|| scope.spawn(|| MockFile::load(root, &integration.id)));
            let contract = self.contract(integration, contract);
            let joined = mock.map(|mock| match mock.join() {
                Ok(mock) => mock,
                Err(panic) => std::panic::resume_unwind(panic),
            });
            (joined, contract)
        });
        let contract = contract?;
        if contract.id == integration.contract.current {
            unknown_operations(integration, &contract)?;
        }
        let tolerances = tolerances(integration, &contract)?;
        let stand_in = match mock {
            Some(mock) => {
                let mock = mock?.unwrap_or_default();
                let bears = tolerances.clone();
                Some(Arc::new(self.stand_in(integration, &contract, bears, &mock)?))
            }
            None => None,
        };
        let base_url =
            integration.environments.get(self.environment).and_then(|e| e.base_url.clone());
        let integration = Arc::clone(integration);
        Ok(Partner { integration, contract, tolerances, stand_in, base_url })
    }

    /// Reads a contract, once.
    fn contract(
        &mut self,
        integration: &Integration,
        id: &str,
    ) -> Result<Arc<Contract>, Vec<Diagnostic>> {
        if let Some(contract) = self.contracts.get(id) {
            return Ok(Arc::clone(contract));
        }
        let contract = contract::load(&self.workspace.root, id).map_err(|mut problems| {
            for problem in problems.iter_mut().filter(|p| p.marks.is_empty()) {
                let place = integration.source.locate("/contract/current", Part::Value);
                *problem = problem.clone().maybe_at(place, "named here");
            }
            problems
        })?;
        let contract = Arc::new(contract);
        self.contracts.insert(id.to_owned(), Arc::clone(&contract));
        Ok(contract)
    }

    fn stand_in(
        &self,
        integration: &Arc<Integration>,
        contract: &Arc<Contract>,
        tolerances: Tolerances,
        mock: &MockFile,
    ) -> Result<StandIn, Vec<Diagnostic>> {
        let secrets: Vec<Secret> = integration
            .auths()
            .flat_map(|(auth, _)| auth.secrets())
            .map(|name| Secrets::derived(self.seed, name))
            .collect();
        StandIn::new(integration, Arc::clone(contract), tolerances, mock, &secrets, self.seed)
    }
}

/// Why the scenarios of an integration cannot run in an environment, if so.
pub(super) fn not_here(
    integration: &Integration,
    environment: &str,
    class: SafetyClass,
) -> Option<String> {
    let id = &integration.id;
    if integration.status == Status::Retired {
        return Some(format!("{id} is retired"));
    }
    let reachable = class == SafetyClass::Mock
        || integration.environments.get(environment).is_some_and(|e| e.base_url.is_some());
    if reachable {
        return None;
    }
    let known = integration.environments.contains_key(environment);
    Some(match (&integration.instance, integration.instances.join(" or ")) {
        (None, names) if known && !names.is_empty() => {
            format!("{id} needs an instance in `{environment}`: --instance {names}")
        }
        _ => format!("{id} has no environment `{environment}`"),
    })
}

/// What a run may do hangs on the class of its environment: an instance must not make
/// it another one behind its back.
pub(super) fn of_one_class(
    catalog: &Catalog,
    run: &EnvironmentInfo,
) -> Result<(), Vec<Diagnostic>> {
    let others = catalog.integrations.values().filter_map(|integration| {
        let class = integration.environments.get(&run.name)?.class;
        let pointer = format!("{}/class", member_pointer("/environments", &run.name));
        (class != run.class).then(|| {
            Diagnostic::error(format!("environment `{}` has two classes", run.name))
                .maybe_at(integration.source.locate(&pointer, Part::Value), "")
                .expected(format!("class {}, as the run has it", run.class.word()))
                .actual(format!("class {} for {}", class.word(), integration.id))
                .help("name an environment of its own, whose class all agree on")
        })
    });
    let problems: Vec<Diagnostic> = others.collect();
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// A record's settings for an operation that the contract does not have would
/// hold for nothing: a misspelt `effect` must not go unnoticed.
fn unknown_operations(
    integration: &Integration,
    contract: &Contract,
) -> Result<(), Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let mut known: Vec<&str> = contract.operations.iter().map(|op| op.name.as_str()).collect();
    let mut check = |wanted: &str, known: &[&str], pointer: String, part: Part| {
        if known.contains(&wanted) {
            return;
        }
        let problem = Diagnostic::error(format!("{} has no operation `{wanted}`", contract.id))
            .maybe_at(integration.source.locate(&pointer, part), "")
            .expected(format!("an operation of {}", contract.sources.root().path))
            .actual(wanted);
        problems.push(match nearest(wanted, known.iter().copied()) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem.help(format!("known operations: {}", known.join(", "))),
        });
    };
    for (name, settings) in &integration.operations {
        let pointer = member_pointer("/operations", name);
        match &settings.alias_of {
            Some(wanted) => check(wanted, &known, format!("{pointer}/alias_of"), Part::Value),
            None => check(name, &known, pointer, Part::Key),
        }
    }
    known.extend(integration.operations.keys().map(String::as_str));
    for (name, settings) in &integration.operations {
        let pointer = member_pointer("/operations", name);
        if let Some(undo) = &settings.undo {
            check(undo, &known, format!("{pointer}/undo"), Part::Value);
        }
        if let Some(Idempotency::Guard(guard)) = &settings.idempotency {
            check(guard, &known, format!("{pointer}/idempotency/guard"), Part::Value);
        }
    }
    for (index, failure) in integration.tolerances.failures.iter().enumerate() {
        for (at, name) in failure.operations.iter().flatten().enumerate() {
            let pointer = format!("/failure_inside/{index}/operations/{at}");
            check(name, &known, pointer, Part::Value);
        }
    }
    for name in integration.about.operations.iter().flat_map(BTreeMap::keys) {
        check(name, &known, member_pointer("/about/operations", name), Part::Key);
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}
