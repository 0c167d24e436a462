//! Partners that speak TLS, each with something wrong.

use std::{
    io::{ErrorKind, Read as _},
    net::{Shutdown, TcpListener, TcpStream},
    path::PathBuf,
    sync::Arc,
};

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DistinguishedName, DnType, IsCa, Issuer,
    KeyPair, date_time_ymd,
};
use rustls::{
    RootCertStore, ServerConfig, ServerConnection,
    pki_types::{CertificateDer, PrivateKeyDer},
    server::{ServerSessionMemoryCache, WebPkiClientVerifier},
};

/// An authority of our own, its certificate in a file that `SSL_CERT_FILE` can name.
pub(crate) struct Authority {
    certificate: Certificate,
    issuer: Issuer<'static, KeyPair>,
    folder: tempfile::TempDir,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name = named("An authority of a test");
        let certificate = params.self_signed(&key).expect("a certificate");
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("ca.pem"), certificate.pem()).expect("a file");
        Self { certificate, issuer: Issuer::new(params, key), folder }
    }

    /// The PEM file of its certificate.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// A certificate for a host that this authority vouches for.
    pub(crate) fn issue(&self, host: &str, expired: bool) -> Identity {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new([host.to_owned()]).expect("a host");
        params.distinguished_name = named(host);
        if expired {
            params.not_before = date_time_ymd(2020, 1, 1);
            params.not_after = date_time_ymd(2020, 2, 1);
        }
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        Identity { certificate: certificate.der().clone(), key }
    }

    fn roots(&self) -> Arc<RootCertStore> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.der().clone()).expect("a certificate");
        Arc::new(roots)
    }
}

fn named(name: &str) -> DistinguishedName {
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names
}

/// What a server shows.
pub(crate) struct Identity {
    certificate: CertificateDer<'static>,
    key: KeyPair,
}

impl Identity {
    /// A certificate that nobody vouches for.
    pub(crate) fn self_signed(host: &str) -> Self {
        let made = rcgen::generate_simple_self_signed([host.to_owned()]).expect("a certificate");
        Self { certificate: made.cert.der().clone(), key: made.signing_key }
    }
}

/// Serves handshakes on a port; gives the base URL. With `clients`, clients
/// must show a certificate of that authority.
pub(crate) fn serve(identity: &Identity, clients: Option<&Authority>) -> String {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .expect("versions");
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => builder.with_client_cert_verifier(
            WebPkiClientVerifier::builder_with_provider(authority.roots(), provider)
                .build()
                .expect("a verifier"),
        ),
    };
    let key = PrivateKeyDer::try_from(identity.key.serialize_der()).expect("a key");
    let mut config =
        builder.with_single_cert(vec![identity.certificate.clone()], key).expect("a server");
    config.session_storage = ServerSessionMemoryCache::new(1);
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            shake(&config, stream);
        }
    });
    format!("https://localhost:{port}")
}

/// One handshake to its end. The alert that ends it must reach the other side,
/// so whatever that one still sends is read before the connection goes.
fn shake(config: &Arc<ServerConfig>, mut stream: TcpStream) {
    let mut server = ServerConnection::new(Arc::clone(config)).expect("a connection");
    while server.is_handshaking() {
        if server.complete_io(&mut stream).is_err() {
            break;
        }
    }
    let _ = stream.shutdown(Shutdown::Write);
    let mut rest = [0; 1024];
    loop {
        match stream.read(&mut rest) {
            Ok(0) => return,
            Err(error) if error.kind() != ErrorKind::Interrupted => return,
            Ok(_) | Err(_) => {}
        }
    }
}
