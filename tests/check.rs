//! `probe check` in a small workspace: what it prints, the baseline that only
//! gets shorter, and the document for machines.
//!
//! `INSTA_UPDATE=always cargo test --test check` writes the texts anew.

#[expect(dead_code, reason = "each of these binaries uses its own part of what they share")]
mod common;

use common::fixture::{Fixture, Said};

const DAY: [&str; 2] = ["--today", "2026-11-20"];

/// The fixture with two findings: no dashboards, and a write without a guard.
fn lacking() -> Fixture {
    let fixture = Fixture::new();
    let record = "catalog/acme.orders.yaml";
    fixture.replace(record, "  dashboards:\n    calls: https://grafana.example/d/acme\n", "");
    fixture.replace(record, "idempotency: {header: Idempotency-Key}, ", "");
    fixture
}

fn check(fixture: &Fixture, more: &[&str]) -> Said {
    fixture.probe(&[&["check"], &DAY[..], more].concat())
}

fn last(said: &Said) -> &str {
    said.out.lines().last().unwrap_or_default()
}

#[test]
fn what_is_found_is_told_with_rule_and_place() {
    let said = check(&lacking(), &[]);
    assert_eq!(said.code, Some(1));
    insta::assert_snapshot!(format!("{}---\n{}", said.err, said.out));
}

#[test]
fn a_baseline_holds_what_is_known_and_only_gets_shorter() {
    let fixture = lacking();
    let known = ["--baseline", "known.yaml"];
    let update = ["--baseline", "known.yaml", "--update-baseline"];

    let written = check(&fixture, &update);
    assert_eq!((written.code, written.err.as_str()), (Some(0), ""));
    let closing =
        "ok: 4 scenarios over 2 integrations; 2 findings held by known.yaml; nothing was sent";
    assert_eq!(last(&written), closing);
    let first = fixture.read("known.yaml");
    let lines: Vec<&str> = first.lines().filter(|line| !line.starts_with('#')).collect();
    let expected = [
        "count: 2",
        "findings:",
        "  - {subject: \"acme.orders\", rule: dashboard-missing, at: \"/about/dashboards\"}",
        "  - {subject: \"acme.orders\", rule: write-unguarded, at: \"createOrder\"}",
    ];
    assert_eq!(lines, expected);

    let held = check(&fixture, &known);
    assert_eq!((held.code, held.err.as_str(), last(&held)), (Some(0), "", closing));

    // A new one fails, and an update does not take it in.
    fixture.replace("catalog/acme.orders.yaml", "owner: shop\n", "");
    for more in [&known[..], &update[..]] {
        let new = check(&fixture, more);
        assert_eq!(new.code, Some(1));
        assert!(
            new.err.starts_with("error[owner-missing]: `acme.orders` has no `owner`\n"),
            "{}",
            new.err
        );
        assert_eq!(new.err.matches("error").count(), 1);
        assert_eq!(last(&new), "1 error; 2 findings held by known.yaml; nothing was sent");
        assert_eq!(fixture.read("known.yaml"), first);
    }

    // A line above moves nothing; what is mended is told, then taken out.
    let record = fixture
        .read("catalog/acme.orders.yaml")
        .replace("undo: cancelOrder", "idempotency: built_in");
    fixture.put("catalog/acme.orders.yaml", &format!("# Moved.\n\nowner: shop\n{record}"));
    let mended = check(&fixture, &known);
    assert_eq!((mended.code, mended.err.as_str()), (Some(0), ""));
    assert!(
        mended.out.contains(
            "\nmended since the baseline was written:\n  write-unguarded  acme.orders  createOrder\n\
             take it out with --update-baseline, so that it cannot come back unseen\n"
        ),
        "{}",
        mended.out
    );
    assert_eq!(fixture.read("known.yaml"), first, "nothing is written without being asked for");
    let shorter = check(&fixture, &update);
    assert!(shorter.out.contains("\ntook 1 mended finding out of known.yaml\n"), "{}", shorter.out);
    assert!(fixture.read("known.yaml").contains("count: 1\n"));
    fixture.replace("catalog/acme.orders.yaml", "idempotency: built_in", "undo: cancelOrder");
    assert_eq!(check(&fixture, &update).code, Some(1), "it came back");
}

#[test]
fn who_begins_with_many_findings_is_told_of_the_baseline() {
    let fixture = Fixture::new();
    let record = "contract: {current: shop/orders/v1}\n";
    fixture.put("catalog/acme.orders.yaml", record);
    let hint = "to hold what is known and fail for what is new: probe check --baseline known.yaml --update-baseline\n";
    let said = check(&fixture, &[]);
    assert_eq!(said.code, Some(1));
    assert!(said.out.contains(hint), "{}", said.out);
    assert!(!check(&lacking(), &[]).out.contains(hint));
}

#[test]
fn the_settings_may_name_the_baseline() {
    let fixture = lacking();
    let settings = fixture.read("probe.toml");
    fixture.put("probe.toml", &format!("{settings}\n[check]\nbaseline = \"docs/known.yaml\"\n"));
    let missing = check(&fixture, &[]);
    assert_eq!(missing.code, Some(2));
    assert_eq!(check(&fixture, &["--update-baseline"]).code, Some(0));
    // Also from below the workspace's root.
    let below = fixture.root().join("features");
    let below = below.to_str().expect("UTF-8");
    let said = check(&fixture, &["--workspace", below]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(last(&said).contains("; 2 findings held by docs/known.yaml;"), "{}", said.out);
}

#[test]
fn a_check_that_could_not_see_all_mends_nothing() {
    let fixture = lacking();
    let update = ["--baseline", "known.yaml", "--update-baseline"];
    assert_eq!(check(&fixture, &update).code, Some(0));
    let known = fixture.read("known.yaml");
    fixture.put("features/acme.orders/broken.feature", "Feature\n");
    let said = check(&fixture, &update);
    assert_eq!(said.code, Some(2));
    assert!(!said.out.contains("mended"), "{}", said.out);
    assert_eq!(fixture.read("known.yaml"), known);
    let fixture = lacking();
    fixture.put("features/acme.orders/broken.feature", "Feature\n");
    assert_eq!(check(&fixture, &update).code, Some(2));
    assert!(!fixture.root().join("known.yaml").exists());
}

#[test]
fn the_document_for_machines_says_the_same() {
    let fixture = lacking();
    let said = check(&fixture, &["--format", "json"]);
    assert_eq!((said.code, said.err.as_str()), (Some(1), ""));
    insta::assert_snapshot!(said.out);
    let held = check(&fixture, &["--format", "json", "--baseline", "k", "--update-baseline"]);
    let document: serde_json::Value = serde_json::from_str(&held.out).expect("JSON");
    assert_eq!((&document["held"], &document["exit_code"]), (&2.into(), &0.into()));
    assert_eq!(document["findings"], serde_json::json!([]));
}
