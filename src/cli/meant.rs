//! The run's options as meant: command line over environment over profile over
//! `probe.toml` over defaults.

use std::{
    env,
    path::{Component, Path, PathBuf},
    time::Duration,
};

use super::{
    options::{Common, MetricAliases, Run},
    run::Fixed,
};
use crate::{
    catalog::{Catalog, Choice, Profile, Workspace},
    contract::source::{Part, parse_duration},
    evidence::{Diagnostic, EnvironmentInfo, SafetyClass, metrics::MetricSet},
    run::{Filter, PathLine, Request},
};

/// Scenarios at the same time where nothing says otherwise, against partners:
/// most of the time is theirs.
const CONCURRENCY: u32 = 64;
/// The same for each core in class `mock`, where the stand-ins' work is ours too.
/// More of it would only queue, and be taken for slowness.
const MOCK_CONCURRENCY: u32 = 4;
/// Limit of one scenario attempt, where nothing says otherwise.
const SCENARIO_TIMEOUT: Duration = Duration::from_mins(1);
/// Factor of inserted waits in class `mock`, where nothing says otherwise.
const MOCK_TIME: f64 = 0.01;
/// Seed, where nothing says otherwise: two runs draw the same chance.
const SEED: u64 = 1;
/// Folder of run folders, where nothing says otherwise.
const REPORTS: &str = "reports";

/// Everything that a run needs to know.
pub(super) struct Meant {
    pub(super) workspace: Workspace,
    pub(super) catalog: Catalog,
    pub(super) request: Request,
    /// The folder in which the run's own is made.
    pub(super) reports: PathBuf,
    /// Reports at fixed places, in addition.
    pub(super) fixed: Fixed,
}

/// Finds the workspace and its catalog.
pub(super) fn workspace(common: &Common) -> Result<Workspace, Vec<Diagnostic>> {
    match &common.workspace {
        Some(folder) => Workspace::find(folder),
        None => Workspace::find(Path::new(".")),
    }
}

/// Resolves the options of `probe run`.
pub(super) fn run(typed: &Run) -> Result<Meant, Vec<Diagnostic>> {
    let workspace = workspace(&typed.common)?;
    let catalog = Catalog::load(&workspace)?;
    let profile = match &typed.profile {
        Some(name) => Some(workspace.profile(name).map_err(|d| vec![d])?.clone()),
        None => None,
    };
    let environment = environment(typed, profile.as_ref(), &workspace, &catalog)?;
    let defaults = &workspace.defaults;
    let one = Profile::default();
    let profile = profile.as_ref().unwrap_or(&one);
    let scenario_timeout = match &typed.scenario_timeout {
        Some(text) => Some(parse_duration(text).ok_or_else(|| {
            vec![
                Diagnostic::error("--scenario-timeout is not a duration")
                    .expected("a number and a unit: 800 ms, 2 s, 5 minutes")
                    .actual(text),
            ]
        })?),
        None => None,
    };
    let class = environment.class;
    let request = Request {
        profile: typed.profile.clone(),
        environment,
        choice: Choice { instances: typed.instance.clone(), settings: typed.set.clone() },
        filter: filter(typed, profile, &workspace)?,
        concurrency: typed
            .concurrency
            .or(profile.concurrency)
            .or(defaults.concurrency)
            .unwrap_or_else(|| concurrency(class)),
        scenario_timeout: scenario_timeout
            .or(profile.scenario_timeout)
            .or(defaults.scenario_timeout)
            .unwrap_or(SCENARIO_TIMEOUT),
        fail_fast: typed.fail_fast || profile.fail_fast.or(defaults.fail_fast).unwrap_or(false),
        seed: typed.seed.or(profile.seed).or(defaults.seed).unwrap_or(SEED),
        mock_time: typed
            .mock_time
            .or(profile.mock_time)
            .or(defaults.mock_time)
            .unwrap_or(MOCK_TIME),
        allow_writes: typed.allow_writes,
    };
    let root = workspace.root.clone();
    let in_workspace = |path: &PathBuf| root.join(path);
    let reports = match &typed.reports {
        Some(path) => path.clone(),
        None => profile
            .reports
            .as_ref()
            .or(defaults.reports.as_ref())
            .map_or_else(|| workspace.root.join(REPORTS), in_workspace),
    };
    let junit = match &typed.junit {
        Some(path) => Some(path.clone()),
        None => profile.junit.as_ref().or(defaults.junit.as_ref()).map(in_workspace),
    };
    let metrics = match &typed.metrics {
        Some(path) => Some(path.clone()),
        None => profile.metrics.as_ref().or(defaults.metrics.as_ref()).map(in_workspace),
    };
    let aliases = aliases(&typed.metric_aliases, &workspace.metric_aliases);
    let fixed = Fixed { junit, metrics, aliases };
    Ok(Meant { workspace, catalog, request, reports, fixed })
}

/// The sets of metric names that are asked for; typed ones take the place of
/// those in `probe.toml`.
pub(super) fn aliases(typed: &[MetricAliases], configured: &[MetricSet]) -> Vec<MetricSet> {
    match typed {
        [] => configured.to_vec(),
        typed => typed.iter().map(|alias| alias.set()).collect(),
    }
}

/// Scenarios at the same time, where nothing says otherwise.
fn concurrency(class: SafetyClass) -> u32 {
    match class {
        SafetyClass::Mock => {
            let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
            u32::try_from(cores).map_or(CONCURRENCY, |cores| cores.saturating_mul(MOCK_CONCURRENCY))
        }
        SafetyClass::Test | SafetyClass::Live => CONCURRENCY,
    }
}

/// The request of a check: all scenarios, in class `mock`, where no secret is needed.
pub(super) fn check_request() -> Request {
    Request {
        profile: None,
        environment: EnvironmentInfo { name: "mock".to_owned(), class: SafetyClass::Mock },
        choice: Choice::default(),
        filter: Filter::default(),
        concurrency: CONCURRENCY,
        scenario_timeout: SCENARIO_TIMEOUT,
        fail_fast: false,
        seed: SEED,
        mock_time: MOCK_TIME,
        allow_writes: false,
    }
}

fn environment(
    typed: &Run,
    profile: Option<&Profile>,
    workspace: &Workspace,
    catalog: &Catalog,
) -> Result<EnvironmentInfo, Vec<Diagnostic>> {
    let of_profile = profile.and_then(|p| p.environment.clone());
    let name = typed.env.clone().or(of_profile).or_else(|| match profile {
        Some(profile) if profile.demands_environment => None,
        _ => Some(workspace.defaults.environment.clone().unwrap_or_else(|| "mock".to_owned())),
    });
    let Some(name) = name else {
        let profile = typed.profile.as_deref().unwrap_or_default();
        let known: Vec<&str> = workspace.environments.keys().map(String::as_str).collect();
        return Err(vec![
            Diagnostic::error(format!("the profile {profile} demands an explicit environment"))
                .expected(format!("one of {}", known.join(", ")))
                .actual("none was named")
                .help("add --env NAME, set PROBE_ENV, or give the profile an `environment`"),
        ]);
    };
    let (name, class) = workspace.environment(&name, catalog).map_err(|d| vec![d])?;
    Ok(EnvironmentInfo { name, class })
}

fn filter(
    typed: &Run,
    profile: &Profile,
    workspace: &Workspace,
) -> Result<Filter, Vec<Diagnostic>> {
    let mut filter = Filter::default();
    filter.integrations.clone_from(&typed.integration);
    filter.names.clone_from(&typed.name);
    filter.paths = typed.paths.iter().map(|path| path_line(path)).collect();
    let configured = profile.tags.as_ref().or(workspace.defaults.tags.as_ref());
    for expression in &typed.tags {
        filter.add_tags(expression).map_err(|d| vec![d])?;
    }
    if let Some(expression) = configured {
        let pointer = match &typed.profile {
            Some(name) if profile.tags.is_some() => format!("/profiles/{name}/tags"),
            _ => "/run/tags".to_owned(),
        };
        let place = || workspace.source.locate(&pointer, Part::Value);
        filter.add_tags(expression).map_err(|d| vec![d.maybe_at(place(), "")])?;
    }
    Ok(filter)
}

/// `FILE:LINE` or a plain path, relative to the folder we are in.
fn path_line(typed: &str) -> PathLine {
    let (path, line) = match typed.rsplit_once(':') {
        Some((path, line)) if !line.is_empty() => match line.parse() {
            Ok(line) => (path, Some(line)),
            Err(_) => (typed, None),
        },
        _ => (typed, None),
    };
    let absolute = env::current_dir().unwrap_or_default().join(path);
    let mut plain = PathBuf::new();
    for part in absolute.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(plain.pop()),
            part => plain.push(part),
        }
    }
    let real = absolute.canonicalize().unwrap_or_else(|_| plain.clone());
    PathLine { typed: typed.to_owned(), path: plain, real, line }
}

/// Where run folders are made unless a profile or flag says otherwise.
pub(super) fn reports(workspace: &Workspace) -> PathBuf {
    let configured = workspace.defaults.reports.as_deref().unwrap_or(Path::new(REPORTS));
    workspace.root.join(configured)
}
