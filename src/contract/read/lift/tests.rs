use serde_json::{Value, json};

use super::{Dialect, lift};

fn lifted(schema: &Value, dialect: Dialect) -> Value {
    let mut document = json!({"schema": schema});
    lift(&mut document, &["/schema".to_owned()], dialect);
    document["schema"].take()
}

#[test]
fn earlier_drafts_speak_2020_12() {
    for (dialect, written, meant) in [
        (
            Dialect::Draft4,
            json!({"id": "x", "minimum": 0, "exclusiveMinimum": true, "maximum": 9, "exclusiveMaximum": false}),
            json!({"id": "x", "maximum": 9, "exclusiveMinimum": 0}),
        ),
        (
            Dialect::Draft7,
            json!({"items": [{"type": "string"}, {}], "additionalItems": false}),
            json!({"prefixItems": [{"type": "string"}, {}], "items": false}),
        ),
        (
            Dialect::Draft7,
            json!({"items": {"type": "string"}, "additionalItems": false}),
            json!({"items": {"type": "string"}}),
        ),
        (
            Dialect::Draft6,
            json!({"dependencies": {"a": ["b"], "c": {"required": ["d"]}}}),
            json!({"dependentRequired": {"a": ["b"]}, "dependentSchemas": {"c": {"required": ["d"]}}}),
        ),
        (Dialect::Draft7, json!({"$ref": "#/a", "type": "string"}), json!({"$ref": "#/a"})),
        (
            Dialect::Draft2020,
            json!({"$ref": "#/a", "type": "string"}),
            json!({"$ref": "#/a", "type": "string"}),
        ),
        (
            Dialect::Draft2019,
            json!({"$recursiveAnchor": true, "properties": {"next": {"$recursiveRef": "#"}}}),
            json!({"properties": {"next": {"$ref": "#/schema"}}}),
        ),
        (
            Dialect::Swagger2,
            json!({"type": "file", "x-nullable": true, "discriminator": "kind"}),
            json!({"type": ["string", "null"], "discriminator": {"propertyName": "kind"}, "format": "binary"}),
        ),
        (Dialect::OpenApi30, json!({"$ref": "#/a", "nullable": true}), json!({"$ref": "#/a"})),
    ] {
        assert_eq!(lifted(&written, dialect), meant, "{dialect:?}");
    }
}

#[test]
fn a_schema_may_say_its_own_dialect() {
    let written = json!({"properties": {"old": {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "dependencies": {"a": ["b"]},
    }}});
    let meant = json!({"properties": {"old": {"dependentRequired": {"a": ["b"]}}}});
    assert_eq!(lifted(&written, Dialect::Draft2020), meant);
}

#[test]
fn what_only_describes_stops_nobody() {
    let mut document =
        json!({"schema": {"description": null, "examples": {"a": 1}, "type": "string"}});
    let told = lift(&mut document, &["/schema".to_owned()], Dialect::Draft2020);
    assert_eq!(document["schema"], json!({"type": "string"}));
    let told: Vec<&str> = told.notes.iter().map(|(pointer, _)| pointer.as_str()).collect();
    assert_eq!(told, ["/schema/description", "/schema/examples"]);
}

#[test]
fn lifting_twice_changes_nothing_more() {
    let schema = json!({
        "items": [{"nullable": true, "type": "string"}], "additionalItems": {"nullable": true, "enum": [1]},
        "minimum": 1, "exclusiveMinimum": true,
    });
    let once = lifted(&schema, Dialect::OpenApi30);
    assert_eq!(lifted(&once, Dialect::OpenApi30), once);
}
