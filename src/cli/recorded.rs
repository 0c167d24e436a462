//! Recorded runs: where they are, and what did not pass in one.

use std::{
    fs::{self, File},
    io::BufReader,
    path::{Path, PathBuf},
};

use crate::{
    catalog::Workspace,
    evidence::{Cause, Diagnostic, Verdict},
    report::{Outcome, Tally, read_events},
    run::LastRun,
};

/// The event file that a person means: by itself, by its run's folder, or by
/// the run's id below `reports`.
pub(super) fn events_file(path: &Path, reports: Option<&Path>) -> PathBuf {
    if path.is_dir() {
        return path.join("events.jsonl");
    }
    let by_id = reports.map(|reports| reports.join(path).join("events.jsonl"));
    match by_id {
        Some(events) if !path.exists() && events.is_file() => events,
        _ => path.to_owned(),
    }
}

/// The events of the newest run. Run ids sort by time, to the second; within
/// one the file that was written last is the newer.
pub(super) fn newest(reports: &Path) -> Option<PathBuf> {
    let runs = fs::read_dir(reports).into_iter().flatten().flatten();
    let found = runs.filter_map(|entry| {
        let events = entry.path().join("events.jsonl");
        let written = fs::metadata(&events).ok().filter(fs::Metadata::is_file)?.modified().ok();
        let id = entry.file_name().to_string_lossy().into_owned();
        let second = id.split('-').next().unwrap_or_default().to_owned();
        Some(((second, written), events))
    });
    found.max().map(|(_, events)| events)
}

/// Opens an event file.
pub(super) fn open(events: &Path) -> Result<BufReader<File>, Diagnostic> {
    File::open(events).map(BufReader::new).map_err(|error| {
        Diagnostic::error("there is no recorded run here")
            .expected("the folder of a run, or its events.jsonl")
            .actual(format!("{}: {error}", events.display()))
    })
}

/// Reads what did not pass in a recorded run.
pub(super) fn last_run(workspace: &Workspace, events: &Path) -> Result<LastRun, Diagnostic> {
    let mut tally = Tally::new();
    let mut not_passed: Vec<u32> = Vec::new();
    for event in read_events(open(events)?) {
        let event = event.map_err(|error| error.diagnostic(&events.display().to_string()))?;
        not_passed.extend(tally.fold(&event).filter(runs_again).map(|outcome| outcome.scenario));
    }
    let missing = tally.close();
    not_passed.extend(missing.iter().filter(|o| runs_again(o)).map(|outcome| outcome.scenario));
    let plan = tally.plan().ok_or_else(|| {
        Diagnostic::error("the recorded run has no plan")
            .expected("an event file, whose first line is the plan")
            .actual(events.display().to_string())
    })?;
    let planned = not_passed.iter().filter_map(|index| plan.scenarios.get(*index as usize));
    let ids = planned.map(|planned| (planned.id.clone(), workspace.root.join(&*planned.file)));
    Ok(LastRun::new(plan.run_id.clone(), plan.environment.name.clone(), ids))
}

/// Whether a scenario has still to pass: it did not, or never had its turn.
fn runs_again(outcome: &Outcome) -> bool {
    let last = &outcome.last;
    match last.judgement.verdict {
        Verdict::Passed => false,
        Verdict::Failed | Verdict::Errored | Verdict::Inconclusive => true,
        Verdict::Skipped => last.problem.as_ref().is_some_and(|p| p.cause == Cause::Interrupted),
    }
}
