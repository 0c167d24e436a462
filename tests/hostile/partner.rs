//! The hostile partner: a loopback listener that answers two paths.

use std::{
    io::{BufRead as _, BufReader, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    time::Duration,
};

/// Starts a partner that answers `/things/good` well and everything else by
/// `hostile`, after which the connection serves on, unless it was closed. Ends
/// with the process.
pub(crate) fn start(hostile: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    let hostile = Arc::new(hostile);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let hostile = Arc::clone(&hostile);
            std::thread::spawn(move || serve(stream, &*hostile));
        }
    });
    address
}

fn serve(mut stream: TcpStream, hostile: &dyn Fn(&mut TcpStream)) {
    let Ok(reader) = stream.try_clone() else { return };
    let mut reader = BufReader::new(reader);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if !matches!(reader.read_line(&mut head), Ok(1..)) {
                return;
            }
        }
        if head.starts_with("GET /things/good ") {
            answer(&mut stream, "200 OK", "application/json", b"{\"ok\": true}");
        } else {
            hostile(&mut stream);
        }
    }
}

/// A whole answer. Errors are the other side's business.
pub(crate) fn answer(to: &mut TcpStream, status: &str, content_type: &str, body: &[u8]) {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\r\n"
    );
    let _ = to.write_all(head.as_bytes()).and_then(|()| to.write_all(body));
}

/// Ends the connection.
pub(crate) fn close(to: &mut TcpStream) {
    let _ = to.shutdown(Shutdown::Both);
}

/// Says nothing more until the other side has gone.
pub(crate) fn until_gone(to: &mut TcpStream) {
    let Ok(reader) = to.try_clone() else { return };
    let mut reader = BufReader::new(reader);
    let mut line = Vec::new();
    while matches!(reader.read_until(b'\n', &mut line), Ok(1..)) {
        line.clear();
    }
}

/// The pause of a partner that drips.
pub(crate) fn pause() {
    // The test ends long before any number of these is reached.
    std::sync::mpsc::channel::<()>().1.recv_timeout(Duration::from_millis(20)).ok();
}
