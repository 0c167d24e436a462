//! Places in JSON: a scanner that steps over what it does not look for, without recursion.

use std::{borrow::Cow, ops::Range};

use super::Spot;

pub(super) fn locate(text: &str, pointer: &[Cow<'_, str>]) -> Option<Spot> {
    let mut scan = Scan { text, at: 0 };
    scan.space();
    scan.peek()?;
    let mut spot = Spot { key: None, value: scan.at..scan.at, depth: 0 };
    for segment in pointer {
        let found = match scan.peek() {
            Some(b'{') => scan.member(segment),
            Some(b'[') => segment.parse().ok().and_then(|index| scan.item(index)),
            _ => None,
        };
        let Some(key) = found else { break };
        // An item of a list has no key.
        let key = (!key.is_empty()).then_some(key);
        spot = Spot { key, value: scan.at..scan.at, depth: spot.depth + 1 };
    }
    scan.at = spot.value.start;
    scan.value();
    spot.value.end = scan.at;
    Some(spot)
}

struct Scan<'t> {
    text: &'t str,
    at: usize,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// Steps over this byte, if it is the next one after spaces.
    fn take(&mut self, byte: u8) -> bool {
        self.space();
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    /// Goes to the value of a member of the object here; gives the key's range.
    fn member(&mut self, wanted: &str) -> Option<Range<usize>> {
        self.at += 1;
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return None;
            }
            let start = self.at;
            self.string();
            let key = start..self.at;
            if !self.take(b':') {
                return None;
            }
            self.space();
            if self.is(&key, wanted) {
                return Some(key);
            }
            self.value();
            if !self.take(b',') {
                return None;
            }
        }
    }

    /// Goes to an item of the list here, which has no key: an empty range.
    fn item(&mut self, index: usize) -> Option<Range<usize>> {
        self.at += 1;
        self.space();
        for _ in 0..index {
            self.value();
            if !self.take(b',') {
                return None;
            }
            self.space();
        }
        (!matches!(self.peek(), None | Some(b']'))).then_some(self.at..self.at)
    }

    /// Whether a string literal means this text.
    fn is(&self, literal: &Range<usize>, wanted: &str) -> bool {
        let raw = &self.text[literal.clone()];
        if raw.contains('\\') {
            serde_json::from_str::<String>(raw).is_ok_and(|key| key == wanted)
        } else {
            raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"')) == Some(wanted)
        }
    }

    /// Steps over a string literal.
    fn string(&mut self) {
        self.at += 1;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'"' => return,
                // Never past the end: a broken text may end in a backslash.
                b'\\' => self.skip_character(),
                _ => {}
            }
        }
    }

    fn skip_character(&mut self) {
        self.at += self.text[self.at..].chars().next().map_or(0, char::len_utf8);
    }

    /// Steps over a value, however deep.
    fn value(&mut self) {
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'}' | b']' | b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => return,
                b'"' => self.string(),
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    depth -= 1;
                    self.at += 1;
                }
                b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                _ => self.word(),
            }
            if depth == 0 {
                return;
            }
        }
    }

    /// Steps over a number, `true`, `false` or `null`.
    fn word(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        let ends = |byte: &u8| {
            matches!(byte, b',' | b':' | b'"' | b'{' | b'}' | b'[' | b']')
                || byte.is_ascii_whitespace()
        };
        self.at += rest.iter().position(ends).unwrap_or(rest.len()).max(1);
    }
}
