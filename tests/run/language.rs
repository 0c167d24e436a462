//! What a feature file may say, and what becomes of it.

use super::common::{
    CLOSED,
    partner::{Reply, Wire, json},
    workspace::Workspace,
};

/// Names, doc strings, outlines, backgrounds and rules in one feature.
const FEATURE: &str = r#"@all
Feature: Language

  Background:
    Given we call listThings as shelf

  Scenario: Calls and values have names
    When we call createThing as anvil with
      | name | an anvil |
      | size | 3        |
    And we remember "$.id" as thing
    And we call getThing as found with
      | id | {thing} |
    Then the anvil's answer is 201
    And the answer is 200
    And the found's "$.id" is "{thing}"
    And the shelf's "$" is a list
    And the anvil's "$.size" is 3
    And the partner holds 1 thing
    And the partner received listThings 1 time

  Scenario: A doc string is a body
    When we call createThing with
      """
      {"name": "tongs", "size": 4}
      """
    And we remember "$.name" as name
    And we call createThing with
      """json
      {"name": "{name} {else}", "size": 5}
      """
    Then "$.name" matches /^tongs \{else\}$/
    And "$.size" is 5

  @rows
  Scenario Outline: A row fills in <what>
    When we call createThing with
      | name | <name> |
      | size | <size> |
    Then "$.name" is <shown>
    And "$.size" <matcher>

    Examples:
      | what   | name | size | shown  | matcher   |
      | text   | ax   | 1    | "ax"   | is 1      |
      | digits | 12   | 2    | "12"   | is 2      |

    @empty
    Examples: nothing
      | what    | name | size | shown | matcher   |
      | nothing | ax   |      | "ax"  | is absent |

  @ruled
  Rule: A rule has its own background

    Background:
      Given we call createThing as own with
        | name | rule |

    Example: Both backgrounds come first
      Then the own's "$.name" is "rule"
      And the partner received listThings 1 time
"#;

#[test]
fn names_doc_strings_rows_backgrounds_and_rules() {
    let workspace = Workspace::new("http://unused.invalid", "");
    let mock = include_str!("../common/mock.yaml").replace(
        "createThing: {creates: thing}",
        "createThing: {creates: thing, set: {name: '{{ body.name }}'}}",
    );
    workspace.put("mocks/shop.things.yaml", &mock);
    workspace.put("features/shop.things/language.feature", FEATURE);
    let ran = workspace.run(&[]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    let plan = ran.plan();
    let told: Vec<_> = plan
        .scenarios
        .iter()
        .map(|s| (s.id.as_str(), s.line, s.tags.join(" "), s.steps.len()))
        .collect();
    let id = |rest: &str| format!("shop.things/language.feature::{rest}");
    let expected = [
        (id("Calls and values have names"), 7, "@all", 11),
        (id("A doc string is a body"), 22, "@all", 6),
        (id("A row fills in text [text | ax | 1 | \"ax\" | is 1]"), 45, "@all @rows", 4),
        (id("A row fills in digits [digits | 12 | 2 | \"12\" | is 2]"), 46, "@all @rows", 4),
        (
            id("A row fills in nothing [nothing | ax |  | \"ax\" | is absent]"),
            51,
            "@all @rows @empty",
            4,
        ),
        (id("A rule has its own background::Both backgrounds come first"), 60, "@all @ruled", 4),
    ];
    let expected: Vec<_> =
        expected.iter().map(|(id, l, t, n)| (id.as_str(), *l, (*t).to_owned(), *n)).collect();
    assert_eq!(told, expected);
}

#[test]
fn one_name_for_two_scenarios_is_refused() {
    let workspace = Workspace::new("http://unused.invalid", "");
    let scenario = "\n  Scenario: Twice\n    When we call listThings\n";
    workspace.put("features/shop.things/a.feature", &format!("Feature: A\n{scenario}{scenario}"));
    let ran = workspace.run(&[]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("two scenarios have one id"), "{}", ran.err);
    assert!(ran.err.contains("features/shop.things/a.feature:6:3"), "{}", ran.err);
}

#[test]
fn a_tag_chooses_the_contract_version() {
    let wire = Wire::new(|_, heard| match heard.line.as_str() {
        "GET /things" => Reply::Answer(json(200, r#"[{"id": "1", "name": "anvil"}]"#)),
        _ => Reply::Answer(json(200, r#"[{"id": "1"}]"#)),
    });
    let workspace = Workspace::new(&wire.url(), "");
    let new = include_str!("../common/things.yaml")
        .replace("operationId: listThings", "operationId: searchThings")
        .replace("  /things:\n", "  /v2/things:\n")
        .replace("required: [id, name]", "required: [id]");
    workspace.put("contracts/shop/things/v2/openapi.yaml", &new);
    let record = format!(
        "owner: shop\ncontract: {{current: shop/things/v2, previous: shop/things/v1}}\n\
         environments:\n  test: {{base_url: '{}'}}\n",
        wire.url()
    );
    workspace.put("catalog/shop.things.yaml", &record);
    let text = "Feature: Versions\n\n  @contract:v1\n  Scenario: Old\n    When we call listThings\n\n  \
                Scenario: New\n    When we call searchThings\n";
    workspace.put("features/shop.things/versions.feature", text);
    let ran = workspace.run(&["--env", "test"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    let contracts: Vec<String> = ran.plan().contracts.into_iter().map(|c| c.id).collect();
    assert_eq!(contracts, ["shop/things/v1", "shop/things/v2"]);
    let told = &ran.plan().integrations[0];
    assert_eq!((told.contract.as_str(), told.other_contracts.len()), ("shop/things/v2", 1));
    assert_eq!(told.other_contracts, ["shop/things/v1"], "the current one is in front");
    let mut lines: Vec<String> = wire.heard().into_iter().map(|heard| heard.line).collect();
    lines.sort_unstable();
    assert_eq!(lines, ["GET /things", "GET /v2/things"]);

    workspace.put("features/shop.things/versions.feature", &text.replace(":v1", ":v9"));
    let ran = workspace.run(&["--env", "test"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("does not support contract version v9"), "{}", ran.err);
    assert!(ran.err.contains("features/shop.things/versions.feature:3:3"), "{}", ran.err);
}

#[test]
fn a_journey_goes_over_several_integrations() {
    let workspace = Workspace::new(&format!("http://{CLOSED}"), "");
    workspace.integration("shop.more", &format!("http://{CLOSED}"), "");
    workspace.put("mocks/shop.more.yaml", include_str!("../common/mock.yaml"));
    let text = r#"Feature: A journey

  Scenario: From one shop to the other
    Given the partner throttles the next call of shop.more: createThing
    When we call shop.things: createThing as mine with
      | name | anvil |
    And we remember "$.name" as name
    And we wrongly call shop.more: createThing as theirs with
      | name | {name} |
    Then the answer is 429
    And the mine's answer is 201
    And the partner received shop.things: createThing 1 time
    And the partner received shop.more: createThing 1 time
    And the partner holds 0 things
"#;
    workspace.put("features/journeys/shops.feature", text);
    let ran = workspace.run(&[]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    assert_eq!(*ran.plan().scenarios[0].integrations, ["shop.more", "shop.things"]);
    let junit = ran.junit();
    let case = junit.case("From one shop to the other");
    assert_eq!(case.attributes["classname"], "mock.shop.more+shop.things.journeys.shops");
    assert_eq!(case.properties["integrations"], "shop.more shop.things");
    for id in ["shop.more", "shop.things"] {
        assert_eq!(workspace.run(&["--integration", id]).names().len(), 1);
    }
    // A partner of a journey that has no such environment takes the journey along.
    let record = "owner: shop\ncontract: {current: shop/things/v1}\n";
    workspace.put("catalog/shop.more.yaml", record);
    workspace.put(
        "features/journeys/shops.feature",
        &text.replace(
            "    Given the partner throttles the next call of shop.more: createThing\n",
            "",
        ),
    );
    let ran = workspace.run(&["--env", "test"]);
    assert_eq!(ran.code, Some(4), "{}{}", ran.out, ran.err);
    let skip = ran.plan().scenarios[0].skip.clone();
    assert_eq!(skip.as_deref(), Some("shop.more has no environment `test`"));

    workspace.put("features/journeys/shops.feature", &text.replace("shop.things: ", ""));
    let ran = workspace.run(&[]);
    assert_eq!(ran.code, Some(2));
}
