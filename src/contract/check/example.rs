//! Do the documented examples keep their own contract?

use serde_json::Value;

use super::report::shown;
use crate::{
    contract::{Contract, MediaType, NamedExample, SchemaRef, pointer, source::Part},
    evidence::Diagnostic,
};

/// An example that does not fit its schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnfitExample {
    /// JSON Pointers of the value and of what it breaks, which together tell it from any other:
    /// `/paths/…/example/0 #/paths/…/schema/items/type`.
    pub at: String,
    /// The message to a person.
    pub message: Diagnostic,
}

/// Examples of bodies that do not fit their schemas. Stand-ins answer with examples, so one that
/// is wrong makes every scenario against them wrong.
pub fn examples(contract: &Contract) -> Vec<UnfitExample> {
    let mut problems: Vec<UnfitExample> = Vec::new();
    for operation in &contract.operations {
        let requests = operation.request_body.iter().flat_map(|body| &body.content);
        let responses = operation.responses.iter().flat_map(|response| &response.content);
        for media in requests.chain(responses) {
            for problem in of_media(contract, media) {
                // Shared responses are met once for each operation.
                if !problems.contains(&problem) {
                    problems.push(problem);
                }
            }
        }
    }
    problems
}

fn of_media(contract: &Contract, media: &MediaType) -> Vec<UnfitExample> {
    let Some(schema) = &media.schema else { return Vec::new() };
    media.examples.iter().flat_map(|example| of_example(contract, schema, example)).collect()
}

fn of_example(
    contract: &Contract,
    schema: &SchemaRef,
    example: &NamedExample,
) -> Vec<UnfitExample> {
    let value: &Value = &example.value;
    let sources = &contract.sources;
    let violations = contract.schemas.violations(schema, value);
    violations
        .into_iter()
        .map(|violation| {
            let at = format!("{}{}", example.pointer, violation.instance);
            let name = pointer::split(&at).map(|(_, name)| name.into_owned()).unwrap_or_default();
            let actual = value
                .pointer(&violation.instance)
                .map_or_else(|| "no such member".to_owned(), |value| shown(&name, value));
            let message = Diagnostic::error("an example does not fit its schema")
                .maybe_at(sources.locate(&at, Part::Value), "this value")
                .maybe_at(sources.locate(&violation.schema, Part::Key), "demanded here")
                .expected(violation.expected)
                .actual(actual)
                .help("correct the example, or the schema if the partner really sends this");
            UnfitExample { at: format!("{at} {}", violation.schema), message }
        })
        .collect()
}
