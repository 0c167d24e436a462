//! The specification of a stand-in: what it promises and how it behaves.

use std::{fmt, io, net::Ipv4Addr, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{MockFile, Running, behavior::Behavior, compile::compile, serve::Service};
use crate::{
    catalog::{Auth, Integration},
    contract::Contract,
    evidence::{Diagnostic, Secret},
    transport::listener::{Listener, Received},
};

/// How one partner is played. Immutable, and shared by all scenarios.
#[derive(Debug)]
pub struct StandIn {
    pub(super) contract: Arc<Contract>,
    pub(super) behavior: Behavior,
    pub(super) credential: Option<Credential>,
    pub(super) seed: u64,
}

impl StandIn {
    /// Checks the mock file against contract and record; every problem is listed.
    /// `secrets` are the values of the record's auth, in the order of
    /// [`Auth::secrets`](crate::catalog::Auth::secrets); further ones are ignored.
    /// Everything that is generated follows from `seed`.
    pub fn new(
        integration: &Integration,
        contract: Arc<Contract>,
        mock: &MockFile,
        secrets: &[Secret],
        seed: u64,
    ) -> Result<Self, Vec<Diagnostic>> {
        let behavior = compile(integration, &contract, mock, seed)?;
        let credential = Credential::new(&integration.auth, secrets);
        Ok(Self { contract, behavior, credential, seed })
    }

    /// Starts one on a free loopback port, with fresh state: the mock file's seeds and nothing else.
    pub async fn start(self: &Arc<Self>) -> io::Result<Running> {
        let service = Arc::new(Service::new(Arc::clone(self)));
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

/// What a request must carry.
pub(super) struct Credential {
    header: String,
    value: Secret,
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credential({})", self.header)
    }
}

impl Credential {
    fn new(auth: &Auth, secrets: &[Secret]) -> Option<Self> {
        let exposed = |index: usize| secrets.get(index).map(Secret::expose).unwrap_or_default();
        let (header, value) = match auth {
            Auth::None => return None,
            Auth::Bearer { .. } => ("authorization", format!("Bearer {}", exposed(0))),
            Auth::Basic { password, .. } => {
                let password = if password.is_some() { exposed(1) } else { "" };
                let pair = STANDARD.encode(format!("{}:{password}", exposed(0)));
                ("authorization", format!("Basic {pair}"))
            }
            Auth::ApiKey { header, .. } => (header.as_str(), exposed(0).to_owned()),
        };
        let value = Secret::new(format!("{header} field"), value);
        Some(Self { header: header.to_owned(), value })
    }

    /// Why the request is refused; never says a value.
    pub(super) fn refuses(&self, request: &Received) -> Option<String> {
        match request.header(&self.header) {
            None => Some(format!("the header field {} is missing", self.header)),
            Some(value) if value != self.value.expose() => {
                Some(format!("the header field {} does not hold our credentials", self.header))
            }
            Some(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::SecretName;

    fn request(header: &str, value: &str) -> Received {
        Received {
            method: "GET".to_owned(),
            path: "/".to_owned(),
            query: String::new(),
            headers: vec![(header.to_owned(), value.to_owned())],
            body: bytes::Bytes::new(),
            peer: ([127, 0, 0, 1], 1).into(),
        }
    }

    #[test]
    fn credentials_are_compared_as_they_travel() {
        let name = || SecretName::Env("K".to_owned());
        let secrets = ["user", "word", "user:word"].map(|value| Secret::new("env:K", value));
        let accepts = |auth: &Auth, header: &str, value: &str| {
            Credential::new(auth, &secrets).unwrap().refuses(&request(header, value)).is_none()
        };
        let bearer = Auth::Bearer { secret: name() };
        assert!(accepts(&bearer, "authorization", "Bearer user"));
        assert!(!accepts(&bearer, "authorization", "Bearer users"));
        assert!(!accepts(&bearer, "x-key", "Bearer user"));
        let basic = Auth::Basic { user: name(), password: Some(name()) };
        assert!(accepts(&basic, "authorization", "Basic dXNlcjp3b3Jk"));
        let basic = Auth::Basic { user: name(), password: None };
        assert!(accepts(&basic, "authorization", "Basic dXNlcjo="));
        let key = Auth::ApiKey { header: "x-key".to_owned(), secret: name() };
        assert!(accepts(&key, "x-key", "user"));
        assert!(Credential::new(&Auth::None, &secrets).is_none());
    }

    #[test]
    fn plurals() {
        assert!(is_plural("payments", "payment") && is_plural("boxes", "box"));
        assert!(is_plural("entries", "entry") && !is_plural("payment", "payment"));
        assert!(!is_plural("payloads", "payment"));
    }
}
