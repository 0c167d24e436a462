//! Does the check of a contract see drift that our own generator did not make?
//!
//! The mutator here shares no code with the one in `src/contract/generate`: it reads the shipped
//! documents as plain YAML, changes documented examples by rules of its own, and says by its own
//! naive reading of the schema whether the change breaks or adds. The check must see all of it.

#[path = "mutator/mutate.rs"]
mod mutate;
#[path = "mutator/naive.rs"]
mod naive;

use std::{
    collections::{BTreeMap, HashSet},
    path::Path,
};

use probe::{
    contract::{self, Contract, Operation, SchemaRef, Tolerances, check, check::glance},
    evidence::{
        Attempt, Body, Direction, DriftClass, Exchange, Finding, Headers, MessagePart, Outcome,
        Request, Response,
    },
};
use serde_json::Value;

use mutate::{Expected, Mutant};

/// An exchange with such an answer.
fn exchange(operation: &Operation, status: u16, media: &str, body: &Value) -> Exchange {
    let header = ("content-type".to_owned(), media.to_owned());
    let body = Body::whole(body.to_string().into_bytes().into());
    let response = Response { status, headers: vec![header], body };
    Exchange {
        integration: "test".to_owned(),
        operation: operation.name.clone(),
        direction: Direction::Outbound,
        request: Request {
            method: operation.method.clone(),
            url: "https://partner.example/".to_owned(),
            headers: Headers::new(),
            body: Body::default(),
        },
        attempts: vec![Attempt::ended(1, Outcome::Answer(response))],
    }
}

fn body_findings(
    contract: &Contract,
    operation: &Operation,
    status: u16,
    media: &str,
    body: &Value,
) -> Vec<Finding> {
    let exchange = exchange(operation, status, media, body);
    let mut found = check(contract, operation, &exchange, &Tolerances::default());
    found.retain(|finding| {
        finding.message_place.part == MessagePart::Response
            && finding.message_place.location == "body"
    });
    found
}

/// An answer of a shipped document: where it is promised, and its examples.
struct Documented {
    path: String,
    method: String,
    status: u16,
    media: String,
    schema: Value,
    examples: Vec<Value>,
}

fn documented(document: &Value) -> Vec<Documented> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            for (status, response) in operation["responses"].as_object().into_iter().flatten() {
                let response = naive::followed(document, response);
                for (media, content) in response["content"].as_object().into_iter().flatten() {
                    let Ok(status) = status.parse() else { continue };
                    if !media.contains("json") {
                        continue;
                    }
                    let examples = content["examples"].as_object().into_iter().flatten();
                    let examples = examples
                        .map(|(_, example)| naive::followed(document, example)["value"].clone());
                    all.push(Documented {
                        path: path.clone(),
                        method: method.to_uppercase(),
                        status,
                        media: media.clone(),
                        schema: content["schema"].clone(),
                        examples: examples.collect(),
                    });
                }
            }
        }
    }
    all
}

#[test]
fn the_check_sees_every_mutant_of_a_stranger() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut totals: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    let ids = contract::known(root);
    assert!(ids.len() >= 4, "{ids:?}");
    for id in ids {
        let contract = contract::load(root, &id).unwrap_or_else(|problems| panic!("{problems:?}"));
        let text = std::fs::read_to_string(root.join("contracts").join(&id).join("openapi.yaml"));
        let Ok(text) = text else { continue };
        let document: Value = serde_saphyr::from_str(&text).unwrap();
        let mut known = HashSet::new();
        for answer in documented(&document) {
            // Many operations answer, and most refuse, by the same schema.
            if !known.insert(answer.schema.to_string()) {
                continue;
            }
            let is_its = |o: &&Operation| o.path == answer.path && o.method == answer.method;
            let operation = contract.operations.iter().find(is_its).expect("the same document");
            for example in &answer.examples {
                let found = |body: &Value| {
                    body_findings(&contract, operation, answer.status, &answer.media, body)
                };
                assert_eq!(found(example), [], "{id} {} {example}", operation.name);
                let mutants = mutate::mutants(&document, &answer.schema, example);
                for (number, mut mutant) in mutants.into_iter().enumerate() {
                    let schema = schema(operation, answer.status, &answer.media);
                    let class = glance(&contract, schema, &mut mutant.body);
                    let mut seen = is_of(&mutant, class);
                    // Where it is told takes a search in the file: every fifth is enough.
                    if number % 5 == 0 {
                        seen &= is_told(&mutant, &found(&mutant.body));
                    }
                    let [made, found] = totals.entry(mutant.rule).or_default();
                    *made += 1;
                    *found += usize::from(seen);
                    assert!(
                        seen,
                        "{id} {} {}: {} at {} must be {:?}\n{}",
                        operation.name,
                        answer.status,
                        mutant.rule,
                        mutant.place,
                        mutant.expected,
                        mutant.body,
                    );
                }
            }
        }
    }
    let all: usize = totals.values().map(|[made, _]| made).sum();
    let seen: usize = totals.values().map(|[_, seen]| seen).sum();
    assert_eq!(all, seen, "{totals:?}");
    assert!(all > 500 && totals.len() >= 8, "{totals:?}");
}

/// The schema of a promised body.
fn schema<'c>(operation: &'c Operation, status: u16, media: &str) -> &'c SchemaRef {
    let content = &operation.response(status).expect("promised").content;
    let media = content.iter().find(|known| known.name == media).expect("the same media type");
    media.schema.as_ref().expect("a schema")
}

fn is_of(mutant: &Mutant, class: Option<DriftClass>) -> bool {
    match mutant.expected {
        Expected::Breaking => class == Some(DriftClass::Breaking),
        Expected::Additive => class == Some(DriftClass::Additive),
    }
}

fn is_told(mutant: &Mutant, found: &[Finding]) -> bool {
    found.iter().any(|finding| {
        is_of(mutant, Some(finding.class)) && finding.message_place.pointer == mutant.place
    })
}
