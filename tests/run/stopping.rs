//! How a run ends before its end.

use std::{
    fs,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use super::common::{
    CLOSED,
    partner::{Reply, Wire, pause},
    workspace::{Workspace, finish, signal, start},
};
use probe::evidence::{Cause, Verdict};

const GET: &str = "When we call getThing with\n      | id | 1 |\n";

fn many(count: usize) -> String {
    (1..=count).fold("Feature: Many\n".to_owned(), |text, number| {
        format!("{text}\n  Scenario: Number {number}\n    {GET}")
    })
}

#[test]
fn a_signal_ends_the_run_in_order() {
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        let wire = Wire::new(|_, _| Reply::Silence);
        let workspace = Workspace::new(&wire.url(), "");
        let skipped = format!("\n  @only:mock\n  Scenario: Elsewhere\n    {GET}");
        workspace.put("features/shop.things/many.feature", &(many(4) + &skipped));
        let probe = start(&mut workspace.probe([
            "run",
            "--env",
            "test",
            "--concurrency",
            "2",
            "--junit",
            "fixed.xml",
        ]));
        wire.wait();
        wire.wait();
        signal(&probe, name);
        let ran = workspace.ran(finish(probe));
        assert_eq!(ran.code, Some(code), "{}{}", ran.out, ran.err);
        let finished = ran.finished();
        assert_eq!(finished.signal.as_deref(), Some(format!("SIG{name}").as_str()));
        assert_eq!(i32::from(finished.exit_code), code);
        let totals = finished.totals;
        assert_eq!((totals.planned, totals.errored, totals.skipped), (5, 4, 1));
        assert_eq!(totals.touched, 2, "two calls were under way");
        assert_eq!(ran.attempts().len(), 5, "everything planned has an end");
        let junit = ran.junit();
        assert_eq!((junit.cases.len(), junit.count("error"), junit.count("skipped")), (5, 4, 1));
        let fixed = fs::read_to_string(workspace.root().join("fixed.xml"));
        assert_eq!(fixed.expect("the fixed place"), ran.xml);
        let last = ran.out.lines().last().unwrap_or_default();
        assert!(last.starts_with(&format!("ENDED BY SIG{name}: ")), "{last}");
    }
}

#[test]
fn a_second_signal_does_not_wait_for_reports() {
    let workspace = Workspace::new(&format!("http://{CLOSED}"), "");
    workspace.put("features/shop.things/many.feature", &many(600));
    // Nobody reads what it says, so it can never end in order.
    let mut run = workspace.probe(["run", "--env", "test", "--format", "json"]);
    let mut probe = run.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
    let deadline = Instant::now() + Duration::from_secs(30);
    while !planned(&workspace.root().join("reports")) {
        assert!(Instant::now() < deadline, "no plan is told");
        pause(Duration::from_millis(5));
    }
    let mut sent = 0;
    let status = loop {
        // Two signals that come at once are one to a process.
        signal(&probe, "INT");
        sent += 1;
        pause(Duration::from_millis(50));
        if let Some(status) = probe.try_wait().expect("it can be waited for") {
            break status;
        }
        assert!(Instant::now() < deadline, "it does not end");
    };
    assert_eq!(status.code(), Some(130));
    assert!(sent >= 2, "one was enough, though it had something left to say");
}

/// Whether a run in this folder has told its plan.
fn planned(reports: &Path) -> bool {
    let runs = fs::read_dir(reports).into_iter().flatten().flatten();
    let mut events = runs.filter_map(|run| fs::read(run.path().join("events.jsonl")).ok());
    events.any(|events| events.contains(&b'\n'))
}

#[test]
fn fail_fast_starts_nothing_more() {
    let workspace = Workspace::new(&format!("http://{CLOSED}"), "");
    let passing = format!("\n  Scenario: Fine\n    {GET}    Then there is no answer: refused\n");
    let skipped = format!("\n  @only:mock\n  Scenario: Elsewhere\n    {GET}");
    let text = format!("Feature: First\n{passing}{}", &many(3)["Feature: Many\n".len()..]);
    workspace.put("features/shop.things/first.feature", &(text + &skipped));
    let ran = workspace.run(&["--env", "test", "--fail-fast", "--concurrency", "1"]);
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    assert_eq!(ran.end("Fine").judgement.verdict, Verdict::Passed);
    assert_eq!(ran.cause("Number 1"), Some(Cause::ConnectUnknown));
    assert_eq!(ran.cause("Number 2"), Some(Cause::Interrupted));
    assert_eq!(ran.cause("Number 3"), Some(Cause::Interrupted));
    assert_eq!(ran.cause("Elsewhere"), Some(Cause::NotRunnable));
    let all = workspace.run(&["--env", "test", "--concurrency", "1"]);
    assert_eq!(all.finished().totals.failed, 3);
}

#[test]
fn a_scenario_has_its_time_and_the_next_one_its_own() {
    let wire = Wire::new(|number, _| match number {
        0 => Reply::Silence,
        _ => Reply::Answer(super::common::partner::json(200, r#"{"id": "1", "name": "anvil"}"#)),
    });
    let workspace = Workspace::new(&wire.url(), "");
    workspace.put("features/shop.things/many.feature", &many(2));
    let patience = ["--env", "test", "--scenario-timeout", "1 s", "--concurrency", "1"];
    let ran = workspace.run(&patience);
    assert_eq!(ran.code, Some(3), "{}", ran.out);
    assert_eq!(ran.cause("Number 1"), Some(Cause::ScenarioTimedOut));
    assert_eq!(ran.finished().totals.touched, 2, "the call was under way");
    assert!(ran.end("Number 1").took_ms >= 1000.0);
    assert_eq!(ran.end("Number 2").judgement.verdict, Verdict::Passed);
}
