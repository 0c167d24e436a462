//! Settings of some scenarios only.

use std::sync::{
    Arc, Barrier,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

use super::common::{
    CLOSED,
    partner::{Reply, Wire, json},
    workspace::{SETTINGS, Workspace},
};
use probe::evidence::Cause;

const GET: &str = "When we call getThing with\n      | id | 1 |\n";

fn settings(workspace: &Workspace, overrides: &str) {
    workspace.put("probe.toml", &format!("{SETTINGS}\n{overrides}"));
}

fn thing() -> Reply {
    Reply::Answer(json(200, r#"{"id": "1", "name": "anvil"}"#))
}

#[test]
fn a_scenario_has_a_limit_of_its_own() {
    let wire = Wire::new(|_, _| Reply::Silence);
    let workspace = Workspace::new(&wire.url(), "timeout: 1 s");
    workspace.put(
        "features/shop.things/it.feature",
        &format!(
            "Feature: F\n\n  @quick\n  Scenario: Quick\n    {GET}\n  Scenario: Other\n    {GET}"
        ),
    );
    settings(
        &workspace,
        "[[run.overrides]]\ntags = \"@quick\"\nscenario_timeout = \"5 s\"\n\n\
         [[profiles.tight.overrides]]\nname = \"quick\"\nscenario_timeout = \"150 ms\"\n",
    );
    let ran = workspace.run(&["--profile", "tight", "--env", "test"]);
    assert_eq!(ran.cause("Quick"), Some(Cause::ScenarioTimedOut), "{}", ran.out);
    assert!(ran.out.contains("the scenario did not end within 0.15 s"), "{}", ran.out);
    assert_eq!(ran.cause("Other"), Some(Cause::TimeoutUnknown), "the partner's own limit");
    let ran = workspace.run(&["--profile", "tight", "--env", "test", "--scenario-timeout", "9 s"]);
    assert_eq!(ran.cause("Quick"), Some(Cause::TimeoutUnknown), "the command line wins");
    let ran = workspace.run(&["--env", "test", "--tags", "@quick"]);
    assert_eq!(ran.cause("Quick"), Some(Cause::TimeoutUnknown), "another profile's says nothing");
}

#[test]
fn attempts_are_given_and_taken() {
    let workspace = Workspace::new(&format!("http://{CLOSED}"), "");
    workspace.put(
        "features/shop.things/it.feature",
        &format!(
            "Feature: F\n\n  @retry(3) @odd\n  Scenario: Tagged\n    {GET}\n  Scenario: Plain\n    {GET}"
        ),
    );
    let attempts = |name: &str| workspace.run(&["--env", "test"]).end(name).attempt;
    settings(&workspace, "[[run.overrides]]\nintegration = \"shop.things\"\nretries = 1\n");
    assert_eq!((attempts("Tagged"), attempts("Plain")), (2, 2));
    settings(&workspace, "[[run.overrides]]\ntags = \"@odd\"\nretries = 0\n");
    assert_eq!((attempts("Tagged"), attempts("Plain")), (1, 1));
    settings(&workspace, "");
    assert_eq!((attempts("Tagged"), attempts("Plain")), (4, 1));
}

#[test]
fn so_many_of_a_partners_scenarios_run_at_once() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    // Answers two at a time: where fewer run at once, nobody is answered.
    let pair = Barrier::new(2);
    let (running, highest) = (Arc::clone(&now), Arc::clone(&most));
    let wire = Wire::new(move |_, _| {
        highest.fetch_max(running.fetch_add(1, SeqCst) + 1, SeqCst);
        pair.wait();
        running.fetch_sub(1, SeqCst);
        thing()
    });
    let workspace = Workspace::new(&wire.url(), "limits: {rate: 1000 per second, burst: 100}");
    workspace.integration("shop.more", &format!("http://{CLOSED}"), "");
    let scenario = |number: usize| format!("\n  Scenario: Number {number}\n    {GET}");
    let eight: String = (0..8).map(scenario).collect();
    workspace.put("features/shop.things/many.feature", &format!("Feature: Many\n{eight}"));
    let refused = "When we call listThings\n    Then there is no answer: refused\n";
    let other = format!("Feature: More\n\n  Scenario: Other\n    {refused}");
    workspace.put("features/shop.more/other.feature", &other);
    settings(
        &workspace,
        "[[run.overrides]]\nintegration = \"shop.things\"\nconcurrency = 2\n\n\
         [[run.overrides]]\nintegration = \"shop.more\"\nconcurrency = 1\n",
    );
    let ran = workspace.run(&["--env", "test", "--concurrency", "8"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    assert_eq!(ran.attempts().len(), 9);
    assert_eq!(most.load(SeqCst), 2);
    assert_eq!(now.load(SeqCst), 0);
}

#[test]
fn a_limit_and_fail_fast_end_together() {
    let workspace = Workspace::new(&format!("http://{CLOSED}"), "");
    let scenario = |number: usize| format!("\n  Scenario: Number {number}\n    {GET}");
    let ten: String = (0..10).map(scenario).collect();
    workspace.put("features/shop.things/many.feature", &format!("Feature: Many\n{ten}"));
    settings(&workspace, "[[run.overrides]]\nname = \"number\"\nconcurrency = 1\n");
    let ran = workspace.run(&["--env", "test", "--fail-fast"]);
    assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.err);
    let totals = ran.finished().totals;
    assert_eq!((totals.failed, totals.skipped), (1, 9), "one was running, and none began after it");
}

#[test]
fn writes_are_taken_away() {
    let wire = Wire::new(|_, heard| {
        let status = if heard.line.starts_with("POST") { 201 } else { 200 };
        Reply::Answer(json(status, r#"{"id": "1", "name": "anvil"}"#))
    });
    let workspace = Workspace::new(&wire.url(), "");
    let make = "When we call createThing with\n      | name | anvil |\n";
    workspace.put(
        "features/shop.things/it.feature",
        &format!(
            "Feature: F\n\n  @careful\n  Scenario: Careful\n    {make}\n  @careful\n  \
             Scenario: Reads\n    {GET}\n  Scenario: Writes\n    {make}"
        ),
    );
    settings(&workspace, "[[run.overrides]]\ntags = \"@careful\"\nallow_writes = false\n");
    let ran = workspace.run(&["--env", "live", "--allow-writes"]);
    assert_eq!(ran.code, Some(3), "{}", ran.out);
    let reason = "createThing writes, and the environment is live: an override of probe.toml takes \
                  writes away";
    assert!(ran.out.contains(reason), "{}", ran.out);
    assert!(ran.end("Reads").problem.is_none() && ran.end("Writes").problem.is_none());
    let heard = wire.heard();
    assert_eq!(heard.iter().filter(|heard| heard.line.starts_with("POST")).count(), 1);
    let ran = workspace.run(&["--env", "test", "--tags", "@careful"]);
    assert_eq!(ran.code, Some(0), "elsewhere it says nothing: {}", ran.out);
}
