//! `probe check`.

use std::fmt::Write as _;

use super::{
    exit::config,
    meant,
    options::Check,
    output::{Style, complain, print},
};
use crate::{
    catalog::Catalog,
    evidence::exit,
    run::{self, Checked, Coverage},
    transport::Clock,
};

/// Checks everything that can be known without a network.
pub(super) fn check(typed: &Check) -> u8 {
    let style = Style::of(typed.common.color);
    let workspace = match meant::workspace(&typed.common) {
        Ok(workspace) => workspace,
        Err(problems) => return config(&problems, style),
    };
    let catalog = match Catalog::load(&workspace) {
        Ok(catalog) => catalog,
        Err(problems) => return config(&problems, style),
    };
    let (now, _) = Clock::wall();
    let today = now.get(..10).unwrap_or_default();
    let checked = run::check(&workspace, &catalog, meant::check_request(), today);
    complain(&checked.findings, style);
    complain(&checked.broken, style);
    let code = match (checked.broken.is_empty(), checked.findings.is_empty()) {
        (false, _) => exit::CONFIG,
        (true, false) => exit::FAILED,
        (true, true) => exit::PASSED,
    };
    print(&summary(&checked), code)
}

/// The coverage table and a last line.
fn summary(checked: &Checked) -> String {
    let mut text = String::new();
    if !checked.coverage.is_empty() {
        text.push_str(&table(&checked.coverage));
        text.push('\n');
    }
    let wrong = checked.broken.len() + checked.findings.len();
    let _ = match wrong {
        0 => writeln!(
            text,
            "ok: {} over {}; nothing was sent",
            count(checked.scenarios, "scenario"),
            count(checked.coverage.len(), "integration")
        ),
        n => writeln!(text, "{}; nothing was sent", count(n, "finding")),
    };
    text
}

fn count(number: usize, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}

fn table(coverage: &[Coverage]) -> String {
    let width = coverage.iter().map(|c| c.integration.len()).max().unwrap_or(0).max(11);
    let mut text = format!(
        "{:width$}  {:>10}  {:>14}  {:>13}\n",
        "integration", "operations", "error statuses", "failure modes"
    );
    let share = |share: &run::Share| format!("{}/{}", share.all - share.missing.len(), share.all);
    for row in coverage {
        let _ = writeln!(
            text,
            "{:width$}  {:>10}  {:>14}  {:>13}",
            row.integration,
            share(&row.operations),
            share(&row.statuses),
            share(&row.modes)
        );
        for (what, missing) in [
            ("operations never called", &row.operations.missing),
            ("error statuses never expected", &row.statuses.missing),
            ("failure modes excused", &row.excused),
        ] {
            if !missing.is_empty() {
                let _ = writeln!(text, "{:width$}    {what}: {}", "", missing.join(", "));
            }
        }
    }
    text
}
