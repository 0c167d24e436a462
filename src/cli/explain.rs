//! `probe explain`.

use std::fmt::Write as _;

use super::{
    exit::config,
    explain_lint,
    options::{Color, Explain, Subject},
    output::{Style, print},
};
use crate::{
    catalog::{FAILURE_MODES, lint},
    evidence::{Diagnostic, TABLE, exit, metrics},
};

/// Prints a table of the product's law, or one rule of it at length.
pub(super) fn explain(typed: &Explain) -> u8 {
    match text(typed) {
        Ok(text) => print(&text, exit::PASSED),
        Err(problem) => config(&[problem], Style::of(Color::Auto)),
    }
}

fn text(typed: &Explain) -> Result<String, Diagnostic> {
    let more = typed.rule.as_ref().map(|rule| format!(" {rule}"));
    let more = more.or_else(|| typed.markdown.then(|| " --markdown".to_owned()));
    Ok(match (typed.subject, &typed.rule, more) {
        (Subject::Lint, Some(id), _) => explain_lint::rule(lint::rule(id)?),
        (Subject::Lint, None, Some(_)) => lint::markdown(),
        (Subject::Lint, None, None) => explain_lint::table(),
        (_, _, Some(more)) => {
            return Err(Diagnostic::error("only `lint` can be explained in more than one way")
                .actual(format!("a subject with{more}"))
                .help("such as: probe explain lint owner-missing"));
        }
        (Subject::Verdicts, ..) => verdicts(),
        (Subject::ExitCodes, ..) => exit_codes(),
        (Subject::FailureModes, ..) => failure_modes(),
        (Subject::Metrics, ..) => metrics::page(),
    })
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
    text.push_str(
        "\n--fail-on says which endings of scenarios count, instead of failed,errored,inconclusive:\n\
         the others leave the exit code as it is. A skipped or flaky one that it names is 1. A\n\
         scenario that was to run and has no verdict is 3, whatever it says. Reports and events\n\
         tell what happened all the same.\n\
         \n\
         A shard in which nothing is to run is 0 while others have work, and 4 where none has.\n\
         \n\
         `probe contract diff` is 1 where a difference breaks somebody and nobody has approved it, 5\n\
         where that cannot be decided, and 0 else; its --fail-on says breaking, unknown or any.\n\
         `probe check` is 1 for the errors among its findings, and 2 for files that are broken.\n",
    );
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
