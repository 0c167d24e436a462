//! Protocol Buffers: `.proto` files of proto2, proto3 and the editions, without `protoc`.
//!
//! [`link::link`] reads all files of a contract into one description, which [`protobuf()`] turns
//! into the neutral model. The reader is our own: docs/decisions/0020.

mod body;
mod builtin;
mod contract;
mod cursor;
mod features;
mod imports;
mod lex;
mod link;
mod option;
mod parse;
mod schema;
#[cfg(test)]
mod tests;
mod validate;

pub(super) use contract::protobuf;
