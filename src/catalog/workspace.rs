//! `probe.toml` and the folders below it.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use super::{
    Catalog, load,
    overrides::{self, Override},
    problems::{Problems, escape, suggestion},
    settings::{self, Run, Settings},
    values,
};
use crate::{
    contract::source::{Source, format_duration},
    evidence::{Diagnostic, Order, SafetyClass, exit::FailOn, metrics::MetricSet},
};

/// The file that makes a folder a workspace.
const FILE: &str = "probe.toml";

/// A folder with a `probe.toml`, as meant.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// The folder.
    pub root: PathBuf,
    /// `probe.toml`, for places in messages.
    pub source: Arc<Source>,
    /// Environments by name; `mock` is always there.
    pub environments: BTreeMap<String, SafetyClass>,
    /// Profiles by name.
    pub profiles: BTreeMap<String, Profile>,
    /// Settings outside a profile.
    pub defaults: Profile,
    /// `host:port` of hosts that answer when our own network is alive.
    pub control_targets: Vec<String>,
    /// Sets of metric names that are told beside our own.
    pub metric_aliases: Vec<MetricSet>,
    /// Settings of `probe check`.
    pub check: CheckSettings,
}

/// Settings of `probe check`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckSettings {
    /// Where the known findings stand, relative to the workspace.
    pub baseline: Option<PathBuf>,
    /// Whether warnings fail it.
    pub strict: bool,
    /// How old the review of a record may be.
    pub sprint: Duration,
}

/// How long a sprint is where nothing says otherwise.
const SPRINT: Duration = Duration::from_hours(14 * 24);
/// A review is dated by its day.
const SHORTEST_SPRINT: Duration = Duration::from_hours(24);

/// A named set of run settings; what is absent is decided elsewhere.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    /// Tag expression that scenarios must match.
    pub tags: Option<String>,
    /// Environment to run in.
    pub environment: Option<String>,
    /// Whether the environment must be said explicitly.
    pub demands_environment: bool,
    /// Scenarios at the same time.
    pub concurrency: Option<u32>,
    /// Limit of one scenario attempt.
    pub scenario_timeout: Option<Duration>,
    /// Stop at the first scenario that did not pass.
    pub fail_fast: Option<bool>,
    /// What makes the exit code other than 0.
    pub fail_on: Option<FailOn>,
    /// In which order scenarios start.
    pub order: Option<Order>,
    /// Seed of all chance.
    pub seed: Option<u64>,
    /// Factor of inserted waits in class `mock` (0.01: a hundred times faster).
    pub mock_time: Option<f64>,
    /// Where the `JUnit` report goes in addition to the run folder.
    pub junit: Option<PathBuf>,
    /// Where the metrics go in addition to the run folder.
    pub metrics: Option<PathBuf>,
    /// Where run folders are made, relative to the workspace.
    pub reports: Option<PathBuf>,
    /// Settings of some scenarios only; of two that match, the later holds.
    pub overrides: Vec<Override>,
}

impl Workspace {
    /// Finds `probe.toml` by walking up from `start`, and loads it.
    pub fn find(start: &Path) -> Result<Self, Vec<Diagnostic>> {
        // A relative path has no parents to walk up to.
        let start = std::path::absolute(start).unwrap_or_else(|_| start.to_owned());
        match start.ancestors().find(|folder| folder.join(FILE).is_file()) {
            // Without links, so that paths below it compare with those of the shell.
            Some(root) => Self::load(&root.canonicalize().unwrap_or_else(|_| root.to_owned())),
            None => Err(vec![
                Diagnostic::error("this is not a workspace")
                    .expected(format!("a {FILE} in {} or above it", start.display()))
                    .actual("none")
                    .help("go to a folder with one, or make one: probe init DIR"),
            ]),
        }
    }

    /// Loads `root/probe.toml`.
    pub fn load(root: &Path) -> Result<Self, Vec<Diagnostic>> {
        let source = Arc::new(load::read(root, FILE).map_err(|problem| vec![problem])?);
        let settings: Settings = source.decode()?;
        let mut problems = Problems::of_file(&source);
        let mut profiles = BTreeMap::new();
        for (name, run) in settings.profiles {
            let pointer = format!("/profiles/{}", escape(&name));
            let demands_environment = run.environment.is_none();
            let profile = profile(&mut problems, run, demands_environment, &pointer);
            profiles.insert(name, profile);
        }
        let defaults = profile(&mut problems, settings.run, false, "/run");
        check_targets(&mut problems, &settings.control.targets);
        let check = check_settings(&mut problems, settings.check);
        let mut environments: BTreeMap<String, SafetyClass> = settings
            .environments
            .into_iter()
            .map(|(name, environment)| (name, environment.class))
            .collect();
        if *environments.entry("mock".to_owned()).or_insert(SafetyClass::Mock) != SafetyClass::Mock
        {
            let problem = problems
                .value("/environments/mock/class", "environment `mock` is not of class mock")
                .expected("`mock`")
                .help("choose another name for an environment of the partner's");
            problems.push(problem);
        }
        let workspace = Self {
            root: root.to_owned(),
            source: Arc::clone(&source),
            environments,
            profiles,
            defaults,
            control_targets: settings.control.targets,
            metric_aliases: settings.metrics.aliases,
            check,
        };
        problems.or(workspace)
    }

    /// Whether a file or folder is there, by its path relative to the workspace.
    pub fn holds(&self, path: &str) -> bool {
        self.root.join(path).exists()
    }

    /// The profile of this name. Err: unknown, with the nearest known one.
    pub fn profile(&self, name: &str) -> Result<&Profile, Diagnostic> {
        self.profiles.get(name).ok_or_else(|| {
            let known = self.profiles.keys().map(String::as_str);
            Diagnostic::error(format!("unknown profile `{name}`"))
                .note(format!("profiles stand in {FILE} under `[profiles]`"))
                .help(suggestion(name, known, "profiles"))
        })
    }

    /// The environment of this name with its class, by `probe.toml` or by a
    /// record; where records disagree, the graver class holds. Err: unknown,
    /// with the nearest known one.
    pub fn environment(
        &self,
        name: &str,
        catalog: &Catalog,
    ) -> Result<(String, SafetyClass), Diagnostic> {
        let mut known = self.environments.clone();
        for (name, environment) in catalog.integrations.values().flat_map(|i| &i.environments) {
            let class = known.entry(name.clone()).or_insert(environment.class);
            *class = environment.class.max(*class);
        }
        match known.get(name) {
            Some(class) => Ok((name.to_owned(), *class)),
            None => Err(Diagnostic::error(format!("unknown environment `{name}`"))
                .note(format!("environments stand in {FILE} and in the records of `catalog/`"))
                .help(suggestion(name, known.keys().map(String::as_str), "environments"))),
        }
    }
}

fn profile(
    problems: &mut Problems<'_>,
    run: Run,
    demands_environment: bool,
    pointer: &str,
) -> Profile {
    check_run(problems, &run, pointer);
    Profile {
        tags: run.tags,
        environment: run.environment,
        demands_environment,
        concurrency: run.concurrency,
        scenario_timeout: run.scenario_timeout.map(|timeout| timeout.0),
        fail_fast: run.fail_fast,
        fail_on: run.fail_on,
        order: run.order,
        seed: run.seed,
        mock_time: run.mock_time,
        junit: run.junit,
        metrics: run.metrics,
        reports: run.reports,
        overrides: overrides::meant(problems, run.overrides, pointer),
    }
}

fn check_run(problems: &mut Problems<'_>, run: &Run, pointer: &str) {
    let mut wrong = |key: &str, title: &str, expected: &str, actual: &str| {
        let problem = problems
            .value(&format!("{pointer}/{key}"), title)
            .expected(expected)
            .actual(actual)
            .help("leave it out for the default");
        problems.push(problem);
    };
    if run.concurrency == Some(0) {
        wrong("concurrency", "nothing can run with a concurrency of 0", "1 or more", "0");
    }
    if run.scenario_timeout.is_some_and(|timeout| timeout.0.is_zero()) {
        wrong("scenario_timeout", "the scenario timeout is nothing", "more than nothing", "0 s");
    }
    if let Some(factor) = run.mock_time.filter(|factor| !(0.001..=1.0).contains(factor)) {
        let title = "`mock_time` is not a factor of time";
        wrong("mock_time", title, "a number from 0.001 to 1", &factor.to_string());
    }
    if run.fail_on.as_ref().is_some_and(|fail_on| *fail_on == FailOn::of([])) {
        wrong("fail_on", "nothing could make the run fail", "at least one verdict", "none");
    }
}

fn check_settings(problems: &mut Problems<'_>, written: settings::Check) -> CheckSettings {
    let sprint = written.sprint.map_or(SPRINT, |sprint| sprint.0);
    if sprint < SHORTEST_SPRINT {
        let problem = problems
            .value("/check/sprint", "a sprint is shorter than a day")
            .expected("`1 day` or more; reviews are dated by their day")
            .actual(format!("`{}`", format_duration(sprint)))
            .help("leave it out for 14 days");
        problems.push(problem);
    }
    CheckSettings { baseline: written.baseline, strict: written.strict.unwrap_or(false), sprint }
}

fn check_targets(problems: &mut Problems<'_>, targets: &[String]) {
    for (index, target) in targets.iter().enumerate() {
        if !values::is_host_and_port(target) {
            let problem = problems
                .value(&format!("/control/targets/{index}"), "a control target is not `host:port`")
                .expected("a host and a port, such as `example.com:443`")
                .actual(format!("`{target}`"));
            problems.push(problem);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(settings: &str) -> (tempfile::TempDir, Workspace) {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join(FILE), settings).expect("a file");
        let workspace = Workspace::load(folder.path()).expect("the settings are right");
        (folder, workspace)
    }

    #[test]
    fn our_own_settings_are_right() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let workspace = Workspace::find(&root.join("src/catalog")).expect("the settings are right");
        assert_eq!(workspace.root, root);
        assert_eq!(workspace.defaults.scenario_timeout, Some(Duration::from_mins(1)));
        assert_eq!(workspace.defaults.mock_time, Some(0.01));
        assert!(!workspace.defaults.demands_environment);
        let names: Vec<_> = workspace.profiles.keys().map(String::as_str).collect();
        assert_eq!(names, ["gate", "hypercare", "nightly"]);
        assert!(workspace.profiles.values().all(|profile| profile.demands_environment));
        assert_eq!(workspace.environments["production"], SafetyClass::Live);
    }

    #[test]
    fn empty_settings_have_the_mock_environment_and_nothing_else() {
        let (_folder, workspace) = workspace("");
        assert_eq!(workspace.environments, BTreeMap::from([("mock".into(), SafetyClass::Mock)]));
        assert_eq!(workspace.defaults, Profile::default());
        let problem = workspace.profile("nightly").expect_err("no such profile");
        assert_eq!(problem.title, "unknown profile `nightly`");
        assert_eq!(problem.help, ["there are no profiles yet"]);
    }

    #[test]
    fn a_profile_with_an_environment_demands_none() {
        let (_folder, workspace) = workspace("[profiles.nightly]\nenvironment = \"sandbox\"\n");
        let profile = workspace.profile("nightly").expect("it is there");
        assert!(!profile.demands_environment);
        let problem = workspace.profile("nigthly").expect_err("no such profile");
        assert_eq!(problem.help, ["did you mean `nightly`?"]);
    }

    #[test]
    fn environments_come_from_settings_and_records() {
        let (folder, workspace) = workspace("[environments]\nsandbox = { class = \"test\" }\n");
        let record = |id: &str, class: &str| {
            let path = folder.path().join("catalog").join(id);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            let text = format!(
                "contract: {{current: a/b/v1}}\nenvironments: {{uat: {{class: {class}, base_url: 'http://a'}}}}\n"
            );
            std::fs::write(path, text).expect("a file");
        };
        record("a.yaml", "live");
        record("b.yaml", "test");
        let catalog = Catalog::load(&workspace).expect("the records are right");
        let class = |name| workspace.environment(name, &catalog).map(|(_, class)| class);
        assert_eq!(class("mock"), Ok(SafetyClass::Mock));
        assert_eq!(class("sandbox"), Ok(SafetyClass::Test));
        assert_eq!(class("uat"), Ok(SafetyClass::Live), "the graver class holds");
        let problem = class("sandbax").expect_err("no such environment");
        assert_eq!(problem.title, "unknown environment `sandbax`");
        assert_eq!(problem.help, ["did you mean `sandbox`?"]);
    }

    #[test]
    fn outside_of_a_workspace_the_way_in_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let problems = Workspace::find(folder.path()).expect_err("no workspace");
        assert_eq!(problems[0].title, "this is not a workspace");
        assert_eq!(problems[0].help.len(), 1);
    }
}
