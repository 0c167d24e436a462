//! `docs/proofs.md`: which failure modes are proven, and by which scenarios.
//!
//! The page is written by whoever runs the scenarios with a protection taken
//! away (`tests/saboteurs.rs` in this project). Here it is only compared with what
//! the records claim and the features say. A workspace without the page proves
//! nothing and is not asked to.

use std::sync::Arc;

use super::plan::Plan;
use crate::{
    catalog::{
        Catalog, Integration,
        lint::{LintFinding, across},
    },
    contract::source::{Part, Source},
    evidence::{Diagnostic, nearest},
};

/// Path of the page below the workspace.
pub(super) const PAGE: &str = "docs/proofs.md";

/// Head of the table that is read; what stands elsewhere on the page is for people.
const HEAD: [&str; 3] = ["integration", "failure mode", "scenario"];

/// A scenario that failed when the protection against a failure mode was gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The integration's id.
    pub integration: String,
    /// The failure mode.
    pub mode: String,
    /// The scenario's id.
    pub scenario: String,
    /// Where the page says so, in bytes.
    at: std::ops::Range<usize>,
}

/// The page, read.
#[derive(Clone, Debug)]
pub struct Proofs {
    source: Arc<Source>,
    /// In the order of the page.
    pub proofs: Vec<Proof>,
}

impl Proofs {
    /// Reads the rows of the table whose head begins with integration, failure mode and scenario.
    pub(super) fn read(source: Source) -> Self {
        let mut proofs = Vec::new();
        let (mut inside, mut start) = (false, 0);
        for line in source.text.split_inclusive('\n') {
            let cells = cells(line.trim_end());
            if !inside {
                inside = cells.iter().take(3).eq(&HEAD);
            } else if cells.len() < HEAD.len() {
                inside = false;
            } else if !cells[0].starts_with("---") {
                let [integration, mode, scenario] = [0, 1, 2].map(|n| cells[n].clone());
                let at = start..start + line.trim_end().len();
                proofs.push(Proof { integration, mode, scenario, at });
            }
            start += line.len();
        }
        Self { source: Arc::new(source), proofs }
    }

    /// The scenarios that prove a mode of an integration.
    pub fn of<'p>(
        &'p self,
        integration: &'p str,
        mode: &'p str,
    ) -> impl Iterator<Item = &'p str> + use<'p> {
        let proofs = self.proofs.iter();
        proofs
            .filter(move |proof| proof.integration == integration && proof.mode == mode)
            .map(|proof| proof.scenario.as_str())
    }

    /// Claimed modes without a proof, and proofs by scenarios that are not there any more.
    pub(super) fn compare(&self, catalog: &Catalog, plan: &Plan) -> Vec<LintFinding> {
        let judged = catalog
            .integrations
            .values()
            .filter(|integration| across::MODE_UNPROVEN.from.judges(integration.status));
        let missing = judged.flat_map(|integration| self.missing(integration));
        missing.chain(self.proofs.iter().filter_map(|proof| self.stale(proof, plan))).collect()
    }

    fn missing(&self, integration: &Integration) -> Vec<LintFinding> {
        let claimed = integration.failure_modes.iter().filter(|(_, mode)| mode.unproven.is_none());
        claimed
            .filter(|(name, _)| self.of(&integration.id, name).next().is_none())
            .map(|(name, mode)| {
                let title = format!("the failure mode {name} is claimed, and not proven");
                let message = Diagnostic::error(title)
                    .maybe_at(integration.source.locate(&mode.pointer, Part::Key), "")
                    .expected(format!("a row in {PAGE} for {} and {name}", integration.id))
                    .actual("no such row");
                LintFinding::new(&across::MODE_UNPROVEN, &integration.id, name, message)
            })
            .collect()
    }

    fn stale(&self, proof: &Proof, plan: &Plan) -> Option<LintFinding> {
        let tag = format!("@failure:{}", proof.mode);
        let told = plan.info.scenarios.iter();
        let known = told.filter(|s| s.tags.contains(&tag)).map(|s| s.id.as_str());
        let known: Vec<&str> = known.collect();
        if known.contains(&proof.scenario.as_str()) {
            return None;
        }
        let problem = Diagnostic::error("a proof names a scenario that is not there")
            .at(self.source.place(proof.at.clone()), "")
            .expected(format!("the id of a scenario tagged {tag}"))
            .actual(&proof.scenario);
        let message = match nearest(&proof.scenario, known) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem,
        };
        let at = format!("{} {}", proof.mode, proof.scenario);
        Some(LintFinding::new(&across::PROOF_STALE, &proof.integration, at, message))
    }
}

/// The cells of a line of a Markdown table; none of another line.
fn cells(line: &str) -> Vec<String> {
    let Some(inner) = line.strip_prefix('|').and_then(|rest| rest.strip_suffix('|')) else {
        return Vec::new();
    };
    let mut cells = vec![String::new()];
    let mut escaped = false;
    for c in inner.chars() {
        match c {
            '|' if !escaped => cells.push(String::new()),
            '|' => cells.last_mut().into_iter().for_each(|cell| {
                cell.pop();
                cell.push('|');
            }),
            _ => cells.last_mut().into_iter().for_each(|cell| cell.push(c)),
        }
        escaped = c == '\\';
    }
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_and_the_rest_is_for_people() {
        let page = "# Proofs\n\n| saboteur | what |\n|---|---|\n| a | b |\n\n\
                    | integration | failure mode | scenario | caught |\n|---|---|---|---|\n\
                    | a.b | timeout | a.b/x.feature::It \\| that | never tries again |\n\n| c | d | e | f |\n";
        let proofs = Proofs::read(Source::new(PAGE, page));
        let rows: Vec<_> = proofs
            .proofs
            .iter()
            .map(|p| (p.integration.as_str(), p.mode.as_str(), p.scenario.as_str()))
            .collect();
        assert_eq!(rows, [("a.b", "timeout", "a.b/x.feature::It | that")]);
        assert_eq!(proofs.of("a.b", "timeout").count(), 1);
        assert_eq!(proofs.of("a.b", "rate-limit").count(), 0);
        assert_eq!(proofs.source.place(proofs.proofs[0].at.clone()).line, 9);
    }
}
