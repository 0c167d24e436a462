mod bundle;
mod directions;
mod swagger;

use crate::contract::{
    ParameterPlace, ParameterStyle, StatusPattern,
    fixture::{labels, message, payments, read_text},
};

#[test]
fn the_model_says_what_the_document_says() {
    let contract = payments();
    let names: Vec<&str> = contract.operations.iter().map(|o| o.name.as_str()).collect();
    assert_eq!(
        names,
        ["GET /v1/intents", "createIntent", "getIntent", "dropIntent", "searchIntents"]
    );
    assert_eq!(contract.title, "Payments");
    let list = contract.operation("GET /v1/intents").expect("known");
    let parameters: Vec<_> =
        list.parameters.iter().map(|p| (p.name.as_str(), p.place, p.style, p.required)).collect();
    assert_eq!(
        parameters,
        [
            ("limit", ParameterPlace::Query, ParameterStyle::Repeated, false),
            ("expand", ParameterPlace::Query, ParameterStyle::Brackets, false),
            ("status", ParameterPlace::Query, ParameterStyle::Repeated, false),
            ("Api-Version", ParameterPlace::Header, ParameterStyle::Commas, false),
        ]
    );
    assert_eq!(list.response(204).map(|r| r.status), Some(StatusPattern::Range(2)));
    assert_eq!(list.success().map(|r| r.status), Some(StatusPattern::Range(2)));
    let create = contract.operation("createIntent").expect("known");
    assert_eq!(create.response(500).map(|r| r.status), Some(StatusPattern::Default));
    let made = create.success().expect("promised");
    let examples: Vec<&str> = made.content[0].examples.iter().map(|e| e.name.as_str()).collect();
    assert_eq!(examples, ["made", "held"]);
    assert_eq!(made.content[0].examples[1].pointer, "/components/examples/Held/value");
    assert_eq!(made.headers[0].name, "request-id");
    let schema = made.content[0].schema.as_ref().expect("described");
    assert_eq!(contract.schema(schema)["required"][0], "id");
    assert_eq!(labels().operations.len(), 1);
}

fn problems(text: &str) -> Vec<String> {
    read_text(text).expect_err("wrong").iter().map(message).collect()
}

#[test]
fn every_bad_reference_is_told() {
    let text = r"openapi: 3.1.0
paths:
  /a:
    parameters:
      - $ref: '#/components/parameters/Limt'
      - $ref: '#/components/parameters/Loop'
    get:
      responses:
        '200':
          content:
            application/json:
              schema: {$ref: 'other.yaml#/Thing'}
              example: {$ref: '#/no/reference'}
components:
  parameters:
    Limit: {name: limit, in: query, schema: {type: integer}}
    Loop: {$ref: '#/components/parameters/Loop'}
  schemas:
    Thing: {properties: {$ref: {type: string}, next: {$ref: '#/components/schemas/Thing'}}}
    Other: {$ref: '#Thing'}
";
    assert_eq!(
        problems(text),
        [
            "5:15 \"'#/components/parameters/Limt'\" the reference leads nowhere | - | #/components/parameters/Limt | did you mean `#/components/parameters/Limit`?",
            "12:30 \"'other.yaml#/Thing'\" there is no file other.yaml | - | - | a document that stands alone can refer to nothing outside itself",
            "17:18 \"'#/components/parameters/Loop'\" references go in a circle | - | - | let one reference of the circle name something that is no reference",
            "20:19 \"'#Thing'\" no schema has the anchor `Thing` | a pointer from the root, such as #/components/schemas/Name | #Thing | name the target by its place in the document",
        ]
    );
}

#[test]
fn a_circle_is_told_once_and_a_long_way_is_none() {
    let chain = |last: &str| -> String {
        let hops =
            (0..40).map(|n| format!("    S{n}: {{$ref: '#/components/schemas/S{}'}}\n", n + 1));
        let hops: String = hops.collect();
        format!("openapi: 3.1.0\npaths: {{}}\ncomponents:\n  schemas:\n{hops}    S40: {last}\n")
    };
    let circle = problems(&chain("{$ref: '#/components/schemas/S0'}"));
    assert_eq!(circle.len(), 1, "{circle:#?}");
    assert!(circle[0].contains("references go in a circle"), "{circle:#?}");
    let long = problems(&chain("{type: string}"));
    assert!(long[0].contains("the reference leads through more than 32 others"), "{long:#?}");
}

#[test]
fn what_is_no_schema_is_told() {
    let text = r"openapi: 3.1.0
paths: {}
components:
  schemas:
    A: {type: strin}
    B: {type: object, required: id, properties: {x: {minimum: low}}}
    C: {type: string, pattern: '(['}
";
    assert_eq!(
        problems(text),
        [
            "5:15 \"strin\" the schema is not valid JSON Schema | - | no such type: array, boolean, integer, null, number, object and string are known | correct the keyword; schemas follow JSON Schema 2020-12",
            "6:33 \"id\" the schema is not valid JSON Schema | - | \"id\" is not of type \"array\" | correct the keyword; schemas follow JSON Schema 2020-12",
            "6:63 \"low\" the schema is not valid JSON Schema | - | \"low\" is not of type \"number\" | correct the keyword; schemas follow JSON Schema 2020-12",
            "7:32 \"'(['\" the schema is not valid JSON Schema | - | the pattern is no regular expression | correct the keyword; schemas follow JSON Schema 2020-12",
        ]
    );
    let endless = r"openapi: 3.1.0
paths:
  /a: {get: {responses: {'200': {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}}}
components:
  schemas:
    A: {anyOf: [{type: string}, {$ref: '#/components/schemas/B'}]}
    B: {allOf: [{$ref: '#/components/schemas/A'}]}
";
    assert_eq!(
        problems(endless),
        [
            "6:8 \"{anyOf: [{type: string}, {$ref: '#/components/schemas/B'}]}\" the schema is not valid JSON Schema | - | the schema holds itself without a step into the value | correct the keyword; schemas follow JSON Schema 2020-12",
            "7:8 \"{allOf: [{$ref: '#/components/schemas/A'}]}\" the schema is not valid JSON Schema | - | the schema holds itself without a step into the value | correct the keyword; schemas follow JSON Schema 2020-12",
        ]
    );
}

#[test]
fn mistakes_of_structure_are_told_together() {
    let text = r"openapi: 3.1.0
paths:
  a: {get: {responses: {}}}
  /b:
    get:
      operationId: same
      parameters:
        - {in: query, schema: {}}
        - {name: x, in: quary, schema: {}}
        - {name: y, in: query}
        - 5
      responses: {ok: {description: d}}
    post: {operationId: same, responses: {}}
";
    assert_eq!(
        problems(text),
        [
            "3:3 \"a\" the path `a` does not start with `/` | - | - | write it from the server's root",
            "8:11 \"{in: query, schema: {}}\" the parameter has no name | - | - | add `name`",
            "9:11 \"{name: x, in: quary, schema: {}}\" the parameter `x` does not say where it travels | - | - | add `in: path`, `in: query`, `in: header` or `in: cookie`",
            "10:11 \"{name: y, in: query}\" the parameter `y` has no schema | - | - | add a `schema` that says its type",
            "11:11 \"5\" an object is expected here | - | - | see the OpenAPI specification",
            "12:19 \"ok\" `ok` is no status | - | - | write 404, 4XX or default",
        ]
    );
    assert_eq!(
        problems("swagger: '1.2'\n"),
        [
            "1:10 \"'1.2'\" not an OpenAPI document of version 3.0 or 3.1, nor Swagger 2.0 | `openapi: 3.1.0` or another version 3.0.x or 3.1.x, or `swagger: '2.0'` | swagger: \"1.2\" | convert the document to OpenAPI 3.1",
        ]
    );
    assert_eq!(
        problems("openapi: 4.0.0\n"),
        [
            "1:10 \"4.0.0\" not an OpenAPI document of version 3.0 or 3.1, nor Swagger 2.0 | `openapi: 3.1.0` or another version 3.0.x or 3.1.x, or `swagger: '2.0'` | openapi: \"4.0.0\" | convert the document to OpenAPI 3.1",
        ]
    );
}
