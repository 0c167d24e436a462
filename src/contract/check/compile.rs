//! Do all schemas of a contract compile?

use crate::{
    contract::{Contract, schema::clip, source::Part},
    evidence::Diagnostic,
};

/// Characters of a reason.
const MOST_REASON: usize = 160;

/// Schemas in use that do not compile. A call compiles only what its messages ask for, and reading
/// makes sure of all but what is rare; here nothing is left for later.
pub fn uncompiled(contract: &Contract) -> Vec<Diagnostic> {
    let broken = contract.schemas.broken().into_iter();
    broken
        .map(|problem| {
            Diagnostic::error("the schema cannot be compiled")
                .maybe_at(contract.sources.locate(&problem.pointer, Part::Value), "")
                .expected("a schema of JSON Schema 2020-12 with references by JSON Pointer")
                .actual(clip(&problem.message, MOST_REASON))
                .note(format!("at #{}", problem.pointer))
                .help("values of it cannot be judged; write it with `$ref` and pointers")
        })
        .collect()
}
