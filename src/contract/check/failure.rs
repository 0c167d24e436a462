//! A failure that is told under a status of success: as it is declared, and found.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use serde_json_path::JsonPath;

use super::{
    report::{Found, Report, shown_unless},
    rules::FAILURE_INSIDE,
    trace::{last_name, trace},
};
use crate::{
    contract::{
        Contract, Operation, ResponseSpec, SchemaRef, pointer::join, schema::clip, source::Part,
    },
    evidence::{Body, Diagnostic, MASK},
};

/// The key of an operation in a document, or in an overlay beside it.
const EXTENSION: &str = "x-failure-inside";
/// Longest text in which words are looked for, in bytes.
const LOOKED_AT: u64 = 256 * 1024;

/// A declared failure, as a record and an operation's `x-failure-inside` write it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FailureSaid {
    /// The operations that it holds for, as scenarios call them; all where absent.
    pub operations: Option<Vec<String>>,
    /// `JSONPath` of a value in the body.
    pub at: Option<String>,
    /// The values that mean failure.
    pub is: Option<Vec<Value>>,
    /// The values that mean success: any other means failure.
    pub is_not: Option<Vec<Value>>,
    /// Whether failure is told by there being anything: no null, false, 0, empty text or list.
    pub filled: Option<bool>,
    /// A text that the body holds, in place of `at`.
    pub contains: Option<String>,
    /// `JSONPath` of what the partner says went wrong.
    pub message: Option<String>,
}

/// A declared failure, as it is looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct FailureInside {
    /// The contract's names of the operations; `None`: all.
    pub operations: Option<Vec<String>>,
    mark: Mark,
    message: Option<JsonPath>,
}

#[derive(Clone, Debug, PartialEq)]
enum Mark {
    Is(JsonPath, Vec<Value>),
    IsNot(JsonPath, Vec<Value>),
    Filled(JsonPath),
    Contains(String),
}

impl FailureSaid {
    /// What it means. Err: the key that is wrong, and why.
    pub fn meant(self) -> Result<FailureInside, (&'static str, String)> {
        let path = |key: &'static str, text: &str| {
            JsonPath::parse(text)
                .map_err(|error| (key, format!("`{text}` is not a JSONPath (RFC 9535): {error}")))
        };
        let message = self.message.as_deref().map(|text| path("message", text)).transpose()?;
        let marks = [self.is.is_some(), self.is_not.is_some(), self.filled.is_some()];
        let marks = marks.into_iter().filter(|said| *said).count();
        let mark = match (self.at, self.contains) {
            (None, Some(text)) if marks == 0 && !text.is_empty() => Mark::Contains(text),
            (Some(at), None) if marks == 1 => {
                let at = path("at", &at)?;
                match (self.is, self.is_not) {
                    (Some(values), _) => Mark::Is(at, values),
                    (_, Some(values)) => Mark::IsNot(at, values),
                    _ if self.filled == Some(true) => Mark::Filled(at),
                    _ => {
                        return Err((
                            "filled",
                            "a failure is told by something that is there".to_owned(),
                        ));
                    }
                }
            }
            (at, _) => {
                // What is there, so that a place is found.
                let key = match at {
                    Some(_) => "at",
                    None if self.message.is_some() => "message",
                    None => "contains",
                };
                let why = "a failure is `contains: TEXT`, or `at: JSONPATH` with one of `is: [..]`, \
                           `is_not: [..]` and `filled: true`";
                return Err((key, why.to_owned()));
            }
        };
        Ok(FailureInside { operations: self.operations, mark, message })
    }
}

/// The failures that operations of a contract declare themselves: `x-failure-inside` with a list.
/// Err: what is wrong with one, where it stands.
pub(super) fn declared_in(contract: &Contract) -> Result<Vec<FailureInside>, Vec<Diagnostic>> {
    let (mut failures, mut problems) = (Vec::new(), Vec::new());
    for operation in &contract.operations {
        let at = join(&operation.pointer, EXTENSION);
        let Some(said) = contract.document.pointer(&at) else { continue };
        for (index, said) in said.as_array().map_or(&[][..], Vec::as_slice).iter().enumerate() {
            let meant = FailureSaid::deserialize(said)
                .map_err(|error| ("", error.to_string()))
                .and_then(FailureSaid::meant);
            match meant {
                Ok(failure) => {
                    let operations = Some(vec![operation.name.clone()]);
                    failures.push(FailureInside { operations, ..failure });
                }
                Err((key, why)) => {
                    let at = format!("{at}/{index}");
                    let spot = if key.is_empty() { at.clone() } else { join(&at, key) };
                    let place = |at: &str| contract.sources.locate(at, Part::Key);
                    problems.push(
                        Diagnostic::error(format!("{} declares no failure", operation.name))
                            .maybe_at(place(&spot).or_else(|| place(&at)), "declared here")
                            .actual(why),
                    );
                }
            }
        }
        if !said.is_array() {
            let place = contract.sources.locate(&at, Part::Key);
            let problem = Diagnostic::error(format!("{EXTENSION} is no list"))
                .maybe_at(place, "declared here")
                .help("such as: x-failure-inside: [{at: $.ok, is: [false]}]");
            problems.push(problem);
        }
    }
    if problems.is_empty() { Ok(failures) } else { Err(problems) }
}

/// What an answer of success says of a failure.
pub(super) fn check(
    report: &mut Report<'_>,
    operation: &Operation,
    promised: &ResponseSpec,
    (status, body, read): (u16, &Body, Option<&Value>),
) {
    if !(200..300).contains(&status) {
        return;
    }
    for failure in report.failures() {
        let all = failure.operations.as_ref();
        if all.is_some_and(|names| !names.contains(&operation.name)) {
            continue;
        }
        let Some(said) = failure.said(body, read) else { continue };
        let schema = promised.content.iter().find_map(|media| media.schema.as_ref());
        add(report, promised, failure, &said, (status, schema, read));
    }
}

/// Where a failure is told, and in which words it must not be.
struct Said {
    /// JSON Pointer into the body.
    at: String,
    /// The same as the declaration says it.
    place: String,
    expected: String,
}

impl FailureInside {
    fn said(&self, body: &Body, read: Option<&Value>) -> Option<Said> {
        let find = |path: &JsonPath, fails: &dyn Fn(&Value) -> bool| {
            let found = path.query_located(read?);
            let node = found.iter().find(|node| fails(node.node()))?;
            Some(node.location().to_json_pointer())
        };
        let (at, place, expected) = match &self.mark {
            Mark::Is(path, values) => {
                let at = find(path, &|value| values.contains(value))?;
                (at, path.to_string(), format!("{path} is not {}", listed(values)))
            }
            Mark::IsNot(path, values) => {
                let at = find(path, &|value| !values.contains(value))?;
                (at, path.to_string(), format!("{path} is {}", listed(values)))
            }
            Mark::Filled(path) => {
                let at = find(path, &is_filled)?;
                (at, path.to_string(), format!("nothing at {path}"))
            }
            Mark::Contains(text) => {
                let bytes = (body.size <= LOOKED_AT).then(|| body.bytes()).flatten()?;
                String::from_utf8_lossy(&bytes).contains(text).then_some(())?;
                (String::new(), text.clone(), format!("a body without `{}`", clip(text, 60)))
            }
        };
        Some(Said { at, place, expected })
    }

    /// What the partner says went wrong.
    fn words<'v>(&self, read: Option<&'v Value>) -> Option<(String, &'v Value)> {
        let found = self.message.as_ref()?.query_located(read?);
        let node = found.iter().next()?;
        Some((node.location().to_json_pointer(), node.node()))
    }
}

fn add(
    report: &mut Report<'_>,
    promised: &ResponseSpec,
    failure: &FailureInside,
    said: &Said,
    (status, schema, read): (u16, Option<&SchemaRef>, Option<&Value>),
) {
    let shown = |at: &str, value: &Value| {
        let personal = match (schema, read) {
            (Some(schema), Some(body)) => trace(report.contract, schema, body, at).personal,
            _ => false,
        };
        shown_unless(personal, &last_name(at), value)
    };
    let value = read.and_then(|body| body.pointer(&said.at)).filter(|_| !said.at.is_empty());
    let told = value.map_or_else(|| "it does".to_owned(), |value| shown(&said.at, value));
    let words = failure.words(read).map(|(at, value)| shown(&at, value));
    let actual = match words {
        Some(words) if words != told && words != MASK => format!("{told}: {words}"),
        _ => told,
    };
    report.add(Found {
        rule: &FAILURE_INSIDE,
        message: format!("the answer is {status} and tells of a failure inside"),
        promise: &promised.pointer,
        location: "body",
        pointer: said.at.clone(),
        place: said.place.clone(),
        expected: said.expected.clone(),
        actual,
    });
}

fn listed(values: &[Value]) -> String {
    let words: Vec<String> = values.iter().map(Value::to_string).collect();
    clip(&words.join(" or "), 120)
}

fn is_filled(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Bool(true) => true,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(object) => !object.is_empty(),
    }
}
