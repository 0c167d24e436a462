//! What the tests of the binary share: a workspace in a folder of its own, the
//! real `probe`, and partners that are not ours.

pub(crate) mod exposition;
pub(crate) mod fixture;
pub(crate) mod junit;
pub(crate) mod partner;
pub(crate) mod workspace;

/// Nothing listens here: the port of a service that no machine has run for decades.
pub(crate) const CLOSED: &str = "127.0.0.1:1";
