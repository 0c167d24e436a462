//! The strict decoder: values into plain derived structs, with the JSON Pointer
//! of everything that is wrong.
//!
//! Serde stops at the first error. To list them all, a value that failed is
//! taken out of a copy and the rest is decoded again; that costs time only
//! where something is wrong.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    failure::{Log, Path, Segment},
    pointer::{self, child},
    problem::{Kind, Locate, Problem},
    walk::At,
};
use crate::evidence::{Diagnostic, Place};

/// How many problems of one document are looked for.
const MOST_PROBLEMS: usize = 50;

/// Decodes a value, or lists what is wrong with it.
pub(super) fn decode<T: DeserializeOwned>(value: &Value) -> Result<T, Vec<Problem>> {
    let log = Log::default();
    let result = attempt::<T>(value, &log);
    let mut problems = log.into_inner();
    match result {
        Ok(decoded) if problems.is_empty() => Ok(decoded),
        Ok(_) => Err(problems),
        Err(failure) => {
            look_further::<T>(value.clone(), failure, &mut problems);
            Err(problems)
        }
    }
}

/// Decodes a value that was put together from several texts: `locate` knows
/// where each JSON Pointer of it was written.
pub(crate) fn decode_placed<T: DeserializeOwned>(
    value: &Value,
    locate: &Locate<'_>,
) -> Result<T, Vec<Diagnostic>> {
    decode(value).map_err(|problems| tell(&problems, locate, value, ""))
}

/// What is wrong with a value that is a part of a `T`: that it is not the whole is not told.
pub(crate) fn misfits<T: DeserializeOwned>(value: &Value, locate: &Locate<'_>) -> Vec<Diagnostic> {
    let mut problems = decode::<T>(value).err().unwrap_or_default();
    problems.retain(|problem| !matches!(problem.kind, Kind::Missing(_)));
    tell(&problems, locate, value, "")
}

/// The problems as messages, in the order of their places.
pub(super) fn tell(
    problems: &[Problem],
    locate: &Locate<'_>,
    value: &Value,
    base: &str,
) -> Vec<Diagnostic> {
    let mut told: Vec<Diagnostic> =
        problems.iter().map(|problem| problem.diagnostic(locate, value, base)).collect();
    told.sort_by(|a, b| a.place().map(order).cmp(&b.place().map(order)));
    told
}

fn order(place: &Place) -> (&str, u32, u32) {
    (&place.file, place.line, place.column)
}

fn attempt<T: DeserializeOwned>(value: &Value, log: &Log) -> Result<T, Problem> {
    let root = Path { parent: None, segment: Segment::Root };
    T::deserialize(At { value, path: &root, log }).map_err(|failure| failure.at(&root).problem())
}

/// Takes out what failed and decodes the rest, until nothing fails any more.
fn look_further<T: DeserializeOwned>(
    mut rest: Value,
    mut failure: Problem,
    problems: &mut Vec<Problem>,
) {
    let mut removed: Vec<String> = Vec::new();
    while problems.len() < MOST_PROBLEMS {
        let cut = cut(&rest, &failure).to_owned();
        // What we took out ourselves is not missing.
        let ours =
            matches!(&failure.kind, Kind::Missing(key) if removed.contains(&child(&cut, key)));
        if !ours {
            problems.push(failure);
        }
        let Some(gone) = remove(&mut rest, &cut) else { return };
        removed.push(gone);
        let log = Log::default();
        let result = attempt::<T>(&rest, &log);
        for problem in log.into_inner() {
            if !problems.iter().any(|known| known.pointer == problem.pointer) {
                problems.push(problem);
            }
        }
        match result {
            Ok(_) => return,
            Err(next) => failure = next,
        }
    }
}

/// What to take out so that this failure does not come again. A choice is its
/// one key: without it, the whole choice would be wrong.
fn cut<'f>(rest: &Value, failure: &'f Problem) -> &'f str {
    match (&failure.kind, pointer::split_last(&failure.pointer)) {
        (Kind::UnknownKey(_), Some((parent, _)))
            if rest.pointer(parent).and_then(Value::as_object).is_some_and(|o| o.len() == 1) =>
        {
            parent
        }
        _ => &failure.pointer,
    }
}

/// Removes the object member at or above a pointer, and tells its pointer.
/// An item of a list takes the list with it, so that no other item moves.
fn remove(value: &mut Value, pointer: &str) -> Option<String> {
    let mut at = pointer;
    loop {
        let (parent, key) = pointer::split_last(at)?;
        if let Some(Value::Object(members)) = value.pointer_mut(parent) {
            return members.shift_remove(pointer::unescape(key).as_ref()).map(|_| at.to_owned());
        }
        at = parent;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use crate::contract::source::{HumanDuration, HumanRate, Source};

    #[derive(Debug, PartialEq, Deserialize)]
    struct Record {
        owner: String,
        timeout: Option<HumanDuration>,
        limits: Option<Limits>,
        #[serde(default)]
        on: Vec<On>,
        #[serde(default)]
        environments: BTreeMap<String, Limits>,
        wait: Option<Wait>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Limits {
        rate: HumanRate,
        burst: Option<u16>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum On {
        Throttled,
        Timeout,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Wait {
        None,
        Fixed(HumanDuration),
        Exponential { first: HumanDuration },
    }

    /// Each problem as `line:column+length title; expected; actual; help`.
    fn told(text: &str) -> Vec<String> {
        let problems = Source::new("a.yaml", text).decode::<Record>().expect_err("it is wrong");
        let tell = |d: &crate::evidence::Diagnostic| {
            let place = d.place().expect("a place");
            let mut told = format!("{}:{}+{} {}", place.line, place.column, place.length, d.title);
            for part in d.expected.iter().chain(&d.actual).chain(&d.help) {
                told.push_str("; ");
                told.push_str(part);
            }
            told
        };
        problems.iter().map(tell).collect()
    }

    #[test]
    fn plain_structs_are_decoded() {
        let text = "owner: a\nx-note: {any: thing}\ntimeout: 2 s\non: [timeout]\nenvironments:\n  x-y: {rate: 1 per second}\nwait: {exponential: {first: 1 s}}\n";
        let record: Record = Source::new("a.yaml", text).decode().expect("it is right");
        assert_eq!(record.on, [On::Timeout]);
        assert_eq!(record.environments["x-y"].rate, HumanRate(1.0));
        let seconds = |n| HumanDuration(std::time::Duration::from_secs(n));
        assert_eq!(record.timeout, Some(seconds(2)));
        assert_eq!(record.wait, Some(Wait::Exponential { first: seconds(1) }));
        let wait = |text: &str| {
            Source::new("a.yaml", format!("owner: a\nwait: {text}"))
                .decode::<Record>()
                .expect("it is right")
                .wait
        };
        assert_eq!(wait("none"), Some(Wait::None));
        assert_eq!(wait("{none: }"), Some(Wait::None));
        assert_eq!(wait("{fixed: 3 s}"), Some(Wait::Fixed(seconds(3))));
    }

    #[test]
    fn every_problem_is_listed_in_the_order_of_the_text() {
        let text = "ownr: a
timeout: 10
limits: {rate: fast, burts: 5, zzz: 1}
on: [throttled, timeuot]
environments:
  one: {burst: 70000, rate: 1 per second}
  two: {burst: -1}
wait: {exponental: 1 s}
";
        let expected = [
            "1:1+4 unknown key `ownr`; did you mean `owner`?",
            "1:1+7 missing key `owner`; add `owner`",
            "2:10+2 wrong type of `timeout`; a duration such as `800 ms`, `2 s` or `5 minutes`; the number 10",
            "3:16+4 wrong value of `rate`; a rate such as `25 per second` or `100 per minute`; the string `fast`",
            "3:22+5 unknown key `burts`; did you mean `burst`?",
            "3:32+3 unknown key `zzz`; known keys: `rate`, `burst`",
            "4:17+7 unknown value `timeuot`; one of `throttled`, `timeout`; `timeuot`; did you mean `timeout`?",
            "6:16+5 wrong value of `burst`; a whole number from 0 to 65535; the number 70000",
            "7:3+3 missing key `rate`; add `rate`",
            "7:16+2 wrong value of `burst`; a whole number from 0 to 65535; the number -1",
            "8:8+10 unknown key `exponental`; did you mean `exponential`?",
        ];
        assert_eq!(told(text), expected);
    }

    #[test]
    fn what_is_no_mapping_is_refused() {
        let nothing = "1:1+1 wrong type of the document; a mapping; nothing (null)";
        assert_eq!(told(""), [nothing]);
        assert_eq!(told("- a\n"), ["1:1+3 wrong type of the document; a mapping; a list"]);
        let expected = [
            "1:8+3 wrong type of `owner`; a string; a list",
            "2:9+1 wrong type of `limits`; a mapping; the string `x`",
            "3:5+7 wrong type of `on`; a list; the string `timeout`",
            "4:7+3 wrong type of `wait`; a word; a list",
        ];
        assert_eq!(told("owner: [a]\nlimits: x\non: timeout\nwait: [1]\n"), expected);
    }

    #[test]
    fn a_part_of_a_document_is_placed_in_the_whole() {
        let source = Source::new("a.yaml", "a:\n  - {rte: 1 per second}\n");
        let value = source.parse().expect("it parses");
        let problems = source.decode_value::<Limits>(&value["a"][0], "/a/0").expect_err("wrong");
        let titles: Vec<_> = problems
            .iter()
            .map(|d| (d.title.as_str(), d.place().map(|p| (p.line, p.column, p.length))))
            .collect();
        let expected =
            [("missing key `rate`", Some((2, 5, 19))), ("unknown key `rte`", Some((2, 6, 3)))];
        assert_eq!(titles, expected);
    }
}
