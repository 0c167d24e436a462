//! What does a check cost beside the library's own validation?

use std::{hint, time::Instant};

use bytes::Bytes;
use probe::{
    contract::{
        self, Operation, Tolerances, check_decoded,
        generate::Answer,
        source::{NoFiles, Source},
    },
    evidence::{Attempt, Body, Direction, Exchange, Headers, Outcome, Request, Response},
};
use serde_json::{Value, json};

use super::{Failure, goal};

/// A check may take so many times what the library's `iter_errors` takes.
const GOAL: f64 = 3.0;
/// Checks of a round; each figure is the best of several rounds.
const CHECKS: u32 = 20_000;
const ROUNDS: usize = 7;

/// An exchange in which the operation is answered so, and the answer's body.
pub(crate) fn exchange(
    operation: &Operation,
    answer: Answer,
) -> Result<(Exchange, Option<Value>), Failure> {
    let (mut headers, mut text, mut body): (Headers, String, _) =
        (answer.headers, String::new(), None);
    if let Some((kind, value)) = answer.body {
        headers.push(("content-type".to_owned(), kind));
        text = serde_json::to_string(&value)?;
        body = Some(value);
    }
    let response =
        Response { status: answer.status, headers, body: Body::whole(Bytes::from(text)) };
    let request = Request {
        method: operation.method.clone(),
        url: format!("https://api.example.com{}", operation.path.replace(['{', '}'], "")),
        headers: Headers::new(),
        body: Body::default(),
    };
    let attempt = Attempt::ended(1, Outcome::Answer(response));
    let exchange = Exchange {
        integration: "bench".to_owned(),
        operation: operation.name.clone(),
        direction: Direction::Outbound,
        request,
        attempts: vec![attempt],
    };
    Ok((exchange, body))
}

/// Both on the same value, in turns.
pub(crate) fn bench() -> Result<(), Failure> {
    let document = document();
    let text = document.to_string();
    let contract = contract::read("bench/order/v1", Source::new("order.json", text), &NoFiles)
        .map_err(|problems| format!("{:?}", problems.first()))?;
    let operation = contract.operations.first().ok_or("no operation")?;
    let body = order();
    let bytes = serde_json::to_string(&body)?.len();
    let kind = "application/json".to_owned();
    let answer = Answer { status: 200, headers: Vec::new(), body: Some((kind, body.clone())) };
    let (exchange, _) = exchange(operation, answer)?;
    let mut schema = document;
    schema["$ref"] = "#/components/schemas/order".into();
    let validator = jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(true)
        .build(&schema)
        .map_err(|error| error.to_string())?;
    let tolerances = Tolerances::default();
    let mut best = [f64::INFINITY; 2];
    let mut held = Some(body.clone());
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for _ in 0..CHECKS {
            if hint::black_box(validator.iter_errors(&body)).count() > 0 {
                return Err("the library finds what is not there".into());
            }
        }
        best[0] = best[0].min(start.elapsed().as_secs_f64());
        let start = Instant::now();
        for _ in 0..CHECKS {
            let checked = check_decoded(&contract, operation, &exchange, &tolerances, held);
            if let Some(finding) = hint::black_box(checked.findings).first() {
                return Err(format!("{finding:?}").into());
            }
            held = checked.body;
        }
        best[1] = best[1].min(start.elapsed().as_secs_f64());
    }
    let micros = |seconds: f64| seconds / f64::from(CHECKS) * 1e6;
    println!(
        "a valid answer of {bytes} bytes: iter_errors {:.2} us, check {:.2} us",
        micros(best[0]),
        micros(best[1])
    );
    goal("a check, times iter_errors", best[1] / best[0], GOAL);
    Ok(())
}

fn document() -> Value {
    let schema = json!({"$ref": "#/components/schemas/order"});
    let line = json!({"type": "object", "required": ["sku", "count"], "properties": {
        "sku": {"type": "string", "minLength": 1},
        "count": {"type": "integer", "minimum": 1},
        "price": {"$ref": "#/components/schemas/money"},
    }});
    let party = json!({"type": "object", "required": ["name"], "properties": {
        "name": {"type": "string"},
        "mail": {"type": "string", "format": "email"},
        "address": {"type": "object", "properties": {
            "street": {"type": "string"}, "city": {"type": "string"},
            "zip": {"type": "string", "pattern": "^[0-9]{5}$"}, "country": {"type": "string"},
        }},
    }});
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Orders", "version": "1"},
        "paths": {"/orders/last": {"get": {"operationId": "lastOrder", "responses": {"200":
            {"description": "It", "content": {"application/json": {"schema": schema}}}}}}},
        "components": {"schemas": {
            "money": {"type": "object", "required": ["amount", "currency"], "properties": {
                "amount": {"type": "integer"}, "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
            }},
            "line": line,
            "party": party,
            "order": {"type": "object", "required": ["id", "status", "total"], "properties": {
                "id": {"type": "string"},
                "status": {"type": "string", "enum": ["new", "paid", "sent", "closed"]},
                "created": {"type": "string", "format": "date-time"},
                "total": {"$ref": "#/components/schemas/money"},
                "tax": {"$ref": "#/components/schemas/money"},
                "lines": {"type": "array", "items": {"$ref": "#/components/schemas/line"}},
                "buyer": {"anyOf": [{"type": "string"}, {"$ref": "#/components/schemas/party"}]},
                "seller": {"anyOf": [{"type": "string"}, {"$ref": "#/components/schemas/party"}]},
                "note": {"type": ["string", "null"], "maxLength": 500},
                "metadata": {"type": "object", "additionalProperties": {"type": "string"}},
                "test": {"type": "boolean"},
            }},
        }},
    })
}

/// An order of some 1 KB.
fn order() -> Value {
    let line = |number: u32| {
        json!({"sku": format!("sku-{number}"), "count": number + 1,
            "price": {"amount": 1999 * (number + 1), "currency": "EUR"}})
    };
    let lines: Vec<Value> = (0..6).map(line).collect();
    json!({
        "id": "ord_0017", "status": "paid", "created": "2026-01-31T09:30:00Z",
        "total": {"amount": 41979, "currency": "EUR"}, "tax": {"amount": 6703, "currency": "EUR"},
        "lines": lines,
        "buyer": {"name": "A buyer", "mail": "buyer@example.com", "address":
            {"street": "1 Long Street", "city": "Somewhere", "zip": "12345", "country": "DE"}},
        "seller": "sel_0001",
        "note": "Please ring twice, the bell is not loud.",
        "metadata": {"channel": "web", "campaign": "autumn", "basket": "b-118"},
        "test": false,
    })
}
