//! What the answers of a run held, counted for each contract.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use serde_json::Value;

use super::partner::OperationRef;
use crate::contract::check::{Presence, Tally};

/// Counts of all scenarios together: by integration, then by contract.
#[derive(Debug, Default)]
pub(crate) struct Counted(Mutex<BTreeMap<String, BTreeMap<String, Tally>>>);

impl Counted {
    /// Counts the body of an answer.
    pub(super) fn observe(&self, operation: &OperationRef, status: u16, body: &Value) {
        let partner = &operation.partner;
        let (integration, contract) = (&partner.integration.id, &partner.contract);
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = counted.get_mut(integration).and_then(|by| by.get_mut(&contract.id));
        let tally = if let Some(tally) = known {
            tally
        } else {
            let by = counted.entry(integration.clone()).or_default();
            by.entry(contract.id.clone()).or_default()
        };
        tally.observe(contract, operation.operation(), status, body);
    }

    /// Integration, contract, and what was counted.
    pub(crate) fn all(&self) -> Vec<(String, String, Presence)> {
        let counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let all = counted.iter().flat_map(|(integration, by)| {
            let told = |(contract, tally): (&String, &Tally)| {
                (integration.clone(), contract.clone(), tally.presence())
            };
            by.iter().map(told)
        });
        all.collect()
    }
}
