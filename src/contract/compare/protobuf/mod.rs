//! Two sets of `.proto` files: the rules of the wire, of JSON and of generated code.
//!
//! [`differences`] pairs what both declare, [`rules::RULES`] says what each difference means.

mod changes;
mod default;
mod enums;
mod field;
mod files;
mod message;
mod rules;
mod service;
#[cfg(test)]
mod tests;

pub(super) use changes::differences;
pub(super) use rules::{RULES, help};
