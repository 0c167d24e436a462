//! What the strict decoder found, and how it is told.

use serde_json::Value;

use super::{Part, pointer};
use crate::evidence::{Diagnostic, Place, nearest};

/// Longest piece of a value that a message quotes, in characters.
const LONGEST_QUOTE: usize = 60;

/// Finds the place of a JSON Pointer.
pub(crate) type Locate<'l> = dyn Fn(&str, Part) -> Option<Place> + 'l;

/// Something wrong at a JSON Pointer.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) pointer: String,
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    /// The pointer's last part is none of these keys.
    UnknownKey(&'static [&'static str]),
    /// The value is none of these words.
    UnknownWord(&'static [&'static str]),
    /// The object lacks this key.
    Missing(&'static str),
    /// The value is of another type than this.
    Type(String),
    /// The value is of the right type, but not this.
    Value(String),
    /// Anything else, in the words of who refused it.
    Custom(String),
}

impl Problem {
    /// The problem as a message about `root`, which stands at `base` of what `locate` knows.
    pub(super) fn diagnostic(&self, locate: &Locate<'_>, root: &Value, base: &str) -> Diagnostic {
        let name = name(&self.pointer, base);
        let place = |part| locate(&format!("{base}{}", self.pointer), part);
        let actual = || root.pointer(&self.pointer).map_or_else(|| "nothing".to_owned(), describe);
        match &self.kind {
            Kind::UnknownKey(known) => {
                let key = last(&self.pointer);
                Diagnostic::error(format!("unknown key `{key}`"))
                    .maybe_at(place(Part::Key), "not known here")
                    .help(match nearest(&key, known.iter().copied()) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("known keys: {}", list(known)),
                    })
            }
            Kind::UnknownWord(known) => {
                let word = root.pointer(&self.pointer).and_then(Value::as_str).unwrap_or_default();
                Diagnostic::error(format!("unknown value `{}`", clip(word)))
                    .maybe_at(place(Part::Value), "not known here")
                    .expected(format!("one of {}", list(known)))
                    .actual(format!("`{}`", clip(word)))
                    .help(match nearest(word, known.iter().copied()) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => "choose one of these words".to_owned(),
                    })
            }
            Kind::Missing(key) => Diagnostic::error(format!("missing key `{key}`"))
                .maybe_at(place(Part::Key), format!("`{key}` belongs in here"))
                .help(format!("add `{key}`")),
            Kind::Type(expected) => Diagnostic::error(format!("wrong type of {name}"))
                .maybe_at(place(Part::Value), "")
                .expected(plain(expected))
                .actual(actual()),
            Kind::Value(expected) => Diagnostic::error(format!("wrong value of {name}"))
                .maybe_at(place(Part::Value), "")
                .expected(plain(expected))
                .actual(actual()),
            Kind::Custom(message) => {
                Diagnostic::error(message).maybe_at(place(Part::Value), "").actual(actual())
            }
        }
    }
}

/// The last part of a pointer, unescaped.
fn last(pointer: &str) -> String {
    pointer::segments(pointer).pop().unwrap_or_default().into_owned()
}

/// What a value is called in a title: its key, or its number in a list.
fn name(pointer: &str, base: &str) -> String {
    let whole = format!("{base}{pointer}");
    let segments = pointer::segments(&whole);
    match segments.as_slice() {
        [] => "the document".to_owned(),
        [.., key, index] if index.parse::<usize>().is_ok() => {
            let number = index.parse::<usize>().unwrap_or_default() + 1;
            format!("item {number} of `{key}`")
        }
        [.., key] => format!("`{key}`"),
    }
}

fn list(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// A value in words.
fn describe(value: &Value) -> String {
    match value {
        Value::Null => "nothing (null)".to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) if text.is_empty() => "an empty string".to_owned(),
        Value::String(text) => format!("the string `{}`", clip(text)),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a mapping".to_owned(),
    }
}

fn clip(text: &str) -> String {
    let clean = text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c });
    let mut clipped: String = clean.take(LONGEST_QUOTE).collect();
    if text.chars().count() > LONGEST_QUOTE {
        clipped.push('…');
    }
    clipped
}

/// Serde's words for a type in the words of a person who writes files.
fn plain(expected: &str) -> String {
    match expected {
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" | "u64" | "usize" => "a whole number, not negative",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "a boolean" => "`true` or `false`",
        "a sequence" => "a list",
        "a map" => "a mapping",
        "unit" => "nothing",
        other if other.starts_with("struct ") => "a mapping",
        other if other.starts_with("enum ") => "a word",
        other => other,
    }
    .to_owned()
}
