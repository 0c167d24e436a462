//! Parts, order, failures run again, lists, and what a run's end is worth.

use std::{collections::BTreeSet, fmt::Write as _, fs, process::Stdio};

use super::common::{
    CLOSED,
    partner::{Reply, Wire, json},
    workspace::{Ran, SETTINGS, Workspace, finish, signal, start},
};
use probe::evidence::{Cause, Event, Order};

const GET: &str = "When we call getThing with\n      | id | t9 |\n";

/// A scenario against the stand-in that ends as its word says.
fn one(name: &str, ending: &str) -> String {
    let then = match ending {
        "passes" => "Then the answer is 200",
        "fails" => "Then \"$.name\" is \"anvil\"",
        "errs" => "When we call getThing with\n      | id | none |\n    Then the answer is 200",
        other => panic!("no ending {other}"),
    };
    format!("\n  Scenario: {name}\n    {GET}    {then}\n")
}

fn shop(scenarios: &[(&str, &str)]) -> Workspace {
    let workspace = Workspace::new(&format!("http://{CLOSED}"), "");
    put(&workspace, scenarios);
    workspace
}

fn put(workspace: &Workspace, scenarios: &[(&str, &str)]) {
    let text: String = scenarios.iter().map(|(name, ending)| one(name, ending)).collect();
    workspace.put("features/shop.things/things.feature", &format!("Feature: Things\n{text}"));
}

fn many(count: usize) -> String {
    (0..count).fold("Feature: Many\n".to_owned(), |text, number| {
        text + &one(&format!("Number {number}"), "passes")
    })
}

/// The ids that a list prints.
fn listed(workspace: &Workspace, arguments: &[&str]) -> Vec<String> {
    let ran = workspace.run(&[arguments, &["--list", "--format", "json"]].concat());
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let id = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
        line["id"].as_str().expect("an id").to_owned()
    };
    ran.out.lines().map(id).collect()
}

/// Names in the order in which scenarios were started.
fn started(ran: &Ran) -> Vec<String> {
    let names = ran.names();
    let start = |event| match event {
        Event::ScenarioStarted(started) => Some(names[started.scenario as usize].clone()),
        _ => None,
    };
    ran.events().into_iter().filter_map(start).collect()
}

#[test]
fn shards_are_disjoint_and_together_the_whole() {
    let workspace = shop(&[]);
    workspace.put("features/shop.things/things.feature", &many(40));
    let whole: BTreeSet<String> = listed(&workspace, &[]).into_iter().collect();
    assert_eq!(whole.len(), 40);
    let shards = |workspace: &Workspace| -> Vec<Vec<String>> {
        (1..=3).map(|index| listed(workspace, &["--shard", &format!("{index}/3")])).collect()
    };
    let before = shards(&workspace);
    assert_eq!(before.iter().map(Vec::len).sum::<usize>(), 40, "none twice");
    assert_eq!(before.iter().flatten().cloned().collect::<BTreeSet<_>>(), whole);
    // A new file, and scenarios in front of the others, move none of them.
    workspace.put("features/shop.things/a.feature", &many(7));
    let text =
        many(40).replace("Feature: Many\n", &format!("Feature: Many\n{}", one("X", "passes")));
    workspace.put("features/shop.things/things.feature", &text);
    for (before, mut after) in before.into_iter().zip(shards(&workspace)) {
        after.retain(|id| whole.contains(id));
        assert_eq!(after, before);
    }
}

#[test]
fn a_shard_is_told_everywhere() {
    let workspace = shop(&[]);
    workspace.put("features/shop.things/things.feature", &many(10));
    let ran = workspace.run(&["--shard", "1/2"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    let shard = ran.plan().settings.shard.expect("a shard");
    assert_eq!((shard.index, shard.of, shard.selected, shard.to_run), (1, 2, 10, 10));
    let count = ran.plan().scenarios.len();
    assert!((1..10).contains(&count), "{count}");
    let (first, last) = (ran.out.lines().next(), ran.out.lines().last());
    let begins = format!("{count} scenarios over 1 integration, shard 1/2 of 10; 0 of {count} can");
    assert!(first.unwrap_or_default().starts_with(&begins), "{first:?}");
    assert!(last.unwrap_or_default().contains(", shard 1/2 of 10; "), "{last:?}");
    assert!(ran.xml.contains(r#"<property name="shard" value="1/2"/>"#), "{}", ran.xml);
}

#[test]
fn an_empty_shard_is_green_where_the_others_have_work() {
    let workspace = shop(&[("Alone", "passes")]);
    let codes: Vec<_> = ["1/2", "2/2"].map(|shard| workspace.run(&["--shard", shard])).into();
    assert!(codes.iter().all(|ran| ran.code == Some(0)), "{codes:?}");
    let empty = codes.iter().find(|ran| ran.plan().scenarios.is_empty()).expect("one is empty");
    let last = empty.out.lines().last().unwrap_or_default();
    assert!(last.starts_with("NOTHING TO RUN IN THIS SHARD: nothing of 0 scenarios"), "{last}");
    assert_eq!(empty.finished().exit_code, 0);
    let report = workspace.probe(["report", "--from", "none"]).output().expect("it starts");
    assert_eq!(report.status.code(), Some(2));
    let folder = empty.folder.as_ref().expect("its folder").to_str().expect("UTF-8");
    let report = workspace.probe(["report", "--from", folder]).output().expect("it starts");
    assert_eq!(report.status.code(), Some(0), "a report of it says the same");

    // Where nobody has work, nothing ran: in every shard.
    for arguments in [&["--tags", "@none"][..], &["--env", "test", "--tags", "@only:mock"]] {
        let text = format!(
            "Feature: F\n\n  @only:mock{}",
            one("Alone", "passes").trim_start_matches('\n')
        );
        workspace.put(
            "features/shop.things/things.feature",
            &text.replace("  Scenario", "\n  Scenario"),
        );
        for shard in ["1/2", "2/2"] {
            let ran = workspace.run(&[arguments, &["--shard", shard]].concat());
            assert_eq!(ran.code, Some(4), "{arguments:?} {shard}: {}{}", ran.out, ran.err);
        }
    }
}

#[test]
fn the_ci_server_may_say_which_shard() {
    let workspace = shop(&[]);
    workspace.put("features/shop.things/things.feature", &many(10));
    let part = |variables: &[(&str, &str)]| {
        let mut run = workspace.probe(["run", "--shard", "ci", "--list"]);
        run.envs(variables.iter().copied());
        workspace.ran(run.output().expect("it starts"))
    };
    let of = |index, of| [("CI_NODE_INDEX", index), ("CI_NODE_TOTAL", of)];
    assert_eq!(part(&of("2", "3")).out, workspace.run(&["--shard", "2/3", "--list"]).out);
    assert!(part(&[("CI_NODE_TOTAL", "1")]).out.contains("10 scenarios, shard 1/1 of 10"));
    for (variables, said) in [
        (&[][..], "no CI_NODE_INDEX, no CI_NODE_TOTAL"),
        (&of("0", "3"), "CI_NODE_INDEX=0, CI_NODE_TOTAL=3"),
        (&of("4", "3"), "CI_NODE_INDEX=4, CI_NODE_TOTAL=3"),
    ] {
        let ran = part(variables);
        assert_eq!(ran.code, Some(2), "{}", ran.err);
        assert!(ran.err.contains(said), "{}", ran.err);
    }
    // They mean nothing to who does not ask: a matrix of jobs sets them too.
    let mut run = workspace.probe(["run", "--list"]);
    let ran = workspace.ran(run.envs(of("1", "3")).output().expect("it starts"));
    assert!(ran.out.contains("\n10 scenarios; nothing was run\n"), "{}", ran.out);
}

#[test]
fn scenarios_start_in_the_order_that_is_asked_for() {
    let names = ["D", "B", "A", "F", "C", "E"];
    let scenarios = names.map(|name| (name, if name == "C" { "fails" } else { "passes" }));
    let workspace = shop(&scenarios);
    let order = |arguments: &[&str]| {
        let ran = workspace.run(&[arguments, &["--concurrency", "1"]].concat());
        assert_eq!(ran.names(), names, "the plan and its reports keep the order of the files");
        (started(&ran), ran)
    };
    assert_eq!(order(&["--order", "failed-first"]).0, names, "there is no last run");
    assert_eq!(order(&["--order", "failed-first"]).0, ["C", "D", "B", "A", "F", "E"]);
    assert_eq!(order(&[]).0, names);
    assert_eq!(order(&["--order", "id"]).0, ["A", "B", "C", "D", "E", "F"]);
    let (first, ran) = order(&["--order", "random", "--seed", "5"]);
    assert_ne!(first, names);
    assert_eq!(ran.plan().settings.order, Order::Random);
    assert!(ran.out.contains("seed 5, order random\n"), "{}", ran.out);
    assert_eq!(order(&["--order", "random", "--seed", "5"]).0, first, "it can be repeated");
    assert_ne!(order(&["--order", "random", "--seed", "6"]).0, first);
    let list = listed(&workspace, &["--order", "random", "--seed", "5"]);
    let ids: Vec<String> =
        first.iter().map(|name| format!("shop.things/things.feature::{name}")).collect();
    assert_eq!(list, ids, "a list has the order of the run");
}

#[test]
fn what_did_not_pass_runs_again() {
    let workspace = shop(&[("A", "passes"), ("B", "fails"), ("C", "errs"), ("D", "fails")]);
    let ran = workspace.run(&["--failed"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{}", ran.err);
    assert!(ran.err.contains("there is no last run whose failures could run again"), "{}", ran.err);

    let all = workspace.run(&[]);
    assert_eq!(all.code, Some(1));
    let ran = workspace.run(&["--failed"]);
    assert_eq!(ran.names(), ["B", "C", "D"]);
    put(&workspace, &[("A", "passes"), ("B", "passes"), ("C", "errs"), ("Renamed", "fails")]);
    let ran = workspace.run(&["--failed", "--name", "B"]);
    assert_eq!((ran.names().as_slice(), ran.code), (&["B".to_owned()][..], Some(0)));
    assert!(ran.err.contains("a scenario that did not pass is gone"), "{}", ran.err);
    assert!(ran.err.contains("shop.things/things.feature::D"), "{}", ran.err);
    assert!(!ran.err.contains("::C"), "it is there, and its name is not wanted: {}", ran.err);
    let told = |event: &Event| matches!(event, Event::Warning(w) if w.title.contains("is gone"));
    assert!(ran.events().iter().any(told), "the record of the run says it too");

    let ran = workspace.run(&["--failed"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(4), ""), "{}", ran.err);
    assert!(ran.err.starts_with("warning: nothing is left to run again"), "{}", ran.err);
    let folder = all.folder.as_ref().expect("its folder");
    let id = folder.file_name().and_then(|name| name.to_str()).expect("UTF-8");
    for run in [id, folder.to_str().expect("UTF-8")] {
        let again = listed(&workspace, &[&format!("--failed={run}")]);
        assert_eq!(again, ["B", "C"].map(|n| format!("shop.things/things.feature::{n}")));
    }
    let ran = workspace.run(&["--failed=none"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("there is no recorded run here"), "{}", ran.err);
}

#[test]
fn what_never_had_its_turn_runs_again_too() {
    let workspace = shop(&[("A", "fails"), ("B", "passes"), ("C", "passes")]);
    let ran = workspace.run(&["--fail-fast", "--concurrency", "1"]);
    assert_eq!(ran.cause("B"), Some(Cause::Interrupted));
    assert_eq!(workspace.run(&["--failed"]).names(), ["A", "B", "C"]);
    // A run that was killed has no end: what it never told of did not pass.
    let ran = workspace.run(&[]);
    let events = ran.folder.expect("its folder").join("events.jsonl");
    let plan = ran.events.lines().next().expect("the plan");
    fs::write(&events, format!("{plan}\n")).expect("a file");
    assert_eq!(listed(&workspace, &["--failed"]).len(), 3);
}

#[test]
fn another_environment_is_no_silent_change() {
    let workspace = shop(&[("A", "passes")]);
    assert_eq!(workspace.run(&["--env", "test"]).code, Some(1), "nobody is there");
    let ran = workspace.run(&["--failed"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.err.contains("the earlier run was in another environment"), "{}", ran.err);
    assert!(ran.err.contains("add --env test"), "{}", ran.err);
}

#[test]
fn a_list_runs_nothing_and_needs_no_secret() {
    let workspace = Workspace::new(
        &format!("http://{CLOSED}"),
        "auth: {scheme: api_key, header: X-Api-Key, secret: env:SHOP_KEY}",
    );
    workspace.put(
        "features/shop.things/things.feature",
        &format!("@shop\nFeature: F\n\n  @only:mock{}{}", one("A", "passes"), one("B", "fails")),
    );
    let ran = workspace.run(&["--env", "test"]);
    assert!(ran.code == Some(2) && ran.err.contains("SHOP_KEY"), "{}", ran.err);
    let ran = workspace.run(&["--env", "test", "--list"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(
        ran.out,
        "features/shop.things/things.feature:5   shop.things/things.feature::A  @shop @only:mock  \
         (skipped: tagged @only:mock, and this is class test)\n\
         features/shop.things/things.feature:10  shop.things/things.feature::B  @shop\n\n\
         2 scenarios, 1 skipped; nothing was run\n"
    );
    let ran = workspace.run(&["--list", "--format", "json", "--name", "A"]);
    assert_eq!(
        ran.out,
        "{\"id\":\"shop.things/things.feature::A\",\"file\":\"features/shop.things/things.feature\",\
         \"line\":5,\"name\":\"A\",\"integrations\":[\"shop.things\"],\
         \"tags\":[\"@shop\",\"@only:mock\"]}\n"
    );
    assert_eq!(workspace.run(&["--list", "--tags", "@none"]).code, Some(4));
    assert_eq!(workspace.run(&["--list", "--format", "cucumber"]).code, Some(2));
    assert!(!workspace.root().join("reports").exists(), "no run leaves no folder");
}

#[test]
fn what_counts_decides_the_exit_code_and_nothing_else() {
    let later = std::sync::atomic::AtomicBool::new(false);
    let wire = Wire::new(move |_, heard| {
        let (_, id) = heard.line.rsplit_once('/').expect("a path");
        let again = || later.swap(true, std::sync::atomic::Ordering::SeqCst);
        Reply::Answer(match id {
            "404" => json(404, r#"{"error": "no"}"#),
            "later" if !again() => json(503, r#"{"error": "no"}"#),
            _ => json(200, r#"{"id": "1", "name": "anvil"}"#),
        })
    });
    let workspace = Workspace::new(&wire.url(), "");
    let get = |id: &str| format!("When we call getThing with\n      | id | {id} |\n");
    workspace.put(
        "features/shop.things/ends.feature",
        &format!(
            "Feature: Ends\n\n  @fine\n  Scenario: Passes\n    {}\n  @red\n  Scenario: Fails\n    {}    \
             Then \"$.name\" is \"hammer\"\n\n  @odd\n  Scenario: Errs\n    {}    Then the answer is 200\n\n  \
             @only:mock @gap\n  Scenario: Is skipped\n    {}\n  @retry @late\n  Scenario: Is late\n    {}",
            get("1"),
            get("1"),
            get("404"),
            get("1"),
            get("later"),
        ),
    );
    let run = |tags: &str, fail_on: &str| {
        let ran = workspace.run(&["--env", "test", "--tags", tags, "--fail-on", fail_on]);
        let folder = ran.folder.clone().expect("its folder");
        let from = folder.to_str().expect("UTF-8").to_owned();
        let report = workspace.probe(["report", "--from", &from]).output().expect("it starts");
        assert_eq!(report.status.code(), ran.code, "a report of it says the same");
        assert!(String::from_utf8_lossy(&report.stderr).is_empty(), "what is past has no progress");
        assert_eq!(i32::from(ran.finished().exit_code), ran.code.expect("a code"));
        ran
    };
    let ran = run("@late or @fine", "flaky");
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    assert!(ran.out.contains("exit code 1, failed"), "{}", ran.out);
    assert!(ran.out.contains("environment test; fails on flaky\n"), "{}", ran.out);
    assert_eq!(ran.junit().count("failure"), 0, "a flaky pass is one in JUnit");
    for (tags, fail_on, code) in [
        ("@fine or @red", "failed", 1),
        ("@fine or @red", "errored", 0),
        ("@fine or @odd", "failed", 0),
        ("@odd", "errored,failed", 3),
        ("@fine or @gap", "skipped", 1),
        ("@fine or @gap", "failed", 0),
        ("@gap", "failed", 4),
    ] {
        let ran = run(tags, fail_on);
        assert_eq!(ran.code, Some(code), "{tags} {fail_on}: {}", ran.out);
    }
    let ran = run("@fine or @odd", "failed");
    assert_eq!(ran.junit().count("error"), 1, "JUnit says what happened");
    // Who narrows it does not want to stop at what does not count.
    let arguments = ["--env", "test", "--fail-fast", "--concurrency", "1", "--fail-on", "failed"];
    let ran = workspace.run(&[&arguments[..], &["--tags", "@odd or @late"]].concat());
    assert_eq!(ran.end("Is late").attempt, 1, "{}", ran.out);
}

#[test]
fn the_settings_may_come_from_everywhere() {
    let workspace = shop(&[("B", "errs"), ("A", "passes")]);
    let settings = "order = \"id\"\nfail_on = [\"failed\"]\n\n[profiles.strict]\nenvironment = \"mock\"\n\
                    order = \"failed-first\"\nfail_on = [\"errored\"]\n";
    workspace.put("probe.toml", &format!("{SETTINGS}{settings}"));
    let run = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut run = workspace.probe(["run"].iter().chain(arguments).copied());
        run.envs(variables.iter().copied());
        let ran = workspace.ran(run.output().expect("it starts"));
        (ran.plan().settings.order, ran.code)
    };
    let variables = [("PROBE_ORDER", "defined"), ("PROBE_FAIL_ON", "failed,inconclusive")];
    assert_eq!(run(&[], &[]), (Order::Id, Some(0)), "the file");
    let profile = ["--profile", "strict"];
    assert_eq!(run(&profile, &[]), (Order::FailedFirst, Some(3)), "the profile");
    assert_eq!(run(&profile, &variables), (Order::Defined, Some(0)), "the environment");
    let typed = ["--profile", "strict", "--order", "random", "--fail-on", "errored"];
    assert_eq!(run(&typed, &variables), (Order::Random, Some(3)), "the command line");

    let variable = |name: &str, value: &str| {
        let mut run = workspace.probe(["run", "--list", "--format", "json"]);
        let ran = workspace.ran(run.env(name, value).output().expect("it starts"));
        (ran.code, ran.out.lines().count())
    };
    assert_eq!(variable("PROBE_TAGS", "not @slow and not @odd"), (Some(0), 2));
    assert_eq!(variable("PROBE_TAGS", "@slow"), (Some(4), 0));
    assert_eq!(variable("PROBE_FAILED", "0"), (Some(0), 2));
    assert_eq!(variable("PROBE_FAILED", "last"), (Some(0), 1));
    assert_eq!(variable("PROBE_SHARD", "1/1"), (Some(0), 2));
    let mut run = workspace.probe(["run"]);
    let ran = workspace.ran(run.env("PROBE_LIST", "1").output().expect("it starts"));
    assert!(ran.folder.is_none() && ran.out.ends_with("nothing was run\n"), "{}", ran.out);
}

#[test]
fn several_lines_of_a_file_may_be_meant() {
    let workspace = shop(&[("A", "passes"), ("B", "passes"), ("C", "passes")]);
    let names = |path: &str| workspace.run(&[path]).names();
    assert_eq!(names("features/shop.things/things.feature:3:14"), ["A", "C"]);
    assert_eq!(names("features/shop.things/things.feature:14:13:4"), ["A", "C"]);
    let mut run = workspace.probe(["run", "features/shop.things/things.feature:9"]);
    run.current_dir(workspace.root().join("features/shop.things"));
    let ran = workspace.ran(run.output().expect("it starts"));
    assert_eq!(ran.names(), ["B"], "a place of a report is found from every folder");
}

#[test]
fn how_to_run_it_again_keeps_what_shaped_the_run() {
    let workspace = shop(&[("B", "fails")]);
    let settings = "\n[profiles.quick]\nenvironment = \"mock\"\nscenario_timeout = \"30 s\"\n";
    workspace.put("probe.toml", &format!("{SETTINGS}{settings}"));
    let mut run = workspace.probe(["run", "--profile", "quick", "--scenario-timeout", "20 s"]);
    let ran = workspace.ran(run.env("PROBE_SEED", "7").output().expect("it starts"));
    let again = "probe run --profile quick --seed 7 --scenario-timeout '20 s' \
                 features/shop.things/things.feature:3\n";
    assert_eq!(ran.out.matches(again).count(), 2, "{}", ran.out);
}

#[test]
fn who_watches_is_told_at_once_what_is_waited_for() {
    let wire = Wire::new(|_, _| Reply::Silence);
    let workspace = Workspace::new(&wire.url(), "");
    workspace.scenario(GET);
    let arguments = ["run", "--env", "test", "--format", "json"];
    let mut run = workspace.probe(arguments);
    let mut probe = run.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
    let out = std::io::BufReader::new(probe.stdout.take().expect("a pipe"));
    let mut lines = std::io::BufRead::lines(out).map(|line| line.expect("UTF-8"));
    assert!(lines.next().is_some_and(|line| line.contains("run_planned")));
    assert!(lines.next().is_some_and(|line| line.contains("scenario_started")), "while it waits");
    signal(&probe, "INT");
    assert_eq!(lines.filter(|line| line.contains("scenario_started")).count(), 0, "and only once");
    assert_eq!(probe.wait().expect("it ends").code(), Some(130));
}

#[test]
fn runs_at_once_never_share_a_folder() {
    let workspace = shop(&[("A", "passes")]);
    let probes: Vec<_> = (0..6).map(|_| start(&mut workspace.probe(["run"]))).collect();
    let outputs: Vec<_> = probes.into_iter().map(finish).collect();
    assert!(outputs.iter().all(|output| output.status.code() == Some(0)));
    let runs = fs::read_dir(workspace.root().join("reports")).expect("a folder");
    let mut told = String::new();
    for run in runs.flatten() {
        let events = fs::read_to_string(run.path().join("events.jsonl")).expect("its events");
        assert_eq!(events.matches("run_planned").count(), 1);
        assert!(events.contains(&format!("\"run_id\":\"{}\"", run.file_name().display())));
        let _ = writeln!(told, "{}", run.file_name().display());
    }
    assert_eq!(told.lines().count(), 6, "{told}");
}
