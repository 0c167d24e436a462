//! The metrics of a run: pages that keep the rules of the format whatever
//! stands in the events, and that promtool finds nothing wrong with.

#[expect(dead_code, reason = "each of these binaries uses its own part of what they share")]
mod common;

use std::{
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
    sync::{Arc, Mutex},
};

use common::{exposition::Exposition, workspace::Workspace};
use probe::{
    evidence::{
        Attempt, Direction, EnvironmentInfo, Event, Exchange, IntegrationInfo, Judgement, NoAnswer,
        Outcome, PlannedScenario, Request, Response, RunFinished, RunPlanned, RunSettings,
        SCHEMA_VERSION, SafetyClass, ScenarioFinished, Sink, StepFinished, Totals, Verdict,
        metrics::{METRICS, MetricSet},
    },
    report::{Metrics, read_events},
};
use proptest::prelude::*;

/// Every kind of end, as a recorded run of the first schema tells them.
const RECORDED: &[u8] = include_bytes!("events/v1.jsonl");

/// Where a page is written to.
#[derive(Clone, Default)]
struct Page(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Page {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("one writer").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn page(events: impl IntoIterator<Item = Event>, aliases: &[MetricSet]) -> String {
    let page = Page::default();
    let mut metrics = Metrics::new(page.clone(), aliases);
    for event in events {
        metrics.event(&event).expect("a page takes all");
    }
    let bytes = page.0.lock().expect("one writer").clone();
    String::from_utf8(bytes).expect("UTF-8")
}

fn recorded() -> Vec<Event> {
    read_events(RECORDED).collect::<Result<_, _>>().expect("it can be read")
}

#[test]
fn a_page_keeps_the_rules_of_the_format() {
    for aliases in [&[][..], &MetricSet::ALIASES] {
        let page = page(recorded(), aliases);
        let read = Exposition::parse(&page).unwrap_or_else(|what| panic!("{what}\n{page}"));
        for family in &read.families {
            let metric = METRICS.iter().find(|metric| metric.name == family.name);
            let metric = metric.unwrap_or_else(|| panic!("{} is not in the table", family.name));
            assert_eq!(family.kind, metric.kind.word());
            let labels: Vec<&str> = family.samples[0]
                .labels
                .keys()
                .map(String::as_str)
                .filter(|l| *l != "le")
                .collect();
            let mut own = metric.labels.to_vec();
            own.sort_unstable();
            assert_eq!(labels, own, "{}", family.name);
        }
    }
}

/// The reader itself: what is against a rule, it refuses.
#[test]
fn what_breaks_a_rule_is_refused() {
    let good = "# HELP a_total Text.\n# TYPE a_total counter\na_total{x=\"1\"} 1\n";
    assert!(Exposition::parse(good).is_ok());
    let twice = format!("{good}{good}");
    let more = format!("{good}a_total{{x=\"1\"}} 2\n");
    for (bad, why) in [
        (good.trim_end(), "the last line has no end"),
        ("a_total{x=\"1\"} 1\n", "no HELP before"),
        (&*good.replace("TYPE a_", "TYPE b_"), "no TYPE"),
        (&*good.replace(" counter", " count"), "unknown type"),
        (&*good.replace("a_total", "a-total"), "not a name"),
        (&*good.replace("x=", "__x="), "is not a label"),
        (&*good.replace("\"1\"", "\"\\d\""), "an unknown escape"),
        (&*good.replace("} 1", "} -1"), "does not count"),
        (&*good.replace("} 1", "} 1 1795169700"), "not a number, or more than one"),
        (&*good.replace("a_total{", "b_total{"), "stands among"),
        (&*good.replace("\na_total{x=\"1\"} 1", ""), "has no sample"),
        (&*twice, "told twice"),
        (&*more, "told twice"),
        (&*more.replace("x=\"1\"} 2", "y=\"1\"} 2"), "other labels"),
    ] {
        let what = Exposition::parse(bad).expect_err(bad);
        assert!(what.contains(why), "{what} instead of {why}");
    }
}

#[test]
fn a_run_writes_them_and_a_report_writes_them_again() {
    let workspace = Workspace::new("http://unused.invalid", "");
    workspace.scenario("When we call listThings\nThen the answer is 200");
    let ran = workspace.run(&["--metrics", "out/mock.prom"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let read = |path: &Path| fs::read_to_string(path).expect("a page");
    let own = read(&ran.folder.clone().expect("a folder").join("metrics.prom"));
    assert!(ran.out.contains("/metrics.prom\n"), "it is told where: {}", ran.out);
    assert_eq!(read(&workspace.root().join("out/mock.prom")), own);
    let left: Vec<_> = fs::read_dir(workspace.root().join("out")).expect("a folder").collect();
    assert_eq!(left.len(), 1, "nothing but the page: {left:?}");

    let all = Exposition::parse(&own).unwrap_or_else(|what| panic!("{what}\n{own}"));
    let mock = [("integration", "shop.things"), ("environment", "mock")];
    assert_eq!(all.sum("probe_success", &mock).to_string(), "1");
    assert_eq!(all.sum("probe_partner_requests_total", &[]).to_string(), "0");
    assert_eq!(all.sum("probe_timeout_seconds", &[]).to_string(), "60");
    assert!(all.sum("probe_last_run_timestamp_seconds", &[]) > 1.7e9);
    let status = all.sum("probe_http_status_code", &[("operation", "listThings")]);
    assert_eq!(status.to_string(), "200");

    let again = |arguments: &[&str]| {
        let all = ["report", "--metrics", "again.prom"].iter().chain(arguments).copied();
        let output = workspace.probe(all).output().expect("it starts");
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        read(&workspace.root().join("again.prom"))
    };
    assert_eq!(again(&[]), own);
    let more = again(&["--metric-aliases", "connector,integration"]);
    let foreign = more.strip_prefix(&own).expect("ours first, and unchanged");
    assert!(foreign.starts_with("# HELP connector_request_total "), "{foreign}");
    assert!(foreign.contains("\n# TYPE integration_latency_ms histogram\n"), "{foreign}");
    // Settings ask for them always; what is typed takes their place.
    let settings = fs::read_to_string(workspace.root().join("probe.toml")).expect("settings");
    workspace.put("probe.toml", &format!("{settings}\n[metrics]\naliases = [\"connector\"]\n"));
    assert!(again(&[]).contains("\nconnector_request_total{"));
    assert!(!again(&["--metric-aliases", "integration"]).contains("\nconnector_request_total{"));
}

/// A place that cannot be replaced is written to as it is.
#[test]
fn a_pipe_takes_them_too() {
    let workspace = Workspace::new("http://unused.invalid", "");
    workspace.scenario("When we call listThings");
    let ran = workspace.run(&[]);
    let own = ran.folder.expect("a folder").join("metrics.prom");
    let mut report = workspace.probe(["report", "--metrics", "/dev/stderr", "--format", "json"]);
    let output = report.stdout(Stdio::null()).output().expect("it starts");
    let err = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(err.contains(&fs::read_to_string(own).expect("a page")), "{err}");
}

#[test]
fn a_place_that_takes_nothing_is_told_before_anything_runs() {
    let workspace = Workspace::new("http://unused.invalid", "");
    workspace.scenario("When we call listThings");
    let ran = workspace.run(&["--metrics", "catalog"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("catalog: it is a folder"), "{}", ran.err);
    assert!(ran.folder.is_none());
}

/// promtool, where it is to be had: `PROMTOOL`, or on the path.
fn promtool() -> Option<Command> {
    let program = std::env::var_os("PROMTOOL").unwrap_or_else(|| "promtool".into());
    let quiet = || Stdio::null();
    let found = Command::new(&program).arg("--version").stdout(quiet()).stderr(quiet()).status();
    found.is_ok_and(|status| status.success()).then(|| Command::new(program))
}

/// What `promtool check metrics` says of a page.
fn checked(promtool: &mut Command, page: &str) -> (Option<i32>, String) {
    let piped = || Stdio::piped();
    let started =
        promtool.args(["check", "metrics"]).stdin(piped()).stdout(piped()).stderr(piped());
    let mut child = started.spawn().expect("it starts");
    child.stdin.take().expect("a pipe").write_all(page.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).expect("UTF-8"))
}

#[test]
fn promtool_finds_nothing() {
    let Some(mut tool) = promtool() else {
        println!("SKIPPED: promtool is not installed; .ci/run brings it where it can");
        return;
    };
    assert_eq!(checked(&mut tool, &page(recorded(), &[])), (Some(0), String::new()));
    // The names of others are not ours to mend.
    let mut tool = promtool().expect("it was there");
    let (code, said) = checked(&mut tool, &page(recorded(), &MetricSet::ALIASES));
    let names = said.lines().filter_map(|line| line.split(' ').next());
    let mut names: Vec<&str> = names.collect();
    names.dedup();
    assert_eq!(code, Some(3), "{said}");
    assert_eq!(names, ["connector_latency_ms_p95", "integration_latency_ms"], "{said}");
}

/// A run in which names and numbers are anything.
fn run(names: [String; 5], took_ms: f64, status: u16, waited_ms: f64) -> Vec<Event> {
    let [integration, operation, environment, profile, owner] = names;
    let info = IntegrationInfo {
        id: integration.clone(),
        owner: owner.clone(),
        criticality: owner,
        contract: operation.clone(),
        instance: None,
        other_contracts: Vec::new(),
    };
    let plan = RunPlanned {
        schema_version: SCHEMA_VERSION,
        run_id: "20261120T101500Z-7f3a".into(),
        started_at: profile.clone(),
        probe_version: profile.clone(),
        profile: Some(profile),
        environment: EnvironmentInfo { name: environment, class: SafetyClass::Live },
        seed: 1,
        scenario_timeout_ms: Some(took_ms),
        set: Vec::new(),
        settings: RunSettings::default(),
        integrations: vec![info.clone(), info],
        contracts: Vec::new(),
        scenarios: vec![PlannedScenario {
            id: "a".into(),
            file: "a".into(),
            feature: "a".into(),
            rule: None,
            name: "a".into(),
            row: Vec::new(),
            line: 1,
            tags: Vec::new().into(),
            integrations: [integration.clone()].into(),
            steps: Vec::new(),
            skip: None,
        }],
    };
    let answer = Response { status, headers: Vec::new(), body: probe::evidence::Body::default() };
    let refused = NoAnswer::NotSent { detail: "\"\n".into() };
    let mut attempts = vec![
        Attempt::ended(1, Outcome::Answer(answer)),
        Attempt::ended(2, Outcome::NoAnswer(refused)),
    ];
    for attempt in &mut attempts {
        attempt.nominal_ms = took_ms;
        attempt.waited_ms = waited_ms;
        attempt.phases.dns = Some(took_ms);
    }
    let request = Request {
        method: "GET".into(),
        url: "/".into(),
        headers: Vec::new(),
        body: probe::evidence::Body::default(),
    };
    let exchange =
        Exchange { integration, operation, direction: Direction::Outbound, request, attempts };
    let step = StepFinished {
        scenario: 0,
        attempt: 1,
        step: 0,
        verdict: Verdict::Passed,
        took_ms,
        exchanges: vec![exchange],
        findings: Vec::new(),
        problem: None,
    };
    let end = ScenarioFinished {
        scenario: 0,
        attempt: 1,
        judgement: Judgement::PASSED,
        will_retry: false,
        at_ms: took_ms,
        took_ms,
        nominal_ms: took_ms,
        partner_requests: u32::MAX,
        step: None,
        problem: None,
    };
    vec![
        Event::RunPlanned(Arc::new(plan)),
        Event::StepFinished(Box::new(step)),
        Event::ScenarioFinished(Box::new(end)),
        Event::RunFinished(RunFinished {
            took_ms,
            totals: Totals::default(),
            exit_code: 0,
            signal: None,
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn whatever_a_record_or_a_file_holds_the_page_keeps_the_rules(
        names in proptest::array::uniform5(r#"(?s)["\\{},=\n\r\x00-\x1f\u{2028}é# a]{0,12}|.{0,12}"#),
        took_ms in prop_oneof![0.0..1e5_f64, Just(f64::MAX), Just(-1.0), Just(0.0)],
        status in any::<u16>(),
        waited_ms in prop_oneof![0.0..1e5_f64, Just(-5.0)],
    ) {
        let events = run(names, took_ms, status, waited_ms);
        let page = page(events, &MetricSet::ALIASES);
        let read = Exposition::parse(&page);
        prop_assert!(read.is_ok(), "{:?}\n{page}", read.err());
        let read = read.expect("as asserted");
        prop_assert_eq!(read.sum("probe_attempts_total", &[]).to_string(), "2");
        prop_assert_eq!(read.sum("connector_request_total", &[]).to_string(), "1");
        prop_assert_eq!(read.sum("probe_attempt_duration_seconds_count", &[]).to_string(), "1");
    }
}
