//! Does every `$ref` lead somewhere?

use std::collections::HashMap;

use serde_json::Value;

use super::survey::{Reference, Survey};
use crate::{
    contract::{
        pointer::{self, join},
        schema::MOST_HOPS,
        source::{Part, Sources},
    },
    evidence::{Diagnostic, Place, nearest},
};

/// Broken references that are told, each looked up in the text; whoever mends them sees the rest.
const MOST_PROBLEMS: usize = 100;

/// What is wrong with the references of a document, all of which are pointers by now.
pub(super) fn problems(sources: &Sources, document: &Value, survey: &Survey) -> Vec<Diagnostic> {
    let mut ways = Ways { document, fates: HashMap::new() };
    let told = survey.references.iter();
    told.filter_map(|reference| problem(sources, &mut ways, reference))
        .take(MOST_PROBLEMS)
        .collect()
}

/// What is wrong with one reference. A circle is told once, however many references lead into it.
fn problem(sources: &Sources, ways: &mut Ways<'_>, reference: &Reference) -> Option<Diagnostic> {
    let place = || sources.locate(&reference.at, Part::Value);
    let target = reference.written.as_str();
    let Some(pointer) = reference.target.as_deref() else {
        return (!reference.is_told).then(|| no_pointer(target, place()));
    };
    let document = ways.document;
    match ways.resolve(pointer) {
        Hop::Found => None,
        Hop::Circle(members) => Some(circle(sources, &members)),
        Hop::TooFar => Some(
            Diagnostic::error(format!("the reference leads through more than {MOST_HOPS} others"))
                .maybe_at(place(), "")
                .actual(target)
                .help("refer to what the last of them names"),
        ),
        Hop::Nowhere => {
            let diagnostic = Diagnostic::error("the reference leads nowhere")
                .maybe_at(place(), "nothing there")
                .actual(target)
                .note("RFC 6901 section 4");
            Some(match suggestion(document, pointer) {
                Some(near) => {
                    diagnostic.help(format!("did you mean `{}`?", sources.written(&near)))
                }
                None => diagnostic.help("add what it names to the document, or correct the name"),
            })
        }
    }
}

/// A reference of a document of one file that is no pointer in it.
fn no_pointer(target: &str, place: Option<Place>) -> Diagnostic {
    if target.starts_with('#') {
        return Diagnostic::error("the reference is no JSON Pointer")
            .maybe_at(place, "no pointer")
            .expected("a pointer from the root, such as #/components/schemas/Name")
            .actual(target)
            .help("name the target by its place in the document");
    }
    Diagnostic::error("the reference leads out of the document")
        .maybe_at(place, "not in this document")
        .expected("a reference within the document, such as #/components/schemas/Name")
        .actual(target)
        .help("copy what it names into `components` of this document and refer to it there")
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

/// How a way along references ends, from one of its stations on.
#[derive(Clone, Copy)]
enum Fate {
    /// After so many more references.
    After(usize),
    /// Never.
    Circle,
}

/// The ways along references, each station looked at once.
struct Ways<'d> {
    document: &'d Value,
    fates: HashMap<String, Fate>,
}

impl Ways<'_> {
    /// Follows plain references; one with members beside it is a schema, which may be recursive.
    fn resolve(&mut self, pointer: &str) -> Hop {
        if pointer::find(self.document, pointer).is_none() {
            return Hop::Nowhere;
        }
        let mut way: Vec<String> = Vec::new();
        let mut stations: HashMap<String, usize> = HashMap::new();
        let mut at = pointer.to_owned();
        let end = loop {
            if let Some(fate) = self.fates.get(&at) {
                break *fate;
            }
            if let Some(first) = stations.get(&at) {
                let members = way[*first..].to_vec();
                self.fates.extend(way.into_iter().map(|station| (station, Fate::Circle)));
                return Hop::Circle(members);
            }
            // A target that is broken further on is told where that reference stands.
            let Some(further) = pointer::find(self.document, &at).and_then(next) else {
                self.fates.insert(at, Fate::After(0));
                break Fate::After(0);
            };
            stations.insert(at.clone(), way.len());
            way.push(std::mem::replace(&mut at, further));
        };
        for (steps, station) in way.into_iter().rev().enumerate() {
            let fate = match end {
                Fate::After(rest) => Fate::After(rest + steps + 1),
                Fate::Circle => Fate::Circle,
            };
            self.fates.insert(station, fate);
        }
        match self.fates.get(pointer) {
            Some(Fate::After(hops)) if *hops >= MOST_HOPS => Hop::TooFar,
            _ => Hop::Found,
        }
    }
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
