//! The waist: an operation and an exchange give findings.

use serde_json::Value;

use super::{Tolerances, body, failure, header, report::Report, request, status};
use crate::{
    contract::{Contract, Operation},
    evidence::{Exchange, Finding},
};

/// What a check says, and the answer's body, read once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checked {
    /// What is wrong; empty where the exchange keeps the contract.
    pub findings: Vec<Finding>,
    /// The answer's body as a value, where it could be read.
    pub body: Option<Value>,
}

/// Judges the request as sent and the last answer against the operation.
/// Pure, and the same for a recorded exchange. Without an answer only the request is judged.
///
/// What begins an exchange is its request, whatever the kind of the operation: a webhook and a
/// callback with their fields and body, a message with its headers and payload, a payload by
/// itself as a body. `tolerances` says whose view the contract takes, and with it whether we read
/// a message or write it.
pub fn check(
    contract: &Contract,
    operation: &Operation,
    exchange: &Exchange,
    tolerances: &Tolerances,
) -> Vec<Finding> {
    check_decoded(contract, operation, exchange, tolerances, None).findings
}

/// As [`check`], for callers that read the answer's body too: a JSON body that is already read is
/// given in `body` and comes back, and one that is not is read here and handed out, so that it is
/// parsed once.
pub fn check_decoded(
    contract: &Contract,
    operation: &Operation,
    exchange: &Exchange,
    tolerances: &Tolerances,
    body: Option<Value>,
) -> Checked {
    let mut report = Report::new(contract, operation, tolerances);
    request::check(&mut report, operation, &exchange.request);
    let Some(response) = exchange.response() else {
        return Checked { findings: report.finish(), body };
    };
    let body = match status::promised(&mut report, operation, response.status) {
        Some(promised) => {
            header::response(&mut report, promised, response);
            let body = body::response(&mut report, operation, promised, response, body);
            let said = (response.status, &response.body, body.as_ref());
            failure::check(&mut report, operation, promised, said);
            body
        }
        None => body,
    };
    Checked { findings: report.finish(), body }
}
