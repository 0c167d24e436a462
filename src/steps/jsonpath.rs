//! JSONPath (RFC 9535) in sentences, and its kinship with JSON Pointer.

use serde_json::Value;
use serde_json_path::JsonPath;

use crate::evidence::Diagnostic;

/// A compiled path with the text that the scenario wrote.
#[derive(Clone, Debug)]
pub(crate) struct BodyPath {
    pub(crate) text: String,
    path: JsonPath,
    /// The path as a JSON Pointer with `*` for wildcards, where it is that simple.
    pub(crate) pointer: Option<String>,
    /// Whether the pointer is exact, so that a value is found without a query.
    exact: bool,
}

impl BodyPath {
    /// Parses a path with its quotes or backticks.
    pub(crate) fn parse(quoted: &str) -> Result<Self, Diagnostic> {
        let text = quoted.trim_matches(['"', '`']).to_owned();
        let path = JsonPath::parse(&text).map_err(|error| {
            Diagnostic::error("not a JSONPath")
                .expected("a path such as $.status or $.rates[*].currency")
                .actual(format!("{text} ({error})"))
                .help("JSONPath is described in RFC 9535")
        })?;
        let pointer = pointer(&text);
        let exact = pointer.as_deref().is_some_and(|p| !p.split('/').any(|s| s == "*"));
        Ok(Self { text, path, pointer, exact })
    }

    /// Every value at this path.
    pub(crate) fn query<'v>(&self, value: &'v Value) -> Vec<&'v Value> {
        match (&self.pointer, self.exact) {
            (Some(pointer), true) => value.pointer(pointer).into_iter().collect(),
            _ => self.path.query(value).all(),
        }
    }

    /// Whether a finding's JSON Pointer is at this path.
    pub(crate) fn covers(&self, found: &str) -> bool {
        let Some(pointer) = &self.pointer else { return false };
        let (mut wanted, mut found) = (pointer.split('/'), found.split('/'));
        loop {
            match (wanted.next(), found.next()) {
                (None, None) => return true,
                (Some(w), Some(f)) if w == f || w == "*" => {}
                _ => return false,
            }
        }
    }
}

/// The JSON Pointer of a path made of names, indexes and wildcards only.
fn pointer(path: &str) -> Option<String> {
    let mut rest = path.strip_prefix('$')?;
    let mut pointer = String::new();
    let mut push = |segment: &str| {
        pointer.push('/');
        pointer.push_str(&segment.replace('~', "~0").replace('/', "~1"));
    };
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            let name = &after[..end];
            let plain = name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
            if name.is_empty() || !(plain || name == "*") {
                return None;
            }
            push(name);
            rest = &after[end..];
        } else {
            let after = rest.strip_prefix('[')?;
            let end = after.find(']')?;
            let inner = &after[..end];
            let quoted = inner
                .strip_prefix('\'')
                .and_then(|i| i.strip_suffix('\''))
                .filter(|i| !i.contains(['\'', '\\']));
            match quoted {
                Some(name) => push(name),
                None if inner == "*" || inner.chars().all(|c| c.is_ascii_digit()) => push(inner),
                None => return None,
            }
            rest = &after[end + 1..];
        }
    }
    Some(pointer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn simple_paths_are_pointers() {
        for (path, expected) in [
            ("$", Some("")),
            ("$.status", Some("/status")),
            ("$.a.b[0].c", Some("/a/b/0/c")),
            ("$.rates[*].currency", Some("/rates/*/currency")),
            ("$['a/b']", Some("/a~1b")),
            ("$..id", None),
            ("$.a[?@.b == 1]", None),
        ] {
            assert_eq!(pointer(path).as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn a_path_finds_values_and_covers_findings() {
        let body = json!({"rates": [{"currency": "USD"}, {"currency": "EUR"}]});
        let every = BodyPath::parse("\"$.rates[*].currency\"").expect("a path");
        assert_eq!(every.query(&body), [&json!("USD"), &json!("EUR")]);
        assert!(every.covers("/rates/1/currency"));
        assert!(!every.covers("/rates/1"));
        assert!(BodyPath::parse("\"$.[\"").is_err());
    }
}
