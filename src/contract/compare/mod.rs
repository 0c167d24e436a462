//! Two versions of a contract: what differs, and whom it breaks.

mod noted;
mod protobuf;
pub mod schema;
