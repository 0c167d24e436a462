//! Misbehaviours of a stand-in.

use std::fmt;

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
        if let FaultKind::Drift(drift) = &self.kind {
            return match operation {
                Some(operation) => write!(f, "drift of {operation}: {drift}"),
                None => write!(f, "drift: {drift}"),
            };
        }
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
            FaultKind::Silence | FaultKind::Drift(_) => write!(f, "stay silent for {calls}"),
        }
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
