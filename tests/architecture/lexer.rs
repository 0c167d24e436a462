//! Rust source to tokens: comments are gone, and what stands in quotes is one
//! token that no rule looks into.

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name or keyword; `r#name` without its prefix.
    Ident(String),
    /// `::`.
    PathSep,
    /// Any other single character of punctuation.
    Punct(char),
    /// A string literal's content, as written between its quotes.
    Text(String),
    /// A number, character or lifetime.
    Other,
}

/// A token with its line, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) line: usize,
}

impl Token {
    /// The name, if the token is one.
    pub(crate) fn ident(&self) -> Option<&str> {
        match &self.kind {
            Kind::Ident(name) => Some(name),
            _ => None,
        }
    }

    /// Whether it is this character.
    pub(crate) fn is(&self, punct: char) -> bool {
        self.kind == Kind::Punct(punct)
    }

    /// Whether it is `::`.
    pub(crate) fn is_sep(&self) -> bool {
        self.kind == Kind::PathSep
    }
}

/// The tokens of a source text, which is taken to be one that compiles.
pub(crate) fn lex(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { chars: text.chars().collect(), at: 0, line: 1, tokens: Vec::new() };
    while lexer.at < lexer.chars.len() {
        lexer.step();
    }
    lexer.tokens
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    line: usize,
    tokens: Vec<Token>,
}

impl Lexer {
    fn peek(&self, ahead: usize) -> char {
        self.chars.get(self.at + ahead).copied().unwrap_or('\0')
    }

    fn bump(&mut self) -> char {
        let c = self.peek(0);
        self.at += 1;
        self.line += usize::from(c == '\n');
        c
    }

    fn push(&mut self, kind: Kind, line: usize) {
        self.tokens.push(Token { kind, line });
    }

    fn step(&mut self) {
        let line = self.line;
        match (self.peek(0), self.peek(1)) {
            ('/', '/') => {
                while self.at < self.chars.len() && self.peek(0) != '\n' {
                    self.bump();
                }
            }
            ('/', '*') => self.block_comment(),
            ('"', _) => self.string(line),
            ('\'', _) => self.quote(line),
            (':', ':') => {
                self.at += 2;
                self.push(Kind::PathSep, line);
            }
            (c, _) if c == '_' || c.is_alphabetic() => self.word(line),
            (c, _) if c.is_ascii_digit() => self.number(line),
            (c, _) => {
                self.bump();
                if !c.is_whitespace() {
                    self.push(Kind::Punct(c), line);
                }
            }
        }
    }

    /// Block comments nest.
    fn block_comment(&mut self) {
        let mut depth = 0;
        while self.at < self.chars.len() {
            match (self.peek(0), self.peek(1)) {
                ('/', '*') => depth += 1,
                ('*', '/') => depth -= 1,
                _ => {
                    self.bump();
                    continue;
                }
            }
            self.at += 2;
            if depth == 0 {
                return;
            }
        }
    }

    /// At the opening quote of a string with escapes.
    fn string(&mut self, line: usize) {
        self.bump();
        let mut content = String::new();
        while self.at < self.chars.len() {
            match self.bump() {
                '"' => break,
                '\\' => {
                    self.bump();
                }
                c => content.push(c),
            }
        }
        self.push(Kind::Text(content), line);
    }

    /// At the first `#` or quote of a raw string.
    fn raw_string(&mut self, line: usize) {
        let mut hashes = 0;
        while self.peek(0) == '#' {
            hashes += 1;
            self.bump();
        }
        self.bump();
        let mut content = String::new();
        while self.at < self.chars.len() {
            let c = self.bump();
            if c == '"' && (0..hashes).all(|ahead| self.peek(ahead) == '#') {
                self.at += hashes;
                break;
            }
            content.push(c);
        }
        self.push(Kind::Text(content), line);
    }

    /// A lifetime or a character: `'a` is the one, `'a'` and `'\''` the other.
    fn quote(&mut self, line: usize) {
        self.bump();
        if self.peek(0) == '\\' {
            self.at += 2;
            while self.at < self.chars.len() && self.bump() != '\'' {}
        } else if self.peek(1) == '\'' {
            self.bump();
            self.bump();
        } else {
            while self.peek(0) == '_' || self.peek(0).is_alphanumeric() {
                self.bump();
            }
        }
        self.push(Kind::Other, line);
    }

    fn word(&mut self, line: usize) {
        let mut name = String::new();
        while self.peek(0) == '_' || self.peek(0).is_alphanumeric() {
            name.push(self.bump());
        }
        let raw = matches!(name.as_str(), "r" | "br" | "cr");
        match (name.as_str(), self.peek(0), self.peek(1)) {
            (_, '"', _) | (_, '#', '"' | '#') if raw => self.raw_string(line),
            ("r", '#', _) => {
                self.bump();
                self.word(line);
            }
            ("b" | "c", '"', _) => self.string(line),
            ("b", '\'', _) => self.quote(line),
            _ => self.push(Kind::Ident(name), line),
        }
    }

    fn number(&mut self, line: usize) {
        // `1..2` is two numbers; `1.5` is one or two, which no rule asks.
        while self.peek(0) == '_' || self.peek(0).is_alphanumeric() {
            self.bump();
        }
        self.push(Kind::Other, line);
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, lex};

    fn words(text: &str) -> Vec<String> {
        lex(text).iter().filter_map(|t| t.ident().map(str::to_owned)).collect()
    }

    #[test]
    fn comments_and_texts_hold_no_names() {
        let text =
            "a /* b /* c */ d */ e // f\n\"g \\\" h\" r#\"i \" j\"# b\"k\" br##\"l\"# m\"## n";
        assert_eq!(words(text), ["a", "e", "n"]);
    }

    #[test]
    fn characters_are_told_from_lifetimes() {
        assert_eq!(words(r#"a('"', b'"', '\'', '\u{22}') b<'c, 'static> d('x')"#), ["a", "b", "d"]);
    }

    #[test]
    fn lines_are_counted_through_everything_that_spans_them() {
        let tokens = lex("/*\n\n*/ \"\n\" r\"\n\" r#fn\n::x");
        let lines: Vec<_> = tokens.iter().map(|t| t.line).collect();
        assert_eq!(lines, [3, 4, 5, 6, 6]);
        assert_eq!(tokens[2].kind, Kind::Ident("fn".to_owned()));
    }
}
