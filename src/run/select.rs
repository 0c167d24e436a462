//! Which scenarios run: by tags, integration, name and place.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use cucumber::gherkin::tagexpr::TagOperation;

use super::raw::RawScenario;
use crate::evidence::Diagnostic;

/// Longest tag expression, in bytes.
const LONGEST_EXPRESSION: usize = 1_000;

/// A file or folder, and perhaps a line in it: `features/x.feature:12`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathLine {
    /// As it was typed.
    pub typed: String,
    /// Absolute path, links as they were typed.
    pub path: PathBuf,
    /// The same with links followed.
    pub real: PathBuf,
    /// A line within the scenario that is meant.
    pub line: Option<u32>,
}

impl PathLine {
    /// Whether a file is meant, or stands in the folder that is.
    pub(super) fn holds(&self, file: &Path) -> bool {
        file.starts_with(&self.path) || file.starts_with(&self.real)
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
}

impl Filter {
    /// Adds a tag expression: `@nightly and not @slow`.
    pub fn add_tags(&mut self, expression: &str) -> Result<(), Diagnostic> {
        // The parser descends for each parenthesis: a long one never gets there.
        let short = expression.len() <= LONGEST_EXPRESSION;
        match short.then(|| expression.parse()) {
            Some(Ok(operation)) => {
                self.tags.push((expression.to_owned(), operation));
                Ok(())
            }
            _ => Err(Diagnostic::error("not a tag expression")
                .expected("tags joined by and, or, not and parentheses")
                .actual(expression)
                .help("such as: --tags '@nightly and not @critical'")),
        }
    }

    /// Whether a file can hold a selected scenario.
    pub(super) fn wants_file(&self, path: &Path) -> bool {
        self.paths.is_empty() || self.paths.iter().any(|wanted| wanted.holds(path))
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
        let all: Vec<String> = tags.chain(integrations).chain(names).chain(paths).collect();
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
                    wanted.holds(path) && wanted.line.is_none_or(|line| lines.mean(line, scenario))
                }))
    }

    /// Whether one of the integrations is a wanted one.
    pub(super) fn wants_integration<'i>(&self, mut touched: impl Iterator<Item = &'i str>) -> bool {
        self.integrations.is_empty()
            || touched.any(|id| self.integrations.iter().any(|wanted| wanted == id))
    }
}

fn holds(operation: &TagOperation, tags: &[String]) -> bool {
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
