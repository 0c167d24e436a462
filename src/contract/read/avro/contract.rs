//! Schemas as the neutral model: each that stands for itself is a payload.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::{Map, json};

use super::{parse::parse, schema};
use crate::{
    contract::{
        Action, Contract, Kind as OperationKind, MediaType, Operation, RequestBody, SchemaRef,
        Standard,
        model::{
            avro::{Avro, Body, Kind, Type},
            field_pointer, schema_pointer,
        },
        pointer::join,
        route::Routes,
        schema::{Schemas, Wrapped},
        source::{Files, Source, Sources},
    },
    evidence::Diagnostic,
};

/// Media types of payloads: JSON by the JSON encoding.
const MEDIA_TYPES: &[&str] = &["application/json", "application/vnd.apache.avro+json"];

/// Files that one contract may have.
const MOST_FILES: usize = 10_000;

/// Reads a contract of `.avsc` files: the root and all others of its folder, which may use each
/// other's names. Every problem is listed.
pub(in crate::contract::read) fn avro(
    id: &str,
    root: Source,
    files: &dyn Files,
) -> Result<Contract, Vec<Diagnostic>> {
    let others = files.with_ending("avsc");
    if others.len() > MOST_FILES {
        let title = format!("{id} has more than {MOST_FILES} .avsc files");
        return Err(vec![Diagnostic::error(title).help("give each subject a contract of its own")]);
    }
    let own = root.path.clone();
    let is_root = |path: &String| {
        own.strip_suffix(path.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
    };
    let root_path = others.iter().filter(|path| is_root(path)).max_by_key(|p| p.len()).cloned();
    let mut sources = Sources::new(root);
    let mut problems = Vec::new();
    for path in others.into_iter().filter(|path| Some(path) != root_path.as_ref()) {
        match files.read(&path) {
            Ok(source) => drop(sources.add(source)),
            Err(problem) => problems.push(problem),
        }
    }
    let mut documents = Vec::new();
    for source in sources.files() {
        match source.parse() {
            Ok(document) => documents.push(document),
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let described = parse(&sources, &documents)?;
    Ok(build(id, sources, described))
}

fn build(id: &str, mut sources: Sources, described: Avro) -> Contract {
    let mut pointers: Vec<Arc<str>> = Vec::new();
    let mut payloads = Map::new();
    let mut operations = Vec::new();
    for root in roots(&described) {
        let name = root.branch_name();
        let pointer = join("/payloads", name);
        let schema = schema::of(root);
        payloads.insert(name.to_owned(), [("schema".to_owned(), schema)].into_iter().collect());
        let schema =
            SchemaRef { pointer: join(&pointer, "schema").into(), index: pointers.len() as u32 };
        pointers.push(Arc::clone(&schema.pointer));
        operations.push(payload(name, pointer, &schema, &described));
    }
    let title = operations.first().map_or(id, |operation: &Operation| &operation.name).to_owned();
    let mut document = json!({"info": {"title": title}, "components": {}});
    document["payloads"] = payloads.into();
    document["components"]["schemas"] = schema::schemas(&described).into();
    mount(&mut sources, &described);
    let document = Arc::new(document);
    let schemas = Schemas::new(&document, pointers, Wrapped::default());
    Contract {
        id: id.to_owned(),
        title,
        version: String::new(),
        sha256: sources.sha256(),
        standard: Standard::Avro(Arc::new(described)),
        sources,
        operations,
        security_schemes: Vec::new(),
        schemas,
        document,
        routes: Routes::new(std::iter::empty::<&str>()),
    }
}

fn payload(name: &str, pointer: String, schema: &SchemaRef, described: &Avro) -> Operation {
    let media = |name: &&str| MediaType {
        name: (*name).to_owned(),
        schema: Some(schema.clone()),
        pointer: pointer.clone(),
        examples: Vec::new(),
    };
    let content = MEDIA_TYPES.iter().map(media).collect();
    let doc = described.named.get(name).map(|named| named.doc.as_str()).unwrap_or_default();
    Operation {
        name: name.to_owned(),
        kind: OperationKind::Payload,
        action: Action::Send,
        method: String::new(),
        path: String::new(),
        summary: doc.lines().next().unwrap_or_default().to_owned(),
        deprecated: false,
        sunset: None,
        security: Vec::new(),
        parameters: Vec::new(),
        request_body: Some(RequestBody { required: true, content }),
        responses: Vec::new(),
        pointer,
    }
}

/// What stands for itself: what each file describes, the branches of a union each, but not what
/// other schemas hold.
fn roots(described: &Avro) -> Vec<&Type> {
    let mut held = BTreeSet::new();
    for (name, named) in &described.named {
        if let Body::Record(fields) = &named.body {
            for field in fields {
                names(&field.kind, &mut |used| {
                    if used != name {
                        held.insert(used.to_owned());
                    }
                });
            }
        }
    }
    let all: Vec<&Type> = described
        .roots
        .iter()
        .flat_map(|root| match &root.kind {
            Kind::Union(branches) => branches.iter().collect(),
            _ => vec![root],
        })
        .collect();
    let is_held = |root: &&&Type| held.contains(root.branch_name());
    let free: Vec<&Type> = all.iter().filter(|root| !is_held(root)).copied().collect();
    if free.is_empty() { all } else { free }
}

/// Gives every name that a type uses.
fn names(kind: &Type, give: &mut dyn FnMut(&str)) {
    match &kind.kind {
        Kind::Named(name) => give(name),
        Kind::Array(inner) | Kind::Map(inner) => names(inner, give),
        Kind::Union(branches) => branches.iter().for_each(|branch| names(branch, give)),
        Kind::Primitive(_) => {}
    }
}

/// Says for each part of the document where it was written.
fn mount(sources: &mut Sources, described: &Avro) {
    for (name, named) in &described.named {
        let (file, at) = &named.at;
        sources.mount(schema_pointer(name), *file, at.clone());
        sources.mount(join("/payloads", name), *file, at.clone());
        if let Body::Record(fields) = &named.body {
            for field in fields {
                sources.mount(field_pointer(name, &field.name), *file, field.at.clone());
            }
        }
    }
}
