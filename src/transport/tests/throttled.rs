//! Throttling that is not a 429, and waits that are not a `Retry-After`.

use serde_json::{Value, json};
use serde_json_path::JsonPath;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use crate::{
    catalog::{
        Backoff, Integration, Jitter, Limits, Mark, Retry, RetryOn, Throttling, WaitBy,
        sample as integration,
    },
    evidence::{Attempt, Exchange},
    transport::testing::{call, transport},
};

fn path(text: &str) -> JsonPath {
    JsonPath::parse(text).unwrap()
}

/// A partner that says no under status 200, and tells by its points how long to wait.
fn graphql() -> Integration {
    let mut integration = integration("shop.graphql");
    let at = path("$.errors[*].extensions.code");
    let mark = Some(Mark::Json { at, is: vec![json!("THROTTLED")] });
    integration.limits = Limits {
        rate: Some(10.0),
        throttled_by: vec![Throttling { status: 200, mark }],
        wait_by: vec![
            WaitBy::Reset { header: "x-reset".to_owned() },
            WaitBy::Points {
                needed: path("$.extensions.cost.needed"),
                left: path("$.extensions.cost.left"),
                per_second: path("$.extensions.cost.rate"),
            },
        ],
        ..Limits::default()
    };
    integration.retry = Some(Retry {
        on: vec![RetryOn::Throttled],
        attempts: 3,
        backoff: Backoff { jitter: Jitter::None, ..Backoff::default() },
    });
    integration
}

async fn exchange(integration: &Integration, answers: Vec<ResponseTemplate>) -> Exchange {
    let server = MockServer::start().await;
    for answer in answers {
        Mock::given(any()).respond_with(answer).up_to_n_times(1).mount(&server).await;
    }
    let (transport, _) = transport();
    transport.exchange(call(integration, &server.uri())).await
}

fn throttled(cost: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({
        "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
        "extensions": {"cost": cost},
    }))
}

fn served() -> ResponseTemplate {
    ResponseTemplate::new(200)
        .insert_header("x-reset", "60")
        .set_body_json(json!({"data": {"orders": []}}))
}

fn of<T>(exchange: &Exchange, what: impl Fn(&Attempt) -> T) -> Vec<T> {
    exchange.attempts.iter().map(what).collect()
}

#[tokio::test]
async fn a_refusal_under_200_is_waited_out_by_its_points() {
    let first = throttled(&json!({"needed": 52, "left": 2, "rate": 100.0}));
    let second = throttled(&json!({"needed": 52, "left": 2, "rate": "soon"}));
    let exchange = exchange(&graphql(), vec![first, second, served()]).await;
    assert_eq!(of(&exchange, |a| a.throttled), [true, true, false]);
    assert_eq!(of(&exchange, |a| a.asked_wait_ms), [Some(500.0), None, None]);
    assert_eq!(of(&exchange, |a| a.waited_ms), [0.0, 500.0, 2000.0]);
    assert!(exchange.attempts.iter().all(|a| a.limit_used.unwrap() < 1.0));
}

#[tokio::test]
async fn a_reset_that_stands_on_every_answer_counts_only_where_we_are_throttled() {
    let first = throttled(&json!(null)).insert_header("x-reset", "3");
    let exchange = exchange(&graphql(), vec![first, served()]).await;
    assert_eq!(of(&exchange, |a| a.asked_wait_ms), [Some(3000.0), None]);
    assert_eq!(of(&exchange, |a| a.waited_ms), [0.0, 3000.0]);
}

#[tokio::test]
async fn another_error_under_200_is_no_throttling() {
    let denied = ResponseTemplate::new(200)
        .set_body_json(json!({"errors": [{"extensions": {"code": "ACCESS_DENIED"}}]}));
    let exchange = exchange(&graphql(), vec![denied, served()]).await;
    assert_eq!(of(&exchange, |a| a.throttled), [false]);
}

#[tokio::test]
async fn points_that_come_back_in_hours_are_not_waited_for() {
    let hours = throttled(&json!({"needed": 1000, "left": 0, "rate": 0.1}));
    let exchange = exchange(&graphql(), vec![hours, served()]).await;
    assert_eq!(of(&exchange, |a| a.asked_wait_ms), [Some(10_000_000.0)]);
    assert_eq!(of(&exchange, |a| a.throttled), [true]);
}
