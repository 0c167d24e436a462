//! `auth` of a record as meant: which keys belong to which scheme, and that each
//! secret is a name.

use super::{
    Auth, SecretName,
    meant::Meaning,
    values,
    written::{self, Scheme},
};

impl Meaning<'_> {
    /// The auth scheme. What is wrong with it is noted; `Auth::None` stands for it then.
    pub(super) fn auth(&mut self, written: &written::Auth) -> Auth {
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
                        &format!("/auth/{key}"),
                        format!("`{key}` means nothing for scheme `{word}`"),
                    )
                    .help(format!("remove `{key}`, or choose another scheme"));
                self.problems.push(problem);
            }
        }
        match written.scheme {
            Scheme::None => Auth::None,
            Scheme::Bearer => self.bearer(written),
            Scheme::Basic => self.basic(written),
            Scheme::ApiKey => self.api_key(written),
        }
    }

    fn bearer(&mut self, written: &written::Auth) -> Auth {
        let secret = self.needed_secret(written.secret.as_deref(), "secret", "bearer");
        secret.map_or(Auth::None, |secret| Auth::Bearer { secret })
    }

    fn basic(&mut self, written: &written::Auth) -> Auth {
        let user = self.needed_secret(written.user.as_deref(), "user", "basic");
        let password = written.password.as_deref().and_then(|text| self.secret(text, "password"));
        user.map_or(Auth::None, |user| Auth::Basic { user, password })
    }

    fn api_key(&mut self, written: &written::Auth) -> Auth {
        let secret = self.needed_secret(written.secret.as_deref(), "secret", "api_key");
        if written.header.is_none() {
            self.missing_in_auth("header", "api_key", "`header: X-Api-Key`");
        }
        let header = written.header.as_deref().and_then(|name| self.header(name, "/auth/header"));
        match (header, secret) {
            (Some(header), Some(secret)) => Auth::ApiKey { header, secret },
            _ => Auth::None,
        }
    }

    fn needed_secret(&mut self, text: Option<&str>, key: &str, scheme: &str) -> Option<SecretName> {
        let Some(text) = text else {
            self.missing_in_auth(key, scheme, &format!("`{key}: env:NAME`"));
            return None;
        };
        self.secret(text, key)
    }

    fn missing_in_auth(&mut self, key: &str, scheme: &str, example: &str) {
        let problem = self
            .problems
            .key("/auth", format!("scheme `{scheme}` needs `{key}`"))
            .help(format!("add {example}"));
        self.problems.push(problem);
    }

    fn secret(&mut self, text: &str, key: &str) -> Option<SecretName> {
        let name = values::secret_name(text);
        if name.is_none() {
            let problem = self
                .problems
                .value(&format!("/auth/{key}"), format!("`{key}` is not the name of a secret"))
                .expected("`env:NAME` or `file:PATH`")
                .actual("something else, not shown here")
                .help("put the value where that name points; a record never holds it");
            self.problems.push(problem);
        }
        name
    }
}
