use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{
    contract::{
        Contract, Kind, Tolerances,
        fixture::{Beside, exchange, message},
        read,
        source::{Part, Source},
    },
    evidence::Diagnostic,
};

fn try_read(name: &str, text: &str, beside: &[(&str, &str)]) -> Result<Contract, Vec<Diagnostic>> {
    let files = beside.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    let source = Source::new(format!("contracts/v/api/v1/{name}"), text);
    read("v/api/v1", source, &Beside(files.collect()))
}

fn contract(text: &Value, beside: &[(&str, &str)]) -> Contract {
    let read = try_read("order.schema.json", &text.to_string(), beside);
    read.unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn told(text: &Value) -> Vec<String> {
    let read = try_read("schema.json", &text.to_string(), &[]);
    read.expect_err("wrong").iter().map(message).collect()
}

/// Rules and pointers of what is wrong with a payload.
fn judged(contract: &Contract, body: &Value) -> Vec<String> {
    let body = body.to_string();
    let exchange = exchange("", "/", Some(("application/json", &body)), None);
    let found = crate::contract::check(
        contract,
        &contract.operations[0],
        &exchange,
        &Tolerances::default(),
    );
    found.iter().map(|f| format!("{} {}", f.rule, f.message_place.pointer)).collect()
}

#[test]
fn a_schema_is_a_contract_of_one_payload() {
    let schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Order", "description": "What was ordered.",
        "type": "object", "required": ["id"],
        "properties": {"id": {"type": "string"}},
        "examples": [{"id": "o1"}],
    });
    let contract = contract(&schema, &[]);
    assert_eq!(contract.standard.describe(), "JSON Schema draft-07");
    let [operation] = contract.operations.as_slice() else { panic!("{:?}", contract.operations) };
    assert_eq!((operation.name.as_str(), operation.kind), ("Order", Kind::Payload));
    assert_eq!(operation.summary, "What was ordered.");
    let media = &operation.request_body.as_ref().expect("described").content[0];
    assert_eq!(media.examples[0].value.as_ref(), &json!({"id": "o1"}));
    let place = contract.sources.locate("/schema/properties/id/type", Part::Value);
    assert_eq!(place.map(|p| p.file), Some("contracts/v/api/v1/order.schema.json".to_owned()));
    assert_eq!(contract.sources.written("/schema/properties/id"), "#/properties/id");
    assert_eq!(judged(&contract, &json!({"id": "o1"})), [""; 0]);
    assert_eq!(judged(&contract, &json!({"id": 5})).len(), 1);
    let unnamed = self::contract(&json!({"type": "string"}), &[]);
    assert_eq!(unnamed.operations[0].name, "order");
}

#[test]
fn every_draft_is_lifted() {
    for (draft, schema, good, bad) in [
        (
            "http://json-schema.org/draft-04/schema#",
            json!({"id": "http://a.example/s", "properties": {
                "n": {"type": "number", "minimum": 1, "exclusiveMinimum": true},
                "m": {"$ref": "#/definitions/M", "minimum": 100},
                "named": {"$ref": "other#here"}},
                "definitions": {"M": {"type": "integer"}, "O": {"id": "other", "definitions": {
                    "H": {"id": "#here", "type": "boolean"}}}}}),
            vec![json!({"n": 2, "m": 5, "named": true})],
            vec![json!({"n": 1}), json!({"named": 1}), json!({"m": "x"})],
        ),
        (
            "http://json-schema.org/draft-06/schema",
            json!({"type": "array", "items": [{"const": 1}, {"$ref": "#/items/0"}], "additionalItems": {"type": "string"}}),
            vec![json!([1, 1, "x"])],
            vec![json!([1, 2]), json!([1, 1, 1])],
        ),
        (
            "https://json-schema.org/draft-07/schema#",
            json!({"dependencies": {"a": ["b"], "c": {"required": ["d"]}}, "if": {"required": ["x"]}, "then": {"required": ["y"]}}),
            vec![json!({"a": 1, "b": 1}), json!({"c": 1, "d": 1})],
            vec![json!({"a": 1}), json!({"c": 1}), json!({"x": 1})],
        ),
        (
            "https://json-schema.org/draft/2019-09/schema",
            json!({"$id": "https://a.example/tree", "$recursiveAnchor": true, "type": "object",
                "properties": {"v": {"type": "integer"}, "next": {"$recursiveRef": "#"},
                    "w": {"$ref": "#num", "maximum": 3}},
                "$defs": {"N": {"$anchor": "num", "type": "number"}}}),
            vec![json!({"v": 1, "next": {"v": 2, "next": {}}, "w": 2})],
            vec![json!({"next": {"next": {"v": "x"}}}), json!({"w": 4}), json!({"w": "x"})],
        ),
        (
            "https://json-schema.org/draft/2020-12/schema",
            json!({"$id": "https://a.example/strict-tree", "$dynamicAnchor": "node", "$ref": "tree",
                "unevaluatedProperties": false,
                "$defs": {"tree": {"$id": "tree", "$dynamicAnchor": "node", "type": "object", "properties": {
                    "data": true, "children": {"type": "array", "items": {"$dynamicRef": "#node"}}}}}}),
            vec![json!({"children": [{"data": 1}]})],
            vec![json!({"children": [{"daat": 1}]}), json!({"children": 5})],
        ),
    ] {
        let mut schema = schema;
        schema["$schema"] = json!(draft);
        let contract = contract(&schema, &[]);
        for good in good {
            let undeclared = |rule: &String| !rule.contains("undeclared");
            let found: Vec<String> =
                judged(&contract, &good).into_iter().filter(undeclared).collect();
            assert_eq!(found, [""; 0], "{draft} {good}");
        }
        for bad in bad {
            assert!(!judged(&contract, &bad).is_empty(), "{draft} {bad}");
        }
    }
}

#[test]
fn files_of_the_folder_are_part_of_the_schema() {
    let schema = json!({
        "$id": "https://a.example/schemas/order.schema.json",
        "properties": {"money": {"$ref": "types/money.json#/definitions/Money"},
            "same": {"$ref": "https://a.example/schemas/types/money.json#/definitions/Money"}},
    });
    let money = r##"{"definitions": {"Money": {"type": "object", "properties": {"cents": {"$ref": "#/definitions/Cents"}}}, "Cents": {"type": "integer"}}}"##;
    let contract = contract(&schema, &[("types/money.json", money)]);
    assert!(!judged(&contract, &json!({"money": {"cents": "x"}})).is_empty());
    assert!(!judged(&contract, &json!({"same": {"cents": "x"}})).is_empty());
    let place =
        contract.sources.locate("/x-files/types~1money.json/definitions/Cents/type", Part::Value);
    assert_eq!(
        place.map(|p| (p.file, p.line)),
        Some(("contracts/v/api/v1/types/money.json".to_owned(), 1))
    );
    assert_eq!(contract.sources.files().len(), 2);
}

#[test]
fn a_meta_schema_is_known() {
    let schema =
        json!({"properties": {"schema": {"$ref": "http://json-schema.org/draft-07/schema#"}}});
    let contract = contract(&schema, &[]);
    assert_eq!(judged(&contract, &json!({"schema": true})), [""; 0]);
    assert!(!judged(&contract, &json!({"schema": 5})).is_empty());
}

#[test]
fn what_is_wrong_is_told() {
    assert_eq!(
        told(&json!({"$schema": "http://json-schema.org/draft-03/schema#"})),
        [
            "1:12 \"\\\"http://json-schema.org/draft-03/schema#\\\"\" this draft of JSON Schema is not known | https://json-schema.org/draft/2020-12/schema, 2019-09, draft-07, draft-06 or draft-04 | http://json-schema.org/draft-03/schema# | name the draft that the schema follows"
        ]
    );
    let schema = json!({
        "$defs": {"Money": {"type": "integer", "$anchor": "money"}},
        "properties": {
            "a": {"$ref": "#/$defs/Mony"}, "b": {"$ref": "#mony"},
            "c": {"$ref": "https://b.example/x.json"}, "d": {"$ref": "../../x.json"},
            "e": {"$ref": "gone.json"},
        },
    });
    let problems: Vec<String> = told(&schema)
        .iter()
        .map(|told| {
            told.split_once("\" ")
                .map_or("", |(_, rest)| rest.trim_start_matches("\\\" "))
                .to_owned()
        })
        .collect();
    assert_eq!(
        problems,
        [
            "the reference leads nowhere | - | #/$defs/Mony | did you mean `#/$defs/Money`?",
            "no schema has this anchor | - | #mony | did you mean `#money`?",
            "the reference leads out of the workspace | a place in this schema, or a file of the folder | https://b.example/x.json | put a copy of what it names into the folder, and refer to that file",
            "the reference leads out of the workspace | a place in this schema, or a file of the folder | ../../x.json | put a copy of what it names into the folder, and refer to that file",
            "there is no file gone.json | - | - | ",
        ]
    );
    let endless = told(&json!({"anyOf": [{"$ref": "#"}]}));
    assert!(endless[0].contains("holds itself without a step into the value"), "{endless:?}");
    let circle = told(
        &json!({"$ref": "#/$defs/A", "$defs": {"A": {"$ref": "#/$defs/B"}, "B": {"$ref": "#/$defs/A"}}}),
    );
    assert!(circle[0].contains("holds itself without a step into the value"), "{circle:?}");
    let wrong = told(&json!({"type": "strin"}));
    assert!(wrong[0].contains("no such type"), "{wrong:?}");
}

#[test]
fn hostile_schemas_end() {
    let deep = format!("{}{}", r#"{"not":"#.repeat(100_000), "}".repeat(100_000));
    let problems = try_read("schema.json", &deep, &[]).expect_err("too deep");
    assert!(problems[0].title.contains("broken JSON"), "{problems:?}");
    let twice = try_read("schema.json", r#"{"type": "string", "type": "object"}"#, &[]);
    assert!(twice.expect_err("twice")[0].title.contains("stands twice"));
    let mut bomb = "type: object\nl0: &l0 [a]\n".to_owned();
    for n in 1..40 {
        let _ = writeln!(bomb, "l{n}: &l{n} [*l{0}, *l{0}, *l{0}]", n - 1);
    }
    assert!(try_read("schema.yaml", &bomb, &[]).is_err());
    // A file that refers to itself under ever new names would never end.
    let file = r#"{"properties": {"x": {"$ref": "a/a.json"}}}"#;
    let read = try_read("schema.json", r#"{"$ref": "a.json"}"#, &[("a.json", file)]);
    assert!(read.expect_err("no such file")[0].title.contains("there is no file a/a.json"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the keywords hold, a schema is read or refused with a message.
    #[test]
    fn any_keywords_are_read_or_refused(members in prop::collection::vec((
        prop::sample::select(vec![
            "$ref", "$id", "id", "$anchor", "$dynamicRef", "$recursiveRef", "$dynamicAnchor", "items",
            "additionalItems", "dependencies", "properties", "allOf", "definitions", "$schema", "exclusiveMinimum",
        ]),
        prop::sample::select(vec![
            json!("#"), json!("#/properties"), json!("#a"), json!("a"), json!("urn:a"), json!("//"), json!(true), json!(5),
            json!([{"$ref": "#/items/0"}]), json!({"a": {"$ref": "#"}}), json!({"$ref": "#/definitions/a"}), json!(null),
            json!("http://json-schema.org/draft-04/schema#"), json!("https://json-schema.org/draft/2019-09/schema"),
        ]),
    ), 0..6)) {
        let schema: Value = members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        if let Err(problems) = try_read("schema.json", &schema.to_string(), &[]) {
            prop_assert!(!problems.is_empty());
        }
    }
}
