//! Documents into the model, a reader for each kind.
//!
//! [`openapi()`] reads `OpenAPI` 3.0 and 3.1. It parses, surveys the document once for schemas and
//! references, lifts the schemas to JSON Schema 2020-12, and only then builds the model, so that
//! what is wrong is told all at once.

mod lift;
mod openapi;
mod references;
mod survey;
#[cfg(test)]
mod tests;

pub use openapi::openapi;
