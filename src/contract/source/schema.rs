//! JSON Schemas (2020-12) of files that are decoded strictly: what an editor
//! needs to complete keys, and to mark what the decoder would refuse.

use schemars::{
    JsonSchema, Schema,
    generate::SchemaSettings,
    transform::{RecursiveTransform, Transform as _},
};
use serde_json::{Value, json};

/// The schema of what [`Source::decode`](super::Source::decode) takes for a `T`.
/// The title is the file's own.
pub(crate) fn schema_of<T: JsonSchema>(title: &str) -> Schema {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    RecursiveTransform(strict).transform(&mut schema);
    schema
}

/// The decoder refuses keys that it does not know, but for those that begin
/// with `x-`: they are the user's own.
fn strict(schema: &mut Schema) {
    let Some(members) = schema.as_object_mut() else { return };
    if members.contains_key("properties") && !members.contains_key("additionalProperties") {
        members.insert("patternProperties".to_owned(), json!({"^x-": true}));
        members.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
    // Widths of our own numbers are no formats of the standard.
    members.remove("format");
}

/// The schema of a part: nothing in it must be there, and `null` takes away what
/// another part says. Choices keep the key that makes them.
pub(crate) fn partial(schema: &mut Schema) {
    fn part(schema: &mut Value, choice: bool) {
        match schema {
            Value::Object(members) => {
                if !choice && members.contains_key("properties") {
                    members.remove("required");
                }
                if let Some(values) = members.get_mut("additionalProperties")
                    && values.is_object()
                {
                    let own = values.take();
                    *values = json!({"anyOf": [own, {"type": "null"}]});
                }
                for (key, below) in members.iter_mut() {
                    let choice = matches!(key.as_str(), "oneOf");
                    match below {
                        Value::Array(items) => items.iter_mut().for_each(|item| part(item, choice)),
                        below => part(below, false),
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| part(item, choice)),
            _ => {}
        }
    }
    let mut value = std::mem::take(schema).to_value();
    part(&mut value, false);
    *schema = Schema::try_from(value).unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only its shape is asked for")]
    struct File {
        /// Who is called.
        owner: String,
        parts: std::collections::BTreeMap<String, Part>,
        choice: Choice,
    }

    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only its shape is asked for")]
    struct Part {
        size: u8,
    }

    #[derive(Deserialize, JsonSchema)]
    #[serde(rename_all = "snake_case")]
    #[expect(dead_code, reason = "only its shape is asked for")]
    enum Choice {
        Header(String),
        None,
    }

    #[test]
    fn unknown_keys_are_refused_but_for_the_users_own() {
        let schema = schema_of::<File>("a file").to_value();
        assert_eq!(schema["title"], "a file");
        assert_eq!(schema["additionalProperties"], false);
        assert_eq!(schema["patternProperties"], json!({"^x-": true}));
        assert_eq!(schema["properties"]["owner"]["description"], "Who is called.");
        assert_eq!(schema["required"], json!(["owner", "parts", "choice"]));
        assert_eq!(schema["$defs"]["Part"]["additionalProperties"], false);
        assert_eq!(schema["$defs"]["Part"]["properties"]["size"].get("format"), None);
        let choice = &schema["$defs"]["Choice"]["oneOf"][0];
        assert_eq!(choice.get("patternProperties"), None, "a choice is its one key");
    }

    #[test]
    fn in_a_part_nothing_must_be_there() {
        let mut schema = schema_of::<File>("a file");
        partial(&mut schema);
        let schema = schema.to_value();
        assert_eq!(schema.get("required"), None);
        assert_eq!(schema["$defs"]["Part"].get("required"), None);
        let values = &schema["properties"]["parts"]["additionalProperties"];
        assert_eq!(*values, json!({"anyOf": [{"$ref": "#/$defs/Part"}, {"type": "null"}]}));
        let choices = schema["$defs"]["Choice"]["oneOf"].as_array().expect("a list");
        assert!(choices.iter().any(|choice| choice["required"] == json!(["header"])), "{schema}");
    }
}
