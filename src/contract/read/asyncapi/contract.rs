//! The way from a parsed `AsyncAPI` document to a contract.

use serde_json::{Value, json};

use super::{
    files::bundle,
    operation::{Made, Reader},
    survey::{Walked, walk},
    traits::{Precedence, merge_traits},
};
use crate::{
    contract::{
        Contract, Standard,
        pointer::join,
        read::{
            drafts::lift_drafts,
            finish::{Found, finish, schema_problems},
            references,
        },
        source::{Files, Part, Sources},
    },
    evidence::Diagnostic,
};

/// The generations of the standard that differ for a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Generation {
    /// 1.x: topics with messages.
    One,
    /// 2.x: channels that publish and subscribe.
    Two,
    /// 3.x: operations beside channels.
    Three,
}

/// Makes a contract of a parsed document. Every problem is listed.
pub(in crate::contract::read) fn asyncapi(
    id: &str,
    mut sources: Sources,
    mut document: Value,
    files: &dyn Files,
) -> Result<Contract, Vec<Diagnostic>> {
    let (version, generation) = version(&sources, &document).map_err(|problem| vec![*problem])?;
    let mut problems = bundle(&mut sources, &mut document, files);
    let walked = walk(&document);
    if problems.is_empty() {
        problems = references::problems(&sources, &document, &walked.survey);
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let precedence =
        if generation == Generation::Three { Precedence::Target } else { Precedence::Trait };
    merge_traits(&mut sources, &mut document, &walked.with_traits, precedence)
        .map_err(|problem| vec![problem])?;
    parameter_schemas(&mut sources, &mut document, walked.parameters);
    let roots = walk(&document).roots();
    let wrapped = lift_drafts(&mut sources, &mut document, &roots);
    let Walked { survey, schema_targets, .. } = walk(&document);
    let mut problems =
        schema_problems(&sources, &document, &survey.schemas, &schema_targets, &wrapped);
    let mut reader = Reader::new(&sources, &document, generation);
    let operations = reader.operations();
    let security_schemes = reader.security_schemes();
    let Reader { problems: more, numbers, made, .. } = reader;
    problems.extend(more);
    if !problems.is_empty() {
        return Err(problems);
    }
    add(&mut sources, &mut document, made);
    let info = |name: &str| document.get("info")?.get(name)?.as_str().map(str::to_owned);
    let found = Found {
        id,
        title: info("title").unwrap_or_else(|| id.to_owned()),
        version: info("version").unwrap_or_default(),
        standard: Standard::AsyncApi(version),
        operations,
        security_schemes,
        numbers,
        wrapped,
    };
    Ok(finish(sources, document, found))
}

/// Puts schemas into the document that are written nowhere in it.
fn add(sources: &mut Sources, document: &mut Value, made: Vec<Made>) {
    let Some(root) = document.as_object_mut().filter(|_| !made.is_empty()) else { return };
    let mut holder = serde_json::Map::new();
    for Made { name, at, from, schema } in made {
        if let Some((file, pointer)) = sources.pointer_origin(&from) {
            sources.mount(at, file, pointer);
        }
        holder.insert(name, schema);
    }
    root.insert(MADE.to_owned(), Value::Object(holder));
}

/// Where schemas stand that were made of several messages.
pub(super) const MADE: &str = "x-any-message";

/// The version as written; Err where it is none that is known.
fn version(sources: &Sources, document: &Value) -> Result<(String, Generation), Box<Diagnostic>> {
    let said = document.get("asyncapi");
    let generation = match said.and_then(Value::as_str) {
        Some(version) if version.starts_with("1.") => Some((version, Generation::One)),
        Some(version) if version.starts_with("2.") => Some((version, Generation::Two)),
        Some(version) if version.starts_with("3.") => Some((version, Generation::Three)),
        _ => None,
    };
    if let Some((version, generation)) = generation {
        let streams = ["stream", "events"].iter().find(|key| document.get(**key).is_some());
        if let (Generation::One, Some(key)) = (generation, streams) {
            return Err(Box::new(
                Diagnostic::error(format!("`{key}` of AsyncAPI 1 is not read"))
                    .maybe_at(sources.locate(&join("", key), Part::Key), "")
                    .help("convert the document to AsyncAPI 2.6 or 3.0, where it is a channel"),
            ));
        }
        return Ok((version.to_owned(), generation));
    }
    Err(Box::new(
        Diagnostic::error("not an AsyncAPI document of a known version")
            .maybe_at(sources.locate("/asyncapi", Part::Value), "this version is not known")
            .expected("`asyncapi: 3.0.0` or another version 3.x, 2.x or 1.x")
            .actual(said.map_or_else(|| "no member `asyncapi`".to_owned(), Value::to_string))
            .help("convert the document to AsyncAPI 3.0"),
    ))
}

/// A parameter of 3 is a string with a few words about it (3.0, Parameter Object): they become the
/// schema that 2.x has.
fn parameter_schemas(sources: &mut Sources, document: &mut Value, parameters: Vec<String>) {
    for at in parameters {
        let Some(Value::Object(parameter)) = document.pointer_mut(&at) else { continue };
        if parameter.contains_key("schema") || parameter.contains_key("$ref") {
            continue;
        }
        let mut schema = json!({"type": "string"});
        for key in ["enum", "default", "examples"] {
            if let (Some(value), Value::Object(schema)) = (parameter.get(key), &mut schema) {
                schema.insert(key.to_owned(), value.clone());
            }
        }
        parameter.insert("schema".to_owned(), schema);
        if let Some((file, pointer)) = sources.pointer_origin(&at) {
            sources.mount(join(&at, "schema"), file, pointer);
        }
    }
}
