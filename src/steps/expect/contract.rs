//! Expectations of the contract.

use super::{Asked, Claims, answered};
use crate::{
    evidence::{Cause, Diagnostic, DriftClass, Finding, Severity},
    steps::{
        cause::{self, Suspect},
        jsonpath::BodyPath,
        made::{Made, of_answer},
    },
};

pub(super) fn keeps(made: &Made, claims: Claims) -> Asked {
    answered(made)?;
    match made.unclaimed(DriftClass::Breaking) {
        None => Ok(claims),
        Some(finding) => Err(contract_broken(made, finding)),
    }
}

pub(super) fn breaks(made: &Made, claims: Claims) -> Asked {
    answered(made)?;
    let broken = made.findings.iter().any(|(f, _)| is_drift(f, DriftClass::Breaking));
    if broken {
        let finding = Box::new(|f: &Finding| is_drift(f, DriftClass::Breaking));
        return Ok(claims.of(finding));
    }
    Err(expected_drift("the answer keeps the contract", "breaking drift", "none"))
}

pub(super) fn drift(made: &Made, class: DriftClass, path: &BodyPath, claims: Claims) -> Asked {
    answered(made)?;
    let wanted = path.clone();
    let at = move |f: &Finding| is_drift(f, class) && wanted.covers(&f.message_place.pointer);
    if made.findings.iter().any(|(f, _)| at(f)) {
        return Ok(claims.of(Box::new(at)));
    }
    Err(not_found(made, class, path))
}

pub(super) fn no_drift(made: &Made, claims: Claims) -> Asked {
    answered(made)?;
    match made.findings.iter().find(|(f, _)| of_answer(f)) {
        None => Ok(claims),
        Some((finding, _)) => Err(contract_broken(made, finding)),
    }
}

pub(super) fn failure_inside(made: &Made, claims: Claims) -> Asked {
    answered(made)?;
    if made.findings.iter().any(|(f, _)| cause::is_failure_inside(f)) {
        return Ok(claims.of(Box::new(cause::is_failure_inside)));
    }
    let title = "the answer tells of no failure inside";
    let expected = "a failure under a status of success, as the record or the contract declares it";
    Err(expected_drift(title, expected, &made.describe_answer()))
}

pub(super) fn is_drift(finding: &Finding, class: DriftClass) -> bool {
    // A failure under a status of success is claimed by a sentence of its own.
    finding.class == class && of_answer(finding) && !cause::is_failure_inside(finding)
}

fn contract_broken(made: &Made, finding: &Finding) -> (Suspect, Diagnostic) {
    let mut diagnostic = finding.diagnostic();
    diagnostic.severity = Severity::Error;
    (cause::of_drift(made, finding), diagnostic)
}

fn expected_drift(title: &str, expected: &str, actual: &str) -> (Suspect, Diagnostic) {
    let diagnostic = Diagnostic::error(title).expected(expected).actual(actual);
    (Suspect::Known(Cause::PartnerExpectation), diagnostic)
}

fn not_found(made: &Made, class: DriftClass, path: &BodyPath) -> (Suspect, Diagnostic) {
    let found: Vec<String> = made
        .findings
        .iter()
        .filter(|(f, _)| of_answer(f))
        .map(|(f, _)| format!("{} drift at {}", f.class.word(), f.where_in_message()))
        .collect();
    expected_drift(
        &format!("no {} drift is found at {}", class.word(), path.text),
        &format!("{} drift at {}", class.word(), path.text),
        &if found.is_empty() { "no drift at all".to_owned() } else { found.join("; ") },
    )
}
