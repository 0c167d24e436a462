//! The subcommands of `probe contract` as typed.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, builder::FalseyValueParser};

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
    /// Compare two versions: what breaks, whom, and who must deploy first
    Diff(Box<Diff>),
    /// Make messages of an operation: valid ones, requests with one thing wrong, drifted answers
    Examples(Examples),
    /// Measure how much drift the contract's check and the scenarios would notice
    Drift(Drift),
    /// The rules by which messages and versions are judged, with what breaks each
    Rules(Rules),
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

#[derive(Debug, Args)]
#[command(after_help = examples::CONTRACT_DIFF)]
pub(in crate::cli) struct Diff {
    /// The old version: a contract id, a document, its folder, or `git:REV[:CONTRACT]`. Alone, an
    /// id is compared with the version before it
    #[arg(value_name = "OLD")]
    pub(super) old: String,
    /// The new version, named in the same way
    #[arg(value_name = "NEW")]
    pub(super) new: Option<String>,
    /// backward, forward, full, and each with _transitive; without it: may the described
    /// application move first
    #[arg(long, value_name = "MODE", env = "PROBE_MODE")]
    pub(super) mode: Option<String>,
    /// Whose view the contract takes; without it, as the record says that names it
    #[arg(long, value_enum, value_name = "SIDE", env = "PROBE_DESCRIBED_FROM")]
    pub(super) described_from: Option<Side>,
    /// What makes the exit code other than 0
    #[arg(
        long,
        value_enum,
        value_name = "LEVEL",
        default_value = "unknown",
        env = "PROBE_DIFF_FAIL_ON"
    )]
    pub(super) fail_on: FailLevel,
    /// File of approved differences, by fingerprint
    #[arg(long, value_name = "FILE", env = "PROBE_APPROVE")]
    pub(super) approve: Option<PathBuf>,
    /// Judge sunsets and approvals as if it were this day, such as 2027-03-01
    #[arg(long, value_name = "DATE", env = "PROBE_TODAY")]
    pub(super) today: Option<String>,
    /// What stdout shows
    #[arg(long, value_enum, default_value = "text", env = "PROBE_FORMAT")]
    pub(super) format: DiffFormat,
    #[command(flatten)]
    pub(super) common: Common,
}

/// Whose view a contract takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Side {
    /// The partner's: its operations are calls to the partner
    Partner,
    /// Ours: its operations are calls to us
    Us,
}

/// From which level on a difference fails the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FailLevel {
    /// Only what breaks somebody: exit code 1
    Breaking,
    /// That, and what cannot be decided: exit code 5
    Unknown,
    /// Any difference: exit code 1
    Any,
}

/// What `probe contract diff` shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum DiffFormat {
    /// For a person, in 80 columns
    #[value(alias = "human")]
    Text,
    /// One JSON document with everything
    Json,
    /// `JUnit`, a case for each difference
    Junit,
    /// A table for a comment on a change
    Markdown,
}

#[derive(Debug, Args)]
#[command(after_help = examples::CONTRACT_EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(in crate::cli) struct Examples {
    /// A contract id (`payments/transactions/v3`), a document or its folder
    #[arg(value_name = "CONTRACT")]
    pub(super) contract: String,
    /// One operation; without it all
    #[arg(value_name = "OPERATION")]
    pub(super) operation: Option<String>,
    /// Only what must be there
    #[arg(long, group = "kind", env = "PROBE_MINIMAL", value_parser = FalseyValueParser::new())]
    pub(super) minimal: bool,
    /// All that may be there, for each branch; the default
    #[arg(long, group = "kind", env = "PROBE_FULL", value_parser = FalseyValueParser::new())]
    pub(super) full: bool,
    /// One value at a bound in each message
    #[arg(long, group = "kind", env = "PROBE_BOUNDARY", value_parser = FalseyValueParser::new())]
    pub(super) boundary: bool,
    /// Requests with one thing wrong each
    #[arg(long, group = "kind", env = "PROBE_NEGATIVE", value_parser = FalseyValueParser::new())]
    pub(super) negative: bool,
    /// Answers as the partner's next release could send them, one change each
    #[arg(long, group = "kind", env = "PROBE_MUTANTS", value_parser = FalseyValueParser::new())]
    pub(super) mutants: bool,
    /// Seed of what is made: the same seed, the same messages
    #[arg(long, value_name = "N", default_value_t = 1, env = "PROBE_SEED")]
    pub(super) seed: u64,
    /// What stdout shows
    #[arg(long, value_enum, default_value = "json", env = "PROBE_FORMAT")]
    pub(super) format: TextFormat,
    #[command(flatten)]
    pub(super) common: Common,
}

#[derive(Debug, Args)]
#[command(after_help = examples::CONTRACT_DRIFT)]
pub(in crate::cli) struct Drift {
    /// An integration or a contract of the workspace; without it all integrations
    #[arg(value_name = "ID")]
    pub(super) id: Option<String>,
    /// Name every place that nobody would notice, not the first few of each operation
    #[arg(long, env = "PROBE_ALL", value_parser = FalseyValueParser::new())]
    pub(super) all: bool,
    /// Print the table of what is done to answers
    #[arg(long, conflicts_with_all = ["id", "all"], env = "PROBE_MUTATIONS", value_parser = FalseyValueParser::new())]
    pub(super) mutations: bool,
    /// Seed of the mutants: the same seed, the same mutants
    #[arg(long, value_name = "N", default_value_t = 1, env = "PROBE_SEED")]
    pub(super) seed: u64,
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

#[derive(Debug, Args)]
pub(in crate::cli) struct Rules {
    /// One rule at length (`body.enum`, `avro.type`), or one family: check, compare, protobuf or avro
    #[arg(value_name = "RULE")]
    pub(super) rule: Option<String>,
    /// What stdout shows
    #[arg(long, value_enum, default_value = "text", env = "PROBE_FORMAT")]
    pub(super) format: PageFormat,
    #[command(flatten)]
    pub(super) common: Common,
}

/// For a person, for a program or for a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum PageFormat {
    /// For a person, in 80 columns
    Text,
    /// For other programs
    Json,
    /// The pages below docs/rules
    Markdown,
}
