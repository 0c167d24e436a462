//! Names that a scenario gives to values and calls.

use super::compile::Scope;
use crate::evidence::Diagnostic;

/// Refuses a name that is in use, or that reads as something else.
pub(super) fn new_name(name: &str, scope: &Scope<'_>) -> Result<(), Diagnostic> {
    if scope.names.contains(name) || scope.calls.contains(name) {
        return Err(Diagnostic::error(format!("`{name}` is in use already"))
            .expected("a name of its own for each value and call")
            .actual(name)
            .help("choose another name"));
    }
    if scope.columns.contains(name) {
        return Err(Diagnostic::error(format!("`{name}` is a column of the examples already"))
            .expected(format!(
                "a name of its own, so that {{{name}}} and <{name}> are not confused"
            ))
            .actual(name)
            .help("choose another name"));
    }
    if matches!(name, "partner" | "answer" | "redirect") {
        return Err(Diagnostic::error(format!("`{name}` means something else in sentences"))
            .expected("a name that no sentence uses")
            .actual(name)
            .help("choose another name"));
    }
    Ok(())
}
