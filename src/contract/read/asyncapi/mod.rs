//! `AsyncAPI` 2.0 to 2.6 and 3, and the topics of 1.x, which Slack still publishes.
//!
//! The document stays as it is written: one typed walk ([`survey`]) finds its schemas, references
//! and traits; traits are merged in place ([`traits`]), schemas lifted in place, and the operations
//! are pointers into the result. What stands elsewhere then, such as what a trait brought, is
//! mounted on where it was written.
//!
//! An operation with several messages is one operation: its body is any of their payloads for each
//! content type, and its headers are those of all messages, required where each message requires
//! them. So its name does not depend on how many messages there are, and a message more is seen as
//! what it is for a reader: a payload that it did not know (decision 0026).

mod contract;
mod files;
mod format;
mod message;
mod operation;
mod security;
mod survey;
#[cfg(test)]
mod tests;
mod traits;

pub(super) use contract::asyncapi;
