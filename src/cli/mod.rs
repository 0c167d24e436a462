//! Arguments as typed, then as meant; the only place that prints or exits.

mod check;
mod contract;
mod examples;
mod exit;
mod explain;
mod explain_lint;
mod git;
mod init;
mod list;
mod listing;
mod manual;
mod meant;
mod narrow;
mod options;
mod output;
mod recorded;
mod report;
mod run;
mod schema;
mod sheet;
mod show;
mod steps;

use std::process::ExitCode;

use clap::Parser as _;

use options::{Command, Options};

/// Runs the command line of this process to its exit code.
pub fn main() -> ExitCode {
    let options = Options::parse();
    let code = match options.command {
        Command::Run(typed) => run::run(&typed),
        Command::Check(typed) => check::check(&typed),
        Command::Contract(typed) => contract::contract(&typed),
        Command::Report(typed) => report::report(&typed),
        Command::List(typed) => list::list(&typed),
        Command::Show(typed) => show::show(&typed),
        Command::Steps(typed) => steps::steps(&typed),
        Command::Explain(typed) => explain::explain(&typed),
        Command::Init(typed) => init::init(&typed),
        Command::Schema(typed) => schema::schema(&typed),
        Command::Completions(typed) => manual::completions(&typed),
        Command::Man(typed) => manual::man(&typed),
    };
    ExitCode::from(code)
}
