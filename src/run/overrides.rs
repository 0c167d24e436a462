//! Settings of some scenarios only: `[[run.overrides]]` and
//! `[[profiles.NAME.overrides]]` of `probe.toml`, resolved.

use std::time::Duration;

use cucumber::gherkin::tagexpr::TagOperation;

use super::select::{holds, tag_expression};
use crate::{
    catalog::{
        Catalog, Override, Workspace,
        lint::{LintFinding, across},
    },
    contract::source::Part,
    evidence::{Diagnostic, PlannedScenario},
};

/// Overrides in the order in which they hold: the later wins.
#[derive(Clone, Debug, Default)]
pub struct Overrides(Vec<Resolved>);

#[derive(Clone, Debug)]
struct Resolved {
    entry: Override,
    tags: Option<TagOperation>,
    /// In small letters.
    name: Option<String>,
}

/// What holds for one scenario; what is absent, the run says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Own {
    /// Limit of one attempt.
    pub(super) timeout: Option<Duration>,
    /// Further attempts, instead of what its tags say.
    pub(super) retries: Option<u32>,
    /// Whether it only reads in class `live`.
    pub(super) read_only: bool,
}

/// What holds for each scenario of a plan.
#[derive(Clone, Debug, Default)]
pub(super) struct Conduct {
    /// By index; empty where nothing is overridden.
    own: Vec<Own>,
    /// How many may run at once, by limit.
    pub(super) most: Vec<u32>,
    /// For each scenario the limits that it belongs to; empty where there are none.
    pub(super) limits_of: Vec<Vec<u16>>,
}

impl Conduct {
    /// What holds for the scenario of this index.
    pub(super) fn own(&self, index: usize) -> Own {
        self.own.get(index).copied().unwrap_or_default()
    }
}

impl Overrides {
    /// Those of `[run]`, then those of the profile.
    pub fn of(
        workspace: &Workspace,
        catalog: &Catalog,
        profile: Option<&str>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let profile = profile.and_then(|name| workspace.profiles.get(name));
        let entries = profile.into_iter().flat_map(|profile| &profile.overrides);
        Self::resolved(workspace, catalog, workspace.defaults.overrides.iter().chain(entries))
    }

    /// Those of `[run]` and of every profile.
    pub(super) fn all(workspace: &Workspace, catalog: &Catalog) -> Result<Self, Vec<Diagnostic>> {
        let profiles = workspace.profiles.values().flat_map(|profile| &profile.overrides);
        Self::resolved(workspace, catalog, workspace.defaults.overrides.iter().chain(profiles))
    }

    fn resolved<'o>(
        workspace: &Workspace,
        catalog: &Catalog,
        entries: impl Iterator<Item = &'o Override>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let (mut resolved, mut problems) = (Vec::new(), Vec::new());
        for entry in entries {
            let place = |key: &str| {
                workspace.source.locate(&format!("{}/{key}", entry.pointer), Part::Value)
            };
            if let Some(id) = &entry.integration
                && let Err(problem) = catalog.integration(id)
            {
                problems.push(problem.maybe_at(place("integration"), ""));
            }
            match entry.tags.as_deref().map(tag_expression).transpose() {
                Ok(tags) => resolved.push(Resolved {
                    tags,
                    name: entry.name.as_ref().map(|name| name.to_lowercase()),
                    entry: entry.clone(),
                }),
                Err(problem) => problems.push(problem.maybe_at(place("tags"), "")),
            }
        }
        if problems.is_empty() { Ok(Self(resolved)) } else { Err(problems) }
    }

    /// The same without limits of time: the command line said one for all.
    #[must_use]
    pub fn without_timeouts(mut self) -> Self {
        for one in &mut self.0 {
            one.entry.scenario_timeout = None;
        }
        self
    }

    /// What holds for each of these scenarios.
    pub(super) fn conduct(&self, scenarios: &[PlannedScenario]) -> Conduct {
        let mut conduct = Conduct::default();
        if self.0.is_empty() {
            return conduct;
        }
        conduct.own = scenarios.iter().map(|scenario| self.own(scenario)).collect();
        // Limits of different filters all hold; of the same filter the last.
        let limits: Vec<(usize, u32)> = (0..self.0.len())
            .filter(|at| !self.0[at + 1..].iter().any(|later| later.limits_the_same(&self.0[*at])))
            .filter_map(|at| Some((at, self.0[at].entry.concurrency?)))
            .collect();
        if limits.is_empty() {
            return conduct;
        }
        let limits_of = |scenario: &PlannedScenario| {
            let own = (0..).zip(&limits).filter(|(_, (at, _))| self.0[*at].matches(scenario));
            own.map(|(limit, _)| limit).collect()
        };
        conduct.limits_of = scenarios.iter().map(limits_of).collect();
        conduct.most = limits.into_iter().map(|(_, most)| most).collect();
        conduct
    }

    fn own(&self, scenario: &PlannedScenario) -> Own {
        let matching = self.0.iter().filter(|one| one.matches(scenario));
        matching.fold(Own::default(), |own, one| Own {
            timeout: one.entry.scenario_timeout.or(own.timeout),
            retries: one.entry.retries.or(own.retries),
            read_only: own.read_only || one.entry.read_only,
        })
    }

    /// Overrides that are for no scenario at all.
    pub(super) fn idle(
        &self,
        workspace: &Workspace,
        scenarios: &[PlannedScenario],
    ) -> Vec<LintFinding> {
        let idle = self.0.iter().filter(|one| !scenarios.iter().any(|s| one.matches(s)));
        idle.map(|one| {
            let message = Diagnostic::warning("an override is for no scenario")
                .maybe_at(workspace.source.locate(&one.entry.pointer, Part::Value), "")
                .expected("at least one scenario that its filters match")
                .actual(format!("none: {}", one.describe()));
            LintFinding::new(&across::OVERRIDE_IDLE, "probe.toml", &one.entry.pointer, message)
        })
        .collect()
    }
}

impl Resolved {
    fn matches(&self, scenario: &PlannedScenario) -> bool {
        let touches = |id: &String| scenario.integrations.contains(id);
        self.tags.as_ref().is_none_or(|tags| holds(tags, &scenario.tags))
            && self.entry.integration.as_ref().is_none_or(touches)
            && self
                .name
                .as_ref()
                .is_none_or(|name| scenario.name.to_lowercase().contains(name.as_str()))
    }

    /// Whether both limit how many of the same scenarios run at once.
    fn limits_the_same(&self, other: &Self) -> bool {
        let filter = |one: &Self| {
            let Override { tags, integration, .. } = &one.entry;
            (tags.clone(), integration.clone(), one.name.clone())
        };
        self.entry.concurrency.is_some() && filter(self) == filter(other)
    }

    /// Its filters in words.
    fn describe(&self) -> String {
        let Override { tags, integration, name, .. } = &self.entry;
        let filters = [("tags", tags), ("integration", integration), ("name", name)];
        let said = filters.into_iter().filter_map(|(key, text)| Some((key, text.as_ref()?)));
        said.map(|(key, text)| format!("{key} `{text}`")).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario(name: &str, tags: &[&str], integration: &str) -> PlannedScenario {
        PlannedScenario {
            id: format!("a.feature::{name}"),
            file: "features/a.feature".into(),
            feature: "A".into(),
            rule: None,
            name: name.to_owned(),
            row: Vec::new(),
            line: 1,
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            integrations: [integration.to_owned()].into(),
            steps: Vec::new(),
            skip: None,
        }
    }

    fn overrides(entries: &[Override]) -> Overrides {
        let resolved = |entry: &Override| Resolved {
            tags: entry.tags.as_deref().map(|tags| tag_expression(tags).expect("it parses")),
            name: entry.name.as_ref().map(|name| name.to_lowercase()),
            entry: entry.clone(),
        };
        Overrides(entries.iter().map(resolved).collect())
    }

    fn tagged(tags: &str) -> Override {
        Override { tags: Some(tags.to_owned()), ..Override::default() }
    }

    fn of(integration: &str) -> Override {
        Override { integration: Some(integration.to_owned()), ..Override::default() }
    }

    #[test]
    fn the_later_holds_setting_by_setting() {
        let second = Some(Duration::from_secs(1));
        let overrides = overrides(&[
            Override { scenario_timeout: second, retries: Some(2), ..of("shop.things") },
            Override { retries: Some(0), ..tagged("@slow and not @odd") },
            Override { name: Some("ANVIL".to_owned()), read_only: true, ..tagged("@slow") },
        ]);
        let scenarios = [
            scenario("An anvil", &["@slow"], "shop.things"),
            scenario("A hammer", &["@slow", "@odd"], "shop.things"),
            scenario("An anvil", &[], "shop.more"),
        ];
        let conduct = overrides.conduct(&scenarios);
        let own = |timeout, retries, read_only| Own { timeout, retries, read_only };
        assert_eq!(conduct.own(0), own(second, Some(0), true));
        assert_eq!(conduct.own(1), own(second, Some(2), false));
        assert_eq!(conduct.own(2), Own::default());
        assert!(conduct.most.is_empty() && conduct.limits_of.is_empty());
        let conduct = overrides.without_timeouts().conduct(&scenarios);
        assert_eq!(conduct.own(0), own(None, Some(0), true));
    }

    #[test]
    fn limits_of_different_filters_all_hold() {
        let most = |concurrency| Override { concurrency: Some(concurrency), ..of("shop.things") };
        let overrides = overrides(&[
            most(2),
            Override { concurrency: Some(1), ..tagged("@slow") },
            Override { retries: Some(1), ..of("shop.things") },
            most(5),
        ]);
        let scenarios = [
            scenario("A", &["@slow"], "shop.things"),
            scenario("B", &[], "shop.things"),
            scenario("C", &[], "shop.more"),
        ];
        let conduct = overrides.conduct(&scenarios);
        assert_eq!(conduct.most, [1, 5], "the same filter again takes the place of the first");
        assert_eq!(conduct.limits_of, [vec![0, 1], vec![1], vec![]]);
    }
}
