//! What did not pass in an earlier run, to be run again.

use std::{
    collections::{BTreeMap, HashSet},
    path::{Path, PathBuf},
};

use super::{feature, known::Texts, load, plan::id};
use crate::evidence::{Diagnostic, EnvironmentInfo, PlannedScenario};

/// So many ids that are gone are named; the rest are counted.
const NAMED: usize = 10;

/// What did not pass in an earlier run.
#[derive(Clone, Debug)]
pub struct LastRun {
    /// Its id.
    pub run_id: String,
    /// The name of the environment that it ran in.
    pub environment: String,
    /// By scenario id the feature file.
    not_passed: BTreeMap<String, PathBuf>,
    files: HashSet<PathBuf>,
}

impl LastRun {
    /// A run with the ids of what did not pass in it, each with its feature file.
    pub fn new(
        run_id: impl Into<String>,
        environment: impl Into<String>,
        not_passed: impl IntoIterator<Item = (String, PathBuf)>,
    ) -> Self {
        let not_passed: BTreeMap<String, PathBuf> = not_passed.into_iter().collect();
        let files = not_passed.values().cloned().collect();
        Self { run_id: run_id.into(), environment: environment.into(), not_passed, files }
    }

    /// Whether everything in it passed, or was meant to be skipped.
    pub fn is_green(&self) -> bool {
        self.not_passed.is_empty()
    }

    /// Whether the scenario of this id did not pass.
    pub(super) fn has(&self, id: &str) -> bool {
        self.not_passed.contains_key(id)
    }

    /// Whether something in this feature file did not pass.
    pub(super) fn has_file(&self, path: &Path) -> bool {
        self.files.contains(path)
    }

    /// What a person should know who runs it again: ids that are gone, and that
    /// it is not the same environment.
    pub(super) fn warnings(
        &self,
        root: &Path,
        planned: &[PlannedScenario],
        environment: &EnvironmentInfo,
    ) -> Vec<Diagnostic> {
        let mut warnings = Vec::new();
        if !self.is_green() && self.environment != environment.name {
            warnings.push(
                Diagnostic::warning("the earlier run was in another environment")
                    .expected(format!("{}, as in run {}", self.environment, self.run_id))
                    .actual(&environment.name)
                    .help(format!("for the same one, add --env {}", self.environment)),
            );
        }
        let gone = self.gone(root, planned);
        if !gone.is_empty() {
            let problem = Diagnostic::warning(match gone.len() {
                1 => "a scenario that did not pass is gone".to_owned(),
                n => format!("{n} scenarios that did not pass are gone"),
            });
            let named = gone.iter().take(NAMED).fold(problem, |p, id| p.note(id.clone()));
            let named = match gone.len().checked_sub(NAMED) {
                Some(more @ 1..) => named.note(format!("and {more} more")),
                _ => named,
            };
            warnings.push(named.help("renamed or removed since; a new name is a new scenario"));
        }
        warnings
    }

    /// Ids that no feature file has any more.
    fn gone(&self, root: &Path, planned: &[PlannedScenario]) -> Vec<String> {
        let here: HashSet<&str> = planned.iter().map(|planned| planned.id.as_str()).collect();
        let mut missing: BTreeMap<&Path, Vec<&str>> = BTreeMap::new();
        for (id, file) in self.not_passed.iter().filter(|(id, _)| !here.contains(id.as_str())) {
            missing.entry(file).or_default().push(id);
        }
        // It may be there and left out by tags, name or place.
        let mut gone = Vec::new();
        for (file, ids) in missing {
            let there = ids_in(root, file);
            gone.extend(ids.into_iter().filter(|id| !there.contains(*id)).map(str::to_owned));
        }
        gone
    }
}

/// The ids of a file's scenarios; none where it cannot be read.
fn ids_in(root: &Path, file: &Path) -> HashSet<String> {
    let Ok(source) = load::read(root, file) else { return HashSet::new() };
    let scenarios = feature::parse(&source, &Texts::default(), false).unwrap_or_default();
    let id = |s: &super::raw::RawScenario| id(&source.path, s.rule.as_deref(), &s.name, &s.row);
    scenarios.iter().map(id).collect()
}
