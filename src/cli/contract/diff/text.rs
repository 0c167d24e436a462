//! A comparison for a person, in 80 columns.

use std::fmt::Write as _;

use super::judged::Judged;
use crate::{
    cli::sheet::wrapped,
    contract::{
        Contract, DescribedFrom,
        compare::{Approval, Comparison, Difference, Level},
    },
    evidence::Diagnostic,
    report,
};

/// Differences that are drawn with both places; the others get a line.
const MOST_DRAWN: usize = 20;
/// Differences of the harmless levels that get a line.
const MOST_LISTED: usize = 100;

/// Columns of a fact beside a drawn place: what stands before it takes the others.
const FACT: usize = 62;
/// Columns beside the level in a list.
const LISTED: usize = 66;

/// What broke first, then the rest, then what it comes to.
pub(super) fn text(judged: &Judged, color: bool) -> String {
    let mut text = String::new();
    for (old, new, comparison) in judged.each() {
        if !text.is_empty() {
            text.push('\n');
        }
        one(&mut text, old, new, comparison, color);
    }
    text
}

fn one(text: &mut String, old: &Contract, new: &Contract, comparison: &Comparison, color: bool) {
    let grave = comparison.open().filter(|d| d.level >= Level::Unknown);
    let (drawn, more): (Vec<_>, Vec<_>) =
        grave.enumerate().partition(|(index, _)| *index < MOST_DRAWN);
    for (_, difference) in drawn {
        let message = diagnostic(difference, old, new, comparison.from);
        let drawn = report::render_rule(&message, difference.rule, color);
        let _ = writeln!(text, "{}\n", drawn.trim_end());
    }
    let rest: Vec<&Difference> = more
        .into_iter()
        .map(|(_, difference)| difference)
        .chain(comparison.open().filter(|d| d.level < Level::Unknown))
        .chain(comparison.differences.iter().filter(|d| d.approved.is_some()))
        .collect();
    for difference in rest.iter().take(MOST_LISTED) {
        line(text, difference);
    }
    let left = rest.len().saturating_sub(MOST_LISTED) + comparison.left_out;
    if left > 0 {
        let _ = writeln!(text, "and {left} more; --format json lists them");
    }
    if !rest.is_empty() {
        text.push('\n');
    }
    summary(text, comparison);
}

/// A difference as a message with both places, its facts in lines that fit.
pub(super) fn diagnostic(
    difference: &Difference,
    old: &Contract,
    new: &Contract,
    from: DescribedFrom,
) -> Diagnostic {
    let mut message = difference.told(old, new, from);
    let facts = message.notes.iter_mut().chain(&mut message.help);
    for text in facts.chain(&mut message.expected).chain(&mut message.actual) {
        *text = wrapped(text, FACT).join("\n");
    }
    message
}

fn line(text: &mut String, difference: &Difference) {
    let word = match &difference.approved {
        Some(_) => "approved",
        None => difference.level.word(),
    };
    let spot = difference.spot().map_or_else(String::new, |spot| format!(", {spot}"));
    let mut lines = wrapped(&format!("{}{spot}", difference.message), LISTED);
    if let Some(Approval { owner, reason, expires, .. }) = &difference.approved {
        lines.extend(wrapped(&format!("until {expires} by {owner}: {reason}"), LISTED));
    }
    for (index, words) in lines.iter().enumerate() {
        let word = if index == 0 { word } else { "" };
        let _ = writeln!(text, "{}", format!("{word:<12}{words}").trim_end());
    }
}

/// The last lines: who first, which step, how many.
fn summary(text: &mut String, comparison: &Comparison) {
    let Comparison { old, new, .. } = comparison;
    let mode = comparison.mode.map_or_else(String::new, |mode| format!(", {}", mode.word()));
    let _ = writeln!(text, "{old} -> {new}{mode}");
    if comparison.differences.is_empty() {
        let _ = writeln!(
            text,
            "  no difference{}",
            if comparison.same_text { "" } else { " in what is promised, only in its words" }
        );
        return;
    }
    let _ = writeln!(text, "  deploy   {}", comparison.deploy_first().words());
    let _ = writeln!(text, "  version  {} step", comparison.step().word());
    let mut counts: Vec<String> = Level::ALL
        .iter()
        .map(|level| (comparison.count(*level), level.word()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    let approved = comparison.differences.iter().filter(|d| d.approved.is_some()).count();
    counts.extend((approved > 0).then(|| format!("{approved} approved")));
    let _ = writeln!(text, "  found    {}", counts.join(", "));
}
