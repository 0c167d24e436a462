//! A scenario of the plan, ready to run.

use std::sync::Arc;

use crate::{
    contract::source::Source,
    evidence::{Place, PlannedScenario},
    steps::{Compiled, Partner, StepText},
};

/// A scenario with its sentences resolved. What people see of it is the
/// [`PlannedScenario`] of the same index.
#[derive(Debug)]
pub(super) struct Scenario {
    /// Its feature file, for places.
    pub(super) source: Arc<Source>,
    /// A compiled sentence for each planned step, also where it is skipped.
    pub(super) steps: Vec<Arc<Compiled>>,
    /// The partners that it touches.
    pub(super) partners: Vec<Arc<Partner>>,
    /// Further attempts after one that did not pass.
    pub(super) retries: u32,
}

impl Scenario {
    /// The place of a step, or of the scenario itself.
    pub(super) fn place(&self, planned: &PlannedScenario, step: Option<usize>) -> Place {
        if let Some(step) = step.and_then(|step| planned.steps.get(step)) {
            let (line, text, source) = (step.line, &*step.text, &*self.source);
            return StepText { source, line, text, table: None, doc_string: None }.whole();
        }
        whole_line(&self.source, planned.line)
    }
}

/// The place of all that is written on a line.
pub(super) fn whole_line(source: &Source, number: u32) -> Place {
    let line = source.line(number);
    let indent = line.chars().take_while(|c| c.is_whitespace()).count();
    let length = line.trim().chars().count().max(1);
    source.place_at(number, indent as u32 + 1, length as u32)
}
