//! Stands in for a partner, with state and faults.
//!
//! A contract alone is enough to be served. [`StandIn`] is the specification
//! (contract, mock file, credentials), shared by all scenarios; [`Running`] is
//! one in service, with a state, a journal and armed faults of its own.
//!
//! A mock file goes through two stages: `file` is what was typed, `compile`
//! makes the `behavior` that is meant and tells every mistake. A request goes
//! through `serve` (fault, credentials, contract, journal), `throttle` (its bucket)
//! and `act` (state; `list` where it asks for many); what a fault makes of the answer
//! is in `odd` and `send`.

mod act;
mod answer;
mod behavior;
mod canned;
mod compile;
mod drift;
mod expressions;
mod fault;
mod file;
mod filters;
mod guard;
mod journal;
mod list;
mod odd;
mod running;
mod send;
mod serve;
mod stand_in;
mod state;
mod template;
mod throttle;
mod tokens;

pub use fault::{Drift, Fault, FaultKind, Moment};
pub use file::{MockFile, file_schema};
pub use journal::Entry;
pub use running::Running;
pub use stand_in::StandIn;

#[cfg(test)]
mod tests;
