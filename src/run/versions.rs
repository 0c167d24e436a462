//! Versions of contracts held against each other, and against what they were.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    changes::{self, Migration},
    load,
};
use crate::{
    catalog::{
        Catalog, Day, Workspace,
        lint::{LintFinding, changes as rules},
    },
    contract::{
        self, Contract, DescribedFrom,
        compare::{self, Approvals, Comparison, Level, Settings, Step},
    },
    evidence::Diagnostic,
};

/// Breaking differences of one contract that are told one by one.
const MOST_TOLD: usize = 20;

/// What the contracts were at a revision.
#[derive(Debug)]
pub struct Against {
    /// The revision as typed.
    pub revision: String,
    /// The contracts of today that were there, by id; or why one cannot be read.
    pub earlier: BTreeMap<String, Result<Contract, Vec<Diagnostic>>>,
}

/// What is wrong with how the contracts change. Err: a file that cannot be read.
pub(super) fn judge(
    workspace: &Workspace,
    catalog: &Catalog,
    against: Option<&Against>,
    today: Day,
) -> Result<Vec<LintFinding>, Vec<Diagnostic>> {
    let judge = Judge { workspace, catalog, today };
    let approvals = load::approvals(&workspace.root)?;
    let mut findings = judge.unplanned()?;
    if let Some(against) = against {
        findings.extend(judge.broken(against, approvals.as_ref())?);
    }
    Ok(findings)
}

/// What all of it is judged by.
struct Judge<'w> {
    workspace: &'w Workspace,
    catalog: &'w Catalog,
    today: Day,
}

impl Judge<'_> {
    fn compare(&self, old: &Contract, new: &Contract) -> Comparison {
        let settings = Settings {
            mode: None,
            from: self.described_from(&new.id),
            today: Some(self.today.to_string()),
        };
        compare::compare(old, new, &settings)
    }

    /// Whose view a contract takes, as a record says; the partner's, where none names it.
    fn described_from(&self, id: &str) -> DescribedFrom {
        let mut used = self.catalog.integrations.values().map(|i| &i.contract);
        used.find(|used| used.supported.iter().any(|known| known == id))
            .map_or(DescribedFrom::Partner, |used| used.described_from)
    }

    /// Versions that break with the one before, and have no migration plan.
    fn unplanned(&self) -> Result<Vec<LintFinding>, Vec<Diagnostic>> {
        let root = &self.workspace.root;
        let mut findings = Vec::new();
        for Next { name, old, new } in steps(contract::known(root)) {
            let page = load::changes(root, &name).map_err(|problem| vec![problem])?;
            let version = new.rsplit('/').next().unwrap_or_default();
            let migration = page.as_ref().map(|page| changes::migration(page, version));
            if migration == Some(Migration::Planned) {
                continue;
            }
            let comparison =
                self.compare(&contract::load(root, &old)?, &contract::load(root, &new)?);
            if comparison.step() == Step::Major {
                let message = unplanned(&name, &comparison, version, migration);
                findings.push(LintFinding::new(&rules::MIGRATION_MISSING, &new, "", message));
            }
        }
        Ok(findings)
    }

    /// Contracts that break with what they were.
    fn broken(
        &self,
        against: &Against,
        approvals: Option<&Approvals>,
    ) -> Result<Vec<LintFinding>, Vec<Diagnostic>> {
        let Against { revision, earlier } = against;
        let mut findings = Vec::new();
        let mut pairs = Vec::new();
        for (id, old) in earlier {
            match old {
                Ok(old) => pairs.push((old, contract::load(&self.workspace.root, id)?)),
                Err(problems) => findings.push(uncompared(id, revision, problems)),
            }
        }
        let mut comparisons: Vec<Comparison> =
            pairs.iter().map(|(old, new)| self.compare(old, new)).collect();
        let today = self.today.to_string();
        let idle = approvals.map_or_else(Vec::new, |a| a.apply(&mut comparisons, &today));
        // A check that was green does not turn red with time alone: the warning says it.
        let over: BTreeSet<String> =
            idle.iter().filter(|idle| idle.over).map(|idle| idle.fingerprint.clone()).collect();
        findings.extend(idle.into_iter().map(|idle| {
            let rule = if idle.over { &rules::APPROVAL_EXPIRED } else { &rules::APPROVAL_UNUSED };
            LintFinding::new(rule, load::APPROVALS, idle.fingerprint, idle.message)
        }));
        for ((old, new), comparison) in pairs.iter().zip(&mut comparisons) {
            comparison.differences.retain(|difference| !over.contains(&difference.fingerprint));
            findings.extend(changed(old, new, comparison, revision));
        }
        Ok(findings)
    }
}

/// A version and the one before it.
struct Next {
    /// `domain/name`.
    name: String,
    old: String,
    new: String,
}

/// Each version of each contract with the one before it, by number.
fn steps(ids: Vec<String>) -> Vec<Next> {
    let mut versions: BTreeMap<String, BTreeMap<u64, String>> = BTreeMap::new();
    for id in ids {
        let parts = id.rsplit_once('/');
        let number = parts.and_then(|(_, version)| version.strip_prefix('v')?.parse().ok());
        if let (Some((name, _)), Some(number)) = (parts, number) {
            versions.entry(name.to_owned()).or_default().insert(number, id.clone());
        }
    }
    let mut steps = Vec::new();
    for (name, versions) in versions {
        let ids: Vec<String> = versions.into_values().collect();
        steps.extend(ids.windows(2).map(|two| Next {
            name: name.clone(),
            old: two[0].clone(),
            new: two[1].clone(),
        }));
    }
    steps
}

fn unplanned(
    name: &str,
    comparison: &Comparison,
    version: &str,
    migration: Option<Migration>,
) -> Diagnostic {
    let page = format!("contracts/{name}/{}", changes::PAGE);
    let Comparison { old, new, .. } = comparison;
    let before = old.rsplit('/').next().unwrap_or_default();
    let title = format!("{new} breaks with {before}, and no migration is planned");
    let mut message = Diagnostic::error(title)
        .expected(format!("`## {version}` and `### Migration` with a text, in {page}"));
    message = match migration {
        None => message.actual("there is no such file"),
        Some(Migration::NoSection) => message.actual(format!("no section `## {version}`")),
        Some(Migration::NoPart(place)) => {
            message.at(place, "this section").actual("no `### Migration` in its section")
        }
        Some(Migration::Empty(place)) => {
            message.at(place, "nothing stands below it").actual("an empty `### Migration`")
        }
        Some(Migration::Planned) => message,
    };
    let mut grave = comparison.differences.iter().filter(|d| d.level >= Level::Unknown);
    if let Some(first) = grave.next() {
        let more = grave.count() + comparison.left_out;
        let spot = first.spot().map_or_else(String::new, |spot| format!(", {spot}"));
        message = message.note(match more {
            0 => format!("{}{spot}", first.message),
            _ => format!("{}{spot}; and {more} more", first.message),
        });
    }
    message.help(format!("see what breaks: probe contract diff {old} {new}"))
}

fn uncompared(id: &str, revision: &str, problems: &[Diagnostic]) -> LintFinding {
    let mut message = Diagnostic::warning(format!("what {id} was at `{revision}` cannot be read"));
    if let Some(first) = problems.first() {
        message = message.maybe_at(first.place().cloned(), "").actual(&first.title);
    }
    let message = message.help(format!("compare it by eye: git diff {revision} -- contracts/{id}"));
    LintFinding::new(&rules::VERSION_UNCOMPARED, id, "", message)
}

/// A finding for each breaking difference that nobody has approved, up to a bound.
fn changed(
    old: &Contract,
    new: &Contract,
    comparison: &Comparison,
    revision: &str,
) -> Vec<LintFinding> {
    let grave: Vec<_> = comparison.open().filter(|d| d.level >= Level::Unknown).collect();
    let told = grave.iter().take(MOST_TOLD).map(|difference| {
        let mut message = difference.told(old, new, comparison.from);
        message.help.clear();
        let message = message
            .note(format!("{} is not what it was at `{revision}` ({})", new.id, difference.rule))
            .help(rules::VERSION_BROKEN.help);
        LintFinding::new(&rules::VERSION_BROKEN, &new.id, &difference.fingerprint, message)
    });
    let mut findings: Vec<LintFinding> = told.collect();
    let more = grave.len().saturating_sub(MOST_TOLD) + comparison.left_out;
    if more > 0 {
        let message = Diagnostic::error(format!("{} breaks in {more} more ways", new.id))
            .help(format!("list them: probe contract diff git:{revision} {}", new.id));
        findings.push(LintFinding::new(&rules::VERSION_BROKEN, &new.id, "more", message));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_follows_the_nearest_before_it_by_number() {
        let ids = ["a/b/v10", "a/b/v2", "a/b/v9", "a/c/v1", "a/d/latest"].map(str::to_owned);
        let steps = steps(ids.to_vec());
        let pairs: Vec<_> = steps.iter().map(|s| (s.old.as_str(), s.new.as_str())).collect();
        assert_eq!(pairs, [("a/b/v2", "a/b/v9"), ("a/b/v9", "a/b/v10")]);
    }
}
