//! A record as meant: from what is written to an [`Integration`] that cannot be wrong.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use serde_json::Value;

use super::{
    About, Auth, Backoff, ContractUse, Criticality, Deadline, Environment, FAILURE_MODES,
    FailureMode, Idempotency, Integration, Limits, Maintenance, OperationSettings, Origins, Retry,
    Status, Workspace,
    problems::{Problems, escape, suggestion},
    values, written,
};
use crate::{
    contract::{
        DescribedFrom,
        source::{HumanDuration, Part},
    },
    evidence::{Diagnostic, SafetyClass},
};

/// Limit of one attempt where a record names none.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// A record as it stands for one environment and instance.
pub(super) struct Standing<'s> {
    pub(super) id: &'s str,
    pub(super) origins: &'s Arc<Origins>,
    /// What is decoded.
    pub(super) tree: &'s Arc<Value>,
    pub(super) instance: Option<&'s str>,
    /// The contract that the record itself names as current.
    pub(super) current: Option<&'s str>,
}

/// Resolves a record. All problems are listed.
pub(super) fn resolve(
    standing: &Standing<'_>,
    written: written::Record,
    workspace: &Workspace,
) -> Result<Integration, Vec<Diagnostic>> {
    let &Standing { id, origins, tree, instance, current } = standing;
    let problems = Problems::new(origins);
    let mut meaning = Meaning { problems, workspace, deadlines: Vec::new() };
    let left_out = left_out(&written);
    let elsewhere = addressed(&written.instances);
    let integration = Integration {
        id: id.to_owned(),
        source: Arc::clone(origins),
        instance: instance.map(str::to_owned),
        instances: written.instances.into_keys().collect(),
        status: written.status.unwrap_or(Status::Ga),
        owner: written.owner.unwrap_or_default(),
        criticality: written.criticality.unwrap_or(Criticality::Medium),
        tolerances: meaning.tolerances(&written.contract, written.tolerate, written.failure_inside),
        contract: meaning.contract(written.contract, current),
        environments: meaning.environments(written.environments, &elsewhere),
        auth: written.auth.map_or(Auth::None, |auth| meaning.auth(&auth, "/auth")),
        operations: meaning.operations(written.operations),
        limits: written.limits.map_or_else(Limits::default, |limits| meaning.limits(limits)),
        retry: written.retry.map(|retry| meaning.retry(retry)),
        timeout: meaning.timeout(written.timeout, "/timeout").unwrap_or(DEFAULT_TIMEOUT),
        maintenance: meaning.maintenance(written.maintenance),
        failure_modes: meaning.failure_modes(written.failure_modes),
        about: meaning.about(written.about),
        tree: Arc::clone(tree),
        deadlines: std::mem::take(&mut meaning.deadlines),
        left_out,
    };
    meaning.problems.or(integration)
}

/// Environments in which some instance has an address of its own.
fn addressed(instances: &BTreeMap<String, written::Instance>) -> BTreeSet<String> {
    let environments = instances.values().flat_map(|instance| &instance.environments);
    environments.filter(|(_, e)| e.base_url.is_some()).map(|(name, _)| name.clone()).collect()
}

/// The keys whose absence a lint may want to tell.
fn left_out(written: &written::Record) -> Vec<&'static str> {
    [
        ("owner", written.owner.is_some()),
        ("criticality", written.criticality.is_some()),
        ("auth", written.auth.is_some()),
        ("limits", written.limits.is_some()),
        ("timeout", written.timeout.is_some()),
        ("failure_modes", !written.failure_modes.is_empty()),
    ]
    .into_iter()
    .filter(|(_, there)| !there)
    .map(|(key, _)| key)
    .collect()
}

/// A record on its way from written to meant.
pub(super) struct Meaning<'w> {
    pub(super) problems: Problems<'w>,
    workspace: &'w Workspace,
    deadlines: Vec<Deadline>,
}

impl Meaning<'_> {
    fn contract(&mut self, written: written::Contract, ground: Option<&str>) -> ContractUse {
        let previous_said = written.previous.is_some();
        let previous = written.previous.filter(|previous| previous.id != "none");
        let (previous, place) = match previous {
            Some(written::Previous { id, sunset: Some(sunset) }) => {
                let what = format!("the support of {id}");
                self.deadline(sunset, what, "/contract/previous/sunset".to_owned());
                (Some(id), "/contract/previous/id")
            }
            short => (short.map(|previous| previous.id), "/contract/previous"),
        };
        let ids = [("/contract/current", Some(&written.current)), (place, previous.as_ref())];
        for (pointer, id) in ids {
            if let Some(id) = id.filter(|id| !values::is_contract_id(id)) {
                let problem = self
                    .problems
                    .value(pointer, format!("`{id}` is not a contract id"))
                    .expected("`domain/name/vN`, such as `payments/transactions/v3`")
                    .actual(format!("`{id}`"))
                    .help("a contract id is the path of its folder below `contracts/`");
                self.problems.push(problem);
            }
        }
        let mut supported = vec![written.current.clone()];
        supported.extend(ground.map(str::to_owned).into_iter().chain(previous.clone()));
        let mut before = BTreeSet::new();
        supported.retain(|id| before.insert(id.clone()));
        ContractUse {
            supported,
            current: written.current,
            previous,
            previous_said,
            described_from: written.described_from.unwrap_or(DescribedFrom::Partner),
        }
    }

    /// The environments; those in `elsewhere` have an address for each instance.
    fn environments(
        &mut self,
        written: BTreeMap<String, written::Environment>,
        elsewhere: &BTreeSet<String>,
    ) -> BTreeMap<String, Environment> {
        let mock = Environment { class: SafetyClass::Mock, base_url: None, allow_writes: false };
        let mut environments = BTreeMap::from([("mock".to_owned(), mock)]);
        for (name, environment) in written {
            let pointer = format!("/environments/{}", escape(&name));
            let Some(class) = self.class(&name, environment.class, &pointer) else { continue };
            let base_url = match environment.base_url.as_deref() {
                None if elsewhere.contains(&name) => None,
                url => self.base_url(&name, class, url, &pointer),
            };
            let allow_writes = environment.allow_writes.unwrap_or(false);
            if allow_writes && class != SafetyClass::Live {
                let problem = self
                    .problems
                    .key(
                        &format!("{pointer}/allow_writes"),
                        format!("`allow_writes` means nothing in class {}", class.word()),
                    )
                    .help("only class live refuses writes: leave it out");
                self.problems.push(problem);
            }
            environments.insert(name, Environment { class, base_url, allow_writes });
        }
        environments
    }

    /// The class of an environment by `probe.toml`, the record, or both.
    fn class(
        &mut self,
        name: &str,
        said: Option<SafetyClass>,
        pointer: &str,
    ) -> Option<SafetyClass> {
        let agreed = self.workspace.environments.get(name).copied();
        match (agreed, said) {
            (Some(agreed), Some(said)) if agreed != said => {
                let there = format!("/environments/{}/class", escape(name));
                let problem = self
                    .problems
                    .value(
                        &format!("{pointer}/class"),
                        format!("environment `{name}` has two classes"),
                    )
                    .maybe_at(
                        self.workspace.source.locate(&there, Part::Value),
                        format!("`{}` here", agreed.word()),
                    )
                    .expected(format!("`{}`, as probe.toml says", agreed.word()))
                    .actual(format!("`{}`", said.word()))
                    .help("leave `class` out of the record, or make both agree");
                self.problems.push(problem);
                None
            }
            (None, None) => {
                let known = self.workspace.environments.keys().map(String::as_str);
                let problem = self
                    .problems
                    .key(pointer, format!("environment `{name}` has no class"))
                    .expected("`class` here, or the environment in probe.toml")
                    .actual("neither")
                    .help(suggestion(name, known, "environments"))
                    .help("or add `class: test` or `class: live`");
                self.problems.push(problem);
                None
            }
            (agreed, said) => said.or(agreed),
        }
    }

    fn base_url(
        &mut self,
        name: &str,
        class: SafetyClass,
        written: Option<&str>,
        pointer: &str,
    ) -> Option<String> {
        let pointer_of_url = format!("{pointer}/base_url");
        let problem = match (class, written) {
            (SafetyClass::Mock, None) => return None,
            (SafetyClass::Mock, Some(_)) => self
                .problems
                .key(
                    &pointer_of_url,
                    format!("environment `{name}` of class mock has a `base_url`"),
                )
                .help("class mock asks the embedded stand-in: leave `base_url` out"),
            (_, None) => self
                .problems
                .key(pointer, format!("environment `{name}` has no `base_url`"))
                .help("add `base_url: https://…`"),
            (_, Some(url)) => match values::base_url(url) {
                Ok(url) => return Some(url),
                // What stands before an `@` may be a password.
                Err(_) if url.contains('@') => self
                    .problems
                    .key(&pointer_of_url, format!("the `base_url` of `{name}` holds credentials"))
                    .help("name them under `auth`, never in the URL"),
                Err(reason) => self
                    .problems
                    .value(
                        &pointer_of_url,
                        format!("the `base_url` of `{name}` is no base URL: {reason}"),
                    )
                    .expected("an absolute URL such as `https://api.example.com`")
                    .actual(format!("`{url}`"))
                    .help("give scheme and host, and a path where the partner has one"),
            },
        };
        self.problems.push(problem);
        None
    }

    /// The name of a header field in lower case, or a problem.
    pub(super) fn header(&mut self, text: &str, pointer: &str) -> Option<String> {
        let name = values::header_name(text);
        if name.is_none() {
            let problem = self
                .problems
                .value(pointer, format!("`{text}` is not the name of a header field"))
                .expected("letters, digits and `-`")
                .actual(format!("`{text}`"));
            self.problems.push(problem);
        }
        name
    }

    /// Two names for one operation: which of the two settings would hold is nobody's to guess,
    /// and one of them may say that it only reads.
    fn twice(&mut self, written: &BTreeMap<String, written::Operation>) {
        let mut first: BTreeMap<&str, &str> = BTreeMap::new();
        for (name, operation) in written {
            let meant = operation.alias_of.as_deref().unwrap_or(name);
            let Some(other) = first.insert(meant, name) else { continue };
            let pointer = |name: &str| format!("/operations/{}", escape(name));
            let title = format!("operation `{meant}` has two names");
            let problem = Diagnostic::error(title)
                .maybe_at(self.problems.place_of_key(&pointer(name)), "the second")
                .maybe_at(self.problems.place_of_key(&pointer(other)), "the first")
                .help("keep one; where the body decides whether it writes, say so by `writes_if`");
            self.problems.push(problem);
        }
    }

    fn operations(
        &mut self,
        written: BTreeMap<String, written::Operation>,
    ) -> BTreeMap<String, OperationSettings> {
        self.twice(&written);
        written
            .into_iter()
            .map(|(name, operation)| {
                let pointer = format!("/operations/{}", escape(&name));
                let settings = OperationSettings {
                    alias_of: operation.alias_of,
                    effect: operation.effect,
                    writes_if: self.writes_if(
                        operation.writes_if,
                        operation.effect,
                        &format!("{pointer}/writes_if"),
                    ),
                    idempotency: operation
                        .idempotency
                        .and_then(|why| self.idempotency(why, &format!("{pointer}/idempotency"))),
                    undo: operation.undo,
                    timeout: self.timeout(operation.timeout, &format!("{pointer}/timeout")),
                    auth: operation.auth.map(|auth| self.auth(&auth, &format!("{pointer}/auth"))),
                };
                (name, settings)
            })
            .collect()
    }

    fn idempotency(&mut self, written: written::Idempotency, pointer: &str) -> Option<Idempotency> {
        match written {
            written::Idempotency::Header(name) => {
                self.header(&name, &format!("{pointer}/header")).map(Idempotency::Header)
            }
            written::Idempotency::BuiltIn => Some(Idempotency::BuiltIn),
            written::Idempotency::Guard(operation) => Some(Idempotency::Guard(operation)),
        }
    }

    fn timeout(&mut self, written: Option<HumanDuration>, pointer: &str) -> Option<Duration> {
        let HumanDuration(timeout) = written?;
        if timeout.is_zero() {
            self.more_than_nothing(pointer, "the timeout", "0 s");
        }
        Some(timeout)
    }

    fn more_than_nothing(&mut self, pointer: &str, what: &str, actual: &str) {
        let problem = self
            .problems
            .value(pointer, format!("{what} is nothing"))
            .expected("more than nothing")
            .actual(format!("`{actual}`"))
            .help("leave it out for the default");
        self.problems.push(problem);
    }

    fn limits(&mut self, written: written::Limits) -> Limits {
        let default = Limits::default();
        let rate = written.rate.map(|rate| rate.0);
        if rate.is_some_and(|rate| rate <= 0.0) {
            self.more_than_nothing("/limits/rate", "the rate", "0");
        }
        for (key, number) in [("burst", written.burst), ("concurrency", written.concurrency)] {
            if number == Some(0) {
                self.more_than_nothing(&format!("/limits/{key}"), &format!("`{key}`"), "0");
            }
        }
        let throttled_by = written.throttled_by.map(|forms| self.throttled_by(forms));
        Limits {
            rate,
            burst: written.burst.unwrap_or(default.burst),
            concurrency: written.concurrency.unwrap_or(default.concurrency),
            shared: written.shared.unwrap_or(default.shared),
            throttled_by: throttled_by.unwrap_or(default.throttled_by),
            wait_by: self.wait_by(written.wait_by),
        }
    }

    fn retry(&mut self, written: written::Retry) -> Retry {
        if written.attempts == 0 {
            let problem = self
                .problems
                .value("/retry/attempts", "zero attempts send nothing")
                .expected("1 or more, the first included")
                .actual("0")
                .help("leave `retry` out to never repeat");
            self.problems.push(problem);
        }
        let backoff = written.backoff.map_or_else(Backoff::default, |backoff| {
            let default = Backoff::default();
            let first = backoff.exponential.0;
            Backoff {
                first,
                cap: backoff.cap.map_or(default.cap.max(first), |cap| cap.0),
                jitter: backoff.jitter.unwrap_or(default.jitter),
            }
        });
        if backoff.cap < backoff.first {
            let problem = self
                .problems
                .value("/retry/backoff/cap", "the back-off's cap is shorter than its first wait")
                .help("raise `cap`, or lower `exponential`");
            self.problems.push(problem);
        }
        Retry { on: written.on, attempts: written.attempts, backoff }
    }

    fn maintenance(&mut self, written: Vec<Maintenance>) -> Vec<Maintenance> {
        for (index, window) in written.iter().enumerate().filter(|(_, w)| w.to <= w.from) {
            let problem = self
                .problems
                .value(&format!("/maintenance/{index}/to"), "a maintenance ends before it begins")
                .expected(format!("a time after {}", window.from))
                .actual(window.to.to_string());
            self.problems.push(problem);
        }
        written
    }

    fn failure_modes(
        &mut self,
        written: BTreeMap<String, written::FailureMode>,
    ) -> BTreeMap<String, FailureMode> {
        let mut modes = BTreeMap::new();
        for (name, mode) in written {
            let pointer = format!("/failure_modes/{}", escape(&name));
            if !self.is_failure_mode(&name, &pointer) {
                continue;
            }
            let unproven = mode.unproven.map(|unproven| {
                let what = format!("the excuse for `{name}`");
                let until = unproven.until.clone();
                self.deadline(until, what, format!("{pointer}/unproven/until"));
                (unproven.reason, unproven.until)
            });
            modes.insert(name, FailureMode { unproven, pointer });
        }
        modes
    }

    fn is_failure_mode(&mut self, name: &str, pointer: &str) -> bool {
        let known = FAILURE_MODES.iter().map(|(known, _)| *known);
        if known.clone().any(|known| known == name) {
            return true;
        }
        let problem = self
            .problems
            .key(pointer, format!("unknown failure mode `{name}`"))
            .help(suggestion(name, known, "failure modes"));
        self.problems.push(problem);
        false
    }

    /// `about:` with the names in it looked up; everything else about it is decoded already.
    fn about(&mut self, about: About) -> About {
        for name in about.failure_modes.iter().flat_map(BTreeMap::keys) {
            self.is_failure_mode(name, &format!("/about/failure_modes/{}", escape(name)));
        }
        for name in about.secrets.iter().flat_map(BTreeMap::keys) {
            if values::secret_name(name).is_none() {
                let problem = self
                    .problems
                    .key(
                        &format!("/about/secrets/{}", escape(name)),
                        "this is not the name of a secret",
                    )
                    .expected("`env:NAME` or `file:PATH`")
                    .actual("something else, not shown here")
                    .help("a record holds names only; what was pasted here must be rotated");
                self.problems.push(problem);
            }
        }
        about
    }

    pub(super) fn deadline(&mut self, date: String, what: String, pointer: String) {
        if values::is_date(&date) {
            self.deadlines.push(Deadline { date, what, pointer });
            return;
        }
        let problem = self
            .problems
            .value(&pointer, format!("`{date}` is not a date"))
            .expected("a date such as `2027-03-01`")
            .actual(format!("`{date}`"));
        self.problems.push(problem);
    }
}
