//! One run in which every verdict occurs: exit code, events, JUnit, metrics,
//! terminal and its table count the same, and so does a report of it.

#[expect(dead_code, reason = "each of these binaries uses its own part of what they share")]
mod common;

use std::collections::BTreeMap;

use common::{
    exposition::Exposition,
    junit::Junit,
    partner::{Heard, Reply, Wire, json},
    workspace::{Ran, Workspace},
};
use probe::evidence::{Event, Totals, Verdict};

const FEATURE: &str = r#"Feature: Every end

  Scenario: Passes
    When we call getThing with
      | id | 1 |
    And we call getThing with
      | id | 1 |
    Then "$.name" is "anvil"

  @retry(2)
  Scenario: Passes later
    When we call getThing with
      | id | later |

  @retry
  Scenario: Fails twice
    When we call getThing with
      | id | 503 |

  Scenario: Fails
    When we call getThing with
      | id | 1 |
    And we remember "$.id" as thing
    Then the answer is 200
    And "$.name" is "hammer"

  Scenario: Errs
    When we call getThing with
      | id | 404 |
    Then the answer is 200

  Scenario: Errs unsent
    When we call getThing with
      | id | 401 |

  Scenario: Is not conclusive
    When we call getThing with
      | id | 429 |

  @only:mock
  Scenario: Is skipped
    When we call listThings

  Scenario Outline: Rows end each in their own way
    When we call getThing with
      | id | <id> |
    Then the answer is 200

    Examples:
      | id  |
      | 1   |
      | 404 |
"#;

fn reply(later: &std::sync::atomic::AtomicBool, heard: &Heard) -> Reply {
    let (_, id) = heard.line.rsplit_once('/').expect("a path");
    Reply::Answer(match id {
        "later" if !later.swap(true, std::sync::atomic::Ordering::SeqCst) => {
            json(503, r#"{"error": "not yet"}"#)
        }
        "401" | "404" | "429" | "503" => json(id.parse().expect("a status"), r#"{"error": "no"}"#),
        _ => json(200, r#"{"id": "1", "name": "anvil"}"#),
    })
}

/// How many ended how, from what the last line says in words.
fn told(out: &str) -> Totals {
    let last = out.lines().last().expect("a last line");
    let number = |word: &str| {
        let at = last.find(word)?;
        let before = last[..at].trim_end().rsplit([' ', '(']).next()?;
        before.parse().ok()
    };
    let count = |word: &str| number(word).unwrap_or(0);
    Totals {
        planned: number(" scenarios in ").or(number(" scenario in ")).expect("it is said"),
        passed: count(" passed"),
        flaky: count(" flaky"),
        failed: count(" failed"),
        errored: count(" errored"),
        inconclusive: count(" inconclusive"),
        skipped: count(" skipped"),
        touched: {
            let (before, _) = last.split_once(" touched a partner").expect("it is said");
            let of = before.rsplit("; ").next().and_then(|part| part.split(' ').next());
            of.and_then(|number| number.parse().ok()).expect("a number")
        },
    }
}

/// The row of the table at the end: its cells by the header's words.
fn row(out: &str) -> BTreeMap<String, u32> {
    let header = out.lines().find(|line| line.starts_with("integration ")).expect("a table");
    let row = out.lines().find(|line| line.starts_with("shop.things ")).expect("a row");
    let cells = row.split_whitespace().map(|cell| cell.parse().unwrap_or(0));
    header.split_whitespace().map(str::to_owned).zip(cells).collect()
}

/// How many ended how, from the events alone.
fn counted(ran: &Ran) -> Totals {
    let mut totals = Totals { planned: ran.plan().scenarios.len() as u32, ..Totals::default() };
    for end in ran.attempts().iter().filter(|end| !end.will_retry) {
        totals.count(end);
    }
    totals
}

fn junit_agrees(junit: &Junit, totals: &Totals) {
    let errors = totals.errored + totals.inconclusive;
    let expected = [totals.planned, totals.failed, errors, totals.skipped];
    let attributes = |element: &BTreeMap<String, String>| {
        ["tests", "failures", "errors", "skipped"]
            .map(|name| element[name].parse::<u32>().expect("a number"))
    };
    assert_eq!(attributes(&junit.root), expected);
    let mut sum = [0; 4];
    for suite in &junit.suites {
        for (sum, number) in sum.iter_mut().zip(attributes(suite)) {
            *sum += number;
        }
    }
    assert_eq!(sum, expected);
    let elements =
        [junit.cases.len(), junit.count("failure"), junit.count("error"), junit.count("skipped")];
    assert_eq!(elements, expected.map(|number| number as usize));
    assert_eq!(junit.count("flakyFailure"), totals.flaky as usize);
    for case in &junit.cases {
        let verdict = case.properties["verdict"].as_str();
        let element = match verdict {
            "failed" => Some("failure"),
            "errored" | "inconclusive" => Some("error"),
            "skipped" => Some("skipped"),
            _ => None,
        };
        let ends = case.ends.iter().map(|(name, _)| name.as_str());
        let last = ends.rev().find(|name| !name.ends_with("Failure"));
        assert_eq!(last, element, "{case:?}");
    }
}

/// The metrics count what the events tell: scenarios, attempts, and the rest.
fn metrics_agree(ran: &Ran, totals: &Totals) {
    let metrics = Exposition::parse(&ran.metrics).expect("it keeps the rules");
    let count = |name: &str, labels: &[(&str, &str)]| metrics.sum(name, labels) as u32;
    for (verdict, number) in [
        ("passed", totals.passed),
        ("failed", totals.failed),
        ("errored", totals.errored),
        ("inconclusive", totals.inconclusive),
        ("skipped", totals.skipped),
    ] {
        let verdict = [("verdict", verdict)];
        assert_eq!(count("probe_run_scenarios", &verdict), number, "{verdict:?}");
        assert_eq!(count("probe_scenarios_total", &verdict), number, "{verdict:?}");
    }
    assert_eq!(count("probe_flaky_scenarios_total", &[]), totals.flaky);
    assert_eq!(count("probe_run_exit_code", &[]), u32::from(ran.finished().exit_code));
    let attempts = ran.attempts();
    let sent: u32 = attempts.iter().map(|end| end.partner_requests).sum();
    assert_eq!(count("probe_partner_requests_total", &[]), sent);
    assert_eq!(count("probe_attempts_total", &[]), sent);
    assert_eq!(count("probe_attempt_duration_seconds_count", &[]), sent);
    let all_won = totals.failed + totals.errored + totals.inconclusive == 0;
    let success = metrics.family("probe_success").map(|_| count("probe_success", &[]));
    let ran_any = totals.skipped < totals.planned;
    assert_eq!(success, ran_any.then_some(u32::from(all_won)));
}

#[test]
fn every_output_counts_the_same() {
    let later = std::sync::atomic::AtomicBool::new(false);
    let wire = Wire::new(move |_, heard| reply(&later, heard));
    let workspace =
        Workspace::new(&wire.url(), "limits: {rate: 1000 per second, burst: 100, shared: true}");
    workspace.put("features/shop.things/every.feature", FEATURE);
    let ran = workspace.run(&["--env", "test"]);
    let expected = Totals {
        planned: 10,
        passed: 3,
        flaky: 1,
        failed: 2,
        errored: 3,
        inconclusive: 1,
        skipped: 1,
        touched: 9,
    };
    let finished = ran.finished();
    assert_eq!(finished.totals, expected, "{}", ran.out);
    assert_eq!(counted(&ran), expected);
    assert_eq!(told(&ran.out), expected, "{}", ran.out);
    assert_eq!((ran.code, finished.exit_code), (Some(1), 1));
    assert!(ran.out.contains("\nexit code 1, failed: "), "{}", ran.out);
    assert!(ran.out.lines().last().unwrap_or_default().starts_with("FAILED: "));
    junit_agrees(&ran.junit(), &expected);
    metrics_agree(&ran, &expected);

    let row = row(&ran.out);
    let cells = ["scenarios", "passed", "failed", "errored", "inconclusive", "skipped", "flaky"];
    let found = cells.map(|name| row[name]);
    assert_eq!(found, [10, 3, 2, 3, 1, 1, 1], "{}", ran.out);
    assert_eq!(row["calls"] as usize, wire.heard().len(), "{}", ran.out);

    // A case tells the calls of each attempt, each once.
    let junit = ran.junit();
    for (name, calls) in [("Fails", 1), ("Fails twice", 2), ("Is not conclusive", 1)] {
        let said = &junit.case(name).said;
        assert_eq!(said.matches("GET http").count(), calls, "{name}: {said}");
    }
    // So do progress and events: a line for each scenario, an end for each attempt.
    let lines = |word: &str| ran.err.lines().filter(|line| line.starts_with(word)).count();
    let found = ["ok ", "FAIL ", "skip "].map(lines);
    assert_eq!(found, [3, 2, 1], "{}", ran.err);
    assert_eq!(ran.attempts().len(), 12);
    let starts = ran.events().iter().filter(|e| matches!(e, Event::ScenarioStarted(_))).count();
    assert_eq!(starts, 11, "what is skipped never starts");
}

/// The exit code is that of the gravest verdict, and each output knows it.
#[test]
fn each_mix_has_its_exit_code() {
    let later = std::sync::atomic::AtomicBool::new(true);
    let wire = Wire::new(move |_, heard| reply(&later, heard));
    let workspace =
        Workspace::new(&wire.url(), "limits: {rate: 1000 per second, burst: 100, shared: true}");
    workspace.put("features/shop.things/every.feature", FEATURE);
    let cases: &[(&[&str], u8, &str)] = &[
        (&["Passes"], 0, "PASSED: "),
        (&["Passes", "Is skipped"], 0, "PASSED: "),
        (&["Is skipped"], 4, "NOTHING RAN: "),
        (&["Passes", "Is not conclusive"], 5, "INCONCLUSIVE: "),
        (&["Errs", "Is not conclusive", "Passes"], 3, "ERRORED: "),
        (&["Fails", "Errs", "Is not conclusive", "Passes"], 1, "FAILED: "),
    ];
    for (names, code, word) in cases {
        let mut arguments = vec!["--env", "test"];
        arguments.extend(names.iter().flat_map(|name| ["--name", name]));
        let ran = workspace.run(&arguments);
        let finished = ran.finished();
        assert_eq!((ran.code, finished.exit_code), (Some(i32::from(*code)), *code), "{}", ran.out);
        assert_eq!(told(&ran.out), finished.totals, "{}", ran.out);
        assert_eq!(counted(&ran), finished.totals);
        junit_agrees(&ran.junit(), &finished.totals);
        metrics_agree(&ran, &finished.totals);
        let last = ran.out.lines().last().unwrap_or_default();
        assert!(last.starts_with(word), "{last}");
        let said = ran.out.contains(&format!("\nexit code {code}, "));
        assert_eq!(said, *code != 0, "{}", ran.out);
        let green = ran.attempts().iter().all(|end| end.judgement.verdict == Verdict::Passed);
        assert!(!green || *code == 0);
    }
}
