//! A small workspace, and the binary run in it.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use probe::evidence::{Cause, Event, RunFinished, RunPlanned, ScenarioFinished, StepFinished};

use super::junit::Junit;

/// `probe.toml` where a test says nothing else.
pub(crate) const SETTINGS: &str = r#"
[environments]
test = { class = "test" }
live = { class = "live" }

[run]
mock_time = 0.001
"#;

/// A folder with one integration, `shop.things`, and its contract.
pub(crate) struct Workspace {
    folder: tempfile::TempDir,
    /// Run folders of earlier runs.
    seen: RefCell<BTreeSet<PathBuf>>,
}

impl Workspace {
    /// A workspace whose partner is at `base_url` in the environments `test` and `live`.
    /// `more` are further lines of its record.
    pub(crate) fn new(base_url: &str, more: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let workspace = Self { folder, seen: RefCell::default() };
        workspace.put("probe.toml", SETTINGS);
        workspace.integration("shop.things", base_url, more);
        workspace.put("contracts/shop/things/v1/openapi.yaml", include_str!("things.yaml"));
        workspace.put("mocks/shop.things.yaml", include_str!("mock.yaml"));
        workspace
    }

    /// Adds or replaces an integration with the same contract.
    pub(crate) fn integration(&self, id: &str, base_url: &str, more: &str) {
        let record = format!(
            "owner: shop\ncontract: {{current: shop/things/v1}}\nenvironments:\n  \
             test: {{base_url: '{base_url}'}}\n  live: {{base_url: '{base_url}', allow_writes: true}}\n{more}\n"
        );
        self.put(&format!("catalog/{id}.yaml"), &record);
    }

    /// Adds a feature of one scenario, named `It`.
    pub(crate) fn scenario(&self, steps: &str) {
        let steps = steps.trim().replace('\n', "\n    ");
        let text = format!("Feature: Things\n\n  Scenario: It\n    {steps}\n");
        self.put("features/shop.things/it.feature", &text);
    }

    /// Writes a file.
    pub(crate) fn put(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    /// Its folder.
    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    /// The binary with these arguments, in this workspace, with an empty environment.
    pub(crate) fn probe<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_probe"));
        command.args(arguments).env_clear().current_dir(self.root());
        command
    }

    /// `probe run` with these arguments, to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        let output = self.probe(["run"].iter().chain(arguments).copied()).output();
        self.ran(output.expect("the binary starts"))
    }

    /// What a finished run left behind; the run folder that is new is its own.
    pub(crate) fn ran(&self, output: Output) -> Ran {
        let folder = fs::read_dir(self.root().join("reports"))
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .find(|folder| self.seen.borrow_mut().insert(folder.clone()));
        let read = |name: &str| {
            let path = folder.as_ref().map(|folder| folder.join(name));
            path.and_then(|path| fs::read_to_string(path).ok()).unwrap_or_default()
        };
        Ran {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
            err: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
            events: read("events.jsonl"),
            xml: read("junit.xml"),
            metrics: read("metrics.prom"),
            folder,
        }
    }
}

/// Starts a command with its streams caught.
pub(crate) fn start(command: &mut Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts")
}

/// Waits for the end of a command that was started.
pub(crate) fn finish(child: Child) -> Output {
    child.wait_with_output().expect("the binary ends")
}

/// Sends a signal such as `INT` to a process.
pub(crate) fn signal(child: &Child, name: &str) {
    let kill = format!("kill -{name} {}", child.id());
    let sent = Command::new("sh").args(["-c", &kill]).status().expect("a shell");
    assert!(sent.success(), "{kill}");
}

/// A run and what it left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    /// Exit code; none where a signal killed the process.
    pub(crate) code: Option<i32>,
    /// What stood on stdout.
    pub(crate) out: String,
    /// What stood on stderr.
    pub(crate) err: String,
    /// The text of `events.jsonl`.
    pub(crate) events: String,
    /// The text of `junit.xml`.
    pub(crate) xml: String,
    /// The text of `metrics.prom`.
    pub(crate) metrics: String,
    /// The run's folder.
    pub(crate) folder: Option<PathBuf>,
}

impl Ran {
    /// The recorded events; a torn last line is left out.
    pub(crate) fn events(&self) -> Vec<Event> {
        let whole = self.events.rfind('\n').map_or("", |end| &self.events[..end]);
        whole.lines().map(|line| serde_json::from_str(line).expect("an event")).collect()
    }

    /// The plan.
    pub(crate) fn plan(&self) -> RunPlanned {
        match self.events().into_iter().next() {
            Some(Event::RunPlanned(plan)) => plan.as_ref().clone(),
            other => panic!("no plan but {other:?}\n{}{}", self.out, self.err),
        }
    }

    /// The ends of all attempts, in the order in which they were told.
    pub(crate) fn attempts(&self) -> Vec<ScenarioFinished> {
        let end = |event| match event {
            Event::ScenarioFinished(finished) => Some(*finished),
            _ => None,
        };
        self.events().into_iter().filter_map(end).collect()
    }

    /// The last attempt of the scenario of this name.
    pub(crate) fn end(&self, name: &str) -> ScenarioFinished {
        let plan = self.plan();
        let named = |e: &ScenarioFinished| plan.scenarios[e.scenario as usize].name == name;
        let last = self.attempts().into_iter().rfind(named);
        last.unwrap_or_else(|| panic!("no end of {name}\n{}{}", self.out, self.err))
    }

    /// The cause for which the scenario of this name did not pass.
    pub(crate) fn cause(&self, name: &str) -> Option<Cause> {
        self.end(name).problem.map(|problem| problem.cause)
    }

    /// The steps that ended.
    pub(crate) fn steps(&self) -> Vec<StepFinished> {
        let end = |event| match event {
            Event::StepFinished(finished) => Some(*finished),
            _ => None,
        };
        self.events().into_iter().filter_map(end).collect()
    }

    /// The end of the run.
    pub(crate) fn finished(&self) -> RunFinished {
        match self.events().into_iter().last() {
            Some(Event::RunFinished(finished)) => finished,
            other => panic!("the run does not end but with {other:?}\n{}{}", self.out, self.err),
        }
    }

    /// The names of the planned scenarios.
    pub(crate) fn names(&self) -> Vec<String> {
        self.plan().scenarios.iter().map(|scenario| scenario.name.clone()).collect()
    }

    /// The JUnit report, parsed.
    pub(crate) fn junit(&self) -> Junit {
        Junit::parse(&self.xml)
    }
}
