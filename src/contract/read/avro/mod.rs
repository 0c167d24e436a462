//! Avro schemas (`.avsc`) by the specification 1.12.0: own code, since the crate for it tells no
//! places.
//!
//! [`parse`](mod@parse) reads all schemas of a contract into one description, [`contract`] turns it
//! into the neutral model.

mod contract;
mod parse;
mod schema;
#[cfg(test)]
mod tests;

pub(super) use contract::avro;
