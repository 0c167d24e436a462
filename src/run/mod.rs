//! Plans, selects and executes; emits events.
//!
//! The plan is complete before anything is sent: every file parsed, every
//! outline expanded, every sentence resolved, every secret found. [`execute()`]
//! then runs it on all cores and tells the story to a
//! [`Sink`](crate::evidence::Sink), its only way out. [`check()`] answers what
//! can be known without a network, across rooms.

mod again;
mod baseline;
mod broken;
mod changes;
mod check;
mod control;
mod drift;
mod engine;
mod execute;
mod expand;
mod feature;
mod governance;
mod hint;
mod known;
mod load;
mod order;
mod outline;
mod overrides;
mod overview;
mod parallel;
mod partners;
mod plan;
mod presence;
mod proofs;
mod queue;
mod raw;
mod request;
mod scenario;
mod select;
mod shard;
mod slice;
mod tags;
mod versions;

pub use again::LastRun;
pub use baseline::{Baseline, Compared, Known, baseline_schema};
pub use check::{Checked, Coverage, Share, check};
pub use control::Stop;
pub use drift::{Drift, Gap, Noticed, OperationDrift, Survivor, drift, notice};
pub use engine::CucumberView;
pub use execute::execute;
pub use hint::hints;
pub use overrides::Overrides;
pub use overview::{
    ContractSummary, DeadlineSummary, ModeState, ModeSummary, Modes, OperationSummary, Overview,
    Page, Repeat, Row, ScenarioSummary, Survey,
};
pub use plan::{Listed, Plan, list, plan};
pub use presence::PresenceReport;
pub use proofs::{Proof, Proofs};
pub use request::Request;
pub use select::{Filter, PathLine};
pub use shard::ShardPart;
pub use versions::Against;
