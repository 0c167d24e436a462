//! `probe report`.

use std::path::PathBuf;

use super::{
    exit::config,
    meant,
    options::Report,
    output::{Style, complain},
    recorded,
    run::{Fixed, stdout},
};
use crate::{
    evidence::{Diagnostic, exit, metrics::MetricSet},
    report::{Fanout, Progress, ReplayError, read_events, replay},
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
        Some(path) => {
            let reports = meant::workspace(&typed.common).ok().map(|w| meant::reports(&w));
            recorded::events_file(path, reports.as_deref())
        }
        None => newest(typed)?,
    };
    let file = recorded::open(&path).map_err(|problem| vec![problem])?;
    let fixed = Fixed {
        junit: typed.junit.clone(),
        metrics: typed.metrics.clone(),
        aliases: aliases(typed),
    };
    let (mut sinks, mut reports) = (Vec::new(), Vec::new());
    fixed.open(&mut sinks, &mut reports).map_err(|d| vec![*d])?;
    // What is told again is past: it has no progress.
    let style = Style { progress: Progress::Silent, ..style };
    sinks.extend(stdout(typed.format, style, &reports));
    let mut sinks = Fanout::new(sinks);
    let replayed = replay(read_events(file), &mut sinks);
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

/// The events of the newest run.
fn newest(typed: &Report) -> Result<PathBuf, Vec<Diagnostic>> {
    let reports = match &typed.reports {
        Some(folder) => folder.clone(),
        None => meant::reports(&meant::workspace(&typed.common)?),
    };
    recorded::newest(&reports).ok_or_else(|| {
        vec![
            Diagnostic::error("there is no recorded run")
                .expected(format!("a run's folder in {}", reports.display()))
                .help("run `probe run` first, or name a folder with --from"),
        ]
    })
}
