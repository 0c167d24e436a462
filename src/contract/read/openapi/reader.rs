//! A walk over a sound document into the model.

use std::{collections::HashMap, sync::Arc};

use serde_json::{Map, Value};

use crate::{
    contract::{
        SchemaRef, SecurityScheme,
        pointer::{self, join},
        schema::MOST_HOPS,
        source::{Note, Part, Sources},
    },
    evidence::Diagnostic,
};

/// A value and where it stands after references.
#[derive(Clone)]
pub(super) struct Spot<'d> {
    pub(super) value: &'d Map<String, Value>,
    pub(super) pointer: String,
}

impl Spot<'_> {
    pub(super) fn is_true(&self, key: &str) -> bool {
        self.value.get(key) == Some(&Value::Bool(true))
    }

    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.value.get(key).and_then(Value::as_str)
    }
}

pub(super) struct Reader<'d> {
    pub(super) sources: &'d Sources,
    pub(super) document: &'d Value,
    /// Swagger 2.0, whose bodies are parameters too.
    pub(super) is_swagger: bool,
    pub(super) problems: Vec<Diagnostic>,
    /// What is wrong and was read all the same.
    pub(super) notes: Vec<Note>,
    pub(super) schemas: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, u32>,
}

impl<'d> Reader<'d> {
    pub(super) fn new(sources: &'d Sources, document: &'d Value, is_swagger: bool) -> Self {
        let (problems, notes, schemas) = (Vec::new(), Vec::new(), Vec::new());
        let numbers = HashMap::new();
        Self { sources, document, is_swagger, problems, notes, schemas, numbers }
    }

    /// `rule` cites the standard; empty where the title says it all.
    pub(super) fn problem(
        &mut self,
        (pointer, part): (&str, Part),
        title: impl Into<String>,
        help: &str,
        rule: &str,
    ) {
        let place = self.sources.locate(pointer, part);
        let mut told = Diagnostic::error(title).maybe_at(place, "");
        told = told.note(format!("at {}", self.sources.written(pointer)));
        if !rule.is_empty() {
            told = told.note(rule);
        }
        self.problems.push(told.help(help));
    }

    pub(super) fn note(
        &mut self,
        (pointer, part): (&str, Part),
        title: impl Into<String>,
        help: &str,
    ) {
        let told = Diagnostic::warning(title);
        let told = told.note(format!("at {}", self.sources.written(pointer))).help(help);
        self.notes.push(Note { told, at: vec![(pointer.to_owned(), part, "")] });
    }

    pub(super) fn security_schemes(&mut self) -> Vec<SecurityScheme> {
        let members = if self.is_swagger {
            self.members("", self.document.as_object(), "securityDefinitions")
        } else {
            let components = self.document.get("components").and_then(Value::as_object);
            self.members("/components", components, "securitySchemes")
        };
        let of = |(name, spot): (String, Spot<'d>)| {
            let said = |key: &str| spot.text(key).unwrap_or_default();
            // Swagger 2.0 calls `http basic` so.
            let kind = if said("type") == "basic" { "http basic" } else { said("type") };
            let words = [kind, said("in"), said("name"), said("scheme")];
            let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
            SecurityScheme { name, means: words.join(" "), pointer: spot.pointer }
        };
        members.into_iter().map(of).collect()
    }

    /// The members of an object member, references followed. Extensions are left out.
    pub(super) fn members(
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
            // Not one of the names that people choose: `x-` begins names of headers too.
            if name.starts_with("x-") && key != "headers" && !value.is_object() {
                continue;
            }
            if let Some(spot) = self.follow(value, &join(&base, name)) {
                spots.push((name.clone(), spot));
            }
        }
        spots
    }

    /// The object at a place, references followed; a scalar there is a problem.
    pub(super) fn follow(&mut self, value: &'d Value, pointer: &str) -> Option<Spot<'d>> {
        let mut spot = (value, pointer.to_owned());
        for _ in 0..MOST_HOPS {
            let Value::Object(object) = spot.0 else {
                let title = "an object is expected here";
                let at = (spot.1.as_str(), Part::Value);
                self.problem(at, title, "see the OpenAPI specification", "");
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

    pub(super) fn schema_ref(&mut self, pointer: String) -> SchemaRef {
        let pointer: Arc<str> = pointer.into();
        let next = self.schemas.len() as u32;
        let index = *self.numbers.entry(Arc::clone(&pointer)).or_insert(next);
        if index == next {
            self.schemas.push(Arc::clone(&pointer));
        }
        SchemaRef { pointer, index }
    }
}
