//! Holds `docs/record.md` against the decoder: each field that a record may have
//! stands there, nothing else does, and each example is one.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{Catalog, Choice, Workspace, written};
use crate::{
    contract::source::{Source, misfits},
    evidence::Diagnostic,
};

const PAGE: &str = include_str!("../../docs/record.md");
/// A key that no struct has.
const STRANGE: &str = "zzzz";

struct Row {
    kind: &'static str,
    meaning: &'static str,
    example: &'static str,
}

/// The rows of the page's tables by field.
fn rows() -> BTreeMap<&'static str, Row> {
    let mut rows = BTreeMap::new();
    for line in PAGE.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [field, kind, meaning, example] = cells[..] else { panic!("four cells: {line}") };
        let row = Row { kind, meaning, example: example.trim_matches('`') };
        assert!(rows.insert(field.trim_matches('`'), row).is_none(), "{field} stands twice");
    }
    rows
}

/// A record that says this value at a field and nothing else.
fn record(field: &str, value: Value) -> Value {
    let mut value = value;
    for name in field.rsplit('.').filter(|name| !name.is_empty()) {
        let (name, list) = name.strip_suffix("[]").map_or((name, false), |name| (name, true));
        if list {
            value = json!([value]);
        }
        value = Value::Object([(name.to_owned(), value)].into_iter().collect::<Map<_, _>>());
    }
    value
}

fn wrong(record: &Value) -> Vec<Diagnostic> {
    misfits::<written::Record>(record, &|_, _| None)
}

/// The keys, or words, that the decoder knows at a field; `None` where it is no mapping of its own.
fn known(field: &str) -> Option<BTreeSet<String>> {
    let told = wrong(&record(field, json!({STRANGE: 1})));
    let strange = format!("unknown key `{STRANGE}`");
    let told = told.into_iter().find(|problem| problem.title == strange)?;
    Some(quoted(told.help.first()?))
}

/// What stands in backticks.
fn quoted(text: &str) -> BTreeSet<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The names of the rows directly below a field.
fn below(rows: &BTreeMap<&str, Row>, field: &str) -> BTreeSet<String> {
    let names = rows.keys().filter_map(|row| {
        let rest = match field {
            "" => row,
            _ => row.strip_prefix(field)?.strip_prefix('.')?,
        };
        (!rest.contains('.')).then(|| rest.trim_end_matches("[]").to_owned())
    });
    names.collect()
}

#[test]
fn each_field_stands_on_the_page_and_nothing_else_does() {
    let rows = rows();
    // Mappings are rows themselves, or only what leads to others.
    let mut fields: BTreeSet<&str> = rows.keys().copied().collect();
    fields.insert("");
    for row in rows.keys() {
        fields.extend(row.match_indices('.').map(|(at, _)| &row[..at]));
    }
    for field in fields {
        let documented = below(&rows, field);
        let kind = rows.get(field).map_or("", |row| row.kind);
        // Words of a list are those of its items.
        let items = format!("{field}[]");
        let known = known(field).or_else(|| known(&items).filter(|_| !field.is_empty()));
        let Some(known) = known else { continue };
        let expected = match kind.strip_prefix("as ") {
            Some(other) => below(&rows, other.trim_matches('`')),
            None if documented.is_empty() && rows.keys().any(|row| row.starts_with(&items)) => {
                below(&rows, &items)
            }
            None if documented.is_empty() => quoted(kind),
            None => documented,
        };
        assert_eq!(known, expected, "the keys of `{field}` in the code, and on the page");
    }
}

/// The page's own example of a record and of what it shares.
#[test]
fn the_example_at_the_top_is_a_record() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("catalog")).expect("a folder");
    let settings =
        "[environments]\nsandbox = {class = \"test\"}\nproduction = {class = \"live\"}\n";
    std::fs::write(folder.path().join("probe.toml"), settings).expect("a file");
    for block in PAGE.split("```yaml\n# ").skip(1) {
        let (path, rest) = block.split_once('\n').expect("a path");
        let text = rest.split("```").next().expect("an end");
        std::fs::write(folder.path().join(path), text).expect("a file");
    }
    let workspace = Workspace::load(folder.path()).expect("the settings are right");
    let catalog = Catalog::load(&workspace).expect("the record is right");
    let choice = Choice { instances: vec!["berlin".to_owned()], settings: Vec::new() };
    let attempts = |environment, choice: &Choice| {
        let catalog = catalog.chosen(&workspace, environment, choice).expect("it is right");
        catalog.integrations["shop.orders"].retry.as_ref().map(|retry| retry.attempts)
    };
    assert_eq!(attempts("sandbox", &Choice::default()), None);
    assert_eq!(attempts("production", &choice), Some(3));
}

#[test]
fn each_row_has_an_example_that_fits() {
    for (field, row) in rows() {
        assert!(!row.kind.is_empty() && !row.meaning.is_empty(), "{field}");
        assert!(!row.meaning.ends_with('.'), "{field}");
        let example = Source::new("example.yaml", row.example).parse().expect(field);
        assert_eq!(wrong(&record(field, example)), [], "{field}: {}", row.example);
    }
}
