//! Runs a plan on all cores and tells the story.

use std::{
    panic::AssertUnwindSafe,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use futures::FutureExt as _;
use tokio::sync::mpsc;

use super::{
    control::{Reason, Stop},
    order::order,
    overrides::Conduct,
    plan::Plan,
    presence::PresenceReport,
    queue::Queue,
    scenario::Scenario,
};
use crate::{
    evidence::{
        Cause, Diagnostic, Event, Judgement, Problem, RunFinished, RunPlanned, SafetyClass,
        ScenarioFinished, ScenarioStarted, Sink, StepFinished, Totals, Verdict, exit,
    },
    steps::{Counted, Setting, StepReport, World},
    transport::{Clock, Control, Ledger, MAX_BODY, Starvation, Transport, TransportSettings},
};

/// Events of a scenario are sent together, unless it takes longer than this.
const TELL_EVERY: Duration = Duration::from_millis(50);

/// Runs the plan to its end, or until it is stopped, telling every event to
/// the sink in order. Gives what the last event says, what its answers held, and the sink back.
pub async fn execute<S: Sink + 'static>(
    plan: Plan,
    mut sink: S,
    stop: Stop,
) -> (RunFinished, PresenceReport, S) {
    let clock = Clock::start();
    let setting = Arc::new(setting(&plan, clock));
    let Plan { info, scenarios, request, mut conduct, warnings, .. } = plan;
    let info = Arc::new(info);
    // Told before anything is sent: a run that is killed at its first request
    // must leave behind what it meant to do.
    let mut first = std::iter::once(Event::RunPlanned(Arc::clone(&info)))
        .chain(warnings.into_iter().map(Event::Warning));
    let broken = first.any(|event| sink.event(&event).is_err());
    let order = order(info.settings.order, request.seed, &info.scenarios, request.first.as_ref());
    let (tell, heard) = mpsc::channel(256);
    let listener = std::thread::spawn(move || listen(heard, sink, broken));

    let planned = scenarios.len();
    let Conduct { most, limits_of, .. } = &mut conduct;
    let (most, limits_of) = (std::mem::take(most), std::mem::take(limits_of));
    let queue = Queue::new(order, scenarios, most, limits_of);
    let run = Arc::new(Run {
        queue,
        info,
        setting,
        conduct,
        timeout: request.scenario_timeout,
        fail_fast: request.fail_fast,
        stop: stop.clone(),
        tell,
    });
    let workers = (request.concurrency.max(1) as usize).min(planned);
    let tasks: Vec<_> = (0..workers).map(|_| tokio::spawn(Arc::clone(&run).work())).collect();
    let mut totals = Totals { planned: planned as u32, ..Totals::default() };
    for task in tasks {
        if let Ok(part) = task.await {
            totals.add(&part);
        }
    }
    run.the_rest(&mut totals).await;
    let (signal, exit_code) = match stop.reason() {
        Some(Reason::Signal(name, code)) => (Some(name.to_owned()), code),
        _ => (None, exit::of_totals(&totals, &run.info.settings.policy())),
    };
    let finished = RunFinished { took_ms: clock.ms(), totals, exit_code, signal };
    send(&run.tell, vec![Event::RunFinished(finished.clone())]).await;
    let presence = PresenceReport::new(&run.info, &run.setting.counted);
    drop(run);
    // The listener ends with the last sender.
    match tokio::task::spawn_blocking(move || listener.join()).await {
        Ok(Ok(sink)) => (finished, presence, sink),
        Ok(Err(panic)) => std::panic::resume_unwind(panic),
        Err(cancelled) => std::panic::resume_unwind(cancelled.into_panic()),
    }
}

/// What is the same for all scenarios of a run.
pub(super) fn setting(plan: &Plan, clock: Clock) -> Setting {
    let class = plan.request.environment.class;
    let settings = TransportSettings {
        clock,
        pace: plan.pace,
        class,
        environment: plan.request.environment.name.clone(),
        allow_writes: plan.request.allow_writes,
        secrets: plan.secrets.clone(),
        seed: plan.request.seed,
        max_body: MAX_BODY,
    };
    Setting {
        transport: Arc::new(Transport::new(settings, Arc::new(Ledger::default()))),
        pace: plan.pace,
        clock,
        control: match class {
            SafetyClass::Mock => Control::alive(),
            SafetyClass::Test | SafetyClass::Live => Control::new(plan.control_targets.clone()),
        },
        starvation: Starvation::watch(),
        class,
        redactor: plan.redactor.clone(),
        counted: Counted::default(),
        run_id: plan.info.run_id.clone(),
    }
}

/// Hands every event to the sink, in order, on a thread of its own.
fn listen<S: Sink>(mut heard: mpsc::Receiver<Vec<Event>>, mut sink: S, mut broken: bool) -> S {
    while let Some(events) = heard.blocking_recv() {
        for event in &events {
            if !broken {
                broken = sink.event(event).is_err();
            }
        }
    }
    sink
}

async fn send(tell: &mpsc::Sender<Vec<Event>>, events: Vec<Event>) {
    // The listener outlives every sender; were it gone, there is nobody to tell.
    let _ = tell.send(events).await;
}

/// What the workers share.
struct Run {
    /// What was not started yet. Whoever takes a scenario frees it at its end.
    queue: Queue<Scenario>,
    info: Arc<RunPlanned>,
    setting: Arc<Setting>,
    conduct: Conduct,
    timeout: Duration,
    fail_fast: bool,
    stop: Stop,
    tell: mpsc::Sender<Vec<Event>>,
}

impl Run {
    /// Takes scenarios until none is left or the run is stopped.
    async fn work(self: Arc<Self>) -> Totals {
        let mut totals = Totals::default();
        while self.stop.reason().is_none() {
            let stopped = || self.stop.reason().is_some();
            let Some((next, scenario)) = self.queue.take(stopped).await else { break };
            let finished = self.scenario(next as usize, &scenario).await;
            totals.count(&finished);
            if self.fail_fast && self.info.settings.fail_on.counts(&finished) {
                self.stop.fail_fast();
            }
            self.queue.ended(next);
        }
        totals
    }

    /// Tells of the scenarios that were never started.
    async fn the_rest(&self, totals: &mut Totals) {
        for (index, scenario) in self.queue.rest() {
            let index = index as usize;
            let (cause, reason) = match (&self.info.scenarios[index].skip, self.stop.reason()) {
                // It would not have run anyway, and nobody need wonder.
                (Some(reason), _) => (Cause::NotRunnable, reason.clone()),
                (None, Some(Reason::Signal(name, _))) => {
                    (Cause::NoVerdict, format!("ended by {name}"))
                }
                (None, _) => (
                    Cause::Interrupted,
                    "an earlier scenario did not pass (--fail-fast)".to_owned(),
                ),
            };
            let finished = self.not_run(index, &scenario, cause, &reason);
            totals.count(&finished);
            send(&self.tell, vec![Event::ScenarioFinished(Box::new(finished))]).await;
        }
    }

    fn not_run(
        &self,
        index: usize,
        scenario: &Scenario,
        cause: Cause,
        reason: &str,
    ) -> ScenarioFinished {
        let place = scenario.place(&self.info.scenarios[index], None);
        let diagnostic = Diagnostic::error(format!("not run: {reason}")).at(place, "");
        ScenarioFinished {
            scenario: index as u32,
            attempt: 0,
            judgement: cause.judgement(),
            will_retry: false,
            at_ms: self.setting.clock.ms(),
            took_ms: 0.0,
            nominal_ms: 0.0,
            partner_requests: 0,
            step: None,
            problem: Some(Problem { cause, diagnostic }),
        }
    }

    /// Runs one scenario with its further attempts; gives the last one's end.
    async fn scenario(&self, index: usize, scenario: &Scenario) -> ScenarioFinished {
        if let Some(reason) = &self.info.scenarios[index].skip {
            let finished = self.not_run(index, scenario, Cause::NotRunnable, reason);
            send(&self.tell, vec![Event::ScenarioFinished(Box::new(finished.clone()))]).await;
            return finished;
        }
        let retries = self.conduct.own(index).retries.unwrap_or(scenario.retries);
        let mut attempt = 1;
        loop {
            let log = Mutex::new(Log { events: Vec::new(), told: Instant::now() });
            let story = Story { run: self, index, scenario, attempt, log };
            let (mut finished, signalled) = self.attempt(&story).await;
            let more = attempt <= retries;
            finished.will_retry =
                more && finished.judgement.verdict != Verdict::Passed && !signalled;
            story.log().events.push(Event::ScenarioFinished(Box::new(finished.clone())));
            story.tell().await;
            if !finished.will_retry {
                return finished;
            }
            attempt += 1;
        }
    }

    /// One attempt, within its limit, stopped by a signal, its panics caught.
    async fn attempt(&self, story: &Story<'_>) -> (ScenarioFinished, bool) {
        let (index, attempt) = (story.index, story.attempt);
        let started = Instant::now();
        let own = self.conduct.own(index);
        let timeout = own.timeout.unwrap_or(self.timeout);
        let mut world = World::new(Arc::clone(&self.setting), index as u32, attempt);
        if own.read_only {
            world.only_reads();
        }
        story.log().events.push(Event::ScenarioStarted(ScenarioStarted {
            scenario: index as u32,
            attempt,
            at_ms: self.setting.clock.ms(),
        }));
        let (ended, signalled) = self.within(timeout, &mut world, story).await;
        let took_ms = started.elapsed().as_secs_f64() * 1e3;
        let (step, problem) = match ended {
            Some((step, problem)) => (step, Some(problem)),
            None => (None, None),
        };
        let finished = ScenarioFinished {
            scenario: index as u32,
            attempt,
            judgement: problem.as_ref().map_or(Judgement::PASSED, |p| p.cause.judgement()),
            will_retry: false,
            at_ms: self.setting.clock.ms(),
            took_ms,
            nominal_ms: took_ms + world.saved_ms(),
            partner_requests: world.partner_requests(),
            step,
            problem,
        };
        (finished, signalled)
    }

    /// The steps of an attempt, for so long; and whether a signal ended them.
    async fn within(
        &self,
        timeout: Duration,
        world: &mut World,
        story: &Story<'_>,
    ) -> (Option<(Option<u32>, Problem)>, bool) {
        let (index, scenario) = (story.index, story.scenario);
        let started = Instant::now();
        let mut steps = pin!(AssertUnwindSafe(self.steps(world, story)).catch_unwind());
        // Who watches shall know what is waited for, so a slow one is told of early.
        let mut late = pin!(tokio::time::sleep(TELL_EVERY.min(timeout)));
        let mut early = true;
        loop {
            let (cause, title) = tokio::select! {
                biased;
                ended = &mut steps => match ended {
                    Ok(ended) => return (ended, false),
                    Err(_) => (
                        Cause::NoVerdict,
                        "probe panicked in this scenario; please report it".to_owned(),
                    ),
                },
                () = &mut late => {
                    if std::mem::take(&mut early) {
                        story.tell().await;
                        late.as_mut().reset((started + timeout).into());
                        continue;
                    }
                    let seconds = timeout.as_secs_f64();
                    let title = format!("the scenario did not end within {seconds} s");
                    (Cause::ScenarioTimedOut, title)
                }
                () = self.stop.signalled() => {
                    let title = "the run was stopped by a signal";
                    return (Some(self.harness(index, scenario, Cause::NoVerdict, title)), true);
                }
            };
            return (Some(self.harness(index, scenario, cause, &title)), false);
        }
    }

    /// The steps in order, up to the first that does not pass.
    async fn steps(&self, world: &mut World, story: &Story<'_>) -> Option<(Option<u32>, Problem)> {
        let (index, scenario) = (story.index, story.scenario);
        if let Err(diagnostic) = world.start_stand_ins(scenario.partners.iter()).await {
            let place = scenario.place(&self.info.scenarios[index], None);
            let problem = Problem { cause: Cause::NoVerdict, diagnostic: diagnostic.at(place, "") };
            return Some((None, problem));
        }
        world.foresee_tokens(&scenario.steps);
        for (step, compiled) in scenario.steps.iter().enumerate() {
            let started = Instant::now();
            let report = world.step(step, compiled).await;
            let problem = story.step(step, started, report).await;
            if let Some(problem) = problem {
                return Some((Some(step as u32), problem));
            }
        }
        let (step, report) = world.finish().await?;
        let problem = match step {
            Some(step) => story.step(step, Instant::now(), report).await,
            None => report.problem.map(|p| self.placed(index, scenario, None, p)),
        };
        problem.map(|problem| (step.map(|step| step as u32), problem))
    }

    fn harness(
        &self,
        index: usize,
        scenario: &Scenario,
        cause: Cause,
        title: &str,
    ) -> (Option<u32>, Problem) {
        let problem = Problem { cause, diagnostic: Diagnostic::error(title) };
        (None, self.placed(index, scenario, None, problem))
    }

    /// Puts the sentence's place before the others.
    fn placed(
        &self,
        index: usize,
        scenario: &Scenario,
        step: Option<usize>,
        mut problem: Problem,
    ) -> Problem {
        let place = scenario.place(&self.info.scenarios[index], step);
        let mark = crate::evidence::Mark { place, label: String::new() };
        problem.diagnostic.marks.insert(0, mark);
        problem
    }
}

/// The events of one attempt, on their way out.
struct Story<'r> {
    run: &'r Run,
    index: usize,
    scenario: &'r Scenario,
    attempt: u32,
    log: Mutex<Log>,
}

/// What was not told yet, and when something was.
struct Log {
    events: Vec<Event>,
    told: Instant,
}

impl Story<'_> {
    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a step's end; gives its problem with the place in the feature file.
    async fn step(&self, step: usize, started: Instant, report: StepReport) -> Option<Problem> {
        let problem = report.problem;
        let problem = problem.map(|p| self.run.placed(self.index, self.scenario, Some(step), p));
        let verdict = problem.as_ref().map_or(Verdict::Passed, |p| p.cause.judgement().verdict);
        let finished = Event::StepFinished(Box::new(StepFinished {
            scenario: self.index as u32,
            attempt: self.attempt,
            step: step as u32,
            verdict,
            took_ms: started.elapsed().as_secs_f64() * 1e3,
            exchanges: report.exchanges,
            findings: report.findings,
            problem: problem.clone(),
        }));
        let late = {
            let mut log = self.log();
            log.events.push(finished);
            log.told.elapsed() > TELL_EVERY
        };
        if late {
            self.tell().await;
        }
        problem
    }

    async fn tell(&self) {
        // A place first: were the wait for it dropped with the attempt, the
        // events would be lost if they had been taken already.
        if let Ok(place) = self.run.tell.reserve().await {
            place.send(std::mem::take(&mut self.log().events));
        }
        self.log().told = Instant::now();
    }
}
