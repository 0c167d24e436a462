use std::fmt::Write as _;

use serde_json::{Value, json};

use super::apply;
use crate::{
    contract::{
        fixture::{Beside, message},
        read,
        source::{Part, Source, Sources},
    },
    evidence::Diagnostic,
};

const VENDOR: &str = r"openapi: 3.1.0
info: {title: Vendor, version: '1'}
tags: [{name: a}, {name: b}, {name: c}]
paths:
  /orders:
    get:
      parameters:
        - {name: page, in: query, schema: {type: integer}}
        - {name: dummy, in: query, schema: {type: string}}
        - {name: size, in: query, schema: {type: integer}}
      responses: {'200': {description: Found, content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}}
components:
  schemas:
    Order:
      type: object
      required: [id, email]
      properties:
        id: {type: string}
        email: {type: string}
";

const HEAD: &str = "overlay: 1.0.0\ninfo: {title: Ours, version: '1'}\nactions:\n";

fn beside(overlays: &[(&str, &str)]) -> Beside {
    let overlays = overlays.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    Beside(overlays.chain([("other.yaml".to_owned(), "a: 1\n".to_owned())]).collect())
}

fn vendor() -> Source {
    Source::new("contracts/v/api/v1/openapi.yaml", VENDOR)
}

fn applied(overlays: &[(&str, &str)]) -> Result<(Sources, Value), Vec<Diagnostic>> {
    let mut document = vendor().parse().map_err(|problem| vec![problem])?;
    let mut sources = Sources::new(vendor());
    apply(&mut sources, &mut document, &beside(overlays)).map(|()| (sources, document))
}

fn told(actions: &str) -> Vec<String> {
    told_by(&format!("{HEAD}{actions}"))
}

fn told_by(overlay: &str) -> Vec<String> {
    applied(&[("overlay.yaml", overlay)]).expect_err("wrong").iter().map(message).collect()
}

/// File, line and the marked text.
fn place(sources: &Sources, pointer: &str) -> (String, u32, String) {
    let place = sources.locate(pointer, Part::Value).expect("a place");
    let (from, length) = (place.column as usize - 1, place.length as usize);
    let marked = place.text.chars().skip(from).take(length).collect();
    (place.file.rsplit('/').next().unwrap_or_default().to_owned(), place.line, marked)
}

#[test]
fn objects_are_merged_lists_are_joined_and_values_replaced() {
    let actions = r"  - target: $.paths['/orders'].get
    update: {operationId: listOrders, x-note: {a: 1}}
  - target: $.components.schemas.Order
    update:
      required: [total]
      properties: {email: {x-pii: true, type: [string, 'null']}, total: {type: integer}}
  - target: $.tags
    update: {name: d}
";
    let (sources, document) = applied(&[("overlay.yaml", &format!("{HEAD}{actions}"))]).unwrap();
    assert_eq!(document["paths"]["/orders"]["get"]["operationId"], "listOrders");
    assert_eq!(
        document["components"]["schemas"]["Order"],
        json!({"type": "object", "required": ["id", "email", "total"], "properties": {
            "id": {"type": "string"},
            "email": {"type": ["string", "null"], "x-pii": true},
            "total": {"type": "integer"},
        }})
    );
    assert_eq!(
        document["tags"],
        json!([{"name": "a"}, {"name": "b"}, {"name": "c"}, {"name": "d"}])
    );
    // What the overlay says has its place there, all else in the vendor's document.
    for (pointer, file, line, marked) in [
        ("/paths/~1orders/get/operationId", "overlay.yaml", 5, "listOrders"),
        ("/paths/~1orders/get/x-note/a", "overlay.yaml", 5, "1"),
        ("/components/schemas/Order/properties/email/type", "overlay.yaml", 9, "[string, 'null']"),
        ("/components/schemas/Order/properties/total/type", "overlay.yaml", 9, "integer"),
        ("/components/schemas/Order/required/2", "overlay.yaml", 8, "total"),
        ("/tags/3/name", "overlay.yaml", 11, "d"),
        ("/components/schemas/Order/required/1", "openapi.yaml", 16, "email"),
        ("/tags/2/name", "openapi.yaml", 3, "c"),
    ] {
        let expected = (file.to_owned(), line, marked.to_owned());
        assert_eq!(place(&sources, pointer), expected, "{pointer}");
    }
}

#[test]
fn what_is_removed_is_gone_and_the_rest_keeps_its_place() {
    let actions = r"  - target: $.paths['/orders'].get.parameters
    update: {name: sort, in: query, schema: {type: string}}
  - target: $.paths['/orders'].get.parameters[?@.name == 'dummy']
    remove: true
  - target: $.tags[?@.name != 'c']
    remove: true
  - target: $..properties['email']
    remove: true
  - target: $.components.schemas.Order.properties
    update: {email: {type: string, format: email}}
";
    let (sources, document) = applied(&[("overlay.yaml", &format!("{HEAD}{actions}"))]).unwrap();
    let parameters = document["paths"]["/orders"]["get"]["parameters"].as_array().unwrap();
    let names: Vec<&Value> = parameters.iter().map(|p| &p["name"]).collect();
    assert_eq!(names, ["page", "size", "sort"]);
    assert_eq!(document["tags"], json!([{"name": "c"}]));
    for (pointer, file, line, marked) in [
        ("/paths/~1orders/get/parameters/1/name", "openapi.yaml", 10, "size"),
        ("/paths/~1orders/get/parameters/2/name", "overlay.yaml", 5, "sort"),
        ("/tags/0/name", "openapi.yaml", 3, "c"),
        ("/components/schemas/Order/properties/email/format", "overlay.yaml", 13, "email"),
    ] {
        let expected = (file.to_owned(), line, marked.to_owned());
        assert_eq!(place(&sources, pointer), expected, "{pointer}");
    }
}

#[test]
fn a_contract_is_read_with_its_overlays_in_the_order_of_their_names() {
    let first = format!("{HEAD}  - target: $.info\n    update: {{title: First, x-a: 1}}\n");
    let second = format!("{HEAD}  - target: $.info\n    update: {{title: Second}}\n");
    let files = beside(&[("b.overlay.yaml", &second), ("a.overlay.yaml", &first)]);
    let contract = read("v/api/v1", vendor(), &files).expect("valid");
    assert_eq!(contract.title, "Second");
    let files: Vec<&str> = contract.sources.files().iter().map(|f| f.path.as_str()).collect();
    assert_eq!(
        files[1..],
        ["contracts/v/api/v1/a.overlay.yaml", "contracts/v/api/v1/b.overlay.yaml"]
    );
    let wrong = format!(
        "{HEAD}  - target: $.components.schemas.Order.properties.id\n    update: {{minLength: few}}\n"
    );
    let problems =
        read("v/api/v1", vendor(), &beside(&[("overlay.yaml", &wrong)])).expect_err("wrong");
    let place = problems[0].place().expect("a place");
    assert_eq!((place.file.as_str(), place.line), ("contracts/v/api/v1/overlay.yaml", 5));
}

#[test]
fn an_overlay_for_another_document_is_left_alone() {
    let text = |extends: &str| {
        format!(
            "{}extends: {extends}\nactions: [{{target: $.info, update: {{title: New}}}}]\n",
            &HEAD[..HEAD.len() - 9]
        )
    };
    let title = |extends: &str| {
        let (_, document) = applied(&[("overlay.yaml", &text(extends))]).unwrap();
        document["info"]["title"].clone()
    };
    assert_eq!(title("openapi.yaml"), "New");
    assert_eq!(title("./openapi.yaml"), "New");
    assert_eq!(title("https://vendor.example/openapi.json"), "New");
    assert_eq!(title("other.yaml"), "Vendor");
    assert_eq!(
        told_by(&text("openapi.yml")),
        [
            "3:10 \"openapi.yml\" the overlay extends a document that is not there | openapi.yaml, or another document of the folder | openapi.yml | name the document that it changes, or leave `extends` out"
        ]
    );
    assert!(told_by(&text("../v2/openapi.yaml"))[0].contains("is not there"));
}

#[test]
fn version_1_1_copies_and_changes_single_values() {
    let text = "overlay: 1.1.0\ninfo: {title: Ours, version: '1'}\nactions:
  - target: $.components.schemas
    update: {Copy: {}}
  - target: $.components.schemas.Copy
    copy: $.components.schemas.Order
  - target: $.info.title
    update: Ours
  - target: $.components.schemas.Copy.required[?@ == 'email']
    remove: true
  - target: $.tags
    update: [{name: x}, {name: y}]
";
    let (sources, document) = applied(&[("overlay.yaml", text)]).unwrap();
    assert_eq!(document["components"]["schemas"]["Copy"]["required"], json!(["id"]));
    assert_eq!(document["components"]["schemas"]["Order"]["required"], json!(["id", "email"]));
    assert_eq!(document["info"]["title"], "Ours");
    assert_eq!(document["tags"][4]["name"], "y");
    let id = "/components/schemas/Copy/properties/id/type";
    assert_eq!(place(&sources, id), ("openapi.yaml".to_owned(), 18, "string".to_owned()));
}

#[test]
fn what_is_wrong_with_an_overlay_is_told_with_its_place() {
    assert_eq!(
        told(
            "  - target: $.paths['/order'].get\n    update: {operationId: a}\n  - target: $.paths[\n    update: {}\n  - target: $.info.title\n    update: x\n  - target: $.info\n"
        ),
        [
            "4:13 \"$.paths['/order'].get\" the overlay's target is not in the document | - | $.paths['/order'].get | the document moved, or the path is wrong: correct the path, or take the action out",
            "6:13 \"$.paths[\" the path is no JSONPath | - | $.paths[ | a path begins with `$`; a name that is no word stands as ['name'] (RFC 9535)",
            "8:13 \"$.info.title\" the overlay's target is neither an object nor a list | an object or a list (Overlay Specification 1.0, Action Object) | a string at #/info/title | select the object that holds it, and name the member under `update`; or write `overlay: 1.1.0`",
            "10:13 \"$.info\" the action changes nothing | - | - | add `update` with what is to be merged, or `remove: true`",
        ]
    );
    assert_eq!(
        told(
            "  - target: $\n    update: {info: {title: T}, components: }\n  - target: $\n    remove: true\n  - target: $.info\n    copy: $.tags\n"
        ),
        [
            "5:32 \"components\" the overlay's value does not fit the document's | an object | nothing (null) | merge like with like, or remove it by an action of its own before",
            "6:13 \"$\" the overlay removes the whole document | - | - | select what is to go",
            "9:11 \"$.tags\" Overlay 1.0 knows no `copy` | - | - | write `overlay: 1.1.0` above, or the value itself under `update`",
        ]
    );
    assert_eq!(
        told_by("overlay: 2.0.0\ninfo: {title: a, version: b}\nactions: []\n"),
        [
            "1:10 \"2.0.0\" this version of the Overlay Specification is not known | 1.0.0 or 1.1.0 | 2.0.0 | write the overlay in version 1.0.0"
        ]
    );
    assert_eq!(
        told_by("overlay: 1.0.0\ninfo: {title: a, version: b}\nactions: []\n"),
        [
            "3:10 \"[]\" the overlay has no actions | - | - | add an action with `target` and `update`, or delete the file"
        ]
    );
    assert_eq!(
        told_by("overlay: 1.0.0\ninfo: {title: a}\nactions: [{update: {}, targt: $}]\n"),
        [
            "2:1 \"info\" missing key `version` | - | - | add `version`",
            "3:11 \"{update: {}, targt: $}\" missing key `target` | - | - | add `target`",
            "3:24 \"targt\" unknown key `targt` | - | - | did you mean `target`?",
        ]
    );
    assert!(told_by("overlay: [")[0].contains("broken YAML"));
}

#[test]
fn hostile_overlays_are_bounded() {
    let nested =
        format!("  - target: $[?{}@.a{}]\n    remove: true\n", "(".repeat(500), ")".repeat(500));
    assert!(told(&nested)[0].contains("the path is too long or too deep"), "{}", told(&nested)[0]);
    assert!(
        told("  - target: $..*..*..*..*\n    remove: true\n")[0].contains("too long or too deep")
    );
    let parens = "  - target: $[?length(length(length(length(length(length(length(1))))))) == 1]\n    remove: true\n";
    assert_eq!(told(parens).len(), 1);
    // Each action doubles the document.
    let mut text = HEAD.replace("1.0.0", "1.1.0");
    for n in 0..20 {
        let _ = writeln!(text, "  - target: $.info\n    update: {{x{n}: {{}}}}");
        let _ = writeln!(text, "  - target: $.info.x{n}\n    copy: $");
    }
    let told = told_by(&text);
    let bounded = |told: &String| told.contains("too large") || told.contains("too deep");
    assert!(told.iter().any(bounded), "{told:#?}");
}
