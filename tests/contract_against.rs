//! `probe check --against REV`: no contract breaks inside its version, unless somebody bears it.

#[expect(dead_code, reason = "each of these binaries uses its own part of what they share")]
mod common;

use std::process::Command;

use common::fixture::Fixture;

const NOTES: &str = "contracts/shop/notes/v1/openapi.yaml";

fn git(fixture: &Fixture, arguments: &[&str]) {
    let said = Command::new("git")
        .current_dir(fixture.root())
        .args(["-c", "user.name=t", "-c", "user.email=t@t.test"])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .expect("git starts");
    assert!(said.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&said.stderr));
}

/// The code of a check and what it says on stderr.
fn check(fixture: &Fixture, arguments: &[&str]) -> (i32, String) {
    let all: Vec<&str> = ["check"].iter().chain(arguments).copied().collect();
    let said = fixture.probe(&all);
    (said.code.unwrap_or(-1), said.err)
}

/// The right workspace, committed.
fn committed() -> Fixture {
    let fixture = Fixture::new();
    git(&fixture, &["init", "-q", "-b", "main"]);
    git(&fixture, &["add", "."]);
    git(&fixture, &["commit", "-q", "-m", "first"]);
    fixture
}

/// Demands a parameter that was not there.
fn demanding(fixture: &Fixture) -> String {
    let text = fixture.read(NOTES);
    let (before, after) = text.split_once("      operationId: listNotes\n").expect("an operation");
    let parameter = "      parameters:\n        - {name: port, in: query, required: true, schema: {type: string}}\n";
    assert!(!after.trim_start().starts_with("parameters"), "{after}");
    format!("{before}      operationId: listNotes\n{parameter}{after}")
}

#[test]
fn what_is_the_same_or_new_is_no_finding() {
    let fixture = committed();
    assert_eq!(check(&fixture, &["--against", "main"]), (0, String::new()));
    fixture.put("contracts/shop/parcels/v1/openapi.yaml", &fixture.read(NOTES));
    let (code, err) = check(&fixture, &["--against", "main"]);
    assert!(err.starts_with("warning[contract-unused]"), "{err}");
    assert_eq!((code, err.matches("warning[").count()), (0, 1), "{err}");
}

#[test]
fn a_break_inside_a_version_fails_until_somebody_bears_it() {
    let fixture = committed();
    fixture.put(NOTES, &demanding(&fixture));
    let told = || check(&fixture, &["--against", "main", "--today", "2026-11-20"]);
    assert_eq!(check(&fixture, &["--today", "2026-11-20"]).0, 0, "nobody asked");
    let (code, err) = told();
    assert_eq!(code, 1, "{err}");
    assert!(err.starts_with("error[version-broken]: "), "{err}");
    assert!(err.contains("shop/notes/v1 is not what it was at `main`"), "{err}");
    let (_, rest) = err.split_once("note: fingerprint ").expect("a fingerprint");
    let fingerprint = &rest[..16];
    let approve = |fingerprint: &str, expires: &str| {
        fixture.put(
            "contracts/approvals.yaml",
            &format!("approvals:\n  - fingerprint: '{fingerprint}'\n    owner: us\n    reason: never answered without\n    expires: {expires}\n"),
        );
    };
    approve(fingerprint, "2027-01-01");
    assert_eq!(told(), (0, String::new()));
    // Nothing but the day has changed: a warning, and an error for whoever is strict.
    approve(fingerprint, "2026-11-19");
    let (code, err) = told();
    assert_eq!(code, 0, "{err}");
    assert!(err.starts_with("warning[approval-expired]: an approval ended on 2026-11-19"), "{err}");
    assert!(!err.contains("version-broken"), "{err}");
    let strict = ["--against", "main", "--today", "2026-11-20", "--strict"];
    assert_eq!(check(&fixture, &strict).0, 1);
    approve("0123456789abcdef", "2027-01-01");
    let (code, err) = told();
    assert_eq!(code, 1);
    assert!(err.contains("warning[approval-unused]") && err.contains("version-broken"), "{err}");
    // Once it is where the others start from, the approval has done its work.
    approve(fingerprint, "2027-01-01");
    git(&fixture, &["commit", "-q", "-a", "-m", "second"]);
    let (code, err) = told();
    assert_eq!(code, 0);
    assert!(err.starts_with("warning[approval-unused]"), "{err}");
}

#[test]
fn a_breaking_step_needs_a_plan_in_its_own_section() {
    let fixture = Fixture::new();
    fixture.put("contracts/shop/notes/v2/openapi.yaml", &demanding(&fixture));
    let told = |changes: Option<&str>| {
        if let Some(text) = changes {
            fixture.put("contracts/shop/notes/CHANGES.md", text);
        }
        let (code, err) = check(&fixture, &["--today", "2026-11-20"]);
        let actual = err.lines().find_map(|line| line.split_once("actual: "));
        let migration = err.contains("error[migration-missing]: shop/notes/v2 breaks with v1");
        (code, migration, actual.map(|(_, text)| text.to_owned()))
    };
    for (changes, actual) in [
        (None, "there is no such file"),
        (Some("# Changes\n\n## v1\n\n### Migration\n\nNone.\n"), "no section `## v2`"),
        (Some("## v2\n\nA port.\n"), "no `### Migration` in its section"),
        (Some("## v2\n\n### Migration\n\n## v1\n"), "an empty `### Migration`"),
    ] {
        assert_eq!(told(changes), (1, true, Some(actual.to_owned())), "{changes:?}");
    }
    let (code, migration, _) = told(Some("## v2\n\n### Migration\n\nSend the port first.\n"));
    assert_eq!((code, migration), (0, false));
}

#[test]
fn a_revision_or_approvals_that_cannot_be_read_are_usage() {
    let fixture = committed();
    let (code, err) = check(&fixture, &["--against", "nowhere"]);
    assert_eq!(code, 2);
    assert!(err.starts_with("error: git knows no revision `nowhere`"), "{err}");
    fixture.put("contracts/approvals.yaml", "approvals:\n  - {fingerprint: x}\n");
    let (code, err) = check(&fixture, &[]);
    assert_eq!(code, 2, "also where nothing is compared");
    assert!(err.contains("contracts/approvals.yaml:2"), "{err}");
}
