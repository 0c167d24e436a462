//! Arguments to request, bytes to value, request to operation.
//!
//! A scenario's names and cells become typed [`Arguments`] ([`slot()`], [`cell`]), arguments become
//! a request ([`encode`]), and a request becomes arguments again ([`find`], [`decode_request`]).
//! The law: what was encoded decodes to the same arguments.

mod arguments;
mod body;
mod encoding;
mod fields;
mod form;
mod multipart;
mod path;
mod request;
mod slot;
mod style;
#[cfg(test)]
mod tests;
mod text;
mod unique;

pub use arguments::Arguments;
pub use body::{decode_body, is_malformed, json, media_type};
pub use path::{Matched, find};
pub use request::{Encoded, decode_request, encode, query_pairs};
pub use slot::{Slot, slot, slot_or_body};
pub use text::{cell, remembered, untyped_cell};
pub use unique::{duplicate, may_repeat};

pub(in crate::contract) use body::is_json;
pub(in crate::contract) use request::{parameter_text, parameter_value};
pub(in crate::contract) use style::{header_text, header_value};
