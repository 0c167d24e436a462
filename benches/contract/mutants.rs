//! How many mutants of an answer are made and judged in a second, on one core?

use std::{hint, time::Instant};

use probe::contract::{
    self,
    check::glance,
    generate::{drift::each_of_body, value},
    source::{NoFiles, Source},
};
use serde_json::{Map, Value, json};

use super::Failure;

/// Mutants a second.
const GOAL: f64 = 200_000.0;
/// Properties of the schema.
const PROPERTIES: usize = 60;
/// Answers whose mutants are made; each has another seed.
const ANSWERS: u64 = 200;
const ROUNDS: usize = 5;

/// All is counted: reading the schema for the labels, making the edits and taking them back, the
/// validation, and the search for undeclared members.
pub(crate) fn bench() -> Result<(), Failure> {
    let text = document().to_string();
    let contract = contract::read("bench/wide/v1", Source::new("wide.json", text), &NoFiles)
        .map_err(|problems| format!("{:?}", problems.first()))?;
    let operation = contract.operations.first().ok_or("no operation")?;
    let media = operation.responses.first().and_then(|r| r.content.first()).ok_or("no body")?;
    let schema = media.schema.as_ref().ok_or("no schema")?;
    let mut bodies: Vec<Value> = (0..ANSWERS).map(|seed| value(&contract, schema, seed)).collect();
    let (mut best, mut made, mut found) = (f64::INFINITY, 0_u64, 0_u64);
    for _ in 0..ROUNDS {
        (made, found) = (0, 0);
        let start = Instant::now();
        for (seed, body) in (0..).zip(&mut bodies) {
            each_of_body(&contract, schema, body, seed, &mut |label, mutant| {
                made += 1;
                hint::black_box(label);
                found += u64::from(glance(&contract, schema, mutant).is_some());
            });
        }
        best = best.min(start.elapsed().as_secs_f64());
    }
    let rate = made as f64 / best;
    println!("{made} mutants of {ANSWERS} answers, {found} found by the check");
    let word = if rate >= GOAL { "met" } else { "missed" };
    println!("mutants made and judged a second: {rate:.0}, goal {GOAL:.0}: {word}");
    Ok(())
}

/// A flat record of all the kinds that partners send.
fn document() -> Value {
    let kinds = [
        json!({"type": "string"}),
        json!({"type": "string", "maxLength": 40}),
        json!({"type": "string", "format": "date-time"}),
        json!({"type": "string", "enum": ["open", "paid", "void"]}),
        json!({"type": "integer", "minimum": 0}),
        json!({"type": "number"}),
        json!({"type": "boolean"}),
        json!({"type": ["string", "null"]}),
        json!({"type": "string", "pattern": "^[a-z]{2}_[0-9a-z]+$"}),
        json!({"type": "array", "items": {"type": "string"}}),
    ];
    let name = |at: usize| format!("property_{at}");
    let properties: Map<String, Value> =
        (0..PROPERTIES).map(|at| (name(at), kinds[at % kinds.len()].clone())).collect();
    let required: Vec<String> = (0..PROPERTIES).step_by(2).map(name).collect();
    let schema = json!({"type": "object", "required": required, "properties": properties});
    json!({
        "openapi": "3.1.0",
        "info": {"title": "wide", "version": "1"},
        "paths": {"/wide": {"get": {"operationId": "wide", "responses": {"200": {
            "description": "a record",
            "content": {"application/json": {"schema": schema}},
        }}}}},
    })
}
