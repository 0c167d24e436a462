//! What was said, what is wrong, what happened: plain serialisable data.
//!
//! The floor of the house: every room imports this one, and it imports none of
//! ours. It knows no clock, disk, network or protocol crate, so a saved event
//! file can be read, judged and rendered again anywhere.
//!
//! The data of a run, in the order in which it comes to be: an [`Exchange`]
//! (what was really said) gives [`Finding`]s (what is wrong with it), a
//! [`Cause`] gives a [`Judgement`] (what we say of it and whom we mean), and
//! [`Event`]s tell the story. [`Sink`] is the run's only way out.

mod diagnostic;
mod event;
mod exchange;
pub mod exit;
mod finding;
mod forms;
pub mod metrics;
mod redact;
mod settings;
mod verdict;

pub use diagnostic::{Diagnostic, Mark, Place, Severity, nearest};
pub use event::{
    Cell, ContractInfo, EnvironmentInfo, Event, IntegrationInfo, PlannedScenario, PlannedStep,
    Problem, RunFinished, RunPlanned, SCHEMA_VERSION, SafetyClass, ScenarioFinished,
    ScenarioStarted, Sink, SinkError, StepFinished, Totals,
};
pub use exchange::{
    Attempt, Body, Content, Direction, Exchange, Headers, NoAnswer, Outcome, Phases, Request,
    Response,
};
pub use finding::{DriftClass, Finding, MessagePart, MessagePlace};
pub use redact::{MASK, Redactor, Secret};
pub use settings::{Order, RunSettings, Shard};
pub use verdict::{Blame, Cause, Judgement, Party, Rule, TABLE, Verdict};
