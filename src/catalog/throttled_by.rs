//! `limits.throttled_by` and `limits.wait_by` of a record: as written, and what they mean.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};
use serde_json::Value;
use serde_json_path::JsonPath;

use super::{Mark, Throttling, WaitBy, meant::Meaning, values::plain};

/// One form of throttling as written: a status, or a status and a mark.
#[derive(Debug, Default)]
pub(super) struct Form {
    status: u16,
    at: Option<String>,
    is: Option<Vec<Value>>,
    header: Option<String>,
    contains: Option<String>,
}

impl JsonSchema for Form {
    fn schema_name() -> Cow<'static, str> {
        "Throttling".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A status such as 429, or a status and the mark that tells throttling from the rest.",
            "oneOf": [
                {"type": "integer", "minimum": 100, "maximum": 599},
                {
                    "type": "object",
                    "required": ["status"],
                    "additionalProperties": false,
                    "properties": {
                        "status": {"type": "integer", "minimum": 100, "maximum": 599},
                        "at": {"type": "string", "description": "JSONPath of a value in the body that is there, or is one of `is`."},
                        "is": {"type": "array", "description": "The values that mean throttling."},
                        "header": {"type": "string", "description": "A header field that is there."},
                        "contains": {"type": "string", "description": "A text that the body holds."},
                    },
                },
            ],
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Key {
    Status,
    At,
    Is,
    Header,
    Contains,
}

impl<'de> Deserialize<'de> for Form {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct StatusOrMark;
        impl<'de> Visitor<'de> for StatusOrMark {
            type Value = Form;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a status such as 429, or a mapping with `status` and its mark")
            }

            fn visit_u64<E: Error>(self, status: u64) -> Result<Form, E> {
                // What does not fit is no status either, and told as such.
                let status = u16::try_from(status).unwrap_or(u16::MAX);
                Ok(Form { status, ..Form::default() })
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Form, A::Error> {
                let mut form = Form::default();
                let mut status = None;
                while let Some(key) = map.next_key()? {
                    match key {
                        Key::Status => status = Some(map.next_value()?),
                        Key::At => form.at = Some(map.next_value()?),
                        Key::Is => form.is = Some(map.next_value()?),
                        Key::Header => form.header = Some(map.next_value()?),
                        Key::Contains => form.contains = Some(map.next_value()?),
                    }
                }
                form.status = status.ok_or_else(|| A::Error::missing_field("status"))?;
                Ok(form)
            }
        }
        deserializer.deserialize_any(StatusOrMark)
    }
}

/// A way to say how long to wait, as written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Wait {
    Reset { header: String },
    Points { needed: String, left: String, per_second: String },
}

impl Meaning<'_> {
    /// The forms of throttling.
    pub(super) fn throttled_by(&mut self, written: Vec<Form>) -> Vec<Throttling> {
        let each = written.into_iter().enumerate();
        each.map(|(index, form)| self.form(form, &format!("/limits/throttled_by/{index}")))
            .collect()
    }

    fn form(&mut self, form: Form, at: &str) -> Throttling {
        if !(100..600).contains(&form.status) {
            // Written bare, the item itself is the status.
            let whole = [&form.at, &form.header, &form.contains].iter().all(|mark| mark.is_none());
            let at = if whole { at.to_owned() } else { format!("{at}/status") };
            let problem = self
                .problems
                .value(&at, format!("{} is not a status", form.status))
                .expected("a number from 100 to 599")
                .actual(form.status.to_string());
            self.problems.push(problem);
        }
        let marks: Vec<&str> = [
            ("at", form.at.is_some()),
            ("header", form.header.is_some()),
            ("contains", form.contains.is_some()),
        ]
        .into_iter()
        .filter_map(|(key, there)| there.then_some(key))
        .collect();
        if let [first, second, ..] = marks.as_slice() {
            let problem = self
                .problems
                .key(&format!("{at}/{second}"), format!("`{first}` and `{second}` are two marks"))
                .help("keep one; two forms of throttling are two items of the list");
            self.problems.push(problem);
        }
        Throttling { status: form.status, mark: self.mark(form, at) }
    }

    fn mark(&mut self, form: Form, at: &str) -> Option<Mark> {
        let listed = form.is.is_some();
        let is = form.is.unwrap_or_default();
        for (index, value) in is.iter().enumerate() {
            if matches!(value, Value::Null | Value::Array(_) | Value::Object(_)) {
                let problem = self
                    .problems
                    .value(
                        &format!("{at}/is/{index}"),
                        "a mark is a text, a number or a truth value",
                    )
                    .help("list the codes by which the partner says that it throttles");
                self.problems.push(problem);
            }
        }
        if let Some(path) = form.at {
            if is.is_empty() {
                let problem = self
                    .problems
                    .key(&format!("{at}/at"), "`at` says where, and nothing says what")
                    .help("add `is: [CODE]` with the codes that mean back off");
                self.problems.push(problem);
            }
            let path = self.json_path(&path, &format!("{at}/at"))?;
            return Some(Mark::Json { at: path, is });
        }
        if let Some(header) = form.header {
            let name = self.header(&header, &format!("{at}/header"))?;
            return Some(Mark::Header { name, is: is.iter().map(plain).collect() });
        }
        if listed {
            let problem = self
                .problems
                .key(&format!("{at}/is"), "`is` means nothing without `at` or `header`")
                .help("say where the code stands: `at: $.error.code`");
            self.problems.push(problem);
        }
        let text = form.contains?;
        if text.is_empty() {
            let problem = self
                .problems
                .value(&format!("{at}/contains"), "every body contains an empty text")
                .help("name words that only a throttled answer has");
            self.problems.push(problem);
        }
        Some(Mark::Text(text))
    }

    /// The ways in which the partner says how long to wait.
    pub(super) fn wait_by(&mut self, written: Vec<Wait>) -> Vec<WaitBy> {
        let mut ways = Vec::with_capacity(written.len());
        for (index, way) in written.into_iter().enumerate() {
            let at = format!("/limits/wait_by/{index}");
            ways.extend(match way {
                Wait::Reset { header } => self
                    .header(&header, &format!("{at}/reset/header"))
                    .map(|header| WaitBy::Reset { header }),
                Wait::Points { needed, left, per_second } => {
                    let mut path =
                        |text: &str, key: &str| self.json_path(text, &format!("{at}/points/{key}"));
                    let paths = (
                        path(&needed, "needed"),
                        path(&left, "left"),
                        path(&per_second, "per_second"),
                    );
                    match paths {
                        (Some(needed), Some(left), Some(per_second)) => {
                            Some(WaitBy::Points { needed, left, per_second })
                        }
                        _ => None,
                    }
                }
            });
        }
        ways
    }

    /// A JSONPath, or a problem.
    pub(super) fn json_path(&mut self, text: &str, at: &str) -> Option<JsonPath> {
        JsonPath::parse(text)
            .map_err(|error| {
                let problem = self
                    .problems
                    .value(at, format!("`{text}` is not a JSONPath"))
                    .expected("a path such as `$.errors[*].code`")
                    .actual(error.to_string())
                    .help("JSONPath is described in RFC 9535");
                self.problems.push(problem);
            })
            .ok()
    }
}
