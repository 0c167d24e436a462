//! `probe`: contract testing and synthetic probing for partner integrations.

pub mod catalog;
pub mod cli;
pub mod contract;
pub mod evidence;
pub mod mock;
pub mod report;
pub mod run;
pub mod steps;
pub mod transport;
