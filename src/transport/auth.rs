//! Signs requests by an integration's scheme.

use std::sync::OnceLock;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hyper::header::{AUTHORIZATION, HeaderName, HeaderValue};

use super::{Credentials, Secrets};
use crate::{
    catalog::Auth,
    evidence::{MASK, Redactor, Secret},
};

/// Signs the requests of one integration. Secrets are resolved once, at the
/// first request that needs them.
#[derive(Debug)]
pub(super) struct Signer {
    /// The scheme this signer was made for.
    pub(super) auth: Auth,
    ours: OnceLock<Ours>,
}

/// Our credentials, ready to be sent, and what masks them.
#[derive(Debug)]
struct Ours {
    value: Option<HeaderValue>,
    redactor: Redactor,
}

/// What stands for a secret in a wrong signature where the scheme names none.
const NO_NAME: &str = "the scenario's token";

/// The header field of a signature.
#[derive(Clone, Debug)]
pub(super) struct Signature {
    pub(super) value: HeaderValue,
    /// The value as it may be shown.
    pub(super) shown: String,
}

impl Signer {
    pub(super) fn new(auth: &Auth) -> Self {
        Self { auth: auth.clone(), ours: OnceLock::new() }
    }

    /// The header field in which this scheme signs; `None`: it does not sign.
    /// A caller's own value in it is never sent.
    pub(super) fn field(&self) -> Result<Option<HeaderName>, String> {
        match &self.auth {
            Auth::None => Ok(None),
            Auth::Bearer { .. } | Auth::ScenarioToken | Auth::Basic { .. } => {
                Ok(Some(AUTHORIZATION))
            }
            Auth::ApiKey { header, .. } => HeaderName::from_bytes(header.as_bytes())
                .map(Some)
                .map_err(|_| format!("{header:?} is not a possible name of a header field")),
        }
    }

    /// The signature with these credentials, and with the scenario's `token` where the scheme
    /// is about that; `None`: nothing is signed. Err: one line that names the secret at fault,
    /// never its value.
    pub(super) fn sign(
        &self,
        credentials: Credentials,
        secrets: &Secrets,
        token: Option<&Secret>,
    ) -> Result<Option<Signature>, String> {
        let value = match (credentials, &self.auth) {
            (Credentials::Missing, _) => None,
            (Credentials::Wrong, _) => self.wrong()?,
            (Credentials::Ours, Auth::ScenarioToken) => {
                let token = token.ok_or("the scenario has no access token")?;
                self.value(&[token.expose()])?
            }
            (Credentials::Ours, _) => self.ours(secrets)?.value.clone(),
        };
        Ok(value.map(|value| Signature { value, shown: self.shown() }))
    }

    /// Masks our credentials, once they have been resolved.
    pub(super) fn mask(&self, text: &str) -> String {
        self.ours.get().map_or_else(|| text.to_owned(), |ours| ours.redactor.text(text))
    }

    /// Masks our credentials in a header field, and those of any scheme by the field's name.
    pub(super) fn mask_header(&self, name: &str, value: &str) -> String {
        self.ours.get().map_or_else(
            || Redactor::default().header(name, value),
            |ours| ours.redactor.header(name, value),
        )
    }

    fn ours(&self, secrets: &Secrets) -> Result<&Ours, String> {
        if let Some(ours) = self.ours.get() {
            return Ok(ours);
        }
        let values = secrets.of(&self.auth)?;
        let exposed: Vec<&str> = values.iter().map(Secret::expose).collect();
        let ours = Ours { value: self.value(&exposed)?, redactor: Redactor::new(&values) };
        Ok(self.ours.get_or_init(|| ours))
    }

    fn wrong(&self) -> Result<Option<HeaderValue>, String> {
        let mut values: Vec<String> =
            self.auth.secrets().into_iter().map(|name| Secrets::wrong(&name.to_string())).collect();
        if self.auth == Auth::ScenarioToken {
            values.push(Secrets::wrong(NO_NAME));
        }
        self.value(&values.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// The field's value from the secrets' values, in the order of [`Auth::secrets`].
    fn value(&self, secrets: &[&str]) -> Result<Option<HeaderValue>, String> {
        let first = secrets.first().copied().unwrap_or_default();
        let text = match &self.auth {
            Auth::None => return Ok(None),
            Auth::Bearer { .. } | Auth::ScenarioToken => format!("Bearer {first}"),
            Auth::Basic { password, .. } => {
                let password = password.as_ref().and_then(|_| secrets.get(1)).unwrap_or(&"");
                format!("Basic {}", STANDARD.encode(format!("{first}:{password}")))
            }
            Auth::ApiKey { .. } => first.to_owned(),
        };
        let mut value = HeaderValue::from_str(&text).map_err(|_| {
            let name = self.auth.secrets().first().map(ToString::to_string);
            let name = name.unwrap_or_else(|| NO_NAME.to_owned());
            format!("the secret {name} cannot stand in a header field")
        })?;
        value.set_sensitive(true);
        Ok(Some(value))
    }

    fn shown(&self) -> String {
        match &self.auth {
            Auth::Bearer { .. } | Auth::ScenarioToken => format!("Bearer {MASK}"),
            Auth::Basic { .. } => format!("Basic {MASK}"),
            Auth::ApiKey { .. } | Auth::None => MASK.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::{catalog::SecretName, evidence::SafetyClass};

    fn secrets() -> Secrets {
        Secrets { class: SafetyClass::Mock, seed: 1, workspace: PathBuf::new() }
    }

    fn name(text: &str) -> SecretName {
        SecretName::Env(text.to_owned())
    }

    fn signed(auth: &Auth, credentials: Credentials) -> Option<(String, String)> {
        let signature = Signer::new(auth).sign(credentials, &secrets(), None).unwrap()?;
        Some((signature.value.to_str().unwrap().to_owned(), signature.shown))
    }

    #[test]
    fn each_scheme_has_its_form() {
        let key = Secrets::derived(1, &name("KEY"));
        let bearer = Auth::Bearer { secret: name("KEY") };
        assert_eq!(
            signed(&bearer, Credentials::Ours),
            Some((format!("Bearer {}", key.expose()), "Bearer [redacted]".to_owned()))
        );
        let basic = Auth::Basic { user: name("KEY"), password: None };
        let pair = STANDARD.encode(format!("{}:", key.expose()));
        assert_eq!(
            signed(&basic, Credentials::Ours),
            Some((format!("Basic {pair}"), "Basic [redacted]".to_owned()))
        );
        let header = Auth::ApiKey { header: "x-key".to_owned(), secret: name("KEY") };
        assert_eq!(
            signed(&header, Credentials::Ours),
            Some((key.expose().to_owned(), "[redacted]".to_owned()))
        );
        assert_eq!(signed(&Auth::None, Credentials::Ours), None);
    }

    #[test]
    fn wrong_credentials_keep_the_scheme_and_need_no_secret() {
        let auth = Auth::Bearer { secret: name("PROBE_TEST_NO_SUCH_VARIABLE") };
        let real = Secrets { class: SafetyClass::Test, ..secrets() };
        let signer = Signer::new(&auth);
        let wrong = signer.sign(Credentials::Wrong, &real, None).unwrap().unwrap();
        assert!(wrong.value.to_str().unwrap().starts_with("Bearer wrong_"));
        assert!(signer.sign(Credentials::Missing, &real, None).unwrap().is_none());
        assert_eq!(
            signer.sign(Credentials::Ours, &real, None).unwrap_err(),
            "the secret env:PROBE_TEST_NO_SUCH_VARIABLE is not set"
        );
    }

    #[test]
    fn our_value_is_masked_wherever_it_stands() {
        let auth = Auth::Bearer { secret: name("KEY") };
        let signer = Signer::new(&auth);
        signer.sign(Credentials::Ours, &secrets(), None).unwrap();
        let key = Secrets::derived(1, &name("KEY"));
        assert_eq!(signer.mask(&format!("/a?key={}", key.expose())), "/a?key=[redacted]");
        assert_eq!(signer.mask_header("x-echo", key.expose()), "[redacted]");
        assert_eq!(signer.mask_header("cookie", "anything"), "[redacted]");
    }
}
