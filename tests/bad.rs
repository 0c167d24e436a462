//! One mistake at a time, and beside it the exact message that a person gets.
//!
//! Files that one room reads stand alone, with their message in a `.txt`. What
//! only the whole program sees is a folder in `bad/binary`: its files replace
//! those of `bad/template`, and its `session.txt` tells what was typed, what
//! came on stderr, and the exit code. Nothing may have been sent then.
//!
//! `UPDATE_EXPECTED=1 cargo test --test bad` writes the messages anew; read the
//! difference before it is committed.

#[path = "bad/edges.rs"]
mod edges;
#[path = "bad/session.rs"]
mod session;

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use probe::{
    catalog::{Catalog, Workspace},
    contract::source::Source,
    evidence::Diagnostic,
    report::render,
};

const SETTINGS: &str =
    "[environments]\nsandbox = { class = \"test\" }\nproduction = { class = \"live\" }\n";

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
        Catalog::load(&workspace).err().unwrap_or_default()
    });
}

#[test]
fn source() {
    each("source", "json", |text| {
        Source::new("contracts/a/b/v1/openapi.json", text).parse().err().into_iter().collect()
    });
}

/// What only the binary sees: each folder is one mistake in a right workspace.
#[test]
fn binary() {
    let mut told = Told::default();
    let mut cases: Vec<PathBuf> = entries(&folder("binary"));
    cases.retain(|path| path.is_dir());
    for case in cases {
        let session = case.join("session.txt");
        let expected = fs::read_to_string(&session).unwrap_or_default();
        match session::play(&folder("template"), &case, &expected) {
            Ok(said) => told.compare(&session, &said),
            Err(why) => told.wrong(&session, &why),
        }
    }
    told.end(40);
}

/// The template itself is right: every message comes from the one mistake.
#[test]
fn template() {
    let said = session::play(&folder("template"), &folder("template"), "$ probe check\n");
    assert_eq!(said.as_deref(), Ok("$ probe check\nexit code 0\n"));
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad").join(name)
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder of bad files");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths
}

fn put(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs::write(path, text).expect("a file");
}

/// Compares the messages for each file of a folder with the text beside it.
fn each(name: &str, ending: &str, judge: impl Fn(&str) -> Vec<Diagnostic>) {
    let mut told = Told::default();
    for path in entries(&folder(name)) {
        if path.extension().is_none_or(|found| found != ending) {
            assert!(path.with_extension(ending).exists(), "{} has no file", path.display());
            continue;
        }
        let problems = judge(&fs::read_to_string(&path).expect("text"));
        assert!(!problems.is_empty(), "{} is not refused", path.display());
        let said: Vec<String> =
            problems.iter().map(|problem| render(problem, false) + "\n").collect();
        told.compare(&path.with_extension("txt"), &said.join("\n"));
    }
    told.end(1);
}

/// What was compared so far.
#[derive(Default)]
struct Told {
    seen: usize,
    wrong: String,
}

impl Told {
    fn compare(&mut self, beside: &Path, said: &str) {
        self.seen += 1;
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            fs::write(beside, said).expect("a file");
        } else if fs::read_to_string(beside).unwrap_or_default() != said {
            self.wrong(beside, said);
        }
    }

    fn wrong(&mut self, beside: &Path, said: &str) {
        writeln!(self.wrong, "{}:\n{said}", beside.display()).expect("a string takes everything");
    }

    fn end(self, least: usize) {
        assert!(self.wrong.is_empty(), "other messages than expected:\n{}", self.wrong);
        assert!(self.seen >= least, "only {} bad files", self.seen);
    }
}
