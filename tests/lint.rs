//! Each rule of `probe check` is broken by its own example, with the exact
//! message beside it in `lint/`, and not by the mended one; the page that shows
//! the examples is made from the same table.
//!
//! `UPDATE_EXPECTED=1 cargo test --test lint` writes messages and page anew;
//! read the difference before it is committed.

#[expect(dead_code, reason = "each of these binaries uses its own part of what they share")]
mod common;

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use common::fixture::Fixture;
use probe::{
    catalog::{
        Catalog, Day, Workspace,
        lint::{Level, RULES, Shown, Stage, markdown},
    },
    contract::{
        self,
        source::{Files, Source},
    },
    evidence::{Diagnostic, Severity},
    report::render_rule,
    run::{self, Against, Request},
};

/// A day on which the fixture is right.
const TODAY: &str = "2026-11-20";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What a check finds in the fixture with the files of an example. Of a record the example shows
/// the lines in question: they take the place of the same keys, and `beside` names keys to take
/// out. A file of `git:main:` is what was at the revision of `--against`. Afterwards the fixture is what it was.
fn found(fixture: &Fixture, files: &[Shown], beside: &[Shown]) -> (String, bool) {
    let before: Vec<Option<String>> = files
        .iter()
        .map(|shown| fs::read_to_string(fixture.root().join(shown.file)).ok())
        .collect();
    let mut earlier = BTreeMap::new();
    for Shown { file, text } in files {
        if let Some(path) = file.strip_prefix("git:main:contracts/") {
            let (id, _) = path.rsplit_once('/').expect("a document in its folder");
            let was = contract::read(id, Source::new(*file, *text), &Alone);
            earlier.insert(id.to_owned(), was);
            continue;
        }
        if file.starts_with("catalog/acme.parcels") || !file.starts_with("catalog/") {
            fixture.put(file, text);
            continue;
        }
        let base = if file.contains("memos") { "acme.notes" } else { "acme.orders" };
        let whole = fixture.read(&format!("catalog/{base}.yaml"));
        let other = beside.iter().filter(|shown| shown.file == *file).map(|shown| shown.text);
        let taken_out: Vec<&str> = other.chain([*text]).flat_map(keys).collect();
        fixture.put(file, &merged(text, &whole, &taken_out));
    }
    let against = Against { revision: "main".to_owned(), earlier };
    let found = checked(fixture, Some(&against));
    for (Shown { file, .. }, before) in files.iter().zip(before) {
        match before {
            None if file.starts_with("git:") => {}
            Some(text) => fixture.put(file, &text),
            None => fs::remove_file(fixture.root().join(file)).expect("it was put"),
        }
    }
    found
}

/// A document that refers to no other.
struct Alone;

impl Files for Alone {
    fn read(&self, path: &str) -> Result<Source, Diagnostic> {
        Err(Diagnostic::error(format!("there is no {path}")))
    }
}

/// Blocks of a YAML text by their keys: lines that begin at an indentation, with those below.
fn blocks(text: &str, indent: usize) -> Vec<(&str, String)> {
    let mut blocks: Vec<(&str, String)> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let begins =
            line.len() - line.trim_start().len() == indent && !line.trim_start().starts_with('-');
        match blocks.last_mut() {
            Some((_, block)) if !begins => block.extend([line, "\n"]),
            _ => {
                let key = line.trim_start().split(": ").next().unwrap_or_default();
                blocks.push((key.trim_end_matches(':'), format!("{line}\n")));
            }
        }
    }
    blocks
}

/// The keys that a text says, two deep where a block stands below one: `owner`, `about.runbook`.
fn keys(text: &'static str) -> Vec<&'static str> {
    let mut keys: Vec<&str> = Vec::new();
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        if indent <= 2 && !line.trim_start().starts_with('-') {
            keys.push(line.split(": ").next().unwrap_or_default().trim_end_matches(':'));
        }
    }
    keys
}

/// A text over a whole one, without what `taken_out` names there.
fn merged(text: &str, whole: &str, taken_out: &[&str]) -> String {
    let mut result = String::new();
    let mut said = Vec::new();
    for (key, block) in blocks(text, 0) {
        result += &block;
        said.push(key);
        let open = block.starts_with(&format!("{key}:\n"));
        let below = blocks(whole, 0).into_iter().find(|(other, _)| *other == key && open);
        let rest = below.map(|(_, rest)| rest).unwrap_or_default();
        let rest = rest.split_once('\n').map(|(_, rest)| rest.to_owned()).unwrap_or_default();
        for (inner, block) in blocks(&rest, 2) {
            if !taken_out.contains(&format!("  {inner}").as_str()) {
                result += &block;
            }
        }
    }
    for (key, block) in blocks(whole, 0) {
        if !said.contains(&key) && !taken_out.contains(&key) {
            result += &block;
        }
    }
    result
}

/// What a check finds, as `probe check` prints it, and whether there are errors.
fn checked(fixture: &Fixture, against: Option<&Against>) -> (String, bool) {
    let workspace = Workspace::load(fixture.root()).expect("the settings are right");
    let catalog = Catalog::load(&workspace).expect("the records are right");
    let today = Day::parse(TODAY).expect("a day");
    let checked = run::check(&workspace, &catalog, Request::all_in_mock(), today, against);
    assert_eq!(checked.broken, []);
    let findings = checked.findings.iter();
    let said = findings.map(|f| render_rule(&f.message, f.rule.id, false) + "\n\n").collect();
    let errors = checked.findings.iter().any(|f| f.message.severity == Severity::Error);
    (said, errors)
}

#[test]
fn the_fixture_is_right() {
    assert_eq!(checked(&Fixture::new(), None), (String::new(), false));
}

#[test]
fn each_rule_is_broken_by_its_example_and_by_nothing_else() {
    let fixture = Fixture::new();
    // The version before, for the examples that name one.
    fixture.put("contracts/shop/orders/v0/README.md", "");
    let mut wrong = String::new();
    for rule in RULES {
        let example = &rule.example;
        let (said, errors) = found(&fixture, example.bad, example.good);
        let title = format!("{}[{}]: ", rule.level.word(), rule.id);
        let is_title = |line: &&str| line.starts_with("error") || line.starts_with("warning");
        let titles: Vec<&str> = said.lines().filter(is_title).collect();
        if titles.len() != 1 || !titles[0].starts_with(&title) {
            let _ = write!(wrong, "{} is not broken alone:\n{said}\n", rule.id);
        }
        if errors != (rule.level == Level::Error) {
            let _ = writeln!(wrong, "{} has another level than its finding", rule.id);
        }
        let beside = root().join(format!("tests/lint/{}.txt", rule.id));
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            fs::create_dir_all(beside.parent().expect("a folder")).expect("a folder");
            fs::write(&beside, &said).expect("a file");
        } else if fs::read_to_string(&beside).unwrap_or_default() != said {
            let _ = write!(wrong, "{}: another message than expected\n{said}\n", rule.id);
        }
        let (said, _) = found(&fixture, example.good, example.bad);
        if !said.is_empty() {
            let _ = write!(wrong, "{} mended still finds\n{said}\n", rule.id);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn each_message_belongs_to_a_rule() {
    for entry in fs::read_dir(root().join("tests/lint")).expect("a folder") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        let id = name.trim_end_matches(".txt");
        assert!(RULES.iter().any(|rule| rule.id == id), "{name} is the message of no rule");
    }
}

#[test]
fn the_page_shows_the_rules_as_they_are() {
    let page = root().join("docs/lint.md");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(&page, markdown()).expect("a file");
    }
    let kept = fs::read_to_string(&page).unwrap_or_default();
    assert!(kept == markdown(), "docs/lint.md is out of date");
}

/// Nothing in any record changes, only the day does.
#[test]
fn what_comes_up_with_time_alone_is_no_error() {
    let fixture = Fixture::new();
    let later = fixture.probe(&["check", "--today", "2031-01-01"]);
    let titles: Vec<&str> = later
        .err
        .lines()
        .filter(|line| line.starts_with("warning[") || line.starts_with("error"))
        .collect();
    let expected = [
        "warning[excuse-expired]: the excuse for `server-error` has expired",
        "warning[waiver-expired]: the waiver of #/components/schemas/Order has expired",
        "warning[excuse-expired]: the excuse for `timeout` has expired",
        "warning[secret-rotation-overdue]: env:ACME_KEY is older than `acme.orders` allows",
        "warning[review-stale]: `acme.orders` was not reviewed in this sprint",
    ];
    assert_eq!(titles, expected);
    assert_eq!(later.code, Some(0));
    assert_eq!(
        later.out.lines().last(),
        Some("ok: 4 scenarios over 2 integrations; 5 warnings; nothing was sent")
    );
    assert_eq!(fixture.probe(&["check", "--strict", "--today", "2031-01-01"]).code, Some(1));
    fixture.put(
        "probe.toml",
        "[check]\nstrict = true\nsprint = \"9999 days\"\n[environments]\n\
        sandbox = { class = \"test\" }\nproduction = { class = \"live\" }\n",
    );
    let strict = fixture.probe(&["check", "--today", "2031-01-01"]);
    assert_eq!(strict.code, Some(1));
    assert!(!strict.err.contains("review-stale"), "{}", strict.err);
    assert_eq!(strict.out.lines().last(), Some("4 warnings; nothing was sent"));
}

#[test]
fn drafts_and_retired_records_are_not_judged_and_beta_is_by_fewer_rules() {
    let found = |status: &str| {
        let fixture = Fixture::new();
        let record = format!(
            "status: {status}\ncontract: {{current: shop/orders/v1}}\nauth: {{scheme: none}}\n"
        );
        fixture.put("catalog/acme.orders.yaml", &record);
        fixture.put("features/acme.orders/orders.feature", "Feature: Orders\n\n  Scenario: It\n    When we call listOrders\n    Then the answer is 200\n");
        let (said, _) = checked(&fixture, None);
        said.matches("error[").count()
    };
    assert_eq!((found("draft"), found("retired")), (0, 0));
    let of = |stage: &[Stage]| {
        let judged = RULES.iter().filter(|rule| stage.contains(&rule.from));
        let missing =
            judged.filter(|rule| rule.level == Level::Error && rule.id.ends_with("-missing"));
        // All scenarios are there; of people two lines are missing.
        missing.count() - 1
    };
    // Then there are the guard, what was before, and the data about persons.
    assert_eq!(found("beta"), of(&[Stage::Beta]) + 1);
    assert_eq!(found("ga"), of(&[Stage::Beta, Stage::Ga]) + 1 + 3);
    assert_eq!(found("degraded"), found("ga"));
}

/// One that reads by its record and writes by what a body says may come twice as well.
#[test]
fn what_writes_sometimes_needs_a_guard_too() {
    let fixture = Fixture::new();
    let record = "catalog/acme.orders.yaml";
    let with = |settings: &str| {
        let old = "createOrder: {idempotency: {header: Idempotency-Key}, undo: cancelOrder, timeout: 20 s}";
        fixture.replace(record, old, &format!("createOrder: {settings}"));
        let (said, _) = checked(&fixture, None);
        fixture.replace(record, &format!("createOrder: {settings}"), old);
        said.matches("error[write-unguarded]").count()
    };
    assert_eq!(with("{effect: reads}"), 0);
    assert_eq!(with("{effect: reads, writes_if: {at: $.amount, contains: '2'}}"), 1);
    assert_eq!(
        with("{effect: reads, writes_if: {at: $.amount, contains: '2'}, idempotency: built_in}"),
        0
    );
}
