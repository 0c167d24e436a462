//! Small contracts for the tests of this room.

use bytes::Bytes;
use serde_json::Value;

use super::{
    Contract, read,
    source::{Files, NoFiles, Source},
};
use crate::evidence::{
    Attempt, Body, Diagnostic, Direction, Exchange, Finding, Headers, Outcome, Request, Response,
};

/// Payments: form bodies with brackets, `OpenAPI` 3.1.
pub(super) const PAYMENTS: &str = r#"openapi: 3.1.0
info: {title: Payments, version: "3"}
paths:
  /v1/intents:
    parameters:
      - $ref: '#/components/parameters/Version'
    get:
      parameters:
        - {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 100}}
        - {name: expand, in: query, style: deepObject, explode: true, schema: {type: array, items: {type: string}}}
        - {name: status, in: query, schema: {type: array, items: {type: string}}}
      responses:
        2XX:
          description: A page
          content:
            application/json:
              schema:
                type: object
                required: [data]
                properties:
                  data: {type: array, items: {$ref: '#/components/schemas/Intent'}}
    post:
      operationId: createIntent
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              required: [amount, currency]
              additionalProperties: false
              properties:
                amount: {type: integer, minimum: 1, example: 2000}
                currency: {type: string, pattern: '^[a-z]{3}$', example: eur}
                confirm: {type: boolean}
                rate: {type: number}
                items:
                  type: array
                  items: {type: object, properties: {sku: {type: string}, count: {type: integer}}}
                metadata: {type: object, additionalProperties: {type: string}}
      responses:
        '200':
          description: Made
          headers:
            Request-Id: {required: true, schema: {type: string, pattern: '^req_'}, example: req_1}
            Remaining: {schema: {type: integer}}
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Intent'}
              examples:
                made: {value: {id: pi_1, amount: 2000, status: succeeded}}
                held: {$ref: '#/components/examples/Held'}
        '402': {$ref: '#/components/responses/Error'}
        default: {$ref: '#/components/responses/Error'}
  /v1/intents/{intent}:
    get:
      operationId: getIntent
      parameters:
        - {name: intent, in: path, required: true, schema: {type: string, pattern: '^pi_'}}
      responses:
        '200':
          description: Found
          content: {application/json: {schema: {$ref: '#/components/schemas/Intent'}}}
    delete:
      operationId: dropIntent
      parameters:
        - {name: intent, in: path, required: true, schema: {type: string}}
        - {name: id, in: query, schema: {type: string}}
      responses: {'204': {description: Gone}}
  /v1/intents/search:
    get:
      operationId: searchIntents
      responses: {'200': {description: Found}}
components:
  parameters:
    Version: {name: Api-Version, in: header, schema: {type: string}, example: '2026-01-01'}
  examples:
    Held: {value: {id: pi_2, amount: 5, status: requires_capture}}
  responses:
    Error:
      description: No
      content:
        application/json:
          schema: {$ref: '#/components/schemas/Error'}
  schemas:
    Intent:
      type: object
      required: [id, amount, status]
      properties:
        id: {type: string, pattern: '^pi_'}
        amount: {type: integer}
        status: {type: string, enum: [requires_capture, succeeded, canceled]}
        created: {type: string, format: date-time}
        note: {type: [string, 'null'], maxLength: 10}
        client_secret: {type: string}
        metadata: {type: object, additionalProperties: {type: string}}
        next: {$ref: '#/components/schemas/Intent'}
        method:
          oneOf:
            - {$ref: '#/components/schemas/Card'}
            - {type: object, required: [kind, iban], properties: {kind: {const: sepa}, iban: {type: string}}}
        charges: {type: array, items: {type: object, properties: {paid: {type: boolean}}}}
    Card:
      type: object
      required: [kind, last4]
      properties:
        kind: {const: card}
        last4: {type: string, minLength: 4, maxLength: 4}
    Error:
      type: object
      required: [error]
      properties:
        error: {type: object, required: [code], properties: {code: {type: string}, message: {type: string}}}
"#;

/// Labels: JSON bodies, `OpenAPI` 3.0 with its own ways of saying null and bounds.
pub(super) const LABELS: &str = r#"openapi: 3.0.3
info: {title: Labels, version: "2"}
paths:
  /labels:
    post:
      operationId: createLabel
      requestBody:
        required: true
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Order'}
      responses:
        '201':
          description: Made
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Label'}
components:
  schemas:
    Order:
      type: object
      required: [shipment]
      properties:
        id: {type: string, readOnly: true}
        shipment:
          type: object
          required: [parcel]
          properties:
            parcel:
              allOf:
                - {$ref: '#/components/schemas/Parcel'}
                - {type: object, properties: {fragile: {type: boolean}}}
            reference: {type: string, nullable: true}
            value:
              oneOf: [{type: integer}, {type: string}]
            codes: {type: array, items: {type: integer}, uniqueItems: true, minItems: 2}
    Parcel:
      type: object
      required: [weight]
      properties:
        weight: {type: number, minimum: 0, exclusiveMinimum: true, maximum: 31.5}
        unit: {type: string, enum: [kg, lb]}
    Label:
      type: object
      required: [id, url, parcel]
      properties:
        id: {type: string, format: uuid}
        url: {type: string, format: uri}
        parcel:
          nullable: true
          allOf: [{$ref: '#/components/schemas/Parcel'}]
        printed: {type: string, format: date, nullable: true}
"#;

/// Files beside a root document, all in one folder.
#[derive(Debug)]
pub(super) struct Beside(pub(super) std::collections::BTreeMap<String, String>);

impl Files for Beside {
    fn read(&self, path: &str) -> Result<Source, Diagnostic> {
        let missing = || Diagnostic::error(format!("there is no file {path}"));
        let text = self.0.get(path).ok_or_else(missing)?;
        Ok(Source::new(format!("contracts/v/api/v1/{path}"), text.as_str()))
    }

    fn above(&self) -> usize {
        1
    }

    fn overlays(&self) -> Vec<String> {
        self.0.keys().filter(|name| name.contains("overlay")).cloned().collect()
    }
}

pub(super) fn read_text(text: &str) -> Result<Contract, Vec<Diagnostic>> {
    read("test/api/v1", Source::new("contracts/test/api/v1/openapi.yaml", text), &NoFiles)
}

pub(super) fn payments() -> Contract {
    read_text(PAYMENTS).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

pub(super) fn labels() -> Contract {
    read_text(LABELS).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// An exchange with an answer of JSON.
pub(super) fn exchange(
    method: &str,
    url: &str,
    request: Option<(&str, &str)>,
    response: Option<(u16, &str)>,
) -> Exchange {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let (headers, body) = match request {
        Some((kind, body)) => (vec![header("content-type", kind)], Body::whole(whole(body))),
        None => (Headers::new(), Body::default()),
    };
    let outcome = match response {
        Some((status, body)) => Outcome::Answer(Response {
            status,
            headers: vec![
                header("content-type", "application/json; charset=utf-8"),
                header("request-id", "req_9"),
            ],
            body: Body::whole(whole(body)),
        }),
        None => Outcome::NoAnswer(crate::evidence::NoAnswer::Dns { detail: "no".to_owned() }),
    };
    Exchange {
        integration: "test".to_owned(),
        operation: "test".to_owned(),
        direction: Direction::Outbound,
        request: Request { method: method.to_owned(), url: url.to_owned(), headers, body },
        attempts: vec![Attempt { took_ms: 1.0, nominal_ms: 1.0, ..Attempt::ended(1, outcome) }],
    }
}

fn whole(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

/// A finding as one line of text.
pub(super) fn line(finding: &Finding) -> String {
    let place = finding.contract_place.as_ref();
    format!(
        "{} {} | {} | {} | #{} {} | expected {} | actual {}",
        finding.class.word(),
        finding.rule,
        finding.message,
        finding.where_in_message(),
        finding.contract_pointer,
        place.map_or_else(|| "-".to_owned(), |p| format!("{}:{}", p.line, p.column)),
        finding.expected,
        finding.actual,
    )
}

/// A diagnostic as one line of text.
pub(super) fn message(problem: &Diagnostic) -> String {
    let place = problem.place().map_or_else(
        || "-".to_owned(),
        |p| {
            format!(
                "{}:{} {:?}",
                p.line,
                p.column,
                p.text
                    .chars()
                    .skip(p.column as usize - 1)
                    .take(p.length as usize)
                    .collect::<String>()
            )
        },
    );
    format!(
        "{place} {} | {} | {} | {}",
        problem.title,
        problem.expected.as_deref().unwrap_or("-"),
        problem.actual.as_deref().unwrap_or("-"),
        problem.help.join("; "),
    )
}

pub(super) fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}
