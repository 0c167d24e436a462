//! Swagger 2.0 in the words of `OpenAPI` 3: bodies, forms, and types of parameters and headers.
//!
//! Nothing moves: `definitions`, parameters and responses stay where they are, and what is added
//! refers to them, so that every pointer into the document is one into the text.

mod body;
mod typed;

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::role::METHODS;
use crate::{
    contract::{
        pointer::{self, join},
        schema::MOST_HOPS,
        source::Sources,
    },
    evidence::Diagnostic,
};

/// Adds to a document whose references are pointers what the reader of `OpenAPI` 3 looks for.
pub(super) fn lift(sources: &mut Sources, document: &mut Value) -> Vec<Diagnostic> {
    let mut swagger = Swagger { sources, document, problems: Vec::new(), done: HashSet::new() };
    for item in swagger.items() {
        swagger.item(&item);
    }
    swagger.problems
}

struct Swagger<'s> {
    sources: &'s mut Sources,
    document: &'s mut Value,
    problems: Vec<Diagnostic>,
    /// Pointers of what was rewritten.
    done: HashSet<String>,
}

impl Swagger<'_> {
    fn object(&self, pointer: &str) -> Option<&Map<String, Value>> {
        self.document.pointer(pointer)?.as_object()
    }

    fn text(&self, pointer: &str, key: &str) -> Option<&str> {
        self.object(pointer)?.get(key)?.as_str()
    }

    /// Puts a member into the object at a pointer.
    fn insert(&mut self, pointer: &str, key: &str, value: Value) {
        if let Some(Value::Object(object)) = self.document.pointer_mut(pointer) {
            object.insert(key.to_owned(), value);
        }
    }

    /// Where references lead from a pointer on; `None` where nothing stands there.
    fn follow(&self, pointer: &str) -> Option<String> {
        let mut at = pointer.to_owned();
        for _ in 0..MOST_HOPS {
            let found = self.document.pointer(&at)?;
            let target = found.get("$ref").and_then(Value::as_str).and_then(pointer::of_reference);
            match target {
                Some(target) => at = target.into_owned(),
                None => return Some(at),
            }
        }
        None
    }

    /// Pointers of all path items, those that they refer to included.
    fn items(&self) -> Vec<String> {
        let Some(paths) = self.object("/paths") else { return Vec::new() };
        let mut items = Vec::new();
        for path in paths.keys().filter(|path| path.starts_with('/')) {
            let at = join("/paths", path);
            items.extend(self.follow(&at).filter(|target| *target != at));
            items.push(at);
        }
        items
    }

    fn item(&mut self, item: &str) {
        if !self.done.insert(item.to_owned()) {
            return;
        }
        let shared = self.parameters(item);
        for method in METHODS {
            let operation = join(item, method);
            if self.object(&operation).is_some() {
                self.operation(&operation, &shared);
            }
        }
    }

    /// Pointers of the parameters of a path item or operation, references followed.
    fn parameters(&mut self, holder: &str) -> Vec<String> {
        let list = join(holder, "parameters");
        let count = self.document.pointer(&list).and_then(Value::as_array).map_or(0, Vec::len);
        let found: Vec<String> =
            (0..count).filter_map(|index| self.follow(&format!("{list}/{index}"))).collect();
        for parameter in &found {
            self.parameter(parameter);
        }
        found
    }

    fn operation(&mut self, operation: &str, shared: &[String]) {
        let own = self.parameters(operation);
        let key = |this: &Self, at: &String| {
            let said = |key: &str| this.text(at, key).unwrap_or_default().to_owned();
            (said("in"), said("name"))
        };
        let mine: Vec<_> = own.iter().map(|at| key(self, at)).collect();
        let inherited = shared.iter().filter(|at| !mine.contains(&key(self, at)));
        let all: Vec<String> = own.iter().chain(inherited).cloned().collect();
        self.body(operation, &all);
        self.responses(operation);
    }

    /// The media types that an operation takes or gives: its own, else the document's.
    fn media_types(&self, operation: &str, key: &str) -> Vec<String> {
        let said = self.object(operation).and_then(|own| own.get(key));
        let said = said.or_else(|| self.document.get(key));
        let list = said.and_then(Value::as_array).into_iter().flatten();
        list.filter_map(Value::as_str).map(str::to_owned).collect()
    }

    fn responses(&mut self, operation: &str) {
        let produced = self.media_types(operation, "produces");
        let base = join(operation, "responses");
        let Some(all) = self.object(&base) else { return };
        let statuses: Vec<String> =
            all.keys().filter(|status| !status.starts_with("x-")).cloned().collect();
        for status in statuses {
            let at = join(&base, &status);
            if let Some(target) = self.follow(&at) {
                self.response(&at, &target, &produced);
            }
        }
    }

    /// Gives a response at `at`, written at `target`, its bodies by media type. One that others
    /// share may have another media type in each of them, so it becomes one of its own.
    fn response(&mut self, at: &str, target: &str, produced: &[String]) {
        self.headers(target);
        let Some(object) = self.object(target) else { return };
        let examples = object.get("examples").and_then(Value::as_object).cloned();
        let examples = examples.unwrap_or_default();
        let mut names: Vec<&str> = produced.iter().map(String::as_str).collect();
        names.extend(
            examples.keys().map(String::as_str).filter(|name| !produced.iter().any(|p| p == name)),
        );
        if names.is_empty() {
            names.push("application/json");
        }
        let mut content = Map::new();
        if object.contains_key("schema") {
            let schema = json!({"$ref": pointer::reference(&join(target, "schema"))});
            for name in names {
                let mut media = json!({"schema": schema});
                if let (Some(example), Value::Object(media)) = (examples.get(name), &mut media) {
                    media.insert("example".to_owned(), example.clone());
                }
                content.insert(name.to_owned(), media);
            }
        }
        if at == target {
            // Examples by media type are no examples by name.
            if let Some(Value::Object(object)) = self.document.pointer_mut(at) {
                object.shift_remove("examples");
            }
            self.insert(at, "content", Value::Object(content));
            return;
        }
        let headers: Map<String, Value> = self
            .object(&join(target, "headers"))
            .into_iter()
            .flat_map(Map::keys)
            .map(|name| {
                let header = join(&join(target, "headers"), name);
                (name.clone(), json!({"$ref": pointer::reference(&header)}))
            })
            .collect();
        self.sources.mount_as(at, target);
        if let Some(response) = self.document.pointer_mut(at) {
            *response = json!({"headers": headers, "content": content});
        }
    }
}
