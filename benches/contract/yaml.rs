//! A value as YAML in block style, as people write documents.

use std::fmt::Write as _;

use serde_json::Value;

/// The text of a value.
pub(crate) fn written(value: &Value) -> String {
    let mut text = String::new();
    node(&mut text, value, 0);
    text.trim_start().to_owned() + "\n"
}

// Writing to a string cannot fail.
fn node(text: &mut String, value: &Value, depth: usize) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, member) in members {
                let _ = write!(text, "\n{indent}{}:", key(name));
                node(text, member, depth + 1);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                let _ = write!(text, "\n{indent}-");
                node(text, item, depth + 1);
            }
        }
        // Strings in double quotes are written alike in both notations.
        scalar => {
            let _ = write!(text, " {scalar}");
        }
    }
}

fn key(name: &str) -> String {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    if plain { name.to_owned() } else { Value::from(name).to_string() }
}
