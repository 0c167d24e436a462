//! `OpenAPI` 3.0 and 3.1, and Swagger 2.0 in their words.

mod messages;
mod operations;
mod parameters;
mod reader;
mod version;

use std::sync::Arc;

use serde_json::Value;

use self::{reader::Reader, version::version};
use super::{
    bundle::{Bundled, bundle},
    lift::{Lifted, lift, mend_references},
    references,
    role::Role,
    survey::Survey,
    swagger,
};
use crate::{
    contract::{
        Contract, Kind, Standard,
        route::Routes,
        schema::{self, SchemaProblem, Schemas, Wrapped},
        source::{Files, Note, Part, Sources},
    },
    evidence::Diagnostic,
};

/// Makes a contract of a parsed document and the files that it refers to. Every problem is listed.
pub(super) fn openapi(
    id: &str,
    mut sources: Sources,
    mut document: Value,
    files: &dyn Files,
) -> Result<Contract, Vec<Diagnostic>> {
    let version = version(&mut sources, &document).map_err(|problem| vec![*problem])?;
    let dialect = version::dialect(&mut sources, &document, &version);
    let of_document = (Role::Document, dialect.takes_siblings());
    let Bundled { mut survey, mut problems } =
        bundle(&mut sources, &mut document, files, of_document);
    problems.extend(references::problems(&sources, &document, &survey));
    if version.starts_with('2') {
        problems.extend(swagger::lift(&mut sources, &mut document));
        survey = bundle(&mut sources, &mut document, files, of_document).survey;
    }
    messages::item_schemas(&mut sources, &mut document, &mut survey);
    let lifted = lift(&mut document, &survey.schemas, dialect);
    let wrapped = told(&mut sources, &mut document, &survey, lifted);
    problems.extend(schema_problems(&sources, &document, &survey, &wrapped));
    if !problems.is_empty() {
        return Err(in_order(&sources, problems));
    }
    let mut reader = Reader::new(&sources, &document, version.starts_with('2'));
    let operations = reader.operations();
    let security_schemes = reader.security_schemes();
    let Reader { mut problems, notes, schemas: pointers, .. } = reader;
    if problems.is_empty() {
        problems = endless(&sources, &document, &survey, &wrapped);
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let document = Arc::new(document);
    let schemas = Schemas::new(&document, pointers, wrapped);
    // Only what we or others send to a path of the document can be found by its path.
    let routes = Routes::new(operations.iter().map(|operation| match operation.kind {
        Kind::Http => operation.path.as_str(),
        _ => "",
    }));
    for note in notes {
        sources.note(note);
    }
    let info = |name: &str| document.get("info")?.get(name)?.as_str().map(str::to_owned);
    Ok(Contract {
        id: id.to_owned(),
        title: info("title").unwrap_or_else(|| id.to_owned()),
        version: info("version").unwrap_or_default(),
        standard: Standard::OpenApi(version),
        sha256: sources.sha256(),
        sources,
        operations,
        security_schemes,
        schemas,
        document,
        routes,
    })
}

/// Problems as they stand in the texts, the root document first.
fn in_order(sources: &Sources, mut problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let root = &sources.root().path;
    problems.sort_by_cached_key(|problem| {
        let place = problem.place();
        (
            place.map(|place| (place.file != *root, place.file.clone())),
            place.map(|place| (place.line, place.column)),
        )
    });
    problems
}

/// Tells what was read although it is wrong, and mends references into schemas that were wrapped.
fn told(sources: &mut Sources, document: &mut Value, survey: &Survey, lifted: Lifted) -> Wrapped {
    for (pointer, what) in lifted.notes {
        let told = Diagnostic::warning(what).note(format!("at {}", sources.written(&pointer)));
        sources.note(Note { told, at: vec![(pointer, Part::Key, "")] });
    }
    let references = survey.references.iter();
    let references = references.filter_map(|r| Some((r.at.as_str(), r.target.as_deref()?)));
    mend_references(document, &lifted.wrapped, references);
    Wrapped(lifted.wrapped)
}

fn schema_problems(
    sources: &Sources,
    document: &Value,
    survey: &Survey,
    wrapped: &Wrapped,
) -> Vec<Diagnostic> {
    let schemas = survey.schemas.iter().map(String::as_str);
    placed(sources, schema::problems(document, schemas, wrapped))
}

/// Schemas that no validator ends on.
fn endless(
    sources: &Sources,
    document: &Value,
    survey: &Survey,
    wrapped: &Wrapped,
) -> Vec<Diagnostic> {
    let targets = survey.references.iter().filter_map(|reference| reference.target.as_deref());
    placed(sources, schema::circles(document, targets, wrapped))
}

fn placed(sources: &Sources, problems: Vec<SchemaProblem>) -> Vec<Diagnostic> {
    let place = |problem: &SchemaProblem| sources.locate(&problem.pointer, Part::Value);
    problems
        .into_iter()
        .map(|problem| {
            Diagnostic::error("the schema is not valid JSON Schema")
                .maybe_at(place(&problem), "")
                .actual(problem.message)
                .note(format!("at {}", sources.written(&problem.pointer)))
                .help("correct the keyword; schemas follow JSON Schema 2020-12")
        })
        .collect()
}
