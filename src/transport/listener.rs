//! The one file that serves: stand-ins now, webhooks and live views later.

use std::{error::Error, future::Future, io, net::SocketAddr, pin::Pin, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::stream;
use http_body_util::{
    BodyExt as _, Either, Full, LengthLimitError, Limited, StreamBody, combinators::UnsyncBoxBody,
};
use hyper::{
    Request, Response, StatusCode, Version,
    body::{Frame, Incoming},
    service::service_fn,
};
use hyper_util::{
    rt::{TokioExecutor, TokioTimer},
    server::conn::auto,
};
use tokio::{
    net::{TcpListener, TcpStream},
    task::{AbortHandle, JoinSet},
};

use super::{
    Pause,
    cut::{Cut, Fragile, Order},
};
use crate::evidence::Headers;

/// Bytes of a request body that are read at most; beyond it the answer is 413.
pub const MAX_BODY: usize = 16 * 1024 * 1024;

/// Bytes of a request head that are read at most; beyond it the answer is 431.
const MAX_HEAD: usize = 64 * 1024;

/// Header fields of a request at most; beyond it the answer is 431.
const MAX_HEADERS: usize = 100;

/// Connections open at the same time; further ones wait in the backlog.
const MAX_CONNECTIONS: usize = 1024;

/// Requests under way on one HTTP/2 connection.
const MAX_STREAMS: u32 = 256;

/// How long a request head may take to arrive.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// Bytes of an answer's head that go out before a reset in it: the status line and a little more.
const HALF_A_HEAD: usize = 20;

/// The pause after a failed accept, such as for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(5);

/// A request as received, body whole.
#[derive(Clone, Debug)]
pub struct Received {
    /// In capitals.
    pub method: String,
    /// Path without query, as sent.
    pub path: String,
    /// Query string without `?`.
    pub query: String,
    /// Lower-case names.
    pub headers: Headers,
    /// The body.
    pub body: Bytes,
    /// Who sent it.
    pub peer: SocketAddr,
}

impl Received {
    /// The first header field of this (lower-case) name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// What to say to it.
#[derive(Clone, Debug)]
pub enum Reply {
    /// An answer.
    Answer {
        /// Status code.
        status: u16,
        /// Lower-case names; `content-length` is added.
        headers: Headers,
        /// The body.
        body: Bytes,
    },
    /// An answer whose body comes in pieces, and perhaps not to its end.
    Pieces {
        /// Status code.
        status: u16,
        /// Lower-case names; without `content-length` the body is chunked.
        headers: Headers,
        /// The body, in order; many may share one allocation.
        pieces: Vec<Bytes>,
        /// Passes before each piece.
        pause: Option<Pause>,
        /// What comes after the last one.
        end: End,
    },
    /// The beginning of an answer's head, and a reset.
    HalfAHead {
        /// Status code.
        status: u16,
        /// Lower-case names.
        headers: Headers,
    },
    /// A reset without any answer.
    Reset,
    /// Nothing, until the other side gives up.
    Silence,
}

/// What comes after the last piece of a body. HTTP/2 shares a connection among
/// many answers: there the answer's stream is reset (RFC 9113 section 6.4)
/// wherever HTTP/1.1 breaks the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The body is whole.
    Whole,
    /// The connection is reset.
    Reset,
    /// The connection ends in an orderly way, though the head promised more.
    Closed,
}

/// Whoever answers requests.
pub trait Handler: Send + Sync + 'static {
    /// Answers one request.
    fn handle<'h>(&'h self, request: Received) -> Pin<Box<dyn Future<Output = Reply> + Send + 'h>>;
}

/// A listener at work. Dropping it closes the port and every connection.
#[derive(Debug)]
pub struct Listener {
    address: SocketAddr,
    accepting: AbortHandle,
}

impl Listener {
    /// Binds `address` (port 0: any free one) and serves HTTP/1.1 and cleartext HTTP/2 on the
    /// current runtime. Requests are bounded: bodies to [`MAX_BODY`], heads to 64 KiB and 100 fields.
    pub async fn serve(address: SocketAddr, handler: Arc<dyn Handler>) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let accepting = tokio::spawn(accept(listener, handler)).abort_handle();
        Ok(Self { address, accepting })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Accepts until it is aborted. The connections live in its set, so they end with it.
async fn accept(listener: TcpListener, handler: Arc<dyn Handler>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept(), if connections.len() < MAX_CONNECTIONS => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(connection(stream, peer, Arc::clone(&handler)));
                }
                // Never the listener's end: descriptors come free again, and a peer
                // that went away before it was accepted concerns nobody.
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, peer: SocketAddr, handler: Arc<dyn Handler>) {
    // Answers are small and awaited one by one: waiting to fill a packet only delays them.
    // A socket that refuses the option still serves.
    let _ = stream.set_nodelay(true);
    let mut server = auto::Builder::new(TokioExecutor::new());
    server
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(MAX_HEAD)
        .max_headers(MAX_HEADERS)
        .auto_date_header(false)
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(MAX_HEAD as u32)
        .max_concurrent_streams(MAX_STREAMS)
        .auto_date_header(false);
    let order = Order::default();
    let stream = Fragile::new(stream, order.clone());
    let service = service_fn(|request| answer(request, peer, Arc::clone(&handler), order.clone()));
    // What a broken or hasty peer did to its own connection is nobody else's concern.
    let _ = server.serve_connection(stream, service).await;
}

/// Why an answer is not finished; hyper drops the connection or resets the stream.
type Unfinished = Box<dyn Error + Send + Sync>;

/// A body that is there, or one that comes in pieces.
type Body = Either<Full<Bytes>, UnsyncBoxBody<Bytes, Unfinished>>;

/// An error closes the connection without an answer.
async fn answer(
    request: Request<Incoming>,
    peer: SocketAddr,
    handler: Arc<dyn Handler>,
    order: Order,
) -> Result<Response<Body>, Unfinished> {
    let (head, body) = request.into_parts();
    // Over HTTP/2 the connection is not this answer's alone.
    let order = (head.version != Version::HTTP_2).then_some(order);
    let body = match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            return Ok(plain(StatusCode::PAYLOAD_TOO_LARGE, "the body is over 16 MiB\n"));
        }
        Err(error) => return Err(error),
    };
    let mut headers: Headers = head
        .headers
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    if let (Some(authority), false) =
        (head.uri.authority(), head.headers.contains_key(hyper::header::HOST))
    {
        // HTTP/2 says it in a pseudo-header (RFC 9113 section 8.3.1).
        headers.insert(0, ("host".to_owned(), authority.to_string()));
    }
    let received = Received {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers,
        body,
        peer,
    };
    match handler.handle(received).await {
        Reply::Answer { status, headers, body } => {
            Ok(response(status, &headers, Either::Left(Full::new(body))))
        }
        Reply::Pieces { status, headers, pieces, pause, end } => {
            let body = in_pieces(pieces, pause, end, order);
            Ok(response(status, &headers, Either::Right(body)))
        }
        Reply::HalfAHead { status, headers } => match order {
            Some(order) => {
                order.give(Cut::Within(HALF_A_HEAD));
                Ok(response(status, &headers, Either::Left(Full::default())))
            }
            None => Err(unfinished()),
        },
        Reply::Reset => {
            if let Some(order) = order {
                order.give(Cut::Within(0));
            }
            Err(unfinished())
        }
        // The connection ends this wait when the peer closes it.
        Reply::Silence => std::future::pending().await,
    }
}

/// A body that comes in pieces; the next one is asked for when the last has gone out.
fn in_pieces(
    pieces: Vec<Bytes>,
    pause: Option<Pause>,
    end: End,
    order: Option<Order>,
) -> UnsyncBoxBody<Bytes, Unfinished> {
    let pieces = stream::unfold(pieces.into_iter(), move |mut left| {
        let (pause, order) = (pause.clone(), order.clone());
        async move {
            let Some(piece) = left.next() else {
                if end == End::Whole {
                    return None;
                }
                let Some(order) = order else { return Some((Err(unfinished()), left)) };
                order.give(Cut::Sent { reset: end == End::Reset });
                // hyper flushes what it has, and is then told that the pipe is broken.
                return std::future::pending().await;
            };
            if let Some(pause) = pause {
                pause.pass().await;
            }
            Some((Ok(Frame::data(piece)), left))
        }
    });
    StreamBody::new(pieces).boxed_unsync()
}

fn unfinished() -> Unfinished {
    "the answer ends here, as ordered".into()
}

fn response(status: u16, headers: &Headers, body: Body) -> Response<Body> {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(name, value);
    }
    response.body(body).unwrap_or_else(|error| {
        let text = format!("the answer cannot be written: {error}\n");
        plain(StatusCode::INTERNAL_SERVER_ERROR, text)
    })
}

fn plain(status: StatusCode, text: impl Into<Bytes>) -> Response<Body> {
    let mut response = Response::new(Either::Left(Full::new(text.into())));
    *response.status_mut() = status;
    response.headers_mut().insert(
        hyper::header::CONTENT_TYPE,
        hyper::header::HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use hyper_util::client::legacy::Client;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        sync::Notify,
    };

    use super::*;

    /// Says back what it got; `/silent` gets nothing, `/broken` an impossible header.
    #[derive(Default)]
    struct Echo {
        handled: AtomicUsize,
        silent: Notify,
    }

    impl Handler for Echo {
        fn handle<'h>(
            &'h self,
            request: Received,
        ) -> Pin<Box<dyn Future<Output = Reply> + Send + 'h>> {
            Box::pin(async move {
                self.handled.fetch_add(1, Ordering::Relaxed);
                if request.path == "/silent" {
                    self.silent.notify_one();
                    return Reply::Silence;
                }
                if let Some(reply) = broken(&request.path) {
                    return reply;
                }
                let value = if request.path == "/broken" { "a\nb" } else { "yes" };
                Reply::Answer {
                    status: 201,
                    headers: vec![("x-echo".to_owned(), value.to_owned())],
                    body: format!(
                        "{} {}?{} {} {}",
                        request.method,
                        request.path,
                        request.query,
                        request.header("x-probe").unwrap_or("-"),
                        String::from_utf8_lossy(&request.body)
                    )
                    .into(),
                }
            })
        }
    }

    /// An answer that breaks where the path says.
    fn broken(path: &str) -> Option<Reply> {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let headers = vec![field("content-length", "8"), field("x-long", "0123456789")];
        let pieces = vec![Bytes::from_static(b"ha"), Bytes::from_static(b"lf")];
        let pieces = |end| {
            let (headers, pieces) = (headers.clone(), pieces.clone());
            Reply::Pieces { status: 200, headers, pieces, pause: None, end }
        };
        Some(match path {
            "/reset" => Reply::Reset,
            "/reset-in-head" => Reply::HalfAHead { status: 200, headers },
            "/reset-in-body" => pieces(End::Reset),
            "/cut" => pieces(End::Closed),
            "/chunked" => {
                let pieces = vec![Bytes::from_static(b"whole"); 2];
                Reply::Pieces {
                    status: 200,
                    headers: Headers::new(),
                    pieces,
                    pause: None,
                    end: End::Whole,
                }
            }
            _ => return None,
        })
    }

    async fn listener() -> (Listener, Arc<Echo>) {
        let echo = Arc::new(Echo::default());
        let handler: Arc<dyn Handler> = Arc::<Echo>::clone(&echo);
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        (Listener::serve(address, handler).await.unwrap(), echo)
    }

    async fn send(listener: &Listener, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(listener.address()).await.unwrap();
        // The listener may close before it has read all; what it answered still counts.
        let _ = stream.write_all(bytes).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    #[tokio::test]
    async fn answers_http_1() {
        let (listener, _) = listener().await;
        let answer = send(
            &listener,
            b"POST /a%20b?c=d HTTP/1.1\r\nHost: x\r\nX-Probe: 7\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi",
        )
        .await;
        assert_eq!(
            answer,
            "HTTP/1.1 201 Created\r\nx-echo: yes\r\nconnection: close\r\ncontent-length: 20\r\n\r\nPOST /a%20b?c=d 7 hi"
        );
    }

    #[tokio::test]
    async fn answers_http_2_without_tls() {
        let (listener, _) = listener().await;
        let client = Client::builder(TokioExecutor::new()).http2_only(true).build_http();
        let request = Request::get(format!("http://{}/two", listener.address()))
            .body(Full::<Bytes>::default())
            .unwrap();
        let response = client.request(request).await.unwrap();
        assert_eq!(response.version(), hyper::Version::HTTP_2);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body, "GET /two? - ");
    }

    #[tokio::test]
    async fn refuses_a_body_beyond_the_bound() {
        let (listener, echo) = listener().await;
        let head =
            format!("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", MAX_BODY + 1);
        let mut stream = TcpStream::connect(listener.address()).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let (mut read, mut write) = stream.into_split();
        let sending = tokio::spawn(async move {
            let chunk = vec![b'a'; 1 << 20];
            while write.write_all(&chunk).await.is_ok() {}
        });
        let mut start = [0; 12];
        read.read_exact(&mut start).await.unwrap();
        assert_eq!(&start, b"HTTP/1.1 413");
        sending.abort();
        assert_eq!(echo.handled.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn refuses_a_head_beyond_the_bounds() {
        let (listener, echo) = listener().await;
        let fields = "a: b\r\n".repeat(MAX_HEADERS + 1);
        let answer = send(&listener, format!("GET / HTTP/1.1\r\n{fields}\r\n").as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
        let long = "b".repeat(MAX_HEAD);
        let answer =
            send(&listener, format!("GET / HTTP/1.1\r\na: {long}\r\n\r\n").as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 431 ") || answer.is_empty(), "{answer}");
        assert_eq!(echo.handled.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn an_impossible_answer_is_said() {
        let (listener, _) = listener().await;
        let request = b"GET /broken HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        let answer = send(&listener, request).await;
        assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
        assert!(
            answer.ends_with("the answer cannot be written: failed to parse header value\n"),
            "{answer}"
        );
    }

    /// What comes over a bare socket, and how it ends.
    async fn over_the_wire(path: &str) -> (String, std::io::Result<usize>) {
        let (listener, _) = listener().await;
        let mut stream = TcpStream::connect(listener.address()).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut came = Vec::new();
        let end = stream.read_to_end(&mut came).await;
        (String::from_utf8(came).unwrap(), end)
    }

    #[tokio::test]
    async fn a_connection_breaks_where_it_is_told_to() {
        let reset = |end: std::io::Result<usize>| {
            end.is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionReset)
        };
        let (came, end) = over_the_wire("/reset").await;
        assert!(came.is_empty() && reset(end), "{came}");

        let (came, end) = over_the_wire("/reset-in-head").await;
        assert_eq!(came, "HTTP/1.1 200 OK\r\nx-l");
        assert!(reset(end));

        let half = "HTTP/1.1 200 OK\r\ncontent-length: 8\r\nx-long: 0123456789\r\n\r\nhalf";
        let (came, end) = over_the_wire("/reset-in-body").await;
        assert_eq!(came, half);
        assert!(reset(end));

        let (came, end) = over_the_wire("/cut").await;
        assert_eq!((came.as_str(), end.unwrap()), (half, half.len()));
    }

    /// The same as an independent client sees it.
    #[tokio::test]
    async fn reqwest_notices_each_break() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let (listener, _) = listener().await;
        let get = |path: &str| client.get(format!("http://{}{path}", listener.address())).send();
        let io = |error: &dyn Error| {
            let mut cause = error.source();
            while let Some(error) = cause {
                if let Some(error) = error.downcast_ref::<std::io::Error>() {
                    return Some(error.kind());
                }
                cause = error.source();
            }
            None
        };
        let reset = Some(std::io::ErrorKind::ConnectionReset);
        assert_eq!(io(&get("/reset").await.unwrap_err()), reset);
        assert_eq!(io(&get("/reset-in-head").await.unwrap_err()), reset);
        let answer = get("/reset-in-body").await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(io(&answer.bytes().await.unwrap_err()), reset);
        let error = get("/cut").await.unwrap().bytes().await.unwrap_err();
        assert!(error.is_decode() || error.is_body(), "{error:?}");
        assert_ne!(io(&error), reset);
        assert_eq!(get("/chunked").await.unwrap().text().await.unwrap(), "wholewhole");
        // The listener serves on.
        assert_eq!(get("/fine").await.unwrap().status(), 201);
    }

    #[tokio::test]
    async fn over_http_2_only_the_stream_breaks() {
        let (listener, _) = listener().await;
        let client = Client::builder(TokioExecutor::new()).http2_only(true).build_http();
        let get = |path: &str| {
            let uri = format!("http://{}{path}", listener.address());
            client.request(Request::get(uri).body(Full::<Bytes>::default()).unwrap())
        };
        let whole = async |path| match get(path).await {
            Ok(answer) => answer.into_body().collect().await.is_ok(),
            Err(_) => false,
        };
        for path in ["/reset", "/reset-in-head", "/reset-in-body", "/cut"] {
            assert!(!whole(path).await, "{path}");
        }
        assert!(whole("/chunked").await);
        let answer = get("/fine").await.unwrap();
        assert_eq!(answer.status(), 201);
    }

    #[tokio::test]
    async fn silence_lasts_until_the_listener_ends() {
        let (listener, echo) = listener().await;
        let mut stream = TcpStream::connect(listener.address()).await.unwrap();
        stream.write_all(b"GET /silent HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        echo.silent.notified().await;
        let mut byte = [0];
        let waited = tokio::time::timeout(Duration::from_millis(20), stream.read(&mut byte)).await;
        assert!(waited.is_err(), "something came");

        let address = listener.address();
        drop(listener);
        // Both ends of the connection are gone: a clean end or a reset.
        assert_eq!(stream.read(&mut byte).await.unwrap_or(0), 0);
        assert!(TcpStream::connect(address).await.is_err());
    }
}
