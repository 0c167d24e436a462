use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::read;
use crate::{
    contract::{
        Contract, Kind,
        source::{Files, NoFiles, Part, Source},
    },
    evidence::Diagnostic,
};

fn one(schema: &Value) -> Contract {
    read("a", Source::new("a.avsc", schema.to_string()), &NoFiles).expect("valid")
}

/// Whether a value is one, by the first payload.
fn keeps(contract: &Contract, value: impl Into<Value>) -> bool {
    let body = contract.operations[0].request_body.as_ref().expect("a body");
    let schema = body.content[0].schema.as_ref().expect("a schema");
    contract.schemas.violations(schema, &value.into()).is_empty()
}

fn user() -> Value {
    json!({
        "type": "record", "name": "User", "namespace": "com.example", "doc": "Who buys.",
        "fields": [
            {"name": "id", "type": {"type": "fixed", "name": "Id", "size": 4}},
            {"name": "age", "type": "int", "default": 0},
            {"name": "email", "type": ["null", "string"], "default": null},
            {"name": "state", "type": {"type": "enum", "name": "State", "symbols": ["NEW", "OLD"], "default": "NEW"}},
            {"name": "tags", "type": {"type": "array", "items": "string"}},
            {"name": "more", "type": {"type": "map", "values": ["long", "double", "User"]}},
            {"name": "born", "type": {"type": "int", "logicalType": "date"}},
            {"name": "balance", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}}
        ]
    })
}

#[test]
fn json_is_the_json_encoding() {
    let contract = one(&user());
    assert_eq!(contract.standard.describe(), "Avro");
    let operation = &contract.operations[0];
    assert_eq!((operation.name.as_str(), operation.kind), ("com.example.User", Kind::Payload));
    assert_eq!(operation.summary, "Who buys.");
    let valid = json!({
        "id": "\u{0}\u{ff}ab", "age": 3, "email": {"string": "a@b"}, "state": "NEW", "tags": [],
        "more": {"a": {"long": 1}, "b": {"double": 1.5}}, "born": 20000, "balance": "\u{1}"
    });
    assert!(keeps(&contract, valid.clone()));
    let with = |name: &str, value: Value| {
        let mut changed = valid.clone();
        changed[name] = value;
        keeps(&contract, changed)
    };
    assert!(with("email", json!(null)));
    assert!(with("more", json!({"self": {"com.example.User": valid.clone()}})));
    for (name, wrong) in [
        ("email", json!("a@b")),
        ("email", json!({"int": 1})),
        ("id", json!("abc")),
        ("age", json!(2_147_483_648_u64)),
        ("age", json!("3")),
        ("state", json!("GONE")),
        ("tags", json!([1])),
        ("more", json!({"a": {"User": {}}})),
        ("balance", json!("\u{100}")),
    ] {
        assert!(!with(name, wrong.clone()), "{name}: {wrong}");
    }
    let mut without = valid.clone();
    without.as_object_mut().expect("an object").remove("age");
    assert!(!keeps(&contract, without), "a writer writes every field");
}

#[test]
fn every_place_is_found_in_its_file() {
    let text = serde_json::to_string_pretty(&user()).expect("text");
    let contract = read("a", Source::new("a.avsc", text), &NoFiles).expect("valid");
    let at = |pointer: &str| {
        let place = contract.sources.locate(pointer, Part::Value).expect("a place");
        place.text.trim().to_owned()
    };
    assert_eq!(at("/components/schemas/com.example.Id/maxLength"), "\"type\": {");
    let age = contract
        .sources
        .locate("/components/schemas/com.example.User/properties/age/type", Part::Value);
    assert_eq!(
        age.map(|place| place.text.trim().to_owned()).as_deref(),
        Some("\"type\": \"int\",")
    );
}

#[test]
fn files_use_each_others_names() {
    struct Folder(BTreeMap<&'static str, Value>);
    impl Files for Folder {
        fn read(&self, path: &str) -> Result<Source, Diagnostic> {
            Ok(Source::new(format!("c/{path}"), self.0[path].to_string()))
        }
        fn with_ending(&self, _: &str) -> Vec<String> {
            self.0.keys().map(|path| (*path).to_owned()).collect()
        }
    }
    let order = json!({"type": "record", "name": "Order", "namespace": "x", "fields": [{"name": "price", "type": "Money"}]});
    let money =
        json!({"type": "record", "name": "x.Money", "fields": [{"name": "units", "type": "long"}]});
    let files = Folder(BTreeMap::from([("money.avsc", money), ("order.avsc", order)]));
    let root = files.read("money.avsc").expect("a file");
    let contract = read("a", root, &files).expect("valid");
    let names: Vec<_> = contract.operations.iter().map(|op| op.name.as_str()).collect();
    assert_eq!(names, ["x.Order"], "what another holds is no payload of its own");
    let place =
        contract.sources.locate("/components/schemas/x.Order", Part::Value).expect("a place");
    assert_eq!(place.file, "c/order.avsc");
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let record = |field: Value| json!({"type": "record", "name": "R", "fields": [field]});
    for (schema, told) in [
        (json!(17), "1 this is no Avro schema | a name, a list or an object with `type` | 17 | "),
        (
            json!({"name": "R"}),
            "1 the schema has no `type` | `type` with the name of a type | - | ",
        ),
        (json!({"type": "record", "fields": []}), "1 the record has no name | - | - | add `name`"),
        (
            json!({"type": "record", "name": "1R", "fields": []}),
            "9 `1R` is no name | letters, digits and `_`, not beginning with a digit | - | see the Avro specification, \"Names\"",
        ),
        (
            record(json!({"name": "a", "type": "strin"})),
            "60 the type `strin` is not declared | - | - | declare it in this file or in another .avsc file beside it",
        ),
        (
            record(json!({"name": "a", "type": "Q"})),
            "60 the type `Q` is not declared | - | - | declare it in this file or in another .avsc file beside it",
        ),
        (
            record(json!({"name": "a", "type": ["int", "int"]})),
            "66 the union has `int` twice | - | - | leave one of them out",
        ),
        (
            record(json!({"name": "a", "type": "int", "default": "x"})),
            "77 the default of `R.a` is no value of its type | int | \"x\" | see the Avro specification, \"Complex Types\", records",
        ),
        (
            json!({"type": "enum", "name": "E", "symbols": ["A", "A"]}),
            "45 the enum `E` has `A` twice | - | - | ",
        ),
        (
            json!({"type": "enum", "name": "E", "symbols": ["A"], "default": "B"}),
            "58 the default of `E` is none of its symbols | A | B | ",
        ),
        (
            json!({"protocol": "P"}),
            "1 this is an Avro protocol, not a schema | - | - | keep each of its `types` in an .avsc file; messages cannot be checked",
        ),
    ] {
        let text = schema.to_string();
        let problems = read("a", Source::new("a.avsc", text.as_str()), &NoFiles).expect_err(&text);
        let problem = &problems[0];
        let said = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        let column = problem.place().map_or(0, |place| place.column);
        let line = format!(
            "{column} {} | {} | {} | {}",
            problem.title,
            said(&problem.expected),
            said(&problem.actual),
            problem.help.join(" / ")
        );
        let (_, line) = line.split_once(' ').expect("words");
        let (_, told) = told.split_once(' ').expect("words");
        assert_eq!(line, told, "{text}");
        assert!(column > 0, "{text}");
    }
}

#[test]
fn hostile_schemas_are_refused_in_bounded_time() {
    let deep = format!(
        "{}\"int\"{}",
        "{\"type\":\"array\",\"items\":".repeat(100_000),
        "}".repeat(100_000)
    );
    read("a", Source::new("a.avsc", deep), &NoFiles).expect_err("too deep");
    let circle = json!([
        {"type": "record", "name": "A", "fields": [{"name": "b", "type": "B"}]},
        {"type": "record", "name": "B", "fields": [{"name": "a", "type": "A"}]},
    ]);
    assert_eq!(one(&circle).operations.len(), 2);
    let wide: Vec<Value> =
        (0..500).map(|n| json!({"name": format!("f{n}"), "type": format!("T{n}")})).collect();
    let text = json!({"type": "record", "name": "R", "fields": wide}).to_string();
    let problems = read("a", Source::new("a.avsc", text), &NoFiles).expect_err("unknown names");
    assert_eq!(problems.len(), 100);
}
