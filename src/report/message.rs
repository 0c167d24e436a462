//! A [`Diagnostic`] as text, in the one shape that all messages share:
//!
//! ```text
//! error: unknown key `rat`                       what went wrong
//!    --> catalog/stripe.payments.yaml:9:11       where
//!     |
//!   9 | limits: {rat: 25 per second}
//!     |          ^^^ not known here               the exact spot
//!     |
//!     = expected: one of rate, burst             expected and actual, aligned
//!     =   actual: rat
//!     = note: ..                                 further facts
//!     = help: did you mean `rate`?               what to do
//! ```

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};

use super::plain::{clip, one_line, plain, source_line};
use crate::evidence::{Diagnostic, Mark, Place, Severity};

/// A value is cut after this many lines and characters.
const VALUE: (usize, usize) = (20, 2_000);

/// A mark further right than this is named, not drawn: the line is a machine's.
const RIGHTMOST: usize = 20_000;

/// How much of a line is kept to the right of its last mark.
const AFTER_MARK: usize = 300;

/// A fact with a label of its own, such as `call` or `again`.
pub(super) struct Fact {
    /// The word before the colon.
    pub(super) label: &'static str,
    /// What is said; several lines are indented below each other.
    pub(super) text: String,
}

/// Draws a message. The text ends without a line break.
pub fn render(diagnostic: &Diagnostic, color: bool) -> String {
    draw(diagnostic, &[], &[], color)
}

/// Draws a message with the id of the broken rule: `error[owner-missing]: ..`.
pub fn render_rule(diagnostic: &Diagnostic, rule: &str, color: bool) -> String {
    group(diagnostic, Some(rule), &[], &[], color)
}

/// Draws a message with facts before its help and others after it.
pub(super) fn draw(diagnostic: &Diagnostic, facts: &[Fact], end: &[Fact], color: bool) -> String {
    group(diagnostic, None, facts, end, color)
}

fn group(
    diagnostic: &Diagnostic,
    rule: Option<&str>,
    facts: &[Fact],
    end: &[Fact],
    color: bool,
) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let excerpts = excerpts(&diagnostic.marks);
    let mut elements: Vec<Element<'_>> = Vec::new();
    for (index, excerpt) in excerpts.iter().enumerate() {
        elements.push(excerpt.element(index == 0));
    }
    let mut say = |level: Level<'static>, label: &'static str, text: &str| {
        let text = clip(&plain(text), VALUE.0, VALUE.1).into_owned();
        elements.push(level.with_name(label).message(text).into());
    };
    for label in excerpts.iter().flat_map(Excerpt::undrawn) {
        say(Level::NOTE, "note", label);
    }
    if let Some(expected) = &diagnostic.expected {
        say(Level::NOTE, "expected", expected);
    }
    if let Some(actual) = &diagnostic.actual {
        // Aligned with the line above where there is one.
        let label = if diagnostic.expected.is_some() { "  actual" } else { "actual" };
        say(Level::NOTE, label, actual);
    }
    for note in &diagnostic.notes {
        say(Level::NOTE, "note", note);
    }
    for fact in facts {
        say(Level::NOTE, fact.label, &fact.text);
    }
    for help in &diagnostic.help {
        say(Level::HELP, "help", help);
    }
    for fact in end {
        say(Level::HELP, fact.label, &fact.text);
    }

    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut title = level.primary_title(one_line(&diagnostic.title));
    if let Some(rule) = rule {
        title = title.id(rule);
    }
    renderer.render(&[Group::with_title(title).elements(elements)])
}

/// A line of a file with everything that is marked in it.
struct Excerpt<'d> {
    place: &'d Place,
    path: String,
    line: String,
    spots: Vec<(Range<usize>, String)>,
}

/// Marks of the same line share one excerpt.
fn excerpts(marks: &[Mark]) -> Vec<Excerpt<'_>> {
    let mut excerpts: Vec<Excerpt<'_>> = Vec::new();
    for Mark { place, label } in marks {
        let known = excerpts
            .iter()
            .position(|e| e.place.file == place.file && e.place.line == place.line)
            .unwrap_or_else(|| {
                excerpts.push(Excerpt {
                    place,
                    path: one_line(&place.file).into_owned(),
                    line: source_line(&place.text),
                    spots: Vec::new(),
                });
                excerpts.len() - 1
            });
        let excerpt = &mut excerpts[known];
        let spot = spot(&excerpt.line, place);
        excerpt.spots.push((spot, one_line(label).into_owned()));
    }
    excerpts.iter_mut().for_each(Excerpt::cut);
    excerpts
}

/// The marked bytes of the line; at its end where the place lies outside of it.
fn spot(line: &str, place: &Place) -> Range<usize> {
    let byte = |column: usize| line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
    let first = place.column.max(1) as usize - 1;
    byte(first)..byte(first.saturating_add(place.length.max(1) as usize))
}

impl Excerpt<'_> {
    /// Drops what lies far to the right of the last mark. The rest is clipped
    /// by the renderer, which needs all that stands before a mark to tell its column.
    fn cut(&mut self) {
        let last = self.spots.iter().map(|(spot, _)| spot.start).max().unwrap_or(0);
        let mut starts = self.line.char_indices().map(|(at, _)| at);
        let Some(end) = starts.find(|at| *at >= last + AFTER_MARK) else { return };
        self.line.truncate(end);
        for (spot, _) in &mut self.spots {
            spot.end = spot.end.min(end);
        }
    }

    /// Whether the line is there, and short enough before its marks.
    fn is_drawn(&self) -> bool {
        !self.line.is_empty() && self.spots.iter().all(|(spot, _)| spot.start <= RIGHTMOST)
    }

    /// What the marks of a line say that is not drawn.
    fn undrawn(&self) -> impl Iterator<Item = &str> {
        let labels = self.spots.iter().map(|(_, label)| label.as_str());
        labels.filter(|label| !label.is_empty() && !self.is_drawn())
    }

    fn element(&self, first: bool) -> Element<'_> {
        let number = self.place.line as usize;
        if !self.is_drawn() {
            let column = self.place.column as usize;
            return Origin::path(&self.path).line(number).char_column(column).into();
        }
        let kind = if first { AnnotationKind::Primary } else { AnnotationKind::Context };
        let spots = self.spots.iter().map(|(spot, label)| {
            let label = (!label.is_empty()).then_some(label.as_str());
            kind.span(spot.clone()).label(label)
        });
        Snippet::source(&self.line).path(&self.path).line_start(number).annotations(spots).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(file: &str, line: u32, column: u32, length: u32, text: &str) -> Place {
        Place { file: file.into(), line, column, length, text: text.into() }
    }

    #[test]
    fn a_message_has_the_fixed_shape() {
        let message = Diagnostic::error("unknown key `rat`")
            .at(
                place("catalog/stripe.payments.yaml", 9, 10, 3, "limits: {rat: 25 per second}"),
                "not known here",
            )
            .at(place("contracts/a/openapi.yaml", 1200, 5, 4, "    rate:"), "promised here")
            .expected("one of\nrate\nburst")
            .actual("rat")
            .note("read as YAML 1.2")
            .help("did you mean `rate`?");
        assert_eq!(
            render(&message, false),
            "\
error: unknown key `rat`
    --> catalog/stripe.payments.yaml:9:10
     |
   9 | limits: {rat: 25 per second}
     |          ^^^ not known here
     |
    ::: contracts/a/openapi.yaml:1200:5
     |
1200 |     rate:
     |     ---- promised here
     |
     = expected: one of
                 rate
                 burst
     =   actual: rat
     = note: read as YAML 1.2
     = help: did you mean `rate`?"
        );
    }

    #[test]
    fn a_message_without_place_is_still_one() {
        assert_eq!(render(&Diagnostic::error("nothing to run"), false), "error: nothing to run");
        assert_eq!(
            render(&Diagnostic::warning("no reports").actual("disk full").help("make room"), false),
            "warning: no reports\n |\n = actual: disk full\n = help: make room"
        );
    }

    #[test]
    fn the_id_of_a_rule_stands_beside_the_level() {
        let message = Diagnostic::warning("old").help("review it");
        assert_eq!(
            render_rule(&message, "review-stale", false),
            "warning[review-stale]: old\n |\n = help: review it"
        );
    }

    #[test]
    fn two_marks_of_a_line_share_it() {
        let text = "  Then the answer is 200";
        let message = Diagnostic::error("twice")
            .at(place("a.feature", 3, 3, 4, text), "one")
            .at(place("a.feature", 3, 22, 3, text), "two");
        assert_eq!(
            render(&message, false),
            "\
error: twice
 --> a.feature:3:3
  |
3 |   Then the answer is 200
  |   ^^^^ one           ^^^ two"
        );
    }

    #[test]
    fn tabs_wide_characters_and_escapes_keep_the_underline_true() {
        let message = Diagnostic::error("bad\u{1b}[31m title\nsecond")
            .at(place("a.feature", 3, 6, 2, "\t\u{1b}漢字 見x here"), "h\u{202e}ere")
            .actual("\u{1b}[2Jcleared\tx");
        assert_eq!(
            render(&message, false),
            "\
error: bad title second
 --> a.feature:3:6
  |
3 |     ␛漢字 見x here
  |           ^^^ h\u{fffd}ere
  |
  = actual: cleared    x"
        );
    }

    #[test]
    fn a_long_line_is_clipped_around_the_mark() {
        let text = format!("{}NEEDLE{}", "x".repeat(600), "y".repeat(100_000));
        let text =
            render(&Diagnostic::error("far").at(place("a.json", 1, 601, 6, &text), ""), false);
        assert!(text.contains("a.json:1:601"), "{text}");
        assert!(text.contains("NEEDLE"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() < 160), "{text}");
        let text = "x".repeat(1_000_000);
        let text =
            render(&Diagnostic::error("far").at(place("a.json", 1, 900_000, 6, &text), ""), false);
        assert_eq!(text, "error: far\n--> a.json:1:900000");
    }

    #[test]
    fn a_place_outside_its_line_is_drawn_at_the_end() {
        let message = Diagnostic::error("cut").at(place("a.yaml", 2, 99, 5, "ab: "), "ends here");
        assert_eq!(
            render(&message, false),
            "error: cut\n --> a.yaml:2:5\n  |\n2 | ab: \n  |     ^ ends here"
        );
        let message = Diagnostic::error("no text").at(place("a.yaml", 2, 1, 1, ""), "x");
        assert_eq!(render(&message, false), "error: no text\n--> a.yaml:2:1\n = note: x");
    }

    #[test]
    fn color_is_only_used_when_asked_for() {
        let message = Diagnostic::error("x").at(place("a", 1, 1, 1, "abc"), "");
        assert!(!render(&message, false).contains('\u{1b}'));
        assert!(render(&message, true).contains("\u{1b}["));
    }
}
