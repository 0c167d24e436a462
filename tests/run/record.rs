//! A record as it stands for a run: its environment, its instance, and what the
//! command line sets.

use std::fs;

use super::common::{
    CLOSED,
    partner::{Reply, Wire, json},
    workspace::Workspace,
};

const GET: &str = "When we call getThing with\n  | id | 1 |\nThen the answer is 200";

/// A partner that has one thing.
fn partner() -> Wire {
    Wire::saying(json(200, r#"{"id": "1", "name": "anvil"}"#))
}

/// A workspace with this record, whose secrets are there.
fn workspace(record: &str) -> Workspace {
    let workspace = Workspace::new(&format!("http://{CLOSED}"), "");
    workspace.put("catalog/shop.things.yaml", record);
    workspace.put("secrets/plain", "plain");
    workspace.put("secrets/berlin", "of-berlin");
    workspace.scenario(GET);
    workspace
}

fn record(wire: &Wire) -> String {
    let url = wire.url();
    format!(
        "owner: shop\ncontract: {{current: shop/things/v1}}\n\
         auth: {{scheme: bearer, secret: 'file:secrets/plain'}}\n\
         environments:\n  test:\n    base_url: '{url}/plain'\n    \
         override: {{auth: {{scheme: api_key, header: X-Key, secret: 'file:secrets/plain'}}}}\n  \
         live: {{}}\n\
         instances:\n  berlin:\n    \
         environments:\n      test: {{base_url: '{url}/berlin'}}\n      live: {{base_url: '{url}/live'}}\n    \
         override: {{auth: {{secret: 'file:secrets/berlin'}}}}\n  paris: {{}}\n"
    )
}

#[test]
fn an_environment_says_otherwise_and_an_instance_more_so() {
    let wire = partner();
    let workspace = workspace(&record(&wire));

    let ran = workspace.run(&["--env", "test"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    assert_eq!(ran.plan().integrations[0].instance, None);
    let ran = workspace.run(&["--env", "test", "--instance", "berlin"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    assert_eq!(ran.plan().integrations[0].instance.as_deref(), Some("berlin"));
    assert_eq!(ran.out.lines().nth(1), Some("instance berlin of shop.things"));
    assert!(ran.xml.contains(r#"name="shop.things.instance" value="berlin""#), "{}", ran.xml);
    let ran = workspace.run(&["--env", "live", "--instance", "shop.things=berlin"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);

    let heard: Vec<[String; 3]> = wire
        .heard()
        .iter()
        .map(|h| {
            [h.line.clone(), h.header("x-key").to_owned(), h.header("authorization").to_owned()]
        })
        .collect();
    assert_eq!(
        heard,
        [
            ["GET /plain/things/1", "plain", ""],
            ["GET /berlin/things/1", "of-berlin", ""],
            ["GET /live/things/1", "", "Bearer of-berlin"],
        ]
    );
}

#[test]
fn an_environment_with_addresses_for_instances_only_asks_for_one() {
    let workspace = workspace(&record(&partner()));
    let ran = workspace.run(&["--env", "live"]);
    assert_eq!(ran.code, Some(4), "{}{}", ran.out, ran.err);
    let skip = ran.plan().scenarios[0].skip.clone();
    let expected = "shop.things needs an instance in `live`: --instance berlin or paris";
    assert_eq!(skip.as_deref(), Some(expected));
    let ran = workspace.run(&["--env", "live", "--instance", "paris"]);
    let skip = ran.plan().scenarios[0].skip.clone();
    assert_eq!(skip.as_deref(), Some("shop.things has no environment `live`"));
}

#[test]
fn what_is_set_for_one_run_is_told_wherever_the_run_is() {
    let wire = Wire::saying(json(503, r#"{"error": "down"}"#));
    let workspace = workspace(&record(&wire));
    let retry = "shop.things.retry={on: [5xx], attempts: 3, backoff: {exponential: 1 ms}}";
    let ran = workspace.run(&["--env", "test", "--set", retry]);
    assert_eq!((ran.code, wire.heard().len()), (Some(1), 3), "{}{}", ran.out, ran.err);
    assert_eq!(ran.plan().set, [retry]);
    let line = format!("set for this run alone: {retry}");
    assert_eq!(ran.out.lines().nth(1), Some(line.as_str()));
    assert!(ran.xml.contains(r#"name="set" value="shop.things.retry="#), "{}", ran.xml);

    // A line each, and the last one holds.
    let mut command = workspace.probe(["run", "--env", "test"]);
    let both = "shop.things.limits.rate=50 per second\nshop.things.auth={scheme: none}";
    let ran = workspace.ran(command.env("PROBE_SET", both).output().expect("it starts"));
    assert_eq!((ran.code, wire.heard().len()), (Some(1), 4), "{}{}", ran.out, ran.err);
    assert_eq!(ran.plan().set, both.lines().collect::<Vec<_>>());
    assert_eq!(wire.heard()[3].header("x-key"), "");
}

#[test]
fn a_waiver_of_everything_takes_the_contract_check_away() {
    let wire = Wire::new(|_, _| Reply::Answer(json(200, r#"{"id": 1}"#)));
    let workspace = workspace(&record(&wire));
    workspace.scenario("When we call getThing with\n  | id | 1 |");
    let ran = workspace.run(&["--env", "test"]);
    assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.err);
    let waiver = "shop.things.tolerate=[{at: '#', reason: a test, owner: tests}]";
    let ran = workspace.run(&["--env", "test", "--set", waiver]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
}

#[test]
fn an_environment_names_its_version_of_the_contract_and_a_tag_another() {
    let wire = Wire::new(|_, _| Reply::Answer(json(200, r#"{"id": "1", "label": "anvil"}"#)));
    let url = wire.url();
    let workspace = workspace(&format!(
        "owner: shop\ncontract: {{current: shop/things/v1}}\nenvironments:\n  \
         test: {{base_url: '{url}', override: {{contract: {{current: shop/things/v2}}}}}}\n"
    ));
    let first = workspace.root().join("contracts/shop/things/v1/openapi.yaml");
    let second =
        fs::read_to_string(first).expect("a contract").replace("[id, name]", "[id, label]");
    workspace.put("contracts/shop/things/v2/openapi.yaml", &second);
    let steps = "When we call getThing with\n      | id | 1 |\n";
    let text = format!(
        "Feature: Things\n\n  Scenario: New\n    {steps}\n  @contract:v1\n  Scenario: Old\n    {steps}"
    );
    workspace.put("features/shop.things/it.feature", &text);
    let ran = workspace.run(&["--env", "test"]);
    assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.err);
    let verdicts: Vec<(String, usize)> =
        ["New", "Old"].map(|name| (name.to_owned(), ran.junit().case(name).ends.len())).into();
    assert_eq!(verdicts, [("New".to_owned(), 0), ("Old".to_owned(), 1)], "{}", ran.out);
}
