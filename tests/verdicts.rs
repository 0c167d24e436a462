//! The law, walked: every cause that can occur is brought about against a
//! partner that is not ours (a stand-in only where a fault must be armed), and
//! event, exit code and JUnit must say what the table says.

#[path = "verdicts/cases.rs"]
mod cases;
#[expect(dead_code, reason = "each of these binaries uses its own part of what they share")]
mod common;
#[path = "verdicts/faults.rs"]
mod faults;
#[path = "verdicts/tls.rs"]
mod tls;

use std::{
    collections::BTreeSet,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    process::Stdio,
    sync::atomic::{AtomicUsize, Ordering},
};

use common::{
    junit::Junit,
    workspace::{Ran, Workspace},
};
use probe::evidence::{Cause, TABLE, Verdict, exit};

/// Causes that nothing can bring about yet, and what will.
const NOT_YET: &[(Cause, &str)] = &[
    (Cause::ClockOff, "no auth scheme of this issue depends on the clock; signed webhooks do"),
    (Cause::DeliveryBroken, "nothing is delivered to us before webhooks"),
    (
        Cause::DependencyFailed,
        "scenarios cannot depend on one another before `depends_on` (issue 3)",
    ),
];

/// A way to bring a cause about.
struct Case {
    cause: Cause,
    /// What happens, for messages.
    how: &'static str,
    /// The scenario that is judged is named `It`, unless said otherwise.
    scenario: &'static str,
    /// Exit code, where the judged scenario alone does not decide it.
    code: Option<u8>,
    run: Box<dyn Fn() -> Ran + Send + Sync>,
}

impl Case {
    fn new(cause: Cause, how: &'static str, run: impl Fn() -> Ran + Send + Sync + 'static) -> Self {
        Self { cause, how, scenario: "It", code: None, run: Box::new(run) }
    }

    /// Runs it; gives everything that is not as the table says.
    fn walk(&self) -> Vec<String> {
        let ran = (self.run)();
        let mut wrong = Vec::new();
        let mut must = |what: &str, found: String, expected: String| {
            if found != expected {
                wrong.push(format!("  {what} is {found}\n    instead of {expected}"));
            }
        };
        let judgement = self.cause.judgement();
        let end = ran.end(self.scenario);
        let found = end.problem.as_ref().map(|problem| problem.cause);
        must("the cause", format!("{found:?}"), format!("{:?}", Some(self.cause)));
        must("the judgement", format!("{:?}", end.judgement), format!("{judgement:?}"));
        let code = self.code.unwrap_or(match judgement.verdict {
            Verdict::Passed => exit::PASSED,
            Verdict::Failed => exit::FAILED,
            Verdict::Errored => exit::ERRORED,
            Verdict::Inconclusive => exit::INCONCLUSIVE,
            Verdict::Skipped => exit::NOTHING_RAN,
        });
        must("the exit code", format!("{:?}", ran.code), format!("{:?}", Some(i32::from(code))));
        let junit = ran.junit();
        let case = junit.case(self.scenario);
        let element = match judgement.verdict {
            Verdict::Failed => "failure",
            Verdict::Errored | Verdict::Inconclusive => "error",
            Verdict::Passed | Verdict::Skipped => "skipped",
        };
        let expected = vec![(element.to_owned(), judgement.dotted())];
        must("JUnit's element", format!("{:?}", case.ends), format!("{expected:?}"));
        let properties = ["verdict", "blame", "party"].map(|name| case.properties[name].clone());
        let expected = [
            judgement.verdict.word(),
            judgement.blame.map_or("", |blame| blame.label()),
            judgement.party.map_or("", |party| party.label()),
        ];
        must("the case's properties", format!("{properties:?}"), format!("{expected:?}"));
        if !wrong.is_empty() {
            wrong.insert(0, format!("{:?}, {}:", self.cause, self.how));
            wrong.push(ran.out);
        }
        wrong
    }
}

#[test]
fn each_cause_is_judged_as_the_table_says() {
    let cases = cases::all();
    let next = AtomicUsize::new(0);
    // Most of the time goes by in waits, so that more than the cores can work.
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let work = || {
            let mine = std::iter::from_fn(|| cases.get(next.fetch_add(1, Ordering::Relaxed)));
            // One case that breaks must not hide the others.
            let walk = |case: &Case| {
                let walked = catch_unwind(AssertUnwindSafe(|| case.walk()));
                walked
                    .unwrap_or_else(|_| vec![format!("{:?}, {}: see above", case.cause, case.how)])
            };
            mine.flat_map(walk).collect::<Vec<String>>()
        };
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no case panics")).collect()
    });
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn each_cause_is_walked_or_excused() {
    let walked: BTreeSet<String> = cases::all().iter().map(|c| format!("{:?}", c.cause)).collect();
    for rule in TABLE {
        let name = format!("{:?}", rule.cause);
        let excuse = NOT_YET.iter().find(|(cause, _)| *cause == rule.cause);
        match (walked.contains(&name), excuse) {
            (true, None) | (false, Some(_)) => {}
            (false, None) => panic!("{name} is neither walked nor excused: {}", rule.observed),
            (true, Some((_, why))) => panic!("{name} is walked, and excused as well: {why}"),
        }
    }
}

/// A run that is killed says nothing any more; its report does.
#[test]
fn a_killed_run_has_no_verdict() {
    let (wire, workspace) = cases::waiting();
    let mut run = workspace.probe(["run", "--env", "test"]);
    let mut probe = run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    wire.wait();
    probe.kill().expect("it runs");
    probe.wait().expect("it ends");
    let report = workspace.probe(["report", "--junit", "again.xml"]).output();
    let ran = workspace.ran(report.expect("the binary starts"));
    let judgement = Cause::NoVerdict.judgement();
    assert_eq!(ran.code, Some(i32::from(exit::ERRORED)), "{}", ran.err);
    let xml = fs::read_to_string(workspace.root().join("again.xml")).expect("a report");
    let junit = Junit::parse(&xml);
    assert_eq!(junit.case("It").ends, [("error".to_owned(), judgement.dotted())]);
    let last = ran.out.lines().last().unwrap_or_default();
    assert!(last.starts_with("ERRORED: 1 errored of 1 scenario"), "{last}");
}

#[test]
fn the_table_is_printed_whole() {
    let workspace = Workspace::new("http://127.0.0.1:1", "");
    let output = workspace.probe(["explain", "verdicts"]).output().expect("the binary starts");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    for rule in TABLE {
        let judgement = rule.judgement;
        let words = [
            judgement.verdict.word(),
            judgement.blame.map_or("-", |blame| blame.label()),
            judgement.party.map_or("-", |party| party.label()),
        ];
        let row = text.lines().find(|line| line.ends_with(rule.observed));
        let row = row.unwrap_or_else(|| panic!("no row for {:?} in\n{text}", rule.cause));
        let found: Vec<&str> = row.split_whitespace().take(3).collect();
        assert_eq!(found, words);
    }
}
