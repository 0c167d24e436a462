//! A text file in memory, and the places in it.

use std::{ops::Range, sync::OnceLock};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{decode, locate, parse, pointer};
use crate::evidence::{Diagnostic, Place};

/// Longest line that a message shows, in characters. A minified document is
/// one line of megabytes; its places carry no excerpt.
const LONGEST_EXCERPT: usize = 4_000;

/// The notation of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON (RFC 8259).
    Json,
    /// YAML 1.2.
    Yaml,
    /// TOML 1.0.
    Toml,
    /// Anything else: lines only.
    Text,
}

/// A text file of the workspace, in memory.
#[derive(Debug)]
pub struct Source {
    /// Path relative to the workspace, with `/`.
    pub path: String,
    /// The whole text, without a byte order mark.
    pub text: String,
    /// Its notation.
    pub format: Format,
    /// Where each line begins; found when the first place by line is asked for.
    lines: OnceLock<Box<[u32]>>,
}

/// Which part of a member a place is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The key.
    Key,
    /// The value.
    Value,
}

impl Source {
    /// A text with the format of its file name's ending.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        let (path, mut text) = (path.into(), text.into());
        if text.starts_with('\u{feff}') {
            text.remove(0);
        }
        let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        let format = match ending.as_deref() {
            Some("json" | "avsc") => Format::Json,
            Some("yaml" | "yml") => Format::Yaml,
            Some("toml") => Format::Toml,
            _ => Format::Text,
        };
        Self { path, text, format, lines: OnceLock::new() }
    }

    /// A YAML text, whatever its file is called.
    pub fn yaml(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { format: Format::Yaml, ..Self::new(path, text) }
    }

    /// The place of a byte range: its first line only, at least one character.
    /// A range beyond the text gives the text's end.
    pub fn place(&self, range: Range<usize>) -> Place {
        let start = boundary(&self.text, range.start);
        let end = boundary(&self.text, range.end);
        let before = &self.text[..start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = count_lines(before);
        let column = self.text[line_start..start].chars().count();
        let rest_of_line = line_at(&self.text[start..]);
        let marked = self.text[start..end.max(start)].len().min(rest_of_line.len());
        let length = rest_of_line[..marked].trim_end().chars().count();
        self.draw(line_at(&self.text[line_start..]), line, column, length)
    }

    /// A line's text without its line break, by its number from 1; empty where
    /// there is no such line.
    pub fn line(&self, number: u32) -> &str {
        let lines = self.lines.get_or_init(|| {
            let after = self.text.match_indices('\n').map(|(at, _)| at as u32 + 1);
            std::iter::once(0).chain(after).collect()
        });
        let start = (number as usize).checked_sub(1).and_then(|index| lines.get(index));
        start.map_or("", |start| line_at(&self.text[*start as usize..]))
    }

    /// The place of a line and column (from 1, in characters), `length` characters long.
    /// A line beyond the text gives an empty line.
    pub fn place_at(&self, line: u32, column: u32, length: u32) -> Place {
        let column = column.saturating_sub(1) as usize;
        self.draw(self.line(line.max(1)), line.saturating_sub(1) as usize, column, length as usize)
    }

    /// The place of a JSON Pointer (RFC 6901, a leading `#` is allowed). Where
    /// the pointer leads nowhere, the key of its deepest part that exists. An
    /// item of a list and the document itself have no key: their value is meant.
    /// `None` where the text is not a document.
    pub fn locate(&self, pointer: &str, part: Part) -> Option<Place> {
        let segments = pointer::segments(pointer);
        let spot = locate::locate(self.format, &self.text, &segments)?;
        let range = match (part, spot.key) {
            (Part::Value, _) if spot.depth == segments.len() => spot.value,
            (_, Some(key)) => key,
            (_, None) => spot.value,
        };
        Some(self.place(range))
    }

    /// Parses the text into a value; a syntax error comes with its place.
    /// Plain text is a string.
    pub fn parse(&self) -> Result<Value, Diagnostic> {
        parse::parse(self)
    }

    /// Parses and decodes strictly: unknown keys (but `x-…`) are refused with the
    /// nearest known key, wrong types with their place; every problem is listed.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, Vec<Diagnostic>> {
        let value = self.parse().map_err(|problem| vec![problem])?;
        self.decode_value(&value, "")
    }

    /// Decodes an already parsed value strictly, problems placed in this text below `base` (a JSON Pointer).
    pub fn decode_value<T: DeserializeOwned>(
        &self,
        value: &Value,
        base: &str,
    ) -> Result<T, Vec<Diagnostic>> {
        // An empty file has no value to point at.
        let locate =
            |pointer: &str, part| self.locate(pointer, part).or_else(|| Some(self.place(0..0)));
        decode::decode(value).map_err(|problems| decode::tell(&problems, &locate, value, base))
    }

    /// Puts a place together; `line` and `column` count from 0.
    fn draw(&self, text: &str, line: usize, column: usize, length: usize) -> Place {
        let size = text.chars().count();
        let length = length.min(size.saturating_sub(column)).max(1);
        let text = if size > LONGEST_EXCERPT {
            String::new()
        } else {
            // A message goes to a terminal, which obeys control characters.
            text.chars().map(|c| if c.is_control() && c != '\t' { '\u{fffd}' } else { c }).collect()
        };
        Place {
            file: self.path.clone(),
            line: line as u32 + 1,
            column: column as u32 + 1,
            length: length as u32,
            text,
        }
    }
}

/// The nearest character border at or before a byte offset.
pub(super) fn boundary(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// How many line breaks a text has.
fn count_lines(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

/// The text up to its first line break.
fn line_at(text: &str) -> &str {
    let line = text.split('\n').next().unwrap_or("");
    line.strip_suffix('\r').unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str, range: Range<usize>) -> (u32, u32, u32, String) {
        let place = Source::new("a.txt", text).place(range);
        (place.line, place.column, place.length, place.text)
    }

    #[test]
    fn the_ending_tells_the_format() {
        for (path, format) in [
            ("a/b.json", Format::Json),
            ("a.avsc", Format::Json),
            ("openapi.YAML", Format::Yaml),
            ("x.yml", Format::Yaml),
            ("probe.toml", Format::Toml),
            ("a.feature", Format::Text),
            ("README", Format::Text),
        ] {
            assert_eq!(Source::new(path, "").format, format, "{path}");
        }
    }

    #[test]
    fn places_count_characters_from_one() {
        assert_eq!(place("ab\nçdé f\n", 6..8), (2, 3, 1, "çdé f".into()));
        assert_eq!(place("", 0..0), (1, 1, 1, String::new()));
        assert_eq!(place("ab", 99..120), (1, 3, 1, "ab".into()));
    }

    #[test]
    fn a_range_over_lines_is_cut_at_the_first() {
        assert_eq!(place("key: a  \r\n  b\r\n", 5..13), (1, 6, 1, "key: a  ".into()));
    }

    #[test]
    fn a_line_and_a_column_are_clipped_to_the_line() {
        let source = Source::new("a.txt", "one\ntwo words\n");
        let place = source.place_at(2, 5, 50);
        assert_eq!((place.line, place.column, place.length), (2, 5, 5));
        assert_eq!(place.text, "two words");
        assert_eq!(source.place_at(9, 1, 1).text, "");
        let lines: Vec<&str> = (0..5).map(|number| source.line(number)).collect();
        assert_eq!(lines, ["", "one", "two words", "", ""]);
    }

    #[test]
    fn an_endless_line_and_control_characters_are_not_shown() {
        assert_eq!(place(&"x".repeat(5_000), 4_999..5_000), (1, 5_000, 1, String::new()));
        assert_eq!(place("a\u{1b}[2J", 0..1).3, "a\u{fffd}[2J");
    }

    #[test]
    fn a_byte_order_mark_is_dropped() {
        assert_eq!(Source::new("a.json", "\u{feff}{}").text, "{}");
    }
}
