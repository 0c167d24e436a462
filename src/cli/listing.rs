//! `probe run --list`.

use std::fmt::Write as _;

use serde::Serialize;

use super::{
    exit::config,
    meant::Meant,
    options::Format,
    output::{Style, complain, print},
    run::nothing,
};
use crate::{
    evidence::{Diagnostic, PlannedScenario, exit},
    run::{self, Listed},
};

/// A scenario that would run, as a JSON line.
#[derive(Serialize)]
struct Told<'p> {
    id: &'p str,
    file: &'p str,
    line: u32,
    name: String,
    integrations: &'p [String],
    tags: &'p [String],
    /// Why it would be skipped.
    #[serde(skip_serializing_if = "Option::is_none")]
    skip: Option<&'p str>,
}

/// Prints what would run, in the order in which it would start.
pub(super) fn list(meant: Meant, format: Format, style: Style) -> u8 {
    if format == Format::Cucumber {
        let problem = Diagnostic::error("a list has no steps to show")
            .expected("--format human or json")
            .actual("cucumber");
        return config(&[problem], style);
    }
    let filter = meant.request.filter.clone();
    let listed = match run::list(&meant.workspace, &meant.catalog, meant.request) {
        Ok(listed) => listed,
        Err(problems) => return config(&problems, style),
    };
    complain(&listed.warnings, style);
    if listed.scenarios.is_empty() && listed.shard.is_none_or(|shard| shard.to_run == 0) {
        complain(&[nothing(&meant.workspace, &filter)], style);
        return exit::NOTHING_RAN;
    }
    let text = match format {
        Format::Json => lines(&listed.scenarios),
        Format::Human | Format::Cucumber => people(&listed),
    };
    print(&text, exit::PASSED)
}

fn lines(scenarios: &[PlannedScenario]) -> String {
    let line = |planned: &PlannedScenario| {
        let told = Told {
            id: &planned.id,
            file: &planned.file,
            line: planned.line,
            name: planned.title(),
            integrations: &planned.integrations,
            tags: &planned.tags,
            skip: planned.skip.as_deref(),
        };
        serde_json::to_string(&told).expect("texts and numbers can always be written") + "\n"
    };
    scenarios.iter().map(line).collect()
}

/// A line each, and how many there are.
fn people(listed: &Listed) -> String {
    let place = |planned: &PlannedScenario| format!("{}:{}", planned.file, planned.line);
    let width = listed.scenarios.iter().map(|p| place(p).chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for planned in &listed.scenarios {
        let mut line = format!("{:width$}  {}", place(planned), planned.id);
        if !planned.tags.is_empty() {
            let _ = write!(line, "  {}", planned.tags.join(" "));
        }
        if let Some(reason) = &planned.skip {
            let _ = write!(line, "  (skipped: {reason})");
        }
        // What a file says moves no cursor here.
        text.extend(line.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }));
        text.push('\n');
    }
    let count = listed.scenarios.len();
    let skipped = listed.scenarios.iter().filter(|planned| planned.skip.is_some()).count();
    let _ = write!(text, "\n{count} scenario{}", if count == 1 { "" } else { "s" });
    if skipped > 0 {
        let _ = write!(text, ", {skipped} skipped");
    }
    if let Some(shard) = listed.shard {
        let _ = write!(text, ", shard {}/{} of {}", shard.index, shard.of, shard.selected);
    }
    text.push_str("; nothing was run\n");
    text
}
