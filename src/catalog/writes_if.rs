//! Operations that read or write as their body says: one GraphQL endpoint carries both.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use serde_json_path::JsonPath;

use super::{Effect, meant::Meaning};

/// A mark in the body of a request by which it writes.
#[derive(Clone, Debug, PartialEq)]
pub struct WritesIf {
    at: JsonPath,
    contains: String,
}

impl WritesIf {
    /// Whether a request writes. In doubt it does: where the path finds nothing, what
    /// it finds is no text, or the text stands anywhere in it, in any case of letters.
    pub fn holds(&self, body: &Value) -> bool {
        let wanted = self.contains.to_lowercase();
        let says =
            |value: &Value| value.as_str().is_none_or(|text| text.to_lowercase().contains(&wanted));
        let found = self.at.query(body);
        found.is_empty() || found.iter().any(|value| says(value))
    }
}

/// As written.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "WritesIf")]
pub(super) struct Written {
    /// JSONPath into the body of the request.
    at: String,
    /// The text by which it writes; letter case does not matter.
    contains: String,
}

impl Meaning<'_> {
    /// The mark by which an operation that reads otherwise writes.
    pub(super) fn writes_if(
        &mut self,
        written: Option<Written>,
        effect: Option<Effect>,
        at: &str,
    ) -> Option<WritesIf> {
        let Written { at: path, contains } = written?;
        if effect != Some(Effect::Reads) {
            let problem = self
                .problems
                .key(at, "`writes_if` means nothing where calls write anyway")
                .help("say `effect: reads` beside it, or leave it out");
            self.problems.push(problem);
        }
        if contains.is_empty() {
            let problem = self
                .problems
                .value(&format!("{at}/contains"), "every text contains an empty one")
                .help("name the word that only a writing request has, such as `mutation`");
            self.problems.push(problem);
        }
        let at = self.json_path(&path, &format!("{at}/at"))?;
        Some(WritesIf { at, contains })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_word_anywhere_in_the_value_is_enough() {
        let at = JsonPath::parse("$.query").expect("a path");
        let mark = WritesIf { at, contains: "mutation".to_owned() };
        assert!(mark.holds(&json!({"query": "mutation { orderClose }"})));
        assert!(mark.holds(&json!({"query": "fragment A on B { c }\n MUTATION x { d }"})));
        assert!(!mark.holds(&json!({"query": "{ orders { id } }"})));
        assert!(
            mark.holds(&json!([{"query": "mutation { orderClose }"}])),
            "a batch is not understood"
        );
        assert!(mark.holds(&json!({"query": ["{ orders }"]})), "what is no text is not understood");
    }
}
