//! A description as the neutral model: services are operations, messages are schemas.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::{Map, Value, json};

use super::{
    builtin,
    link::link,
    parse::parse,
    schema::{reference, schemas},
};
use crate::{
    contract::{
        Action, Contract, Kind as OperationKind, MediaType, Operation, RequestBody, ResponseSpec,
        SchemaRef, Standard, StatusPattern,
        model::{
            field_pointer,
            protobuf::{
                At, Field, Kind, Method, Options, Protobuf, file_pointer, option_pointer,
                service_pointer, value_pointer,
            },
            schema_pointer,
        },
        pointer::join,
        route::Routes,
        schema::{Schemas, Wrapped},
        source::{Files, Source, Sources, relative},
    },
    evidence::Diagnostic,
};

/// Media types of messages of a method: `gRPC` (its protocol over HTTP/2, "Requests"), what it is
/// called elsewhere, and JSON, as gateways translate it.
const OF_METHODS: &[&str] = &[
    "application/grpc",
    "application/grpc+proto",
    "application/proto",
    "application/x-protobuf",
    "application/json",
];
/// Media types of messages by themselves.
const OF_PAYLOADS: &[&str] =
    &["application/x-protobuf", "application/protobuf", "application/json"];

/// Files that one contract may have.
const MOST_FILES: usize = 10_000;

/// Reads a contract of `.proto` files: the root and all others of its folder. Every problem is
/// listed.
pub(in crate::contract::read) fn protobuf(
    id: &str,
    root: Source,
    files: &dyn Files,
) -> Result<Contract, Vec<Diagnostic>> {
    let others = files.with_ending("proto");
    if others.len() > MOST_FILES {
        let title = format!("{id} has more than {MOST_FILES} .proto files");
        return Err(vec![Diagnostic::error(title).help("give each service a contract of its own")]);
    }
    // The root's own path relative to the folder is the listed one that its path ends with.
    let own = others.iter().filter(|path| ends_with(&root.path, path)).max_by_key(|p| p.len());
    let file_name = || root.path.rsplit('/').next().unwrap_or_default().to_owned();
    let own = own.cloned().unwrap_or_else(file_name);
    let mut sources = Sources::new(root);
    let mut paths = vec![own.clone()];
    let mut problems = Vec::new();
    for path in others.into_iter().filter(|path| *path != own) {
        match files.read(&path) {
            Ok(source) => {
                sources.add(source);
                paths.push(path);
            }
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    if paths.len() == 1 {
        follow(&mut sources, &mut paths, files);
    }
    let texts: Vec<_> = paths.into_iter().zip(sources.files().iter().cloned()).collect();
    Ok(build(id, sources, link(&texts)?))
}

/// Takes in what a single file imports, as far as it is there; what is missing is told later.
fn follow(sources: &mut Sources, paths: &mut Vec<String>, files: &dyn Files) {
    let mut next = 0;
    while let Some(source) = sources.files().get(next).cloned() {
        let read = parse(&paths[next], &source, next);
        let imports = read.map(|parsed| parsed.file.imports).unwrap_or_default();
        for import in imports {
            // A path that leads out of the folder is no path of a file in it.
            let inside = relative("", &import.path).filter(|path| *path == import.path);
            let Some(path) = inside.filter(|path| !paths.contains(path)) else { continue };
            if builtin::text(&path).is_none()
                && paths.len() < MOST_FILES
                && let Ok(source) = files.read(&path)
            {
                sources.add(source);
                paths.push(path);
            }
        }
        next += 1;
    }
}

fn ends_with(path: &str, end: &str) -> bool {
    path.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
}

fn build(id: &str, mut sources: Sources, described: Protobuf) -> Contract {
    let mut builder = Builder { pointers: Vec::new(), services: Map::new() };
    let mut operations = Vec::new();
    for (name, service) in &described.services {
        for method in service.methods.iter().filter(|_| described.is_own(&service.at)) {
            operations.push(builder.method(name, method));
        }
    }
    if operations.is_empty() {
        operations.extend(roots(&described).into_iter().map(|name| builder.payload(name)));
    }
    let title = described.files.first().map(|file| file.package.as_str()).unwrap_or_default();
    let title = if title.is_empty() { id } else { title };
    let mut document = json!({"info": {"title": title}, "components": {}});
    document["files"] = files(&described).into();
    document["services"] = builder.services.into();
    document["components"]["schemas"] = schemas(&described).into();
    mount(&mut sources, &described);
    let document = Arc::new(document);
    let schemas = Schemas::new(&document, builder.pointers, Wrapped::default());
    let routes = Routes::new(operations.iter().map(|operation| operation.path.as_str()));
    Contract {
        id: id.to_owned(),
        title: title.to_owned(),
        version: String::new(),
        sha256: sources.sha256(),
        standard: Standard::Protobuf(Arc::new(described)),
        sources,
        operations,
        security_schemes: Vec::new(),
        schemas,
        document,
        routes,
    }
}

/// What each file says of itself.
fn files(described: &Protobuf) -> Map<String, Value> {
    let own = described.files.iter().filter(|file| file.source.is_some());
    own.map(|file| {
        let told = json!({
            "syntax": file.syntax.to_string(),
            "package": file.package,
            "options": file.options.values(),
        });
        (file.path.clone(), told)
    })
    .collect()
}

/// Messages that stand for themselves where there is no service: those that no other message
/// holds; all of them, where each is held.
fn roots(described: &Protobuf) -> Vec<&str> {
    let of = |field: &Field| match &field.kind {
        Kind::Message { name, .. } => Some(name.clone()),
        Kind::Map(_, value) => match &**value {
            Kind::Message { name, .. } => Some(name.clone()),
            _ => None,
        },
        _ => None,
    };
    let held: BTreeSet<String> = described
        .messages
        .iter()
        .flat_map(|(holder, m)| m.fields.iter().filter_map(of).filter(move |held| held != holder))
        .collect();
    let is_inner = |name: &str| {
        name.rsplit_once('.').is_some_and(|(outer, _)| described.messages.contains_key(outer))
    };
    let outer: Vec<&str> = described
        .messages
        .iter()
        .filter(|(name, message)| described.is_own(&message.at) && !is_inner(name))
        .map(|(name, _)| name.as_str())
        .collect();
    let roots: Vec<&str> = outer.iter().copied().filter(|name| !held.contains(*name)).collect();
    if roots.is_empty() { outer } else { roots }
}

struct Builder {
    /// Schemas that values are judged by.
    pointers: Vec<Arc<str>>,
    services: Map<String, Value>,
}

impl Builder {
    fn schema_ref(&mut self, pointer: String) -> SchemaRef {
        let pointer: Arc<str> = pointer.into();
        self.pointers.push(Arc::clone(&pointer));
        SchemaRef { pointer, index: self.pointers.len() as u32 - 1 }
    }

    fn content(&mut self, pointer: &str, schema: String, types: &[&str]) -> Vec<MediaType> {
        let schema = self.schema_ref(schema);
        let media = |name: &&str| MediaType {
            name: (*name).to_owned(),
            schema: Some(schema.clone()),
            pointer: pointer.to_owned(),
            examples: Vec::new(),
        };
        types.iter().map(media).collect()
    }

    fn method(&mut self, service: &str, method: &Method) -> Operation {
        let pointer = join(&service_pointer(service), &method.name);
        let mut node = json!({
            "request": {"schema": reference(&method.input), "stream": method.client_streaming},
            "response": {"schema": reference(&method.output), "stream": method.server_streaming},
        });
        let deprecated = method.options.is_true("deprecated");
        if !method.comment.is_empty() {
            node["description"] = method.comment.as_str().into();
        }
        if deprecated {
            node["deprecated"] = true.into();
        }
        if !method.options.set.is_empty() {
            node["x-options"] = method.options.values();
        }
        let methods = self.services.entry(service).or_insert_with(|| json!({}));
        methods[&method.name] = node;
        let (request, response) = (join(&pointer, "request"), join(&pointer, "response"));
        let content = self.content(&request, join(&request, "schema"), OF_METHODS);
        let answer = self.content(&response, join(&response, "schema"), OF_METHODS);
        Operation {
            name: format!("{service}/{}", method.name),
            kind: OperationKind::Rpc,
            action: Action::Receive,
            method: "POST".to_owned(),
            path: format!("/{service}/{}", method.name),
            summary: summary(method),
            deprecated,
            sunset: None,
            security: Vec::new(),
            parameters: Vec::new(),
            request_body: Some(RequestBody { required: true, content }),
            // A call that was answered has this status, also where it failed (gRPC over HTTP/2,
            // "Responses"): how it ended is said by the trailer `grpc-status`.
            responses: vec![ResponseSpec {
                status: StatusPattern::Exact(200),
                pointer: response,
                headers: Vec::new(),
                content: answer,
            }],
            pointer,
        }
    }

    fn payload(&mut self, name: &str) -> Operation {
        let pointer = schema_pointer(name);
        let content = self.content(&pointer, pointer.clone(), OF_PAYLOADS);
        Operation {
            name: name.to_owned(),
            kind: OperationKind::Payload,
            action: Action::Send,
            method: String::new(),
            path: String::new(),
            summary: String::new(),
            deprecated: false,
            sunset: None,
            security: Vec::new(),
            parameters: Vec::new(),
            request_body: Some(RequestBody { required: true, content }),
            responses: Vec::new(),
            pointer,
        }
    }
}

/// The first line of the comment, and which side sends many messages.
fn summary(method: &Method) -> String {
    let first = method.comment.lines().next().unwrap_or_default();
    let streams = match (method.client_streaming, method.server_streaming) {
        (false, false) => return first.to_owned(),
        (true, false) => "streams requests",
        (false, true) => "streams answers",
        (true, true) => "streams both ways",
    };
    if first.is_empty() { streams.to_owned() } else { format!("{first} ({streams})") }
}

/// Says for each part of the document where it was written.
fn mount(sources: &mut Sources, described: &Protobuf) {
    let lines: Vec<Lines> = sources.files().iter().map(|file| Lines::of(&file.text)).collect();
    let mut spots: Vec<(String, At)> = Vec::new();
    let mut options = |holder: &str, options: &Options| {
        let set = options.set.iter();
        spots.extend(set.map(|(name, (_, at))| (option_pointer(holder, name), at.clone())));
    };
    for (name, message) in &described.messages {
        options(&schema_pointer(name), &message.options);
    }
    for (name, declared) in &described.enums {
        options(&schema_pointer(name), &declared.options);
    }
    for (name, service) in &described.services {
        for method in &service.methods {
            options(&join(&service_pointer(name), &method.name), &method.options);
        }
    }
    for file in described.files.iter().filter(|file| file.source.is_some()) {
        let pointer = file_pointer(&file.path);
        let top = At { range: 0..0, ..file.syntax_at.clone() };
        let options = join(&pointer, "options");
        spots.extend(
            file.options.set.iter().map(|(name, (_, at))| (join(&options, name), at.clone())),
        );
        spots.push((join(&pointer, "syntax"), file.syntax_at.clone()));
        spots.push((join(&pointer, "package"), file.package_at.clone()));
        spots.push((pointer, top));
    }
    for (name, message) in &described.messages {
        for field in &message.fields {
            spots.push((field_pointer(name, &field.json_name), field.name_at.clone()));
        }
        spots.push((schema_pointer(name), message.name_at.clone()));
    }
    for (name, field) in &described.extensions {
        if let Some(extendee) = &field.extendee {
            spots.push((field_pointer(extendee, &format!("[{name}]")), field.name_at.clone()));
        }
    }
    for (name, declared) in &described.enums {
        for (position, value) in declared.values.iter().enumerate() {
            spots.push((value_pointer(name, position), value.at.clone()));
        }
        spots.push((schema_pointer(name), declared.name_at.clone()));
    }
    for (name, service) in &described.services {
        let pointer = service_pointer(name);
        for method in &service.methods {
            let pointer = join(&pointer, &method.name);
            spots.push((join(&pointer, "request"), method.input_at.clone()));
            spots.push((join(&pointer, "response"), method.output_at.clone()));
            spots.push((pointer, method.at.clone()));
        }
        spots.push((pointer, service.at.clone()));
    }
    for (pointer, at) in spots {
        // Files that are built in come after the others and have no text to show.
        if let Some(lines) = lines.get(at.file) {
            let text = Arc::clone(&sources.files()[at.file]);
            sources.mount_spot(pointer, at.file, lines.spot(&text.text, &at));
        }
    }
}

/// Where the lines of a text begin.
struct Lines(Vec<usize>);

/// In a longer line columns count bytes.
const LONGEST_LINE: usize = 4_000;

impl Lines {
    fn of(text: &str) -> Self {
        let after = text.match_indices('\n').map(|(at, _)| at + 1);
        Self(std::iter::once(0).chain(after).collect())
    }

    /// Line, column and length of a spot's first line.
    fn spot(&self, text: &str, at: &At) -> (u32, u32, u32) {
        let line = self.0.partition_point(|start| *start <= at.range.start);
        let start = self.0.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let end = self.0.get(line).map_or(text.len(), |next| next - 1).min(at.range.end);
        let count = |range: std::ops::Range<usize>| {
            let bytes = range.len();
            let short = (bytes <= LONGEST_LINE).then(|| text.get(range)).flatten();
            short.map_or(bytes, |text| text.trim_end().chars().count()) as u32
        };
        let column = text.get(start..at.range.start).filter(|t| t.len() <= LONGEST_LINE);
        let column = column.map_or(at.range.start - start, |text| text.chars().count()) as u32;
        (line as u32, column + 1, count(at.range.start..end.max(at.range.start)).max(1))
    }
}
