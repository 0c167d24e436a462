//! The forms in which a secret travels.

use base64::{
    Engine as _,
    engine::general_purpose::{GeneralPurpose, STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// A part of a Base64 text that is shorter could be chance.
const SHORTEST_CORE: usize = 8;

/// RFC 3986 section 2.3: what no encoder has to touch.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// `application/x-www-form-urlencoded`, as the URL standard writes it.
const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'*');

/// Every form of a value; some may be the same.
pub(super) fn of(value: &str) -> Vec<String> {
    let mut forms = vec![
        value.to_owned(),
        // Messages put a text on one line.
        value.split_whitespace().collect::<Vec<_>>().join(" "),
        // As the name of a member, in a JSON Pointer (RFC 6901 section 3).
        value.replace('~', "~0").replace('/', "~1"),
    ];
    for once in in_json(value) {
        // Bodies quote bodies, such as the request that they refuse.
        forms.extend(in_json(&once));
        forms.push(once);
    }
    for set in [NON_ALPHANUMERIC, RESERVED, FORM] {
        let encoded = utf8_percent_encode(value, set).to_string();
        forms.extend([lower_hex(&encoded), encoded.replace("%20", "+"), encoded]);
    }
    for alphabet in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
        forms.push(alphabet.encode(value));
        // The two halves of HTTP Basic.
        forms.push(alphabet.encode(format!("{value}:")));
        forms.push(alphabet.encode(format!(":{value}")));
        forms.extend((0..3).filter_map(|shift| core(alphabet, value, shift)));
    }
    forms
}

/// As it stands in a JSON string, for writers that escape slashes and that do not.
fn in_json(text: &str) -> [String; 2] {
    let quoted = serde_json::Value::from(text).to_string();
    let escaped = &quoted[1..quoted.len() - 1];
    [escaped.to_owned(), escaped.replace('/', "\\/")]
}

/// What a Base64 text must hold wherever the value stands in what it encodes:
/// the characters that no neighbour has a bit in. `shift` is the value's place
/// modulo three.
fn core(alphabet: &GeneralPurpose, value: &str, shift: usize) -> Option<String> {
    let encoded = alphabet.encode([&vec![0; shift], value.as_bytes()].concat());
    let first = (shift * 8).div_ceil(6);
    let last = (shift + value.len()) * 8 / 6;
    let core = encoded.get(first..last)?;
    (core.len() >= SHORTEST_CORE).then(|| core.to_owned())
}

/// The same percent-encoding in lower-case digits.
fn lower_hex(encoded: &str) -> String {
    let mut parts = encoded.split('%');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (digits, rest) = part.split_at(part.len().min(2));
        text.extend(["%", &digits.to_ascii_lowercase(), rest]);
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::evidence::{Redactor, Secret};

    #[test]
    fn reserved_characters_have_many_faces() {
        let forms = of("a/b c_d+");
        for form in ["a/b c_d+", r"a\/b c_d+", "a%2Fb%20c_d%2B", "a%2fb%20c_d%2b", "a%2Fb+c_d%2B"] {
            assert!(forms.iter().any(|found| found == form), "{form} of {forms:?}");
        }
    }

    #[test]
    fn a_text_that_was_cut_keeps_no_half() {
        let redactor = Redactor::new([&Secret::new("env:KEY", "k3yOfOurs!")]);
        for kept in 4..10 {
            let half = &"k3yOfOurs!"[..kept];
            assert_eq!(redactor.text(&format!("said {half}...")), "said [redacted]...");
            assert_eq!(
                redactor.text(&format!("{half}… and {half}…")),
                "[redacted]… and [redacted]…"
            );
        }
        assert_eq!(redactor.text("k3y... is short"), "k3y... is short");
        assert_eq!(redactor.text("nothing... here"), "nothing... here");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn base64_around_a_secret_is_masked(
            secret in "[!-~]{10,40}", before in "[ -~]{0,9}", after in "[ -~]{0,9}",
        ) {
            let redactor = Redactor::new([&Secret::new("env:KEY", secret.as_str())]);
            for alphabet in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
                let said = alphabet.encode(format!("{before}{secret}{after}"));
                prop_assert!(redactor.text(&said).contains("[redacted]"), "{}", said);
            }
        }
    }
}
