//! Features into scenarios: background, tags and outline rows.
//!
//! Examples are expanded here, for known headers only, so that XML in a doc
//! string is not taken for a parameter.

use std::{borrow::Cow, sync::Arc};

use cucumber::gherkin::{self, Examples, Scenario, Step};

use super::{
    broken::{cells, misspelt_step, ragged},
    known::Texts,
    outline,
    raw::{RawScenario, RawStep},
};
use crate::{
    contract::source::Source,
    evidence::{Cell, Diagnostic},
};

/// From a line of the parsed text to one of the file.
type LineOf<'l> = &'l dyn Fn(usize) -> u32;

/// Appends every scenario of a feature.
pub(super) fn scenarios(
    feature: &gherkin::Feature,
    line_of: LineOf<'_>,
    source: &Source,
    texts: &Texts,
    out: &mut Vec<RawScenario>,
) -> Result<(), Diagnostic> {
    let background: Vec<&Step> = feature.background.iter().flat_map(|b| &b.steps).collect();
    let (name, tags) = (texts.share(&feature.name), all_tags(&[&feature.tags]));
    let frame = Frame { feature: name, rule: None, tags, background, line_of, source, texts };
    for scenario in &feature.scenarios {
        frame.scenario(scenario, out)?;
    }
    for rule in &feature.rules {
        let mut background = frame.background.clone();
        background.extend(rule.background.iter().flat_map(|b| &b.steps));
        let frame = Frame {
            feature: Arc::clone(&frame.feature),
            rule: Some(texts.share(&rule.name)),
            tags: all_tags(&[&frame.tags, &rule.tags]),
            background,
            ..frame
        };
        for scenario in &rule.scenarios {
            frame.scenario(scenario, out)?;
        }
    }
    Ok(())
}

/// What surrounds a scenario.
struct Frame<'f> {
    feature: Arc<str>,
    rule: Option<Arc<str>>,
    /// Those that every scenario within inherits.
    tags: Arc<[String]>,
    background: Vec<&'f Step>,
    line_of: LineOf<'f>,
    source: &'f Source,
    texts: &'f Texts,
}

/// The tags of several lists, each once and with its `@`.
fn all_tags(lists: &[&[String]]) -> Arc<[String]> {
    let mut all: Vec<String> = Vec::new();
    for tag in lists.iter().copied().flatten() {
        let tag = format!("@{}", tag.trim_start_matches('@'));
        if !all.contains(&tag) {
            all.push(tag);
        }
    }
    all.into()
}

impl Frame<'_> {
    fn scenario(&self, scenario: &Scenario, out: &mut Vec<RawScenario>) -> Result<(), Diagnostic> {
        let line = (self.line_of)(scenario.position.line);
        let described = scenario.description.as_deref().map_or(0, |d| d.trim_end().lines().count());
        for below in 1..=described as u32 {
            if let Some(problem) = misspelt_step(self.source, line + below) {
                return Err(problem);
            }
        }
        if scenario.examples.is_empty() {
            if outline::is_outline(scenario) {
                return Err(outline::without_examples(self.source, line));
            }
            out.push(self.one(scenario, line, &[], &[])?);
            return Ok(());
        }
        for examples in &scenario.examples {
            for (line, row) in self.rows(scenario, examples)? {
                out.push(self.one(scenario, line, &examples.tags, &row)?);
            }
        }
        Ok(())
    }

    /// The rows of an examples table as cells with their headers.
    fn rows(
        &self,
        scenario: &Scenario,
        examples: &Examples,
    ) -> Result<Vec<(u32, Vec<Cell>)>, Diagnostic> {
        let line = (self.line_of)(examples.position.line);
        let rows = examples.table.as_ref().map_or(&[][..], |table| &table.rows);
        let (Some(table), [header, rows @ ..]) = (&examples.table, rows) else {
            return Err(outline::without_rows(self.source, line));
        };
        if rows.is_empty() {
            return Err(outline::without_rows(self.source, line));
        }
        let lines = self.row_lines(table)?;
        outline::header(self.source, lines[0], header)?;
        outline::parameters(self.source, scenario, header, self.line_of)?;
        let names: Vec<Arc<str>> = header.iter().map(|name| self.share(name)).collect();
        let cells = |row: &Vec<String>| {
            let cells = names.iter().zip(row);
            cells
                .map(|(name, value)| Cell { name: Arc::clone(name), value: value.clone() })
                .collect()
        };
        Ok(lines.into_iter().skip(1).zip(rows.iter().map(cells)).collect())
    }

    fn one(
        &self,
        scenario: &Scenario,
        line: u32,
        tags: &[String],
        row: &[Cell],
    ) -> Result<RawScenario, Diagnostic> {
        // Most scenarios have no tags of their own.
        let tags_of_all = match (scenario.tags.as_slice(), tags) {
            ([], []) => Arc::clone(&self.tags),
            (own, of_examples) => all_tags(&[&self.tags, own, of_examples]),
        };
        Ok(RawScenario {
            feature: Arc::clone(&self.feature),
            rule: self.rule.clone(),
            name: fill(&scenario.name, row).into_owned(),
            row: row.to_vec(),
            start: (self.line_of)(scenario.position.line),
            line,
            tags: tags_of_all,
            steps: self
                .background
                .iter()
                .copied()
                .chain(&scenario.steps)
                .map(|step| self.step(step, row))
                .collect::<Result<_, _>>()?,
        })
    }

    fn step(&self, step: &Step, row: &[Cell]) -> Result<RawStep, Diagnostic> {
        let line = (self.line_of)(step.position.line);
        let table = step.table.as_ref().map(|table| {
            let filled = |cells: &Vec<String>| {
                cells.iter().map(|cell| fill(cell, row).into_owned()).collect()
            };
            let filled = table.rows.iter().map(filled);
            Ok(self.row_lines(table)?.into_iter().zip(filled).collect())
        });
        Ok(RawStep {
            keyword: self.share(step.keyword.trim()),
            text: self.share(&fill(&step.value, row)),
            line,
            table: table.transpose()?,
            doc_string: step.docstring.as_ref().map(|text| {
                let (first, text) = self.doc_string(line, text);
                (first, fill(&text, row).into_owned())
            }),
        })
    }

    fn share(&self, text: &str) -> Arc<str> {
        self.texts.share(text)
    }

    /// A doc string with the line of its first line of text. The parser leaves
    /// in the text what stands behind the opening fence (`"""json`), and the
    /// line breaks next to both fences.
    fn doc_string(&self, step: u32, text: &str) -> (u32, String) {
        let is_fence = |line: &str| line.starts_with("\"\"\"") || line.starts_with("```");
        // Blank lines and comments may stand between the sentence and its fence.
        let fence = (step + 1..step + 100).find(|at| is_fence(self.source.line(*at).trim()));
        let first = fence.map_or(step + 2, |at| at + 1);
        let Some((_, text)) = text.split_once('\n') else { return (first - 1, text.to_owned()) };
        let text = text.trim_end_matches([' ', '\t']);
        let text = text.strip_suffix('\n').unwrap_or(text);
        (first, text.strip_suffix('\r').unwrap_or(text).to_owned())
    }

    /// The lines of a table's rows: those that begin with a bar, since comments
    /// and blank lines may stand between them. Err: a row has another number of
    /// cells than the first; the parser cuts longer ones without a word.
    fn row_lines(&self, table: &gherkin::Table) -> Result<Vec<u32>, Diagnostic> {
        let wanted = table.rows.first().map_or(0, Vec::len);
        let mut lines = Vec::with_capacity(table.rows.len());
        // Of the parsed text, since a long table is parsed in parts.
        let mut at = table.position.line;
        while lines.len() < table.rows.len() {
            let line = (self.line_of)(at);
            let row = self.source.line(line).trim_start();
            if row.starts_with('|') {
                let cells = cells(row);
                if cells != wanted {
                    return Err(ragged(self.source, line, cells, wanted));
                }
                lines.push(line);
            } else if !row.is_empty() && !row.starts_with('#') {
                break;
            }
            if at > self.source.text.len() {
                break;
            }
            at += 1;
        }
        // Were the parser's place another one, the rows still need lines.
        lines.resize(table.rows.len(), (self.line_of)(at));
        Ok(lines)
    }
}

/// Replaces `<header>` by the row's cell, for the row's headers only.
fn fill<'t>(text: &'t str, row: &[Cell]) -> Cow<'t, str> {
    if row.is_empty() || !text.contains('<') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        out.push_str(&rest[..open]);
        let after = &rest[open + 1..];
        let cell = after
            .find('>')
            .and_then(|end| row.iter().find(|c| *c.name == after[..end]).map(|c| (c, end)));
        if let Some((cell, end)) = cell {
            out.push_str(&cell.value);
            rest = &after[end + 1..];
        } else {
            out.push('<');
            rest = after;
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_parameters_are_filled() {
        let row = [Cell { name: "card".into(), value: "visa".to_owned() }];
        assert_eq!(
            fill("<soap:Envelope><card></soap:Envelope>", &row),
            "<soap:Envelope>visa</soap:Envelope>"
        );
        assert_eq!(fill("a < b and <card>", &row), "a < b and visa");
    }
}
