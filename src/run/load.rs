//! Reads feature files; the one file of this room that touches the disk.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use super::{
    changes,
    proofs::{self, Proofs},
};
use crate::{
    contract::{compare::Approvals, source::Source},
    evidence::Diagnostic,
};

/// Folders may nest this deep below `features/`.
const DEPTH: usize = 8;

/// Every feature file below `features/`, sorted by path.
pub(super) fn paths(root: &Path) -> Result<Vec<PathBuf>, Diagnostic> {
    let mut found = Vec::new();
    walk(&root.join("features"), DEPTH, &mut found).map_err(|(path, error)| {
        Diagnostic::error("the features cannot be read")
            .actual(format!("{}: {error}", relative(root, &path)))
            .help("scenarios stand in features/<integration id>/*.feature")
    })?;
    found.sort();
    Ok(found)
}

fn walk(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), (PathBuf, io::Error)> {
    let at = |error| (folder.to_owned(), error);
    for entry in fs::read_dir(folder).map_err(at)? {
        let entry = entry.map_err(at)?;
        let path = entry.path();
        let link = entry.file_type().map_err(at)?.is_symlink();
        // Follows links; one that leads nowhere is told when it is read.
        if path.is_dir() {
            if link && leads_back(&path, folder) {
                let error = io::Error::other("the link leads back to a folder that holds it");
                return Err((path, error));
            }
            if depth == 0 {
                let error = io::Error::other(format!("more than {DEPTH} folders deep"));
                return Err((path, error));
            }
            walk(&path, depth - 1, found)?;
        } else if path.extension().is_some_and(|e| e == "feature") {
            found.push(path);
        }
    }
    Ok(())
}

/// Whether a linked folder is the one that the link stands in, or above it.
fn leads_back(link: &Path, folder: &Path) -> bool {
    match (link.canonicalize(), folder.canonicalize()) {
        (Ok(link), Ok(folder)) => folder.starts_with(link),
        _ => true,
    }
}

/// Bytes of a feature file at most: some 50,000 scenarios.
const LARGEST: u64 = 16 * 1024 * 1024;

/// Reads one feature file.
pub(super) fn read(root: &Path, path: &Path) -> Result<Source, Diagnostic> {
    text(root, path, "the feature file")
}

fn text(root: &Path, path: &Path, what: &str) -> Result<Source, Diagnostic> {
    let name = relative(root, path);
    let refused = |why: String| {
        Diagnostic::error(format!("{what} cannot be read")).actual(format!("{name}: {why}"))
    };
    let found = fs::metadata(path);
    // A pipe would be waited for.
    if found.as_ref().is_ok_and(|found| !found.is_file()) {
        return Err(refused("it is no regular file".to_owned()).help("remove it"));
    }
    let mut bytes = Vec::with_capacity(found.map_or(0, |found| found.len().min(LARGEST) as usize));
    let read = File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
    read.map_err(|error| refused(error.to_string()).help("make it a readable file"))?;
    if bytes.len() as u64 > LARGEST {
        return Err(refused("it has more than 16 MiB".to_owned()).help("split it"));
    }
    String::from_utf8(bytes).map(|text| Source::new(name.as_str(), text)).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
        Diagnostic::error(format!("{what} is not UTF-8"))
            .at(Source::new(name.as_str(), text).place(good..good), "not UTF-8 from here on")
            .help("save it as UTF-8")
    })
}

/// The page of proofs, where there is one.
pub(super) fn proofs(root: &Path) -> Result<Option<Proofs>, Diagnostic> {
    let path = root.join(proofs::PAGE);
    if !path.exists() {
        return Ok(None);
    }
    text(root, &path, "the page of proofs").map(|source| Some(Proofs::read(source)))
}

/// What was written about the versions of a contract, where there is such a page.
pub(super) fn changes(root: &Path, name: &str) -> Result<Option<Source>, Diagnostic> {
    let path = root.join("contracts").join(name).join(changes::PAGE);
    path.exists().then(|| text(root, &path, "the page of changes")).transpose()
}

/// Path of the approvals below the workspace.
pub(super) const APPROVALS: &str = "contracts/approvals.yaml";

/// The differences that are borne, where there is such a file.
pub(super) fn approvals(root: &Path) -> Result<Option<Approvals>, Vec<Diagnostic>> {
    let path = root.join(APPROVALS);
    if !path.exists() {
        return Ok(None);
    }
    let source = text(root, &path, "the file of approvals").map_err(|problem| vec![problem])?;
    Approvals::read(source).map(Some)
}

/// A path relative to the workspace, with `/`.
pub(super) fn relative(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/")
}
