//! Which scenarios run: by tags, integration, name and place.

use std::path::PathBuf;

use cucumber::gherkin::tagexpr::TagOperation;

use super::raw::RawScenario;
use crate::evidence::Diagnostic;

/// A file or folder, and perhaps a line in it: `features/x.feature:12`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathLine {
    /// Absolute path.
    pub path: PathBuf,
    /// A line within the scenario that is meant.
    pub line: Option<u32>,
}

/// What a selection asks for; what is empty asks for nothing.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Every expression must hold.
    tags: Vec<TagOperation>,
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
        match expression.parse() {
            Ok(operation) => {
                self.tags.push(operation);
                Ok(())
            }
            Err(_) => Err(Diagnostic::error("not a tag expression")
                .expected("tags joined by and, or, not and parentheses")
                .actual(expression)
                .help("such as: --tags '@nightly and not @critical'")),
        }
    }

    /// Whether a file can hold a selected scenario.
    pub(super) fn wants_file(&self, path: &std::path::Path) -> bool {
        self.paths.is_empty() || self.paths.iter().any(|wanted| path.starts_with(&wanted.path))
    }

    /// Whether the tags, the name and the place are the wanted ones. `end` is
    /// the line before the next scenario of the file.
    pub(super) fn wants(&self, path: &std::path::Path, scenario: &RawScenario, end: u32) -> bool {
        let name = scenario.name.to_lowercase();
        self.tags.iter().all(|operation| holds(operation, &scenario.tags))
            && (self.names.is_empty()
                || self.names.iter().any(|wanted| name.contains(&wanted.to_lowercase())))
            && (self.paths.is_empty()
                || self.paths.iter().any(|wanted| {
                    path.starts_with(&wanted.path)
                        && wanted.line.is_none_or(|line| (scenario.line..=end).contains(&line))
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
    }
}
