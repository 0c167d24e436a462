//! The table of rules with its examples, and the laws of the comparison.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    Approvals, Comparison, DeployFirst, Difference, Level, Mode, Settings, Step, compare,
    difference::Reader, rules,
};
use crate::{
    contract::{
        Action, Contract, DescribedFrom, Kind, read,
        source::{Files, Source},
    },
    evidence::Diagnostic,
};

struct Alone;

impl Files for Alone {
    fn read(&self, path: &str) -> Result<Source, Diagnostic> {
        Err(Diagnostic::error(format!("{path} is not there")))
    }
}

fn contract(text: &str) -> Contract {
    let source = Source::new("contracts/a/b/v1/openapi.yaml", text);
    read("a/b/v1", source, &Alone).unwrap_or_else(|problems| panic!("{problems:#?}\n{text}"))
}

fn settings(mode: Option<Mode>) -> Settings {
    Settings { mode, from: DescribedFrom::Partner, today: Some("2026-11-20".into()) }
}

fn compared(old: &str, new: &str, mode: Option<Mode>) -> Comparison {
    compare(&contract(old), &contract(new), &settings(mode))
}

/// Rule, level and part of each difference.
fn told(comparison: &Comparison) -> Vec<(&str, &str, &str)> {
    let rows = comparison.differences.iter();
    rows.map(|d| (d.rule, d.level.word(), d.part.as_str())).collect()
}

#[test]
fn each_rule_says_everything_and_has_its_mirror() {
    for rule in rules() {
        let id = rule.id;
        assert!(rule.doc.ends_with('.') && !rule.doc.contains('\n'), "{id}");
        assert!(!rule.help.is_empty() && !rule.help.ends_with('.'), "{id}");
        if rule.mirror.is_empty() {
            continue;
        }
        let mirror = super::rule(rule.mirror).unwrap_or_else(|| panic!("{id}"));
        assert_eq!(mirror.mirror, id);
        assert_eq!((mirror.first, mirror.last), (rule.last, rule.first), "{id}");
        let waits = (rule.writer_waits, rule.reader_waits);
        assert_eq!((mirror.reader_waits, mirror.writer_waits), waits, "{id}");
    }
}

#[test]
fn each_example_shows_its_rule_at_its_levels() {
    let mut wrong = Vec::new();
    for rule in rules() {
        let [old, new] = rule.example.documents();
        let comparison = compared(&old, &new, None);
        let found: Vec<&Difference> =
            comparison.differences.iter().filter(|d| d.rule == rule.id).collect();
        if found.is_empty() {
            wrong.push(format!("{}: not found, but {:?}", rule.id, told(&comparison)));
        }
        for difference in found {
            let level = match difference.reader {
                None => rule.first,
                Some(Reader::Others) => rule.said(),
                Some(Reader::Described) => rule.taken(),
            };
            if difference.level != level {
                wrong.push(format!("{}: {:?}, expected {level:?}", rule.id, difference));
            }
        }
        if !rule.mirror.is_empty() {
            let back = compared(&new, &old, Some(Mode::Forward));
            if !back.differences.iter().any(|d| d.rule == rule.mirror) {
                wrong.push(format!("{}: its mirror is missing: {:?}", rule.id, told(&back)));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn no_example_differs_from_itself() {
    for rule in rules() {
        for document in rule.example.documents() {
            let comparison = compared(&document, &document, Some(Mode::Full));
            assert_eq!(told(&comparison), [], "{}", rule.id);
            assert_eq!(comparison.step(), Step::None);
            assert_eq!(comparison.deploy_first(), DeployFirst::Anyone);
        }
    }
}

/// One operation with this schema as its request, of another kind than its document says.
fn sent(kind: Kind, schema: &str) -> Contract {
    let mut contract = contract(&format!(
        "openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\npaths:\n  /paid:\n    post:\n      \
         requestBody: {{required: true, content: {{application/json: {{schema: {schema}}}}}}}\n      \
         responses: {{'200': {{description: d}}}}\n"
    ));
    for operation in &mut contract.operations {
        (operation.kind, operation.action) = (kind, Action::Send);
    }
    contract
}

const PAID: &str = "{type: object, properties: {state: {enum: [paid]}}}";
const PAID_OR_LATE: &str =
    "{type: object, properties: {state: {enum: [paid, late]}}, required: [state]}";

#[test]
fn a_webhook_is_read_by_us() {
    let (old, new) = (sent(Kind::Webhook, PAID), sent(Kind::Webhook, PAID_OR_LATE));
    let comparison = compare(&old, &new, &settings(None));
    assert_eq!(
        told(&comparison),
        [
            ("schema.value-added", "breaking", "request body at /state"),
            ("schema.became-required", "compatible", "request body at /state"),
        ]
    );
    assert_eq!(comparison.deploy_first(), DeployFirst::Neither);
    assert_eq!(comparison.step(), Step::Major);
}

#[test]
fn of_a_message_the_modes_say_what_a_registry_says() {
    let (old, new) = (sent(Kind::Message, PAID), sent(Kind::Message, PAID_OR_LATE));
    let breaking = |mode| {
        let comparison = compare(&old, &new, &settings(mode));
        let all = comparison.differences.iter().filter(|d| d.level == Level::Breaking);
        all.map(|d| d.rule).collect::<Vec<_>>()
    };
    // The reader has the new version: what it demands may be missing.
    assert_eq!(breaking(Some(Mode::Backward)), ["schema.became-required"]);
    // The writer has it: what it says may be unknown.
    assert_eq!(breaking(Some(Mode::Forward)), ["schema.value-added"]);
    assert_eq!(breaking(Some(Mode::Full)).len(), 2);
    assert_eq!(breaking(None), ["schema.value-added"]);
}

#[test]
fn an_optional_member_of_an_answer_is_compatible() {
    let answer = |schema: &str| {
        format!(
            "openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\npaths:\n  /a:\n    get:\n      \
             responses: {{'200': {{description: d, content: {{application/json: {{schema: {schema}}}}}}}}}\n"
        )
    };
    let old = answer("{type: object, properties: {a: {type: string}}}");
    let new = answer("{type: object, properties: {a: {type: string}, b: {type: string}}}");
    let comparison = compared(&old, &new, None);
    assert_eq!(
        told(&comparison),
        [("schema.property-added", "compatible", "response 200 body at /b")]
    );
    assert_eq!((comparison.step(), comparison.deploy_first()), (Step::Minor, DeployFirst::Anyone));
}

const BASE: &str = "openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /things/{id}:
    get:
      operationId: getThing
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
        - {name: expand, in: query, schema: {type: string}}
      responses:
        '200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
        default: {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Error'}}}}
    delete:
      operationId: dropThing
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
      responses:
        '200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
components:
  schemas:
    Thing: {type: object, required: [id], properties: {id: {type: string}, state: {enum: [on, off]}}}
    Error: {type: object, properties: {code: {type: string}}}
";

#[test]
fn a_shared_schema_is_told_once_and_names_its_operations() {
    let new = BASE.replace("[on, off]", "[on, off, lost]");
    let comparison = compared(BASE, &new, None);
    let [difference] = &*comparison.differences else { panic!("{:?}", told(&comparison)) };
    assert_eq!(difference.operations, ["getThing", "dropThing"]);
    assert_eq!(difference.rule, "schema.value-added");
    assert!(difference.old_pointer.starts_with("/components/schemas/Thing/properties/state"));
}

#[test]
fn a_fingerprint_survives_other_edits() {
    let fingerprint = |old: &str, new: &str| {
        let comparison = compared(old, new, None);
        let of = |d: &&Difference| d.rule == "parameter.became-required";
        comparison.differences.iter().find(of).map(|d| d.fingerprint.clone())
    };
    let new = BASE.replace("in: query,", "in: query, required: true,");
    let before = fingerprint(BASE, &new);
    assert!(before.as_ref().is_some_and(|text| text.len() == 16));
    let more = |text: &str| {
        text.replace(
            "        - {name: expand",
            "        - {name: other, in: query, schema: {type: string}}\n        - {name: expand",
        )
    };
    assert_eq!(fingerprint(&more(BASE), &more(&new)), before);
    assert_eq!(fingerprint(BASE, &more(&new)), before);
}

#[test]
fn a_status_that_default_promised_is_held_against_it() {
    let named = BASE.replace(
        "        default:",
        "        '404': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Error'}}}}\n        default:",
    );
    assert_eq!(told(&compared(BASE, &named, None)), []);
    let other = named.replace("'404': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Error'}}}}", "'404': {description: d, content: {application/json: {schema: {type: string}}}}");
    assert_eq!(
        told(&compared(BASE, &other, None)),
        [
            ("schema.type-changed", "breaking", "response 404 body"),
            ("schema.property-removed", "warning", "response 404 body at /code"),
        ]
    );
}

#[test]
fn a_renamed_path_parameter_and_a_moved_operation_are_no_removals() {
    let renamed = BASE.replace("{id}", "{thing}").replace("name: id", "name: thing");
    let comparison = compared(BASE, &renamed, None);
    assert_eq!(told(&comparison)[0], ("parameter.renamed", "compatible", "path thing"));
    assert_eq!(comparison.level(), Some(Level::Compatible));
    let moved = BASE.replace("/things/{id}", "/v2/things/{id}");
    let told: Vec<_> = compared(BASE, &moved, None).differences.iter().map(|d| d.rule).collect();
    assert_eq!(told, ["operation.moved", "operation.moved"]);
}

#[test]
fn who_must_deploy_first_has_the_names_of_the_record() {
    let demanding = BASE.replace("in: query,", "in: query, required: true,");
    let (old, new) = (contract(BASE), contract(&demanding));
    let order = |from| compare(&old, &new, &Settings { from, ..settings(None) }).deploy_first();
    // Requests of the new version are right by the old one: the writer may go first.
    assert_eq!(order(DescribedFrom::Partner), DeployFirst::Us);
    assert_eq!(order(DescribedFrom::Us), DeployFirst::Partner);
}

#[test]
fn approvals_hold_until_their_day() {
    let new = BASE.replace("[on, off]", "[on, off, lost]");
    let fingerprint = compared(BASE, &new, None).differences[0].fingerprint.clone();
    let file = |fingerprint: &str| {
        Source::new(
            "approvals.yaml",
            format!(
                "approvals:\n  - fingerprint: {fingerprint}\n    owner: us\n    reason: known\n    expires: 2026-12-01\n"
            ),
        )
    };
    let judged = |fingerprint: &str, today: &str| {
        let mut all = [compared(BASE, &new, None)];
        let told = Approvals::read(file(fingerprint)).expect("valid").apply(&mut all, today);
        (all[0].level(), told.into_iter().map(|d| d.message.title).collect::<Vec<_>>())
    };
    assert_eq!(judged(&fingerprint, "2026-12-01"), (None, vec![]));
    assert_eq!(
        judged(&fingerprint, "2026-12-02"),
        (Some(Level::Breaking), vec!["an approval ended on 2026-12-01".to_owned()])
    );
    assert_eq!(
        judged("'0123456789abcdef'", "2026-11-20"),
        (Some(Level::Breaking), vec!["an approval approves nothing".to_owned()])
    );
    let wrong = "approvals:\n  - {fingerprint: abc, owner: '', reason: r, expires: soon}\n";
    let problems = Approvals::read(Source::new("approvals.yaml", wrong)).expect_err("wrong");
    let titles: Vec<&str> = problems.iter().map(|problem| problem.title.as_str()).collect();
    assert_eq!(
        titles,
        ["this is no fingerprint", "an approval has to end on a day", "an approval without owner"]
    );
}

/// A small schema, with everything that vendors mix.
fn schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!({"type": "string"})),
        Just(json!({"type": ["integer", "null"]})),
        Just(json!({"enum": ["a", "b"]})),
        Just(json!({"type": "string", "maxLength": 5, "pattern": "^a"})),
        Just(json!({"$ref": "#/components/schemas/Node"})),
        Just(json!(true)),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone(), any::<bool>()).prop_map(|(a, b, needed)| {
                let required = if needed { json!(["a"]) } else { json!([]) };
                json!({"type": "object", "properties": {"a": a, "b": b}, "required": required})
            }),
            inner.clone().prop_map(|items| json!({"type": "array", "items": items})),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| json!({"anyOf": [a, b]})),
            (inner.clone(), inner).prop_map(|(a, b)| json!({"allOf": [a, b]})),
        ]
    })
}

/// A document with these schemas as request and answer.
fn document(request: &Value, answer: &Value, more: bool) -> String {
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/a": {"post": {
            "operationId": "a",
            "requestBody": {"content": {"application/json": {"schema": request}}},
            "responses": {"200": {"description": "d", "content": {"application/json": {"schema": answer}}}},
        }}},
        "components": {"schemas": {"Node": {
            "type": "object",
            "properties": {"next": {"$ref": "#/components/schemas/Node"}, "name": {"type": "string"}},
        }}},
    });
    if more {
        document["paths"]["/b"] = json!({"get": {"responses": {"200": {"description": "d"}}}});
        document["paths"]["/a"]["post"]["parameters"] =
            json!([{"name": "q", "in": "query", "schema": {"type": "string"}}]);
        document["paths"]["/a"]["post"]["responses"]["200"]["headers"] =
            json!({"X-More": {"schema": {"type": "string"}}});
        document["components"]["schemas"]["Node"]["properties"]["more"] = json!({"type": "string"});
    }
    document.to_string()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_document_does_not_differ_from_itself(request in schema(), answer in schema()) {
        let document = document(&request, &answer, true);
        let comparison = compared(&document, &document, Some(Mode::Full));
        prop_assert_eq!(told(&comparison), vec![]);
    }

    #[test]
    fn adding_what_is_optional_harms_nobody(request in schema(), answer in schema()) {
        let (old, new) = (document(&request, &answer, false), document(&request, &answer, true));
        let comparison = compared(&old, &new, None);
        prop_assert!(comparison.level() < Some(Level::Unknown), "{:?}", told(&comparison));
    }

    #[test]
    fn what_is_undone_is_the_mirror_of_what_was_done(
        request in schema(), answer in schema(), others in (schema(), schema()), more: bool,
    ) {
        let old = document(&request, &answer, false);
        let new = document(&others.0, &others.1, more);
        let there = compared(&old, &new, Some(Mode::Backward));
        let back = compared(&new, &old, Some(Mode::Forward));
        prop_assert_eq!(there.level(), back.level(), "{:?}\n{:?}", told(&there), told(&back));
    }
}
