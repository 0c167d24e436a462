//! Values that obey the contract, deterministic by seed.
//!
//! What is documented comes first: examples, defaults, constants, enumerations. The rest is made
//! from types, formats, bounds and patterns. The law: what is made passes the schema's validation,
//! as far as the schema's keywords are among those that [`value()`] knows.

mod boundary;
mod cases;
pub mod drift;
mod merge;
mod message;
mod negative;
mod reading;
#[cfg(test)]
mod tests;
mod text;
mod travel;
mod value;

pub use cases::{Case, Cases, Fullness, answers, requests};
pub use message::{Answer, answer, arguments, status_of};
pub use negative::{Negative, negatives};
pub use value::value;
