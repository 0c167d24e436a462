//! Steps over the tokens of a file, and what is said where one does not fit.

use std::ops::Range;

use super::lex::{Placed, Token, lex, plain, unquote};
use crate::{
    contract::{model::protobuf::At, source::Source},
    evidence::Diagnostic,
};

/// How deep messages, groups and values of options may stand in each other; `protoc` reads
/// no message deeper than 100 either (protobuf guide, "Proto Limits").
const DEEPEST: usize = 100;

/// Characters of a wrong token that a message shows.
const LONGEST_SHOWN: usize = 60;

/// A reading position in a file.
pub(super) struct Cursor<'s> {
    pub(super) source: &'s Source,
    pub(super) file: usize,
    tokens: Vec<Placed>,
    next: usize,
    depth: usize,
}

/// Something does not fit; boxed, since it is seldom there.
pub(super) type Read<T> = Result<T, Box<Diagnostic>>;

impl<'s> Cursor<'s> {
    pub(super) fn new(source: &'s Source, file: usize) -> Read<Self> {
        let tokens = lex(&source.text).map_err(|problem| {
            Box::new(
                Diagnostic::error(format!("{} is not Protocol Buffers", source.path))
                    .at(source.place(problem.range), problem.what)
                    .help("see protobuf.dev, the language specification, \"Lexical Elements\""),
            )
        })?;
        Ok(Self { source, file, tokens, next: 0, depth: 0 })
    }

    fn placed(&self, ahead: usize) -> &Placed {
        // The last token is the end of the file, and is never stepped over.
        &self.tokens[(self.next + ahead).min(self.tokens.len() - 1)]
    }

    pub(super) fn token(&self) -> Token {
        self.placed(0).token
    }

    /// The token `ahead` of the next one, as it is written.
    pub(super) fn ahead(&self, ahead: usize) -> &'s str {
        &self.source.text[self.placed(ahead).range.clone()]
    }

    /// The next token as it is written.
    pub(super) fn text(&self) -> &'s str {
        self.ahead(0)
    }

    pub(super) fn at_end(&self) -> bool {
        self.token() == Token::End
    }

    pub(super) fn step(&mut self) {
        self.next = (self.next + 1).min(self.tokens.len() - 1);
    }

    /// Where the next token begins.
    pub(super) fn here(&self) -> usize {
        self.placed(0).range.start
    }

    /// The spot from `start` to the end of the last token that was stepped over.
    pub(super) fn since(&self, start: usize) -> At {
        let end = self.next.checked_sub(1).map_or(start, |last| self.tokens[last].range.end);
        At { file: self.file, range: start..end.max(start) }
    }

    /// The next token's spot.
    pub(super) fn spot(&self) -> At {
        At { file: self.file, range: self.placed(0).range.clone() }
    }

    /// The comment before the next token.
    pub(super) fn comment(&self) -> String {
        plain(&self.source.text[self.placed(0).comment.clone()])
    }

    pub(super) fn is(&self, text: &str) -> bool {
        self.text() == text && self.token() != Token::Text
    }

    /// Steps over the next token, if it is this one.
    pub(super) fn take(&mut self, text: &str) -> bool {
        let there = self.is(text);
        if there {
            self.step();
        }
        there
    }

    /// Steps over this token.
    pub(super) fn expect(&mut self, text: &str) -> Read<()> {
        if self.take(text) { Ok(()) } else { Err(self.unexpected(&format!("`{text}`"))) }
    }

    /// A word, such as a name.
    pub(super) fn word(&mut self, what: &str) -> Read<String> {
        if self.token() != Token::Word {
            return Err(self.unexpected(what));
        }
        let word = self.text().to_owned();
        self.step();
        Ok(word)
    }

    /// Words with points between them, with a leading point where one stands.
    pub(super) fn path(&mut self, what: &str) -> Read<String> {
        let mut path = String::new();
        if self.take(".") {
            path.push('.');
        }
        loop {
            path.push_str(&self.word(what)?);
            if !self.take(".") {
                return Ok(path);
            }
            path.push('.');
        }
    }

    /// One text, or several behind each other, as bytes.
    pub(super) fn bytes(&mut self, what: &str) -> Read<Vec<u8>> {
        if self.token() != Token::Text {
            return Err(self.unexpected(what));
        }
        let mut bytes = Vec::new();
        while self.token() == Token::Text {
            let Some(part) = unquote(self.text()) else {
                return Err(self.problem("the text has an escape that means nothing", ""));
            };
            bytes.extend(part);
            self.step();
        }
        Ok(bytes)
    }

    /// A text in UTF-8.
    pub(super) fn string(&mut self, what: &str) -> Read<String> {
        let at = self.spot();
        String::from_utf8(self.bytes(what)?)
            .map_err(|_| self.problem_at(&at.range, "the text is not UTF-8", "not UTF-8"))
    }

    /// A whole number without a sign.
    pub(super) fn whole(&mut self, what: &str) -> Read<u64> {
        if self.token() != Token::Whole {
            return Err(self.unexpected(what));
        }
        let text = self.text();
        let parsed = match text.as_bytes() {
            [b'0', b'x' | b'X', ..] => u64::from_str_radix(&text[2..], 16),
            [b'0', _, ..] => u64::from_str_radix(&text[1..], 8),
            _ => text.parse(),
        };
        let Ok(number) = parsed else {
            return Err(self.problem("the number is none of 64 bits", "no such number"));
        };
        self.step();
        Ok(number)
    }

    /// A whole number, perhaps negative, of 32 bits.
    pub(super) fn int32(&mut self, what: &str) -> Read<i32> {
        let start = self.here();
        let negative = self.take("-");
        let number = i128::from(self.whole(what)?);
        let number = if negative { -number } else { number };
        let at = self.since(start);
        i32::try_from(number)
            .map_err(|_| self.problem_at(&at.range, "the number does not fit into 32 bits", ""))
    }

    /// Runs `read` one level deeper.
    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth >= DEEPEST {
            let title = format!("more than {DEEPEST} levels stand in each other");
            return Err(self.problem(&title, "too deep"));
        }
        self.depth += 1;
        let done = read(self);
        self.depth -= 1;
        done
    }

    pub(super) fn unexpected(&self, expected: &str) -> Box<Diagnostic> {
        let actual = match self.token() {
            Token::End => "the end of the file".to_owned(),
            _ => format!("`{}`", self.text().chars().take(LONGEST_SHOWN).collect::<String>()),
        };
        let problem = Diagnostic::error(format!("{} is not Protocol Buffers", self.source.path))
            .at(self.source.place(self.placed(0).range.clone()), "not here");
        Box::new(problem.expected(expected).actual(actual))
    }

    pub(super) fn problem(&self, title: &str, label: &str) -> Box<Diagnostic> {
        self.problem_at(&self.placed(0).range, title, label)
    }

    pub(super) fn problem_at(
        &self,
        range: &Range<usize>,
        title: &str,
        label: &str,
    ) -> Box<Diagnostic> {
        Box::new(Diagnostic::error(title).at(self.source.place(range.clone()), label))
    }
}
