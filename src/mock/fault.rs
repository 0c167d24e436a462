//! Misbehaviours of a stand-in.

use std::{fmt, time::Duration};

/// A fault with the calls that it is for.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// What happens.
    pub kind: FaultKind,
    /// How many calls it still hits; `None`: every call.
    pub left: Option<u32>,
    /// The operation (the scenarios' name) that it is for; `None`: any.
    pub operation: Option<String>,
}

/// What a stand-in does wrong; a closed set.
#[derive(Clone, Debug, PartialEq)]
pub enum FaultKind {
    /// Throttles in the partner's own form.
    Throttle,
    /// Answers with this status, in the contract's form for it.
    Status(u16),
    /// Does what was asked, and never answers.
    Silence,
    /// Does what was asked, and answers so much later (nominal time).
    Slow(Duration),
    /// Does what was asked, and sends the answer's body a byte at a time, so far apart.
    Drops(Duration),
    /// Cuts the connection by a TCP reset.
    Reset(Moment),
    /// Does what was asked, sends half of the answer's body, and ends the connection in an orderly way.
    CutShort,
    /// Does what was asked, and says that its answer is of this media type.
    MediaType(String),
    /// Answers 200 with a page for people, and does nothing else.
    Page,
    /// Answers 503 with a page for people and `Retry-After`, and does nothing else.
    Maintenance,
    /// Answers 200 with a JSON text of so many megabytes, and does nothing else.
    Megabytes(u32),
    /// Answers 200 with JSON arrays nested so deep, and does nothing else.
    Levels(u32),
    /// Answers 200 with JSON that is not UTF-8, and does nothing else.
    InvalidUtf8,
    /// Answers 200 with a gzip body that would fill a gigabyte, and does nothing else.
    Bomb,
    /// Answers, but the success body drifts from the contract.
    Drift(Drift),
    /// Every access token issued so far is over.
    TokensExpired,
}

impl FaultKind {
    /// Whether a call may meet it and another fault as well: it does not stand in the
    /// answer's place.
    fn goes_beside(&self) -> bool {
        matches!(self, Self::Drift(_) | Self::TokensExpired)
    }

    /// Whether the answer breaks the contract by this, so that no check is wrong to say so.
    pub fn breaks_the_contract(&self) -> bool {
        matches!(self, Self::Drift(_) | Self::MediaType(_) | Self::Page | Self::Bomb)
    }
}

/// When a connection is reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The request has been read, and nothing done.
    BeforeActing,
    /// What was asked is done, and nothing answered.
    BeforeAnswering,
    /// What was asked is done; the answer's head has begun.
    InHead,
    /// What was asked is done; half of the answer's body is out.
    InBody,
}

/// How an answer's body drifts, at a JSON Pointer (RFC 6901) in which the
/// segment `*` means every item of a list.
#[derive(Clone, Debug, PartialEq)]
pub enum Drift {
    /// The member is gone.
    Missing(String),
    /// A member that no contract knows is there.
    New(String),
    /// The value is of another type.
    OtherType(String),
    /// The value is outside the enumeration.
    UnknownValue(String),
}

impl fmt::Display for Fault {
    /// In words, such as `throttle the next 2 calls of createPaymentIntent`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = self.operation.as_deref();
        let calls = match self.left {
            None => "every call".to_owned(),
            Some(1) => "the next call".to_owned(),
            Some(n) => format!("the next {n} calls"),
        };
        let calls = match operation {
            Some(operation) => format!("{calls} of {operation}"),
            None => calls,
        };
        match &self.kind {
            FaultKind::Throttle => write!(f, "throttle {calls}"),
            FaultKind::Status(status) => write!(f, "answer {calls} with {status}"),
            FaultKind::TokensExpired => f.write_str("expire the tokens issued so far"),
            FaultKind::Silence => write!(f, "stay silent for {calls}"),
            FaultKind::Slow(time) => write!(f, "take {} for {calls}", human(*time)),
            FaultKind::Drops(pause) => {
                write!(f, "answer {calls} in drops, a byte every {}", human(*pause))
            }
            FaultKind::Reset(moment) => write!(f, "cut the connection {moment} {calls}"),
            FaultKind::CutShort => write!(f, "cut the answer to {calls} short"),
            FaultKind::MediaType(media) => write!(f, "answer {calls} as {media}"),
            FaultKind::Page => write!(f, "answer {calls} with an HTML page"),
            FaultKind::Maintenance => write!(f, "be down for maintenance for {calls}"),
            FaultKind::Megabytes(size) => write!(f, "answer {calls} with {size} MB"),
            FaultKind::Levels(depth) => write!(f, "answer {calls} with {depth} levels of nesting"),
            FaultKind::InvalidUtf8 => write!(f, "answer {calls} with invalid UTF-8"),
            FaultKind::Bomb => write!(f, "answer {calls} with a compressed bomb"),
            // Drift lasts, so it is not for some calls.
            FaultKind::Drift(drift) => match operation {
                Some(operation) => write!(f, "drift of {operation}: {drift}"),
                None => write!(f, "drift: {drift}"),
            },
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BeforeActing => "before carrying out",
            Self::BeforeAnswering => "before answering",
            Self::InHead => "in the headers of the answer to",
            Self::InBody => "in the body of the answer to",
        })
    }
}

/// `2 s`, or `250 ms` where seconds would be broken.
fn human(time: Duration) -> String {
    match time.as_millis() {
        ms if ms % 1000 == 0 => format!("{} s", ms / 1000),
        ms => format!("{ms} ms"),
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(at) => write!(f, "{at} is missing"),
            Self::New(at) => write!(f, "{at} is new"),
            Self::OtherType(at) => write!(f, "{at} has another type"),
            Self::UnknownValue(at) => write!(f, "{at} has an unknown value"),
        }
    }
}

/// A fault in service.
#[derive(Clone, Debug)]
struct Armed {
    /// As armed, for words.
    fault: Fault,
    /// Calls that it still hits.
    left: Option<u32>,
    fired: bool,
}

impl Armed {
    fn is_for(&self, operation: &str) -> bool {
        self.left != Some(0) && self.fault.operation.as_deref().is_none_or(|o| o == operation)
    }

    fn fire(&mut self) {
        self.fired = true;
        self.left = self.left.map(|left| left.saturating_sub(1));
    }
}

/// The faults armed at one stand-in, in the order armed.
#[derive(Debug, Default)]
pub(super) struct Faults {
    armed: Vec<Armed>,
}

impl Faults {
    pub(super) fn arm(&mut self, fault: Fault) {
        self.armed.push(Armed { left: fault.left, fault, fired: false });
    }

    /// The fault that this call of an operation meets, drift and expiry apart: the first in the
    /// order armed that has calls left. It counts as fired.
    pub(super) fn next(&mut self, operation: &str) -> Option<Fault> {
        let armed = self
            .armed
            .iter_mut()
            .find(|armed| !armed.fault.kind.goes_beside() && armed.is_for(operation))?;
        armed.fire();
        Some(armed.fault.clone())
    }

    /// Notes that a call came with a token that has expired. The words of the fault.
    pub(super) fn met_expired_token(&mut self) -> Option<String> {
        let expired = |armed: &&mut Armed| armed.fault.kind == FaultKind::TokensExpired;
        let armed = self.armed.iter_mut().rev().find(expired)?;
        armed.fire();
        Some(armed.fault.to_string())
    }

    /// Lets the body of a successful answer drift. The words of the drifts that fired.
    pub(super) fn drift(
        &mut self,
        operation: &str,
        body: &mut serde_json::Value,
    ) -> Option<String> {
        let mut words: Vec<String> = Vec::new();
        for armed in &mut self.armed {
            let FaultKind::Drift(drift) = &armed.fault.kind else { continue };
            if armed.is_for(operation) && super::drift::apply(drift, body) {
                words.push(armed.fault.to_string());
                armed.fire();
            }
        }
        (!words.is_empty()).then(|| words.join("; "))
    }

    /// Faults that have not fired once, in words.
    pub(super) fn never_fired(&self) -> Vec<String> {
        self.armed.iter().filter(|a| !a.fired).map(|a| a.fault.to_string()).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fault(kind: FaultKind, left: Option<u32>, operation: Option<&str>) -> Fault {
        Fault { kind, left, operation: operation.map(str::to_owned) }
    }

    #[test]
    fn words() {
        let drift = |drift| FaultKind::Drift(drift);
        let words = [
            fault(FaultKind::Throttle, Some(1), None),
            fault(FaultKind::Throttle, Some(2), Some("createPaymentIntent")),
            fault(FaultKind::Status(503), None, None),
            fault(FaultKind::Silence, Some(3), None),
            fault(FaultKind::Slow(Duration::from_secs(3)), Some(1), None),
            fault(FaultKind::Drops(Duration::from_millis(250)), Some(1), None),
            fault(FaultKind::Reset(Moment::BeforeActing), Some(1), Some("getPaymentIntent")),
            fault(FaultKind::Reset(Moment::BeforeAnswering), None, None),
            fault(FaultKind::Reset(Moment::InHead), Some(1), None),
            fault(FaultKind::Reset(Moment::InBody), Some(1), None),
            fault(FaultKind::CutShort, Some(1), None),
            fault(FaultKind::MediaType("text/html".to_owned()), Some(1), None),
            fault(FaultKind::Page, Some(1), None),
            fault(FaultKind::Maintenance, None, None),
            fault(FaultKind::Megabytes(50), Some(1), None),
            fault(FaultKind::Levels(10_000), Some(1), None),
            fault(FaultKind::InvalidUtf8, Some(1), None),
            fault(FaultKind::Bomb, Some(1), None),
            fault(drift(Drift::Missing("/status".to_owned())), None, None),
            fault(drift(Drift::New("/a/b".to_owned())), None, Some("getPaymentIntent")),
        ]
        .map(|f| f.to_string());
        assert_eq!(
            words,
            [
                "throttle the next call",
                "throttle the next 2 calls of createPaymentIntent",
                "answer every call with 503",
                "stay silent for the next 3 calls",
                "take 3 s for the next call",
                "answer the next call in drops, a byte every 250 ms",
                "cut the connection before carrying out the next call of getPaymentIntent",
                "cut the connection before answering every call",
                "cut the connection in the headers of the answer to the next call",
                "cut the connection in the body of the answer to the next call",
                "cut the answer to the next call short",
                "answer the next call as text/html",
                "answer the next call with an HTML page",
                "be down for maintenance for every call",
                "answer the next call with 50 MB",
                "answer the next call with 10000 levels of nesting",
                "answer the next call with invalid UTF-8",
                "answer the next call with a compressed bomb",
                "drift: /status is missing",
                "drift of getPaymentIntent: /a/b is new",
            ]
        );
    }

    #[test]
    fn faults_take_effect_in_the_order_armed_one_a_call() {
        let mut faults = Faults::default();
        faults.arm(fault(FaultKind::Status(500), Some(1), Some("b")));
        faults.arm(fault(FaultKind::Throttle, Some(2), None));
        faults.arm(fault(FaultKind::Silence, None, None));
        faults.arm(fault(FaultKind::Status(502), None, None));
        let mut met = |operation: &str| faults.next(operation).map(|f| f.kind);
        assert_eq!(met("a"), Some(FaultKind::Throttle));
        assert_eq!(met("b"), Some(FaultKind::Status(500)));
        assert_eq!(met("b"), Some(FaultKind::Throttle));
        assert_eq!(met("b"), Some(FaultKind::Silence));
        assert_eq!(met("a"), Some(FaultKind::Silence));
        assert_eq!(faults.never_fired(), ["answer every call with 502"]);
    }

    #[test]
    fn drift_lasts_and_fires_only_where_it_changes_something() {
        let mut faults = Faults::default();
        let drift = |at: &str| FaultKind::Drift(Drift::UnknownValue(at.to_owned()));
        faults.arm(fault(drift("/status"), None, None));
        faults.arm(fault(drift("/nowhere"), None, None));
        for _ in 0..2 {
            let mut body = json!({"status": "new"});
            let words = faults.drift("a", &mut body);
            assert_eq!(words.as_deref(), Some("drift: /status has an unknown value"));
            assert_eq!(body, json!({"status": "probe_unknown_value"}));
        }
        assert_eq!(faults.next("a"), None);
        assert_eq!(faults.never_fired(), ["drift: /nowhere has an unknown value"]);
    }
}
