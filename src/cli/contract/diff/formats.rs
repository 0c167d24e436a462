//! A comparison for programs, for builds, for a comment on a change.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{judged::Judged, text};
use crate::{
    contract::{
        Contract,
        compare::{Comparison, Difference, Level, Mode},
        source::Part,
    },
    evidence::Diagnostic,
    report::{self, PlainCase},
};

/// Differences whose places are looked up: each look reads the text again.
const MOST_PLACED: usize = 200;

/// One JSON document. Fields are added, never changed or removed, while `schema_version` stays.
pub(super) fn json(judged: &Judged) -> String {
    let comparisons: Vec<Value> = judged.each().map(|(old, new, c)| one(old, new, c)).collect();
    let document = json!({
        "schema_version": 1,
        "exit_code": judged.code,
        "comparisons": comparisons,
    });
    format!("{document:#}\n")
}

fn one(old: &Contract, new: &Contract, comparison: &Comparison) -> Value {
    let place = |index: usize, contract: &Contract, pointer: &str| {
        (index < MOST_PLACED).then(|| contract.sources.locate(pointer, Part::Key))
    };
    let differences: Vec<Value> = comparison
        .differences
        .iter()
        .enumerate()
        .map(|(index, difference)| {
            let was = place(index, old, &difference.old_pointer);
            let is = place(index, new, &difference.new_pointer);
            json!({
                "rule": difference.rule,
                "level": difference.level,
                "level_if_described_moves_first": difference.first,
                "level_if_described_moves_last": difference.last,
                "message": difference.message,
                "operations": difference.operations,
                "part": difference.part,
                "reader": difference.reader,
                "before": difference.before,
                "after": difference.after,
                "reason": difference.reason,
                "help": difference.help,
                "fingerprint": difference.fingerprint,
                "approved": difference.approved,
                "old": {"pointer": old.sources.written(&difference.old_pointer), "place": was},
                "new": {"pointer": new.sources.written(&difference.new_pointer), "place": is},
            })
        })
        .collect();
    let counts: serde_json::Map<String, Value> = Level::ALL
        .iter()
        .map(|level| (level.word().to_owned(), comparison.count(*level).into()))
        .collect();
    json!({
        "old": comparison.old,
        "new": comparison.new,
        "mode": comparison.mode.map(Mode::word),
        "deploy_first": comparison.deploy_first(),
        "step": comparison.step(),
        "counts": counts,
        "left_out": comparison.left_out,
        "differences": differences,
    })
}

/// `JUnit`: a suite for each pair, a case for each difference.
pub(super) fn junit(judged: &Judged) -> Result<String, Diagnostic> {
    let suites: Vec<(String, Vec<PlainCase>)> = judged
        .each()
        .map(|(old, new, comparison)| {
            let name = format!("{} -> {}", comparison.old, comparison.new);
            let case = |difference: &Difference| {
                let place = new.sources.locate(&difference.new_pointer, Part::Key);
                let message = text::diagnostic(difference, old, new, comparison.from);
                PlainCase {
                    name: match difference.spot() {
                        Some(spot) => format!("{} {}, {spot}", difference.rule, difference.message),
                        None => format!("{} {}", difference.rule, difference.message),
                    },
                    class: difference.operations.first().cloned().unwrap_or(name.clone()),
                    file: place.map(|place| place.file),
                    failed: difference.approved.is_none() && difference.level == Level::Breaking,
                    errored: difference.approved.is_none() && difference.level == Level::Unknown,
                    kind: difference.level.word().to_owned(),
                    title: message.title.clone(),
                    text: report::render_rule(&message, difference.rule, false),
                }
            };
            let mut cases: Vec<PlainCase> =
                comparison.differences.iter().take(MOST_PLACED).map(case).collect();
            if cases.is_empty() {
                cases.push(PlainCase::passed("no difference", &name));
            }
            (name, cases)
        })
        .collect();
    report::plain_junit(&suites).map_err(|error| {
        Diagnostic::error("the JUnit report cannot be written").actual(error.to_string())
    })
}

/// Markdown for a comment on a change.
pub(super) fn markdown(judged: &Judged) -> String {
    let mut text = String::new();
    for (_, _, comparison) in judged.each() {
        let Comparison { old, new, .. } = comparison;
        let _ = writeln!(text, "### `{old}` → `{new}`\n");
        if comparison.differences.is_empty() {
            text.push_str("No difference in what is promised.\n\n");
            continue;
        }
        let _ = writeln!(
            text,
            "**{}** step; {}.\n",
            comparison.step().word(),
            comparison.deploy_first().words()
        );
        text.push_str(
            "| level | what | where | before | after | fingerprint |\n|---|---|---|---|---|---|\n",
        );
        for difference in comparison.differences.iter().take(MOST_PLACED) {
            let level = match &difference.approved {
                Some(approval) => format!("approved by {}", approval.owner),
                None => difference.level.word().to_owned(),
            };
            let place = match difference.operations.as_slice() {
                [] => difference.part.clone(),
                [one] => format!("{one} {}", difference.part),
                [one, more @ ..] => format!("{one} and {} more, {}", more.len(), difference.part),
            };
            let cells =
                [&level, &difference.message, &place, &difference.before, &difference.after];
            let row: Vec<String> = cells.iter().map(|cell| escaped(cell)).collect();
            let _ = writeln!(text, "| {} | `{}` |", row.join(" | "), difference.fingerprint);
        }
        let left = comparison.differences.len().saturating_sub(MOST_PLACED) + comparison.left_out;
        if left > 0 {
            let _ = writeln!(text, "\nand {left} more");
        }
        text.push('\n');
    }
    text
}

/// A cell of a table: one line, and nothing in it begins another cell or a tag.
fn escaped(text: &str) -> String {
    report::one_line(text).replace('|', "\\|").replace('<', "&lt;")
}
