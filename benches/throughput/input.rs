//! What the contenders read: a workspace for probe, and the same for hurl.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use super::Failure;

/// Every order, as the partner answers it.
pub(crate) const ORDER: &str = include_str!("order.json").trim_ascii_end();

/// The size that runners are commonly compared with.
const _: () = assert!(ORDER.len() == 975);

/// What every scenario expects of its order: `JSONPath` and JSON.
pub(crate) const CHECKS: [(&str, &str); 3] =
    [("$.status", r#""OPEN""#), ("$.customer.email", r#""ada@example.com""#), ("$.total", "12345")];

const SETTINGS: &str = r#"[environments]
bench = { class = "test" }

[run]
concurrency = 64
"#;

/// Makes a workspace in `folder` whose partner listens at `address`; gives the
/// folder for its features.
pub(crate) fn workspace(folder: &Path, address: &str) -> Result<PathBuf, Failure> {
    let contract = folder.join("contracts/bench/orders/v1");
    let features = folder.join("features/bench.orders");
    for folder in [&contract, &features, &folder.join("catalog")] {
        fs::create_dir_all(folder)?;
    }
    fs::write(folder.join("probe.toml"), SETTINGS)?;
    fs::write(folder.join("catalog/bench.orders.yaml"), record(address))?;
    fs::write(contract.join("openapi.yaml"), include_str!("openapi.yaml"))?;
    Ok(features)
}

/// Writes so many scenarios, so many to a file.
pub(crate) fn files(features: &Path, count: usize, size: usize) -> Result<(), Failure> {
    let orders: Vec<usize> = (1..=count).collect();
    for (number, orders) in (1..).zip(orders.chunks(size)) {
        let file = format!("orders-{number:05}.feature");
        fs::write(features.join(file), feature(number, orders))?;
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

fn feature(number: usize, orders: &[usize]) -> String {
    let mut text = format!("Feature: Orders {number}\n");
    for order in orders {
        let _ = writeln!(text, "\n  Scenario: Order {order} is whole");
        steps(&mut text, &order.to_string());
    }
    text
}

/// What each scenario does and expects of its order.
pub(crate) fn steps(text: &mut String, order: &str) {
    let _ = write!(
        text,
        "    When we call getOrder with\n      | id | {order} |\n    Then the answer is 200\n"
    );
    for (path, expected) in CHECKS {
        let _ = writeln!(text, "    And \"{path}\" is {expected}");
    }
}
