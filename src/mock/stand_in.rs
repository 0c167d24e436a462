//! The specification of a stand-in: what it promises and how it behaves.

use std::{io, net::Ipv4Addr, sync::Arc};

use super::{
    MockFile, Running, behavior::Behavior, compile::compile, guard::Guard, serve::Service,
};
use crate::{
    catalog::Integration,
    contract::{Contract, Tolerances},
    evidence::{Diagnostic, Secret},
    transport::{Inserted, listener::Listener},
};

/// How one partner is played. Immutable, and shared by all scenarios.
#[derive(Debug)]
pub struct StandIn {
    pub(super) contract: Arc<Contract>,
    /// What the record says of the contract: requests that it bears are not refused.
    pub(super) tolerances: Tolerances,
    pub(super) behavior: Behavior,
    /// What each operation of the contract demands, in its order.
    pub(super) guards: Vec<Guard>,
    pub(super) seed: u64,
}

impl StandIn {
    /// Checks the mock file against contract and record; every problem is listed.
    /// `secrets` are the values of all that the record's schemes name
    /// ([`Integration::auths`]), under those names.
    /// Requests are judged by `tolerances`. Everything that is generated follows from `seed`.
    pub fn new(
        integration: &Integration,
        contract: Arc<Contract>,
        tolerances: Tolerances,
        mock: &MockFile,
        secrets: &[Secret],
        seed: u64,
    ) -> Result<Self, Vec<Diagnostic>> {
        let behavior = compile(integration, &contract, mock, seed)?;
        let guards = behavior
            .plays
            .iter()
            .map(|play| Guard::new(integration.auth(&play.name), secrets))
            .collect();
        Ok(Self { contract, tolerances, behavior, guards, seed })
    }

    /// Starts one on a free loopback port, with fresh state: the mock file's seeds and nothing else.
    /// The waits that its faults insert are told to `inserted`.
    pub async fn start(self: &Arc<Self>, inserted: Inserted) -> io::Result<Running> {
        let service = Arc::new(Service::new(Arc::clone(self), inserted));
        let handler = Arc::<Service>::clone(&service);
        let listener = Listener::serve((Ipv4Addr::LOCALHOST, 0).into(), handler).await?;
        Ok(Running::new(service, listener))
    }

    /// The resources that its mock file declares.
    pub fn resources(&self) -> Vec<&str> {
        self.behavior.resources.iter().map(|resource| resource.name.as_str()).collect()
    }

    /// The declared name of a resource, also of one that is said in plural.
    pub fn resource_name(&self, word: &str) -> Option<&str> {
        self.resource(word).map(|index| self.behavior.resources[index].name.as_str())
    }

    /// The place of an operation in the contract, by the scenarios' name, else by the contract's.
    pub(super) fn operation(&self, name: &str) -> Option<usize> {
        let by_scenarios = self.behavior.plays.iter().position(|play| play.name == name);
        by_scenarios.or_else(|| self.contract.operations.iter().position(|op| op.name == name))
    }

    /// The place of a resource, by its name or the plural of it.
    pub(super) fn resource(&self, name: &str) -> Option<usize> {
        let resources = &self.behavior.resources;
        resources
            .iter()
            .position(|resource| resource.name == name)
            .or_else(|| resources.iter().position(|resource| is_plural(name, &resource.name)))
    }
}

fn is_plural(word: &str, of: &str) -> bool {
    let ending = word.strip_prefix(of);
    matches!(ending, Some("s" | "es"))
        || of.strip_suffix('y').is_some_and(|stem| word.strip_suffix("ies") == Some(stem))
}

#[cfg(test)]
mod tests {
    use super::is_plural;

    #[test]
    fn plurals() {
        assert!(is_plural("payments", "payment") && is_plural("boxes", "box"));
        assert!(is_plural("entries", "entry") && !is_plural("payment", "payment"));
        assert!(!is_plural("payloads", "payment"));
    }
}
