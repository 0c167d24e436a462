//! Keeps the house as ARCHITECTURE.md draws it: which room may import which,
//! and which file alone may name certain crates. It reads `src/` as text, so it
//! also sees what the compiler does not build: macros, other platforms, tests.
//!
//! `tests/architecture/*.rs.txt` are small wrong houses, each with the exact
//! messages that it must cause. The rules are never loosened; a change of the
//! plan is a decision record first.

use std::{
    fs,
    path::{Path, PathBuf},
};

#[path = "architecture/lexer.rs"]
mod lexer;
#[path = "architecture/rules.rs"]
mod rules;
#[path = "architecture/source.rs"]
mod source;

use rules::House;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Files below a folder with this ending, sorted.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder can be read") {
            let path = entry.expect("the entry can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn sources() -> Vec<(String, String)> {
    let name = |path: &Path| {
        let inner = path.strip_prefix(root()).expect("the file is in the repository");
        inner.to_string_lossy().replace('\\', "/")
    };
    files(&root().join("src"), ".rs")
        .iter()
        .map(|path| (name(path), fs::read_to_string(path).expect("a source is text")))
        .collect()
}

#[test]
fn the_house_keeps_its_plan() {
    let sources = sources();
    let house = House::new(sources.iter().map(|(file, text)| (file.as_str(), text.as_str())));
    let violations = house.violations();
    assert!(
        violations.is_empty(),
        "{} against the plan of the house (ARCHITECTURE.md):\n\n{}\n",
        violations.len(),
        violations.join("\n")
    );
}

/// A fixture: what it must cause, and the files that it consists of.
struct Fixture {
    name: String,
    fails: Vec<String>,
    files: Vec<(String, String)>,
}

fn fixtures() -> Vec<Fixture> {
    let read = |path: &PathBuf| {
        let text = fs::read_to_string(path).expect("a fixture is text");
        let mut fixture = Fixture {
            name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            fails: Vec::new(),
            files: Vec::new(),
        };
        for line in text.lines() {
            if let Some(message) = line.strip_prefix("//@ fails: ") {
                fixture.fails.push(message.to_owned());
            } else if let Some(file) = line.strip_prefix("//@ file: ") {
                fixture.files.push((file.to_owned(), String::new()));
            } else if let Some((_, text)) = fixture.files.last_mut() {
                text.push_str(line);
                text.push('\n');
            }
        }
        fixture
    };
    files(&root().join("tests/architecture"), ".rs.txt").iter().map(read).collect()
}

#[test]
fn each_wrong_house_is_found_out() {
    let fixtures = fixtures();
    assert!(fixtures.iter().filter(|f| !f.fails.is_empty()).count() >= 6);
    assert!(fixtures.iter().any(|f| f.fails.is_empty()));
    let mut wrong = Vec::new();
    for Fixture { name, fails, files } in &fixtures {
        let house = House::new(files.iter().map(|(file, text)| (file.as_str(), text.as_str())));
        let found = house.violations();
        if found != *fails {
            wrong.push(format!(
                "{name}\n  expected:\n    {}\n  found:\n    {}",
                fails.join("\n    "),
                found.join("\n    ")
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// What the papers point at has to be there. A room that has no file yet is
/// passed over.
#[test]
fn papers_name_files_that_exist() {
    let mut papers = vec![root().join("ARCHITECTURE.md"), root().join("CONTRIBUTING.md")];
    papers.extend(files(&root().join("docs/decisions"), ".md"));
    let mut missing = Vec::new();
    for paper in &papers {
        let text = fs::read_to_string(paper).expect("a paper is text");
        for named in text.split('`').filter(|word| word.starts_with("src/") && !word.contains('<'))
        {
            let room: PathBuf = named.split('/').take(2).chain(["mod.rs"]).collect();
            if !root().join(named).exists() && root().join(room).exists() {
                missing.push(format!("{}: {named}", paper.display()));
            }
        }
    }
    assert!(missing.is_empty(), "\n{}\n", missing.join("\n"));
}

/// Overlong files cannot stand as fixtures, so they are made here.
#[test]
fn length_is_counted_without_tests() {
    let line = "fn f() {}\n";
    let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", line.repeat(400));
    let short = format!("{}{tests}", line.repeat(600));
    let long = format!("{}{tests}", line.repeat(601));
    assert_eq!(House::new([("src/run/plan.rs", short.as_str())]).violations(), [""; 0]);
    assert_eq!(
        House::new([("src/run/plan.rs", long.as_str())]).violations(),
        ["src/run/plan.rs:1: 601 lines without tests: at most 600"]
    );
    let door = line.repeat(61);
    assert_eq!(
        House::new([("src/run/mod.rs", door.as_str())]).violations(),
        ["src/run/mod.rs:1: 61 lines of code in a door: at most 60"]
    );
}
