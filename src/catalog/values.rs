//! Small values of a record, each with the rule that it keeps.

use serde_json::Value;
use time::{Date, format_description::BorrowedFormatItem, macros::format_description};

use super::SecretName;

const DATE: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");

/// Whether a text is a date such as `2027-03-01`. Such texts compare like dates.
pub(super) fn is_date(text: &str) -> bool {
    date(text).is_some()
}

/// The date that a text such as `2027-03-01` says.
pub(super) fn date(text: &str) -> Option<Date> {
    Date::parse(text, DATE).ok().filter(|_| text.len() == 10)
}

/// Whether a text is an integration id: `stripe.payments`.
pub fn is_integration_id(text: &str) -> bool {
    text.split('.').all(is_word)
}

/// Whether a text is a contract id: `payments/transactions/v3`. It becomes a
/// path, so nothing that climbs out of the workspace may pass.
pub(super) fn is_contract_id(text: &str) -> bool {
    let parts: Vec<&str> = text.split('/').collect();
    let [domain, name, version] = parts.as_slice() else { return false };
    let number = version.strip_prefix('v').unwrap_or("");
    is_word(domain)
        && is_word(name)
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// A value as it stands in a header field or a message: text without quotes.
pub(super) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// The name of a header field (RFC 9110 section 5.1) in lower case.
pub(super) fn header_name(text: &str) -> Option<String> {
    let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    (!text.is_empty() && text.bytes().all(token)).then(|| text.to_ascii_lowercase())
}

/// `env:NAME` or `file:PATH`.
pub(super) fn secret_name(text: &str) -> Option<SecretName> {
    if let Some(name) = text.strip_prefix("env:") {
        let good = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        return (starts && name.bytes().all(good)).then(|| SecretName::Env(name.to_owned()));
    }
    let path = text.strip_prefix("file:")?;
    (!path.trim().is_empty()).then(|| SecretName::File(path.to_owned()))
}

/// An absolute `http` or `https` URL without credentials, query or fragment;
/// its trailing slash is dropped. Err: what is wrong with it.
pub(super) fn base_url(text: &str) -> Result<String, &'static str> {
    let scheme_end = text.find("://").ok_or("it has no scheme")?;
    let (scheme, rest) = (&text[..scheme_end], &text[scheme_end + 3..]);
    if !matches!(scheme, "http" | "https") {
        return Err("its scheme is not http or https");
    }
    if text.contains(['?', '#']) {
        return Err("it has a query or a fragment");
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control() || !c.is_ascii()) {
        return Err("it has a space or a character that URLs have not");
    }
    let authority = rest.split('/').next().unwrap_or("");
    if !is_authority(authority) {
        return Err("it has no host, or a port that is not one");
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// `host` or `host:port`.
fn is_authority(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (text, None),
    };
    let good = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
    let host_good = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.bytes().all(good),
    };
    host_good && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

/// Whether a text is `host:port`.
pub(super) fn is_host_and_port(text: &str) -> bool {
    is_authority(text) && text.rsplit_once(':').is_some_and(|(_, port)| !port.contains(']'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_real_ones() {
        assert!(is_date("2027-03-01"));
        for text in ["2027-02-29", "2027-3-1", "01.03.2027", "", "2027-03-01T00"] {
            assert!(!is_date(text), "{text}");
        }
    }

    #[test]
    fn ids_are_plain_and_never_climb() {
        assert!(is_integration_id("stripe.payments") && is_integration_id("carrier-a.labels"));
        assert!(!is_integration_id("_defaults") && !is_integration_id("a..b"));
        assert!(is_contract_id("payments/transactions/v3"));
        for text in ["payments/v3", "../x/v1", "a/../v1", "a/b/3", "a/b/v", "a/b/v1/", "A/b/v1"] {
            assert!(!is_contract_id(text), "{text}");
        }
    }

    #[test]
    fn secrets_are_names() {
        assert_eq!(secret_name("env:A_1"), Some(SecretName::Env("A_1".into())));
        assert_eq!(secret_name("file:keys/a"), Some(SecretName::File("keys/a".into())));
        for text in ["sk_live_1", "env:", "env:1A", "env:A B", "file:", "vault:x"] {
            assert_eq!(secret_name(text), None, "{text}");
        }
    }

    #[test]
    fn base_urls_are_absolute() {
        assert_eq!(base_url("https://api.stripe.com"), Ok("https://api.stripe.com".into()));
        assert_eq!(base_url("http://[::1]:8080/a/"), Ok("http://[::1]:8080/a".into()));
        for text in [
            "api.stripe.com",
            "ftp://a",
            "https://",
            "https:///a",
            "https://a b",
            "https://u:p@a",
            "https://a?x",
            "https://a:99999",
            "https://a:0",
            "http://[::g]",
        ] {
            assert!(base_url(text).is_err(), "{text}");
        }
    }

    #[test]
    fn control_targets_have_a_port() {
        assert!(is_host_and_port("example.com:443") && is_host_and_port("[::1]:53"));
        assert!(!is_host_and_port("example.com") && !is_host_and_port("[::1]"));
    }

    #[test]
    fn header_names_are_tokens() {
        assert_eq!(header_name("X-Api-Key").as_deref(), Some("x-api-key"));
        assert_eq!(header_name("X Api"), None);
        assert_eq!(header_name(""), None);
    }
}
