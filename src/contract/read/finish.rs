//! From a lifted document and its operations to a contract, for the readers that are no `OpenAPI`.

use std::{collections::HashMap, sync::Arc};

use serde_json::Value;

use crate::{
    contract::{
        Contract, Operation, SchemaRef, SecurityScheme, Standard,
        route::Routes,
        schema::{self, SchemaProblem, Schemas, Wrapped},
        source::{Part, Sources},
    },
    evidence::Diagnostic,
};

/// The schemas that operations use, each with its number.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    schemas: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, u32>,
}

impl Numbers {
    /// The schema at this pointer.
    pub(super) fn schema(&mut self, pointer: impl Into<Arc<str>>) -> SchemaRef {
        let pointer = pointer.into();
        let next = self.schemas.len() as u32;
        let index = *self.numbers.entry(Arc::clone(&pointer)).or_insert(next);
        if index == next {
            self.schemas.push(Arc::clone(&pointer));
        }
        SchemaRef { pointer, index }
    }
}

/// What a reader found.
pub(super) struct Found<'i> {
    pub(super) id: &'i str,
    pub(super) title: String,
    pub(super) version: String,
    pub(super) standard: Standard,
    pub(super) operations: Vec<Operation>,
    pub(super) security_schemes: Vec<SecurityScheme>,
    pub(super) numbers: Numbers,
    /// Pointers of the schemas that were wrapped when they were lifted.
    pub(super) wrapped: Wrapped,
}

/// What is wrong with lifted schemas: what is no JSON Schema by the meta-schema of 2020-12, else
/// what no validator ends on. `targets` is what schemas refer to.
pub(super) fn schema_problems(
    sources: &Sources,
    document: &Value,
    roots: &[String],
    targets: &[String],
    wrapped: &Wrapped,
) -> Vec<Diagnostic> {
    let schemas = roots.iter().map(String::as_str);
    let problems = placed(sources, schema::problems(document, schemas, wrapped));
    if !problems.is_empty() {
        return problems;
    }
    placed(sources, schema::circles(document, targets.iter().map(String::as_str), wrapped))
}

/// Puts a contract together of a document whose schemas are right.
pub(super) fn finish(sources: Sources, document: Value, found: Found<'_>) -> Contract {
    let Found { id, title, version, standard, operations, security_schemes, numbers, wrapped } =
        found;
    let document = Arc::new(document);
    let schemas = Schemas::new(&document, numbers.schemas, wrapped);
    // The address of a channel is a path below the server, mostly without a `/` of its own.
    let paths = operations.iter().map(|operation| match operation.path.as_str() {
        path if path.starts_with('/') || path.is_empty() => path.to_owned(),
        path => format!("/{path}"),
    });
    let paths: Vec<String> = paths.collect();
    let routes = Routes::new(paths.iter().map(String::as_str));
    Contract {
        id: id.to_owned(),
        title,
        version,
        standard,
        sha256: sources.sha256(),
        sources,
        operations,
        security_schemes,
        schemas,
        document,
        routes,
    }
}

fn placed(sources: &Sources, problems: Vec<SchemaProblem>) -> Vec<Diagnostic> {
    let told = |problem: SchemaProblem| {
        Diagnostic::error("the schema is not valid JSON Schema")
            .maybe_at(sources.locate(&problem.pointer, Part::Value), "")
            .actual(problem.message)
            .note(format!("at {}", sources.written(&problem.pointer)))
            .help("correct the keyword; schemas follow JSON Schema 2020-12")
    };
    problems.into_iter().map(told).collect()
}
