//! The table of rules: what is told, how it weighs, and an example of each.

mod bodies;
mod messages;
mod operations;
mod rule;
mod schemas;
mod table;

pub use rule::{Frame, Rule};
pub use table::{rule, rules};
