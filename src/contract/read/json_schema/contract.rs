//! The way from a parsed JSON Schema to a contract.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{resolve::Resolver, uri};
use crate::{
    contract::{
        Action, Contract, Kind, MediaType, NamedExample, Operation, RequestBody, Standard,
        read::{
            drafts::{Dialect, lift_drafts},
            finish::{Found, Numbers, finish, schema_problems},
        },
        source::{Files, Part, Sources},
    },
    evidence::Diagnostic,
};

/// Where the schema stands in the document.
pub(super) const SCHEMA: &str = "/schema";

/// Words at the root of a document that make it a schema, where nothing else says what it is.
const WORDS: &[&str] = &[
    "$ref",
    "$defs",
    "definitions",
    "type",
    "properties",
    "items",
    "enum",
    "const",
    "allOf",
    "anyOf",
    "oneOf",
    "required",
    "additionalProperties",
];

/// Whether a document is a JSON Schema: by its `$schema`, by its file's name, or by its words.
pub(in crate::contract::read) fn is_schema(path: &str, document: &Value) -> bool {
    let object = match document {
        Value::Object(object) => object,
        Value::Bool(_) => return is_named_so(path),
        _ => return false,
    };
    if ["openapi", "swagger", "asyncapi"].iter().any(|key| object.contains_key(*key)) {
        return false;
    }
    object.contains_key("$schema")
        || is_named_so(path)
        || WORDS.iter().any(|word| object.contains_key(*word))
}

fn is_named_so(path: &str) -> bool {
    let stem = stem(path);
    stem == "schema" || stem.ends_with(".schema")
}

/// The name of a file without folder and ending.
fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Makes a contract of a parsed schema. Every problem is listed.
pub(in crate::contract::read) fn json_schema(
    id: &str,
    mut sources: Sources,
    schema: Value,
    files: &dyn Files,
) -> Result<Contract, Vec<Diagnostic>> {
    let (draft, dialect) = draft(&sources, &schema).map_err(|problem| vec![*problem])?;
    let path = sources.root().path.clone();
    let file = path.rsplit('/').next().unwrap_or_default();
    let title = schema.get("title").and_then(Value::as_str).filter(|title| !title.is_empty());
    let name = title.unwrap_or_else(|| stem(&path).trim_end_matches(".schema")).to_owned();
    let mut document = Value::Object(Map::from_iter([("schema".to_owned(), schema)]));
    sources.mount(SCHEMA, 0, "");
    let mut resolver = Resolver::new(&mut sources, &mut document, files, dialect, file);
    let targets = resolver.run();
    let Resolver { problems, roots, .. } = resolver;
    if !problems.is_empty() {
        return Err(problems);
    }
    let with_dialect: Vec<(String, Dialect)> =
        roots.iter().map(|root| (root.clone(), dialect)).collect();
    let wrapped = lift_drafts(&mut sources, &mut document, &with_dialect);
    let problems = schema_problems(&sources, &document, &roots, &targets, &wrapped);
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut numbers = Numbers::default();
    let operation = operation(&name, &document, &mut numbers);
    let found = Found {
        id,
        title: name,
        version: String::new(),
        standard: Standard::JsonSchema(draft.to_owned()),
        operations: vec![operation],
        security_schemes: Vec::new(),
        numbers,
        wrapped,
    };
    Ok(finish(sources, document, found))
}

/// The draft by the name of its meta-schema. A schema that names none is read as 2020-12, with the
/// tuples and dependencies that 2019-09 wrote differently and 2020-12 does not allow.
fn draft(sources: &Sources, schema: &Value) -> Result<(&'static str, Dialect), Box<Diagnostic>> {
    let Some(said) = schema.get("$schema") else { return Ok(("2020-12", Dialect::Draft2019)) };
    let uri = said.as_str().map(|said| uri::split(said).0).unwrap_or_default();
    let name = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    match name {
        "json-schema.org/draft-04/schema" => Ok(("draft-04", Dialect::Draft4)),
        "json-schema.org/draft-06/schema" => Ok(("draft-06", Dialect::Draft7)),
        "json-schema.org/draft-07/schema" => Ok(("draft-07", Dialect::Draft7)),
        "json-schema.org/draft/2019-09/schema" => Ok(("2019-09", Dialect::Draft2019)),
        "json-schema.org/draft/2020-12/schema" | "json-schema.org/schema" => {
            Ok(("2020-12", Dialect::Draft2020))
        }
        _ => Err(Box::new(
            Diagnostic::error("this draft of JSON Schema is not known")
                .maybe_at(sources.locate("/$schema", Part::Value), "")
                .expected("https://json-schema.org/draft/2020-12/schema, 2019-09, draft-07, draft-06 or draft-04")
                .actual(said.as_str().map_or_else(|| said.to_string(), str::to_owned))
                .help("name the draft that the schema follows"),
        )),
    }
}

fn operation(name: &str, document: &Value, numbers: &mut Numbers) -> Operation {
    let schema = document.pointer(SCHEMA);
    let member = |key: &str| schema.and_then(|schema| schema.get(key));
    let examples = member("examples").and_then(Value::as_array);
    let examples = examples.into_iter().flatten().enumerate().map(|(index, value)| NamedExample {
        name: (index + 1).to_string(),
        value: Arc::new(value.clone()),
        pointer: format!("{SCHEMA}/examples/{index}"),
    });
    let media = MediaType {
        name: "application/json".to_owned(),
        schema: Some(numbers.schema(SCHEMA)),
        pointer: SCHEMA.to_owned(),
        examples: examples.collect(),
    };
    Operation {
        name: name.to_owned(),
        kind: Kind::Payload,
        action: Action::Send,
        method: String::new(),
        path: String::new(),
        summary: member("description").and_then(Value::as_str).unwrap_or_default().to_owned(),
        deprecated: member("deprecated") == Some(&Value::Bool(true)),
        sunset: member("x-sunset").and_then(Value::as_str).map(str::to_owned),
        security: Vec::new(),
        pointer: SCHEMA.to_owned(),
        parameters: Vec::new(),
        request_body: Some(RequestBody { required: true, content: vec![media] }),
        responses: Vec::new(),
    }
}
