//! `probe contract` in a small workspace, to the letter.
//!
//! `INSTA_UPDATE=always cargo test --test contract` writes the texts anew.

#[expect(dead_code, reason = "each of these binaries uses its own part of what they share")]
mod common;

use common::fixture::{Fixture, Said};
use unicode_width::UnicodeWidthStr as _;

fn right(said: Said) -> String {
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{}", said.out);
    for line in said.out.lines() {
        assert!(line.trim_end() == line, "{line}");
    }
    said.out
}

fn narrow(text: String) -> String {
    for line in text.lines() {
        assert!(line.width() <= 80, "{line}");
    }
    text
}

#[test]
fn what_a_contract_promises_is_shown() {
    let fixture = Fixture::new();
    let show = |more: &[&str]| right(fixture.probe(&[&["contract", "show"], more].concat()));
    insta::assert_snapshot!("contract_list", narrow(show(&[])));
    insta::assert_snapshot!("contract_list_json", show(&["--format", "json"]));
    insta::assert_snapshot!("contract", narrow(show(&["shop/orders/v1"])));
    insta::assert_snapshot!("operation", narrow(show(&["shop/orders/v1", "createOrder"])));
    let json = show(&["shop/orders/v1", "createOrder", "--format", "json"]);
    insta::assert_snapshot!("operation_json", json);
    let document = "contracts/shop/orders/v1/openapi.yaml";
    let by_id = show(&["shop/orders/v1"]);
    assert_eq!(show(&[document]), by_id.replace("shop/orders/v1, ", ""));
    let folder = "contracts/shop/orders/v1";
    assert_eq!(show(&[folder]), by_id.replace("shop/orders/v1, ", &format!("{folder}, ")));
}

#[test]
fn a_contract_that_is_not_there_is_told() {
    let fixture = Fixture::new();
    let said = fixture.probe(&["contract", "show", "shop/order/v1"]);
    assert_eq!((said.code, said.out.as_str()), (Some(2), ""));
    insta::assert_snapshot!("contract_unknown", said.err);
    let said = fixture.probe(&["contract", "show", "shop/orders/v1", "creatOrder"]);
    assert_eq!((said.code, said.out.as_str()), (Some(2), ""));
    insta::assert_snapshot!("operation_unknown", said.err);
}

#[test]
fn messages_are_made() {
    let fixture = Fixture::new();
    let made = |more: &[&str]| {
        let operation = ["contract", "examples", "shop/orders/v1", "createOrder"];
        right(fixture.probe(&[&operation[..], more].concat()))
    };
    insta::assert_snapshot!("examples_minimal", made(&["--minimal"]));
    assert_eq!(made(&["--full"]), made(&[]), "full is the default");
    assert_eq!(made(&["--boundary"]), made(&["--boundary"]), "a seed makes the same");
    assert_ne!(made(&["--boundary"]), made(&["--boundary", "--seed", "2"]));
    insta::assert_snapshot!("examples_negative", made(&["--negative", "--format", "text"]));
    let mutants: serde_json::Value = serde_json::from_str(&made(&["--mutants"])).expect("JSON");
    let mutants = mutants.as_array().expect("a list");
    let of = |class: &str| mutants.iter().filter(|mutant| mutant["class"] == class).count();
    assert!(of("breaking") > of("additive") && of("additive") > 0, "{mutants:#?}");
    assert!(mutants.iter().all(|mutant| mutant["status"].is_u64() && mutant["part"] == "answer"));
}

#[test]
fn drift_is_measured() {
    let fixture = Fixture::new();
    let text = right(fixture.probe(&["contract", "drift", "acme.orders"]));
    insta::assert_snapshot!("drift", text);
    // All integrations, the one, and whoever uses the contract: the same in this workspace.
    assert_eq!(right(fixture.probe(&["contract", "drift", "shop/orders/v1"])), text);
    let said = fixture.probe(&["contract", "drift", "acme.orders", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
    for operation in json["contracts"][0]["operations"].as_array().expect("operations") {
        assert_eq!(operation["seen_by_check"], operation["for_the_check"]);
        assert_eq!(operation["missed"], serde_json::json!([]));
    }
    insta::assert_snapshot!(
        "mutations",
        narrow(right(fixture.probe(&["contract", "drift", "--mutations"])))
    );
}

/// A sentence that is written as it was advised to takes its place off the list.
#[test]
fn the_advised_sentence_catches_what_it_is_for() {
    let fixture = Fixture::new();
    let document = "contracts/shop/orders/v1/openapi.yaml";
    let members = "properties: {id: {type: string}, amount: {type: integer}";
    fixture.replace(document, members, &format!("{members}, note: {{type: string}}"));
    fixture.replace(
        document,
        "example: {id: or_1, amount: 2000",
        "example: {id: or_1, amount: 2000, note: a",
    );
    let survivors = || -> Vec<serde_json::Value> {
        let said = fixture.probe(&["contract", "drift", "acme.orders", "--format", "json"]);
        let json: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
        let operations = json["contracts"][0]["operations"].as_array().expect("operations");
        operations.iter().flat_map(|o| o["survivors"].as_array().unwrap().clone()).collect()
    };
    let reached = |survivor: &&serde_json::Value| {
        survivor["reached"] == true && survivor["answers"][0] == "201"
    };
    let before = survivors();
    let first = before.iter().find(reached).expect("a place that a scenario gets to");
    let sentence = first["sentence"].as_str().expect("a sentence");
    fixture.put(
        "features/acme.orders/watch.feature",
        &format!(
            "Feature: Watch\n\n  Scenario: What was advised\n    When we call createOrder with\n      \
             | amount | 2000 |\n    Then the answer is 201\n    {sentence}\n"
        ),
    );
    let after = survivors();
    assert!(after.len() < before.len(), "{sentence}: {before:#?}\n{after:#?}");
    assert!(!after.contains(first), "{sentence}");
}
