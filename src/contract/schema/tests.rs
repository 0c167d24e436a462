//! Verdicts against the library's own, and what must not blow up.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Breach, SchemaRef, Schemas, Wrapped, components::plain, verdicts};

/// The schemas of a document whose schema in question stands at `/root`.
fn schemas(document: &Value) -> (Schemas, SchemaRef) {
    let pointer: Arc<str> = Arc::from("/root");
    let document = Arc::new(document.clone());
    let schemas = Schemas::new(&document, vec![Arc::clone(&pointer)], Wrapped::default());
    (schemas, SchemaRef { pointer, index: 0 })
}

/// Each breach as `instance schema expected`.
fn told(document: &Value, value: &Value) -> Vec<String> {
    let (schemas, root) = schemas(document);
    let violations = schemas.violations(&root, value);
    assert_eq!(schemas.is_valid(&root, value), violations.is_empty());
    let line = |v: &super::Violation| format!("{} {} {}", v.instance, v.schema, v.expected);
    violations.iter().map(line).collect()
}

/// The library's own verdict, with its own references.
fn judged_by_library(document: &Value, value: &Value) -> bool {
    let mut whole = document.clone();
    whole["$ref"] = "#/root".into();
    plain().build(&whole).expect("valid").is_valid(value)
}

fn scalars() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i64..3).prop_map(Value::from),
        "[ab]{0,2}".prop_map(Value::from),
    ]
}

fn values() -> impl Strategy<Value = Value> {
    scalars().prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[abc]", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Schemas over the members `a`, `b` and `c`, with references to `/A`, `/B` and `/C`. A reference
/// that applies in place goes forward only, so that none is endless.
fn a_schema(level: usize) -> impl Strategy<Value = Value> {
    let forward: Vec<Value> =
        ["#/A", "#/B", "#/C"][level..].iter().map(|r| json!({"$ref": r})).collect();
    let anywhere = prop::sample::select(vec!["#/A", "#/B", "#/C"]).prop_map(|r| json!({"$ref": r}));
    let leaf = prop_oneof![
        Just(json!(true)),
        Just(json!(false)),
        prop::sample::select(vec!["string", "integer", "object", "array", "null"])
            .prop_map(|name| json!({"type": name})),
        Just(json!({"enum": ["a", 1, null]})),
        Just(json!({"required": ["a"]})),
        prop::sample::select(forward.into_iter().chain([json!({})]).collect::<Vec<_>>()),
    ];
    leaf.prop_recursive(3, 20, 3, move |inner| {
        let two = (inner.clone(), inner.clone()).boxed();
        let below = prop_oneof![anywhere.clone(), inner.clone()].boxed();
        prop_oneof![
            two.clone().prop_map(|(a, b)| json!({"allOf": [a, b]})),
            two.clone().prop_map(|(a, b)| json!({"anyOf": [a, b]})),
            two.clone().prop_map(|(a, b)| json!({"oneOf": [a, b]})),
            inner.clone().prop_map(|a| json!({"not": a})),
            two.clone().prop_map(|(a, b)| json!({"if": a, "then": b})),
            two.clone().prop_map(|(a, b)| json!({"dependentSchemas": {"a": a, "b": b}})),
            (below.clone(), below.clone()).prop_map(|(a, b)| json!({"properties": {"a": a, "b": b}})),
            below.clone().prop_map(|a| json!({"patternProperties": {"^[bc]": a}})),
            (below.clone(), inner.clone()).prop_map(|(a, b)| json!({"prefixItems": [a], "anyOf": [b, true]})),
            below.clone().prop_map(|a| json!({"items": a})),
            below.clone().prop_map(|a| json!({"contains": a})),
            below.clone().prop_map(|a| json!({"propertyNames": a})),
            (inner.clone(), below.clone(), below.clone()).prop_map(|(a, b, c)|
                json!({"allOf": [a], "properties": {"a": b}, "unevaluatedProperties": c})),
            (inner.clone(), inner.clone()).prop_map(|(a, b)|
                json!({"anyOf": [a, b], "unevaluatedProperties": false, "unevaluatedItems": false})),
            (inner, below).prop_map(|(a, b)| json!({"allOf": [a], "unevaluatedItems": b})),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn verdicts_are_those_of_the_library(
        root in a_schema(0), a in a_schema(1), b in a_schema(2), c in a_schema(3),
        value in values(),
    ) {
        let document = json!({"root": root, "A": a, "B": b, "C": c});
        let (schemas, at) = schemas(&document);
        let violations = schemas.violations(&at, &value);
        let library = judged_by_library(&document, &value);
        prop_assert_eq!(violations.is_empty(), library, "{} {:#?}", document, violations);
        prop_assert_eq!(schemas.is_valid(&at, &value), library);
    }
}

/// Variants that hold each other, by every way of choosing; wrong only at the bottom. The crate
/// alone doubles its errors with each level.
#[test]
fn variants_that_hold_each_other_do_not_multiply() {
    for choose in ["anyOf", "oneOf"] {
        let variant = |name: &str| {
            json!({"type": "object", "required": ["kind"], "properties": {
                "kind": {"type": "string"}, "next": {"$ref": "#/Node"},
                name: {"type": "integer"}, "all": {"type": "array", "items": {"$ref": "#/Node"}},
            }})
        };
        let document = json!({
            "root": {"$ref": "#/Node"},
            "Node": {choose: [{"$ref": "#/A"}, {"$ref": "#/B"}, {"$ref": "#/C"}]},
            "A": variant("a"), "B": variant("b"), "C": variant("c"),
        });
        let mut value = json!({"kind": 5});
        for level in 0..40 {
            let names = ["a", "b", "c"];
            value = match level % 2 {
                0 => json!({"kind": "x", "next": value, names[level % 3]: 1}),
                _ => json!({"kind": "x", "all": [value]}),
            };
        }
        let found = told(&document, &value);
        assert!(verdicts::steps() < 20_000, "{choose}: {} steps", verdicts::steps());
        let spot = format!("{}/kind", "/all/0/next".repeat(20));
        assert!(
            found.iter().any(|line| line.starts_with(&spot) || line.contains("exactly one")),
            "{found:?}"
        );
    }
}

/// Forty levels of schemas that each ask the next one twice: 2^40 ways to the same question.
#[test]
fn layers_of_doubled_references_are_asked_once() {
    for combine in ["allOf", "anyOf", "oneOf"] {
        let mut document = json!({"root": {"$ref": "#/L0"}, "L40": {"type": "integer"}});
        for level in 0..40 {
            let next = json!({"$ref": format!("#/L{}", level + 1)});
            document[format!("L{level}")] = json!({combine: [next, next, false]});
        }
        for value in [json!(1), json!("x"), json!({"a": [1]})] {
            let (schemas, root) = schemas(&document);
            let library_would_say = combine == "anyOf" && value.is_number();
            assert_eq!(schemas.is_valid(&root, &value), library_would_say, "{combine} {value}");
            assert!(verdicts::steps() < 2_000, "{combine}: {} steps", verdicts::steps());
            let found = schemas.violations(&root, &value);
            assert_eq!(found.is_empty(), library_would_say);
            assert!(found.len() <= 100 && verdicts::steps() < 2_000);
        }
    }
}

#[test]
fn what_takes_too_many_steps_is_told_and_not_guessed() {
    let item = json!({"anyOf": [{"$ref": "#/A"}, {"$ref": "#/B"}]});
    let document =
        json!({"root": {"items": item}, "A": {"type": "null"}, "B": {"type": "integer"}});
    let value: Value = (0..1_000).collect();
    assert_eq!(told(&document, &value), [""; 0]);
    verdicts::bound_steps(1_500);
    assert_eq!(told(&document, &value), [" /root a value that can be judged in bounded time"]);
    // Also where the schema says the opposite: nothing was decided.
    let document =
        json!({"root": {"not": {"items": item}}, "A": {"type": "null"}, "B": {"type": "integer"}});
    assert_eq!(told(&document, &value), [" /root a value that can be judged in bounded time"]);
}

#[test]
fn depth_is_bounded_and_an_honest_depth_is_judged() {
    let document = json!({
        "root": {"$ref": "#/Tree"},
        "Tree": {"type": "object", "required": ["name"], "properties": {
            "name": {"type": "string"},
            "child": {"anyOf": [{"type": "null"}, {"allOf": [{"$ref": "#/Tree"}]}]},
        }},
    });
    let tree = |depth: usize, name: Value| {
        (0..depth).fold(json!({"name": name}), |tree, _| json!({"name": "x", "child": tree}))
    };
    // As deep as JSON is read.
    assert_eq!(told(&document, &tree(126, "x".into())), [""; 0]);
    let found = told(&document, &tree(126, 5.into()));
    assert_eq!(
        found,
        [format!("{}/name /Tree/properties/name/type a string", "/child".repeat(126))]
    );
    // Through a thousand schemas at one place.
    let mut chain = json!({"root": {"$ref": "#/S0"}, "S1000": {"type": "string"}});
    for number in 0..1_000 {
        chain[format!("S{number}")] =
            json!({"title": "more than a reference", "$ref": format!("#/S{}", number + 1)});
    }
    assert_eq!(
        told(&chain, &json!("x")),
        [" /S0 a value that is not nested so deep in its schema"]
    );
    // Deep between two references, and deep in references.
    let mut nested = json!({"properties": {"a": {"$ref": "#/Deep"}}});
    for _ in 0..50 {
        nested = json!({"allOf": [nested]});
    }
    let document = json!({"root": {"$ref": "#/Deep"}, "Deep": nested});
    let value = (0..120).fold(json!({}), |value, _| json!({"a": value}));
    let found = told(&document, &value);
    assert!(
        found.is_empty() || found == [" /Deep a value that is not nested so deep in its schema"]
    );
}

#[test]
fn thousands_of_parts_are_judged() {
    let many: Vec<Value> = (0..5_000).map(|n| json!({"maxProperties": 5_000 - n % 7})).collect();
    let document = json!({"root": {"allOf": many}});
    assert_eq!(told(&document, &json!({"a": 1})), [""; 0]);
    let options: Vec<Value> = (0..100_000).map(|n| json!(format!("value {n}"))).collect();
    let document = json!({"root": {"items": {"enum": options}}});
    let values: Vec<Value> = (0..2_000).map(|n| json!(format!("value {}", 99_999 - n))).collect();
    assert_eq!(told(&document, &Value::from(values)), [""; 0]);
    let found = told(&document, &json!(["other"]));
    assert!(found[0].starts_with("/0 /root/items/enum one of \"value 0\""), "{found:?}");
}

#[test]
fn breaches_of_members_that_nothing_evaluates_are_told() {
    let document = json!({
        "root": {"allOf": [{"$ref": "#/Base"}], "properties": {"b": {}}, "unevaluatedProperties": false},
        "Base": {"properties": {"a": {"type": "integer"}}, "anyOf": [{"$ref": "#/More"}, true]},
        "More": {"required": ["c"], "properties": {"c": {"const": 1}}},
    });
    assert_eq!(told(&document, &json!({"a": 1, "b": 2, "c": 1})), [""; 0]);
    assert_eq!(
        told(&document, &json!({"a": 1, "c": 2, "d": 3})),
        [
            "/c /root/unevaluatedProperties no member `c`",
            "/d /root/unevaluatedProperties no member `d`"
        ]
    );
    let document = json!({"root": {"prefixItems": [true], "contains": {"type": "string"}, "unevaluatedItems": false}});
    assert_eq!(told(&document, &json!([1, "x"])), [""; 0]);
    assert_eq!(
        told(&document, &json!([1, "x", 2])),
        ["/root/unevaluatedItems nothing describes item 2".replacen('/', " /", 1)]
    );
}

#[test]
fn names_are_judged_by_their_schema() {
    let document = json!({
        "root": {"propertyNames": {"$ref": "#/Name"}}, "Name": {"anyOf": [{"$ref": "#/Short"}, {"const": "allowed"}]},
        "Short": {"maxLength": 2},
    });
    // Enough that verdicts are remembered, and each name may stand where the last one stood.
    let many: Value = (0..400)
        .map(|n| (format!("{:02}", n % 90), json!(n)))
        .collect::<serde_json::Map<_, _>>()
        .into();
    assert_eq!(told(&document, &many), [""; 0]);
    assert_eq!(
        told(&document, &json!({"allowed": 1, "long": 2})),
        [" /root/propertyNames another name than `long`"]
    );
}

#[test]
fn the_page_of_formats_is_true() {
    let fits = |format: &str, value: &Value| {
        let (schemas, root) = schemas(&json!({"root": {"format": format}}));
        schemas.is_valid(&root, value)
    };
    let text = include_str!("../../../docs/formats.md");
    let mut rows = 0;
    for line in text.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        let [_, format, good, bad, ..] = cells.as_slice() else { panic!("{line}") };
        let value = |cell: &str| serde_json::from_str::<Value>(cell).expect("JSON");
        assert!(fits(format, &value(good)), "{format} {good}");
        assert!(!fits(format, &value(bad)), "{format} {bad}");
        rows += 1;
    }
    assert_eq!(rows, 30);
    assert!(fits("int32", &json!(5.0)) && !fits("int32", &json!(5.5)));
    for format in ["double", "password", "binary", "idn-email", "money"] {
        assert!(fits(format, &json!("any")) && fits(format, &json!(1e300)), "{format}");
    }
    let document =
        json!({"root": {"properties": {"n": {"format": "int32"}, "t": {"format": "date"}}}});
    assert_eq!(
        told(&document, &json!({"n": 1e10, "t": "today"})),
        [
            "/n /root/properties/n/format a number in the format `int32`",
            "/t /root/properties/t/format a string in the format `date`"
        ]
    );
    let (schemas, root) = schemas(&document);
    assert_eq!(schemas.violations(&root, &json!({"n": 1e10}))[0].breach, Breach::Format);
}

#[test]
fn a_document_tells_whether_it_closes_objects() {
    let closes = |root: Value| schemas(&json!({"root": root})).0.closes_objects();
    assert!(!closes(json!({"properties": {"a": {"additionalProperties": {"type": "string"}}}})));
    assert!(closes(json!({"properties": {"a": {"additionalProperties": false}}})));
    assert!(closes(json!({"items": [{"unevaluatedProperties": false}]})));
}

#[test]
fn only_what_a_value_asks_for_is_compiled() {
    let document = json!({
        "root": {"properties": {"a": {"$ref": "#/A"}, "b": {"$ref": "#/B"}}},
        "A": {"type": "integer"}, "B": {"properties": {"c": {"$ref": "#/C"}}}, "C": {},
    });
    let (schemas, root) = schemas(&document);
    let compiled = |value: Value| {
        assert!(schemas.is_valid(&root, &value));
        format!("{schemas:?}")
    };
    assert_eq!(compiled(json!({})), "Schemas(1 used, 1 compiled)");
    assert_eq!(compiled(json!({"a": 1})), "Schemas(1 used, 2 compiled)");
    assert_eq!(compiled(json!({"b": {}})), "Schemas(1 used, 3 compiled)");
    assert_eq!(compiled(json!({"b": {"c": 1}})), "Schemas(1 used, 4 compiled)");
}
