//! What a value must be: `is "x"`, `is one of a, b`, `matches /re/`, ...

use regex::Regex;
use serde_json::{Number, Value};
use std::{collections::BTreeSet, time::Duration};

use super::template::{Names, Template};
use crate::{contract::source::parse_duration, evidence::Diagnostic};

/// The forms of matchers with a word of explanation each, for the vocabulary.
pub(crate) const MATCHERS: &[(&str, &str)] = &[
    ("is \"text\", is 2000, is true, is null, is {name}", "equals this value; numbers by value"),
    ("is not ...", "the opposite of any form with `is`"),
    ("is a string, a number, an integer, a boolean, a list, an object", "is of this JSON type"),
    ("is an email, a uuid, a time", "a string of this form; a time is RFC 3339 or epoch seconds"),
    ("is a time within 5 s of now", "a time near the run's clock, before or after"),
    ("is one of \"a\", \"b\"", "equals one of these values"),
    ("is present, is absent", "is there at all, or is not"),
    ("is at least 5, at most 5, more than 5, less than 5", "compares numbers"),
    ("has 3 items", "a list of this length, or an object with so many members"),
    ("contains \"text\"", "a string that holds this text, or a list that holds this value"),
    ("matches /re/", "a string that this regular expression matches anywhere"),
];

/// A compiled matcher.
#[derive(Clone, Debug)]
pub(crate) struct Matcher {
    /// As the scenario wrote it.
    pub(crate) text: String,
    negated: bool,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Equals(Operand),
    OneOf(Vec<Operand>),
    Type(Type),
    NearNow(Duration),
    Present,
    Absent,
    Compare(Ordering, f64),
    Items(usize),
    Contains(Operand),
    Matches(Regex),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ordering {
    AtLeast,
    AtMost,
    More,
    Less,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    String,
    Number,
    Integer,
    Boolean,
    List,
    Object,
    Email,
    Uuid,
    Time,
}

/// The types by the word for each.
const TYPES: &[(&str, Type)] = &[
    ("string", Type::String),
    ("number", Type::Number),
    ("integer", Type::Integer),
    ("boolean", Type::Boolean),
    ("list", Type::List),
    ("object", Type::Object),
    ("email", Type::Email),
    ("uuid", Type::Uuid),
    ("time", Type::Time),
];

/// A value of a scenario: literal, or a text with remembered names.
#[derive(Clone, Debug)]
enum Operand {
    Literal(Value),
    Text(Template),
}

impl Operand {
    fn value(&self, names: &Names) -> Value {
        match self {
            Self::Literal(value) => value.clone(),
            Self::Text(template) => match template.single_name() {
                Some(name) => names.get(name).cloned().unwrap_or(Value::Null),
                None => Value::String(template.fill(names)),
            },
        }
    }
}

impl Matcher {
    /// Parses the words after a path or header name.
    pub(crate) fn parse(text: &str, known: &BTreeSet<String>) -> Result<Self, Diagnostic> {
        let unknown = || {
            Diagnostic::error("this is no matcher")
                .expected("is, is not, has, contains or matches, with a value")
                .actual(text)
                .help("`probe steps` lists the matchers")
        };
        let (negated, kind) = if let Some(rest) = text.strip_prefix("is not ") {
            (true, Self::is(rest, known)?)
        } else if let Some(rest) = text.strip_prefix("is ") {
            (false, Self::is(rest, known)?)
        } else if let Some(rest) = text.strip_prefix("has ") {
            let count = rest.strip_suffix(" items").or_else(|| rest.strip_suffix(" item"));
            (false, Kind::Items(count.and_then(|c| c.parse().ok()).ok_or_else(unknown)?))
        } else if let Some(rest) = text.strip_prefix("contains ") {
            (false, Kind::Contains(operand(rest, known)?))
        } else if let Some(rest) = text.strip_prefix("matches ") {
            if !(rest.len() > 1 && rest.starts_with('/') && rest.ends_with('/')) {
                return Err(unknown().help("a regular expression stands between slashes"));
            }
            (false, Kind::Matches(regular_expression(rest)?))
        } else {
            return Err(unknown());
        };
        Ok(Self { text: text.to_owned(), negated, kind })
    }

    fn is(text: &str, known: &BTreeSet<String>) -> Result<Kind, Diagnostic> {
        let typed = text.strip_prefix("a ").or_else(|| text.strip_prefix("an "));
        if let Some(word) = typed {
            return Self::is_a(word);
        }
        for (prefix, ordering) in [
            ("at least ", Ordering::AtLeast),
            ("at most ", Ordering::AtMost),
            ("more than ", Ordering::More),
            ("less than ", Ordering::Less),
        ] {
            if let Some(number) = text.strip_prefix(prefix) {
                let number = number.parse().map_err(|_| {
                    Diagnostic::error("not a number").expected("a number").actual(number)
                })?;
                return Ok(Kind::Compare(ordering, number));
            }
        }
        if let Some(list) = text.strip_prefix("one of ") {
            let operands: Result<Vec<_>, _> =
                split_list(list).into_iter().map(|item| operand(item, known)).collect();
            return Ok(Kind::OneOf(operands?));
        }
        match text {
            "present" => Ok(Kind::Present),
            "absent" => Ok(Kind::Absent),
            _ => Ok(Kind::Equals(operand(text, known)?)),
        }
    }

    fn is_a(word: &str) -> Result<Kind, Diagnostic> {
        if let Some(near) =
            word.strip_prefix("time within ").and_then(|r| r.strip_suffix(" of now"))
        {
            return parse_duration(near).map(Kind::NearNow).ok_or_else(|| {
                Diagnostic::error("not a duration").expected("such as 5 s").actual(near)
            });
        }
        TYPES.iter().find(|(name, _)| *name == word).map(|(_, t)| Kind::Type(*t)).ok_or_else(|| {
            let names: Vec<&str> = TYPES.iter().map(|(name, _)| *name).collect();
            Diagnostic::error(format!("`{word}` is no type that a value can have"))
                .expected(format!("one of {}", names.join(", ")))
                .actual(word)
                .help("texts stand in quotes: is \"a ...\"")
        })
    }

    /// Whether a value (or its absence) is as it must be. `now` is epoch seconds.
    pub(crate) fn accepts(&self, value: Option<&Value>, names: &Names, now: f64) -> bool {
        let Some(value) = value else {
            // Of nothing only this holds: an absent value is not "a value other than x".
            return match self.kind {
                Kind::Absent => !self.negated,
                Kind::Present => self.negated,
                _ => false,
            };
        };
        let holds = match &self.kind {
            Kind::Equals(operand) => equal(&operand.value(names), value),
            Kind::OneOf(operands) => operands.iter().any(|o| equal(&o.value(names), value)),
            Kind::Type(wanted) => is_type(*wanted, value),
            Kind::NearNow(near) => {
                epoch_seconds(value).is_some_and(|t| (t - now).abs() <= near.as_secs_f64())
            }
            Kind::Present => true,
            Kind::Absent => false,
            Kind::Compare(ordering, bound) => value.as_f64().is_some_and(|n| match ordering {
                Ordering::AtLeast => n >= *bound,
                Ordering::AtMost => n <= *bound,
                Ordering::More => n > *bound,
                Ordering::Less => n < *bound,
            }),
            Kind::Items(count) => match value {
                Value::Array(items) => items.len() == *count,
                Value::Object(members) => members.len() == *count,
                _ => false,
            },
            Kind::Contains(operand) => {
                let wanted = operand.value(names);
                match (value, &wanted) {
                    (Value::String(text), Value::String(part)) => text.contains(part.as_str()),
                    (Value::Array(items), _) => items.iter().any(|item| equal(&wanted, item)),
                    _ => false,
                }
            }
            Kind::Matches(regex) => value.as_str().is_some_and(|text| regex.is_match(text)),
        };
        holds != self.negated
    }

    /// What is expected, with remembered values filled in.
    pub(crate) fn expected(&self, names: &Names) -> String {
        let not = if self.negated { "not " } else { "" };
        match &self.kind {
            Kind::Equals(operand) => format!("{not}{}", operand.value(names)),
            Kind::OneOf(operands) => {
                let values: Vec<String> =
                    operands.iter().map(|o| o.value(names).to_string()).collect();
                format!("{not}one of {}", values.join(", "))
            }
            _ => self.text.strip_prefix("is ").unwrap_or(&self.text).to_owned(),
        }
    }
}

/// A literal value or a text with names.
fn operand(text: &str, known: &BTreeSet<String>) -> Result<Operand, Diagnostic> {
    let text = text.trim();
    if let Some(inner) = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) {
        let template =
            Template::parse(inner, known, true).map_err(|name| unknown_name(&name, known))?;
        return Ok(match template.literal() {
            Some(literal) => Operand::Literal(Value::from(literal)),
            None => Operand::Text(template),
        });
    }
    if text.starts_with('{') && text.ends_with('}') {
        let template =
            Template::parse(text, known, true).map_err(|name| unknown_name(&name, known))?;
        if template.single_name().is_some() {
            return Ok(Operand::Text(template));
        }
    }
    serde_json::from_str(text).map(Operand::Literal).map_err(|_| {
        Diagnostic::error("not a value")
            .expected("a quoted text, a number, true, false, null or JSON")
            .actual(text)
            .help(format!("texts stand in quotes: \"{text}\""))
            .help("`probe steps` lists the matchers")
    })
}

/// A regular expression with the slashes around it.
pub(super) fn regular_expression(slashed: &str) -> Result<Regex, Diagnostic> {
    let source = slashed.strip_prefix('/').and_then(|s| s.strip_suffix('/')).unwrap_or(slashed);
    Regex::new(source).map_err(|error| {
        let reason = error.to_string();
        Diagnostic::error("not a regular expression")
            .expected("an expression of the regex crate's syntax")
            .actual(reason.lines().last().unwrap_or(source).trim())
            .help("look-around and back-references are not supported")
    })
}

/// The message for a name that no sentence before has remembered.
pub(super) fn unknown_name(name: &str, known: &BTreeSet<String>) -> Diagnostic {
    let diagnostic = Diagnostic::error(format!("nothing is remembered as {{{name}}}"))
        .expected(if known.is_empty() {
            "a name that an earlier sentence remembered; there is none yet".to_owned()
        } else {
            let names: Vec<&str> = known.iter().map(String::as_str).collect();
            format!("one of {}", names.join(", "))
        })
        .actual(name);
    match crate::evidence::nearest(name, known.iter().map(String::as_str)) {
        Some(near) => diagnostic.help(format!("did you mean {{{near}}}?")),
        None => diagnostic.help(format!("remember it first: And we remember \"$.id\" as {name}")),
    }
}

/// Splits at commas outside quotes.
fn split_list(text: &str) -> Vec<&str> {
    let (mut items, mut start, mut quoted) = (Vec::new(), 0, false);
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => {
                items.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    items.push(text[start..].trim());
    items
}

/// Equality of JSON values, numbers by value: 2000 equals 2000.0.
fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => match (whole(a), whole(b)) {
            // Beyond 2^53 several whole numbers share a float.
            (Some(a), Some(b)) => a == b,
            _ => a.as_f64() == b.as_f64(),
        },
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let same = |(name, a): (&String, &Value)| b.get(name).is_some_and(|b| equal(a, b));
            a.len() == b.len() && a.iter().all(same)
        }
        _ => a == b,
    }
}

/// The number, where it was written as a whole one.
fn whole(number: &Number) -> Option<i128> {
    number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from))
}

fn is_type(wanted: Type, value: &Value) -> bool {
    match wanted {
        Type::String => value.is_string(),
        Type::Number => value.is_number(),
        Type::Integer => value.as_f64().is_some_and(|n| n.fract() == 0.0),
        Type::Boolean => value.is_boolean(),
        Type::List => value.is_array(),
        Type::Object => value.is_object(),
        Type::Email => value.as_str().is_some_and(|text| {
            text.split_once('@').is_some_and(|(user, host)| {
                !user.is_empty() && host.contains('.') && !host.ends_with('.')
            }) && !text.contains(char::is_whitespace)
        }),
        Type::Uuid => value.as_str().is_some_and(|text| {
            text.len() == 36
                && text.bytes().enumerate().all(|(at, b)| match at {
                    8 | 13 | 18 | 23 => b == b'-',
                    _ => b.is_ascii_hexdigit(),
                })
        }),
        Type::Time => epoch_seconds(value).is_some(),
    }
}

/// A time as epoch seconds: an RFC 3339 string, or a number of seconds (of
/// milliseconds where it is too large for that).
fn epoch_seconds(value: &Value) -> Option<f64> {
    match value {
        Value::String(text) => {
            use time::{OffsetDateTime, format_description::well_known::Rfc3339};
            let parsed = OffsetDateTime::parse(text, &Rfc3339).ok()?;
            Some(parsed.unix_timestamp_nanos() as f64 / 1e9)
        }
        Value::Number(number) => {
            let seconds = number.as_f64()?;
            Some(if seconds > 1e12 { seconds / 1e3 } else { seconds })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn holds(matcher: &str, value: &Value) -> bool {
        let known = BTreeSet::from(["payment".to_owned()]);
        let names = Names::from([("payment".to_owned(), json!("pi_1"))]);
        Matcher::parse(matcher, &known)
            .unwrap_or_else(|d| panic!("{matcher}: {}", d.title))
            .accepts(Some(value), &names, 1_760_000_000.0)
    }

    #[test]
    fn each_form_accepts_and_refuses() {
        for (matcher, good, bad) in [
            ("is \"x\"", json!("x"), json!("y")),
            ("is 2000", json!(2000.0), json!("2000")),
            (
                "is 9007199254740993",
                json!(9_007_199_254_740_993_u64),
                json!(9_007_199_254_740_992_u64),
            ),
            ("is {\"a\": [1]}", json!({"a": [1.0]}), json!({"a": [2]})),
            ("is null", json!(null), json!(0)),
            ("is {payment}", json!("pi_1"), json!("pi_2")),
            ("is \"id {payment}\"", json!("id pi_1"), json!("id")),
            ("is not \"x\"", json!("y"), json!("x")),
            ("is a string", json!("x"), json!(1)),
            ("is an integer", json!(3), json!(3.5)),
            ("is a list", json!([]), json!({})),
            ("is an email", json!("ada@example.com"), json!("ada@example")),
            ("is a uuid", json!("123e4567-e89b-12d3-a456-426614174000"), json!("123e4567")),
            ("is a time", json!("2026-01-01T00:00:00Z"), json!("today")),
            ("is a time within 5 s of now", json!(1_760_000_004), json!(1_760_000_006)),
            ("is one of \"a, b\", \"c\"", json!("a, b"), json!("a")),
            ("is at least 5", json!(5), json!(4)),
            ("is less than 5", json!(4.9), json!(5)),
            ("has 2 items", json!([1, 2]), json!([1])),
            ("contains \"b\"", json!("abc"), json!("xyz")),
            ("contains 2", json!([1, 2]), json!([1])),
            ("matches /^pi_/", json!("pi_1"), json!("ch_1")),
        ] {
            assert!(holds(matcher, &good), "{matcher} must accept {good}");
            assert!(!holds(matcher, &bad), "{matcher} must refuse {bad}");
        }
    }

    #[test]
    fn absence_is_only_what_says_so() {
        let (known, names) = (BTreeSet::new(), Names::new());
        let accepts =
            |text: &str| Matcher::parse(text, &known).expect("parses").accepts(None, &names, 0.0);
        assert!(accepts("is absent"));
        assert!(accepts("is not present"));
        assert!(!accepts("is present"));
        assert!(!accepts("is not absent"));
        assert!(!accepts("is not \"x\""), "an absent value is not a value other than x");
    }

    #[test]
    fn what_is_no_value_is_refused() {
        let known = BTreeSet::new();
        for text in ["is succeeded", "is a wombat", "has many items", "matches x", "is {nobody}"] {
            assert!(Matcher::parse(text, &known).is_err(), "{text}");
        }
    }
}
