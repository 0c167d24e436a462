//! Patterns of sentences: literal text, parameters in braces, and parentheses
//! around what may be left out.

use std::sync::{LazyLock, OnceLock};

use regex::Regex;

use super::table::{PARAMETERS, SENTENCES};

/// A sentence's pattern. Its expression is compiled when a text may be this
/// sentence: a run uses few of the table, and one scenario should not wait for
/// all.
struct Pattern {
    source: &'static str,
    /// The literal text that it begins with.
    begins: &'static str,
    expression: OnceLock<Regex>,
}

impl Pattern {
    fn new(source: &'static str) -> Self {
        let begins = &source[..source.find(['{', '(']).unwrap_or(source.len())];
        Self { source, begins, expression: OnceLock::new() }
    }

    fn captures<'t>(&self, text: &'t str) -> Option<regex::Captures<'t>> {
        if !text.starts_with(self.begins) {
            return None;
        }
        let compiled = self.expression.get_or_init(|| {
            let source = expression(self.source);
            Regex::new(&source).expect("the table's patterns compile; a test walks them")
        });
        compiled.captures(text)
    }
}

/// All sentences, in the table's order.
static PATTERNS: LazyLock<Vec<Pattern>> =
    LazyLock::new(|| SENTENCES.iter().map(|sentence| Pattern::new(sentence.pattern)).collect());

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
    let found = |(index, pattern): (usize, &Pattern)| Some((index, pattern.captures(text)?));
    let (index, captures) = PATTERNS.iter().enumerate().find_map(found)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles_and_none_hides_another() {
        for (index, sentence) in SENTENCES.iter().enumerate() {
            assert!(Regex::new(&expression(sentence.pattern)).is_ok(), "{}", sentence.pattern);
            assert!(sentence.pattern.starts_with(PATTERNS[index].begins));
        }
        let found = |text| find(text).map(|(index, _)| SENTENCES[index].pattern);
        assert_eq!(found("the answer is 404"), Some("the answer is {status}"));
        assert_eq!(found("the answer is 99"), None);
        assert_eq!(
            found("we call pay as first with"),
            Some("we call {operation}( as {name})( with)")
        );
        assert_eq!(
            found("breaking drift is found at \"$.a\""),
            Some("{class} drift is found at {path}")
        );
        assert_eq!(found("we calls pay"), None);
    }
}
