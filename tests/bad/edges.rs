//! Sharp edges of files, streams and signals: nothing is lost without a word,
//! nothing panics, and what is merely odd works.

use std::{
    fs::{self, File},
    io::Read as _,
    os::unix::fs::symlink,
    path::Path,
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use crate::{folder, put, session};

const FEATURE: &str = "features/acme.orders/orders.feature";
const FORMATS: [&str; 3] = ["human", "json", "cucumber"];

/// A copy of the template.
fn workspace() -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("a folder");
    session::put(&folder("template"), copy.path(), "127.0.0.1:9\"").expect("a copy");
    copy
}

fn probe(root: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_probe"));
    command.env_clear().current_dir(root).args(arguments).stdin(Stdio::null());
    command
}

/// Exit code, stdout and stderr; a panic is never right.
fn ended(mut command: Command) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = command.output().expect("the binary starts");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    let (out, err) = (text(stdout), text(stderr));
    assert!(!err.contains("panicked"), "{err}");
    (status.code(), out, err)
}

fn passes(root: &Path, arguments: &[&str], count: usize) {
    let (code, out, err) = ended(probe(root, arguments));
    assert_eq!(code, Some(0), "{arguments:?}\n{out}{err}");
    assert!(out.contains(&format!("PASSED: {count} passed of {count} scenario")), "{out}");
}

#[test]
fn a_reader_that_went_away_is_no_failure() {
    let root = workspace();
    for format in FORMATS {
        let mut command = probe(root.path(), &["run", "--format", format]);
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it ends");
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{format}: {err}");
        assert!(!err.contains("warning") && !err.contains("panicked"), "{format}: {err}");
    }
}

#[test]
fn a_full_disk_is_told_and_is_not_green() {
    let root = workspace();
    let full = || File::options().write(true).open("/dev/full").expect("a full disk");
    let says_so = |(code, out, err): (Option<i32>, String, String)| {
        assert_eq!(code, Some(2), "{out}{err}");
        assert!(err.contains("No space left on device"), "{err}");
    };
    says_so(ended(probe(root.path(), &["run", "--junit", "/dev/full"])));
    says_so(ended(probe(root.path(), &["report", "--junit", "/dev/full"])));
    for format in FORMATS {
        let mut command = probe(root.path(), &["run", "--format", format]);
        let output = command.stdout(full()).stderr(Stdio::piped()).output().expect("it starts");
        let err = String::from_utf8(output.stderr).expect("UTF-8");
        assert!(!err.contains("panicked"), "{err}");
        says_so((output.status.code(), format.to_owned(), err));
    }
    for command in ["steps", "check"] {
        let mut command = probe(root.path(), &[command]);
        assert_eq!(command.stdout(full()).status().expect("it starts").code(), Some(2));
    }
    // Where stderr takes nothing, the exit code still tells.
    for (arguments, code) in [(&["run"][..], 0), (&["run", "--tags", "("][..], 2)] {
        let mut command = probe(root.path(), arguments);
        let status = command.stdout(Stdio::null()).stderr(full()).status();
        assert_eq!(status.expect("it starts").code(), Some(code));
    }
}

#[test]
fn files_of_another_system_are_read() {
    let root = workspace();
    let files = [
        FEATURE,
        "probe.toml",
        "catalog/acme.orders.yaml",
        "contracts/shop/orders/v1/openapi.yaml",
        "mocks/acme.orders.yaml",
    ];
    for file in files {
        let path = root.path().join(file);
        let text = fs::read_to_string(&path).expect("text").replace('\n', "\r\n");
        fs::write(path, format!("\u{feff}{text}")).expect("a file");
    }
    passes(root.path(), &["run"], 1);
}

#[test]
fn odd_words_arrive_as_they_were_written() {
    let root = workspace();
    let odd = r#"Feature: Odd <names> & "quotes"
	Rule: A::B

	Scenario: tabs	and ]]> <xml> :: 漢字 RTL end
		When we call createOrder with
			| amount	|	9007199254740993 |
			| currency | eur |
			| note | a\|b %2F/.. é 漢 <b>x</b> {"a":1} |
		Then the answer is 201
		And "$.amount" is 9007199254740993
		And "$.amount" is not 9007199254740992
		And "$.note" is "a|b %2F/.. é 漢 <b>x</b> {"a":1}"
		And we remember "$.note" as note
		When we call getOrder with
			| id | {note} |
		Then the answer is 404

    Scenario Outline: Doc <what>
      When we call createOrder with
        """json
        {"amount": 12345678901234567890, "currency": "eur",
         "note": "<what> </what> {none} \" <b>"}
        """
      Then the answer is 201
      And "$.amount" is 12345678901234567890
      And "$.note" contains "</what> {none}"

      Examples:
        | what   |
        | a \| b |
        | %s%n   |
"#
    .replace("RTL", "\u{202e}\u{1b}[31m");
    let odd = odd.replace("contains \"</what> {none}\"", "matches /</what> .none. . <b>$/");
    put(root.path(), FEATURE, &odd);
    passes(root.path(), &["run"], 3);
    for format in FORMATS {
        let (_, out, err) = ended(probe(root.path(), &["run", "--format", format]));
        assert!(!(out + &err).contains('\u{1b}'), "{format}");
    }
}

/// What a partner says may end no string of ours, and may be nothing at all.
#[test]
fn remembered_values_stay_values() {
    let root = workspace();
    let note = r#"x", "note": "y"#;
    let feature = r#"Feature: Values

  Scenario: Echo
    When we call createOrder with
      | amount   | 1    |
      | currency | eur  |
      | note     | NOTE |
    Then "$.note" is TEXT
    And we remember "$.note" as said
    When we call createOrder with
      """
      {"amount": 2, "currency": "eur", "note": "{said}"}
      """
    Then the answer is 201
    And "$.note" is {said}
    When we call createOrder with
      | amount   | 3      |
      | currency | eur    |
      | note     | {said} |
    Then "$.note" is {said}
"#;
    for (cell, text) in [(note, r#""x", "note": "y""#), ("\"\"", "\"\""), ("null", "\"null\"")] {
        put(root.path(), FEATURE, &feature.replace("NOTE", cell).replace("TEXT", text));
        passes(root.path(), &["run"], 1);
    }
}

#[test]
fn a_line_means_the_scenario_or_the_row_that_it_stands_in() {
    let root = workspace();
    let call =
        "    When we call getOrder with\n      | id | or_<n> |\n    Then the answer is 404\n";
    let plain = call.replace("<n>", "0");
    put(
        root.path(),
        FEATURE,
        &format!(
            "Feature: F\n\n  Scenario: A\n{plain}\n  Scenario Outline: B\n{call}\n    \
             Examples:\n      | n |\n      | 1 |\n      | 2 |\n\n  Scenario: C\n{plain}"
        ),
    );
    let at = |line: u32| format!("{FEATURE}:{line}");
    let counts =
        [(3, 1), (6, 1), (8, 2), (9, 2), (13, 2), (14, 2), (15, 1), (16, 1), (18, 1), (21, 1)];
    for (line, count) in counts {
        passes(root.path(), &["run", &at(line)], count);
    }
    passes(root.path(), &["run", &at(15), &at(18)], 2);
}

#[test]
fn links_are_followed_and_may_not_lead_back() {
    let root = workspace();
    let root = root.path();
    let features = root.join("features/acme.orders");
    let refused = |words: &str| {
        let (code, _, err) = ended(probe(root, &["check"]));
        assert_eq!(code, Some(2), "{err}");
        assert!(err.contains(words), "{err}");
    };
    for (link, target) in [("loop", "."), ("up", "../..")] {
        symlink(target, features.join(link)).expect("a link");
        refused("the link leads back to a folder that holds it");
        fs::remove_file(features.join(link)).expect("a link");
    }
    symlink("itself.feature", features.join("itself.feature")).expect("a link");
    refused("itself.feature: Too many levels of symbolic links");
    fs::remove_file(features.join("itself.feature")).expect("a link");
    let deep = "1/2/3/4/5/6/7/8/9";
    put(&features, &format!("{deep}/a.feature"), "Feature: Too deep to be found\n");
    refused("more than 8 folders deep");
    fs::remove_dir_all(features.join("1")).expect("a folder");

    let elsewhere = tempfile::tempdir().expect("a folder");
    let feature = fs::read_to_string(root.join(FEATURE)).expect("text");
    put(elsewhere.path(), "a.feature", &feature.replace("An order", "Another"));
    symlink(elsewhere.path(), features.join("linked")).expect("a link");
    passes(root, &["run", "features/acme.orders/linked/a.feature"], 1);
    passes(root, &["run"], 2);
    let outside = tempfile::tempdir().expect("a folder");
    let link = outside.path().join("workspace");
    symlink(root, &link).expect("a link");
    let link = link.to_str().expect("UTF-8");
    let path = format!("{link}/features/acme.orders/../acme.orders/orders.feature:6");
    passes(Path::new("/"), &["run", "--workspace", link, &path], 1);
}

#[test]
fn a_long_file_takes_no_more_than_its_length() {
    let root = workspace();
    let scenario = |at: usize| {
        format!(
            "\n  Scenario: S{at}\n    Words about it.\n    When we call getOrder with\n      \
             | id | or_{at} |\n    Then the answer is 404\n"
        )
    };
    let long: String = (0..20_000).map(scenario).collect::<Vec<_>>().concat();
    put(root.path(), FEATURE, &format!("Feature: Long\n{long}"));
    let began = Instant::now();
    passes(root.path(), &["run", &format!("{FEATURE}:119990")], 1);
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    put(root.path(), FEATURE, &" ".repeat(17 * 1024 * 1024));
    let (code, _, err) = ended(probe(root.path(), &["run"]));
    assert_eq!(code, Some(2));
    assert!(err.contains("it has more than 16 MiB"), "{err}");
}

#[test]
fn events_in_another_order_are_borne() {
    let root = workspace();
    passes(root.path(), &["run"], 1);
    let reports = fs::read_dir(root.path().join("reports")).expect("a folder");
    let run = reports.flatten().next().expect("a run").path();
    let text = fs::read_to_string(run.join("events.jsonl")).expect("text");
    let lines: Vec<&str> = text.lines().collect();
    let (plan, rest) = lines.split_first().expect("a plan");
    let backwards: Vec<&str> = rest.iter().rev().copied().collect();
    let twice = [rest, rest].concat();
    let again = [rest, &[*plan], rest].concat();
    let other = rest.join("\n").replace("\"scenario\":0", "\"scenario\":4294967295");
    for story in [backwards, twice, again, other.lines().collect(), Vec::new()] {
        put(root.path(), "told.jsonl", &format!("{plan}\n{}\n", story.join("\n")));
        for format in FORMATS {
            let arguments = ["report", "--from", "told.jsonl", "--format", format];
            let (code, _, err) = ended(probe(root.path(), &arguments));
            assert!(matches!(code, Some(0 | 3)), "{code:?} {err}");
        }
    }
}

#[test]
fn a_signal_ends_the_run_in_order() {
    let root = workspace();
    // A partner that takes connections and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let record = root.path().join("catalog/acme.orders.yaml");
    let text = fs::read_to_string(&record).expect("text").replace("timeout: 1 s", "timeout: 30 s");
    let address = format!("{}\"", silent.local_addr().expect("an address"));
    fs::write(record, text.replace("127.0.0.1:9\"", &address)).expect("a file");
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let mut command = probe(root.path(), &["run", "--env", "sandbox", "--junit", "junit.xml"]);
        command.env("ACME_KEY", "sk_test_1234").stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("it starts");
        let connection = silent.accept().expect("the first call");
        let kill = Command::new("kill").args([signal, &child.id().to_string()]).status();
        assert!(kill.expect("kill").success());
        let mut out = String::new();
        child.stdout.take().expect("a pipe").read_to_string(&mut out).expect("UTF-8");
        assert_eq!(child.wait().expect("it ends").code(), Some(code), "{out}");
        assert!(out.contains("ENDED BY SIG"), "{out}");
        let junit = fs::read_to_string(root.path().join("junit.xml")).expect("a report");
        assert!(junit.contains("errors=\"1\"") && junit.ends_with("</testsuites>\n"), "{junit}");
        drop(connection);
    }
}
