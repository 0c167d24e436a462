//! Values that obey the contract, deterministic by seed.
//!
//! What is documented comes first: examples, defaults, constants, enumerations. The rest is made
//! from types, formats, bounds and patterns. The law: what is made passes the schema's validation,
//! as far as the schema's keywords are among those that [`value()`] knows.

pub mod drift;
mod merge;
mod message;
mod reading;
#[cfg(test)]
mod tests;
mod text;
mod value;

pub use message::{Answer, answer, arguments, full_answers, status_of};
pub use value::value;
