//! How much drift would we notice? Every mutant of every promised answer, held against the check of
//! the contract and against what the scenarios expect by themselves.
//!
//! The scenarios run once, against the stand-ins; what they ask of an answer is then asked again of
//! each mutant of it, with the contract's check left out.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use futures::{StreamExt as _, stream};
use serde::Serialize;
use serde_json::Value;

use super::{execute::setting, plan::Plan, scenario::Scenario};
use crate::{
    contract::{
        Contract, DescribedFrom, Operation, Polarity, ResponseSpec, StatusPattern, Tolerances,
        check,
        check::glance,
        codec::media_type,
        generate::{
            self, Answer, Fullness,
            drift::{Class, Label, each_of_answer, each_of_body},
        },
    },
    evidence::{
        Attempt, Body, Direction, DriftClass, Exchange, Headers, MessagePart, Outcome,
        PlannedScenario, Request, Response,
    },
    steps::{Question, Setting, World},
    transport::Clock,
};

/// Scenarios under way at the same time.
const AT_ONCE: usize = 8;

/// What the scenarios notice by themselves.
#[derive(Debug, Default)]
pub struct Noticed {
    /// Whether any of them notices a mutant, of those that came up.
    seen: HashMap<Key, bool>,
    /// Scenarios that passed, so that their sentences could be asked.
    pub asked: usize,
    /// Ids of those that did not.
    pub not_passed: Vec<String>,
}

/// A mutant, the same in a recorded answer and in a generated one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Key {
    contract: String,
    /// Pointer of the promised answer or message.
    promise: String,
    mutation: &'static str,
    location: String,
    /// What was changed, with `*` for any item.
    place: String,
}

impl Key {
    fn of(contract: &Contract, promise: &str, label: &Label<'_>) -> Self {
        Self {
            contract: contract.id.clone(),
            promise: promise.to_owned(),
            mutation: label.mutation.id,
            location: label.location.to_owned(),
            place: any_item(label.changed),
        }
    }
}

/// A pointer with `*` for each number, so that all items of a list are one place.
fn any_item(pointer: &str) -> String {
    let is_index = |s: &str| !s.is_empty() && s.bytes().all(|byte| byte.is_ascii_digit());
    let segments = pointer.split('/').map(|s| if is_index(s) { "*" } else { s });
    segments.collect::<Vec<_>>().join("/")
}

/// Runs the plan's scenarios against the stand-ins, and asks what they would notice.
pub async fn notice(plan: Plan, seed: u64) -> Noticed {
    let setting = Arc::new(setting(&plan, Clock::start()));
    let scenarios = plan.info.scenarios.into_iter().zip(plan.scenarios).enumerate();
    let runnable = scenarios.filter(|(_, (planned, _))| planned.skip.is_none());
    let mut noticed = Noticed::default();
    let mut ended = stream::iter(runnable)
        .map(|(index, (planned, scenario))| {
            let setting = Arc::clone(&setting);
            tokio::spawn(async move { one(setting, index, planned, scenario, seed).await })
        })
        .buffer_unordered(AT_ONCE);
    while let Some(end) = ended.next().await {
        match end {
            Ok(Ok(mutants)) => {
                noticed.asked += 1;
                for (key, by_it) in mutants {
                    *noticed.seen.entry(key).or_default() |= by_it;
                }
            }
            Ok(Err(id)) => noticed.not_passed.push(id),
            Err(panic) => noticed.not_passed.push(panic.to_string()),
        }
    }
    noticed.not_passed.sort();
    noticed
}

/// One scenario: its run, then its questions. Err: it did not pass.
async fn one(
    setting: Arc<Setting>,
    index: usize,
    planned: PlannedScenario,
    scenario: Scenario,
    seed: u64,
) -> Result<Vec<(Key, bool)>, String> {
    let mut world = World::new(setting, index as u32, 1);
    if world.start_stand_ins(scenario.partners.iter()).await.is_err() {
        return Err(planned.id);
    }
    let mut questions: Vec<Question> = Vec::new();
    for (step, sentence) in scenario.steps.iter().enumerate() {
        questions.extend(world.question(sentence));
        if world.step(step, sentence).await.problem.is_some() {
            return Err(planned.id);
        }
    }
    if world.finish().await.is_some() {
        return Err(planned.id);
    }
    let mut mutants = Vec::new();
    for call in 0..world.calls_made() {
        let own: Vec<Question> = questions.iter().filter(|q| q.call == call).cloned().collect();
        let Some((called, mut answer)) = world.kept_answer(call) else { continue };
        let (contract, operation) = (&called.partner.contract, called.operation());
        let Some(promised) = operation.response(answer.status) else { continue };
        each_of_answer(contract, operation, promised, &mut answer, seed, &mut |label, mutant| {
            let key = Key::of(contract, &promised.pointer, label);
            mutants.push((key, world.would_notice(call, &own, mutant)));
        });
    }
    Ok(mutants)
}

/// How much drift of one contract would be noticed.
#[derive(Debug, Serialize)]
pub struct Drift {
    /// The contract's id.
    pub contract: String,
    /// The seed of the mutants.
    pub seed: u64,
    /// In the document's order.
    pub operations: Vec<OperationDrift>,
}

/// The same of one operation.
#[derive(Debug, Serialize)]
pub struct OperationDrift {
    /// Its name, as scenarios say it.
    pub operation: String,
    /// Mutants of what it promises us.
    pub mutants: usize,
    /// Those that the contract forbids or does not describe, which its check must see.
    pub for_the_check: usize,
    /// Those of them that it sees.
    pub seen_by_check: usize,
    /// Mutants that an expectation of a scenario sees by itself.
    pub seen_by_scenarios: usize,
    /// Mutants that neither sees.
    pub survived: usize,
    /// Changes whose meaning could not be decided; they are no mutants.
    pub undecided: usize,
    /// JSON Pointers of schemas that no value was found for: nothing is known of their drift.
    pub unmade: Vec<String>,
    /// What the check must see and does not.
    pub missed: Vec<Gap>,
    /// The places of those that neither sees.
    pub survivors: Vec<Survivor>,
}

/// A mutant that the check of the contract must see and does not.
#[derive(Debug, Serialize)]
pub struct Gap {
    /// The promised answer (`200`, `4XX`, `default`), or `message`.
    pub answer: String,
    /// What was done.
    pub mutation: &'static str,
    /// How it weighs.
    pub class: &'static str,
    /// `body`, `status` or `header NAME`.
    pub location: String,
    /// JSON Pointer in the body.
    pub place: String,
}

/// A mutant that nobody would notice, and what to write.
#[derive(Debug, Serialize)]
pub struct Survivor {
    /// The promised answers that it is about, or `message`.
    pub answers: Vec<String>,
    /// `body` or `header NAME`.
    pub location: String,
    /// JSON Pointer in the body, with `*` for any item.
    pub place: String,
    /// What was done there.
    pub mutations: Vec<&'static str>,
    /// Whether a scenario gets such an answer, so that there is where to write it.
    pub reached: bool,
    /// A sentence that would notice it.
    pub sentence: String,
}

/// Holds every mutant of the answers and messages that a contract promises us against its check and the scenarios.
pub fn drift(
    contract: &Contract,
    from: DescribedFrom,
    name: impl Fn(&str) -> String,
    noticed: &Noticed,
    seed: u64,
) -> Drift {
    let operations = contract.operations.iter().map(|operation| {
        let mut count = Count::new(contract, operation, name(&operation.name), noticed);
        let reads = |part| operation.polarity(part, from) == Polarity::Read;
        if reads(MessagePart::Request) {
            count.message(seed);
        }
        if reads(MessagePart::Response) {
            for promised in &operation.responses {
                count.answer(promised, seed);
            }
        }
        count.finish()
    });
    Drift { contract: contract.id.clone(), seed, operations: operations.collect() }
}

/// Counts the mutants of one operation.
struct Count<'c> {
    contract: &'c Contract,
    operation: &'c Operation,
    noticed: &'c Noticed,
    drift: OperationDrift,
    survivors: BTreeMap<(String, String, String), Survivor>,
}

impl<'c> Count<'c> {
    fn new(
        contract: &'c Contract,
        operation: &'c Operation,
        name: String,
        noticed: &'c Noticed,
    ) -> Self {
        let drift = OperationDrift {
            operation: name,
            mutants: 0,
            for_the_check: 0,
            seen_by_check: 0,
            seen_by_scenarios: 0,
            survived: 0,
            undecided: 0,
            unmade: Vec::new(),
            missed: Vec::new(),
            survivors: Vec::new(),
        };
        Self { contract, operation, noticed, drift, survivors: BTreeMap::new() }
    }

    fn answer(&mut self, promised: &ResponseSpec, seed: u64) {
        let (contract, operation) = (self.contract, self.operation);
        let Some(status) = generate::status_of(operation, promised) else { return };
        let made = generate::answers(contract, promised, status, Fullness::Full, seed);
        self.drift.unmade.extend(made.unmade);
        // What differs between branches alone is told once.
        let mut known = HashSet::new();
        for case in made.cases {
            let before = case.message;
            let mut answer = before.clone();
            let mut visit = |label: &Label<'_>, mutant: &mut Answer| {
                let key = Key::of(contract, &promised.pointer, label);
                if known.insert(key.clone()) {
                    let body = before.body.as_ref().map(|(_, body)| body);
                    let check = || seen(contract, operation, promised, label, mutant);
                    self.mutant(&word(promised.status), label, key, body, check);
                }
            };
            let undecided =
                each_of_answer(contract, operation, promised, &mut answer, seed, &mut visit);
            self.drift.undecided += undecided;
        }
    }

    /// The message of an operation that the partner begins: a webhook, an event.
    fn message(&mut self, seed: u64) {
        let (contract, operation) = (self.contract, self.operation);
        let media = operation.request_body.as_ref().and_then(|body| body.content.first());
        let Some(media) = media else { return };
        let Some(schema) = &media.schema else { return };
        let made = generate::requests(contract, operation, Fullness::Full, seed);
        self.drift.unmade.extend(made.unmade);
        let mut known = HashSet::new();
        for before in made.cases.into_iter().filter_map(|case| case.message.body) {
            let mut body = before.clone();
            let mut visit = |label: &Label<'_>, mutant: &mut Value| {
                let key = Key::of(contract, &media.pointer, label);
                if known.insert(key.clone()) {
                    let check = || glance(contract, schema, mutant);
                    self.mutant("message", label, key, Some(&before), check);
                }
            };
            let undecided = each_of_body(contract, schema, &mut body, seed, &mut visit);
            self.drift.undecided += undecided;
        }
    }

    /// Counts a mutant of what is promised for `told`; `seen` is what the check says of it.
    fn mutant(
        &mut self,
        told: &str,
        label: &Label<'_>,
        key: Key,
        before: Option<&Value>,
        seen: impl FnOnce() -> Option<DriftClass>,
    ) {
        self.drift.mutants += 1;
        let by_scenarios = self.noticed.seen.get(&key).copied();
        self.drift.seen_by_scenarios += usize::from(by_scenarios == Some(true));
        if label.class.is_seen_by_check() {
            self.drift.for_the_check += 1;
            let seen = seen();
            let is_seen = match label.class {
                Class::Breaking => seen == Some(DriftClass::Breaking),
                _ => seen.is_some(),
            };
            self.drift.seen_by_check += usize::from(is_seen);
            if !is_seen {
                self.drift.missed.push(Gap {
                    answer: told.to_owned(),
                    mutation: label.mutation.id,
                    class: label.class.word(),
                    location: label.location.to_owned(),
                    place: label.place.to_owned(),
                });
            }
        } else if by_scenarios != Some(true) {
            self.drift.survived += 1;
            let sentence = sentence(label, &key.place, before);
            self.survivor(told, label, key, by_scenarios.is_some(), sentence);
        }
    }

    /// A place of which nobody would notice something; the same of several answers is one.
    fn survivor(
        &mut self,
        told: &str,
        label: &Label<'_>,
        key: Key,
        reached: bool,
        sentence: String,
    ) {
        let Key { location, place, .. } = key;
        let survivor = self
            .survivors
            .entry((location.clone(), place.clone(), sentence.clone()))
            .or_insert_with(|| Survivor {
                answers: Vec::new(),
                location,
                place,
                mutations: Vec::new(),
                reached: false,
                sentence,
            });
        if !survivor.answers.iter().any(|known| known == told) {
            survivor.answers.push(told.to_owned());
        }
        if !survivor.mutations.contains(&label.mutation.id) {
            survivor.mutations.push(label.mutation.id);
        }
        survivor.reached |= reached;
    }

    fn finish(mut self) -> OperationDrift {
        self.drift.survivors = self.survivors.into_values().collect();
        self.drift
    }
}

/// What the check of the contract says of a mutant.
fn seen(
    contract: &Contract,
    operation: &Operation,
    promised: &ResponseSpec,
    label: &Label<'_>,
    mutant: &mut Answer,
) -> Option<DriftClass> {
    if label.location == "body"
        && let Some((media, body)) = &mut mutant.body
        && let Some(media) = media_type(&promised.content, media)
        && let Some(schema) = &media.schema
    {
        return glance(contract, schema, body);
    }
    let found = check(contract, operation, &exchange(operation, mutant), &Tolerances::default());
    let of_answer = found.iter().filter(|f| f.message_place.part == MessagePart::Response);
    let mut classes: Vec<DriftClass> = of_answer.map(|finding| finding.class).collect();
    classes.sort_by_key(|class| *class != DriftClass::Breaking);
    classes.first().copied()
}

/// An exchange with this answer; of its request nothing is asked.
fn exchange(operation: &Operation, answer: &Answer) -> Exchange {
    let mut headers: Headers = answer.headers.clone();
    let body = match &answer.body {
        Some((media, body)) => {
            headers.push(("content-type".to_owned(), media.clone()));
            Body::whole(body.to_string().into())
        }
        None => Body::default(),
    };
    let response = Response { status: answer.status, headers, body };
    Exchange {
        integration: String::new(),
        operation: operation.name.clone(),
        direction: Direction::Outbound,
        request: Request {
            method: operation.method.clone(),
            url: operation.path.clone(),
            headers: Headers::new(),
            body: Body::default(),
        },
        attempts: vec![Attempt::ended(1, Outcome::Answer(response))],
    }
}

fn word(status: StatusPattern) -> String {
    match status {
        StatusPattern::Exact(code) => code.to_string(),
        StatusPattern::Range(digit) => format!("{digit}XX"),
        StatusPattern::Default => "default".to_owned(),
    }
}

/// A sentence of the vocabulary that would notice the mutant.
fn sentence(label: &Label<'_>, place: &str, before: Option<&Value>) -> String {
    if let Some(header) = label.location.strip_prefix("header ") {
        return format!("And the header \"{header}\" is present");
    }
    let path = json_path(place);
    let many = path.contains("[*]");
    let every = if many { "every " } else { "" };
    match label.mutation.id {
        "past-safe-integer" => format!("And {every}\"{path}\" is at most 9007199254740991"),
        "date-format" => format!("And {every}\"{path}\" is a time"),
        // Over an empty list `every` fails.
        "empty-array" => format!("And every \"{path}[*]\" is present"),
        _ => {
            let value = before.and_then(|body| body.pointer(label.changed));
            let kind = value.map_or("is present", kind_of);
            format!("And {every}\"{path}\" {kind}")
        }
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "is a string",
        Value::Bool(_) => "is a boolean",
        Value::Number(_) => "is a number",
        Value::Array(_) => "is a list",
        Value::Object(_) => "is an object",
        Value::Null => "is null",
    }
}

/// A pointer as the path of a sentence (RFC 9535).
fn json_path(pointer: &str) -> String {
    let mut path = "$".to_owned();
    for segment in pointer.split('/').skip(1) {
        let name = segment.replace("~1", "/").replace("~0", "~");
        let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        match name.as_str() {
            "*" => path.push_str("[*]"),
            name if plain => {
                path.push('.');
                path.push_str(name);
            }
            name => {
                path.push_str("['");
                path.push_str(&name.replace('\\', "\\\\").replace('\'', "\\'"));
                path.push_str("']");
            }
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_told_as_sentences_say_them() {
        for (pointer, path) in [
            ("", "$"),
            ("/a/b", "$.a.b"),
            ("/rates/*/id", "$.rates[*].id"),
            ("/a~1b/x-y", "$['a/b']['x-y']"),
        ] {
            assert_eq!(json_path(pointer), path);
        }
        assert_eq!(any_item("/a/0/b/12"), "/a/*/b/*");
    }
}
