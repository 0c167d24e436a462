//! A contract as it is named on the command line.

use std::path::Path;

use crate::{
    cli::{meant, options::Common},
    contract::{self, Contract},
    evidence::Diagnostic,
};

/// Reads the contract that is meant: a document or a folder with one where there is such
/// a path, else an id of the workspace.
pub(super) fn read(common: &Common, named: &str) -> Result<Contract, Vec<Diagnostic>> {
    let path = Path::new(named);
    if path.exists() {
        return contract::open(path);
    }
    contract::load(&meant::workspace(common)?.root, named)
}
