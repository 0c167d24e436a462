//! Scenarios as the files have them, before their sentences are resolved.

use crate::evidence::Cell;

/// A scenario before its sentences are resolved, outline parameters filled in.
#[derive(Clone, Debug)]
pub(super) struct RawScenario {
    pub(super) feature: String,
    pub(super) rule: Option<String>,
    pub(super) name: String,
    pub(super) row: Vec<Cell>,
    /// Line of the scenario's keyword.
    pub(super) start: u32,
    /// Line of the scenario, or of its row.
    pub(super) line: u32,
    pub(super) tags: Vec<String>,
    pub(super) steps: Vec<RawStep>,
}

/// A step of it.
#[derive(Clone, Debug)]
pub(super) struct RawStep {
    pub(super) keyword: String,
    pub(super) text: String,
    pub(super) line: u32,
    pub(super) table: Option<Vec<(u32, Vec<String>)>>,
    pub(super) doc_string: Option<(u32, String)>,
}
