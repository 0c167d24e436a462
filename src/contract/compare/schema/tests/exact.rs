use serde_json::{Value, json};

use super::{diff, lines};
use crate::contract::compare::schema::{Comparison, Difference, Usage, Weight};

fn object(properties: impl Into<Value>, required: &[&str]) -> Value {
    json!({"type": "object", "properties": properties.into(), "required": required})
}

/// Old schema, new schema, and the lines that tell how they differ.
fn check(cases: &[(Value, Value, &[&str])]) {
    let mut wrong = Vec::new();
    for (old, new, expected) in cases {
        let found = lines(old, new);
        if found != *expected {
            wrong.push(format!("{old}\n{new}\n  {}", found.join("\n  ")));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn members_that_come_and_go() {
    let a = json!({"type": "string"});
    let b = json!({"type": "integer"});
    let one = object(json!({"a": a}), &["a"]);
    let closed = |properties: Value| json!({"type": "object", "properties": properties, "additionalProperties": false});
    check(&[
        (
            one.clone(),
            object(json!({"a": a, "b": b}), &["a"]),
            &[r#"property-added "/b": not declared -> an integer; holds, undeclared"#],
        ),
        (
            one.clone(),
            object(json!({"a": a, "b": b}), &["a", "b"]),
            &[
                r#"property-added "/b": not declared -> an integer; holds, undeclared"#,
                r#"became-required "/b": optional -> required; holds, fails"#,
            ],
        ),
        (
            object(json!({"a": a, "b": b}), &["a", "b"]),
            one.clone(),
            &[
                r#"property-removed "/b": an integer -> not declared; undeclared, holds"#,
                r#"became-optional "/b": required -> optional; fails, holds"#,
            ],
        ),
        (
            closed(json!({"a": a})),
            closed(json!({"a": a, "b": b})),
            &[r#"property-added "/b": not declared -> an integer; undeclared, holds"#],
        ),
        (
            closed(json!({"a": a, "b": b})),
            closed(json!({"a": a})),
            &[r#"property-removed "/b": an integer -> not declared; holds, fails"#],
        ),
        (
            closed(json!({"a": a})),
            json!({"type": "object", "properties": {"a": a}}),
            &[r#"object-opened "": no other members -> any other members; undeclared, holds"#],
        ),
        (
            json!({"type": "object", "additionalProperties": a}),
            json!({"type": "object", "additionalProperties": a, "properties": {"n": b}}),
            &[
                r#"type-changed "/n": a string -> an integer; fails, fails"#,
                r#"property-added "/n": not declared -> an integer; holds, holds"#,
            ],
        ),
        (
            json!({"allOf": [{"properties": {"a": {}}}], "unevaluatedProperties": false}),
            json!({"allOf": [{"properties": {"a": {}, "b": {}}}], "unevaluatedProperties": false}),
            &[r#"property-added "/b": not declared -> any value; undeclared, holds"#],
        ),
    ]);
}

#[test]
fn what_a_value_may_be() {
    let text = json!({"type": "string"});
    check(&[
        (
            text.clone(),
            json!({"type": ["string", "null"]}),
            &[r#"null-allowed "": a string -> a string or null; fails, holds"#],
        ),
        (
            json!({"type": "integer"}),
            json!({"type": "number"}),
            &[r#"type-widened "": an integer -> a number; fails, holds"#],
        ),
        (
            json!({"type": "string", "enum": ["a", "b"]}),
            json!({"type": "string", "enum": ["b", "c"]}),
            &[
                r#"value-added "": "a", "b" -> "c"; fails, holds"#,
                r#"value-removed "": "a" -> "b", "c"; holds, fails"#,
            ],
        ),
        (
            json!({"type": "string", "enum": ["a", "b"]}),
            text.clone(),
            &[r#"values-opened "": "a", "b" -> a string; fails, holds"#],
        ),
        (
            text.clone(),
            json!({"const": "a"}),
            &[r#"values-closed "": a string -> "a"; holds, fails"#],
        ),
        (
            json!({"enum": ["a", "b"]}),
            json!({"enum": ["a", "b", null], "type": ["string", "null"]}),
            &[r#"null-allowed "": "a", "b" -> a string or null; fails, holds"#],
        ),
        (json!({"type": "boolean"}), json!({"enum": [true, false]}), &[]),
        (json!({"type": "integer", "minimum": 1, "maximum": 3}), json!({"enum": [1, 2.0, 3]}), &[]),
        (
            json!({"type": "integer", "minimum": 1, "maximum": 10}),
            json!({"type": "integer", "exclusiveMinimum": 0, "maximum": 20}),
            &[r#"bound-loosened "": at most 10 -> at most 20; fails, holds"#],
        ),
        (
            json!({"type": "number", "multipleOf": 0.1}),
            json!({"type": "number", "multipleOf": 0.3}),
            &[r#"bound-tightened "": a multiple of 0.1 -> a multiple of 0.3; holds, fails"#],
        ),
        (
            json!({"type": "number", "multipleOf": 2}),
            json!({"type": "integer", "multipleOf": 2}),
            &[],
        ),
        (
            json!({"type": "string", "format": "date"}),
            json!({"type": "string", "format": "date-time"}),
            &[r#"format-changed "": date -> date-time; fails, fails"#],
        ),
        (
            json!({"type": "string", "pattern": "^a"}),
            json!({"type": "string", "pattern": "^ab"}),
            &[r#"pattern-changed "": ^a -> ^ab; unknown, unknown"#],
        ),
        (json!({"type": "string", "pattern": ".*", "minLength": 0}), text, &[]),
        (
            json!({"type": "string", "default": "a", "title": "A"}),
            json!({"type": "string", "default": "b", "description": "B"}),
            &[r#"default-changed "": "a" -> "b"; holds, holds"#],
        ),
        (
            json!({"type": "string"}),
            json!(false),
            &[r#"type-narrowed "": a string -> nothing; holds, fails"#],
        ),
        (json!({"type": "string", "minLength": 3, "maxLength": 2}), json!(false), &[]),
    ]);
}

#[test]
fn items() {
    let list = |items: Value| json!({"type": "array", "items": items});
    check(&[
        (
            list(object(json!({"id": {"type": "integer"}}), &[])),
            list(object(json!({"id": {"type": "string"}}), &[])),
            &[r#"type-changed "/*/id": an integer -> a string; fails, fails"#],
        ),
        (
            object(json!({"x": {"type": "string"}}), &[]),
            object(json!({"x": list(json!({"type": "string"}))}), &[]),
            &[r#"type-changed "/x": a string -> an array; fails, fails"#],
        ),
        (
            json!({"type": "array", "prefixItems": [{"type": "string"}, true], "items": false}),
            json!({"type": "array", "prefixItems": [{"type": "string"}], "maxItems": 1}),
            &[r#"bound-tightened "": at most 2 items -> at most 1 items; holds, fails"#],
        ),
        (
            json!({"type": "array", "contains": {"type": "integer"}}),
            json!({"type": "array", "items": {"type": "integer"}, "minItems": 1}),
            &[
                r#"bound-tightened "": no bound -> at least 1 items; holds, fails"#,
                r#"type-narrowed "/*": any value -> an integer; holds, fails"#,
            ],
        ),
        (
            json!({"type": "array", "uniqueItems": true}),
            json!({"type": "array"}),
            &[r#"unique-removed "": items that differ -> items that may repeat; fails, holds"#],
        ),
    ]);
}

#[test]
fn a_choice_in_place_of_a_schema_is_decided_by_its_variants() {
    let kind = |value: Value, x: &str| object(json!({"kind": value, "x": {"type": x}}), &["kind"]);
    let (a, b) = (json!({"const": "a"}), json!({"const": "b"}));
    check(&[
        // Wrapped, and nothing changed: each old message is right by exactly one variant.
        (
            kind(json!({"enum": ["a", "b"]}), "string"),
            json!({"oneOf": [kind(a.clone(), "string"), kind(b.clone(), "string")]}),
            &[],
        ),
        // Wrapped, and one variant has another type.
        (
            kind(json!({"enum": ["a", "b"]}), "string"),
            json!({"oneOf": [kind(a.clone(), "string"), kind(b.clone(), "integer")]}),
            &[
                r#"value-removed "/kind": "b" -> "a"; holds, fails"#,
                r#"type-widened "/x": a string -> an integer; fails, holds"#,
            ],
        ),
        // A variant that is new.
        (
            json!({"oneOf": [kind(a.clone(), "string")]}),
            json!({"oneOf": [kind(a.clone(), "string"), kind(b, "string")]}),
            &[r#"branch-added "": kind "a" -> kind "b"; fails, holds"#],
        ),
        (
            json!({"anyOf": [{"type": "integer"}, {"type": "string"}]}),
            json!({"type": ["string", "integer"]}),
            &[],
        ),
        (
            json!({"anyOf": [{"maximum": 10}, {"minimum": 1}]}),
            json!({"anyOf": [{"minimum": 7, "maximum": 14}, {"maximum": 3}, {"minimum": 2}]}),
            &[],
        ),
    ]);
}

/// Two animals by reference, with what each declares.
fn animals(cat: &Value, dog: &Value) -> Value {
    json!({
        "oneOf": [{"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"}],
        "$defs": {"Cat": cat, "Dog": dog}
    })
}

#[test]
fn variants_are_paired_so_that_the_right_member_is_told() {
    let tagged = |tag: &str, age: &str| {
        object(json!({"type": {"const": tag}, "age": {"type": age}}), &["type"])
    };
    let bare = |name: &str, kind: &str| object(json!({name: {"type": kind}}), &[]);
    check(&[
        (
            animals(&tagged("cat", "integer"), &tagged("dog", "integer")),
            animals(&tagged("cat", "string"), &tagged("dog", "integer")),
            &[r#"type-changed "/age": an integer -> a string; fails, fails"#],
        ),
        // Never apart: what changed is told, not that the variants overlap.
        (
            animals(&bare("age", "integer"), &bare("owner", "string")),
            animals(&bare("age", "number"), &bare("owner", "string")),
            &[r#"type-widened "/age": an integer -> a number; fails, undeclared"#],
        ),
    ]);
}

#[test]
fn recursion_ends_and_is_told_once() {
    let node = |kind: &str| {
        json!({
            "$ref": "#/$defs/node",
            "$defs": {"node": {"type": "object", "properties": {
                "value": {"type": kind},
                "next": {"$ref": "#/$defs/node"},
                "kids": {"type": "array", "items": {"anyOf": [
                    {"type": "string"},
                    {"$ref": "#/$defs/node"},
                ]}},
            }}}
        })
    };
    check(&[(
        node("integer"),
        node("number"),
        &[r#"type-widened "/value": an integer -> a number; fails, holds"#],
    )]);
}

#[test]
fn conditions_and_dependencies() {
    let rule = |names: &[&str]| json!({"if": {"properties": {"a": {"const": 1}}}, "then": {"required": names}});
    check(&[
        (
            rule(&["b"]),
            rule(&["b", "c"]),
            &[r#"became-required "/c": optional -> required; holds, fails"#],
        ),
        (
            json!({"dependentRequired": {"a": ["b"]}}),
            json!({"dependentSchemas": {"a": {"required": ["b"]}}}),
            &[],
        ),
        (json!({"not": {"not": {"type": "string"}}}), json!({"type": "string"}), &[]),
        (
            json!({"type": "object"}),
            json!({"type": "object", "propertyNames": {"pattern": "^a"}}),
            &[r#"rule-added "": any names -> a rule for names; holds, fails"#],
        ),
    ]);
}

#[test]
fn members_of_one_direction_need_not_be_there() {
    let old = object(json!({"id": {"type": "string"}}), &["id"]);
    let new = object(json!({"id": {"type": "string", "readOnly": true}}), &["id"]);
    let told = |usage| {
        let found = Comparison::new(&old, &new, usage).compare("", "");
        found.iter().map(super::line).collect::<Vec<_>>()
    };
    let mark = r#"read-only-changed "/id": none -> true; holds, holds"#;
    assert_eq!(told(Usage::Response), [mark]);
    let optional = r#"became-optional "/id": required -> optional; fails, holds"#;
    assert_eq!(told(Usage::Request), [optional, mark]);
}

#[test]
fn places_lead_into_both_documents() {
    let old = json!({"a": {"properties": {"x": {"type": "string"}}}});
    let new = json!({"b": {"allOf": [{"properties": {"x": {"type": "integer"}}}]}});
    let found = Comparison::new(&old, &new, Usage::Response).compare("/a", "/b");
    let [one] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(one.old_pointer, "/a/properties/x/type");
    assert_eq!(one.new_pointer, "/b/allOf/0/properties/x/type");
    assert_eq!((one.reading(), one.writing()), (Weight::Breaking, Weight::Breaking));
}

#[test]
fn what_is_added_is_additive_for_those_who_read() {
    let old = object(json!({}), &[]);
    let new = object(json!({"x": {"type": "integer"}}), &["x"]);
    let reading: Vec<Weight> = diff(&old, &new).iter().map(Difference::reading).collect();
    assert_eq!(reading, [Weight::Additive, Weight::Nothing]);
    let writing: Vec<Weight> = diff(&old, &new).iter().map(Difference::writing).collect();
    assert_eq!(writing, [Weight::Additive, Weight::Breaking]);
    let reading: Vec<Weight> = diff(&new, &old).iter().map(Difference::reading).collect();
    assert_eq!(reading, [Weight::Breaking, Weight::Breaking]);
}
