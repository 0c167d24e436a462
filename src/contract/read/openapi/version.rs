//! Which version a document follows.

use serde_json::Value;

use super::super::lift::Dialect;
use crate::{
    contract::{
        pointer::join,
        source::{Note, Part, Sources},
    },
    evidence::Diagnostic,
};

/// The version as written; Err where it is none that we read, or where there are two.
pub(super) fn version(sources: &mut Sources, document: &Value) -> Result<String, Box<Diagnostic>> {
    let place = |key: &str| sources.locate(&join("", key), Part::Value);
    let (key, said) = match (document.get("openapi"), document.get("swagger")) {
        (Some(_), Some(_)) => {
            return Err(Box::new(
                Diagnostic::error("two versions of a standard are mixed")
                    .maybe_at(place("swagger"), "this says Swagger 2.0")
                    .maybe_at(place("openapi"), "this says OpenAPI 3")
                    .note("OpenAPI 3.1 section 4.8.1, Swagger 2.0 section \"Swagger Object\"")
                    .help("keep the one that the rest of the document follows"),
            ));
        }
        (Some(said), None) => ("openapi", said),
        (None, Some(said)) => ("swagger", said),
        (None, None) => {
            return Err(Box::new(unknown("no member `openapi`")));
        }
    };
    let version = match said {
        Value::String(version) => version.clone(),
        Value::Number(number) => match number.as_f64() {
            Some(number) => format!("{number:.1}"),
            None => number.to_string(),
        },
        other => other.to_string(),
    };
    let known = match key {
        "swagger" => version == "2.0",
        _ => ["3.0", "3.1"].iter().any(|known| {
            version.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        }),
    };
    if !known {
        let problem = unknown(&format!("{key}: {said}"));
        return Err(Box::new(problem.maybe_at(place(key), "this version is not known")));
    }
    if said.is_number() {
        let told = Diagnostic::warning(format!("`{key}` is a text (OpenAPI 3.1 section 4.8.1)"))
            .help(format!("write {key}: '{version}'"));
        sources.note(Note { told, at: vec![(join("", key), Part::Value, "a number")] });
    }
    Ok(version)
}

fn unknown(actual: &str) -> Diagnostic {
    Diagnostic::error("not an OpenAPI document of version 3.0 or 3.1, nor Swagger 2.0")
        .expected("`openapi: 3.1.0` or another version 3.0.x or 3.1.x, or `swagger: '2.0'`")
        .actual(actual)
        .help("convert the document to OpenAPI 3.1")
}

/// The dialect of schemas that name none (`OpenAPI` 3.1 section 4.8.24.5).
pub(super) fn dialect(sources: &mut Sources, document: &Value, version: &str) -> Dialect {
    if version.starts_with('2') {
        return Dialect::Swagger2;
    }
    if version.starts_with("3.0") {
        return Dialect::OpenApi30;
    }
    let Some(Value::String(named)) = document.get("jsonSchemaDialect") else {
        return Dialect::Draft2020;
    };
    Dialect::named(named).unwrap_or_else(|| {
        let told = Diagnostic::warning("this dialect is not known; schemas are read as 2020-12")
            .note("OpenAPI 3.1 section 4.8.24.5");
        sources.note(Note { told, at: vec![("/jsonSchemaDialect".to_owned(), Part::Value, "")] });
        Dialect::Draft2020
    })
}
