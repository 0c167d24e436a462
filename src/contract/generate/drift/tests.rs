//! The laws of mutants: each is found, with its class, rule and place; each is one change; a seed
//! gives the same ones.

use std::collections::BTreeMap;

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{Class, MUTATIONS, each_of_answer, each_of_body, each_of_promise};
use crate::{
    contract::{
        Contract, ResponseSpec, SchemaRef, Tolerances, check,
        compare::schema::{Comparison, Usage, Weight},
        fixture::{exchange, labels, payments, read_text},
        generate::{Answer, Fullness, answers, status_of, value},
    },
    evidence::{Body, DriftClass, Finding, Outcome, Response},
};

/// A contract with one operation `a` and these responses.
fn promising(responses: &Value) -> Contract {
    let document = json!({
        "openapi": "3.1.0",
        "info": {"title": "a", "version": "1"},
        "paths": {"/a": {"get": {"operationId": "a", "responses": responses}}},
    });
    read_text(&document.to_string()).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn of_schema(schema: &Value) -> Contract {
    promising(&json!({"200": {
        "description": "a",
        "content": {"application/json": {"schema": schema}},
    }}))
}

/// What the check says of an answer.
fn findings(contract: &Contract, operation: &str, answer: &Answer) -> Vec<Finding> {
    let operation = contract.operation(operation).expect("known");
    let mut exchange = exchange("GET", "https://h/a", None, None);
    exchange.request.method.clone_from(&operation.method);
    let mut headers = answer.headers.clone();
    let body = match &answer.body {
        Some((media, body)) => {
            headers.push(("content-type".to_owned(), media.clone()));
            Body::whole(Bytes::from(body.to_string()))
        }
        None => Body::default(),
    };
    let response = Response { status: answer.status, headers, body };
    exchange.attempts[0].outcome = Outcome::Answer(response);
    let mut found = check(contract, operation, &exchange, &Tolerances::default());
    found.retain(|finding| finding.rule.starts_with("response."));
    found
}

/// The whole law for every mutant of one answer; how many there were of each class.
fn law(contract: &Contract, operation: &str, answer: &mut Answer, seed: u64) -> [usize; 4] {
    let promised = contract.operation(operation).expect("known");
    let spec = promised.response(answer.status).expect("promised");
    assert_eq!(findings(contract, operation, answer), [], "{operation} {answer:?}");
    let before = answer.clone();
    let mut counts = [0; 4];
    each_of_answer(contract, promised, spec, answer, seed, &mut |label, mutant| {
        counts[label.class as usize] += 1;
        let said = format!(
            "{operation} {} {:?} {} at {} {:?}: {mutant:?}",
            label.mutation.id, label.class, label.rule, label.place, label.choice
        );
        assert_ne!(*mutant, before, "{said}");
        let found = findings(contract, operation, mutant);
        if !label.class.is_seen_by_check() {
            assert_eq!(found, [], "{said}");
            return;
        }
        let class = match label.class {
            Class::Additive => DriftClass::Additive,
            _ => DriftClass::Breaking,
        };
        let hit = found.iter().any(|finding| {
            finding.class == class
                && finding.message_place.location == label.location
                && label.is_at(&finding.message_place.pointer)
                && (label.choice.is_some() || finding.rule == format!("response.{}", label.rule))
        });
        assert!(hit, "{said}\n{found:#?}");
    });
    assert_eq!(*answer, before, "the edits were taken back");
    counts
}

fn full(contract: &Contract, spec: &ResponseSpec, status: u16, seed: u64) -> Vec<Answer> {
    let all = answers(contract, spec, status, Fullness::Full, seed);
    all.cases.into_iter().map(|case| case.message).collect()
}

fn answer_of(body: Value) -> Answer {
    Answer { status: 200, headers: Vec::new(), body: Some(("application/json".to_owned(), body)) }
}

fn text(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// An answer of a table's example.
fn of_example(written: &Value) -> Answer {
    let headers = written["headers"].as_object().cloned().unwrap_or_else(Map::new);
    let header = |(name, value): (String, Value)| (name, value.as_str().unwrap().to_owned());
    Answer {
        status: written["status"].as_u64().unwrap() as u16,
        headers: headers.into_iter().map(header).collect(),
        body: written["content_type"]
            .as_str()
            .map(|media| (media.to_owned(), written["body"].clone())),
    }
}

#[test]
fn the_table_is_true() {
    for mutation in MUTATIONS {
        assert!(mutation.doc.ends_with('.') && !mutation.precedent.is_empty(), "{}", mutation.id);
        assert!(MUTATIONS.iter().filter(|other| other.id == mutation.id).count() == 1);
        let example = &mutation.example;
        let promise = text(example.promise);
        let whole = text(example.before).get("status").is_some();
        let (contract, mut before, after) = if whole {
            let (before, after) = (text(example.before), text(example.after));
            (promising(&promise), of_example(&before), of_example(&after))
        } else {
            let after = answer_of(text(example.after));
            (of_schema(&promise), answer_of(text(example.before)), after)
        };
        let operation = contract.operation("a").unwrap();
        let spec = operation.response(before.status).unwrap();
        let mut seen = false;
        for seed in 0..64 {
            each_of_answer(&contract, operation, spec, &mut before, seed, &mut |label, mutant| {
                if label.mutation.id != mutation.id || *mutant != after {
                    return;
                }
                let place = if label.place.is_empty() { label.location } else { label.place };
                let expected = if example.place.is_empty() { "body" } else { example.place };
                assert_eq!((place, label.class), (expected, example.class), "{}", mutation.id);
                seen = true;
            });
        }
        assert!(seen, "{}: no seed gives the example", mutation.id);
    }
}

#[test]
fn every_mutant_of_the_fixtures_is_found() {
    let mut all = [0; 4];
    for contract in [payments(), labels()] {
        for operation in &contract.operations {
            for spec in &operation.responses {
                let Some(status) = status_of(operation, spec) else { continue };
                for seed in 0..3 {
                    for mut answer in full(&contract, spec, status, seed) {
                        let counts = law(&contract, &operation.name, &mut answer, seed);
                        all.iter_mut().zip(counts).for_each(|(all, count)| *all += count);
                    }
                }
            }
        }
    }
    assert!(all[0] > 300 && all[1] > 50 && all[2] > 20 && all[3] > 5, "{all:?}");
}

#[test]
fn a_seed_gives_the_same_mutants() {
    let contract = payments();
    let operation = contract.operation("createIntent").unwrap();
    let spec = operation.success().unwrap();
    let made = |seed: u64| {
        let mut all = Vec::new();
        for mut answer in full(&contract, spec, 200, seed) {
            each_of_answer(&contract, operation, spec, &mut answer, seed, &mut |label, mutant| {
                all.push(format!("{label:?} {mutant:?}"));
            });
        }
        all
    };
    assert_eq!(made(1), made(1));
    assert_ne!(made(1), made(2));
}

/// Schemas of every kind: combined, nullable, listed, formatted, recursive.
fn schema(depth: u32) -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(json!({"type": "string"})),
        Just(json!({"type": "string", "format": "date-time"})),
        Just(json!({"type": "string", "format": "uuid"})),
        Just(json!({"type": "string", "minLength": 2, "maxLength": 9})),
        Just(json!({"type": "string", "pattern": "^[a-z]{3}$"})),
        Just(json!({"type": ["string", "null"], "enum": ["a", "b", null]})),
        Just(json!({"enum": ["open", "closed", 3]})),
        Just(json!({"const": "x"})),
        Just(json!({"type": "integer", "minimum": 1, "maximum": 99})),
        Just(json!({"type": "integer"})),
        Just(json!({"type": "integer", "format": "int32"})),
        Just(json!({"type": "string", "format": "byte"})),
        Just(json!({"type": ["number", "string"]})),
        Just(json!({"type": "number", "exclusiveMinimum": 0})),
        Just(json!({"type": "boolean"})),
        Just(json!({})),
        Just(json!({"type": "object"})),
        Just(json!({"$ref": "#/components/schemas/Tree"})),
        Just(json!({"anyOf": [{"$ref": "#/components/schemas/Tree"}, {"type": "null"}]})),
    ];
    leaf.prop_recursive(depth, 24, 4, |inner| {
        let members = prop::collection::vec((any::<bool>(), inner.clone()), 1..5);
        let object = (members, 0..3).prop_map(|(members, closed)| object(&members, closed));
        prop_oneof![
            4 => object.clone(),
            1 => inner.clone().prop_map(|items| json!({"type": "array", "items": items, "minItems": 1})),
            1 => inner.clone().prop_map(|items| json!({"type": "array", "items": items})),
            1 => inner.clone().prop_map(|all| json!({"type": "object", "additionalProperties": all})),
            1 => (object.clone(), object.clone()).prop_map(|(a, b)| json!({"allOf": [a, b]})),
            1 => inner.clone().prop_map(|one| json!({"anyOf": [one, {"type": "null"}]})),
            1 => (inner.clone(), inner).prop_map(|(a, b)| json!({"oneOf": [
                {"type": "object", "required": ["kind", "v"], "properties": {"kind": {"const": "a"}, "v": a}},
                {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "b"}, "w": b}},
            ]})),
        ]
    })
    .boxed()
}

fn object(members: &[(bool, Value)], closed: i32) -> Value {
    let name = |at: usize| ["id", "status", "createdAt", "line_items"][at];
    let properties: Map<String, Value> =
        members.iter().enumerate().map(|(at, (_, m))| (name(at).to_owned(), m.clone())).collect();
    let required: Vec<&str> =
        members.iter().enumerate().filter(|(_, (must, _))| *must).map(|(at, _)| name(at)).collect();
    let mut object = json!({"type": "object", "required": required, "properties": properties});
    match closed {
        0 => object["additionalProperties"] = json!(false),
        1 => object["additionalProperties"] = json!(true),
        _ => {}
    }
    object
}

/// The same with the components that it refers to.
fn with_components(schema: &Value) -> Contract {
    let document = json!({
        "openapi": "3.1.0",
        "info": {"title": "a", "version": "1"},
        "paths": {"/a": {"get": {"operationId": "a", "responses": {"200": {
            "description": "a",
            "content": {"application/json": {"schema": schema}},
        }}}}},
        "components": {"schemas": {"Tree": {
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {"type": "string"},
                "size": {"type": "integer"},
                "children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
            },
        }}},
    });
    read_text(&document.to_string()).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_mutant_of_any_promise_has_the_same_class_by_diff(schema in schema(3), seed in any::<u64>()) {
        let contract = with_components(&schema);
        let operation = contract.operation("a").unwrap();
        for answer in full(&contract, &operation.responses[0], 200, seed) {
            let schema = operation.responses[0].content[0].schema.as_ref().unwrap();
            promises(&contract, schema, &answer.body.unwrap().1);
        }
    }

    #[test]
    fn every_mutant_of_any_schema_is_found(schema in schema(3), seed in any::<u64>()) {
        let contract = with_components(&schema);
        let operation = contract.operation("a").unwrap();
        for mut answer in full(&contract, &operation.responses[0], 200, seed) {
            law(&contract, "a", &mut answer, seed);
        }
    }
}

/// A mutant is one change: what differs is at one place.
#[test]
fn a_mutant_is_one_change() {
    let contract = labels();
    let spec = contract.operation("createLabel").unwrap().success().unwrap();
    let schema = spec.content[0].schema.as_ref().unwrap();
    let before = value(&contract, schema, 1);
    let mut body = before.clone();
    each_of_body(&contract, schema, &mut body, 1, &mut |label, mutant| {
        assert_eq!(differences(&before, mutant), 1, "{label:?} {mutant}");
    });
}

/// Smallest values that differ, a member under another name counting once.
fn differences(one: &Value, other: &Value) -> usize {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            let gone = one.keys().filter(|name| !other.contains_key(*name)).count();
            let new = other.keys().filter(|name| !one.contains_key(*name)).count();
            let both = one.iter().filter_map(|(name, value)| Some((value, other.get(name)?)));
            // All members into one envelope, and one member under another name, are one change.
            let members = if new == 1 && gone > 0 { 1 } else { gone + new };
            members + both.map(|(one, other)| differences(one, other)).sum::<usize>()
        }
        (one, other) => usize::from(one != other),
    }
}

/// A document with its schemas in JSON Schema 2020-12, as `OpenAPI` 3.1 reads it.
fn reread(document: &Value) -> Contract {
    let mut document = document.clone();
    document["openapi"] = json!("3.1.0");
    read_text(&document.to_string())
        .unwrap_or_else(|problems| panic!("{problems:#?}\n{document:#}"))
}

/// What the partner publishes allows what it then sends: for each change of the promise that breaks
/// or adds, some message that the new promise allows is found by the check of the old one, with the
/// same class.
#[test]
fn a_changed_promise_allows_what_the_old_one_is_broken_by() {
    let mut counts = BTreeMap::new();
    for (contract, name) in [(payments(), "createIntent"), (labels(), "createLabel")] {
        for operation in contract.operations.iter().filter(|operation| operation.name == name) {
            let Some(spec) = operation.success() else { continue };
            let Some(schema) = spec.content.first().and_then(|media| media.schema.clone()) else {
                continue;
            };
            let status = status_of(operation, spec).expect("a status");
            let body = value(&contract, &schema, 1);
            each_of_promise(&contract, &schema, &body, &mut |amended, document| {
                if !amended.class.is_seen_by_check() {
                    return;
                }
                let new = reread(document);
                let said = format!("{} {amended:?}", operation.name);
                let promised = new.operation(&operation.name).expect("the same operation");
                let promised = promised.response(status).expect("the same promise");
                let mut classes = Vec::new();
                for fullness in [Fullness::Full, Fullness::Boundary] {
                    for case in answers(&new, promised, status, fullness, 3).cases {
                        let found = findings(&contract, &operation.name, &case.message);
                        classes.extend(found.into_iter().map(|finding| finding.class));
                    }
                }
                let class = match amended.class {
                    Class::Additive => DriftClass::Additive,
                    _ => DriftClass::Breaking,
                };
                *counts.entry((amended.mutation.id, classes.contains(&class))).or_insert(0) += 1;
                // What a generated message happens not to use is not seen: a dropped bound.
                let loosened = ["format", "pattern", "bound", "enum"];
                let may_hide = loosened.iter().any(|word| amended.mutation.id.contains(word));
                assert!(may_hide || classes.contains(&class), "{said} {classes:?}\n{document:#}");
            });
        }
    }
    let shown = counts.iter().filter(|((_, seen), _)| *seen).count();
    assert!(shown >= 10, "{counts:?}");
}

/// The weight of a change of the promise, as comparing the two documents tells it.
fn weight(old: &Value, new: &Value, schema: &str) -> Option<Class> {
    let mut comparison = Comparison::new(old, new, Usage::Response);
    let found = comparison.compare(schema, schema);
    let has = |wanted: Weight| found.iter().any(|difference| difference.reading() == wanted);
    if has(Weight::Breaking) {
        Some(Class::Breaking)
    } else if has(Weight::Unknown) {
        None
    } else {
        has(Weight::Additive).then_some(Class::Additive)
    }
}

/// Compares each change of a promise with its label; how many there were of each mutation.
fn promises(
    contract: &Contract,
    schema: &SchemaRef,
    body: &Value,
) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    let old = &contract.document;
    assert_eq!(weight(old, old, &schema.pointer), None, "the same document");
    each_of_promise(contract, schema, body, &mut |amended, new| {
        if !amended.class.is_seen_by_check() {
            return;
        }
        let class = weight(old, new, &schema.pointer);
        let said = format!("{} at {} ({})", amended.mutation.id, amended.place, amended.promise);
        assert_eq!(class, Some(amended.class), "{said}");
        *counts.entry(amended.mutation.id).or_insert(0) += 1;
    });
    counts
}

#[test]
fn a_mutant_of_the_promise_has_the_same_class_by_diff() {
    let mut all: BTreeMap<&'static str, usize> = BTreeMap::new();
    for contract in [payments(), labels()] {
        for operation in &contract.operations {
            for media in operation.responses.iter().flat_map(|spec| &spec.content) {
                let Some(schema) = &media.schema else { continue };
                let body = value(&contract, schema, 1);
                for (mutation, count) in promises(&contract, schema, &body) {
                    *all.entry(mutation).or_default() += count;
                }
            }
        }
    }
    assert!(all.len() >= 12, "{all:?}");
}
