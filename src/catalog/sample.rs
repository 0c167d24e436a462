//! A record for tests.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use super::{
    About, Auth, ContractUse, Criticality, Integration, Limits, Origins, SecretName, Status,
};
use crate::contract::{DescribedFrom, Tolerances, source::Source};

/// A record that says as little as possible, but that requests carry a bearer token.
pub(crate) fn sample(id: &str) -> Integration {
    let source = Source::new(format!("catalog/{id}.yaml"), "");
    Integration {
        id: id.to_owned(),
        source: Arc::new(Origins::new(&source, Vec::new(), 0)),
        instance: None,
        instances: Vec::new(),
        status: Status::Ga,
        owner: "payments".to_owned(),
        criticality: Criticality::High,
        contract: ContractUse {
            current: "payments/transactions/v3".to_owned(),
            supported: vec!["payments/transactions/v3".to_owned()],
            previous: None,
            previous_said: true,
            described_from: DescribedFrom::Partner,
        },
        environments: BTreeMap::new(),
        auth: Auth::Bearer { secret: SecretName::Env("STRIPE_KEY".to_owned()) },
        operations: BTreeMap::new(),
        limits: Limits::default(),
        retry: None,
        timeout: Duration::from_secs(10),
        tolerances: Tolerances::default(),
        maintenance: Vec::new(),
        failure_modes: BTreeMap::new(),
        deadlines: Vec::new(),
        about: About::default(),
        tree: Arc::default(),
        left_out: Vec::new(),
    }
}
