//! Two versions of Avro schemas: what a reader by one makes of what a writer by the other wrote
//! (specification 1.12.0, "Schema Resolution").
//!
//! [`differences()`] resolves both ways: with the new schema as reader (`BACKWARD`) and with the old
//! one (`FORWARD`). [`rules::RULES`] says what each difference means.

mod differences;
mod notices;
mod resolve;
mod rules;
#[cfg(test)]
mod tests;

pub(super) use differences::differences;
pub(super) use rules::{RULES, help};
