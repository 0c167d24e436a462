//! Secret name to value; the only reader of the environment outside `cli`, and
//! of secret files.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use crate::{
    catalog::{Auth, SecretName},
    evidence::{SafetyClass, Secret},
};

/// Bytes of a secret file at most; a larger file is surely not one.
const LARGEST_FILE: u64 = 64 * 1024;

/// Resolves secrets for one environment.
#[derive(Clone, Debug)]
pub struct Secrets {
    /// Class of the environment; in `mock` nothing is read.
    pub class: SafetyClass,
    /// Seed from which class `mock` derives values.
    pub seed: u64,
    /// The folder that `file:` names are relative to.
    pub workspace: PathBuf,
}

impl Secrets {
    /// The value behind a name. In class `mock` nothing is read: the value is derived from
    /// seed and name, and the stand-in accepts exactly that. Err: one line that names the secret, never a value.
    pub fn resolve(&self, name: &SecretName) -> Result<Secret, String> {
        if self.class == SafetyClass::Mock {
            return Ok(Self::derived(self.seed, name));
        }
        let value = match name {
            SecretName::Env(variable) => from_environment(name, variable)?,
            SecretName::File(path) => from_file(name, &self.workspace.join(path))?,
        };
        if value.is_empty() {
            return Err(format!("the secret {name} is empty"));
        }
        if value.chars().any(char::is_control) {
            return Err(format!(
                "the secret {name} holds a line break or another control character"
            ));
        }
        Ok(Secret::new(name.to_string(), value))
    }

    /// Every value that signing by this scheme needs, in the order of
    /// [`Auth::secrets`]. Basic authentication adds the pair `user:password`,
    /// since the two travel encoded as one: a redactor must know it.
    pub fn of(&self, auth: &Auth) -> Result<Vec<Secret>, String> {
        let mut secrets = Vec::new();
        for name in auth.secrets() {
            secrets.push(self.resolve(name)?);
        }
        if let Auth::Basic { .. } = auth
            && let [user, password] = secrets.as_slice()
        {
            let pair = format!("{}:{}", user.expose(), password.expose());
            secrets.push(Secret::new(format!("{} with {}", user.name(), password.name()), pair));
        }
        Ok(secrets)
    }

    /// The value that class `mock` uses for a name: `probe_` and 24 hex digits.
    pub fn derived(seed: u64, name: &SecretName) -> Secret {
        let name = name.to_string();
        let value = format!("probe_{}", digits(&[&seed.to_be_bytes(), name.as_bytes()]));
        Secret::new(name, value)
    }

    /// A value that no partner knows, from the secret's name alone: the real
    /// value is not needed to be refused.
    pub(super) fn wrong(name: &str) -> String {
        format!("wrong_{}", digits(&[b"wrong", name.as_bytes()]))
    }
}

/// 24 hex digits of a digest over the parts.
fn digits(parts: &[&[u8]]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
    }
    digest
        .finalize()
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .take(24)
        .collect()
}

fn from_environment(name: &SecretName, variable: &str) -> Result<String, String> {
    // The system's call panics on a name that no variable can have.
    if variable.is_empty() || variable.contains(['=', '\0']) {
        return Err(format!("the secret {name} names no possible environment variable"));
    }
    match std::env::var(variable) {
        Ok(value) => Ok(value),
        Err(std::env::VarError::NotPresent) => Err(format!("the secret {name} is not set")),
        Err(std::env::VarError::NotUnicode(_)) => Err(format!("the secret {name} is not UTF-8")),
    }
}

fn from_file(name: &SecretName, path: &Path) -> Result<String, String> {
    let unreadable = |error: std::io::Error| {
        if error.kind() == std::io::ErrorKind::InvalidData {
            format!("the secret {name} is not UTF-8")
        } else {
            format!("the secret {name} cannot be read: {error}")
        }
    };
    let mut text = String::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(LARGEST_FILE + 1).read_to_string(&mut text).map_err(unreadable)?;
    if text.len() as u64 > LARGEST_FILE {
        return Err(format!("the secret {name} is a file of more than 64 KiB"));
    }
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn real(workspace: &Path) -> Secrets {
        Secrets { class: SafetyClass::Test, seed: 1, workspace: workspace.to_owned() }
    }

    #[test]
    fn a_stand_in_and_its_caller_derive_the_same_value() {
        let name = SecretName::Env("STRIPE_KEY".to_owned());
        let mock = Secrets { class: SafetyClass::Mock, seed: 7, workspace: PathBuf::new() };
        let value = mock.resolve(&name).unwrap();
        assert_eq!(value.expose(), Secrets::derived(7, &name).expose());
        assert_eq!(value.name(), "env:STRIPE_KEY");
        assert!(value.expose().starts_with("probe_") && value.expose().len() == 30);
        assert_ne!(value.expose(), Secrets::derived(8, &name).expose());
        assert_ne!(
            value.expose(),
            Secrets::derived(7, &SecretName::File("STRIPE_KEY".to_owned())).expose()
        );
    }

    #[test]
    fn a_file_loses_its_trailing_line_break_only() {
        let folder = tempfile::tempdir().unwrap();
        let file = |text: &[u8]| {
            std::fs::write(folder.path().join("key"), text).unwrap();
            real(folder.path())
                .resolve(&SecretName::File("key".to_owned()))
                .map(|secret| secret.expose().to_owned())
        };
        assert_eq!(file(b"sk_1 \r\n"), Ok("sk_1 ".to_owned()));
        assert_eq!(file(b"sk_1"), Ok("sk_1".to_owned()));
        assert_eq!(file(b"\n"), Err("the secret file:key is empty".to_owned()));
        assert_eq!(file(b"\xff\xfe"), Err("the secret file:key is not UTF-8".to_owned()));
        assert_eq!(
            file(b"sk_1\nsk_2\n"),
            Err("the secret file:key holds a line break or another control character".to_owned())
        );
        assert_eq!(
            file(&vec![b'x'; 64 * 1024 + 1]),
            Err("the secret file:key is a file of more than 64 KiB".to_owned())
        );
    }

    #[test]
    fn a_missing_secret_is_named() {
        let secrets = real(Path::new("/"));
        let missing = |name| secrets.resolve(&name).unwrap_err();
        assert_eq!(
            missing(SecretName::Env("PROBE_TEST_NO_SUCH_VARIABLE".to_owned())),
            "the secret env:PROBE_TEST_NO_SUCH_VARIABLE is not set"
        );
        assert_eq!(
            missing(SecretName::Env("A=B".to_owned())),
            "the secret env:A=B names no possible environment variable"
        );
        assert!(
            missing(SecretName::File("no/such/file".to_owned()))
                .starts_with("the secret file:no/such/file cannot be read: ")
        );
    }

    #[test]
    fn basic_authentication_yields_the_pair_as_well() {
        let secrets = Secrets { class: SafetyClass::Mock, seed: 1, workspace: PathBuf::new() };
        let name = |text: &str| SecretName::Env(text.to_owned());
        let auth = Auth::Basic { user: name("USER"), password: Some(name("PASSWORD")) };
        let all = secrets.of(&auth).unwrap();
        assert_eq!(all.len(), 3);
        assert_eq!(all[2].expose(), format!("{}:{}", all[0].expose(), all[1].expose()));
        assert_eq!(secrets.of(&Auth::None).unwrap().len(), 0);
    }
}
