//! Webhooks, messages and payloads, from their documents on.

use super::{Tolerances, check};
use crate::contract::{
    Contract, DescribedFrom, Kind,
    fixture::{exchange, read_text},
};

const WEBHOOKS: &str = r"openapi: 3.1.0
info: {title: Orders, version: '1'}
webhooks:
  orderPaid:
    post:
      operationId: onOrderPaid
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [id]
              properties: {id: {type: string}, total: {type: integer}}
      responses: {'204': {description: Taken}}
";

const MESSAGES: &str = r"asyncapi: 3.0.0
info: {title: Orders, version: '1'}
channels:
  orders:
    address: orders
    messages:
      placed:
        contentType: application/json
        headers: {type: object, required: [trace], properties: {trace: {type: string}}}
        payload: {type: object, required: [id], properties: {id: {type: string}}}
operations:
  tellOrder: {action: send, channel: {$ref: '#/channels/orders'}}
";

const PAYLOAD: &str = r#"{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "Order", "type": "object", "required": ["id"],
  "properties": {"id": {"type": "string"}, "state": {"enum": ["open", "done"]}}
}"#;

/// Class, rule and place of what is found in a JSON body, by whose view the document takes.
fn told(contract: &Contract, from: DescribedFrom, fields: &[&str], body: &str) -> Vec<String> {
    let [operation] = contract.operations.as_slice() else {
        panic!("one operation, not {:#?}", contract.operations)
    };
    let mut sent = exchange("POST", "https://us.example/", Some(("application/json", body)), None);
    let field = |name: &&str| ((*name).to_owned(), "1".to_owned());
    sent.request.headers.extend(fields.iter().map(field));
    let tolerances = Tolerances { described_from: from, ..Tolerances::default() };
    let found = check(contract, operation, &sent, &tolerances);
    let line = |class: &str, rule: &str, place: &str| format!("{class} {rule} {place}");
    found.iter().map(|f| line(f.class.word(), &f.rule, &f.message_place.pointer)).collect()
}

fn contract(text: &str, kind: Kind) -> Contract {
    let contract = read_text(text).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_eq!(contract.operations.iter().map(|o| o.kind).collect::<Vec<_>>(), [kind]);
    contract
}

#[test]
fn a_webhook_is_read_by_us_unless_the_document_is_ours() {
    let contract = contract(WEBHOOKS, Kind::Webhook);
    let partner = |body| told(&contract, DescribedFrom::Partner, &[], body);
    assert_eq!(partner(r#"{"id":"o_1","total":3}"#), [""; 0]);
    assert_eq!(
        partner(r#"{"total":"3","new":1}"#),
        [
            "breaking request.body.required /id",
            "breaking request.body.type /total",
            "additive request.body.undeclared /new"
        ]
    );
    // We write it then, and nothing forbids us further members.
    assert_eq!(told(&contract, DescribedFrom::Us, &[], r#"{"id":"o_1","new":1}"#), [""; 0]);
}

#[test]
fn a_message_is_judged_with_its_headers() {
    let contract = contract(MESSAGES, Kind::Message);
    let partner = |fields: &[&str], body| told(&contract, DescribedFrom::Partner, fields, body);
    assert_eq!(partner(&["trace"], r#"{"id":"o_1"}"#), [""; 0]);
    assert_eq!(
        partner(&[], r#"{"id":1}"#),
        ["breaking request.parameter.missing ", "breaking request.body.type /id"]
    );
    assert_eq!(
        partner(&["trace"], r#"{"id":"o_1","new":1}"#),
        ["additive request.body.undeclared /new"]
    );
    assert_eq!(told(&contract, DescribedFrom::Us, &["trace"], r#"{"id":"o_1","new":1}"#), [""; 0]);
}

#[test]
fn a_payload_by_itself_is_the_body_of_a_request() {
    let contract = contract(PAYLOAD, Kind::Payload);
    let partner = |body| told(&contract, DescribedFrom::Partner, &[], body);
    assert_eq!(partner(r#"{"id":"o_1","state":"open"}"#), [""; 0]);
    assert_eq!(partner(r#"{"id":"o_1","state":"lost"}"#), ["breaking request.body.enum /state"]);
}
