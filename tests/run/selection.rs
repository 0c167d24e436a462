//! Which scenarios run, where, and by whose settings.

use super::common::{
    CLOSED,
    workspace::{Ran, SETTINGS, Workspace},
};

const THINGS: &str = r#"@shop
Feature: Things

  @slow
  Scenario: An anvil is made
    When we call createThing with
      | name | anvil |
    Then the answer is 201

  @critical
  Scenario Outline: Things are found
    When we call getThing with
      | id | <id> |
    Then "$.name" is "<name>"

    Examples:
      | id | name   |
      | t9 | hammer |

    @slow
    Examples:
      | id | name   |
      | t8 | pliers |
"#;

const MORE: &str =
    "Feature: More\n\n  @slow\n  Scenario: All are listed\n    When we call listThings\n";

fn shops() -> Workspace {
    let workspace = Workspace::new(&format!("http://{CLOSED}"), "");
    workspace.integration("shop.more", &format!("http://{CLOSED}"), "");
    let mock = include_str!("../common/mock.yaml");
    let mock = mock.replace("name: hammer}", "name: hammer}, {id: t8, name: pliers}");
    workspace.put("mocks/shop.things.yaml", &mock);
    workspace.put("features/shop.things/things.feature", THINGS);
    workspace.put("features/shop.more/more.feature", MORE);
    workspace
}

/// What was planned, as ids.
fn selected(ran: &Ran) -> Vec<String> {
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    ran.plan().scenarios.into_iter().map(|scenario| scenario.id).collect()
}

const ANVIL: &str = "shop.things/things.feature::An anvil is made";
const HAMMER: &str = "shop.things/things.feature::Things are found [t9 | hammer]";
const PLIERS: &str = "shop.things/things.feature::Things are found [t8 | pliers]";
const LISTED: &str = "shop.more/more.feature::All are listed";

#[test]
fn scenarios_are_selected_by_tag_integration_name_and_place() {
    let workspace = shops();
    let cases: &[(&[&str], &[&str])] = &[
        (&[], &[LISTED, ANVIL, HAMMER, PLIERS]),
        (&["--tags", "@shop"], &[ANVIL, HAMMER, PLIERS]),
        (&["--tags", "@shop", "--tags", "not @slow"], &[HAMMER]),
        (
            &["--tags", "@shop and (@slow or @critical) and not (@slow and @critical)"],
            &[ANVIL, HAMMER],
        ),
        (&["--integration", "shop.more"], &[LISTED]),
        (&["--integration", "shop.more,shop.things", "--tags", "@critical"], &[HAMMER, PLIERS]),
        (&["--name", "ANVIL"], &[ANVIL]),
        (&["--name", "anvil", "--name", "listed"], &[LISTED, ANVIL]),
        (&["features/shop.more"], &[LISTED]),
        (&["./features/shop.things/../shop.more/more.feature"], &[LISTED]),
        (&["features/shop.things/things.feature:5"], &[ANVIL]),
        (&["features/shop.things/things.feature:8"], &[ANVIL]),
        (&["features/shop.things/things.feature:18"], &[HAMMER]),
        (&["features/shop.things/things.feature:23", "features/shop.more"], &[LISTED, PLIERS]),
    ];
    for (arguments, expected) in cases {
        assert_eq!(selected(&workspace.run(arguments)), *expected, "{arguments:?}");
    }
}

#[test]
fn a_selection_of_nothing_is_not_green() {
    let workspace = shops();
    for arguments in
        [&["--tags", "@none"][..], &["--name", "no such"], &["--tags", "@slow and not @slow"]]
    {
        let ran = workspace.run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (Some(4), ""), "{arguments:?}");
        assert!(ran.err.starts_with("warning: no scenario is selected"), "{}", ran.err);
        assert!(ran.folder.is_none(), "nothing was run");
    }
}

#[test]
fn what_nobody_knows_is_refused_before_anything_is_sent() {
    let workspace = shops();
    let cases: &[(&[&str], &str)] = &[
        (&["--integration", "shop.mor"], "did you mean"),
        (&["--env", "liev"], "unknown environment `liev`"),
        (&["--profile", "nihgtly"], "unknown profile `nihgtly`"),
        (&["--tags", "@a and"], "not a tag expression"),
        (&["features/shop.things/thing.feature"], "there is no feature file at this path"),
        (&["--scenario-timeout", "soon"], "--scenario-timeout is not a duration"),
        (&["--concurrency", "0"], "--concurrency"),
        (&["--reports", "probe.toml"], "a report cannot be written"),
    ];
    for (arguments, message) in cases {
        let ran = workspace.run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(message), "{arguments:?}: {}", ran.err);
        assert!(ran.folder.is_none(), "nothing was run");
    }
}

const PROFILES: &str = r#"
[profiles.nightly]
tags = "@critical"
seed = 3

[profiles.mocked]
environment = "mock"
tags = "@slow"
junit = "out/mocked.xml"
"#;

#[test]
fn a_profile_demands_an_environment() {
    let workspace = shops();
    workspace.put("probe.toml", &format!("{SETTINGS}{PROFILES}"));
    let ran = workspace.run(&["--profile", "nightly"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("the profile nightly demands an explicit environment"), "{}", ran.err);

    let ran = workspace.run(&["--profile", "nightly", "--env", "mock"]);
    assert_eq!(selected(&ran), [HAMMER, PLIERS]);
    assert_eq!(ran.plan().profile.as_deref(), Some("nightly"));
    let mut run = workspace.probe(["run", "--profile", "nightly"]);
    let ran = workspace.ran(run.env("PROBE_ENV", "mock").output().expect("it starts"));
    assert_eq!(selected(&ran), [HAMMER, PLIERS]);
    let mut run = workspace.probe(["run", "--tags", "@critical"]);
    let ran = workspace.ran(run.env("PROBE_PROFILE", "mocked").output().expect("it starts"));
    assert_eq!(selected(&ran), [PLIERS], "the profile's expression and the typed one hold");
    assert_eq!(ran.plan().environment.name, "mock");
    let fixed = std::fs::read_to_string(workspace.root().join("out/mocked.xml"));
    assert_eq!(fixed.expect("the profile's file"), ran.xml);
}

#[test]
fn the_command_line_wins_over_environment_profile_and_file() {
    let workspace = shops();
    let seed = |arguments: &[&str], variable: Option<&str>| {
        let mut run = workspace.probe(["run"].iter().chain(arguments).copied());
        run.envs(variable.map(|seed| ("PROBE_SEED", seed)));
        workspace.ran(run.output().expect("it starts")).plan().seed
    };
    let profile = ["--profile", "nightly", "--env", "mock"];
    assert_eq!(seed(&[], None), 1, "the default");
    workspace.put("probe.toml", &format!("{SETTINGS}seed = 2\n{PROFILES}"));
    assert_eq!(seed(&[], None), 2, "the file");
    assert_eq!(seed(&profile, None), 3, "the profile");
    assert_eq!(seed(&profile, Some("4")), 4, "the environment");
    assert_eq!(seed(&[&profile[..], &["--seed", "5"]].concat(), Some("4")), 5, "the command line");

    let mut run = workspace.probe(["run", "--env", "mock", "--profile", "mocked"]);
    let ran = workspace.ran(run.env("PROBE_ENV", "test").output().expect("it starts"));
    assert_eq!(ran.plan().environment.name, "mock");
    let mut run = workspace.probe(["run", "--profile", "mocked", "--name", "listed"]);
    let ran = workspace.ran(run.env("PROBE_ENV", "test").output().expect("it starts"));
    assert_eq!(ran.plan().environment.name, "test");
}

#[test]
fn an_integration_without_the_environment_is_skipped_with_the_reason() {
    let workspace = shops();
    let uat = format!("{SETTINGS}\n[environments.uat]\nclass = \"mock\"\n");
    workspace.put("probe.toml", &uat.replace("class = \"mock\"", "class = \"test\""));
    let ran = workspace.run(&["--env", "uat"]);
    assert_eq!(ran.code, Some(4), "all are skipped: {}", ran.out);
    assert_eq!(ran.finished().totals.skipped, 4);
    let reason = "shop.things has no environment `uat`";
    assert_eq!(ran.plan().scenarios[1].skip.as_deref(), Some(reason));
    assert_eq!(ran.junit().count("skipped"), 4);
    assert!(ran.xml.contains(reason), "{}", ran.xml);
    assert!(ran.out.contains(reason), "{}", ran.out);
    assert!(
        ran.out.contains("4 scenarios over 2 integrations, 4 skipped; 0 of 4 can touch a partner")
    );
}

#[test]
fn fault_sentences_and_tags_keep_scenarios_out_of_other_classes() {
    let workspace = Workspace::new(&format!("http://{CLOSED}"), "");
    let steps = "\n    When we call listThings\n    Then there is no answer: refused\n";
    workspace.put(
        "features/shop.things/classes.feature",
        &format!(
            "Feature: Classes\n\n  @only:mock\n  Scenario: Tagged{steps}\n  \
             Scenario: Armed\n    Given the partner throttles the next call{steps}\n  \
             Scenario: Counted{steps}    And the partner holds 1 thing\n\n  \
             @only:test\n  Scenario: Real{steps}"
        ),
    );
    let ran = workspace.run(&["--env", "test"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    let skips: Vec<_> = ran.plan().scenarios.into_iter().map(|s| (s.name, s.skip)).collect();
    let because = |name: &str, reason: &str| (name.to_owned(), Some(reason.to_owned()));
    let needs = "its sentences need a stand-in (class mock)";
    assert_eq!(
        skips,
        [
            because("Tagged", "tagged @only:mock, and this is class test"),
            because("Armed", needs),
            because("Counted", needs),
            ("Real".to_owned(), None),
        ]
    );
    let last = ran.out.lines().last().unwrap_or_default();
    assert!(last.contains("1 passed, 3 skipped of 4 scenarios"), "{last}");
    assert!(last.contains("0 of 4 touched a partner"), "a refused connection is none: {last}");
}
