//! Documents into the model, a reader for each standard.
//!
//! [`read()`] looks which standard a document follows. A reader makes one lifted document of all
//! files and notations, surveys it once for schemas and references, and only then builds the model,
//! so that what is wrong is told all at once.

mod asyncapi;
mod avro;
mod bundle;
mod drafts;
mod finish;
#[cfg(test)]
mod hostile;
mod json_schema;
mod lift;
mod openapi;
mod overlay;
mod protobuf;
mod references;
mod resource;
mod role;
mod standard;
mod survey;
mod swagger;
#[cfg(test)]
mod tests;

pub use standard::read;
