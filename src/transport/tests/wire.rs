//! Against raw sockets: partners that break the wire, each in its own way.

use std::{
    io::{Read as _, Write as _},
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};

use rustls::{RootCertStore, ServerConfig, pki_types::PrivateKeyDer};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

use crate::{
    catalog::{Backoff, Effect, Jitter, Retry, RetryOn, sample as integration},
    evidence::{Exchange, NoAnswer},
    transport::{
        Pace, Transport, TransportSettings,
        testing::{call, closed_port, settings, transport},
        tls::Tls,
    },
};

/// A partner that says these bytes to every request and then does as told.
#[derive(Clone, Copy)]
enum Then {
    Close,
    Reset,
    Stay,
    /// Says this without end.
    Repeat(&'static [u8]),
}

async fn partner(says: &'static [u8], then: Then) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, says, then));
        }
    });
    address
}

async fn serve(mut stream: TcpStream, says: &'static [u8], then: Then) {
    let mut request = [0; 4096];
    while let Ok(1..) = stream.read(&mut request).await {
        if stream.write_all(says).await.is_err() {
            return;
        }
        match then {
            Then::Close => return,
            // Closing with an unread rest in mind is not enough: a zero linger sends RST.
            Then::Reset => {
                stream.set_zero_linger().unwrap();
                return;
            }
            Then::Repeat(more) => {
                // Large pieces: many small writes would keep the reader from its turn.
                let more = more.repeat(1000);
                while stream.write_all(&more).await.is_ok() {}
            }
            Then::Stay => {}
        }
    }
}

async fn outcome_with(settings: TransportSettings, base: &str) -> Exchange {
    let integration = integration("a");
    let transport = Transport::new(settings, Arc::default());
    transport.exchange(call(&integration, base)).await
}

/// What becomes of a call with a limit of a quarter of a second.
async fn impatient(says: &'static [u8], then: Then) -> Exchange {
    let base = format!("http://{}", partner(says, then).await);
    let integration = integration("a");
    let mut call = call(&integration, &base);
    call.timeout = Duration::from_millis(250);
    transport().0.exchange(call).await
}

async fn outcome(says: &'static [u8], then: Then) -> NoAnswer {
    let address = partner(says, then).await;
    let exchange = outcome_with(settings(), &format!("http://{address}")).await;
    assert_eq!(exchange.attempts.len(), 1);
    exchange.no_answer().cloned().unwrap_or_else(|| panic!("{exchange:?}"))
}

fn protocol(detail: &str) -> NoAnswer {
    NoAnswer::Protocol { detail: detail.to_owned() }
}

#[tokio::test]
async fn nobody_listens() {
    let address = closed_port();
    let exchange = outcome_with(settings(), &format!("http://{address}")).await;
    let Some(NoAnswer::Refused { detail }) = exchange.no_answer() else { panic!("{exchange:?}") };
    assert!(detail.starts_with(&format!("{address}: Connection refused")), "{detail}");
    assert!(exchange.last().phases.connect.is_some() && exchange.last().phases.wait.is_none());
}

#[tokio::test]
async fn the_name_does_not_resolve() {
    // A label of more than 63 characters (RFC 1035 section 2.3.4): no resolver is even asked.
    let host = format!("{}.invalid", "a".repeat(64));
    let exchange = outcome_with(settings(), &format!("http://{host}")).await;
    let Some(NoAnswer::Dns { detail }) = exchange.no_answer() else { panic!("{exchange:?}") };
    assert!(detail.starts_with(&format!("{host}: ")), "{detail}");
    assert!(exchange.last().phases.dns.is_some());
}

#[tokio::test]
async fn the_connection_is_cut_before_an_answer() {
    let cut = NoAnswer::Reset { detail: "before an answer".to_owned() };
    assert_eq!(outcome(b"", Then::Close).await, cut);
    assert_eq!(outcome(b"", Then::Reset).await, cut);
}

#[tokio::test]
async fn silence_ends_at_the_limit() {
    let exchange = impatient(b"", Then::Stay).await;
    let attempt = exchange.last();
    assert_eq!(
        exchange.no_answer(),
        Some(&NoAnswer::Timeout { phase: "wait".to_owned(), limit_ms: 250 })
    );
    assert!((attempt.nominal_ms - 250.0).abs() < f64::EPSILON);
    assert!((250.0..5_000.0).contains(&attempt.took_ms), "{attempt:?}");
    assert!(attempt.phases.connect.is_some() && attempt.phases.wait.is_some());
}

#[tokio::test]
async fn half_an_answer_and_then_silence() {
    let says = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf";
    let exchange = impatient(says, Then::Stay).await;
    assert_eq!(
        exchange.no_answer(),
        Some(&NoAnswer::Timeout { phase: "receive".to_owned(), limit_ms: 250 })
    );
}

#[tokio::test]
async fn half_a_body() {
    assert_eq!(
        outcome(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf", Then::Close).await,
        protocol("body cut: 4 of 10 bytes came")
    );
    assert_eq!(
        outcome(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n", Then::Close)
            .await,
        protocol("body cut after 4 bytes, its end did not come")
    );
    let reset = |detail: &str| NoAnswer::Reset { detail: detail.to_owned() };
    assert_eq!(
        outcome(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf", Then::Reset).await,
        reset("in the body, after 4 of 10 bytes")
    );
    assert_eq!(
        outcome(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n", Then::Reset)
            .await,
        reset("in the body, after 4 bytes")
    );
}

#[tokio::test]
async fn what_is_not_http() {
    assert_eq!(
        outcome(b"220 mail.example ESMTP\r\n", Then::Close).await,
        protocol("what came is not HTTP: invalid HTTP version parsed")
    );
    assert_eq!(
        outcome(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n", Then::Close).await,
        protocol("broken body after 0 bytes: Invalid chunk size line: missing size digit")
    );
}

#[tokio::test]
async fn too_much_of_everything() {
    let mut small = settings();
    small.max_body = 1000;
    let endless = Then::Repeat(b"10\r\n0123456789abcdef\r\n");
    let address = partner(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", endless).await;
    let too_large = protocol("the body is larger than 1000 bytes, the most we read");
    let exchange = outcome_with(small.clone(), &format!("http://{address}")).await;
    assert_eq!(exchange.no_answer(), Some(&too_large));

    // A size that is announced is not even read.
    let address =
        partner(b"HTTP/1.1 200 OK\r\ncontent-length: 9999999999\r\n\r\n", Then::Stay).await;
    let exchange = outcome_with(small, &format!("http://{address}")).await;
    assert_eq!(exchange.no_answer(), Some(&too_large));

    assert_eq!(
        outcome(b"HTTP/1.1 200 OK\r\n", Then::Repeat(b"x: y\r\n")).await,
        protocol("the head of the answer has more or longer header fields than we bear")
    );
}

#[tokio::test]
async fn an_idle_connection_that_the_partner_closed_costs_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let (closed, wait) = tokio::sync::oneshot::channel();
    tokio::spawn(async move {
        let mut closed = Some(closed);
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await;
            drop(stream);
            if let Some(closed) = closed.take() {
                let _ = closed.send(());
            }
        }
    });
    let integration = integration("a");
    let (transport, _) = transport();
    let first = transport.exchange(call(&integration, &base)).await;
    assert_eq!(first.response().map(|answer| answer.status), Some(204));
    wait.await.unwrap();
    // Another exchange turns the reactor, which then sees the end of the first connection.
    let other = partner(b"HTTP/1.1 204 No Content\r\n\r\n", Then::Stay).await;
    transport.exchange(call(&integration, &format!("http://{other}"))).await;
    let second = transport.exchange(call(&integration, &base)).await;
    assert_eq!(second.response().map(|answer| answer.status), Some(204), "{second:?}");
    assert!(!second.last().phases.reused);
}

/// The partner closes the kept connection while our own runtime is held up: the
/// next request is given to a connection that is already gone.
#[tokio::test]
async fn a_request_that_was_never_written_is_sent_on_a_fresh_connection() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let (tell, closed) = std::sync::mpsc::channel();
    let (done, answered) = std::sync::mpsc::channel();
    let partner = std::thread::spawn(move || {
        let mut received = 0;
        for stream in listener.incoming().take(2) {
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            received += usize::from(stream.read(&mut request).unwrap() > 0);
            stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
            answered.recv().unwrap();
            drop(stream);
            tell.send(()).unwrap();
        }
        received
    });
    let integration = integration("a");
    let (transport, ledger) = transport();
    let first = transport.exchange(call(&integration, &base)).await;
    assert!(!first.last().phases.reconnected);
    done.send(()).unwrap();
    closed.recv().unwrap();
    // The reactor turns and sees the end, and this future is polled before the connection's task.
    tokio::task::yield_now().await;
    let second = transport.exchange(call(&integration, &base)).await;
    assert_eq!(second.response().map(|answer| answer.status), Some(204), "{second:?}");
    assert_eq!(second.attempts.len(), 1);
    let phases = second.last().phases;
    assert!(phases.reconnected && !phases.reused && phases.connect.is_some(), "{phases:?}");
    done.send(()).unwrap();
    assert_eq!(partner.join().unwrap(), 2);
    assert_eq!(ledger.total("a"), 2);
}

#[tokio::test]
async fn a_write_without_a_key_is_not_repeated_after_silence_but_after_a_refusal() {
    let mut integration = integration("a");
    integration.retry = Some(Retry {
        on: vec![RetryOn::Connect, RetryOn::Timeout],
        attempts: 2,
        backoff: Backoff {
            first: Duration::from_millis(10),
            cap: Duration::from_millis(10),
            jitter: Jitter::Full,
        },
    });
    let (transport, _) = transport();
    let attempts = async |effect, address: SocketAddr| {
        let base = format!("http://{address}");
        let mut call = call(&integration, &base);
        call.effect = effect;
        call.timeout = Duration::from_millis(50);
        transport.exchange(call).await.attempts.len()
    };
    let silent = partner(b"", Then::Stay).await;
    assert_eq!(attempts(Effect::Reads, silent).await, 2);
    assert_eq!(attempts(Effect::Writes, silent).await, 1);
    assert_eq!(attempts(Effect::Writes, closed_port()).await, 2);
}

/// A partner with a certificate of its own making, and that certificate.
async fn secure_partner() -> (SocketAddr, rcgen::Certificate) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi").await;
            let _ = stream.shutdown().await;
        }
    });
    (address, made.cert)
}

#[tokio::test]
async fn certificates_are_judged() {
    let (address, certificate) = secure_partner().await;
    let integration = integration("a");
    let trusting = |roots| {
        let settings = TransportSettings { pace: Pace::REAL, ..settings() };
        Transport::with(settings, Arc::default(), Tls::trusting(roots))
    };
    let mut own = RootCertStore::empty();
    own.add(certificate.der().clone()).unwrap();
    let ours = trusting(own);
    let base = format!("https://localhost:{}", address.port());
    let exchange = ours.exchange(call(&integration, &base)).await;
    assert_eq!(exchange.response().map(|answer| answer.status), Some(200), "{exchange:?}");
    assert!(exchange.last().phases.tls.is_some());

    let refused = |exchange: &Exchange| match exchange.no_answer() {
        Some(NoAnswer::Tls { detail, ours: false }) => detail.clone(),
        other => panic!("{other:?}"),
    };
    let by_address = ours.exchange(call(&integration, &format!("https://{address}"))).await;
    assert_eq!(refused(&by_address), "the server certificate is for another host");

    let unknown = trusting(RootCertStore::empty()).exchange(call(&integration, &base)).await;
    assert_eq!(refused(&unknown), "no authority that we trust issued the server certificate");

    let plain = partner(b"HTTP/1.1 400 Bad Request\r\n\r\n", Then::Close).await;
    let plain = ours.exchange(call(&integration, &format!("https://{plain}"))).await;
    assert_eq!(refused(&plain), "what answers there does not speak TLS");
}
