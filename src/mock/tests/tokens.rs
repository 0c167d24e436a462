//! Operations that are guarded in different ways, and tokens from issue to expiry.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{StandIn, parse, workspace_of};
use crate::{
    evidence::Secret,
    mock::{Fault, FaultKind, Running},
    transport::{Inserted, Pace},
};

const RECORD: &str = "\
status: draft
contract: {current: payments/cards/v1}
auth: {scheme: none}
operations:
  requestToken: {auth: {scheme: basic, user: env:CLIENT, password: env:SECRET}}
  whoAmI: {auth: {scheme: bearer}}
";

const OPENAPI: &str = r##"
openapi: 3.1.0
info: {title: Tokens, version: 1.0.0}
paths:
  /token:
    post:
      operationId: requestToken
      responses:
        '200':
          description: a token
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Token'}
              examples: {token: {value: {access_token: at_0, scope: email}}}
        '401': {$ref: '#/components/responses/Refused'}
  /me:
    get:
      operationId: whoAmI
      responses:
        '200':
          description: a person
          content:
            application/json:
              schema: {type: object, properties: {sub: {type: string}, scope: {type: string}}}
              examples: {person: {value: {sub: ada, scope: none}}}
        '401': {$ref: '#/components/responses/Refused'}
  /keys:
    get:
      operationId: listKeys
      responses:
        '200':
          description: keys
          content: {application/json: {schema: {type: object}, examples: {keys: {value: {keys: []}}}}}
components:
  schemas:
    Token: {type: object, properties: {access_token: {type: string}, scope: {type: string}}}
  responses:
    Refused:
      description: refused
      content:
        application/json:
          schema: {type: object}
          examples:
            unknown: {value: {error: unknown}}
            expired: {value: {error: expired}}
"##;

const MOCK: &str = "\
resources:
  token: {key: $.access_token, id: 'at_{{ seq }}'}
operations:
  requestToken: {creates: token}
  whoAmI: {set: {scope: '{{ token.scope }}'}}
answers:
  unauthorized: {status: 401, example: unknown}
  expired: {status: 401, example: expired}
";

async fn start() -> Running {
    let (integration, contract) = workspace_of(RECORD, OPENAPI);
    let secrets = [Secret::new("env:CLIENT", "ada"), Secret::new("env:SECRET", "lace")];
    let mock = parse(MOCK).unwrap();
    let stand_in = StandIn::new(&integration, contract, &mock, &secrets, 1).map(Arc::new).unwrap();
    stand_in.start(Inserted::new(Pace::REAL)).await.unwrap()
}

/// Status and body of an answer.
async fn said(request: reqwest::RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn each_operation_demands_what_its_record_says() {
    let running = start().await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = |path: &str| format!("{}{path}", running.base_url());
    let token = || client.post(url("/token"));
    let me = |token: &str| client.get(url("/me")).bearer_auth(token);
    let unknown = (401, json!({"error": "unknown"}));

    assert_eq!(said(client.get(url("/keys"))).await, (200, json!({"keys": []})));
    assert_eq!(said(token()).await, unknown);
    assert_eq!(said(token().basic_auth("ada", Some("love"))).await, unknown);
    assert_eq!(said(me("at_1")).await, unknown, "nothing was issued yet");
    let issued = (200, json!({"access_token": "at_1", "scope": "email"}));
    assert_eq!(said(token().basic_auth("ada", Some("lace"))).await, issued);
    assert_eq!(said(me("at_1")).await, (200, json!({"sub": "ada", "scope": "email"})));
    assert_eq!(said(me("at_2")).await, unknown);
    assert_eq!(said(client.get(url("/me"))).await, unknown);
}

#[tokio::test]
async fn tokens_issued_before_are_over_and_new_ones_are_not() {
    let running = start().await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = |path: &str| format!("{}{path}", running.base_url());
    let token = || client.post(url("/token")).basic_auth("ada", Some("lace"));
    let me = |token: &str| client.get(url("/me")).bearer_auth(token);
    let over = || Fault { kind: FaultKind::TokensExpired, left: None, operation: None };

    said(token()).await;
    running.arm(over());
    said(token()).await;
    assert_eq!(said(me("at_2")).await.0, 200);
    assert_eq!(running.never_fired(), ["expire the tokens issued so far"]);
    assert_eq!(said(me("at_1")).await, (401, json!({"error": "expired"})));
    assert!(running.never_fired().is_empty());
    let journal = running.journal();
    let last = journal.last().unwrap();
    assert_eq!(last.fault.as_deref(), Some("expire the tokens issued so far"));
    assert_eq!(last.refused.as_deref(), Some("the token has expired"));
}
