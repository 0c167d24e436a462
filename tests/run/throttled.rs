//! Throttling as a person meets it: told in whatever form it came, and waits that
//! nobody keeps or can read.

use super::common::{
    partner::{Reply, Wire, answer, json},
    workspace::{Ran, Workspace},
};
use probe::evidence::{Cause, Diagnostic, Verdict};

const GET: &str = "When we call getThing with\n  | id | 1 |\n";
const BUSY: &str = r#"{"id": "1", "name": "anvil", "error": {"code": "BUSY"}}"#;
const RECORD: &str = "\
limits:
  rate: 1000 per second
  throttled_by: [429, {status: 200, at: $.error.code, is: [BUSY]}]
retry: {on: [throttled], attempts: 2, backoff: {exponential: 10 ms, jitter: none}}";

/// Calls a partner that answers so each time.
fn asked(reply: impl Fn() -> Vec<u8> + Send + Sync + 'static, then: &str) -> Ran {
    let wire = Wire::new(move |_, _| Reply::Answer(reply()));
    let workspace = Workspace::new(&wire.url(), RECORD);
    workspace.scenario(&format!("{GET}{then}"));
    workspace.run(&["--env", "test"])
}

fn problem(ran: &Ran) -> (Cause, Diagnostic) {
    let problem = ran.end("It").problem.unwrap_or_else(|| panic!("it passed\n{}", ran.out));
    (problem.cause, problem.diagnostic)
}

#[test]
fn a_refusal_under_200_that_nobody_expects_does_not_pass() {
    for then in ["", "Then the answer is 200"] {
        let (cause, told) = problem(&asked(|| json(200, BUSY), then));
        assert_eq!(cause, Cause::ThrottledWithinLimit);
        assert_eq!(told.title, "getThing was throttled, and no sentence expects that");
        let expected = "a success, or a sentence such as `the answer is ...`";
        assert_eq!(told.expected.as_deref(), Some(expected));
        assert_eq!(told.actual.as_deref(), Some(&*format!("200 with {BUSY}")));
    }
}

#[test]
fn a_refusal_that_is_expected_passes_in_whichever_form() {
    for status in [200, 429] {
        let ran = asked(
            move || json(status, BUSY),
            "Then the answer is throttled\nAnd we made 2 attempts\nAnd the answer is 2XX",
        );
        let end = ran.end("It");
        match status {
            200 => assert_eq!(end.judgement.verdict, Verdict::Passed, "{}", ran.out),
            // The status is another; that it is throttling is no surprise any more.
            _ => assert_eq!(end.step, Some(3)),
        }
    }
}

#[test]
fn an_answer_that_is_no_refusal_says_what_one_would_be() {
    let thing = r#"{"id": "1", "name": "anvil"}"#;
    let (cause, told) = problem(&asked(move || json(200, thing), "Then the answer is throttled"));
    assert_eq!(cause, Cause::PartnerExpectation);
    assert_eq!(told.title, "getThing was not throttled");
    assert_eq!(told.expected.as_deref(), Some("429, or 200 with BUSY at $.error.code"));
    assert_eq!(told.actual.as_deref(), Some("200"));
    assert_eq!(told.help, ["the forms stand in catalog/shop.things.yaml: `limits.throttled_by`"]);
}

#[test]
fn a_wait_that_nobody_keeps_is_told() {
    let day = || answer(429, &[("retry-after", "86400.0")], b"{}");
    let (cause, told) = problem(&asked(day, "Then we made 2 attempts"));
    assert_eq!(cause, Cause::OurExpectation);
    assert_eq!((told.expected.as_deref(), told.actual.as_deref()), (Some("2 attempts"), Some("1")));
    let note = "the partner asked us to wait 86400 s; nobody waits for more than 1 h";
    assert!(told.notes.iter().any(|said| said == note), "{:?}", told.notes);
}

#[test]
fn a_wait_that_nobody_can_read_is_told() {
    let soon = || answer(429, &[("retry-after", "soon")], b"{}");
    let then = "Then we waited at least as long as the partner asked, or 1 s where it said nothing";
    let (_, told) = problem(&asked(soon, then));
    assert_eq!(told.title, "we did not wait long enough before attempt 2");
    assert_eq!(told.expected.as_deref(), Some("at least 1000 ms, as the sentence says"));
    assert_eq!(told.actual.as_deref(), Some("10 ms"));
    let note = "its Retry-After is neither a number nor a date: \"soon\"";
    assert!(told.notes.iter().any(|said| said == note), "{:?}", told.notes);
}
