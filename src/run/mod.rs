//! Plans, selects and executes; emits events.
//!
//! The plan is complete before anything is sent: every file parsed, every
//! outline expanded, every sentence resolved, every secret found. [`execute()`]
//! then runs it on all cores and tells the story to a
//! [`Sink`](crate::evidence::Sink), its only way out. [`check()`] answers what
//! can be known without a network, across rooms.

mod baseline;
mod broken;
mod check;
mod control;
mod engine;
mod execute;
mod expand;
mod feature;
mod governance;
mod known;
mod load;
mod outline;
mod overview;
mod parallel;
mod partners;
mod plan;
mod proofs;
mod raw;
mod scenario;
mod select;
mod slice;
mod tags;

pub use baseline::{Baseline, Compared, Known, baseline_schema};
pub use check::{Checked, Coverage, Share, check};
pub use control::Stop;
pub use engine::CucumberView;
pub use execute::execute;
pub use overview::{
    ContractSummary, DeadlineSummary, ModeState, ModeSummary, Modes, OperationSummary, Overview,
    Page, Repeat, Row, ScenarioSummary, Survey,
};
pub use plan::{Plan, Request, plan};
pub use proofs::{Proof, Proofs};
pub use select::{Filter, PathLine};
