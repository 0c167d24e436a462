//! `probe run`.

use std::{
    fs::{self, File},
    io::{self, BufWriter, ErrorKind, Write},
    path::{Path, PathBuf},
};

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{
    exit::config,
    listing::list,
    meant::{self, Meant},
    options::{Format, Run},
    output::{ErrOut, Out, Style, complain},
};
use crate::{
    catalog::Workspace,
    evidence::{Diagnostic, Sink, exit, metrics::MetricSet},
    report::{EventWriter, Fanout, Json, Junit, Look, Metrics, Terminal},
    run::{self, CucumberView, Filter, Plan, PresenceReport, Stop},
};

/// Plans, runs and reports.
pub(super) fn run(typed: &Run) -> u8 {
    let style = Style::of(typed.common.color);
    let meant = match meant::run(typed) {
        Ok(meant) => meant,
        Err(problems) => return config(&problems, style),
    };
    if meant.list {
        return list(meant, typed.format, style);
    }
    let Meant { workspace, catalog, request, reports, fixed, .. } = meant;
    let filter = request.filter.clone();
    let mut plan = match run::plan(&workspace, &catalog, request) {
        Ok(plan) => plan,
        Err(problems) => return config(&problems, style),
    };
    if plan.info.scenarios.is_empty() && !plan.info.settings.policy().nothing_is_fine {
        complain(plan.warnings(), style);
        complain(&[nothing(&workspace, &filter)], style);
        return exit::NOTHING_RAN;
    }
    let sinks = match sinks(&mut plan, &reports, &fixed, typed.format, style) {
        Ok(sinks) => sinks,
        Err(problem) => return config(&[*problem], style),
    };
    let counts = reports.join(&plan.info.run_id).join("presence.json");
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let problem = Diagnostic::error("the run cannot start").actual(error.to_string());
            complain(&[problem], style);
            return exit::ERRORED;
        }
    };
    let (finished, presence, sinks) = runtime.block_on(async {
        let stop = Stop::default();
        // Caught from here on, before anything is sent.
        if let Some(signals) = Signals::catch() {
            tokio::spawn(signals.stop(stop.clone()));
        }
        run::execute(plan, sinks, stop).await
    });
    // The sink that showed warnings may be the one that was lost, or the last.
    let mut lost = sinks.lost().to_vec();
    lost.extend(leave(&counts, &presence).err().map(|problem| *problem));
    complain(&lost, style);
    // A green run whose report is lost must not look green to a CI server.
    match finished.exit_code {
        exit::PASSED if !lost.is_empty() => exit::CONFIG,
        code => code,
    }
}

/// Writes what the answers held, whole or not at all.
fn leave(path: &Path, presence: &PresenceReport) -> Result<(), Box<Diagnostic>> {
    let mut file = Whole::create(path)?;
    let written = serde_json::to_writer_pretty(&mut file, presence).map_err(io::Error::from);
    written
        .and_then(|()| file.write_all(b"\n"))
        .and_then(|()| file.flush())
        .map_err(|error| refused(path, &error))
}

/// The message for a run of nothing.
pub(super) fn nothing(workspace: &Workspace, filter: &Filter) -> Diagnostic {
    if let Some(last) = filter.failed_in.as_ref().filter(|last| last.is_green()) {
        return Diagnostic::warning("nothing is left to run again")
            .expected(format!("a scenario that did not pass in run {}", last.run_id))
            .actual("all passed")
            .help("`probe run` without --failed runs all of them");
    }
    match filter.describe() {
        Some(selection) => {
            let problem = Diagnostic::warning("no scenario is selected")
                .expected("at least one scenario for this selection")
                .actual(format!("none: {selection}"));
            let hints = run::hints(workspace, filter).into_iter();
            hints
                .fold(problem, Diagnostic::help)
                .help("`probe run` alone runs all; tags, integration, name and path narrow it")
        }
        None => Diagnostic::warning("there is no scenario yet")
            .help("scenarios stand in features/<integration id>/*.feature"),
    }
}

/// Everything that listens to a run: its folder with events, JUnit and metrics,
/// fixed places, and stdout.
fn sinks(
    plan: &mut Plan,
    reports: &Path,
    fixed: &Fixed,
    format: Format,
    style: Style,
) -> Result<Fanout, Box<Diagnostic>> {
    // First what may be refused: a run that never was must leave no folder.
    let (mut elsewhere, mut places) = (Vec::new(), Vec::new());
    fixed.open(&mut elsewhere, &mut places)?;
    let folder = own_folder(plan, reports)?;
    let [events, junit, metrics] =
        ["events.jsonl", "junit.xml", "metrics.prom"].map(|name| folder.join(name));
    let mut sinks: Vec<Box<dyn Sink>> = vec![
        Box::new(EventWriter::new(create(&events)?)),
        Box::new(Junit::new(Whole::create(&junit)?)),
        Box::new(Metrics::new(Whole::create(&metrics)?, &fixed.aliases)),
    ];
    let mut reports = vec![events, junit, metrics];
    sinks.append(&mut elsewhere);
    reports.append(&mut places);
    sinks.extend(stdout(format, style, &reports));
    Ok(Fanout::new(sinks))
}

/// Reports at fixed places, and what stands in them.
pub(super) struct Fixed {
    pub(super) junit: Option<PathBuf>,
    pub(super) metrics: Option<PathBuf>,
    /// Sets of metric names beside our own.
    pub(super) aliases: Vec<MetricSet>,
}

impl Fixed {
    /// Opens them, and notes where they are.
    pub(super) fn open(
        &self,
        sinks: &mut Vec<Box<dyn Sink>>,
        places: &mut Vec<PathBuf>,
    ) -> Result<(), Box<Diagnostic>> {
        if let Some(path) = &self.junit {
            sinks.push(Box::new(Junit::new(create(path)?)));
            places.push(path.clone());
        }
        if let Some(path) = &self.metrics {
            // Whoever collects them reads at any time, also now.
            sinks.push(Box::new(Metrics::new(Whole::create(path)?, &self.aliases)));
            places.push(path.clone());
        }
        Ok(())
    }
}

/// Makes the run's folder. One that is there is another run's, which may have
/// begun in the same second: the run then takes another id.
fn own_folder(plan: &mut Plan, reports: &Path) -> Result<PathBuf, Box<Diagnostic>> {
    fs::create_dir_all(reports).map_err(|error| refused(reports, &error))?;
    loop {
        let folder = reports.join(&plan.info.run_id);
        match fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => plan.another_id(),
            Err(error) => return Err(refused(&folder, &error)),
        }
    }
}

/// The views of one format: JSON and cucumber's take stdout, and progress
/// stays on stderr.
pub(super) fn stdout(format: Format, style: Style, reports: &[PathBuf]) -> Vec<Box<dyn Sink>> {
    let look = Look {
        color_out: style.out,
        color_err: style.err,
        progress: style.progress,
        redact: false,
        reports: reports.iter().map(|path| shown(path)).collect(),
    };
    let out: Box<dyn Write + Send> = match format {
        Format::Human => Box::new(Out(io::stdout())),
        Format::Json | Format::Cucumber => Box::new(io::sink()),
    };
    let mut sinks: Vec<Box<dyn Sink>> =
        vec![Box::new(Terminal::new(out, Box::new(ErrOut(io::stderr())), look))];
    match format {
        Format::Human => {}
        Format::Json => sinks.push(Box::new(Json::new(Out(io::stdout())))),
        Format::Cucumber => sinks.push(Box::new(CucumberView::new(Out(io::stdout()), style.out))),
    }
    sinks
}

/// A path as a person in this folder would type it.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).display().to_string()
}

/// A file that stands under its name only once it is whole: a run that is
/// killed leaves no empty report for a CI server to choke on.
struct Whole {
    file: BufWriter<File>,
    /// Its name until then, and its own; not for pipes and devices, which cannot
    /// be replaced.
    names: Option<(PathBuf, PathBuf)>,
}

impl Whole {
    fn create(path: &Path) -> Result<Self, Box<Diagnostic>> {
        let replaceable = match fs::symlink_metadata(path) {
            Ok(known) => known.is_file(),
            Err(_) => true,
        };
        if !replaceable {
            return Ok(Self { file: create(path)?, names: None });
        }
        let part = path.with_added_extension("part");
        Ok(Self { file: create(&part)?, names: Some((part, path.to_owned())) })
    }
}

impl Write for Whole {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    /// The report is flushed once, at its end.
    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()?;
        match self.names.take() {
            Some((part, path)) => fs::rename(part, path),
            None => Ok(()),
        }
    }
}

impl Drop for Whole {
    /// What never became whole is no report.
    fn drop(&mut self) {
        if let Some((part, _)) = &self.names {
            // It may be gone already; nobody asked for it.
            let _ = fs::remove_file(part);
        }
    }
}

/// Creates a report file with the folders above it.
pub(super) fn create(path: &Path) -> Result<BufWriter<File>, Box<Diagnostic>> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| refused(path, &error))?;
    }
    File::create(path).map(BufWriter::new).map_err(|error| refused(path, &error))
}

/// The message for a place that takes no report.
fn refused(path: &Path, error: &io::Error) -> Box<Diagnostic> {
    let reason = match error.kind() {
        ErrorKind::AlreadyExists | ErrorKind::NotADirectory => {
            "a file stands where a folder is needed".to_owned()
        }
        ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => error.to_string(),
    };
    Box::new(
        Diagnostic::error("a report cannot be written")
            .expected("a file in a folder that we may write to")
            .actual(format!("{}: {reason}", path.display()))
            .help("choose another place with --reports DIR, --junit FILE or --metrics FILE"),
    )
}

/// The signals that end a run.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// `None` where the system hands none out; they then end the process.
    fn catch() -> Option<Self> {
        let interrupt = signal(SignalKind::interrupt()).ok()?;
        let terminate = signal(SignalKind::terminate()).ok()?;
        Some(Self { interrupt, terminate })
    }

    /// Ends the run in order at the first signal, and at once at the second.
    async fn stop(mut self, stop: Stop) {
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
