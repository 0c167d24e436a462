//! Does an exchange keep the contract?
//!
//! Pure: an operation and an exchange give findings, and nothing else is asked. What may be found
//! stands in [`rules`]. A keeping exchange costs one parse of its body, one validation and one
//! walk; places in files are only looked up for what is found.

mod body;
mod compile;
mod example;
mod exchange;
mod failure;
mod glance;
mod header;
mod known_fields;
#[cfg(test)]
mod message_tests;
mod presence;
mod report;
mod request;
pub mod rules;
mod status;
mod tally;
#[cfg(test)]
mod tests;
mod tolerance;
mod trace;
mod walk;

pub use compile::uncompiled;
pub use example::{UnfitExample, examples};
pub use exchange::{Checked, check, check_decoded};
pub use failure::{FailureInside, FailureSaid};
pub use glance::glance;
pub use presence::{Change, Presence, Seen};
pub use tally::Tally;
pub use tolerance::{Tolerance, Tolerances};
