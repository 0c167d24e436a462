//! `OpenAPI` 3.0 and 3.1, in one file.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    thread,
};

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::{
    lift::lift,
    references,
    survey::{Survey, survey},
};
use crate::{
    contract::{
        Contract, HeaderSpec, MediaType, NamedExample, Operation, Parameter, ParameterPlace,
        ParameterStyle, RequestBody, ResponseSpec, SchemaRef, StatusPattern,
        pointer::{self, join},
        route::Routes,
        schema::{self, MOST_HOPS, SchemaProblem, Schemas},
        source::{Part, Source},
    },
    evidence::Diagnostic,
};

/// The methods of a path item (`OpenAPI` 3.1 section 4.8.9).
const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Reads a document. Every problem is listed.
pub fn openapi(id: &str, source: Source) -> Result<Contract, Vec<Diagnostic>> {
    let mut document = thread::scope(|scope| {
        // Made beside it, since a run of one scenario waits for both. Where the
        // system has no thread to spare, it is made when it is needed.
        let _ = thread::Builder::new().spawn_scoped(scope, schema::prepare);
        source.parse()
    })
    .map_err(|problem| vec![problem])?;
    let is_3_0 = version(&source, &document).map_err(|problem| vec![*problem])?;
    let survey = survey(&document);
    let mut problems = references::problems(&source, &document, &survey);
    let wrapped = lift(&mut document, &survey.schemas, is_3_0);
    problems.extend(schema_problems(&source, &document, &survey, &wrapped));
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut reader = Reader::new(&source, &document);
    let operations = reader.operations();
    let Reader { problems, schemas: pointers, .. } = reader;
    if !problems.is_empty() {
        return Err(problems);
    }
    let schemas =
        Schemas::compile(&document, &pointers, wrapped).map_err(|found| placed(&source, found))?;
    let routes = Routes::new(operations.iter().map(|operation| operation.path.as_str()));
    let title = document.pointer("/info/title").and_then(Value::as_str).unwrap_or(id).to_owned();
    Ok(Contract {
        id: id.to_owned(),
        title,
        sha256: hex(&Sha256::digest(source.text.as_bytes())),
        source: Arc::new(source),
        operations,
        schemas,
        document: Arc::new(document),
        routes,
    })
}

/// Whether it is a document of 3.0; Err where it is none of 3.0 or 3.1.
fn version(source: &Source, document: &Value) -> Result<bool, Box<Diagnostic>> {
    let said = ["openapi", "swagger"].into_iter().find(|key| document.get(key).is_some());
    let place = said.and_then(|key| source.locate(&join("", key), Part::Value));
    let problem = |actual: &str| {
        Box::new(
            Diagnostic::error("not an OpenAPI document of version 3.0 or 3.1")
                .maybe_at(place.clone(), "this version is not known")
                .expected("`openapi: 3.1.0` or another version 3.0.x or 3.1.x")
                .actual(actual)
                .help("convert the document to OpenAPI 3.1"),
        )
    };
    match document.get("openapi") {
        Some(Value::String(version)) if version.starts_with("3.0") => Ok(true),
        Some(Value::String(version)) if version.starts_with("3.1") => Ok(false),
        Some(other) => Err(problem(&format!("openapi: {other}"))),
        None if document.get("swagger").is_some() => Err(problem("a Swagger 2.0 document")),
        None => Err(problem("no member `openapi`")),
    }
}

fn schema_problems(
    source: &Source,
    document: &Value,
    survey: &Survey,
    wrapped: &HashSet<String>,
) -> Vec<Diagnostic> {
    let found = survey.schemas.iter().filter_map(|at| document.pointer(at).map(|s| (at, s)));
    found.flat_map(|(at, s)| placed(source, schema::problems(s, at, wrapped))).collect()
}

fn placed(source: &Source, problems: Vec<SchemaProblem>) -> Vec<Diagnostic> {
    let place = |problem: &SchemaProblem| source.locate(&problem.pointer, Part::Value);
    problems
        .into_iter()
        .map(|problem| {
            Diagnostic::error("the schema is not valid JSON Schema")
                .maybe_at(place(&problem), "")
                .actual(problem.message)
                .note(format!("at #{}", problem.pointer))
                .help("correct the keyword; schemas follow JSON Schema 2020-12")
        })
        .collect()
}

/// A value and where it stands after references.
#[derive(Clone)]
struct Spot<'d> {
    value: &'d Map<String, Value>,
    pointer: String,
}

struct Reader<'d> {
    source: &'d Source,
    document: &'d Value,
    problems: Vec<Diagnostic>,
    schemas: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, u32>,
}

impl<'d> Reader<'d> {
    fn new(source: &'d Source, document: &'d Value) -> Self {
        let (problems, schemas) = (Vec::new(), Vec::new());
        Self { source, document, problems, schemas, numbers: HashMap::new() }
    }

    fn problem(&mut self, pointer: &str, part: Part, title: impl Into<String>, help: &str) {
        let place = self.source.locate(pointer, part);
        self.problems.push(
            Diagnostic::error(title).maybe_at(place, "").note(format!("at #{pointer}")).help(help),
        );
    }

    fn operations(&mut self) -> Vec<Operation> {
        let mut operations: Vec<Operation> = Vec::new();
        let paths = self.members("", self.document.as_object(), "paths");
        for (path, item) in paths {
            if !path.starts_with('/') {
                if !path.starts_with("x-") {
                    let title = format!("the path `{path}` does not start with `/`");
                    self.problem(
                        &item.pointer,
                        Part::Key,
                        title,
                        "write it from the server's root",
                    );
                }
                continue;
            }
            let inherited = self.parameters(&item);
            for method in METHODS {
                let Some(Value::Object(value)) = item.value.get(*method) else { continue };
                let spot = Spot { value, pointer: join(&item.pointer, method) };
                let operation = self.operation(method, &path, &spot, &inherited);
                if let Some(other) = operations.iter().find(|other| other.name == operation.name) {
                    self.same_name(&operation, &other.pointer.clone());
                }
                operations.push(operation);
            }
        }
        operations
    }

    fn same_name(&mut self, operation: &Operation, other: &str) {
        let at = |pointer: &str| {
            let id = join(pointer, "operationId");
            self.source.locate(&id, Part::Value)
        };
        self.problems.push(
            Diagnostic::error(format!("two operations are called `{}`", operation.name))
                .maybe_at(at(&operation.pointer), "the second")
                .maybe_at(at(other), "the first")
                .help("give each operation an `operationId` of its own"),
        );
    }

    fn operation(
        &mut self,
        method: &str,
        path: &str,
        spot: &Spot<'d>,
        inherited: &[Parameter],
    ) -> Operation {
        let method = method.to_ascii_uppercase();
        let name = spot
            .value
            .get("operationId")
            .and_then(Value::as_str)
            .map_or_else(|| format!("{method} {path}"), str::to_owned);
        let mut parameters = self.parameters(spot);
        for parameter in inherited {
            let same = |own: &Parameter| own.place == parameter.place && own.name == parameter.name;
            if !parameters.iter().any(same) {
                parameters.push(parameter.clone());
            }
        }
        let request_body = self.request_body(spot);
        let responses = self.responses(spot);
        Operation {
            name,
            method,
            path: path.to_owned(),
            pointer: spot.pointer.clone(),
            parameters,
            request_body,
            responses,
        }
    }

    /// The members of an object member, references followed.
    fn members(
        &mut self,
        pointer: &str,
        holder: Option<&'d Map<String, Value>>,
        key: &str,
    ) -> Vec<(String, Spot<'d>)> {
        let Some(Value::Object(members)) = holder.and_then(|h| h.get(key)) else {
            return Vec::new();
        };
        let base = join(pointer, key);
        let mut spots = Vec::with_capacity(members.len());
        for (name, value) in members {
            if let Some(spot) = self.follow(value, &join(&base, name)) {
                spots.push((name.clone(), spot));
            }
        }
        spots
    }

    /// The object at a place, references followed; a scalar there is a problem.
    fn follow(&mut self, value: &'d Value, pointer: &str) -> Option<Spot<'d>> {
        let mut spot = (value, pointer.to_owned());
        for _ in 0..MOST_HOPS {
            let Value::Object(object) = spot.0 else {
                let title = "an object is expected here";
                self.problem(&spot.1, Part::Value, title, "see the OpenAPI specification");
                return None;
            };
            let target = object.get("$ref").and_then(Value::as_str).and_then(pointer::of_reference);
            let Some(target) = target else {
                return Some(Spot { value: object, pointer: spot.1 });
            };
            spot = (self.document.pointer(&target)?, target.into_owned());
        }
        None
    }

    fn schema_ref(&mut self, pointer: String) -> SchemaRef {
        let pointer: Arc<str> = pointer.into();
        let next = self.schemas.len() as u32;
        let index = *self.numbers.entry(Arc::clone(&pointer)).or_insert(next);
        if index == next {
            self.schemas.push(Arc::clone(&pointer));
        }
        SchemaRef { pointer, index }
    }

    /// The schema of a parameter or header: its own, or that of its only media type.
    fn schema_of(&mut self, spot: &Spot<'d>, what: &str) -> Option<SchemaRef> {
        if spot.value.contains_key("schema") {
            return Some(self.schema_ref(join(&spot.pointer, "schema")));
        }
        if let Some((_, media)) =
            self.members(&spot.pointer, Some(spot.value), "content").into_iter().next()
            && media.value.contains_key("schema")
        {
            return Some(self.schema_ref(join(&media.pointer, "schema")));
        }
        let title = format!("the {what} has no schema");
        self.problem(&spot.pointer, Part::Value, title, "add a `schema` that says its type");
        None
    }

    fn parameters(&mut self, holder: &Spot<'d>) -> Vec<Parameter> {
        let Some(Value::Array(list)) = holder.value.get("parameters") else { return Vec::new() };
        let base = join(&holder.pointer, "parameters");
        let mut parameters = Vec::with_capacity(list.len());
        for (index, value) in list.iter().enumerate() {
            if let Some(spot) = self.follow(value, &format!("{base}/{index}")) {
                parameters.extend(self.parameter(&spot));
            }
        }
        parameters
    }

    fn parameter(&mut self, spot: &Spot<'d>) -> Option<Parameter> {
        let Some(name) = spot.value.get("name").and_then(Value::as_str) else {
            self.problem(&spot.pointer, Part::Value, "the parameter has no name", "add `name`");
            return None;
        };
        let place = match spot.value.get("in").and_then(Value::as_str) {
            Some("path") => ParameterPlace::Path,
            Some("query") => ParameterPlace::Query,
            Some("header") => ParameterPlace::Header,
            // A cookie belongs to a session, which no call of ours has.
            Some("cookie") => return None,
            _ => {
                let title = format!("the parameter `{name}` does not say where it travels");
                let help = "add `in: path`, `in: query` or `in: header`";
                self.problem(&spot.pointer, Part::Value, title, help);
                return None;
            }
        };
        // These three are described elsewhere (OpenAPI 3.1 section 4.8.12.2).
        let elsewhere = ["accept", "content-type", "authorization"];
        if place == ParameterPlace::Header && elsewhere.contains(&&*name.to_ascii_lowercase()) {
            return None;
        }
        let schema = self.schema_of(spot, &format!("parameter `{name}`"))?;
        Some(Parameter {
            name: name.to_owned(),
            place,
            required: place == ParameterPlace::Path || is_true(spot, "required"),
            schema,
            style: style(spot, place),
            pointer: spot.pointer.clone(),
            example: self.example(spot),
        })
    }

    fn request_body(&mut self, operation: &Spot<'d>) -> Option<RequestBody> {
        let value = operation.value.get("requestBody")?;
        let spot = self.follow(value, &join(&operation.pointer, "requestBody"))?;
        Some(RequestBody { required: is_true(&spot, "required"), content: self.content(&spot) })
    }

    fn content(&mut self, holder: &Spot<'d>) -> Vec<MediaType> {
        let mut content = Vec::new();
        for (name, spot) in self.members(&holder.pointer, Some(holder.value), "content") {
            let schema = spot
                .value
                .contains_key("schema")
                .then(|| self.schema_ref(join(&spot.pointer, "schema")));
            content.push(MediaType {
                name: name.split(';').next().unwrap_or_default().trim().to_ascii_lowercase(),
                schema,
                examples: self.examples(&spot),
                pointer: spot.pointer,
            });
        }
        content
    }

    fn responses(&mut self, operation: &Spot<'d>) -> Vec<ResponseSpec> {
        let mut responses = Vec::new();
        for (name, spot) in self.members(&operation.pointer, Some(operation.value), "responses") {
            if name.starts_with("x-") {
                continue;
            }
            let Some(status) = status_pattern(&name) else {
                let written = join(&join(&operation.pointer, "responses"), &name);
                let title = format!("`{name}` is no status");
                self.problem(&written, Part::Key, title, "write 404, 4XX or default");
                continue;
            };
            let headers = self.headers(&spot);
            let content = self.content(&spot);
            responses.push(ResponseSpec { status, pointer: spot.pointer, headers, content });
        }
        responses
    }

    fn headers(&mut self, response: &Spot<'d>) -> Vec<HeaderSpec> {
        let mut headers = Vec::new();
        for (name, spot) in self.members(&response.pointer, Some(response.value), "headers") {
            // The media type says what `Content-Type` is (OpenAPI 3.1 section 4.8.17.1).
            if name.eq_ignore_ascii_case("content-type") {
                continue;
            }
            let Some(schema) = self.schema_of(&spot, &format!("header `{name}`")) else { continue };
            headers.push(HeaderSpec {
                name: name.to_ascii_lowercase(),
                required: is_true(&spot, "required"),
                schema,
                example: self.example(&spot),
                pointer: spot.pointer,
            });
        }
        headers
    }

    fn example(&mut self, holder: &Spot<'d>) -> Option<Value> {
        self.examples(holder).into_iter().next().map(|example| (*example.value).clone())
    }

    /// `example` and `examples`; one that is only an address elsewhere is left out.
    fn examples(&mut self, holder: &Spot<'d>) -> Vec<NamedExample> {
        let mut examples = Vec::new();
        if let Some(value) = holder.value.get("example") {
            let pointer = join(&holder.pointer, "example");
            let value = Arc::new(value.clone());
            examples.push(NamedExample { name: String::new(), value, pointer });
        }
        for (name, spot) in self.members(&holder.pointer, Some(holder.value), "examples") {
            if let Some(value) = spot.value.get("value") {
                let pointer = join(&spot.pointer, "value");
                examples.push(NamedExample { name, value: Arc::new(value.clone()), pointer });
            }
        }
        examples
    }
}

fn is_true(spot: &Spot<'_>, key: &str) -> bool {
    spot.value.get(key) == Some(&Value::Bool(true))
}

fn style(spot: &Spot<'_>, place: ParameterPlace) -> ParameterStyle {
    if place != ParameterPlace::Query {
        return ParameterStyle::Commas;
    }
    match spot.value.get("style").and_then(Value::as_str) {
        Some("deepObject") => ParameterStyle::Brackets,
        _ if spot.value.get("explode") == Some(&Value::Bool(false)) => ParameterStyle::Commas,
        _ => ParameterStyle::Repeated,
    }
}

fn status_pattern(name: &str) -> Option<StatusPattern> {
    match name.as_bytes() {
        b"default" => Some(StatusPattern::Default),
        [digit @ b'1'..=b'5', b'X' | b'x', b'X' | b'x'] => Some(StatusPattern::Range(digit - b'0')),
        [_, _, _] => match name.parse() {
            Ok(status @ 100..=599) => Some(StatusPattern::Exact(status)),
            _ => None,
        },
        _ => None,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
        text
    })
}
