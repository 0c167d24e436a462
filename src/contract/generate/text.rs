//! Strings: by format, by simple pattern, by length.

use std::{iter::Peekable, str::Chars};

use fastrand::Rng;
use serde_json::{Map, Value};

/// Repetitions of `*` and `+`.
const SOME: usize = 8;
/// Characters of one pattern's string.
const MOST_TEXT: usize = 4_096;

/// A string of the schema.
pub(super) fn text(schema: &Map<String, Value>, rng: &mut Rng) -> String {
    if let Some(Value::String(pattern)) = schema.get("pattern")
        && let Some(text) = matching(pattern, rng)
    {
        return text;
    }
    if let Some(text) = schema.get("format").and_then(Value::as_str).and_then(|f| format(f, rng)) {
        return text;
    }
    let length = |key: &str| schema.get(key).and_then(Value::as_u64).map(|n| n as usize);
    let least = length("minLength").unwrap_or(0).min(MOST_TEXT);
    let most = length("maxLength").unwrap_or(usize::MAX);
    let wanted = least.max(8).min(most);
    (0..wanted).map(|_| rng.lowercase()).collect()
}

fn format(format: &str, rng: &mut Rng) -> Option<String> {
    let number = rng.u32(1..10_000);
    let day = rng.u32(1..=28);
    Some(match format {
        "email" | "idn-email" => format!("person{number}@example.com"),
        "uuid" => uuid(rng),
        "date-time" => format!("2026-01-{day:02}T{:02}:00:00Z", number % 24),
        "date" => format!("2026-01-{day:02}"),
        "time" => format!("{:02}:00:00Z", number % 24),
        "duration" => format!("PT{}M", number % 60),
        "uri" | "url" | "iri" | "uri-reference" | "iri-reference" => {
            format!("https://example.com/{number}")
        }
        "hostname" | "idn-hostname" => format!("host{number}.example.com"),
        "ipv4" => format!("192.0.2.{}", number % 255),
        "ipv6" => format!("2001:db8::{number:x}"),
        "byte" => "cHJvYmU=".to_owned(),
        "json-pointer" => format!("/{number}"),
        "regex" => "^.*$".to_owned(),
        _ => return None,
    })
}

/// Version 4 of RFC 9562, from the seed.
fn uuid(rng: &mut Rng) -> String {
    let bits = (rng.u128(..) & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// A string that a simple pattern matches: literals, classes, `.`, `\d`, `\w`, `\s`, groups with
/// alternatives, and repetitions. `None` for look-around, back-references and the like.
fn matching(pattern: &str, rng: &mut Rng) -> Option<String> {
    let mut reader = Reader { chars: pattern.chars().peekable(), rng, depth: 0 };
    let text = reader.alternatives()?;
    if reader.chars.next().is_some() || text.len() > MOST_TEXT {
        return None;
    }
    // What was read too simply is found out here; the engine's syntax is close enough.
    regex::Regex::new(pattern).ok()?.is_match(&text).then_some(text)
}

struct Reader<'p, 'r> {
    chars: Peekable<Chars<'p>>,
    rng: &'r mut Rng,
    depth: usize,
}

impl Reader<'_, '_> {
    /// One of the alternatives of a group or of the whole pattern; the first is as good as any.
    fn alternatives(&mut self) -> Option<String> {
        self.depth += 1;
        if self.depth > 16 {
            return None;
        }
        let first = self.sequence()?;
        while self.chars.next_if_eq(&'|').is_some() {
            self.sequence()?;
        }
        self.depth -= 1;
        Some(first)
    }

    fn sequence(&mut self) -> Option<String> {
        let mut text = String::new();
        while let Some(next) = self.chars.next_if(|c| !matches!(c, '|' | ')')) {
            let atom = match next {
                '^' | '$' => continue,
                '(' => self.group()?,
                '[' => Atom::Set(self.class()?),
                '.' => Atom::Set(vec![('a', 'z')]),
                '\\' => self.escape()?,
                literal => Atom::Text(literal.to_string()),
            };
            for _ in 0..self.repetitions()? {
                match &atom {
                    Atom::Text(part) => text.push_str(part),
                    Atom::Set(ranges) => text.push(self.pick(ranges)?),
                }
                if text.len() > MOST_TEXT {
                    return None;
                }
            }
        }
        Some(text)
    }

    fn group(&mut self) -> Option<Atom> {
        if self.chars.next_if_eq(&'?').is_some() && self.chars.next() != Some(':') {
            return None;
        }
        let text = self.alternatives()?;
        (self.chars.next() == Some(')')).then_some(Atom::Text(text))
    }

    fn escape(&mut self) -> Option<Atom> {
        match self.chars.next()? {
            'd' => Some(Atom::Set(vec![('0', '9')])),
            'w' => Some(Atom::Set(vec![('a', 'z'), ('0', '9')])),
            's' => Some(Atom::Text(" ".to_owned())),
            other if other.is_ascii_alphanumeric() => None,
            literal => Some(Atom::Text(literal.to_string())),
        }
    }

    fn class(&mut self) -> Option<Vec<(char, char)>> {
        if self.chars.peek() == Some(&'^') {
            return None;
        }
        let mut ranges: Vec<(char, char)> = Vec::new();
        loop {
            let low = match self.chars.next()? {
                ']' => break,
                '\\' => match self.escape()? {
                    Atom::Set(more) => {
                        ranges.extend(more);
                        continue;
                    }
                    Atom::Text(literal) => literal.chars().next()?,
                },
                low => low,
            };
            let mut ahead = self.chars.clone();
            let high = match (ahead.next(), ahead.next()) {
                (Some('-'), Some(high)) if high != ']' => {
                    self.chars = ahead;
                    if high == '\\' { self.chars.next()? } else { high }
                }
                _ => low,
            };
            ranges.push((low, high));
        }
        (!ranges.is_empty()).then_some(ranges)
    }

    fn pick(&mut self, ranges: &[(char, char)]) -> Option<char> {
        let (low, high) = *ranges.get(self.rng.usize(..ranges.len()))?;
        (low <= high).then(|| self.rng.char(low..=high))
    }

    fn repetitions(&mut self) -> Option<usize> {
        let count = match self.chars.peek() {
            Some('*' | '+') => {
                self.chars.next();
                SOME
            }
            Some('?') => {
                self.chars.next();
                1
            }
            Some('{') => {
                let body: String = self.chars.by_ref().skip(1).take_while(|c| *c != '}').collect();
                let least = body.split(',').next()?.trim().parse().ok()?;
                let most = match body.split_once(',') {
                    Some((_, "")) => usize::MAX,
                    Some((_, most)) => most.trim().parse().ok()?,
                    None => least,
                };
                // Up to some where the pattern leaves the choice.
                least.max(SOME.min(most))
            }
            _ => return Some(1),
        };
        // Lazy or not makes no difference here.
        self.chars.next_if(|c| matches!(c, '?' | '+'));
        Some(count)
    }
}

enum Atom {
    Text(String),
    Set(Vec<(char, char)>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simple_patterns_are_matched() {
        for pattern in [
            "^[A-Z]{3}$",
            "^pi_[a-zA-Z0-9]+$",
            r"^\d{4}-\d{2}$",
            "^(cat|dog)s?$",
            r"^[\w.-]+@[a-z]{2,5}\.com$",
            "^a{0}b*$",
            r"^\+[1-9]\d{1,14}$",
        ] {
            let text = matching(pattern, &mut Rng::with_seed(7)).expect(pattern);
            assert!(regex::Regex::new(pattern).unwrap().is_match(&text), "{pattern}: {text}");
        }
        for pattern in ["(?=a)b", r"(a)\1", "[^a]", "(", "[", "a{9999999}", "a{x}"] {
            assert_eq!(matching(pattern, &mut Rng::with_seed(7)), None, "{pattern}");
        }
    }

    #[test]
    fn a_seed_gives_one_text() {
        let schema = Map::from_iter([("format".to_owned(), Value::from("uuid"))]);
        let once = text(&schema, &mut Rng::with_seed(3));
        assert_eq!(once, text(&schema, &mut Rng::with_seed(3)));
        assert_ne!(once, text(&schema, &mut Rng::with_seed(4)));
        assert_eq!(once.as_bytes()[14], b'4');
    }
}
