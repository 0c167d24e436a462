//! Answers that no contract promises: pages for people, and bodies that are
//! meant to harm whoever reads them.

use bytes::Bytes;

use super::FaultKind;
use crate::{
    evidence::Headers,
    transport::listener::{End, Reply},
};

/// Seconds that a partner under maintenance asks to wait.
const RETRY_AFTER: &str = "30";

const PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Welcome</title></head>\
                    <body><h1>Welcome</h1><p>Please sign in to continue.</p></body></html>\n";

const MAINTENANCE: &str = "<!DOCTYPE html>\n<html><head><title>Maintenance</title></head>\
                           <body><h1>We will be back soon</h1></body></html>\n";

/// Bytes of which a large body is made, again and again.
const PIECE: usize = 64 * 1024;

/// Bytes of zeros that a bomb holds once unpacked: a gigabyte in 6.8 MB.
const UNPACKED: usize = 1 << 30;

/// What is answered instead of what was asked, if the fault is of this kind.
pub(super) fn answer(kind: &FaultKind) -> Option<Odd> {
    Some(match kind {
        FaultKind::Page => {
            Odd::new("text/html; charset=utf-8", vec![Bytes::from_static(PAGE.as_bytes())])
        }
        FaultKind::Maintenance => {
            let page = vec![Bytes::from_static(MAINTENANCE.as_bytes())];
            let mut odd = Odd::new("text/html; charset=utf-8", page);
            odd.status = 503;
            odd.headers.push(("retry-after".to_owned(), RETRY_AFTER.to_owned()));
            odd
        }
        FaultKind::Megabytes(size) => Odd::json(large(*size as usize * 1_000_000)),
        FaultKind::Levels(depth) => {
            let depth = *depth as usize;
            Odd::json(vec!["[".repeat(depth).into(), "]".repeat(depth).into()])
        }
        FaultKind::InvalidUtf8 => Odd::json(vec![Bytes::from_static(b"{\"probe\": \"\xff\xfe\"}")]),
        FaultKind::Bomb => {
            let mut odd = Odd::json(bomb());
            odd.headers.push(("content-encoding".to_owned(), "gzip".to_owned()));
            odd
        }
        FaultKind::Throttle
        | FaultKind::Status(_)
        | FaultKind::Silence
        | FaultKind::Slow(_)
        | FaultKind::Drops(_)
        | FaultKind::Reset(_)
        | FaultKind::CutShort
        | FaultKind::MediaType(_)
        | FaultKind::Drift(_)
        | FaultKind::TokensExpired => return None,
    })
}

/// An answer as bytes that no contract knows.
#[derive(Debug)]
pub(super) struct Odd {
    pub(super) status: u16,
    pub(super) headers: Headers,
    pieces: Vec<Bytes>,
}

impl Odd {
    fn new(media: &str, pieces: Vec<Bytes>) -> Self {
        Self { status: 200, headers: vec![("content-type".to_owned(), media.to_owned())], pieces }
    }

    fn json(pieces: Vec<Bytes>) -> Self {
        Self::new("application/json", pieces)
    }

    /// Without a stated length: whoever reads has to count.
    pub(super) fn reply(self) -> Reply {
        let Self { status, headers, pieces } = self;
        Reply::Pieces { status, headers, pieces, pause: None, end: End::Whole }
    }
}

/// A JSON string in an object, of so many bytes in all; its pieces share their memory.
fn large(size: usize) -> Vec<Bytes> {
    let (begin, end) = (Bytes::from_static(b"{\"probe\":\""), Bytes::from_static(b"\"}"));
    let mut left = size.saturating_sub(begin.len() + end.len());
    let piece = Bytes::from(vec![b'a'; PIECE.min(left)]);
    let mut pieces = vec![begin];
    while left > 0 {
        let length = piece.len().min(left);
        pieces.push(piece.slice(..length));
        left -= length;
    }
    pieces.push(end);
    pieces
}

/// A gzip member (RFC 1952) of zeros, deflated as one block of fixed codes (RFC 1951 section
/// 3.2.6): two literal zeros, and then "258 bytes from one byte back" over and over. In 13 bits
/// each, eight of these fill 13 bytes, which repeat. It ends without its end: nobody unpacks so far.
fn bomb() -> Vec<Bytes> {
    const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    const COPIED: usize = 258;
    let mut bits = Bits::default();
    // The last block, of fixed codes; codes go in from their highest bit.
    bits.low_first(0b1, 1);
    bits.low_first(0b01, 2);
    for _ in 0..2 {
        bits.high_first(0b0011_0000, 8);
    }
    let copies = UNPACKED / COPIED;
    let mut pieces = vec![Bytes::from_static(&HEAD)];
    let copy = |bits: &mut Bits| {
        bits.high_first(0b1100_0101, 8);
        bits.high_first(0, 5);
    };
    for _ in 0..8 {
        copy(&mut bits);
    }
    let first = bits.take();
    for _ in 0..8 * (PIECE / 13) {
        copy(&mut bits);
    }
    let piece = Bytes::from(bits.take());
    pieces.push(first.into());
    pieces.extend(std::iter::repeat_n(piece, copies / (8 * (PIECE / 13))));
    pieces
}

/// Bits on their way to bytes, lowest bit first.
#[derive(Debug, Default)]
struct Bits {
    bytes: Vec<u8>,
    open: u8,
    used: u8,
}

impl Bits {
    fn bit(&mut self, bit: bool) {
        self.open |= u8::from(bit) << self.used;
        self.used += 1;
        if self.used == 8 {
            self.bytes.push(std::mem::take(&mut self.open));
            self.used = 0;
        }
    }

    fn low_first(&mut self, value: u16, count: u16) {
        (0..count).for_each(|at| self.bit(value >> at & 1 == 1));
    }

    fn high_first(&mut self, code: u16, count: u16) {
        (0..count).rev().for_each(|at| self.bit(code >> at & 1 == 1));
    }

    /// The whole bytes so far.
    fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(kind: &FaultKind) -> Vec<u8> {
        answer(kind).unwrap().pieces.concat()
    }

    #[test]
    fn a_large_body_is_json_of_the_asked_size_in_little_memory() {
        let odd = answer(&FaultKind::Megabytes(3)).unwrap();
        let shared = odd.pieces[1].as_ptr();
        assert!(odd.pieces[1..odd.pieces.len() - 1].iter().all(|piece| piece.as_ptr() == shared));
        let body = odd.pieces.concat();
        assert_eq!(body.len(), 3_000_000);
        assert!(serde_json::from_slice::<serde_json::Value>(&body).unwrap()["probe"].is_string());
    }

    #[test]
    fn nesting_is_as_deep_as_asked() {
        assert_eq!(whole(&FaultKind::Levels(3)), b"[[[]]]");
        assert!(String::from_utf8(whole(&FaultKind::InvalidUtf8)).is_err());
    }

    /// What zlib makes of zeros with fixed codes, after the ten bytes of gzip's own head.
    #[test]
    fn a_bomb_is_what_a_compressor_makes_of_zeros() {
        let bomb = whole(&FaultKind::Bomb);
        assert!((6_000_000..7_000_000).contains(&bomb.len()), "{}", bomb.len());
        let zlib = [
            0x63, 0x60, 0x18, 0x05, 0xa3, 0x60, 0x14, 0x8c, 0x82, 0x51, 0x30, 0x0a, 0x46, 0xc1,
            0x28, 0x18, 0x05, 0xa3, 0x60, 0x14, 0x8c, 0x82, 0x51, 0x30, 0x0a, 0x46, 0xc1, 0x28,
            0x18, 0x05, 0xa3, 0x60, 0x14, 0x8c, 0x82, 0x51, 0x30, 0x0a, 0x46,
        ];
        assert_eq!(bomb[10..10 + zlib.len()], zlib);
    }
}
