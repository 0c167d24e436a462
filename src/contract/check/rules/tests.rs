//! Each rule is broken by its example, by nothing else, and in both directions.

use bytes::Bytes;

use super::{RULES, Rule, rule};
use crate::{
    contract::{Contract, DescribedFrom, Polarity, Tolerances, check, fixture::read_text},
    evidence::{
        Attempt, Body, Direction, Exchange, Finding, Headers, MessagePart, NoAnswer, Outcome,
        Request, Response,
    },
};

/// A message of an example as an exchange: the other part is as it should be.
fn exchange(text: &str) -> (MessagePart, Exchange) {
    let (head, body) = text.split_once("\n\n").unwrap_or((text.trim_end(), ""));
    let mut lines = head.lines();
    let first: Vec<&str> = lines.next().expect("a first line").split(' ').collect();
    let headers: Headers = lines
        .map(|line| line.split_once(": ").expect("a field"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let body = Body::whole(Bytes::from(bytes(body)));
    let empty = || (Headers::new(), Body::default());
    let (part, request, outcome) = if first[0] == "HTTP/1.1" {
        let status = first[1].parse().expect("a status");
        (MessagePart::Response, empty(), Outcome::Answer(Response { status, headers, body }))
    } else {
        let detail = "nobody answers in an example".to_owned();
        (MessagePart::Request, (headers, body), Outcome::NoAnswer(NoAnswer::Dns { detail }))
    };
    let url = if part == MessagePart::Request { first[1] } else { "/orders?limit=1" };
    let exchange = Exchange {
        integration: "acme.orders".to_owned(),
        operation: "POST /orders".to_owned(),
        direction: Direction::Outbound,
        request: Request {
            method: "POST".to_owned(),
            url: url.to_owned(),
            headers: request.0,
            body: request.1,
        },
        attempts: vec![Attempt::ended(1, outcome)],
    };
    (part, exchange)
}

/// A body whose `\xHH` are bytes.
fn bytes(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut parts = text.split("\\x");
    bytes.extend(parts.next().unwrap_or_default().bytes());
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).expect("two hex digits"));
        bytes.extend(part[2..].bytes());
    }
    bytes
}

fn found(contract: &Contract, exchange: &Exchange, from: DescribedFrom) -> Vec<Finding> {
    let operation = &contract.operations[0];
    let tolerances = Tolerances { described_from: from, ..Tolerances::default() };
    let tolerances = tolerances.with_declared(contract).expect("right declarations");
    check(contract, operation, exchange, &tolerances)
}

fn each(mut judge: impl FnMut(&'static Rule, &Contract)) {
    for rule in RULES {
        let contract = read_text(&rule.example.document());
        judge(rule, &contract.unwrap_or_else(|problems| panic!("{}: {problems:#?}", rule.name)));
    }
}

#[test]
fn each_rule_is_broken_by_its_example_and_by_nothing_else() {
    each(|rule, contract| {
        let (part, bad) = exchange(rule.example.bad);
        assert!(rule.parts.contains(&part), "{}", rule.name);
        for from in [DescribedFrom::Partner, DescribedFrom::Us] {
            let polarity = contract.operations[0].polarity(part, from);
            let side = rule.side(polarity);
            let told: Vec<_> = found(contract, &bad, from)
                .into_iter()
                .map(|f| (f.rule, f.class, f.help))
                .collect();
            let expected: Vec<_> = side
                .class
                .map(|class| (rule.id(part), class, side.help.to_owned()))
                .into_iter()
                .collect();
            // What we send in a broken form is only unreadable.
            let told_as_unreadable = rule.name == "body.malformed" && polarity == Polarity::Written;
            if told_as_unreadable {
                assert_eq!(told[0].0, "response.body.unreadable");
            } else {
                assert_eq!(told, expected, "{} {from:?}", rule.name);
            }
        }
    });
}

#[test]
fn no_example_of_a_rule_mended_breaks_any() {
    each(|rule, contract| {
        let (_, good) = exchange(rule.example.good);
        for from in [DescribedFrom::Partner, DescribedFrom::Us] {
            assert_eq!(found(contract, &good, from), [], "{} {from:?}", rule.name);
        }
    });
}

#[test]
fn the_table_is_sorted_and_whole() {
    assert!(RULES.is_sorted_by(|a, b| a.name < b.name));
    for entry in RULES {
        let name = entry.name;
        assert!(entry.doc.ends_with('.') && !entry.source.is_empty(), "{name}");
        for side in [entry.read, entry.written] {
            assert_eq!(side.class.is_none(), side.help.is_empty(), "{name}");
            assert!(!side.help.ends_with('.'), "{name}");
        }
        assert_eq!(rule(name), Some(*entry));
        for part in [MessagePart::Request, MessagePart::Response] {
            let judged = entry.parts.contains(&part);
            assert_eq!(rule(&entry.id(part)).is_some(), judged, "{name} {part:?}");
        }
    }
    assert_eq!(rule("response.body.color"), None);
}
