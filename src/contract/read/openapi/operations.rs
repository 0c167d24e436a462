//! Paths, webhooks and callbacks: what can be said, and who begins.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::{
    super::role::METHODS,
    reader::{Reader, Spot},
};
use crate::{
    contract::{
        Action, Kind, Operation, Parameter, ParameterPlace, SecurityRequirement,
        pointer::{self, join},
        schema::MOST_HOPS,
        source::{Note, Part},
    },
    evidence::Diagnostic,
};

/// Operations of one document, callbacks included.
const MOST_OPERATIONS: usize = 200_000;
/// Callbacks of callbacks that are read.
const MOST_CALLBACK_DEPTH: usize = 4;

/// What operations are to be called and of which kind they are.
struct Named<'n> {
    kind: Kind,
    /// Path template, name of a webhook, or expression of a callback.
    path: &'n str,
    /// The name of an operation without `operationId`; with its method where there are several.
    name: Option<&'n str>,
}

impl<'d> Reader<'d> {
    pub(super) fn operations(&mut self) -> Vec<Operation> {
        let mut found = Found::default();
        self.paths(&mut found);
        for key in ["webhooks", "x-webhooks"] {
            self.webhooks(key, &mut found);
        }
        found.operations
    }

    fn paths(&mut self, found: &mut Found) {
        let Some(Value::Object(paths)) = self.document.get("paths") else {
            self.without_paths();
            return;
        };
        let mut templates: HashMap<String, String> = HashMap::new();
        for (path, item) in paths {
            let pointer = join("/paths", path);
            if !path.starts_with('/') {
                if !path.starts_with("x-") {
                    let title = format!("the path `{path}` does not start with `/`");
                    let help = "write it from the server's root";
                    let rule = "OpenAPI 3.1 section 4.8.8.1";
                    self.problem((&pointer, Part::Key), title, help, rule);
                }
                continue;
            }
            if let Some(other) = templates.insert(without_names(path), path.clone()) {
                let title = format!("the path `{path}` is the same as `{other}`");
                let help = "keep one of them; the first one is found by a request \
                            (OpenAPI 3.1 section 4.8.8.2)";
                self.note((&pointer, Part::Key), title, help);
            }
            let named = Named { kind: Kind::Http, path, name: None };
            self.path_item(item, &pointer, &named, found, &mut Vec::new());
        }
    }

    /// Notes a document that promises nothing because a member is missing, or misspelt: `paths` is
    /// required up to 3.0 (section 4.7.1), since 3.1 one of three members (section 4.8.1).
    fn without_paths(&mut self) {
        let version = if self.is_swagger { "swagger" } else { "openapi" };
        let is_3_1 = self.document.get(version).and_then(Value::as_str);
        let is_3_1 = is_3_1.is_some_and(|version| version.starts_with("3.1"));
        let has = |key: &str| self.document.get(key).is_some();
        let others = ["webhooks", "x-webhooks", "components"];
        if is_3_1 && others.into_iter().any(has) {
            return;
        }
        let help = "add `paths`, or correct its name; without it no operation is promised";
        let pointer = join("", version);
        self.note((&pointer, Part::Key), "the document has no `paths`", help);
    }

    /// `webhooks` of 3.1, and `x-webhooks`, which documents of 3.0 say for it.
    fn webhooks(&mut self, key: &str, found: &mut Found) {
        let Some(Value::Object(hooks)) = self.document.get(key) else { return };
        for (name, item) in hooks {
            let pointer = join(&join("", key), name);
            let named = Named { kind: Kind::Webhook, path: name, name: Some(name) };
            self.path_item(item, &pointer, &named, found, &mut Vec::new());
        }
    }

    /// The operations of a path item, and their callbacks.
    fn path_item(
        &mut self,
        item: &'d Value,
        pointer: &str,
        named: &Named<'_>,
        found: &mut Found,
        above: &mut Vec<String>,
    ) {
        let spots = self.item_spots(item, pointer);
        let mut inherited: Vec<Parameter> = Vec::new();
        for spot in &spots {
            for parameter in self.parameters(spot) {
                add_missing(&mut inherited, &parameter);
            }
        }
        let said = |method: &str| {
            let mut spots = spots.iter();
            spots.find_map(|spot| Some((spot, spot.value.get(method)?.as_object()?)))
        };
        let methods: Vec<_> =
            METHODS.iter().filter_map(|m| said(m).map(|(spot, value)| (*m, spot, value))).collect();
        for (method, item, value) in &methods {
            if found.operations.len() >= MOST_OPERATIONS {
                let title = format!("the document has more than {MOST_OPERATIONS} operations");
                let help = "split it into several contracts";
                if found.operations.len() == MOST_OPERATIONS && !found.is_told {
                    found.is_told = true;
                    self.problem((pointer, Part::Key), title, help, "");
                }
                return;
            }
            let spot = Spot { value, pointer: join(&item.pointer, method) };
            let mut operation = self.operation(method, named, &spot, &inherited);
            if named.name.is_some() && methods.len() > 1 {
                operation.name = format!("{}.{method}", operation.name);
            }
            self.unique_name(&mut operation, found);
            let name = operation.name.clone();
            found.add(operation);
            self.callbacks(&name, &spot, found, above);
        }
    }

    /// A path item and those that it refers to: the first that says something counts
    /// (`OpenAPI` 3.1 section 4.8.9.1).
    fn item_spots(&mut self, item: &'d Value, pointer: &str) -> Vec<Spot<'d>> {
        let mut spots = Vec::new();
        let (mut item, mut pointer) = (item, pointer.to_owned());
        for _ in 0..MOST_HOPS {
            let Value::Object(value) = item else {
                let title = "an object is expected here";
                let help = "see the OpenAPI specification";
                self.problem((&pointer, Part::Value), title, help, "");
                break;
            };
            let target = value.get("$ref").and_then(Value::as_str).and_then(pointer::of_reference);
            spots.push(Spot { value, pointer });
            let Some(target) = target else { break };
            let Some(next) = self.document.pointer(&target) else { break };
            (item, pointer) = (next, target.into_owned());
        }
        spots
    }

    /// Two operations of one name: the second goes by method and path. The standard forbids it
    /// (`OpenAPI` 3.1 section 4.8.10.1), and vendors do it.
    fn unique_name(&mut self, operation: &mut Operation, found: &Found) {
        let Some(other) = found.named(&operation.name) else { return };
        let by_path = format!("{} {}", operation.method, operation.path);
        let mut name = by_path.clone();
        for number in 2.. {
            if found.named(&name).is_none() {
                break;
            }
            name = format!("{by_path} #{number}");
        }
        let id = |pointer: &str| join(pointer, "operationId");
        let at = vec![
            (id(&operation.pointer), Part::Value, "the second"),
            (id(&other.pointer), Part::Value, "the first"),
        ];
        let told = Diagnostic::warning(format!("two operations are called `{}`", operation.name))
            .note("OpenAPI 3.1 section 4.8.10.1")
            .help(format!("the second is `{name}` here"))
            .help("give each operation an `operationId` of its own");
        // Webhooks and callbacks go by their keys, of which the standard says nothing.
        if operation.kind == Kind::Http {
            self.notes.push(Note { told, at });
        }
        operation.name = name;
    }

    fn operation(
        &mut self,
        method: &str,
        named: &Named<'_>,
        spot: &Spot<'d>,
        inherited: &[Parameter],
    ) -> Operation {
        let method = method.to_ascii_uppercase();
        let id = spot.text("operationId").filter(|id| !id.is_empty());
        let name = match (named.kind, id, named.name) {
            // A webhook goes by its key, whatever its operation is called.
            (Kind::Http, Some(id), _) => id.to_owned(),
            (_, _, Some(name)) => name.to_owned(),
            _ => format!("{method} {}", named.path),
        };
        let mut parameters = self.parameters(spot);
        for parameter in inherited {
            add_missing(&mut parameters, parameter);
        }
        if named.kind == Kind::Http {
            self.template(named.path, &parameters, &spot.pointer);
        }
        let request_body = self.request_body(spot);
        let responses = self.responses(spot);
        Operation {
            name,
            kind: named.kind,
            action: if named.kind == Kind::Http { Action::Receive } else { Action::Send },
            method,
            path: named.path.to_owned(),
            summary: spot.text("summary").unwrap_or_default().to_owned(),
            deprecated: spot.is_true("deprecated"),
            sunset: spot.text("x-sunset").map(str::to_owned),
            security: self.security(spot, named.kind),
            pointer: spot.pointer.clone(),
            parameters,
            request_body,
            responses,
        }
    }

    /// Notes names of a path's template that no parameter describes, and path parameters that the
    /// template does not name (`OpenAPI` 3.1 sections 3.5 and 4.8.12.2). Once for all methods of a path.
    fn template(&mut self, path: &str, parameters: &[Parameter], pointer: &str) {
        let names: Vec<&str> = names_of(path).collect();
        let own: Vec<&Parameter> =
            parameters.iter().filter(|p| p.place == ParameterPlace::Path).collect();
        let mut told: Vec<(String, String, String)> = Vec::new();
        for name in &names {
            if !own.iter().any(|parameter| parameter.name == *name) {
                let title = format!("no parameter describes `{name}` of `{path}`");
                let help = format!(
                    "add a parameter `{name}` with `in: path`; without it no call can be made"
                );
                told.push((pointer.to_owned(), title, help));
            }
        }
        for parameter in own {
            if !names.contains(&parameter.name.as_str()) {
                let title = format!("the path `{path}` has no `{{{}}}`", parameter.name);
                let help = "the parameter is not sent; correct its name or the path".to_owned();
                told.push((parameter.pointer.clone(), title, help));
            }
        }
        for (at, title, help) in told {
            // A path has no more methods than these.
            let mut last = self.notes.iter().rev().take(4 * METHODS.len());
            if !last.any(|note| note.told.title == title) {
                self.note((&at, Part::Key), title, &help);
            }
        }
    }

    /// The callbacks of an operation (`OpenAPI` 3.1 section 4.8.18).
    fn callbacks(
        &mut self,
        operation: &str,
        spot: &Spot<'d>,
        found: &mut Found,
        above: &mut Vec<String>,
    ) {
        if above.len() >= MOST_CALLBACK_DEPTH {
            return;
        }
        for (key, callback) in self.members(&spot.pointer, Some(spot.value), "callbacks") {
            if above.contains(&callback.pointer) {
                continue;
            }
            above.push(callback.pointer.clone());
            let name = format!("{operation}.{key}");
            let items =
                callback.value.iter().filter(|(expression, _)| !expression.starts_with("x-"));
            for (expression, item) in items {
                let named = Named { kind: Kind::Callback, path: expression, name: Some(&name) };
                self.path_item(item, &join(&callback.pointer, expression), &named, found, above);
            }
            above.pop();
        }
    }

    /// What lets a caller in: the operation's own requirements, else the document's
    /// (`OpenAPI` 3.1 sections 4.8.10.1 and 4.8.30), which are about the described application:
    /// not about those that it calls itself.
    fn security(&self, operation: &Spot<'d>, kind: Kind) -> Vec<Vec<SecurityRequirement>> {
        let shared = (kind == Kind::Http).then(|| self.document.get("security")).flatten();
        let own = operation.value.get("security").or(shared);
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
}

/// The operations so far.
#[derive(Default)]
struct Found {
    operations: Vec<Operation>,
    by_name: HashMap<String, usize>,
    is_told: bool,
}

impl Found {
    fn named(&self, name: &str) -> Option<&Operation> {
        self.by_name.get(name).map(|index| &self.operations[*index])
    }

    fn add(&mut self, operation: Operation) {
        self.by_name.insert(operation.name.clone(), self.operations.len());
        self.operations.push(operation);
    }
}

/// A parameter of a list above counts where the list has none of its place and name.
fn add_missing(parameters: &mut Vec<Parameter>, parameter: &Parameter) {
    let same = |own: &Parameter| own.place == parameter.place && own.name == parameter.name;
    if !parameters.iter().any(same) {
        parameters.push(parameter.clone());
    }
}

/// The names in a path template.
fn names_of(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0))
}

/// A path template without the names of its parameters: two that differ in names alone are one.
fn without_names(path: &str) -> String {
    let mut plain = String::with_capacity(path.len());
    let mut is_name = false;
    for letter in path.chars() {
        match letter {
            '{' => {
                is_name = true;
                plain.push('{');
            }
            '}' => {
                is_name = false;
                plain.push('}');
            }
            letter if !is_name => plain.push(letter),
            _ => {}
        }
    }
    plain
}

/// The strings of a list.
fn strings(list: &Value) -> Vec<String> {
    let mut seen = HashSet::new();
    let list = list.as_array().into_iter().flatten();
    list.filter_map(Value::as_str).filter(|word| seen.insert(*word)).map(str::to_owned).collect()
}
