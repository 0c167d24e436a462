//! The shipped stand-in of a shop: its leaking bucket, its purse of points, its pages.

use std::{path::Path, sync::Arc, time::Duration};

use reqwest::Method;
use serde_json::{Value, json};

use super::{Partner, service::header};
use crate::{
    catalog::{Catalog, Workspace},
    contract,
    evidence::Secret,
    mock::{MockFile, StandIn},
    transport::{Inserted, Pace, Passed},
};

const ORDERS: &str = "/admin/api/2026-07/orders.json";
const LIMIT: &str = "x-shopify-shop-api-call-limit";

/// The shop in service, and the time that its buckets leak by.
async fn shop() -> (Partner, Passed) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let catalog = Catalog::load(&Workspace::load(root).unwrap()).unwrap();
    let record = &catalog.integrations["shopify.connector"];
    let contract = Arc::new(contract::load(root, &record.contract.current).unwrap());
    let mock = MockFile::load(root, "shopify.connector").unwrap().unwrap();
    let secrets = [Secret::new("env:SHOPIFY_TOKEN", "shpat_test")];
    let stand_in = StandIn::new(record, contract, record.tolerances.clone(), &mock, &secrets, 1)
        .map(Arc::new)
        .unwrap();
    let partner = Partner::of(stand_in.start(Inserted::new(Pace::REAL)).await.unwrap());
    let passed = Passed::default();
    partner.running.keep_time(passed.clone());
    (partner, passed)
}

async fn send(
    partner: &Partner,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> reqwest::Response {
    let request = partner.request(method, path).header("x-shopify-access-token", "shpat_test");
    match body {
        Some(body) => request.json(&body).send().await.unwrap(),
        None => request.send().await.unwrap(),
    }
}

async fn count(partner: &Partner) -> reqwest::Response {
    send(partner, Method::GET, "/admin/api/2026-07/orders/count.json", None).await
}

#[tokio::test]
async fn the_bucket_overflows_and_leaks_by_the_time_that_passes() {
    let (partner, passed) = shop().await;
    for used in 1..=40 {
        let answer = count(&partner).await;
        assert_eq!(
            (answer.status().as_u16(), header(&answer, LIMIT)),
            (200, &*format!("{used}/40"))
        );
    }
    for _ in 0..2 {
        let over = count(&partner).await;
        assert_eq!((over.status().as_u16(), header(&over, LIMIT)), (429, "40/40"));
        assert_eq!(header(&over, "retry-after"), "2.0");
    }
    passed.reach(Duration::from_secs(2));
    assert_eq!(header(&count(&partner).await, LIMIT), "37/40");
    // Who is not let in draws on nothing.
    let stranger = partner.get("/admin/api/2026-07/orders/count.json").send().await.unwrap();
    assert_eq!((stranger.status().as_u16(), header(&stranger, LIMIT)), (401, ""));
    assert_eq!(header(&count(&partner).await, LIMIT), "38/40");
}

#[tokio::test]
async fn graphql_has_a_purse_of_its_own_and_says_no_under_200() {
    let (partner, passed) = shop().await;
    let ask = async || -> Value {
        let body = json!({"query": "{ orders(first: 2) { nodes { id } } }"});
        let path = "/admin/api/2026-07/graphql.json";
        let answer = send(&partner, Method::POST, path, Some(body)).await;
        assert_eq!((answer.status().as_u16(), header(&answer, LIMIT)), (200, ""));
        answer.json().await.unwrap()
    };
    partner.running.leave_room("runGraphQL", 0).unwrap();
    assert_eq!(partner.running.never_fired(), ["have room for 0 more calls of runGraphQL"]);
    passed.reach(Duration::from_millis(500));
    let cost = |left: u32, actual: Value| {
        json!({"requestedQueryCost": 52, "actualQueryCost": actual, "throttleStatus": {
            "maximumAvailable": 2000, "currentlyAvailable": left, "restoreRate": 100,
        }})
    };
    let over = ask().await;
    assert_eq!(over["errors"][0]["extensions"]["code"], "THROTTLED");
    assert_eq!((over.get("data"), &over["extensions"]["cost"]), (None, &cost(50, Value::Null)));
    assert!(partner.running.never_fired().is_empty());
    passed.reach(Duration::from_millis(520));
    let served = ask().await;
    assert_eq!((served.get("errors"), &served["extensions"]["cost"]), (None, &cost(0, json!(52))));
    assert_eq!(header(&count(&partner).await, LIMIT), "1/40", "the bucket of calls is another");
    let error = partner.running.leave_room("nothing", 1).unwrap_err();
    assert_eq!(error, "the stand-in knows no nothing");
}

#[tokio::test]
async fn the_links_of_pages_lead_through_the_whole_list() {
    let (partner, _) = shop().await;
    let cancel = format!("{}/450789469/cancel.json", ORDERS.trim_end_matches(".json"));
    assert_eq!(send(&partner, Method::POST, &cancel, None).await.status().as_u16(), 200);
    let mut path = format!("{ORDERS}?status=cancelled&limit=1");
    let mut names = Vec::new();
    loop {
        let answer = send(&partner, Method::GET, &path, None).await;
        let link = header(&answer, "link").to_owned();
        let body: Value = answer.json().await.unwrap();
        names.extend(body["orders"].as_array().unwrap().iter().map(|order| order["name"].clone()));
        let next = link.split(", ").find_map(|link| link.strip_suffix(">; rel=\"next\""));
        let Some(next) = next else { break };
        path = next[1..].strip_prefix(partner.running.base_url()).unwrap().to_owned();
    }
    assert_eq!(names, ["#1001", "#1004"], "what was cancelled just now is among them");
    let bad = send(&partner, Method::GET, &format!("{ORDERS}?page_info=zzz"), None).await;
    assert_eq!(bad.status().as_u16(), 400);
}
