//! How long does it take to compare two versions of a large contract?

use std::time::Instant;

use probe::contract::{
    self, Contract, DescribedFrom,
    compare::{Settings, compare},
    source::{NoFiles, Source},
};
use serde_json::Value;

use super::{Failure, document, goal};

/// Seconds for two versions.
const GOAL: f64 = 3.0;

/// Both versions are read before; only the comparison is measured.
pub(crate) fn bench() -> Result<(), Failure> {
    let settings = Settings { mode: None, from: DescribedFrom::Partner, today: None };
    let (old, new) = (read(&document::payments(), "v1")?, read(&document::next(), "v2")?);
    let start = Instant::now();
    let comparison = compare(&old, &new, &settings);
    let seconds = start.elapsed().as_secs_f64();
    let found = comparison.differences.len() + comparison.left_out;
    println!("{} operations in two versions: {found} differences", old.operations.len());
    goal("comparing two versions, seconds", seconds, GOAL);
    Ok(())
}

fn read(document: &Value, version: &str) -> Result<Contract, Failure> {
    let source = Source::new("payments.json", document.to_string());
    contract::read(&format!("bench/payments/{version}"), source, &NoFiles)
        .map_err(|problems| format!("{:?}", problems.first()).into())
}
