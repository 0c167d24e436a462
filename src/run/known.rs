//! Texts and sentences that were seen before, kept once.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use crate::{
    evidence::Diagnostic,
    steps::{Compiled, Scope, StepText, compile},
};

/// Texts of feature files, each held once: keywords, names and sentences repeat
/// from scenario to scenario, and the plan keeps them all until the run ends.
#[derive(Debug, Default)]
pub(super) struct Texts(RefCell<HashSet<Arc<str>>>);

impl Texts {
    /// The text, shared with all that are equal.
    pub(super) fn share(&self, text: &str) -> Arc<str> {
        let mut known = self.0.borrow_mut();
        if let Some(known) = known.get(text) {
            return Arc::clone(known);
        }
        let text = Arc::<str>::from(text);
        known.insert(Arc::clone(&text));
        text
    }
}

/// The compiled sentences that mean the same wherever they stand, in whichever
/// file. Most expectations are written many times over; each is compiled, and
/// kept in memory, once.
#[derive(Debug, Default)]
pub(super) struct Known(HashMap<Arc<str>, Arc<Compiled>>);

impl Known {
    /// Compiles a sentence, or gives what an equal one compiled to.
    pub(super) fn compile(
        &mut self,
        text: &Arc<str>,
        step: &StepText<'_>,
        scope: &mut Scope<'_>,
    ) -> Result<Arc<Compiled>, Diagnostic> {
        // With a name, a table or no call before it a sentence depends on its scenario.
        let alone = step.table.is_none() && step.doc_string.is_none() && !text.contains('{');
        let alone = alone && scope.has_called();
        if alone && let Some(known) = self.0.get(text) {
            return Ok(Arc::clone(known));
        }
        let compiled = Arc::new(compile(step, scope)?);
        if alone && compiled.means_the_same_everywhere() {
            self.0.insert(Arc::clone(text), Arc::clone(&compiled));
        }
        Ok(compiled)
    }
}
