//! The partner: answers every order with the same bytes, as fast as hyper can.

use std::{
    convert::Infallible,
    env,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{Request, Response, body::Incoming, header, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use super::{Failure, input};

/// The argument that makes a bench the partner.
pub(crate) const SERVE: &str = "serve-target";

/// Path that tells how many orders were asked for.
const SERVED: &str = "/served";

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

/// The partner in a process of its own, which ends with its handle.
pub(crate) struct Target {
    child: Child,
    pub(crate) address: String,
}

impl Target {
    /// Starts this very program again, told to [`serve`].
    pub(crate) fn start() -> Result<Self, Failure> {
        let mut child = Command::new(env::current_exe()?)
            .arg(SERVE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut address = String::new();
        let out = child.stdout.take().ok_or("the server has an output")?;
        BufReader::new(out).read_line(&mut address)?;
        Ok(Self { child, address: address.trim().to_owned() })
    }

    /// How many orders it has served so far.
    pub(crate) fn served(&self) -> Result<usize, Failure> {
        let mut stream = TcpStream::connect(&self.address)?;
        write!(stream, "GET {SERVED} HTTP/1.0\r\nhost: target\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (_, body) = answer.split_once("\r\n\r\n").ok_or("the server answers in HTTP")?;
        Ok(body.trim().parse()?)
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        // It also ends by itself when its input closes, should this process be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
