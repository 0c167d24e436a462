//! `getsentry/json-schema-diff`: pairs of schemas of draft 7, and for each the changes that the
//! tool finds. Whether a change is breaking is a rule of the tool (`ChangeKind::is_breaking` in its
//! `src/types.rs`): old messages are no longer right. A pair is breaking if any change of it is.

use std::{
    fs,
    path::{Path, PathBuf},
};

use probe::contract::compare::schema::{Comparison, Containment, Usage};
use serde_json::Value;

use crate::tally::Tally;

/// Where the tool's verdict is not what the schemas say.
const KNOWN: &[(&str, &str)] = &[
    (
        "any_of/number_1",
        "both unions hold every number: the tool pairs the variants and compares them one by one",
    ),
    (
        "any_of/objects_3",
        "the variant with properties and no `type` allows booleans, so none is taken away",
    ),
    (
        "range/redundant_minimum_3",
        "at least 1 is also more than 0.4: the tool does not compare an open end with a closed one",
    ),
];

/// Compares all pairs.
pub(crate) fn run(folder: &Path) -> Result<Tally, String> {
    let mut tally = Tally { tool: "getsentry/json-schema-diff", ..Tally::default() };
    let fixtures = folder.join("tests/fixtures");
    for group in sorted(&fixtures)? {
        for fixture in sorted(&group)? {
            let name =
                |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let (group, file) = (name(&group), name(&fixture));
            let case = format!("{group}/{}", file.trim_end_matches(".json"));
            let snapshot = folder
                .join("tests/snapshots")
                .join(format!("test__from_fixtures@{group}__{file}.snap"));
            let theirs = is_breaking(&read(&snapshot)?);
            let pair = serde_json::from_str(&read(&fixture)?).map_err(|error| error.to_string())?;
            let ours = breaks(&pair);
            match (theirs != ours.is_empty(), KNOWN.iter().find(|(known, _)| *known == case)) {
                (true, _) => tally.agreed += 1,
                (false, Some((_, reason))) => tally.disagreed.push((case, reason)),
                (false, None) => tally
                    .unexplained
                    .push((case, format!("the tool says breaking={theirs}, we say {ours:?}"))),
            }
        }
    }
    Ok(tally)
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}

/// What keeps old messages from being right by the new schema.
fn breaks(pair: &Value) -> Vec<String> {
    let (mut old, mut new) = (pair["lhs"].clone(), pair["rhs"].clone());
    lift(&mut old);
    lift(&mut new);
    Comparison::new(&old, &new, Usage::Response)
        .compare("", "")
        .into_iter()
        .filter(|difference| difference.old_in_new != Containment::Holds)
        .map(|difference| format!("{} at {:?}", difference.change.word(), difference.instance))
        .collect()
}

/// Tuples of draft 7 as those of 2020-12; the fixtures hold nothing else that differs.
fn lift(value: &mut Value) {
    match value {
        Value::Object(object) => {
            if object.get("items").is_some_and(Value::is_array)
                && let Some(items) = object.shift_remove("items")
            {
                object.insert("prefixItems".to_owned(), items);
                if let Some(rest) = object.shift_remove("additionalItems") {
                    object.insert("items".to_owned(), rest);
                }
            }
            object.values_mut().for_each(lift);
        }
        Value::Array(list) => list.iter_mut().for_each(lift),
        _ => {}
    }
}

/// The verdict of a snapshot: a list of changes as Rust prints them.
fn is_breaking(snapshot: &str) -> bool {
    snapshot.split("change: ").skip(1).any(|change| {
        let (kind, rest) = change.split_once([' ', '{', '\n']).unwrap_or((change, ""));
        let says = |field: &str| rest.contains(&format!("{field}: true"));
        match kind {
            "TypeRemove" | "ConstAdd" | "RangeAdd" | "ArrayToTuple" | "TupleChange"
            | "RequiredAdd" | "FormatAdd" | "FormatChange" | "PatternAdd" | "PatternChange"
            | "MinLengthAdd" | "MaxLengthAdd" => true,
            "PropertyAdd" => says("lhs_additional_properties"),
            "PropertyRemove" => !says("lhs_additional_properties"),
            "EnumAdd" => says("lhs_has_no_enum"),
            "EnumRemove" => !says("rhs_has_no_enum"),
            "RangeChange" => is_narrower(rest),
            "MinLengthChange" => numbers(rest).is_some_and(|(old, new)| new > old),
            "MaxLengthChange" => numbers(rest).is_some_and(|(old, new)| new < old),
            _ => false,
        }
    })
}

/// Old and new number of a change.
fn numbers(change: &str) -> Option<(f64, f64)> {
    let number = |field: &str| {
        let (_, rest) = change.split_once(field)?;
        let digits = |c: char| c.is_ascii_digit() || c == '.' || c == '-';
        let start = rest.find(digits)?;
        let text = &rest[start..];
        text[..text.find(|c| !digits(c)).unwrap_or(text.len())].parse().ok()
    };
    Some((number("old_value:")?, number("new_value:")?))
}

/// Whether a changed end of an interval leaves less.
fn is_narrower(change: &str) -> bool {
    let Some((old, new)) = numbers(change) else { return true };
    let kind = |field: &str| {
        let rest = change.split_once(field).map_or("", |(_, rest)| rest);
        rest.trim_start().split('(').next().unwrap_or("").to_owned()
    };
    match (kind("old_value:").as_str(), kind("new_value:").as_str()) {
        ("ExclusiveMinimum" | "Minimum", "Minimum") | ("ExclusiveMinimum", "ExclusiveMinimum") => {
            old < new
        }
        ("ExclusiveMaximum" | "Maximum", "Maximum") | ("ExclusiveMaximum", "ExclusiveMaximum") => {
            old > new
        }
        _ => true,
    }
}
