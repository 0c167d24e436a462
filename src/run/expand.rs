//! Features into scenarios: background, tags and outline rows.
//!
//! Examples are expanded here, for known headers only, so that XML in a doc
//! string is not taken for a parameter.

use cucumber::gherkin::{self, Examples, Scenario, Step};

use super::raw::{RawScenario, RawStep};
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
    out: &mut Vec<RawScenario>,
) -> Result<(), Diagnostic> {
    let background: Vec<&Step> = feature.background.iter().flat_map(|b| &b.steps).collect();
    let frame = Frame { feature, rule: None, background, line_of, source };
    for scenario in &feature.scenarios {
        frame.scenario(scenario, out)?;
    }
    for rule in &feature.rules {
        let mut background = frame.background.clone();
        background.extend(rule.background.iter().flat_map(|b| &b.steps));
        let frame = Frame { feature, rule: Some(rule), background, line_of, source };
        for scenario in &rule.scenarios {
            frame.scenario(scenario, out)?;
        }
    }
    Ok(())
}

/// What surrounds a scenario.
struct Frame<'f> {
    feature: &'f gherkin::Feature,
    rule: Option<&'f gherkin::Rule>,
    background: Vec<&'f Step>,
    line_of: LineOf<'f>,
    source: &'f Source,
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
            out.push(self.one(scenario, line, &[], &[]));
            return Ok(());
        }
        for examples in &scenario.examples {
            for (line, row) in self.rows(scenario, examples)? {
                out.push(self.one(scenario, line, &examples.tags, &row));
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
        let Some(table) = &examples.table else { return Ok(Vec::new()) };
        let lines = self.row_lines(table);
        let Some((header, rows)) = table.rows.split_first() else { return Ok(Vec::new()) };
        let mut expanded = Vec::with_capacity(rows.len());
        for (at, row) in rows.iter().enumerate() {
            let line = lines.get(at + 1).copied().unwrap_or(1);
            if row.len() != header.len() {
                return Err(Diagnostic::error("an example row has another number of cells")
                    .at(self.source.place_at(line, 1, 1), "")
                    .expected(format!("{} cells, as the header has", header.len()))
                    .actual(format!("{} cells, in `{}`", row.len(), scenario.name)));
            }
            let cells = header
                .iter()
                .zip(row)
                .map(|(name, value)| Cell { name: name.clone(), value: value.clone() })
                .collect();
            expanded.push((line, cells));
        }
        Ok(expanded)
    }

    fn one(&self, scenario: &Scenario, line: u32, tags: &[String], row: &[Cell]) -> RawScenario {
        let inherited = self.feature.tags.iter().chain(self.rule.iter().flat_map(|r| &r.tags));
        let mut all: Vec<String> = Vec::new();
        for tag in inherited.chain(&scenario.tags).chain(tags) {
            let tag = format!("@{}", tag.trim_start_matches('@'));
            if !all.contains(&tag) {
                all.push(tag);
            }
        }
        RawScenario {
            feature: self.feature.name.clone(),
            rule: self.rule.map(|r| r.name.clone()),
            name: fill(&scenario.name, row),
            row: row.to_vec(),
            line,
            tags: all,
            steps: self
                .background
                .iter()
                .copied()
                .chain(&scenario.steps)
                .map(|step| self.step(step, row))
                .collect(),
        }
    }

    fn step(&self, step: &Step, row: &[Cell]) -> RawStep {
        let line = (self.line_of)(step.position.line);
        RawStep {
            keyword: step.keyword.trim().to_owned(),
            text: fill(&step.value, row),
            line,
            table: step.table.as_ref().map(|table| {
                let lines = self.row_lines(table);
                let cells = |r: &Vec<String>| r.iter().map(|cell| fill(cell, row)).collect();
                table
                    .rows
                    .iter()
                    .enumerate()
                    .map(|(at, r)| (lines.get(at).copied().unwrap_or(line), cells(r)))
                    .collect()
            }),
            doc_string: step.docstring.as_ref().map(|text| {
                let (first, text) = self.doc_string(line, text);
                (first, fill(text, row))
            }),
        }
    }

    /// A doc string with the line of its first line of text. The parser leaves
    /// the media type behind the opening fence (`"""json`) in the text.
    fn doc_string<'t>(&self, step: u32, text: &'t str) -> (u32, &'t str) {
        let below = self.source.text.lines().enumerate().skip(step as usize);
        let fence = below
            .map(|(at, line)| (at, line.trim()))
            .find(|(_, line)| line.starts_with("\"\"\"") || line.starts_with("```"));
        let Some((at, fence)) = fence else { return (step + 2, text) };
        let media_type = fence.trim_start_matches(['"', '`']).trim();
        let first = at as u32 + 2;
        match text.strip_prefix(media_type) {
            Some(rest) if !media_type.is_empty() => (first, rest.trim_start_matches(['\r', '\n'])),
            _ => (first, text),
        }
    }

    /// The lines of a table's rows: those that begin with a bar, since comments
    /// and blank lines may stand between them.
    fn row_lines(&self, table: &gherkin::Table) -> Vec<u32> {
        let first = (self.line_of)(table.position.line);
        self.source
            .text
            .lines()
            .enumerate()
            .skip(first.saturating_sub(1) as usize)
            .filter(|(_, line)| line.trim_start().starts_with('|'))
            .take(table.rows.len())
            .map(|(at, _)| at as u32 + 1)
            .collect()
    }
}

/// A line of a scenario's description that begins with a misspelt keyword: the
/// parser takes it for text, and the step would be lost without a word.
fn misspelt_step(source: &Source, line: u32) -> Option<Diagnostic> {
    const STEPS: &[&str] = &["Given", "When", "Then", "And", "But"];
    let written = source.text.lines().nth(line as usize - 1)?;
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

/// Replaces `<header>` by the row's cell, for the row's headers only.
fn fill(text: &str, row: &[Cell]) -> String {
    if row.is_empty() || !text.contains('<') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        out.push_str(&rest[..open]);
        let after = &rest[open + 1..];
        let cell = after
            .find('>')
            .and_then(|end| row.iter().find(|c| c.name == after[..end]).map(|c| (c, end)));
        if let Some((cell, end)) = cell {
            out.push_str(&cell.value);
            rest = &after[end + 1..];
        } else {
            out.push('<');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_parameters_are_filled() {
        let row = [Cell { name: "card".to_owned(), value: "visa".to_owned() }];
        assert_eq!(
            fill("<soap:Envelope><card></soap:Envelope>", &row),
            "<soap:Envelope>visa</soap:Envelope>"
        );
        assert_eq!(fill("a < b and <card>", &row), "a < b and visa");
    }
}
