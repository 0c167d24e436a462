use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::contract::source::{Part, Source};

/// `line:column text` of a place.
fn at(file: &str, text: &str, pointer: &str, part: Part) -> String {
    let place = Source::new(file, text).locate(pointer, part).expect("a document");
    let (start, length) = (place.column as usize - 1, place.length as usize);
    let marked: String = place.text.chars().skip(start).take(length).collect();
    format!("{}:{} {marked}", place.line, place.column)
}

#[test]
fn json_places() {
    let text = r#"{
  "ä": {"/v1/~x": [10, {"k\u0065y": "va\"lue"}], "n": null},
  "last": {
    "t": true
  }
}"#;
    let key = |pointer| at("a.json", text, pointer, Part::Key);
    let value = |pointer| at("a.json", text, pointer, Part::Value);
    assert_eq!(key("/ä"), r#"2:3 "ä""#);
    assert_eq!(value("/ä/~1v1~1~0x/0"), "2:20 10");
    assert_eq!(value("#/ä/~1v1~1~0x/1/key"), r#"2:37 "va\"lue""#);
    assert_eq!(key("/ä/~1v1~1~0x/1/key"), r#"2:25 "k\u0065y""#);
    assert_eq!(value("/ä/n"), "2:55 null");
    assert_eq!(value("/last"), "3:11 {");
    assert_eq!(value(""), "1:1 {");
    // To nowhere: the deepest part that exists.
    assert_eq!(value("/last/no/where"), r#"3:3 "last""#);
    assert_eq!(value("/ä/~1v1~1~0x/7"), r#"2:9 "/v1/~x""#);
    assert_eq!(value("/nothing"), "1:1 {");
}

#[test]
fn yaml_places() {
    let text = "# a comment
status: ga
responses:
  200: {description: 'it''s ok', x: [a, b]}   # inline
  '404':
    description: |
      Not
      here
environments:
  - name: one
    url: \"http://ü\"
  - two
empty:
copy: &c {a: 1}
again: *c
";
    let key = |pointer| at("a.yaml", text, pointer, Part::Key);
    let value = |pointer| at("a.yaml", text, pointer, Part::Value);
    assert_eq!(value("/status"), "2:9 ga");
    assert_eq!(key("/responses/200"), "4:3 200");
    assert_eq!(value("/responses/200"), "4:8 {description: 'it''s ok', x: [a, b]}");
    assert_eq!(value("/responses/200/description"), "4:22 'it''s ok'");
    assert_eq!(value("/responses/200/x/1"), "4:41 b");
    assert_eq!(key("/responses/404"), "5:3 '404'");
    assert_eq!(value("/responses/404"), "6:5 description");
    assert_eq!(value("/responses/404/description"), "7:7 Not");
    assert_eq!(value("/environments/0"), "10:5 name: one");
    assert_eq!(value("/environments/0/url"), "11:10 \"http://ü\"");
    assert_eq!(key("/environments/1"), "12:5 two");
    assert_eq!(value("/empty"), "13:1 empty");
    assert_eq!(value("/copy/a"), "14:14 1");
    assert_eq!(value("/again"), "15:8 *c");
    assert_eq!(value("/again/a"), "15:1 again");
    assert_eq!(value(""), "2:1 status: ga");
    assert_eq!(value("/responses/404/nothing"), "5:3 '404'");
    assert_eq!(value("/environments/9"), "9:1 environments");
}

#[test]
fn toml_places() {
    let text = "[environments]
mock = { class = \"mock\" }

[run]
concurrency = 64
dotted.key = [1, \"ä\"]

[profiles.nightly]
tags = \"\"\"
@nightly\"\"\"
[[hosts]]
name = 'a'
";
    let key = |pointer| at("a.toml", text, pointer, Part::Key);
    let value = |pointer| at("a.toml", text, pointer, Part::Value);
    assert_eq!(key("/environments"), "1:2 environments");
    assert_eq!(value("/environments/mock/class"), "2:18 \"mock\"");
    assert_eq!(value("/run/concurrency"), "5:15 64");
    assert_eq!(value("/run/dotted/key/1"), "6:18 \"ä\"");
    assert_eq!(key("/profiles/nightly"), "8:11 nightly");
    assert_eq!(value("/profiles/nightly/tags"), "9:8 \"\"\"");
    assert_eq!(value("/hosts/0/name"), "12:8 'a'");
    assert_eq!(value("/run/nothing"), "4:2 run");
}

#[test]
fn what_is_no_document_has_no_places() {
    assert_eq!(Source::new("a.txt", "x").locate("/x", Part::Key), None);
    assert_eq!(Source::new("a.json", " ").locate("/x", Part::Key), None);
    assert_eq!(Source::new("a.toml", "= 1").locate("/x", Part::Key), None);
}

/// Values that JSON and YAML write in one line each.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-z /~é\"\\\\#:-]{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z/~ ü]{1,5}", inner, 1..4)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// Every leaf with its pointer.
fn leaves(value: &Value, pointer: &str, found: &mut Vec<(String, Value)>) {
    let escape = |key: &str| key.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(members) => members
            .iter()
            .for_each(|(key, v)| leaves(v, &format!("{pointer}/{}", escape(key)), found)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(index, v)| leaves(v, &format!("{pointer}/{index}"), found)),
        leaf => found.push((pointer.to_owned(), leaf.clone())),
    }
}

/// Block YAML with every scalar as JSON writes it, which YAML reads the same.
fn yaml(value: &Value, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                *out += format!("\n{pad}{}:", json!(key)).as_str();
                yaml(value, indent + 2, out);
            }
        }
        Value::Array(items) => {
            for item in items {
                *out += format!("\n{pad}-").as_str();
                yaml(item, indent + 2, out);
            }
        }
        leaf => *out += format!(" {leaf}").as_str(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn every_leaf_is_found_where_it_stands(value in values()) {
        let mut block = String::new();
        yaml(&value, 0, &mut block);
        let pretty = serde_json::to_string_pretty(&value).expect("a value");
        for source in [
            Source::new("a.json", pretty.as_str()),
            Source::new("a.yaml", pretty),
            Source::new("b.yaml", block),
        ] {
            prop_assert_eq!(&source.parse().expect("it parses"), &value, "{}", source.text);
            let mut found = Vec::new();
            leaves(&value, "", &mut found);
            for (pointer, leaf) in found {
                let place = at(&source.path, &source.text, &pointer, Part::Value);
                let (_, marked) = place.split_once(' ').expect("a place");
                prop_assert_eq!(marked, leaf.to_string(), "{} in {}", pointer, source.text);
            }
        }
    }

    #[test]
    fn no_text_is_too_broken(text in "\\PC{0,40}|[\\[\\]{}\",:\\\\\\-&*!|> \n\ta1.=#é]{0,60}", pointer in "(/[a1é])*") {
        for file in ["a.json", "a.yaml", "a.toml", "a.txt"] {
            let source = Source::new(file, text.as_str());
            if let Err(problem) = source.parse() {
                prop_assert_eq!(problem.marks.len(), 1);
            }
            let _ = source.locate(&pointer, Part::Value);
            let _ = source.locate(&pointer, Part::Key);
        }
    }
}
