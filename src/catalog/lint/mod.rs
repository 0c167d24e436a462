//! Is a record what a team can rely on at 3 a.m.? Rules with stable ids, and
//! what they find.
//!
//! [`RULES`] is the table: `probe explain lint` prints it, `docs/lint.md` is
//! made from it, and a test breaks each rule with the example that stands there.
//! A theme has a file of its own with its rules and how they are judged;
//! [`across`] and [`changes`] have those that need more than a record, and are judged where the
//! rooms meet (`run`). Judging is pure: the day and the files that are there
//! come in with [`Premises`].

pub mod across;
pub mod changes;
mod complete;
mod data;
mod finding;
mod judge;
mod page;
mod people;
mod review;
mod rule;
mod running;
mod table;
mod versions;

pub use finding::LintFinding;
pub use judge::{Premises, lint};
pub use page::markdown;
pub use rule::{Example, Level, Rule, Shown, Stage};
pub use table::{RULES, rule};
