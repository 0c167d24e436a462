//! TLS settings, built at the first https target.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;

use super::error::{Unconnected, detail};
use crate::evidence::NoAnswer;

/// What all connections of a run share. Nothing is read before it is needed:
/// a run against stand-ins works where no CA certificate is installed.
#[derive(Debug, Default)]
pub(super) struct Tls {
    config: OnceCell<Result<Arc<ClientConfig>, NoAnswer>>,
}

impl Tls {
    /// A connector that trusts the CA certificates of the system, or those in
    /// `SSL_CERT_FILE`.
    pub(super) async fn connector(&self) -> Result<TlsConnector, Unconnected> {
        let config = self.config.get_or_init(|| async {
            tokio::task::spawn_blocking(|| config(installed()?)).await.unwrap_or_else(|_| {
                Err(ours(format_args!("reading the CA certificates was interrupted")))
            })
        });
        match config.await {
            Ok(config) => Ok(TlsConnector::from(Arc::clone(config))),
            Err(reason) => Err(Unconnected(reason.clone())),
        }
    }

    /// Settings that trust exactly these roots.
    #[cfg(test)]
    pub(super) fn trusting(roots: RootCertStore) -> Self {
        Self { config: OnceCell::new_with(Some(config(roots))) }
    }
}

/// The CA certificates of this machine.
fn installed() -> Result<RootCertStore, NoAnswer> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        let why = found.errors.first().map(|error| format!(" ({error})")).unwrap_or_default();
        return Err(ours(format_args!(
            "no CA certificate is found on this machine{why}; install the package \
             ca-certificates, or name a PEM file in SSL_CERT_FILE"
        )));
    }
    Ok(roots)
}

fn config(roots: RootCertStore) -> Result<Arc<ClientConfig>, NoAnswer> {
    // The provider is given here, so nothing depends on one installed for the process.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| ours(format_args!("TLS cannot be set up: {error}")))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn ours(text: std::fmt::Arguments<'_>) -> NoAnswer {
    NoAnswer::Tls { detail: detail(text), ours: true }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn there_are_ca_certificates_or_the_message_says_what_to_install() {
        match Tls::default().connector().await {
            Ok(_) => {}
            Err(Unconnected(NoAnswer::Tls { detail, ours: true })) => {
                assert!(detail.starts_with("no CA certificate is found on this machine"));
                assert!(detail.ends_with("or name a PEM file in SSL_CERT_FILE"), "{detail}");
            }
            Err(other) => panic!("{other}"),
        }
    }
}
