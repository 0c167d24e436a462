//! A feature file in parts that parse on their own.
//!
//! The gherkin crate takes time quadratic in the lines of one text, so a long
//! file is cut where scenarios begin, and a long table of examples between its
//! rows. Each part is given the heads that it stands under.

use std::ops::Range;

/// Lines of a slice, unless one scenario alone has more. Fewer would parse the
/// heads too often, more would feel the square.
const LINES: usize = 160;

/// A part of a feature file that parses on its own: the heads above it
/// (feature, background, rule, outline), then some scenarios or rows.
#[derive(Debug)]
pub(super) struct Slice {
    /// The lines of the file that it is made of, from 0.
    pieces: Vec<Range<usize>>,
}

impl Slice {
    /// Its text.
    pub(super) fn text(&self, lines: &[&str]) -> String {
        self.pieces.iter().flat_map(|piece| &lines[piece.clone()]).copied().collect()
    }

    /// The line in the file of a line of the slice, both from 1.
    pub(super) fn line(&self, line: usize) -> u32 {
        let mut left = line.saturating_sub(1);
        for (at, piece) in self.pieces.iter().enumerate() {
            // What is beyond the end is told as if the last piece went on.
            if left < piece.len() || at + 1 == self.pieces.len() {
                return (piece.start + left) as u32 + 1;
            }
            left -= piece.len();
        }
        line as u32
    }
}

/// Cuts a file's lines, each with its line break. `fenced` says of each what it
/// is to a doc string.
pub(super) fn cut(lines: &[&str], fenced: &[Fenced]) -> Vec<Slice> {
    // Keywords of other languages are the parser's business.
    let foreign = lines.iter().take(5).any(|line| is_foreign(line));
    if foreign || lines.len() <= LINES {
        return vec![Slice { pieces: std::iter::once(0..lines.len()).collect() }];
    }
    let borders = borders(lines, fenced);
    let Some(first) = borders.first() else {
        return vec![Slice { pieces: std::iter::once(0..lines.len()).collect() }];
    };
    let mut cutter = Cutter {
        heads: std::iter::once(0..first.1).collect(),
        unused: false,
        pending: None,
        slices: Vec::new(),
    };
    for (at, (border, start)) in borders.iter().enumerate() {
        let end = borders.get(at + 1).map_or(lines.len(), |next| next.1);
        match border {
            Border::Rule => cutter.rule(*start..end),
            Border::Scenario if end - start > LINES => cutter.long(lines, fenced, *start..end),
            Border::Scenario => cutter.scenario(*start..end),
        }
    }
    cutter.end_of_rule();
    cutter.slices
}

struct Cutter {
    /// The feature's head, and the current rule's.
    heads: Vec<Range<usize>>,
    /// Whether the rule's head is in no slice yet.
    unused: bool,
    /// Scenarios that wait for others to be parsed with.
    pending: Option<Range<usize>>,
    slices: Vec<Slice>,
}

impl Cutter {
    /// A rule begins; its head reaches to its first scenario.
    fn rule(&mut self, head: Range<usize>) {
        self.end_of_rule();
        self.heads.truncate(1);
        self.heads.push(head);
        self.unused = true;
    }

    /// A rule without scenarios is parsed too: something may be wrong with it.
    fn end_of_rule(&mut self) {
        self.flush();
        if self.unused {
            self.slice([]);
        }
    }

    fn scenario(&mut self, lines: Range<usize>) {
        let together = match &self.pending {
            Some(pending) => pending.start..lines.end,
            None => lines.clone(),
        };
        if together.len() > LINES {
            self.flush();
            self.pending = Some(lines);
        } else {
            self.pending = Some(together);
        }
    }

    fn flush(&mut self) {
        if let Some(lines) = self.pending.take() {
            self.slice([lines]);
        }
    }

    fn slice<const N: usize>(&mut self, pieces: [Range<usize>; N]) {
        let pieces = self.heads.iter().cloned().chain(pieces).collect();
        self.slices.push(Slice { pieces });
        self.unused = false;
    }

    /// A scenario of many lines: an outline is cut between its rows.
    fn long(&mut self, lines: &[&str], fenced: &[Fenced], scenario: Range<usize>) {
        self.flush();
        let starts = examples(lines, fenced, scenario.clone());
        let Some(first) = starts.first() else {
            self.slice([scenario]);
            return;
        };
        let head = scenario.start..*first;
        for (at, start) in starts.iter().enumerate() {
            let end = starts.get(at + 1).copied().unwrap_or(scenario.end);
            let is_row = |at: &usize| {
                fenced[*at] == Fenced::Outside && lines[*at].trim_start().starts_with('|')
            };
            let rows: Vec<usize> = (*start..end).filter(is_row).collect();
            // The first row is the header, which each part repeats.
            let Some((header, rows)) = rows.split_first().filter(|(_, rows)| rows.len() > LINES)
            else {
                self.slice([head.clone(), *start..end]);
                continue;
            };
            let (keyword, mut from) = (*start..header + 1, header + 1);
            let mut parts = rows.chunks(LINES).peekable();
            while let Some(rows) = parts.next() {
                let next = parts.peek().and_then(|_| rows.last());
                let to = next.map_or(end, |row| row + 1);
                self.slice([head.clone(), keyword.clone(), from..to]);
                from = to;
            }
        }
    }
}

/// Where in a file the structure changes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Border {
    Rule,
    Scenario,
}

/// Whether a line says in which language the keywords are.
pub(super) fn is_foreign(line: &str) -> bool {
    line.trim().strip_prefix('#').is_some_and(|c| c.trim_start().starts_with("language"))
}

/// What a line is to a doc string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fenced {
    Outside,
    /// The fence that begins one.
    Begin,
    /// Its text and its last fence, or all of one that stands on a line.
    Inside,
    End,
}

/// For each line, what it is to a doc string.
pub(super) fn fences<'l>(lines: impl Iterator<Item = &'l str>) -> Vec<Fenced> {
    let mut open: Option<&str> = None;
    let kind = |line: &str| {
        let line = line.trim();
        if let Some(fence) = open {
            if !line.starts_with(fence) {
                return Fenced::Inside;
            }
            open = None;
            return Fenced::End;
        }
        let fence = ["\"\"\"", "```"].into_iter().find(|fence| line.starts_with(fence));
        match fence {
            None => Fenced::Outside,
            Some(fence) if line[fence.len()..].contains(fence) => Fenced::Inside,
            Some(_) => {
                open = fence;
                Fenced::Begin
            }
        }
    };
    lines.map(kind).collect()
}

/// The lines (from 0) at which rules and scenarios begin, tags and comments
/// above them included, outside doc strings.
fn borders(lines: &[&str], fenced: &[Fenced]) -> Vec<(Border, usize)> {
    const SCENARIO: &[&str] = &["Scenario:", "Scenario Outline:", "Scenario Template:", "Example:"];
    let border = |line: &str| match line {
        _ if SCENARIO.iter().any(|keyword| line.starts_with(keyword)) => Some(Border::Scenario),
        _ if line.starts_with("Rule:") => Some(Border::Rule),
        _ => None,
    };
    blocks(lines, fenced, 0..lines.len(), border)
}

/// The lines at which a scenario's examples begin, likewise.
fn examples(lines: &[&str], fenced: &[Fenced], scenario: Range<usize>) -> Vec<usize> {
    let begins = |line: &str| line.starts_with("Examples:") || line.starts_with("Scenarios:");
    let found = blocks(lines, fenced, scenario, |line| begins(line).then_some(()));
    found.into_iter().map(|((), at)| at).collect()
}

/// The blocks that begin within a range of lines: what they are, by the line
/// that names them, and where, tags and comments above included.
fn blocks<B>(
    lines: &[&str],
    fenced: &[Fenced],
    range: Range<usize>,
    names: impl Fn(&str) -> Option<B>,
) -> Vec<(B, usize)> {
    let mut found = Vec::new();
    let mut above: Option<usize> = None;
    for at in range.filter(|at| fenced[*at] == Fenced::Outside) {
        let line = lines[at].trim();
        if line.starts_with(['@', '#']) {
            above.get_or_insert(at);
        } else if !line.is_empty() {
            found.extend(names(line).map(|block| (block, above.unwrap_or(at))));
            above = None;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;

    use super::*;

    fn lines(text: &str) -> Vec<&str> {
        text.split_inclusive('\n').collect()
    }

    fn slices(text: &str) -> Vec<Slice> {
        let lines = lines(text);
        cut(&lines, &fences(lines.iter().copied()))
    }

    /// What the parser is given: lines, and the sum of their squares.
    fn work(text: &str) -> (usize, usize) {
        let lines = lines(text);
        let sizes = slices(text).iter().map(|s| s.text(&lines).lines().count()).collect::<Vec<_>>();
        (sizes.iter().sum(), sizes.iter().map(|size| size * size).sum())
    }

    fn scenarios(count: usize) -> String {
        let mut text = String::from("Feature: Long\n  Background:\n    Given a base\n");
        for number in 0..count {
            let _ = write!(text, "\n  Scenario: S{number}\n    When x\n      | a | 1 |\n");
        }
        text
    }

    fn rows(count: usize) -> String {
        let mut text = String::from(
            "Feature: Long\n  Scenario Outline: S\n    When <x>\n    Examples:\n      | x |\n",
        );
        for number in 0..count {
            let _ = writeln!(text, "      | {number} |");
        }
        text
    }

    #[test]
    fn the_parsers_work_grows_as_the_file_does() {
        for make in [scenarios, rows] {
            let ((lines, squares), (twice, squares_twice)) =
                (work(&make(10_000)), work(&make(20_000)));
            let ratio = |a: usize, b: usize| b as f64 / a as f64;
            assert!((1.98..2.02).contains(&ratio(lines, twice)), "{lines} {twice}");
            assert!((1.98..2.02).contains(&ratio(squares, squares_twice)), "{squares}");
            // And little is parsed again.
            assert!(ratio(make(10_000).lines().count(), lines) < 1.05, "{lines}");
        }
    }

    #[test]
    fn a_long_table_of_examples_is_cut_between_its_rows() {
        let text = format!(
            "{}\n      # the end\n\n    @more\n    Examples:\n    | x |\n    | last |\n",
            rows(400)
        );
        let (all, slices) = (lines(&text), slices(&text));
        assert_eq!(slices.len(), 4);
        for (slice, (first, rows)) in slices.iter().zip([(6, 160), (166, 160), (326, 80)]) {
            let text = slice.text(&all);
            assert!(text.starts_with(
                "Feature: Long\n  Scenario Outline: S\n    When <x>\n    Examples:\n      | x |\n"
            ));
            assert_eq!(text.matches('|').count() / 2, rows + 1);
            assert_eq!((slice.line(2), slice.line(5), slice.line(6)), (2, 5, first));
        }
        assert_eq!(
            slices[3].text(&all),
            "Feature: Long\n  Scenario Outline: S\n    When <x>\n      # the end\n\n    @more\n    Examples:\n    | x |\n    | last |\n"
        );
        assert_eq!(slices[3].line(9), 412);
    }

    #[test]
    fn a_rule_without_scenarios_is_parsed_too() {
        let text = format!(
            "{}\n  Rule: empty\n  Rule: full\n    Example: E\n      When x\n  Rule: last\n",
            scenarios(100)
        );
        let (all, slices) = (lines(&text), slices(&text));
        let heads = slices.iter().filter(|s| s.text(&all).contains("Rule:")).count();
        assert_eq!(heads, 3);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// No line is lost, none but heads is given twice, and each keeps its number.
        #[test]
        fn slices_are_the_file(parts in proptest::collection::vec(0..7_usize, 0..400)) {
            const PARTS: [&str; 7] = [
                "  Scenario: S\n    When x\n",
                "  @tag\n  # said\n  Scenario Outline: O\n    When <x>\n    Examples:\n      | x |\n      | 1 |\n",
                "      | more |\n",
                "  Rule: R\n    Background:\n      Given b\n",
                "    \"\"\"\n  Scenario: none\n    \"\"\"\n",
                "\n",
                "    Examples:\n    | x |\n",
            ];
            let text = format!("Feature: F\n{}", parts.iter().map(|p| PARTS[*p]).collect::<String>());
            let all = lines(&text);
            let mut given = vec![0; all.len()];
            for slice in slices(&text) {
                for (at, line) in slice.text(&all).split_inclusive('\n').enumerate() {
                    let in_file = slice.line(at + 1) as usize - 1;
                    prop_assert_eq!(all[in_file], line);
                    given[in_file] += 1;
                }
            }
            prop_assert!(given.iter().all(|times| *times > 0), "{:?}", given);
            // Heads come again, rows do not.
            let rows = all.iter().zip(&given).filter(|(line, _)| line.contains("| 1 |"));
            prop_assert!(rows.into_iter().all(|(_, times)| *times == 1));
        }
    }
}
