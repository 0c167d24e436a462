//! Sentences that were compiled before.

use std::{collections::HashMap, sync::Arc};

use crate::{
    evidence::Diagnostic,
    steps::{Compiled, Scope, StepText, compile},
};

/// The compiled sentences of a file that mean the same wherever they stand.
/// Most expectations are written many times over; each is compiled, and kept
/// in memory, once.
#[derive(Debug, Default)]
pub(super) struct Known(HashMap<String, Arc<Compiled>>);

impl Known {
    /// Compiles a sentence, or gives what an equal one compiled to.
    pub(super) fn compile(
        &mut self,
        step: &StepText<'_>,
        scope: &mut Scope<'_>,
    ) -> Result<Arc<Compiled>, Diagnostic> {
        // With a name, a table or no call before it a sentence depends on its scenario.
        let alone = step.table.is_none() && step.doc_string.is_none() && !step.text.contains('{');
        let alone = alone && scope.has_called();
        if alone && let Some(known) = self.0.get(step.text) {
            return Ok(Arc::clone(known));
        }
        let compiled = Arc::new(compile(step, scope)?);
        if alone && compiled.means_the_same_everywhere() {
            self.0.insert(step.text.to_owned(), Arc::clone(&compiled));
        }
        Ok(compiled)
    }
}
