//! Our events as cucumber's own, for a writer of that crate; the one file that
//! names the crate's runtime.
//!
//! Scenarios run on our runner, since the crate's is single-threaded and knows
//! no limits. Where its step-by-step view is wanted (`--format cucumber`), our
//! events are translated here, after the fact and on the sink's thread.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, OnceLock, mpsc},
    thread::JoinHandle,
};

use cucumber::{
    Event, World, Writer as _, WriterExt as _,
    event::{Cucumber, Retries, RetryableScenario, Scenario, Source, StepError},
    gherkin::{self, LineCol, Span, StepType},
    writer::{self, Coloring, Normalize, Summarize, basic},
};
use futures::FutureExt as _;

use crate::evidence::{self, PlannedScenario, Problem, RunPlanned, Sink, SinkError};

/// Shows a run through cucumber's `Basic` writer: every step on a line.
///
/// The crate's events cannot leave the thread that made them, so the writer has
/// one of its own, which our events are sent to.
#[derive(Debug)]
pub struct CucumberView {
    /// Why the output takes no more.
    full: Arc<OnceLock<String>>,
    tell: Option<mpsc::Sender<evidence::Event>>,
    thread: Option<JoinHandle<()>>,
}

impl CucumberView {
    /// A view that writes to `out`.
    pub fn new(out: impl io::Write + Send + 'static, color: bool) -> Self {
        let (tell, told) = mpsc::channel();
        let full = Arc::new(OnceLock::new());
        let out = Patient { out, full: Arc::clone(&full) };
        let thread = std::thread::spawn(move || {
            let mut view = View::new(out, color);
            for event in told {
                view.event(&event);
            }
        });
        Self { full, tell: Some(tell), thread: Some(thread) }
    }
}

/// The crate's writer panics where its output fails; this one takes all, and
/// keeps the first error.
#[derive(Debug)]
struct Patient<Out> {
    out: Out,
    full: Arc<OnceLock<String>>,
}

impl<Out: io::Write> io::Write for Patient<Out> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Err(error) = self.out.write_all(bytes) {
            let _ = self.full.set(error.to_string());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if let Err(error) = self.out.flush() {
            let _ = self.full.set(error.to_string());
        }
        Ok(())
    }
}

impl Sink for CucumberView {
    fn event(&mut self, event: &evidence::Event) -> Result<(), SinkError> {
        let gone = || SinkError("cucumber's writer ended early".to_owned());
        let tell = self.tell.as_ref().ok_or_else(gone)?;
        tell.send(event.clone()).map_err(|_| gone())?;
        if let evidence::Event::RunFinished(_) = event {
            self.tell = None;
            if let Some(thread) = self.thread.take() {
                thread.join().map_err(|_| gone())?;
            }
        }
        match self.full.get() {
            Some(reason) => Err(SinkError(format!("cannot write to the terminal: {reason}"))),
            None => Ok(()),
        }
    }
}

/// The writer and what it is told about.
#[derive(Debug)]
struct View<Out: io::Write> {
    writer: Summarize<Normalize<NoWorld, writer::Basic<Out>>>,
    cli: basic::Cli,
    features: Vec<FeatureView>,
    scenarios: Vec<ScenarioView>,
}

/// The crate's events carry a world where a step failed; ours carry evidence.
#[derive(Debug)]
struct NoWorld;

impl World for NoWorld {
    type Error = std::convert::Infallible;

    async fn new() -> Result<Self, Self::Error> {
        Ok(Self)
    }
}

#[derive(Debug)]
struct FeatureView {
    source: Source<gherkin::Feature>,
    started: bool,
    /// Scenarios without a verdict; the feature ends with the last.
    left: usize,
}

#[derive(Debug)]
struct ScenarioView {
    source: Source<gherkin::Scenario>,
    steps: Vec<Source<gherkin::Step>>,
    feature: usize,
    retries: usize,
    state: State,
}

/// How far a scenario was told. The crate's writer panics where events come in
/// another order, as a recorded run that was edited may tell them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waiting,
    /// In this attempt.
    Running(u32),
    Done,
}

impl<Out: io::Write> View<Out> {
    fn new(out: Out, color: bool) -> Self {
        let coloring = if color { Coloring::Always } else { Coloring::Never };
        let cli = basic::Cli { verbose: 0, color: coloring };
        let writer = writer::Basic::new(out, coloring, 0).summarized();
        Self { writer, cli, features: Vec::new(), scenarios: Vec::new() }
    }

    fn tell(&mut self, event: Cucumber<NoWorld>) {
        // The writer never waits: it prints, or holds the event back.
        let told = self.writer.handle_event(Ok(Event::new(event)), &self.cli).now_or_never();
        debug_assert!(told.is_some(), "the writer waits for nothing");
    }

    fn planned(&mut self, planned: &RunPlanned) {
        let mut index: HashMap<&str, usize> = HashMap::new();
        for scenario in &planned.scenarios {
            let feature = *index.entry(&scenario.file).or_insert_with(|| {
                self.features.push(FeatureView {
                    source: Source::new(feature_of(scenario)),
                    started: false,
                    left: 0,
                });
                self.features.len() - 1
            });
            self.features[feature].left += 1;
            let gherkin = scenario_of(scenario);
            self.scenarios.push(ScenarioView {
                steps: gherkin.steps.iter().cloned().map(Source::new).collect(),
                source: Source::new(gherkin),
                feature,
                retries: retries(scenario),
                state: State::Waiting,
            });
        }
        self.tell(Cucumber::Started);
        self.tell(Cucumber::ParsingFinished {
            features: self.features.len(),
            rules: 0,
            scenarios: self.scenarios.len(),
            steps: self.scenarios.iter().map(|s| s.steps.len()).sum(),
            parser_errors: 0,
        });
    }

    fn scenario(&mut self, index: u32, attempt: u32, event: Scenario<NoWorld>) {
        let Some(view) = self.scenarios.get(index as usize) else { return };
        let current = attempt.saturating_sub(1) as usize;
        let retries = (view.retries > 0)
            .then(|| Retries { current, left: view.retries.saturating_sub(current) });
        let (feature, source) = (view.feature, view.source.clone());
        let feature_source = self.features[feature].source.clone();
        if !std::mem::replace(&mut self.features[feature].started, true) {
            self.tell(Cucumber::feature_started(feature_source.clone()));
        }
        let event = RetryableScenario { event, retries };
        self.tell(Cucumber::scenario(feature_source, None::<Source<gherkin::Rule>>, source, event));
    }

    /// Begins an attempt, where none is under way.
    fn started(&mut self, index: u32, attempt: u32) {
        let waiting = |view: &&mut ScenarioView| view.state == State::Waiting;
        if let Some(view) = self.scenarios.get_mut(index as usize).filter(waiting) {
            view.state = State::Running(attempt);
            self.scenario(index, attempt, Scenario::Started);
        }
    }

    fn step(&mut self, finished: &evidence::StepFinished) {
        let index = finished.scenario;
        let Some(view) = self.scenarios.get(index as usize) else { return };
        let State::Running(attempt) = view.state else { return };
        let Some(step) = view.steps.get(finished.step as usize).cloned() else { return };
        self.scenario(index, attempt, Scenario::step_started(step.clone()));
        let ended = match &finished.problem {
            None => Scenario::step_passed(step, no_captures(), None),
            Some(problem) => Scenario::step_failed(step, None, None, None, error(problem)),
        };
        self.scenario(index, attempt, ended);
    }

    fn finished(&mut self, finished: &evidence::ScenarioFinished) {
        let index = finished.scenario;
        self.started(index, finished.attempt.max(1));
        let Some(view) = self.scenarios.get_mut(index as usize) else { return };
        let State::Running(attempt) = view.state else { return };
        view.state = if finished.will_retry { State::Waiting } else { State::Done };
        let first = view.steps.first().filter(|_| finished.attempt == 0).cloned();
        if let Some(step) = first {
            self.scenario(index, attempt, Scenario::step_started(step.clone()));
            self.scenario(index, attempt, Scenario::step_skipped(step));
        }
        self.scenario(index, attempt, Scenario::Finished);
        if finished.will_retry {
            return;
        }
        let Some(view) = self.scenarios.get(index as usize) else { return };
        let feature = &mut self.features[view.feature];
        let last = feature.left == 1;
        feature.left = feature.left.saturating_sub(1);
        if last {
            let source = feature.source.clone();
            self.tell(Cucumber::feature_finished(source));
        }
    }
}

impl<Out: io::Write> View<Out> {
    fn event(&mut self, event: &evidence::Event) {
        use evidence::Event as E;
        match event {
            E::RunPlanned(planned) if self.scenarios.is_empty() => self.planned(planned),
            E::ScenarioStarted(started) => self.started(started.scenario, started.attempt),
            E::StepFinished(finished) => self.step(finished),
            E::ScenarioFinished(finished) => self.finished(finished),
            E::RunFinished(_) => self.tell(Cucumber::Finished),
            E::RunPlanned(_) | E::Warning(_) | E::Unknown => {}
        }
    }
}

fn feature_of(scenario: &PlannedScenario) -> gherkin::Feature {
    gherkin::Feature {
        keyword: "Feature".to_owned(),
        name: harmless(&scenario.feature),
        description: None,
        background: None,
        scenarios: Vec::new(),
        rules: Vec::new(),
        tags: Vec::new(),
        span: Span { start: 0, end: 0 },
        position: LineCol { line: 1, col: 1 },
        path: Some(scenario.file.as_ref().into()),
    }
}

fn scenario_of(scenario: &PlannedScenario) -> gherkin::Scenario {
    gherkin::Scenario {
        keyword: "Scenario".to_owned(),
        name: harmless(&scenario.title()),
        description: None,
        steps: scenario
            .steps
            .iter()
            .map(|step| gherkin::Step {
                keyword: format!("{} ", step.keyword),
                ty: StepType::Given,
                value: harmless(&step.text),
                docstring: None,
                table: None,
                span: Span { start: 0, end: 0 },
                position: LineCol { line: step.line as usize, col: 1 },
            })
            .collect(),
        examples: Vec::new(),
        tags: scenario.tags.iter().map(|t| t.trim_start_matches('@').to_owned()).collect(),
        span: Span { start: 0, end: 0 },
        position: LineCol { line: scenario.line as usize, col: 1 },
    }
}

fn retries(scenario: &PlannedScenario) -> usize {
    scenario.tags.iter().find_map(|tag| super::tags::retries_of(tag)).unwrap_or(0) as usize
}

fn error(problem: &Problem) -> StepError {
    let judgement = problem.cause.judgement().dotted();
    let diagnostic = &problem.diagnostic;
    let mut text = format!("{judgement}: {}", diagnostic.title);
    if let (Some(expected), Some(actual)) = (&diagnostic.expected, &diagnostic.actual) {
        text = format!("{text}\nexpected: {expected}\n  actual: {actual}");
    }
    StepError::Panic(Arc::new(harmless(&text)))
}

/// A text that moves no cursor: what a partner or a file says goes to a terminal here.
fn harmless(text: &str) -> String {
    let moves = |c: char| {
        // Overrides of the reading direction turn what follows around.
        c.is_control() && c != '\n'
            || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if moves(c) { '\u{fffd}' } else { c }).collect()
}

fn no_captures() -> regex::CaptureLocations {
    static EMPTY: std::sync::LazyLock<regex::Regex> =
        std::sync::LazyLock::new(|| regex::Regex::new("").expect("an empty expression"));
    EMPTY.capture_locations()
}
