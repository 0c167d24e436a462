//! Requests with one thing wrong each.

use super::{
    cases::{Case, Fullness, place_word, requests},
    drift::{each_of_request, unfit},
    reading::Reading,
    travel::travelled,
};
use crate::contract::{Contract, Operation, Parameter, codec::Arguments};

/// A request that breaks the contract in one way.
#[derive(Clone, Debug, PartialEq)]
pub struct Negative {
    /// What is wrong, in a few words: `body /amount: null`.
    pub about: String,
    /// The rule of the check that it breaks: `request.body.null`.
    pub rule: String,
    /// `body`, or `query NAME` and the like, as findings say it.
    pub location: String,
    /// JSON Pointer into the body.
    pub place: String,
    /// What is sent.
    pub arguments: Arguments,
}

/// Requests of this operation with one thing wrong each. What a form or a query string would make
/// right again on its way is left out.
pub fn negatives(contract: &Contract, operation: &Operation, seed: u64) -> Vec<Negative> {
    let mut all = Vec::new();
    let full = requests(contract, operation, Fullness::Full, seed).cases;
    if let Some(Case { message, .. }) = full.first() {
        of_parameters(contract, operation, message, &mut all);
        without_body(operation, message, &mut all);
    }
    for Case { message, .. } in full {
        of_body(contract, operation, message, seed, &mut all);
    }
    all
}

fn of_parameters(
    contract: &Contract,
    operation: &Operation,
    message: &Arguments,
    all: &mut Vec<Negative>,
) {
    for (index, (place, name, value)) in message.parameters.iter().enumerate() {
        let known = |p: &&Parameter| p.place == *place && p.name == *name;
        let Some(parameter) = operation.parameters.iter().find(known) else { continue };
        let shown = match place_word(*place) {
            "header" => name.to_ascii_lowercase(),
            _ => name.clone(),
        };
        let location = format!("{} {shown}", place_word(*place));
        let mut add = |about: String, rule: &str, arguments: Arguments| {
            let (rule, location) = (rule.to_owned(), location.clone());
            all.push(Negative { about, rule, location, place: String::new(), arguments });
        };
        if parameter.required && place_word(*place) != "path" {
            let mut without = message.clone();
            without.parameters.remove(index);
            add(format!("{location}: missing"), "request.parameter.missing", without);
        }
        let mut reading = Reading::of(contract);
        let root = reading.root(&parameter.schema);
        for (word, wrong) in unfit(&reading, root, value) {
            let mut arguments = message.clone();
            arguments.parameters[index].2 = wrong;
            let read = travelled(contract, operation, &arguments);
            let read = read.as_ref().and_then(|read| read.parameter(*place, name));
            if read.is_some_and(|value| reading.judge(&[root], value).breaks) {
                add(format!("{location}: {word}"), "request.parameter.value", arguments);
            }
        }
    }
}

fn without_body(operation: &Operation, message: &Arguments, all: &mut Vec<Negative>) {
    if operation.request_body.as_ref().is_some_and(|body| body.required) {
        all.push(Negative {
            about: "body: missing".to_owned(),
            rule: "request.body.missing".to_owned(),
            location: "body".to_owned(),
            place: String::new(),
            arguments: Arguments { body: None, ..message.clone() },
        });
    }
}

fn of_body(
    contract: &Contract,
    operation: &Operation,
    mut message: Arguments,
    seed: u64,
    all: &mut Vec<Negative>,
) {
    let media = operation.request_body.as_ref().and_then(|body| body.content.first());
    let Some(schema) = media.and_then(|media| media.schema.as_ref()) else { return };
    let Some(mut body) = message.body.take() else { return };
    let mut judge = Reading::of(contract);
    let root = judge.root(schema);
    each_of_request(contract, schema, &mut body, seed, &mut |label, wrong| {
        let place = label.place;
        let known = all.iter().any(|n| n.place == place && n.about.ends_with(label.mutation.id));
        // Where branches are left open, no one place says what is wrong.
        if known || label.choice.is_some() {
            return;
        }
        let arguments = Arguments { body: Some(wrong.clone()), ..message.clone() };
        let Some(read) = travelled(contract, operation, &arguments).and_then(|read| read.body)
        else {
            return;
        };
        // On its way nothing else may have changed, and what is wrong must still be.
        if !judge.judge(&[root], &read).breaks && label.rule != "body.undeclared"
            || read.pointer(place) != wrong.pointer(place)
        {
            return;
        }
        all.push(Negative {
            about: match label.changed {
                "" => format!("body: {}", label.mutation.id),
                changed => format!("body {changed}: {}", label.mutation.id),
            },
            rule: format!("request.{}", label.rule),
            location: "body".to_owned(),
            place: place.to_owned(),
            arguments,
        });
    });
}
