use crate::{
    contract::{
        Contract, Tolerance, Tolerances, check, check_decoded,
        fixture::{exchange, json, labels, line, payments, read_text},
    },
    evidence::Exchange,
};

const URL: &str = "https://api.example.com/base/v1/intents";
const FORM: &str = "application/x-www-form-urlencoded";
const NOTHING: [&str; 0] = [];

fn lines(contract: &Contract, operation: &str, exchange: &Exchange) -> Vec<String> {
    let operation = contract.operation(operation).expect("known");
    check(contract, operation, exchange, &Tolerances::default()).iter().map(line).collect()
}

fn answer(status: u16, body: &str) -> Exchange {
    exchange("POST", URL, Some((FORM, "amount=1&currency=eur")), Some((status, body)))
}

fn answered(status: u16, body: &str) -> Vec<String> {
    lines(&payments(), "createIntent", &answer(status, body))
}

fn asked(body: &str) -> Vec<String> {
    lines(&payments(), "createIntent", &exchange("POST", URL, Some((FORM, body)), None))
}

#[test]
fn a_keeping_exchange_has_no_findings() {
    let body = r#"{"id":"pi_1","amount":5,"status":"succeeded","note":null,"metadata":{"any":"x"},
        "created":"2026-01-01T00:00:00Z","method":{"kind":"card","last4":"4242"},
        "charges":[{"paid":true}],"next":{"id":"pi_2","amount":1,"status":"canceled"}}"#;
    assert_eq!(answered(200, body), NOTHING);
    assert_eq!(answered(402, r#"{"error":{"code":"x"}}"#), NOTHING);
    assert_eq!(answered(500, r#"{"error":{"code":"x"}}"#), NOTHING);
}

#[test]
fn drift_of_every_kind_is_placed() {
    let body = r#"{"id":"ch_1","amount":"5","status":"new","note":"far too long","created":"today",
        "client_secret":17,"surprise":{"a":1},"charges":[{"paid":true},{"fee":1}],
        "method":{"kind":"card","last4":"42"},"next":{"id":"pi_2","amount":null,"status":"canceled"}}"#;
    assert_eq!(
        answered(200, body),
        [
            "breaking response.body.pattern | the answer's `id` does not fit its pattern | response body at /id | #/components/schemas/Intent/properties/id/pattern 90:28 | expected a string that matches /^pi_/ | actual \"ch_1\"",
            "breaking response.body.type | the answer's `amount` is of another type | response body at /amount | #/components/schemas/Intent/properties/amount/type 91:18 | expected an integer | actual \"5\", a string",
            "breaking response.body.enum | the answer's `status` has an unknown value | response body at /status | #/components/schemas/Intent/properties/status/enum 92:32 | expected one of \"requires_capture\", \"succeeded\", \"canceled\" | actual \"new\"",
            "breaking response.body.bounds | the answer's `note` is out of bounds | response body at /note | #/components/schemas/Intent/properties/note/maxLength 94:40 | expected at most 10 characters | actual \"far too long\"",
            "breaking response.body.format | the answer's `created` is in another format | response body at /created | #/components/schemas/Intent/properties/created/format 93:33 | expected a string in the format `date-time` | actual \"today\"",
            "breaking response.body.type | the answer's `client_secret` is of another type | response body at /client_secret | #/components/schemas/Intent/properties/client_secret/type 95:25 | expected a string | actual [redacted], an integer",
            "breaking response.body.bounds | the answer's `last4` is out of bounds | response body at /method/last4 | #/components/schemas/Card/properties/last4/minLength 108:31 | expected at least 4 characters | actual \"42\"",
            "breaking response.body.null | the answer's `amount` is null | response body at /next/amount | #/components/schemas/Intent/properties/amount/type 91:18 | expected an integer | actual null",
            "additive response.body.undeclared | the answer holds `surprise`, which is not described | response body at /surprise | #/components/schemas/Intent/properties 89:7 | expected described members only | actual an object with 1 member",
            "additive response.body.undeclared | the answer holds `fee`, which is not described | response body at /charges/1/fee | #/components/schemas/Intent/properties/charges/items/properties 102:54 | expected described members only | actual 1",
        ]
    );
}

#[test]
fn what_is_missing_or_not_promised_is_said() {
    assert_eq!(
        answered(200, r#"{"id":"pi_1","amount":5}"#),
        [
            "breaking response.body.required | the answer lacks `status` | response body at /status | #/components/schemas/Intent/required 88:7 | expected a member `status` | actual no such member"
        ]
    );
    let contract = payments();
    let found = exchange("GET", &format!("{URL}/pi_1"), None, Some((418, "{}")));
    assert_eq!(
        lines(&contract, "getIntent", &found),
        [
            "breaking response.status.undeclared | the answer has the status 418, which is not promised | response status | #/paths/~1v1~1intents~1{intent}/get/responses 60:7 | expected 200 | actual 418"
        ]
    );
    let found = exchange("GET", "/v1/intents/search", None, Some((200, "{}")));
    assert_eq!(
        lines(&contract, "searchIntents", &found),
        [
            "additive response.body.unexpected | the answer has a body, and none is described | response body | #/paths/~1v1~1intents~1search/get/responses/200 73:19 | expected no body | actual 2 bytes"
        ]
    );
}

#[test]
fn an_answer_of_another_kind_is_told_once() {
    let mut page = answer(200, "<html>502</html>");
    assert_eq!(
        lines(&payments(), "createIntent", &page),
        [
            "breaking response.body.unreadable | the answer has a body that cannot be read | response body | #/paths/~1v1~1intents/post/responses/200/content/application~1json 48:13 | expected a body of application/json | actual the body is HTML or XML, not JSON"
        ]
    );
    let crate::evidence::Outcome::Answer(response) = &mut page.attempts[0].outcome else {
        panic!()
    };
    response.headers = vec![
        ("content-type".to_owned(), "text/html".to_owned()),
        ("remaining".to_owned(), "few".to_owned()),
    ];
    assert_eq!(
        lines(&payments(), "createIntent", &page),
        [
            "breaking response.header.missing | the answer lacks the header `request-id` | response header request-id | #/paths/~1v1~1intents/post/responses/200/headers/Request-Id 45:13 | expected a header `request-id` | actual none",
            "breaking response.header.value | the answer's header `remaining` breaks its schema | response header remaining | #/paths/~1v1~1intents/post/responses/200/headers/Remaining/schema/type 46:34 | expected an integer | actual few",
            "breaking response.content_type | the answer is of another media type | response header content-type | #/paths/~1v1~1intents/post/responses/200/content 47:11 | expected application/json | actual text/html",
        ]
    );
    assert_eq!(
        answered(200, r#"{"id":"pi_1","#),
        [
            "breaking response.body.unreadable | the answer has a body that cannot be read | response body | #/paths/~1v1~1intents/post/responses/200/content/application~1json 48:13 | expected a body of application/json | actual the body ends in the middle of its JSON, after 13 bytes"
        ]
    );
}

#[test]
fn our_own_request_is_judged() {
    assert_eq!(asked("amount=5&currency=eur&metadata[a]=1&items[0][count]=2"), NOTHING);
    assert_eq!(
        asked("amount=many&items[0][count]=x&color=red"),
        [
            "breaking request.body.required | the request lacks `currency` | request body at /currency | #/paths/~1v1~1intents/post/requestBody/content/application~1x-www-form-urlencoded/schema/required 30:15 | expected a member `currency` | actual no such member",
            "breaking request.body.type | the request's `amount` is of another type | request body at /amount | #/paths/~1v1~1intents/post/requestBody/content/application~1x-www-form-urlencoded/schema/properties/amount/type 33:26 | expected an integer | actual \"many\", a string",
            "breaking request.body.type | the request's `count` is of another type | request body at /items/0/count | #/paths/~1v1~1intents/post/requestBody/content/application~1x-www-form-urlencoded/schema/properties/items/items/properties/count/type 39:83 | expected an integer | actual \"x\", a string",
            "breaking request.body.undeclared | the request holds `color`, which is not allowed | request body at /color | #/paths/~1v1~1intents/post/requestBody/content/application~1x-www-form-urlencoded/schema/additionalProperties 31:15 | expected no member `color` | actual \"red\"",
        ]
    );
    let contract = payments();
    let wrong = exchange("POST", URL, Some(("text/plain", "x")), None);
    assert_eq!(
        lines(&contract, "createIntent", &wrong),
        [
            "breaking request.content_type | the request is of another media type | request header content-type | #/paths/~1v1~1intents/post/requestBody/content 26:9 | expected application/x-www-form-urlencoded | actual text/plain"
        ]
    );
    let none = exchange("POST", URL, None, None);
    assert_eq!(
        lines(&contract, "createIntent", &none),
        [
            "breaking request.body.missing | the request has no body | request body | #/paths/~1v1~1intents/post/requestBody 24:7 | expected a body | actual none"
        ]
    );
    let page =
        exchange("GET", &format!("{URL}?limit=500&status=a&status=b&expand[0]=x"), None, None);
    assert_eq!(
        lines(&contract, "GET /v1/intents", &page),
        [
            "breaking request.parameter.value | the request's query limit breaks its schema | request query limit | #/paths/~1v1~1intents/get/parameters/0/schema/maximum 9:72 | expected at most 100 | actual 500"
        ]
    );
    let id = exchange("GET", &format!("{URL}/ch_1"), None, None);
    assert_eq!(
        lines(&contract, "getIntent", &id),
        [
            "breaking request.parameter.value | the request's path intent breaks its schema | request path intent | #/paths/~1v1~1intents~1{intent}/get/parameters/0/schema/pattern 59:75 | expected a string that matches /^pi_/ | actual \"ch_1\""
        ]
    );
}

#[test]
fn what_version_3_0_says_is_understood() {
    let contract = labels();
    let order = r#"{"shipment":{"parcel":{"weight":0,"fragile":1,"width":2},"reference":null,"value":1.5}}"#;
    let label = r#"{"id":"f47ac10b-58cc-4372-a567-0e02b2c3d479","url":"no url","printed":null,
        "parcel":{"weight":40,"extra":1}}"#;
    let made =
        exchange("POST", "https://h/labels", Some(("application/json", order)), Some((201, label)));
    assert_eq!(
        lines(&contract, "createLabel", &made),
        [
            "breaking request.body.bounds | the request's `weight` is out of bounds | request body at /shipment/parcel/weight | #/components/schemas/Parcel/properties/weight/exclusiveMinimum 41:44 | expected more than 0 | actual 0",
            "breaking request.body.type | the request's `fragile` is of another type | request body at /shipment/parcel/fragile | #/components/schemas/Order/properties/shipment/properties/parcel/allOf/1/properties/fragile/type 32:57 | expected true or false | actual 1, an integer",
            "breaking request.body.type | the request's `value` is of another type | request body at /shipment/value | #/components/schemas/Order/properties/shipment/properties/value/oneOf 35:15 | expected an integer or a string | actual 1.5, a number",
            "breaking response.body.format | the answer's `url` is in another format | response body at /url | #/components/schemas/Label/properties/url/format 48:29 | expected a string in the format `uri` | actual \"no url\"",
            "breaking response.body.bounds | the answer's `weight` is out of bounds | response body at /parcel/weight | #/components/schemas/Parcel/properties/weight/maximum 41:68 | expected at most 31.5 | actual 40",
            "additive response.body.undeclared | the answer holds `extra`, which is not described | response body at /parcel/extra | #/components/schemas/Parcel/properties 40:7 | expected described members only | actual 1",
        ]
    );
}

#[test]
fn a_tolerance_covers_what_stands_below_it() {
    let contract = payments();
    let operation = contract.operation("createIntent").expect("known");
    let exchange = answer(200, r#"{"id":"pi_1","amount":null,"status":"new"}"#);
    let classes = |at: &str| {
        let tolerance =
            Tolerance { at: at.to_owned(), reason: "known".to_owned(), owner: "us".to_owned() };
        let findings = check(&contract, operation, &exchange, &Tolerances(vec![tolerance]));
        findings.iter().map(|finding| finding.class.word()).collect::<Vec<_>>()
    };
    assert_eq!(classes("#/components/schemas/Intent/properties/status"), ["breaking", "tolerated"]);
    assert_eq!(classes("#/components/schemas/Intent/properties/stat"), ["breaking", "breaking"]);
    assert_eq!(classes("#/paths/~1v1~1intents/post/responses/200"), ["tolerated", "tolerated"]);
}

#[test]
fn a_fingerprint_is_about_the_difference_not_the_value() {
    let contract = payments();
    let operation = contract.operation("createIntent").expect("known");
    let fingerprint = |body: &str| {
        let findings = check(&contract, operation, &answer(200, body), &Tolerances::default());
        findings.into_iter().map(|finding| finding.fingerprint).collect::<Vec<_>>()
    };
    let with = |status: &str, charges: &str| {
        format!(r#"{{"id":"pi_1","amount":1,"status":"{status}","charges":{charges}}}"#)
    };
    assert_eq!(fingerprint(&with("new", "[]")), fingerprint(&with("newer", "[]")));
    let charge = |at: usize| format!("[{}{{\"paid\":0}}]", "{},".repeat(at));
    let one = fingerprint(&with("succeeded", &charge(0)));
    assert_eq!(one, fingerprint(&with("succeeded", &charge(7))));
    assert_ne!(one, fingerprint(&with("new", "[]")));
    assert!(one[0].len() == 16 && one[0].bytes().all(|b| b.is_ascii_hexdigit()), "{one:?}");
}

#[test]
fn a_body_is_read_once_and_comes_back() {
    let contract = payments();
    let operation = contract.operation("createIntent").expect("known");
    let text = r#"{"id":"pi_1","amount":1,"status":"canceled"}"#;
    let exchange = answer(200, text);
    let checked = check_decoded(&contract, operation, &exchange, &Tolerances::default(), None);
    assert_eq!(checked.body, Some(json(text)));
    let again =
        check_decoded(&contract, operation, &exchange, &Tolerances::default(), checked.body);
    assert_eq!(again.body, Some(json(text)));
    assert!(again.findings.is_empty());
}

#[test]
fn hostile_answers_are_bounded() {
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(answered(200, &deep).len(), 1);
    let many: Vec<String> = (0..5_000).map(|n| format!("\"key{n}\":null")).collect();
    let body = format!(r#"{{"id":"pi_1","amount":1,"status":"new",{}}}"#, many.join(","));
    assert_eq!(answered(200, &body).len(), 51);
    let long = format!(r#"{{"id":"{}","amount":1,"status":"canceled"}}"#, "x".repeat(100_000));
    let found = answered(200, &long);
    assert!(found[0].chars().count() < 400, "{}", found[0]);
}

#[test]
fn variants_that_share_a_member_do_not_multiply() {
    let contract = read_text(
        "{openapi: 3.1.0, info: {title: t, version: '1'}, paths: {/a: {get: {operationId: a, responses:
        {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Node'}}}}}}}},
        components: {schemas: {
          Node: {anyOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}]},
          A: {type: object, properties: {next: {$ref: '#/components/schemas/Node'}, all: {type: array, items: {$ref: '#/components/schemas/Node'}}}},
          B: {type: object, properties: {next: {$ref: '#/components/schemas/Node'}, all: {type: array, items: {$ref: '#/components/schemas/Node'}}}}}}}",
    )
    .expect("valid");
    let operation = contract.operation("a").expect("known");
    let deep = format!("{}{{\"new\":1}}{}", "{\"next\":{\"all\":[".repeat(12), "]}}".repeat(12));
    let deep = exchange("GET", "/a", None, Some((200, &deep)));
    let found = check(&contract, operation, &deep, &Tolerances::default());
    let rules: Vec<&str> = found.iter().map(|finding| finding.rule.as_str()).collect();
    assert_eq!(rules, ["response.body.undeclared"]);
}

#[test]
fn a_slow_pattern_ends() {
    let contract = read_text(
        r"{openapi: 3.1.0, info: {title: t, version: '1'}, paths: {/a: {get: {operationId: a, responses:
        {'200': {description: d, content: {application/json: {schema: {type: string, pattern: '^(?=(a+)+$)b'}}}}}}}}}",
    )
    .expect("valid");
    let slow = exchange("GET", "/a", None, Some((200, &format!("\"{}!\"", "a".repeat(40)))));
    let found =
        check(&contract, contract.operation("a").expect("known"), &slow, &Tolerances::default());
    assert_eq!(found[0].rule, "response.body.pattern");
}

#[test]
fn examples_are_held_to_their_schemas() {
    use crate::contract::{check::examples, fixture::message};
    assert!(examples(&payments()).is_empty());
    let contract = read_text(
        "openapi: 3.1.0
paths:
  /a:
    get:
      responses:
        '200':
          content:
            application/json:
              schema: {type: object, required: [id], properties: {n: {type: integer}}}
              example: {n: many}
",
    )
    .expect("valid");
    let found: Vec<String> =
        examples(&contract).iter().map(|unfit| message(&unfit.message)).collect();
    assert_eq!(
        found,
        [
            "10:15 \"example\" an example does not fit its schema | a member `id` | no such member | correct the example, or the schema if the partner really sends this",
            "10:28 \"many\" an example does not fit its schema | an integer | \"many\" | correct the example, or the schema if the partner really sends this",
        ]
    );
}

#[test]
fn what_cannot_be_compiled_is_told_and_no_value_is_guessed() {
    use crate::contract::{check::uncompiled, fixture::message};
    assert!(uncompiled(&payments()).is_empty());
    let contract = read_text(
        "openapi: 3.1.0
paths:
  /a:
    get:
      operationId: a
      responses:
        '200':
          content:
            application/json:
              schema: {properties: {id: {type: integer}, next: {$dynamicRef: '#node'}}}
",
    )
    .expect("valid");
    let found: Vec<String> = uncompiled(&contract).iter().map(message).collect();
    assert_eq!(
        found,
        [
            "10:23 \"{properties: {id: {type: integer}, next: {$dynamicRef: '#node'}}}\" the schema cannot be compiled | a schema of JSON Schema 2020-12 with references by JSON Pointer | a reference names no schema by a JSON Pointer | values of it cannot be judged; write it with `$ref` and pointers"
        ]
    );
    let answer = exchange("GET", "/a", None, Some((200, "{\"id\":\"x\"}")));
    let findings = lines(&contract, "a", &answer);
    assert!(findings[0].contains("expected a schema that can be compiled"), "{findings:?}");
}
