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
