//! Whether every message that one schema allows is allowed by another: decided, not read off the
//! texts.
//!
//! [`Comparison`] asks it in both directions, and tells what stands in the way as [`Difference`]s.
//! Why it is done so: `docs/decisions/0023-containment-is-proved.md`.

mod array;
mod case;
mod choice;
mod comparison;
mod decimal;
mod declared;
mod difference;
mod failure;
mod hollow;
mod judge;
mod members;
mod nodes;
mod numbers;
mod object;
mod pairing;
mod plain;
mod prover;
mod rules;
mod same;
#[cfg(test)]
mod tests;

pub use comparison::Comparison;
pub use difference::{Change, Containment, Difference, Usage, Weight};
