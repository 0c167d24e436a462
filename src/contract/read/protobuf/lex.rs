//! A `.proto` file as a list of tokens (protobuf language specification, "Lexical Elements").

use std::ops::Range;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A letter or underscore, then letters, digits and underscores.
    Word,
    /// A whole number, decimal, octal or hexadecimal.
    Whole,
    /// A number with a point or an exponent.
    Decimal,
    /// A text in quotes.
    Text,
    /// Any other single character.
    Sign(u8),
    /// After the last one.
    End,
}

/// A token with its place.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub(super) token: Token,
    pub(super) range: Range<usize>,
    /// The comment directly before it.
    pub(super) comment: Range<usize>,
}

/// What is no token: where, and what is wrong.
#[derive(Debug)]
pub(super) struct NoToken {
    pub(super) range: Range<usize>,
    pub(super) what: &'static str,
}

/// All tokens of a text; the last one is [`Token::End`].
pub(super) fn lex(text: &str) -> Result<Vec<Placed>, NoToken> {
    let mut lexer = Lexer { text: text.as_bytes(), at: 0, comment: 0..0 };
    let mut tokens = Vec::new();
    loop {
        lexer.space()?;
        let start = lexer.at;
        let token = lexer.token()?;
        let comment = std::mem::take(&mut lexer.comment);
        tokens.push(Placed { token, range: start..lexer.at, comment });
        if token == Token::End {
            return Ok(tokens);
        }
    }
}

struct Lexer<'t> {
    text: &'t [u8],
    at: usize,
    /// The comment before the next token.
    comment: Range<usize>,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn run(&mut self, of: impl Fn(u8) -> bool) {
        while self.at < self.text.len() && of(self.text[self.at]) {
            self.at += 1;
        }
    }

    /// Steps over blanks and comments; keeps the comment that ends on the line before the token.
    fn space(&mut self) -> Result<(), NoToken> {
        let mut breaks = 0;
        let mut seen = self.at == 0;
        loop {
            match (self.peek(0), self.peek(1)) {
                (b'\n', _) => {
                    self.at += 1;
                    breaks += 1;
                    seen = true;
                    if breaks > 1 {
                        self.comment = 0..0;
                    }
                }
                (b' ' | b'\t' | b'\r' | 0x0b | 0x0c, _) => self.at += 1,
                (b'/', b'/') => {
                    let start = self.at;
                    self.run(|byte| byte != b'\n');
                    self.keep(start, seen);
                    breaks = 0;
                }
                (b'/', b'*') => {
                    let start = self.at;
                    self.at += 2;
                    while self.at < self.text.len() && (self.peek(0), self.peek(1)) != (b'*', b'/')
                    {
                        self.at += 1;
                    }
                    if self.at >= self.text.len() {
                        let what = "the comment has no end";
                        return Err(NoToken { range: start..start + 2, what });
                    }
                    self.at += 2;
                    self.keep(start, seen);
                    breaks = 0;
                }
                _ => return Ok(()),
            }
        }
    }

    /// A comment behind something on the same line says nothing of what follows.
    fn keep(&mut self, start: usize, on_own_line: bool) {
        if on_own_line {
            let first = if self.comment.is_empty() { start } else { self.comment.start };
            self.comment = first..self.at;
        }
    }

    fn token(&mut self) -> Result<Token, NoToken> {
        let start = self.at;
        let Some(&first) = self.text.get(start) else { return Ok(Token::End) };
        let is_word = |byte: u8| byte == b'_' || byte.is_ascii_alphanumeric();
        if first == b'_' || first.is_ascii_alphabetic() {
            self.run(is_word);
            return Ok(Token::Word);
        }
        if first.is_ascii_digit() || first == b'.' && self.peek(1).is_ascii_digit() {
            return self.number();
        }
        if matches!(first, b'"' | b'\'') {
            return self.quoted(first);
        }
        let mut end = start + 1;
        while end < self.text.len() && self.text[end] & 0xc0 == 0x80 {
            end += 1;
        }
        if !first.is_ascii_graphic() {
            return Err(NoToken { range: start..end, what: "this character means nothing here" });
        }
        self.at = end;
        Ok(Token::Sign(first))
    }

    fn number(&mut self) -> Result<Token, NoToken> {
        let start = self.at;
        let is_hex = self.peek(0) == b'0' && matches!(self.peek(1), b'x' | b'X');
        let mut token = Token::Whole;
        if is_hex {
            self.at += 2;
            self.run(|byte| byte.is_ascii_hexdigit());
        } else {
            self.run(|byte| byte.is_ascii_digit());
            if self.peek(0) == b'.' {
                token = Token::Decimal;
                self.at += 1;
                self.run(|byte| byte.is_ascii_digit());
            }
            if matches!(self.peek(0), b'e' | b'E') {
                token = Token::Decimal;
                self.at += 1;
                self.at += usize::from(matches!(self.peek(0), b'+' | b'-'));
                self.run(|byte| byte.is_ascii_digit());
            }
            if matches!(self.peek(0), b'f' | b'F') {
                token = Token::Decimal;
                self.at += 1;
            }
        }
        if self.peek(0) == b'_' || self.peek(0).is_ascii_alphanumeric() {
            self.run(|byte| byte == b'_' || byte.is_ascii_alphanumeric());
            return Err(NoToken { range: start..self.at, what: "this is no number" });
        }
        Ok(token)
    }

    fn quoted(&mut self, quote: u8) -> Result<Token, NoToken> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.text.get(self.at) {
                None | Some(b'\n') => {
                    let what = "the text has no closing quote";
                    return Err(NoToken { range: start..self.at, what });
                }
                Some(b'\\') => {
                    self.at += 2;
                    // Never into the middle of a character.
                    while self.at < self.text.len() && self.text[self.at] & 0xc0 == 0x80 {
                        self.at += 1;
                    }
                    self.at = self.at.min(self.text.len());
                }
                Some(byte) => {
                    self.at += 1;
                    if *byte == quote {
                        return Ok(Token::Text);
                    }
                }
            }
        }
    }
}

/// A comment without its signs, lines trimmed.
pub(super) fn plain(comment: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in comment.lines() {
        let line = line.trim();
        let line = line.strip_prefix("/**").or_else(|| line.strip_prefix("/*")).unwrap_or(line);
        let line = line.strip_suffix("*/").unwrap_or(line);
        let line = line.trim_start_matches('/').trim_start_matches('*').trim();
        lines.push(line);
    }
    lines.join("\n").trim().to_owned()
}

/// The bytes that a literal in quotes means; `None` where an escape is none
/// (language specification, "String Literals").
pub(super) fn unquote(literal: &str) -> Option<Vec<u8>> {
    let inner = literal.get(1..literal.len().checked_sub(1)?)?.as_bytes();
    let mut bytes = Vec::with_capacity(inner.len());
    let mut at = 0;
    while let Some(&byte) = inner.get(at) {
        at += 1;
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let escape = *inner.get(at)?;
        at += 1;
        let plain = match escape {
            b'a' => 7,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 11,
            b'\\' | b'\'' | b'"' | b'?' => escape,
            b'0'..=b'7' => u8::try_from(digits(inner, at - 1, 3, 8, &mut at)?).ok()?,
            b'x' | b'X' => u8::try_from(digits(inner, at, 2, 16, &mut at)?).ok()?,
            b'u' | b'U' => {
                let most = if escape == b'u' { 4 } else { 8 };
                let code = char::from_u32(digits(inner, at, most, 16, &mut at)?)?;
                bytes.extend_from_slice(code.encode_utf8(&mut [0; 4]).as_bytes());
                continue;
            }
            _ => return None,
        };
        bytes.push(plain);
    }
    Some(bytes)
}

/// Up to `most` digits from `start` on; `at` is set behind them.
fn digits(text: &[u8], start: usize, most: usize, radix: u32, at: &mut usize) -> Option<u32> {
    let found = text[start.min(text.len())..]
        .iter()
        .take(most)
        .take_while(|byte| char::from(**byte).is_digit(radix))
        .count();
    *at = start + found;
    u32::from_str_radix(std::str::from_utf8(text.get(start..*at)?).ok()?, radix).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<&str> {
        let tokens = lex(text).expect("tokens");
        tokens.into_iter().map(|placed| &text[placed.range]).collect()
    }

    #[test]
    fn a_line_falls_into_tokens() {
        assert_eq!(
            shown("a.b = -0x1F; 1.5e+3 .5f /* x */ 'it\\'s' // end"),
            ["a", ".", "b", "=", "-", "0x1F", ";", "1.5e+3", ".5f", "'it\\'s'", ""]
        );
        for (text, range, what) in [
            ("a /* b", 2..4, "the comment has no end"),
            ("= \"a\n\"", 2..4, "the text has no closing quote"),
            ("12ab", 0..4, "this is no number"),
            ("a é", 2..4, "this character means nothing here"),
        ] {
            let problem = lex(text).expect_err("no token");
            assert_eq!((problem.range, problem.what), (range, what), "{text}");
        }
    }

    #[test]
    fn the_comment_directly_before_a_token_is_kept() {
        let text = "// far\n\n// near\n// nearer\na /* of a */ b // of b\nc";
        let tokens = lex(text).expect("tokens");
        let comments: Vec<_> = tokens.iter().map(|t| plain(&text[t.comment.clone()])).collect();
        assert_eq!(comments, ["near\nnearer", "", "", ""]);
    }

    #[test]
    fn escapes_mean_bytes() {
        let read = |literal| unquote(literal);
        assert_eq!(read(r#""a\n\x41\101\u00e9""#), Some("a\nAA\u{e9}".as_bytes().to_vec()));
        assert_eq!(read(r#""\377""#), Some(vec![0xff]));
        assert_eq!(read(r#""\q""#), None);
        assert_eq!(read(r#""\ud800""#), None);
    }
}
