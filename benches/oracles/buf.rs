//! The test data of `buf breaking`: two folders of `.proto` files each, and in its Go tests the rules
//! that must fire, with file and line.
//!
//! `buf` runs one rule, or one of its four categories, on each pair; ours run all. So each of its
//! rules is held against those of ours that mean the same, and what ours say beside them is compared
//! only where `buf` looked for it.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use probe::contract::{
    self, DescribedFrom,
    compare::{Level, Mode, Settings, compare},
    source::Part,
};

use super::tally::Tally;

/// A case that both judge: rule of `buf`, file, line (none where the element is gone).
type Case = (String, String, Option<u32>);

/// A finding of ours.
struct Told {
    rule: &'static str,
    /// Pointer of the element in the new document.
    pointer: String,
    /// Path below the new folder.
    file: String,
    /// None where the element is gone, and nothing around it is left.
    line: Option<u32>,
}

/// Pairs whose verdict depends on settings of `buf` that have no counterpart here.
const EXCLUDED: &[(&str, &str)] = &[
    ("breaking_custom_plugins", "asks rules of a plugin of its own"),
    ("breaking_policy_local", "asks rules of a plugin of its own"),
    ("breaking_policy_empty", "asks a policy file which rules hold"),
    ("breaking_policy_disablebuiltin", "asks a policy file which rules hold"),
    ("breaking_ignore_unstable_packages_true", "leaves packages like v1beta1 out by a setting"),
    (
        "breaking_ignore_unstable_packages_delete_file",
        "leaves packages like v1beta1 out by a setting",
    ),
    ("breaking_file_no_delete_unstable", "leaves packages like v1beta1 out by a setting"),
    ("breaking_file_no_delete_ignores", "leaves paths out by a setting"),
];

/// Why we disagree: folder, file, reason.
const REASONS: &[(&str, &str, &str)] = &[
    (
        "breaking_field_same_java_utf8_validation",
        "2.proto",
        "the place: the option of the file, where we mark each field that it changes",
    ),
    (
        "breaking_package_no_delete",
        "",
        "the place: the message around it is in another file now, which buf does not look for",
    ),
];

/// Categories of `buf` that a rule is in, beside being asked by name.
const FILE: u8 = 1;
const PACKAGE: u8 = 2;
const BOTH: u8 = 3;

/// Rules of `buf`, its categories, and rules of ours (without `protobuf.`).
const RULES: &[(&str, u8, &[&str])] = &[
    ("ENUM_NO_DELETE", FILE, &["enum-removed", "enum-moved"]),
    ("ENUM_SAME_JSON_FORMAT", BOTH, &["enum-json-format"]),
    ("ENUM_SAME_TYPE", BOTH, &["enum-kind"]),
    (
        "ENUM_VALUE_NO_DELETE",
        BOTH,
        &[
            "enum-value-removed",
            "enum-value-removed-name-open",
            "enum-value-removed-number-open",
            "enum-value-removed-unreserved",
        ],
    ),
    (
        "ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED",
        0,
        &["enum-value-removed-name-open", "enum-value-removed-unreserved"],
    ),
    (
        "ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED",
        0,
        &["enum-value-removed-number-open", "enum-value-removed-unreserved"],
    ),
    ("ENUM_VALUE_SAME_NAME", BOTH, &["enum-value-renamed"]),
    ("EXTENSION_MESSAGE_NO_DELETE", BOTH, &["extension-range-removed"]),
    ("EXTENSION_NO_DELETE", FILE, &["extension-removed", "extension-moved"]),
    (
        "FIELD_NO_DELETE",
        BOTH,
        &[
            "field-removed",
            "field-removed-name-open",
            "field-removed-number-open",
            "field-removed-unreserved",
        ],
    ),
    (
        "FIELD_NO_DELETE_UNLESS_NAME_RESERVED",
        0,
        &["field-removed-name-open", "field-removed-unreserved"],
    ),
    (
        "FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED",
        0,
        &["field-removed-number-open", "field-removed-unreserved"],
    ),
    (
        "FIELD_SAME_CARDINALITY",
        BOTH,
        &["field-cardinality-json", "field-cardinality-wire", "field-presence"],
    ),
    ("FIELD_SAME_CPP_STRING_TYPE", BOTH, &["field-cpp-type"]),
    ("FIELD_SAME_DEFAULT", BOTH, &["field-default"]),
    ("FIELD_SAME_JAVA_UTF8_VALIDATION", BOTH, &["field-java-utf8", "field-utf8"]),
    ("FIELD_SAME_JSON_NAME", BOTH, &["field-json-name", "field-renamed"]),
    ("FIELD_SAME_JSTYPE", BOTH, &["field-js-type"]),
    ("FIELD_SAME_NAME", BOTH, &["field-renamed", "field-renamed-in-code"]),
    ("FIELD_SAME_ONEOF", BOTH, &["field-oneof"]),
    ("FIELD_SAME_TYPE", BOTH, &["field-type-json", "field-type-source", "field-type-wire"]),
    ("FIELD_SAME_UTF8_VALIDATION", BOTH, &["field-utf8", "field-utf8-not-java"]),
    ("FIELD_WIRE_COMPATIBLE_CARDINALITY", 0, &["field-cardinality-wire"]),
    ("FIELD_WIRE_COMPATIBLE_TYPE", 0, &["field-type-wire"]),
    (
        "FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY",
        0,
        &["field-cardinality-json", "field-cardinality-wire"],
    ),
    ("FIELD_WIRE_JSON_COMPATIBLE_TYPE", 0, &["field-type-json", "field-type-wire"]),
    ("FILE_NO_DELETE", FILE, &["file-removed"]),
    ("FILE_SAME_PACKAGE", BOTH, &["file-package"]),
    ("FILE_SAME_SYNTAX", BOTH, &["file-syntax"]),
    ("MESSAGE_NO_DELETE", FILE, &["message-removed", "message-moved"]),
    ("MESSAGE_NO_REMOVE_STANDARD_DESCRIPTOR_ACCESSOR", BOTH, &["message-descriptor-accessor"]),
    ("MESSAGE_SAME_JSON_FORMAT", BOTH, &["message-json-format"]),
    ("MESSAGE_SAME_MESSAGE_SET_WIRE_FORMAT", BOTH, &["message-set"]),
    ("MESSAGE_SAME_REQUIRED_FIELDS", BOTH, &["required-added", "required-removed"]),
    ("ONEOF_NO_DELETE", BOTH, &["oneof-removed"]),
    ("PACKAGE_ENUM_NO_DELETE", PACKAGE, &["enum-removed"]),
    ("PACKAGE_EXTENSION_NO_DELETE", PACKAGE, &["extension-removed"]),
    ("PACKAGE_MESSAGE_NO_DELETE", PACKAGE, &["message-removed"]),
    ("PACKAGE_NO_DELETE", PACKAGE, &["package-removed"]),
    ("PACKAGE_SERVICE_NO_DELETE", PACKAGE, &["service-removed"]),
    ("RESERVED_ENUM_NO_DELETE", BOTH, &["reserved-name-removed", "reserved-number-removed"]),
    ("RESERVED_MESSAGE_NO_DELETE", BOTH, &["reserved-name-removed", "reserved-number-removed"]),
    ("RPC_NO_DELETE", BOTH, &["rpc-removed"]),
    ("RPC_SAME_CLIENT_STREAMING", BOTH, &["rpc-client-streaming"]),
    ("RPC_SAME_IDEMPOTENCY_LEVEL", BOTH, &["rpc-idempotency"]),
    ("RPC_SAME_REQUEST_TYPE", BOTH, &["rpc-request"]),
    ("RPC_SAME_RESPONSE_TYPE", BOTH, &["rpc-response"]),
    ("RPC_SAME_SERVER_STREAMING", BOTH, &["rpc-server-streaming"]),
    ("SERVICE_NO_DELETE", FILE, &["service-removed", "service-moved"]),
];

/// Names that rules had in earlier versions of `buf`.
const ALIASES: &[(&str, &str)] = &[
    ("FIELD_SAME_LABEL", "FIELD_SAME_CARDINALITY"),
    ("FIELD_SAME_CTYPE", "FIELD_SAME_CPP_STRING_TYPE"),
];

/// Compares all pairs below a checkout of `buf`.
pub(crate) fn run(checkout: &Path) -> Result<Tally, String> {
    let base = checkout.join("private/bufpkg/bufcheck");
    let tests = fs::read_to_string(base.join("breaking_test.go")).map_err(|e| e.to_string())?;
    let mut tally = Tally { tool: "buf breaking", ..Tally::default() };
    for (folder, expected) in expectations(&tests) {
        if let Some((_, why)) = EXCLUDED.iter().find(|(name, _)| *name == folder) {
            tally.excluded.push((folder, why));
            continue;
        }
        let data = base.join("testdata/breaking");
        let (old, new) = (data.join("previous").join(&folder), data.join("current").join(&folder));
        let asked = asked(&new, &expected);
        match judge(&root(&old), &root(&new)) {
            Ok(told) => {
                let told = ours(&told, &asked, &expected);
                count(&mut tally, &folder, expected, told);
            }
            Err(why) => tally.unexplained.push((folder, format!("not read: {why}"))),
        }
    }
    Ok(tally)
}

/// What we find breaking, whoever moves first.
fn judge(old: &Path, new: &Path) -> Result<Vec<Told>, String> {
    let open = |folder: &Path| {
        contract::open(folder).map_err(|problems| {
            problems.first().map_or("unreadable".to_owned(), |problem| problem.title.clone())
        })
    };
    let (was, is) = (open(old)?, open(new)?);
    let settings = Settings { mode: Some(Mode::Full), from: DescribedFrom::Partner, today: None };
    let breaking = compare(&was, &is, &settings)
        .differences
        .into_iter()
        .filter(|difference| difference.level == Level::Breaking);
    let told = breaking.map(|difference| {
        let pointer = difference.new_pointer;
        // A file as a whole has no line, nor has what is nowhere.
        let is_whole = pointer.strip_prefix("/files/").is_some_and(|rest| !rest.contains('/'));
        let folder = format!("{}/", new.display());
        let place = is.sources.locate(&pointer, Part::Key).filter(|_| !pointer.is_empty());
        let gone = pointer.is_empty() || difference.rule == "protobuf.file-removed";
        let file = place.as_ref().filter(|_| !gone).map(|place| place.file.as_str());
        let file = file.map_or("", |file| file.strip_prefix(&folder).unwrap_or(file)).to_owned();
        let line = place.filter(|_| !is_whole && !gone).map(|place| place.line);
        Told { rule: difference.rule, pointer, file, line }
    });
    Ok(told.collect())
}

fn count(tally: &mut Tally, folder: &str, expected: Vec<Case>, told: Vec<Case>) {
    let mut sides: BTreeMap<Case, (bool, bool)> = BTreeMap::new();
    // That nothing fires is a case as well.
    tally.agreed += usize::from(expected.is_empty() && told.is_empty());
    // How often one line is told of one rule is a matter of taste.
    for case in expected {
        sides.entry(case).or_default().0 = true;
    }
    for case in told {
        sides.entry(case).or_default().1 = true;
    }
    for ((rule, file, line), (theirs, ours)) in sides {
        if theirs == ours {
            tally.agreed += 1;
            continue;
        }
        let who = if theirs { "only buf" } else { "only we" };
        let line = line.map_or("gone".to_owned(), |line| line.to_string());
        let case = format!("{folder}, {rule} at {file}:{line}");
        let known = |(f, at, _): &&(&str, &str, &str)| *f == folder && file.starts_with(at);
        match REASONS.iter().find(known) {
            Some((.., why)) => tally.disagreed.push((format!("{case}, {who}"), why)),
            None => tally.unexplained.push((case, who.to_owned())),
        }
    }
}

/// Our findings as cases, by the rules that were asked for.
fn ours(told: &[Told], asked: &[&'static str], expected: &[Case]) -> Vec<Case> {
    let mut cases = Vec::new();
    for told in told {
        let id = told.rule.trim_start_matches("protobuf.");
        // Each option of a file has a rule of its own there.
        if let Some((_, option)) = told.pointer.split_once("/options/")
            && id == "file-option"
            && expected.iter().any(|(rule, ..)| rule.starts_with("FILE_SAME_"))
        {
            let rule = format!("FILE_SAME_{}", option.to_ascii_uppercase());
            cases.push((rule, told.file.clone(), told.line));
        }
        for (rule, _, ours) in RULES {
            if asked.contains(rule) && ours.contains(&id) {
                cases.push(((*rule).to_owned(), told.file.clone(), told.line));
            }
        }
    }
    cases
}

/// The items of a list in a folder's settings.
fn setting(folder: &Path, name: &str) -> Vec<String> {
    let settings = fs::read_to_string(folder.join("buf.yaml")).unwrap_or_default();
    let lines = settings.lines().skip_while(|line| line.trim() != format!("{name}:")).skip(1);
    lines.map_while(|line| line.trim().strip_prefix("- ")).map(str::to_owned).collect()
}

/// Where the files of a folder are, by its settings.
fn root(folder: &Path) -> PathBuf {
    setting(folder, "roots").first().map_or_else(|| folder.to_owned(), |root| folder.join(root))
}

/// The rules that a folder's settings ask for.
fn asked(folder: &Path, expected: &[Case]) -> Vec<&'static str> {
    let named = setting(folder, "use");
    let now = |name: &String| ALIASES.iter().find(|(old, _)| old == name).map(|(_, now)| *now);
    let used: Vec<&str> = named.iter().map(|name| now(name).unwrap_or(name)).collect();
    let except = setting(folder, "except");
    let category = |name: &str| match name {
        "FILE" => FILE,
        "PACKAGE" => PACKAGE,
        _ => 0,
    };
    let categories = match used.as_slice() {
        [] => FILE,
        used => used.iter().map(|name| category(name)).fold(0, |all, one| all | one),
    };
    let of = |(rule, within, _): &&(&'static str, u8, _)| {
        let asked = used.contains(rule) || within & categories != 0;
        let except = except.iter().any(|name| name == rule);
        asked && !except || expected.iter().any(|(r, ..)| r == rule)
    };
    RULES.iter().filter(of).map(|(rule, ..)| *rule).collect()
}

/// Folder and expected cases of each Go test.
fn expectations(tests: &str) -> Vec<(String, Vec<Case>)> {
    let mut found = Vec::new();
    for test in tests.split("\nfunc Test").skip(1) {
        let test = test.split("\n}").next().unwrap_or_default();
        let Some((_, call)) = test.split_once("testBreaking(") else { continue };
        let Some(folder) = call.split('"').nth(1) else { continue };
        let cases = call.split("NewFileAnnotation").skip(1).filter_map(case).collect();
        found.push((folder.to_owned(), cases));
    }
    found
}

/// `(t, "1.proto", 9, 1, 18, 2, "RULE")`, and the forms without a place.
fn case(text: &str) -> Option<Case> {
    let arguments = text.split_once('(')?.1;
    let mut quoted = arguments.split('"').skip(1).step_by(2);
    let first = quoted.next()?;
    if text.starts_with("NoLocationOrPath") {
        return Some((first.to_owned(), String::new(), None));
    }
    let rule = quoted.next()?.to_owned();
    if text.starts_with("NoLocation") {
        return Some((rule, first.to_owned(), None));
    }
    let numbers = arguments.split('"').nth(2)?;
    let line = numbers.split(',').find_map(|part| part.trim().parse().ok());
    Some((rule, first.to_owned(), line))
}
