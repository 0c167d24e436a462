//! `probe contract examples`: messages of an operation, for people and for other programs.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::{
    options::{Examples, TextFormat},
    show, target,
};
use crate::{
    cli::{
        exit::config,
        output::{Style, complain, print},
    },
    contract::{
        Contract, Operation, ParameterPlace, ResponseSpec,
        codec::Arguments,
        generate::{
            self, Answer, Fullness,
            drift::{Label, each_of_answer},
        },
    },
    evidence::{Diagnostic, exit},
};

/// Prints messages; what no value was found for is told on stderr.
pub(super) fn examples(typed: &Examples) -> u8 {
    let style = Style::of(typed.common.color);
    let made = match make(typed) {
        Ok(made) => made,
        Err(problems) => return config(&problems, style),
    };
    complain(&made.unmade(), style);
    let text = match typed.format {
        TextFormat::Json => format!("{:#}\n", Value::Array(made.cases)),
        TextFormat::Text => text(&made.cases),
    };
    print(&text, exit::PASSED)
}

/// Messages as JSON, and what could not be made.
struct Made {
    cases: Vec<Value>,
    /// Operation, part and pointer of the schema.
    unmade: Vec<(String, String, String)>,
}

fn make(typed: &Examples) -> Result<Made, Vec<Diagnostic>> {
    let contract = target::read(&typed.common, &typed.contract)?;
    let chosen = match &typed.operation {
        Some(name) => vec![show::operation(&contract, name)?],
        None => contract.operations.iter().collect(),
    };
    let mut made = Made { cases: Vec::new(), unmade: Vec::new() };
    for operation in chosen {
        if typed.negative {
            made.negative(&contract, operation, typed.seed);
        } else if typed.mutants {
            made.mutants(&contract, operation, typed.seed);
        } else {
            let fullness = match typed {
                Examples { minimal: true, .. } => Fullness::Minimal,
                Examples { boundary: true, .. } => Fullness::Boundary,
                _ => Fullness::Full,
            };
            made.valid(&contract, operation, fullness, typed.seed);
        }
    }
    Ok(made)
}

impl Made {
    fn valid(&mut self, contract: &Contract, operation: &Operation, fullness: Fullness, seed: u64) {
        let requests = generate::requests(contract, operation, fullness, seed);
        self.not_made(operation, "request", requests.unmade);
        for case in requests.cases {
            let mut value = head(operation, "request", &case.about);
            arguments(&mut value, &case.message);
            self.cases.push(Value::Object(value));
        }
        self.each_promise(operation, |made, promised, status| {
            let answers = generate::answers(contract, promised, status, fullness, seed);
            made.not_made(operation, &format!("answer {status}"), answers.unmade);
            for case in answers.cases {
                let mut value = head(operation, "answer", &case.about);
                answer(&mut value, &case.message);
                made.cases.push(Value::Object(value));
            }
        });
    }

    fn negative(&mut self, contract: &Contract, operation: &Operation, seed: u64) {
        let full = generate::requests(contract, operation, Fullness::Full, seed);
        self.not_made(operation, "request", full.unmade);
        for negative in generate::negatives(contract, operation, seed) {
            let mut value = head(operation, "request", &negative.about);
            value.insert("rule".to_owned(), json!(negative.rule));
            value.insert("location".to_owned(), json!(negative.location));
            value.insert("place".to_owned(), json!(negative.place));
            arguments(&mut value, &negative.arguments);
            self.cases.push(Value::Object(value));
        }
    }

    fn mutants(&mut self, contract: &Contract, operation: &Operation, seed: u64) {
        self.each_promise(operation, |made, promised, status| {
            let answers = generate::answers(contract, promised, status, Fullness::Full, seed);
            made.not_made(operation, &format!("answer {status}"), answers.unmade);
            for case in answers.cases {
                let mut message = case.message;
                let mut add = |label: &Label<'_>, mutant: &mut Answer| {
                    let place = if label.location == "body" { label.changed } else { "" };
                    let about = format!("{} {place}: {}", label.location, label.mutation.id);
                    let mut value = head(operation, "answer", &about.replace(" :", ":"));
                    value.insert("mutation".to_owned(), json!(label.mutation.id));
                    value.insert("class".to_owned(), json!(label.class.word()));
                    if label.class.is_seen_by_check() {
                        value.insert("rule".to_owned(), json!(format!("response.{}", label.rule)));
                    }
                    value.insert("location".to_owned(), json!(label.location));
                    value.insert("place".to_owned(), json!(label.place));
                    answer(&mut value, mutant);
                    let value = Value::Object(value);
                    if !made.cases.contains(&value) {
                        made.cases.push(value);
                    }
                };
                each_of_answer(contract, operation, promised, &mut message, seed, &mut add);
            }
        });
    }

    fn each_promise(
        &mut self,
        operation: &Operation,
        mut visit: impl FnMut(&mut Self, &ResponseSpec, u16),
    ) {
        for promised in &operation.responses {
            if let Some(status) = generate::status_of(operation, promised) {
                visit(self, promised, status);
            }
        }
    }

    fn not_made(&mut self, operation: &Operation, part: &str, pointers: Vec<String>) {
        let all = pointers.into_iter().map(|at| (operation.name.clone(), part.to_owned(), at));
        self.unmade.extend(all);
    }

    fn unmade(&self) -> Vec<Diagnostic> {
        let told = self.unmade.iter().map(|(operation, part, pointer)| {
            Diagnostic::warning(format!("no value was found for the {part} of {operation}"))
                .expected("a value that keeps its schema")
                .actual(format!("none keeps #{pointer}"))
                .help("the schema may contradict itself; an example in the contract would do")
        });
        told.collect()
    }
}

/// What all cases begin with.
fn head(operation: &Operation, part: &str, about: &str) -> Map<String, Value> {
    let mut value = Map::new();
    value.insert("operation".to_owned(), json!(operation.name));
    value.insert("part".to_owned(), json!(part));
    value.insert("about".to_owned(), json!(about));
    value
}

fn arguments(into: &mut Map<String, Value>, arguments: &Arguments) {
    let of = |wanted: ParameterPlace| -> Map<String, Value> {
        let all = arguments.parameters.iter().filter(|(place, ..)| *place == wanted);
        all.map(|(_, name, value)| (name.clone(), value.clone())).collect()
    };
    for (place, word) in [
        (ParameterPlace::Path, "path"),
        (ParameterPlace::Query, "query"),
        (ParameterPlace::Header, "headers"),
    ] {
        let parameters = of(place);
        if !parameters.is_empty() {
            into.insert(word.to_owned(), Value::Object(parameters));
        }
    }
    if let Some(body) = &arguments.body {
        into.insert("body".to_owned(), body.clone());
    }
}

fn answer(into: &mut Map<String, Value>, answer: &Answer) {
    into.insert("status".to_owned(), json!(answer.status));
    let media = answer.body.iter().map(|(media, _)| ("content-type".to_owned(), json!(media)));
    let headers = answer.headers.iter().map(|(name, value)| (name.clone(), json!(value)));
    let headers: Map<String, Value> = media.chain(headers).collect();
    if !headers.is_empty() {
        into.insert("headers".to_owned(), Value::Object(headers));
    }
    if let Some((_, body)) = &answer.body {
        into.insert("body".to_owned(), body.clone());
    }
}

/// A line for each, and what is sent below it.
fn text(cases: &[Value]) -> String {
    let mut text = String::new();
    for case in cases {
        let word = |key: &str| case[key].as_str().unwrap_or_default();
        let status = case["status"].as_u64().map(|status| format!(" {status}"));
        let class = case.get("class").or_else(|| case.get("rule")).and_then(Value::as_str);
        let class = class.map(|class| format!("  ({class})"));
        let _ = writeln!(
            text,
            "{} {}{}  {}{}",
            word("operation"),
            word("part"),
            status.unwrap_or_default(),
            word("about"),
            class.unwrap_or_default(),
        );
        for key in ["path", "query", "headers", "body"] {
            if let Some(value) = case.get(key) {
                let _ = writeln!(text, "  {key} {value}");
            }
        }
    }
    text
}
