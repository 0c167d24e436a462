//! `probe`: contract testing and synthetic probing for partner integrations.

pub mod evidence;
