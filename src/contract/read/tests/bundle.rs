use std::{cell::RefCell, collections::BTreeMap};

use crate::{
    contract::{
        Contract,
        fixture::message,
        read,
        source::{Files, Part, Source},
    },
    evidence::Diagnostic,
};

/// Files in memory, and which of them were read.
#[derive(Default)]
struct InMemory {
    files: BTreeMap<&'static str, &'static str>,
    read: RefCell<Vec<String>>,
}

impl Files for InMemory {
    fn read(&self, path: &str) -> Result<Source, Diagnostic> {
        self.read.borrow_mut().push(path.to_owned());
        let text = self.files.get(path).ok_or_else(|| {
            Diagnostic::error(format!("cannot read contracts/a/b/v1/{path}")).actual("no such file")
        })?;
        Ok(Source::new(format!("contracts/a/b/v1/{path}"), *text))
    }
}

fn several(
    root: &str,
    files: &[(&'static str, &'static str)],
) -> (Result<Contract, Vec<Diagnostic>>, Vec<String>) {
    let files = InMemory { files: files.iter().copied().collect(), ..InMemory::default() };
    let contract = read("a/b/v1", Source::new("contracts/a/b/v1/openapi.yaml", root), &files);
    (contract, files.read.into_inner())
}

fn problems(root: &str, files: &[(&'static str, &'static str)]) -> Vec<String> {
    let problems = several(root, files).0.expect_err("wrong");
    problems
        .iter()
        .map(|problem| {
            let file = problem.place().map_or("-", |p| p.file.as_str());
            format!("{} {}", file.trim_start_matches("contracts/a/b/v1/"), message(problem))
        })
        .collect()
}

fn schema_root(schema: &str) -> String {
    format!("openapi: 3.1.0\npaths: {{}}\ncomponents:\n  schemas:\n    A: {schema}\n")
}

#[test]
fn many_files_are_one_document() {
    let root = r"openapi: 3.1.0
info: {title: Split}
paths:
  /orders: {$ref: './paths/orders.yaml'}
components:
  schemas:
    Local: {type: string, maxLength: 3}
";
    let orders = r"get:
  operationId: listOrders
  parameters:
    - $ref: ../types/parameters.json#/Limit
    - $ref: '../types/.././types/parameters.json#/Limit2'
  responses:
    '200':
      description: ok
      content:
        application/json:
          schema: {$ref: ../types/order.yaml}
          examples: {one: {$ref: ../examples/one.yaml}}
    '404': {$ref: '../types/errors%2Eyaml#/responses/Gone'}
";
    let parameters = r#"{
  "Limit": {"name": "limit", "in": "query", "schema": {"type": "integer"}},
  "Limit2": {"name": "more", "in": "query", "schema": {"$ref": "../openapi.yaml#/components/schemas/Local"}}
}"#;
    let order = r"type: object
required: [id]
properties:
  id: {type: string}
  $ref: {type: string}
  total: {$ref: 'money.yaml#/definitions/Money'}
  next: {$ref: ''}
  children: {type: array, items: {$ref: '#'}}
example: {$ref: 'nowhere.yaml'}
";
    let money = "definitions:\n  Money: {type: object, required: [amount], properties: {amount: {$ref: '#/definitions/Amount'}}}\n  Amount: {type: integer}\n";
    let errors = "responses:\n  Gone: {description: gone, content: {application/json: {schema: {$ref: 'order.yaml#/properties/id'}}}}\n";
    let (contract, read) = several(
        root,
        &[
            ("paths/orders.yaml", orders),
            ("types/parameters.json", parameters),
            ("types/order.yaml", order),
            ("types/money.yaml", money),
            ("types/errors.yaml", errors),
            ("examples/one.yaml", "value: {id: a}\n"),
        ],
    );
    let contract = contract.unwrap_or_else(|problems| panic!("{problems:#?}"));
    let mut once = read.clone();
    once.sort();
    assert_eq!(
        once,
        [
            "examples/one.yaml",
            "paths/orders.yaml",
            "types/errors.yaml",
            "types/money.yaml",
            "types/order.yaml",
            "types/parameters.json"
        ]
    );
    let list = contract.operation("listOrders").expect("read");
    let names: Vec<&str> = list.parameters.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["limit", "more"]);
    assert_eq!(contract.schema(&list.parameters[1].schema)["maxLength"], 3);
    let ok = &list.responses[0].content[0];
    assert_eq!(ok.examples[0].value["id"], "a");
    let schema = contract.schema(ok.schema.as_ref().expect("described"));
    assert_eq!(schema["properties"]["next"]["$ref"], "#/x-files/types~1order.yaml");
    let gone = list.responses[1].content[0].schema.as_ref().expect("described");
    assert_eq!(contract.schema(gone)["type"], "string");
    // Every place is still the file's own.
    let amount = "/x-files/types~1money.yaml/definitions/Amount/type";
    let place = contract.sources.locate(amount, Part::Value).expect("written");
    assert_eq!((place.file.as_str(), place.line), ("contracts/a/b/v1/types/money.yaml", 3));
    assert_eq!(contract.sources.written(amount), "types/money.yaml#/definitions/Amount/type");
    // What stands in other files is checked as well.
    let wrong = serde_json::json!({"id": "a", "total": {"amount": "5"}});
    let schema = ok.schema.as_ref().expect("described");
    let found = contract.schemas.violations(schema, &wrong);
    assert_eq!(found.len(), 1, "{found:#?}");
}

#[test]
fn references_stay_in_the_folder() {
    assert_eq!(
        problems(&schema_root("{$ref: 'https://example.com/s/money.json?v=1#/Money'}"), &[]),
        [
            "openapi.yaml 5:15 \"'https://example.com/s/money.json?v=1#/Money'\" the reference leads out of the workspace | a file in the contract's folder, or a place in this document | https://example.com/s/money.json?v=1#/Money | save what https://example.com/s/money.json?v=1 says as contracts/a/b/v1/vendor/example.com/s/money.json_v_1; then write vendor/example.com/s/money.json_v_1#/Money"
        ]
    );
    let out = |reference: &str| problems(&schema_root(&format!("{{$ref: '{reference}'}}")), &[]);
    for reference in ["../secrets.yaml#/a", "/etc/passwd", "types/../../x.yaml", "%2e%2e/x.yaml"] {
        let told = out(reference);
        assert!(told[0].contains("leads out of the workspace"), "{told:#?}");
    }
    assert_eq!(
        out("../../shared/money.yaml#/Money"),
        [
            "openapi.yaml 5:15 \"'../../shared/money.yaml#/Money'\" the reference leads out of the workspace | a file below contracts/a/b/v1 | ../../shared/money.yaml#/Money | copy the file to contracts/a/b/v1/money.yaml; then write money.yaml#/Money"
        ]
    );
    for reference in ["file:///etc/passwd", "//example.com/a.yaml", "urn:example:a"] {
        let told = out(reference);
        assert!(told[0].contains("leads out of the workspace"), "{told:#?}");
    }
}

#[test]
fn what_is_wrong_in_a_file_is_told_there() {
    let root = schema_root("{$ref: 'types/a.yaml#/A'}");
    assert_eq!(
        problems(&root, &[]),
        [
            "openapi.yaml 5:15 \"'types/a.yaml#/A'\" cannot read contracts/a/b/v1/types/a.yaml | - | no such file | "
        ]
    );
    assert_eq!(
        problems(&root, &[("types/a.yaml", "A: {type: object,\n  x: [}\n")]),
        [
            "types/a.yaml 2:6 \"[\" broken YAML | - | - | check the indentation; a text that holds `: ` or ` #`, or begins with a sign, needs quotes"
        ]
    );
    assert_eq!(
        problems(
            &root,
            &[("types/a.yaml", "A: {$ref: 'b.yaml#/B'}\n"), ("types/b.yaml", "C: {type: strin}\n")]
        ),
        [
            "types/a.yaml 1:11 \"'b.yaml#/B'\" the reference leads nowhere | - | b.yaml#/B | add what it names to the document, or correct the name"
        ]
    );
    assert_eq!(
        problems(&root, &[("types/a.yaml", "A: {type: strin}\n")]),
        [
            "types/a.yaml 1:11 \"strin\" the schema is not valid JSON Schema | - | no such type: array, boolean, integer, null, number, object and string are known | correct the keyword; schemas follow JSON Schema 2020-12"
        ]
    );
    assert_eq!(
        problems(&root, &[("types/a.yaml", "swagger: '2.0'\nA: {type: string}\n")]),
        [
            "openapi.yaml 5:15 \"'types/a.yaml#/A'\" two versions of a standard are mixed | types/a.yaml follows openapi 3.1, as the root document does | swagger 2.0 | convert one of them, so that all files follow one version"
        ]
    );
    let text = schema_root("{$ref: 'a.txt'}");
    assert_eq!(
        problems(&text, &[("a.txt", "hello")]),
        [
            "openapi.yaml 5:15 \"'a.txt'\" the reference leads to a file that is no document | a file in JSON or YAML, named .json, .yaml or .yml | a.txt | "
        ]
    );
}

#[test]
fn schemas_have_names() {
    let root = r"openapi: 3.1.0
paths: {}
components:
  schemas:
    Order:
      $id: https://example.com/schemas/order
      properties:
        total: {$ref: money}
        same: {$ref: '#/$defs/Line'}
        tag: {$ref: '#tag'}
        node: {$dynamicRef: '#tag'}
        far: {$ref: '#/components/schemas/Plain'}
      $defs:
        Line: {type: object}
        Tag: {$dynamicAnchor: tag, type: string}
    Money: {$id: 'https://example.com/schemas/money', type: integer}
    Plain: {$id: plain, $anchor: here, type: boolean, properties: {x: {$ref: plain#here}}}
";
    let (contract, _) = several(root, &[]);
    let contract = contract.unwrap_or_else(|problems| panic!("{problems:#?}"));
    let reference = |pointer: &str| {
        let schema = contract.document.pointer(pointer).expect("there");
        schema["$ref"].as_str().expect("a reference").to_owned()
    };
    let order = "/components/schemas/Order/properties";
    assert_eq!(reference(&format!("{order}/total")), "#/components/schemas/Money");
    assert_eq!(reference(&format!("{order}/same")), "#/components/schemas/Order/$defs/Line");
    assert_eq!(reference(&format!("{order}/tag")), "#/components/schemas/Order/$defs/Tag");
    assert_eq!(reference(&format!("{order}/node")), "#/components/schemas/Order/$defs/Tag");
    assert_eq!(reference(&format!("{order}/far")), "#/components/schemas/Plain");
    assert_eq!(reference("/components/schemas/Plain/properties/x"), "#/components/schemas/Plain");
}

#[test]
fn a_schema_file_names_its_neighbours() {
    let order = r#"{"$schema": "http://json-schema.org/draft-07/schema#", "$id": "https://example.com/order.json",
        "properties": {"total": {"$ref": "money.json#/definitions/Money"}, "tags": {"items": [{"type": "string"}], "additionalItems": false}}}"#;
    let money = r#"{"definitions": {"Money": {"type": "integer"}}}"#;
    let root = schema_root("{$ref: 'types/order.json'}");
    let (contract, _) = several(&root, &[("types/order.json", order), ("types/money.json", money)]);
    let contract = contract.unwrap_or_else(|problems| panic!("{problems:#?}"));
    let order = contract.document.pointer("/x-files/types~1order.json/properties").expect("there");
    assert_eq!(order["total"]["$ref"], "#/x-files/types~1money.json/definitions/Money");
    assert_eq!(order["tags"]["items"], false);
    assert_eq!(order["tags"]["prefixItems"][0]["type"], "string");
}

#[test]
fn what_a_file_may_hold_is_bounded() {
    struct Endless;
    impl Files for Endless {
        fn read(&self, path: &str) -> Result<Source, Diagnostic> {
            let number: usize = path.trim_end_matches(".yaml").parse().unwrap_or(0);
            Ok(Source::new(path, format!("$ref: '{}.yaml'\n", number + 1)))
        }
    }
    let root = schema_root("{$ref: '1.yaml'}");
    let problems = read("a", Source::new("openapi.yaml", root), &Endless).expect_err("endless");
    let title = "the document is made of more than 2000 files";
    assert!(problems.iter().any(|problem| problem.title == title), "{:#?}", problems.len());
}
