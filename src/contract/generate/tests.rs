use proptest::prelude::*;
use serde_json::json;

use super::{answer, arguments, value};
use crate::contract::{
    Contract, ParameterPlace, SchemaRef,
    fixture::{labels, payments, read_text},
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
