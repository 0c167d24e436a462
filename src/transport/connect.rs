//! Our connect service for hyper-util's client: DNS, TCP and TLS, each timed.

use std::{
    future::Future,
    io::{self, IoSlice},
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};

use hyper::{
    Uri,
    rt::{Read, ReadBufCursor, Write},
};
use hyper_util::{
    client::legacy::connect::{Connected, Connection},
    rt::TokioIo,
};
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tower_service::Service;

use super::{error::Unconnected, tls::Tls};
use crate::evidence::{NoAnswer, Phases};

/// Addresses of one name that are tried at most.
const MOST_ADDRESSES: usize = 8;

tokio::task_local! {
    /// The account of the connection that the current attempt may have to make.
    /// hyper hands nothing but the target to a connect service.
    static ACCOUNT: Arc<Account>;
}

/// How a connection came to be, step by step. Each attempt brings one; the
/// connection keeps the one of the attempt that made it.
#[derive(Debug)]
pub(super) struct Account {
    step: AtomicU8,
    /// Nanoseconds by [`Step`]; [`NOT_TAKEN`] where the step was not taken.
    took: [AtomicU64; 3],
    /// When the connection was there, and our own address of it.
    ready: OnceLock<(Instant, Option<SocketAddr>)>,
    used: AtomicBool,
    /// Limit of the attempt.
    limit: Duration,
}

const NOT_TAKEN: u64 = u64::MAX;

/// A step of connecting.
#[derive(Clone, Copy)]
enum Step {
    Dns = 0,
    Connect = 1,
    Tls = 2,
}

impl Account {
    /// An account for an attempt with this limit.
    pub(super) fn new(limit: Duration) -> Self {
        Self {
            step: AtomicU8::new(Step::Connect as u8),
            took: [const { AtomicU64::new(NOT_TAKEN) }; 3],
            ready: OnceLock::new(),
            used: AtomicBool::new(false),
            limit,
        }
    }

    /// Runs a request for whose connection this account is kept.
    pub(super) async fn keep<F: Future>(self: Arc<Self>, request: F) -> F::Output {
        ACCOUNT.scope(self, request).await
    }

    /// When the connection was there.
    pub(super) fn ready(&self) -> Option<Instant> {
        self.ready.get().map(|(at, _)| *at)
    }

    /// Our own address of the connection.
    pub(super) fn local(&self) -> Option<SocketAddr> {
        self.ready.get().and_then(|(_, local)| *local)
    }

    /// Marks the connection as used; tells whether it was before.
    pub(super) fn first_use(&self) -> bool {
        !self.used.swap(true, Ordering::Relaxed)
    }

    /// The step that is or was under way last.
    pub(super) fn step(&self) -> &'static str {
        match self.step.load(Ordering::Relaxed) {
            0 => "dns",
            1 => "connect",
            _ => "tls",
        }
    }

    /// Writes down the steps that were taken.
    pub(super) fn tell(&self, phases: &mut Phases) {
        let ms = |step: Step| match self.took[step as usize].load(Ordering::Relaxed) {
            NOT_TAKEN => None,
            nanos => Some(nanos as f64 / 1e6),
        };
        phases.dns = ms(Step::Dns);
        phases.connect = ms(Step::Connect);
        phases.tls = ms(Step::Tls);
    }

    /// Takes a step and writes down its time, also when it fails or is dropped midway.
    async fn time<F: Future>(&self, step: Step, work: F) -> F::Output {
        struct Stop<'a>(&'a Account, Step, Instant);
        impl Drop for Stop<'_> {
            fn drop(&mut self) {
                let nanos = self.2.elapsed().as_nanos() as u64;
                self.0.took[self.1 as usize].store(nanos, Ordering::Relaxed);
            }
        }
        self.step.store(step as u8, Ordering::Relaxed);
        let _stop = Stop(self, step, Instant::now());
        work.await
    }
}

/// Makes connections. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Connector {
    tls: Arc<Tls>,
}

impl Connector {
    pub(super) fn new(tls: Arc<Tls>) -> Self {
        Self { tls }
    }
}

impl Service<Uri> for Connector {
    type Response = Stream;
    type Error = Unconnected;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, Unconnected>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Unconnected>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        // The call itself happens within the attempt; the future may later be
        // moved to a task of its own, when another connection comes free first.
        let account = ACCOUNT
            .try_with(Arc::clone)
            .unwrap_or_else(|_| Arc::new(Account::new(Duration::from_mins(1))));
        let tls = Arc::clone(&self.tls);
        Box::pin(async move { open(&target, &tls, account).await })
    }
}

async fn open(target: &Uri, tls: &Tls, account: Arc<Account>) -> Result<Stream, Unconnected> {
    let secure = target.scheme_str() == Some("https");
    let host = target.host().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let port = target.port_u16().unwrap_or(if secure { 443 } else { 80 });

    let addresses = resolve(host, port, &account).await?;
    let tcp = account.time(Step::Connect, connect(&addresses, account.limit)).await?;
    let local = tcp.local_addr().ok();
    let wire = if secure {
        let connector = tls.connector().await?;
        let name = ServerName::try_from(host.to_owned()).map_err(|_| {
            let detail = format!("{host} is not a name that a certificate can carry");
            Unconnected(NoAnswer::NotSent { detail })
        })?;
        let handshake = account.time(Step::Tls, connector.connect(name, tcp)).await;
        let stream = handshake.map_err(|error| Unconnected::handshake(&error))?;
        Wire::Tls(Box::new(TokioIo::new(stream)))
    } else {
        Wire::Plain(TokioIo::new(tcp))
    };
    account.ready.get_or_init(|| (Instant::now(), local));
    Ok(Stream { wire, account })
}

/// The addresses of a host; an IP literal is its own and takes no time.
async fn resolve(host: &str, port: u16, account: &Account) -> Result<Vec<SocketAddr>, Unconnected> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let found = account.time(Step::Dns, tokio::net::lookup_host((host, port))).await;
    let addresses: Vec<SocketAddr> =
        found.map_err(|error| Unconnected::dns(host, &error))?.take(MOST_ADDRESSES).collect();
    if addresses.is_empty() {
        return Err(Unconnected::dns(host, &"the name has no address"));
    }
    Ok(addresses)
}

/// Tries one address after the other. Each may take its share of the limit, so
/// that a silent one does not keep us from a living one; the last error counts.
async fn connect(addresses: &[SocketAddr], limit: Duration) -> Result<TcpStream, Unconnected> {
    let share = limit / addresses.len().max(1) as u32;
    let mut failure = None;
    for (index, address) in addresses.iter().enumerate() {
        let connecting = TcpStream::connect(address);
        let connected = if index + 1 == addresses.len() {
            connecting.await
        } else {
            tokio::time::timeout(share, connecting)
                .await
                .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
        };
        match connected {
            Ok(stream) => {
                // Small requests must not wait for the acknowledgement of earlier
                // ones. A socket that refuses the option still works.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Err(error) => failure = Some(Unconnected::tcp(address, &error)),
        }
    }
    Err(failure.unwrap_or_else(|| Unconnected::dns("", &"the name has no address")))
}

/// A connection, with the account of its making.
#[derive(Debug)]
pub(super) struct Stream {
    wire: Wire,
    account: Arc<Account>,
}

#[derive(Debug)]
enum Wire {
    Plain(TokioIo<TcpStream>),
    Tls(Box<TokioIo<TlsStream<TcpStream>>>),
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        let connected = Connected::new().extra(Arc::clone(&self.account));
        match &self.wire {
            Wire::Tls(stream) if stream.inner().get_ref().1.alpn_protocol() == Some(b"h2") => {
                connected.negotiated_h2()
            }
            Wire::Tls(_) | Wire::Plain(_) => connected,
        }
    }
}

impl Read for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.wire {
            Wire::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Wire::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl Write for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.wire {
            Wire::Plain(stream) => Pin::new(stream).poll_write(cx, buf),
            Wire::Tls(stream) => Pin::new(stream).poll_write(cx, buf),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.wire {
            Wire::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Wire::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.wire {
            Wire::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Wire::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match &self.wire {
            Wire::Plain(stream) => stream.is_write_vectored(),
            Wire::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match &mut self.wire {
            Wire::Plain(stream) => Pin::new(stream).poll_write_vectored(cx, bufs),
            Wire::Tls(stream) => Pin::new(stream).poll_write_vectored(cx, bufs),
        }
    }
}
