//! A record with all that may be laid over it: what it shares with others, what
//! holds in one environment or for one instance, and what one run changes.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::{Map, Value};

use super::{
    Integration, Workspace, hide, meant,
    merge::merge,
    origins::{Layer, Origins},
    problems::{escape, order},
    written,
};
use crate::{
    contract::source::{Part, Source, decode_placed, member_pointer},
    evidence::{Diagnostic, nearest},
};

/// What an override may not say; and why, in a file and on the command line.
const FIXED: &[(&str, [&str; 2])] = &[
    ("extends", ["only a record itself extends parts"; 2]),
    (
        "environments",
        [
            "an override holds in one environment already: write the value itself",
            "choose an environment with --env; its address is the record's matter",
        ],
    ),
    (
        "instances",
        [
            "an override holds for one instance already: write the value itself",
            "choose an instance with --instance",
        ],
    ),
];

/// Keys of an operation that decide whether a call of it writes.
const DECIDE_WRITES: [&str; 3] = ["effect", "writes_if", "alias_of"];

/// A record as written, before an environment or an instance is chosen.
#[derive(Clone, Debug)]
pub(super) struct Layers {
    id: String,
    source: Arc<Source>,
    /// Parts of `_defaults.yaml`, then the record's own file.
    ground: Vec<Layer>,
    /// The ground as one tree.
    tree: Arc<Value>,
}

/// What is laid over a record for one run.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Over<'o> {
    /// Where it runs; `None`: nowhere, the record by itself.
    pub(super) environment: Option<&'o str>,
    /// For which shop, tenant or account.
    pub(super) instance: Option<&'o str>,
    /// What the command line changes.
    pub(super) settings: &'o [Layer],
}

impl Layers {
    /// A record of this id in this file, over `under`, the weakest first.
    pub(super) fn new(id: &str, source: &Arc<Source>, mut under: Vec<Layer>, value: Value) -> Self {
        under.push(Layer::of_document(source, String::new(), value));
        let mut tree = Value::Object(Map::new());
        for layer in &under {
            merge(&mut tree, layer.value());
        }
        let (id, source) = (id.to_owned(), Arc::clone(source));
        Self { id, source, ground: under, tree: Arc::new(tree) }
    }

    /// The record as it stands under `over`. All problems are listed.
    pub(super) fn resolve(
        &self,
        over: Over<'_>,
        workspace: &Workspace,
    ) -> Result<Integration, Vec<Diagnostic>> {
        let mut above = self.overrides(over);
        let mut problems: Vec<Diagnostic> = above.iter().flat_map(fixed).collect();
        above.extend_from_slice(over.settings);
        problems.extend(over.settings.iter().flat_map(fixed));
        let mut tree = Arc::clone(&self.tree);
        for layer in &above {
            let before = layer.is_argument().then(|| Arc::clone(&tree));
            merge(Arc::make_mut(&mut tree), &layer.tree());
            if let Some(before) = before {
                problems.extend(takes_nothing(layer, &before));
                problems.extend(unsafe_change(layer, &before, &tree));
            }
        }
        let mut layers = self.ground.clone();
        layers.extend(above);
        let origins = Arc::new(Origins::new(&self.source, layers, self.ground.len() - 1));
        let locate = |pointer: &str, part| origins.locate(pointer, part);
        let hide = |problems| hide::hide(problems, &origins.texts());
        let decoded = decode_placed::<written::Record>(&tree, &locate);
        // A misspelt field that is taken away is told as misspelt.
        let written = match decoded {
            Ok(_) if !problems.is_empty() => return Err(hide(problems)),
            Ok(written) => written,
            Err(wrong) => return Err(hide(wrong)),
        };
        let standing = meant::Standing {
            id: &self.id,
            origins: &origins,
            tree: &tree,
            instance: over.instance,
            current: self.tree.pointer("/contract/current").and_then(Value::as_str),
        };
        meant::resolve(&standing, written, workspace).map_err(hide)
    }

    /// Whether nothing is laid over the record.
    pub(super) fn is_unchanged(&self, over: Over<'_>) -> bool {
        over.instance.is_none() && over.settings.is_empty() && self.overrides(over).is_empty()
    }

    /// What is wrong with the record in some environment or for some instance,
    /// though it is right by itself.
    pub(super) fn wrong_somewhere(&self, workspace: &Workspace) -> Vec<Diagnostic> {
        let mut problems: Vec<Diagnostic> = Vec::new();
        let instances: Vec<Option<&str>> =
            std::iter::once(None).chain(self.instances().map(Some)).collect();
        for instance in instances {
            let mut environments: BTreeSet<&str> = self.names("/environments").collect();
            if let Some(instance) = instance {
                let pointer = format!("/instances/{}/environments", escape(instance));
                environments.extend(self.names(&pointer));
            }
            for environment in std::iter::once(None).chain(environments.into_iter().map(Some)) {
                let over = Over { environment, instance, settings: &[] };
                if self.overrides(over).is_empty() {
                    continue;
                }
                for problem in self.resolve(over, workspace).err().into_iter().flatten() {
                    if !problems.contains(&problem) {
                        problems.push(problem);
                    }
                }
            }
        }
        problems.sort_by(|a, b| order(a).cmp(&order(b)));
        problems
    }

    /// The record's instances.
    pub(super) fn instances(&self) -> impl Iterator<Item = &str> {
        self.names("/instances")
    }

    fn names(&self, pointer: &str) -> impl Iterator<Item = &str> + use<'_> {
        let members = self.tree.pointer(pointer).and_then(Value::as_object);
        members.into_iter().flat_map(|members| members.keys().map(String::as_str))
    }

    /// What the record says for this environment and instance, the weakest first:
    /// the environment, the instance, the instance in the environment.
    fn overrides(&self, over: Over<'_>) -> Vec<Layer> {
        let mut wanted = Vec::new();
        let environment = over.environment.map(|name| member_pointer("/environments", name));
        if let Some(environment) = &environment {
            wanted.push((format!("{environment}/override"), String::new()));
        }
        if let Some(instance) = over.instance.map(|name| member_pointer("/instances", name)) {
            wanted.push((format!("{instance}/about"), "/about".to_owned()));
            wanted.push((format!("{instance}/override"), String::new()));
            if let Some(environment) = environment {
                let here = format!("{instance}{environment}");
                wanted.push((here.clone(), environment));
                wanted.push((format!("{here}/override"), String::new()));
            }
        }
        let each = wanted.iter().map(|(pointer, at)| {
            self.ground.iter().filter_map(move |layer| layer.section(pointer, at))
        });
        each.flatten().collect()
    }
}

/// What a layer changes that it may not.
fn fixed(layer: &Layer) -> Vec<Diagnostic> {
    let tree = layer.tree();
    // What an instance says of an environment is laid there by its own right.
    if !layer.is_argument() && !layer.at().is_empty() {
        return Vec::new();
    }
    let fixed = FIXED.iter().filter(|(key, _)| tree.get(key).is_some()).map(|(key, why)| {
        refuse(layer, &format!("/{key}"), format!("`{key}` cannot be overridden"))
            .help(why[usize::from(layer.is_argument())])
    });
    let contract = tree.get("contract").and_then(Value::as_object);
    let others =
        contract.into_iter().flat_map(|members| members.keys()).filter(|key| *key != "current");
    let others = others.map(|key| {
        let title = format!("`{key}` of a contract cannot be overridden");
        refuse(layer, &member_pointer("/contract", key), title)
            .help("an override names the version in use: `contract: {current: ..}`")
    });
    fixed.chain(others).collect()
}

/// What one run may not change: whether a call counts as a write decides what
/// is sent to a live partner, and belongs into a file that somebody reviews.
fn unsafe_change(layer: &Layer, before: &Value, after: &Value) -> Vec<Diagnostic> {
    let operations = |tree: &Value| tree.get("operations").and_then(Value::as_object).cloned();
    let (before, after) = (operations(before), operations(after));
    let names: BTreeSet<&String> = before.iter().chain(&after).flat_map(Map::keys).collect();
    let mut told = Vec::new();
    for name in names {
        for key in DECIDE_WRITES {
            let of = |tree: &Option<Map<String, Value>>| {
                tree.as_ref().and_then(|tree| tree.get(name)?.get(key).cloned())
            };
            if of(&before) != of(&after) {
                let pointer = format!("{}/{key}", member_pointer("/operations", name));
                let title = format!("`{key}` of `{name}` cannot be changed for one run");
                told.push(refuse(layer, &pointer, title).help(
                    "it decides what may be sent to a live partner: write it into the record",
                ));
            }
        }
    }
    told
}

fn refuse(layer: &Layer, pointer: &str, title: String) -> Diagnostic {
    Diagnostic::error(title).maybe_at(layer.place(pointer, Part::Key), "")
}

/// An argument that takes away what is not there: whoever removes a protection
/// must not believe that it was there and is gone.
fn takes_nothing(layer: &Layer, tree: &Value) -> Option<Diagnostic> {
    let there = tree.pointer(layer.at()).is_some_and(|value| !value.is_null());
    if there || !layer.value().is_null() {
        return None;
    }
    // The deepest part that is there tells what could have been meant.
    let (mut above, mut missing) = layer.at().rsplit_once('/')?;
    while tree.pointer(above).is_none() {
        (above, missing) = above.rsplit_once('/')?;
    }
    let known = tree.pointer(above).and_then(Value::as_object);
    let near = known.and_then(|known| nearest(missing, known.keys().map(String::as_str)));
    let pointer = format!("{above}/{missing}");
    let problem = Diagnostic::error("there is nothing to take away")
        .maybe_at(layer.place(&pointer, Part::Key), "the record does not say this")
        .expected("a field that the record has")
        .actual("none of this name");
    Some(match near {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem.help("leave the argument out"),
    })
}

#[cfg(test)]
mod tests {
    use std::{fs, time::Duration};

    use crate::{
        catalog::{
            Auth, Catalog, Choice, Idempotency, Integration, Jitter, RetryOn, SecretName, Workspace,
        },
        contract::source::Part,
        evidence::Diagnostic,
    };

    const SHARED: &str = r"
all:
  timeout: 5 s
  about: {support: portal, facts: [all]}
web:
  retry: {on: [throttled, 5xx], attempts: 3, backoff: {exponential: 1 s}}
careful:
  extends: [web]
  retry: {backoff: {jitter: none}}
";

    const RECORD: &str = r#"
extends: [careful]
owner: shop
contract: {current: a/b/v3, previous: a/b/v2}
auth: {scheme: bearer, secret: env:KEY}
environments:
  sandbox:
    base_url: https://sandbox.example
    override:
      timeout: 20 s
      contract: {current: a/b/v4}
      operations: {pay: {idempotency: {guard: find}}}
  staging: {}
operations: {pay: {idempotency: {header: Key}, effect: writes}}
about: {facts: [own]}
instances:
  berlin:
    about: {support: "the shop of Berlin"}
    environments:
      sandbox: {override: {timeout: 30 s}}
      staging: {base_url: https://berlin.example}
    override: {auth: {scheme: basic, user: env:BERLIN}, timeout: 25 s}
"#;

    /// The record as it stands in an environment, or what is wrong.
    fn standing(
        environment: &str,
        instance: Option<&str>,
        settings: &[&str],
    ) -> Result<Integration, Vec<Diagnostic>> {
        let folder = tempfile::tempdir().expect("a folder");
        let put = |path: &str, text: &str| fs::write(folder.path().join(path), text);
        let environments =
            "[environments]\nsandbox = { class = \"test\" }\nstaging = { class = \"test\" }\n";
        put("probe.toml", environments).expect("a file");
        fs::create_dir(folder.path().join("catalog")).expect("a folder");
        put("catalog/_defaults.yaml", SHARED).expect("a file");
        put("catalog/a.b.yaml", RECORD).expect("a file");
        let workspace = Workspace::load(folder.path()).expect("the settings are right");
        let choice = Choice {
            instances: instance.into_iter().map(str::to_owned).collect(),
            settings: settings.iter().map(|&text| text.to_owned()).collect(),
        };
        let catalog = Catalog::load(&workspace)?.chosen(&workspace, environment, &choice)?;
        Ok(Integration::clone(&catalog.integrations["a.b"]))
    }

    fn right(environment: &str, instance: Option<&str>, settings: &[&str]) -> Integration {
        standing(environment, instance, settings).expect("the record is right")
    }

    #[test]
    fn shared_parts_lie_under_the_record() {
        let record = right("mock", None, &[]);
        let retry = record.retry.expect("from a part");
        assert_eq!((retry.on, retry.attempts), (vec![RetryOn::Throttled, RetryOn::ServerError], 3));
        assert_eq!(retry.backoff.jitter, Jitter::None);
        assert_eq!(record.timeout, Duration::from_secs(5));
        let facts = record.about.facts.expect("its own");
        assert_eq!(facts.iter().map(|fact| &**fact).collect::<Vec<_>>(), ["own"]);
        assert_eq!(record.about.support.as_deref(), Some("portal"));
        assert_eq!((record.instance, record.instances), (None, vec!["berlin".to_owned()]));
        let place = record.source.locate("/retry/backoff/jitter", Part::Value).expect("a place");
        assert_eq!((place.file.as_str(), place.line), ("catalog/_defaults.yaml", 9));
        let place = record.source.locate("/about/facts/0", Part::Value).expect("a place");
        assert_eq!((place.file.as_str(), place.line), ("catalog/a.b.yaml", 15));
        assert_eq!(record.tree["retry"]["backoff"]["exponential"], "1 s");
    }

    #[test]
    fn an_environment_is_stronger_than_the_record() {
        let record = right("sandbox", None, &[]);
        assert_eq!(record.timeout, Duration::from_secs(20));
        assert_eq!(record.contract.current, "a/b/v4");
        assert_eq!(record.contract.supported, ["a/b/v4", "a/b/v3", "a/b/v2"]);
        let guard = Some(Idempotency::Guard("find".to_owned()));
        assert_eq!(record.settings("pay").idempotency, guard);
        assert!(record.settings("pay").effect.is_some());
        assert_eq!(right("mock", None, &[]).contract.supported, ["a/b/v3", "a/b/v2"]);
    }

    #[test]
    fn an_instance_is_stronger_than_an_environment_and_weaker_in_it() {
        let record = right("staging", Some("berlin"), &[]);
        assert_eq!(record.timeout, Duration::from_secs(25));
        assert_eq!(record.instance.as_deref(), Some("berlin"));
        let basic = Auth::Basic { user: SecretName::Env("BERLIN".into()), password: None };
        assert_eq!(record.auth, basic);
        let address = record.environments["staging"].base_url.as_deref();
        assert_eq!(address, Some("https://berlin.example"));
        assert_eq!(record.about.support.as_deref(), Some("the shop of Berlin"));
        assert_eq!(right("staging", None, &[]).environments["staging"].base_url, None);

        let record = right("sandbox", Some("a.b=berlin"), &[]);
        assert_eq!(record.timeout, Duration::from_secs(30));
        let address = record.environments["sandbox"].base_url.as_deref();
        assert_eq!(address, Some("https://sandbox.example"));
        assert_eq!(record.contract.current, "a/b/v4");
    }

    #[test]
    fn what_the_command_line_sets_is_the_strongest() {
        let settings = [
            "a.b.retry=null",
            "a.b.operations.pay.idempotency=null",
            "a.b.timeout=5 minutes",
            "a.b.tolerate=[{at: '#', reason: a test, owner: tests}]",
            "a.b.timeout=6 minutes",
        ];
        let record = right("sandbox", Some("berlin"), &settings);
        assert_eq!((record.retry.as_ref(), record.timeout), (None, Duration::from_mins(6)));
        assert_eq!(record.settings("pay").idempotency, None);
        assert_eq!(record.tolerances.waivers[0].at, "#");
    }

    #[test]
    fn a_pasted_secret_is_in_no_message_wherever_it_stands() {
        for setting in ["a.b.auth.secret=hunter2", "a.b.auth={scheme: bearer, secret: hunter2}"] {
            let problems = standing("mock", None, &[setting]).expect_err("a secret is no name");
            let said = format!("{problems:?}");
            assert!(!said.contains("hunter2"), "{said}");
        }
    }
}
