//! What was really said between us and a partner, attempt by attempt.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// Header fields in the order sent; names in lower case.
pub type Headers = Vec<(String, String)>;

/// Who started the exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// We called the partner.
    Outbound,
    /// The partner called us.
    Inbound,
}

/// One interaction as it happened. Also a refused connection is an `Exchange`:
/// the request is never lost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// The integration's id.
    pub integration: String,
    /// The operation's name.
    pub operation: String,
    /// Who started it.
    pub direction: Direction,
    /// The request as sent, secrets masked.
    pub request: Request,
    /// Every attempt, in order; at least one.
    pub attempts: Vec<Attempt>,
}

impl Exchange {
    /// The last attempt, whose outcome counts.
    ///
    /// # Panics
    /// When the exchange has no attempt, which no constructor allows.
    pub fn last(&self) -> &Attempt {
        self.attempts.last().expect("an exchange has at least one attempt")
    }

    /// The answer that counts, if there was one.
    pub fn response(&self) -> Option<&Response> {
        match &self.last().outcome {
            Outcome::Answer(response) => Some(response),
            Outcome::NoAnswer(_) => None,
        }
    }

    /// Why there is no answer, if there is none.
    pub fn no_answer(&self) -> Option<&NoAnswer> {
        match &self.last().outcome {
            Outcome::Answer(_) => None,
            Outcome::NoAnswer(reason) => Some(reason),
        }
    }

    /// Measured time from the first attempt's start to the last one's end, in
    /// milliseconds.
    pub fn measured_ms(&self) -> f64 {
        let first = self.attempts.first().map_or(0.0, |attempt| attempt.at_ms);
        self.last().at_ms + self.last().took_ms - first
    }

    /// Nominal duration over all attempts and the waits between them, in
    /// milliseconds. What the first one waited is our own rate limit: the
    /// partner had not been asked yet.
    pub fn nominal_ms(&self) -> f64 {
        let all: f64 = self.attempts.iter().map(|a| a.waited_ms + a.nominal_ms).sum();
        all - self.first_wait_ms()
    }

    /// Nominal wait before the first attempt, in milliseconds.
    pub fn first_wait_ms(&self) -> f64 {
        self.attempts.first().map_or(0.0, |first| first.waited_ms)
    }
}

/// A request as sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Method in capitals.
    pub method: String,
    /// Absolute URL, secrets in the query masked.
    pub url: String,
    /// Header fields as sent, secrets masked.
    pub headers: Headers,
    /// The body as sent.
    #[serde(default, skip_serializing_if = "Body::is_empty")]
    pub body: Body,
}

impl Request {
    /// The first header of this (lower-case) name.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }
}

/// One try at getting an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// Counted from 1.
    pub number: u32,
    /// Nominal wait before this attempt in milliseconds: back-off, `Retry-After`,
    /// our own rate limit.
    pub waited_ms: f64,
    /// What the partner asked us to wait after this attempt, in nominal
    /// milliseconds, where it said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_wait_ms: Option<f64>,
    /// Start in milliseconds since the run began.
    pub at_ms: f64,
    /// Measured duration in milliseconds.
    pub took_ms: f64,
    /// Duration as it would be unscaled: measured minus inserted real plus
    /// inserted nominal waits, in milliseconds.
    pub nominal_ms: f64,
    /// Where the time went.
    pub phases: Phases,
    /// The idempotency key that this attempt carried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
    /// How many requests this credential had sent in the last second, this one
    /// included, over what the recorded limit lets pass in one (rate and
    /// burst): above 1 we exceeded it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_used: Option<f64>,
    /// Whether the record's throttling marks matched the answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub throttled: bool,
    /// The answer, or why there is none.
    pub outcome: Outcome,
}

impl Attempt {
    /// An attempt of which only the end is known: no time, no waits, no key.
    pub fn ended(number: u32, outcome: Outcome) -> Self {
        Self {
            number,
            waited_ms: 0.0,
            asked_wait_ms: None,
            at_ms: 0.0,
            took_ms: 0.0,
            nominal_ms: 0.0,
            phases: Phases::default(),
            idempotency_key: None,
            limit_used: None,
            throttled: false,
            outcome,
        }
    }
}

/// Durations in milliseconds; absent where the phase did not happen (a reused
/// connection has no `dns`, `connect`, `tls`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Phases {
    /// Name resolution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns: Option<f64>,
    /// TCP connect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connect: Option<f64>,
    /// TLS handshake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<f64>,
    /// From the connection being there to the answer's head.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<f64>,
    /// From the answer's head to the end of its body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receive: Option<f64>,
    /// Whether the connection had carried an earlier request.
    #[serde(default)]
    pub reused: bool,
    /// Whether a kept connection was tried before, which the partner had closed
    /// before anything was written to it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reconnected: bool,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The partner answered.
    Answer(Response),
    /// It did not.
    NoAnswer(NoAnswer),
}

/// An answer as received.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Response {
    /// Status code.
    pub status: u16,
    /// Header fields as received, secrets masked.
    pub headers: Headers,
    /// The body as received.
    #[serde(default, skip_serializing_if = "Body::is_empty")]
    pub body: Body,
}

impl Response {
    /// The first header of this (lower-case) name.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }
}

fn find<'h>(headers: &'h Headers, name: &str) -> Option<&'h str> {
    headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
}

/// Why there is no answer. `detail` is for people and holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum NoAnswer {
    /// The name did not resolve.
    Dns {
        /// What the resolver said.
        detail: String,
    },
    /// Nothing listens there, or the host cannot be reached.
    Refused {
        /// What the system said.
        detail: String,
    },
    /// The connection was cut by the other side.
    Reset {
        /// When it was cut.
        detail: String,
    },
    /// Nothing came within the limit.
    Timeout {
        /// The phase that was under way: `connect`, `tls`, `wait`, `receive`.
        phase: String,
        /// The nominal limit in milliseconds.
        limit_ms: u64,
    },
    /// The handshake failed, or the certificate is not acceptable.
    Tls {
        /// What is wrong.
        detail: String,
        /// Whether the fault is in our own client certificate.
        ours: bool,
    },
    /// What came is not HTTP, was cut short, or went over our bounds.
    Protocol {
        /// What is wrong.
        detail: String,
    },
    /// We refused to send: a write against a `live` environment, or a request
    /// that cannot be built.
    NotSent {
        /// Why.
        detail: String,
    },
}

impl NoAnswer {
    /// The word that scenarios and reports use for this reason.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Dns { .. } => "dns",
            Self::Refused { .. } => "refused",
            Self::Reset { .. } => "reset",
            Self::Timeout { .. } => "timeout",
            Self::Tls { .. } => "tls",
            Self::Protocol { .. } => "protocol",
            Self::NotSent { .. } => "not sent",
        }
    }

    /// One line for people.
    pub fn describe(&self) -> String {
        match self {
            Self::Dns { detail } => format!("the name does not resolve: {detail}"),
            Self::Refused { detail } => format!("no connection: {detail}"),
            Self::Reset { detail } => format!("the connection was cut {detail}"),
            Self::Timeout { phase, limit_ms } => {
                let limit = match limit_ms {
                    ms if ms % 1000 == 0 => format!("{} s", ms / 1000),
                    ms => format!("{ms} ms"),
                };
                format!("nothing came within {limit} (while in phase {phase})")
            }
            Self::Tls { detail, .. } => format!("TLS failed: {detail}"),
            Self::Protocol { detail } => format!("not a whole HTTP answer: {detail}"),
            Self::NotSent { detail } => format!("not sent: {detail}"),
        }
    }
}

/// A message body: its size always, its content as far as it was kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// Bytes on the wire.
    pub size: u64,
    /// SHA-256 of the whole body in hex; set when the body is recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// What of it is here.
    #[serde(default, skip_serializing_if = "Content::is_dropped")]
    pub content: Content,
}

/// The kept part of a [`Body`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// Nothing was kept.
    #[default]
    Dropped,
    /// Whole, as bytes: only in memory, never in an event.
    #[serde(skip)]
    Whole(Bytes),
    /// Text with secrets masked; whole unless `cut`.
    Text {
        /// The text.
        text: String,
        /// Whether the end is missing.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        cut: bool,
    },
    /// Not UTF-8: the first bytes in hex.
    Binary {
        /// Two hex digits a byte.
        hex: String,
        /// Whether the end is missing.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        cut: bool,
    },
}

impl Content {
    fn is_dropped(&self) -> bool {
        matches!(self, Self::Dropped)
    }
}

impl Body {
    /// A whole body in memory.
    pub fn whole(bytes: Bytes) -> Self {
        Self { size: bytes.len() as u64, sha256: None, content: Content::Whole(bytes) }
    }

    /// Whether there was no body.
    pub fn is_empty(&self) -> bool {
        self.size == 0
    }

    /// The bytes, where the whole body is at hand (also from a record that
    /// kept it as text).
    pub fn bytes(&self) -> Option<Bytes> {
        match &self.content {
            Content::Whole(bytes) => Some(bytes.clone()),
            Content::Text { text, cut: false } => Some(Bytes::copy_from_slice(text.as_bytes())),
            Content::Dropped if self.size == 0 => Some(Bytes::new()),
            Content::Dropped | Content::Text { .. } | Content::Binary { .. } => None,
        }
    }
}
