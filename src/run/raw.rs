//! Scenarios as the files have them, before their sentences are resolved.

use std::sync::Arc;

use crate::evidence::Cell;

/// A scenario before its sentences are resolved, outline parameters filled in.
#[derive(Clone, Debug)]
pub(super) struct RawScenario {
    pub(super) feature: Arc<str>,
    pub(super) rule: Option<Arc<str>>,
    pub(super) name: String,
    pub(super) row: Vec<Cell>,
    /// Line of the scenario's keyword.
    pub(super) start: u32,
    /// Line of the scenario, or of its row.
    pub(super) line: u32,
    pub(super) tags: Arc<[String]>,
    pub(super) steps: Vec<RawStep>,
}

/// A step of it.
#[derive(Clone, Debug)]
pub(super) struct RawStep {
    pub(super) keyword: Arc<str>,
    pub(super) text: Arc<str>,
    pub(super) line: u32,
    pub(super) table: Option<Vec<(u32, Vec<String>)>>,
    pub(super) doc_string: Option<(u32, String)>,
}
