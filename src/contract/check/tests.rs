use super::{FailureSaid, rules::rule as rule_of};
use crate::{
    contract::{
        Action, Contract, DescribedFrom, Kind, Operation, Tolerance, Tolerances, check,
        check_decoded,
        fixture::{exchange, json, labels, line, payments, read_text},
    },
    evidence::{DriftClass, Exchange, Finding},
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
            "additive response.status.undeclared_error | the answer has the status 418, which is not promised | response status | #/paths/~1v1~1intents~1{intent}/get/responses 60:7 | expected 200 | actual 418"
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

fn waiver(at: &str) -> Tolerance {
    Tolerance {
        at: at.to_owned(),
        rule: None,
        class: DriftClass::Tolerated,
        reason: "known".to_owned(),
        owner: "us".to_owned(),
        expires: None,
    }
}

#[test]
fn a_tolerance_covers_what_stands_below_it() {
    let contract = payments();
    let operation = contract.operation("createIntent").expect("known");
    let exchange = answer(200, r#"{"id":"pi_1","amount":null,"status":"new"}"#);
    let classes = |at: &str| {
        let tolerances = Tolerances { waivers: vec![waiver(at)], ..Tolerances::default() };
        let findings = check(&contract, operation, &exchange, &tolerances);
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
fn a_waiver_ends_and_a_finding_says_so() {
    use DriftClass::{Additive, Tolerated};
    let contract = payments();
    let operation = contract.operation("createIntent").expect("known");
    let exchange = answer(200, r#"{"id":"pi_1","amount":1,"status":"new"}"#);
    let told = |today: Option<&str>, class: DriftClass, rule: Option<&str>| {
        let at = "#/components/schemas/Intent";
        let rule = rule.map(|name| rule_of(name).expect("a rule"));
        let expires = Some("2026-11-19".to_owned());
        let waivers = vec![Tolerance { rule, class, expires, ..waiver(at) }];
        let today = today.map(str::to_owned);
        let tolerances = Tolerances { waivers, today, ..Tolerances::default() };
        let findings = check(&contract, operation, &exchange, &tolerances);
        findings.into_iter().map(|f| (f.class.word(), f.help)).next().expect("one finding")
    };
    let borne = "known: us bears it until 2026-11-19".to_owned();
    assert_eq!(told(None, Tolerated, None), ("tolerated", borne.clone()));
    assert_eq!(told(Some("2026-11-19"), Tolerated, None), ("tolerated", borne.clone()));
    assert_eq!(told(Some("2026-11-19"), Additive, None), ("additive", borne.clone()));
    assert_eq!(told(None, Tolerated, Some("body.enum")), ("tolerated", borne));
    assert_eq!(told(None, Tolerated, Some("body.null")).0, "breaking");
    let (class, help) = told(Some("2026-11-20"), Tolerated, None);
    assert_eq!(class, "breaking");
    assert!(help.starts_with("the waiver of us expired on 2026-11-19; "), "{help}");
}

/// A contract of one answer with this schema.
fn answering(schema: &str) -> Contract {
    let text = format!(
        "{{openapi: 3.1.0, info: {{title: t, version: '1'}}, paths: {{/a: {{get: {{operationId: a, \
         responses: {{'200': {{description: d, content: {{application/json: {{schema: {schema}}}}}}}}}}}}}}}}}"
    );
    read_text(&text).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn findings_of(schema: &str, body: &str) -> Vec<Finding> {
    let contract = answering(schema);
    let exchange = exchange("GET", "/a", None, Some((200, body)));
    let operation = contract.operation("a").expect("known");
    check(&contract, operation, &exchange, &Tolerances::default())
}

fn rules_of(schema: &str, body: &str) -> Vec<String> {
    let told = findings_of(schema, body).into_iter();
    told.map(|f| format!("{} {} {}", f.class.word(), f.rule, f.message_place.pointer)).collect()
}

#[test]
fn a_list_that_the_contract_calls_open_is_open() {
    let closed = "{type: object, properties: {s: {type: string, enum: [a]}}}";
    assert_eq!(rules_of(closed, r#"{"s":"b"}"#), ["breaking response.body.enum /s"]);
    for open in [
        "{type: string, x-extensible-enum: [a]}",
        "{type: string, enum: [a], x-extensible-enum: true}",
        "{type: string, enum: [a], x-ms-enum: {name: S, modelAsString: true}}",
        "{type: string, enum: [a], x-speakeasy-unknown-values: allow}",
    ] {
        let schema = format!("{{type: object, properties: {{s: {open}}}}}");
        assert_eq!(rules_of(&schema, r#"{"s":"b"}"#), ["additive response.body.enum /s"], "{open}");
        assert_eq!(rules_of(&schema, r#"{"s":"a"}"#), NOTHING);
        assert_eq!(rules_of(&schema, r#"{"s":1}"#).len(), 2, "no value of another type: {open}");
    }
    let open = "{type: object, properties: {s: {type: string, x-extensible-enum: [a]}}}";
    let found = findings_of(open, r#"{"s":"b"}"#);
    assert!(
        found[0].contract_pointer.ends_with("/s/x-extensible-enum"),
        "{}",
        found[0].contract_pointer
    );
    assert!(found[0].contract_place.is_some());
}

#[test]
fn whole_numbers_beyond_their_format_or_every_reader_are_told() {
    let schema = |number: &str| format!("{{type: object, properties: {{n: {number}}}}}");
    let told = |number: &str, value: &str| rules_of(&schema(number), &format!("{{\"n\":{value}}}"));
    let unsafe_integer = ["additive response.body.unsafe_integer /n"];
    assert_eq!(told("{type: integer}", "9007199254740992"), unsafe_integer);
    assert_eq!(told("{type: integer, minimum: 0}", "18446744073709551615"), unsafe_integer);
    assert_eq!(told("{type: integer}", "-9007199254740993"), unsafe_integer);
    assert_eq!(told("{type: [integer, 'null'], format: int64}", "9007199254740993"), NOTHING);
    assert_eq!(told("{type: integer, maximum: 10000000000000000}", "9007199254740993"), NOTHING);
    assert_eq!(told("{}", "9007199254740993"), unsafe_integer);
    let format = ["breaking response.body.format /n"];
    assert_eq!(told("{type: integer, format: int32}", "2147483648"), format);
    assert_eq!(told("{type: integer, format: int32}", "-2147483648"), NOTHING);
    assert_eq!(told("{type: integer, format: int64}", "9223372036854775808"), format);
    assert_eq!(
        rules_of("{type: array, items: {format: int32}}", "[1, 5000000000]"),
        ["breaking response.body.format /1"]
    );
}

#[test]
fn what_is_about_a_person_is_never_shown() {
    let person = "{type: object, properties: {
        email: {type: string, format: email, x-pii: true},
        phone: {type: [string, 'null'], pattern: '^[+]', x-pii: true},
        home: {type: object, x-pii: true, properties: {street: {type: string, maxLength: 3}}},
        total: {type: integer}}}";
    let body = r#"{"email":"ada at example","phone":7,"home":{"street":"Elm Road 5","floor":"3rd"},"total":"x"}"#;
    let told: Vec<(String, String)> = findings_of(person, body)
        .into_iter()
        .map(|f| (f.message_place.pointer, f.actual))
        .collect();
    let expected = [
        ("/email", "[redacted]"),
        ("/phone", "[redacted], an integer"),
        ("/home/street", "[redacted]"),
        ("/total", "\"x\", a string"),
        ("/home/floor", "[redacted]"),
    ];
    assert_eq!(told, expected.map(|(at, actual)| (at.to_owned(), actual.to_owned())));
}

#[test]
fn a_fingerprint_knows_neither_keys_nor_items_nor_files() {
    let prints = |schema: &str, body: &str| -> Vec<String> {
        findings_of(schema, body).into_iter().map(|f| f.fingerprint).collect()
    };
    let map =
        "{type: object, additionalProperties: {type: object, properties: {n: {type: integer}}}}";
    let one = prints(map, r#"{"first":{"n":"x"}}"#);
    assert_eq!(one.len(), 1);
    assert_eq!(one, prints(map, r#"{"second":{"n":"y"}}"#));
    assert_eq!(one, prints(map, r#"{"12":{"n":"y"}}"#));
    let named =
        "{type: object, properties: {first: {type: object, properties: {n: {type: integer}}}}}";
    assert_ne!(one, prints(named, r#"{"first":{"n":"x"}}"#));
    // The same promise, written elsewhere.
    let inline = "{type: object, properties: {n: {type: integer}}}";
    let combined = "{allOf: [{properties: {n: {type: integer}}}]}";
    assert_eq!(prints(inline, r#"{"n":"x"}"#), prints(combined, r#"{"n":"x"}"#));
    assert_ne!(prints(inline, r#"{"n":"x"}"#), prints(inline, r#"{"n":null}"#));
}

#[test]
fn who_reads_a_message_decides_how_it_weighs() {
    let contract = payments();
    let known = contract.operation("createIntent").expect("known");
    let webhook = Operation { action: Action::Send, kind: Kind::Webhook, ..known.clone() };
    let told = |operation: &Operation, from: DescribedFrom, body: &str| -> Vec<String> {
        let mut sent = exchange("POST", URL, Some((FORM, body)), None);
        sent.request.headers.push(("orders-left".to_owned(), "3".to_owned()));
        let tolerances = Tolerances { described_from: from, ..Tolerances::default() };
        let found = check(&contract, operation, &sent, &tolerances);
        found.into_iter().map(|f| format!("{} {}: {}", f.class.word(), f.rule, f.message)).collect()
    };
    let body = "amount=1&currency=eur&color=red";
    let written =
        ["breaking request.body.undeclared: the request holds `color`, which is not allowed"];
    assert_eq!(told(known, DescribedFrom::Partner, body), written);
    let read = [
        "additive request.header.undeclared: the webhook has the header `orders-left`, which is not described",
        "additive request.body.undeclared: the webhook holds `color`, which is not described",
    ];
    assert_eq!(told(&webhook, DescribedFrom::Partner, body), read);
    // What the partner is told of by our own document it sends to us.
    let read = read.map(|line| line.replace("webhook", "request"));
    assert_eq!(told(known, DescribedFrom::Us, body), read);
    assert_eq!(
        told(&webhook, DescribedFrom::Us, body),
        written.map(|l| l.replace("request holds", "webhook holds"))
    );
}

#[test]
fn a_failure_under_a_status_of_success_is_told_in_each_of_its_forms() {
    let contract = answering("{type: object, properties: {email: {x-pii: true}}}");
    let operation = contract.operation("a").expect("known");
    let told = |declared: &str, status: u16, body: &str| -> Vec<String> {
        let said: FailureSaid = serde_json::from_str(declared).expect("a declaration");
        let failures = vec![said.meant().expect("a meaning")];
        let tolerances = Tolerances { failures, ..Tolerances::default() };
        let exchange = exchange("GET", "/a", None, Some((status, body)));
        let found = check(&contract, operation, &exchange, &tolerances);
        let found = found.iter().filter(|f| f.rule == "response.failure_inside");
        found
            .map(|f| format!("{}: {}, not {}", f.message_place.pointer, f.actual, f.expected))
            .collect()
    };
    for (declared, bad, good, expected) in [
        // Slack
        (
            r#"{"at":"$.ok","is":[false],"message":"$.error"}"#,
            r#"{"ok":false,"error":"x"}"#,
            r#"{"ok":true}"#,
            "/ok: false: \"x\", not $.ok is not false",
        ),
        // Sift
        (
            r#"{"at":"$.status","is_not":[0]}"#,
            r#"{"status":51}"#,
            r#"{"status":0}"#,
            "/status: 51, not $.status is 0",
        ),
        // Shopify
        (
            r#"{"at":"$.data.*.userErrors","filled":true,"message":"$.data.*.userErrors[0].message"}"#,
            r#"{"data":{"a":{"userErrors":[{"message":"taken"}]}}}"#,
            r#"{"data":{"a":{"userErrors":[]}}}"#,
            "/data/a/userErrors: an array of 1 item: \"taken\", not nothing at $.data.*.userErrors",
        ),
        // A count
        (
            r#"{"at":"$.failed","filled":true}"#,
            r#"{"failed":2}"#,
            r#"{"failed":0}"#,
            "/failed: 2, not nothing at $.failed",
        ),
        // Teams
        (
            r#"{"contains":"HTTP error 429"}"#,
            r#"{"m":"HTTP error 429"}"#,
            r#"{"m":"1"}"#,
            ": it does, not a body without `HTTP error 429`",
        ),
        (
            r#"{"at":"$.email","filled":true}"#,
            r#"{"email":"a@b"}"#,
            r#"{"email":""}"#,
            "/email: [redacted], not nothing at $.email",
        ),
    ] {
        assert_eq!(told(declared, 200, bad), [expected], "{declared}");
        assert_eq!(told(declared, 200, good), NOTHING, "{declared}");
        assert_eq!(told(declared, 200, "{}"), NOTHING, "nothing is there: {declared}");
        assert_eq!(told(declared, 400, bad), NOTHING, "the status says it: {declared}");
    }
    assert_eq!(
        told(r#"{"operations":["b"],"at":"$.ok","is":[false]}"#, 200, r#"{"ok":false}"#),
        NOTHING
    );
    for wrong in [
        r#"{"at":"$.ok"}"#,
        r#"{"at":"ok","is":[1]}"#,
        r#"{"contains":""}"#,
        r#"{"at":"$.a","is":[1],"filled":true}"#,
        r#"{"at":"$.a","filled":false}"#,
        r#"{"message":"$.a"}"#,
        r#"{"at":"$.a","is":[1],"contains":"x"}"#,
        r#"{"at":"$.ok","is":[1],"message":"x"}"#,
    ] {
        let said: FailureSaid = serde_json::from_str(wrong).expect("a declaration");
        assert!(said.meant().is_err(), "{wrong}");
    }
}

#[test]
fn a_wrong_declaration_in_a_contract_is_told_where_it_stands() {
    use crate::contract::fixture::message;
    let contract = read_text(
        "openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /a:
    get:
      operationId: a
      x-failure-inside: [{at: ok, is: [false]}, {at: $.ok, colour: red}]
      responses: {'200': {description: d}}
    put:
      operationId: b
      x-failure-inside: {at: $.ok}
      responses: {'200': {description: d}}
",
    )
    .expect("valid");
    let problems = Tolerances::default().with_declared(&contract).expect_err("wrong");
    let told: Vec<String> = problems.iter().map(message).collect();
    assert_eq!(told.len(), 3);
    assert!(
        told[0].starts_with("7:27 \"at\" a declares no failure | - | `ok` is not a JSONPath"),
        "{told:#?}"
    );
    assert!(told[1].contains("unknown field `colour`"), "{told:#?}");
    assert!(
        told[2].starts_with("11:7 \"x-failure-inside\" x-failure-inside is no list"),
        "{told:#?}"
    );
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
