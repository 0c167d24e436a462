//! The JSON Schemas of the files that people write: what is shipped fits them,
//! what the decoder refuses for its shape does not, and editors find them.

#[expect(dead_code, reason = "each of these binaries uses its own part of what they share")]
mod common;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use common::workspace::Workspace;
use jsonschema::Validator;
use probe::contract::source::{Source, parse_duration, parse_rate};
use proptest::prelude::*;
use serde_json::{Value, json};

const KINDS: [&str; 5] = ["record", "defaults", "settings", "mock", "baseline"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What `probe schema` prints.
fn printed(kind: &str) -> String {
    let workspace = Workspace::new("http://unused.invalid", "");
    let output = workspace.probe(["schema", kind]).output().expect("it starts");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn schema(kind: &str) -> Value {
    serde_json::from_str(&printed(kind)).expect("JSON")
}

fn validator(kind: &str) -> Validator {
    jsonschema::draft202012::new(&schema(kind)).expect("a schema")
}

fn read(path: &Path) -> Option<Value> {
    let text = fs::read_to_string(path).ok()?;
    Source::new(path.display().to_string(), text).parse().ok()
}

/// The files of a folder with this ending, in order.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(folder)).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|e| e == ending)).collect();
    files.sort();
    files
}

fn kind_of(path: &Path) -> &'static str {
    match path.parent().and_then(Path::file_name).and_then(|name| name.to_str()) {
        Some("mocks") => "mock",
        _ if path.ends_with("_defaults.yaml") => "defaults",
        _ if path.extension().is_some_and(|e| e == "toml") => "settings",
        _ => "record",
    }
}

/// What is wrong with a value, a line each.
fn wrong(validator: &Validator, value: &Value) -> Vec<String> {
    validator.iter_errors(value).map(|e| format!("{}: {e}", e.instance_path())).collect()
}

/// `UPDATE_EXPECTED=1 cargo test --test schemas` writes the files anew.
#[test]
fn the_files_are_what_the_program_prints() {
    for kind in KINDS {
        let path = root().join(format!("docs/schemas/{kind}.json"));
        let printed = printed(kind);
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(&path, &printed).expect("a file");
        }
        let kept = fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == printed, "docs/schemas/{kind}.json is out of date");
        let schema: Value = serde_json::from_str(&printed).expect("JSON");
        assert!(jsonschema::meta::is_valid(&schema), "{kind} is no schema");
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    }
}

#[test]
fn all_schemas_go_into_a_folder() {
    let workspace = Workspace::new("http://unused.invalid", "");
    let output = workspace.probe(["schema", "--dir", "some/where"]).output().expect("it starts");
    let told = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(told.lines().count(), KINDS.len());
    for kind in KINDS {
        let text = fs::read_to_string(workspace.root().join(format!("some/where/{kind}.json")));
        assert_eq!(text.expect("a file"), printed(kind));
    }
    let output = workspace.probe(["schema", "mock", "--dir", "one"]).output().expect("it starts");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "one/mock.json\n");
    for bad in [&["schema"][..], &["schema", "--dir", "probe.toml"]] {
        let output = workspace.probe(bad.iter().copied()).output().expect("it starts");
        assert_eq!(output.status.code(), Some(2), "{bad:?}");
    }
}

/// Each shipped file fits its schema, and its first line leads an editor to it.
#[test]
fn what_is_shipped_fits_and_names_its_schema() {
    let mut shipped = files("catalog", "yaml");
    shipped.extend(files("mocks", "yaml"));
    shipped.push(root().join("probe.toml"));
    assert!(shipped.len() >= 5);
    for path in shipped {
        let kind = kind_of(&path);
        let value = read(&path).expect("it parses");
        assert_eq!(wrong(&validator(kind), &value), Vec::<String>::new(), "{}", path.display());
        let text = fs::read_to_string(&path).expect("text");
        let line = match kind {
            "settings" => "#:schema docs/schemas/settings.json".to_owned(),
            kind => format!("# yaml-language-server: $schema=../docs/schemas/{kind}.json"),
        };
        assert_eq!(text.lines().next(), Some(line.as_str()), "{}", path.display());
    }
}

/// Titles of messages about a file's shape. A missing key is not among them for
/// records, since it may stand in what they share.
const OF_SHAPE: &[&str] = &[
    "unknown key `",
    "unknown value `",
    "wrong type of ",
    "wrong value of ",
    "unknown failure mode `",
];

/// What tests/bad holds against the shape of a record or of settings, the schema
/// marks too.
#[test]
fn mistakes_of_shape_are_marked() {
    let (record, settings) = (validator("record"), validator("settings"));
    let mut marked = 0;
    for (folder, ending, validator) in
        [("tests/bad/catalog", "yaml", &record), ("tests/bad/workspace", "toml", &settings)]
    {
        for path in files(folder, ending) {
            // What is no YAML or TOML at all has no shape.
            let Some(value) = read(&path) else { continue };
            let told = fs::read_to_string(path.with_extension("txt")).expect("its message");
            let titles = told.lines().filter_map(|line| line.strip_prefix("error: "));
            let mut titles =
                titles.flat_map(|title| OF_SHAPE.iter().filter(|s| title.starts_with(**s)));
            if titles.next().is_some() {
                assert!(!validator.is_valid(&value), "{} fits", path.display());
                marked += 1;
            }
        }
    }
    assert!(marked >= 12, "{marked}");
    let no_class = json!({"environments": {"uat": {}}});
    assert!(!settings.is_valid(&no_class), "settings are one file: a missing key is marked");
    assert!(!record.is_valid(&json!({})), "each record names its own contract");
}

#[test]
fn parts_of_records_may_hold_any_part_but_what_is_a_records_own() {
    let defaults = validator("defaults");
    let fits = |value: Value| wrong(&defaults, &value);
    assert_eq!(
        fits(
            json!({"all": {"retry": {"attempts": 3}, "about": {"pii": {"data": []}}}, "eu": {"extends": ["x"]}})
        ),
        Vec::<String>::new()
    );
    assert_eq!(fits(Value::Null), Vec::<String>::new(), "a file of comments");
    assert_eq!(fits(json!({"all": {"contract": {"current": "a/b/v1"}}})).len(), 1);
    assert_eq!(fits(json!({"all": {"timeout": 3}})).len(), 1);
}

#[test]
fn a_baseline_that_the_program_writes_fits() {
    let validator = validator("baseline");
    let known = json!({"count": 1, "findings": [{"subject": "a", "rule": "owner-missing", "at": "/owner"}]});
    assert_eq!(wrong(&validator, &known), Vec::<String>::new());
    assert_eq!(wrong(&validator, &json!({"findings": []})).len(), 1);
}

static QUANTITIES: LazyLock<[Validator; 2]> = LazyLock::new(|| {
    let record = schema("record");
    ["Duration", "Rate"]
        .map(|name| jsonschema::draft202012::new(&record["$defs"][name]).expect("a schema"))
});

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) })]

    /// What the pattern of a quantity lets pass, the decoder reads, and the other way round.
    #[test]
    fn quantities_match_their_patterns(
        number in r"[0-9]{1,3}|[0-9]\.[0-9]{1,2}|[0-9.]{1,4}|",
        space in r"[ ]{0,2}",
        unit in prop_oneof![
            Just("ms"), Just("s"), Just("second"), Just("minutes"), Just("h"), Just("days"), Just("per second"),
            Just("per day"), Just("per  hour"), Just("per week"), Just("persecond"), Just("m"), Just("")
        ],
    ) {
        let text = format!("{number}{space}{unit}");
        let [duration, rate] = &*QUANTITIES;
        prop_assert_eq!(duration.is_valid(&json!(text)), parse_duration(&text).is_some(), "{}", text);
        prop_assert_eq!(rate.is_valid(&json!(text)), parse_rate(&text).is_some(), "{}", text);
    }
}
