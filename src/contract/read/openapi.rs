//! `OpenAPI` 3.0 and 3.1.

use std::{collections::HashMap, sync::Arc};

use serde_json::{Map, Value};

use super::{
    lift::lift,
    references,
    survey::{Survey, survey},
};
use crate::{
    contract::{
        Action, Contract, HeaderSpec, Kind, MediaType, NamedExample, Operation, Parameter,
        ParameterPlace, ParameterStyle, RequestBody, ResponseSpec, SchemaRef, SecurityRequirement,
        SecurityScheme, Standard, StatusPattern,
        pointer::{self, join},
        route::Routes,
        schema::{self, MOST_HOPS, SchemaProblem, Schemas, Wrapped},
        source::{Part, Sources},
    },
    evidence::Diagnostic,
};

/// The methods of a path item (`OpenAPI` 3.1 section 4.8.9).
const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Makes a contract of a parsed document. Every problem is listed.
pub(super) fn openapi(
    id: &str,
    sources: Sources,
    mut document: Value,
) -> Result<Contract, Vec<Diagnostic>> {
    let version = version(&sources, &document).map_err(|problem| vec![*problem])?;
    let survey = survey(&document);
    let mut problems = references::problems(&sources, &document, &survey);
    let wrapped = Wrapped(lift(&mut document, &survey.schemas, version.starts_with("3.0")));
    problems.extend(schema_problems(&sources, &document, &survey, &wrapped));
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut reader = Reader::new(&sources, &document);
    let operations = reader.operations();
    let security_schemes = reader.security_schemes();
    let Reader { mut problems, schemas: pointers, .. } = reader;
    if problems.is_empty() {
        problems = endless(&sources, &document, &survey, &wrapped);
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let document = Arc::new(document);
    let schemas = Schemas::new(&document, pointers, wrapped);
    let routes = Routes::new(operations.iter().map(|operation| operation.path.as_str()));
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

/// The version as written; Err where it is none of 3.0 or 3.1.
fn version(sources: &Sources, document: &Value) -> Result<String, Box<Diagnostic>> {
    let said = ["openapi", "swagger"].into_iter().find(|key| document.get(key).is_some());
    let place = said.and_then(|key| sources.locate(&join("", key), Part::Value));
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
        Some(Value::String(version))
            if version.starts_with("3.0") || version.starts_with("3.1") =>
        {
            Ok(version.clone())
        }
        Some(other) => Err(problem(&format!("openapi: {other}"))),
        None if document.get("swagger").is_some() => Err(problem("a Swagger 2.0 document")),
        None => Err(problem("no member `openapi`")),
    }
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
    let targets: Vec<_> =
        survey.references.iter().filter_map(|(_, to)| pointer::of_reference(to)).collect();
    let targets = targets.iter().map(|target| &**target);
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
    sources: &'d Sources,
    document: &'d Value,
    problems: Vec<Diagnostic>,
    schemas: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, u32>,
}

impl<'d> Reader<'d> {
    fn new(sources: &'d Sources, document: &'d Value) -> Self {
        let (problems, schemas) = (Vec::new(), Vec::new());
        Self { sources, document, problems, schemas, numbers: HashMap::new() }
    }

    fn problem(&mut self, pointer: &str, part: Part, title: impl Into<String>, help: &str) {
        let place = self.sources.locate(pointer, part);
        self.problems.push(
            Diagnostic::error(title).maybe_at(place, "").note(format!("at #{pointer}")).help(help),
        );
    }

    fn operations(&mut self) -> Vec<Operation> {
        let mut operations: Vec<Operation> = Vec::new();
        let mut by_name: HashMap<String, usize> = HashMap::new();
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
                match by_name.get(&operation.name) {
                    Some(other) => self.same_name(&operation, &operations[*other].pointer),
                    None => {
                        by_name.insert(operation.name.clone(), operations.len());
                    }
                }
                operations.push(operation);
            }
        }
        operations
    }

    fn same_name(&mut self, operation: &Operation, other: &str) {
        let at = |pointer: &str| {
            let id = join(pointer, "operationId");
            self.sources.locate(&id, Part::Value)
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
        let said = |key: &str| spot.value.get(key).and_then(Value::as_str).map(str::to_owned);
        Operation {
            name,
            kind: Kind::Http,
            action: Action::Receive,
            method,
            path: path.to_owned(),
            summary: said("summary").unwrap_or_default(),
            deprecated: is_true(spot, "deprecated"),
            sunset: said("x-sunset"),
            security: self.security(spot),
            pointer: spot.pointer.clone(),
            parameters,
            request_body,
            responses,
        }
    }

    /// What lets a caller in: the operation's own requirements, else the document's
    /// (`OpenAPI` 3.1 sections 4.8.10.1 and 4.8.30).
    fn security(&self, operation: &Spot<'d>) -> Vec<Vec<SecurityRequirement>> {
        let own = operation.value.get("security").or_else(|| self.document.get("security"));
        let list = own.and_then(Value::as_array).into_iter().flatten();
        list.filter_map(Value::as_object)
            .map(|schemes| {
                let requirement = |(scheme, scopes): (&String, &Value)| SecurityRequirement {
                    scheme: scheme.clone(),
                    scopes: strings(scopes),
                };
                schemes.iter().map(requirement).collect()
            })
            .collect()
    }

    fn security_schemes(&mut self) -> Vec<SecurityScheme> {
        let components = self.document.get("components").and_then(Value::as_object);
        let members = self.members("/components", components, "securitySchemes");
        let of = |(name, spot): (String, Spot<'d>)| {
            let said = |key: &str| spot.value.get(key).and_then(Value::as_str).unwrap_or_default();
            let words = [said("type"), said("in"), said("name"), said("scheme")];
            let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
            SecurityScheme { name, means: words.join(" "), pointer: spot.pointer }
        };
        members.into_iter().map(of).collect()
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

/// The strings of a list.
fn strings(list: &Value) -> Vec<String> {
    let list = list.as_array().into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
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
