use crate::contract::{
    Contract, ParameterPlace, ParameterStyle,
    fixture::{message, read_text},
    source::Part,
};

const PETS: &str = r"swagger: '2.0'
info: {title: Pets, version: '1'}
consumes: [application/json]
produces: [application/json]
parameters:
  Limit: {name: limit, in: query, type: integer, maximum: 10}
  Pet: {name: pet, in: body, required: true, schema: {$ref: '#/definitions/Pet'}}
responses:
  Error:
    description: no
    headers: {X-Rate: {type: integer}}
    schema: {type: object, required: [code], properties: {code: {type: string}}}
paths:
  /pets:
    get:
      operationId: list
      parameters:
        - $ref: '#/parameters/Limit'
        - {name: tags, in: query, type: array, items: {type: string}}
        - {name: ids, in: query, type: array, items: {type: integer}, collectionFormat: multi}
        - {name: pipes, in: query, type: array, items: {type: integer}, collectionFormat: pipes}
        - {name: X-Ids, in: header, type: array, items: {type: integer}, collectionFormat: tsv}
      responses:
        '200': {description: d, schema: {type: array, items: {$ref: '#/definitions/Pet'}}, examples: {application/json: [{name: a}]}}
        default: {$ref: '#/responses/Error'}
    post:
      operationId: create
      produces: [application/problem+json]
      parameters: [{$ref: '#/parameters/Pet'}]
      responses: {'201': {description: d}, default: {$ref: '#/responses/Error'}}
  /pets/{id}/photo:
    parameters: [{name: id, in: path, required: true, type: string}]
    post:
      operationId: upload
      consumes: [multipart/form-data]
      parameters:
        - {name: photo, in: formData, type: file, required: true}
        - {name: note, in: formData, type: string, maxLength: 5}
      responses: {'200': {description: d, schema: {type: file}}}
securityDefinitions:
  login: {type: basic}
  key: {type: apiKey, in: header, name: X-Key}
definitions:
  Pet:
    type: object
    required: [name]
    discriminator: kind
    properties:
      name: {type: string, x-nullable: true}
      weight: {type: number, minimum: 0, exclusiveMinimum: true}
";

fn pets() -> Contract {
    read_text(PETS).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

#[test]
fn swagger_is_read_as_openapi() {
    use ParameterPlace::{Header, Query};
    use ParameterStyle::{Commas, Pipes, Repeated, Tabs};
    let contract = pets();
    assert_eq!(contract.standard.describe(), "Swagger 2.0");
    let list = contract.operation("list").expect("read");
    let parameters: Vec<_> =
        list.parameters.iter().map(|p| (p.name.as_str(), p.place, p.style)).collect();
    assert_eq!(
        parameters,
        [
            ("limit", Query, Repeated),
            ("tags", Query, Commas),
            ("ids", Query, Repeated),
            ("pipes", Query, Pipes),
            ("X-Ids", Header, Tabs),
        ]
    );
    assert_eq!(contract.schema(&list.parameters[0].schema)["maximum"], 10);
    let ok = &list.responses[0].content[0];
    assert_eq!((ok.name.as_str(), ok.examples.len()), ("application/json", 1));
    let schemes: Vec<_> = contract.security_schemes.iter().map(|s| s.means.as_str()).collect();
    assert_eq!(schemes, ["http basic", "apiKey header X-Key"]);
    let create = contract.operation("create").expect("read");
    let body = create.request_body.as_ref().expect("described");
    assert!(body.required);
    let pet = contract.schema(body.content[0].schema.as_ref().expect("described"));
    assert_eq!(pet["discriminator"]["propertyName"], "kind");
    assert_eq!(pet["properties"]["name"]["type"], serde_json::json!(["string", "null"]));
    assert_eq!(pet["properties"]["weight"]["exclusiveMinimum"], 0);
    let upload = contract.operation("upload").expect("read");
    assert_eq!(upload.parameters[0].name, "id");
    let form = &upload.request_body.as_ref().expect("described").content[0];
    assert_eq!(form.name, "multipart/form-data");
    let form = contract.schema(form.schema.as_ref().expect("described"));
    assert_eq!(form["required"], serde_json::json!(["photo"]));
}

#[test]
fn a_shared_answer_has_the_media_type_of_each_operation() {
    let contract = pets();
    let names = |operation: &str| -> Vec<String> {
        let operation = contract.operation(operation).expect("read");
        let last = operation.responses.last().expect("described");
        assert_eq!(last.headers[0].name, "x-rate");
        last.content.iter().map(|media| media.name.clone()).collect()
    };
    assert_eq!(names("list"), ["application/json"]);
    assert_eq!(names("create"), ["application/problem+json"]);
}

#[test]
fn every_place_is_where_it_was_written() {
    let contract = pets();
    let line =
        |pointer: &str| contract.sources.locate(pointer, Part::Key).map(|p| (p.line, p.column));
    let list = contract.operation("list").expect("read");
    assert_eq!(line(&format!("{}/maximum", list.parameters[0].schema.pointer)), Some((6, 50)));
    let create = contract.operation("create").expect("read");
    assert_eq!(line(&format!("{}/requestBody", create.pointer)), Some((7, 3)));
    let code = contract.schemas.violations(
        create.responses[1].content[0].schema.as_ref().expect("described"),
        &mut serde_json::json!({}),
    );
    assert_eq!(line(&code[0].schema), Some((12, 28)));
    let upload = contract.operation("upload").expect("read");
    let form = upload.request_body.as_ref().expect("described").content[0].schema.as_ref();
    let long = contract.schemas.violations(
        form.expect("described"),
        &mut serde_json::json!({"photo": "x", "note": "too long"}),
    );
    assert_eq!(line(&long[0].schema), Some((38, 52)));
}

fn problems(text: &str) -> Vec<String> {
    read_text(text).expect_err("wrong").iter().map(message).collect()
}

#[test]
fn mistakes_of_swagger_are_told() {
    let text = r"swagger: '2.0'
paths:
  /a:
    post:
      parameters:
        - {name: a, in: body, schema: {type: object}}
        - {name: b, in: formData, type: string}
        - {name: c, in: cookie, type: string}
        - {name: d, in: query}
      responses: {}
";
    assert_eq!(
        problems(text),
        [
            "7:11 \"{name: b, in: formData, type: string}\" the operation has two bodies | - | - | keep one of them"
        ]
    );
    assert_eq!(
        problems(&text.replace("formData", "header")),
        [
            "8:11 \"{name: c, in: cookie, type: string}\" the parameter `c` does not say where it travels | - | - | add `in: path`, `in: query`, `in: header` or `in: cookie`",
            "9:11 \"{name: d, in: query}\" the parameter `d` has no schema | - | - | add a `schema` that says its type",
        ]
    );
    assert_eq!(
        problems("swagger: '2.0'\nopenapi: 3.0.0\n"),
        [
            "1:10 \"'2.0'\" two versions of a standard are mixed | - | - | keep the one that the rest of the document follows"
        ]
    );
}
