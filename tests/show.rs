//! `probe list` and `probe show` in a small workspace, to the letter.
//!
//! `INSTA_UPDATE=always cargo test --test show` writes the texts anew.

#[expect(dead_code, reason = "each of these binaries uses its own part of what they share")]
mod common;

use common::fixture::{Fixture, Said};
use unicode_width::UnicodeWidthStr as _;

fn right(said: Said) -> String {
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{}", said.out);
    said.out
}

fn narrow(text: &str) {
    for line in text.lines() {
        assert!(line.width() <= 80 && line.trim_end() == line, "{line}");
    }
}

#[test]
fn all_integrations_are_listed() {
    let fixture = Fixture::new();
    let table = right(fixture.probe(&["list"]));
    narrow(&table);
    insta::assert_snapshot!("list", table);
    insta::assert_snapshot!(
        "list_markdown",
        right(fixture.probe(&["list", "--format", "markdown"]))
    );
    insta::assert_snapshot!("list_json", right(fixture.probe(&["list", "--format", "json"])));
}

#[test]
fn proofs_are_told_apart_from_claims() {
    let fixture = Fixture::new();
    let modes = |fixture: &Fixture| -> String {
        let list = right(fixture.probe(&["list"]));
        let line = list.lines().find(|line| line.starts_with("acme.orders")).expect("a line");
        line.split_once("3  ").expect("a count").1.to_owned()
    };
    assert_eq!(modes(&fixture), "1 claimed, 1 excused");
    let head = "| integration | failure mode | scenario |\n|---|---|---|\n";
    fixture.put("docs/proofs.md", head);
    assert_eq!(modes(&fixture), "1 claimed (0 proven), 1 excused");
    let row =
        "| acme.orders | rate-limit | acme.orders/orders.feature::Throttling is waited out |\n";
    fixture.put("docs/proofs.md", &format!("{head}{row}"));
    assert_eq!(modes(&fixture), "1 claimed (1 proven), 1 excused");
    let page = right(fixture.probe(&["show", "acme.orders"]));
    assert!(page.contains("\n  rate-limit          the partner throttles us; proven\n"), "{page}");
    fixture.replace("features/acme.orders/orders.feature", "@failure:rate-limit ", "");
    assert_eq!(modes(&fixture), "0 claimed (0 proven), 1 excused, 1 open");
}

#[test]
fn an_integration_is_shown_on_one_page() {
    let fixture = Fixture::new();
    let text = right(fixture.probe(&["show", "acme.orders"]));
    narrow(&text);
    insta::assert_snapshot!("show", text);
    let markdown = right(fixture.probe(&["show", "acme.orders", "--format", "markdown"]));
    insta::assert_snapshot!("show_markdown", markdown);
    let json = right(fixture.probe(&["show", "acme.orders", "--format", "json"]));
    insta::assert_snapshot!("show_json", json);
}

#[test]
fn the_record_is_shown_as_it_stands_somewhere() {
    let fixture = Fixture::new();
    let record = "catalog/acme.orders.yaml";
    fixture.replace(
        record,
        "  sandbox: {base_url: https://sandbox.acme.example}\n",
        "  sandbox: {base_url: https://sandbox.acme.example, override: {timeout: 20 s}}\n",
    );
    let text = fixture.read(record)
        + "instances:\n  berlin:\n    about: {support: the shop of Berlin}\n    \
        override: {auth: {scheme: basic, user: env:BERLIN}}\n";
    fixture.put(record, &text);
    let page = |more: &[&str]| right(fixture.probe(&[&["show", "acme.orders"], more].concat()));
    let by_itself = page(&[]);
    assert!(by_itself.contains("\n  timeout    10 s\n"), "{by_itself}");
    assert!(by_itself.contains("\n  instances     berlin\n"), "{by_itself}");
    let sandbox = page(&["--env", "sandbox"]);
    assert!(sandbox.contains("\nAs the record stands in sandbox.\n"), "{sandbox}");
    assert!(sandbox.contains("\n  timeout    20 s\n"), "{sandbox}");
    let berlin = page(&["--env", "production", "--instance", "berlin"]);
    assert!(berlin.contains("\nAs the record stands in production for berlin.\n"), "{berlin}");
    assert!(berlin.contains("  basic, user env:BERLIN, no password\n"), "{berlin}");
    assert!(berlin.contains("  the shop of Berlin\n"), "{berlin}");
    assert_eq!(page(&["--instance", "acme.notes=oslo"]), by_itself);
    let json = page(&["--env", "sandbox", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(
        (&json["environment"], &json["record"]["timeout"]),
        (&"sandbox".into(), &"20 s".into())
    );
}

#[test]
fn a_record_that_says_little_makes_a_short_page() {
    let fixture = Fixture::new();
    fixture.put("catalog/acme.notes.yaml", "status: draft\ncontract: {current: shop/notes/v1}\n");
    insta::assert_snapshot!("show_short", right(fixture.probe(&["show", "acme.notes"])));
}

/// At night the record counts, whatever somebody broke in the evening.
#[test]
fn broken_features_hide_no_record() {
    let fixture = Fixture::new();
    fixture.put("features/acme.notes/broken.feature", "Feature\n");
    fixture.put("contracts/shop/orders/v1/openapi.yaml", "{");
    for (arguments, expected) in [
        (&["show", "acme.orders"][..], "\n  responder          shop on call\n"),
        (&["show", "acme.orders"], "; unknown\n"),
        (&["show", "acme.orders"], "\n  document  cannot be read; see `probe check`\n"),
        (&["list"], "-  not known, 1 excused\n"),
    ] {
        let said = fixture.probe(arguments);
        assert_eq!(said.code, Some(0), "{}", said.err);
        assert!(
            said.err.starts_with("warning: the scenarios are not known, for files are broken\n"),
            "{}",
            said.err
        );
        assert!(said.out.contains(expected), "{}", said.out);
    }
    let json = fixture.probe(&["show", "acme.orders", "--format", "json"]).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((json.get("scenarios"), json.get("contract")), (None, None));
    assert_eq!(json["failure_modes"][0]["state"], "unknown");
}

#[test]
fn no_secret_and_no_control_character_is_shown() {
    let fixture = Fixture::new();
    fixture.replace("catalog/acme.orders.yaml", "owner: shop", "owner: \"sh\\e[31mop\\a\"");
    for arguments in
        [&["list"][..], &["show", "acme.orders"], &["show", "acme.orders", "--format", "markdown"]]
    {
        let out = right(fixture.probe(arguments));
        assert!(out.contains("shop␇") && !out.contains('\u{1b}'), "{out}");
    }
}

#[test]
fn wide_names_keep_the_columns() {
    let fixture = Fixture::new();
    fixture.replace("catalog/acme.notes.yaml", "owner: shop", "owner: 決済チーム");
    let list = right(fixture.probe(&["list"]));
    let column = |line: &str, word: &str| line.find(word).map(|at| line[..at].width());
    let lines: Vec<&str> = list.lines().collect();
    let low = column(lines[1], "low");
    assert_eq!(low, column(lines[0], "criticality"));
    assert_eq!(low, column(lines[3], "high"));
}
