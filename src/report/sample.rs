//! One set of events from which all reports are tested: every verdict, retries,
//! outline rows, two integrations, and a partner that means harm.

use std::sync::Arc;

use crate::evidence::{
    Attempt, Body, Cause, Cell, Content, ContractInfo, Diagnostic, Direction, DriftClass,
    EnvironmentInfo, Event, Exchange, Finding, IntegrationInfo, Judgement, MessagePart,
    MessagePlace, NoAnswer, Outcome, Phases, Place, PlannedScenario, PlannedStep, Problem, Request,
    Response, RunFinished, RunPlanned, RunSettings, SCHEMA_VERSION, SafetyClass, ScenarioFinished,
    ScenarioStarted, StepFinished, Totals, Verdict, exit,
};

pub(super) const PAYMENTS: &str = "features/stripe.payments/authorize.feature";
pub(super) const LABELS: &str = "features/carrier-a.labels/labels.feature";
pub(super) const JOURNEY: &str = "features/journeys/order to door.feature";

/// What a partner might say to hurt whoever reads a report.
pub(super) const HOSTILE: &str =
    "\u{1b}[2J\u{1b}]0;owned\u{7}<b>&amp;]]></failure>\0\u{202e}\u{ffff}\r\ndone\tx";

/// A run against a sandbox in which everything happens.
pub(super) fn events() -> Vec<Event> {
    let mut run = Run::new("sandbox", SafetyClass::Test);
    run.passed(0);
    run.contract_broken(1);
    run.credentials_refused(2);
    run.throttled(3);
    run.skipped(4);
    run.flaky(5);
    run.passed(6);
    run.wrong_reason(7);
    run.events.push(Event::Warning(
        Diagnostic::warning("no control target is configured")
            .help("name one under [control] in probe.toml"),
    ));
    run.silent(8);
    run.hostile(9);
    run.additive(10);
    run.passed(11);
    run.finish()
}

/// The same plan against stand-ins, where all passes that can.
pub(super) fn green() -> Vec<Event> {
    let mut run = Run::new("mock", SafetyClass::Mock);
    for scenario in 0..run.plan.scenarios.len() as u32 {
        if scenario == 4 { run.skipped(scenario) } else { run.passed(scenario) }
    }
    run.finish()
}

/// A run of many scenarios, each with one call; each `bad`th fails.
pub(super) fn many(scenarios: u32, bad: u32) -> Vec<Event> {
    let mut run = Run::new("mock", SafetyClass::Mock);
    let mut plan = (*run.plan).clone();
    plan.scenarios = (0..scenarios)
        .map(|i| PlannedScenario {
            id: format!("features/many/{}.feature: Scenario {i}", i / 10),
            file: format!("features/many/{}.feature", i / 10).into(),
            name: format!("Scenario {i}"),
            line: 3 + i % 10 * 6,
            skip: None,
            ..plan.scenarios[0].clone()
        })
        .collect();
    run.set_plan(plan);
    for scenario in 0..scenarios {
        if bad > 0 && scenario % bad == bad - 1 {
            run.contract_broken(scenario);
        } else {
            run.passed(scenario);
        }
    }
    run.finish()
}

struct Run {
    plan: Arc<RunPlanned>,
    events: Vec<Event>,
    totals: Totals,
    now_ms: f64,
}

impl Run {
    fn new(environment: &str, class: SafetyClass) -> Self {
        let plan = Arc::new(plan(environment, class));
        Self { events: Vec::new(), totals: Totals::default(), now_ms: 10.0, plan }
    }

    fn set_plan(&mut self, plan: RunPlanned) {
        self.plan = Arc::new(plan);
    }

    fn finish(mut self) -> Vec<Event> {
        self.totals.planned = self.plan.scenarios.len() as u32;
        let exit_code = exit::of_totals(&self.totals, &exit::Policy::default());
        let end =
            RunFinished { took_ms: self.now_ms, totals: self.totals, exit_code, signal: None };
        self.events.insert(0, Event::RunPlanned(Arc::clone(&self.plan)));
        self.events.push(Event::RunFinished(end));
        self.events
    }

    fn start(&mut self, scenario: u32, attempt: u32) {
        let started = ScenarioStarted { scenario, attempt, at_ms: self.now_ms };
        self.events.push(Event::ScenarioStarted(started));
    }

    fn step(&mut self, scenario: u32, attempt: u32, step: u32, exchanges: Vec<Exchange>) {
        self.found(scenario, attempt, step, exchanges, Vec::new(), None);
    }

    fn found(
        &mut self,
        scenario: u32,
        attempt: u32,
        step: u32,
        exchanges: Vec<Exchange>,
        findings: Vec<Finding>,
        problem: Option<Problem>,
    ) {
        let verdict = problem.as_ref().map_or(Verdict::Passed, |p| p.cause.judgement().verdict);
        self.events.push(Event::StepFinished(Box::new(StepFinished {
            scenario,
            attempt,
            step,
            verdict,
            took_ms: 12.0,
            exchanges,
            findings,
            problem,
        })));
    }

    fn end(&mut self, scenario: u32, attempt: u32, problem: Option<Problem>, will_retry: bool) {
        self.now_ms += 12.0;
        let sent = self.plan.environment.class != SafetyClass::Mock && attempt > 0;
        let finished = ScenarioFinished {
            scenario,
            attempt,
            judgement: problem.as_ref().map_or(Judgement::PASSED, |p| p.cause.judgement()),
            will_retry,
            at_ms: self.now_ms,
            took_ms: if attempt == 0 { 0.0 } else { 12.0 },
            nominal_ms: if attempt == 0 { 0.0 } else { 12.4 },
            partner_requests: u32::from(sent),
            step: problem.as_ref().map(|_| 1),
            problem,
        };
        if !will_retry {
            self.totals.count(&finished);
        }
        self.events.push(Event::ScenarioFinished(Box::new(finished)));
    }

    fn passed(&mut self, scenario: u32) {
        self.start(scenario, 1);
        self.step(scenario, 1, 0, vec![call("POST", "/v1/payment_intents", &[answer(200, "")])]);
        self.step(scenario, 1, 1, Vec::new());
        self.end(scenario, 1, None, false);
    }

    fn contract_broken(&mut self, scenario: u32) {
        self.start(scenario, 1);
        let body = r#"{"id":"pi_123","status":"on_fire"}"#;
        let calls = vec![call("GET", "/v1/payment_intents/pi_123", &[answer(200, body)])];
        let finding = finding(DriftClass::Breaking);
        let mut diagnostic = finding.diagnostic();
        let step = place(PAYMENTS, 14, 5, 32, "    When we call getPaymentIntent with");
        diagnostic
            .marks
            .insert(0, crate::evidence::Mark { place: step, label: "in this call".into() });
        let problem = Some(Problem { cause: Cause::ContractBroken, diagnostic });
        self.found(scenario, 1, 0, calls, vec![finding], problem.clone());
        self.end(scenario, 1, problem, false);
    }

    fn credentials_refused(&mut self, scenario: u32) {
        self.start(scenario, 1);
        let calls = vec![call(
            "POST",
            "/v1/refunds",
            &[answer(401, r#"{"error":{"message":"Invalid API Key"}}"#)],
        )];
        let problem = problem(
            Cause::CredentialsRefused,
            Diagnostic::error("stripe.payments refuses our credentials")
                .at(
                    place(PAYMENTS, 22, 5, 25, "    When we call createRefund with"),
                    "answered 401",
                )
                .expected("200")
                .actual("401")
                .help("env:STRIPE_KEY: has it expired, and is it a key of this environment?"),
        );
        self.found(scenario, 1, 0, calls, Vec::new(), problem.clone());
        self.end(scenario, 1, problem, false);
    }

    fn throttled(&mut self, scenario: u32) {
        self.start(scenario, 1);
        let throttled = answer(429, r#"{"error":{"code":"rate_limit"}}"#);
        let calls = vec![call(
            "POST",
            "/v1/payment_intents",
            &[throttled.clone(), throttled.clone(), throttled],
        )];
        self.found(scenario, 1, 0, calls, Vec::new(), None);
        let problem = problem(
            Cause::ThrottledOverLimit,
            Diagnostic::error("throttled while we were over the recorded limit")
                .at(place(PAYMENTS, 31, 5, 22, "    Then the answer is 200"), "")
                .expected("at most 25 per second")
                .actual("31 in the last second")
                .help("run fewer scenarios at once, or use a credential of its own"),
        );
        self.found(scenario, 1, 1, Vec::new(), Vec::new(), problem.clone());
        self.end(scenario, 1, problem, false);
    }

    fn skipped(&mut self, scenario: u32) {
        let reason = "the partner cannot be made to throttle in class test";
        self.end(scenario, 0, problem(Cause::NotRunnable, Diagnostic::warning(reason)), false);
    }

    fn flaky(&mut self, scenario: u32) {
        self.start(scenario, 1);
        let calls = vec![call("POST", "/v2/labels", &[answer(502, "<html>Bad Gateway</html>")])];
        let problem = problem(
            Cause::ServerError,
            Diagnostic::error("the partner answered 502")
                .at(place(LABELS, 6, 5, 24, "    When we call createLabel with"), "")
                .expected("201")
                .actual("502"),
        );
        self.found(scenario, 1, 0, calls, Vec::new(), problem.clone());
        self.end(scenario, 1, problem, true);
        self.start(scenario, 2);
        self.step(scenario, 2, 0, vec![call("POST", "/v2/labels", &[answer(201, "")])]);
        self.end(scenario, 2, None, false);
    }

    fn wrong_reason(&mut self, scenario: u32) {
        self.start(scenario, 1);
        self.step(scenario, 1, 0, vec![call("POST", "/v1/payment_intents", &[answer(402, "")])]);
        let text = "    And \"$.error.decline_code\" is \"insufficient_funds\"";
        let problem = problem(
            Cause::PartnerExpectation,
            Diagnostic::error("\"$.error.decline_code\" is not \"insufficient_funds\"")
                .at(place(PAYMENTS, 45, 5, 51, text), "this does not hold")
                .expected("\"insufficient_funds\"")
                .actual("\"generic_decline\""),
        );
        self.found(scenario, 1, 1, Vec::new(), Vec::new(), problem.clone());
        self.end(scenario, 1, problem, false);
    }

    fn silent(&mut self, scenario: u32) {
        for attempt in 1..=2 {
            self.start(scenario, attempt);
            let silence = NoAnswer::Timeout { phase: "wait".into(), limit_ms: 10_000 };
            let calls = vec![call("GET", "/v2/labels/L1", &[Outcome::NoAnswer(silence)])];
            let problem = problem(
                Cause::TimeoutUnknown,
                Diagnostic::error("carrier-a.labels does not answer")
                    .at(place(LABELS, 12, 5, 21, "    When we call getLabel with"), "")
                    .expected("an answer within 10 s")
                    .actual("nothing came within 10000 ms (while in phase wait)"),
            );
            self.found(scenario, attempt, 0, calls, Vec::new(), problem.clone());
            self.end(scenario, attempt, problem, attempt < 2);
        }
    }

    fn hostile(&mut self, scenario: u32) {
        self.start(scenario, 1);
        let calls = vec![call("POST", "/v2/labels?q=%5D%5D%3E", &[answer(200, HOSTILE)])];
        let problem = problem(
            Cause::BrokenHttp,
            Diagnostic::error(format!("not JSON: {HOSTILE}"))
                .at(place(JOURNEY, 7, 3, 60, &format!("  When {HOSTILE}")), HOSTILE)
                .expected("a JSON body")
                .actual(HOSTILE)
                .note(HOSTILE)
                .help("look at the recorded body"),
        );
        self.found(scenario, 1, 0, calls, Vec::new(), problem.clone());
        self.end(scenario, 1, problem, false);
    }

    fn additive(&mut self, scenario: u32) {
        self.start(scenario, 1);
        let calls = vec![call("GET", "/v2/labels/L1", &[answer(200, "")])];
        self.found(scenario, 1, 0, calls, vec![finding(DriftClass::Additive)], None);
        self.end(scenario, 1, None, false);
    }
}

fn plan(environment: &str, class: SafetyClass) -> RunPlanned {
    let stripe: &[&str] = &["stripe.payments"];
    let carrier: &[&str] = &["carrier-a.labels"];
    let mut scenarios = vec![
        planned(PAYMENTS, "An authorization can be captured once", 6, stripe),
        planned(PAYMENTS, "A status that we have never seen is noticed", 12, stripe),
        planned(PAYMENTS, "A payment can be refunded", 20, stripe),
        planned(PAYMENTS, "Many payments at once", 28, stripe),
        planned(PAYMENTS, "Throttling is waited out", 34, stripe),
        planned(LABELS, "A label is made", 4, carrier),
        planned(PAYMENTS, "Declined cards say why", 49, stripe),
        planned(PAYMENTS, "Declined cards say why", 50, stripe),
        planned(LABELS, "A label can be read", 10, carrier),
        planned(JOURNEY, HOSTILE, 5, &["stripe.payments", "carrier-a.labels"]),
        planned(LABELS, "A label has a tracking number", 16, carrier),
        planned(LABELS, "A label has a tracking number", 22, carrier),
    ];
    scenarios[4].skip = Some("the partner cannot be made to throttle in class test".into());
    for (index, card) in [(6, "pm_card_chargeDeclined"), (7, "pm_card_insufficientFunds")] {
        scenarios[index].row = vec![Cell { name: "card".into(), value: card.into() }];
        scenarios[index].id.extend([" [", card, "]"]);
    }
    scenarios[11].rule = Some("Labels to islands".into());
    scenarios[11].id.push_str(" (islands)");
    let integration = |id: &str, owner: &str, contract: &str| IntegrationInfo {
        id: id.into(),
        owner: owner.into(),
        criticality: "high".into(),
        contract: contract.into(),
        instance: None,
        other_contracts: Vec::new(),
    };
    let contract = |id: &str| ContractInfo {
        id: id.into(),
        file: format!("contracts/{id}/openapi.yaml"),
        sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
    };
    RunPlanned {
        schema_version: SCHEMA_VERSION,
        run_id: "20261120T101500Z-7f3a".into(),
        started_at: "2026-11-20T10:15:00.25Z".into(),
        probe_version: "0.1.0".into(),
        profile: (class != SafetyClass::Mock).then(|| "nightly".into()),
        environment: EnvironmentInfo { name: environment.into(), class },
        seed: 1,
        scenario_timeout_ms: Some(60_000.0),
        set: Vec::new(),
        settings: RunSettings::default(),
        integrations: vec![
            integration("stripe.payments", "payments", "payments/transactions/v3"),
            integration("carrier-a.labels", "logistics", "shipping/labels/v2"),
        ],
        contracts: vec![contract("payments/transactions/v3"), contract("shipping/labels/v2")],
        scenarios,
    }
}

fn planned(file: &str, name: &str, line: u32, integrations: &[&str]) -> PlannedScenario {
    let step = |keyword: &str, text: &str, line| PlannedStep {
        keyword: keyword.into(),
        text: text.into(),
        line,
    };
    PlannedScenario {
        id: format!("{file}: {name}"),
        file: file.into(),
        feature: "What we rely on".into(),
        rule: None,
        name: name.into(),
        row: Vec::new(),
        line,
        tags: ["@nightly".into(), "@critical".into()].into(),
        integrations: integrations.iter().map(|&id| id.into()).collect(),
        steps: vec![
            step("When", "we call createPaymentIntent with", line + 1),
            step("Then", "the answer is 200", line + 3),
        ],
        skip: None,
    }
}

fn place(file: &str, line: u32, column: u32, length: u32, text: &str) -> Place {
    Place { file: file.into(), line, column, length, text: text.into() }
}

#[expect(clippy::unnecessary_wraps, reason = "events hold it as an option")]
fn problem(cause: Cause, diagnostic: Diagnostic) -> Option<Problem> {
    Some(Problem { cause, diagnostic })
}

fn finding(class: DriftClass) -> Finding {
    let text = "          enum: [requires_capture, succeeded, canceled]";
    Finding {
        rule: "response.body.enum".into(),
        class,
        message: match class {
            DriftClass::Additive => "\"$.eta\" is not in the contract".into(),
            _ => "\"$.status\" has a value that the contract does not know".into(),
        },
        contract_place: Some(place(
            "contracts/payments/transactions/v3/openapi.yaml",
            212,
            17,
            41,
            text,
        )),
        contract_pointer: "/components/schemas/PaymentIntent/properties/status/enum".into(),
        message_place: MessagePlace {
            part: MessagePart::Response,
            location: "body".into(),
            pointer: "/status".into(),
        },
        expected: "one of \"requires_capture\", \"succeeded\", \"canceled\"".into(),
        actual: "\"on_fire\"".into(),
        help: "ask the partner whether the value is new; if so, take it into the contract".into(),
        fingerprint: "3f1c9a0b7d2e4f68".into(),
    }
}

fn answer(status: u16, body: &str) -> Outcome {
    let body = match body {
        "" => Body { size: 900, sha256: Some("ab".repeat(32)), content: Content::Dropped },
        text => Body {
            size: text.len() as u64,
            sha256: Some("ab".repeat(32)),
            content: Content::Text { text: text.into(), cut: false },
        },
    };
    let headers = vec![("content-type".into(), "application/json".into())];
    Outcome::Answer(Response { status, headers, body })
}

fn call(method: &str, path: &str, outcomes: &[Outcome]) -> Exchange {
    let integration = if path.starts_with("/v1") { "stripe.payments" } else { "carrier-a.labels" };
    let attempts = (1..).zip(outcomes).map(|(number, outcome)| Attempt {
        number,
        waited_ms: if number == 1 { 0.0 } else { 1_000.0 },
        asked_wait_ms: None,
        at_ms: 10.0,
        took_ms: 11.5,
        nominal_ms: match outcome {
            Outcome::NoAnswer(NoAnswer::Timeout { .. }) => 10_000.0,
            _ => 11.5,
        },
        phases: Phases { wait: Some(9.5), receive: Some(0.5), reused: true, ..Phases::default() },
        idempotency_key: None,
        limit_used: Some(0.2),
        throttled: matches!(outcome, Outcome::Answer(r) if r.status == 429),
        outcome: outcome.clone(),
    });
    Exchange {
        integration: integration.into(),
        operation: "anOperation".into(),
        direction: Direction::Outbound,
        request: Request {
            method: method.into(),
            url: format!("https://api.example.com{path}"),
            headers: vec![("authorization".into(), "Bearer [redacted]".into())],
            body: Body::default(),
        },
        attempts: attempts.collect(),
    }
}

/// A writer whose text can be read while somebody else owns it.
#[derive(Clone, Default)]
pub(super) struct Page(Arc<std::sync::Mutex<Vec<u8>>>);

impl Page {
    pub(super) fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("no writer panicked").clone()).expect("UTF-8")
    }
}

impl std::io::Write for Page {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no writer panicked").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
