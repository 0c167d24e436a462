//! The fold that every report shares: from events to one [`Outcome`] for each
//! scenario, and to [`Totals`].

use std::collections::HashMap;
use std::sync::Arc;

use super::plain::clip;
use crate::evidence::{
    Body, Cause, Content, Diagnostic, DriftClass, Event, Exchange, Judgement, Outcome as Answered,
    Place, PlannedScenario, Problem, RunPlanned, SafetyClass, ScenarioFinished, StepFinished,
    Totals, Verdict, exit,
};

/// How many exchanges of an attempt are kept: the last ones.
const CALLS: usize = 20;

/// How many different findings of an attempt are kept.
const FINDINGS: usize = 50;

/// How much of a body is kept, in lines and characters.
const BODY: (usize, usize) = (60, 2_000);

/// What became of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Index in [`RunPlanned::scenarios`].
    pub scenario: u32,
    /// The attempt that counts: the last one.
    pub last: Try,
    /// Attempts before it, none of which passed.
    pub earlier: Vec<Try>,
}

impl Outcome {
    /// Whether it passed on a later attempt.
    pub fn is_flaky(&self) -> bool {
        self.last.judgement.verdict == Verdict::Passed && self.last.attempt > 1
    }

    /// Start of the first attempt, in milliseconds since the run began.
    pub fn started_ms(&self) -> f64 {
        self.earlier.first().unwrap_or(&self.last).started_ms
    }

    /// Measured duration of all attempts, in milliseconds.
    pub fn took_ms(&self) -> f64 {
        self.last.took_ms + self.earlier.iter().map(|t| t.took_ms).sum::<f64>()
    }
}

/// An attempt at a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Try {
    /// Counted from 1; 0 when the scenario was never started.
    pub attempt: u32,
    /// Verdict, blame and party.
    pub judgement: Judgement,
    /// Start in milliseconds since the run began.
    pub started_ms: f64,
    /// Measured duration in milliseconds.
    pub took_ms: f64,
    /// Unscaled duration in milliseconds.
    pub nominal_ms: f64,
    /// Why it did not pass.
    pub problem: Option<Problem>,
    /// Its last exchanges; empty when it passed.
    pub calls: Vec<Call>,
    /// What was found in its exchanges, each difference once.
    pub findings: Vec<Seen>,
}

/// An exchange in short.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Start of its first attempt, in milliseconds since the run began.
    pub at_ms: f64,
    /// Method and URL as sent.
    pub request: String,
    /// The request's body, where the run kept it.
    pub sent: Option<String>,
    /// How it ended.
    pub answer: Answer,
    /// The answer's body, where the run kept it.
    pub received: Option<String>,
    /// How often it was sent.
    pub attempts: u32,
    /// Unscaled duration over all attempts and waits, in milliseconds.
    pub nominal_ms: f64,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// With this status.
    Status(u16),
    /// Without an answer, for this reason.
    None(String),
}

/// A finding in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Same for the same difference over runs.
    pub fingerprint: String,
    /// How it weighs.
    pub class: DriftClass,
    /// What was found, in one line.
    pub message: String,
}

/// Folds the events of one run. It holds the plan, what is under way, and a
/// byte for each scenario; outcomes are handed out and forgotten.
#[derive(Default)]
pub struct Tally {
    plan: Option<Arc<RunPlanned>>,
    decided: Vec<bool>,
    open: HashMap<u32, Open>,
    totals: Totals,
    /// Whether something that was to run has no verdict.
    lost: bool,
}

/// A scenario under way.
#[derive(Default)]
struct Open {
    started_ms: Option<f64>,
    calls: Vec<Call>,
    findings: Vec<Seen>,
    earlier: Vec<Try>,
}

impl Tally {
    /// A tally of nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one event; gives what became of a scenario when this event decided it.
    ///
    /// Events about scenarios that were not planned, or that are decided
    /// already, are passed over.
    pub fn fold(&mut self, event: &Event) -> Option<Outcome> {
        match event {
            // A file has one run; a second plan in it is passed over.
            Event::RunPlanned(plan) if self.plan.is_none() => {
                self.totals.planned = plan.scenarios.len() as u32;
                self.decided = vec![false; plan.scenarios.len()];
                self.plan = Some(Arc::clone(plan));
                None
            }
            Event::ScenarioStarted(started) => {
                if self.is_open(started.scenario) {
                    let open = self.open.entry(started.scenario).or_default();
                    open.started_ms = Some(started.at_ms);
                    open.calls.clear();
                    open.findings.clear();
                }
                None
            }
            Event::StepFinished(step) => {
                if self.is_open(step.scenario) {
                    self.open.entry(step.scenario).or_default().add(step);
                }
                None
            }
            Event::ScenarioFinished(finished) => self.finished(finished),
            Event::RunPlanned(_) | Event::Warning(_) | Event::RunFinished(_) | Event::Unknown => {
                None
            }
        }
    }

    /// Whether an exchange was told already, as a step's that did not pass is:
    /// once as it happened, and once whole, as evidence. Ask before it is folded.
    pub fn knows(&self, scenario: u32, exchange: &Exchange) -> bool {
        let open = self.open.get(&scenario);
        open.is_some_and(|open| open.calls.iter().any(|call| call.is(exchange)))
    }

    /// The plan, once it was told.
    pub fn plan(&self) -> Option<&Arc<RunPlanned>> {
        self.plan.as_ref()
    }

    /// What was planned of an outcome's scenario.
    pub fn planned(&self, outcome: &Outcome) -> Option<&PlannedScenario> {
        self.plan.as_ref()?.scenarios.get(outcome.scenario as usize)
    }

    /// Scenarios by verdict, as far as they are decided.
    pub fn totals(&self) -> Totals {
        self.totals
    }

    /// The exit code of the verdicts so far.
    pub fn exit_code(&self) -> u8 {
        let policy = self.plan.as_ref().map(|plan| plan.settings.policy());
        match exit::of_totals(&self.totals, &policy.unwrap_or_default()) {
            // A run that was cut is green under no policy.
            exit::PASSED if self.lost => exit::ERRORED,
            code => code,
        }
    }

    /// Ends the story: whatever was planned and has no verdict is errored, or
    /// skipped where the plan says that it was not to run.
    pub fn close(&mut self) -> Vec<Outcome> {
        let Some(plan) = self.plan.clone() else { return Vec::new() };
        let missing = (0..).zip(&plan.scenarios).filter(|(i, _)| self.is_open(*i));
        let missing: Vec<_> = missing
            .map(|(i, planned)| {
                let open = self.open.get(&i);
                let real = plan.environment.class != SafetyClass::Mock;
                let sent = open.filter(|_| real).map_or(0, |open| open.calls.len() as u32);
                ScenarioFinished { partner_requests: sent, ..no_verdict(i, planned) }
            })
            .collect();
        self.lost |= missing.iter().any(|end| end.judgement.verdict == Verdict::Errored);
        missing.iter().filter_map(|finished| self.finished(finished)).collect()
    }

    fn is_open(&self, scenario: u32) -> bool {
        self.decided.get(scenario as usize) == Some(&false)
    }

    fn finished(&mut self, finished: &ScenarioFinished) -> Option<Outcome> {
        if !self.is_open(finished.scenario) {
            return None;
        }
        let mut open = self.open.remove(&finished.scenario).unwrap_or_default();
        let passed = finished.judgement.verdict == Verdict::Passed;
        let last = Try {
            attempt: finished.attempt,
            judgement: finished.judgement,
            started_ms: open
                .started_ms
                .unwrap_or_else(|| (finished.at_ms - finished.took_ms).max(0.0)),
            took_ms: finished.took_ms,
            nominal_ms: finished.nominal_ms,
            problem: finished.problem.clone(),
            calls: if passed { Vec::new() } else { std::mem::take(&mut open.calls) },
            findings: std::mem::take(&mut open.findings),
        };
        if finished.will_retry {
            open.calls.clear();
            open.earlier.push(last);
            self.open.insert(finished.scenario, open);
            return None;
        }
        self.decided[finished.scenario as usize] = true;
        self.totals.count(finished);
        Some(Outcome { scenario: finished.scenario, last, earlier: open.earlier })
    }
}

impl Open {
    fn add(&mut self, step: &StepFinished) {
        for exchange in &step.exchanges {
            // The fuller record takes the place of the first.
            self.calls.retain(|call| !call.is(exchange));
            if self.calls.len() == CALLS {
                self.calls.remove(0);
            }
            self.calls.push(Call::of(exchange));
        }
        for finding in &step.findings {
            let known = self.findings.iter().any(|seen| seen.fingerprint == finding.fingerprint);
            if !known && self.findings.len() < FINDINGS {
                self.findings.push(Seen {
                    fingerprint: finding.fingerprint.clone(),
                    class: finding.class,
                    message: finding.message.clone(),
                });
            }
        }
    }
}

/// When an exchange began.
fn began(exchange: &Exchange) -> f64 {
    exchange.attempts.first().map_or(0.0, |first| first.at_ms)
}

impl Call {
    /// Whether this is the exchange, told before.
    fn is(&self, exchange: &Exchange) -> bool {
        let request = &exchange.request;
        self.at_ms.total_cmp(&began(exchange)).is_eq()
            && self.request.split_once(' ') == Some((&request.method, &request.url))
    }

    fn of(exchange: &Exchange) -> Self {
        let (answer, received) = match exchange.attempts.last().map(|last| &last.outcome) {
            Some(Answered::Answer(r)) => (Answer::Status(r.status), kept(&r.body)),
            Some(Answered::NoAnswer(reason)) => (Answer::None(reason.describe()), None),
            None => (Answer::None("no attempt was made".to_owned()), None),
        };
        let request = &exchange.request;
        Self {
            at_ms: began(exchange),
            request: [request.method.as_str(), request.url.as_str()].join(" "),
            sent: kept(&request.body),
            answer,
            received,
            attempts: exchange.attempts.len() as u32,
            nominal_ms: exchange.nominal_ms(),
        }
    }
}

/// The text of a body as far as the run kept it, and no more than reports show.
fn kept(body: &Body) -> Option<String> {
    match &body.content {
        Content::Text { text, cut } => {
            let mut text = clip(text, BODY.0, BODY.1).into_owned();
            if *cut {
                text.push_str(" (cut when it was recorded)");
            }
            Some(text)
        }
        Content::Binary { hex, .. } => {
            let head: String = hex.chars().take(64).collect();
            Some(format!("{} bytes, not text, beginning {head}", body.size))
        }
        Content::Whole(_) | Content::Dropped => None,
    }
}

/// Why a scenario that never ended has no verdict of its own.
pub(super) fn cause_without_verdict(planned: &PlannedScenario) -> Cause {
    if planned.skip.is_some() { Cause::NotRunnable } else { Cause::NoVerdict }
}

/// The end of a scenario that never ended.
fn no_verdict(scenario: u32, planned: &PlannedScenario) -> ScenarioFinished {
    let cause = cause_without_verdict(planned);
    let diagnostic = match &planned.skip {
        Some(reason) => Diagnostic::warning(reason.clone()),
        None => Diagnostic::error("the run ended before this scenario had a verdict")
            .help("run it again; if that happens without a kill, report it as a bug of probe"),
    };
    let place = Place {
        file: planned.file.to_string(),
        line: planned.line,
        column: 1,
        length: 1,
        text: String::new(),
    };
    ScenarioFinished {
        scenario,
        attempt: 0,
        judgement: cause.judgement(),
        will_retry: false,
        at_ms: 0.0,
        took_ms: 0.0,
        nominal_ms: 0.0,
        partner_requests: 0,
        step: None,
        problem: Some(Problem { cause, diagnostic: diagnostic.at(place, "") }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn fold(events: &[Event]) -> (Vec<Outcome>, Tally) {
        let mut tally = Tally::new();
        let outcomes = events.iter().filter_map(|event| tally.fold(event)).collect();
        (outcomes, tally)
    }

    #[test]
    fn the_totals_are_those_of_the_run() {
        let events = sample::events();
        let (outcomes, mut tally) = fold(&events);
        assert_eq!(outcomes.len(), 12);
        assert!(tally.close().is_empty());
        let Some(Event::RunFinished(end)) = events.last() else { panic!("no end") };
        assert_eq!(tally.totals(), end.totals);
        assert_eq!(tally.exit_code(), end.exit_code);
        assert_eq!(tally.totals().flaky, 1);
        assert_eq!(tally.totals().touched, 11);
    }

    #[test]
    fn the_last_attempt_counts_and_those_before_are_kept() {
        let (outcomes, _) = fold(&sample::events());
        let flaky = outcomes.iter().find(|o| o.scenario == 5).expect("it was decided");
        assert!(flaky.is_flaky());
        assert_eq!(flaky.earlier.len(), 1);
        assert_eq!(flaky.earlier[0].judgement.dotted(), "failed.server_error.partner");
        assert_eq!(flaky.earlier[0].calls[0].received.as_deref(), Some("<html>Bad Gateway</html>"));
        assert!((flaky.took_ms() - 24.0).abs() < f64::EPSILON);
        assert!(flaky.started_ms() < flaky.last.started_ms);
        assert!(flaky.last.calls.is_empty(), "what passed leaves nothing behind");
    }

    #[test]
    fn what_was_planned_and_has_no_verdict_is_errored() {
        let (_, mut tally) = fold(&sample::events()[..3]);
        let missing = tally.close();
        assert_eq!(missing.len(), 12);
        let last = &missing[0].last;
        assert_eq!(last.judgement.dotted(), "errored.harness.probe");
        assert_eq!(last.problem.as_ref().map(|p| p.cause), Some(Cause::NoVerdict));
        assert_eq!(last.calls.len(), 1, "what it had said so far is kept");
        assert_eq!(missing[4].last.judgement.verdict, Verdict::Skipped, "as planned");
        let totals = tally.totals();
        assert_eq!((totals.errored, totals.skipped, totals.touched), (11, 1, 1));
        assert_eq!(tally.exit_code(), exit::ERRORED);
        assert!(tally.close().is_empty());
    }

    #[test]
    fn events_that_make_no_sense_are_passed_over() {
        let events = sample::events();
        let (outcomes, _) = fold(&events[1..]);
        assert!(outcomes.is_empty(), "nothing was planned");
        let mut twice = events[..events.len() - 1].to_vec();
        twice.extend_from_slice(&events);
        for event in &mut twice {
            if let Event::ScenarioStarted(started) = event
                && started.scenario == 11
            {
                started.scenario = u32::MAX;
            }
        }
        let (outcomes, tally) = fold(&twice);
        assert_eq!(outcomes.len(), 12);
        assert!(tally.open.is_empty());
    }
}
