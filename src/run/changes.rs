//! `CHANGES.md` beside the versions of a contract: whether a version has a migration plan.

use crate::{contract::source::Source, evidence::Place};

/// Name of the page in a contract's folder, beside the versions.
pub(super) const PAGE: &str = "CHANGES.md";

/// What the page says of the migration to a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Migration {
    /// There is a text.
    Planned,
    /// The page has no section of the version.
    NoSection,
    /// The section, which stands here, has no part of that name.
    NoPart(Place),
    /// The part, which stands here, says nothing.
    Empty(Place),
}

/// What the page says of the migration to `version`, such as `v2`: a heading `## v2`, below it
/// `### Migration`, below that a text. What stands in a comment or is fenced off is no heading.
pub(super) fn migration(page: &Source, version: &str) -> Migration {
    let mut found = Migration::NoSection;
    let mut inside = false;
    for (at, line) in lines(&page.text) {
        let place = || page.place(at..at + line.trim_end().len());
        match heading(line) {
            Some((2, title)) => {
                inside = names(title, version);
                if inside {
                    found = Migration::NoPart(place());
                }
            }
            Some((3, title)) if inside && names(title, "Migration") => {
                found = Migration::Empty(place());
            }
            // Another part ends the one before, which said nothing.
            Some((depth, _))
                if depth == 1 || depth == 3 && matches!(found, Migration::Empty(_)) =>
            {
                inside = false;
            }
            None if inside && matches!(found, Migration::Empty(_)) && !line.trim().is_empty() => {
                return Migration::Planned;
            }
            _ => {}
        }
    }
    found
}

/// Depth and title of a heading (`CommonMark` 0.31, section 4.2).
fn heading(line: &str) -> Option<(usize, &str)> {
    let line = line.strip_prefix("   ").or(line.strip_prefix("  ")).unwrap_or(line);
    let line = line.strip_prefix(' ').unwrap_or(line).trim_end();
    let title = line.trim_start_matches('#');
    let depth = line.len() - title.len();
    let is_heading = (1..=6).contains(&depth) && (title.is_empty() || title.starts_with(' '));
    is_heading.then(|| (depth, title.trim()))
}

/// Whether a title begins with a word: `v2`, `v2 (2026-11-20)`, `v2: ports`.
fn names(title: &str, word: &str) -> bool {
    let first = title.split(|c: char| !c.is_alphanumeric()).find(|part| !part.is_empty());
    first.is_some_and(|first| first.eq_ignore_ascii_case(word))
}

/// Lines with where they begin. Comments are left out, and fences and what is in them count as
/// text without headings.
fn lines(text: &str) -> Vec<(usize, &str)> {
    let (mut lines, mut at) = (Vec::new(), 0);
    let (mut fence, mut comment): (Option<&str>, bool) = (None, false);
    for line in text.split_inclusive('\n') {
        let begins = at;
        at += line.len();
        let bare = line.trim();
        let mark = ["```", "~~~"].into_iter().find(|mark| bare.starts_with(mark));
        if let Some(open) = fence {
            if mark == Some(open) {
                fence = None;
            }
            // A line in a fence is no heading, whatever it begins with.
            lines.push((begins, "a line of a fenced block"));
        } else if comment || bare.starts_with("<!--") {
            comment = !bare.contains("-->");
        } else {
            fence = mark;
            lines.push((begins, line));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> String {
        match migration(&Source::new(PAGE, text), "v2") {
            Migration::Planned => "planned".to_owned(),
            Migration::NoSection => "no section".to_owned(),
            Migration::NoPart(place) => format!("no part, line {}", place.line),
            Migration::Empty(place) => format!("empty, line {}", place.line),
        }
    }

    #[test]
    fn a_plan_is_a_text_below_its_two_headings() {
        for (text, expected) in [
            ("", "no section"),
            ("# v2\n\n### Migration\n\nx\n", "no section"),
            ("## v1\n\n### Migration\n\nx\n", "no section"),
            ("## v20\n\n### Migration\n\nx\n", "no section"),
            ("## v2\n\n### Migration\n\nx\n", "planned"),
            ("## v2 (2026-11-20)\r\n\r\n### Migration plan\r\nx", "planned"),
            ("## [v2]: ports\n### migration ###\n- x\n", "planned"),
            ("## v2\n\nx\n\n## v1\n\n### Migration\n\nx\n", "no part, line 1"),
            ("## v2\n\nx\n\n### Migrating\n\nx\n", "no part, line 1"),
            ("## v2\n\n### Migration\n\n## v1\n\nx\n", "empty, line 3"),
            ("## v2\n\n### Migration\n\n### Thanks\n\nx\n", "empty, line 3"),
            ("## v2\n\n### Migration\n\n<!-- to be\nwritten -->\n", "empty, line 3"),
            ("## v2\n\n### Migration\n\n#### Steps\n\n1. x\n", "planned"),
            ("## v2\n\n### Migration\n\n#### Steps\n", "empty, line 3"),
            ("```\n## v2\n### Migration\nx\n```\n", "no section"),
            ("## v2\n### Migration\n```\n# rm\n```\n", "planned"),
        ] {
            assert_eq!(of(text), expected, "{text:?}");
        }
    }
}
