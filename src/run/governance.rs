//! Rules of `probe check` that need more than one room: a record beside its
//! contract, or beside the files of the workspace.

use std::collections::BTreeSet;

use super::overview::repeats;
use crate::{
    catalog::{
        Catalog, Integration, Workspace,
        lint::{LintFinding, across},
    },
    contract::{
        self, Contract,
        source::{Part, member_pointer},
    },
    evidence::{Diagnostic, nearest},
    mock::MockFile,
    steps::Partner,
};

/// Operations that write, may come twice, and have nothing against it.
pub(super) fn unguarded(partner: &Partner) -> Vec<LintFinding> {
    let integration = &partner.integration;
    if !across::WRITE_UNGUARDED.from.judges(integration.status) {
        return Vec::new();
    }
    let operations = partner.contract.operations.iter();
    operations
        .filter_map(|operation| {
            let name = integration.scenario_name(&operation.name);
            let effect = integration.effect(name, &operation.method);
            let guarded = integration.settings(name).idempotency.is_some();
            (!guarded && !repeats(effect, &operation.method)).then(|| {
                let at = member_pointer("/operations", name);
                let message = Diagnostic::error(format!(
                    "nothing keeps a repeated {name} of `{}` from doing it twice",
                    integration.id
                ))
                .maybe_at(integration.source.locate(&at, Part::Key), "")
                .expected("`idempotency` with a header, `built_in` or a guard")
                .actual(format!("{} {} writes, and has none", operation.method, operation.path));
                LintFinding::new(&across::WRITE_UNGUARDED, &integration.id, name, message)
            })
        })
        .collect()
}

/// A record that no scenario touches.
pub(super) fn untouched(integration: &Integration) -> Option<LintFinding> {
    let rule = &across::SCENARIO_MISSING;
    rule.from.judges(integration.status).then(|| {
        let message = Diagnostic::error(format!("{} has no scenario", integration.id))
            .maybe_at(integration.source.locate("", Part::Value), "")
            .expected(format!("a feature file in features/{}/", integration.id));
        LintFinding::new(rule, &integration.id, "", message)
    })
}

/// Examples that break their own contract.
pub(super) fn unfit(contract: &Contract) -> Vec<LintFinding> {
    let problems = contract::check::examples(contract).into_iter();
    problems
        .map(|problem| {
            LintFinding::new(&across::EXAMPLE_UNFIT, &contract.id, problem.at, problem.message)
        })
        .collect()
}

/// Contracts that no record names, be it a draft.
pub(super) fn unused_contracts(workspace: &Workspace, catalog: &Catalog) -> Vec<LintFinding> {
    let named: BTreeSet<&String> = catalog
        .integrations
        .values()
        .flat_map(|i| std::iter::once(&i.contract.current).chain(&i.contract.previous))
        .collect();
    let there = contract::known(&workspace.root).into_iter();
    there
        .filter(|id| !named.contains(id))
        .map(|id| {
            let message = Diagnostic::warning(format!("no record names the contract `{id}`"))
                .expected("a record with it as `current` or `previous`")
                .actual(format!("contracts/{id}/ stands alone"));
            LintFinding::new(&across::CONTRACT_UNUSED, id, "", message)
        })
        .collect()
}

/// Mock files that no integration reads, for its id is another one.
pub(super) fn idle_mocks(workspace: &Workspace, catalog: &Catalog) -> Vec<LintFinding> {
    let plays = |path: &str, id: &str| {
        path == format!("mocks/{id}.yaml") && catalog.integrations.contains_key(id)
    };
    let files = MockFile::all(&workspace.root).into_iter();
    files
        .filter(|(path, id)| !plays(path, id))
        .map(|(path, id)| {
            let problem = Diagnostic::error(format!("{path} plays no integration"))
                .expected("a file mocks/<integration id>.yaml")
                .actual(&path);
            let message = match nearest(&id, catalog.integrations.keys().map(String::as_str)) {
                Some(near) => problem.help(format!("did you mean mocks/{near}.yaml?")),
                None => problem.help(format!("rename it, or add the record catalog/{id}.yaml")),
            };
            LintFinding::new(&across::MOCK_IDLE, path, "", message)
        })
        .collect()
}
