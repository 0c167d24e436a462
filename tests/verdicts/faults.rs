//! What each fault of a stand-in comes to.

use probe::evidence::Cause;

use super::{
    Case,
    cases::{played, said_by},
    common::workspace::Ran,
};

const GET: &str = "When we call getThing with\n  | id | t9 |\n";
const IMPATIENT: &str = "timeout: 5 s";
const ANNOUNCED: &str = "maintenance:\n  - {from: '2000-01-01T00:00:00Z', to: '2999-01-01T00:00:00Z', what: a new database}";
const OVER: &str = "maintenance:\n  - {from: '2000-01-01T00:00:00Z', to: '2000-01-02T00:00:00Z', what: a new database}";

/// Calls a stand-in with this fault, expecting nothing but a success.
fn meets(fault: &str, more: &str) -> Ran {
    played(more, &format!("Given {fault}\n{GET}"))
}

/// A fault, and what it comes to with this record.
fn case(cause: Cause, fault: &'static str, more: &'static str) -> Case {
    Case::new(cause, fault, move || meets(fault, more))
}

/// Every fault but those of throttling and status, which have cases of their own.
pub(crate) fn all() -> Vec<Case> {
    let mut cases = wire();
    cases.extend(answers());
    cases.extend(maintenance());
    cases
}

fn wire() -> Vec<Case> {
    let mut cases: Vec<Case> = [
        "the partner cuts the connection before it carries out the next call",
        "the partner cuts the connection before it answers the next call of getThing",
        "the partner cuts the connection in the headers of its answer to the next call",
        "the partner cuts the connection in the body of its answer to every call",
    ]
    .map(|fault| case(Cause::ConnectPartner, fault, ""))
    .into();
    cases.extend([
        case(Cause::TimeoutPartner, "the partner stays silent for the next call", IMPATIENT),
        case(Cause::TimeoutPartner, "the partner takes 6 s for the next call", IMPATIENT),
        case(
            Cause::TimeoutPartner,
            "the partner answers the next call in drops, a byte every 1 s",
            IMPATIENT,
        ),
        Case::new(Cause::TooSlow, "an answer that is late, and in time for our timeout", || {
            let steps = format!(
                "Given the partner takes 60 s for the next call\n{GET}Then it took less than 50 s"
            );
            played("timeout: 90 s", &steps)
        }),
        case(Cause::BrokenHttp, "the partner's answer to the next call is cut short", ""),
    ]);
    cases
}

fn answers() -> Vec<Case> {
    vec![
        case(Cause::ContractBroken, "the partner answers the next call as \"text/html\"", ""),
        case(Cause::ContractBroken, "the partner answers the next call with an HTML page", ""),
        case(Cause::BrokenHttp, "the partner answers the next call with 50 MB", ""),
        case(
            Cause::BrokenHttp,
            "the partner answers the next call with 10000 levels of nesting",
            "",
        ),
        case(Cause::BrokenHttp, "the partner answers the next call with invalid UTF-8", ""),
        // Never unpacked, so that it is no more than an answer in a form that nobody promised.
        case(Cause::ContractBroken, "the partner answers the next call with a compressed bomb", ""),
    ]
}

/// The same absence, announced and not.
fn maintenance() -> Vec<Case> {
    let page = "the partner is down for maintenance for the next call";
    let reset = "the partner cuts the connection before it answers the next call";
    vec![
        case(Cause::ServerError, page, ""),
        case(Cause::ServerError, page, OVER),
        case(Cause::Maintenance, page, ANNOUNCED),
        case(Cause::Maintenance, reset, ANNOUNCED),
        case(Cause::Maintenance, "the partner stays silent for the next call", ANNOUNCED),
        // Away is one thing, and wrong another.
        case(
            Cause::ContractBroken,
            "the partner answers the next call as \"text/html\"",
            ANNOUNCED,
        ),
        Case::new(Cause::Maintenance, "a real partner answers 503 in an announced time", || {
            said_by(503, r#"{"error": "back soon"}"#, ANNOUNCED)
        }),
    ]
}
