//! Which standard a document follows, and its reader.

use std::thread;

use super::{
    asyncapi::asyncapi,
    avro::avro,
    json_schema::{is_schema, json_schema},
    openapi::openapi,
    overlay,
    protobuf::protobuf,
};
use crate::{
    contract::{
        Contract, schema,
        source::{Files, Source, Sources},
    },
    evidence::Diagnostic,
};

/// Reads a document and the files beside it that it refers to. Every problem is listed.
pub fn read(id: &str, root: Source, files: &dyn Files) -> Result<Contract, Vec<Diagnostic>> {
    match root.path.rsplit_once('.') {
        Some((_, "proto")) => return protobuf(id, root, files),
        Some((_, "avsc")) => return avro(id, root, files),
        _ => {}
    }
    let mut document = thread::scope(|scope| {
        // Made beside it, since a run of one scenario waits for both. Where the
        // system has no thread to spare, it is made when it is needed.
        let _ = thread::Builder::new().spawn_scoped(scope, schema::prepare);
        root.parse()
    })
    .map_err(|problem| vec![problem])?;
    let mut sources = Sources::new(root);
    overlay::apply(&mut sources, &mut document, files)?;
    if document.get("asyncapi").is_some() {
        return asyncapi(id, sources, document, files);
    }
    if is_schema(&sources.root().path, &document) {
        return json_schema(id, sources, document, files);
    }
    openapi(id, sources, document, files)
}
