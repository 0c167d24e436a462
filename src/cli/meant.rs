//! The run's options as meant: command line over environment over profile over
//! `probe.toml` over defaults.

use std::{
    env,
    path::{Component, Path, PathBuf},
    time::Duration,
};

use super::{
    narrow::{FailedOf, Part, part_of},
    options::{Common, MetricAliases, Run},
    recorded,
    run::Fixed,
};
use crate::{
    catalog::{Catalog, Choice, Profile, Workspace},
    contract::source::{self, parse_duration},
    evidence::{
        Diagnostic, EnvironmentInfo, Order, RunSettings, SafetyClass, exit::FailOn,
        metrics::MetricSet,
    },
    run::{Filter, LastRun, Overrides, PathLine, Request, ShardPart},
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
    /// Whether to print what would run, and to run nothing.
    pub(super) list: bool,
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
    let reports = run_folders(typed, profile, &workspace);
    let settings = settings(typed, profile, defaults);
    let mut filter = filter(typed, profile, &workspace)?;
    filter.failed_in = failed_in(typed, &workspace, &reports).map_err(|d| vec![d])?;
    let first = first(settings.order, &workspace, &reports).map_err(|d| vec![d])?;
    let overrides = Overrides::of(&workspace, &catalog, typed.profile.as_deref())?;
    let overrides = match scenario_timeout {
        Some(_) => overrides.without_timeouts(),
        None => overrides,
    };
    let request = Request {
        profile: typed.profile.clone(),
        environment,
        choice: Choice { instances: typed.instance.clone(), settings: typed.set.clone() },
        filter,
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
        settings,
        part: part(typed.narrow.shard).map_err(|d| vec![d])?,
        first,
        overrides,
    };
    let fixed = fixed(typed, profile, &workspace);
    Ok(Meant { workspace, catalog, request, reports, fixed, list: typed.narrow.list })
}

/// The sets of metric names that are asked for; typed ones take the place of
/// those in `probe.toml`.
pub(super) fn aliases(typed: &[MetricAliases], configured: &[MetricSet]) -> Vec<MetricSet> {
    match typed {
        [] => configured.to_vec(),
        typed => typed.iter().map(|alias| alias.set()).collect(),
    }
}

/// Reports at fixed places, beside those in the run's folder.
fn fixed(typed: &Run, profile: &Profile, workspace: &Workspace) -> Fixed {
    let defaults = &workspace.defaults;
    let at = |typed: &Option<PathBuf>, profile: &Option<PathBuf>, default: &Option<PathBuf>| {
        let configured = profile.as_ref().or(default.as_ref());
        typed.clone().or_else(|| configured.map(|path| workspace.root.join(path)))
    };
    Fixed {
        junit: at(&typed.junit, &profile.junit, &defaults.junit),
        metrics: at(&typed.metrics, &profile.metrics, &defaults.metrics),
        aliases: aliases(&typed.metric_aliases, &workspace.metric_aliases),
    }
}

/// The folder in which the run's own is made.
fn run_folders(typed: &Run, profile: &Profile, workspace: &Workspace) -> PathBuf {
    match (&typed.reports, &profile.reports) {
        (Some(path), _) => path.clone(),
        (None, Some(path)) => workspace.root.join(path),
        (None, None) => reports(workspace),
    }
}

/// What the first event says of how the run was asked for.
fn settings(typed: &Run, profile: &Profile, defaults: &Profile) -> RunSettings {
    let fail_on = match typed.narrow.fail_on.as_slice() {
        [] => profile.fail_on.clone().or(defaults.fail_on.clone()).unwrap_or_default(),
        endings => FailOn::of(endings.iter().copied()),
    };
    let order = typed.narrow.order.or(profile.order).or(defaults.order).unwrap_or_default();
    RunSettings { shard: None, order, fail_on, options: options(typed) }
}

/// Options that were given and shape results, as a person would type them.
fn options(typed: &Run) -> Vec<String> {
    let mut words = Vec::new();
    let mut add = |option: &str, value: Option<String>| {
        words.extend(value.into_iter().flat_map(|value| [option.to_owned(), value]));
    };
    add("--profile", typed.profile.clone());
    add("--env", typed.env.clone());
    typed.instance.iter().for_each(|instance| add("--instance", Some(instance.clone())));
    typed.set.iter().for_each(|set| add("--set", Some(set.clone())));
    add("--seed", typed.seed.map(|seed| seed.to_string()));
    add("--mock-time", typed.mock_time.map(|factor| factor.to_string()));
    add("--scenario-timeout", typed.scenario_timeout.clone());
    if typed.allow_writes {
        words.push("--allow-writes".to_owned());
    }
    words
}

/// The run whose failures alone are wanted, if they are.
fn failed_in(
    typed: &Run,
    workspace: &Workspace,
    reports: &Path,
) -> Result<Option<LastRun>, Diagnostic> {
    let events = match &typed.narrow.failed {
        None | Some(FailedOf::Nobody) => return Ok(None),
        Some(FailedOf::Run(path)) => recorded::events_file(path, Some(reports)),
        Some(FailedOf::Last) => recorded::newest(reports).ok_or_else(|| {
            Diagnostic::error("there is no last run whose failures could run again")
                .expected(format!("a run's folder in {}", reports.display()))
                .help("run `probe run` first, or name a run with --failed=RUN")
        })?,
    };
    recorded::last_run(workspace, &events).map(Some)
}

/// The run whose failures start first, where the order says so and there is one.
fn first(
    order: Order,
    workspace: &Workspace,
    reports: &Path,
) -> Result<Option<LastRun>, Diagnostic> {
    let wanted = order == Order::FailedFirst;
    let newest = wanted.then(|| recorded::newest(reports)).flatten();
    newest.map(|events| recorded::last_run(workspace, &events)).transpose()
}

/// The part of the selection, as typed or as the CI server counts its jobs.
fn part(typed: Option<Part>) -> Result<Option<ShardPart>, Diagnostic> {
    let typed = match typed {
        Some(Part::Ci) => Some(part_of_ci()?),
        typed => typed,
    };
    Ok(match typed {
        Some(Part::Of(index, of)) => Some(ShardPart { index, of }),
        Some(Part::Ci) | None => None,
    })
}

/// GitLab sets both, and `CI_NODE_TOTAL=1` alone where a job is not parallel:
/// <https://docs.gitlab.com/ci/variables/predefined_variables/>.
fn part_of_ci() -> Result<Part, Diagnostic> {
    let value = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let (index, of) = (value("CI_NODE_INDEX"), value("CI_NODE_TOTAL"));
    let part = match (&index, &of) {
        (Some(index), Some(of)) => part_of(index, of),
        (None, Some(of)) if of == "1" => Some(Part::Of(1, 1)),
        _ => None,
    };
    part.ok_or_else(|| {
        let said = |name: &str, value: Option<String>| match value {
            Some(value) => format!("{name}={value}"),
            None => format!("no {name}"),
        };
        let (index, of) = (said("CI_NODE_INDEX", index), said("CI_NODE_TOTAL", of));
        Diagnostic::error("the CI server does not say which part this is")
            .expected("CI_NODE_INDEX from 1 to CI_NODE_TOTAL")
            .actual(format!("{index}, {of}"))
            .help("where a server counts in another way, say it: --shard \"$((INDEX + 1))/$TOTAL\"")
    })
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
    filter.paths = typed.paths.iter().map(|path| path_line(path, workspace)).collect();
    let configured = profile.tags.as_ref().or(workspace.defaults.tags.as_ref());
    for expression in &typed.tags {
        filter.add_tags(expression).map_err(|d| vec![d])?;
    }
    if let Some(expression) = configured {
        let pointer = match &typed.profile {
            Some(name) if profile.tags.is_some() => format!("/profiles/{name}/tags"),
            _ => "/run/tags".to_owned(),
        };
        let place = || workspace.source.locate(&pointer, source::Part::Value);
        filter.add_tags(expression).map_err(|d| vec![d.maybe_at(place(), "")])?;
    }
    Ok(filter)
}

/// `FILE:LINE:LINE` or a plain path, relative to the folder we are in, or else
/// to the workspace, as reports have it.
fn path_line(typed: &str, workspace: &Workspace) -> PathLine {
    let (mut path, mut lines) = (typed, Vec::new());
    while let Some((shorter, line)) = path.rsplit_once(':')
        && let Ok(line) = line.parse()
    {
        lines.insert(0, line);
        path = shorter;
    }
    let here = env::current_dir().unwrap_or_default().join(path);
    let absolute = if here.exists() { here } else { workspace.root.join(path) };
    let mut plain = PathBuf::new();
    for part in absolute.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(plain.pop()),
            part => plain.push(part),
        }
    }
    let real = absolute.canonicalize().unwrap_or_else(|_| plain.clone());
    PathLine { typed: typed.to_owned(), path: plain, real, lines }
}

/// Where run folders are made unless a profile or flag says otherwise.
pub(super) fn reports(workspace: &Workspace) -> PathBuf {
    let configured = workspace.defaults.reports.as_deref().unwrap_or(Path::new(REPORTS));
    workspace.root.join(configured)
}
