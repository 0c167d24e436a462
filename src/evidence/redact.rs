//! Secrets: a type that cannot be printed, and the one place that masks.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

use super::{Body, Content, Exchange, Headers, NoAnswer, Outcome};

/// What stands where a secret stood.
pub const MASK: &str = "[redacted]";

/// Fewer characters than this are not searched for.
const SHORTEST: usize = 4;

/// How messages mark that they cut a text.
const ELLIPSES: &[&str] = &["…", "..."];

/// Bodies over this many bytes are cut when they are recorded.
const KEPT_BODY: usize = 64 * 1024;

/// The value of a secret. It has no `Serialize`, and `Debug` shows its name only.
#[derive(Clone)]
pub struct Secret {
    name: String,
    value: SecretString,
}

impl Secret {
    /// A value under the name that people know it by (`env:STRIPE_KEY`).
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: SecretString::from(value.into()) }
    }

    /// The name; safe to show.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value, for signing a request and for nothing else.
    pub fn expose(&self) -> &str {
        self.value.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({})", self.name)
    }
}

/// Masks known secret values, in every form in which they travel, and the
/// header fields that hold credentials by nature.
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    /// Longest first, so that a value inside another form is masked whole.
    needles: Vec<Needle>,
}

#[derive(Clone)]
struct Needle(SecretString);

impl fmt::Debug for Needle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Needle")
    }
}

/// Header fields whose value is never written down.
const CREDENTIAL_HEADERS: &[&str] =
    &["authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key"];

impl Redactor {
    /// A redactor for these secrets in every form in which they travel: as they
    /// are, in JSON, in URLs and forms, and in Base64, also as a part of what
    /// was encoded. Values under four characters are not searched for: they
    /// would mask every text, and are no secrets.
    pub fn new<'s>(secrets: impl IntoIterator<Item = &'s Secret>) -> Self {
        Self::default().and(secrets)
    }

    /// A redactor for these secrets as well.
    #[must_use]
    pub fn and<'s>(&self, secrets: impl IntoIterator<Item = &'s Secret>) -> Self {
        let known = self.needles.iter().map(|Needle(needle)| needle.expose_secret().to_owned());
        let mut forms: Vec<String> = known.collect();
        for secret in secrets {
            let value = secret.expose();
            if value.len() >= SHORTEST {
                forms.extend(super::forms::of(value));
            }
        }
        forms.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        forms.dedup();
        Self { needles: forms.into_iter().map(|f| Needle(SecretString::from(f))).collect() }
    }

    /// The text with every known secret masked, also one whose end a message
    /// cut off.
    pub fn text(&self, text: &str) -> String {
        let mut masked = std::borrow::Cow::Borrowed(text);
        for Needle(needle) in &self.needles {
            if masked.contains(needle.expose_secret()) {
                masked = masked.replace(needle.expose_secret(), MASK).into();
            }
        }
        let masked = masked.into_owned();
        if self.needles.is_empty() { masked } else { self.before_cuts(masked) }
    }

    /// Masks what stands of a secret before an ellipsis.
    fn before_cuts(&self, mut text: String) -> String {
        for cut in ELLIPSES.iter().filter(|cut| text.contains(**cut)).collect::<Vec<_>>() {
            // Written anew: moving the rest at each cut would take time quadratic in the text.
            let mut masked = String::with_capacity(text.len());
            let mut rest = text.as_str();
            while let Some((before, after)) = rest.split_once(cut) {
                let left = self.left_of(before);
                masked.push_str(&before[..before.len() - left]);
                masked.push_str(if left > 0 { MASK } else { "" });
                masked.push_str(cut);
                rest = after;
            }
            masked.push_str(rest);
            text = masked;
        }
        text
    }

    /// How many bytes at the end of a text are the beginning of a secret.
    fn left_of(&self, text: &str) -> usize {
        let begins = |Needle(needle): &Needle| {
            let needle = needle.expose_secret();
            let most = needle.len().min(text.len());
            (SHORTEST..=most).rev().find(|length| {
                needle.is_char_boundary(*length) && text.ends_with(&needle[..*length])
            })
        };
        self.needles.iter().filter_map(begins).max().unwrap_or(0)
    }

    /// The bytes with every known secret blotted out.
    fn bytes(&self, bytes: &[u8]) -> Vec<u8> {
        let mut masked = bytes.to_vec();
        for Needle(needle) in &self.needles {
            let needle = needle.expose_secret().as_bytes();
            let mut at = 0;
            while let Some(found) = masked[at..].windows(needle.len()).position(|w| w == needle) {
                masked[at + found..][..needle.len()].fill(b'*');
                at += found + needle.len();
            }
        }
        masked
    }

    /// The value of a header field, masked whole where the field holds a
    /// credential; the scheme of `Authorization` stays readable.
    pub fn header(&self, name: &str, value: &str) -> String {
        if !CREDENTIAL_HEADERS.contains(&name) {
            return self.text(value);
        }
        match value.split_once(' ') {
            Some((scheme, _)) if name.ends_with("authorization") => format!("{scheme} {MASK}"),
            _ => MASK.to_owned(),
        }
    }

    /// The exchange as it may be written down: secrets masked, bodies digested,
    /// and kept up to 64 KiB where `keep_bodies` says so.
    pub fn record(&self, exchange: &Exchange, keep_bodies: bool) -> Exchange {
        let mut record = Exchange {
            integration: exchange.integration.clone(),
            operation: exchange.operation.clone(),
            direction: exchange.direction,
            request: super::Request {
                method: exchange.request.method.clone(),
                url: self.text(&exchange.request.url),
                headers: self.headers(&exchange.request.headers),
                body: self.body(&exchange.request.body, keep_bodies),
            },
            attempts: Vec::with_capacity(exchange.attempts.len()),
        };
        for attempt in &exchange.attempts {
            let outcome = match &attempt.outcome {
                Outcome::Answer(response) => Outcome::Answer(super::Response {
                    status: response.status,
                    headers: self.headers(&response.headers),
                    body: self.body(&response.body, keep_bodies),
                }),
                Outcome::NoAnswer(reason) => Outcome::NoAnswer(self.no_answer(reason)),
            };
            record.attempts.push(super::Attempt {
                idempotency_key: attempt.idempotency_key.clone(),
                outcome,
                ..*attempt
            });
        }
        record
    }

    /// Masks every text of a message.
    pub fn diagnostic(&self, diagnostic: &mut super::Diagnostic) {
        diagnostic.title = self.text(&diagnostic.title);
        for text in [&mut diagnostic.expected, &mut diagnostic.actual].into_iter().flatten() {
            *text = self.text(text);
        }
        for text in diagnostic.notes.iter_mut().chain(&mut diagnostic.help) {
            *text = self.text(text);
        }
    }

    /// Masks every text of a finding that may repeat what was said.
    pub fn finding(&self, finding: &mut super::Finding) {
        let place = &mut finding.message_place;
        let said = [&mut finding.message, &mut finding.expected, &mut finding.actual];
        // A partner chooses the names of members and header fields as well.
        for text in said.into_iter().chain([&mut place.location, &mut place.pointer]) {
            *text = self.text(text);
        }
    }

    fn no_answer(&self, reason: &NoAnswer) -> NoAnswer {
        let mut reason = reason.clone();
        match &mut reason {
            NoAnswer::Dns { detail }
            | NoAnswer::Refused { detail }
            | NoAnswer::Reset { detail }
            | NoAnswer::Tls { detail, .. }
            | NoAnswer::Protocol { detail }
            | NoAnswer::NotSent { detail } => *detail = self.text(detail),
            NoAnswer::Timeout { .. } => {}
        }
        reason
    }

    fn headers(&self, headers: &Headers) -> Headers {
        headers.iter().map(|(name, value)| (self.text(name), self.header(name, value))).collect()
    }

    fn body(&self, body: &Body, keep: bool) -> Body {
        let Content::Whole(bytes) = &body.content else { return body.clone() };
        if bytes.is_empty() {
            return Body::default();
        }
        let content = match (keep, std::str::from_utf8(bytes)) {
            (false, _) => Content::Dropped,
            (true, Ok(text)) => self.kept(text),
            (true, Err(_)) => {
                // What begins before the end is whole in what is searched.
                let searched = bytes.len().min(KEPT_BODY / 64 + self.longest());
                let masked = self.bytes(&bytes[..searched]);
                Content::Binary {
                    hex: hex(&masked[..masked.len().min(KEPT_BODY / 64)]),
                    cut: bytes.len() > KEPT_BODY / 64,
                }
            }
        };
        Body { size: body.size, sha256: Some(digest(bytes)), content }
    }

    /// Bytes of the longest form that is searched for.
    fn longest(&self) -> usize {
        self.needles.first().map_or(0, |Needle(needle)| needle.expose_secret().len())
    }

    /// The beginning of a text. Masked before it is cut, so that no secret
    /// survives in halves; of megabytes only what can be kept is searched.
    fn kept(&self, text: &str) -> Content {
        // A mask may be up to three times as long as what it hides.
        let margin = 3 * self.longest();
        let searched = text.floor_char_boundary(KEPT_BODY + margin);
        let mut masked = self.text(&text[..searched]);
        let mut kept = KEPT_BODY;
        if searched < text.len() {
            // At the end may stand the beginning of a secret that was cut here.
            kept = kept.min(masked.len().saturating_sub(margin));
        }
        let cut = searched < text.len() || masked.len() > kept;
        masked.truncate(masked.floor_char_boundary(kept));
        Content::Text { text: masked, cut }
    }
}

fn digest(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    hex(&sha2::Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]])
        .map(char::from)
        .collect()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    const KEY: &str = "sk_test_a_long_enough_secret";

    fn redactor() -> Redactor {
        Redactor::new(&[Secret::new("env:KEY", KEY)])
    }

    fn kept(text: String) -> (String, bool) {
        match redactor().body(&Body::whole(Bytes::from(text)), true).content {
            Content::Text { text, cut } => (text, cut),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_beginning_of_a_secret_before_a_cut_is_masked() {
        let redactor = redactor();
        assert_eq!(redactor.text("sk_test_a..., then… sk_t…"), "[redacted]..., then… [redacted]…");
        assert_eq!(redactor.text("a... b... sk..."), "a... b... sk...");
        let many = "sk_test_a...".repeat(20_000);
        assert_eq!(redactor.text(&many), "[redacted]...".repeat(20_000));
    }

    #[test]
    fn of_a_long_body_the_beginning_is_kept_and_no_part_of_a_secret() {
        assert_eq!(kept(format!("a {KEY}")), ("a [redacted]".to_owned(), false));
        let (text, cut) = kept("x".repeat(KEPT_BODY + 1));
        assert_eq!((text.len(), cut), (KEPT_BODY, true));
        // Wherever the secret stands, also across every border that is searched or kept.
        let longest = redactor().longest();
        for before in (KEPT_BODY - KEY.len()..=KEPT_BODY + 3 * longest).step_by(9) {
            let text = "x".repeat(before) + KEY + &"y".repeat(4 * longest);
            let (text, cut) = kept(text);
            assert!(cut && !text.contains("sk_"), "{before}");
        }
        let (text, cut) = kept(KEY.repeat(8_000));
        assert!(cut && !text.contains("sk_") && text.len() <= KEPT_BODY, "{}", text.len());
    }
}
