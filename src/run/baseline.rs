//! Known findings of a check that a team has not mended yet. The list only gets
//! shorter: what is mended leaves it, and nothing new comes in.

use std::{collections::BTreeSet, fmt::Write as _};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    catalog::lint::{self, LintFinding},
    contract::source::{Part, Source, schema_of},
    evidence::Diagnostic,
};

/// What tells a finding from any other: no line and no date is in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Known {
    /// The id of an integration or a contract, or a file.
    pub subject: String,
    /// The broken rule.
    pub rule: String,
    /// Where in the subject; empty for the whole of it.
    pub at: String,
}

impl Known {
    fn of(finding: &LintFinding) -> Self {
        let (subject, rule, at) = finding.fingerprint();
        Self { subject: subject.to_owned(), rule: rule.to_owned(), at: at.to_owned() }
    }
}

/// The known findings of a workspace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// In the order of the file.
    pub known: BTreeSet<Known>,
}

/// Findings held against a baseline.
#[derive(Debug)]
pub struct Compared {
    /// Those that it does not know.
    pub new: Vec<LintFinding>,
    /// How many it holds.
    pub held: usize,
    /// Those that it knows and that are no more.
    pub mended: Vec<Known>,
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Written {
    count: usize,
    findings: Vec<WrittenFinding>,
}

#[derive(Debug, Deserialize, JsonSchema)]
struct WrittenFinding {
    rule: String,
    subject: String,
    at: Option<String>,
}

/// The JSON Schema of a baseline.
pub fn baseline_schema() -> serde_json::Value {
    schema_of::<Written>("Known findings of probe check").to_value()
}

impl Baseline {
    /// All of these findings.
    pub fn of(findings: &[LintFinding]) -> Self {
        Self { known: findings.iter().map(Known::of).collect() }
    }

    /// Reads a baseline strictly. Err: every problem, with its place.
    pub fn read(source: &Source) -> Result<Self, Vec<Diagnostic>> {
        let written: Written = source.decode()?;
        let (mut baseline, mut problems) = (Self::default(), Vec::new());
        let lines = written.findings.len();
        for (index, finding) in written.findings.into_iter().enumerate() {
            let pointer = format!("/findings/{index}");
            if let Err(problem) = lint::rule(&finding.rule) {
                let place = source.locate(&format!("{pointer}/rule"), Part::Value);
                problems.push(problem.maybe_at(place, ""));
            }
            let WrittenFinding { rule, subject, at } = finding;
            let known = Known { subject, rule, at: at.unwrap_or_default() };
            if !baseline.known.insert(known) {
                problems.push(
                    Diagnostic::error("a finding stands twice in the baseline")
                        .maybe_at(source.locate(&pointer, Part::Value), "the second")
                        .help("remove one, and lower `count`"),
                );
            }
        }
        if written.count != lines {
            problems.push(
                Diagnostic::error("the baseline's `count` is not the number of its findings")
                    .maybe_at(source.locate("/count", Part::Value), "")
                    .expected(lines.to_string())
                    .actual(written.count.to_string())
                    .help("see that a merge has not brought mended findings back, then correct it"),
            );
        }
        problems.sort_by_key(|d| d.place().map(|place| (place.line, place.column)));
        if problems.is_empty() { Ok(baseline) } else { Err(problems) }
    }

    /// The file's text: sorted, a line each, so that a diff shows what was mended.
    pub fn text(&self) -> String {
        let mut text = String::from(
            "# Findings of `probe check` that were there when this file was first written.\n\
             # They are held: not shown, and no failure. `probe check --update-baseline` takes out\n\
             # what is mended, and adds nothing. To accept new ones, remove the file and write it anew.\n",
        );
        let _ = writeln!(text, "count: {}", self.known.len());
        text.push_str(if self.known.is_empty() { "findings: []\n" } else { "findings:\n" });
        for Known { subject, rule, at } in &self.known {
            let _ = write!(text, "  - {{subject: {}, rule: {rule}", quoted(subject));
            if !at.is_empty() {
                let _ = write!(text, ", at: {}", quoted(at));
            }
            text.push_str("}\n");
        }
        text
    }

    /// What is new among findings, and what is mended.
    pub fn compare(&self, findings: Vec<LintFinding>) -> Compared {
        let found = Self::of(&findings).known;
        let (held, new): (Vec<_>, Vec<_>) =
            findings.into_iter().partition(|finding| self.known.contains(&Known::of(finding)));
        let mended = self.known.difference(&found).cloned().collect();
        Compared { new, held: held.len(), mended }
    }

    /// Takes out what is mended.
    pub fn without(&mut self, mended: &[Known]) {
        self.known.retain(|known| !mended.contains(known));
    }
}

/// A text as YAML has it in a flow mapping: a JSON string is one.
fn quoted(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(subject: &str, rule: &str, at: &str) -> LintFinding {
        let rule = lint::rule(rule).expect("a rule");
        LintFinding::new(rule, subject, at, Diagnostic::error("wrong"))
    }

    fn read(text: &str) -> Result<Baseline, Vec<String>> {
        let source = Source::new("known.yaml", text);
        Baseline::read(&source).map_err(|problems| {
            let told = |d: Diagnostic| {
                let place = d.place().map(|p| (p.line, p.column));
                format!("{place:?} {}", d.title)
            };
            problems.into_iter().map(told).collect()
        })
    }

    #[test]
    fn what_is_written_is_read_again() {
        let odd = "a \"b\": {c} # ü\n";
        let all = [
            finding("b", "owner-missing", "/owner"),
            finding("a", "mode-unclaimed", odd),
            finding("a", "alert-missing", ""),
        ];
        let baseline = Baseline::of(&all);
        let text = baseline.text();
        let lines: Vec<&str> = text.lines().skip(3).collect();
        let expected = [
            "count: 3",
            "findings:",
            "  - {subject: \"a\", rule: alert-missing}",
            "  - {subject: \"a\", rule: mode-unclaimed, at: \"a \\\"b\\\": {c} # ü\\n\"}",
            "  - {subject: \"b\", rule: owner-missing, at: \"/owner\"}",
        ];
        assert_eq!(lines, expected);
        assert_eq!(read(&text), Ok(baseline));
        assert_eq!(read(&Baseline::default().text()), Ok(Baseline::default()));
    }

    #[test]
    fn known_findings_are_held_and_mended_ones_told() {
        let known =
            [finding("a", "owner-missing", "/owner"), finding("b", "owner-missing", "/owner")];
        let mut baseline = Baseline::of(&known);
        let now = vec![known[0].clone(), finding("a", "alert-missing", "/about/alerts")];
        let compared = baseline.compare(now);
        let new: Vec<_> = compared.new.iter().map(LintFinding::fingerprint).collect();
        assert_eq!(new, [("a", "alert-missing", "/about/alerts")]);
        assert_eq!(compared.held, 1);
        assert_eq!(compared.mended, [Known::of(&known[1])]);
        baseline.without(&compared.mended);
        assert_eq!(baseline, Baseline::of(&known[..1]), "nothing new came in");
    }

    #[test]
    fn a_broken_baseline_is_refused_with_every_place() {
        let text = "count: 4\nfindings:\n  - {subject: a, rule: owner-mising}\n  \
                    - {subject: a, rule: owner-missing}\n  - {subject: a, rule: owner-missing}\n";
        let expected = [
            "Some((1, 8)) the baseline's `count` is not the number of its findings",
            "Some((3, 24)) unknown rule `owner-mising`",
            "Some((5, 5)) a finding stands twice in the baseline",
        ];
        assert_eq!(read(text), Err(expected.map(str::to_owned).to_vec()));
        assert_eq!(
            read("findings: [{rule: owner-missing}]\n"),
            Err(vec![
                "Some((1, 1)) missing key `count`".to_owned(),
                "Some((1, 12)) missing key `subject`".to_owned()
            ])
        );
    }
}
