//! What is written about the product is true of it: the vocabulary, its
//! examples, and the commands that texts point at.

#[expect(dead_code, reason = "each of these binaries uses its own part of what they share")]
mod common;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use common::workspace::{Ran, Workspace};
use probe::steps::{Group, PARAMETERS, SENTENCES};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn probe(arguments: &[&str]) -> Ran {
    let workspace = Workspace::new("http://unused.invalid", "");
    let output = workspace.probe(arguments.iter().copied()).output().expect("it starts");
    workspace.ran(output)
}

/// `UPDATE_EXPECTED=1 cargo test --test docs` writes the pages anew.
#[test]
fn generated_pages_are_what_the_program_prints() {
    for (name, command) in [
        ("docs/vocabulary.md", &["steps", "--markdown"][..]),
        ("docs/metrics.md", &["explain", "metrics"]),
    ] {
        let page = root().join(name);
        let printed = probe(command).out;
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            fs::write(&page, &printed).expect("a file");
        }
        let kept = fs::read_to_string(&page).unwrap_or_default();
        let line = kept.lines().zip(printed.lines()).position(|(kept, printed)| kept != printed);
        assert!(kept == printed, "{name} is out of date, from line {line:?} (0 is the first)");
    }
}

/// The shipped workspace with a scenario for each example.
#[test]
fn each_example_compiles_against_the_shipped_catalog() {
    let workspace = Workspace::new("http://unused.invalid", "");
    for folder in ["catalog", "contracts", "docs/runbooks", "features", "mocks"] {
        fs::remove_dir_all(workspace.root().join(folder)).ok();
        for path in files(&root().join(folder)) {
            let name = path.strip_prefix(root()).expect("below the root").display().to_string();
            workspace.put(&name, &fs::read_to_string(&path).expect("text"));
        }
    }
    workspace.put("probe.toml", &fs::read_to_string(root().join("probe.toml")).expect("text"));
    let before = checked(&workspace);
    for (number, sentence) in SENTENCES.iter().enumerate() {
        let example = sentence.example.replace('\n', "\n    ");
        // The sentence about naming calls gives the name itself.
        let named = if example.contains(" as authorization") { "" } else { " as authorization" };
        let text = format!(
            "Feature: Example {number}\n\n  Scenario: {}\n    \
             When we call createPaymentIntent{named} with\n      | amount   | 2000 |\n      \
             | currency | eur  |\n    {example}\n",
            sentence.pattern
        );
        workspace.put(&format!("features/stripe.payments/example-{number:02}.feature"), &text);
    }
    assert_eq!(checked(&workspace) - before, SENTENCES.len());
}

/// How many scenarios a whole workspace has.
fn checked(workspace: &Workspace) -> usize {
    let output = workspace.probe(["check"]).output().expect("it starts");
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{out}{err}");
    let last = out.lines().last().unwrap_or_default();
    let count = last.strip_prefix("ok: ").and_then(|rest| rest.split(' ').next());
    count.and_then(|count| count.parse().ok()).expect("a count")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn each_parameter_is_explained_and_used() {
    let mut used = BTreeSet::new();
    for sentence in SENTENCES {
        for part in sentence.pattern.split('{').skip(1) {
            used.insert(part.split('}').next().expect("a brace that is closed"));
        }
        assert!(sentence.meaning.ends_with('.'), "{}", sentence.pattern);
        let keyword = sentence.example.split(' ').next().unwrap_or_default();
        assert!(["Given", "When", "Then", "And"].contains(&keyword), "{}", sentence.example);
    }
    let explained: BTreeSet<&str> = PARAMETERS.iter().map(|parameter| parameter.name).collect();
    assert_eq!(used, explained);
    let patterns: BTreeSet<&str> = SENTENCES.iter().map(|sentence| sentence.pattern).collect();
    assert_eq!(patterns.len(), SENTENCES.len(), "a sentence stands once");
    assert_eq!(SENTENCES.iter().filter(|sentence| sentence.group == Group::Time).count(), 3);
}

/// The commands that there are, by the program's own word.
fn commands() -> BTreeSet<String> {
    let help = probe(&["--help"]).out;
    let list = help.split("Commands:\n").nth(1).expect("a list of commands");
    let list = list.split("\n\n").next().expect("its end");
    list.lines().filter_map(|line| line.split_whitespace().next().map(str::to_owned)).collect()
}

/// The words that follow `probe` where a text means the command.
fn mentioned(text: &str) -> BTreeSet<String> {
    let word = |rest: &str| -> String {
        rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect()
    };
    let in_code = text.split("`probe ").skip(1).map(word);
    let at_a_prompt = text
        .lines()
        .filter_map(|line| line.trim_start().trim_start_matches("$ ").strip_prefix("probe "))
        .map(word);
    in_code.chain(at_a_prompt).filter(|word| !word.is_empty() && !word.starts_with('-')).collect()
}

#[test]
fn texts_point_at_commands_that_exist() {
    let commands = commands();
    let mut texts = vec![("--help".to_owned(), probe(&["--help"]).out)];
    for command in commands.iter().filter(|command| *command != "help") {
        texts.push((format!("{command} --help"), probe(&[command, "--help"]).out));
    }
    for subject in ["verdicts", "exit-codes", "failure-modes", "metrics", "lint"] {
        texts.push((format!("explain {subject}"), probe(&["explain", subject]).out));
    }
    texts.push(("steps".to_owned(), probe(&["steps"]).out));
    let pages = [
        "README.md",
        "CONTRIBUTING.md",
        "ARCHITECTURE.md",
        "docs/vocabulary.md",
        "docs/lint.md",
        "docs/metrics.md",
    ];
    let sources = files(&root().join("src"));
    let pages = pages.iter().map(|page| root().join(page)).filter(|page| page.exists());
    for path in pages.chain(sources) {
        texts.push((path.display().to_string(), fs::read_to_string(&path).unwrap_or_default()));
    }
    for (name, text) in texts {
        let unknown: Vec<String> = mentioned(&text).difference(&commands).cloned().collect();
        assert!(unknown.is_empty(), "{name} mentions probe {}", unknown.join(", probe "));
    }
}

#[test]
fn each_flag_can_be_set_in_the_environment() {
    for command in ["run", "check", "report", "list", "show"] {
        let help = probe(&[command, "--help"]).out;
        let lines: Vec<&str> = help.lines().map(str::trim).collect();
        for (at, line) in lines.iter().enumerate() {
            let Some(flag) = line.strip_prefix("--").and_then(|rest| rest.split([' ', '[']).next())
            else {
                continue;
            };
            let variable = format!("[env: PROBE_{}=", flag.to_uppercase().replace('-', "_"));
            let below = lines[at + 1..].iter().take_while(|line| !line.starts_with("--"));
            let told = below.into_iter().any(|line| line.contains(&variable));
            assert!(
                told || flag == "help" || flag == "version",
                "{command} --{flag} has no {variable}]"
            );
        }
    }
}
