//! Gherkin text to raw scenarios, in time linear in the file's size.

use cucumber::gherkin::{self, GherkinEnv};

use super::{
    broken::{broken, misspelt_keyword},
    expand,
    known::Texts,
    parallel::parallel,
    raw::RawScenario,
    slice::{Slice, cut, fences},
};
use crate::{contract::source::Source, evidence::Diagnostic};

/// Parses a feature file into its scenarios, outlines expanded; on all cores
/// where `spread` says so.
pub(super) fn parse(
    source: &Source,
    texts: &Texts,
    spread: bool,
) -> Result<Vec<RawScenario>, Diagnostic> {
    let lines: Vec<&str> = source.text.split_inclusive('\n').collect();
    let fenced = fences(lines.iter().copied());
    let slices = cut(&lines, &fenced);
    let parts: Vec<Vec<RawScenario>> = if spread {
        let parts = parallel(slices, Texts::default, |texts, slice| {
            parse_slice(source, &lines, &slice, texts)
        });
        parts.into_iter().collect::<Result<_, _>>()?
    } else {
        let parts = slices.iter().map(|slice| parse_slice(source, &lines, slice, texts));
        parts.collect::<Result<_, _>>()?
    };
    match misspelt_keyword(source, &lines, &fenced) {
        Some(problem) => Err(problem),
        None => Ok(parts.into_iter().flatten().collect()),
    }
}

fn parse_slice(
    source: &Source,
    lines: &[&str],
    slice: &Slice,
    texts: &Texts,
) -> Result<Vec<RawScenario>, Diagnostic> {
    let text = slice.text(lines);
    let feature = gherkin::Feature::parse(&text, GherkinEnv::default())
        .map_err(|error| broken(source, &text, |line| slice.line(line), &error))?;
    let mut scenarios = Vec::new();
    expand::scenarios(&feature, &|line| slice.line(line), source, texts, &mut scenarios)?;
    Ok(scenarios)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// Parsed on one core and on all, which must give the same.
    fn parsed(text: &str) -> Result<Vec<RawScenario>, Diagnostic> {
        let source = Source::new("features/x/y.feature", text);
        let parsed = parse(&source, &Texts::default(), false);
        assert_eq!(format!("{:?}", parse(&source, &Texts::default(), true)), format!("{parsed:?}"));
        parsed
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
        let scenarios = parsed(&text).expect("parses");
        assert_eq!(scenarios.len(), 120);
        for (number, scenario) in scenarios.iter().enumerate() {
            assert_eq!(scenario.name, format!("S{number}"));
            let line = text.lines().nth(scenario.line as usize - 1).expect("a line");
            assert_eq!(line.trim(), format!("Scenario: S{number}"));
            assert_eq!(*scenario.tags, [format!("@tag{number}")]);
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
        let scenarios = parsed(&text).expect("parses");
        assert_eq!(scenarios.len(), 120);
        for (at, scenario) in scenarios.iter().enumerate() {
            assert_eq!(scenario.rule.as_deref(), Some(format!("R{}", at / 40).as_str()));
            assert_eq!(*scenario.steps[0].text, format!("b{}", at / 40));
        }
    }

    #[test]
    fn a_misspelt_keyword_is_no_description() {
        let error = parsed("Feature: F\n  Note: fine\n  Scenaro: S\n    When c\n")
            .expect_err("a description that means to be a scenario");
        assert_eq!(error.place().map(|place| (place.line, place.column)), Some((3, 3)));
        assert_eq!(error.help, ["did you mean `Scenario:`?"]);
    }

    #[test]
    fn a_misspelt_first_step_is_no_description() {
        let error = parsed("Feature: F\n  Scenario: S\n    Wehn b\n    When c\n")
            .expect_err("a description that means to be a step");
        assert_eq!(error.place().map(|place| (place.line, place.column)), Some((3, 5)));
        assert_eq!(error.help, ["did you mean `When`?"]);
        let fine = "Feature: F\n  Scenario: S\n    Whenever it rains.\n    When c\n";
        assert_eq!(parsed(fine).expect("a description").len(), 1);
    }

    #[test]
    fn a_broken_line_is_shown_with_a_hint() {
        let error = parsed("Feature: F\n  Scenario: S\n    Given a\n    Gven b\n    When c\n")
            .expect_err("broken");
        let place = error.place().expect("a place");
        assert_eq!((place.line, place.column, place.text.trim()), (4, 5, "Gven b"));
        assert_eq!(error.help, ["did you mean `Given`?"]);
    }
}
