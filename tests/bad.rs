//! One mistake per file, and beside it the exact message that a person gets.
//!
//! `UPDATE_EXPECTED=1 cargo test --test bad` writes the messages anew; read the
//! difference before it is committed.

use std::{fmt::Write, fs, path::Path};

use probe::{
    catalog::{Catalog, Workspace, lint},
    contract::source::Source,
    evidence::Diagnostic,
};

const SETTINGS: &str =
    "[environments]\nsandbox = { class = \"test\" }\nproduction = { class = \"live\" }\n";
const TODAY: &str = "2026-11-20";

#[test]
fn workspace() {
    each("workspace", "toml", |text| {
        let folder = tempfile::tempdir().expect("a folder");
        put(folder.path(), "probe.toml", text);
        Workspace::load(folder.path()).err().unwrap_or_default()
    });
}

#[test]
fn catalog() {
    each("catalog", "yaml", |text| {
        let folder = tempfile::tempdir().expect("a folder");
        put(folder.path(), "probe.toml", SETTINGS);
        put(folder.path(), "catalog/partner.api.yaml", text);
        let workspace = Workspace::load(folder.path()).expect("the settings are right");
        match Catalog::load(&workspace) {
            Err(problems) => problems,
            Ok(catalog) => lint(&catalog.integrations["partner.api"], TODAY),
        }
    });
}

#[test]
fn source() {
    each("source", "json", |text| {
        Source::new("contracts/a/b/v1/openapi.json", text).parse().err().into_iter().collect()
    });
}

fn put(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs::write(path, text).expect("a file");
}

/// Compares the messages for each file of a folder with the text beside it.
fn each(folder: &str, ending: &str, judge: impl Fn(&str) -> Vec<Diagnostic>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad").join(folder);
    let update = std::env::var_os("UPDATE_EXPECTED").is_some();
    let mut wrong = String::new();
    let mut seen = 0;
    for entry in fs::read_dir(&folder).expect("the folder of bad files") {
        let path = entry.expect("a file").path();
        if path.extension().is_none_or(|found| found != ending) {
            assert!(path.with_extension(ending).exists(), "{} has no file", path.display());
            continue;
        }
        seen += 1;
        let problems = judge(&fs::read_to_string(&path).expect("text"));
        let said = problems.iter().map(plain).collect::<Vec<_>>().join("\n");
        assert!(!said.is_empty(), "{} is not refused", path.display());
        let beside = path.with_extension("txt");
        if update {
            fs::write(&beside, &said).expect("a file");
        } else if fs::read_to_string(&beside).unwrap_or_default() != said {
            writeln!(wrong, "{}:\n{said}", path.display()).expect("a string takes everything");
        }
    }
    assert!(seen > 0, "no bad files in {}", folder.display());
    assert!(wrong.is_empty(), "other messages than expected:\n{wrong}");
}

/// A message in plain text: title, place, line, mark, expected and actual, help.
fn plain(problem: &Diagnostic) -> String {
    let mut text = format!("error: {}\n", problem.title);
    for mark in &problem.marks {
        let (place, label) = (&mark.place, &mark.label);
        let pad = " ".repeat(place.column as usize - 1);
        let carets = "^".repeat(place.length as usize);
        let marked = format!("  | {pad}{carets} {label}");
        text += format!("  --> {}:{}\n", place.file_line(), place.column).as_str();
        text += format!("  | {}\n{}\n", place.text, marked.trim_end()).as_str();
    }
    let facts = [("expected", &problem.expected), ("  actual", &problem.actual)];
    for (name, fact) in facts {
        if let Some(fact) = fact {
            text += format!("{name}: {fact}\n").as_str();
        }
    }
    for (name, lines) in [("    note", &problem.notes), ("    help", &problem.help)] {
        for line in lines {
            text += format!("{name}: {line}\n").as_str();
        }
    }
    text
}
