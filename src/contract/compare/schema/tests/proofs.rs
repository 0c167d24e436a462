//! What has to be shown, not only never claimed wrongly: pairs of a narrow and a wide schema.

use serde_json::{Value, json};

use crate::contract::compare::schema::{Comparison, Containment, Usage};

fn is_shown(narrow: &Value, wide: &Value) -> bool {
    Comparison::new(wide, narrow, Usage::Response)
        .compare("", "")
        .iter()
        .all(|difference| difference.new_in_old == Containment::Holds)
}

fn check(pairs: &[(Value, Value)]) {
    let missed: Vec<String> = pairs
        .iter()
        .filter(|(narrow, wide)| !is_shown(narrow, wide))
        .map(|(narrow, wide)| format!("{narrow}\n  in {wide}"))
        .collect();
    assert!(missed.is_empty(), "not shown:\n{}\n", missed.join("\n"));
}

#[test]
fn scalars() {
    check(&[
        (json!({"type": "number", "multipleOf": 1}), json!({"type": "integer"})),
        (json!({"type": "integer", "multipleOf": 6}), json!({"type": "number", "multipleOf": 1.5})),
        (
            json!({"type": "integer", "allOf": [{"multipleOf": 2}, {"multipleOf": 3}]}),
            json!({"multipleOf": 6}),
        ),
        (json!({"type": "integer", "exclusiveMinimum": 0.5}), json!({"minimum": 1})),
        (json!({"type": "integer", "minimum": 0, "maximum": 2}), json!({"enum": [0, 1, 2, "x"]})),
        (json!({"type": "number", "maximum": 4}), json!({"not": {"type": "number", "minimum": 5}})),
        (json!({"type": ["null", "string"]}), json!({"not": {"type": ["integer", "object"]}})),
        (json!({"not": {"type": "number"}}), json!({"not": {"type": "integer"}})),
        (json!({"type": "number"}), json!({"anyOf": [{"minimum": 0}, {"exclusiveMaximum": 0}]})),
        (json!({"type": "string", "minLength": 2, "maxLength": 1}), json!({"type": "integer"})),
        (
            json!({"enum": ["ab", "abc"]}),
            json!({"type": "string", "pattern": "^ab", "maxLength": 3}),
        ),
        (json!({"const": 5}), json!({"type": "integer", "minimum": 5, "format": "int32"})),
        (json!({"type": "integer", "format": "int32"}), json!({"format": "int64"})),
        (json!({"enum": [1, "a", null]}), json!({"type": ["integer", "string", "null"]})),
        (json!({"enum": [1, 2]}), json!({"oneOf": [{"const": 1}, {"minimum": 2}]})),
        (json!(false), json!({"type": "string"})),
        (json!({"type": "string"}), json!({})),
        (json!({"allOf": [{"type": "string"}, {"type": "integer"}]}), json!(false)),
        (
            json!({"type": "string", "minLength": 1}),
            json!({"anyOf": [{"maxLength": 3}, {"minLength": 4}]}),
        ),
        (json!({"type": "boolean"}), json!({"anyOf": [{"const": true}, {"const": false}]})),
    ]);
}

#[test]
fn objects() {
    let a = json!({"type": "string"});
    check(&[
        (
            json!({"type": "object", "required": ["a", "b"], "properties": {"a": {"const": "x"}}}),
            json!({"type": "object", "required": ["a"], "properties": {"a": a}}),
        ),
        (
            json!({"type": "object", "properties": {"a": a}, "additionalProperties": false}),
            json!({"type": "object", "additionalProperties": {"type": "string"}}),
        ),
        (
            json!({"type": "object", "properties": {"a": a}, "additionalProperties": false}),
            json!({"type": "object", "maxProperties": 1, "propertyNames": {"enum": ["a", "b"]}}),
        ),
        (
            json!({"type": "object", "properties": {"ab": a}, "additionalProperties": false}),
            json!({"patternProperties": {"^a": {"type": "string"}}, "additionalProperties": false}),
        ),
        (
            json!({"type": "object", "patternProperties": {"^a": {"const": "x"}}}),
            json!({"patternProperties": {"^a": {"type": "string"}}}),
        ),
        (
            json!({"type": "object", "required": ["a", "b", "c"]}),
            json!({"type": "object", "minProperties": 3, "dependentRequired": {"a": ["b", "c"]}}),
        ),
        (
            json!({"type": "object", "properties": {"a": false}}),
            json!({"dependentRequired": {"a": ["b"]}}),
        ),
        (
            json!({"type": "object", "required": ["a"], "properties": {"a": false}}),
            json!({"type": "null"}),
        ),
        (
            json!({"type": "object", "properties": {"k": {"enum": [1, 2]}}, "required": ["k"]}),
            json!({"anyOf": [
                {"properties": {"k": {"const": 1}}},
                {"properties": {"k": {"const": 2}}},
            ]}),
        ),
        (
            json!({"type": "object", "required": ["a"]}),
            json!({"anyOf": [{"required": ["a", "b"]}, {"not": {"required": ["b"]}}]}),
        ),
        (
            json!({"if": {"required": ["a"]}, "then": {"required": ["b"]}, "type": "object"}),
            json!({"dependentRequired": {"a": ["b"]}}),
        ),
        (
            json!({"type": "object", "dependentRequired": {"a": ["b"]}}),
            json!({"if": {"type": "object", "required": ["a"]}, "then": {"required": ["b"]}}),
        ),
        (
            json!({"type": "object", "allOf": [{"properties": {"a": a}}], "unevaluatedProperties": false}),
            json!({"type": "object", "properties": {"a": a}, "additionalProperties": false}),
        ),
        (
            json!({"type": "object", "properties": {"a": a}, "additionalProperties": false}),
            json!({"allOf": [{"properties": {"a": a}}], "unevaluatedProperties": false}),
        ),
        (
            json!({"anyOf": [{"properties": {"a": a}}, {"properties": {"b": a}}],
                   "type": "object", "unevaluatedProperties": false}),
            json!({"type": "object", "propertyNames": {"maxLength": 1}}),
        ),
    ]);
}

#[test]
fn arrays() {
    let text = json!({"type": "string"});
    check(&[
        (
            json!({"type": "array", "prefixItems": [text, text], "items": false}),
            json!({"type": "array", "items": text, "maxItems": 2}),
        ),
        (
            json!({"type": "array", "items": {"const": "a"}, "minItems": 1}),
            json!({"contains": {"type": "string"}}),
        ),
        (
            json!({"type": "array", "contains": {"const": 1}, "minContains": 2}),
            json!({"contains": {"type": "integer"}}),
        ),
        (json!({"type": "array", "maxItems": 1}), json!({"uniqueItems": true})),
        (json!({"type": "array", "maxItems": 0}), json!({"items": {"type": "integer"}})),
        (
            json!({"type": "array", "items": text}),
            json!({"not": {"contains": {"type": "integer"}}}),
        ),
        (
            json!({"type": "array", "prefixItems": [text], "unevaluatedItems": false}),
            json!({"maxItems": 1, "items": text}),
        ),
        (
            json!({"type": "array", "items": text}),
            json!({"anyOf": [{"maxItems": 2}, {"minItems": 3, "items": text}]}),
        ),
    ]);
}

#[test]
fn choices() {
    let shape = |kind: &str, extra: Value| {
        json!({"type": "object", "required": ["kind"], "properties": {
            "kind": {"const": kind}, "extra": extra,
        }})
    };
    let (circle, square) =
        (shape("circle", json!({"type": "integer"})), shape("square", json!({})));
    check(&[
        (circle.clone(), json!({"oneOf": [circle, square]})),
        (json!({"oneOf": [circle]}), json!({"oneOf": [square, circle]})),
        (json!({"oneOf": [square, circle]}), json!({"anyOf": [circle, square]})),
        (json!({"anyOf": [square, circle]}), json!({"oneOf": [circle, square]})),
        (
            json!({"anyOf": [{"type": "integer"}, {"anyOf": [{"type": "string"}, {"type": "null"}]}]}),
            json!({"type": ["integer", "string", "null"]}),
        ),
        (
            json!({"allOf": [{"anyOf": [{"type": "integer"}, {"type": "string"}]},
                             {"anyOf": [{"type": "string"}, {"type": "null"}]}]}),
            json!({"type": "string"}),
        ),
        (
            json!({"oneOf": [{"type": "integer"}, {"type": "number"}]}),
            json!({"type": "number", "not": {"type": "integer"}}),
        ),
        (
            json!({"type": "object", "oneOf": [{"required": ["a"]}, {"required": ["b"]}]}),
            json!({"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}),
        ),
        (
            json!({"$ref": "#/$defs/n", "$defs": {"n": {"type": "object", "required": ["v"],
                "properties": {"v": {"const": 1}, "next": {"$ref": "#/$defs/n"}}}}}),
            json!({"$ref": "#/$defs/m", "$defs": {"m": {"type": "object",
            "properties": {"v": {"type": "integer"}, "next": {"anyOf": [
                {"type": "null"}, {"$ref": "#/$defs/m"},
            ]}}}}}),
        ),
        (
            json!({"type": "object", "required": ["n"], "properties": {"n": {"$ref": "#"}}}),
            json!({"type": "object", "required": ["n"], "properties": {"n": {
                "type": "object", "required": ["n"], "properties": {"n": {"$ref": "#"}}}}}),
        ),
    ]);
}
