//! Does every `$ref` lead somewhere?

use std::collections::BTreeSet;

use serde_json::Value;

use super::survey::Survey;
use crate::{
    contract::{
        pointer::{self, join},
        schema::MOST_HOPS,
        source::{Part, Sources},
    },
    evidence::{Diagnostic, nearest},
};

/// What is wrong with the references of a document.
pub(super) fn problems(sources: &Sources, document: &Value, survey: &Survey) -> Vec<Diagnostic> {
    let mut circles = BTreeSet::new();
    survey
        .references
        .iter()
        .filter_map(|(holder, target)| problem(sources, document, (holder, target), &mut circles))
        .collect()
}

/// What is wrong with one reference. A circle is told once, however many references
/// lead into it: `circles` holds the first member of each that was told.
fn problem(
    sources: &Sources,
    document: &Value,
    (holder, target): (&str, &str),
    circles: &mut BTreeSet<String>,
) -> Option<Diagnostic> {
    let place = || sources.locate(&join(holder, "$ref"), Part::Value);
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
        Hop::Circle(members) => {
            let first = members.iter().min().cloned().unwrap_or_default();
            circles.insert(first).then(|| circle(sources, &members))
        }
        Hop::TooFar => Some(
            Diagnostic::error(format!("the reference leads through more than {MOST_HOPS} others"))
                .maybe_at(place(), "")
                .actual(target)
                .help("refer to what the last of them names"),
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

/// References that lead only to each other, each marked where it stands.
fn circle(sources: &Sources, members: &[String]) -> Diagnostic {
    let told = Diagnostic::error("references go in a circle");
    let told = members.iter().zip(members.iter().cycle().skip(1)).fold(told, |told, (at, next)| {
        let label = if at == next { "names itself" } else { "leads on" };
        told.maybe_at(sources.locate(&join(at, "$ref"), Part::Value), label)
    });
    told.help("let one reference of the circle name something that is no reference")
}

enum Hop {
    Found,
    Nowhere,
    /// Through more references than we follow.
    TooFar,
    /// JSON Pointers of the references that lead to each other, from any of them on.
    Circle(Vec<String>),
}

/// Follows plain references; one with members beside it is a schema, which may be recursive.
fn resolve(document: &Value, pointer: &str) -> Hop {
    let mut at = pointer.to_owned();
    for hop in 0..MOST_HOPS {
        let Some(found) = pointer::find(document, &at) else {
            // A target that is broken further on is told where that reference stands.
            return if hop == 0 { Hop::Nowhere } else { Hop::Found };
        };
        match next(found) {
            Some(next) => at = next,
            None => return Hop::Found,
        }
    }
    let mut members: Vec<String> = Vec::new();
    while !members.contains(&at) {
        let Some(further) = pointer::find(document, &at).and_then(next) else { return Hop::TooFar };
        members.push(std::mem::replace(&mut at, further));
    }
    Hop::Circle(members)
}

/// Where a value leads that is a reference.
fn next(value: &Value) -> Option<String> {
    let target = value.as_object()?.get("$ref")?.as_str()?;
    pointer::of_reference(target).map(std::borrow::Cow::into_owned)
}

/// The nearest pointer that exists: the same holder with another name, else a component.
fn suggestion(document: &Value, pointer: &str) -> Option<String> {
    let (parent, name) = pointer::split(pointer)?;
    if let Some(Value::Object(holder)) = pointer::find(document, parent)
        && let Some(near) = nearest(&name, holder.keys().map(String::as_str))
    {
        return Some(join(parent, near));
    }
    let Some(Value::Object(components)) = document.get("components") else { return None };
    components.iter().find_map(|(kind, named)| {
        named.get(&*name).map(|_| join(&join("/components", kind), &name))
    })
}
