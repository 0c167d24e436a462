//! How a partner says that it throttles, and for how long: 429 is one form of many.

use std::fmt;

use serde_json::Value;
use serde_json_path::JsonPath;

use super::{Limits, values::plain};
use crate::evidence::Response;

/// Longest body in which a mark is looked for, in bytes. A refusal is short; who
/// sends more than this has answered.
const LOOKED_AT: usize = 256 * 1024;

/// A form in which a partner says that it throttles.
#[derive(Clone, Debug, PartialEq)]
pub struct Throttling {
    /// The status of such an answer, 100 to 599.
    pub status: u16,
    /// What else tells it from other answers of that status.
    pub mark: Option<Mark>,
}

/// A mark of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// A header field is there, and has one of these values if any are listed.
    Header {
        /// Its name, lower case.
        name: String,
        /// Its values; letter case is ignored.
        is: Vec<String>,
    },
    /// A value of the JSON body is one of these.
    Json {
        /// Where (RFC 9535); one hit is enough.
        at: JsonPath,
        /// Texts, numbers or truth values.
        is: Vec<Value>,
    },
    /// The body holds this text.
    Text(String),
}

/// How a throttled answer says how long to wait, where it has no `Retry-After`.
#[derive(Clone, Debug, PartialEq)]
pub enum WaitBy {
    /// A header field holds a number: seconds to wait; from 10^9 on the moment at
    /// which calls are let in again, in seconds since 1970, from 10^12 on in milliseconds.
    Reset {
        /// Its name, lower case.
        header: String,
    },
    /// The body tells of points: what the call needs, what is left, and how much
    /// comes back each second.
    Points {
        /// Where the points stand that the call needs.
        needed: JsonPath,
        /// Where those stand that are left.
        left: JsonPath,
        /// Where it says how many come back each second.
        per_second: JsonPath,
    },
}

impl Limits {
    /// Whether an answer says that we are throttled. The one place that decides it:
    /// repeating, verdicts and expectations go by what it said.
    pub fn throttles(&self, answer: &Response) -> bool {
        self.throttled_by.iter().any(|form| form.is_said_by(answer))
    }
}

impl Throttling {
    /// A status that says it all.
    pub fn status(status: u16) -> Self {
        Self { status, mark: None }
    }

    /// Whether an answer has this form.
    fn is_said_by(&self, answer: &Response) -> bool {
        self.status == answer.status && self.mark.as_ref().is_none_or(|mark| mark.is_on(answer))
    }
}

impl Mark {
    fn is_on(&self, answer: &Response) -> bool {
        match self {
            Self::Header { name, is } => answer
                .header(name)
                .is_some_and(|value| is.is_empty() || is.iter().any(|v| same(v, value))),
            Self::Json { at, is } => {
                let body = short_body(answer);
                // Most answers are no refusals: without the word in it none is parsed.
                let Some(body) = body.as_deref().filter(|body| may_hold(body, is)) else {
                    return false;
                };
                let Ok(body) = serde_json::from_slice::<Value>(body) else { return false };
                at.query(&body).iter().any(|value| is.contains(value))
            }
            Self::Text(text) => short_body(answer)
                .is_some_and(|body| String::from_utf8_lossy(&body).contains(text.as_str())),
        }
    }
}

fn same(wanted: &str, value: &str) -> bool {
    wanted.eq_ignore_ascii_case(value.trim())
}

fn short_body(answer: &Response) -> Option<bytes::Bytes> {
    (answer.body.size <= LOOKED_AT as u64).then(|| answer.body.bytes()).flatten()
}

/// Whether JSON text may hold one of these values. A text stands in it letter by
/// letter, unless there is an escape; numbers can be written in many ways.
fn may_hold(body: &[u8], values: &[Value]) -> bool {
    let Ok(text) = std::str::from_utf8(body) else { return false };
    values.iter().any(|value| value.as_str().is_none_or(|word| text.contains(word)))
        || text.contains('\\')
}

impl WaitBy {
    /// The wait in milliseconds that a throttled answer asks for in this way;
    /// `None`: it does not. `now` gives the partner's time in seconds since 1970.
    pub fn asked_ms(&self, answer: &Response, now: impl Fn() -> f64) -> Option<f64> {
        let seconds = match self {
            Self::Reset { header } => until(answer.header(header)?.trim(), now)?,
            Self::Points { needed, left, per_second } => {
                let body: Value = serde_json::from_slice(&short_body(answer)?).ok()?;
                let number = |path: &JsonPath| path.query(&body).at_most_one().ok()??.as_f64();
                let back = number(per_second).filter(|rate| *rate > 0.0)?;
                (number(needed)? - number(left)?) / back
            }
        };
        seconds.is_finite().then(|| (seconds * 1e3).max(0.0))
    }
}

/// From here on a number of seconds is a moment: some thirty years.
const MOMENT: f64 = 1e9;
/// From here on it counts milliseconds.
const MILLIS: f64 = 1e12;

/// The seconds until a reset; what is past is zero.
fn until(text: &str, now: impl Fn() -> f64) -> Option<f64> {
    let digits = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let number: f64 = text.parse().ok().filter(|_| digits && text.len() <= 20)?;
    Some(match number {
        n if n >= MILLIS => n / 1e3 - now(),
        n if n >= MOMENT => n - now(),
        n => n,
    })
}

impl fmt::Display for Throttling {
    /// In words, such as `200 with THROTTLED at $.errors[*].extensions.code`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)?;
        match &self.mark {
            None => Ok(()),
            Some(Mark::Header { name, is }) if is.is_empty() => {
                write!(f, " with the header {name}")
            }
            Some(Mark::Header { name, is }) => {
                write!(f, " with {} in the header {name}", is.join(" or "))
            }
            Some(Mark::Json { at, is }) => {
                let words: Vec<String> = is.iter().map(plain).collect();
                write!(f, " with {} at {at}", words.join(" or "))
            }
            Some(Mark::Text(text)) => write!(f, " with \"{text}\" in its body"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::evidence::Body;

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
        let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        Response { status, headers, body: Body::whole(body.to_owned().into()) }
    }

    fn path(text: &str) -> JsonPath {
        JsonPath::parse(text).expect("a path")
    }

    fn with(mark: Mark, status: u16) -> Limits {
        let form = Throttling { status, mark: Some(mark) };
        Limits { throttled_by: vec![Throttling::status(429), form], ..Limits::default() }
    }

    fn graphql() -> Limits {
        let at = path("$.errors[*].extensions.code");
        with(Mark::Json { at, is: vec![json!("THROTTLED"), json!(20429)] }, 200)
    }

    #[test]
    fn a_success_status_may_say_it_in_its_body() {
        let throttles = |status, body: &str| graphql().throttles(&answer(status, &[], body));
        assert!(throttles(429, ""));
        let said = r#"{"errors":[{"message":"no"},{"extensions":{"code":"THROTTLED"}}]}"#;
        assert!(throttles(200, said));
        assert!(!throttles(500, said), "another status means something else");
        assert!(throttles(200, r#"{"errors":[{"extensions":{"code":"THROT\u0054LED"}}]}"#));
        assert!(throttles(200, r#"{"errors":[{"extensions":{"code":20429}}]}"#));
        assert!(!throttles(200, r#"{"errors":[{"extensions":{"code":"ACCESS_DENIED"}}]}"#));
        assert!(!throttles(200, r#"{"data":{"note":"THROTTLED"}}"#), "another place");
        assert!(!throttles(200, r#"{"errors":"THROTTLED"}"#));
        assert!(!throttles(200, "THROTTLED, and no JSON"));
        assert!(!throttles(200, ""));
    }

    #[test]
    fn what_a_hostile_body_may_cost_is_bounded() {
        let end = r#""errors":[{"extensions":{"code":"THROTTLED"}}]}"#;
        let long = format!("{{\"pad\":\"{}\",{end}", "x".repeat(LOOKED_AT));
        assert!(!graphql().throttles(&answer(200, &[], &long)));
        let deep = format!("{}THROTTLED", "[".repeat(100_000));
        assert!(!graphql().throttles(&answer(200, &[], &deep)));
        let mut broken = answer(200, &[], "");
        broken.body = Body::whole(b"\"THROTTLED\xff\"".to_vec().into());
        assert!(!graphql().throttles(&broken));
    }

    #[test]
    fn headers_and_texts_say_it_too() {
        let name = || "x-why".to_owned();
        let there = with(Mark::Header { name: name(), is: Vec::new() }, 503);
        assert!(there.throttles(&answer(503, &[("x-why", "")], "")));
        assert!(!there.throttles(&answer(503, &[], "")));
        let quota = with(Mark::Header { name: name(), is: vec!["Quota".to_owned()] }, 403);
        assert!(quota.throttles(&answer(403, &[("x-why", " quota ")], "")));
        assert!(!quota.throttles(&answer(403, &[("x-why", "scope")], "")));
        let text = with(Mark::Text("HTTP error 429".to_owned()), 200);
        assert!(text.throttles(&answer(200, &[], "Failed: HTTP error 429 with ContextId")));
        assert!(!text.throttles(&answer(200, &[], "1")));
    }

    #[test]
    fn forms_in_words() {
        let words: Vec<String> = [graphql(), with(Mark::Text("SlowDown".to_owned()), 503)]
            .iter()
            .map(|limits| limits.throttled_by[1].to_string())
            .collect();
        let expected = [
            "200 with THROTTLED or 20429 at $.errors[*].extensions.code",
            "503 with \"SlowDown\" in its body",
        ];
        assert_eq!(words, expected);
        let header = |is: &[&str]| Throttling {
            status: 503,
            mark: Some(Mark::Header {
                name: "x-why".to_owned(),
                is: is.iter().map(|v| (*v).to_owned()).collect(),
            }),
        };
        assert_eq!(header(&[]).to_string(), "503 with the header x-why");
        assert_eq!(header(&["a", "b"]).to_string(), "503 with a or b in the header x-why");
        assert_eq!(Throttling::status(429).to_string(), "429");
    }

    const NOW: f64 = 1_760_000_000.0;

    #[test]
    fn a_reset_is_a_moment_or_a_time_to_wait() {
        let by = WaitBy::Reset { header: "x-ratelimit-reset".to_owned() };
        let asked =
            |value: &str| by.asked_ms(&answer(429, &[("x-ratelimit-reset", value)], ""), || NOW);
        assert_eq!(asked("7"), Some(7000.0));
        assert_eq!(asked("0.5"), Some(500.0));
        assert_eq!(asked("1760000003"), Some(3000.0));
        assert_eq!(asked("1760000003500"), Some(3500.0));
        assert_eq!(asked("1759999999"), Some(0.0), "past");
        for garbage in ["", "soon", "-3", "1e3", "inf", "NaN", "1.2.3", "999999999999999999999"] {
            assert_eq!(asked(garbage), None, "{garbage}");
        }
        assert_eq!(by.asked_ms(&answer(429, &[], ""), || NOW), None);
    }

    fn points() -> WaitBy {
        WaitBy::Points {
            needed: path("$.cost.needed"),
            left: path("$.cost.left"),
            per_second: path("$.cost.rate"),
        }
    }

    #[test]
    fn points_that_are_missing_are_waited_for() {
        let asked = |body: &str| points().asked_ms(&answer(200, &[], body), || NOW);
        assert_eq!(asked(r#"{"cost":{"needed":52,"left":2,"rate":100.0}}"#), Some(500.0));
        assert_eq!(asked(r#"{"cost":{"needed":52,"left":60,"rate":100}}"#), Some(0.0));
        assert_eq!(asked(r#"{"cost":{"needed":52,"left":2,"rate":0}}"#), None);
        assert_eq!(asked(r#"{"cost":{"needed":52,"left":2,"rate":-1}}"#), None);
        assert_eq!(asked(r#"{"cost":{"needed":1e308,"left":-1e308,"rate":1e-9}}"#), None);
        assert_eq!(asked(r#"{"cost":{"needed":"52","left":2,"rate":1}}"#), None);
        assert_eq!(asked(r#"{"cost":{"needed":52,"rate":1}}"#), None);
        assert_eq!(asked("no JSON"), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn whatever_a_partner_says_the_wait_is_a_number(
            header in "\\PC{0,30}", needed in any::<f64>(), left in any::<f64>(), rate in any::<f64>(),
        ) {
            let body = json!({"cost": {"needed": needed, "left": left, "rate": rate}}).to_string();
            let answer = answer(429, &[("reset", &header)], &body);
            for by in [WaitBy::Reset { header: "reset".to_owned() }, points()] {
                let asked = by.asked_ms(&answer, || NOW);
                prop_assert!(asked.is_none_or(|ms| ms.is_finite() && ms >= 0.0));
            }
        }
    }
}
