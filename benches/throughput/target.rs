//! The partner: answers every order with the same bytes, as fast as hyper can.

use std::{
    convert::Infallible,
    sync::atomic::{AtomicUsize, Ordering},
};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{Request, Response, body::Incoming, header, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use super::{Failure, input};

/// Path that tells how many orders were asked for.
pub(crate) const SERVED: &str = "/served";

static ORDERS: AtomicUsize = AtomicUsize::new(0);

/// Serves on a free loopback port, which is told on stdout, until stdin closes.
#[tokio::main(worker_threads = 2)]
pub(crate) async fn serve() -> Result<(), Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = stream.set_nodelay(true);
            tokio::spawn(
                hyper::server::conn::http1::Builder::new()
                    .pipeline_flush(true)
                    .serve_connection(TokioIo::new(stream), service_fn(answer)),
            );
        }
    });
    tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink()))
        .await??;
    Ok(())
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path();
    let (status, kind, body) = if path.starts_with("/orders/") {
        ORDERS.fetch_add(1, Ordering::Relaxed);
        (200, "application/json", Bytes::from_static(input::ORDER.as_bytes()))
    } else if path == SERVED {
        (200, "text/plain", ORDERS.load(Ordering::Relaxed).to_string().into())
    } else {
        (404, "application/json", Bytes::from_static(br#"{"error":"not_found"}"#))
    };
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = hyper::StatusCode::from_u16(status).unwrap_or_default();
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
    Ok(response)
}
