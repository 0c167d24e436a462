//! What one scenario knows while it runs.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use super::{
    cause::{self, Suspect},
    counted::Counted,
    credential::Token,
    expect,
    made::Made,
    sentence::{Action, Compiled, Expectation, Remembered, Subject},
    template::Names,
};
use crate::{
    catalog::Maintenance,
    evidence::{Cause, Diagnostic, DriftClass, Exchange, Finding, Problem, Redactor, SafetyClass},
    mock::Running,
    transport::{Clock, Control, Credentials, Pace, Starvation, Transport},
};

/// What is the same for all scenarios of a run.
#[derive(Debug)]
pub(crate) struct Setting {
    /// Makes exchanges.
    pub(crate) transport: Arc<Transport>,
    /// Owns all waiting.
    pub(crate) pace: Pace,
    /// Counts from the run's start.
    pub(crate) clock: Clock,
    /// Is our own network alive?
    pub(crate) control: Control,
    /// Were we scheduled late?
    pub(crate) starvation: Starvation,
    /// What may be done.
    pub(crate) class: SafetyClass,
    /// Masks what is written down.
    pub(crate) redactor: Redactor,
    /// What came in answers.
    pub(crate) counted: Counted,
    /// Unique to the run; part of idempotency keys.
    pub(crate) run_id: String,
}

/// What a step leaves behind.
#[derive(Debug, Default)]
pub(crate) struct StepReport {
    /// What was said in it, ready to be written down.
    pub(crate) exchanges: Vec<Exchange>,
    /// What was found in its exchanges.
    pub(crate) findings: Vec<Finding>,
    /// Why it did not pass; the sentence's place is not in it yet.
    pub(crate) problem: Option<Problem>,
}

/// What one scenario attempt knows.
#[derive(Debug)]
pub(crate) struct World {
    pub(super) setting: Arc<Setting>,
    pub(super) transport: Arc<Transport>,
    pub(super) stand_ins: BTreeMap<String, Running>,
    pub(super) credentials: Credentials,
    pub(super) names: Names,
    pub(super) calls: Vec<Made>,
    /// Begin of its idempotency keys.
    pub(super) key: String,
    /// Requests sent to real partners.
    pub(super) partner_requests: u32,
    /// Whether a sentence has made a stand-in drift.
    drifts: bool,
    /// The token that signs calls.
    pub(super) token: Option<Token>,
    /// Where answers hold a value that a later sentence takes for a token.
    pub(super) tokens_to_come: Vec<Remembered>,
    /// What masks, once credentials came up in this scenario; else the run's redactor does.
    pub(super) learned: Option<Arc<Redactor>>,
}

impl World {
    /// A world that has seen nothing. `scenario` and `attempt` make its
    /// idempotency keys unique within the run.
    pub(crate) fn new(setting: Arc<Setting>, scenario: u32, attempt: u32) -> Self {
        let transport = match setting.class {
            // Each scenario has stand-ins of its own, which end with it.
            SafetyClass::Mock => Arc::new(setting.transport.isolated()),
            SafetyClass::Test | SafetyClass::Live => Arc::clone(&setting.transport),
        };
        Self {
            key: format!("probe-{}-{scenario}-{attempt}", setting.run_id),
            setting,
            transport,
            stand_ins: BTreeMap::new(),
            credentials: Credentials::Ours,
            names: Names::new(),
            calls: Vec::new(),
            partner_requests: 0,
            drifts: false,
            token: None,
            tokens_to_come: Vec::new(),
            learned: None,
        }
    }

    /// From here on it refuses in class `live` all but reads.
    pub(crate) fn only_reads(&mut self) {
        self.transport = Arc::new(self.transport.only_reads());
    }

    /// Requests sent to real partners so far.
    pub(crate) fn partner_requests(&self) -> u32 {
        self.partner_requests
    }

    /// Nominal duration of all calls so far minus their measured one, in
    /// milliseconds: what the scaling of waits saved.
    pub(crate) fn saved_ms(&self) -> f64 {
        let saved = |exchange: &Exchange| {
            let first = Duration::from_secs_f64(exchange.first_wait_ms() / 1e3);
            let before = first.saturating_sub(self.setting.pace.real(first));
            exchange.nominal_ms() - exchange.measured_ms() + before.as_secs_f64() * 1e3
        };
        self.calls.iter().map(|made| saved(&made.exchange)).sum()
    }

    /// The run's wall clock, in seconds since 1970.
    pub(super) fn epoch_seconds(&self) -> f64 {
        self.setting.clock.wall_now().unix_timestamp_nanos() as f64 / 1e9
    }

    /// Takes one step.
    pub(crate) async fn step(&mut self, step: usize, compiled: &Compiled) -> StepReport {
        match compiled {
            Compiled::Action(action) => self.act(step, action).await,
            Compiled::Expectation(expectation) => self.expect(expectation).await,
        }
    }

    /// Judges at the end what no sentence has expected: breaking drift, error
    /// statuses, silence, and faults that never fired. Gives the step to blame.
    pub(crate) async fn finish(&mut self) -> Option<(Option<usize>, StepReport)> {
        for index in 0..self.calls.len() {
            let made = &self.calls[index];
            let (suspect, mut diagnostic) =
                if let Some(reason) = made.exchange.no_answer().filter(|_| !made.silence_claimed) {
                    let diagnostic =
                        Diagnostic::error(format!("{} got no answer", made.operation.name()))
                            .expected("an answer")
                            .actual(reason.describe());
                    (cause::of_answer(made), diagnostic)
                } else if let Some(finding) = made.unclaimed(DriftClass::Breaking) {
                    let diagnostic = finding.diagnostic();
                    let diagnostic = match made.all_unclaimed(DriftClass::Breaking).count() {
                    1 => diagnostic,
                    all => diagnostic.note(format!(
                        "the first of {all} breaking findings in this answer; the events have all"
                    )),
                };
                    (cause::of_drift(made, finding), diagnostic)
                } else if let Some(status) = made.unclaimed_error() {
                    let what = match status {
                        0..400 => "throttled".to_owned(),
                        _ => format!("answered with {status}"),
                    };
                    let diagnostic = Diagnostic::error(format!(
                        "{} was {what}, and no sentence expects that",
                        made.operation.name()
                    ))
                    .expected("a success, or a sentence such as `the answer is ...`")
                    .actual(made.describe_answer());
                    (cause::of_answer(made), diagnostic)
                } else {
                    continue;
                };
            diagnostic.severity = crate::evidence::Severity::Error;
            let step = made.step;
            return Some((Some(step), self.problem(suspect, diagnostic, Some(index)).await));
        }
        let idle: Vec<String> = self.stand_ins.values().flat_map(Running::never_fired).collect();
        if idle.is_empty() {
            return None;
        }
        let diagnostic = Diagnostic::error("a fault was armed and never fired")
            .expected("a call that the fault hits")
            .actual(idle.join("; "))
            .help("call the operation that the fault is for, or drop the sentence that arms it");
        let suspect = Suspect::Known(Cause::FaultNeverFired);
        Some((None, self.problem(suspect, diagnostic, None).await))
    }

    async fn act(&mut self, step: usize, action: &Action) -> StepReport {
        match action {
            Action::Credentials(credentials) => self.credentials = *credentials,
            Action::Token { name } => {
                if let Err(diagnostic) = self.take_token(name) {
                    let last = self.calls.len().checked_sub(1);
                    let suspect = Suspect::Known(Cause::PartnerExpectation);
                    return self.problem(suspect, diagnostic, last).await;
                }
                self.credentials = Credentials::Ours;
            }
            Action::Arm { integration, fault } => {
                let Some(running) = self.stand_ins.get(integration) else {
                    return self.no_stand_in(integration).await;
                };
                running.arm(fault.clone());
                if let Some(token) = self.token.as_mut().filter(|_| action.expires_tokens()) {
                    token.expired = true;
                }
                self.drifts |= fault.kind.breaks_the_contract();
            }
            Action::Room { operation, calls } => {
                let integration = &operation.partner.integration.id;
                let Some(running) = self.stand_ins.get(integration) else {
                    return self.no_stand_in(integration).await;
                };
                if let Err(why) = running.leave_room(operation.name(), *calls) {
                    let suspect = Suspect::Known(Cause::NotAllowed);
                    return self.problem(suspect, Diagnostic::error(why), None).await;
                }
            }
            Action::Call(spec) => return self.call(step, spec).await,
            Action::Repeat { name, changes } => {
                return self.repeat(step, name.clone(), changes).await;
            }
            Action::Remember { what, name } => return self.remember(what, name).await,
        }
        StepReport::default()
    }

    /// Starts the stand-ins of these partners, with fresh state.
    pub(crate) async fn start_stand_ins<'p>(
        &mut self,
        partners: impl Iterator<Item = &'p Arc<super::Partner>>,
    ) -> Result<(), Diagnostic> {
        for partner in partners {
            let Some(stand_in) = &partner.stand_in else { continue };
            let id = &partner.integration.id;
            let inserted = self.transport.inserted().clone();
            let running = stand_in.start(inserted).await.map_err(|error| {
                Diagnostic::error(format!("the stand-in of {id} does not start"))
                    .expected("a free loopback port")
                    .actual(error.to_string())
                    .help("lower --concurrency, or raise the limit of open files (ulimit -n)")
            })?;
            running.keep_time(self.transport.passed().clone());
            self.stand_ins.insert(id.clone(), running);
        }
        Ok(())
    }

    async fn no_stand_in(&self, integration: &str) -> StepReport {
        let diagnostic =
            Diagnostic::error(format!("{integration} is not played by a stand-in here"))
                .help("tag the scenario @only:mock");
        self.problem(Suspect::Known(Cause::NotAllowed), diagnostic, None).await
    }

    async fn expect(&mut self, expectation: &Expectation) -> StepReport {
        let mut answer = expect::ask(self, expectation);
        if let Some(within) = expectation.timing.within {
            let mut left = within;
            while answer.is_err() && !left.is_zero() {
                left = self.nap(left).await;
                answer = expect::ask(self, expectation);
            }
        }
        if let Some(stays) = expectation.timing.stays {
            let mut left = stays;
            while answer.is_ok() && !left.is_zero() {
                left = self.nap(left).await;
                answer = expect::ask(self, expectation);
            }
        }
        match answer {
            Ok(claims) => {
                self.claim(&claims);
                StepReport::default()
            }
            Err(miss) => self.problem(miss.suspect, *miss.diagnostic, miss.call).await,
        }
    }

    /// Waits before an expectation is asked again; gives what is left of the time.
    async fn nap(&self, left: Duration) -> Duration {
        let pace = self.setting.pace;
        let nap = expect::ASK_AGAIN.min(left);
        // What the sleep took beyond its length has passed as well.
        let late = pace.sleep(nap).await.saturating_sub(pace.real(nap));
        left.saturating_sub(nap + late)
    }

    /// Notes what a sentence has expected, so that the end does not complain of it.
    fn claim(&mut self, claims: &expect::Claims) {
        let Some(made) = claims.call.and_then(|index| self.calls.get_mut(index)) else { return };
        made.status_claimed |= claims.status;
        made.silence_claimed |= claims.silence;
        for (finding, claimed) in &mut made.findings {
            *claimed |= (claims.finding)(finding);
        }
    }

    /// The call that an expectation is about.
    pub(super) fn call_of(&self, subject: &Subject) -> Option<(usize, &Made)> {
        let index = match subject {
            Subject::Last => self.calls.len().checked_sub(1)?,
            Subject::Named(name) => {
                self.calls.iter().rposition(|made| made.name.as_deref() == Some(name))?
            }
        };
        Some((index, &self.calls[index]))
    }

    /// The announced maintenance in which a call was made, where that explains its failure.
    fn announced(&self, call: usize, cause: Cause) -> Option<&Maintenance> {
        let made = self.calls.get(call).filter(|_| cause::is_absence(cause))?;
        let at = self.setting.clock.wall_at(made.exchange.last().at_ms);
        made.operation.partner.integration.maintenance.iter().find(|window| window.holds(at))
    }

    /// A report of a step that did not pass, with the exchange it is about in full.
    pub(super) async fn problem(
        &self,
        suspect: Suspect,
        mut diagnostic: Diagnostic,
        call: Option<usize>,
    ) -> StepReport {
        let cause = match suspect {
            Suspect::Known(cause) => cause,
            Suspect::Wire(reason) => cause::of_wire(&reason, self.setting.control.state().await),
        };
        let cause = match call.and_then(|index| self.announced(index, cause)) {
            Some(maintenance) => {
                diagnostic.notes.push(format!(
                    "the partner announced to be away from {} to {}: {}",
                    maintenance.from, maintenance.to, maintenance.what
                ));
                Cause::Maintenance
            }
            None => cause,
        };
        let exchanges = call
            .and_then(|index| self.calls.get(index))
            .map(|made| self.redactor().record(&made.exchange, true))
            .into_iter()
            .collect();
        if cause == Cause::ContractBroken && self.setting.class == SafetyClass::Mock && !self.drifts
        {
            // Nobody made the stand-in drift: no partner has said this.
            diagnostic.notes.push("the answer came from our own stand-in".to_owned());
            diagnostic.help = vec!["contract and mock file disagree: mend one of them".to_owned()];
        }
        if diagnostic.help.is_empty() {
            diagnostic.help.push(cause.advice().to_owned());
        }
        self.redactor().diagnostic(&mut diagnostic);
        StepReport { exchanges, findings: Vec::new(), problem: Some(Problem { cause, diagnostic }) }
    }
}
