//! A partner that misbehaves, over raw sockets: every answer ends in the right
//! verdict, in bounded time and memory, without a panic, and the next call to
//! the same partner works.

#[path = "hostile/partner.rs"]
mod partner;
#[path = "hostile/run.rs"]
mod run;

use std::{
    io::Write,
    net::TcpStream,
    time::{Duration, Instant},
};

use partner::{answer, close, until_gone};
use run::{Ran, play, run};

/// So many pieces of text, made by their number.
fn many(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect()
}

/// What becomes of the scenario that meets the hostile answer.
fn meets(hostile: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> Ran {
    in_time(|| run(hostile))
}

/// What becomes of the scenario whose stand-in misbehaves.
fn plays(fault: &str) -> Ran {
    in_time(|| play(fault))
}

fn in_time(run: impl FnOnce() -> Ran) -> Ran {
    let began = Instant::now();
    let ran = run();
    // One attempt of 1 s, one good call, and a slow machine that has other work.
    assert!(began.elapsed() < Duration::from_mins(1), "took {:?}", began.elapsed());
    ran
}

#[test]
fn html_instead_of_json() {
    let page = "<!DOCTYPE html><html><body>It works!</body></html>";
    let ran = meets(move |to| answer(to, "200 OK", "text/html", page.as_bytes()));
    ran.is("failed.contract.partner", "the answer is of another media type");
    let ran = meets(move |to| answer(to, "200 OK", "application/json", page.as_bytes()));
    ran.is("failed.contract.partner", "the body is HTML or XML, not JSON");
}

#[test]
fn a_block_page_is_nobodys_answer() {
    let ran = meets(|to| answer(to, "403 Forbidden", "text/html", b"<html>blocked</html>"));
    ran.is("errored.edge.path", "403");
}

#[test]
fn half_a_body() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 90\r\n\r\n";
    let ran = meets(move |to| {
        let _ = to.write_all(head.as_bytes()).and_then(|()| to.write_all(b"{\"ok\": tr"));
        close(to);
    });
    ran.is("failed.protocol.partner", "body cut: 9 of 90 bytes came");
    let ran = meets(move |to| {
        let _ = to.write_all(head.as_bytes()).and_then(|()| to.write_all(b"{\"ok\": true}"));
        until_gone(to);
    });
    ran.is("failed.timeout.unknown", "receive");
}

/// The same harm, by sentences of scenarios.
#[test]
fn a_stand_in_that_harms() {
    plays("the partner answers the next call with 50 MB").is(
        "failed.protocol.partner",
        "actual: not a whole HTTP answer: the body is larger than 16777216 bytes, the most we read\n",
    );
    plays("the partner answers the next call with 10000 levels of nesting").is(
        "failed.protocol.partner",
        "actual: the body is nested deeper than 127 levels, the most we read\n",
    );
    plays("the partner answers the next call with 999999 levels of nesting").is(
        "failed.protocol.partner",
        "actual: the body holds more than 500000 values, the most we read\n",
    );
    plays("the partner answers the next call with invalid UTF-8")
        .is("failed.protocol.partner", "actual: the body is not UTF-8 after 11 bytes\n");
    plays("the partner answers the next call with a compressed bomb").is(
        "failed.contract.partner",
        "actual: the body is compressed (gzip), which we did not ask for\n",
    );
}

#[test]
fn a_stand_in_that_breaks_off() {
    plays("the partner's answer to the next call is cut short").is(
        "failed.protocol.partner",
        "actual: not a whole HTTP answer: body cut: 5 of 11 bytes came\n",
    );
    plays("the partner cuts the connection before it carries out the next call")
        .is("failed.connect.partner", "actual: the connection was cut before an answer\n");
    plays("the partner cuts the connection before it answers the next call")
        .is("failed.connect.partner", "actual: the connection was cut before an answer\n");
    plays("the partner cuts the connection in the headers of its answer to the next call")
        .is("failed.connect.partner", "actual: the connection was cut before an answer\n");
    plays("the partner cuts the connection in the body of its answer to the next call").is(
        "failed.connect.partner",
        "actual: the connection was cut in the body, after 5 of 11 bytes\n",
    );
    plays("the partner answers the next call in drops, a byte every 500 ms")
        .is("failed.timeout.partner", "actual: nothing came within 1 s (while in phase receive)\n");
}

#[test]
fn no_answer_at_all() {
    let ran = meets(close);
    ran.is("failed.connect.unknown", "before an answer");
    let ran = meets(until_gone);
    ran.is("failed.timeout.unknown", "within 1 s");
}

#[test]
fn an_answer_byte_by_byte() {
    let ran = meets(|to| {
        for byte in b"HTTP/1.1 200 OK\r\nx: ".iter().chain(std::iter::repeat(&b'x')) {
            if to.write_all(&[*byte]).is_err() {
                return;
            }
            partner::pause();
        }
    });
    ran.is("failed.timeout.unknown", "within 1 s");
}

#[test]
fn a_flood_of_interim_answers() {
    let ran = meets(|to| {
        let flood = "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n".repeat(100);
        while to.write_all(flood.as_bytes()).is_ok() {}
    });
    ran.is("failed.timeout.unknown", "within 1 s");
}

#[test]
fn a_body_without_end() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
    let much = |to: &mut TcpStream, piece: &[u8]| {
        // 100 MB, were they read.
        for _ in 0..1_600 {
            if to.write_all(piece).is_err() {
                return;
            }
        }
    };
    let ran = meets(move |to| {
        let _ = to.write_all(format!("{head}\r\n[").as_bytes());
        much(to, &b"0,".repeat(32 * 1024));
    });
    ran.is("failed.protocol.partner", "the body is larger than 16777216 bytes");
    let ran = meets(move |to| {
        let _ = to.write_all(format!("{head}transfer-encoding: chunked\r\n\r\n").as_bytes());
        let mut chunk = b"10000\r\n".to_vec();
        chunk.extend(b" ".repeat(64 * 1024));
        chunk.extend(b"\r\n");
        much(to, &chunk);
    });
    ran.is("failed.protocol.partner", "the body is larger than 16777216 bytes");
    let ran = meets(move |to| {
        let _ = to.write_all(format!("{head}content-length: 99999999999\r\n\r\n{{").as_bytes());
    });
    ran.is("failed.protocol.partner", "the body is larger than 16777216 bytes");
}

#[test]
fn json_that_explodes() {
    let json = |body: Vec<u8>| meets(move |to| answer(to, "200 OK", "application/json", &body));
    let nested = [b"[".repeat(100_000), b"]".repeat(100_000)].concat();
    json(nested).is("failed.protocol.partner", "nested deeper than 127 levels");
    let objects = [b"{\"a\":".repeat(100_000), b"1".to_vec(), b"}".repeat(100_000)].concat();
    json(objects).is("failed.protocol.partner", "nested deeper than 127 levels");
    // 16 MB of text that would be a gigabyte of values.
    let wide = [b"[0".to_vec(), b",0".repeat(8_000_000), b"]".to_vec()].concat();
    json(wide).is("failed.protocol.partner", "more than 500000 values");
    let members = many(400_000, |at| format!("\"k{at}\":{{}},"));
    let members = format!("{{{members}\"ok\":true}}").into_bytes();
    json(members).is("failed.protocol.partner", "more than 500000 values");
    // Just what we bear, and all of it wrong or new.
    let wrong = [b"[0".to_vec(), b",0".repeat(400_000), b"]".to_vec()].concat();
    let wrong = [b"{\"ok\":true,\"list\":".to_vec(), wrong, b"}".to_vec()].concat();
    json(wrong).is("failed.contract.partner", "is of another type");
    let new = many(200_000, |at| format!("\"new{at}\":0,"));
    json(format!("{{{new}\"ok\":true}}").into_bytes()).passed();
    let key = format!("{{\"{}\":0}}", "k".repeat(1_000_000)).into_bytes();
    json(key).is("failed.contract.partner", "the answer lacks `ok`");
}

#[test]
fn bytes_that_are_no_text() {
    let json = |body: &[u8]| {
        let body = body.to_vec();
        meets(move |to| answer(to, "200 OK", "application/json", &body))
    };
    json(b"{\"ok\": true, \"note\": \"\xff\xfe\"}")
        .is("failed.protocol.partner", "the body is not UTF-8 after 22 bytes");
    json(b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xabV\xca\xcfV\xb2")
        .is("failed.contract.partner", "compressed (gzip), which we did not ask for");
    json("\u{feff}{\"ok\": true}".as_bytes()).is("failed.contract.partner", "a byte order mark");
    json(b"{\"ok\": NaN}").is("failed.contract.partner", "the body is not JSON");
    json(b"{\"ok\": true, \"count\": 1e999}").is("failed.contract.partner", "the body is not JSON");
    json(b"{\"ok\": true} {\"ok\": false}").is("failed.contract.partner", "trailing characters");
    json(b"").is("failed.contract.partner", "the answer has no body");
    json(b" ").is("failed.contract.partner", "middle of its JSON");
    json(b"\0\0\0\0").is("failed.contract.partner", "the body is not JSON");
}

/// RFC 8259 section 4 leaves it open which one counts; like most readers, we take the last, and
/// tell that others may not.
#[test]
fn of_two_members_of_one_name_the_last_counts() {
    let ran = meets(|to| {
        answer(to, "200 OK", "application/json", b"{\"ok\": 1, \"ok\": true}");
    });
    ran.is("failed.contract.partner", "the answer says `ok` twice");
    let ran = meets(|to| {
        answer(to, "200 OK", "application/json", b"{\"ok\": true, \"ok\": 1}");
    });
    ran.is("failed.contract.partner", "`ok` is of another type");
}

#[test]
fn a_head_that_is_no_head() {
    let raw = |head: Vec<u8>| {
        meets(move |to| {
            let _ = to.write_all(&head);
        })
    };
    let fields = many(10_000, |at| format!("x-{at}: y\r\n"));
    raw(format!("HTTP/1.1 200 OK\r\n{fields}\r\n").into_bytes())
        .is("failed.protocol.partner", "more or longer header fields than we bear");
    raw(format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "y".repeat(2_000_000)).into_bytes())
        .is("failed.protocol.partner", "more or longer header fields than we bear");
    raw(format!("HTTP/1.1 200 {}\r\n\r\n", "OK".repeat(1_000_000)).into_bytes())
        .is("failed.protocol.partner", "more or longer header fields than we bear");
    raw(b"\x16\x03\x01\0\xa5garbage\xff\xff\r\n\r\n".to_vec())
        .is("failed.protocol.partner", "what came is not HTTP");
    raw(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec()).is("failed.protocol.partner", "what came is not HTTP");
    raw(b"HTTP/1.1 99999 OK\r\n\r\n".to_vec())
        .is("failed.protocol.partner", "what came is not HTTP");
    raw(b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n".to_vec())
        .is("failed.protocol.partner", "what came is not HTTP");
    raw(b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n".to_vec())
        .fails();
    raw(b"HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n".to_vec())
        .is("failed.assertion.partner", "999");
}

#[test]
fn framing_that_lies() {
    let raw = |text: &'static str| {
        meets(move |to| {
            let _ = to.write_all(text.as_bytes());
        })
    };
    let json = "content-type: application/json\r\n";
    let chunked = "transfer-encoding: chunked\r\n";
    let leak = |text: String| -> &'static str { text.leak() };
    raw(leak(format!("HTTP/1.1 200 OK\r\n{json}{chunked}\r\nzz\r\n{{}}\r\n0\r\n\r\n")))
        .is("failed.protocol.partner", "broken body after 0 bytes");
    raw(leak(format!("HTTP/1.1 200 OK\r\n{json}{chunked}\r\nfffffffffffffffffff\r\n{{}}")))
        .is("failed.protocol.partner", "broken body after 0 bytes");
    raw(leak(format!(
        "HTTP/1.1 200 OK\r\n{json}content-length: 12\r\ncontent-length: 13\r\n\r\n{{\"ok\": true}}"
    )))
    .is("failed.protocol.partner", "");
    // Shorter than what comes: the rest must not answer the next call.
    raw(leak(format!(
        "HTTP/1.1 200 OK\r\n{json}content-length: 12\r\n\r\n{{\"ok\": true}}\
         HTTP/1.1 500 Forged\r\ncontent-length: 0\r\n\r\n"
    )))
    .passed();
    raw(leak(format!("HTTP/1.1 200 OK\r\n{json}content-length: 5\r\n\r\n{{\"ok\": true}}")))
        .is("failed.contract.partner", "middle of its JSON");
}

#[test]
fn a_redirect_is_an_answer_and_not_followed() {
    let ran = meets(|to| {
        let _ = to.write_all(
            b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
        );
    });
    ran.is("failed.assertion.partner", "302");
}

/// What a partner says reaches terminals, XML and our own messages.
#[test]
fn words_that_mean_to_be_more() {
    let body = "{\"ok\": \"\u{1b}[2J\u{1b}]0;owned\u{7}]]> \u{0}<error/> \u{9b}31m \u{202e}\", \
                \"\\u001b[31m\\u0000]]>&lt;\": 1}";
    let ran = meets(move |to| answer(to, "500 \u{1b}[31mBad", "application/json", body.as_bytes()));
    ran.fails();
    let body = body.replace(['\u{1b}', '\u{7}', '\u{0}'], "\\u001b");
    let ran = meets(move |to| answer(to, "200 OK", "application/json", body.as_bytes()));
    ran.is("failed.contract.partner", "`ok` is of another type");
    let page = "\u{1b}[2J]]>\u{0}<html>";
    let ran = meets(move |to| answer(to, "200 OK", "text/\u{1b}[31mhtml", page.as_bytes()));
    ran.fails();
    let ran = meets(move |to| answer(to, "503 No", "text/plain", page.repeat(1_000).as_bytes()));
    ran.is("failed.server_error.partner", "503");
}

/// A partner may say our own credential back to us, in any place.
#[test]
fn a_secret_that_comes_back() {
    let secret = run::SECRET;
    let ran = meets(move |to| {
        let escaped: String = many(secret.len(), |at| format!("\\u{:04x}", secret.as_bytes()[at]));
        let body = format!("{{\"ok\": \"{secret}\", \"{secret}\": 1, \"e\": \"{escaped}\"}}");
        answer(
            to,
            &format!("200 {secret}"),
            &format!("application/json; x={secret}"),
            body.as_bytes(),
        );
    });
    ran.is("failed.contract.partner", "`ok` is of another type");
    ran.never_says(secret);
}
