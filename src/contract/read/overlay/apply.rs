//! All overlays beside a document, one after the other.

use serde::Deserialize;
use serde_json::Value;

use super::{
    action::{Action, Placed},
    edit::Edit,
};
use crate::{
    contract::source::{Files, Part, Source, Sources, relative},
    evidence::Diagnostic,
};

/// An overlay as written.
#[derive(Debug, Deserialize)]
struct Written {
    overlay: String,
    info: Info,
    extends: Option<String>,
    actions: Vec<Action>,
}

/// About the overlay itself.
#[derive(Debug, Deserialize)]
struct Info {
    title: String,
    version: String,
}

/// Changes a parsed root document by the overlays that lie beside it, in the order of their names.
/// Every problem is listed. An action whose target is not there is one: the vendor's document
/// moved, and nobody would notice otherwise.
pub(in crate::contract::read) fn apply(
    sources: &mut Sources,
    document: &mut Value,
    files: &dyn Files,
) -> Result<(), Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let mut edit = Edit::new(document);
    for name in files.overlays() {
        match files.read(&name) {
            Ok(source) => problems.extend(overlay(sources, &mut edit, files, &name, source)),
            Err(problem) => problems.push(problem),
        }
    }
    edit.mount(sources);
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

fn overlay(
    sources: &mut Sources,
    edit: &mut Edit<'_>,
    files: &dyn Files,
    name: &str,
    source: Source,
) -> Vec<Diagnostic> {
    let overlay = match source.decode::<Written>() {
        Ok(overlay) => overlay,
        Err(problems) => return problems,
    };
    let version = overlay.overlay.as_str();
    let is_1_0 = version.starts_with("1.0.");
    if !is_1_0 && !version.starts_with("1.1.") {
        return vec![
            Diagnostic::error("this version of the Overlay Specification is not known")
                .maybe_at(source.locate("/overlay", Part::Value), "")
                .expected("1.0.0 or 1.1.0")
                .actual(version)
                .help("write the overlay in version 1.0.0"),
        ];
    }
    if overlay.actions.is_empty() {
        return vec![
            Diagnostic::error("the overlay has no actions")
                .maybe_at(source.locate("/actions", Part::Value), "")
                .help("add an action with `target` and `update`, or delete the file"),
        ];
    }
    if let Some(extends) = &overlay.extends {
        let root = sources.root().path.rsplit('/').next().unwrap_or_default().to_owned();
        match extended(extends, name) {
            Extended::Elsewhere => {}
            Extended::File(path) if path == root => {}
            Extended::File(path) if files.read(&path).is_ok() => return Vec::new(),
            Extended::File(_) | Extended::Outside => {
                return vec![
                    Diagnostic::error("the overlay extends a document that is not there")
                        .maybe_at(source.locate("/extends", Part::Value), "")
                        .expected(format!("{root}, or another document of the folder"))
                        .actual(extends)
                        .help("name the document that it changes, or leave `extends` out"),
                ];
            }
        }
    }
    let file = sources.add(source);
    let source = std::sync::Arc::clone(&sources.files()[file]);
    let by = format!("the overlay is `{}`, version {}", overlay.info.title, overlay.info.version);
    let actions = overlay.actions.iter().enumerate().map(|(number, action)| Placed {
        action,
        source: &source,
        file,
        pointer: format!("/actions/{number}"),
        is_1_0,
    });
    actions.filter_map(|action| action.apply(edit).err()).map(|told| told.note(&by)).collect()
}

/// What an overlay says that it extends.
enum Extended {
    /// A file of the folder.
    File(String),
    /// An address: the vendor's own, of which the root document is a copy.
    Elsewhere,
    /// A file outside the folder.
    Outside,
}

fn extended(extends: &str, overlay: &str) -> Extended {
    // A scheme: letters and a colon before any slash (RFC 3986 section 4.1).
    let first = extends.split('/').next().unwrap_or_default();
    if first.contains(':') {
        return Extended::Elsewhere;
    }
    relative(overlay, extends).map_or(Extended::Outside, Extended::File)
}
