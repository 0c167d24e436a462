//! The stranger's mutants: whole copies, one change each.

use serde_json::{Value, json};

use super::naive::{allows_null, parts, types};

/// What the check must say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// The contract is broken.
    Breaking,
    /// Something came that nobody described.
    Additive,
}

/// A changed body.
pub(crate) struct Mutant {
    /// What was done.
    pub(crate) rule: &'static str,
    /// JSON Pointer of the place.
    pub(crate) place: String,
    pub(crate) expected: Expected,
    pub(crate) body: Value,
}

/// All mutants of an example that keeps the schema.
pub(crate) fn mutants(document: &Value, schema: &Value, example: &Value) -> Vec<Mutant> {
    let mut walk = Walk { document, example, made: Vec::new() };
    walk.value(schema, example, "", false, 0);
    walk.made
}

struct Walk<'w> {
    document: &'w Value,
    example: &'w Value,
    made: Vec<Mutant>,
}

impl Walk<'_> {
    fn value(&mut self, schema: &Value, value: &Value, at: &str, in_choice: bool, depth: usize) {
        let (parts, choice) = parts(self.document, schema);
        if depth > 12 {
            return;
        }
        let sure = !in_choice && !choice;
        if sure {
            self.retyped(&parts, value, at);
            self.restricted(&parts, value, at);
            if !value.is_null() && !allows_null(self.document, schema) {
                self.replace("nulled", at, Value::Null);
            }
        }
        match value {
            Value::Object(object) => {
                if sure {
                    self.members(&parts, value, at);
                }
                for (name, inner) in object {
                    let found = parts.iter().find_map(|part| part["properties"].get(name));
                    if let Some(schema) = found {
                        let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                        self.value(schema, inner, &at, in_choice || choice, depth + 1);
                    }
                }
            }
            Value::Array(list) => {
                let items = parts.iter().find_map(|part| part.get("items"));
                if let (Some(schema), Some(last)) = (items, list.last()) {
                    let at = format!("{at}/{}", list.len() - 1);
                    self.value(schema, last, &at, in_choice || choice, depth + 1);
                }
            }
            _ => {}
        }
    }

    /// Another type, where a type is named and the other one is not among them.
    fn retyped(&mut self, parts: &[&Value], value: &Value, at: &str) {
        let others = [
            ("string", "as text", json!("seventeen")),
            ("object", "as object", json!({"amount": 17, "unit": "piece"})),
            ("array", "as list", json!([value])),
            ("boolean", "as flag", json!(true)),
            ("number", "as fraction", json!(17.25)),
        ];
        for (name, rule, other) in others {
            let refused = parts.iter().map(|part| types(part)).any(|names| {
                let integers = name == "number" && names.contains(&"number");
                !names.is_empty() && !names.contains(&name) && !integers
            });
            if refused {
                self.replace(rule, at, other);
            }
        }
    }

    /// Lists of values, lengths, bounds, formats and patterns that are left.
    fn restricted(&mut self, parts: &[&Value], value: &Value, at: &str) {
        for part in parts {
            if value.is_string()
                && let Some(options) = part["enum"].as_array()
            {
                let strange = format!("{}-renamed", value.as_str().unwrap_or_default());
                if !options.contains(&json!(strange)) {
                    self.replace("off the list", at, json!(strange));
                }
            }
            if let (Some(most), true) = (part["maxLength"].as_u64(), value.is_string()) {
                self.replace("too long", at, json!("w".repeat(most as usize + 3)));
            }
            if part["minLength"].as_u64().is_some_and(|least| least > 0) && value.is_string() {
                self.replace("too short", at, json!(""));
            }
            if let (Some(least), true) = (part["minimum"].as_i64(), value.is_number()) {
                self.replace("too small", at, json!(least - 5));
            }
            if let (Some(most), true) = (part["maximum"].as_i64(), value.is_number()) {
                self.replace("too large", at, json!(most + 5));
            }
            if value.is_string() {
                match part["format"].as_str() {
                    Some("date-time") => {
                        self.replace("time unzoned", at, json!("2030-05-06 07:08"));
                    }
                    Some("date") => self.replace("date turned", at, json!("06.05.2030")),
                    Some("uuid") => self.replace("id shortened", at, json!("5f2e")),
                    Some("email") => self.replace("mail hidden", at, json!("j. doe")),
                    Some("uri") => self.replace("address cut", at, json!("no address")),
                    _ => {}
                }
                // Only patterns that begin with plain text are read here.
                let anchored = part["pattern"].as_str().and_then(|p| p.strip_prefix('^'));
                if anchored.is_some_and(|p| p.starts_with(|c: char| c.is_ascii_alphanumeric())) {
                    self.replace("prefix lost", at, json!("\u{a7}17"));
                }
            }
            let least = part["minItems"].as_u64().unwrap_or(0);
            if least > 0 && value.is_array() {
                self.replace("emptied", at, json!([]));
            }
        }
    }

    /// Members that are gone or new.
    fn members(&mut self, parts: &[&Value], value: &Value, at: &str) {
        for name in parts.iter().filter_map(|part| part["required"].as_array()).flatten() {
            let Some(name) = name.as_str() else { continue };
            let mut body = self.example.clone();
            let holder = body.pointer_mut(at).and_then(Value::as_object_mut);
            if holder.is_some_and(|object| object.remove(name).is_some()) {
                let place = format!("{at}/{name}");
                self.push("required gone", place, Expected::Breaking, body);
            }
        }
        let named = parts.iter().any(|part| part["properties"].as_object().is_some());
        let mapped = parts.iter().any(|part| {
            part["additionalProperties"].is_object() || part.get("patternProperties").is_some()
        });
        if named && !mapped && value.get("zz_unheard_of").is_none() {
            let mut body = self.example.clone();
            if let Some(object) = body.pointer_mut(at).and_then(Value::as_object_mut) {
                object.insert("zz_unheard_of".to_owned(), json!({"since": 2030}));
            }
            let place = format!("{at}/zz_unheard_of");
            self.push("unheard of", place, Expected::Additive, body);
        }
    }

    fn replace(&mut self, rule: &'static str, at: &str, value: Value) {
        let mut body = self.example.clone();
        if let Some(spot) = body.pointer_mut(at) {
            *spot = value;
        }
        self.push(rule, at.to_owned(), Expected::Breaking, body);
    }

    fn push(&mut self, rule: &'static str, place: String, expected: Expected, body: Value) {
        self.made.push(Mutant { rule, place, expected, body });
    }
}
