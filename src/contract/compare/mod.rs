//! How two versions of a promise differ.

pub mod schema;
