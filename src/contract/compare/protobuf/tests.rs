use std::{collections::BTreeMap, fmt::Write as _};

use proptest::prelude::*;

use super::{
    differences,
    rules::{RULES, Reach},
};
use crate::{
    contract::{
        Contract,
        compare::noted::{Noted, Verdict},
        read,
        source::{Files, NoFiles, Part, Source},
    },
    evidence::Diagnostic,
};

fn one(text: &str) -> Contract {
    let written = ["syntax", "edition"].iter().any(|word| text.starts_with(word));
    let text = if written { text.to_owned() } else { format!("syntax = \"proto3\"; {text}") };
    read("a", Source::new("a.proto", text.as_str()), &NoFiles)
        .unwrap_or_else(|problems| panic!("{text}: {problems:?}"))
}

fn found(old: &str, new: &str) -> Vec<Noted> {
    differences(&one(old), &one(new))
}

struct Folder(BTreeMap<&'static str, &'static str>);

impl Files for Folder {
    fn read(&self, path: &str) -> Result<Source, Diagnostic> {
        self.0.get(path).map(|t| Source::new(path, *t)).ok_or_else(|| Diagnostic::error("none"))
    }

    fn with_ending(&self, _: &str) -> Vec<String> {
        self.0.keys().map(|path| (*path).to_owned()).collect()
    }
}

fn folder(files: &[(&'static str, &'static str)]) -> Contract {
    let root = Source::new(files[0].0, files[0].1);
    read("a", root, &Folder(files.iter().copied().collect())).expect("valid")
}

#[test]
fn each_example_breaks_its_rule_alone() {
    for rule in RULES.iter().filter(|rule| rule.example != ("", "")) {
        let (old, new) = rule.example;
        let noted = found(old, new);
        let ids: Vec<_> = noted.iter().map(|noted| noted.rule).collect();
        // What goes with it by nature.
        let also: &[&str] = match rule.id {
            "protobuf.field-cardinality-json" => &["protobuf.field-type-wire"],
            "protobuf.field-oneof" => &["protobuf.field-presence"],
            "protobuf.file-package" => &["protobuf.package-removed"],
            "protobuf.required-removed" => &["protobuf.field-removed"],
            "protobuf.oneof-removed" => &["protobuf.field-presence", "protobuf.field-oneof"],
            _ => &[],
        };
        assert!(ids.contains(&rule.id), "{}: {ids:?}", rule.id);
        let more: Vec<_> =
            ids.into_iter().filter(|id| *id != rule.id && !also.contains(id)).collect();
        assert_eq!(more, [""; 0], "{}", rule.id);
        let breaks = noted.iter().any(|noted| {
            noted.rule == rule.id
                && [&noted.new_in_old, &noted.old_in_new].contains(&&Verdict::Breaks)
        });
        assert_eq!(breaks, rule.reach != Reach::Notice, "{}", rule.id);
    }
}

#[test]
fn rules_are_sorted_and_explained() {
    assert!(RULES.is_sorted_by(|a, b| a.id < b.id));
    for rule in RULES {
        assert!(!rule.doc.is_empty() && !rule.help.is_empty(), "{}", rule.id);
    }
}

#[test]
fn what_moved_between_files_is_told_as_moved() {
    let old = folder(&[
        ("a.proto", "syntax = \"proto3\"; package p; message A {} enum E { X = 0; } service S {}"),
        ("b.proto", "syntax = \"proto3\"; package p;"),
    ]);
    let new = folder(&[
        ("a.proto", "syntax = \"proto3\"; package p;"),
        ("b.proto", "syntax = \"proto3\"; package p; message A {} enum E { X = 0; } service S {}"),
    ]);
    let ids: Vec<_> = differences(&old, &new).into_iter().map(|noted| noted.rule).collect();
    assert_eq!(ids, ["protobuf.message-moved", "protobuf.enum-moved", "protobuf.service-moved"]);
    let gone = folder(&[("a.proto", "syntax = \"proto3\"; package p;")]);
    let ids: Vec<_> = differences(&new, &gone).into_iter().map(|noted| noted.rule).collect();
    assert_eq!(
        ids,
        [
            "protobuf.file-removed",
            "protobuf.message-removed",
            "protobuf.enum-removed",
            "protobuf.service-removed"
        ]
    );
}

#[test]
fn a_difference_says_where_and_which_operation() {
    let old = "syntax = \"proto3\";\npackage p;\nservice S { rpc R(A) returns (A); }\nmessage A {\n  B b = 1;\n}\nmessage B {\n  int32 n = 1;\n}\n";
    let new = old.replace("int32 n", "string n");
    let (old, new) = (one(old), one(&new));
    let noted = differences(&old, &new);
    assert_eq!(noted.len(), 1);
    assert_eq!(
        noted[0],
        Noted {
            rule: "protobuf.field-type-wire",
            message: "p.B.n was int32 and is string".to_owned(),
            operation: "p.S/R".to_owned(),
            old_pointer: "/components/schemas/p.B/properties/n".to_owned(),
            new_pointer: "/components/schemas/p.B/properties/n".to_owned(),
            before: "int32".to_owned(),
            after: "string".to_owned(),
            new_in_old: Verdict::Breaks,
            old_in_new: Verdict::Breaks,
        }
    );
    let place = new.sources.locate(&noted[0].new_pointer, Part::Key).expect("a place");
    assert_eq!((place.line, place.column), (8, 10));
}

#[test]
fn who_demands_a_field_misses_it() {
    let weigh = |old, new| {
        let noted = found(old, new);
        (noted[0].new_in_old.clone(), noted[0].old_in_new.clone())
    };
    let (demands, bears) = (
        "syntax = \"proto2\"; message A { required int32 a = 1; }",
        "syntax = \"proto2\"; message A { optional int32 a = 1; }",
    );
    assert_eq!(weigh(demands, bears), (Verdict::Breaks, Verdict::Fine));
    assert_eq!(weigh(bears, demands), (Verdict::Fine, Verdict::Breaks));
}

#[test]
fn a_package_that_is_renamed_is_one_difference() {
    let of = |package: &str| {
        format!(
            "syntax = \"proto3\"; package {package}; message A {{ B b = 1; map<string, E> e = 2; }} message B {{}} enum E {{ X = 0; }} service S {{ rpc R(A) returns (B); }}"
        )
    };
    let ids: Vec<_> = found(&of("p"), &of("q.v2")).into_iter().map(|noted| noted.rule).collect();
    assert_eq!(ids, ["protobuf.file-package", "protobuf.package-removed"]);
}

/// A small file.
fn files() -> impl Strategy<Value = String> {
    let kind = prop_oneof![
        Just("int32"),
        Just("string"),
        Just("repeated B"),
        Just("E"),
        Just("map<string, B>"),
        Just("optional bool"),
        Just("bytes"),
    ];
    let field = (kind, "[a-d]", any::<bool>());
    (proptest::collection::vec(field, 0..4), any::<bool>(), any::<bool>()).prop_map(
        |(fields, service, reserved)| {
            let mut text = String::new();
            for (number, (kind, name, old)) in fields.iter().enumerate() {
                let deprecated = if *old { " [deprecated = true]" } else { "" };
                let _ = write!(text, "{kind} {name}{number} = {}{deprecated};", number + 1);
            }
            let reserved = if reserved { "reserved 90 to 99;" } else { "" };
            let service = if service { "service S { rpc R(A) returns (stream B); }" } else { "" };
            format!("syntax = \"proto3\"; package p; message A {{ {reserved} {text} }} message B {{}} enum E {{ X = 0; }} {service}")
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_contract_does_not_differ_from_itself(text in files()) {
        prop_assert_eq!(found(&text, &text), []);
    }

    /// What is new one way round is gone the other way round.
    #[test]
    fn differences_have_two_sides(a in files(), b in files()) {
        let (there, back) = (found(&a, &b), found(&b, &a));
        let of = |noted: &[Noted], start: &str| noted.iter().filter(|n| n.rule.starts_with(start)).count();
        prop_assert_eq!(of(&there, "protobuf.field-type"), of(&back, "protobuf.field-type"));
        prop_assert_eq!(of(&there, "protobuf.field-added"), of(&back, "protobuf.field-removed"));
        prop_assert_eq!(of(&there, "protobuf.rpc-added"), of(&back, "protobuf.rpc-removed"));
    }
}
