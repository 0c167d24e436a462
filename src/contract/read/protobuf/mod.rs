//! Protocol Buffers: `.proto` files of proto2, proto3 and the editions, without `protoc`.
//!
//! [`link::link`] reads all files of a contract into one description.

mod body;
mod builtin;
mod cursor;
mod features;
mod imports;
mod lex;
mod link;
mod option;
mod parse;
mod validate;

pub(in crate::contract) use link::link;
