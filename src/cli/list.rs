//! `probe list`: all integrations.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use super::{
    exit::config,
    meant,
    options::{List, ListFormat},
    output::{Style, complain, print},
    sheet::{escaped, padded, wrapped},
};
use crate::{
    catalog::{Catalog, Workspace},
    evidence::{Diagnostic, exit},
    report::one_line,
    run::{Modes, Overview, Request, Row, Survey},
};

/// Prints all integrations.
pub(super) fn list(typed: &List) -> u8 {
    let style = Style::of(typed.common.color);
    let loaded = meant::workspace(&typed.common)
        .and_then(|workspace| Ok((Catalog::load(&workspace)?, workspace)));
    let (catalog, workspace): (Catalog, Workspace) = match loaded {
        Ok(loaded) => loaded,
        Err(problems) => return config(&problems, style),
    };
    let survey = Survey::of(&workspace, &catalog, Request::all_in_mock());
    complain(&unknown(&survey.problems), style);
    let overview = survey.overview();
    let text = match typed.format {
        ListFormat::Table => table(&overview),
        ListFormat::Markdown => markdown(&overview),
        ListFormat::Json => {
            serde_json::to_string_pretty(&overview).expect("texts and numbers are JSON") + "\n"
        }
    };
    print(&text, exit::PASSED)
}

/// One warning for all that is wrong with features: here the records count.
pub(super) fn unknown(problems: &[Diagnostic]) -> Vec<Diagnostic> {
    let first = problems.first().map(|first| {
        let told = Diagnostic::warning("the scenarios are not known, for files are broken");
        told.actual(format!("{} and {} more", first.title, problems.len() - 1))
            .help("`probe check` tells each with its place")
    });
    first.into_iter().collect()
}

const HEAD: [&str; 6] =
    ["integration", "status", "owner", "criticality", "scenarios", "failure modes"];

/// A line for each integration, with contract and environments below it.
fn table(overview: &Overview) -> String {
    let mut lines = vec![HEAD.map(str::to_owned)];
    lines.extend(overview.integrations.iter().map(cells));
    let width = |column: usize| lines.iter().map(|line| line[column].width()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..HEAD.len()).map(width).collect();
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        let mut drawn = String::new();
        for (column, (cell, width)) in line.iter().zip(&widths).enumerate() {
            let cell = match column {
                // Numbers stand to the right.
                4 => format!("{}{cell}", " ".repeat(width.saturating_sub(cell.width()))),
                _ => padded(cell, *width),
            };
            drawn.push_str(&cell);
            drawn.push_str("  ");
        }
        let _ = writeln!(text, "{}", drawn.trim_end());
        if let Some(row) = number.checked_sub(1).map(|index| &overview.integrations[index]) {
            for line in wrapped(&where_and_what(row), 80 - widths[0] - 2) {
                let _ = writeln!(text, "{:indent$}{line}", "", indent = widths[0] + 2);
            }
        }
    }
    if overview.integrations.is_empty() {
        return "no integration yet: each has a record in catalog/\n".to_owned();
    }
    text
}

fn where_and_what(row: &Row) -> String {
    format!("{} in {}", row.contract, row.environments.join(", "))
}

fn cells(row: &Row) -> [String; 6] {
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    [
        row.id.clone(),
        row.status.to_owned(),
        or_dash(row.owner.as_ref().map(|owner| one_line(owner).into_owned())),
        row.criticality.to_owned(),
        or_dash(row.scenarios.map(|count| count.to_string())),
        modes(&row.failure_modes),
    ]
}

/// Such as `7 claimed (5 proven), 4 excused`.
fn modes(modes: &Modes) -> String {
    let mut parts = Vec::new();
    match (modes.claimed, modes.proven) {
        (Some(claimed), Some(proven)) => parts.push(format!("{claimed} claimed ({proven} proven)")),
        (Some(claimed), None) => parts.push(format!("{claimed} claimed")),
        (None, _) => parts.push("not known".to_owned()),
    }
    let some = |count: usize, word: &str| (count > 0).then(|| format!("{count} {word}"));
    parts.extend(some(modes.excused, "excused"));
    parts.extend(some(modes.open.unwrap_or(0), "open"));
    parts.join(", ")
}

fn markdown(overview: &Overview) -> String {
    let mut text = String::from(
        "| integration | status | owner | criticality | contract | environments | scenarios | failure modes |\n\
         |---|---|---|---|---|---|--:|---|\n",
    );
    for row in &overview.integrations {
        let [id, status, owner, criticality, scenarios, modes] = cells(row).map(|c| escaped(&c));
        let (contract, environments) =
            (escaped(&row.contract), escaped(&row.environments.join(", ")));
        let _ = writeln!(
            text,
            "| {id} | {status} | {owner} | {criticality} | {contract} | {environments} | {scenarios} | {modes} |"
        );
    }
    text
}
