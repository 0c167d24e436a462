//! The fold from events to counts.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::evidence::{
    Attempt, DriftClass, Event, Exchange, Judgement, NoAnswer, Outcome, Phases, RunFinished,
    RunPlanned, ScenarioFinished, StepFinished, TABLE, Totals, Verdict, metrics::DURATION_BUCKETS,
};
use crate::report::tally::cause_without_verdict;

/// What was counted of one run.
pub(super) struct Counts {
    pub(super) plan: Option<Arc<RunPlanned>>,
    pub(super) end: Option<RunFinished>,
    pub(super) totals: Totals,
    pub(super) partner_requests: u64,
    pub(super) integrations: BTreeMap<String, Integration>,
    /// Every judgement that is known: first those of the law, in its order.
    pub(super) judgements: Vec<Judgement>,
    decided: Vec<bool>,
    /// Starts of the exchanges that were told of a scenario under way.
    told: HashMap<u32, Vec<f64>>,
    /// Whether single durations are kept, for exact percentiles.
    exact: bool,
}

/// What was counted of an integration.
#[derive(Default)]
pub(super) struct Integration {
    /// Scenarios by judgement, in the order of [`Counts::judgements`].
    pub(super) scenarios: Vec<u64>,
    pub(super) flaky: u64,
    /// Start of the first scenario and end of the last, in milliseconds.
    pub(super) span_ms: Option<(f64, f64)>,
    /// Start and duration of the last name resolution, in milliseconds.
    pub(super) dns: Option<(f64, f64)>,
    pub(super) operations: BTreeMap<String, Operation>,
    /// Nominal durations in milliseconds, where they are kept.
    pub(super) durations: Vec<f32>,
}

/// What was counted of an operation.
#[derive(Default)]
pub(super) struct Operation {
    pub(super) calls: u64,
    pub(super) retries: u64,
    pub(super) throttled: u64,
    pub(super) backoff_ms: f64,
    pub(super) limit_wait_ms: f64,
    /// Breaking, additive, tolerated.
    pub(super) findings: [u64; 3],
    /// Attempts by outcome.
    pub(super) ended: BTreeMap<&'static str, Durations>,
    /// What went wrong, by kind.
    pub(super) errors: BTreeMap<&'static str, u64>,
    pub(super) last: Option<Last>,
}

/// The last attempt.
pub(super) struct Last {
    at_ms: f64,
    /// 0 without an answer.
    pub(super) status: u16,
    pub(super) phases: Phases,
}

/// How long attempts took.
#[derive(Clone, Copy, Default)]
pub(super) struct Durations {
    /// How many fell between the bound before and this one; the last: above all.
    pub(super) buckets: [u64; DURATION_BUCKETS.len() + 1],
    /// Sum in milliseconds.
    pub(super) sum_ms: f64,
}

impl Durations {
    fn observe(&mut self, ms: f64) {
        let above = DURATION_BUCKETS.partition_point(|bound| *bound < ms / 1e3);
        self.buckets[above] += 1;
        self.sum_ms += ms;
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (bucket, more) in self.buckets.iter_mut().zip(other.buckets) {
            *bucket += more;
        }
        self.sum_ms += other.sum_ms;
    }

    pub(super) fn count(&self) -> u64 {
        self.buckets.iter().sum()
    }
}

/// The outcome of attempts that never left.
pub(super) const NOT_SENT: &str = "not_sent";

impl Operation {
    /// Durations of all attempts that were sent.
    pub(super) fn sent(&self) -> Durations {
        let mut all = Durations::default();
        let sent = self.ended.iter().filter(|(outcome, _)| **outcome != NOT_SENT);
        sent.for_each(|(_, durations)| all.add(durations));
        all
    }

    fn add(&mut self, exchange: &Exchange) {
        self.calls += 1;
        for attempt in &exchange.attempts {
            if attempt.number > 1 {
                self.retries += 1;
                self.backoff_ms += attempt.waited_ms.max(0.0);
            } else {
                self.limit_wait_ms += attempt.waited_ms.max(0.0);
            }
            self.throttled += u64::from(attempt.throttled);
            self.ended.entry(outcome(attempt)).or_default().observe(attempt.nominal_ms.max(0.0));
            if let Some(kind) = error(attempt) {
                *self.errors.entry(kind).or_default() += 1;
            }
        }
        // Scenarios run side by side: the last is the one that began last.
        if let Some(last) = exchange.attempts.last()
            && self.last.as_ref().is_none_or(|known| known.at_ms <= last.at_ms)
        {
            let status = match &last.outcome {
                Outcome::Answer(response) => response.status,
                Outcome::NoAnswer(_) => 0,
            };
            self.last = Some(Last { at_ms: last.at_ms, status, phases: last.phases });
        }
    }
}

/// How an attempt ended, in few words.
fn outcome(attempt: &Attempt) -> &'static str {
    match &attempt.outcome {
        Outcome::Answer(response) => match response.status / 100 {
            1 => "1xx",
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            5 => "5xx",
            _ => "other",
        },
        Outcome::NoAnswer(NoAnswer::NotSent { .. }) => NOT_SENT,
        Outcome::NoAnswer(reason) => reason.word(),
    }
}

/// What went wrong on the way or at the partner, if something did. A refusal
/// (4xx) is an answer: whether it is right, scenarios say.
fn error(attempt: &Attempt) -> Option<&'static str> {
    match outcome(attempt) {
        _ if attempt.throttled => Some("throttled"),
        NOT_SENT | "1xx" | "2xx" | "3xx" | "4xx" | "other" => None,
        kind => Some(kind),
    }
}

impl Counts {
    /// Nothing yet; `exact` keeps each duration, four bytes an attempt.
    pub(super) fn new(exact: bool) -> Self {
        let mut judgements = vec![Judgement::PASSED];
        for rule in TABLE {
            if !judgements.contains(&rule.judgement) {
                judgements.push(rule.judgement);
            }
        }
        Self {
            plan: None,
            end: None,
            totals: Totals::default(),
            partner_requests: 0,
            integrations: BTreeMap::new(),
            judgements,
            decided: Vec::new(),
            told: HashMap::new(),
            exact,
        }
    }

    /// Takes one event. Those about scenarios that were not planned, or that are
    /// decided already, are passed over, and so is all before a plan.
    pub(super) fn fold(&mut self, event: &Event) {
        match event {
            Event::RunPlanned(plan) if self.plan.is_none() => self.planned(plan),
            Event::StepFinished(step) if self.is_open(step.scenario) => self.step(step),
            Event::ScenarioFinished(finished) if self.is_open(finished.scenario) => {
                self.finished(finished);
            }
            Event::RunFinished(end) => self.close(end),
            _ => {}
        }
    }

    fn planned(&mut self, plan: &Arc<RunPlanned>) {
        self.decided = vec![false; plan.scenarios.len()];
        self.totals.planned = plan.scenarios.len() as u32;
        for info in &plan.integrations {
            self.integrations.insert(info.id.clone(), Integration::default());
        }
        self.plan = Some(Arc::clone(plan));
    }

    fn is_open(&self, scenario: u32) -> bool {
        self.decided.get(scenario as usize) == Some(&false)
    }

    fn step(&mut self, step: &StepFinished) {
        let told = self.told.entry(step.scenario).or_default();
        for exchange in &step.exchanges {
            // A step that fails tells an exchange again, in full, as evidence.
            let began_ms = exchange.attempts.first().map_or(0.0, |first| first.at_ms);
            if told.iter().any(|known| known.total_cmp(&began_ms).is_eq()) {
                continue;
            }
            told.push(began_ms);
            let integration = entry(&mut self.integrations, &exchange.integration);
            integration.wire(exchange, self.exact);
            entry(&mut integration.operations, &exchange.operation).add(exchange);
        }
        // A step makes one call; what it finds is about that.
        if let Some(exchange) = step.exchanges.first().filter(|_| !step.findings.is_empty()) {
            let integration = entry(&mut self.integrations, &exchange.integration);
            let operation = entry(&mut integration.operations, &exchange.operation);
            for finding in &step.findings {
                operation.findings[match finding.class {
                    DriftClass::Breaking => 0,
                    DriftClass::Additive => 1,
                    DriftClass::Tolerated => 2,
                }] += 1;
            }
        }
    }

    fn finished(&mut self, finished: &ScenarioFinished) {
        self.told.remove(&finished.scenario);
        self.partner_requests += u64::from(finished.partner_requests);
        let span_ms = (finished.at_ms - finished.took_ms, finished.at_ms);
        let span_ms = Some(span_ms).filter(|_| finished.attempt > 0);
        if finished.will_retry {
            self.each_of(finished.scenario, |integration| integration.ran(span_ms));
            return;
        }
        self.totals.count(finished);
        let flaky = finished.judgement.verdict == Verdict::Passed && finished.attempt > 1;
        self.decide(finished.scenario, finished.judgement, |integration| {
            integration.flaky += u64::from(flaky);
            integration.ran(span_ms);
        });
    }

    fn decide(
        &mut self,
        scenario: u32,
        judgement: Judgement,
        mut also: impl FnMut(&mut Integration),
    ) {
        self.decided[scenario as usize] = true;
        let known = self.judgements.iter().position(|known| *known == judgement);
        let index = known.unwrap_or_else(|| {
            self.judgements.push(judgement);
            self.judgements.len() - 1
        });
        let all = self.judgements.len();
        self.each_of(scenario, |integration| {
            integration.scenarios.resize(all, 0);
            integration.scenarios[index] += 1;
            also(integration);
        });
    }

    /// Does this for each integration of a scenario.
    fn each_of(&mut self, scenario: u32, mut also: impl FnMut(&mut Integration)) {
        let Some(plan) = &self.plan else { return };
        for id in plan.scenarios[scenario as usize].integrations.iter() {
            also(entry(&mut self.integrations, id));
        }
    }

    /// The end of the run; what has no verdict gets the one that it has in all reports.
    fn close(&mut self, end: &RunFinished) {
        let Some(plan) = self.plan.clone() else { return };
        for (index, planned) in (0..).zip(&plan.scenarios) {
            if self.is_open(index) {
                let judgement = cause_without_verdict(planned).judgement();
                match judgement.verdict {
                    Verdict::Skipped => self.totals.skipped += 1,
                    _ => self.totals.errored += 1,
                }
                self.decide(index, judgement, |_| {});
            }
        }
        self.end = Some(end.clone());
    }
}

impl Integration {
    /// Notes what an exchange says of the way to the partner.
    fn wire(&mut self, exchange: &Exchange, exact: bool) {
        for attempt in &exchange.attempts {
            if let Some(ms) = attempt.phases.dns
                && self.dns.is_none_or(|(at_ms, _)| at_ms <= attempt.at_ms)
            {
                self.dns = Some((attempt.at_ms, ms));
            }
            if exact && outcome(attempt) != NOT_SENT {
                self.durations.push(attempt.nominal_ms.max(0.0) as f32);
            }
        }
    }

    /// Notes that a scenario ran in this time.
    fn ran(&mut self, span_ms: Option<(f64, f64)>) {
        if let Some((start, end)) = span_ms {
            let (first, last) = self.span_ms.unwrap_or((start, end));
            self.span_ms = Some((first.min(start), last.max(end)));
        }
    }

    /// How many scenarios were judged so.
    pub(super) fn count(&self, judgement: usize) -> u64 {
        self.scenarios.get(judgement).copied().unwrap_or(0)
    }
}

/// The entry of this name, which is copied only when it is new.
fn entry<'m, V: Default>(map: &'m mut BTreeMap<String, V>, name: &str) -> &'m mut V {
    if !map.contains_key(name) {
        map.insert(name.to_owned(), V::default());
    }
    map.get_mut(name).expect("it was put in just now, where it was missing")
}
