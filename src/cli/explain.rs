//! `probe explain`.

use std::fmt::Write as _;

use super::{
    options::{Explain, Subject},
    output::print,
};
use crate::{
    catalog::FAILURE_MODES,
    evidence::{TABLE, exit, metrics},
};

/// Prints a table of the product's law.
pub(super) fn explain(typed: &Explain) -> u8 {
    let text = match typed.subject {
        Subject::Verdicts => verdicts(),
        Subject::ExitCodes => exit_codes(),
        Subject::FailureModes => failure_modes(),
        Subject::Metrics => metrics::page(),
    };
    print(&text, exit::PASSED)
}

fn verdicts() -> String {
    let mut text = String::from(
        "What is said of a scenario that did not pass, why, and whom it means.\n\n\
         verdict       blame         party    observed\n",
    );
    for rule in TABLE {
        let judgement = rule.judgement;
        let blame = judgement.blame.map_or("-", |b| b.label());
        let party = judgement.party.map_or("-", |p| p.label());
        let _ = writeln!(
            text,
            "{:12}  {blame:12}  {party:7}  {}",
            judgement.verdict.word(),
            rule.observed
        );
    }
    text.push_str(
        "\nAdditive drift passes, with findings. The first step that does not pass decides a\n\
         scenario; later ones are not run. `probe explain exit-codes` says how they add up.\n",
    );
    text
}

fn exit_codes() -> String {
    let mut text =
        String::from("Exit codes; the gravest wins: a signal, then 2, 1, 3, 5, 4, 0.\n\n");
    for (code, meaning) in exit::TABLE {
        let _ = writeln!(text, "{code:>4}  {meaning}");
    }
    text
}

fn failure_modes() -> String {
    let mut text = String::from("Failure modes that records and @failure: tags may name.\n\n");
    let width = FAILURE_MODES.iter().map(|mode| mode.0.len()).max().unwrap_or(0);
    for (name, meaning) in FAILURE_MODES {
        let _ = writeln!(text, "{name:width$}  {meaning}");
    }
    text
}
