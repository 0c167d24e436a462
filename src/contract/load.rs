//! Reads a contract's root document from disk; the one file of this room that does.

use std::{fs, io, path::Path};

use super::{Contract, read, source::Source};
use crate::evidence::{Diagnostic, nearest};

/// Names of a root document, in the order in which they are looked for.
const ROOTS: &[&str] = &["openapi.yaml", "openapi.yml", "openapi.json"];

/// Reads `contracts/<id>/openapi.{yaml,yml,json}` below `workspace`.
/// Errors: no such folder or document, a document that does not parse, a
/// reference to nowhere, a schema that is not one; every problem is listed.
pub fn load(workspace: &Path, id: &str) -> Result<Contract, Vec<Diagnostic>> {
    let plain = id.split('/').all(|part| {
        !part.is_empty()
            && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
            && part.chars().any(|c| c != '.')
    });
    if !plain {
        return Err(vec![
            Diagnostic::error(format!("`{id}` is no contract id"))
                .expected("domain/name/vN, such as payments/transactions/v3")
                .actual(id),
        ]);
    }
    for root in ROOTS {
        let relative = format!("contracts/{id}/{root}");
        match fs::read_to_string(workspace.join(&relative)) {
            Ok(text) => return read::openapi(id, Source::new(relative, text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                return Err(vec![
                    Diagnostic::error(format!("cannot read {relative}"))
                        .actual(error.to_string())
                        .help("the document must be a readable file in UTF-8"),
                ]);
            }
        }
    }
    Err(vec![missing(workspace, id)])
}

fn missing(workspace: &Path, id: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error(format!("there is no contract `{id}`"))
        .expected(format!("contracts/{id}/openapi.yaml, openapi.yml or openapi.json"));
    let known = known(workspace);
    match nearest(id, known.iter().map(String::as_str)) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None if known.is_empty() => diagnostic.help("the folder `contracts` holds no contract yet"),
        None => diagnostic.help(format!("known contracts: {}", known.join(", "))),
    }
}

/// Ids of the contracts that are there, sorted: folders three deep with a root document.
pub fn known(workspace: &Path) -> Vec<String> {
    let mut ids = vec![(workspace.join("contracts"), String::new())];
    for _ in 0..3 {
        ids = ids
            .into_iter()
            .flat_map(|(folder, id)| {
                let below = fs::read_dir(&folder).into_iter().flatten().flatten();
                below
                    .filter(|entry| entry.path().is_dir())
                    .map(move |entry| {
                        let name = entry.file_name().to_string_lossy().into_owned();
                        let id = if id.is_empty() { name } else { format!("{id}/{name}") };
                        (entry.path(), id)
                    })
                    .collect::<Vec<_>>()
            })
            .collect();
    }
    let holds_root = |folder: &Path| ROOTS.iter().any(|root| folder.join(root).is_file());
    let mut ids: Vec<String> =
        ids.into_iter().filter(|(folder, _)| holds_root(folder)).map(|(_, id)| id).collect();
    ids.sort();
    ids
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::fixture::{PAYMENTS, message};

    #[test]
    fn documents_are_found_by_id() {
        let folder = tempfile::tempdir().expect("a folder");
        let version = folder.path().join("contracts/payments/transactions/v3");
        fs::create_dir_all(&version).expect("made");
        fs::write(version.join("openapi.yaml"), PAYMENTS).expect("written");
        let contract = load(folder.path(), "payments/transactions/v3").expect("valid");
        assert_eq!(contract.source.path, "contracts/payments/transactions/v3/openapi.yaml");
        assert_eq!((contract.operations.len(), contract.sha256.len()), (5, 64));
        let problem = |id: &str| {
            load(folder.path(), id).expect_err("wrong").iter().map(message).collect::<Vec<_>>()
        };
        assert_eq!(
            problem("payments/transactions/v4"),
            [
                "- there is no contract `payments/transactions/v4` | contracts/payments/transactions/v4/openapi.yaml, openapi.yml or openapi.json | - | did you mean `payments/transactions/v3`?"
            ]
        );
        assert_eq!(
            problem("../../etc"),
            [
                "- `../../etc` is no contract id | domain/name/vN, such as payments/transactions/v3 | ../../etc | "
            ]
        );
    }
}
