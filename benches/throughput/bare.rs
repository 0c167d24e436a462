//! The floor: the same requests and checks with a client and nothing around it.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::Value;
use serde_json_path::JsonPath;

use super::{Failure, input};

/// Asks for `requests` orders, so many at the same time, and checks each.
#[tokio::main(worker_threads = 2)]
pub(crate) async fn run(address: &str, requests: &str, in_flight: usize) -> Result<(), Failure> {
    let requests: usize = requests.parse()?;
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build(connector);
    let mut checks = Vec::new();
    for (path, expected) in input::CHECKS {
        checks.push((JsonPath::parse(path)?, serde_json::from_str::<Value>(expected)?));
    }
    let checks = Arc::new(checks);
    let next = Arc::new(AtomicUsize::new(0));
    let loops: Vec<_> = (0..in_flight)
        .map(|_| {
            let (client, checks, next) = (client.clone(), Arc::clone(&checks), Arc::clone(&next));
            let address = address.to_owned();
            tokio::spawn(async move {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed) + 1;
                    if number > requests {
                        return Ok::<(), Failure>(());
                    }
                    let uri = format!("http://{address}/orders/{number}").parse()?;
                    let answer = client.get(uri).await?;
                    if answer.status() != 200 {
                        return Err(format!("status {}", answer.status()).into());
                    }
                    let body = answer.into_body().collect().await?.to_bytes();
                    let order: Value = serde_json::from_slice(&body)?;
                    for (path, expected) in checks.iter() {
                        if path.query(&order).exactly_one()? != expected {
                            return Err(format!("{path} is not {expected}").into());
                        }
                    }
                }
            })
        })
        .collect();
    for one in loops {
        one.await??;
    }
    Ok(())
}
