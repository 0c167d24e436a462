//! `probe`: contract testing and synthetic probing for partner integrations.

pub mod contract;
pub mod evidence;
