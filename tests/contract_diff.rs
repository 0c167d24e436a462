//! `probe contract diff`: what a person sees, which code it ends with, and what it reads from git.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

const OLD: &str = "openapi: 3.1.0
info: {title: Notes, version: '1'}
paths:
  /notes:
    get:
      operationId: listNotes
      parameters:
        - {name: limit, in: query, schema: {type: integer}}
      responses:
        '200':
          description: All notes
          content:
            application/json:
              schema: {type: array, items: {$ref: '#/components/schemas/Note'}}
components:
  schemas:
    Note:
      type: object
      properties:
        state: {enum: [open, done]}
";

fn run(program: &str, folder: &Path, arguments: &[&str]) -> Output {
    Command::new(program)
        .current_dir(folder)
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .expect("the program starts")
}

fn git(folder: &Path, arguments: &[&str]) {
    let said = run("git", folder, arguments);
    assert!(said.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&said.stderr));
}

/// What `probe contract diff` says: code, stdout, stderr.
fn diff(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let all: Vec<&str> = ["contract", "diff"].iter().chain(arguments).copied().collect();
    let said = run(env!("CARGO_BIN_EXE_probe"), folder, &all);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (said.status.code().unwrap_or(-1), text(&said.stdout), text(&said.stderr))
}

/// A workspace in a repository: `first` holds v1, and v1 has changed since.
fn workspace() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    fs::write(at.join("probe.toml"), "").expect("written");
    let version = |name: &str| {
        let folder = at.join("contracts/shop/notes").join(name);
        fs::create_dir_all(&folder).expect("made");
        fs::write(folder.join("openapi.yaml"), OLD).expect("written");
        folder
    };
    let v1 = version("v1");
    git(at, &["init", "-q", "-b", "main"]);
    git(at, &["add", "."]);
    git(at, &["-c", "user.name=t", "-c", "user.email=t@t.test", "commit", "-q", "-m", "first"]);
    git(at, &["tag", "first"]);
    fs::write(v1.join("openapi.yaml"), OLD.replace("[open, done]", "[open, done, lost]"))
        .expect("written");
    let v2 = version("v2");
    fs::write(
        v2.join("openapi.yaml"),
        OLD.replace("query, schema", "query, required: true, schema"),
    )
    .expect("written");
    folder
}

#[test]
fn a_contract_is_held_against_what_it_was() {
    let folder = workspace();
    let (code, out, err) = diff(folder.path(), &["git:first", "shop/notes/v1"]);
    assert_eq!((code, err.as_str()), (1, ""), "{out}");
    assert!(out.starts_with("error[schema.value-added]: "), "{out}");
    assert!(out.contains("note: in response 200 body at /*/state of listNotes\n"), "{out}");
    assert!(out.contains("contracts/shop/notes/v1/openapi.yaml:20"), "{out}");
    assert!(out.contains("git:first:contracts/shop/notes/v1/openapi.yaml:20"), "{out}");
    assert!(out.contains("shop/notes/v1@first -> shop/notes/v1\n"), "{out}");
    assert!(out.contains("  version  major step\n  found    1 breaking\n"), "{out}");
    assert!(out.lines().all(|line| line.chars().count() <= 80), "{out}");
    let same = diff(folder.path(), &["git:first:shop/notes/v1", "git:first"]);
    assert_eq!((same.0, same.1.contains("no difference\n")), (0, true), "{same:?}");
    let path = "contracts/shop/notes/v1/openapi.yaml";
    let by_path = diff(folder.path(), &["git:first", path]);
    assert_eq!(by_path.0, 1, "{by_path:?}");
    let below = diff(&folder.path().join("contracts/shop"), &["git:first", "notes/v1"]);
    assert_eq!(below.0, 1, "{below:?}");
}

#[test]
fn alone_it_is_held_against_the_version_before() {
    let folder = workspace();
    let (code, out, _) = diff(folder.path(), &["shop/notes/v2"]);
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("parameter.became-required"), "{out}");
    assert!(out.contains("shop/notes/v1 -> shop/notes/v2"), "{out}");
    let (code, _, err) = diff(folder.path(), &["shop/notes/v1"]);
    assert_eq!(code, 2);
    assert!(err.starts_with("error: there is no version before `shop/notes/v1`"), "{err}");
}

#[test]
fn what_git_cannot_say_is_told() {
    let folder = workspace();
    for (revision, title) in [
        ("git:nowhere", "error: git knows no revision `nowhere`"),
        ("git:--output=x", "error: `--output=x` is no revision"),
        (
            "git:first:shop/notes/v2",
            "error: there is no contract `shop/notes/v2` at the revision `first`",
        ),
    ] {
        let (code, _, err) = diff(folder.path(), &[revision, "shop/notes/v2"]);
        assert_eq!(code, 2, "{err}");
        assert!(err.starts_with(title), "{err}");
    }
    let bare = tempfile::tempdir().expect("a folder");
    fs::write(bare.path().join("a.json"), "{}").expect("written");
    let (code, _, err) = diff(bare.path(), &["git:main:a.json", "git:main:a.json"]);
    assert_eq!(code, 2);
    assert!(err.starts_with("error: there is no git repository here"), "{err}");
}

#[test]
fn approvals_and_levels_decide_the_exit_code() {
    let folder = workspace();
    let (_, json, _) = diff(folder.path(), &["git:first", "shop/notes/v1", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let difference = &json["comparisons"][0]["differences"][0];
    assert_eq!(difference["rule"], "schema.value-added");
    assert_eq!(difference["new"]["pointer"], "#/components/schemas/Note/properties/state/enum");
    let fingerprint = difference["fingerprint"].as_str().expect("a text");
    let file = format!(
        "approvals:\n  - fingerprint: '{fingerprint}'\n    owner: us\n    reason: known\n    expires: 2027-01-01\n"
    );
    fs::write(folder.path().join("approvals.yaml"), file).expect("written");
    let approved = |today| {
        let arguments =
            ["git:first", "shop/notes/v1", "--approve", "approvals.yaml", "--today", today];
        diff(folder.path(), &arguments)
    };
    let (code, out, err) = approved("2027-01-01");
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.contains("until 2027-01-01 by us: known"), "{out}");
    let (code, _, err) = approved("2027-01-02");
    assert_eq!(code, 1);
    assert!(err.starts_with("warning: an approval ended on 2027-01-01"), "{err}");
    // The reverse takes a value away: readers are not harmed.
    let back = diff(folder.path(), &["shop/notes/v1", "git:first"]);
    assert_eq!(back.0, 0, "{back:?}");
    assert_eq!(diff(folder.path(), &["shop/notes/v1", "git:first", "--fail-on", "any"]).0, 1);
    assert_eq!(diff(folder.path(), &["shop/notes/v1", "git:first", "--mode", "full"]).0, 1);
    assert_eq!(diff(folder.path(), &["shop/notes/v1", "git:first", "--mode", "sideways"]).0, 2);
}

#[test]
fn builds_and_reviews_have_their_formats() {
    let folder = workspace();
    let told = |format| diff(folder.path(), &["shop/notes/v2", "--format", format]).1;
    let junit = told("junit");
    assert!(
        junit.contains("failures=\"1\"") && junit.contains("parameter.became-required"),
        "{junit}"
    );
    let markdown = told("markdown");
    assert!(markdown.starts_with("### `shop/notes/v1` → `shop/notes/v2`\n"), "{markdown}");
    assert!(markdown.contains("| breaking | "), "{markdown}");
}

/// Two versions may lie in one folder: who names a file means that file alone.
#[test]
fn two_files_of_one_folder_are_two_versions() {
    let folder = workspace();
    let file = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("written");
    let proto = "syntax = \"proto3\";\npackage p;\nmessage A { string a = 1; }\n\
                 service S { rpc R(A) returns (A); }\n";
    file("old.proto", proto);
    file("new.proto", &proto.replace("string a = 1", "int32 a = 7"));
    let (code, out, err) = diff(folder.path(), &["old.proto", "new.proto"]);
    assert_eq!((code, err.as_str()), (1, ""), "{out}");
    assert!(out.contains("breaking"), "{out}");
}
