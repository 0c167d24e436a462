//! Webhooks and callbacks, and how operations are called.

use std::fmt::Write as _;

use crate::contract::{
    Action, Contract, Kind, ParameterPlace, ParameterStyle, codec,
    fixture::{message, read_text},
};

fn contract(text: &str) -> Contract {
    read_text(text).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn told(contract: &Contract) -> Vec<(&str, Kind, Action, &str, &str)> {
    let operations = contract.operations.iter();
    operations
        .map(|o| (o.name.as_str(), o.kind, o.action, o.method.as_str(), o.path.as_str()))
        .collect()
}

const BOTH: &str = r"openapi: 3.1.0
security: [{key: []}]
paths:
  /orders:
    post:
      operationId: createOrder
      callbacks:
        onDone:
          '{$request.body#/url}':
            post: {operationId: ignored, requestBody: {content: {application/json: {schema: {type: object}}}}, responses: {'204': {description: d}}}
        onBoth: {$ref: '#/components/callbacks/Both'}
      responses: {}
    get:
      callbacks: {again: {$ref: '#/components/callbacks/Both'}}
      responses: {}
webhooks:
  orderShipped:
    post: {summary: Shipped, requestBody: {content: {application/json: {schema: {type: object}}}}, responses: {}}
  twice: {put: {responses: {}}, post: {responses: {}}}
components:
  callbacks:
    Both:
      'https://example.com/orders':
        post: {responses: {}, callbacks: {deeper: {$ref: '#/components/callbacks/Both'}}}
        delete: {responses: {}}
";

#[test]
fn webhooks_and_callbacks_are_operations_that_others_begin() {
    use Action::{Receive, Send};
    use Kind::{Callback, Http, Webhook};
    let contract = contract(BOTH);
    let expression = "{$request.body#/url}";
    let address = "https://example.com/orders";
    assert_eq!(
        told(&contract),
        [
            ("GET /orders", Http, Receive, "GET", "/orders"),
            ("GET /orders.again.post", Callback, Send, "POST", address),
            ("GET /orders.again.delete", Callback, Send, "DELETE", address),
            ("createOrder", Http, Receive, "POST", "/orders"),
            ("createOrder.onDone", Callback, Send, "POST", expression),
            ("createOrder.onBoth.post", Callback, Send, "POST", address),
            ("createOrder.onBoth.delete", Callback, Send, "DELETE", address),
            ("orderShipped", Webhook, Send, "POST", "orderShipped"),
            ("twice.put", Webhook, Send, "PUT", "twice"),
            ("twice.post", Webhook, Send, "POST", "twice"),
        ]
    );
    let security: Vec<usize> = contract.operations.iter().map(|o| o.security.len()).collect();
    assert_eq!(security, [1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    assert!(contract.sources.notes().next().is_none());
}

#[test]
fn no_path_of_a_request_leads_to_what_others_begin() {
    let contract = contract(BOTH);
    for path in ["", "/", "/orderShipped", "orderShipped", "//example.com/orders", "/url}"] {
        assert!(codec::find(&contract, "POST", path).is_err(), "{path}");
    }
    assert_eq!(
        codec::find(&contract, "DELETE", "/orders").expect_err("no such method"),
        "no operation DELETE /orders: this path knows GET (GET /orders), POST (createOrder)"
    );
}

#[test]
fn two_of_one_name_are_both_reached() {
    let contract = contract(
        r"openapi: 3.0.3
paths:
  /a/{id}: {get: {operationId: same, responses: {}}, put: {operationId: other, responses: {}}}
  /a/{name}: {get: {operationId: same, responses: {}}}
  /b: {get: {operationId: '', responses: {}, parameters: [{name: x, in: path, required: true, schema: {}}]}}
x-webhooks: {told: {post: {responses: {}}}}
",
    );
    let names: Vec<&str> = contract.operations.iter().map(|o| o.name.as_str()).collect();
    assert_eq!(names, ["same", "other", "GET /a/{name}", "GET /b", "told"]);
    let notes: Vec<String> = contract.sources.notes().map(|note| message(&note)).collect();
    assert_eq!(
        notes,
        [
            "3:13 \"get\" no parameter describes `id` of `/a/{id}` | - | - | add a parameter `id` with `in: path`; without it no call can be made",
            "4:3 \"/a/{name}\" the path `/a/{name}` is the same as `/a/{id}` | - | - | keep one of them; the first one is found by a request (OpenAPI 3.1 section 4.8.8.2)",
            "4:15 \"get\" no parameter describes `name` of `/a/{name}` | - | - | add a parameter `name` with `in: path`; without it no call can be made",
            "4:34 \"same\" two operations are called `same` | - | - | the second is `GET /a/{name}` here; give each operation an `operationId` of its own",
            "5:59 \"{name: x, in: path, required: true, schema: {}}\" the path `/b` has no `{x}` | - | - | the parameter is not sent; correct its name or the path",
        ]
    );
}

#[test]
fn a_path_item_may_be_shared_and_added_to() {
    let contract = contract(
        r"openapi: 3.1.0
paths:
  /a:
    $ref: '#/components/pathItems/Shared'
    parameters: [{name: x, in: query, schema: {type: string}}]
    put: {responses: {}}
components:
  pathItems:
    Shared:
      parameters:
        - {name: x, in: query, schema: {type: integer}}
        - {name: y, in: query, schema: {type: integer}}
      get: {operationId: fromShared, responses: {}}
",
    );
    let names: Vec<&str> = contract.operations.iter().map(|o| o.name.as_str()).collect();
    assert_eq!(names, ["fromShared", "PUT /a"]);
    let get = &contract.operations[0];
    assert_eq!(get.pointer, "/components/pathItems/Shared/get");
    let types: Vec<_> = get
        .parameters
        .iter()
        .map(|p| (p.name.as_str(), contract.schema(&p.schema)["type"].as_str().expect("typed")))
        .collect();
    assert_eq!(types, [("x", "string"), ("y", "integer")]);
}

#[test]
fn parameters_travel_in_many_styles() {
    use ParameterPlace::{Cookie, Header, Path, Query};
    use ParameterStyle::{Brackets, Commas, Json, Label, Matrix, Pairs, Pipes, Repeated, Spaces};
    let mut text =
        "openapi: 3.1.0\npaths:\n  /a:\n    get:\n      responses: {}\n      parameters:\n"
            .to_owned();
    let cases = [
        ("path", "", Path, Commas),
        ("path", "explode: true", Path, Pairs),
        ("path", "style: label", Path, Label { explode: false }),
        ("path", "style: matrix, explode: true", Path, Matrix { explode: true }),
        ("query", "", Query, Repeated),
        ("query", "explode: false", Query, Commas),
        ("query", "style: spaceDelimited", Query, Spaces),
        ("query", "style: pipeDelimited, explode: false", Query, Pipes),
        ("query", "style: pipeDelimited, explode: true", Query, Repeated),
        ("query", "style: deepObject", Query, Brackets),
        ("header", "", Header, Commas),
        ("cookie", "", Cookie, Repeated),
    ];
    for (number, (place, how, _, _)) in cases.iter().enumerate() {
        let how = if how.is_empty() { String::new() } else { format!(", {how}") };
        let _ = writeln!(text, "        - {{name: p{number}, in: {place}, schema: {{}}{how}}}");
    }
    text.push_str("        - {name: c, in: query, content: {application/json: {schema: {}}}}\n");
    let contract = contract(&text);
    let read: Vec<_> =
        contract.operations[0].parameters.iter().map(|p| (p.place, p.style)).collect();
    let mut expected: Vec<_> = cases.iter().map(|(_, _, place, style)| (*place, *style)).collect();
    expected.push((Query, Json));
    assert_eq!(read, expected);
}

#[test]
fn lines_of_json_are_a_list() {
    let contract = contract(
        r#"openapi: 3.0.3
paths:
  /events:
    get:
      responses:
        '200':
          description: d
          content:
            application/x-ndjson:
              schema: {type: object, required: [id], properties: {id: {type: integer}}}
              example: |
                {"id": 1}
                {"id": 2}
"#,
    );
    let media = &contract.operations[0].responses[0].content[0];
    assert_eq!(*media.examples[0].value, serde_json::json!([{"id": 1}, {"id": 2}]));
    let schema = media.schema.as_ref().expect("described");
    let found = contract.schemas.violations(schema, &mut serde_json::json!([{"id": 1}, {}]));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].instance, "/1/id");
    let place = contract.sources.locate(&found[0].schema, crate::contract::source::Part::Key);
    assert_eq!(place.map(|place| place.line), Some(10));
}
