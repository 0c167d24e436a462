//! A partner as scenarios see it: record, contract, and the stand-in or address.

use std::sync::Arc;

use serde_json::Value;

use crate::{
    catalog::{Effect, Integration},
    contract::{Contract, Operation, Tolerances},
    evidence::{Diagnostic, nearest},
    mock::StandIn,
};

/// An integration in the environment of a run.
#[derive(Clone, Debug)]
pub(crate) struct Partner {
    /// Its record.
    pub(crate) integration: Arc<Integration>,
    /// The contract version in use.
    pub(crate) contract: Arc<Contract>,
    /// What the record says of it, on the day of the run.
    pub(crate) tolerances: Tolerances,
    /// Who plays it, in class `mock`.
    pub(crate) stand_in: Option<Arc<StandIn>>,
    /// Where it is, in the other classes.
    pub(crate) base_url: Option<String>,
}

impl Partner {
    /// The operation that scenarios call `name`: the record's alias or the
    /// contract's own name.
    pub(crate) fn operation(self: &Arc<Self>, name: &str) -> Result<OperationRef, Diagnostic> {
        let wanted = self.integration.contract_name(name);
        if let Some(index) = self.contract.operations.iter().position(|op| op.name == wanted) {
            return Ok(OperationRef { partner: Arc::clone(self), index });
        }
        let mut known: Vec<&str> = self.operation_names();
        known.sort_unstable();
        let diagnostic =
            Diagnostic::error(format!("{} has no operation `{name}`", self.integration.id))
                .expected(format!("one of {}", known.join(", ")))
                .actual(name);
        Err(match nearest(name, known.iter().copied()) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.help(format!(
                "operations are named in {} or by an alias in {}",
                self.contract.sources.root().path,
                self.integration.source.path
            )),
        })
    }

    /// The names that scenarios use for the operations of this partner.
    pub(crate) fn operation_names(&self) -> Vec<&str> {
        self.contract.operations.iter().map(|op| self.integration.scenario_name(&op.name)).collect()
    }
}

/// The partners that a feature may speak of, by integration id.
pub(crate) type Partners = std::collections::BTreeMap<String, Arc<Partner>>;

/// An operation of a partner.
#[derive(Clone, Debug)]
pub(crate) struct OperationRef {
    /// Whose it is.
    pub(crate) partner: Arc<Partner>,
    /// Its index in the contract.
    index: usize,
}

impl OperationRef {
    /// What is promised.
    pub(crate) fn operation(&self) -> &Operation {
        &self.partner.contract.operations[self.index]
    }

    /// The name that scenarios use.
    pub(crate) fn name(&self) -> &str {
        self.partner.integration.scenario_name(&self.operation().name)
    }

    /// What a call with this JSON body does at the partner.
    pub(crate) fn effect(&self, body: Option<&Value>) -> Effect {
        self.partner.integration.effect_of(self.name(), &self.operation().method, body)
    }
}
