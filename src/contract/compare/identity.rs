//! What tells one difference from any other, whatever else is edited.

use std::{borrow::Cow, fmt::Write as _};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::contract::pointer::unescape;

/// The first 16 hex digits of the SHA-256 of these parts.
pub(super) fn fingerprint(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().take(8).fold(String::with_capacity(16), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A pointer without the positions in lists: an item goes by what it is, since others may be put
/// before it.
pub(super) fn stable(document: &Value, pointer: &str) -> String {
    let mut text = String::with_capacity(pointer.len());
    let mut at = Some(document);
    for segment in pointer.split('/').skip(1) {
        let name = unescape(segment);
        text.push('/');
        match at {
            Some(Value::Array(list)) => {
                let item = name.parse().ok().and_then(|index: usize| list.get(index));
                text.push_str(&item.map_or(Cow::Borrowed("*"), called));
                at = item;
            }
            Some(Value::Object(members)) => {
                text.push_str(segment);
                at = members.get(name.as_ref());
            }
            _ => {
                text.push_str(segment);
                at = None;
            }
        }
    }
    text
}

/// What an item of a list is called.
fn called(item: &Value) -> Cow<'_, str> {
    let said = |key: &str| item.get(key).and_then(Value::as_str);
    match item {
        Value::String(text) => Cow::Borrowed(text),
        Value::Object(_) => match (said("name"), said("in"), said("$ref"), said("title")) {
            (Some(name), Some(place), ..) => Cow::Owned(format!("{place}.{name}")),
            (_, _, Some(reference), _) => Cow::Borrowed(reference),
            (.., Some(title)) => Cow::Borrowed(title),
            _ => Cow::Borrowed("*"),
        },
        _ => Cow::Borrowed("*"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_item_goes_by_what_it_is() {
        let document = json!({"parameters": [
            {"name": "a", "in": "query"},
            {"name": "limit", "in": "query", "schema": {"anyOf": [{"$ref": "#/x"}, {"type": "null"}]}},
        ]});
        let at = |pointer: &str| stable(&document, pointer);
        assert_eq!(at("/parameters/1/schema/anyOf/0"), "/parameters/query.limit/schema/anyOf/#/x");
        assert_eq!(at("/parameters/1/schema/anyOf/1"), "/parameters/query.limit/schema/anyOf/*");
        assert_eq!(at("/parameters/9"), "/parameters/*");
        assert_eq!(at("/gone/1"), "/gone/1");
        assert_eq!(at(""), "");
    }

    #[test]
    fn a_fingerprint_has_16_hex_digits_and_knows_where_parts_end() {
        assert_eq!(fingerprint(&["a", "b"]).len(), 16);
        assert_ne!(fingerprint(&["a", "b"]), fingerprint(&["ab", ""]));
    }
}
