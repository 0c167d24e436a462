//! How two versions of a promise differ, and whom that breaks.
//!
//! [`compare()`] holds two contracts against each other, from who writes and who reads each part.
//! Its rules stand in one table, [`rules()`]; whether the messages of one schema are allowed by another
//! is decided in [`schema`]. What the words of the modes mean: `docs/decisions/0022-who-may-go-first.md`.

mod approvals;
mod avro;
mod bodies;
mod compared;
mod difference;
mod headers;
mod identity;
mod lifecycle;
mod matching;
mod mode;
mod noted;
mod operations;
mod parameters;
mod protobuf;
mod report;
mod responses;
mod rules;
pub mod schema;
mod schemas;
mod security;
mod servers;
#[cfg(test)]
mod tests;
mod told;

pub use approvals::{Approval, Approvals, Idle};
pub use compared::{Comparison, DeployFirst, Step, compare};
pub use difference::{Difference, Level, Reader};
pub use mode::{Mode, Reach, Settings};
pub use noted::{NotationRule, notation_rules};
pub use rules::{Frame, Rule, rule, rules};
