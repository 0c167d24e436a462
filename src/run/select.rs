//! Which scenarios run: by tags, integration, name and place.

use std::{
    collections::{BTreeSet, HashSet},
    path::{Path, PathBuf},
};

use cucumber::gherkin::tagexpr::TagOperation;

use super::{again::LastRun, raw::RawScenario};
use crate::{contract::source::Source, evidence::Diagnostic};

/// Longest tag expression, in bytes.
const LONGEST_EXPRESSION: usize = 1_000;

/// A file or folder, and perhaps lines in it: `features/x.feature:12:30`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathLine {
    /// As it was typed.
    pub typed: String,
    /// Absolute path, links as they were typed.
    pub path: PathBuf,
    /// The same with links followed.
    pub real: PathBuf,
    /// Lines within the scenarios that are meant; empty: all of them.
    pub lines: Vec<u32>,
}

impl PathLine {
    /// Whether a file is meant, or stands in the folder that is.
    pub(super) fn holds(&self, file: &Path) -> bool {
        file.starts_with(&self.path) || file.starts_with(&self.real)
    }

    /// The message for a line that this file does not have.
    fn beyond(&self, source: &Source) -> Option<Diagnostic> {
        let length = source.text.lines().count();
        let wrong = self.lines.iter().find(|line| **line == 0 || **line as usize > length)?;
        let lines = if length == 1 { "line" } else { "lines" };
        Some(
            Diagnostic::error(format!("{} has no line {wrong}", source.path))
                .expected(format!("a line from 1 to {length}"))
                .actual(&self.typed)
                .help(format!("the file has {length} {lines}; `probe run --list` shows places")),
        )
    }
}

/// The lines of one file's scenarios, to find the one that a line means.
#[derive(Debug)]
pub(super) struct Lines {
    /// Where each scenario or outline begins, sorted.
    starts: Vec<u32>,
    /// Where the rows of outlines stand.
    rows: HashSet<u32>,
}

impl Lines {
    pub(super) fn of(scenarios: &[RawScenario]) -> Self {
        let mut starts: Vec<u32> = scenarios.iter().map(|s| s.start).collect();
        starts.sort_unstable();
        starts.dedup();
        let rows = scenarios.iter().filter(|s| !s.row.is_empty()).map(|s| s.line).collect();
        Self { starts, rows }
    }

    /// A row's own line means the row, any other line of an outline all rows.
    fn mean(&self, line: u32, scenario: &RawScenario) -> bool {
        if self.rows.contains(&line) {
            return scenario.line == line;
        }
        let before = self.starts.partition_point(|start| *start <= line);
        before > 0 && self.starts[before - 1] == scenario.start
    }
}

/// What a selection asks for; what is empty asks for nothing.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Every expression must hold; with each as it was written.
    tags: Vec<(String, TagOperation)>,
    /// One of these integrations must be touched.
    pub integrations: Vec<String>,
    /// One of these texts must be in the scenario's name, in any case of letters.
    pub names: Vec<String>,
    /// The scenario must stand at one of these places.
    pub paths: Vec<PathLine>,
    /// The scenario did not pass in this run.
    pub failed_in: Option<LastRun>,
}

impl Filter {
    /// Whatever touches one of these integrations.
    pub fn of_integrations(integrations: Vec<String>) -> Self {
        Self { integrations, ..Self::default() }
    }

    /// Adds a tag expression: `@nightly and not @slow`.
    pub fn add_tags(&mut self, expression: &str) -> Result<(), Diagnostic> {
        self.tags.push((expression.to_owned(), tag_expression(expression)?));
        Ok(())
    }

    /// The tags that expressions ask for, with their `@`, each once; not those
    /// that a scenario must not have.
    pub(super) fn tag_names(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        let mut open: Vec<&TagOperation> = self.tags.iter().map(|(_, tags)| tags).collect();
        while let Some(operation) = open.pop() {
            match operation {
                TagOperation::And(a, b) | TagOperation::Or(a, b) => open.extend([&**a, &**b]),
                TagOperation::Not(_) => {}
                TagOperation::Tag(tag) => {
                    names.insert(format!("@{}", tag.trim_start_matches('@')));
                }
            }
        }
        names
    }

    /// What is wrong with the lines that are asked of a file.
    pub(super) fn wrong_lines(&self, path: &Path, source: &Source) -> Vec<Diagnostic> {
        let meant = self.paths.iter().filter(|wanted| wanted.holds(path));
        meant.filter_map(|wanted| wanted.beyond(source)).collect()
    }

    /// A line of a folder means nothing.
    pub(super) fn lines_of_folders(&self, files: &[PathBuf]) -> Vec<Diagnostic> {
        let lines = self.paths.iter().filter(|wanted| !wanted.lines.is_empty());
        let folders = lines.filter(|wanted| {
            let is_file = |file: &PathBuf| *file == wanted.path || *file == wanted.real;
            files.iter().any(|file| wanted.holds(file)) && !files.iter().any(is_file)
        });
        folders
            .map(|folder| {
                Diagnostic::error("a folder has no lines")
                    .expected("a feature file before the line")
                    .actual(&folder.typed)
                    .help("name one file of the folder, or leave the line out")
            })
            .collect()
    }

    /// Whether a file can hold a selected scenario.
    pub(super) fn wants_file(&self, path: &Path) -> bool {
        (self.paths.is_empty() || self.paths.iter().any(|wanted| wanted.holds(path)))
            && self.failed_in.as_ref().is_none_or(|last| last.has_file(path))
    }

    /// What is asked for, in words; `None`: everything.
    pub fn describe(&self) -> Option<String> {
        let tags = self.tags.iter().map(|(expression, _)| format!("tags `{expression}`"));
        let integrations = (!self.integrations.is_empty())
            .then(|| format!("integration {}", self.integrations.join(" or ")));
        let names =
            (!self.names.is_empty()).then(|| format!("name with `{}`", self.names.join("` or `")));
        let paths: Vec<&str> = self.paths.iter().map(|path| path.typed.as_str()).collect();
        let paths = (!paths.is_empty()).then(|| format!("at {}", paths.join(" or ")));
        let failed = self.failed_in.iter().map(|l| format!("what did not pass in {}", l.run_id));
        let all = failed.chain(tags).chain(integrations).chain(names).chain(paths);
        let all: Vec<String> = all.collect();
        (!all.is_empty()).then(|| all.join("; "))
    }

    /// Whether the tags, the name and the place are the wanted ones. `lines`
    /// are those of the scenario's file.
    pub(super) fn wants(&self, path: &Path, scenario: &RawScenario, lines: &Lines) -> bool {
        let name = scenario.name.to_lowercase();
        self.tags.iter().all(|(_, operation)| holds(operation, &scenario.tags))
            && (self.names.is_empty()
                || self.names.iter().any(|wanted| name.contains(&wanted.to_lowercase())))
            && (self.paths.is_empty()
                || self.paths.iter().any(|wanted| {
                    let mut meant = wanted.lines.iter().map(|line| lines.mean(*line, scenario));
                    wanted.holds(path) && (wanted.lines.is_empty() || meant.any(|meant| meant))
                }))
    }

    /// Whether the scenario of this id did not pass, where only such are wanted.
    pub(super) fn wants_id(&self, id: impl FnOnce() -> String) -> bool {
        self.failed_in.as_ref().is_none_or(|last| last.has(&id()))
    }

    /// Whether one of the integrations is a wanted one.
    pub(super) fn wants_integration<'i>(&self, mut touched: impl Iterator<Item = &'i str>) -> bool {
        self.integrations.is_empty()
            || touched.any(|id| self.integrations.iter().any(|wanted| wanted == id))
    }
}

/// Parses a tag expression.
pub(super) fn tag_expression(expression: &str) -> Result<TagOperation, Diagnostic> {
    // The parser descends for each parenthesis: a long one never gets there.
    let short = expression.len() <= LONGEST_EXPRESSION;
    match short.then(|| expression.parse()) {
        Some(Ok(operation)) => Ok(operation),
        _ => Err(Diagnostic::error("not a tag expression")
            .expected("tags joined by and, or, not and parentheses")
            .actual(expression)
            .help("such as: --tags '@nightly and not @critical'")),
    }
}

/// Whether an expression holds for these tags.
pub(super) fn holds(operation: &TagOperation, tags: &[String]) -> bool {
    match operation {
        TagOperation::And(a, b) => holds(a, tags) && holds(b, tags),
        TagOperation::Or(a, b) => holds(a, tags) || holds(b, tags),
        TagOperation::Not(a) => !holds(a, tags),
        TagOperation::Tag(wanted) => {
            tags.iter().any(|tag| tag.trim_start_matches('@') == wanted.trim_start_matches('@'))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_bind_as_the_trade_has_it() {
        let tags = ["@a".to_owned(), "@failure:rate-limit".to_owned()];
        for (expression, expected) in [
            ("@a", true),
            ("@b", false),
            ("not @b", true),
            ("@b or @a and not @c", true),
            ("not (@a or @b)", false),
            ("@failure:rate-limit", true),
        ] {
            let operation: TagOperation = expression.parse().expect("parses");
            assert_eq!(holds(&operation, &tags), expected, "{expression}");
        }
        assert!(Filter::default().add_tags("@a and").is_err());
        let deep = format!("{}@a{}", "(".repeat(60_000), ")".repeat(60_000));
        assert!(Filter::default().add_tags(&deep).is_err());
    }
}
