//! What schemas declare, without asking a validator: members, items and types, seen through
//! `$ref`, `allOf`, `anyOf` and `oneOf`.
//!
//! Shapes are read when they are first asked for: of a document with a hundred thousand schemas
//! an operation needs a few hundred.

mod shapes;
mod types;

pub(super) use shapes::{ShapeId, Shapes};
pub(super) use types::Types;
