//! The run through the binary: what is selected, which settings hold, how it
//! keeps its limits, how it is stopped, and what it leaves behind.

#[expect(dead_code, reason = "each of these binaries uses its own part of what they share")]
mod common;
#[path = "run/conduct.rs"]
mod conduct;
#[path = "run/language.rs"]
mod language;
#[path = "run/narrow.rs"]
mod narrow;
#[path = "run/overrides.rs"]
mod overrides;
#[path = "run/presence.rs"]
mod presence;
#[path = "run/record.rs"]
mod record;
#[path = "run/reports.rs"]
mod reports;
#[path = "run/selection.rs"]
mod selection;
#[path = "run/stopping.rs"]
mod stopping;
#[path = "run/throttled.rs"]
mod throttled;
