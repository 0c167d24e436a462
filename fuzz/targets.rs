//! What the fuzz targets do with their bytes. Whatever those are, nothing may panic, overflow the
//! stack, or take more than the limits of time and memory that the runs are started with.

use libfuzzer_sys as _;
use probe::{
    contract::{
        Contract, DescribedFrom, Tolerances, check as judge,
        compare::{Settings, compare},
        read,
        source::{Files, NoFiles, Part, Source},
    },
    evidence::{Attempt, Body, Diagnostic, Direction, Exchange, Outcome, Request, Response},
};

/// Places that are looked up in a contract that was read.
const MOST_PLACES: usize = 20;

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

/// Reads a document that is called so.
fn reads(name: &str, bytes: &[u8]) -> Option<Contract> {
    let source = Source::new(format!("contracts/f/z/v1/{name}"), text(bytes)?);
    match read("f/z/v1", source, &NoFiles) {
        Ok(contract) => {
            for operation in contract.operations.iter().take(MOST_PLACES) {
                let _ = contract.sources.locate(&operation.pointer, Part::Key);
                let _ = contract.sources.written(&operation.pointer);
            }
            Some(contract)
        }
        Err(problems) => {
            assert!(!problems.is_empty(), "a refusal says why");
            None
        }
    }
}

/// An `OpenAPI` document in JSON.
pub fn openapi_json(bytes: &[u8]) {
    reads("openapi.json", bytes);
}

/// An `OpenAPI` document in YAML.
pub fn openapi_yaml(bytes: &[u8]) {
    reads("openapi.yaml", bytes);
}

/// A Swagger 2.0 document.
pub fn swagger(bytes: &[u8]) {
    reads("openapi.json", bytes);
}

/// An `AsyncAPI` document.
pub fn asyncapi(bytes: &[u8]) {
    reads("asyncapi.yaml", bytes);
}

/// A JSON Schema.
pub fn json_schema(bytes: &[u8]) {
    reads("schema.json", bytes);
}

/// A file of Protocol Buffers.
pub fn protobuf(bytes: &[u8]) {
    reads("service.proto", bytes);
}

/// An Avro schema.
pub fn avro(bytes: &[u8]) {
    reads("record.avsc", bytes);
}

/// A document with an overlay beside it.
pub fn overlay(bytes: &[u8]) {
    struct Beside<'t>(&'t str);

    impl Files for Beside<'_> {
        fn read(&self, path: &str) -> Result<Source, Diagnostic> {
            Ok(Source::new(format!("contracts/f/z/v1/{path}"), self.0))
        }

        fn overlays(&self) -> Vec<String> {
            vec!["overlay.yaml".to_owned()]
        }
    }

    let Some(text) = text(bytes) else { return };
    let source = Source::new("contracts/f/z/v1/openapi.yaml", VENDOR);
    let _ = read("f/z/v1", source, &Beside(text));
}

/// A schema as the answer of a document's only operation.
fn answers(schema: &str) -> Option<Contract> {
    let document = format!(
        r##"{{"openapi": "3.1.0", "info": {{"title": "f", "version": "1"}}, "paths": {{"/": {{"get": {{
            "responses": {{"200": {{"description": "d", "content": {{"application/json": {{"schema":
            {{"$ref": "#/components/schemas/S"}}}}}}}}}}}}}}}}, "components": {{"schemas": {{"S": {schema}}}}}}}"##
    );
    reads("openapi.json", document.as_bytes())
}

/// A schema and a body, with a line `---` between them: is the body what the schema promises?
pub fn check(bytes: &[u8]) {
    let Some((schema, body)) = text(bytes).and_then(|text| text.split_once("\n---\n")) else {
        return;
    };
    let Some(contract) = answers(schema) else { return };
    let Some(operation) = contract.operations.first() else { return };
    let exchange = exchange(body);
    let once = judge(&contract, operation, &exchange, &Tolerances::default());
    let again = judge(&contract, operation, &exchange, &Tolerances::default());
    assert_eq!(once, again, "the same exchange gives the same findings");
}

/// Two schemas, with a line `---` between them: what differs between them as answers? A schema
/// does not differ from itself.
pub fn diff(bytes: &[u8]) {
    let Some((old, new)) = text(bytes).and_then(|text| text.split_once("\n---\n")) else { return };
    let (Some(old), Some(new)) = (answers(old), answers(new)) else { return };
    let settings = Settings { mode: None, from: DescribedFrom::Partner, today: None };
    let same = compare(&old, &old, &settings).differences;
    assert!(same.is_empty(), "a contract differs from itself: {same:?}");
    let _ = compare(&old, &new, &settings);
}

fn exchange(body: &str) -> Exchange {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    let body = Body::whole(body.as_bytes().to_vec().into());
    let response = Response { status: 200, headers, body };
    Exchange {
        integration: "f".to_owned(),
        operation: "f".to_owned(),
        direction: Direction::Outbound,
        request: Request {
            method: "GET".to_owned(),
            url: "https://f.example/".to_owned(),
            headers: Vec::new(),
            body: Body::default(),
        },
        attempts: vec![Attempt::ended(1, Outcome::Answer(response))],
    }
}

/// What overlays are applied to.
const VENDOR: &str = r"openapi: 3.1.0
info: {title: Vendor, version: '1'}
tags: [{name: a}, {name: b}, {name: c}]
paths:
  /orders:
    get:
      operationId: listOrders
      parameters:
        - {name: page, in: query, schema: {type: integer}}
        - {name: size, in: query, schema: {type: integer}}
      responses: {'200': {description: Found, content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}}
components:
  schemas:
    Order:
      type: object
      required: [id, email]
      properties: {id: {type: string}, email: {type: string}, next: {$ref: '#/components/schemas/Order'}}
";
