//! Text with places: what a person wrote, and where each value stands in it.
//!
//! A document becomes a [`Value`](serde_json::Value); its text is kept in a
//! [`Source`], and a place is found when a message needs it, by one scan for
//! its JSON Pointer. Files of ours are decoded strictly, so that a mistyped key
//! is told, not ignored.

mod decode;
mod document;
mod failure;
mod locate;
mod parse;
mod pointer;
mod problem;
mod quantity;
mod schema;
mod sources;
mod text;
mod walk;

pub(crate) use decode::{decode_placed, misfits};
pub(crate) use pointer::child as member_pointer;
pub(crate) use problem::Locate;
pub use quantity::{HumanDuration, HumanRate, format_duration, parse_duration, parse_rate};
pub(crate) use schema::{partial, schema_of};
pub use sources::{Files, NoFiles, Note, Sources, below, beside, mounted_at, relative};
pub use text::{Format, Part, Source};
