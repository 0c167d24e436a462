//! A run of the binary against the hostile partner, and what came of it.

use std::{
    fs,
    io::Read as _,
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
};

use quick_xml::{Reader, events::Event};
use serde_json::Value;

use super::partner;

/// Memory of the process at most, in KiB.
const MEMORY: u64 = 150 * 1024;

pub(crate) const SECRET: &str = "sk_hostile_4f9a1c77e2";

const RECORD: &str = "
owner: tests
criticality: low
contract: {current: hostile/things/v1, previous: none, described_from: partner}
environments:
  raw: {class: test, base_url: \"http://ADDRESS\"}
auth: {scheme: bearer, secret: env:HOSTILE_KEY}
limits: {rate: 1000 per second, burst: 100, concurrency: 4}
timeout: 1 s
failure_modes: {timeout: {}}
";

const CONTRACT: &str = "
openapi: 3.1.0
info: {title: Things, version: 1.0.0}
paths:
  /things/{kind}:
    get:
      operationId: getThing
      parameters:
        - {name: kind, in: path, required: true, schema: {type: string}}
      responses:
        '200':
          description: A thing.
          content:
            application/json:
              schema:
                type: object
                required: [ok]
                properties:
                  ok: {type: boolean}
                  list: {type: array, items: {type: string}}
              example: {ok: true}
        '403': {description: Refused.}
        '500': {description: Broken.}
        '503': {description: Broken.}
";

const FEATURE: &str = "Feature: Things

  Scenario: Hostile
    When we call getThing with
      | kind | hostile |
    Then the answer is 200

  Scenario: Good afterwards
    When we call getThing with
      | kind | good |
    Then the answer is 200
    And \"$.ok\" is true
";

/// What came of a run.
pub(crate) struct Ran {
    code: Option<i32>,
    /// Stdout and stderr.
    said: String,
    /// Events and JUnit.
    reports: String,
    /// Judgement of each scenario by name: `failed.contract.partner`.
    judged: Vec<(String, String)>,
}

impl Ran {
    /// The hostile answer ended so, and the message holds these words.
    pub(crate) fn is(&self, judged: &str, words: &str) {
        let (_, found) = &self.judged[0];
        assert_eq!(found, judged, "{}", self.said);
        assert!(self.said.contains(words), "`{words}` is not in\n{}", self.said);
        self.next_call_works();
    }

    /// The hostile answer failed the scenario, in whichever way.
    pub(crate) fn fails(&self) {
        assert!(self.judged[0].1.starts_with("failed."), "{}", self.said);
        self.next_call_works();
    }

    pub(crate) fn passed(&self) {
        assert_eq!(self.judged[0].1, "passed", "{}", self.said);
        self.next_call_works();
    }

    fn next_call_works(&self) {
        assert_eq!(self.judged[1], ("Good afterwards".into(), "passed".into()), "{}", self.said);
        let code = match self.judged[0].1.split('.').next() {
            Some("passed") => 0,
            Some("failed") => 1,
            _ => 3,
        };
        assert_eq!(self.code, Some(code), "{}", self.said);
    }

    /// Nowhere, neither on screen nor in a report.
    pub(crate) fn never_says(&self, secret: &str) {
        assert!(!self.said.contains(secret), "{}", self.said);
        assert!(!self.reports.contains(secret), "{}", self.reports);
    }
}

/// Calls the hostile path and then the good one.
pub(crate) fn run(hostile: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> Ran {
    ran(&partner::start(hostile).to_string(), "raw", FEATURE)
}

/// Calls a stand-in of ours that misbehaves as this sentence says, and then one that does not.
pub(crate) fn play(fault: &str) -> Ran {
    let call = "    When we call getThing with\n      | kind | hostile |";
    ran("unused.invalid", "mock", &FEATURE.replace(call, &format!("    Given {fault}\n{call}")))
}

fn ran(address: &str, environment: &str, feature: &str) -> Ran {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    put(root, "probe.toml", "[environments]\nraw = { class = \"test\" }\n");
    put(root, "catalog/hostile.things.yaml", &RECORD.replace("ADDRESS", address));
    put(root, "contracts/hostile/things/v1/openapi.yaml", CONTRACT);
    put(root, "features/hostile.things/things.feature", feature);
    let mut command = Command::new(env!("CARGO_BIN_EXE_probe"));
    command.env_clear().env("HOSTILE_KEY", SECRET).current_dir(root).stdin(Stdio::null());
    command.args(["run", "--env", environment, "--concurrency", "1", "--junit", "junit.xml"]);
    let out = fs::File::create(root.join("out")).expect("a file");
    command.stdout(out.try_clone().expect("a handle")).stderr(out);
    let mut child = command.spawn().expect("the binary starts");
    let (code, memory) = watch(&mut child);
    let read = |path: &Path| {
        let mut bytes = Vec::new();
        fs::File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)).expect("a file");
        String::from_utf8(bytes).expect("UTF-8")
    };
    let said = read(&root.join("out"));
    assert!(memory < MEMORY, "{memory} KiB\n{said}");
    assert!(!said.contains("panicked"), "{said}");
    let harmless = |c: char| c == '\n' || !(c.is_control() || c == '\u{202e}');
    assert!(said.chars().all(harmless), "a control character on the terminal: {said:?}");
    let junit = read(&root.join("junit.xml"));
    is_xml(&junit);
    let runs = fs::read_dir(root.join("reports")).expect("a run folder");
    let run = runs.flatten().next().expect("a run folder").path();
    let events = read(&run.join("events.jsonl"));
    assert!(events.len() < 4_000_000, "the events take {} bytes", events.len());
    let judged = judged(&events);
    assert_eq!(judged.len(), 2, "{said}");
    Ran { code, said, judged, reports: events + &junit }
}

fn put(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs::write(path, text).expect("a file");
}

/// Waits for the end; gives the exit code and the most memory that was seen.
fn watch(child: &mut Child) -> (Option<i32>, u64) {
    let status = format!("/proc/{}/status", child.id());
    let mut memory = 0;
    loop {
        if let Some(status) = child.try_wait().expect("a child of ours") {
            return (status.code(), memory);
        }
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let size = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        memory = memory.max(size.unwrap_or(0));
        partner::pause();
    }
}

/// Judgements by scenario, in the order of the plan.
fn judged(events: &str) -> Vec<(String, String)> {
    let events: Vec<Value> =
        events.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let names = events[0]["scenarios"].as_array().expect("a plan").iter();
    let mut judged: Vec<(String, String)> = names
        .map(|scenario| (scenario["name"].as_str().expect("a name").to_owned(), String::new()))
        .collect();
    for event in events.iter().filter(|event| event["event"] == "scenario_finished") {
        let judgement = &event["judgement"];
        let parts = ["verdict", "blame", "party"].map(|part| judgement[part].as_str());
        let index = event["scenario"].as_u64().expect("an index") as usize;
        judged[index].1 = parts.into_iter().flatten().collect::<Vec<_>>().join(".");
    }
    judged
}

/// Reads the document to its end, as strictly as XML 1.0 is.
fn is_xml(document: &str) {
    let legal = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    assert!(document.chars().all(legal), "{document:?}");
    let mut reader = Reader::from_str(document);
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Eof => return,
            Event::Start(start) | Event::Empty(start) => {
                start.attributes().for_each(|attribute| drop(attribute.expect("an attribute")));
            }
            _ => {}
        }
    }
}
