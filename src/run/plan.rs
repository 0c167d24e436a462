//! The plan: everything that can be known before the first request.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::PathBuf,
    sync::Arc,
};

use super::{
    feature,
    known::{Known, Texts},
    load,
    order::order,
    overrides::Conduct,
    parallel::{FEW, all, parallel},
    partners::{Workshop, not_here, of_one_class},
    raw::RawScenario,
    request::Request,
    scenario::{Scenario, whole_line},
    select::{Filter, Lines},
    tags::{self, tag_place},
};
use crate::{
    catalog::{Catalog, Workspace},
    contract::source::{Part, Source},
    evidence::{
        ContractInfo, Diagnostic, EnvironmentInfo, IntegrationInfo, PlannedScenario, PlannedStep,
        Redactor, RunPlanned, SCHEMA_VERSION, SafetyClass, Shard, nearest,
    },
    steps::{Compiled, Partner, Partners, Scope, StepText},
    transport::{Clock, Pace, Secrets},
};

/// A plan, complete: what will be sent, and to whom.
#[derive(Debug)]
pub struct Plan {
    /// What the first event tells.
    pub info: RunPlanned,
    pub(super) scenarios: Vec<Scenario>,
    pub(super) request: Request,
    pub(super) redactor: Redactor,
    pub(super) secrets: Secrets,
    pub(super) pace: Pace,
    pub(super) control_targets: Vec<String>,
    pub(super) conduct: Conduct,
    /// What a person should know before it runs.
    pub(super) warnings: Vec<Diagnostic>,
}

/// What would run.
#[derive(Debug)]
pub struct Listed {
    /// The scenarios, in the order in which they would start.
    pub scenarios: Vec<PlannedScenario>,
    /// The part of the selection that they are.
    pub shard: Option<Shard>,
    /// What a person should know.
    pub warnings: Vec<Diagnostic>,
}

impl Plan {
    /// Gives the run another id, where a run of this id was there before.
    pub fn another_id(&mut self) {
        self.info.run_id = run_id(&Clock::wall().1);
    }

    /// What a person should know before it runs; the run tells it too.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }
}

/// A parsed feature file with its selected scenarios.
struct File {
    source: Arc<Source>,
    /// The integration that its folder names; `None` for journeys.
    folder: Option<String>,
    scenarios: Vec<RawScenario>,
}

impl File {
    /// Scenarios of a file that one core compiles in a row.
    const PART: usize = 500;

    /// The file in parts, so that a long one is compiled by all cores.
    fn parts(self) -> Vec<Self> {
        if self.scenarios.len() <= Self::PART {
            return vec![self];
        }
        let mut scenarios = self.scenarios.into_iter();
        let count = scenarios.len().div_ceil(Self::PART);
        let part = |_| Self {
            source: Arc::clone(&self.source),
            folder: self.folder.clone(),
            scenarios: scenarios.by_ref().take(Self::PART).collect(),
        };
        (0..count).map(part).collect()
    }
}

/// Says what would run. Needs no secret.
pub fn list(
    workspace: &Workspace,
    catalog: &Catalog,
    mut request: Request,
) -> Result<Listed, Vec<Diagnostic>> {
    let Drawn { planned, warnings, .. } = draw(workspace, catalog, &mut request)?;
    let Request { settings, seed, first, .. } = request;
    let order = order(settings.order, seed, &planned, first.as_ref());
    let mut planned: Vec<_> = planned.into_iter().map(Some).collect();
    let scenarios = order.into_iter().filter_map(|index| planned[index as usize].take()).collect();
    Ok(Listed { scenarios, shard: settings.shard, warnings })
}

/// Makes the plan. Err: everything that is wrong, of all files at once.
pub fn plan(
    workspace: &Workspace,
    catalog: &Catalog,
    mut request: Request,
) -> Result<Plan, Vec<Diagnostic>> {
    let Drawn { planned, scenarios, warnings } = draw(workspace, catalog, &mut request)?;
    let pace = match request.environment.class {
        SafetyClass::Mock => Pace::scaled(request.mock_time),
        SafetyClass::Test | SafetyClass::Live => Pace::REAL,
    };
    let secrets = Secrets {
        class: request.environment.class,
        seed: request.seed,
        workspace: workspace.root.clone(),
    };
    let redactor = redactor(&planned, &scenarios, &secrets)?;
    let info = info(&request, planned, &scenarios);
    let control_targets = workspace.control_targets.clone();
    let conduct = request.overrides.conduct(&info.scenarios);
    Ok(Plan {
        info,
        scenarios,
        request,
        redactor,
        secrets,
        pace,
        control_targets,
        conduct,
        warnings,
    })
}

/// The selected scenarios, resolved.
struct Drawn {
    planned: Vec<PlannedScenario>,
    scenarios: Vec<Scenario>,
    warnings: Vec<Diagnostic>,
}

/// Parses, selects and resolves.
fn draw(
    workspace: &Workspace,
    catalog: &Catalog,
    request: &mut Request,
) -> Result<Drawn, Vec<Diagnostic>> {
    // Every record as it stands where the run takes place.
    let catalog = &catalog.chosen(workspace, &request.environment.name, &request.choice)?;
    of_one_class(catalog, &request.environment)?;
    for id in &request.filter.integrations {
        catalog.integration(id).map_err(|d| vec![d])?;
    }
    let paths = load::paths(&workspace.root).map_err(|d| vec![d])?;
    missing_paths(workspace, &request.filter, &paths)?;
    let paths: Vec<PathBuf> = paths.into_iter().filter(|p| request.filter.wants_file(p)).collect();
    // One file is spread over the cores scenario by scenario, many file by file.
    let spread = paths.len() < FEW;
    let files = parallel(paths, Texts::default, |texts, path| {
        file(workspace, catalog, &request.filter, &path, texts, spread)
    });
    let files = all(files)?;
    let files: Vec<File> = files.into_iter().filter(|f| !f.scenarios.is_empty()).collect();

    let environment = (request.environment.name.as_str(), request.environment.class);
    let mut workshop = Workshop::new(workspace, catalog, environment, request.seed);
    let partners = Versions::new(&mut workshop, catalog, &files)?;
    let parts = files.into_iter().flat_map(File::parts).collect();
    let compiled = all(parallel(parts, Known::default, |known, part| {
        compile_part(&partners, request, part, known)
    }))?;
    let count = compiled.iter().map(Vec::len).sum();
    let (mut planned, mut scenarios) = (Vec::with_capacity(count), Vec::with_capacity(count));
    for (told, scenario) in compiled.into_iter().flatten() {
        planned.push(told);
        scenarios.push(scenario);
    }
    same_ids(&planned, &scenarios)?;
    let last = request.filter.failed_in.as_ref();
    let warnings = last.map(|l| l.warnings(&workspace.root, &planned, &request.environment));
    if let Some(part) = request.part {
        let (shard, own_planned, own) = part.keep(planned, scenarios);
        request.settings.shard = Some(shard);
        (planned, scenarios) = (own_planned, own);
    }
    Ok(Drawn { planned, scenarios, warnings: warnings.unwrap_or_default() })
}

/// A path on the command line that holds no feature file is a mistake.
fn missing_paths(
    workspace: &Workspace,
    filter: &Filter,
    paths: &[PathBuf],
) -> Result<(), Vec<Diagnostic>> {
    let mut problems = filter.lines_of_folders(paths);
    let missing =
        filter.paths.iter().filter(|wanted| !paths.iter().any(|path| wanted.holds(path))).map(
            |wanted| {
                let shown = load::relative(&workspace.root, &wanted.path);
                let known: Vec<String> =
                    paths.iter().map(|p| load::relative(&workspace.root, p)).collect();
                let diagnostic = Diagnostic::error("there is no feature file at this path")
                    .expected("a feature file or a folder below features/")
                    .actual(&shown);
                match nearest(&shown, known.iter().map(String::as_str)) {
                    Some(near) => diagnostic.help(format!("did you mean {near}?")),
                    None => diagnostic.help("paths are relative to the folder you are in"),
                }
            },
        );
    problems.extend(missing);
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// Reads a file and keeps the scenarios that tags, name and place select.
fn file(
    workspace: &Workspace,
    catalog: &Catalog,
    filter: &Filter,
    path: &std::path::Path,
    texts: &Texts,
    spread: bool,
) -> Result<File, Vec<Diagnostic>> {
    let source = Arc::new(load::read(&workspace.root, path).map_err(|d| vec![d])?);
    let folder = folder(&source.path).map(str::to_owned);
    if let Some(id) = &folder
        && !catalog.integrations.contains_key(id)
    {
        let problem = Diagnostic::error(format!("the folder names no integration: `{id}`"))
            .at(source.place_at(1, 1, 1), "")
            .expected("a folder named as a record of the catalog, or features/journeys/");
        let known = catalog.integrations.keys().map(String::as_str);
        return Err(vec![match nearest(id, known) {
            Some(near) => problem.help(format!("did you mean features/{near}/?")),
            None => problem.help(format!("add its record as catalog/{id}.yaml")),
        }]);
    }
    let mut scenarios = feature::parse(&source, texts, spread).map_err(|d| vec![d])?;
    let wrong = filter.wrong_lines(path, &source);
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let lines = Lines::of(&scenarios);
    scenarios.retain(|s| {
        let id = || id(&source.path, s.rule.as_deref(), &s.name, &s.row);
        filter.wants(path, s, &lines) && filter.wants_id(id)
    });
    Ok(File { source, folder, scenarios })
}

/// The integration of a feature file's path; `None` for journeys.
fn folder(path: &str) -> Option<&str> {
    let first = path.strip_prefix("features/")?.split_once('/')?.0;
    (first != "journeys").then_some(first)
}

/// Partners with their current contracts, and with the versions that tags name.
struct Versions {
    current: Partners,
    tagged: BTreeMap<(String, String), Partners>,
}

impl Versions {
    fn new(
        workshop: &mut Workshop<'_>,
        catalog: &Catalog,
        files: &[File],
    ) -> Result<Self, Vec<Diagnostic>> {
        let journeys = files.iter().any(|f| f.folder.is_none());
        let mut ids: BTreeSet<&String> = files.iter().filter_map(|f| f.folder.as_ref()).collect();
        if journeys {
            ids.extend(catalog.integrations.keys());
        }
        let current = workshop.partners(ids.into_iter())?;
        let mut tagged = BTreeMap::new();
        for file in files {
            let tags = file.scenarios.iter().flat_map(|s| s.tags.iter().map(move |tag| (s, tag)));
            for (scenario, tag) in tags {
                let Some(version) = tag.strip_prefix("@contract:") else { continue };
                let place = || tag_place(&file.source, tag, scenario.line);
                let Some(id) = &file.folder else {
                    return Err(vec![tags::version_of_a_journey(place(), tag)]);
                };
                let key = (id.clone(), version.to_owned());
                if let std::collections::btree_map::Entry::Vacant(entry) = tagged.entry(key) {
                    let partner = workshop.version(id, version).map_err(|mut problems| {
                        for problem in problems.iter_mut().filter(|p| p.marks.is_empty()) {
                            *problem = problem.clone().maybe_at(place(), "");
                        }
                        problems
                    })?;
                    let mut partners = current.clone();
                    partners.insert(id.clone(), Arc::new(partner));
                    entry.insert(partners);
                }
            }
        }
        Ok(Self { current, tagged })
    }

    fn of(&self, folder: Option<&str>, scenario: &RawScenario) -> &Partners {
        let version = scenario.tags.iter().find_map(|tag| tag.strip_prefix("@contract:"));
        match (folder, version) {
            (Some(id), Some(version)) => {
                self.tagged.get(&(id.to_owned(), version.to_owned())).unwrap_or(&self.current)
            }
            _ => &self.current,
        }
    }
}

type CompiledScenario = (PlannedScenario, Scenario);

/// Resolves every sentence of a file's scenarios, or of a part of them.
fn compile_part(
    partners: &Versions,
    request: &Request,
    part: File,
    known: &mut Known,
) -> Result<Vec<CompiledScenario>, Vec<Diagnostic>> {
    let (mut compiled, mut problems) = (Vec::with_capacity(part.scenarios.len()), Vec::new());
    let mut common = Common::of(&part);
    for raw in part.scenarios {
        let partners = partners.of(common.folder.as_deref(), &raw);
        match scenario(partners, request, &mut common, raw, known) {
            Ok(Some(scenario)) => compiled.push(scenario),
            Ok(None) => {}
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() { Ok(compiled) } else { Err(problems) }
}

/// What the scenarios of a file have in common, held once.
struct Common {
    source: Arc<Source>,
    folder: Option<String>,
    path: Arc<str>,
    /// What the last one touched; the next does mostly too.
    touched: Arc<[String]>,
}

impl Common {
    fn of(file: &File) -> Self {
        Self {
            source: Arc::clone(&file.source),
            folder: file.folder.clone(),
            path: file.source.path.as_str().into(),
            touched: Arc::default(),
        }
    }

    fn touched(&mut self, ids: BTreeSet<String>) -> Arc<[String]> {
        if !self.touched.iter().eq(&ids) {
            self.touched = ids.into_iter().collect();
        }
        Arc::clone(&self.touched)
    }
}

/// Resolves one scenario; `None` where the integration filter leaves it out.
fn scenario(
    partners: &Partners,
    request: &Request,
    common: &mut Common,
    raw: RawScenario,
    known: &mut Known,
) -> Result<Option<CompiledScenario>, Vec<Diagnostic>> {
    let source = &common.source;
    let mut scope = Scope::new(partners, common.folder.as_deref());
    scope.columns = raw.row.iter().map(|cell| cell.name.to_string()).collect();
    if let Some(id) = &common.folder {
        scope.touched.insert(id.clone());
    }
    let count = raw.steps.len();
    let (mut steps, mut told) = (Vec::with_capacity(count), Vec::with_capacity(count));
    let mut problems = Vec::new();
    let tags = tags::steering(source, &raw);
    for step in raw.steps {
        let text = StepText {
            source,
            line: step.line,
            text: &step.text,
            table: step.table,
            doc_string: step.doc_string,
        };
        match known.compile(&step.text, &text, &mut scope) {
            Ok(compiled) => steps.push(compiled),
            Err(problem) => problems.push(problem),
        }
        told.push(PlannedStep { keyword: step.keyword, text: step.text, line: step.line });
    }
    if steps.is_empty() && problems.is_empty() {
        problems.push(
            Diagnostic::error("the scenario has no steps")
                .at(whole_line(source, raw.line), "")
                .help("say what we do and what we expect, or remove it"),
        );
    }
    let tags = tags.map_err(|p| problems.push(p)).unwrap_or_default();
    if !problems.is_empty() {
        return Err(problems);
    }
    if !request.filter.wants_integration(scope.touched.iter().map(String::as_str)) {
        return Ok(None);
    }
    let mut touched = Vec::with_capacity(scope.touched.len());
    touched.extend(scope.touched.iter().filter_map(|id| partners.get(id)).cloned());
    let skip = skip_reason(&request.environment, &touched, tags.only, &steps);
    let (source, ids) = (Arc::clone(source), scope.touched);
    let planned = PlannedScenario {
        id: id(&source.path, raw.rule.as_deref(), &raw.name, &raw.row),
        file: Arc::clone(&common.path),
        feature: raw.feature,
        rule: raw.rule,
        name: raw.name,
        row: raw.row,
        line: raw.line,
        tags: raw.tags,
        integrations: common.touched(ids),
        steps: told,
        skip,
    };
    Ok(Some((planned, Scenario { source, steps, partners: touched, retries: tags.retries })))
}

/// Why a scenario does not run in this environment, if so.
fn skip_reason(
    environment: &EnvironmentInfo,
    touched: &[Arc<Partner>],
    only: Option<SafetyClass>,
    steps: &[Arc<Compiled>],
) -> Option<String> {
    let class = environment.class;
    if let Some(reason) =
        touched.iter().find_map(|p| not_here(&p.integration, &environment.name, class))
    {
        return Some(reason);
    }
    if let Some(only) = only.filter(|only| *only != class) {
        return Some(format!("tagged @only:{}, and this is class {}", only.word(), class.word()));
    }
    let needs = class != SafetyClass::Mock && steps.iter().any(|step| step.needs_stand_in());
    needs.then(|| "its sentences need a stand-in (class mock)".to_owned())
}

/// Feature path, rule, name and row: never a line, so that it outlives edits.
pub(super) fn id(
    path: &str,
    rule: Option<&str>,
    name: &str,
    row: &[crate::evidence::Cell],
) -> String {
    let path = path.strip_prefix("features/").unwrap_or(path);
    let cells = row
        .iter()
        .enumerate()
        .flat_map(|(at, cell)| [if at == 0 { " [" } else { " | " }, cell.value.as_str()]);
    let parts: Vec<&str> = std::iter::once(path)
        .chain(rule.into_iter().chain([name]).flat_map(|part| ["::", part]))
        .chain(cells)
        .chain((!row.is_empty()).then_some("]"))
        .collect();
    parts.concat()
}

/// UTC start and four random characters.
fn run_id(stamp: &str) -> String {
    format!("{stamp}-{:04x}", fastrand::u16(..))
}

/// Two scenarios of one id could not be told apart in any report.
fn same_ids(planned: &[PlannedScenario], scenarios: &[Scenario]) -> Result<(), Vec<Diagnostic>> {
    let mut seen: HashMap<&str, usize> = HashMap::with_capacity(planned.len());
    let mut problems = Vec::new();
    for (index, scenario) in planned.iter().enumerate() {
        if let Some(first) = seen.insert(&scenario.id, index) {
            let (expected, help) = if scenario.row.is_empty() {
                ("a name of its own for each scenario of a file and rule", "rename one")
            } else {
                ("another value in at least one cell of each row", "remove or change one row")
            };
            problems.push(
                Diagnostic::error("two scenarios have one id")
                    .at(scenarios[index].place(scenario, None), "the second")
                    .at(scenarios[first].place(&planned[first], None), "the first")
                    .expected(expected)
                    .actual(&scenario.id)
                    .help(format!("{help}; results are compared by this id over runs")),
            );
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// Finds every secret that the run needs, so that a missing one stops it here,
/// and makes the redactor that masks them.
fn redactor(
    planned: &[PlannedScenario],
    scenarios: &[Scenario],
    secrets: &Secrets,
) -> Result<Redactor, Vec<Diagnostic>> {
    let mut needed = BTreeMap::new();
    let running = planned.iter().zip(scenarios).filter(|(told, _)| told.skip.is_none());
    for partner in running.flat_map(|(_, scenario)| &scenario.partners) {
        needed.entry(partner.integration.id.as_str()).or_insert(&partner.integration);
    }
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    let schemes = needed.into_values().flat_map(|i| i.auths().map(move |auth| (i, auth)));
    for (integration, (auth, pointer)) in schemes {
        match secrets.of(auth) {
            Ok(secrets) => found.extend(secrets),
            Err(reason) => problems.push(
                Diagnostic::error("a secret is missing, or not usable")
                    .maybe_at(integration.source.locate(&pointer, Part::Value), "needed here")
                    .expected("a value under the name that the record gives, on one line")
                    .actual(reason)
                    .help("set it, or run in the environment `mock`, which needs no secret"),
            ),
        }
    }
    if problems.is_empty() { Ok(Redactor::new(&found)) } else { Err(problems) }
}

fn info(request: &Request, planned: Vec<PlannedScenario>, scenarios: &[Scenario]) -> RunPlanned {
    let (mut integrations, mut contracts) = (BTreeMap::new(), BTreeMap::new());
    for partner in scenarios.iter().flat_map(|s| &s.partners) {
        let (record, contract) = (&partner.integration, &partner.contract);
        let told = integrations.entry(record.id.clone()).or_insert_with(|| IntegrationInfo {
            id: record.id.clone(),
            owner: record.owner.clone(),
            criticality: record.criticality.word().to_owned(),
            contract: contract.id.clone(),
            instance: record.instance.clone(),
            other_contracts: Vec::new(),
        });
        if told.contract != contract.id && !told.other_contracts.contains(&contract.id) {
            told.other_contracts.push(contract.id.clone());
            if contract.id == record.contract.current
                && let Some(last) = told.other_contracts.last_mut()
            {
                std::mem::swap(&mut told.contract, last);
            }
        }
        contracts.entry(contract.id.clone()).or_insert_with(|| ContractInfo {
            id: contract.id.clone(),
            file: contract.sources.root().path.clone(),
            sha256: contract.sha256.clone(),
        });
    }
    let (started_at, stamp) = Clock::wall();
    RunPlanned {
        schema_version: SCHEMA_VERSION,
        run_id: run_id(&stamp),
        started_at,
        probe_version: env!("CARGO_PKG_VERSION").to_owned(),
        profile: request.profile.clone(),
        environment: request.environment.clone(),
        seed: request.seed,
        scenario_timeout_ms: Some(request.scenario_timeout.as_secs_f64() * 1e3),
        set: request.choice.settings.clone(),
        settings: request.settings.clone(),
        integrations: integrations.into_values().collect(),
        contracts: contracts.into_values().collect(),
        scenarios: planned,
    }
}
