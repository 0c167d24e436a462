//! What the answers of a run held, for the file that it leaves.

use serde::Serialize;

use crate::{
    contract::check::Presence,
    evidence::{EnvironmentInfo, RunPlanned},
    steps::Counted,
};

/// The version of this file.
const SCHEMA: u32 = 1;

/// How often each described member and listed value came, by integration and contract. It holds
/// names and values of contracts, and none that a partner made up.
#[derive(Debug, Serialize)]
pub struct PresenceReport {
    schema: u32,
    run_id: String,
    environment: EnvironmentInfo,
    counts: Vec<Counts>,
}

/// The counts of one contract.
#[derive(Debug, Serialize)]
struct Counts {
    integration: String,
    contract: String,
    #[serde(flatten)]
    presence: Presence,
}

impl PresenceReport {
    /// What was counted in this run.
    pub(super) fn new(info: &RunPlanned, counted: &Counted) -> Self {
        let counts = counted.all().into_iter();
        Self {
            schema: SCHEMA,
            run_id: info.run_id.clone(),
            environment: info.environment.clone(),
            counts: counts
                .map(|(integration, contract, presence)| Counts { integration, contract, presence })
                .collect(),
        }
    }
}
