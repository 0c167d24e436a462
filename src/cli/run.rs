//! `probe run`.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{
    exit::config,
    meant::{self, Meant},
    options::{Format, Run},
    output::{Style, complain},
};
use crate::{
    evidence::{Diagnostic, Sink, exit},
    report::{EventWriter, Fanout, Json, Junit, Look, Progress, Terminal},
    run::{self, CucumberView, Stop},
};

/// Plans, runs and reports.
pub(super) fn run(typed: &Run) -> u8 {
    let style = Style::of(typed.common.color);
    let meant = match meant::run(typed) {
        Ok(meant) => meant,
        Err(problems) => return config(&problems, style),
    };
    let Meant { workspace, catalog, request, reports, junit } = meant;
    let plan = match run::plan(&workspace, &catalog, request) {
        Ok(plan) => plan,
        Err(problems) => return config(&problems, style),
    };
    if plan.info.scenarios.is_empty() {
        let nothing = Diagnostic::warning("no scenario is selected")
            .help("`probe run` alone runs all; tags, integration, name and path narrow it");
        complain(&[nothing], style);
        return exit::NOTHING_RAN;
    }
    let folder = reports.join(&plan.info.run_id);
    let sinks = match sinks(&folder, junit.as_deref(), typed.format, style) {
        Ok(sinks) => sinks,
        Err(problem) => return config(&[*problem], style),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let problem = Diagnostic::error("the run cannot start").actual(error.to_string());
            complain(&[problem], style);
            return exit::ERRORED;
        }
    };
    let (finished, sinks) = runtime.block_on(async {
        let stop = Stop::default();
        // Listened to from here on: a signal at the first request ends the run in order.
        if let Ok(signals) = Signals::listen() {
            tokio::spawn(signals.obey(stop.clone()));
        }
        run::execute(plan, sinks, stop).await
    });
    // A green run whose report is lost must not look green to a CI server.
    match finished.exit_code {
        exit::PASSED if !sinks.lost().is_empty() => exit::CONFIG,
        code => code,
    }
}

/// Everything that listens to a run: its folder with events and JUnit, a fixed
/// JUnit file, and stdout.
fn sinks(
    folder: &Path,
    junit: Option<&Path>,
    format: Format,
    style: Style,
) -> Result<Fanout, Box<Diagnostic>> {
    let events = EventWriter::new(create(&folder.join("events.jsonl"))?);
    let mut reports = vec![folder.join("events.jsonl"), folder.join("junit.xml")];
    let mut sinks: Vec<Box<dyn Sink>> =
        vec![Box::new(events), Box::new(Junit::new(create(&folder.join("junit.xml"))?))];
    if let Some(path) = junit {
        sinks.push(Box::new(Junit::new(create(path)?)));
        reports.push(path.to_owned());
    }
    sinks.extend(stdout(format, style, &reports));
    Ok(Fanout::new(sinks))
}

/// The views of one format: JSON and cucumber's take stdout, and progress
/// stays on stderr.
pub(super) fn stdout(format: Format, style: Style, reports: &[PathBuf]) -> Vec<Box<dyn Sink>> {
    let look = Look {
        color_out: style.out,
        color_err: style.err,
        progress: if style.live { Progress::Live } else { Progress::Plain },
        redact: false,
        reports: reports.iter().map(|path| shown(path)).collect(),
    };
    let out: Box<dyn Write + Send> = match format {
        Format::Human => Box::new(io::stdout()),
        Format::Json | Format::Cucumber => Box::new(io::sink()),
    };
    let mut sinks: Vec<Box<dyn Sink>> =
        vec![Box::new(Terminal::new(out, Box::new(io::stderr()), look))];
    match format {
        Format::Human => {}
        Format::Json => sinks.push(Box::new(Json::new(io::stdout()))),
        Format::Cucumber => sinks.push(Box::new(CucumberView::new(io::stdout(), style.out))),
    }
    sinks
}

/// A path as a person in this folder would type it.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).display().to_string()
}

/// Creates a report file with the folders above it.
pub(super) fn create(path: &Path) -> Result<BufWriter<File>, Box<Diagnostic>> {
    let refuse = |error: io::Error| {
        Box::new(
            Diagnostic::error("a report cannot be written")
                .expected("a folder that we may write to")
                .actual(format!("{}: {error}", path.display()))
                .help("choose another place with --reports DIR or --junit FILE"),
        )
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(refuse)?;
    }
    File::create(path).map(BufWriter::new).map_err(refuse)
}

/// SIGINT and SIGTERM, as they come.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// From now on the two no longer end the process by themselves.
    fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Ends the run in order at the first, and at once at the second.
    async fn obey(mut self, stop: Stop) {
        for attempt in 0.. {
            let (name, code) = tokio::select! {
                _ = self.interrupt.recv() => ("SIGINT", exit::INTERRUPTED),
                _ = self.terminate.recv() => ("SIGTERM", exit::TERMINATED),
            };
            if attempt > 0 {
                super::exit::now(code);
            }
            stop.signal(name, code);
        }
    }
}
