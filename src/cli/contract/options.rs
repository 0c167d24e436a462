//! The subcommands of `probe contract` as typed.

use clap::{Args, Subcommand, ValueEnum};

use crate::cli::{examples, options::Common};

#[derive(Debug, Args)]
#[command(after_help = examples::CONTRACT)]
pub(in crate::cli) struct Contract {
    #[command(subcommand)]
    pub(in crate::cli) command: ContractCommand,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ContractCommand {
    /// Show what a contract promises; without arguments, which contracts there are
    Show(Show),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Show {
    /// A contract id (`payments/transactions/v3`), a document or its folder
    #[arg(value_name = "CONTRACT")]
    pub(super) contract: Option<String>,
    /// One operation at length
    #[arg(value_name = "OPERATION")]
    pub(super) operation: Option<String>,
    /// What stdout shows
    #[arg(long, value_enum, default_value = "text", env = "PROBE_FORMAT")]
    pub(super) format: TextFormat,
    #[command(flatten)]
    pub(super) common: Common,
}

/// For a person or for a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum TextFormat {
    /// For a person, in 80 columns
    Text,
    /// For other programs
    Json,
}
