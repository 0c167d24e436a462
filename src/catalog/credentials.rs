//! `auth` of a record or operation as meant: which keys belong to which scheme, and
//! that each secret is a name.

use super::{
    Auth, SecretName,
    meant::Meaning,
    values,
    written::{self, Scheme},
};

/// Where the scheme of a whole record stands.
const OF_THE_RECORD: &str = "/auth";

impl Meaning<'_> {
    /// The auth scheme that stands at a JSON Pointer. What is wrong with it is
    /// noted; `Auth::None` stands for it then.
    pub(super) fn auth(&mut self, written: &written::Auth, at: &str) -> Auth {
        let (word, wanted): (&str, &[&str]) = match written.scheme {
            Scheme::None => ("none", &[]),
            Scheme::Bearer => ("bearer", &["secret"]),
            Scheme::Basic => ("basic", &["user", "password"]),
            Scheme::ApiKey => ("api_key", &["header", "secret"]),
        };
        for (key, there) in [
            ("secret", written.secret.is_some()),
            ("user", written.user.is_some()),
            ("password", written.password.is_some()),
            ("header", written.header.is_some()),
        ] {
            if there && !wanted.contains(&key) {
                let problem = self
                    .problems
                    .key(
                        &format!("{at}/{key}"),
                        format!("`{key}` means nothing for scheme `{word}`"),
                    )
                    .help(format!("remove `{key}`, or choose another scheme"));
                self.problems.push(problem);
            }
        }
        match written.scheme {
            Scheme::None => Auth::None,
            Scheme::Bearer => self.bearer(written, at),
            Scheme::Basic => self.basic(written, at),
            Scheme::ApiKey => self.api_key(written, at),
        }
    }

    fn bearer(&mut self, written: &written::Auth, at: &str) -> Auth {
        // A record that forgets its secret is a mistake; an operation without one means the
        // token that a scenario obtains from another operation.
        if written.secret.is_none() && at != OF_THE_RECORD {
            return Auth::ScenarioToken;
        }
        let secret = self.needed_secret(written.secret.as_deref(), "secret", "bearer", at);
        secret.map_or(Auth::None, |secret| Auth::Bearer { secret })
    }

    fn basic(&mut self, written: &written::Auth, at: &str) -> Auth {
        let user = self.needed_secret(written.user.as_deref(), "user", "basic", at);
        let password = written.password.as_deref();
        let password = password.and_then(|text| self.secret(text, &format!("{at}/password")));
        user.map_or(Auth::None, |user| Auth::Basic { user, password })
    }

    fn api_key(&mut self, written: &written::Auth, at: &str) -> Auth {
        let secret = self.needed_secret(written.secret.as_deref(), "secret", "api_key", at);
        if written.header.is_none() {
            self.missing_in_auth("header", "api_key", at, "`header: X-Api-Key`");
        }
        let header = written.header.as_deref();
        let header = header.and_then(|name| self.header(name, &format!("{at}/header")));
        match (header, secret) {
            (Some(header), Some(secret)) => Auth::ApiKey { header, secret },
            _ => Auth::None,
        }
    }

    fn needed_secret(
        &mut self,
        text: Option<&str>,
        key: &str,
        scheme: &str,
        at: &str,
    ) -> Option<SecretName> {
        let Some(text) = text else {
            self.missing_in_auth(key, scheme, at, &format!("`{key}: env:NAME`"));
            return None;
        };
        self.secret(text, &format!("{at}/{key}"))
    }

    fn missing_in_auth(&mut self, key: &str, scheme: &str, at: &str, example: &str) {
        let problem = self
            .problems
            .key(at, format!("scheme `{scheme}` needs `{key}`"))
            .help(format!("add {example}"));
        self.problems.push(problem);
    }

    fn secret(&mut self, text: &str, at: &str) -> Option<SecretName> {
        let name = values::secret_name(text);
        if name.is_none() {
            let key = at.rsplit('/').next().unwrap_or_default();
            let problem = self
                .problems
                .value(at, format!("`{key}` is not the name of a secret"))
                .expected("`env:NAME` or `file:PATH`")
                .actual("something else, not shown here")
                .help("put the value where that name points; a record never holds it");
            self.problems.push(problem);
        }
        name
    }
}
