//! Does every `$ref` lead somewhere?

use serde_json::Value;

use super::survey::Survey;
use crate::{
    contract::{
        pointer::{self, join},
        schema::MOST_HOPS,
        source::{Part, Source},
    },
    evidence::{Diagnostic, nearest},
};

/// What is wrong with the references of a document.
pub(super) fn problems(source: &Source, document: &Value, survey: &Survey) -> Vec<Diagnostic> {
    survey
        .references
        .iter()
        .filter_map(|(holder, target)| problem(source, document, holder, target))
        .collect()
}

fn problem(source: &Source, document: &Value, holder: &str, target: &str) -> Option<Diagnostic> {
    let place = || source.locate(&join(holder, "$ref"), Part::Value);
    let Some(pointer) = pointer::of_reference(target) else {
        return Some(
            Diagnostic::error("the reference leads out of the document")
                .maybe_at(place(), "not in this document")
                .expected("a reference within the document, such as #/components/schemas/Name")
                .actual(target)
                .help(
                    "copy what it names into `components` of this document and refer to it there",
                ),
        );
    };
    if !pointer.starts_with('/') {
        return Some(
            Diagnostic::error("the reference is no JSON Pointer")
                .maybe_at(place(), "no pointer")
                .expected("a pointer from the root, such as #/components/schemas/Name")
                .actual(target)
                .help("name the target by its place in the document"),
        );
    }
    match resolve(document, &pointer) {
        Hop::Found => None,
        Hop::Circle => Some(
            Diagnostic::error("the reference goes in a circle")
                .maybe_at(place(), "comes back here")
                .actual(target)
                .help("let one reference of the circle name something that is no reference"),
        ),
        Hop::Nowhere => {
            let diagnostic = Diagnostic::error("the reference leads nowhere")
                .maybe_at(place(), "nothing there")
                .actual(target);
            Some(match suggestion(document, &pointer) {
                Some(near) => diagnostic.help(format!("did you mean `#{near}`?")),
                None => diagnostic.help("add what it names to the document, or correct the name"),
            })
        }
    }
}

enum Hop {
    Found,
    Nowhere,
    Circle,
}

/// Follows plain references; one with members beside it is a schema, which may be recursive.
fn resolve(document: &Value, pointer: &str) -> Hop {
    let mut at = pointer.to_owned();
    for hop in 0..MOST_HOPS {
        let Some(found) = document.pointer(&at) else {
            // A target that is broken further on is told where that reference stands.
            return if hop == 0 { Hop::Nowhere } else { Hop::Found };
        };
        let next = found
            .as_object()
            .and_then(|object| object.get("$ref"))
            .and_then(Value::as_str)
            .and_then(pointer::of_reference);
        match next {
            Some(next) => at = next.into_owned(),
            None => return Hop::Found,
        }
    }
    Hop::Circle
}

/// The nearest pointer that exists: the same holder with another name, else a component.
fn suggestion(document: &Value, pointer: &str) -> Option<String> {
    let (parent, name) = pointer::split(pointer)?;
    if let Some(Value::Object(holder)) = document.pointer(parent)
        && let Some(near) = nearest(&name, holder.keys().map(String::as_str))
    {
        return Some(join(parent, near));
    }
    let Some(Value::Object(components)) = document.get("components") else { return None };
    components.iter().find_map(|(kind, named)| {
        named.get(&*name).map(|_| join(&join("/components", kind), &name))
    })
}
