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

const OPENAPI: &str = r"
openapi: 3.1.0
info: {title: Tokens, version: 1.0.0}
paths:
  /token:
    post:
      operationId: requestToken
      parameters: [{name: code, in: query, schema: {type: string}}]
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
  /login:
    get:
      operationId: login
      parameters:
        - {name: back, in: query, required: true, schema: {type: string}}
        - {name: state, in: query, required: true, schema: {type: string}}
      responses:
        '302': {description: back, headers: {location: {required: true, schema: {type: string}}}}
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
";

const MOCK: &str = "\
resources:
  code: {key: $.code, id: '{{ seq | s256 }}'}
  token: {key: $.access_token, id: 'at_{{ seq }}'}
operations:
  login:
    creates: code
    set: {status: fresh, state: '{{ query.state }}'}
    headers: {location: '{{ query.back }}?code={{ resource.code }}&state={{ query.state | urlencode }}'}
    cases:
      - when: query.back == '/elsewhere'
        answer: {status: 302, headers: {location: '/error?of={{ query.state }}'}}
  requestToken:
    creates: token
    needs: {when: query.code, resource: code, by: query.code, from: fresh, else: {status: 401, example: expired}}
    changes: {status: spent}
    cases: [{when: query.code, set: {scope: '{{ needed.state }}'}}]
  whoAmI: {set: {scope: '{{ token.scope }}'}}
answers:
  unauthorized: {status: 401, example: unknown}
  expired: {status: 401, example: expired}
";

/// A code, a token for it, and where the redirect leads, against the same stand-in.
#[tokio::test]
async fn an_object_may_be_needed_only_at_times_and_be_named_in_a_redirect() {
    let running = start().await;
    let policy = reqwest::redirect::Policy::none();
    let client = reqwest::Client::builder().no_proxy().redirect(policy).build().unwrap();
    let login = async |query: &str| {
        let url = format!("{}/login?{query}", running.base_url());
        let answer = client.get(url).send().await.unwrap();
        let to = answer.headers()["location"].to_str().unwrap().to_owned();
        (answer.status().as_u16(), to)
    };
    let token = |query: &str| {
        let url = format!("{}/token{query}", running.base_url());
        client.post(url).basic_auth("ada", Some("lace"))
    };
    // SHA-256 of "1".
    let code = "a4ayc_80_OGda4BO_1o_V0etpOqiLx1JwB5S3beHW0s";
    let back = (302, format!("/cb?code={code}&state=a%20b%26"));
    assert_eq!(login("back=/cb&state=a+b%26").await, back);
    assert_eq!(login("back=/elsewhere&state=x").await, (302, "/error?of=x".to_owned()));
    assert_eq!(running.holds("codes"), Ok(1), "a refused login makes none");
    let exchange = format!("?code={code}");
    let issued = |token: &str, scope: &str| (200, json!({"access_token": token, "scope": scope}));
    assert_eq!(said(token(&exchange)).await, issued("at_1", "a b&"));
    assert_eq!(said(token(&exchange)).await, (401, json!({"error": "expired"})), "it is spent");
    assert_eq!(said(token("")).await, issued("at_2", "email"), "no code is needed for this");
}

async fn start() -> Running {
    let (integration, contract) = workspace_of(RECORD, OPENAPI);
    let secrets = [Secret::new("env:CLIENT", "ada"), Secret::new("env:SECRET", "lace")];
    let mock = parse(MOCK).unwrap();
    let stand_in =
        StandIn::new(&integration, contract, integration.tolerances.clone(), &mock, &secrets, 1)
            .map(Arc::new)
            .unwrap();
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
