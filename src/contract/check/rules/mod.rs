//! Everything that a check can find, as one table.
//!
//! A rule is a static beside the others of its place; [`RULES`] lists them all. `probe contract
//! rules` prints the table, `docs/rules/check.md` is generated from it, and a test breaks each
//! rule by its own example.

mod body;
mod head;
mod rule;
mod table;
#[cfg(test)]
mod tests;

pub(super) use body::*;
pub(super) use head::*;
pub(super) use rule::NEW;
pub use rule::{Example, Rule, Side};
pub use table::{RULES, rule};
