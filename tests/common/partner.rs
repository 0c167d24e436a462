//! A partner on a bare socket, for answers that no well-behaved server gives.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

/// A request as it came over the wire.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    /// Method and target.
    pub(crate) line: String,
    /// Lower-case names.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: String,
    /// When its head was read.
    pub(crate) at: Instant,
}

impl Heard {
    /// A header field's value, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }
}

/// What a partner does with a request.
pub(crate) enum Reply {
    /// Writes this and listens on.
    Answer(Vec<u8>),
    /// Writes this and cuts the connection.
    Cut(Vec<u8>),
    /// Writes this again and again, until nobody reads.
    Endless(Vec<u8>),
    /// Never answers; the connection stays open.
    Silence,
}

/// An HTTP/1.1 partner of whom every byte is chosen.
pub(crate) struct Wire {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<Heard>>>,
    told: Mutex<mpsc::Receiver<()>>,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Wire {
    /// A partner that replies by the number of the request, from 0, and what was heard.
    pub(crate) fn new(reply: impl Fn(usize, &Heard) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (tell, told) = mpsc::channel();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let ended = Arc::new(AtomicBool::new(false));
        let (reply, held) = (Arc::new(reply), Arc::new(Mutex::new(Vec::new())));
        let (all, over) = (Arc::clone(&heard), Arc::clone(&ended));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if over.load(Ordering::SeqCst) {
                    break;
                }
                let (all, held) = (Arc::clone(&all), Arc::clone(&held));
                let (reply, tell) = (Arc::clone(&reply), tell.clone());
                std::thread::spawn(move || {
                    if serve(&stream, &all, &tell, &*reply).is_none() {
                        held.lock().expect("no thread panicked").push(stream);
                    }
                });
            }
        });
        Self { address, heard, told: Mutex::new(told), ended, thread: Some(thread) }
    }

    /// A partner that says the same to everybody.
    pub(crate) fn saying(bytes: Vec<u8>) -> Self {
        Self::new(move |_, _| Reply::Answer(bytes.clone()))
    }

    /// Its base URL.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What came so far.
    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().expect("no thread panicked").clone()
    }

    /// Waits for the next request.
    pub(crate) fn wait(&self) {
        let told = self.told.lock().expect("no thread panicked");
        told.recv_timeout(Duration::from_secs(30)).expect("a request comes");
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts, so that it sees the end.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the partner did not panic");
        }
    }
}

/// Serves one connection; nothing where it must stay open in silence.
fn serve(
    mut stream: &TcpStream,
    all: &Mutex<Vec<Heard>>,
    tell: &mpsc::Sender<()>,
    reply: &dyn Fn(usize, &Heard) -> Reply,
) -> Option<()> {
    let mut reader = BufReader::new(stream);
    while let Some(heard) = read(&mut reader) {
        let number = {
            let mut all = all.lock().expect("no thread panicked");
            all.push(heard.clone());
            all.len() - 1
        };
        // The test may not be waiting any more.
        let _ = tell.send(());
        match reply(number, &heard) {
            Reply::Answer(bytes) => stream.write_all(&bytes).ok(),
            Reply::Cut(bytes) => {
                let _ = stream.write_all(&bytes);
                return Some(());
            }
            Reply::Endless(bytes) => {
                while stream.write_all(&bytes).is_ok() {}
                return Some(());
            }
            Reply::Silence => return None,
        };
    }
    Some(())
}

fn read(reader: &mut BufReader<&TcpStream>) -> Option<Heard> {
    let mut line = || {
        let mut text = String::new();
        reader.read_line(&mut text).ok().filter(|read| *read > 0)?;
        Some(text.trim_end().to_owned())
    };
    let first = line()?;
    let at = Instant::now();
    let mut headers = Vec::new();
    while let Some((name, value)) = line()?.split_once(':') {
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let size = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; size.map_or(0, |(_, value)| value.parse().expect("a size"))];
    reader.read_exact(&mut body).ok()?;
    let line = first.trim_end_matches(" HTTP/1.1").to_owned();
    Some(Heard { line, headers, body: String::from_utf8(body).expect("UTF-8"), at })
}

/// An answer as bytes.
pub(crate) fn answer(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status} Said\r\ncontent-length: {}\r\n", body.len());
    let fields = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
    let head: String = std::iter::once(head).chain(fields).collect();
    [head.as_bytes(), b"\r\n", body].concat()
}

/// An answer with a JSON body as bytes.
pub(crate) fn json(status: u16, body: &str) -> Vec<u8> {
    answer(status, &[("content-type", "application/json")], body.as_bytes())
}

/// Lets time pass that the test is about; never to wait for something to happen.
#[expect(clippy::disallowed_methods, reason = "a partner's slowness takes real time")]
pub(crate) fn pause(time: Duration) {
    std::thread::sleep(time);
}
