//! What the contenders read: a workspace for probe, and the same for hurl.

use std::{fmt::Write as _, fs, path::Path};

use super::Failure;

/// Every order, as the partner answers it.
pub(crate) const ORDER: &str = include_str!("order.json").trim_ascii_end();

/// The size that runners are commonly compared with.
const _: () = assert!(ORDER.len() == 975);

/// What every scenario expects of its order: `JSONPath` and JSON.
pub(crate) const CHECKS: [(&str, &str); 3] =
    [("$.status", r#""OPEN""#), ("$.customer.email", r#""ada@example.com""#), ("$.total", "12345")];

/// Scenarios in a feature file.
pub(crate) const SCENARIOS_PER_FEATURE: usize = 10;

const SETTINGS: &str = r#"[environments]
bench = { class = "test" }

[run]
concurrency = 64
"#;

/// Makes a workspace in `folder` with so many feature files, whose partner
/// listens at `address`.
pub(crate) fn workspace(folder: &Path, address: &str, features: usize) -> Result<(), Failure> {
    let contract = folder.join("contracts/bench/orders/v1");
    let scenarios = folder.join("features/bench.orders");
    for folder in [&contract, &scenarios, &folder.join("catalog")] {
        fs::create_dir_all(folder)?;
    }
    fs::write(folder.join("probe.toml"), SETTINGS)?;
    fs::write(folder.join("catalog/bench.orders.yaml"), record(address))?;
    fs::write(contract.join("openapi.yaml"), include_str!("openapi.yaml"))?;
    for number in 0..features {
        let file = format!("orders-{:04}.feature", number + 1);
        fs::write(scenarios.join(file), feature(number))?;
    }
    Ok(())
}

/// Limits that never hold back: the bench is about us.
fn record(address: &str) -> String {
    format!(
        "owner: bench
criticality: low
contract: {{current: bench/orders/v1, previous: none, described_from: partner}}
environments:
  bench: {{class: test, base_url: \"http://{address}\"}}
auth: {{scheme: none}}
limits: {{rate: 1000000 per second, burst: 100000, concurrency: 64}}
"
    )
}

fn feature(number: usize) -> String {
    let mut text = format!("Feature: Orders {}\n", number + 1);
    for scenario in 1..=SCENARIOS_PER_FEATURE {
        let order = number * SCENARIOS_PER_FEATURE + scenario;
        let _ = write!(
            text,
            "\n  Scenario: Order {order} is whole\n    When we call getOrder with\n      | id | {order} |\n    Then the answer is 200\n"
        );
        for (path, expected) in CHECKS {
            let _ = writeln!(text, "    And \"{path}\" is {expected}");
        }
    }
    text
}

/// The same requests and checks for hurl: a file each in `hurl/`, and all in `all.hurl`.
pub(crate) fn hurl(folder: &Path, address: &str, scenarios: usize) -> Result<(), Failure> {
    fs::create_dir_all(folder.join("hurl"))?;
    let mut all = String::new();
    for order in 1..=scenarios {
        let mut entry = format!("GET http://{address}/orders/{order}\nHTTP 200\n[Asserts]\n");
        for (path, expected) in CHECKS {
            let _ = writeln!(entry, "jsonpath \"{path}\" == {expected}");
        }
        fs::write(folder.join(format!("hurl/order-{order:05}.hurl")), &entry)?;
        all.push_str(&entry);
        all.push('\n');
    }
    fs::write(folder.join("all.hurl"), all)?;
    Ok(())
}
