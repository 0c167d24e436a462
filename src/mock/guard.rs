//! Who may call an operation of a stand-in.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    catalog::{Auth, SecretName},
    evidence::Secret,
    transport::listener::Received,
};

/// What an operation demands of a request.
#[derive(Debug)]
pub(super) enum Guard {
    /// Nothing.
    Open,
    /// Our credentials.
    Ours(Credential),
    /// A token that this stand-in has issued.
    Issued,
}

impl Guard {
    /// The guard of a scheme; `secrets` are looked up by name.
    pub(super) fn new(auth: &Auth, secrets: &[Secret]) -> Self {
        let exposed = |name: &SecretName| {
            let name = name.to_string();
            secrets.iter().find(|s| s.name() == name).map(Secret::expose).unwrap_or_default()
        };
        let (header, value) = match auth {
            Auth::None => return Self::Open,
            Auth::ScenarioToken => return Self::Issued,
            Auth::Bearer { secret } => (AUTHORIZATION, format!("{BEARER}{}", exposed(secret))),
            Auth::Basic { user, password } => {
                let password = password.as_ref().map(exposed).unwrap_or_default();
                let pair = STANDARD.encode(format!("{}:{password}", exposed(user)));
                (AUTHORIZATION, format!("Basic {pair}"))
            }
            Auth::ApiKey { header, secret } => (header.as_str(), exposed(secret).to_owned()),
        };
        let value = Secret::new(format!("{header} field"), value);
        Self::Ours(Credential { header: header.to_owned(), value })
    }
}

const AUTHORIZATION: &str = "authorization";
const BEARER: &str = "Bearer ";

/// The bearer token of a request; never shown.
pub(super) fn bearer(request: &Received) -> Option<&str> {
    request.header(AUTHORIZATION)?.strip_prefix(BEARER)
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
        let name = |text: &str| SecretName::Env(text.to_owned());
        let secrets = [Secret::new("env:U", "user"), Secret::new("env:P", "word")];
        let accepts = |auth: &Auth, header: &str, value: &str| match Guard::new(auth, &secrets) {
            Guard::Ours(credential) => credential.refuses(&request(header, value)).is_none(),
            other => panic!("{other:?}"),
        };
        let bearer = Auth::Bearer { secret: name("U") };
        assert!(accepts(&bearer, "authorization", "Bearer user"));
        assert!(!accepts(&bearer, "authorization", "Bearer users"));
        assert!(!accepts(&bearer, "x-key", "Bearer user"));
        let basic = Auth::Basic { user: name("U"), password: Some(name("P")) };
        assert!(accepts(&basic, "authorization", "Basic dXNlcjp3b3Jk"));
        let basic = Auth::Basic { user: name("U"), password: None };
        assert!(accepts(&basic, "authorization", "Basic dXNlcjo="));
        let key = Auth::ApiKey { header: "x-key".to_owned(), secret: name("P") };
        assert!(accepts(&key, "x-key", "word"));
        assert!(matches!(Guard::new(&Auth::None, &secrets), Guard::Open));
        assert!(matches!(Guard::new(&Auth::ScenarioToken, &secrets), Guard::Issued));
    }

    #[test]
    fn a_bearer_token_is_taken_out_of_its_field() {
        assert_eq!(bearer(&request("authorization", "Bearer a.b-c")), Some("a.b-c"));
        assert_eq!(bearer(&request("authorization", "Basic a.b-c")), None);
        assert_eq!(bearer(&request("x-key", "Bearer a.b-c")), None);
    }
}
