use proptest::prelude::*;
use serde_json::{Value, json};

use super::{differences, rules::RULES};
use crate::contract::{
    Contract,
    compare::noted::{Noted, Verdict},
    read,
    source::{NoFiles, Source},
};

fn one(text: &str) -> Contract {
    read("a", Source::new("a.avsc", text), &NoFiles)
        .unwrap_or_else(|problems| panic!("{text}: {problems:?}"))
}

fn found(old: &str, new: &str) -> Vec<Noted> {
    differences(&one(old), &one(new))
}

#[test]
fn each_example_breaks_its_rule_alone() {
    assert!(RULES.is_sorted_by(|a, b| a.id < b.id));
    for rule in RULES {
        let (old, new) = rule.example;
        let ids: Vec<_> = found(old, new).into_iter().map(|noted| noted.rule).collect();
        assert_eq!(ids, [rule.id]);
        assert!(!rule.doc.is_empty() && !rule.help.is_empty());
    }
}

/// Whether a reader of the new type reads what the old one wrote, and the reverse.
fn both_ways(old: &Value, new: &Value) -> (bool, bool) {
    let record = |kind: &Value| {
        json!({"type": "record", "name": "R", "fields": [{"name": "a", "type": kind}]}).to_string()
    };
    let noted = found(&record(old), &record(new));
    let bears =
        |verdict: fn(&Noted) -> &Verdict| noted.iter().all(|n| *verdict(n) != Verdict::Breaks);
    (bears(|noted| &noted.old_in_new), bears(|noted| &noted.new_in_old))
}

#[test]
fn types_are_promoted_as_the_specification_says() {
    let fixed = |size: u64| json!({"type": "fixed", "name": "F", "size": size});
    let decimal = |scale: u64| json!({"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": scale});
    let symbols = |list: Value, default: Value| {
        let mut schema = json!({"type": "enum", "name": "E", "symbols": list});
        if !default.is_null() {
            schema["default"] = default;
        }
        schema
    };
    let none = Value::Null;
    for (old, new, backward, forward) in [
        (json!("int"), json!("long"), true, false),
        (json!("int"), json!("double"), true, false),
        (json!("long"), json!("float"), true, false),
        (json!("long"), json!("int"), false, true),
        (json!("float"), json!("double"), true, false),
        (json!("string"), json!("bytes"), true, true),
        (json!("boolean"), json!("int"), false, false),
        (json!("int"), json!(["null", "int"]), true, false),
        (json!(["null", "int"]), json!(["null", "long"]), true, false),
        (json!(["null", "int"]), json!(["int", "null"]), true, true),
        (json!(["int", "string"]), json!("string"), false, true),
        (
            json!({"type": "array", "items": "int"}),
            json!({"type": "array", "items": "long"}),
            true,
            false,
        ),
        (
            json!({"type": "map", "values": "int"}),
            json!({"type": "array", "items": "int"}),
            false,
            false,
        ),
        (fixed(4), fixed(4), true, true),
        (fixed(4), fixed(5), false, false),
        (decimal(2), decimal(2), true, true),
        (decimal(2), decimal(4), false, false),
        (
            symbols(json!(["A"]), none.clone()),
            symbols(json!(["A", "B"]), none.clone()),
            true,
            false,
        ),
        (symbols(json!(["A"]), json!("A")), symbols(json!(["A", "B"]), json!("A")), true, true),
        (symbols(json!(["A", "B"]), none.clone()), symbols(json!(["A"]), none), false, true),
    ] {
        assert_eq!(both_ways(&old, &new), (backward, forward), "{old} to {new}");
    }
}

#[test]
fn fields_and_names_have_aliases() {
    let record = |name: &str, aliases: Value, field: &str, field_aliases: Value| {
        json!({"type": "record", "name": name, "namespace": "x", "aliases": aliases, "fields": [
            {"name": field, "type": "int", "aliases": field_aliases}
        ]})
        .to_string()
    };
    let old = record("A", json!([]), "a", json!([]));
    let noted = found(&old, &record("B", json!(["A"]), "b", json!(["a"])));
    assert!(noted.iter().all(|noted| noted.old_in_new == Verdict::Fine), "{noted:?}");
    assert!(
        noted.iter().any(|noted| noted.new_in_old == Verdict::Breaks),
        "the old reader knows none"
    );
    let noted = found(&old, &record("B", json!([]), "a", json!([])));
    assert_eq!(noted[0].rule, "avro.name");
    // A namespace is no part of the match.
    assert_eq!(found(&old, &old.replace("\"x\"", "\"y\"")), []);
}

#[test]
fn a_difference_says_where_and_which_way() {
    let of = |street: Value| {
        json!({"type": "record", "name": "User", "fields": [
            {"name": "home", "type": ["null", {"type": "record", "name": "Address", "fields": [street]}]}
        ]})
        .to_string()
    };
    let (old, new) = (
        of(json!({"name": "street", "type": "string"})),
        of(json!({"name": "road", "type": "string"})),
    );
    let noted = found(&old, &new);
    let told: Vec<_> = noted
        .iter()
        .map(|n| (n.rule, n.message.as_str(), n.operation.as_str(), n.new_pointer.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (
                "avro.field-without-default",
                "User.home.road: none before, string now",
                "User",
                "/components/schemas/Address/properties/road"
            ),
            (
                "avro.field-without-default",
                "User.home.street: string before, none now",
                "User",
                "/components/schemas/Address"
            ),
        ]
    );
    assert_eq!((&noted[0].old_in_new, &noted[0].new_in_old), (&Verdict::Breaks, &Verdict::Fine));
    assert_eq!((&noted[1].old_in_new, &noted[1].new_in_old), (&Verdict::Fine, &Verdict::Breaks));
}

#[test]
fn deep_and_recursive_schemas_are_compared_in_bounded_time() {
    let unions = |leaf: &str| {
        let mut kind = json!(["null", leaf]);
        for _ in 0..30 {
            kind = json!([{"type": "array", "items": kind}, {"type": "map", "values": kind}]);
            if kind.to_string().len() > 60_000 {
                break;
            }
        }
        json!({"type": "record", "name": "R", "fields": [{"name": "a", "type": kind}, {"name": "r", "type": ["null", "R"]}]}).to_string()
    };
    let (old, new) = (unions("int"), unions("string"));
    let (a, b) = (one(&old), one(&new));
    assert_eq!(differences(&a, &a), []);
    assert!(!differences(&a, &b).is_empty());
}

/// A small schema.
fn types() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!("null")),
        Just(json!("int")),
        Just(json!("long")),
        Just(json!("string")),
        Just(json!("bytes")),
        Just(json!("double")),
        Just(json!("R")),
        Just(json!({"type": "long", "logicalType": "timestamp-millis"})),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|items| json!({"type": "array", "items": items})),
            inner.clone().prop_map(|values| json!({"type": "map", "values": values})),
            inner
                .prop_filter("no union in a union", |one| !one.is_array() && one != "null")
                .prop_map(|one| json!(["null", one])),
        ]
    })
}

fn records() -> impl Strategy<Value = String> {
    proptest::collection::vec((types(), "[a-c]"), 0..3).prop_map(|fields| {
        let fields: Vec<Value> = fields
            .iter()
            .enumerate()
            .map(|(n, (kind, name))| json!({"name": format!("{name}{n}"), "type": kind}))
            .collect();
        json!({"type": "record", "name": "R", "fields": fields}).to_string()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_schema_does_not_differ_from_itself(text in records()) {
        prop_assert_eq!(found(&text, &text), []);
    }

    /// What breaks a reader one way round breaks the writer the other way round.
    #[test]
    fn both_ways_are_mirrored(a in records(), b in records()) {
        let (there, back) = (found(&a, &b), found(&b, &a));
        let count = |noted: &[Noted], verdict: fn(&Noted) -> &Verdict| {
            noted.iter().filter(|noted| *verdict(noted) == Verdict::Breaks).count()
        };
        prop_assert_eq!(count(&there, |n| &n.old_in_new), count(&back, |n| &n.new_in_old));
        prop_assert_eq!(count(&there, |n| &n.new_in_old), count(&back, |n| &n.old_in_new));
    }
}
