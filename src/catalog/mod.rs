//! Who the partners are and how each is reached.
//!
//! One YAML record per [`Integration`], loaded strictly with places in its
//! messages; [`Workspace`] owns `probe.toml` and the folders below it. Both are
//! read in two stages: as written (`written`, `settings`), then once as meant,
//! into types that cannot be wrong. No socket and no value of a secret is known
//! here.

mod about;
mod choice;
mod credentials;
mod defaults;
#[cfg(test)]
mod documented;
mod failure_modes;
mod hide;
mod integration;
mod layers;
pub mod lint;
mod load;
mod maintenance;
mod meant;
mod merge;
mod origins;
mod overrides;
mod policy;
mod problems;
#[cfg(test)]
mod sample;
mod scalar;
mod schema;
mod setting;
mod settings;
mod throttled_by;
mod throttling;
mod tolerated;
mod values;
mod workspace;
mod writes_if;
mod written;

pub use about::{
    About, Affects, Alert, Approval, Breaker, Compliance, Dependency, Direction, EnvironmentNotes,
    FailureNotes, Kind, Kpi, Latency, Level, Objectives, OperationNotes, Pii, PlannedChange,
    Priority, Rotation, Severity, SignOff, Webhooks,
};
pub use choice::Choice;
pub use failure_modes::FAILURE_MODES;
pub use integration::{
    Auth, ContractUse, Criticality, Deadline, Effect, Environment, FailureMode, Idempotency,
    Integration, OperationSettings, SecretName, Status,
};
pub use load::Catalog;
pub use maintenance::Maintenance;
pub use origins::Origins;
pub use overrides::{MOST_RETRIES, Override};
pub use policy::{Backoff, Jitter, Limits, Retry, RetryOn};
#[cfg(test)]
pub(crate) use sample::sample;
pub use scalar::{Day, LocalTime, Moment, Percent, SemVer, Sev, Text};
pub use schema::{defaults_schema, record_schema, settings_schema};
pub use throttling::{Mark, Throttling, WaitBy};
pub use values::is_integration_id;
pub use workspace::{CheckSettings, Profile, Workspace};
pub use writes_if::WritesIf;
