//! Lets a body drift from its contract.

use serde_json::{Map, Value};

use super::Drift;

/// What stands where a value no contract knows is wanted.
const UNKNOWN_TEXT: &str = "probe_unknown_value";

/// The same for numbers: the least integer that every JSON reader can hold (RFC 8259 section 6).
const UNKNOWN_NUMBER: i64 = -9_007_199_254_740_991;

/// Applies a drift; whether it changed anything.
pub(super) fn apply(drift: &Drift, body: &mut Value) -> bool {
    match drift {
        Drift::Missing(at) => at_parents(at, body, &mut |parent, name| match parent {
            Value::Object(members) => members.shift_remove(name).is_some(),
            _ => false,
        }),
        Drift::New(at) => at_parents(at, body, &mut |parent, name| match parent {
            Value::Object(members) => add(members, name),
            _ => false,
        }),
        Drift::OtherType(at) => at_values(&segments(at), body, &mut |value| {
            *value = other_type(value);
            true
        }),
        Drift::UnknownValue(at) => at_values(&segments(at), body, &mut |value| {
            let unknown = match value {
                Value::String(_) | Value::Null => Value::from(UNKNOWN_TEXT),
                Value::Number(_) => Value::from(UNKNOWN_NUMBER),
                // No value of these is outside an enumeration and still of the type.
                Value::Bool(_) | Value::Array(_) | Value::Object(_) => return false,
            };
            *value = unknown;
            true
        }),
    }
}

fn add(members: &mut Map<String, Value>, name: &str) -> bool {
    if members.contains_key(name) {
        return false;
    }
    members.insert(name.to_owned(), Value::from("probe_new_member"));
    true
}

fn other_type(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::from(text.len() as u64),
        Value::Number(number) => Value::from(number.to_string()),
        Value::Bool(flag) => Value::from(flag.to_string()),
        Value::Object(members) => Value::from(members.values().cloned().collect::<Vec<_>>()),
        Value::Array(items) => Value::Object(
            items.iter().enumerate().map(|(i, item)| (i.to_string(), item.clone())).collect(),
        ),
        Value::Null => Value::from("null"),
    }
}

/// The unescaped segments of a JSON Pointer.
fn segments(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|s| s.replace("~1", "/").replace("~0", "~")).collect()
}

/// Calls `change` for what holds the last segment.
fn at_parents(
    pointer: &str,
    body: &mut Value,
    change: &mut dyn FnMut(&mut Value, &str) -> bool,
) -> bool {
    let segments = segments(pointer);
    let Some((name, parents)) = segments.split_last() else { return false };
    at_values(parents, body, &mut |parent| change(parent, name))
}

/// Calls `change` for every value that the segments lead to; whether any call changed anything.
fn at_values(
    segments: &[String],
    value: &mut Value,
    change: &mut dyn FnMut(&mut Value) -> bool,
) -> bool {
    let Some((segment, rest)) = segments.split_first() else { return change(value) };
    match value {
        Value::Array(items) if segment == "*" => {
            let mut changed = false;
            for item in items {
                changed |= at_values(rest, item, change);
            }
            changed
        }
        Value::Array(items) => segment
            .parse::<usize>()
            .ok()
            .and_then(|index| items.get_mut(index))
            .is_some_and(|item| at_values(rest, item, change)),
        Value::Object(members) => {
            members.get_mut(segment).is_some_and(|member| at_values(rest, member, change))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn body() -> Value {
        json!({"a/b": {"n": 1}, "list": [{"s": "x", "b": true}, {"s": "y"}, 7], "none": null})
    }

    fn after(drift: &Drift) -> Option<Value> {
        let mut body = body();
        apply(drift, &mut body).then_some(body)
    }

    #[test]
    fn missing() {
        let drift = |at: &str| after(&Drift::Missing(at.to_owned()));
        assert_eq!(
            drift("/list/*/s"),
            Some(json!({"a/b": {"n": 1}, "list": [{"b": true}, {}, 7], "none": null}))
        );
        assert_eq!(
            drift("/a~1b/n"),
            Some(json!({"a/b": {}, "list": [{"s": "x", "b": true}, {"s": "y"}, 7], "none": null}))
        );
        for nowhere in ["", "/nowhere", "/list/9/s", "/none/x", "/a~1b/n/deeper"] {
            assert_eq!(drift(nowhere), None, "{nowhere}");
        }
    }

    #[test]
    fn new() {
        let drift = |at: &str| after(&Drift::New(at.to_owned()));
        let drifted = drift("/a~1b/x").unwrap();
        assert_eq!(drifted["a/b"], json!({"n": 1, "x": "probe_new_member"}));
        let drifted = drift("/list/*/b").unwrap();
        assert_eq!(drifted["list"][1], json!({"s": "y", "b": "probe_new_member"}));
        assert_eq!(drifted["list"][0], json!({"s": "x", "b": true}));
        for nowhere in ["", "/none", "/nowhere/x", "/list/x"] {
            assert_eq!(drift(nowhere), None, "{nowhere}");
        }
    }

    #[test]
    fn other_type() {
        let drift = |at: &str| after(&Drift::OtherType(at.to_owned())).unwrap();
        assert_eq!(drift("/list/0/s")["list"][0]["s"], json!(1));
        assert_eq!(drift("/list/0/b")["list"][0]["b"], json!("true"));
        assert_eq!(drift("/a~1b/n")["a/b"]["n"], json!("1"));
        assert_eq!(drift("/a~1b")["a/b"], json!([1]));
        assert_eq!(drift("/list")["list"]["2"], json!(7));
        assert_eq!(drift("/none")["none"], json!("null"));
        assert_eq!(after(&Drift::OtherType("/nowhere".to_owned())), None);
    }

    #[test]
    fn unknown_value() {
        let drift = |at: &str| after(&Drift::UnknownValue(at.to_owned()));
        assert_eq!(drift("/list/0/s").unwrap()["list"][0]["s"], json!("probe_unknown_value"));
        assert_eq!(drift("/a~1b/n").unwrap()["a/b"]["n"], json!(-9_007_199_254_740_991_i64));
        assert_eq!(drift("/none").unwrap()["none"], json!("probe_unknown_value"));
        for nowhere in ["", "/nowhere", "/list", "/list/0/b"] {
            assert_eq!(drift(nowhere), None, "{nowhere}");
        }
    }
}
