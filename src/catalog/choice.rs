//! What one run chooses: instances, and values for itself alone.

use std::collections::{BTreeMap, BTreeSet};

use super::{Catalog, origins::Layer, problems::suggestion, setting::Setting};
use crate::evidence::Diagnostic;

/// What a run chooses among what records offer, and what it changes of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// `ID=NAME`, or `NAME` where only one integration has such an instance.
    pub instances: Vec<String>,
    /// `ID.FIELD=YAML`, stronger than any file.
    pub settings: Vec<String>,
}

/// A choice as meant.
#[derive(Debug, Default)]
pub(super) struct Chosen<'c> {
    /// The instance by integration.
    pub(super) instances: BTreeMap<String, String>,
    /// What is laid over each integration, in the order of the command line.
    pub(super) settings: BTreeMap<&'c str, Vec<Layer>>,
}

impl<'c> Chosen<'c> {
    /// Looks up all that a choice names.
    pub(super) fn of(choice: &Choice, catalog: &'c Catalog) -> Result<Self, Vec<Diagnostic>> {
        let (mut chosen, mut problems) = (Self::default(), Vec::new());
        for typed in &choice.instances {
            match instance(typed, catalog) {
                Ok((id, name)) => match chosen.instances.insert(id.clone(), name.clone()) {
                    Some(before) if before != name => problems.push(
                        Diagnostic::error(format!("two instances of {id}"))
                            .expected("one instance of an integration in a run")
                            .actual(format!("`{before}` and `{name}`"))
                            .help("run once for each"),
                    ),
                    _ => {}
                },
                Err(problem) => problems.push(problem),
            }
        }
        for typed in &choice.settings {
            match Setting::read(typed, catalog.integrations.keys().map(String::as_str)) {
                Ok(Setting { id, layer }) => {
                    if let Some((id, _)) = catalog.integrations.get_key_value(&id) {
                        chosen.settings.entry(id).or_default().push(layer);
                    }
                }
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(chosen) } else { Err(problems) }
    }
}

/// The integration and the instance that an argument means.
fn instance(typed: &str, catalog: &Catalog) -> Result<(String, String), Diagnostic> {
    if let Some((id, name)) = typed.split_once('=') {
        let integration = catalog.integration(id)?;
        if integration.instances.iter().any(|known| known == name) {
            return Ok((id.to_owned(), name.to_owned()));
        }
        let known = integration.instances.iter().map(String::as_str);
        return Err(Diagnostic::error(format!("{id} has no instance `{name}`"))
            .note(format!("instances stand in {} under `instances`", integration.source.path))
            .help(suggestion(name, known, "instances")));
    }
    let all = || catalog.integrations.values();
    let having: Vec<&str> = all()
        .filter(|integration| integration.instances.iter().any(|known| known == typed))
        .map(|integration| integration.id.as_str())
        .collect();
    match having.as_slice() {
        [id] => Ok(((*id).to_owned(), typed.to_owned())),
        [] => {
            let known: BTreeSet<&str> =
                all().flat_map(|i| i.instances.iter().map(String::as_str)).collect();
            Err(Diagnostic::error(format!("no integration has an instance `{typed}`"))
                .note("instances stand in the records of `catalog/` under `instances`")
                .help(suggestion(typed, known.iter().copied(), "instances")))
        }
        several => {
            let ways: Vec<String> = several.iter().map(|id| format!("{id}={typed}")).collect();
            Err(Diagnostic::error(format!("several integrations have an instance `{typed}`"))
                .expected("one of them, as ID=NAME")
                .actual(format!("`{typed}`"))
                .help(format!("choose {}", ways.join(" or "))))
        }
    }
}
