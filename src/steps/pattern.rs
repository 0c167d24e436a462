//! Patterns of sentences: literal text, parameters in braces, and parentheses
//! around what may be left out.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};

use super::table::{PARAMETERS, SENTENCES};

/// All sentences as regular expressions, compiled once.
struct Patterns {
    /// Tells in one pass which sentences match.
    set: RegexSet,
    /// The same expressions, to take the parameters out.
    each: Vec<Regex>,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let sources: Vec<String> = SENTENCES.iter().map(|s| expression(s.pattern)).collect();
    Patterns {
        set: RegexSet::new(&sources).expect("the table's patterns compile; a test walks them"),
        each: sources
            .iter()
            .map(|s| Regex::new(s).expect("the table's patterns compile; a test walks them"))
            .collect(),
    }
});

/// A parameter's text and where it stands in the sentence (byte offsets).
#[derive(Clone, Copy, Debug)]
pub(super) struct Captured<'t> {
    pub(super) text: &'t str,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The sentence that a text is, with its parameters in the pattern's order;
/// `None` for an optional one that was left out.
pub(super) fn find(text: &str) -> Option<(usize, Vec<Option<Captured<'_>>>)> {
    let index = PATTERNS.set.matches(text).into_iter().next()?;
    let captures = PATTERNS.each[index].captures(text)?;
    let parameters = captures
        .iter()
        .skip(1)
        .map(|m| m.map(|m| Captured { text: m.as_str(), start: m.start(), end: m.end() }))
        .collect();
    Some((index, parameters))
}

/// The patterns whose words are nearest to a text that is no sentence.
pub(super) fn nearest(text: &str) -> Vec<&'static str> {
    let wanted = bare(text);
    let mut scored: Vec<(f64, &'static str)> = SENTENCES
        .iter()
        .map(|s| (strsim::normalized_damerau_levenshtein(&wanted, &bare(s.pattern)), s.pattern))
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored.into_iter().take(3).map(|(_, pattern)| pattern).collect()
}

/// The literal words of a pattern or sentence, parameters and values dropped.
fn bare(text: &str) -> String {
    static VALUES: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#""[^"]*"|\{[^}]*\}|/[^/]*/|\d+(\.\d+)?"#).expect("a constant expression")
    });
    VALUES.replace_all(&text.replace(['(', ')'], ""), "_").to_lowercase()
}

/// The regular expression of a pattern.
fn expression(pattern: &str) -> String {
    let mut out = String::from("^");
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        match c {
            '{' => {
                let end = rest.find('}').expect("a parameter ends; a test walks the table");
                let name = &rest[1..end];
                let parameter = PARAMETERS
                    .iter()
                    .find(|p| p.name == name)
                    .expect("a pattern names parameters of the table; a test walks it");
                out.push('(');
                out.push_str(parameter.expression);
                out.push(')');
                rest = &rest[end + 1..];
            }
            '(' => {
                out.push_str("(?:");
                rest = &rest[1..];
            }
            ')' => {
                out.push_str(")?");
                rest = &rest[1..];
            }
            other => {
                out.push_str(&regex::escape(other.encode_utf8(&mut [0; 4])));
                rest = &rest[other.len_utf8()..];
            }
        }
    }
    out.push('$');
    out
}
