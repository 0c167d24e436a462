//! Loads records from `catalog/*.yaml`; the file of this room that touches the disk.

use std::{collections::BTreeMap, fs, io, path::Path, sync::Arc, thread};

use serde_json::Value;

use super::{
    Choice, Dependency, Integration, Workspace,
    choice::Chosen,
    defaults::{self, Defaults},
    layers::{Layers, Over},
    problems::{Problems, suggestion},
    values,
};
use crate::{contract::source::Source, evidence::Diagnostic};

/// The folder of records.
const FOLDER: &str = "catalog";

/// All integrations of a workspace by id.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// The integrations by id, the record's file name.
    pub integrations: BTreeMap<String, Arc<Integration>>,
    /// The records as written, by id.
    records: BTreeMap<String, Arc<Layers>>,
}

impl Catalog {
    /// Loads every record. All problems of all records are listed. A workspace
    /// without records has an empty catalog.
    pub fn load(workspace: &Workspace) -> Result<Self, Vec<Diagnostic>> {
        let files = records(&workspace.root).map_err(|error| {
            let title = format!("cannot read the folder {FOLDER}");
            vec![Diagnostic::error(title).actual(error.to_string())]
        })?;
        let mut catalog = Self::default();
        let mut problems = Vec::new();
        let shared = shared(&workspace.root)?;
        // Of all files, also those that are wrong: one mistake is told once.
        let ids: Vec<&str> = files.iter().map(|file| id(file)).collect();
        let read = on_all_cores(&files, |file| record(workspace, &shared, file));
        for (file, read) in files.iter().zip(read) {
            match read {
                Ok((layers, integration)) => {
                    let id = integration.id.clone();
                    catalog.records.insert(id.clone(), Arc::new(layers));
                    if catalog.integrations.insert(id, Arc::new(integration)).is_some() {
                        problems.push(
                            Diagnostic::error(format!("{file} is a second record of one id"))
                                .help("keep one of `.yaml` and `.yml`"),
                        );
                    }
                }
                Err(wrong) => problems.extend(wrong),
            }
        }
        problems.extend(catalog.integrations.values().flat_map(|i| unknown_dependencies(i, &ids)));
        // What is wrong with a shared part is told once.
        let mut told = Vec::with_capacity(problems.len());
        problems.retain(|problem| {
            !told.contains(problem) && {
                told.push(problem.clone());
                true
            }
        });
        if problems.is_empty() { Ok(catalog) } else { Err(problems) }
    }

    /// The catalog as it stands in an environment, with the instances that a run
    /// chose and the values that it set.
    pub fn chosen(
        &self,
        workspace: &Workspace,
        environment: &str,
        choice: &Choice,
    ) -> Result<Self, Vec<Diagnostic>> {
        let chosen = Chosen::of(choice, self)?;
        let mut standing = self.clone();
        let mut problems = Vec::new();
        for (id, record) in &self.records {
            let over = Over {
                environment: Some(environment),
                instance: chosen.instances.get(id).map(String::as_str),
                settings: chosen.settings.get(id.as_str()).map_or(&[], Vec::as_slice),
            };
            if record.is_unchanged(over) {
                continue;
            }
            match record.resolve(over, workspace) {
                Ok(integration) => {
                    standing.integrations.insert(id.clone(), Arc::new(integration));
                }
                Err(wrong) => problems.extend(wrong),
            }
        }
        if problems.is_empty() { Ok(standing) } else { Err(problems) }
    }

    /// The integration of this id. Err: unknown, with the nearest known one.
    pub fn integration(&self, id: &str) -> Result<&Arc<Integration>, Diagnostic> {
        self.integrations.get(id).ok_or_else(|| {
            let known = self.integrations.keys().map(String::as_str);
            Diagnostic::error(format!("unknown integration `{id}`"))
                .note(format!("each integration has a record in `{FOLDER}/`"))
                .help(suggestion(id, known, "integrations"))
        })
    }
}

/// Applies `read` to all files on all cores: records are long, and each run
/// reads them all.
fn on_all_cores<R: Send>(files: &[String], read: impl Fn(&str) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let share = files.len().div_ceil(cores).max(1);
    let all = |files: &[String]| files.iter().map(|file| read(file)).collect::<Vec<R>>();
    thread::scope(|scope| {
        let (first, rest) = files.split_at(share.min(files.len()));
        let others: Vec<_> = rest.chunks(share).map(|files| scope.spawn(|| all(files))).collect();
        let mut results = all(first);
        for other in others {
            match other.join() {
                Ok(more) => results.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        results
    })
}

/// Reads a text file of the workspace.
pub(super) fn read(root: &Path, path: &str) -> Result<Source, Diagnostic> {
    fs::read_to_string(root.join(path)).map(|text| Source::new(path, text)).map_err(|error| {
        let reason = match error.kind() {
            io::ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
            _ => error.to_string(),
        };
        Diagnostic::error(format!("cannot read {path}"))
            .actual(reason)
            .help(format!("expected it in {}", root.display()))
    })
}

/// The record files relative to the workspace, in order.
fn records(root: &Path) -> io::Result<Vec<String>> {
    let folder = match fs::read_dir(root.join(FOLDER)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        folder => folder?,
    };
    let mut files = Vec::new();
    for entry in folder {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let is_record = matches!(name.rsplit_once('.'), Some((_, "yaml" | "yml")));
        let file = format!("{FOLDER}/{name}");
        if is_record && !name.starts_with('.') && file != defaults::FILE {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

/// What records share, where there is such a file.
fn shared(root: &Path) -> Result<Defaults, Vec<Diagnostic>> {
    if !root.join(defaults::FILE).exists() {
        return Ok(Defaults::default());
    }
    Defaults::read(&Arc::new(read(root, defaults::FILE).map_err(|problem| vec![problem])?))
}

/// Reads one record, over the parts that it extends.
fn record(
    workspace: &Workspace,
    shared: &Defaults,
    file: &str,
) -> Result<(Layers, Integration), Vec<Diagnostic>> {
    let source = Arc::new(read(&workspace.root, file).map_err(|problem| vec![problem])?);
    let id = id(file);
    if !values::is_integration_id(id) {
        return Err(vec![
            Diagnostic::error(format!("`{id}` is not an integration id"))
                .at(source.place(0..0), "the file's name is the id")
                .expected("small letters, digits, `-` and `.`, such as `stripe.payments`")
                .actual(format!("`{id}`"))
                .help("rename the file"),
        ]);
    }
    let value = source.parse().map_err(|problem| vec![problem])?;
    let extends = extends(&source, shared, &value)?;
    let layers = Layers::new(id, &source, shared.under(&extends), value);
    let integration = layers.resolve(Over::default(), workspace)?;
    let wrong = layers.wrong_somewhere(workspace);
    if wrong.is_empty() { Ok((layers, integration)) } else { Err(wrong) }
}

/// The id that a record's file gives it.
fn id(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml")).unwrap_or(name)
}

/// Integrations that a record depends on and that have no record.
fn unknown_dependencies(integration: &Integration, ids: &[&str]) -> Vec<Diagnostic> {
    let mut problems = Problems::new(&integration.source);
    let needed = integration.about.depends_on.iter().flatten().enumerate();
    for (index, dependency) in needed {
        let Dependency::Integration(id) = dependency else { continue };
        if !ids.contains(&&**id) {
            let problem = problems
                .value(
                    &format!("/about/depends_on/{index}/integration"),
                    format!("unknown integration `{id}`"),
                )
                .expected("the id of a record in `catalog/`")
                .actual(format!("`{id}`"))
                .help(suggestion(id, ids.iter().copied(), "integrations"))
                .help("or say `system` for what has no record");
            problems.push(problem);
        }
    }
    problems.sorted()
}

/// The parts that a record extends. What is no list of names is told when the
/// record is decoded.
fn extends(
    source: &Source,
    shared: &Defaults,
    record: &Value,
) -> Result<Vec<String>, Vec<Diagnostic>> {
    let names = record.get("extends").and_then(Value::as_array);
    let names: Vec<String> =
        names.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    let mut problems = Problems::of_file(source);
    for (index, name) in names.iter().enumerate() {
        if let Some(unknown) = shared.unknown(&problems, name, &format!("/extends/{index}")) {
            problems.push(unknown);
        }
    }
    problems.or(names)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        catalog::{
            Auth, Backoff, Criticality, Deadline, Effect, Jitter, Limits, Retry, RetryOn,
            SecretName, Status,
        },
        evidence::SafetyClass,
    };

    fn load(records: &[(&str, &str)]) -> Result<Catalog, Vec<Diagnostic>> {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = "[environments]\nsandbox = { class = \"test\" }\n";
        fs::write(folder.path().join("probe.toml"), settings).expect("a file");
        fs::create_dir(folder.path().join(FOLDER)).expect("a folder");
        for (file, text) in records {
            fs::write(folder.path().join(FOLDER).join(file), text).expect("a file");
        }
        Catalog::load(&Workspace::load(folder.path()).expect("the settings are right"))
    }

    const FULL: &str = r##"
status: beta
owner: payments
criticality: high
contract: {current: payments/transactions/v3, previous: none, described_from: partner}
environments:
  sandbox: {base_url: https://api.example.com/}
  uat: {class: live, base_url: http://localhost:8080/v1, allow_writes: true}
auth: {scheme: api_key, header: X-Api-Key, secret: env:KEY}
operations:
  createPayment: {alias_of: PostPayments, effect: writes, idempotency: {header: Idempotency-Key}, undo: cancelPayment, timeout: 20 s}
  search: {effect: reads, auth: {scheme: basic, user: env:USER}}
  whoAmI: {auth: {scheme: bearer}}
  ping: {auth: {scheme: none}}
limits: {rate: 120 per minute, burst: 5, concurrency: 2, shared: true, throttled_by: [429, 503]}
retry: {on: [throttled, 5xx, connect, timeout], attempts: 3, backoff: {exponential: 1 s, cap: 8 s, jitter: none}}
timeout: 5 s
tolerate: [{at: "#/paths", class: tolerated, reason: known, owner: payments, expires: 2027-01-31}]
failure_modes: {rate-limit: {}, timeout: {}, webhook-duplicate: {unproven: {reason: no webhooks yet, until: 2027-03-01}}}
about: {purpose: money, kind: [rest, webhook], sev: 2, secrets: {env:KEY: {rotate_every: 90 days, rotated: 2026-10-01}}}
x-team: ours
"##;

    #[test]
    fn a_full_record_is_read_as_meant() {
        let catalog = load(&[("acme.payments.yaml", FULL)]).expect("the record is right");
        let record = catalog.integration("acme.payments").expect("it is there");
        assert_eq!(record.status, Status::Beta);
        assert_eq!((record.owner.as_str(), record.criticality), ("payments", Criticality::High));
        assert_eq!(record.contract.current, "payments/transactions/v3");
        assert_eq!(record.contract.previous, None);
        let environments: Vec<_> = record
            .environments
            .iter()
            .map(|(name, e)| (name.as_str(), e.class, e.base_url.as_deref(), e.allow_writes))
            .collect();
        let expected = [
            ("mock", SafetyClass::Mock, None, false),
            ("sandbox", SafetyClass::Test, Some("https://api.example.com"), false),
            ("uat", SafetyClass::Live, Some("http://localhost:8080/v1"), true),
        ];
        assert_eq!(environments, expected);
        let Auth::ApiKey { header, secret } = &record.auth else { panic!("{:?}", record.auth) };
        assert_eq!((header.as_str(), secret), ("x-api-key", &SecretName::Env("KEY".into())));
        assert_eq!(record.auth("createPayment"), &record.auth);
        let user = SecretName::Env("USER".into());
        assert_eq!(record.auth("search"), &Auth::Basic { user, password: None });
        assert_eq!(record.auth("whoAmI"), &Auth::ScenarioToken);
        assert_eq!(record.auth("ping"), &Auth::None);
        let places: Vec<_> = record.auths().map(|(_, pointer)| pointer).collect();
        let own = ["ping", "search", "whoAmI"].map(|name| format!("/operations/{name}/auth"));
        assert_eq!(places, [&["/auth".to_owned()][..], &own].concat());
        let settings = record.settings("createPayment");
        assert_eq!(settings.key_header(), Some("idempotency-key"));
        assert_eq!(settings.timeout, Some(Duration::from_secs(20)));
        assert_eq!(record.contract_name("createPayment"), "PostPayments");
        assert_eq!(record.scenario_name("PostPayments"), "createPayment");
        assert_eq!(record.effect("search", "POST"), Effect::Reads);
        let limits = Limits {
            rate: Some(2.0),
            burst: 5,
            concurrency: 2,
            shared: true,
            throttled_by: [429, 503].map(crate::catalog::Throttling::status).to_vec(),
            wait_by: Vec::new(),
        };
        assert_eq!(record.limits, limits);
        let seconds = Duration::from_secs;
        let backoff = Backoff { first: seconds(1), cap: seconds(8), jitter: Jitter::None };
        let on = vec![RetryOn::Throttled, RetryOn::ServerError, RetryOn::Connect, RetryOn::Timeout];
        assert_eq!(record.retry, Some(Retry { on, attempts: 3, backoff }));
        assert_eq!(record.timeout, seconds(5));
        assert_eq!(record.tolerances.waivers[0].at, "#/paths");
        let modes: Vec<_> = record.failure_modes.keys().map(String::as_str).collect();
        assert_eq!(modes, ["rate-limit", "timeout", "webhook-duplicate"]);
        let deadline = |date: &str, what: &str, pointer: &str| Deadline {
            date: date.into(),
            what: what.into(),
            pointer: pointer.into(),
        };
        let expected = [
            deadline("2027-01-31", "the waiver of #/paths", "/tolerate/0/expires"),
            deadline(
                "2027-03-01",
                "the excuse for `webhook-duplicate`",
                "/failure_modes/webhook-duplicate/unproven/until",
            ),
        ];
        assert_eq!(record.deadlines, expected);
        assert!(record.left_out.is_empty());
    }

    #[test]
    fn a_draft_may_be_incomplete() {
        let text = "status: draft\ncontract: {current: a/b/v1}\n";
        let catalog = load(&[("a.b.yaml", text)]).expect("the record is right");
        let record = &catalog.integrations["a.b"];
        assert_eq!(record.limits, Limits::default());
        assert_eq!((record.retry.as_ref(), record.timeout), (None, Duration::from_secs(10)));
        assert_eq!(record.environments.len(), 1);
    }

    #[test]
    fn problems_of_all_records_are_listed_in_order() {
        let right = "contract: {current: a/b/v1}\n";
        let problems = load(&[
            ("b.yaml", "contract: {current: nowhere}\n"),
            ("a.yaml", "a: b: c"),
            ("C.yaml", right),
            ("d.yaml", right),
            ("d.yml", right),
            (".hidden.yaml", "{"),
            ("notes.txt", "{"),
        ])
        .expect_err("most are wrong");
        let titles: Vec<_> = problems.iter().map(|problem| problem.title.as_str()).collect();
        let expected = [
            "`C` is not an integration id",
            "broken YAML",
            "`nowhere` is not a contract id",
            "catalog/d.yml is a second record of one id",
        ];
        assert_eq!(titles, expected);
    }

    #[test]
    fn an_unknown_integration_comes_with_the_nearest() {
        let catalog = load(&[("acme.payments.yaml", FULL)]).expect("the record is right");
        let problem = catalog.integration("acme.payment").expect_err("no such integration");
        assert_eq!(problem.title, "unknown integration `acme.payment`");
        assert_eq!(problem.help, ["did you mean `acme.payments`?"]);
        let problem = catalog.integration("zzz").expect_err("no such integration");
        assert_eq!(problem.help, ["known integrations: `acme.payments`"]);
    }

    #[test]
    fn a_pasted_secret_is_in_no_message() {
        for auth in [
            "{scheme: bearer, secret: hunter2}",
            "{scheme: bearer, secrt: hunter2}",
            "{scheme: none, password: hunter2}",
            "hunter2",
            "[hunter2]",
            "{scheme: none}\nabout: {secrets: {hunter2: {rotate_every: 90 days}}}",
        ] {
            let text = format!("contract: {{current: a/b/v1}}\nauth: {auth}\n");
            let problems = load(&[("a.yaml", &text)]).expect_err("a secret is no name");
            let said = format!("{problems:?}");
            assert!(!said.contains("hunter2"), "{said}");
        }
    }
}
