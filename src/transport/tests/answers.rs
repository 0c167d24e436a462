//! Against wiremock: a partner that shares no code with us.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use time::{OffsetDateTime, format_description::BorrowedFormatItem, macros::format_description};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate, matchers::any};

use crate::{
    catalog::{
        Auth, Backoff, Effect, Environment, Integration, Jitter, Limits, Retry, RetryOn,
        sample as integration,
    },
    evidence::{Exchange, NoAnswer, Outcome, SafetyClass},
    transport::{
        Call, Credentials, Ledger, Pace, Secrets, Transport,
        testing::{call, settings, transport},
    },
};

/// Answers one after the other; the last one for good.
struct Sequence(Vec<ResponseTemplate>, AtomicU32);

impl Respond for Sequence {
    fn respond(&self, _: &Request) -> ResponseTemplate {
        let turn = self.1.fetch_add(1, Ordering::Relaxed) as usize;
        self.0[turn.min(self.0.len() - 1)].clone()
    }
}

async fn partner(answers: Vec<ResponseTemplate>) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(Sequence(answers, AtomicU32::new(0))).mount(&server).await;
    server
}

fn retrying(on: &[RetryOn]) -> Integration {
    let mut integration = integration("stripe.payments");
    integration.retry = Some(Retry {
        on: on.to_vec(),
        attempts: 3,
        backoff: Backoff {
            first: Duration::from_secs(1),
            cap: Duration::from_secs(8),
            jitter: Jitter::None,
        },
    });
    integration
}

fn create<'c>(integration: &'c Integration, base_url: &'c str, key: Option<&str>) -> Call<'c> {
    let mut call = call(integration, base_url);
    call.operation = "createPaymentIntent";
    call.effect = Effect::Writes;
    call.request.method = "POST".to_owned();
    call.request.body = Bytes::from_static(b"amount=2000");
    call.idempotency = key.map(|key| ("idempotency-key".to_owned(), key.to_owned()));
    call
}

fn statuses(exchange: &Exchange) -> Vec<u16> {
    exchange
        .attempts
        .iter()
        .map(|attempt| match &attempt.outcome {
            Outcome::Answer(answer) => answer.status,
            Outcome::NoAnswer(_) => 0,
        })
        .collect()
}

fn waited(exchange: &Exchange) -> Vec<f64> {
    exchange.attempts.iter().map(|attempt| attempt.waited_ms).collect()
}

#[tokio::test]
async fn what_was_sent_and_what_came_back_is_written_down() {
    let answer = ResponseTemplate::new(201)
        .insert_header("X-Request-Id", "req_1")
        .append_header("X-Many", "a")
        .append_header("X-Many", "b")
        .set_body_string("{\"id\":1}");
    let server = partner(vec![answer]).await;
    let integration = integration("stripe.payments");
    let (transport, ledger) = transport();
    let base = format!("{}/v1/", server.uri());
    let mut call = create(&integration, &base, Some("key_1"));
    call.request.path_and_query = "/payments?expand=a%20b".to_owned();
    call.request.headers = vec![
        ("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()),
        ("authorization".to_owned(), "Bearer somebody else's".to_owned()),
        ("content-length".to_owned(), "3".to_owned()),
    ];
    let exchange = transport.exchange(call).await;

    assert_eq!(exchange.request.url, format!("{}/v1/payments?expand=a%20b", server.uri()));
    let host = server.address().to_string();
    let user_agent = format!("probe/{}", env!("CARGO_PKG_VERSION"));
    let expected = [
        ("host", host.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
        ("user-agent", user_agent.as_str()),
        ("idempotency-key", "key_1"),
        ("authorization", "Bearer [redacted]"),
        ("content-length", "11"),
    ];
    let shown: Vec<(&str, &str)> =
        exchange.request.headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    assert_eq!(shown, expected);

    let received = server.received_requests().await.unwrap().remove(0);
    assert_eq!(received.url.path(), "/v1/payments");
    assert_eq!(received.body, b"amount=2000");
    let Auth::Bearer { secret } = &integration.auth else { panic!("a bearer record") };
    let token = format!("Bearer {}", Secrets::derived(1, secret).expose());
    for (name, value) in expected {
        let value = if name == "authorization" { &token } else { value };
        let values: Vec<_> = received.headers.get_all(name).iter().collect();
        assert_eq!(values, [value], "{name}");
    }
    assert_eq!(received.headers.len(), expected.len(), "nothing was sent that is not shown");

    let answer = exchange.response().unwrap();
    assert_eq!(answer.status, 201);
    assert_eq!(answer.header("x-request-id"), Some("req_1"));
    let many: Vec<&str> =
        answer.headers.iter().filter(|(n, _)| n == "x-many").map(|(_, v)| v.as_str()).collect();
    assert_eq!(many, ["a", "b"]);
    assert_eq!(answer.body.bytes().unwrap(), "{\"id\":1}");

    let attempt = exchange.last();
    assert_eq!(attempt.idempotency_key.as_deref(), Some("key_1"));
    assert!(!attempt.phases.reused && attempt.phases.dns.is_none());
    assert!(attempt.phases.connect.is_some() && attempt.phases.wait.is_some());
    let sum = attempt.phases.connect.unwrap() + attempt.phases.wait.unwrap();
    assert!(sum <= attempt.took_ms + 1.0, "{attempt:?}");
    assert_eq!(ledger.total("stripe.payments"), 1);
    assert!(!format!("{exchange:?}{transport:?}").contains(&token[7..]));
}

#[tokio::test]
async fn a_connection_is_used_again_and_names_are_resolved() {
    let server = partner(vec![ResponseTemplate::new(200)]).await;
    let integration = integration("a");
    let (transport, _) = transport();
    let base = format!("http://localhost:{}", server.address().port());
    let first = transport.exchange(call(&integration, &base)).await;
    let second = transport.exchange(call(&integration, &base)).await;
    assert!(first.last().phases.dns.is_some() && first.last().phases.connect.is_some());
    assert!(second.last().phases.reused);
    assert!(second.last().phases.dns.is_none() && second.last().phases.connect.is_none());
    let apart = transport.isolated().exchange(call(&integration, &base)).await;
    assert!(!apart.last().phases.reused, "an isolated transport has connections of its own");
}

#[tokio::test]
async fn credentials_can_be_wrong_or_missing() {
    let server = partner(vec![ResponseTemplate::new(401)]).await;
    let integration = integration("a");
    let (transport, ledger) = transport();
    let base = server.uri();
    for credentials in [Credentials::Ours, Credentials::Wrong, Credentials::Missing] {
        transport.exchange(Call { credentials, ..call(&integration, &base) }).await;
    }
    let received = server.received_requests().await.unwrap();
    let sent: Vec<Option<&str>> = received
        .iter()
        .map(|request| request.headers.get("authorization").map(|value| value.to_str().unwrap()))
        .collect();
    assert!(sent[0].unwrap().starts_with("Bearer probe_"));
    assert!(sent[1].unwrap().starts_with("Bearer wrong_"));
    assert_eq!(sent[2], None);
    assert_eq!((ledger.total("a"), ledger.total("a (wrong)")), (1, 1));
}

#[tokio::test]
async fn throttling_is_waited_out_with_one_key() {
    let throttled = ResponseTemplate::new(429);
    let server = partner(vec![
        throttled.clone().insert_header("retry-after", "2.5"),
        throttled,
        ResponseTemplate::new(200),
    ])
    .await;
    let mut integration = retrying(&[RetryOn::Throttled]);
    integration.limits = Limits { rate: Some(25.0), burst: 10, ..Limits::default() };
    let (transport, _) = transport();
    let base = server.uri();
    let exchange = transport.exchange(create(&integration, &base, Some("key_1"))).await;

    assert_eq!(statuses(&exchange), [429, 429, 200]);
    assert_eq!(waited(&exchange), [0.0, 2500.0, 2000.0]);
    let asked: Vec<_> = exchange.attempts.iter().map(|a| a.asked_wait_ms).collect();
    assert_eq!(asked, [Some(2500.0), None, None]);
    let throttled: Vec<_> = exchange.attempts.iter().map(|a| a.throttled).collect();
    assert_eq!(throttled, [true, true, false]);
    // The waits are nominal seconds, and so is the ledger's second.
    let used: Vec<_> = exchange.attempts.iter().map(|a| a.limit_used.unwrap()).collect();
    assert_eq!(used, [1.0 / 35.0; 3], "25 a second and a burst of 10");
    assert!(exchange.nominal_ms() >= 4500.0);
    let real: f64 = exchange.attempts.iter().map(|a| a.took_ms).sum();
    assert!(real < 4500.0);

    let received = server.received_requests().await.unwrap();
    for request in &received {
        assert_eq!(request.headers.get("idempotency-key").unwrap(), "key_1");
        assert_eq!(request.body, b"amount=2000");
    }
    assert_eq!(received.len(), 3);
}

#[tokio::test]
async fn a_date_is_waited_for_by_the_partners_clock() {
    const IMF: &[BorrowedFormatItem<'_>] = format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    // The partner's clock is an hour behind ours: only its own Date makes sense of it.
    let theirs = OffsetDateTime::from(SystemTime::now()) - time::Duration::HOUR;
    let shown = |at: OffsetDateTime| at.format(IMF).unwrap();
    let server = partner(vec![
        ResponseTemplate::new(503)
            .insert_header("date", shown(theirs))
            .insert_header("retry-after", shown(theirs + time::Duration::seconds(7))),
        ResponseTemplate::new(200),
    ])
    .await;
    let integration = retrying(&[RetryOn::ServerError]);
    let (transport, _) = transport();
    let exchange = transport.exchange(call(&integration, &server.uri())).await;
    assert_eq!(statuses(&exchange), [503, 200]);
    assert_eq!(waited(&exchange), [0.0, 7000.0]);
}

#[tokio::test]
async fn a_partner_that_asks_for_hours_is_not_waited_for() {
    let server =
        partner(vec![ResponseTemplate::new(429).insert_header("retry-after", "86400")]).await;
    let integration = retrying(&[RetryOn::Throttled]);
    let (transport, _) = transport();
    let exchange = transport.exchange(call(&integration, &server.uri())).await;
    assert_eq!(statuses(&exchange), [429]);
    assert_eq!(exchange.last().asked_wait_ms, Some(86_400_000.0));
}

#[tokio::test]
async fn a_write_without_a_key_is_not_repeated_after_a_server_error() {
    let server = partner(vec![ResponseTemplate::new(500), ResponseTemplate::new(200)]).await;
    let integration = retrying(&[RetryOn::ServerError, RetryOn::Throttled]);
    let (transport, _) = transport();
    let base = server.uri();
    let once = transport.exchange(create(&integration, &base, None)).await;
    assert_eq!(statuses(&once), [500]);
    server.reset().await;
    let answers = vec![ResponseTemplate::new(500), ResponseTemplate::new(200)];
    Mock::given(any()).respond_with(Sequence(answers, AtomicU32::new(0))).mount(&server).await;
    let keyed = transport.exchange(create(&integration, &base, Some("k"))).await;
    assert_eq!(statuses(&keyed), [500, 200]);
}

#[tokio::test]
async fn nothing_is_repeated_that_the_record_does_not_list() {
    let server = partner(vec![ResponseTemplate::new(500)]).await;
    let (transport, _) = transport();
    let base = server.uri();
    let silent = integration("a");
    assert_eq!(statuses(&transport.exchange(call(&silent, &base)).await), [500]);
    let other = retrying(&[RetryOn::Throttled, RetryOn::Timeout]);
    assert_eq!(statuses(&transport.exchange(call(&other, &base)).await), [500]);
}

#[tokio::test]
async fn the_rate_of_the_record_holds_and_the_ledger_tells() {
    let server = partner(vec![ResponseTemplate::new(200)]).await;
    let mut integration = integration("a");
    integration.limits = Limits { rate: Some(0.1), burst: 2, ..Limits::default() };
    let (transport, ledger) = transport();
    let base = server.uri();
    let mut waits = Vec::new();
    for _ in 0..4 {
        let exchange = transport.exchange(call(&integration, &base)).await;
        waits.push(exchange.last().waited_ms);
        assert!(exchange.nominal_ms() < 5_000.0, "what we held back is no slowness of the partner");
    }
    assert_eq!(waits[..2], [0.0, 0.0]);
    assert!(waits[2..].iter().all(|wait| (5_000.0..=10_000.0).contains(wait)), "{waits:?}");
    // Each scenario has a stand-in of its own in class `mock`, so a fresh limit.
    let apart = transport.isolated().exchange(call(&integration, &base)).await;
    assert!(apart.last().waited_ms < f64::EPSILON);
    assert_eq!(apart.last().limit_used, Some(1.0 / 2.1));
    assert_eq!(ledger.total("a"), 5);
}

#[tokio::test]
async fn only_so_many_requests_are_under_way_at_a_time() {
    struct Slow;
    impl Respond for Slow {
        fn respond(&self, _: &Request) -> ResponseTemplate {
            ResponseTemplate::new(200).set_delay(Duration::from_millis(30))
        }
    }
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(Slow).mount(&server).await;
    let mut integration = integration("a");
    integration.limits.concurrency = 2;
    let (transport, _) = transport();
    let base = server.uri();
    let calls = (0..6).map(|_| transport.exchange(call(&integration, &base)));
    let exchanges = futures::future::join_all(calls).await;
    let mut moments: Vec<(f64, i32)> = Vec::new();
    for exchange in &exchanges {
        let attempt = exchange.last();
        moments.push((attempt.at_ms, 1));
        moments.push((attempt.at_ms + attempt.took_ms, -1));
    }
    moments.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut under_way = 0;
    for (_, change) in moments {
        under_way += change;
        assert!(under_way <= 2);
    }
}

#[tokio::test]
async fn writes_against_a_live_environment_need_the_leave_of_record_and_operator() {
    let server = partner(vec![ResponseTemplate::new(200)]).await;
    let mut integration = integration("a");
    integration.auth = Auth::None;
    let base = server.uri();
    let ledger = Arc::new(Ledger::default());
    let live = |allow_writes| {
        let settings = super::super::TransportSettings {
            class: SafetyClass::Live,
            pace: Pace::REAL,
            environment: "production".to_owned(),
            allow_writes,
            ..settings()
        };
        Transport::new(settings, Arc::clone(&ledger))
    };
    let why = async |integration: &Integration, allow_writes| {
        let refused = live(allow_writes).exchange(create(integration, &base, None)).await;
        assert_eq!(refused.request.method, "POST");
        match refused.no_answer() {
            Some(NoAnswer::NotSent { detail }) => detail.clone(),
            other => panic!("{other:?}"),
        }
    };
    let by_record = "createPaymentIntent writes, and the environment is live: the record of a \
                     does not allow writes there (`allow_writes: true`)";
    // The flag alone is not enough, and neither is the record alone.
    assert_eq!(why(&integration, true).await, by_record);
    let production = Environment { class: SafetyClass::Live, base_url: None, allow_writes: true };
    integration.environments.insert("production".to_owned(), production);
    assert_eq!(
        why(&integration, false).await,
        "createPaymentIntent writes, and the environment is live: writes there must be allowed \
         by --allow-writes too"
    );
    assert_eq!(statuses(&live(false).exchange(call(&integration, &base)).await), [200]);
    assert_eq!(statuses(&live(true).exchange(create(&integration, &base, None)).await), [200]);
    assert_eq!(ledger.total("a"), 2);
}

#[tokio::test]
async fn what_cannot_be_sent_says_why() {
    let bearer = integration("a");
    let mut settings = settings();
    settings.class = SafetyClass::Test;
    settings.secrets.class = SafetyClass::Test;
    let transport = Transport::new(settings, Arc::default());
    let mut missing = bearer.clone();
    missing.auth = Auth::Bearer {
        secret: crate::catalog::SecretName::Env("PROBE_TEST_NO_SUCH_VARIABLE".to_owned()),
    };
    let mut unsigned = bearer;
    unsigned.auth = Auth::None;
    let why = async |integration: &Integration, base: &str, change: fn(&mut Call<'_>)| {
        let mut call = call(integration, base);
        change(&mut call);
        let exchange = transport.exchange(call).await;
        assert!(!exchange.request.url.contains("hunter2"), "{}", exchange.request.url);
        match exchange.no_answer() {
            Some(NoAnswer::NotSent { detail }) => detail.clone(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        why(&missing, "http://127.0.0.1:9", |_| ()).await,
        "the secret env:PROBE_TEST_NO_SUCH_VARIABLE is not set"
    );
    assert_eq!(
        why(&unsigned, "ftp://partner.example", |_| ()).await,
        "ftp://partner.example/thing is neither an http nor an https URL"
    );
    assert_eq!(
        why(&unsigned, "https://user:hunter2@partner.example", |_| ()).await,
        "the base URL of a holds credentials; name them under auth instead"
    );
    assert_eq!(
        why(&unsigned, "http://127.0.0.1:9", |call| call.request.method = "G T".to_owned()).await,
        "\"G T\" is not an HTTP method"
    );
    let header = why(&unsigned, "http://127.0.0.1:9", |call| {
        call.request.headers.push(("x-note".to_owned(), "a\nb".to_owned()));
    });
    assert_eq!(header.await, "the value of the header field x-note holds a control character");
}
