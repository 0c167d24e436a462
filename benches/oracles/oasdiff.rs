//! The checker tests of `oasdiff`: pairs of documents, and in its Go tests the rules that must be told.
//!
//! A test runs one check or all of them, and many edit a document in Go before they compare it. So a
//! case is a pair of files that no test edits; what is expected of it is the gravest level of all rules
//! that its tests name. `ERR` agrees with breaking and unknown, which fail alike; `WARN` with breaking, unknown or warning; `INFO`
//! and nothing with warning, compatible or nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use probe::contract::{
    self, DescribedFrom,
    compare::{Comparison, Level, Settings, compare},
};

use crate::tally::Tally;

/// Rules of a policy that is not ours, and the reason.
const POLICIES: &[(&str, &str)] = &[
    ("Stability", "stability levels (`x-stability-level`) are a convention of that tool"),
    ("Extensible", "`x-extensible-enum` is a convention of that tool"),
    ("Sunset", "how near a sunset may be is a setting there, and 90 days here"),
    ("Deprecat", "a deprecation without a day lets it remove; here it announces nothing"),
    ("Reactivated", "deprecation is judged by a setting there"),
    ("Security", "that tool never weighs security; here a way in that is gone breaks"),
    ("APIVersion", "the version number is judged by what differs, not the reverse"),
    ("APIMajorVersion", "the version number is judged by what differs, not the reverse"),
];

/// Pairs of which that tool asks something else than which messages are right, by a part of the
/// base's name.
const OTHER_QUESTIONS: &[(&str, &str)] = &[
    ("all_of_added", "branches are compared by name there; both allow the same messages"),
    ("all_of_inline_added", "branches are counted there; the new one demands nothing"),
    ("all_of_removed", "branches are compared by name there; both allow the same messages"),
    ("any_of_removed", "branches are compared by name there; both allow the same messages"),
    ("any_of_media_type", "branches are compared by name there; both allow the same messages"),
    ("any_of_ref_inline_enum", "branches are compared by name there; both allow the same messages"),
    ("one_of_removed", "branches are compared by name there; both allow the same messages"),
    ("contains_min_max", "texts have to hold an integer there: both versions allow no list at all"),
    ("max_items_updated", "keywords are compared there; a bound of lists on a text bounds nothing"),
    ("max_updated", "keywords are compared there; a bound of numbers on a list bounds nothing"),
    ("servers/", "addresses are not compared there; here none of the old ones is left"),
];

/// Pairs on which we say something else, by a part of the base's name.
const KNOWN: &[(&str, &str)] = &[
    ("dependent_schemas", "the schema that depends declares a member, and demands nothing"),
    ("pattern_properties", "members that a pattern declares are optional, as declared ones are"),
    (
        "webhook_operation",
        "weighed there as a call; who receives a webhook is not harmed by more in it",
    ),
    ("pattern-base", "without its pattern an answer holds values that nobody promised"),
];

/// What the tests say of a pair.
#[derive(Default)]
struct Expected {
    rules: BTreeSet<String>,
    tests: BTreeSet<String>,
    all_checks: bool,
}

pub(crate) fn run(folder: &Path) -> Result<Tally, String> {
    let read = |path: &Path| {
        fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let levels = levels(&read(&folder.join("checker/rules.go"))?);
    let mut tally = Tally { tool: "oasdiff", ..Tally::default() };
    let mut cases: BTreeMap<(String, String), Expected> = BTreeMap::new();
    let entries = fs::read_dir(folder.join("checker")).map_err(|error| error.to_string())?;
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    for file in files.iter().filter(|file| file.to_string_lossy().ends_with("_test.go")) {
        for (name, body) in functions(&read(file)?) {
            match pair(&body) {
                Ok(pair) => {
                    let case = cases.entry(pair).or_default();
                    case.rules.extend(named(&body).filter(|rule| levels.contains_key(rule)));
                    case.all_checks |= body.contains("allChecksConfig") || body.contains(" d(t,");
                    case.tests.insert(name);
                }
                Err(reason) => tally.excluded.push((name, reason)),
            }
        }
    }
    for (pair, expected) in &cases {
        judge(folder, pair, expected, &levels, &mut tally);
    }
    Ok(tally)
}

fn judge(
    folder: &Path,
    (base, revision): &(String, String),
    expected: &Expected,
    levels: &BTreeMap<String, u8>,
    tally: &mut Tally,
) {
    let tests: Vec<&str> = expected.tests.iter().map(String::as_str).collect();
    let name = format!("{base} -> {revision} ({})", tests.join(", "));
    let open = |path: &str| contract::open(&folder.join("checker").join(path));
    let (Ok(old), Ok(new)) = (open(base), open(revision)) else {
        tally.excluded.push((name, "one of the two is no document that we read"));
        return;
    };
    let from = DescribedFrom::Partner;
    let settings = Settings { mode: None, from, today: Some("2026-11-20".to_owned()) };
    let ours = compare(&old, &new, &settings);
    let gravest = expected.rules.iter().filter_map(|rule| levels.get(rule)).max().copied();
    let gravest = gravest.unwrap_or(0);
    let agrees = match (gravest, ours.level()) {
        (2, level) => level >= Some(Level::Unknown),
        (1, level) => level >= Some(Level::Warning),
        (_, level) => level < Some(Level::Unknown),
    };
    let decisive = || expected.rules.iter().filter(|rule| levels.get(*rule) == Some(&gravest));
    let policy = POLICIES.iter().find(|(word, _)| {
        decisive().next().is_some() && decisive().all(|rule| rule.contains(word))
    });
    let other = OTHER_QUESTIONS.iter().find(|(file, _)| base.contains(file));
    // What is another question is left out whatever we say, so that luck does not count.
    if let Some((_, reason)) = policy.or(other) {
        tally.excluded.push((name, reason));
    } else if agrees {
        tally.agreed += 1;
    } else if gravest == 0 && !expected.all_checks {
        tally.excluded.push((name, "its tests run one check, and the pair differs in more"));
    } else if let Some((_, reason)) = KNOWN.iter().find(|(file, _)| base.contains(file)) {
        tally.disagreed.push((name, reason));
    } else {
        tally
            .unexplained
            .push((name, format!("{gravest} of {:?}, ours {}", expected.rules, told(&ours))));
    }
}

fn told(ours: &Comparison) -> String {
    let words: Vec<String> =
        ours.differences.iter().map(|d| format!("{} {}", d.level.word(), d.rule)).collect();
    format!("[{}]", words.join(", "))
}

/// The level of each rule: 2 for errors, 1 for warnings, 0 for information.
fn levels(text: &str) -> BTreeMap<String, u8> {
    let rows = text.split("newBackwardCompatibilityRule(").skip(1);
    rows.filter_map(|row| {
        let mut words = row.split([',', ')']).map(str::trim);
        let level = |word: &str| match word {
            "ERR" => Some(2),
            "WARN" => Some(1),
            "INFO" => Some(0),
            _ => None,
        };
        Some((words.next()?.to_owned(), words.next().and_then(level)?))
    })
    .collect()
}

/// Test functions with their bodies.
fn functions(text: &str) -> Vec<(String, String)> {
    let parts = text.split("\nfunc ").skip(1);
    parts
        .filter_map(|part| {
            let (name, body) = part.split_once('(')?;
            name.starts_with("Test").then(|| (name.to_owned(), body.to_owned()))
        })
        .collect()
}

/// The two documents that a test compares as they stand.
fn pair(body: &str) -> Result<(String, String), &'static str> {
    if body.contains(".Spec")
        || body.contains("deleteParam(")
        || body.contains("deleteResponseHeader(")
    {
        return Err("edits its documents in Go");
    }
    if !body.contains("checker.Check") && !body.contains(" d(t,") {
        return Err("does not compare two documents");
    }
    let mut paths: Vec<String> = body
        .split("open(\"")
        .skip(1)
        .filter_map(|rest| rest.split_once('"').map(|(path, _)| path.to_owned()))
        .collect();
    let numbered = |word: &str| format!("../data/openapi-test{}.yaml", word.trim());
    if let Some((_, rest)) = body.split_once(" d(t, diff.NewConfig(), ") {
        let numbers = rest.split(')').next().unwrap_or_default();
        paths = numbers.split(',').map(numbered).collect();
    } else if paths.is_empty() {
        let numbers = body.split(" l(t, ").skip(1);
        paths = numbers.filter_map(|rest| rest.split([',', ')']).next()).map(numbered).collect();
    }
    if named(body).all(|rule| !rule.ends_with("Id")) && !body.contains("require.Empty(t, errs)") {
        return Err("names no rule, or filters what is compared");
    }
    match paths.as_slice() {
        [base, revision] if base == revision && named(body).any(|rule| rule.ends_with("Id")) => {
            Err("edits its documents in Go")
        }
        [base, revision] => Ok((base.clone(), revision.clone())),
        _ => Err("does not name two documents"),
    }
}

/// The rules that a test names as told.
fn named(body: &str) -> impl Iterator<Item = String> {
    let lines =
        body.lines().filter(|line| !line.contains("NotContains") && !line.contains("NotEqual"));
    lines
        .flat_map(|line| line.split("checker.").skip(1))
        .map(|rest| rest.chars().take_while(char::is_ascii_alphanumeric).collect())
}
