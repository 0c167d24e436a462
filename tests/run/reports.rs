//! What a run leaves behind, and what can be made of it again.

use std::fs;

use super::common::{
    CLOSED,
    junit::Junit,
    workspace::{Ran, Workspace},
};

/// One scenario that passes and one that fails, against the stand-in.
fn mixed() -> Workspace {
    let workspace = Workspace::new(&format!("http://{CLOSED}"), "");
    workspace.put(
        "features/shop.things/mixed.feature",
        "Feature: Mixed\n\n  Scenario: Fine\n    When we call getThing with\n      | id | t9 |\n    \
         Then \"$.name\" is \"hammer\"\n\n  Scenario: Not so\n    When we call getThing with\n      \
         | id | t9 |\n    Then \"$.name\" is \"anvil\"\n    And \"$.id\" is \"t9\"\n\n  @only:test\n  \
         Scenario: Elsewhere\n    When we call listThings\n",
    );
    workspace
}

fn green() -> Workspace {
    let workspace = Workspace::new(&format!("http://{CLOSED}"), "");
    workspace.scenario("When we call listThings\nThen the answer is 200");
    workspace
}

/// `probe report` with these arguments: exit code, stdout, and its JUnit.
fn again(workspace: &Workspace, arguments: &[&str]) -> (Ran, String) {
    let all = ["report", "--junit", "again.xml"].iter().chain(arguments).copied();
    let output = workspace.probe(all).output().expect("it starts");
    let xml = fs::read_to_string(workspace.root().join("again.xml")).unwrap_or_default();
    (workspace.ran(output), xml)
}

/// Without what is about the process and not about the run.
fn without_reports(out: &str) -> String {
    out.lines().filter(|line| !line.starts_with("report: ")).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_run_is_told_again_as_it_was() {
    for workspace in [mixed(), green()] {
        let ran = workspace.run(&[]);
        let folder = ran.folder.clone().expect("a folder");
        let events = folder.join("events.jsonl");
        let places = [folder.display().to_string(), events.display().to_string()];
        for from in [vec!["--from", &places[0]], vec!["--from", &places[1]], vec![]] {
            let (told, xml) = again(&workspace, &from);
            assert_eq!(told.code, ran.code, "{from:?} {}", told.err);
            assert_eq!(xml, ran.xml, "{from:?}");
            assert_eq!(without_reports(&told.out), without_reports(&ran.out), "{from:?}");
        }
        let (told, _) = again(&workspace, &["--format", "json"]);
        assert_eq!(told.out, ran.events);
    }
}

#[test]
fn events_on_stdout_are_those_of_the_folder() {
    let workspace = mixed();
    let ran = workspace.run(&["--format", "json", "--junit", "out/fixed.xml"]);
    assert_eq!(ran.code, Some(1));
    assert_eq!(ran.out, ran.events);
    assert!(ran.err.contains("FAIL  shop.things  Not so"), "progress is told: {}", ran.err);
    let fixed = fs::read_to_string(workspace.root().join("out/fixed.xml")).expect("a report");
    assert_eq!(fixed, ran.xml);
}

#[test]
fn a_torn_last_line_is_borne_and_told() {
    let workspace = mixed();
    let ran = workspace.run(&["--concurrency", "1"]);
    let events = ran.folder.clone().expect("a folder").join("events.jsonl");
    let lines: Vec<&str> = ran.events.split_inclusive('\n').collect();
    let last = lines.len() - 1;

    // The end of the run is cut: everything has a verdict nevertheless.
    let kept = lines[..last].concat();
    fs::write(&events, format!("{kept}{}", &lines[last][..lines[last].len() / 2])).expect("a file");
    let (told, xml) = again(&workspace, &[]);
    assert_eq!((told.code, xml.as_str()), (Some(1), ran.xml.as_str()), "{}", told.err);
    assert!(told.err.contains("was cut short and is dropped"), "{}", told.err);
    assert!(told.err.contains("the run was cut: it has no end"), "{}", told.err);

    // The verdict of the failing one is cut as well: nobody knows it any more.
    let is_end =
        |line: &&str| line.contains("\"scenario_finished\"") && line.contains("\"failed\"");
    let failed = lines.iter().position(is_end).expect("a failure");
    let kept = lines[..failed].concat();
    fs::write(&events, format!("{kept}{}", &lines[failed][..60])).expect("a file");
    let (told, xml) = again(&workspace, &[]);
    assert_eq!(told.code, Some(3), "{}", told.err);
    let junit = Junit::parse(&xml);
    let ends = &junit.case("Not so").ends;
    assert_eq!(*ends, [("error".to_owned(), "errored.harness.probe".to_owned())]);
    assert!(junit.case("Fine").ends.is_empty());

    // A line in the middle is another matter.
    fs::write(&events, ran.events.replacen("\"step_finished\"", "\"step_fin", 1)).expect("a file");
    let (told, _) = again(&workspace, &[]);
    assert_eq!(told.code, Some(2), "{}", told.out);
    assert!(told.err.contains("was the file edited?"), "{}", told.err);
}

#[test]
fn no_run_is_no_report() {
    let workspace = green();
    let (told, _) = again(&workspace, &[]);
    assert_eq!(told.code, Some(2));
    assert!(told.err.starts_with("error: there is no recorded run"), "{}", told.err);
    let (told, _) = again(&workspace, &["--from", "nowhere"]);
    assert_eq!(told.code, Some(2));
}

#[test]
fn the_newest_run_is_looked_for_where_the_run_was_told_to_write() {
    let workspace = green();
    for arguments in [["run"], ["report"]] {
        let mut probe = workspace.probe(arguments);
        let output = probe.env("PROBE_REPORTS", workspace.root().join("elsewhere")).output();
        let output = output.expect("it starts");
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(!workspace.root().join("reports").exists());
}

/// Every step on a line, by cucumber's own writer.
#[test]
fn cucumbers_view_shows_every_step() {
    let ran = mixed().run(&["--format", "cucumber", "--concurrency", "1"]);
    assert_eq!(ran.code, Some(1));
    insta::assert_snapshot!("cucumber", ran.out);
}
