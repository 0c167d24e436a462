//! One try at getting an answer: sent once, timed by phase, never repeated here.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt as _, Full};
use hyper::{
    HeaderMap, Request,
    body::{Body as _, Incoming},
};
use hyper_util::{
    client::legacy::{
        self,
        connect::{CaptureConnection, capture_connection},
    },
    rt::{TokioExecutor, TokioTimer},
};

use super::{
    connect::{Account, Connector},
    error,
    inserted::Inserted,
};
use crate::evidence::{Body, Headers, NoAnswer, Outcome, Phases, Response};

/// hyper-util's client over our own connect service.
pub(super) type Client = legacy::Client<Connector, Full<Bytes>>;

/// How long a connection may idle before it is closed.
const IDLE: Duration = Duration::from_secs(30);

/// A client with no connection yet.
pub(super) fn client(connector: Connector) -> Client {
    legacy::Client::builder(TokioExecutor::new())
        .pool_idle_timeout(IDLE)
        .pool_timer(TokioTimer::new())
        // A resend that nobody sees would falsify what we measure.
        .retry_canceled_requests(false)
        .build(connector)
}

/// What came of one attempt.
#[derive(Debug)]
pub(super) struct Tried {
    pub(super) outcome: Outcome,
    pub(super) phases: Phases,
    pub(super) took_ms: f64,
    pub(super) nominal_ms: f64,
}

/// Bounds of one attempt.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds<'b> {
    /// Nominal limit from the first step of connecting to the last byte received.
    pub(super) timeout: Duration,
    /// Waits that stand-ins insert, where one is asked.
    pub(super) inserted: Option<&'b Inserted>,
    /// Bytes of the answer's body at most.
    pub(super) max_body: usize,
}

/// Sends the request once and reads the answer whole.
pub(super) async fn attempt(
    client: &Client,
    mut request: Request<Full<Bytes>>,
    bounds: Bounds<'_>,
) -> Tried {
    let limit = bounds.timeout;
    let account = Arc::new(Account::new(limit));
    let connection = capture_connection(&mut request);
    let begin = Instant::now();
    let mut head: Option<Instant> = None;
    let work = async {
        let sent = Arc::clone(&account).keep(client.request(request)).await;
        let answer = sent.map_err(|error| error::before_head(&error))?;
        head = Some(Instant::now());
        receive(answer, bounds.max_body).await
    };
    let local = || account_of(&connection).and_then(|account| account.local());
    let (ended, saved_ms) = match bounds.inserted {
        None => (tokio::time::timeout(limit, work).await.ok(), 0.0),
        Some(inserted) => {
            let ended = inserted.within(limit, local, work).await;
            (ended, inserted.take(local()))
        }
    };
    let end = Instant::now();

    let clocked = Clocked { begin, head, end };
    let (phases, under_way) = clocked.phases(&account, &connection);
    let took_ms = ms(end - begin);
    let (outcome, nominal_ms) = match ended {
        Some(Ok(response)) => (Outcome::Answer(response), took_ms + saved_ms),
        Some(Err(reason)) => (Outcome::NoAnswer(reason), took_ms + saved_ms),
        None => {
            let limit_ms = limit.as_millis() as u64;
            let reason = NoAnswer::Timeout { phase: under_way.to_owned(), limit_ms };
            (Outcome::NoAnswer(reason), ms(limit))
        }
    };
    Tried { outcome, phases, took_ms, nominal_ms }
}

/// The moments of an attempt.
struct Clocked {
    begin: Instant,
    head: Option<Instant>,
    end: Instant,
}

impl Clocked {
    /// Where the time went, and the phase that was under way at the end.
    fn phases(self, own: &Arc<Account>, used: &CaptureConnection) -> (Phases, &'static str) {
        let mut phases = Phases::default();
        let Some(used) = account_of(used) else {
            own.tell(&mut phases);
            return (phases, own.step());
        };
        phases.reused = !used.first_use();
        let mut there = self.begin;
        if Arc::ptr_eq(&used, own) {
            used.tell(&mut phases);
            there = used.ready().unwrap_or(there);
        }
        let head = self.head.unwrap_or(self.end);
        phases.wait = Some(ms(head.saturating_duration_since(there)));
        phases.receive = self.head.map(|head| ms(self.end - head));
        (phases, if self.head.is_some() { "receive" } else { "wait" })
    }
}

/// The account of the connection that carried the request, if one did.
fn account_of(connection: &CaptureConnection) -> Option<Arc<Account>> {
    let connected = connection.connection_metadata();
    let mut extras = hyper::http::Extensions::new();
    connected.as_ref()?.get_extras(&mut extras);
    extras.remove()
}

async fn receive(answer: hyper::Response<Incoming>, max: usize) -> Result<Response, NoAnswer> {
    let (head, mut body) = answer.into_parts();
    let promised = body.size_hint().exact();
    if promised.is_some_and(|size| size > max as u64) {
        return Err(too_large(max));
    }
    // Most answers come in one piece, which is kept as it is.
    let mut first = Bytes::new();
    let mut whole = BytesMut::new();
    let mut came = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| error::in_body(&error, came, promised))?;
        let Ok(piece) = frame.into_data() else { continue };
        came += piece.len();
        if came > max {
            return Err(too_large(max));
        }
        if came == piece.len() {
            first = piece;
        } else {
            if whole.is_empty() {
                whole.extend_from_slice(&first);
            }
            whole.extend_from_slice(&piece);
        }
    }
    let bytes = if whole.is_empty() { first } else { whole.freeze() };
    Ok(Response {
        status: head.status.as_u16(),
        headers: headers(&head.headers),
        body: Body::whole(bytes),
    })
}

fn too_large(max: usize) -> NoAnswer {
    NoAnswer::Protocol { detail: format!("the body is larger than {max} bytes, the most we read") }
}

/// Header fields as text; bytes that are not UTF-8 become U+FFFD.
fn headers(map: &HeaderMap) -> Headers {
    map.iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect()
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
