//! Why there is no answer: errors of the system, rustls and hyper as [`NoAnswer`].

use std::{error::Error, fmt, io};

use hyper_util::client::legacy;
use rustls::{AlertDescription, CertificateError, InvalidMessage};

use crate::evidence::{Attempt, NoAnswer, Outcome};

/// Longest detail that is kept; some come from the other side.
const LONGEST_DETAIL: usize = 300;

/// A connection that did not come to be. Travels through hyper's client as an error.
#[derive(Clone, Debug)]
pub(super) struct Unconnected(pub(super) NoAnswer);

impl fmt::Display for Unconnected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.describe())
    }
}

impl Error for Unconnected {}

impl Unconnected {
    /// The resolver's error.
    pub(super) fn dns(host: &str, error: &dyn fmt::Display) -> Self {
        Self(NoAnswer::Dns { detail: detail(format_args!("{host}: {error}")) })
    }

    /// An error of the TCP connect.
    pub(super) fn tcp(address: &dyn fmt::Display, error: &io::Error) -> Self {
        let detail = detail(format_args!("{address}: {error}"));
        Self(if is_our_shortage(error) {
            NoAnswer::NotSent { detail }
        } else {
            NoAnswer::Refused { detail }
        })
    }

    /// An error of the TLS handshake.
    pub(super) fn handshake(error: &io::Error) -> Self {
        if let Some(error) = rustls_error(error) {
            return Self(tls(error));
        }
        let detail = match error.kind() {
            kind if is_cut(kind) => "the connection was cut during the handshake".to_owned(),
            _ => detail(format_args!("the handshake failed: {error}")),
        };
        Self(NoAnswer::Tls { detail, ours: false })
    }
}

/// Why the answer's head did not come.
pub(super) fn before_head(error: &legacy::Error) -> NoAnswer {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    let mut deepest: &dyn Error = error;
    let mut http: Option<&hyper::Error> = None;
    while let Some(error) = cause {
        if let Some(Unconnected(reason)) = error.downcast_ref() {
            return reason.clone();
        }
        if let Some(reason) = error.downcast_ref().and_then(of_io) {
            return reason;
        }
        http = http.or(error.downcast_ref());
        deepest = error;
        cause = error.source();
    }
    match http {
        Some(error) if error.is_incomplete_message() => {
            NoAnswer::Reset { detail: "before an answer".to_owned() }
        }
        Some(error) if error.is_canceled() || error.is_closed() => {
            NoAnswer::Reset { detail: UNSENT.to_owned() }
        }
        Some(error) if error.is_parse_too_large() => NoAnswer::Protocol {
            detail: "the head of the answer has more or longer header fields than we bear"
                .to_owned(),
        },
        Some(error) if error.is_parse() => {
            NoAnswer::Protocol { detail: detail(format_args!("what came is not HTTP: {deepest}")) }
        }
        Some(error) if error.is_user() => {
            NoAnswer::NotSent { detail: detail(format_args!("{deepest}")) }
        }
        Some(_) => NoAnswer::Protocol { detail: detail(format_args!("{deepest}")) },
        None => NoAnswer::Reset { detail: detail(format_args!("before an answer: {deepest}")) },
    }
}

/// The connection was gone before the request was written: the one kind of
/// reset after which nothing can have happened at the partner.
const UNSENT: &str = "before the request was sent (an idle connection, closed by the other side)";

/// Why the answer's body did not come whole. `came` counts its bytes so far.
pub(super) fn in_body(error: &hyper::Error, came: usize, promised: Option<u64>) -> NoAnswer {
    let mut deepest: &dyn Error = error;
    let (mut cut, mut reset) = (error.is_incomplete_message(), false);
    while let Some(cause) = deepest.source() {
        if let Some(error) = cause.downcast_ref::<io::Error>() {
            if let Some(error) = rustls_error(error) {
                return tls(error);
            }
            cut |= is_cut(error.kind());
            reset |= error.kind() == io::ErrorKind::ConnectionReset;
        }
        deepest = cause;
    }
    if reset {
        let of = promised.map(|promised| format!(" of {promised}")).unwrap_or_default();
        return NoAnswer::Reset { detail: format!("in the body, after {came}{of} bytes") };
    }
    let detail = match (cut, promised) {
        (true, Some(promised)) => format!("body cut: {came} of {promised} bytes came"),
        (true, None) => format!("body cut after {came} bytes, its end did not come"),
        (false, _) => detail(format_args!("broken body after {came} bytes: {deepest}")),
    };
    NoAnswer::Protocol { detail }
}

/// Whether the partner can have seen any of the request.
pub fn was_sent(attempt: &Attempt) -> bool {
    match &attempt.outcome {
        Outcome::Answer(_) => true,
        Outcome::NoAnswer(reason) => !nothing_was_sent(reason),
    }
}

/// Whether a kept connection was gone before the request was written to it.
pub(super) fn was_unsent(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::NoAnswer(NoAnswer::Reset { detail }) if detail == UNSENT)
}

/// Whether the partner cannot have seen any of the request.
pub(super) fn nothing_was_sent(reason: &NoAnswer) -> bool {
    match reason {
        NoAnswer::Dns { .. }
        | NoAnswer::Refused { .. }
        | NoAnswer::Tls { .. }
        | NoAnswer::NotSent { .. } => true,
        NoAnswer::Reset { detail } => detail == UNSENT,
        NoAnswer::Timeout { phase, .. } => matches!(phase.as_str(), "dns" | "connect" | "tls"),
        NoAnswer::Protocol { .. } => false,
    }
}

fn of_io(error: &io::Error) -> Option<NoAnswer> {
    if let Some(error) = rustls_error(error) {
        return Some(tls(error));
    }
    is_cut(error.kind()).then(|| NoAnswer::Reset { detail: "before an answer".to_owned() })
}

fn rustls_error(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

fn is_cut(kind: io::ErrorKind) -> bool {
    matches!(
        kind,
        io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::NotConnected
            | io::ErrorKind::UnexpectedEof
    )
}

/// Whether this machine ran out of what a connection needs: file handles
/// (`EMFILE`, `ENFILE`) or local ports. The partner had no part in it.
fn is_our_shortage(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::AddrNotAvailable || matches!(error.raw_os_error(), Some(23 | 24))
}

/// What went wrong with TLS, in words, and on whose side.
pub(super) fn tls(error: &rustls::Error) -> NoAnswer {
    use rustls::Error as E;
    let detail = match error {
        E::InvalidCertificate(error) => certificate(error),
        E::AlertReceived(alert) if blames_our_certificate(*alert) => {
            return NoAnswer::Tls {
                detail: detail(format_args!(
                    "the partner wants a client certificate, or refuses ours ({alert:?})"
                )),
                ours: true,
            };
        }
        E::AlertReceived(alert) => {
            detail(format_args!("the partner ended the handshake with the alert {alert:?}"))
        }
        E::InvalidMessage(InvalidMessage::InvalidContentType) => {
            "what answers there does not speak TLS".to_owned()
        }
        other => detail(format_args!("{other}")),
    };
    NoAnswer::Tls { detail, ours: false }
}

fn blames_our_certificate(alert: AlertDescription) -> bool {
    use AlertDescription as A;
    matches!(
        alert,
        A::CertificateRequired
            | A::NoCertificate
            | A::BadCertificate
            | A::UnsupportedCertificate
            | A::CertificateRevoked
            | A::CertificateExpired
            | A::CertificateUnknown
            | A::UnknownCA
            | A::AccessDenied
    )
}

fn certificate(error: &CertificateError) -> String {
    use CertificateError as C;
    match error {
        C::Expired | C::ExpiredContext { .. } => {
            "the server certificate has expired, or our clock is wrong".to_owned()
        }
        C::NotValidYet | C::NotValidYetContext { .. } => {
            "the server certificate is not valid yet, or our clock is wrong".to_owned()
        }
        C::NotValidForName | C::NotValidForNameContext { .. } => {
            "the server certificate is for another host".to_owned()
        }
        C::UnknownIssuer => "no authority that we trust issued the server certificate".to_owned(),
        C::BadSignature => "the server certificate is not signed by its issuer".to_owned(),
        C::Revoked => "the server certificate was revoked".to_owned(),
        other => detail(format_args!("the server certificate is not acceptable: {other}")),
    }
}

/// One bounded line.
pub(super) fn detail(text: fmt::Arguments<'_>) -> String {
    text.to_string()
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(LONGEST_DETAIL)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificate_errors_say_whose_side_they_are_on() {
        let shown = |error: rustls::Error| match tls(&error) {
            NoAnswer::Tls { detail, ours } => (detail, ours),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            shown(CertificateError::Expired.into()),
            ("the server certificate has expired, or our clock is wrong".to_owned(), false)
        );
        assert_eq!(
            shown(CertificateError::NotValidForName.into()),
            ("the server certificate is for another host".to_owned(), false)
        );
        assert_eq!(
            shown(rustls::Error::AlertReceived(AlertDescription::CertificateRequired)),
            (
                "the partner wants a client certificate, or refuses ours (CertificateRequired)"
                    .to_owned(),
                true
            )
        );
        assert!(!shown(rustls::Error::AlertReceived(AlertDescription::HandshakeFailure)).1);
    }

    #[test]
    fn a_shortage_of_our_own_is_not_blamed_on_the_partner() {
        let of = |code| Unconnected::tcp(&"192.0.2.1:80", &io::Error::from_raw_os_error(code)).0;
        assert_eq!(of(24).word(), "not sent");
        assert_eq!(of(111).word(), "refused");
        assert_eq!(of(113).word(), "refused");
    }

    #[test]
    fn details_are_one_bounded_line() {
        let text = detail(format_args!("a\r\nb{}", "x".repeat(999)));
        assert_eq!(text.len(), LONGEST_DETAIL);
        assert!(text.starts_with("a  bx"));
    }

    #[test]
    fn only_after_these_nothing_can_have_happened() {
        let timeout = |phase: &str| NoAnswer::Timeout { phase: phase.to_owned(), limit_ms: 1 };
        assert!(nothing_was_sent(&timeout("tls")) && !nothing_was_sent(&timeout("wait")));
        assert!(nothing_was_sent(&NoAnswer::Reset { detail: UNSENT.to_owned() }));
        assert!(!nothing_was_sent(&NoAnswer::Reset { detail: "before an answer".to_owned() }));
    }
}
