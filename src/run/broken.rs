//! What is wrong with Gherkin: the parser tells a place and the names of its
//! rules; we find the guilty line and say what to do.

use cucumber::gherkin;

use super::{
    scenario::whole_line,
    slice::{Fenced, fences, is_foreign},
};
use crate::{contract::source::Source, evidence::Diagnostic};

const KEYWORDS: &[&str] = &[
    "Feature:",
    "Rule:",
    "Background:",
    "Scenario:",
    "Scenario Outline:",
    "Scenario Template:",
    "Example:",
    "Examples:",
    "Scenarios:",
    "Given ",
    "When ",
    "Then ",
    "And ",
    "But ",
    "* ",
];

/// The message for a text that the parser refuses. `text` is what it was given,
/// `line_of` gives the file's line for one of the text's (both from 1).
pub(super) fn broken(
    source: &Source,
    text: &str,
    line_of: impl Fn(usize) -> u32,
    error: &gherkin::ParseError,
) -> Diagnostic {
    let lines: Vec<&str> = text.lines().collect();
    if let Some(at) = without_feature(&lines) {
        return no_feature(source, line_of(at), lines.get(at - 1).copied().unwrap_or_default());
    }
    if let Some(at) = open_doc_string(&lines) {
        return Diagnostic::error("broken Gherkin: a doc string has no end")
            .at(whole_line(source, line_of(at)), "it begins here")
            .expected("a line with the same fence below its text")
            .actual("the end of the file")
            .help("close it with `\"\"\"`");
    }
    let told = error.to_string();
    let mut numbers = told
        .trim_start_matches("Error at ")
        .splitn(3, ':')
        .map_while(|part| part.trim().parse::<usize>().ok());
    let at = guilty(&lines, numbers.next().unwrap_or(1));
    if let Some(row) = ragged_row(&lines, at) {
        return ragged(source, line_of(row.0), row.1, row.2);
    }
    let written = lines.get(at - 1).copied().unwrap_or_default();
    let diagnostic = Diagnostic::error("broken Gherkin")
        .at(whole_line(source, line_of(at)), "")
        .expected("a keyword (Feature, Rule, Background, Scenario, Given, When, Then, And, But), a table row, a tag or a comment");
    hint(written, diagnostic)
}

/// The first line that says something, where no line begins a feature.
fn without_feature(lines: &[&str]) -> Option<usize> {
    let says = |line: &&str| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with(['#', '@'])
    };
    let foreign = lines.iter().any(|line| is_foreign(line));
    if foreign || lines.iter().any(|line| line.trim_start().starts_with("Feature:")) {
        return None;
    }
    Some(lines.iter().position(says).map_or(1, |at| at + 1))
}

fn no_feature(source: &Source, line: u32, written: &str) -> Diagnostic {
    let written = written.trim();
    let diagnostic = Diagnostic::error("broken Gherkin: the file has no feature")
        .at(whole_line(source, line), "")
        .expected("`Feature:` with a name, before everything but tags and comments")
        .actual(if written.is_empty() { "an empty file" } else { written });
    let first = written.split([' ', ':']).next().unwrap_or_default();
    match crate::evidence::nearest(first, ["Feature"]) {
        Some(near) => diagnostic.help(format!("did you mean `{near}:`?")),
        None => diagnostic.help("begin the file with `Feature: ...`"),
    }
}

/// The line of a doc string's fence that is never closed.
fn open_doc_string(lines: &[&str]) -> Option<usize> {
    let fenced = fences(lines.iter().copied());
    let last = fenced.iter().rposition(|f| matches!(f, Fenced::Begin | Fenced::End))?;
    (fenced[last] == Fenced::Begin).then_some(last + 1)
}

/// The parser stops behind the line that it cannot read, or at the start of a
/// block: the first line that begins with nothing known is the guilty one.
fn guilty(lines: &[&str], line: usize) -> usize {
    let last = line.clamp(1, lines.len().max(1));
    let strange = |at: &usize| {
        let trimmed = lines.get(at - 1).map_or("", |line| line.trim());
        !trimmed.is_empty() && !begins_well(trimmed)
    };
    (1..=last).rev().take(3).find(strange).unwrap_or(last)
}

fn begins_well(trimmed: &str) -> bool {
    trimmed.starts_with(['@', '#', '|'])
        || trimmed.starts_with("\"\"\"")
        || trimmed.starts_with("```")
        || KEYWORDS.iter().any(|keyword| trimmed.starts_with(keyword))
}

fn hint(written: &str, diagnostic: Diagnostic) -> Diagnostic {
    let trimmed = written.trim();
    let first = trimmed.split([' ', ':']).next().unwrap_or_default();
    let diagnostic =
        diagnostic.actual(if trimmed.is_empty() { "the end of the text" } else { trimmed });
    let words = KEYWORDS.iter().map(|k| k.trim_end_matches([' ', ':']));
    match crate::evidence::nearest(first, words) {
        Some(near) if near != first => diagnostic.help(format!("did you mean `{near}`?")),
        Some(near) if KEYWORDS.contains(&format!("{near}:").as_str()) && !trimmed.contains(':') => {
            diagnostic.help(format!("`{near}` is followed by a colon"))
        }
        _ if trimmed.starts_with('|') && !trimmed.ends_with('|') => {
            diagnostic.help("end the row with `|`")
        }
        _ => diagnostic
            .help("a description may stand only below a Feature, Rule, Scenario or Examples line"),
    }
}

/// A line that is read as a description and means to be a keyword: `Scenaro:`.
/// The parser takes it and all below for text, and a scenario would be lost
/// without a word.
pub(super) fn misspelt_keyword(
    source: &Source,
    lines: &[&str],
    fenced: &[Fenced],
) -> Option<Diagnostic> {
    const NAMES: &[&str] =
        &["Feature", "Rule", "Background", "Scenario", "Scenario Outline", "Example", "Examples"];
    if lines.iter().any(|line| is_foreign(line)) {
        return None;
    }
    let lines = lines.iter().zip(fenced).enumerate();
    lines.filter(|(_, (_, fence))| **fence == Fenced::Outside).find_map(|(at, (line, _))| {
        let trimmed = line.trim();
        let name = trimmed.split_once(':')?.0;
        if begins_well(trimmed) || name.len() > "Scenario Outline".len() + 2 {
            return None;
        }
        let near = NAMES.iter().find(|known| strsim::osa_distance(known, name) <= 2)?;
        let column = line.chars().take_while(|c| c.is_whitespace()).count() + 1;
        Some(
            Diagnostic::error("a line that means to be a keyword is read as a description")
                .at(source.place_at(at as u32 + 1, column as u32, name.chars().count() as u32), "")
                .expected("a keyword, or a description that cannot be taken for one")
                .actual(name)
                .help(format!("did you mean `{near}:`?")),
        )
    })
}

/// A line of a scenario's description that begins with a misspelt keyword: the
/// parser takes it for text, and the step would be lost without a word.
pub(super) fn misspelt_step(source: &Source, line: u32) -> Option<Diagnostic> {
    const STEPS: &[&str] = &["Given", "When", "Then", "And", "But"];
    let written = source.line(line);
    let first = written.split_whitespace().next()?;
    let near = STEPS.iter().find(|keyword| {
        **keyword != first
            && strsim::osa_distance(&keyword.to_lowercase(), &first.to_lowercase()) <= 1
    })?;
    let column = written.chars().take_while(|c| c.is_whitespace()).count() + 1;
    Some(
        Diagnostic::error("a line that means to be a step is read as a description")
            .at(source.place_at(line, column as u32, first.chars().count() as u32), "")
            .expected("a step keyword, or a description that cannot be taken for a step")
            .actual(first)
            .help(format!("did you mean `{near}`?")),
    )
}

/// The row of the table around a line that has another number of cells than
/// the first: its line, its cells, and those of the first.
fn ragged_row(lines: &[&str], at: usize) -> Option<(usize, usize, usize)> {
    let is_row = |at: usize| lines.get(at - 1).is_some_and(|l| l.trim_start().starts_with('|'));
    if !is_row(at) {
        return None;
    }
    let first = (1..=at).rev().take_while(|at| is_row(*at)).last()?;
    let wanted = cells(lines[first - 1]);
    (first..=lines.len())
        .take_while(|at| is_row(*at))
        .map(|at| (at, cells(lines[at - 1]), wanted))
        .find(|(_, cells, wanted)| cells != wanted)
}

/// How many cells a table row has: bars that no backslash escapes, but one.
pub(super) fn cells(row: &str) -> usize {
    let (mut bars, mut escaped) = (0_usize, false);
    for c in row.chars() {
        bars += usize::from(c == '|' && !escaped);
        escaped = c == '\\' && !escaped;
    }
    bars.saturating_sub(1)
}

/// The message for a row of another length. The parser would cut a longer one.
pub(super) fn ragged(source: &Source, line: u32, cells: usize, wanted: usize) -> Diagnostic {
    let told =
        |count: usize| if count == 1 { "1 cell".to_owned() } else { format!("{count} cells") };
    let diagnostic = Diagnostic::error("a table row has another number of cells than the first")
        .at(whole_line(source, line), "")
        .expected(told(wanted))
        .actual(told(cells));
    if cells > wanted {
        diagnostic.help("a `|` within a cell is written as `\\|`")
    } else {
        diagnostic.help("an empty cell stands between bars too: `|  |`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_bars_end_no_cell() {
        assert_eq!(cells("  | a | b |"), 2);
        assert_eq!(cells(r"| a \| b |"), 1);
        assert_eq!(cells(r"| a \\| b |"), 2);
        assert_eq!(cells("|"), 0);
    }

    #[test]
    fn an_open_doc_string_is_found_where_it_begins() {
        let open = |text: &str| open_doc_string(&text.lines().collect::<Vec<_>>());
        assert_eq!(open("a\n\"\"\"\nb\n\"\"\"\nc"), None);
        assert_eq!(open("a\n\"\"\"\nb\nc"), Some(2));
        assert_eq!(open("a\n```\n\"\"\"\n```\n\"\"\""), Some(5));
        assert_eq!(open(""), None);
    }
}
