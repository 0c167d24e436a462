//! Messages that keep the contract, by how much is in them.

use serde_json::Value;

use super::{
    Answer, boundary,
    drift::Way,
    message::{Fill, OF_THE_WIRE, answer_headers, bodies, sendable},
    travel::{keeps_its_way, travelled},
    value::{Optional, made},
};
use crate::contract::{
    Contract, Operation, Parameter, ParameterPlace, ResponseSpec, codec::Arguments,
};

/// How much is in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fullness {
    /// Only what must be there.
    Minimal,
    /// All that may be there; one message for each branch that schemas leave open.
    Full,
    /// As full, with one value at a bound in each message.
    Boundary,
}

/// A message, and what it is in a few words.
#[derive(Clone, Debug, PartialEq)]
pub struct Case<T> {
    /// Such as `/amount at its smallest`.
    pub about: String,
    /// The message.
    pub message: T,
}

/// Messages, and the schemas that no value was found for.
#[derive(Clone, Debug, PartialEq)]
pub struct Cases<T> {
    /// Each keeps the contract.
    pub cases: Vec<Case<T>>,
    /// JSON Pointers of schemas that cannot be satisfied, or not by what is known here.
    pub unmade: Vec<String>,
}

/// Requests that keep the contract, as arguments of a call.
pub fn requests(
    contract: &Contract,
    operation: &Operation,
    fullness: Fullness,
    seed: u64,
) -> Cases<Arguments> {
    let mut cases = Cases { cases: Vec::new(), unmade: Vec::new() };
    let fill = if fullness == Fullness::Minimal { Fill::Minimal } else { Fill::Full };
    let parameters = parameters(contract, operation, fill, seed, &mut cases.unmade);
    let described = operation.request_body.as_ref();
    let media = described.and_then(|body| body.content.first());
    let needed = described.is_some_and(|body| body.required || fullness != Fullness::Minimal);
    let bodies = match media.filter(|_| needed) {
        Some(media) => {
            let made = bodies(contract, media, fill, seed, "readOnly");
            if made.is_empty() {
                cases.unmade.extend(media.schema.iter().map(|s| s.pointer.to_string()));
                return cases;
            }
            made.into_iter().map(Some).collect()
        }
        None => vec![None],
    };
    let name = if fullness == Fullness::Minimal { "minimal" } else { "full" };
    let mut add = |about: String, message: Arguments| {
        // A form holds no empty list, so that what is sent is another value.
        let keeps = travelled(contract, operation, &message)
            .is_some_and(|read| keeps_its_way(contract, operation, &read));
        if keeps && !cases.cases.iter().any(|case: &Case<Arguments>| case.message == message) {
            cases.cases.push(Case { about, message });
        }
    };
    for (index, body) in bodies.iter().enumerate() {
        let message = Arguments { parameters: parameters.clone(), body: body.clone() };
        if fullness != Fullness::Boundary {
            add(numbered(name, index), message);
            continue;
        }
        let schema = media.and_then(|media| media.schema.as_ref());
        if let (Some(mut value), Some(schema)) = (body.clone(), schema) {
            boundary::each(contract, schema, &mut value, Way::Request, &mut |about, value| {
                let body = Some(value.clone());
                add(format!("body {about}"), Arguments { body, ..message.clone() });
            });
        }
        if index == 0 {
            of_parameters(contract, operation, &message, &mut add);
        }
    }
    cases
}

/// Each parameter at each of its bounds.
fn of_parameters(
    contract: &Contract,
    operation: &Operation,
    message: &Arguments,
    add: &mut dyn FnMut(String, Arguments),
) {
    for (index, (place, name, value)) in message.parameters.iter().enumerate() {
        let known = |p: &&Parameter| p.place == *place && p.name == *name;
        let Some(parameter) = operation.parameters.iter().find(known) else { continue };
        let mut value = value.clone();
        let way = Way::Request;
        boundary::each(contract, &parameter.schema, &mut value, way, &mut |about, value| {
            let mut message = message.clone();
            message.parameters[index].2 = value.clone();
            let about = about.strip_prefix("the whole ").map_or(about.clone(), str::to_owned);
            add(format!("{} {name} {about}", place_word(*place)), message);
        });
    }
}

/// Answers of one promise that keep the contract.
pub fn answers(
    contract: &Contract,
    spec: &ResponseSpec,
    status: u16,
    fullness: Fullness,
    seed: u64,
) -> Cases<Answer> {
    let mut cases = Cases { cases: Vec::new(), unmade: Vec::new() };
    let fill = if fullness == Fullness::Minimal { Fill::Minimal } else { Fill::Full };
    let headers = answer_headers(contract, spec, fill, seed);
    let name = if fullness == Fullness::Minimal { "minimal" } else { "full" };
    let Some(media) = spec.content.first() else {
        if fullness != Fullness::Boundary {
            let message = Answer { status, headers, body: None };
            cases.cases.push(Case { about: name.to_owned(), message });
        }
        return cases;
    };
    let made = bodies(contract, media, fill, seed, "writeOnly");
    if made.is_empty() {
        cases.unmade.extend(media.schema.iter().map(|schema| schema.pointer.to_string()));
    }
    for (index, mut body) in made.into_iter().enumerate() {
        let answer = |body: Value| Answer {
            status,
            headers: headers.clone(),
            body: Some((sendable(media), body)),
        };
        match (&media.schema, fullness) {
            (_, Fullness::Minimal | Fullness::Full) => {
                cases.cases.push(Case { about: numbered(name, index), message: answer(body) });
            }
            (Some(schema), Fullness::Boundary) => {
                boundary::each(contract, schema, &mut body, Way::Answer, &mut |about, body| {
                    let message = answer(body.clone());
                    if !cases.cases.iter().any(|case| case.message == message) {
                        cases.cases.push(Case { about: format!("body {about}"), message });
                    }
                });
            }
            (None, Fullness::Boundary) => {}
        }
    }
    cases
}

/// `full`, `full 2`: where branches are open there are several.
fn numbered(name: &str, index: usize) -> String {
    if index == 0 { name.to_owned() } else { format!("{name} {}", index + 1) }
}

/// Parameters with values that keep their schemas.
fn parameters(
    contract: &Contract,
    operation: &Operation,
    fill: Fill,
    seed: u64,
    unmade: &mut Vec<String>,
) -> Vec<(ParameterPlace, String, Value)> {
    let mut made_of = Vec::new();
    for parameter in &operation.parameters {
        let of_the_wire = parameter.place == ParameterPlace::Header
            && OF_THE_WIRE.contains(&parameter.name.to_ascii_lowercase().as_str());
        if of_the_wire || (fill == Fill::Minimal && !parameter.required) {
            continue;
        }
        let value = match &parameter.example {
            Some(example) => example.clone(),
            None => made(contract, &parameter.schema, seed, Optional::All, "readOnly"),
        };
        // An empty path segment would be another path.
        let empty = parameter.place == ParameterPlace::Path && value.as_str() == Some("");
        let value = if empty { Value::from("x") } else { value };
        if contract.schemas.is_valid(&parameter.schema, &value) {
            made_of.push((parameter.place, parameter.name.clone(), value));
        } else if parameter.required {
            unmade.push(parameter.schema.pointer.to_string());
        }
    }
    made_of
}

/// Where a parameter travels, as findings say it.
pub(super) fn place_word(place: ParameterPlace) -> &'static str {
    match place {
        ParameterPlace::Path => "path",
        ParameterPlace::Query => "query",
        ParameterPlace::Header => "header",
        ParameterPlace::Cookie => "cookie",
    }
}
