//! Reads feature files; the one file of this room that touches the disk.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{contract::source::Source, evidence::Diagnostic};

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

fn walk(
    folder: &Path,
    depth: usize,
    found: &mut Vec<PathBuf>,
) -> Result<(), (PathBuf, std::io::Error)> {
    let at = |error| (folder.to_owned(), error);
    for entry in fs::read_dir(folder).map_err(at)? {
        let entry = entry.map_err(at)?;
        let path = entry.path();
        let kind = entry.file_type().map_err(at)?;
        if kind.is_dir() && depth > 0 {
            walk(&path, depth - 1, found)?;
        } else if path.extension().is_some_and(|e| e == "feature") {
            found.push(path);
        }
    }
    Ok(())
}

/// Reads one feature file.
pub(super) fn read(root: &Path, path: &Path) -> Result<Source, Diagnostic> {
    let name = relative(root, path);
    match fs::read(path).map(String::from_utf8) {
        Ok(Ok(text)) => Ok(Source::new(name, text)),
        Ok(Err(_)) => Err(Diagnostic::error("the feature file is not UTF-8").actual(name)),
        Err(error) => {
            Err(Diagnostic::error("the feature file cannot be read")
                .actual(format!("{name}: {error}")))
        }
    }
}

/// A path relative to the workspace, with `/`.
pub(super) fn relative(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/")
}
