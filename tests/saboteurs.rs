//! Does each claimed failure mode stand on a scenario that would notice?
//!
//! A tag proves nothing. Here the scenarios of each mode run again with one
//! protection taken away: our client without its retries, its idempotency keys,
//! its contract check; or a stand-in that does not know the mode. A mode is
//! proven when one of its scenarios passes as things are and fails then.
//! `docs/proofs.md` tells what was caught, and `probe check` compares it with
//! what the records claim.
//!
//! `UPDATE_EXPECTED=1 cargo test --test saboteurs` writes the page anew.

#[path = "saboteurs/page.rs"]
mod page;
#[path = "saboteurs/saboteurs.rs"]
mod saboteurs;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use page::Row;
use probe::{
    catalog::{Catalog, Integration, Status, Workspace},
    evidence::{Event, RunPlanned, Verdict},
};
use saboteurs::{SABOTEURS, Saboteur};

/// The folders and files that make this repository a workspace.
const WORKSPACE: [&str; 5] = ["probe.toml", "catalog", "contracts", "features", "mocks"];

#[test]
fn every_claimed_mode_fails_without_its_protection() {
    let workspace = Workspace::load(root()).expect("the settings are right");
    let catalog = Catalog::load(&workspace).expect("the records are right");
    let judged: Vec<&Integration> =
        catalog.integrations.values().map(AsRef::as_ref).filter(|i| is_judged(i)).collect();
    let trials: Vec<(&Integration, Option<&Saboteur>)> = judged
        .iter()
        .flat_map(|i| std::iter::once(None).chain(SABOTEURS.iter().map(Some)).map(|s| (*i, s)))
        .collect();
    let mut rows: BTreeMap<(String, String, String), Row> = BTreeMap::new();
    let mut fits = BTreeSet::new();
    for (integration, saboteur, trial) in all(&trials) {
        let Some(saboteur) = saboteur else {
            assert_eq!(trial.not_passed(), [""; 0], "{} as it is", integration.id);
            continue;
        };
        for (mode, scenario, cause) in trial.caught(&claimed(integration)) {
            fits.insert(saboteur.name);
            let key = (integration.id.clone(), mode.clone(), scenario.clone());
            let row = Row { integration: key.0.clone(), mode, scenario, caught: Vec::new() };
            rows.entry(key).or_insert(row).caught.push((saboteur.name, cause));
        }
    }
    let rows: Vec<Row> = rows.into_values().collect();
    let proven: BTreeSet<(&str, &str)> =
        rows.iter().map(|row| (row.integration.as_str(), row.mode.as_str())).collect();
    let unproven: Vec<String> = judged
        .iter()
        .flat_map(|i| claimed(i).into_iter().map(move |mode| (i.id.as_str(), mode)))
        .filter(|(id, mode)| !proven.contains(&(*id, mode.as_str())))
        .map(|(id, mode)| format!("{id}: {mode}"))
        .collect();
    assert_eq!(unproven, [""; 0], "no saboteur is caught by a scenario of these modes");
    let idle: Vec<&str> =
        SABOTEURS.iter().map(|s| s.name).filter(|name| !fits.contains(name)).collect();
    assert_eq!(idle, [""; 0], "no scenario catches these saboteurs");
    page::compare(&root().join("docs/proofs.md"), &page::page(SABOTEURS, &rows));
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn is_judged(integration: &Integration) -> bool {
    !matches!(integration.status, Status::Draft | Status::Retired)
}

/// The failure modes of a record that are not excused.
fn claimed(integration: &Integration) -> BTreeSet<String> {
    let modes = integration.failure_modes.iter();
    modes.filter(|(_, mode)| mode.unproven.is_none()).map(|(name, _)| name.clone()).collect()
}

type Tried<'t> = (&'t Integration, Option<&'t Saboteur>, Trial);

/// Every trial on all cores, in the order given.
fn all<'t>(trials: &[(&'t Integration, Option<&'t Saboteur>)]) -> Vec<Tried<'t>> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some((integration, saboteur)) = trials.get(number) else { break };
                    if let Some(trial) = Trial::run(integration, *saboteur) {
                        done.lock()
                            .expect("no panic")
                            .insert(number, (*integration, *saboteur, trial));
                    }
                }
            });
        }
    });
    done.into_inner().expect("no panic").into_values().collect()
}

/// One run of the scenarios that claim a mode of one integration.
struct Trial {
    plan: RunPlanned,
    /// The last attempt of each scenario: its verdict, and the whole judgement in words.
    ends: BTreeMap<u32, (Verdict, String)>,
}

impl Trial {
    /// Runs them, sabotaged or not; `None`: the saboteur has nothing to take away there.
    fn run(integration: &Integration, saboteur: Option<&Saboteur>) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = Command::new(env!("CARGO_BIN_EXE_probe"));
        command.env_clear().stdin(Stdio::null()).current_dir(root()).arg("run");
        if let Some(saboteur) = saboteur {
            let mock = PathBuf::from(format!("mocks/{}.yaml", integration.id));
            let overrides = (saboteur.record)(integration);
            let changed = saboteurs::changed(&root().join(&mock), saboteur.stand_in);
            if overrides.is_empty() && changed.is_none() {
                return None;
            }
            for text in overrides {
                command.arg("--set").arg(format!("{}.{text}", integration.id));
            }
            if let Some(changed) = changed {
                for name in WORKSPACE {
                    copy(&root().join(name), &folder.path().join(name));
                }
                fs::write(folder.path().join(mock), changed).expect("a file");
                command.arg("--workspace").arg(folder.path());
            }
        }
        let tags: Vec<String> =
            claimed(integration).iter().map(|mode| format!("@failure:{mode}")).collect();
        let reports = folder.path().join("reports");
        command.args(["--integration", &integration.id, "--tags", &tags.join(" or ")]);
        command.args(["--mock-time", "0.001", "--scenario-timeout", "10 s", "--reports"]);
        let output = command.arg(&reports).output().expect("the binary starts");
        let run = fs::read_dir(&reports).ok().and_then(|mut runs| runs.next()?.ok());
        let events = run.and_then(|run| fs::read_to_string(run.path().join("events.jsonl")).ok());
        let events = events.unwrap_or_else(|| {
            let said = String::from_utf8_lossy(&output.stderr);
            panic!("{} with {:?} does not run: {said}", integration.id, saboteur.map(|s| s.name))
        });
        Some(Self::of(&events))
    }

    fn of(events: &str) -> Self {
        let mut events = events.lines().map(|line| serde_json::from_str(line).expect("an event"));
        let Some(Event::RunPlanned(plan)) = events.next() else { panic!("no plan") };
        let mut ends = BTreeMap::new();
        for event in events {
            if let Event::ScenarioFinished(end) = event {
                ends.insert(end.scenario, (end.judgement.verdict, end.judgement.dotted()));
            }
        }
        Self { plan: plan.as_ref().clone(), ends }
    }

    fn not_passed(&self) -> Vec<String> {
        let not = self.ends.iter().filter(|(_, (verdict, _))| *verdict != Verdict::Passed);
        not.map(|(at, (_, end))| format!("{}: {end}", self.plan.scenarios[*at as usize].id))
            .collect()
    }

    /// Mode, scenario and judgement wherever a scenario of a mode failed. What only
    /// errored found nothing out, and catches nobody.
    fn caught(&self, modes: &BTreeSet<String>) -> Vec<(String, String, String)> {
        let failed = self.ends.iter().filter(|(_, (verdict, _))| *verdict == Verdict::Failed);
        failed
            .flat_map(|(at, (_, end))| {
                let scenario = &self.plan.scenarios[*at as usize];
                let tags = scenario.tags.iter().filter_map(|tag| tag.strip_prefix("@failure:"));
                tags.filter(|mode| modes.contains(*mode))
                    .map(|mode| (mode.to_owned(), scenario.id.clone(), end.clone()))
            })
            .collect()
    }
}

fn copy(from: &Path, to: &Path) {
    if from.is_file() {
        fs::copy(from, to).expect("a file");
        return;
    }
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        copy(&entry.path(), &to.join(entry.file_name()));
    }
}
