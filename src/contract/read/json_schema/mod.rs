//! A JSON Schema by itself, of draft 4 to 2020-12: a contract of one payload.
//!
//! The schema stands at `/schema` of the document, files that it refers to under `/x-files`. Names
//! (`$id`, `$anchor`, `$dynamicAnchor`) are looked up once, every reference becomes a pointer
//! within the document, and only then is the draft lifted to 2020-12.

mod contract;
mod names;
mod resolve;
#[cfg(test)]
mod tests;
mod uri;

pub(super) use contract::{is_schema, json_schema};
