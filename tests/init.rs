//! A new user's first minutes: a workspace from nothing, and one from the
//! partner's OpenAPI document; both are checked and run as they are.

#[expect(dead_code, reason = "each of these binaries uses its own part of what they share")]
mod common;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use proptest::prelude::*;

/// The binary in a folder, with an empty environment: exit code, stdout, stderr.
fn probe(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_probe"));
    let Output { status, stdout, stderr } =
        command.args(arguments).env_clear().current_dir(folder).output().expect("it starts");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (status.code(), text(stdout), text(stderr))
}

/// Checks and runs a workspace: both must be green. Gives what the run printed.
fn green(folder: &Path) -> String {
    let (code, out, err) = probe(folder, &["check"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    let (code, out, err) = probe(folder, &["run"]);
    assert_eq!(code, Some(0), "{out}{err}");
    out
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut all: Vec<PathBuf> =
        paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect();
    all.sort();
    all
}

#[test]
fn a_workspace_from_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, out, err) = probe(folder.path(), &["init", "mine"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    insta::assert_snapshot!("made", out);
    let mine = folder.path().join("mine");
    let ran = green(&mine);
    assert!(ran.contains("PASSED: 3 passed of 3 scenarios"), "{ran}");
    // Each line that it printed is true: the files are there, and no others.
    let told: Vec<PathBuf> = out
        .lines()
        .filter_map(|line| line.strip_prefix("  "))
        .map(|path| mine.join(path))
        .filter(|path| path.is_file())
        .collect();
    let mut told = told;
    told.sort();
    let there = files(&mine).into_iter().filter(|path| !path.starts_with(mine.join("reports")));
    assert_eq!(told, there.collect::<Vec<_>>());
    let readme = fs::read_to_string(mine.join("README.md")).expect("a page");
    assert!(readme.lines().count() <= 12, "{readme}");
}

#[test]
fn a_workspace_with_a_name_and_one_more_integration() {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, out, _) = probe(folder.path(), &["init", ".", "--integration", "shop.carts"]);
    assert_eq!(code, Some(0));
    assert!(out.contains("\n  catalog/shop.carts.yaml\n"), "{out}");
    assert!(!out.contains("\n  cd "), "we are there already: {out}");
    let settings = fs::read(folder.path().join("probe.toml")).expect("settings");
    let (code, out, _) = probe(folder.path(), &["init", ".", "--integration", "shop.orders"]);
    assert_eq!(code, Some(0));
    assert!(!out.contains("probe.toml") && !out.contains("README.md"), "{out}");
    assert_eq!(fs::read(folder.path().join("probe.toml")).expect("settings"), settings);
    let ran = green(folder.path());
    assert!(ran.contains("PASSED: 6 passed of 6 scenarios"), "{ran}");
}

#[test]
fn a_repository_keeps_what_it_has() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("README.md"), "ours\n").expect("a file");
    fs::write(folder.path().join(".gitignore"), "/target/\n").expect("a file");
    let (code, out, _) = probe(folder.path(), &["init", "."]);
    assert_eq!(code, Some(0));
    assert!(out.contains("\nkept as it was: README.md\nkept as it was: .gitignore\n"), "{out}");
    assert!(out.contains("/reports/ belongs into it"), "{out}");
    assert_eq!(fs::read_to_string(folder.path().join("README.md")).expect("text"), "ours\n");
    green(folder.path());
}

/// Every contract that is shipped could be some user's document.
#[test]
fn from_the_partners_document() {
    let contracts = Path::new(env!("CARGO_MANIFEST_DIR")).join("contracts");
    let folder = tempfile::tempdir().expect("a folder");
    let documents = files(&contracts)
        .into_iter()
        .filter(|path| path.file_stem().is_some_and(|s| s == "openapi"));
    let mut count = 0;
    for (number, document) in documents.enumerate() {
        let id = format!("partner-{number}.api");
        let document = document.display().to_string();
        let (code, out, err) =
            probe(folder.path(), &["init", ".", "--integration", &id, "--from-openapi", &document]);
        assert_eq!((code, err.as_str()), (Some(0), ""), "{document}");
        assert!(out.contains(&format!("\noperations of {id}:\n")), "{out}");
        count = number + 1;
    }
    assert!(count >= 2);
    green(folder.path());
}

/// What real documents leave out: operation ids, examples, servers.
#[test]
fn from_a_bare_document() {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("a file");
    put(
        "bare.json",
        r#"{"openapi": "3.0.3", "info": {"title": "Pets\n# & toys", "version": "1"},
            "servers": [{"url": "https://pets.example/{tenant}"}],
            "paths": {"/pets/{pet}": {
                "get": {"parameters": [
                    {"name": "pet", "in": "path", "required": true, "schema": {"type": "integer", "minimum": 7}},
                    {"name": "pet", "in": "query", "required": true, "schema": {"type": "string", "enum": ["cat"]}}],
                  "responses": {"200": {"description": "one", "content": {"application/json": {
                    "schema": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}}}}}},
                "delete": {"parameters": [{"name": "pet", "in": "path", "required": true, "schema": {"type": "integer"}}],
                  "responses": {"204": {"description": "gone"}}}}},
            "components": {"securitySchemes": {"o": {"type": "oauth2", "flows": {}}}}}"#,
    );
    let arguments = ["init", "mine", "--integration", "pets", "--from-openapi", "bare.json"];
    let (code, out, err) = probe(folder.path(), &arguments);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    insta::assert_snapshot!("made_from_a_bare_document", out);
    let mine = folder.path().join("mine");
    let text = |name: &str| fs::read_to_string(mine.join(name)).expect(name);
    insta::assert_snapshot!("first_feature", text("features/pets/first.feature"));
    insta::assert_snapshot!("first_record", text("catalog/pets.yaml"));
    let kept = text("contracts/pets/pets/v1/openapi.json");
    assert_eq!(kept, fs::read_to_string(folder.path().join("bare.json")).expect("text"));
    let ran = green(&mine);
    assert!(ran.contains("PASSED: 2 passed of 2 scenarios"), "{ran}");
}

/// Without an operation to try there is no scenario, and it is said.
#[test]
fn from_a_document_in_which_nothing_reads() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n  /a:\n    post:\n      \
                operationId: doIt\n      responses: {'200': {description: done}}\n";
    fs::write(folder.path().join("writes.yml"), text).expect("a file");
    let arguments = ["init", "mine", "--integration", "a.b", "--from-openapi", "writes.yml"];
    let (code, out, _) = probe(folder.path(), &arguments);
    assert_eq!(code, Some(0));
    assert!(out.contains("\nNo operation reads and can be called"), "{out}");
    assert!(!out.contains("probe run         "), "there is nothing to run yet: {out}");
    let (code, _, err) = probe(&folder.path().join("mine"), &["check"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(folder.path().join("mine/contracts/a/b/v1/openapi.yaml").is_file());
}

/// Whatever stands in a title, a server or a name, what is made is a workspace.
#[test]
fn words_of_a_document_break_nothing() {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(12) };
    let words = r#"["'\\{}<>|#:,\n\t@é a-z]{0,10}"#;
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let law = |(title, server, name): (String, String, String)| {
        let folder = tempfile::tempdir().expect("a folder");
        let document = serde_json::json!({
            "openapi": "3.1.0",
            "info": {"title": title, "version": "1"},
            "servers": [{"url": server}],
            "paths": {"/a": {"get": {
                "operationId": format!("x{name}"),
                "parameters": [{"name": format!("p{name}"), "in": "query", "required": true,
                    "schema": {"type": "string"}, "example": server}],
                "responses": {"200": {"description": "fine"}},
            }}},
        });
        fs::write(folder.path().join("d.json"), document.to_string()).expect("a file");
        let arguments = ["init", ".", "--integration", "a.b", "--from-openapi", "d.json"];
        let (code, out, err) = probe(folder.path(), &arguments);
        prop_assert_eq!(code, Some(0), "{}{}", out, err);
        let (code, out, err) = probe(folder.path(), &["check"]);
        prop_assert_eq!((code, err.as_str()), (Some(0), ""), "{}\n{}", out, document);
        Ok(())
    };
    runner.run(&(words, words, words), law).unwrap_or_else(|what| panic!("{what}"));
}
