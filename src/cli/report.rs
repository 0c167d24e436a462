//! `probe report`.

use std::{
    fs::{self, File},
    io::BufReader,
    path::{Path, PathBuf},
};

use super::{
    exit::config,
    meant,
    options::Report,
    output::{Style, complain},
    run::{Fixed, stdout},
};
use crate::{
    evidence::{Diagnostic, exit, metrics::MetricSet},
    report::{Fanout, ReplayError, read_events, replay},
};

/// Tells a recorded run again; its exit code is the run's own.
pub(super) fn report(typed: &Report) -> u8 {
    let style = Style::of(typed.common.color);
    match again(typed, style) {
        Ok(code) => code,
        Err(problems) => config(&problems, style),
    }
}

fn again(typed: &Report, style: Style) -> Result<u8, Vec<Diagnostic>> {
    let path = match &typed.from {
        Some(path) => events_file(typed, path),
        None => newest(typed)?,
    };
    let file = File::open(&path).map_err(|error| {
        vec![
            Diagnostic::error("there is no recorded run here")
                .expected("the folder of a run, or its events.jsonl")
                .actual(format!("{}: {error}", path.display())),
        ]
    })?;
    let fixed = Fixed {
        junit: typed.junit.clone(),
        metrics: typed.metrics.clone(),
        aliases: aliases(typed),
    };
    let (mut sinks, mut reports) = (Vec::new(), Vec::new());
    fixed.open(&mut sinks, &mut reports).map_err(|d| vec![*d])?;
    // What is told again is past: it has no progress.
    let style = Style { live: false, ..style };
    sinks.extend(stdout(typed.format, style, &reports));
    let mut sinks = Fanout::new(sinks);
    let replayed = replay(read_events(BufReader::new(file)), &mut sinks);
    complain(sinks.lost(), style);
    match replayed {
        // A report that was asked for and is not there must not look green.
        Ok(replayed) if replayed.exit_code == exit::PASSED && !sinks.lost().is_empty() => {
            Ok(exit::CONFIG)
        }
        Ok(replayed) => Ok(replayed.exit_code),
        Err(ReplayError::Read(error)) => Err(vec![error.diagnostic(&path.display().to_string())]),
        Err(ReplayError::Sink(error)) => {
            Err(vec![Diagnostic::error("the report cannot be written").actual(error.to_string())])
        }
    }
}

/// The sets of metric names that are asked for. A recorded run can be told
/// again outside of a workspace; inside of one its settings hold.
fn aliases(typed: &Report) -> Vec<MetricSet> {
    let workspace = typed.metrics.as_ref().and_then(|_| meant::workspace(&typed.common).ok());
    let configured = workspace.map(|workspace| workspace.metric_aliases).unwrap_or_default();
    meant::aliases(&typed.metric_aliases, &configured)
}

/// A run's folder stands for the events in it, and its id for the folder.
fn events_file(typed: &Report, path: &Path) -> PathBuf {
    if path.is_dir() {
        return path.join("events.jsonl");
    }
    let by_id = meant::workspace(&typed.common)
        .map(|workspace| meant::reports(&workspace).join(path).join("events.jsonl"));
    match by_id {
        Ok(events) if !path.exists() && events.is_file() => events,
        _ => path.to_owned(),
    }
}

/// The newest run. Run ids sort by time, to the second; within one the file
/// that was written last is the newer.
fn newest(typed: &Report) -> Result<PathBuf, Vec<Diagnostic>> {
    let workspace = meant::workspace(&typed.common)?;
    let reports = match &typed.reports {
        Some(folder) => folder.clone(),
        None => meant::reports(&workspace),
    };
    let runs = fs::read_dir(&reports).into_iter().flatten().flatten();
    let found = runs.filter_map(|entry| {
        let events = entry.path().join("events.jsonl");
        let written = fs::metadata(&events).ok().filter(fs::Metadata::is_file)?.modified().ok();
        let id = entry.file_name().to_string_lossy().into_owned();
        let second = id.split('-').next().unwrap_or_default().to_owned();
        Some(((second, written), events))
    });
    found.max().map(|(_, events)| events).ok_or_else(|| {
        vec![
            Diagnostic::error("there is no recorded run")
                .expected(format!("a run's folder in {}", reports.display()))
                .help("run `probe run` first, or name a folder with --from"),
        ]
    })
}
