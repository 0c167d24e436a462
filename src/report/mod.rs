//! Events in; bytes of a report out. One file a format, all of the same shape:
//! a struct with `new(..)` that is an [`evidence::Sink`](crate::evidence::Sink).
//!
//! No format knows another, and none knows the run: a saved event file renders
//! again into any of them through [`read_events`] and [`replay()`]. What formats
//! share stands below them: [`Tally`] folds events into one [`Outcome`] for
//! each scenario, [`render`] draws a message, and everything a partner said
//! passes through one sanitizer. Opening and naming files is the caller's.

mod cases;
mod events;
mod fanout;
mod json;
mod junit;
mod message;
mod metrics;
mod plain;
mod replay;
#[cfg(test)]
mod sample;
mod story;
mod table;
mod tally;
mod terminal;

pub use cases::{PlainCase, plain_junit};
pub use events::{EventReader, EventWriter, ReadError, read_events};
pub use fanout::Fanout;
pub use json::Json;
pub use junit::Junit;
pub use message::{render, render_rule};
pub use metrics::Metrics;
pub use plain::one_line;
pub use replay::{ReplayError, Replayed, replay};
pub use tally::{Answer, Call, Outcome, Seen, Tally, Try};
pub use terminal::{Look, Progress, Terminal};
