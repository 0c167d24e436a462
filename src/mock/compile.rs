//! From a mock file as typed to a [`Behavior`] as meant: every name, example
//! and expression is checked against contract and record, every problem listed.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, OnceLock},
};

use serde_json::{Map, Value};

use super::{
    behavior::{
        Action, Behavior, By, Case, Idempotency, Need, Play, Resource, Target, at, overlay,
    },
    expressions::Scope,
    file::{
        MockFile, OneOrMore, TypedAnswer, TypedCase, TypedNeed, TypedOperation, TypedResource,
        known,
    },
    template::{below, plain},
    throttle::Throttle,
};
use crate::{
    catalog::{Auth, Integration},
    contract::{Contract, Operation, ParameterPlace},
    evidence::Diagnostic,
};

/// Finds out what a mock file means.
pub(super) fn compile(
    integration: &Integration,
    contract: &Contract,
    file: &MockFile,
    seed: u64,
) -> Result<Behavior, Vec<Diagnostic>> {
    let mut compiler = Compiler { integration, contract, file, seed, problems: Vec::new() };
    let behavior = compiler.behavior();
    let mut problems = compiler.problems;
    if problems.is_empty() {
        return Ok(behavior);
    }
    problems.sort_by_key(|problem| problem.place().map(|place| (place.line, place.column)));
    Err(problems)
}

pub(super) struct Compiler<'c> {
    integration: &'c Integration,
    pub(super) contract: &'c Contract,
    pub(super) file: &'c MockFile,
    seed: u64,
    pub(super) problems: Vec<Diagnostic>,
}

impl Compiler<'_> {
    fn behavior(&mut self) -> Behavior {
        let file = self.file;
        let typed = &file.typed;
        let names: Vec<&str> = typed.resources.keys().map(String::as_str).collect();
        let mut by_operation: HashMap<usize, (&str, &TypedOperation)> = HashMap::new();
        for (name, operation) in &typed.operations {
            let at = below("/operations", name);
            let Some(index) = self.operation(name, &at, true) else { continue };
            if let Some((first, _)) = by_operation.insert(index, (name, operation)) {
                let title = format!("`{name}` and `{first}` are the same operation");
                let problem = file.problem_at_key(title, &at).help("say all of it under one name");
                self.problems.push(problem);
            }
        }
        let mut throttles: Vec<Throttle> = Vec::new();
        throttles.extend(typed.throttle.as_ref().and_then(|t| self.throttle(t, None, "/throttle")));
        let plays: Vec<Play> = (0..self.contract.operations.len())
            .map(|index| {
                let said = by_operation.get(&index).copied();
                let mut play = self.play(index, said, &names);
                play.throttle = self.own_throttle(index, said, &mut throttles);
                play
            })
            .collect();
        let resources = typed
            .resources
            .iter()
            .enumerate()
            .map(|(number, (name, resource))| self.resource(number, name, resource, &plays))
            .collect();
        let answer = |compiler: &mut Self, answer: &Option<TypedAnswer>, at: &str| {
            answer.as_ref().and_then(|answer| compiler.canned(answer, None, at))
        };
        Behavior {
            unauthorized: answer(self, &typed.answers.unauthorized, "/answers/unauthorized"),
            expired: answer(self, &typed.answers.expired, "/answers/expired"),
            not_found: answer(self, &typed.answers.not_found, "/answers/not_found"),
            invalid: answer(self, &typed.answers.invalid, "/answers/invalid"),
            throttles,
            idempotency: typed.idempotency.as_ref().map(|idempotency| Idempotency {
                replayed: self.headers(
                    &idempotency.replayed,
                    Scope::default(),
                    "/idempotency/replayed",
                ),
                conflict: answer(self, &idempotency.conflict, "/idempotency/conflict"),
            }),
            headers: self.headers(&typed.headers, Scope::default(), "/headers"),
            resources,
            plays,
        }
    }

    /// The place in the contract of an operation, by the scenarios' or the contract's name.
    fn operation(&mut self, name: &str, at: &str, key: bool) -> Option<usize> {
        let operations = &self.contract.operations;
        let meant = self.integration.contract_name(name);
        let found = operations.iter().position(|op| op.name == meant);
        if found.is_none() {
            let title = format!("{} has no operation `{name}`", self.contract.id);
            let problem = if key {
                self.file.problem_at_key(title, at)
            } else {
                self.file.problem(title, at)
            };
            let names = operations.iter().map(|op| self.integration.scenario_name(&op.name));
            self.problems.push(known(problem, "operation", name, names));
        }
        found
    }

    fn resource(
        &mut self,
        number: usize,
        name: &str,
        typed: &TypedResource,
        plays: &[Play],
    ) -> Resource {
        let pointer = below("/resources", name);
        let within = Scope { needed: true, request: true, ..Scope::default() };
        let id = self.text(&typed.id, within, &below(&pointer, "id"));
        let state = typed.state.as_deref().unwrap_or("$.status");
        let key = self.way(&typed.key, &below(&pointer, "key"));
        let state = self.way(state, &below(&pointer, "state"));
        let form = if let Some(from) = &typed.from {
            self.operation(from, &below(&pointer, "from"), false)
        } else {
            let creates = |p: &Play| matches!(p.action, Action::Creates(r) if r == number);
            let reads = |p: &Play| matches!(&p.action, Action::Reads(t) if t.resource == number);
            plays.iter().position(creates).or_else(|| plays.iter().position(reads))
        };
        let base = form
            .and_then(|form| {
                let op = &self.contract.operations[form];
                plays[form].success(self.contract, op, self.seed).body()
            })
            .cloned()
            .unwrap_or_else(|| Value::Object(Map::new()));
        let mut seeds = BTreeMap::new();
        for (index, seed) in typed.seed.iter().enumerate() {
            let mut object = base.clone();
            overlay(&mut object, Value::Object(seed.clone()));
            let said = Value::Object(seed.clone());
            match at(&said, &key) {
                Some(id) => {
                    seeds.insert(plain(id), Arc::new(object));
                }
                None => self.problems.push(
                    self.file
                        .problem("a seed has no id", &format!("{pointer}/seed/{index}"))
                        .expected(format!("a member at `{}`", typed.key))
                        .help("give every seed the id by which scenarios call it"),
                ),
            }
        }
        Resource { name: name.to_owned(), key, id, state, form, seeds }
    }

    /// Reads `$.a.b`, `a.b` or `a`.
    pub(super) fn way(&mut self, path: &str, at: &str) -> Vec<String> {
        let members = path.strip_prefix("$.").unwrap_or(path);
        let way: Vec<String> = members.split('.').map(str::to_owned).collect();
        if way.iter().any(|name| name.is_empty() || name.contains(['[', ']', '*', '$'])) {
            self.problems.push(
                self.file
                    .problem(format!("`{path}` does not name one member"), at)
                    .expected("a path of member names, such as `$.id` or `$.shipment.id`")
                    .help("name the one member that holds it"),
            );
        }
        way
    }

    fn play(
        &mut self,
        index: usize,
        typed: Option<(&str, &TypedOperation)>,
        resources: &[&str],
    ) -> Play {
        let op = &self.contract.operations[index];
        let name = self.integration.scenario_name(&op.name).to_owned();
        let idempotency = self.file.typed.idempotency.as_ref().map(|i| i.header.to_lowercase());
        let key_header = match op.method.as_str() {
            "GET" | "HEAD" | "OPTIONS" => None,
            _ => idempotency
                .or_else(|| self.integration.settings(&name).key_header().map(str::to_owned)),
        };
        let mut play = Play {
            name,
            action: Action::None,
            need: None,
            cases: Vec::new(),
            set: Vec::new(),
            headers: Vec::new(),
            told: typed.is_some(),
            echoes: typed.is_some_and(|(_, typed)| typed.echo.unwrap_or(true)),
            throttle: None,
            key_header,
            success: OnceLock::new(),
        };
        let Some((name, typed)) = typed else { return play };
        let at = below("/operations", name);
        play.action = self.action(typed, op, resources, &at);
        let scope = Scope {
            resource: matches!(play.action, Action::Reads(_) | Action::Moves { .. }),
            needed: typed.needs.is_some(),
            request: true,
            token: *self.integration.auth(&play.name) == Auth::ScenarioToken,
            ..Scope::default()
        };
        play.set = self.templates(&typed.set, scope, &below(&at, "set"));
        let about_one = Scope { resource: !matches!(play.action, Action::None), ..scope };
        play.headers = self.headers(&typed.headers, about_one, &below(&at, "headers"));
        play.need = typed
            .needs
            .as_ref()
            .and_then(|need| self.need(need, &typed.changes, op, scope, resources, &at));
        if typed.needs.is_none() && !typed.changes.is_empty() {
            self.alone("changes", "needs", &at);
        }
        play.cases = typed
            .cases
            .iter()
            .enumerate()
            .filter_map(|(i, case)| self.case(case, op, scope, &format!("{at}/cases/{i}")))
            .collect();
        play
    }

    fn action(
        &mut self,
        typed: &TypedOperation,
        op: &Operation,
        resources: &[&str],
        at: &str,
    ) -> Action {
        let chosen: Vec<(&str, &str)> = [
            ("creates", &typed.creates),
            ("reads", &typed.reads),
            ("moves", &typed.moves),
            ("lists", &typed.lists),
            ("counts", &typed.counts),
        ]
        .into_iter()
        .filter_map(|(word, resource)| Some((word, resource.as_deref()?)))
        .collect();
        if let [(first, _), (second, _), ..] = chosen.as_slice() {
            let problem = self
                .file
                .problem_at_key(
                    format!("an operation cannot both `{first}` and `{second}`"),
                    &below(at, second),
                )
                .help("keep the one that tells what it does");
            self.problems.push(problem);
        }
        let word = chosen.first().map(|(word, _)| *word);
        self.lonely_keys(typed, word, at);
        let Some((word, resource)) = chosen.first().copied() else { return Action::None };
        let Some(resource) = self.known_resource(resource, resources, &below(at, word)) else {
            return Action::None;
        };
        match word {
            "creates" => return Action::Creates(resource),
            "lists" | "counts" => return self.list(typed, op, resource, at),
            _ => {}
        }
        let by = match &typed.by {
            Some(by) => {
                let token = *self.integration.auth(self.integration.scenario_name(&op.name))
                    == Auth::ScenarioToken;
                let scope = Scope { request: true, token, ..Scope::default() };
                self.by(by, op, scope, &below(at, "by"))
            }
            None => self.only_path_parameter(op, &below(at, word)),
        };
        let Some(by) = by else { return Action::None };
        let target = Target { resource, by };
        if word == "reads" {
            return Action::Reads(target);
        }
        Action::Moves {
            target,
            from: states(typed.from.as_ref()),
            to: typed.to.clone(),
            otherwise: typed
                .otherwise
                .as_ref()
                .and_then(|answer| self.canned(answer, Some(op), &below(at, "else"))),
        }
    }

    /// Refuses keys that mean nothing for what the operation does.
    fn lonely_keys(&mut self, typed: &TypedOperation, word: Option<&str>, at: &str) {
        for (key, there) in [
            ("from", typed.from.is_some()),
            ("to", typed.to.is_some()),
            ("else", typed.otherwise.is_some()),
        ] {
            if there && word != Some("moves") {
                self.alone(key, "moves", at);
            }
        }
        self.lonely_list_keys(typed, word, at);
        if typed.by.is_some() && !matches!(word, Some("reads" | "moves")) {
            self.alone("by", "reads` or `moves", at);
        }
    }

    /// A key that means nothing without another one.
    pub(super) fn alone(&mut self, key: &str, without: &str, at: &str) {
        let problem = self
            .file
            .problem_at_key(format!("`{key}` means nothing without `{without}`"), &below(at, key))
            .help(format!("say `{without}` too, or remove `{key}`"));
        self.problems.push(problem);
    }

    fn known_resource(&mut self, name: &str, resources: &[&str], at: &str) -> Option<usize> {
        let found = resources.iter().position(|resource| *resource == name);
        if found.is_none() {
            let problem = self.file.problem(format!("there is no resource `{name}`"), at);
            self.problems.push(known(problem, "resource", name, resources.iter().copied()));
        }
        found
    }

    fn by(&mut self, by: &str, op: &Operation, scope: Scope, at: &str) -> Option<By> {
        if path_parameters(op).any(|name| name == by) {
            return Some(By::Path(by.to_owned()));
        }
        self.expr(by, scope, at).map(By::Expr)
    }

    fn only_path_parameter(&mut self, op: &Operation, at: &str) -> Option<By> {
        let names: Vec<&str> = path_parameters(op).collect();
        if let [name] = names.as_slice() {
            return Some(By::Path((*name).to_owned()));
        }
        let actual = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        self.problems.push(
            self.file
                .problem(format!("it is not said which one {} means", op.name), at)
                .expected("one path parameter, or `by`")
                .actual(format!("path parameters: {actual}"))
                .help("add `by:` with a path parameter's name or an expression such as `body.id`"),
        );
        None
    }

    fn need(
        &mut self,
        typed: &TypedNeed,
        changes: &Map<String, Value>,
        op: &Operation,
        scope: Scope,
        resources: &[&str],
        at: &str,
    ) -> Option<Need> {
        let pointer = below(at, "needs");
        let resource =
            self.known_resource(&typed.resource, resources, &below(&pointer, "resource"));
        let before = Scope { needed: false, ..scope };
        let by = self.by(&typed.by, op, before, &below(&pointer, "by"));
        let when = typed.when.as_ref();
        let when = when.and_then(|when| self.expr(when, before, &below(&pointer, "when")));
        let mut answer = |answer: &Option<TypedAnswer>, key: &str| {
            let answer = answer.as_ref()?;
            self.canned(answer, Some(op), &below(&pointer, key))
        };
        let otherwise = answer(&typed.otherwise, "else");
        let missing = answer(&typed.missing, "missing");
        let changes = self.templates(changes, scope, &below(at, "changes"));
        let target = Target { resource: resource?, by: by? };
        let from = states(typed.from.as_ref());
        Some(Need { when, target, from, otherwise, missing, changes })
    }

    fn case(&mut self, typed: &TypedCase, op: &Operation, scope: Scope, at: &str) -> Option<Case> {
        let when = self.expr(&typed.when, scope, &below(at, "when"));
        let answer = typed.answer.as_ref();
        let at_answer = below(at, "answer");
        let answer = answer.map(|answer| self.canned_in(answer, Some(op), scope, &at_answer));
        let set = self.templates(&typed.set, scope, &below(at, "set"));
        Some(Case { when: when?, answer: answer.flatten(), set })
    }
}

fn states(typed: Option<&OneOrMore>) -> Vec<String> {
    typed.map(|states| states.0.clone()).unwrap_or_default()
}

fn path_parameters(op: &Operation) -> impl Iterator<Item = &str> {
    op.parameters.iter().filter(|p| p.place == ParameterPlace::Path).map(|p| p.name.as_str())
}

pub(super) fn code(status: crate::contract::StatusPattern) -> String {
    use crate::contract::StatusPattern::{Default, Exact, Range};
    match status {
        Exact(code) => code.to_string(),
        Range(hundreds) => format!("{hundreds}XX"),
        Default => "default".to_owned(),
    }
}
