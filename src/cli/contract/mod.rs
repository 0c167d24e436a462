//! `probe contract`: what was promised, one file for each subcommand.

mod diff;
mod drift;
mod examples;
mod options;
mod rules;
mod show;
mod target;

pub(super) use options::{Contract, ContractCommand};

/// Runs a subcommand to its exit code.
pub(super) fn contract(typed: &Contract) -> u8 {
    match &typed.command {
        ContractCommand::Show(typed) => show::show(typed),
        ContractCommand::Diff(typed) => diff::diff(typed),
        ContractCommand::Examples(typed) => examples::examples(typed),
        ContractCommand::Drift(typed) => drift::drift(typed),
        ContractCommand::Rules(typed) => rules::rules(typed),
    }
}
