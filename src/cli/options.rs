//! The command line as typed. Every flag can be set by `PROBE_*`, and the run's
//! settings by `probe.toml`; the command line wins.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, builder::FalseyValueParser};

use super::{contract::Contract, examples, narrow::Narrow};
use crate::evidence::metrics::MetricSet;

/// Contract testing and synthetic probing for partner integrations.
#[derive(Debug, Parser)]
#[command(name = "probe", version, propagate_version = true, max_term_width = 100)]
pub(super) struct Options {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run scenarios; without arguments all of them, against the embedded stand-ins
    Run(Box<Run>),
    /// Find everything that can be known without a network
    Check(Check),
    /// Read contracts, and what they promise
    Contract(Contract),
    /// Render the reports of a recorded run again
    Report(Report),
    /// List all integrations
    List(List),
    /// Show one integration: who is called, how it breaks, how it is reached
    Show(Show),
    /// Print the sentences that scenarios may use
    Steps(Steps),
    /// Explain a subject
    Explain(Explain),
    /// Make a small workspace, or add an integration to one
    Init(Init),
    /// Print the JSON Schema of a kind of file, for editors
    Schema(Schema),
    /// Print the completions of a shell
    Completions(Completions),
    /// Print the manual page, or write one for each command
    Man(Man),
}

/// Where the workspace is, and how to talk.
#[derive(Clone, Debug, Args)]
pub(super) struct Common {
    /// Folder to look for probe.toml in and above
    #[arg(long, value_name = "DIR", env = "PROBE_WORKSPACE", help_heading = "Common")]
    pub(super) workspace: Option<PathBuf>,
    /// Color the output
    #[arg(long, value_enum, default_value = "auto", env = "PROBE_COLOR", help_heading = "Common")]
    pub(super) color: Color,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    Always,
    Never,
}

#[derive(Debug, Args)]
#[command(after_help = examples::RUN)]
pub(super) struct Run {
    /// Feature files or folders; `FILE:LINE` runs the scenario at this line, `FILE:12:30` two
    #[arg(value_name = "PATH[:LINE]")]
    pub(super) paths: Vec<String>,
    /// Profile of probe.toml, such as nightly, gate or hypercare
    #[arg(long, value_name = "NAME", env = "PROBE_PROFILE")]
    pub(super) profile: Option<String>,
    /// Environment to run in; `mock` is the embedded stand-ins
    #[arg(long, value_name = "NAME", env = "PROBE_ENV")]
    pub(super) env: Option<String>,
    /// Tag expression that scenarios must match; together with the profile's
    #[arg(long, value_name = "EXPRESSION", env = "PROBE_TAGS")]
    pub(super) tags: Vec<String>,
    /// Only scenarios that touch this integration
    #[arg(long, value_name = "ID", env = "PROBE_INTEGRATION", value_delimiter = ',')]
    pub(super) integration: Vec<String>,
    /// Only scenarios whose name holds this text
    #[arg(long, value_name = "TEXT", env = "PROBE_NAME")]
    pub(super) name: Vec<String>,
    /// Shop, tenant or account to run for; `NAME` where only one integration has it
    #[arg(long, value_name = "[ID=]NAME", env = "PROBE_INSTANCE", value_delimiter = ',')]
    pub(super) instance: Vec<String>,
    /// Change a value of a record for this run alone; in `PROBE_SET` one a line
    #[arg(long, value_name = "ID.FIELD=YAML", env = "PROBE_SET", value_delimiter = '\n')]
    pub(super) set: Vec<String>,
    #[command(flatten)]
    pub(super) narrow: Narrow,
    /// Scenarios at the same time
    #[arg(long, value_name = "N", env = "PROBE_CONCURRENCY", value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub(super) concurrency: Option<u32>,
    /// Limit of one scenario attempt, such as `30 s`
    #[arg(long, value_name = "DURATION", env = "PROBE_SCENARIO_TIMEOUT")]
    pub(super) scenario_timeout: Option<String>,
    /// Start nothing more once a scenario ended as --fail-on has it: it did not pass
    #[arg(long, env = "PROBE_FAIL_FAST", value_parser = FalseyValueParser::new())]
    pub(super) fail_fast: bool,
    /// Seed of all chance: generated values, jitter
    #[arg(long, value_name = "N", env = "PROBE_SEED")]
    pub(super) seed: Option<u64>,
    /// Factor of inserted waits in class mock: 1 is real time
    #[arg(long, value_name = "FACTOR", env = "PROBE_MOCK_TIME", value_parser = mock_time)]
    pub(super) mock_time: Option<f64>,
    /// Allow calls that write in class live, where the record allows them too
    #[arg(long, env = "PROBE_ALLOW_WRITES", value_parser = FalseyValueParser::new())]
    pub(super) allow_writes: bool,
    /// Write the JUnit report here too
    #[arg(long, value_name = "FILE", env = "PROBE_JUNIT")]
    pub(super) junit: Option<PathBuf>,
    /// Write the metrics here too, in the Prometheus text format
    #[arg(long, value_name = "FILE", env = "PROBE_METRICS")]
    pub(super) metrics: Option<PathBuf>,
    /// Tell metrics under these names too
    #[arg(
        long,
        value_enum,
        value_name = "SET",
        env = "PROBE_METRIC_ALIASES",
        value_delimiter = ','
    )]
    pub(super) metric_aliases: Vec<MetricAliases>,
    /// Folder in which the run's own folder is made
    #[arg(long, value_name = "DIR", env = "PROBE_REPORTS")]
    pub(super) reports: Option<PathBuf>,
    /// What stdout shows
    #[arg(long, value_enum, default_value = "human", env = "PROBE_FORMAT")]
    pub(super) format: Format,
    #[command(flatten)]
    pub(super) common: Common,
}

/// Sets of metric names beside our own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum MetricAliases {
    /// `connector_request_total` and the like
    Connector,
    /// `integration_errors_total` and the like
    Integration,
}

impl MetricAliases {
    /// The set that is meant.
    pub(super) fn set(self) -> MetricSet {
        match self {
            Self::Connector => MetricSet::Connector,
            Self::Integration => MetricSet::Integration,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Failures and a table, for people
    Human,
    /// The events, a JSON line each
    Json,
    /// Every step, through cucumber's own writer
    Cucumber,
}

fn mock_time(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(factor) if (0.001..=1.0).contains(&factor) => Ok(factor),
        _ => Err("a factor between 0.001 and 1".to_owned()),
    }
}

#[derive(Debug, Args)]
#[command(after_help = examples::CHECK)]
pub(super) struct Check {
    /// File of known findings: they are held, not shown, and only new ones fail
    #[arg(long, value_name = "FILE", env = "PROBE_BASELINE")]
    pub(super) baseline: Option<PathBuf>,
    /// Take what is mended out of the baseline; write it where there is none yet
    #[arg(long, env = "PROBE_UPDATE_BASELINE", value_parser = FalseyValueParser::new())]
    pub(super) update_baseline: bool,
    /// Hold each contract against what it was at this git revision: none may break in its version
    #[arg(long, value_name = "REV", env = "PROBE_AGAINST")]
    pub(super) against: Option<String>,
    /// Fail for warnings too
    #[arg(long, env = "PROBE_STRICT", value_parser = FalseyValueParser::new())]
    pub(super) strict: bool,
    /// Judge as if it were this day, such as 2027-03-01
    #[arg(long, value_name = "DATE", env = "PROBE_TODAY")]
    pub(super) today: Option<String>,
    /// What stdout shows
    #[arg(long, value_enum, default_value = "human", env = "PROBE_FORMAT")]
    pub(super) format: CheckFormat,
    #[command(flatten)]
    pub(super) common: Common,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum CheckFormat {
    /// How far scenarios cover each integration; findings stand on stderr
    Human,
    /// One JSON document with everything
    Json,
}

#[derive(Debug, Args)]
#[command(after_help = examples::REPORT)]
pub(super) struct Report {
    /// Folder of a run, or its events.jsonl; the newest run where absent
    #[arg(long, value_name = "PATH", env = "PROBE_FROM")]
    pub(super) from: Option<PathBuf>,
    /// Folder in which the newest run is looked for
    #[arg(long, value_name = "DIR", env = "PROBE_REPORTS")]
    pub(super) reports: Option<PathBuf>,
    /// Write the JUnit report here
    #[arg(long, value_name = "FILE", env = "PROBE_JUNIT")]
    pub(super) junit: Option<PathBuf>,
    /// Write the metrics here, in the Prometheus text format
    #[arg(long, value_name = "FILE", env = "PROBE_METRICS")]
    pub(super) metrics: Option<PathBuf>,
    /// Tell metrics under these names too
    #[arg(
        long,
        value_enum,
        value_name = "SET",
        env = "PROBE_METRIC_ALIASES",
        value_delimiter = ','
    )]
    pub(super) metric_aliases: Vec<MetricAliases>,
    /// What stdout shows
    #[arg(long, value_enum, default_value = "human", env = "PROBE_FORMAT")]
    pub(super) format: Format,
    #[command(flatten)]
    pub(super) common: Common,
}

#[derive(Debug, Args)]
#[command(after_help = examples::LIST)]
pub(super) struct List {
    /// What stdout shows
    #[arg(long, value_enum, default_value = "table", env = "PROBE_FORMAT")]
    pub(super) format: ListFormat,
    #[command(flatten)]
    pub(super) common: Common,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    /// For people, 80 columns where ids and owners are short
    #[value(alias = "human")]
    Table,
    /// One JSON document
    Json,
    /// A table for a wiki
    Markdown,
}

#[derive(Debug, Args)]
#[command(after_help = examples::SHOW)]
pub(super) struct Show {
    /// The integration
    #[arg(value_name = "ID")]
    pub(super) id: String,
    /// The record as it stands in this environment
    #[arg(long, value_name = "NAME", env = "PROBE_ENV")]
    pub(super) env: Option<String>,
    /// The record as it stands for this shop, tenant or account
    #[arg(long, value_name = "[ID=]NAME", env = "PROBE_INSTANCE", value_delimiter = ',')]
    pub(super) instance: Vec<String>,
    /// What stdout shows
    #[arg(long, value_enum, default_value = "text", env = "PROBE_FORMAT")]
    pub(super) format: ShowFormat,
    #[command(flatten)]
    pub(super) common: Common,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ShowFormat {
    /// For people, 80 columns
    #[value(alias = "human")]
    Text,
    /// One JSON document with the record and what is known beside it
    Json,
    /// A page for a wiki
    Markdown,
}

#[derive(Debug, Args)]
#[command(after_help = examples::STEPS)]
pub(super) struct Steps {
    /// Only sentences that hold this text
    pub(super) search: Option<String>,
    /// As the Markdown page docs/vocabulary.md
    #[arg(long, env = "PROBE_MARKDOWN", value_parser = FalseyValueParser::new())]
    pub(super) markdown: bool,
}

#[derive(Debug, Args)]
#[command(after_help = examples::EXPLAIN)]
pub(super) struct Explain {
    /// The subject
    #[arg(value_enum)]
    pub(super) subject: Subject,
    /// One rule of `lint`, at length
    #[arg(value_name = "RULE")]
    pub(super) rule: Option<String>,
    /// The rules of `lint` as the Markdown page docs/lint.md
    #[arg(
        long,
        env = "PROBE_MARKDOWN",
        value_parser = FalseyValueParser::new(),
        conflicts_with = "rule"
    )]
    pub(super) markdown: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Subject {
    /// What is said of a scenario, why, and whom it means
    Verdicts,
    /// What the process's exit code means
    ExitCodes,
    /// The known failure modes
    FailureModes,
    /// The names in metrics.prom, as the page docs/metrics.md
    Metrics,
    /// The rules of `probe check`; with the name of one, all about it
    Lint,
}

#[derive(Debug, Args)]
#[command(after_help = examples::INIT)]
pub(super) struct Init {
    /// Folder of the workspace; made where it is not there
    #[arg(value_name = "DIR")]
    pub(super) folder: PathBuf,
    /// Id of the integration, such as `stripe.payments`; an example where absent
    #[arg(long, value_name = "ID", env = "PROBE_INTEGRATION")]
    pub(super) integration: Option<String>,
    /// OpenAPI document of the partner: becomes the contract, and a first scenario
    #[arg(long, value_name = "FILE", env = "PROBE_FROM_OPENAPI", requires = "integration")]
    pub(super) from_openapi: Option<PathBuf>,
    /// Color the output
    #[arg(long, value_enum, default_value = "auto", env = "PROBE_COLOR", help_heading = "Common")]
    pub(super) color: Color,
}

#[derive(Debug, Args)]
#[command(after_help = examples::SCHEMA)]
pub(super) struct Schema {
    /// The kind of file; all kinds where absent, which needs a folder
    #[arg(value_enum, required_unless_present = "dir")]
    pub(super) kind: Option<SchemaKind>,
    /// Write into this folder instead of stdout, a file for each kind
    #[arg(long, value_name = "DIR", env = "PROBE_DIR")]
    pub(super) dir: Option<PathBuf>,
}

/// Kinds of files that people write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaKind {
    /// catalog/ID.yaml
    Record,
    /// catalog/_defaults.yaml
    Defaults,
    /// probe.toml
    Settings,
    /// mocks/ID.yaml
    Mock,
    /// Known findings of `probe check`
    Baseline,
}

#[derive(Debug, Args)]
#[command(after_help = examples::COMPLETIONS)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub(super) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
#[command(after_help = examples::MAN)]
pub(super) struct Man {
    /// Folder for a page of each command; one page to stdout where absent
    #[arg(value_name = "DIR")]
    pub(super) folder: Option<PathBuf>,
}
