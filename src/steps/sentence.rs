//! What a sentence compiles to.

use std::time::Duration;

use regex::Regex;
use serde_json::Value;

use super::{jsonpath::BodyPath, matcher::Matcher, partner::OperationRef, template::Template};
use crate::{
    contract::{StatusPattern, codec::Slot},
    evidence::DriftClass,
    mock::{Fault, FaultKind},
    transport::Credentials,
};

/// A sentence, compiled.
#[derive(Clone, Debug)]
pub(crate) enum Compiled {
    /// Something happens.
    Action(Action),
    /// Something is asked.
    Expectation(Expectation),
}

impl Compiled {
    /// Whether the sentence needs a stand-in: it arms a fault, or looks inside.
    pub(crate) fn needs_stand_in(&self) -> bool {
        match self {
            Self::Action(action) => matches!(action, Action::Arm { .. } | Action::Room { .. }),
            Self::Expectation(expectation) => matches!(
                expectation.kind,
                ExpectationKind::Holds { .. } | ExpectationKind::Received { .. }
            ),
        }
    }

    /// Whether an equal sentence without names and table, in another scenario
    /// of whichever feature, compiles to the same.
    pub(crate) fn means_the_same_everywhere(&self) -> bool {
        let Self::Expectation(Expectation { subject: Subject::Last, kind, .. }) = self else {
            return false;
        };
        // What looks inside a stand-in means the partner that was called last.
        !matches!(kind, ExpectationKind::Holds { .. } | ExpectationKind::Received { .. })
    }

    /// The status that the sentence expects of an answer.
    pub(crate) fn expects_status(&self) -> Option<StatusPattern> {
        match self {
            Self::Expectation(Expectation { kind: ExpectationKind::Status(pattern), .. }) => {
                Some(*pattern)
            }
            _ => None,
        }
    }

    /// The failure mode that the sentence brings about by itself.
    pub(crate) fn armed_mode(&self) -> Option<&'static str> {
        match self {
            Self::Action(Action::Arm { fault, .. }) => Some(match fault.kind {
                FaultKind::Throttle | FaultKind::Status(429) => "rate-limit",
                FaultKind::Silence | FaultKind::Slow(_) | FaultKind::Drops(_) => "timeout",
                FaultKind::Reset(_) | FaultKind::CutShort => "connection-reset",
                FaultKind::Drift(_) | FaultKind::MediaType(_) | FaultKind::Page => "schema-drift",
                FaultKind::TokensExpired => "auth-expired",
                FaultKind::Status(500..) => "server-error",
                FaultKind::Maintenance => "maintenance",
                FaultKind::Status(_) => "error-answer",
                FaultKind::Megabytes(_)
                | FaultKind::Levels(_)
                | FaultKind::InvalidUtf8
                | FaultKind::Bomb => "hostile-answer",
            }),
            Self::Action(Action::Credentials(Credentials::Wrong | Credentials::Missing)) => {
                Some("auth-refused")
            }
            Self::Action(Action::Room { .. }) => Some("rate-limit"),
            Self::Action(Action::Repeat { .. }) => Some("duplicate-request"),
            _ => None,
        }
    }

    /// The operation that the sentence calls.
    pub(crate) fn calls(&self) -> Option<&OperationRef> {
        match self {
            Self::Action(Action::Call(call)) => Some(&call.operation),
            _ => None,
        }
    }
}

/// Something that happens.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    /// The calls that follow carry these credentials.
    Credentials(Credentials),
    /// The calls that follow are signed by a remembered token, where one of the scenario's signs them.
    Token {
        /// Its name.
        name: String,
    },
    /// A fault is armed at a stand-in.
    Arm {
        /// Whose stand-in.
        integration: String,
        /// Which fault.
        fault: Fault,
    },
    /// Others use up what calls of an operation draw on, but for so many of them.
    Room {
        /// Whose calls.
        operation: OperationRef,
        /// How many still fit.
        calls: u32,
    },
    /// An operation is called.
    Call(Box<CallSpec>),
    /// The last call is sent again.
    Repeat {
        /// The name that `as` gives it.
        name: Option<String>,
        /// Arguments that change, as the scenario wrote them.
        changes: Vec<Argument>,
    },
    /// A value is kept.
    Remember {
        /// Which.
        what: Remembered,
        /// Under which name.
        name: String,
    },
}

/// A call as the scenario wrote it.
#[derive(Clone, Debug)]
pub(crate) struct CallSpec {
    /// What is called.
    pub(crate) operation: OperationRef,
    /// The name that `as` gives it.
    pub(crate) name: Option<String>,
    /// Arguments of the table.
    pub(crate) arguments: Vec<Argument>,
    /// The JSON doc string.
    pub(crate) body: Option<Template>,
    /// Start from the contract's example arguments, minus this slot.
    pub(crate) without: Option<Slot>,
    /// Deliberate misuse: the request check is silent.
    pub(crate) wrongly: bool,
}

/// An argument of a table row.
#[derive(Clone, Debug)]
pub(crate) struct Argument {
    /// Where it goes.
    pub(crate) slot: Slot,
    /// Its value.
    pub(crate) value: ArgumentValue,
}

/// The value of a table row.
#[derive(Clone, Debug)]
pub(crate) enum ArgumentValue {
    /// Typed when the plan was made; `None` leaves the argument out.
    Typed(Option<Value>),
    /// Uses remembered values, so it is typed when it is sent.
    Text(Template),
}

/// What is kept.
#[derive(Clone, Debug)]
pub(crate) enum Remembered {
    /// A value of the body.
    Body(BodyPath),
    /// A header field, lower case; of its value, what the group of an expression matches.
    Header(String, Option<Regex>),
    /// An argument of the URL that the answer redirects to.
    Redirect(String),
}

/// Something asked of what the scenario has seen.
#[derive(Clone, Debug)]
pub(crate) struct Expectation {
    /// Which call it is about.
    pub(crate) subject: Subject,
    /// When it must hold.
    pub(crate) timing: Timing,
    /// What must hold.
    pub(crate) kind: ExpectationKind,
}

/// The call that an expectation is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// The last one.
    Last,
    /// The one of this name.
    Named(String),
}

/// When an expectation must hold, in nominal time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Timing {
    /// At the latest after this.
    pub(crate) within: Option<Duration>,
    /// And from then on for this long.
    pub(crate) stays: Option<Duration>,
}

impl ExpectationKind {
    /// Whether it is about a call, so that there must be one.
    pub(crate) fn is_of_a_call(&self) -> bool {
        !matches!(self, Self::Holds { .. } | Self::Received { .. })
    }
}

/// What must hold.
#[derive(Clone, Debug)]
pub(crate) enum ExpectationKind {
    /// The status is this or of this class.
    Status(StatusPattern),
    /// It says that we are throttled.
    Throttled,
    /// Values of the body.
    Body {
        /// Where.
        path: BodyPath,
        /// All of them, not just one.
        every: bool,
        /// There may be none.
        if_any: bool,
        /// What they must be.
        matcher: Matcher,
    },
    /// A header field, lower case.
    Header {
        /// Its name.
        name: String,
        /// What it must be.
        matcher: Matcher,
    },
    /// An argument of the URL that the answer redirects to.
    Redirect {
        /// Its name.
        argument: String,
        /// What it must be.
        matcher: Matcher,
    },
    /// Faster than this.
    Faster(Duration),
    /// No answer, for this reason.
    NoAnswer(&'static str),
    /// No breaking drift.
    KeepsContract,
    /// Breaking drift somewhere.
    BreaksContract,
    /// Drift of a class at a place.
    Drift {
        /// Which class.
        class: DriftClass,
        /// Where.
        path: BodyPath,
    },
    /// No drift of any class.
    NoDrift,
    /// A failure under a status of success.
    FailureInside,
    /// So many attempts.
    Attempts {
        /// How many.
        count: u32,
        /// With one and the same idempotency key.
        same_key: bool,
    },
    /// Waits at least as asked, else these.
    Waited(Vec<Duration>),
    /// Objects that the stand-in holds.
    Holds {
        /// Whose stand-in.
        integration: String,
        /// How many.
        count: usize,
        /// Of which resource.
        resource: String,
    },
    /// Requests that the stand-in received.
    Received {
        /// For which operation.
        operation: OperationRef,
        /// How many.
        count: usize,
    },
}
