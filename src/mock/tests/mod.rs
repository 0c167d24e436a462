//! Stand-ins against an independent client, over real sockets.

mod bad_files;
mod faults;
mod service;
mod shop;
mod tokens;

use std::sync::Arc;

use super::{MockFile, Running, StandIn};
use crate::{
    catalog::{Catalog, Integration, Workspace},
    contract::{self, Contract, source::Source},
    evidence::{Diagnostic, Secret},
    transport::{Inserted, Pace},
};

const OPENAPI: &str = include_str!("openapi.yaml");
const MOCK: &str = include_str!("mock.yaml");

const RECORD: &str = "\
status: draft
owner: payments
criticality: high
contract: {current: payments/cards/v1, previous: none, described_from: partner}
auth: {scheme: bearer, secret: env:ACME_KEY}
operations:
  createPayment: {alias_of: PostPayments}
  capturePayment: {alias_of: CapturePayment}
  createRefund: {alias_of: PostRefunds}
";

/// A workspace with one integration, loaded as a person's would be.
fn workspace() -> (Arc<Integration>, Arc<Contract>) {
    workspace_of(RECORD, OPENAPI)
}

fn workspace_of(record: &str, openapi: &str) -> (Arc<Integration>, Arc<Contract>) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let write = |path: &str, text: &str| {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("probe.toml", "");
    write("catalog/acme.payments.yaml", record);
    write("contracts/payments/cards/v1/openapi.yaml", openapi);
    let catalog = Catalog::load(&Workspace::load(root).unwrap()).unwrap();
    let contract = contract::load(root, "payments/cards/v1").unwrap();
    (Arc::clone(&catalog.integrations["acme.payments"]), Arc::new(contract))
}

fn parse(text: &str) -> Result<MockFile, Vec<Diagnostic>> {
    MockFile::parse(Source::new("mocks/acme.payments.yaml", text))
}

fn stand_in(mock: &MockFile) -> Result<Arc<StandIn>, Vec<Diagnostic>> {
    let (integration, contract) = workspace();
    let secrets = [Secret::new("env:ACME_KEY", "sk_test")];
    StandIn::new(&integration, contract, integration.tolerances.clone(), mock, &secrets, 1)
        .map(Arc::new)
}

/// A stand-in in service, with a client that carries its credentials.
struct Partner {
    running: Running,
    client: reqwest::Client,
}

impl Partner {
    async fn start(mock: &MockFile) -> Self {
        let inserted = Inserted::new(Pace::REAL);
        Self::of(stand_in(mock).unwrap().start(inserted).await.unwrap())
    }

    fn of(running: Running) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { running, client }
    }

    /// One that plays the whole mock file.
    async fn whole() -> Self {
        Self::start(&parse(MOCK).unwrap()).await
    }

    fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{path}", self.running.base_url());
        self.client.request(method, url).bearer_auth("sk_test")
    }

    fn get(&self, path: &str) -> reqwest::RequestBuilder {
        self.request(reqwest::Method::GET, path)
    }

    fn post(&self, path: &str) -> reqwest::RequestBuilder {
        self.request(reqwest::Method::POST, path)
    }

    fn create(&self, body: &serde_json::Value) -> reqwest::RequestBuilder {
        self.post("/v1/payments").json(body)
    }
}
