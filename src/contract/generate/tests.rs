use proptest::prelude::*;
use serde_json::json;

use super::{Answer, Fullness, answer, answers, arguments, negatives, requests, status_of, value};
use crate::{
    contract::{
        Contract, Operation, ParameterPlace, SchemaRef, Tolerances, check,
        codec::{Arguments, encode},
        fixture::{exchange, labels, payments, read_text},
    },
    evidence::{Body, Finding, Outcome},
};

/// All kinds of keywords, of which every value that is made must pass its own validation.
const KINDS: &str = "openapi: 3.1.0
paths:
  /a:
    get:
      operationId: a
      responses:
        '200':
          content:
            application/json:
              schema:
                type: object
                required: [email, tree, extra]
                minProperties: 3
                properties:
                  email: {type: string, format: email}
                  id: {type: string, format: uuid}
                  at: {type: string, format: date-time}
                  on: {type: string, format: date}
                  time: {type: string, format: time}
                  length: {type: string, format: duration}
                  home: {type: string, format: uri}
                  host: {type: string, format: hostname}
                  four: {type: string, format: ipv4}
                  six: {type: string, format: ipv6}
                  code: {type: string, pattern: '^[A-Z]{2}-\\d{3,5}(x|y)?$'}
                  short: {type: string, maxLength: 3}
                  long: {type: string, minLength: 30}
                  cents: {type: integer, minimum: -5, exclusiveMaximum: 7}
                  step: {type: integer, multipleOf: 25, minimum: 10}
                  rate: {type: number, exclusiveMinimum: 0, maximum: 0.5}
                  below: {type: number, maximum: -3}
                  flag: {type: boolean}
                  maybe: {type: [\"null\", string]}
                  fixed: {const: 7}
                  kind: {enum: [null, one, two]}
                  list: {type: array, minItems: 2, uniqueItems: true, items: {type: string, enum: [a, b, c]}}
                  pair: {type: array, prefixItems: [{type: integer}, {type: string}], items: false}
                  open: {type: object, minProperties: 2, additionalProperties: {type: integer}}
                  both:
                    allOf:
                      - {type: object, required: [x], properties: {x: {type: integer, minimum: 3}}}
                      - {type: object, required: [y], properties: {x: {type: number, maximum: 9}, y: {type: string}}}
                  either: {oneOf: [{type: integer}, {type: string}]}
                  narrow: {anyOf: [{type: string, enum: []}, {type: integer}]}
                  tree: {$ref: '#/components/schemas/Tree'}
                  extra: {type: string, default: x}
components:
  schemas:
    Tree:
      type: object
      required: [name, children]
      properties:
        name: {type: string}
        children: {type: array, items: {$ref: '#/components/schemas/Tree'}}
        parent: {anyOf: [{$ref: '#/components/schemas/Tree'}, {type: 'null'}]}
";

fn schemas(contract: &Contract) -> impl Iterator<Item = &SchemaRef> {
    contract.operations.iter().flat_map(|operation| {
        let request = operation.request_body.iter().flat_map(|body| &body.content);
        let response = operation.responses.iter().flat_map(|response| &response.content);
        request.chain(response).filter_map(|media| media.schema.as_ref())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_is_made_is_valid(seed in any::<u64>()) {
        for contract in [payments(), labels(), read_text(KINDS).expect("valid")] {
            for schema in schemas(&contract) {
                let made = value(&contract, schema, seed);
                prop_assert_eq!(&made, &value(&contract, schema, seed));
                let violations = contract.schemas.violations(schema, &made);
                prop_assert!(violations.is_empty(), "{} {:?} {}", schema.pointer, violations, made);
            }
        }
    }
}

#[test]
fn answers_come_from_examples_first() {
    let contract = payments();
    let spec = contract.operation("createIntent").and_then(|o| o.success()).expect("promised");
    let first = answer(&contract, spec, 200, None, 1).expect("an example");
    let body = json!({"id": "pi_1", "amount": 2000, "status": "succeeded"});
    assert_eq!(first.body, Some(("application/json".to_owned(), body)));
    assert_eq!(first.headers[0], ("request-id".to_owned(), "req_1".to_owned()));
    let held = answer(&contract, spec, 200, Some("held"), 1).and_then(|answer| answer.body);
    assert_eq!(held.expect("an example").1["status"], "requires_capture");
    assert_eq!(answer(&contract, spec, 200, Some("none"), 1), None);
    let gone = contract.operation("dropIntent").and_then(|o| o.success()).expect("promised");
    assert_eq!(answer(&contract, gone, 204, None, 1).expect("no body").body, None);
}

#[test]
fn arguments_are_the_documented_ones() {
    let contract = payments();
    let made = |name: &str| arguments(&contract, contract.operation(name).expect("known"), 1);
    let create = made("createIntent");
    assert_eq!(create.body, Some(json!({"amount": 2000, "currency": "eur"})));
    let version = (ParameterPlace::Header, "Api-Version".to_owned(), json!("2026-01-01"));
    assert_eq!(create.parameters, [version]);
    let get = made("getIntent");
    assert!(get.parameters[0].2.as_str().is_some_and(|id| id.starts_with("pi_")), "{get:?}");
    assert_eq!(made("searchIntents").body, None);
}

/// Two references a level would be a million values after twenty.
#[test]
fn nested_references_are_made_in_bounded_time() {
    let head = String::from(
        "openapi: 3.1.0\npaths:\n  /a: {get: {operationId: a, responses: {'200': {content: \
         {application/json: {schema: {$ref: '#/components/schemas/S40'}}}}}}}\ncomponents:\n  schemas:\n    \
         S0: {type: string}\n    A0: {type: object}\n",
    );
    let at = "'#/components/schemas/";
    let levels = (1..=40).map(|level| {
        let below = level - 1;
        format!(
            "    S{level}: {{type: object, required: [a, b], properties: {{a: {{$ref: {at}S{below}'}}, b: {{$ref: {at}S{below}'}}}}}}\n    \
             A{level}: {{allOf: [{{$ref: {at}A{below}'}}, {{$ref: {at}A{below}'}}]}}\n"
        )
    });
    let text = levels.fold(head, |text, level| text + &level);
    let contract = read_text(&text).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let schema = schemas(&contract).next().expect("a schema");
    assert!(value(&contract, schema, 1).is_object());
    let document = contract.document.pointer("/components/schemas/A20").expect("a schema");
    assert_eq!(
        super::merge::merge(&contract.document, document, 0).schema["type"],
        json!(["object"])
    );
}

/// What the check says of a request with these arguments.
fn request_findings(
    contract: &Contract,
    operation: &Operation,
    arguments: &Arguments,
) -> Vec<Finding> {
    let encoded = encode(contract, operation, arguments).expect("a request");
    let url = format!("https://h{}", encoded.path_and_query);
    let mut exchange = exchange(&encoded.method, &url, None, None);
    exchange.request.headers = encoded.headers;
    exchange.request.body = Body::whole(encoded.body);
    check(contract, operation, &exchange, &Tolerances::default())
}

fn answer_findings(contract: &Contract, operation: &Operation, answer: &Answer) -> Vec<Finding> {
    let body = answer.body.as_ref().map_or(String::new(), |(_, body)| body.to_string());
    let mut exchange = exchange("GET", "https://h/a", None, Some((answer.status, &body)));
    if let Outcome::Answer(response) = &mut exchange.attempts[0].outcome {
        response.headers.clone_from(&answer.headers);
        let media = answer.body.iter().map(|(m, _)| ("content-type".to_owned(), m.clone()));
        response.headers.extend(media);
    }
    let mut found = check(contract, operation, &exchange, &Tolerances::default());
    found.retain(|finding| finding.rule.starts_with("response."));
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn every_valid_example_passes_the_check(seed in any::<u64>()) {
        for contract in [payments(), labels(), read_text(KINDS).expect("valid")] {
            for operation in &contract.operations {
                for fullness in [Fullness::Minimal, Fullness::Full, Fullness::Boundary] {
                    let made = requests(&contract, operation, fullness, seed);
                    prop_assert_eq!(&made, &requests(&contract, operation, fullness, seed));
                    prop_assert_eq!(&made.unmade, &Vec::<String>::new());
                    for case in made.cases {
                        let found = request_findings(&contract, operation, &case.message);
                        prop_assert!(found.is_empty(), "{} {found:?} {:?}", case.about, case.message);
                    }
                    for spec in &operation.responses {
                        let Some(status) = status_of(operation, spec) else { continue };
                        let made = answers(&contract, spec, status, fullness, seed);
                        prop_assert_eq!(&made.unmade, &Vec::<String>::new());
                        for case in made.cases {
                            let found = answer_findings(&contract, operation, &case.message);
                            prop_assert!(found.is_empty(), "{} {found:?} {:?}", case.about, case.message);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn every_negative_request_is_found_with_rule_and_place(seed in any::<u64>()) {
        for contract in [payments(), labels()] {
            for operation in &contract.operations {
                for negative in negatives(&contract, operation, seed) {
                    let found = request_findings(&contract, operation, &negative.arguments);
                    let hit = found.iter().any(|finding| {
                        finding.rule == negative.rule
                            && finding.message_place.location == negative.location
                            && finding.message_place.pointer == negative.place
                    });
                    prop_assert!(hit, "{negative:?}\n{found:?}");
                }
            }
        }
    }
}

#[test]
fn examples_are_as_full_as_was_asked_for() {
    let contract = payments();
    let operation = contract.operation("createIntent").expect("known");
    let bodies = |fullness: Fullness| -> Vec<(String, serde_json::Value)> {
        let all = requests(&contract, operation, fullness, 1).cases;
        all.into_iter().map(|case| (case.about, case.message.body.expect("a body"))).collect()
    };
    let minimal = bodies(Fullness::Minimal);
    assert_eq!(minimal, [("minimal".to_owned(), json!({"amount": 2000, "currency": "eur"}))]);
    let full = bodies(Fullness::Full);
    let names: Vec<&String> = full[0].1.as_object().expect("an object").keys().collect();
    assert_eq!(names, ["amount", "currency", "confirm", "rate", "items", "metadata"]);
    let abouts: Vec<String> =
        bodies(Fullness::Boundary).into_iter().map(|(about, _)| about).collect();
    assert!(abouts.contains(&"body /amount at its smallest".to_owned()), "{abouts:?}");
    assert!(abouts.iter().any(|about| about.starts_with("body /confirm ")), "{abouts:?}");
}

#[test]
fn negatives_are_named() {
    let contract = payments();
    let operation = contract.operation("createIntent").expect("known");
    let all = negatives(&contract, operation, 1);
    let has = |about: &str, rule: &str| {
        assert!(all.iter().any(|n| n.about == about && n.rule == rule), "{about}: {all:#?}");
    };
    has("body: missing", "request.body.missing");
    has("body /amount: remove-required", "request.body.required");
    has("body /amount: number-past-bound", "request.body.bounds");
    has("body /currency: pattern-changed", "request.body.pattern");
    assert!(all.iter().any(|n| n.rule == "request.body.undeclared"), "{all:#?}");
}

#[test]
fn what_no_value_keeps_is_said() {
    let contract = read_text(
        "openapi: 3.1.0\npaths:\n  /a: {get: {operationId: a, responses: {'200': {content: \
         {application/json: {schema: {type: integer, minimum: 3, maximum: 2}}}}}}}\n",
    )
    .expect("a contract");
    let spec = &contract.operation("a").expect("known").responses[0];
    for fullness in [Fullness::Minimal, Fullness::Full, Fullness::Boundary] {
        let made = answers(&contract, spec, 200, fullness, 1);
        assert_eq!(made.cases, []);
        assert_eq!(made.unmade, ["/paths/~1a/get/responses/200/content/application~1json/schema"]);
    }
}
