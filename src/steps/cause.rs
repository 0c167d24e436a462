//! From what was observed to a row of the verdict table.

use super::made::Made;
use crate::{
    evidence::{Cause, DriftClass, Finding, NoAnswer, Response},
    transport::{Credentials, PathState},
};

/// A cause, or the reason for which the path must be asked first.
#[derive(Debug)]
pub(super) enum Suspect {
    Known(Cause),
    Wire(NoAnswer),
}

/// Why an answer (or its absence) is not what the scenario needs.
pub(super) fn of_answer(made: &Made) -> Suspect {
    if let Some(reason) = made.exchange.no_answer() {
        return Suspect::Wire(reason.clone());
    }
    let Some(response) = made.exchange.response() else {
        return Suspect::Known(Cause::BrokenHttp);
    };
    Suspect::Known(of_response(made, response))
}

fn of_response(made: &Made, response: &Response) -> Cause {
    let last = made.exchange.last();
    let limits = &made.operation.partner.integration.limits;
    match response.status {
        407 => Cause::EdgeAnswered,
        _ if from_the_edge(made, response) => Cause::EdgeAnswered,
        _ if last.throttled => match last.limit_used {
            // Without a recorded limit nothing shows that we kept it.
            Some(used) if used <= 1.0 && !limits.shared => Cause::ThrottledWithinLimit,
            _ => Cause::ThrottledOverLimit,
        },
        500..=599 => Cause::ServerError,
        // A 403 is about what the token allows; that it exists is not in doubt then.
        401 if made.fresh_token => Cause::FreshTokenRefused,
        401 | 403 if made.credentials == Credentials::Ours => Cause::CredentialsRefused,
        404 | 410 if made.own_object => Cause::OwnObjectGone,
        404 | 410 => Cause::TestDataMissing,
        _ => Cause::PartnerExpectation,
    }
}

/// Why an answer differs from its contract. An answer that the partner did not
/// give, or that is an error nobody expected, is not judged as drift: what is
/// wrong with it is graver than its form.
pub(super) fn of_drift(made: &Made, finding: &Finding) -> Suspect {
    let Some(response) = made.exchange.response() else { return of_answer(made) };
    let cause = match of_response(made, response) {
        Cause::EdgeAnswered => Cause::EdgeAnswered,
        // An error that nobody expected, whatever its status.
        cause if is_failure_inside(finding) => return Suspect::Known(cause),
        // A trap or a wreck says nothing of what was promised.
        _ if finding.rule == MALFORMED => Cause::BrokenHttp,
        cause if made.refused() && !made.status_claimed => cause,
        _ => Cause::ContractBroken,
    };
    Suspect::Known(match cause {
        Cause::PartnerExpectation => Cause::ContractBroken,
        cause => cause,
    })
}

/// The rule that a body breaks which is not in the promised format.
const UNREADABLE: &str = "response.body.unreadable";
/// The rule that a body breaks which is cut, not UTF-8, or beyond our bounds.
const MALFORMED: &str = "response.body.malformed";

/// Whether a finding says that the answer tells of a failure under a status of success.
pub(super) fn is_failure_inside(finding: &Finding) -> bool {
    finding.rule == "response.failure_inside"
}

/// A page for people where the contract promises something else: a firewall or
/// proxy answered. A partner's own outage page is a 5xx, and stays its fault.
fn from_the_edge(made: &Made, response: &Response) -> bool {
    let html = response.header("content-type").is_some_and(|v| v.starts_with("text/html"));
    let promised = made
        .operation
        .operation()
        .response(response.status)
        .is_some_and(|spec| spec.content.iter().any(|m| m.name == "text/html"));
    html && !promised && matches!(response.status, 401 | 403 | 405 | 406 | 429)
}

/// Why a value of the answer is not there: the answer's own trouble, if it has one.
pub(super) fn of_missing_value(made: &Made) -> Suspect {
    let unreadable = made
        .unclaimed(DriftClass::Breaking)
        .filter(|finding| [UNREADABLE, MALFORMED].contains(&finding.rule.as_str()));
    match (made.exchange.response(), unreadable) {
        (Some(_), Some(finding)) => of_drift(made, finding),
        (Some(_), None) if !made.refused() => Suspect::Known(Cause::PartnerExpectation),
        _ => of_answer(made),
    }
}

/// Whether this is how a partner fails that is away, while our own path is not known to be dead.
pub(super) fn is_absence(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::ServerError
            | Cause::ConnectPartner
            | Cause::ConnectUnknown
            | Cause::TimeoutPartner
            | Cause::TimeoutUnknown
    )
}

/// Why there is no answer, knowing whether our own path to the world is alive.
pub(super) fn of_wire(reason: &NoAnswer, path: PathState) -> Cause {
    use PathState::{Alive, Dead, Unknown};
    match (reason, path) {
        (NoAnswer::Dns { .. }, Alive) => Cause::DnsPartner,
        (NoAnswer::Dns { .. }, Dead) => Cause::DnsPath,
        (NoAnswer::Dns { .. }, Unknown) => Cause::DnsUnknown,
        (NoAnswer::Refused { .. } | NoAnswer::Reset { .. }, Alive) => Cause::ConnectPartner,
        (NoAnswer::Refused { .. } | NoAnswer::Reset { .. }, Dead) => Cause::ConnectPath,
        (NoAnswer::Refused { .. } | NoAnswer::Reset { .. }, Unknown) => Cause::ConnectUnknown,
        (NoAnswer::Timeout { .. }, Alive) => Cause::TimeoutPartner,
        (NoAnswer::Timeout { .. }, Dead) => Cause::TimeoutPath,
        (NoAnswer::Timeout { .. }, Unknown) => Cause::TimeoutUnknown,
        (NoAnswer::Tls { ours: true, .. }, _) => Cause::ClientCertificate,
        (NoAnswer::Tls { ours: false, .. }, _) => Cause::ServerCertificate,
        (NoAnswer::Protocol { .. }, _) => Cause::BrokenHttp,
        (NoAnswer::NotSent { .. }, _) => Cause::NotAllowed,
    }
}
