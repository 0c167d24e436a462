//! Filters that expressions of mock files may use beside minijinja's own.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use minijinja::{Environment, Value};
use sha2::{Digest as _, Sha256};

/// Makes them known.
pub(super) fn add(engine: &mut Environment<'static>) {
    engine.add_filter("base64url", base64url);
    engine.add_filter("s256", s256);
}

/// Base64 for URLs, without padding (RFC 4648 section 5): of a text, or of the JSON of any other
/// value, as the parts of a JWT are (RFC 7515 section 2).
fn base64url(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(text(value))
}

/// The PKCE challenge of a verifier (RFC 7636 section 4.2): Base64 for URLs of its SHA-256.
fn s256(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(text(value)))
}

fn text(value: &Value) -> String {
    match value.as_str() {
        Some(text) => text.to_owned(),
        None if value.is_undefined() => String::new(),
        None => serde_json::to_string(value).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verifier_gives_its_challenge() {
        // RFC 7636 appendix B.
        let verifier = Value::from("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(s256(&verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        // Of no text at all.
        assert_eq!(s256(&Value::UNDEFINED), "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
    }

    #[test]
    fn texts_and_json_are_encoded_for_urls() {
        assert_eq!(base64url(&Value::from("a>b?~")), "YT5iP34");
        let header = minijinja::context! { alg => "RS256", typ => "JWT" };
        assert_eq!(base64url(&header), "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9");
    }
}
