use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    Arguments, Slot, cell, decode_request, encode, find, remembered, slot, slot_or_body,
    untyped_cell,
};
use crate::contract::{
    Contract, Operation, ParameterPlace,
    fixture::{labels, message, payments},
};

fn operation<'c>(contract: &'c Contract, name: &str) -> &'c Operation {
    contract.operation(name).expect("known")
}

fn slot_of(contract: &Contract, name: &str, argument: &str) -> Result<Slot, String> {
    slot(contract, operation(contract, name), argument).map_err(|problem| message(&problem))
}

fn in_body(path: &[&str]) -> Slot {
    Slot::Body(path.iter().map(|key| (*key).to_owned()).collect())
}

fn parameter(place: ParameterPlace, name: &str) -> Slot {
    Slot::Parameter(place, name.to_owned())
}

#[test]
fn names_find_their_slot() {
    use ParameterPlace::{Header, Path, Query};
    let (pay, ship) = (payments(), labels());
    assert_eq!(slot_of(&pay, "createIntent", "amount"), Ok(in_body(&["amount"])));
    assert_eq!(slot_of(&pay, "createIntent", "body.amount"), Ok(in_body(&["amount"])));
    assert_eq!(
        slot_of(&pay, "createIntent", "metadata.order"),
        Ok(in_body(&["metadata", "order"]))
    );
    assert_eq!(slot_of(&pay, "createIntent", "items.0.sku"), Ok(in_body(&["items", "0", "sku"])));
    assert_eq!(slot_of(&pay, "createIntent", "api-version"), Ok(parameter(Header, "Api-Version")));
    assert_eq!(slot_of(&pay, "getIntent", "id"), Ok(parameter(Path, "intent")));
    assert_eq!(slot_of(&pay, "dropIntent", "id"), Ok(parameter(Query, "id")));
    assert_eq!(slot_of(&pay, "dropIntent", "path.id"), Ok(parameter(Path, "intent")));
    assert_eq!(
        slot_of(&ship, "createLabel", "shipment.parcel.fragile"),
        Ok(in_body(&["shipment", "parcel", "fragile"]))
    );
    assert_eq!(
        slot_of(&ship, "createLabel", "shipment.parcel.wieght"),
        Err("- createLabel has no argument `shipment.parcel.wieght` | - | shipment.parcel.wieght | did you mean `shipment.parcel`?".to_owned())
    );
    assert_eq!(
        slot_of(&pay, "createIntent", "amuont"),
        Err("- createIntent has no argument `amuont` | - | amuont | did you mean `amount`?"
            .to_owned())
    );
    let op = operation(&pay, "createIntent");
    assert_eq!(slot_or_body(&pay, op, "color.shade"), in_body(&["color", "shade"]));
    assert_eq!(slot_or_body(&pay, op, "query.x"), parameter(Query, "x"));
}

#[test]
fn a_name_in_two_places_needs_its_prefix() {
    let contract = crate::contract::fixture::read_text(
        "openapi: 3.1.0
paths:
  /a/{id}:
    post:
      operationId: a
      parameters: [{name: id, in: path, required: true, schema: {}}]
      requestBody: {content: {application/json: {schema: {properties: {id: {type: string}}}}}}
      responses: {}
",
    )
    .expect("valid");
    assert_eq!(
        slot_of(&contract, "a", "id"),
        Err("- `id` stands in several places of a | - | id | write `path.id` or `body.id`"
            .to_owned())
    );
    assert_eq!(slot_of(&contract, "a", "body.id"), Ok(in_body(&["id"])));
}

#[test]
fn cells_are_typed_by_the_schema() {
    let (pay, ship) = (payments(), labels());
    let typed = |contract: &Contract, name: &str, argument: &str, text: &str| {
        let op = operation(contract, name);
        let slot = slot(contract, op, argument).expect("known");
        cell(contract, op, &slot, text).map_err(|problem| message(&problem))
    };
    let pay = |argument: &str, text: &str| typed(&pay, "createIntent", argument, text);
    let ship = |argument: &str, text: &str| typed(&ship, "createLabel", argument, text);
    assert_eq!(pay("amount", "2000"), Ok(Some(json!(2000))));
    assert_eq!(pay("amount", "2e3"), Ok(Some(json!(2000))));
    assert_eq!(pay("amount", ""), Ok(None));
    assert_eq!(pay("confirm", "true"), Ok(Some(json!(true))));
    assert_eq!(pay("rate", "1.5"), Ok(Some(json!(1.5))));
    assert_eq!(pay("currency", "2000"), Ok(Some(json!("2000"))));
    assert_eq!(pay("currency", "null"), Ok(Some(json!("null"))));
    assert_eq!(pay("currency", "\"\""), Ok(Some(json!(""))));
    assert_eq!(pay("items", "[{\"sku\": \"a\"}]"), Ok(Some(json!([{"sku": "a"}]))));
    assert_eq!(pay("items.0.count", "3"), Ok(Some(json!(3))));
    assert_eq!(pay("metadata.order", "7"), Ok(Some(json!("7"))));
    assert_eq!(ship("shipment.reference", "null"), Ok(Some(Value::Null)));
    assert_eq!(ship("shipment.reference", "12"), Ok(Some(json!("12"))));
    assert_eq!(ship("shipment.value", "12"), Ok(Some(json!(12))));
    assert_eq!(ship("shipment.value", "\"12\""), Ok(Some(json!("12"))));
    assert_eq!(ship("shipment.value", "twelve"), Ok(Some(json!("twelve"))));
    assert_eq!(
        pay("amount", "12.5"),
        Err("- the cell is no value of `body.amount` | an integer | 12.5 | the contract gives the type; write the value as it is, without quotes".to_owned())
    );
    assert_eq!(
        pay("items", "a, b"),
        Err("- the cell is no value of `body.items` | an array | a, b | write the cell as JSON, or name the members one by one with dots".to_owned())
    );
    let kept = |argument: &str, value: Value| {
        let contract = payments();
        let op = operation(&contract, "createIntent");
        let slot = slot(&contract, op, argument).expect("known");
        remembered(&contract, op, &slot, &value).map_err(|problem| problem.title)
    };
    for same in [json!(""), json!("null"), json!(" x "), json!("\"\"")] {
        assert_eq!(kept("currency", same.clone()), Ok(same));
    }
    assert_eq!(kept("currency", json!(5)), Ok(json!("5")));
    assert_eq!(kept("amount", json!("5")), Ok(json!(5)));
    let unfit = Err("the cell is no value of `body.currency`".to_owned());
    assert_eq!(kept("currency", Value::Null), unfit);
    assert_eq!(untyped_cell(" "), None);
    assert_eq!(untyped_cell("{\"a\": 1}"), Some(json!({"a": 1})));
    assert_eq!(untyped_cell("many"), Some(json!("many")));
}

#[test]
fn a_request_is_built_and_found_again() {
    let contract = payments();
    let create = operation(&contract, "createIntent");
    let arguments = Arguments {
        parameters: vec![(ParameterPlace::Header, "Api-Version".into(), json!("v1"))],
        body: Some(json!({"amount": 5, "currency": "eur", "metadata": {"a b": "c&d"}})),
    };
    let encoded = encode(&contract, create, &arguments).expect("whole");
    assert_eq!(encoded.path_and_query, "/v1/intents");
    assert_eq!(&encoded.body[..], b"amount=5&currency=eur&metadata[a+b]=c%26d");
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        encoded.headers,
        [
            header("content-type", "application/x-www-form-urlencoded"),
            header("accept", "application/json"),
            header("api-version", "v1"),
        ]
    );
    let get = operation(&contract, "getIntent");
    let problem = encode(&contract, get, &Arguments::default()).expect_err("no id");
    assert_eq!(
        message(&problem),
        "- getIntent needs `intent` | a value for `intent` in /v1/intents/{intent} | none | add a row `intent`"
    );
    let id = |id: &str| Arguments {
        parameters: vec![(ParameterPlace::Path, "intent".into(), json!(id))],
        body: None,
    };
    let encoded = encode(&contract, get, &id("a/b?c")).expect("whole");
    assert_eq!(encoded.path_and_query, "/v1/intents/a%2Fb%3Fc");
    assert!(encode(&contract, get, &id("..")).is_err());
    let matched = find(&contract, "GET", "/v1/intents/a%2Fb%3Fc").expect("found");
    assert_eq!(
        (matched.operation.name.as_str(), matched.path[0].1.as_str()),
        ("getIntent", "a/b?c")
    );
    let literal = find(&contract, "GET", "/v1/intents/search").expect("found");
    assert_eq!(literal.operation.name, "searchIntents");
    assert_eq!(
        find(&contract, "PUT", "/v1/intents").expect_err("no such method"),
        "no operation PUT /v1/intents: this path knows GET (GET /v1/intents), POST (createIntent)"
    );
    assert_eq!(
        find(&contract, "GET", "/v1/intent/7").expect_err("no such path"),
        "no operation GET /v1/intent/7; the closest are GET /v1/intents (`intent` does not fit), GET /v1/intents/{intent} (`intent` does not fit), GET /v1/intents/search (`intent` does not fit)"
    );
}

fn round_trip(contract: &Contract, name: &str, arguments: &Arguments) -> Arguments {
    let encoded = encode(contract, operation(contract, name), arguments).expect("whole");
    let (path, query) =
        encoded.path_and_query.split_once('?').unwrap_or((encoded.path_and_query.as_str(), ""));
    let matched = find(contract, &encoded.method, path).expect("found");
    assert_eq!(matched.operation.name, name);
    decode_request(contract, &matched, query, &encoded.headers, &encoded.body).expect("readable")
}

fn members(
    text: &'static str,
) -> impl Strategy<Value = std::collections::BTreeMap<String, String>> {
    prop::collection::btree_map("[a-z]{1,6}", text, 1..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_encoded_decodes_to_the_same(
        amount in any::<i64>(),
        rate in -1e9f64..1e9,
        confirm in any::<bool>(),
        currency in "\\PC{0,12}",
        metadata in members("\\PC{0,8}"),
        counts in prop::collection::vec(0u32..9, 1..4),
        id in "[^./]\\PC{0,9}",
    ) {
        let contract = payments();
        let items: Vec<Value> = counts.iter().map(|count| json!({"sku": "s", "count": count})).collect();
        let form = Arguments {
            parameters: Vec::new(),
            body: Some(json!({
                "amount": amount, "rate": rate, "confirm": confirm, "currency": currency,
                "metadata": metadata, "items": items,
            })),
        };
        prop_assert_eq!(round_trip(&contract, "createIntent", &form), form);
        let path = Arguments {
            parameters: vec![
                (ParameterPlace::Path, "intent".into(), json!(id)),
                (ParameterPlace::Query, "id".into(), json!(currency)),
            ],
            body: None,
        };
        prop_assert_eq!(round_trip(&contract, "dropIntent", &path), path);
        let query = Arguments {
            parameters: vec![
                (ParameterPlace::Query, "limit".into(), json!(amount)),
                (ParameterPlace::Query, "expand".into(), json!(["a", currency])),
                (ParameterPlace::Query, "status".into(), json!([currency, "b"])),
            ],
            body: None,
        };
        prop_assert_eq!(round_trip(&contract, "GET /v1/intents", &query), query);
        let json_body = Arguments {
            parameters: Vec::new(),
            body: Some(json!({"shipment": {"parcel": {"weight": rate}, "value": currency, "reference": null}})),
        };
        prop_assert_eq!(round_trip(&labels(), "createLabel", &json_body), json_body);
    }

    #[test]
    fn no_form_is_too_odd(body in prop::collection::vec(any::<u8>(), 0..80), text in "[a-z\\[\\]=&%+.0-9]{0,60}") {
        let contract = payments();
        let media = &operation(&contract, "createIntent").request_body.as_ref().expect("described").content[0];
        for body in [body.as_slice(), text.as_bytes()] {
            let _ = super::decode_body(&contract, &media.name, Some(media), body);
            let _ = super::decode_body(&contract, "application/json", Some(media), body);
        }
    }
}

/// A document whose one operation takes a body of this media type.
fn with_body(media_type: &str, described: &str) -> Contract {
    let text = format!(
        "openapi: 3.1.0\npaths:\n  /a:\n    post:\n      operationId: a\n      responses: {{}}\n      requestBody:\n        content:\n          {media_type}: {described}\n"
    );
    crate::contract::fixture::read_text(&text).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn body(value: Value) -> Arguments {
    Arguments { parameters: Vec::new(), body: Some(value) }
}

const PARTS: &str = r"{
            schema: {type: object, properties: {
              id: {type: integer}, note: {type: string}, tags: {type: array, items: {type: string}},
              file: {type: string, format: binary}, files: {type: array, items: {type: string, contentMediaType: image/png}},
              address: {type: object, properties: {street: {type: string}}},
              lines: {type: array, items: {type: object, properties: {n: {type: integer}}}},
              codes: {type: array, items: {type: integer}}, meta: {type: object, properties: {deep: {type: object, properties: {x: {type: boolean}}}}},
              picture: {type: string}, raw: {type: string}}},
            encoding: {
              codes: {style: pipeDelimited, explode: false}, meta: {style: deepObject, explode: true}, raw: {contentType: application/json},
              picture: {contentType: 'image/png, image/jpeg', headers: {X-Rate: {schema: {type: integer, default: 5}}}}}}";

#[test]
fn parts_are_written_as_the_standard_shows() {
    let contract = with_body("multipart/form-data", PARTS);
    let value = json!({
        "id": 7, "tags": ["a", "b"], "address": {"street": "x"}, "file": "bytes",
        "codes": [1, 2], "meta": {"deep": {"x": true}}, "picture": "png", "raw": "\"",
    });
    let encoded = encode(&contract, operation(&contract, "a"), &body(value)).expect("whole");
    assert_eq!(encoded.headers[0].1, "multipart/form-data; boundary=probe-boundary");
    let part = |name: &str, more: &str, text: &str| {
        format!(
            "--probe-boundary\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n{text}\r\n"
        )
    };
    let file = |name: &str, kind: &str| format!("; filename=\"{name}\"\r\nContent-Type: {kind}");
    let expected = [
        part("id", "", "7"),
        part("tags", "", "a"),
        part("tags", "", "b"),
        part("address", "\r\nContent-Type: application/json", "{\"street\":\"x\"}"),
        part("file", &file("file", "application/octet-stream"), "bytes"),
        part("codes", "", "1|2"),
        part("meta[deep][x]", "", "true"),
        part("picture", &format!("{}\r\nX-Rate: 5", file("picture", "image/png")), "png"),
        part("raw", "\r\nContent-Type: application/json", "\"\\\"\""),
        "--probe-boundary--\r\n".to_owned(),
    ];
    assert_eq!(String::from_utf8_lossy(&encoded.body), expected.concat());
}

#[test]
fn parts_of_others_are_read() {
    let contract = with_body("multipart/form-data", PARTS);
    let media = &operation(&contract, "a").request_body.as_ref().expect("described").content[0];
    let read = |content_type: &str, body: &[u8]| {
        super::decode_body(&contract, content_type, Some(media), body)
    };
    let of = "Multipart/Form-Data; charset=utf-8; boundary=\"x y\"";
    let text =
        b"--x y\r\ncontent-disposition: form-data; name=address\r\n\r\n{\"street\": \"s\"}\r\n\
        --x y\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\r\n\xff\r\n\
        --x y\r\nContent-Disposition: form-data; name=\"tags[]\"\r\n\r\na\r\n--x y--";
    let value = json!({"address": {"street": "s"}, "file": "\u{fffd}", "tags": ["a"]});
    assert_eq!(read(of, text), Ok(value));
    let refused = |content_type: &str, body: &[u8]| read(content_type, body).expect_err("wrong");
    assert_eq!(
        refused("multipart/form-data", text),
        "the body is no form of parts: the content type names no boundary"
    );
    assert_eq!(
        refused("multipart/form-data; boundary=y", text),
        "the body is no form of parts: the body ends before its last boundary"
    );
    let torn = b"--b\r\nContent-Disposition: form-data; name=raw\r\nContent-Type: application/json\r\n\r\n{\r\n--b--";
    let why = refused("multipart/form-data; boundary=b", torn);
    assert_eq!(
        why,
        "the body is no form of parts: the part `raw`: the body ends in the middle of its JSON, after 1 bytes"
    );
}

#[test]
fn fields_are_written_as_their_encoding_says() {
    let list = "{type: array, items: {type: string}}";
    let object = "{type: object, properties: {R: {type: integer}, G: {type: integer}}}";
    for (how, schema, value, text) in [
        ("", list, json!(["a", "b c"]), "p[0]=a&p[1]=b+c"),
        ("style: form", list, json!(["a", "b c"]), "p=a&p=b+c"),
        ("explode: false", list, json!(["a", "b c"]), "p=a%2Cb+c"),
        ("style: spaceDelimited", list, json!(["a", "b"]), "p=a+b"),
        ("style: pipeDelimited", list, json!(["a", "b"]), "p=a%7Cb"),
        ("style: tabDelimited", list, json!(["a", "b"]), "p=a%09b"),
        ("style: form", object, json!({"R": 1, "G": 2}), "R=1&G=2"),
        ("explode: false", object, json!({"R": 1, "G": 2}), "p=R%2C1%2CG%2C2"),
        ("style: deepObject", object, json!({"R": 1, "G": 2}), "p[R]=1&p[G]=2"),
        ("contentType: application/json", object, json!({"R": 1}), "p=%7B%22R%22%3A1%7D"),
        ("allowReserved: true", "{type: string}", json!("a/b&c"), "p=a/b%26c"),
    ] {
        let contract = with_body(
            "application/x-www-form-urlencoded",
            &format!(
                "{{schema: {{type: object, properties: {{p: {schema}, q: {{type: integer}}}}}}, encoding: {{p: {{{how}}}}}}}"
            ),
        );
        let value = body(json!({"p": value, "q": 1}));
        let encoded = encode(&contract, operation(&contract, "a"), &value).expect("whole");
        assert_eq!(String::from_utf8_lossy(&encoded.body), format!("{text}&q=1"), "{how}");
        assert_eq!(round_trip(&contract, "a", &value), value, "{how}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn parts_decode_to_what_was_encoded(
        id in any::<i64>(),
        note in "[\\PC\r\n-]{0,20}",
        tags in prop::collection::vec("\\PC{0,6}", 1..4),
        numbers in prop::collection::vec(any::<i32>(), 1..4),
        hostile in "(\r\n)?--probe-boundary(-1)?(--)?(\r\n)?",
        name in "[a-zé \";=\r\n]{1,6}",
    ) {
        let contract = with_body("multipart/form-data", PARTS);
        let lines: Vec<Value> = numbers.iter().map(|n| json!({"n": n})).collect();
        let value = body(json!({
            "id": id, "note": note, "tags": tags, "file": hostile, "files": [note, hostile],
            "address": {"street": hostile}, "lines": lines, "codes": numbers,
            "meta": {"deep": {"x": true}}, "picture": hostile, "raw": note, name: hostile,
        }));
        prop_assert_eq!(round_trip(&contract, "a", &value), value);
    }

    #[test]
    fn no_parts_are_too_odd(
        body in prop::collection::vec(any::<u8>(), 0..80),
        text in "(--b|\r\n|Content-Disposition: form-data; name=|\"|file|;|--|x){0,24}",
    ) {
        let contract = with_body("multipart/form-data", PARTS);
        let media = &operation(&contract, "a").request_body.as_ref().expect("described").content[0];
        for body in [body.as_slice(), text.as_bytes()] {
            let _ = super::decode_body(&contract, "multipart/form-data; boundary=b", Some(media), body);
        }
    }
}

/// A document whose one operation takes these parameters.
fn with_parameters(parameters: &[&str]) -> Contract {
    let list = parameters.iter().fold(String::new(), |mut list, parameter| {
        let _ = writeln!(list, "        - {parameter}");
        list
    });
    let text = format!(
        "openapi: 3.1.0\npaths:\n  /a/{{p}}/{{o}}:\n    get:\n      operationId: a\n      responses: {{}}\n      parameters:\n{list}"
    );
    crate::contract::fixture::read_text(&text).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

#[test]
fn styles_write_as_the_standard_shows() {
    let array = "type: array, items: {type: string}";
    let object = "type: object, properties: {R: {type: integer}, G: {type: integer}}";
    let of = |how: &str, schema: &str, value: Value| {
        let contract = with_parameters(&[
            &format!("{{name: p, in: path, required: true, {how}schema: {{{schema}}}}}"),
            "{name: o, in: path, required: true, schema: {type: string}}",
        ]);
        let arguments = Arguments {
            parameters: vec![
                (ParameterPlace::Path, "p".into(), value),
                (ParameterPlace::Path, "o".into(), json!("o")),
            ],
            body: None,
        };
        assert_eq!(round_trip(&contract, "a", &arguments), arguments, "{how}{schema}");
        let encoded = encode(&contract, operation(&contract, "a"), &arguments).expect("whole");
        encoded.path_and_query.trim_end_matches("/o").trim_start_matches("/a/").to_owned()
    };
    let (list, map) = (json!(["blue", "black"]), json!({"R": 100, "G": 200}));
    for (how, as_list, as_map) in [
        ("", "blue,black", "R,100,G,200"),
        ("explode: true, ", "blue,black", "R=100,G=200"),
        ("style: label, ", ".blue,black", ".R,100,G,200"),
        ("style: label, explode: true, ", ".blue.black", ".R=100.G=200"),
        ("style: matrix, ", ";p=blue,black", ";p=R,100,G,200"),
        ("style: matrix, explode: true, ", ";p=blue;p=black", ";R=100;G=200"),
    ] {
        assert_eq!(of(how, array, list.clone()), as_list, "{how}");
        assert_eq!(of(how, object, map.clone()), as_map, "{how}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn every_style_is_read_as_it_was_written(
        list in prop::collection::vec("[a-zA-Z0-9%&+é]{1,6}", 1..4),
        number in any::<i32>(),
        flag in any::<bool>(),
        text in "[a-z;=&?/ é]{1,8}",
    ) {
        use ParameterPlace::{Cookie, Header, Path, Query};
        let array = "schema: {type: array, items: {type: string}}";
        let object = "schema: {type: object, properties: {n: {type: integer}, f: {type: boolean}}}";
        let contract = with_parameters(&[
            &format!("{{name: p, in: path, required: true, style: matrix, explode: true, {array}}}"),
            &format!("{{name: o, in: path, required: true, explode: true, {object}}}"),
            &format!("{{name: commas, in: query, explode: false, {array}}}"),
            &format!("{{name: spaces, in: query, style: spaceDelimited, {array}}}"),
            &format!("{{name: pipes, in: query, style: pipeDelimited, {array}}}"),
            &format!("{{name: deep, in: query, style: deepObject, {object}}}"),
            &format!("{{name: own, in: query, {object}}}"),
            "{name: json, in: query, content: {application/json: {schema: {type: array}}}}",
            "{name: free, in: query, allowReserved: true, schema: {type: string}}",
            &format!("{{name: X-List, in: header, {array}}}"),
            "{name: session, in: cookie, schema: {type: string}}",
            "{name: count, in: cookie, schema: {type: integer}}",
        ]);
        let (list, map) = (json!(list), json!({"n": number, "f": flag}));
        let parameters = vec![
            (Path, "p".to_owned(), list.clone()),
            (Path, "o".to_owned(), map.clone()),
            (Query, "commas".to_owned(), list.clone()),
            (Query, "spaces".to_owned(), list.clone()),
            (Query, "pipes".to_owned(), list.clone()),
            (Query, "deep".to_owned(), map.clone()),
            (Query, "own".to_owned(), map),
            (Query, "json".to_owned(), json!([number, {"a": text}])),
            (Query, "free".to_owned(), json!(text)),
            (Header, "X-List".to_owned(), list),
            (Cookie, "session".to_owned(), json!(text)),
            (Cookie, "count".to_owned(), json!(number)),
        ];
        let arguments = Arguments { parameters, body: None };
        prop_assert_eq!(round_trip(&contract, "a", &arguments), arguments);
    }
}

#[test]
fn bodies_of_lines_and_bytes_are_read() {
    let contract = payments();
    let read = |kind: &str, body: &[u8]| super::decode_body(&contract, kind, None, body);
    let lines = b"{\"id\": 1}\r\n\n\x1e{\"id\": 2}\n";
    assert_eq!(read("application/x-ndjson", lines), Ok(json!([{"id": 1}, {"id": 2}])));
    let torn = read("application/jsonl; charset=utf-8", b"{}\n{").expect_err("torn");
    assert!(torn.starts_with("line 2: "), "{torn}");
    assert!(read("image/png", &[0xff, 0xd8]).is_ok_and(|value| value.is_string()));
    assert_eq!(read("application/problem+json", b"{}"), Ok(json!({})));
}
