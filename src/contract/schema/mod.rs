//! Schemas and values: does a value keep a schema, and if not, where and how?
//!
//! The only folder that names the `jsonschema` crate. Each schema that is referred to is a
//! *component* with a validator of its own, compiled when the first value asks for it; a
//! reference between two of them is a keyword of ours, which remembers verdicts, counts steps
//! and knows how deep it is. So a document costs what is used of it, and no schema, however it
//! is knotted, makes a value cost more than a bound (docs/decisions/0021).

mod circles;
mod components;
mod explain;
mod formats;
mod keywords;
mod lone;
mod names;
mod places;
mod schemas;
mod soundness;
#[cfg(test)]
mod tests;
mod unevaluated;
mod verdicts;
mod violation;
mod words;

pub(super) use circles::circles;
pub(super) use lone::Lone;
pub(super) use places::{MOST_HOPS, Wrapped, follow, resolve};
pub use schemas::SchemaRef;
pub(super) use schemas::Schemas;
pub(super) use soundness::{SchemaProblem, prepare, problems};
pub(super) use violation::{Breach, Violation};
pub(super) use words::clip;
