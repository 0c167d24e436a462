//! Text to value; a syntax error in the one shape of messages.

use std::cell::Cell;

use serde::de::DeserializeSeed;
use serde_json::Value;
use serde_saphyr::{
    DuplicateKeyPolicy, Error as YamlError, Options as YamlOptions, UserMessageFormatter,
};

use super::{
    Format, Source,
    document::{DUPLICATE, Document},
    text::boundary,
};
use crate::evidence::{Diagnostic, Place};

/// How deep YAML may be nested. The parser recurses with large frames: 128
/// levels overflow the 2 MiB of a thread in a debug build. (`serde_json` stops at
/// 128 and the TOML parser at 80 by themselves.)
const DEEPEST: usize = 64;
/// What aliases may add to the bytes of a YAML text.
const ALIAS_BYTES: usize = 16 << 20;
/// Longest message of a parser that is passed on, in characters.
const LONGEST_MESSAGE: usize = 160;

/// Parses by the source's format; plain text is a string.
pub(super) fn parse(source: &Source) -> Result<Value, Diagnostic> {
    match source.format {
        Format::Json => json(source),
        Format::Yaml => yaml(source),
        Format::Toml => toml(source),
        Format::Text => Ok(Value::String(source.text.clone())),
    }
}

fn json(source: &Source) -> Result<Value, Diagnostic> {
    let bytes_left = Cell::new(usize::MAX);
    let mut deserializer = serde_json::Deserializer::from_str(&source.text);
    let result = Document { bytes_left: &bytes_left }
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    result.map_err(|error| {
        let text = error.to_string();
        let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
        let message = message.replace("EOF while parsing", "the text ends inside");
        let message = match message.as_str() {
            "trailing characters" => "expected the end of the text",
            "expected ident" => "expected a value",
            "the text ends inside a value" if source.text.trim().is_empty() => "expected a value",
            "control character (\\u0000-\\u001F) found while parsing a string" => {
                "a line break or control character inside a string"
            }
            other => other,
        };
        let offset = byte_offset(&source.text, error.line(), error.column());
        if let Some(key) = message.strip_prefix(DUPLICATE) {
            // The parser stands at the key's end or behind it.
            let read = boundary(&source.text, offset + 1);
            let start = source.text[..read].rfind(key).unwrap_or(offset);
            return duplicate("JSON", key, source.place(start..start + key.len()));
        }
        let place = source.place(offset..offset + 1);
        if message == "recursion limit exceeded" {
            return too_deep("JSON", source, place);
        }
        let help = "keys and strings stand in double quotes, a comma stands between two members and none after the last";
        broken("JSON", source, place, message).help(help)
    })
}

fn yaml(source: &Source) -> Result<Value, Diagnostic> {
    let size = source.text.len();
    let mut budget = serde_saphyr::Budget::default();
    budget.max_depth = DEEPEST;
    // An honest document has no more events and nodes than bytes.
    budget.max_events = budget.max_events.max(size);
    budget.max_nodes = budget.max_nodes.max(size);
    budget.max_total_scalar_bytes = size.saturating_add(ALIAS_BYTES);
    let mut options = YamlOptions::default();
    options.budget = Some(budget);
    options.duplicate_keys = DuplicateKeyPolicy::Error;
    // YAML 1.2: `no` is a word (and a country), not false.
    options.strict_booleans = true;
    options.with_snippet = false;
    let bytes_left = Cell::new(size.saturating_add(ALIAS_BYTES));
    let document = Document { bytes_left: &bytes_left };
    serde_saphyr::with_deserializer_from_str_with_options(&source.text, options, |deserializer| {
        document.deserialize(deserializer)
    })
    .map_err(|error| yaml_error(source, error.without_snippet()))
}

fn yaml_error(source: &Source, error: &YamlError) -> Diagnostic {
    let end = || source.place(source.text.trim_end().len()..source.text.len());
    let place = error
        .location()
        .filter(|location| location.line() > 0)
        .map_or_else(end, |at| source.place_at(clamp(at.line()), clamp(at.column()), 1));
    match error {
        YamlError::DuplicateMappingKey { key, .. } => {
            let key = key.as_deref().unwrap_or_default();
            let length = key.chars().count() as u32;
            duplicate("YAML", key, source.place_at(place.line, place.column, length))
        }
        YamlError::MultipleDocuments { .. } => {
            broken("YAML", source, place, "a second document begins here")
                .help("keep one document in a file, without a `---` between two")
        }
        _ => {
            let text = error.render_with_formatter(&UserMessageFormatter);
            if text.contains("limits breached") {
                let message = "the document is too large, too deep, or has too many aliases";
                return broken("YAML", source, place, message)
                    .help("split the document, and write less of it with aliases");
            }
            if text.contains("recursion limit exceeded") {
                return too_deep("YAML", source, place);
            }
            if let Some(key) = without_position(&text).strip_prefix(DUPLICATE) {
                // The parser stands behind the key.
                let key = key.trim_matches('"');
                let start = place.text.rfind(key).map_or(0, |at| place.text[..at].chars().count());
                let length = key.chars().count() as u32;
                return duplicate(
                    "YAML",
                    key,
                    source.place_at(place.line, start as u32 + 1, length),
                );
            }
            let tab = place.text.trim_start_matches(' ').starts_with('\t');
            let help = if tab {
                "indent with spaces: YAML allows no tabs there"
            } else {
                "check the indentation; a text that holds `: ` or ` #`, or begins with a sign, needs quotes"
            };
            let told = broken("YAML", source, place, without_position(&text));
            // A line that goes on with a text is indented with spaces too (section 6.3).
            let told = if tab { told.note("YAML 1.2.2 sections 6.1 and 6.3") } else { told };
            told.help(help)
        }
    }
}

/// A parser's message without a position that it repeats in words.
fn without_position(message: &str) -> &str {
    let line = message.lines().next().unwrap_or("");
    [" at line ", " (line ", " at byte ", " (defined "]
        .iter()
        .filter_map(|words| line.find(words))
        .min()
        .map_or(line, |end| &line[..end])
}

fn toml(source: &Source) -> Result<Value, Diagnostic> {
    toml::from_str::<toml::Table>(&source.text).map(table).map_err(|error| {
        let end = source.text.len();
        let span = error.span().unwrap_or(end..end);
        let place = source.place(span.clone());
        if error.message().starts_with("duplicate key") {
            return duplicate("TOML", source.text.get(span).unwrap_or_default(), place);
        }
        if error.message().contains("max recursion depth met") {
            return too_deep("TOML", source, place);
        }
        broken("TOML", source, place, error.message())
            .help("a line is `key = value` or `[table]`; strings stand in double quotes")
    })
}

fn table(table: toml::Table) -> Value {
    Value::Object(table.into_iter().map(|(key, value)| (key, toml_value(value))).collect())
}

fn toml_value(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => number.into(),
        // `nan` and `inf` have no JSON value; no setting of ours takes them.
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(truth) => Value::Bool(truth),
        toml::Value::Datetime(time) => Value::String(time.to_string()),
        toml::Value::Array(items) => items.into_iter().map(toml_value).collect(),
        toml::Value::Table(members) => table(members),
    }
}

/// The message for a syntax error. What the parser expected is told apart where it says so.
fn too_deep(what: &str, source: &Source, place: Place) -> Diagnostic {
    broken(what, source, place, "nested too deep")
        .help("close what is open; a document for people has no more than a few dozen levels")
}

fn broken(what: &str, source: &Source, place: Place, message: &str) -> Diagnostic {
    let message = message.lines().next().unwrap_or("").trim_end_matches('.');
    let message: String = message.chars().take(LONGEST_MESSAGE).collect();
    let (label, expected) = match message.split_once("expected ") {
        Some((before, expected)) if before.is_empty() || before.ends_with(", ") => {
            (before.trim_end_matches(", "), Some(expected))
        }
        _ => (message.as_str(), None),
    };
    let diagnostic = Diagnostic::error(format!("broken {what}"));
    match expected {
        Some(expected) => {
            let actual = found(source, &place);
            diagnostic.at(place, label).expected(expected).actual(actual)
        }
        None => diagnostic.at(place, label),
    }
}

fn duplicate(what: &str, key: &str, place: Place) -> Diagnostic {
    let key = key.trim_matches('"');
    Diagnostic::error(format!("broken {what}: `{key}` stands twice"))
        .at(place, "the second one")
        .help("keep one of them")
}

/// What stands at a place, in words.
fn found(source: &Source, place: &Place) -> String {
    let from_here = source.text.split('\n').skip(place.line as usize - 1);
    let mut rest = from_here.map(|line| line.trim_end_matches('\r'));
    let line = rest.next().unwrap_or("");
    let here = line.chars().skip(place.column as usize - 1);
    let first = here.clone().next();
    match first {
        None if rest.all(|line| line.trim().is_empty()) => "the end of the text".to_owned(),
        None => "the end of the line".to_owned(),
        Some(first) => {
            let word = here.take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
            let word: String = word.take(40).collect();
            if word.is_empty() { format!("`{first}`") } else { format!("`{word}`") }
        }
    }
}

/// The byte offset of a line and column (from 1, in bytes) as `serde_json` counts them.
fn byte_offset(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let offset = match column {
        // The line break before it is meant.
        0 => start.saturating_sub(1),
        _ => start + column - 1,
    };
    boundary(text, offset)
}

fn clamp(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parsed(file: &str, text: &str) -> Value {
        Source::new(file, text).parse().expect("it parses")
    }

    /// The message in one line: title, place, label, expected, actual.
    fn told(file: &str, text: &str) -> String {
        let problem = Source::new(file, text).parse().expect_err("it is broken");
        let mark = &problem.marks[0];
        let mut told = format!("{} {}:{}", problem.title, mark.place.line, mark.place.column);
        for (name, text) in [
            ("", Some(&mark.label)),
            ("expected ", problem.expected.as_ref()),
            ("actual ", problem.actual.as_ref()),
        ] {
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                told = format!("{told}; {name}{text}");
            }
        }
        assert_eq!(problem.help.len(), 1);
        told
    }

    #[test]
    fn keys_that_are_not_strings_become_strings() {
        let text = "responses:\n  200: {a: 1}\n  404:\n  true: x\n  1.5: y\n";
        assert_eq!(
            parsed("a.yaml", text),
            json!({"responses": {"200": {"a": 1}, "404": null, "true": "x", "1.5": "y"}})
        );
    }

    #[test]
    fn yaml_words_are_words() {
        let text = "on: [no, NO, yes, off]\nuntil: 2027-03-01\nversion: 1.0\nbig: 18446744073709551615\nhex: 0x10\nzip: '01234'\n";
        assert_eq!(
            parsed("a.yaml", text),
            json!({"on": ["no", "NO", "yes", "off"], "until": "2027-03-01", "version": 1.0,
                "big": 18_446_744_073_709_551_615_u64, "hex": 16, "zip": "01234"})
        );
        assert_eq!(parsed("a.yaml", ""), Value::Null);
        assert_eq!(
            parsed("a.yaml", "$serde_json::private::RawValue: '[1]'"),
            json!({"$serde_json::private::RawValue": "[1]"})
        );
        assert_eq!(
            parsed("a.yaml", "a: &x {b: 1}\nc: *x\nd: {<<: *x, e: 2}"),
            json!({"a": {"b": 1}, "c": {"b": 1}, "d": {"b": 1, "e": 2}})
        );
    }

    #[test]
    fn toml_values_are_json_values() {
        assert_eq!(
            parsed("a.toml", "a = 1\nb = 1.5\nd = 2027-03-01\n[t]\nl = [true, 'x']\n"),
            json!({"a": 1, "b": 1.5, "d": "2027-03-01", "t": {"l": [true, "x"]}})
        );
    }

    #[test]
    fn text_is_a_string() {
        assert_eq!(parsed("a.txt", "x\n"), json!("x\n"));
    }

    #[test]
    fn broken_json_is_told_with_its_place() {
        assert_eq!(
            told("a.json", "{\"a\": 1\n \"ä\": 2}"),
            "broken JSON 2:2; expected `,` or `}`; actual `\"`"
        );
        assert_eq!(told("a.json", "{\"ä\": 1,}"), "broken JSON 1:9; trailing comma");
        assert_eq!(told("a.json", "{\"a\": "), "broken JSON 1:6; the text ends inside a value");
        assert_eq!(
            told("a.json", ""),
            "broken JSON 1:1; expected a value; actual the end of the text"
        );
        assert_eq!(
            told("a.json", "{} x"),
            "broken JSON 1:4; expected the end of the text; actual `x`"
        );
        assert_eq!(
            told("a.json", "{\"a\": 1,\n \"a\" : 2}"),
            "broken JSON: `a` stands twice 2:2; the second one"
        );
        assert_eq!(told("a.json", "[nul]"), "broken JSON 1:5; expected a value; actual `]`");
        assert_eq!(
            told("a.json", "[\"a\nb\"]"),
            "broken JSON 1:4; a line break or control character inside a string"
        );
        assert_eq!(told("a.json", &"[".repeat(1000)), "broken JSON 1:128; nested too deep");
    }

    #[test]
    fn broken_yaml_is_told_with_its_place() {
        assert_eq!(
            told("a.yaml", "a: b: c\n"),
            "broken YAML 1:5; mapping values are not allowed in this context"
        );
        assert_eq!(
            told("a.yaml", "a:\n  - b\n c: d\n"),
            "broken YAML 3:2; while parsing a block mapping, did not find expected key"
        );
        assert_eq!(
            told("a.yaml", "a: [1, 2\nb: 1\n"),
            "broken YAML 2:2; illegal placement of ':' indicator"
        );
        assert_eq!(told("a.yaml", "a: {b: 1\n"), "broken YAML 1:4; unclosed bracket '{'");
        assert_eq!(
            told("a.yaml", "a:\n\tb: 1\n"),
            "broken YAML 2:2; tabs disallowed within this context (block indentation)"
        );
        assert_eq!(
            told("a.yaml", "a: 1\na: 2\n"),
            "broken YAML: `a` stands twice 2:1; the second one"
        );
        assert_eq!(
            told("a.yaml", "a: 'x\n"),
            "broken YAML 2:1; invalid indentation in multiline quoted scalar"
        );
        assert_eq!(told("a.yaml", "a: *nothing\n"), "broken YAML 1:4; reference to unknown value");
        assert_eq!(
            told("a.yaml", "a: 1\n---\nb: 2\n"),
            "broken YAML 3:1; a second document begins here"
        );
        assert_eq!(
            told("a.yaml", "a: .nan\n"),
            "broken YAML 1:4; value `.nan` is not a finite number"
        );
        assert_eq!(
            told("a.yaml", "? [a]\n: b\n"),
            "broken YAML 1:3; expected string scalar; actual `[`"
        );
        assert_eq!(told("a.yaml", "~: b\n"), "broken YAML 1:1; null is not allowed here");
        assert_eq!(
            told("a.yaml", "200: b\n200: c\n"),
            "broken YAML: `200` stands twice 2:1; the second one"
        );
        assert_eq!(
            told("a.yaml", "200: b\n'200': c\n"),
            "broken YAML: `200` stands twice 2:2; the second one"
        );
        assert_eq!(
            told("a.yaml", &format!("a: {}", "[".repeat(1000))),
            "broken YAML 1:259; nested too deep"
        );
    }

    #[test]
    fn broken_toml_is_told_with_its_place() {
        assert_eq!(
            told("a.toml", "a = \n"),
            "broken TOML 1:5; string values must be quoted; expected literal string; actual the end of the text"
        );
        assert_eq!(
            told("a.toml", "a = @nightly\n"),
            "broken TOML 1:5; string values must be quoted; expected literal string; actual `@`"
        );
        assert_eq!(
            told("a.toml", "[a\nb = 1\n"),
            "broken TOML 1:3; unclosed table; expected `]`; actual the end of the line"
        );
        assert_eq!(
            told("a.toml", "a = 1\na = 2\n"),
            "broken TOML: `a` stands twice 2:1; the second one"
        );
        assert_eq!(
            told("a.toml", "a = \"x\n"),
            "broken TOML 1:7; invalid basic string; expected `\"`; actual the end of the text"
        );
        assert_eq!(
            told("a.toml", "a 1\n"),
            "broken TOML 1:3; key with no value; expected `=`; actual `1`"
        );
        assert_eq!(
            told("a.toml", &format!("a = {}", "[".repeat(1000))),
            "broken TOML 1:85; nested too deep"
        );
    }

    #[test]
    fn depth_is_bounded_before_the_stack_is() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let blocks = |depth: usize| -> String {
            (0..depth).map(|level| [" ".repeat(level), "a:\n".to_owned()].concat()).collect()
        };
        for (file, good, bad) in [
            ("a.json", nested(127), nested(100_000)),
            ("a.yaml", nested(DEEPEST), nested(100_000)),
            ("b.yaml", blocks(DEEPEST), blocks(2_000)),
        ] {
            assert!(Source::new(file, good).parse().is_ok(), "{file}");
            assert!(Source::new(file, bad).parse().is_err(), "{file}");
        }
    }

    #[test]
    fn alias_bombs_are_refused() {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..9 {
            let below = format!("*a{}, ", level - 1).repeat(10);
            text = format!("{text}a{level}: &a{level} [{below}]\n");
        }
        assert_eq!(
            told("a.yaml", &text),
            "broken YAML 6:15; the document is too large, too deep, or has too many aliases"
        );
        let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), "*a, ".repeat(90));
        assert_eq!(
            told("a.yaml", &long),
            "broken YAML 2:69; the document is too large, too deep, or has too many aliases"
        );
    }
}
