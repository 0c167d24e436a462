//! Text with remembered values in braces: `{payment}`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Values that a scenario remembered, by name.
pub(crate) type Names = BTreeMap<String, Value>;

/// A text of a scenario, cut at the names that it uses.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Template(Vec<Piece>);

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Text(String),
    Name(String),
}

impl Template {
    /// Cuts a text at names in braces. `known` are the names remembered so
    /// far; other braces stay as they are where `strict` is off (doc strings,
    /// regular expressions), and are an error where it is on: the unknown name.
    pub(super) fn parse(
        text: &str,
        known: &BTreeSet<String>,
        strict: bool,
    ) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        let mut plain = String::new();
        while let Some(open) = rest.find('{') {
            plain.push_str(&rest[..open]);
            let after = &rest[open + 1..];
            let name = after.find('}').map(|end| &after[..end]).filter(|n| is_name(n));
            match name {
                Some(name) if known.contains(name) => {
                    if !plain.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut plain)));
                    }
                    pieces.push(Piece::Name(name.to_owned()));
                    rest = &after[name.len() + 1..];
                }
                Some(name) if strict => return Err(name.to_owned()),
                _ => {
                    plain.push('{');
                    rest = after;
                }
            }
        }
        plain.push_str(rest);
        if !plain.is_empty() || pieces.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        Ok(Self(pieces))
    }

    /// The text, if it uses no name.
    pub(super) fn literal(&self) -> Option<&str> {
        match self.0.as_slice() {
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The name, if the text is nothing but one.
    pub(super) fn single_name(&self) -> Option<&str> {
        match self.0.as_slice() {
            [Piece::Name(name)] => Some(name),
            _ => None,
        }
    }

    /// The text, which is JSON, with every name replaced by its value. Within a
    /// JSON string the value's text is escaped: what a partner said must not
    /// end the string and add members to our request.
    pub(super) fn fill_json(&self, names: &Names) -> String {
        let mut text = String::new();
        let (mut quoted, mut escaped) = (false, false);
        for piece in &self.0 {
            match piece {
                Piece::Text(plain) => {
                    for c in plain.chars() {
                        quoted ^= c == '"' && !escaped;
                        escaped = quoted && c == '\\' && !escaped;
                    }
                    text.push_str(plain);
                }
                Piece::Name(name) => match names.get(name) {
                    Some(value) if quoted => {
                        let plain = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                        let json = Value::from(plain).to_string();
                        text.push_str(&json[1..json.len() - 1]);
                    }
                    // Where a value stands by itself it is one: texts in quotes.
                    Some(value) => text.push_str(&value.to_string()),
                    None => {}
                },
            }
        }
        text
    }

    /// The text with every name replaced by its value; strings without quotes.
    pub(super) fn fill(&self, names: &Names) -> String {
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(plain) => text.push_str(plain),
                Piece::Name(name) => match names.get(name) {
                    Some(Value::String(value)) => text.push_str(value),
                    Some(value) => text.push_str(&value.to_string()),
                    None => {}
                },
            }
        }
        text
    }
}

/// A letter, then letters, digits and `_`.
fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_names_are_replaced() {
        let known = BTreeSet::from(["id".to_owned()]);
        let names = Names::from([("id".to_owned(), Value::from("pi_1"))]);
        let template = Template::parse(r#"{"a": {"b": "{id}"}}"#, &known, false).expect("parses");
        assert_eq!(template.fill(&names), r#"{"a": {"b": "pi_1"}}"#);
        assert_eq!(Template::parse("{idd}", &known, true), Err("idd".to_owned()));
        let hostile = Names::from([("id".to_owned(), Value::from(r#"x", "admin": "\"#))]);
        let filled = template.fill_json(&hostile);
        let value: Value = serde_json::from_str(&filled).expect("still JSON");
        assert_eq!(value, serde_json::json!({"a": {"b": r#"x", "admin": "\"#}}));
        let bare = Template::parse(r#"{"a": {id}, "b": "\"{id}"}"#, &known, false).expect("parses");
        assert_eq!(bare.fill_json(&names), r#"{"a": "pi_1", "b": "\"pi_1"}"#);
        let single = Template::parse("{id}", &known, true).expect("parses");
        assert_eq!(single.single_name(), Some("id"));
    }
}
