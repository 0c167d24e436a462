//! Gherkin text to raw scenarios, in time linear in the file's size.
//!
//! The gherkin crate takes time quadratic in the lines of one text, so long
//! files are cut at scenario borders and parsed slice by slice.

use cucumber::gherkin::{self, GherkinEnv};

use super::{
    broken::{broken, misspelt_keyword},
    expand,
    raw::RawScenario,
};
use crate::{contract::source::Source, evidence::Diagnostic};

/// Scenarios parsed at a time.
const SLICE: usize = 50;

/// Parses a feature file into its scenarios, outlines expanded.
pub(super) fn parse(source: &Source) -> Result<Vec<RawScenario>, Diagnostic> {
    let mut scenarios = Vec::new();
    for slice in slices(&source.text) {
        let feature = gherkin::Feature::parse(&slice.text, GherkinEnv::default())
            .map_err(|error| broken(source, &slice.text, |line| slice.line(line), &error))?;
        expand::scenarios(&feature, &|line| slice.line(line), source, &mut scenarios)?;
    }
    match misspelt_keyword(source) {
        Some(problem) => Err(problem),
        None => Ok(scenarios),
    }
}

/// A part of a feature file that parses on its own: the file's head (feature,
/// background, rule), then some of its scenarios.
struct Slice {
    text: String,
    /// Pieces of the file that it is made of: first line in the slice and in
    /// the file, both from 1.
    pieces: Vec<(usize, usize)>,
}

impl Slice {
    /// The line in the file of a line of the slice.
    fn line(&self, line: usize) -> u32 {
        let piece = self.pieces.iter().rev().find(|(first, _)| *first <= line);
        piece.map_or(line, |(first, in_file)| in_file + line - first) as u32
    }
}

/// Where in a file the structure changes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Border {
    Rule,
    Scenario,
}

fn slices(text: &str) -> Vec<Slice> {
    let whole = || vec![Slice { text: text.to_owned(), pieces: vec![(1, 1)] }];
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    // Keywords of other languages are the parser's business.
    let foreign = lines.iter().take(5).any(|line| is_foreign(line));
    let borders = borders(&lines);
    if foreign || borders.len() <= SLICE {
        return whole();
    }
    let head_end = borders[0].1;
    let mut slices = Vec::new();
    let mut rule: Option<(usize, usize)> = None;
    let mut at = 0;
    while at < borders.len() {
        if borders[at].0 == Border::Rule {
            // A rule's head reaches to its first scenario.
            let end = borders.get(at + 1).map_or(lines.len(), |b| b.1);
            rule = Some((borders[at].1, end));
            at += 1;
            continue;
        }
        let run = borders[at..].iter().take(SLICE).take_while(|b| b.0 == Border::Scenario).count();
        let end = borders.get(at + run).map_or(lines.len(), |b| b.1);
        let mut slice = Slice { text: String::new(), pieces: Vec::new() };
        let mut count = 0;
        for (from, to) in
            [Some((0, head_end)), rule, Some((borders[at].1, end))].into_iter().flatten()
        {
            slice.pieces.push((count + 1, from + 1));
            slice.text.extend(lines[from..to].iter().copied());
            count += to - from;
        }
        slices.push(slice);
        at += run;
    }
    slices
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
fn borders(lines: &[&str]) -> Vec<(Border, usize)> {
    const SCENARIO: &[&str] = &["Scenario:", "Scenario Outline:", "Scenario Template:", "Example:"];
    let mut borders = Vec::new();
    let mut above: Option<usize> = None;
    let fenced = fences(lines.iter().copied());
    for (at, line) in lines.iter().enumerate().filter(|(at, _)| fenced[*at] == Fenced::Outside) {
        let line = line.trim();
        if line.starts_with('@') || line.starts_with('#') {
            above.get_or_insert(at);
            continue;
        }
        if SCENARIO.iter().any(|keyword| line.starts_with(keyword)) {
            borders.push((Border::Scenario, above.unwrap_or(at)));
        } else if line.starts_with("Rule:") {
            borders.push((Border::Rule, above.unwrap_or(at)));
        }
        if !line.is_empty() {
            above = None;
        }
    }
    borders
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn source(text: &str) -> Source {
        Source::new("features/x/y.feature", text)
    }

    #[test]
    fn a_long_file_is_cut_and_keeps_its_lines() {
        let mut text = String::from("Feature: Long\n\n  Background:\n    Given a base\n\n");
        for number in 0..120 {
            let _ = write!(
                text,
                "  @tag{number}\n  Scenario: S{number}\n    When \"x\"\n    \"\"\"\n    Scenario: not one\n    \"\"\"\n\n"
            );
        }
        assert_eq!(slices(&text).len(), 3);
        let scenarios = parse(&source(&text)).expect("parses");
        assert_eq!(scenarios.len(), 120);
        for (number, scenario) in scenarios.iter().enumerate() {
            assert_eq!(scenario.name, format!("S{number}"));
            let line = text.lines().nth(scenario.line as usize - 1).expect("a line");
            assert_eq!(line.trim(), format!("Scenario: S{number}"));
            assert_eq!(scenario.tags, [format!("@tag{number}")]);
            assert_eq!(scenario.steps.len(), 2, "background and one step");
            assert_eq!(scenario.steps[1].line, scenario.line + 1);
        }
    }

    #[test]
    fn rules_keep_their_scenarios_when_cut() {
        let mut text = String::from("Feature: F\n");
        for rule in 0..3 {
            let _ = write!(text, "  Rule: R{rule}\n    Background:\n      Given b{rule}\n");
            for number in 0..40 {
                let _ = write!(text, "    Example: E{number}\n      When x\n");
            }
        }
        let scenarios = parse(&source(&text)).expect("parses");
        assert_eq!(scenarios.len(), 120);
        for (at, scenario) in scenarios.iter().enumerate() {
            assert_eq!(scenario.rule.as_deref(), Some(format!("R{}", at / 40).as_str()));
            assert_eq!(scenario.steps[0].text, format!("b{}", at / 40));
        }
    }

    #[test]
    fn a_misspelt_keyword_is_no_description() {
        let error = parse(&source("Feature: F\n  Note: fine\n  Scenaro: S\n    When c\n"))
            .expect_err("a description that means to be a scenario");
        assert_eq!(error.place().map(|place| (place.line, place.column)), Some((3, 3)));
        assert_eq!(error.help, ["did you mean `Scenario:`?"]);
    }

    #[test]
    fn a_misspelt_first_step_is_no_description() {
        let error = parse(&source("Feature: F\n  Scenario: S\n    Wehn b\n    When c\n"))
            .expect_err("a description that means to be a step");
        assert_eq!(error.place().map(|place| (place.line, place.column)), Some((3, 5)));
        assert_eq!(error.help, ["did you mean `When`?"]);
        let fine = "Feature: F\n  Scenario: S\n    Whenever it rains.\n    When c\n";
        assert_eq!(parse(&source(fine)).expect("a description").len(), 1);
    }

    #[test]
    fn a_broken_line_is_shown_with_a_hint() {
        let error =
            parse(&source("Feature: F\n  Scenario: S\n    Given a\n    Gven b\n    When c\n"))
                .expect_err("broken");
        let place = error.place().expect("a place");
        assert_eq!((place.line, place.column, place.text.trim()), (4, 5, "Gven b"));
        assert_eq!(error.help, ["did you mean `Given`?"]);
    }
}
