//! Builders of the vocabulary's table: parameters, table and doc string to an
//! action or expectation.

#![expect(
    clippy::unnecessary_wraps,
    reason = "every builder has the signature that the table asks for"
)]

mod act;
mod arguments;
mod arrange;
mod expect;
mod token;

pub(super) use act::*;
pub(super) use arguments::{Arguments, Builder};
pub(super) use arrange::*;
pub(super) use expect::*;
pub(super) use token::{token, token_expired};
