use std::{collections::BTreeMap, fmt::Write as _};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::read;
use crate::{
    contract::{
        Contract, Kind,
        fixture::message,
        source::{Files, Part, Source},
    },
    evidence::Diagnostic,
};

/// A folder in memory.
struct Folder(BTreeMap<&'static str, String>);

impl Files for Folder {
    fn read(&self, path: &str) -> Result<Source, Diagnostic> {
        let text = self.0.get(path).ok_or_else(|| Diagnostic::error("not there"))?;
        Ok(Source::new(format!("c/{path}"), text.as_str()))
    }

    fn with_ending(&self, ending: &str) -> Vec<String> {
        let of = |path: &&&str| path.ends_with(&format!(".{ending}"));
        self.0.keys().filter(of).map(|path| (*path).to_owned()).collect()
    }
}

fn folder(files: &[(&'static str, &str)]) -> Result<Contract, Vec<Diagnostic>> {
    let texts = files.iter().map(|(path, text)| (*path, (*text).to_owned())).collect();
    let root = Source::new(format!("c/{}", files[0].0), files[0].1);
    read("a/b/v1", root, &Folder(texts))
}

fn one(text: &str) -> Contract {
    folder(&[("a.proto", text)])
        .unwrap_or_else(|problems| panic!("{:?}", problems.iter().map(message).collect::<Vec<_>>()))
}

const SHOP: &str = r#"syntax = "proto3";
package shop.v1;
import "google/protobuf/timestamp.proto";
import "types/money.proto";

// Orders of a shop.
service Orders {
  // Places an order.
  // It may take a while.
  rpc Place(PlaceRequest) returns (shop.v1.Order) {
    option (google.api.http) = { post: "/v1/orders" body: "*" };
    option deprecated = true;
  }
  rpc Watch(stream PlaceRequest) returns (stream Order);
}
message PlaceRequest {
  string sku_code = 1;
  // How many.
  int64 count = 2;
  oneof payer { string card = 3; string account = 4; }
  map<string, types.Money> prices = 5;
}
message Order {
  enum State { STATE_UNSPECIFIED = 0; OPEN = 1; }
  State state = 1;
  repeated Order parts = 2;
  google.protobuf.Timestamp placed_at = 3;
}
"#;
const MONEY: &str = "syntax = \"proto3\";\npackage types;\nmessage Money { int64 units = 1; }\n";

#[test]
fn services_are_operations() {
    let contract = folder(&[("shop.proto", SHOP), ("types/money.proto", MONEY)]).expect("valid");
    assert_eq!(contract.title, "shop.v1");
    assert_eq!(contract.standard.describe(), "Protocol Buffers proto3");
    let told: Vec<_> = contract
        .operations
        .iter()
        .map(|op| (op.name.as_str(), op.path.as_str(), op.summary.as_str(), op.deprecated))
        .collect();
    assert_eq!(
        told,
        [
            ("shop.v1.Orders/Place", "/shop.v1.Orders/Place", "Places an order.", true),
            ("shop.v1.Orders/Watch", "/shop.v1.Orders/Watch", "streams both ways", false),
        ]
    );
    let place = &contract.operations[0];
    assert_eq!(place.kind, Kind::Rpc);
    let http =
        contract.document.pointer("/services/shop.v1.Orders/Place/x-options/(google.api.http)");
    assert_eq!(http, Some(&json!({"post": "/v1/orders", "body": "*"})));
    let schema = place.request_body.as_ref().and_then(|body| body.content[0].schema.as_ref());
    let schema = contract.schema(schema.expect("a schema"));
    assert_eq!(schema["properties"]["count"]["description"], "How many.");
    assert_eq!(
        schema["properties"]["skuCode"],
        json!({"type": ["string", "null"]}),
        "the name in JSON"
    );
}

#[test]
fn every_place_is_found_in_its_file() {
    let contract = folder(&[("shop.proto", SHOP), ("types/money.proto", MONEY)]).expect("valid");
    let at = |pointer: &str| {
        let place = contract.sources.locate(pointer, Part::Key).expect("a place");
        format!("{}:{}:{} {}", place.file, place.line, place.column, place.length)
    };
    assert_eq!(at("/components/schemas/shop.v1.Order"), "c/shop.proto:23:9 5");
    assert_eq!(at("/components/schemas/shop.v1.Order/properties/placedAt"), "c/shop.proto:27:29 9");
    assert_eq!(at("/components/schemas/shop.v1.Order.State"), "c/shop.proto:24:8 5");
    assert_eq!(
        at("/components/schemas/types.Money/properties/units"),
        "c/types/money.proto:3:23 5"
    );
    assert_eq!(at("/services/shop.v1.Orders/Watch/response/schema"), "c/shop.proto:14:50 5");
}

/// Whether a message is one, by the schema of the only operation or payload.
fn keeps(contract: &Contract, name: &str, value: &Value) -> bool {
    let operation = contract.operation(name).expect("an operation");
    let content = &operation.request_body.as_ref().expect("a body").content[0];
    let schema = content.schema.as_ref().expect("a schema");
    contract.schemas.violations(schema, value).is_empty()
}

#[test]
fn json_is_what_parsers_accept() {
    let contract = one(r#"syntax = "proto3";
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
message M {
  int32 small = 1; int64 large = 2; uint32 whole = 3; float ratio = 4; bool yes = 5;
  bytes data = 6; E e = 7; repeated int32 list = 8; map<int32, string> named = 9;
  M inner = 10; oneof either { string left_side = 11; string right = 12; }
  google.protobuf.Timestamp at = 13; google.protobuf.Duration lasts = 14;
  google.protobuf.Int64Value wrapped = 15; google.protobuf.Struct free = 16;
  google.protobuf.Value anything = 17; google.protobuf.Any any = 18;
  google.protobuf.FieldMask mask = 19;
}
enum E { NONE = 0; SOME = 1; }
"#);
    let m = |value: Value| keeps(&contract, "M", &value);
    for accepted in [
        json!({}),
        json!({"small": 1, "large": "9007199254740993", "whole": "7", "ratio": "NaN"}),
        json!({"small": "-1", "large": -1, "ratio": 1.5, "yes": true, "data": "AP8="}),
        json!({"small": null, "list": null, "inner": null, "e": null}),
        json!({"e": "SOME"}),
        json!({"e": 77}),
        json!({"list": [1, "2"], "named": {"-3": "x"}, "inner": {"inner": {"small": 1}}}),
        json!({"leftSide": "x"}),
        json!({"left_side": "x"}),
        json!({"at": "2026-01-01T00:00:00.5Z", "lasts": "-1.5s", "wrapped": "12"}),
        json!({"free": {"a": [1]}, "anything": [null], "mask": "a,bC.d"}),
        json!({"any": {"@type": "type.googleapis.com/x.Y", "more": 1}}),
    ] {
        assert!(m(accepted.clone()), "{accepted}");
    }
    for refused in [
        json!([]),
        json!({"small": 2_147_483_648_u64}),
        json!({"small": "x"}),
        json!({"small": 1.5}),
        json!({"whole": -1}),
        json!({"yes": "true"}),
        json!({"data": "no base 64!"}),
        json!({"e": "OTHER"}),
        json!({"list": [null]}),
        json!({"named": {"x": "y"}}),
        json!({"leftSide": "x", "right": "y"}),
        json!({"left_side": 1}),
        json!({"at": "yesterday"}),
        json!({"lasts": "1 s"}),
        json!({"any": {}}),
    ] {
        assert!(!m(refused.clone()), "{refused}");
    }
}

#[test]
fn proto2_says_more() {
    let contract = one(r#"syntax = "proto2";
message M {
  required string id = 1;
  optional group Part = 2 { optional int32 size = 3; }
  optional E e = 4;
  extensions 100 to max;
}
extend M { optional string note = 100; }
enum E { A = 1; B = 5; }
"#);
    let m = |value: Value| keeps(&contract, "M", &value);
    assert!(m(json!({"id": "x", "part": {"size": 1}, "e": 5, "[note]": "y"})));
    assert!(!m(json!({"e": "A"})), "required");
    assert!(!m(json!({"id": null})));
    assert!(!m(json!({"id": "x", "e": 4})), "a closed enum");
    assert!(!m(json!({"id": "x", "[note]": 1})));
}

#[test]
fn without_a_service_the_outermost_messages_are_payloads() {
    let contract =
        one("edition = \"2023\"; message A { B b = 1; } message B {} message C { C c = 1; }");
    let names: Vec<_> = contract.operations.iter().map(|op| op.name.as_str()).collect();
    assert_eq!(names, ["A", "C"]);
    assert_eq!(contract.standard.describe(), "Protocol Buffers edition 2023");
    let circle = one("syntax = \"proto3\"; message A { B b = 1; } message B { A a = 1; }");
    assert_eq!(circle.operations.len(), 2);
}

/// Files in a folder that nobody lists.
struct Alone(Folder);

impl Files for Alone {
    fn read(&self, path: &str) -> Result<Source, Diagnostic> {
        self.0.read(path)
    }
}

#[test]
fn files_may_stand_in_a_folder_of_their_own() {
    let a = "syntax = \"proto3\"; import \"x/b.proto\"; message A { B b = 1; }";
    let b = "syntax = \"proto3\"; message B {}";
    folder(&[("proto/x/a.proto", a), ("proto/x/b.proto", b)]).expect("valid");
    // A file by itself brings what it imports.
    let files = Alone(Folder(BTreeMap::from([("x/b.proto", b.to_owned())])));
    let contract = read("a", Source::new("c/a.proto", a), &files).expect("valid");
    assert_eq!(contract.sources.files().len(), 2);
}

/// Text, and the one line that its first problem makes.
const WRONG: &[(&str, &str)] = &[
    (
        "syntax = \"proto4\";",
        "1:10 this syntax is not known | \"proto2\" or \"proto3\" | proto4 | ",
    ),
    (
        "edition = \"2077\";",
        "1:11 this edition is not known | \"2023\" or \"2024\" | 2077 | see protobuf.dev, \"Protobuf Editions Overview\"",
    ),
    (
        "syntax = \"proto3\"; message A { string a = 1 }",
        "1:45 c/a.proto is not Protocol Buffers | `;` | `}` | ",
    ),
    (
        "message A { int32 a = 1; }",
        "1:13 a field of proto2 needs a label | - | - | write `optional`, `required` or `repeated`",
    ),
    (
        "syntax = \"proto3\"; message A { Bee b = 1; } message Bees {}",
        "1:32 the type `Bee` is not declared | - | - | did you mean `Bees`?",
    ),
    (
        "syntax = \"proto3\"; message A { int32 a = 1; int32 b = 1; }",
        "1:45 two fields of `A` have the number 1 | - | - | a number belongs to one field for ever",
    ),
    (
        "syntax = \"proto3\"; message A { int32 a_b = 1; int32 aB = 2; }",
        "1:53 two fields of `A` are called `aB` in JSON | - | - | ",
    ),
    (
        "syntax = \"proto3\"; message A { int32 a = 19000; }",
        "1:42 a field cannot have the number 19000 | 1 to 536870911, but not 19000 to 19999 | - | see the protobuf guide, \"Assigning Field Numbers\"",
    ),
    (
        "syntax = \"proto3\"; message A { reserved 2 to 4; int32 a = 3; }",
        "1:49 the number 3 of `a` is reserved | - | - | ",
    ),
    (
        "syntax = \"proto3\"; enum E { A = 1; }",
        "1:33 the first value of `E` is not 0 | - | - | an open enum begins with its zero value, which is its default",
    ),
    (
        "syntax = \"proto3\"; enum E { A = 0; B = 0; }",
        "1:36 two values of `E` have the number 0 | - | - | set the option `allow_alias = true` if that is meant",
    ),
    (
        "syntax = \"proto3\"; import \"google/api/client.proto\";",
        "1:27 the import `google/api/client.proto` is not there | a file c/google/api/client.proto | - | copy the file there; nothing outside the contract's folder is read",
    ),
    (
        "syntax = \"proto3\"; message A {} message A {}",
        "1:41 `A` is declared twice | - | - | give each its own name, or take one of two copies of a file away",
    ),
    (
        "syntax = \"proto3\"; service S { rpc R(E) returns (E); } enum E { A = 0; }",
        "1:38 `E` is not a message | - | - | ",
    ),
    (
        "message A { optional string a = 1 [default = \"x]; }",
        "1:46 c/a.proto is not Protocol Buffers | - | - | see protobuf.dev, the language specification, \"Lexical Elements\"",
    ),
];

#[test]
fn what_is_wrong_is_told_with_its_place() {
    for (text, told) in WRONG {
        let problems = folder(&[("a.proto", text)]).expect_err(text);
        let problem = &problems[0];
        let place = problem.place().expect("a place");
        let said = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        let line = format!(
            "{}:{} {} | {} | {} | {}",
            place.line,
            place.column,
            problem.title,
            said(&problem.expected),
            said(&problem.actual),
            problem.help.join(" / ")
        );
        assert_eq!(line, *told, "{text}");
    }
}

#[test]
fn imports_must_be_seen_and_go_in_no_circle() {
    let a = "syntax = \"proto3\"; import \"b.proto\"; message A { C c = 1; }";
    let b = "syntax = \"proto3\"; import \"c.proto\";";
    let c = "syntax = \"proto3\"; message C {}";
    let problems = folder(&[("a.proto", a), ("b.proto", b), ("c.proto", c)]).expect_err("hidden");
    assert_eq!(problems[0].notes, ["`C` is declared in c.proto, which this file does not import"]);
    let public = b.replace("import ", "import public ");
    folder(&[("a.proto", a), ("b.proto", &public), ("c.proto", c)]).expect("seen");
    let circle = format!("{c} import \"a.proto\";");
    let files = [("a.proto", a), ("b.proto", b), ("c.proto", circle.as_str())];
    let problems = folder(&files).expect_err("a circle");
    assert_eq!(problems[0].title, "imports go in a circle");
    assert_eq!(problems[0].marks.len(), 3);
}

#[test]
fn hostile_files_are_refused_in_bounded_time() {
    let refused =
        |text: String| folder(&[("a.proto", &text)]).expect_err("hostile")[0].title.clone();
    let deep = "more than 100 levels stand in each other";
    assert_eq!(refused("message A { ".repeat(100_000)), deep);
    assert_eq!(refused(format!("option a = {}", "{ a: ".repeat(100_000))), deep);
    assert_eq!(refused(format!("option a = {{ a: {}", "[".repeat(100_000))), deep);
    let wide = "import \"missing.proto\";".repeat(1_000);
    let problems =
        folder(&[("a.proto", &format!("syntax = \"proto3\"; {wide}"))]).expect_err("missing");
    assert_eq!(problems.len(), 100);
    let mut fields = String::new();
    for n in 1..2_000 {
        let _ = write!(fields, "string f{n} = {n};");
    }
    one(&format!("syntax = \"proto3\"; message A {{ oneof o {{ {fields} }} }}"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever a file holds, it is read or refused.
    #[test]
    fn no_text_is_too_odd(words in proptest::collection::vec(prop_oneof![
        Just("message"), Just("enum"), Just("A"), Just("{"), Just("}"), Just("="), Just("1"),
        Just(";"), Just("string"), Just("oneof"), Just("map"), Just("<"), Just(">"), Just(","),
        Just("option"), Just("("), Just(")"), Just("."), Just("extend"), Just("rpc"), Just("group"),
        Just("service"), Just("["), Just("]"), Just("\"x\""), Just("reserved"), Just("to"),
        Just("max"), Just("-"), Just("import"), Just("é"), Just("syntax = \"proto3\";"),
    ], 0..40)) {
        let _ = folder(&[("a.proto", &words.join(" "))]);
    }
}
