//! How a run treats a real partner: repeats, limits, writes, waits.

use std::{
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use super::common::{
    partner::{Reply, Wire, json, pause},
    workspace::Workspace,
};
use probe::evidence::{Cause, Verdict};

const THING: &str = r#"{"id": "1", "name": "anvil"}"#;
const GET: &str = "When we call getThing with\n  | id | 1 |\n";

/// A feature of so many equal scenarios.
fn many(count: usize) -> String {
    (1..=count).fold("Feature: Many\n".to_owned(), |text, number| {
        format!("{text}\n  Scenario: Number {number}\n    {}", GET.replace('\n', "\n    "))
    })
}

/// A partner that is down for its first requests.
fn down_for(count: usize) -> Wire {
    Wire::new(move |number, _| match number {
        _ if number < count => Reply::Answer(json(503, r#"{"error": "down"}"#)),
        _ => Reply::Answer(json(200, THING)),
    })
}

#[test]
fn a_scenario_that_passes_later_is_flaky_and_every_try_is_kept() {
    for (down, tries) in [(0, 1), (1, 2), (2, 3)] {
        let wire = down_for(down);
        let workspace = Workspace::new(&wire.url(), "");
        let steps = GET.replace('\n', "\n    ");
        let text = format!("Feature: Things\n\n  @retry(2)\n  Scenario: It\n    {steps}");
        workspace.put("features/shop.things/it.feature", &text);
        let ran = workspace.run(&["--env", "test"]);
        assert_eq!((ran.code, wire.heard().len()), (Some(0), tries), "{}", ran.out);
        let told: Vec<_> =
            ran.attempts().iter().map(|a| (a.attempt, a.judgement.verdict, a.will_retry)).collect();
        let expected: Vec<_> = (1..=tries as u32)
            .map(|attempt| {
                let last = attempt == tries as u32;
                (attempt, if last { Verdict::Passed } else { Verdict::Failed }, !last)
            })
            .collect();
        assert_eq!(told, expected);
        let totals = ran.finished().totals;
        assert_eq!((totals.passed, totals.flaky), (1, u32::from(down > 0)));
        let junit = ran.junit();
        let flaky = ("flakyFailure".to_owned(), "failed.server_error.partner".to_owned());
        assert_eq!(junit.case("It").ends, vec![flaky; down]);
        let marked = ran.out.contains(&format!("1 passed ({down} flaky)")) || down != 1;
        assert!(marked, "{}", ran.out);
    }
}

#[test]
fn a_scenario_that_never_passes_keeps_every_try() {
    let wire = down_for(9);
    let workspace = Workspace::new(&wire.url(), "");
    let text = many(1).replace("  Scenario:", "  @retry(2)\n  Scenario:");
    workspace.put("features/shop.things/it.feature", &text);
    let ran = workspace.run(&["--env", "test"]);
    assert_eq!((ran.code, wire.heard().len()), (Some(1), 3), "{}", ran.out);
    let junit = ran.junit();
    let ends = &junit.case("Number 1").ends;
    let ends: Vec<&str> = ends.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(ends.iter().filter(|name| **name == "rerunFailure").count(), 2, "{ends:?}");
    assert_eq!(ends.iter().filter(|name| **name == "failure").count(), 1, "{ends:?}");
    assert_eq!(ran.finished().totals.failed, 1);
}

#[test]
fn the_partner_hears_no_more_than_the_recorded_rate() {
    let wire = Wire::saying(json(200, THING));
    let workspace = Workspace::new(&wire.url(), "limits: {rate: 10 per second, burst: 1}");
    workspace.put("features/shop.things/many.feature", &many(6));
    let start = Instant::now();
    let ran = workspace.run(&["--env", "test"]);
    assert_eq!(ran.code, Some(0), "{}", ran.out);
    let mut heard: Vec<Duration> = wire.heard().iter().map(|h| h.at - start).collect();
    heard.sort_unstable();
    for (number, at) in heard.iter().enumerate() {
        assert!(*at >= Duration::from_millis(100) * number as u32, "{heard:?}");
    }
    let mut sent: Vec<f64> = ran
        .steps()
        .iter()
        .flat_map(|step| step.exchanges.iter().map(|exchange| exchange.attempts[0].at_ms))
        .collect();
    sent.sort_unstable_by(f64::total_cmp);
    assert_eq!(sent.len(), 6);
    for (number, at) in sent.iter().enumerate() {
        assert!(*at >= 100.0 * number as f64, "{sent:?}");
    }
}

#[test]
fn no_more_requests_are_under_way_than_the_record_allows() {
    let (under_way, most) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
    let seen = Arc::clone(&most);
    let met = (Mutex::new(0_usize), Condvar::new());
    // Each request waits until another one came, and then a moment for one too many.
    let wire = Wire::new(move |_, _| {
        let now = under_way.fetch_add(1, Ordering::SeqCst) + 1;
        seen.fetch_max(now, Ordering::SeqCst);
        let mut came = met.0.lock().expect("no thread panicked");
        *came += 1;
        let pair = came.div_ceil(2) * 2;
        met.1.notify_all();
        let limit = Duration::from_secs(10);
        drop(met.1.wait_timeout_while(came, limit, |came| *came < pair).expect("no panic"));
        pause(Duration::from_millis(30));
        under_way.fetch_sub(1, Ordering::SeqCst);
        Reply::Answer(json(200, THING))
    });
    let limits = "limits: {rate: 1000 per second, burst: 100, concurrency: 2}";
    let workspace = Workspace::new(&wire.url(), limits);
    workspace.put("features/shop.things/many.feature", &many(8));
    let ran = workspace.run(&["--env", "test", "--concurrency", "8"]);
    assert_eq!(ran.code, Some(0), "{}", ran.out);
    assert_eq!((wire.heard().len(), most.load(Ordering::SeqCst)), (8, 2));
}

#[test]
fn a_live_environment_is_only_read_unless_writes_are_allowed() {
    let wire = Wire::new(|_, heard| {
        let status = if heard.line.starts_with("POST") { 201 } else { 200 };
        Reply::Answer(json(status, THING))
    });
    let workspace = Workspace::new(&wire.url(), "");
    workspace.scenario("When we call createThing with\n  | name | anvil |\nThen the answer is 201");
    let ran = workspace.run(&["--env", "live"]);
    assert_eq!((ran.code, ran.cause("It")), (Some(3), Some(Cause::NotAllowed)), "{}", ran.out);
    assert_eq!(wire.heard().len(), 0, "nothing was sent");
    assert_eq!(ran.finished().totals.touched, 0);
    let ran = workspace.run(&["--env", "live", "--allow-writes"]);
    assert_eq!((ran.code, wire.heard().len()), (Some(0), 1), "{}", ran.out);
    assert_eq!(ran.finished().totals.touched, 1);
    let record = std::fs::read_to_string(workspace.root().join("catalog/shop.things.yaml"));
    let without = record.expect("a record").replace(", allow_writes: true", "");
    workspace.put("catalog/shop.things.yaml", &without);
    let ran = workspace.run(&["--env", "live", "--allow-writes"]);
    assert_eq!((ran.code, wire.heard().len()), (Some(3), 1), "the record must allow it too");
    workspace.scenario(GET);
    assert_eq!((workspace.run(&["--env", "live"]).code, wire.heard().len()), (Some(0), 2));
    workspace.integration("shop.things", &wire.url(), "operations: {createThing: {effect: reads}}");
    workspace.scenario("When we call createThing with\n  | name | anvil |");
    let ran = workspace.run(&["--env", "live"]);
    assert_eq!((ran.code, wire.heard().len()), (Some(0), 3), "the record knows better");
    workspace.integration("shop.things", &wire.url(), "operations: {getThing: {effect: writes}}");
    workspace.scenario(GET);
    let ran = workspace.run(&["--env", "live"]);
    assert_eq!((ran.code, wire.heard().len()), (Some(3), 3), "the record knows better");
}

#[test]
fn an_expectation_is_asked_again_until_it_holds_and_while_it_must() {
    let wire = Wire::new(|_, _| {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
        let soon = now.as_secs() + 7;
        Reply::Answer(json(200, &format!(r#"{{"id": "1", "name": "anvil", "size": {soon}}}"#)))
    });
    let workspace = Workspace::new(&wire.url(), "");
    let scenario = |name: &str, then: &str| {
        format!("\n  Scenario: {name}\n    {}Then {then}\n", GET.replace('\n', "\n    "))
    };
    let text = [
        "Feature: Time\n".to_owned(),
        scenario("Comes true", r#"within 9 s, "$.size" is a time within 5 s of now"#),
        scenario("Stays true", r#""$.name" is "anvil", and it stays so for 300 ms"#),
        scenario("Never true", r#"within 300 ms, "$.name" is "hammer""#),
        scenario(
            "Becomes false",
            r#""$.size" is not a time within 5 s of now, and it stays so for 20 s"#,
        ),
    ];
    workspace.put("features/shop.things/time.feature", &text.concat());
    let ran = workspace.run(&["--env", "test"]);
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    let verdicts = ["Comes true", "Stays true", "Never true", "Becomes false"]
        .map(|name| ran.end(name).judgement.verdict);
    let (passed, failed) = (Verdict::Passed, Verdict::Failed);
    assert_eq!(verdicts, [passed, passed, failed, failed], "{}", ran.out);
    let plan = ran.plan();
    let took = |name: &str| {
        let steps = ran.steps();
        let of = |scenario: u32| plan.scenarios[scenario as usize].name == name;
        steps.iter().find(|step| of(step.scenario) && step.step == 1).expect("a step").took_ms
    };
    assert!(took("Stays true") >= 300.0 && took("Never true") >= 300.0);
    assert!(took("Becomes false") < 20_000.0, "nothing is waited for once it is false");
    assert_eq!(wire.heard().len(), 4, "nothing is called again");
}

#[test]
fn the_same_seed_draws_the_same_answers() {
    let workspace = Workspace::new("http://unused.invalid", "");
    workspace.scenario("When we call listThings\nThen \"$[0].name\" is a number");
    let answer = |seed: &str| {
        let ran = workspace.run(&["--seed", seed]);
        let steps = ran.steps();
        let exchange = steps.last().and_then(|step| step.exchanges.first()).expect("evidence");
        exchange.response().expect("an answer").body.clone()
    };
    let first = answer("7");
    assert_eq!(answer("7"), first);
    assert_ne!(answer("8"), first);
}
