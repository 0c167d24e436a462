use std::{sync::Arc, time::Duration};

use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use super::{MOCK, MockFile, OPENAPI, Partner, RECORD, parse, workspace, workspace_of};
use crate::{
    contract::{self, Tolerances, codec},
    evidence::{self, Outcome, Secret},
    mock::{Drift, Fault, FaultKind, StandIn, serve},
    transport::{Inserted, Pace, listener::Received},
};

/// Status and body.
async fn said(request: RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// Status and error code.
async fn code(request: RequestBuilder) -> (u16, String) {
    let (status, body) = said(request).await;
    (status, body["error"]["code"].as_str().unwrap_or_default().to_owned())
}

pub(super) fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

fn received(method: &str, path: &str) -> Received {
    Received {
        method: method.to_owned(),
        path: path.to_owned(),
        query: String::new(),
        headers: Vec::new(),
        body: bytes::Bytes::new(),
        peer: ([127, 0, 0, 1], 1).into(),
    }
}

fn fault(kind: FaultKind, left: Option<u32>) -> Fault {
    Fault { kind, left, operation: None }
}

#[tokio::test]
async fn a_payment_is_created_fetched_captured_and_refunded() {
    let partner = Partner::whole().await;
    let body = json!({"amount": 2000, "currency": "sek", "method": "visa"});
    let (status, payment) = said(partner.create(&body)).await;
    // `pi_1` is a seed: the first free number is 2.
    let mut expected = json!({
        "id": "pi_2", "amount": 2000, "currency": "sek", "method": "visa", "captured": 0,
        "status": "requires_capture", "refunded": false
    });
    assert_eq!((status, &payment), (200, &expected));
    assert_eq!(said(partner.get("/v1/payments/pi_2")).await, (200, expected.clone()));

    // A capture answers in its own form; what it does not know is left out.
    let captured = json!({"id": "pi_2", "captured": 2000, "status": "succeeded"});
    assert_eq!(said(partner.post("/v1/payments/pi_2/capture")).await, (200, captured));
    expected["status"] = json!("succeeded");
    expected["captured"] = json!(2000);
    assert_eq!(said(partner.get("/v1/payments/pi_2")).await, (200, expected.clone()));
    let twice = code(partner.post("/v1/payments/pi_2/capture")).await;
    assert_eq!(twice, (400, "unexpected_state".to_owned()));

    let refund = partner.post("/v1/refunds").form(&[("payment", "pi_2"), ("amount", "500")]);
    let expected_refund = json!({"id": "re_1", "payment": "pi_2", "amount": 500});
    assert_eq!(said(refund).await, (200, expected_refund));
    let whole = partner.post("/v1/refunds").form(&[("payment", "pi_123")]);
    assert_eq!(said(whole).await.1, json!({"id": "re_2", "payment": "pi_123", "amount": 100}));
    expected["refunded"] = json!(true);
    assert_eq!(said(partner.get("/v1/payments/pi_2")).await, (200, expected));

    let running = &partner.running;
    assert_eq!(running.holds("payment"), Ok(1));
    assert_eq!(running.holds("refunds"), Ok(2));
    assert_eq!(
        running.holds("parcel"),
        Err("the stand-in holds no `parcel`; known are payment, refund".to_owned())
    );
    assert_eq!(running.received("GetPayment"), 3);
    assert_eq!(running.received("capturePayment"), 2);
    assert_eq!(running.received("CapturePayment"), 2);
    assert_eq!(running.received("nothing"), 0);
}

#[tokio::test]
async fn conditions_decide_in_order() {
    let partner = Partner::whole().await;
    let declined = partner.create(&json!({"amount": 1, "method": "declined"}));
    assert_eq!(code(declined).await, (402, "card_declined".to_owned()));
    let poor = partner.create(&json!({"amount": 1, "method": "poor"})).send().await.unwrap();
    assert_eq!(header(&poor, "x-reason"), "poor 2");
    assert_eq!(header(&poor, "request-id"), "req_2");
    // A template in an example is the partner's own text.
    assert_eq!(poor.json::<Value>().await.unwrap()["error"]["message"], "{{ no template }}");
    let automatic = partner.create(&json!({"amount": 30, "capture": "automatic"}));
    let (_, payment) = said(automatic).await;
    assert_eq!((&payment["status"], &payment["captured"]), (&json!("succeeded"), &json!(30)));
    assert_eq!(partner.running.holds("payments"), Ok(1));
}

#[tokio::test]
async fn requests_are_refused_in_the_partners_words() {
    let partner = Partner::whole().await;
    let url = format!("{}/v1/payments/pi_123", partner.running.base_url());
    let unsigned = partner.client.get(&url);
    assert_eq!(code(unsigned).await, (401, "invalid_key".to_owned()));
    let wrong = partner.client.get(&url).bearer_auth("sk_other");
    assert_eq!(code(wrong).await, (401, "invalid_key".to_owned()));
    assert_eq!(code(partner.get("/v1/payments/pi_99")).await, (404, "missing".to_owned()));
    let refund = partner.post("/v1/refunds").form(&[("payment", "pi_99")]);
    assert_eq!(code(refund).await, (404, "missing".to_owned()));
    let refund = partner.post("/v1/refunds").form(&[("payment", "pi_1")]);
    assert_eq!(code(refund).await, (400, "unexpected_state".to_owned()));
    let invalid = (400, "parameter_missing".to_owned());
    assert_eq!(code(partner.create(&json!({"currency": "eur"}))).await, invalid);
    assert_eq!(code(partner.create(&json!({"amount": "many"}))).await, invalid);
    assert_eq!(code(partner.post("/v1/payments")).await, invalid);
    let broken = partner.post("/v1/payments").header("content-type", "application/json").body("{");
    assert_eq!(code(broken).await, invalid);

    let journal = partner.running.journal();
    let refused = |n: usize| journal[n].refused.as_deref().unwrap_or_default();
    assert_eq!(refused(0), "the header field authorization is missing");
    assert_eq!(refused(1), "the header field authorization does not hold our credentials");
    assert_eq!(refused(2), r#"there is no payment "pi_99""#);
    assert_eq!(refused(4), r#"the payment "pi_1" is "requires_capture", not succeeded"#);
    assert!(refused(5).contains("amount"), "{}", refused(5));
    assert_eq!(journal[5].operation.as_deref(), Some("createPayment"));
    assert_eq!(journal[5].status, Some(400));
}

#[tokio::test]
async fn a_request_that_the_record_bears_is_not_refused() {
    let waiver = |expires: &str| {
        let place = "#/paths/~1v1~1payments/post/requestBody";
        let rest = format!("reason: they take it, owner: payments, expires: {expires}");
        format!("{RECORD}tolerate:\n  - {{at: '{place}', rule: body.bounds, {rest}}}\n")
    };
    let today = Some("2026-11-20".to_owned());
    for (expires, status) in [("2027-01-31", 200), ("2026-01-31", 400)] {
        let (record, contract) = workspace_of(&waiver(expires), OPENAPI);
        let tolerances = Tolerances { today: today.clone(), ..record.tolerances.clone() };
        let secrets = [Secret::new("env:ACME_KEY", "sk_test")];
        let mock = parse(MOCK).unwrap();
        let stand_in = StandIn::new(&record, contract, tolerances, &mock, &secrets, 1).unwrap();
        let running = Arc::new(stand_in).start(Inserted::new(Pace::REAL)).await.unwrap();
        let partner = Partner::of(running);
        assert_eq!(said(partner.create(&json!({"amount": 0}))).await.0, status, "{expires}");
        // Nothing else is borne.
        assert_eq!(said(partner.create(&json!({"amount": "many"}))).await.0, 400);
    }
}

#[tokio::test]
async fn an_unknown_route_is_explained() {
    let partner = Partner::whole().await;
    let answer = partner.get("/v1/paymnts").send().await.unwrap();
    assert_eq!(answer.status(), 404);
    assert_eq!(header(&answer, "content-type"), "application/problem+json");
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["title"], "no such operation");
    let detail = body["detail"].as_str().unwrap();
    assert!(detail.contains("/v1/payments"), "{detail}");
    assert_eq!(partner.running.journal()[0].operation, None);
}

#[tokio::test]
async fn throttling_and_statuses_come_in_the_order_armed() {
    let partner = Partner::whole().await;
    partner.running.arm(Fault {
        operation: Some("GetPayment".to_owned()),
        ..fault(FaultKind::Status(503), Some(1))
    });
    partner.running.arm(fault(FaultKind::Throttle, Some(2)));
    partner.running.arm(fault(FaultKind::Status(500), Some(1)));
    partner.running.arm(Fault {
        operation: Some("createRefund".to_owned()),
        ..fault(FaultKind::Throttle, Some(2))
    });
    let create = || partner.create(&json!({"amount": 1}));
    let throttled = create().send().await.unwrap();
    assert_eq!((throttled.status().as_u16(), header(&throttled, "retry-after")), (429, "2"));
    assert_eq!(throttled.json::<Value>().await.unwrap()["error"]["code"], "rate_limit");
    // No answer of the operation is documented for 503: the status, and an empty error.
    assert_eq!(said(partner.get("/v1/payments/pi_1")).await, (503, json!({})));
    assert_eq!(code(create()).await.0, 429);
    assert_eq!(code(create()).await, (500, "broken".to_owned()));
    assert_eq!(said(create()).await.0, 200);
    assert_eq!(partner.running.never_fired(), ["throttle the next 2 calls of createRefund"]);
    let journal = partner.running.journal();
    assert_eq!(journal[0].fault.as_deref(), Some("throttle the next 2 calls"));
    assert_eq!(journal[4].fault, None);
}

#[tokio::test]
async fn silence_does_what_was_asked_and_a_repeat_learns_it() {
    let partner = Partner::whole().await;
    partner.running.arm(fault(FaultKind::Silence, Some(1)));
    let body = json!({"amount": 2000});
    let create = || partner.create(&body).header("idempotency-key", "k1");
    let mut silent = tokio::spawn(create().send());
    while partner.running.holds("payment") == Ok(0) {
        tokio::task::yield_now().await;
    }
    let waited = tokio::time::timeout(Duration::from_millis(50), &mut silent).await;
    assert!(waited.is_err(), "an answer came: {waited:?}");
    silent.abort();

    let repeated = create().send().await.unwrap();
    assert_eq!(repeated.status(), 200);
    assert_eq!(header(&repeated, "idempotent-replayed"), "true");
    assert_eq!(header(&repeated, "request-id"), "req_2");
    assert_eq!(repeated.json::<Value>().await.unwrap()["id"], "pi_2");
    assert_eq!(partner.running.holds("payment"), Ok(1));

    let other = partner.create(&json!({"amount": 2001})).header("idempotency-key", "k1");
    assert_eq!(code(other).await, (400, "idempotency_error".to_owned()));
    let elsewhere = partner.post("/v1/payments/pi_2/capture").header("idempotency-key", "k1");
    assert_eq!(code(elsewhere).await, (400, "idempotency_error".to_owned()));
    let journal = partner.running.journal();
    assert_eq!(journal[0].status, None);
    assert_eq!(journal[0].fault.as_deref(), Some("stay silent for the next call"));
}

#[tokio::test]
async fn success_answers_drift_in_four_ways() {
    let partner = Partner::whole().await;
    let drifts = [
        Drift::Missing("/currency".to_owned()),
        Drift::New("/surprise".to_owned()),
        Drift::OtherType("/amount".to_owned()),
        Drift::UnknownValue("/status".to_owned()),
        Drift::Missing("/nowhere".to_owned()),
    ];
    for drift in drifts {
        let operation = Some("GetPayment".to_owned());
        partner.running.arm(Fault { kind: FaultKind::Drift(drift), left: None, operation });
    }
    let (_, created) = said(partner.create(&json!({"amount": 5}))).await;
    assert_eq!(created["status"], "requires_capture");
    assert_eq!(code(partner.get("/v1/payments/pi_99")).await.0, 404);
    for _ in 0..2 {
        let (status, body) = said(partner.get("/v1/payments/pi_2")).await;
        assert_eq!(status, 200);
        assert_eq!(
            body,
            json!({
                "id": "pi_2", "amount": "5", "method": null, "captured": 0,
                "status": "probe_unknown_value", "refunded": false,
                "surprise": "probe_new_member"
            })
        );
    }
    assert_eq!(partner.running.never_fired(), ["drift of GetPayment: /nowhere is missing"]);
    assert_eq!(said(partner.create(&json!({"amount": 5}))).await.1["status"], "requires_capture");
}

#[tokio::test]
async fn a_contract_alone_is_enough() {
    let partner = Partner::start(&MockFile::default()).await;
    let (status, body) = said(partner.create(&json!({"amount": 7}))).await;
    assert_eq!((status, &body["id"]), (200, &json!("pi_example")));
    assert_eq!(body["amount"], 100, "the documented example, as it is");
    assert_eq!(said(partner.get("/v1/payments/any")).await, (200, body));
    let unsigned = partner.client.get(format!("{}/v1/payments/any", partner.running.base_url()));
    assert_eq!(code(unsigned).await, (401, "no_key".to_owned()));
    assert_eq!(code(partner.create(&json!({}))).await, (400, "parameter_missing".to_owned()));
    partner.running.arm(fault(FaultKind::Throttle, None));
    let throttled = partner.create(&json!({"amount": 7})).send().await.unwrap();
    assert_eq!((throttled.status().as_u16(), header(&throttled, "retry-after")), (429, ""));
    assert_eq!(
        partner.running.holds("payment"),
        Err("the stand-in holds no `payment`: its mock file declares no resources".to_owned())
    );
}

#[tokio::test]
async fn each_one_in_service_has_a_state_of_its_own() {
    let (one, other) = (Partner::whole().await, Partner::whole().await);
    said(one.create(&json!({"amount": 1}))).await;
    assert_eq!((one.running.holds("payment"), other.running.holds("payment")), (Ok(1), Ok(0)));
    let url = one.running.base_url().to_owned();
    drop(one.running);
    let closed = other.client.get(format!("{url}/v1/payments/pi_1")).send().await;
    assert!(closed.is_err());
}

#[tokio::test]
async fn a_mock_file_that_cannot_be_followed_says_so() {
    let text = "operations: {createPayment: {set: {currency: \"{{ body.currency + 1 }}\"}}}";
    let partner = Partner::start(&parse(text).unwrap()).await;
    let (status, body) = said(partner.create(&json!({"amount": 1, "currency": "eur"}))).await;
    assert_eq!((status, &body["title"]), (500, &json!("the mock file cannot be followed")));
    let detail = body["detail"].as_str().unwrap();
    assert!(detail.starts_with("`body.currency + 1` cannot be evaluated: "), "{detail}");
}

#[tokio::test]
async fn answers_keep_the_contract() {
    let partner = Partner::whole().await;
    let (_, contract) = workspace();
    let calls = [
        partner.create(&json!({"amount": 3, "method": "visa", "currency": "eur"})),
        partner.create(&json!({"amount": 3, "method": "poor"})),
        partner.create(&json!({"amount": 0})),
        partner.get("/v1/payments/pi_2"),
        partner.get("/v1/payments/pi_7"),
        partner.post("/v1/payments/pi_2/capture"),
        partner.post("/v1/payments/pi_2/capture"),
        partner.post("/v1/refunds").form(&[("payment", "pi_2")]),
        partner.get("/v1/payments/pi_2"),
        partner.client.get(format!("{}/v1/payments/pi_2", partner.running.base_url())),
    ];
    for call in calls {
        let request = call.try_clone().unwrap().build().unwrap();
        let (method, path) = (request.method().to_string(), request.url().path().to_owned());
        let answer = call.send().await.unwrap();
        let op = codec::find(&contract, &method, &path).unwrap().operation;
        let status = answer.status().as_u16();
        let spec = op.response(status).unwrap();
        let media = codec::media_type(&spec.content, header(&answer, "content-type")).unwrap();
        let bytes = answer.bytes().await.unwrap();
        let response = evidence::Response {
            status,
            headers: vec![("content-type".to_owned(), media.name.clone())],
            body: evidence::Body::whole(bytes),
        };
        let mut exchange = serve::exchange(op, &received(&method, &path));
        exchange.attempts[0].outcome = Outcome::Answer(response);
        let findings = contract::check(&contract, op, &exchange, &Tolerances::default());
        let answers =
            |f: &&evidence::Finding| f.message_place.part == evidence::MessagePart::Response;
        assert_eq!(findings.iter().filter(answers).count(), 0, "{method} {path}: {findings:#?}");
    }
}
