//! Faults as an independent client meets them: what came, and what was done.

use std::time::Duration;

use serde_json::json;

use super::{MOCK, Partner, parse, stand_in};
use crate::{
    mock::{Fault, FaultKind, Moment},
    transport::{Inserted, Pace},
};

/// What a client got.
#[derive(Debug, PartialEq)]
enum Got {
    /// Status, media type, and the size of the body.
    Answer(u16, String, usize),
    /// A status, and a body that did not come whole.
    Half(u16),
    Nothing,
}

async fn get(request: reqwest::RequestBuilder) -> Got {
    let Ok(answer) = request.send().await else { return Got::Nothing };
    let status = answer.status().as_u16();
    let media = answer.headers().get("content-type").and_then(|media| media.to_str().ok());
    let media = media.unwrap_or_default().to_owned();
    match answer.bytes().await {
        Ok(body) => Got::Answer(status, media, body.len()),
        Err(_) => Got::Half(status),
    }
}

fn once(kind: FaultKind) -> Fault {
    Fault { kind, left: Some(1), operation: None }
}

#[tokio::test]
async fn each_fault_does_what_it_says_and_no_more() {
    let partner = Partner::whole().await;
    let mut held = 0;
    let mut meets = async |kind: FaultKind| {
        partner.running.arm(once(kind));
        let got = get(partner.create(&json!({"amount": 5}))).await;
        let holds = partner.running.holds("payment").unwrap();
        let done = holds - std::mem::replace(&mut held, holds);
        (got, done)
    };
    let page = |status, size| Got::Answer(status, "text/html; charset=utf-8".to_owned(), size);
    let json = |size| Got::Answer(200, "application/json".to_owned(), size);
    assert_eq!(meets(FaultKind::Reset(Moment::BeforeActing)).await, (Got::Nothing, 0));
    assert_eq!(meets(FaultKind::Reset(Moment::BeforeAnswering)).await, (Got::Nothing, 1));
    assert_eq!(meets(FaultKind::Reset(Moment::InHead)).await, (Got::Nothing, 1));
    assert_eq!(meets(FaultKind::Reset(Moment::InBody)).await, (Got::Half(200), 1));
    assert_eq!(meets(FaultKind::CutShort).await, (Got::Half(200), 1));
    assert_eq!(meets(FaultKind::Page).await, (page(200, 128), 0));
    assert_eq!(meets(FaultKind::Maintenance).await, (page(503, 111), 0));
    assert_eq!(meets(FaultKind::Megabytes(50)).await, (json(50_000_000), 0));
    assert_eq!(meets(FaultKind::Levels(10_000)).await, (json(20_000), 0));
    assert_eq!(meets(FaultKind::InvalidUtf8).await, (json(15), 0));
    let (got, done) = meets(FaultKind::MediaType("text/csv".to_owned())).await;
    assert!(matches!(&got, Got::Answer(200, media, 1..) if media == "text/csv"), "{got:?}");
    assert_eq!(done, 1);
    assert_eq!(partner.running.never_fired(), Vec::<String>::new());
    let journal = partner.running.journal();
    let told = |at: usize| (journal[at].status, journal[at].fault.as_deref().unwrap_or_default());
    assert_eq!(told(0), (None, "cut the connection before carrying out the next call"));
    assert_eq!(
        told(3),
        (Some(200), "cut the connection in the body of the answer to the next call")
    );
    assert_eq!(told(6), (Some(503), "be down for maintenance for the next call"));
}

#[tokio::test]
async fn a_late_answer_comes_and_a_dripping_one_too() {
    let inserted = Inserted::new(Pace::scaled(0.001));
    let stand_in = stand_in(&parse(MOCK).unwrap()).unwrap();
    let running = stand_in.start(inserted).await.unwrap();
    let partner = Partner { running, client: Partner::whole().await.client };
    let whole = get(partner.get("/v1/payments/pi_1")).await;
    for kind in [FaultKind::Slow(Duration::from_secs(20)), FaultKind::Drops(Duration::from_secs(1))]
    {
        let began = std::time::Instant::now();
        partner.running.arm(once(kind));
        assert_eq!(get(partner.get("/v1/payments/pi_1")).await, whole);
        assert!(began.elapsed() >= Duration::from_millis(20));
    }
}
