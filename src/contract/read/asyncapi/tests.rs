use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{
    contract::{
        Action, Contract, Kind, ParameterPlace, StatusPattern, Tolerances,
        fixture::{Beside, message},
        read,
        source::{NoFiles, Part, Source},
    },
    evidence::{Diagnostic, DriftClass, Exchange},
};

const TWO: &str = r"asyncapi: 2.6.0
info: {title: Lights, version: 1.2.0}
defaultContentType: application/json
servers:
  kafka: {url: 'k:9092', protocol: kafka, security: [{scram: []}, {certs: []}]}
  other: {url: 'o:9092', protocol: kafka}
channels:
  light/{id}/measured:
    servers: [kafka]
    parameters:
      id: {schema: {type: string, pattern: '^L'}}
    publish:
      operationId: receiveMeasurement
      summary: Light was measured
      security: [{key: [write]}]
      message: {$ref: '#/components/messages/Measured'}
    subscribe:
      message:
        oneOf:
          - {$ref: '#/components/messages/Measured'}
          - name: off
            payload: {type: object, required: [at], properties: {at: {type: string, format: date-time}}}
            headers: {type: object, required: [trace, region], properties: {trace: {type: string}, region: {type: string}}}
            examples: [{name: night, payload: {at: '2026-01-01T00:00:00Z'}}]
          - name: raw
            schemaFormat: application/vnd.apache.avro;version=1.9.0
            contentType: avro/binary
            payload: {type: record, name: R, fields: [{name: a, type: int}]}
components:
  securitySchemes:
    scram: {type: scramSha256}
    certs: {type: X509}
    key: {type: apiKey, in: user}
  messageTraits:
    common:
      name: fromTrait
      headers: {$ref: '#/components/schemas/Common'}
  schemas:
    Common: {type: object, required: [trace], properties: {trace: {type: integer}, hop: {type: integer}}}
    Level: {type: integer, exclusiveMinimum: 0, $id: level}
  messages:
    Measured:
      name: measured
      traits: [{$ref: '#/components/messageTraits/common'}]
      headers: {type: object, properties: {trace: {type: string}}}
      payload:
        type: object
        required: [lumens]
        properties:
          lumens: {$ref: '#/components/schemas/Level', minimum: 1000}
          pair: {type: array, items: [{type: string}, {type: integer}], additionalItems: false}
          same: {$ref: '#/components/messages/Measured/payload/properties/pair/items/1'}
        dependencies: {pair: [lumens], same: {required: [pair]}}
      examples:
        - {payload: {lumens: 3}}
";

const THREE: &str = r"asyncapi: 3.0.0
info: {title: Orders, version: 2.0.0}
channels:
  orders:
    address: orders.{region}
    parameters: {region: {enum: [eu, us], examples: [eu]}}
    messages:
      placed: {$ref: '#/components/messages/placed'}
      cancelled:
        contentType: application/vnd.orders+json
        payload: {schemaFormat: 'application/vnd.oai.openapi;version=3.0.0', schema: {type: string, nullable: true}}
  replies:
    messages:
      done: {payload: {type: object, required: [ok], properties: {ok: {type: boolean}}}, headers: {type: object, required: [Trace], properties: {Trace: {type: string}}}}
operations:
  onOrder:
    action: receive
    channel: {$ref: '#/channels/orders'}
    messages: [{$ref: '#/channels/orders/messages/placed'}]
    security: [{$ref: '#/components/securitySchemes/token'}]
    traits: [{summary: From the trait}, {summary: From the last trait}]
    reply:
      channel: {$ref: '#/channels/replies'}
  tell:
    action: send
    summary: Its own
    channel: {$ref: '#/channels/orders'}
    traits: [{summary: From the trait}]
components:
  securitySchemes: {token: {type: http, scheme: bearer}}
  messageTraits:
    common: {headers: {type: object, properties: {trace: {type: integer}, hop: {type: integer}}}}
  messages:
    placed:
      traits: [{$ref: '#/components/messageTraits/common'}]
      headers: {type: object, required: [trace], properties: {trace: {type: string}}}
      payload: {type: object, required: [id], properties: {id: {type: string}}}
      examples: [{name: first, payload: {id: o1}, headers: {trace: x}}]
";

fn try_read(text: &str) -> Result<Contract, Vec<Diagnostic>> {
    read("v/bus/v1", Source::new("contracts/v/bus/v1/asyncapi.yaml", text), &NoFiles)
}

#[test]
fn files_beside_the_document_are_part_of_it() {
    let text = r"asyncapi: 3.0.0
info: {title: a, version: b}
channels:
  liked:
    address: liked/{id}
    messages: {liked: {$ref: '../common/messages.yaml#/liked'}}
    parameters: {id: {$ref: '../common/parameters.yaml#/id'}}
operations:
  onLiked: {action: receive, channel: {$ref: '#/channels/liked'}}
";
    let messages = "liked:\n  traits: [{$ref: '#/common'}]\n  payload: {$ref: './schemas.yaml'}\ncommon: {headers: {type: object, properties: {trace: {type: string}}}}\n";
    let schemas = "type: object\nrequired: [id]\nproperties:\n  id: {$ref: '#/$defs/Id'}\n$defs: {Id: {type: array, items: [{type: string}]}}\n";
    let files = [
        ("../common/messages.yaml", messages),
        ("../common/schemas.yaml", schemas),
        ("../common/parameters.yaml", "id: {enum: [a, b]}\n"),
    ];
    let files = files.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    let source = Source::new("contracts/v/bus/v1/asyncapi.yaml", text);
    let contract = read("v/bus/v1", source, &Beside(files)).unwrap_or_else(|p| panic!("{p:#?}"));
    assert_eq!(
        parameters(&contract, "onLiked"),
        [("id", ParameterPlace::Path, true), ("trace", ParameterPlace::Header, false)]
    );
    let operation = contract.operation("onLiked").expect("known");
    let enumerated = contract.schema(&operation.parameters[0].schema);
    assert_eq!(enumerated["enum"], json!(["a", "b"]));
    let body = operation.request_body.as_ref().expect("described");
    let payload = contract.schema(body.content[0].schema.as_ref().expect("described"));
    assert_eq!(payload["required"], json!(["id"]));
    let id = "/x-files/..~1common~1schemas.yaml/$defs/Id";
    assert!(contract.document.pointer(id).is_some_and(|id| id.get("prefixItems").is_some()));
    let place = contract.sources.locate(&format!("{id}/prefixItems/0"), Part::Value);
    assert_eq!(place.map(|p| (p.file.ends_with("common/schemas.yaml"), p.line)), Some((true, 5)));
    let gone = text
        .replace("../common/messages.yaml", "common/message.yaml")
        .replace("../common/parameters.yaml#/id", "https://a.example/b");
    let problems = try_read(&gone).expect_err("wrong");
    assert!(problems[0].title.contains("there is no file common/message.yaml"), "{problems:?}");
    let place = problems[0].place().expect("a place");
    assert_eq!((place.line, place.text.contains("message.yaml")), (6, true));
    let outside = text.replace("../common/messages.yaml", "../../common/messages.yaml");
    let problems = try_read(&outside).expect_err("wrong");
    assert!(problems[0].title.contains("leads out of the workspace"), "{problems:?}");
}

fn contract(text: &str) -> Contract {
    try_read(text).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn told(text: &str) -> Vec<String> {
    try_read(text).expect_err("wrong").iter().map(message).collect()
}

/// Name, place and whether it is required of each parameter of an operation.
fn parameters<'c>(contract: &'c Contract, name: &str) -> Vec<(&'c str, ParameterPlace, bool)> {
    let operation = contract.operation(name).expect("known");
    operation.parameters.iter().map(|p| (p.name.as_str(), p.place, p.required)).collect()
}

#[test]
fn channels_of_2_are_operations_as_others_see_them() {
    let contract = contract(TWO);
    assert_eq!(contract.standard.describe(), "AsyncAPI 2.6.0");
    assert_eq!((contract.title.as_str(), contract.version.as_str()), ("Lights", "1.2.0"));
    let seen: Vec<_> = contract
        .operations
        .iter()
        .map(|o| (o.name.as_str(), o.kind, o.action, o.path.as_str(), o.summary.as_str()))
        .collect();
    let address = "light/{id}/measured";
    assert_eq!(
        seen,
        [
            ("receiveMeasurement", Kind::Message, Action::Receive, address, "Light was measured"),
            ("light/{id}/measured#subscribe", Kind::Message, Action::Send, address, ""),
        ]
    );
    let security = |name: &str| -> Vec<Vec<String>> {
        let operation = contract.operation(name).expect("known");
        operation
            .security
            .iter()
            .map(|way| way.iter().map(|r| r.scheme.clone()).collect())
            .collect()
    };
    assert_eq!(security("receiveMeasurement"), [["key", "scram"], ["key", "certs"]]);
    assert_eq!(security("light/{id}/measured#subscribe"), [["scram"], ["certs"]]);
    assert_eq!(contract.security_schemes[2].means, "apiKey user");
}

#[test]
fn several_messages_are_one_body_of_any_of_them() {
    let contract = contract(TWO);
    let send = contract.operation("light/{id}/measured#subscribe").expect("known");
    let body = send.request_body.as_ref().expect("described");
    let media: Vec<&str> = body.content.iter().map(|media| media.name.as_str()).collect();
    assert_eq!((media, body.required), (vec!["application/json", "avro/binary"], true));
    let any = contract.schema(body.content[0].schema.as_ref().expect("described"));
    assert_eq!(
        any,
        &json!({"anyOf": [
            {"title": "fromTrait", "$ref": "#/components/messages/Measured/payload"},
            {"title": "off", "$ref": "#/channels/light~1%7Bid%7D~1measured/subscribe/message/oneOf/1/payload"},
        ]})
    );
    assert!(body.content[1].schema.is_none(), "Avro is any value");
    let examples: Vec<&str> = body.content[0].examples.iter().map(|e| e.name.as_str()).collect();
    assert_eq!(examples, ["fromTrait/1", "off/night"]);
    // A header is required where each message requires it.
    assert_eq!(
        parameters(&contract, "light/{id}/measured#subscribe"),
        [
            ("id", ParameterPlace::Path, true),
            ("hop", ParameterPlace::Header, false),
            ("trace", ParameterPlace::Header, false),
            ("region", ParameterPlace::Header, false),
        ]
    );
}

#[test]
fn a_trait_of_2_wins_over_its_target_and_one_of_3_does_not() {
    let two = contract(TWO);
    let receive = two.operation("receiveMeasurement").expect("known");
    let trace = receive.parameters.iter().find(|p| p.name == "trace").expect("there");
    assert_eq!(
        (two.schema(&trace.schema)["type"].as_str(), trace.required),
        (Some("integer"), true)
    );
    let three = contract(THREE);
    let receive = three.operation("onOrder").expect("known");
    let trace = receive.parameters.iter().find(|p| p.name == "trace").expect("there");
    assert_eq!(
        (three.schema(&trace.schema)["type"].as_str(), trace.required),
        (Some("string"), true)
    );
    let summaries: Vec<&str> = three.operations.iter().map(|o| o.summary.as_str()).collect();
    assert_eq!(summaries, ["From the last trait", "Its own"]);
    // What a trait brought stands in the trait.
    let hop = receive.parameters.iter().find(|p| p.name == "hop").expect("there");
    let place = three.sources.locate(&hop.pointer, Part::Key).expect("a place");
    assert!(place.text.contains("common: {headers"), "{place:?}");
    assert_eq!(
        three.sources.written(&hop.pointer),
        "#/components/messageTraits/common/headers/properties/hop"
    );
}

#[test]
fn operations_of_3_have_channel_messages_and_reply() {
    let contract = contract(THREE);
    let receive = contract.operation("onOrder").expect("known");
    assert_eq!((receive.action, receive.path.as_str()), (Action::Receive, "orders.{region}"));
    assert_eq!(receive.security[0][0].scheme, "token");
    let region = &receive.parameters[0];
    assert_eq!(region.example, Some(json!("eu")));
    assert_eq!(contract.schema(&region.schema)["enum"], json!(["eu", "us"]));
    let place = contract.sources.locate(&region.schema.pointer, Part::Key).expect("a place");
    assert_eq!(place.line, 6);
    let [reply] = receive.responses.as_slice() else { panic!("{:?}", receive.responses) };
    assert_eq!((reply.status, reply.headers[0].name.as_str()), (StatusPattern::Default, "trace"));
    assert!(reply.headers[0].required && reply.content[0].schema.is_some());
    // Without a list all messages of the channel are meant.
    let send = contract.operation("tell").expect("known");
    assert_eq!(send.action, Action::Send);
    let body = send.request_body.as_ref().expect("described");
    let media: Vec<&str> = body.content.iter().map(|media| media.name.as_str()).collect();
    assert_eq!(media, ["application/json", "application/vnd.orders+json"]);
    let cancelled = body.content[1].schema.as_ref().expect("described");
    assert_eq!(contract.schema(cancelled)["type"], json!(["string", "null"]));
}

#[test]
fn schemas_of_draft_7_are_lifted_and_keep_their_places() {
    let contract = contract(TWO);
    let payload = &contract.document["components"]["messages"]["Measured"]["payload"];
    let properties = &payload["properties"];
    assert_eq!(properties["lumens"], json!({"$ref": "#/components/schemas/Level"}));
    assert_eq!(
        properties["pair"],
        json!({"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": false})
    );
    assert_eq!(
        properties["same"]["$ref"],
        "#/components/messages/Measured/payload/properties/pair/prefixItems/1"
    );
    assert_eq!(payload["dependentRequired"], json!({"pair": ["lumens"]}));
    assert_eq!(payload["dependentSchemas"], json!({"same": {"required": ["pair"]}}));
    let at = "/components/messages/Measured/payload/properties/pair";
    let place = contract.sources.locate(&format!("{at}/prefixItems/1/type"), Part::Value);
    assert_eq!(place.map(|p| (p.line, p.length)), Some((51, 7)));
    assert_eq!(contract.sources.written(&format!("{at}/items")), format!("#{at}/additionalItems"));
}

fn judged(contract: &Contract, name: &str, media: &str, body: &str) -> Vec<(String, DriftClass)> {
    let operation = contract.operation(name).expect("known");
    let exchange: Exchange =
        crate::contract::fixture::exchange("", "orders.eu", Some((media, body)), None);
    let found = crate::contract::check(contract, operation, &exchange, &Tolerances::default());
    found
        .into_iter()
        .map(|f| (format!("{} {}", f.rule, f.message_place.pointer), f.class))
        .collect()
}

#[test]
fn a_message_is_checked_as_a_body() {
    let contract = contract(THREE);
    let findings = judged(&contract, "onOrder", "application/json", r#"{"id": 5}"#);
    let rules: Vec<&str> = findings.iter().map(|(rule, _)| rule.as_str()).collect();
    assert!(rules.contains(&"request.parameter.missing "), "{rules:?}");
    assert!(rules.iter().any(|rule| rule.ends_with(" /id")), "{rules:?}");
    let valid = judged(&contract, "onOrder", "application/json", r#"{"id": "o1"}"#);
    assert_eq!(valid.len(), 1, "{valid:?}");
}

#[test]
fn topics_of_1_are_read() {
    let text = r"asyncapi: 1.2.0
info: {title: Events, version: 1.0.0}
baseTopic: slack.events
topics:
  app.mention:
    subscribe: {summary: Mentioned, payload: {$ref: '#/components/schemas/Wrapper'}}
components: {schemas: {Wrapper: {type: object, required: [token]}}}
";
    let contract = contract(text);
    let [operation] = contract.operations.as_slice() else { panic!("{:?}", contract.operations) };
    assert_eq!(
        (operation.name.as_str(), operation.path.as_str(), operation.action),
        ("app.mention#subscribe", "slack.events.app.mention", Action::Send)
    );
    let streams = "asyncapi: 1.2.0\ninfo: {title: a, version: b}\nstream: {read: []}\n";
    assert_eq!(
        told(streams)[0],
        "3:1 \"stream\" `stream` of AsyncAPI 1 is not read | - | - | convert the document to AsyncAPI 2.6 or 3.0, where it is a channel"
    );
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    assert_eq!(
        told("asyncapi: 4.0.0\n"),
        [
            "1:11 \"4.0.0\" not an AsyncAPI document of a known version | `asyncapi: 3.0.0` or another version 3.x, 2.x or 1.x | \"4.0.0\" | convert the document to AsyncAPI 3.0"
        ]
    );
    let text = r"asyncapi: 3.0.0
info: {title: a, version: b}
channels: {c: {address: c, messages: {m: {payload: {type: strin}}, n: 5}}}
operations:
  one: {channel: {$ref: '#/channels/c'}}
  two: {action: send}
  three: {action: receive, channel: {$ref: '#/channels/c'}}
";
    assert_eq!(
        told(text),
        [
            "3:59 \"strin\" the schema is not valid JSON Schema | - | no such type: array, boolean, integer, null, number, object and string are known | correct the keyword; schemas follow JSON Schema 2020-12",
            "5:8 \"{channel: {$ref: '#/channels/c'}}\" the operation `one` does not say what it does | `action: send` or `action: receive` (AsyncAPI 3.0, Operation Object) | no such `action` | say what the described application does",
            "6:8 \"{action: send}\" the operation `two` has no channel | - | - | add `channel` with a reference (AsyncAPI 3.0, Operation Object)",
            "3:71 \"5\" an object is expected here | - | - | see the AsyncAPI specification",
        ]
    );
    let text = r"asyncapi: 2.6.0
info: {title: a, version: b}
channels:
  a: {publish: {operationId: same, message: {$ref: '#/components/messages/Nil'}}}
  b: {publish: {operationId: same, message: {$ref: '#/components/messages/A'}}}
components: {messages: {A: {$ref: '#/components/messages/B'}, B: {$ref: '#/components/messages/A'}, Nile: {}}}
";
    let problems = told(text);
    assert!(problems[0].contains("did you mean `#/components/messages/Nile`?"), "{problems:#?}");
    assert!(problems[1].contains("references go in a circle"), "{problems:#?}");
    let same =
        text.replace("Nil'", "Nile'").replace("messages/A'}}}\ncom", "messages/Nile'}}}\ncom");
    let same = same
        .replace("A: {$ref: '#/components/messages/B'}, ", "")
        .replace("{$ref: '#/components/messages/A'}", "{}");
    assert_eq!(
        told(&same),
        [
            "5:30 \"same\" two operations are called `same` | - | - | give each operation an `operationId` of its own (AsyncAPI 2.6, Operation Object)"
        ]
    );
}

#[test]
fn hostile_documents_end() {
    // Messages inside messages, a schema of headers that holds itself, traits of traits.
    let text = r"asyncapi: 2.6.0
info: {title: a, version: b}
channels:
  a: {publish: {message: {$ref: '#/components/messages/A'}}}
components:
  schemas:
    H: {type: object, allOf: [{type: object, properties: {x: {$ref: '#/components/schemas/H'}}}]}
  messages:
    A: {oneOf: [{$ref: '#/components/messages/A'}, {$ref: '#/components/messages/A'}]}
    T: {traits: [{$ref: '#/components/messages/T'}], headers: {$ref: '#/components/schemas/H'}, payload: {}}
";
    let contract = contract(text);
    assert_eq!(contract.operations.len(), 1);
    let long =
        format!("asyncapi: 3.0.0\nchannels: {}{}\n", "[".repeat(100_000), "]".repeat(100_000));
    assert!(told(&long)[0].contains("broken YAML"), "{}", told(&long)[0]);
    let (mut many, mut big) = (String::new(), String::new());
    for n in 0..300 {
        let message = "{traits: [{$ref: '#/components/messageTraits/t'}], payload: {}}";
        let _ = writeln!(many, "    m{n}: {message}");
    }
    for n in 0..5_000 {
        let _ = write!(big, "x-{n}: 1, ");
    }
    let text = format!(
        "asyncapi: 3.0.0\ncomponents:\n  messageTraits: {{t: {{{big}}}}}\n  messages:\n{many}"
    );
    assert!(told(&text)[0].contains("the traits make the document too large"));
}

/// Every pointer of a value.
fn pointers(value: &Value, at: &str, into: &mut Vec<String>) {
    into.push(at.to_owned());
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                pointers(value, &crate::contract::pointer::join(at, name), into);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                pointers(value, &format!("{at}/{index}"), into);
            }
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Whatever stands at whatever place, the document is read or refused with a message.
    #[test]
    fn a_document_with_anything_anywhere_is_read_or_refused(
        is_two in any::<bool>(),
        place in any::<prop::sample::Index>(),
        with in prop::sample::select(vec![
            json!(null), json!(true), json!(7), json!("#/components"), json!([]), json!({}),
            json!([{"$ref": "#/components/messages"}]), json!({"$ref": "#"}), json!({"$ref": "#/components"}),
            json!({"$ref": 5}), json!({"oneOf": [5]}), json!({"schemaFormat": "x", "schema": 5}),
        ]),
    ) {
        let mut document = Source::new("a.yaml", if is_two { TWO } else { THREE }).parse().expect("valid");
        let mut all = Vec::new();
        pointers(&document, "", &mut all);
        let at = place.get(&all).clone();
        *document.pointer_mut(&at).expect("there") = with;
        let source = Source::new("contracts/a/b/v1/asyncapi.json", document.to_string());
        if let Err(problems) = read("a/b/v1", source, &NoFiles) {
            prop_assert!(!problems.is_empty() && problems.iter().all(|p| !p.title.is_empty()));
        }
    }
}
