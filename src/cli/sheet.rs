//! A page of facts for people: built once, rendered for a terminal of 80
//! columns or as Markdown that a wiki takes.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use crate::report::one_line;

/// Columns of a terminal.
const WIDTH: usize = 80;
/// A label that is wider stands on a line of its own.
const LABEL: usize = 24;

/// A page.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) title: String,
    /// Below the title, a line each.
    pub(super) lead: Vec<String>,
    pub(super) sections: Vec<Section>,
}

/// A part of a page.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) title: &'static str,
    pub(super) facts: Vec<Fact>,
}

/// Something with a name, and what is said of it.
#[derive(Debug)]
pub(super) struct Fact {
    pub(super) label: String,
    pub(super) said: Vec<Said>,
}

/// What is said.
#[derive(Debug)]
pub(super) enum Said {
    /// A sentence or a value.
    Line(String),
    /// Several of equal weight.
    Items(Vec<String>),
    /// Several in their order.
    Steps(Vec<String>),
}

impl Section {
    /// A section without facts yet.
    pub(super) fn new(title: &'static str) -> Self {
        Self { title, facts: Vec::new() }
    }

    /// Adds a fact, unless nothing is said of it.
    pub(super) fn fact(&mut self, label: impl Into<String>, said: impl IntoIterator<Item = Said>) {
        let said: Vec<Said> = said.into_iter().filter(|said| !said.is_empty()).collect();
        if !said.is_empty() {
            self.facts.push(Fact { label: label.into(), said });
        }
    }

    /// Adds a fact of one line, where there is one.
    pub(super) fn line(&mut self, label: impl Into<String>, line: Option<String>) {
        self.fact(label, line.map(Said::Line));
    }
}

impl Said {
    fn is_empty(&self) -> bool {
        match self {
            Self::Line(line) => line.is_empty(),
            Self::Items(items) | Self::Steps(items) => items.is_empty(),
        }
    }

    /// Each thing that is said, with its mark: nothing, `- ` or `1. `.
    fn marked(&self) -> Vec<(String, &str)> {
        match self {
            Self::Line(line) => vec![(String::new(), line)],
            Self::Items(items) => items.iter().map(|item| ("- ".to_owned(), &**item)).collect(),
            Self::Steps(steps) => {
                (1..).zip(steps).map(|(n, step)| (format!("{n}. "), &**step)).collect()
            }
        }
    }
}

impl Sheet {
    /// Adds a section, unless it is empty.
    pub(super) fn section(&mut self, section: Section) {
        if !section.facts.is_empty() {
            self.sections.push(section);
        }
    }

    /// The page for a terminal, no line wider than 80 columns unless a word is.
    pub(super) fn text(&self) -> String {
        let mut text = format!("{}\n", one_line(&self.title));
        for line in self.lead.iter().flat_map(|line| wrapped(line, WIDTH)) {
            let _ = writeln!(text, "{line}");
        }
        for section in &self.sections {
            let _ = writeln!(text, "\n{}", section.title.to_uppercase());
            let narrow = section.facts.iter().map(|fact| one_line(&fact.label).width());
            let width = narrow.filter(|width| *width <= LABEL).max().unwrap_or(0);
            section.facts.iter().for_each(|fact| fact.text(width, &mut text));
        }
        text
    }

    /// The page as Markdown.
    pub(super) fn markdown(&self) -> String {
        let mut text = format!("# {}\n", escaped(&self.title));
        for line in &self.lead {
            let _ = write!(text, "\n{}\n", escaped(line));
        }
        for section in &self.sections {
            let _ = write!(text, "\n## {}\n\n", section.title);
            section.facts.iter().for_each(|fact| fact.markdown(&mut text));
        }
        text
    }
}

impl Fact {
    fn text(&self, width: usize, text: &mut String) {
        let label = one_line(&self.label);
        let mut first = if label.width() > width {
            let _ = writeln!(text, "  {label}");
            None
        } else {
            Some(padded(&label, width))
        };
        let indent = if first.is_some() { width + 4 } else { 6 };
        for (mark, said) in self.said.iter().flat_map(Said::marked) {
            let lines = wrapped(said, WIDTH - indent - mark.width());
            for (number, line) in lines.iter().enumerate() {
                let mark = if number == 0 { mark.clone() } else { " ".repeat(mark.width()) };
                match first.take() {
                    Some(label) => drop(writeln!(text, "  {label}  {mark}{line}")),
                    None => drop(writeln!(text, "{}{mark}{line}", " ".repeat(indent))),
                }
            }
        }
    }

    fn markdown(&self, text: &mut String) {
        let _ = write!(text, "- **{}**", escaped(&self.label));
        let mut inline = true;
        for said in &self.said {
            for (mark, said) in said.marked() {
                let said = escaped(said);
                match (mark.as_str(), inline) {
                    ("", true) => drop(write!(text, ": {said}")),
                    ("", false) => drop(write!(text, "\n  - {said}")),
                    (mark, _) => drop(write!(text, "\n  {mark}{said}")),
                }
                inline = false;
            }
        }
        text.push('\n');
    }
}

/// A text with blanks up to a width.
pub(super) fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// Lines no wider than a width, unless a word is.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let text = one_line(text);
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is always a line");
        if line.is_empty() {
            line.push_str(word);
        } else if line.width() + 1 + word.width() <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

/// One line of Markdown in which nothing is taken for a tag or a table.
pub(super) fn escaped(text: &str) -> String {
    let text = one_line(text);
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '<' | '|' | '*' | '`' | '[' | ']' | '\\') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> Sheet {
        let mut section = Section::new("Who is called");
        section.line("owner", Some("決済 team".to_owned()));
        section.line("nothing", None);
        section
            .fact("escalation", [Said::Steps(vec!["one".to_owned(), "two\u{1b}[2J".to_owned()])]);
        let long = "a sentence that goes on and on ".repeat(4);
        section.fact("見出し", [Said::Line(long), Said::Items(vec!["<b> | *x*".to_owned()])]);
        section.line("a_label_that_is_wider_than_most", Some("value".to_owned()));
        let mut sheet = Sheet { title: "a.b".to_owned(), ..Sheet::default() };
        sheet.lead.push("ga".to_owned());
        sheet.section(section);
        sheet.section(Section::new("Empty"));
        sheet
    }

    #[test]
    fn a_terminal_gets_aligned_lines_of_80_columns() {
        let expected = "\
a.b
ga

WHO IS CALLED
  owner       決済 team
  escalation  1. one
              2. two
  見出し      a sentence that goes on and on a sentence that goes on and on a
              sentence that goes on and on a sentence that goes on and on
              - <b> | *x*
  a_label_that_is_wider_than_most
      value
";
        assert_eq!(sheet().text(), expected);
        assert!(sheet().text().lines().all(|line| line.width() <= WIDTH));
    }

    #[test]
    fn a_wiki_gets_markdown_that_says_the_same() {
        let expected = "\
# a.b

ga

## Who is called

- **owner**: 決済 team
- **escalation**
  1. one
  2. two
- **見出し**: a sentence that goes on and on a sentence that goes on and on a sentence that goes on and on a sentence that goes on and on 
  - \\<b> \\| \\*x\\*
- **a_label_that_is_wider_than_most**: value
";
        assert_eq!(sheet().markdown(), expected);
    }
}
