//! `docs/proofs.md`.

use std::{fmt::Write as _, fs, path::Path};

use super::Saboteur;

/// A scenario that proves a mode.
pub(crate) struct Row {
    pub(crate) integration: String,
    pub(crate) mode: String,
    /// The scenario's id.
    pub(crate) scenario: String,
    /// Whom it catches, and what is said then.
    pub(crate) caught: Vec<(&'static str, String)>,
}

/// The page.
pub(crate) fn page(saboteurs: &[Saboteur], rows: &[Row]) -> String {
    let mut text = String::from(
        "# Proofs\n\nA failure mode is proven when a scenario of it passes as things are, its fault fired, and the same scenario \
         *fails* once a\nprotection is taken away. `cargo test --test saboteurs` takes them away one by one and compares this \
         page;\n`UPDATE_EXPECTED=1` before it writes the page anew. `probe check` compares the page with what the records \
         claim.\n\n## Saboteurs\n\n| saboteur | what it is |\n|---|---|\n",
    );
    for saboteur in saboteurs {
        let _ = writeln!(text, "| {} | {} |", saboteur.name, saboteur.does);
    }
    text.push_str("\n## What they are caught by\n\n| integration | failure mode | scenario | caught |\n|---|---|---|---|\n");
    for row in rows {
        let caught: Vec<String> =
            row.caught.iter().map(|(name, end)| format!("{name} ({end})")).collect();
        let scenario = row.scenario.replace('|', "\\|");
        let caught = caught.join(", ");
        let _ = writeln!(text, "| {} | {} | {scenario} | {caught} |", row.integration, row.mode);
    }
    text
}

/// Compares the page with the one that is kept, or writes it.
pub(crate) fn compare(path: &Path, page: &str) {
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(path, page).expect("a file");
    }
    let kept = fs::read_to_string(path).unwrap_or_default();
    let line = kept.lines().zip(page.lines()).position(|(kept, page)| kept != page);
    assert!(kept == page, "docs/proofs.md is out of date, from line {line:?} (0 is the first)");
}
