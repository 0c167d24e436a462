//! One document, step by step, each step in processes of its own.

use std::{
    env, fs, hint,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use probe::contract::{
    self, Contract, StatusPattern, Tolerances, check_decoded, generate,
    source::{NoFiles, Source},
};
use serde_json::Value;

use super::{Failure, check::exchange};

/// Asks this program for one step: stage and file follow.
pub(crate) const ONE: &str = "--one";

/// How far a process goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The text becomes a value, by the library alone.
    Parse,
    /// A contract is read.
    Read,
    /// And one answer is checked.
    First,
    /// And every schema in use is compiled, instead of the answer.
    All,
}

const STAGES: [(Stage, &str); 4] =
    [(Stage::Parse, "parse"), (Stage::Read, "read"), (Stage::First, "first"), (Stage::All, "all")];

/// What one process took.
#[derive(Clone, Copy, Debug, Default)]
struct Sample {
    wall: Duration,
    peak_kib: u64,
    operations: usize,
}

/// Medians of all stages of a document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figures {
    bytes: u64,
    stages: [Sample; 4],
}

impl Figures {
    pub(crate) const HEAD: &str = "document              ops     MB  parse ms   read ms  +first ms  times   +all ms  peak MiB  times";

    pub(crate) fn row(&self, name: &str) -> String {
        let ms = |stage: Stage| self.of(stage).wall.as_secs_f64() * 1e3;
        let mib = |stage: Stage| self.of(stage).peak_kib as f64 / 1024.0;
        format!(
            "{name:<18} {:>6} {:>6.1} {:>9.1} {:>9.1} {:>10.1} {:>6.2} {:>9.1} {:>9.1} {:>6.2}",
            self.of(Stage::First).operations,
            self.bytes as f64 / 1e6,
            ms(Stage::Parse),
            ms(Stage::Read),
            ms(Stage::First),
            self.times(),
            ms(Stage::All),
            mib(Stage::First),
            self.memory(),
        )
    }

    /// Read and first answer, in times of parsing.
    pub(crate) fn times(&self) -> f64 {
        self.of(Stage::First).wall.as_secs_f64() / self.of(Stage::Parse).wall.as_secs_f64()
    }

    /// Peak memory after the first answer, in times of the file.
    pub(crate) fn memory(&self) -> f64 {
        (self.of(Stage::First).peak_kib * 1024) as f64 / self.bytes as f64
    }

    /// Seconds of an operation.
    pub(crate) fn each(&self, stage: Stage) -> f64 {
        let sample = self.of(stage);
        sample.wall.as_secs_f64() / sample.operations.max(1) as f64
    }

    fn of(&self, stage: Stage) -> &Sample {
        &self.stages[stage as usize]
    }
}

/// Measures a document, the stages in turns.
pub(crate) fn measured(file: &Path, runs: usize) -> Result<Figures, Failure> {
    let mut samples: [Vec<Sample>; 4] = Default::default();
    for _ in 0..runs.max(1) {
        for (samples, (_, word)) in samples.iter_mut().zip(STAGES) {
            samples.push(asked(word, file)?);
        }
    }
    let median = |mut samples: Vec<Sample>| {
        samples.sort_unstable_by_key(|sample| sample.wall);
        samples[samples.len() / 2]
    };
    Ok(Figures { bytes: fs::metadata(file)?.len(), stages: samples.map(median) })
}

fn asked(stage: &str, file: &Path) -> Result<Sample, Failure> {
    let output = Command::new(env::current_exe()?).args([ONE, stage]).arg(file).output()?;
    let text = String::from_utf8(output.stdout)?;
    let numbers: Vec<u64> = text.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
    match (output.status.success(), numbers.as_slice()) {
        (true, [micros, peak_kib, operations]) => Ok(Sample {
            wall: Duration::from_micros(*micros),
            peak_kib: *peak_kib,
            operations: usize::try_from(*operations)?,
        }),
        _ => Err(String::from_utf8_lossy(&output.stderr).into_owned().into()),
    }
}

/// One stage, in a process of its own: prints microseconds, peak KiB and operations.
pub(crate) fn one(stage: &str, file: &Path) -> Result<(), Failure> {
    let stage = STAGES.iter().find(|(_, word)| *word == stage).ok_or("no such stage")?.0;
    let text = fs::read_to_string(file)?;
    let path = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let start = Instant::now();
    let mut operations = 0;
    if stage == Stage::Parse {
        hint::black_box(parsed(&path, &text)?);
    } else {
        let source = Source::new(path, text);
        let contract = contract::read("bench/document/v1", source, &NoFiles)
            .map_err(|problems| format!("{}: {:?}", problems.len(), problems.first()))?;
        operations = contract.operations.len();
        match stage {
            Stage::First => first_answer(&contract)?,
            Stage::All => {
                if let Some(problem) = contract::check::uncompiled(&contract).first() {
                    return Err(format!("{problem:?}").into());
                }
            }
            Stage::Parse | Stage::Read => {}
        }
        hint::black_box(&contract);
    }
    let micros = start.elapsed().as_micros();
    println!("{micros} {} {operations}", peak_kib());
    Ok(())
}

fn parsed(path: &str, text: &str) -> Result<Value, Failure> {
    if Path::new(path).extension().is_some_and(|e| e == "json") {
        return Ok(serde_json::from_str(text)?);
    }
    let mut budget = serde_saphyr::Budget::default();
    budget.max_events = usize::MAX;
    budget.max_nodes = usize::MAX;
    budget.max_total_scalar_bytes = usize::MAX;
    let mut options = serde_saphyr::Options::default();
    options.budget = Some(budget);
    Ok(serde_saphyr::from_str_with_options(text, options)?)
}

/// Checks an answer of the first operation.
fn first_answer(contract: &Contract) -> Result<(), Failure> {
    let operation = contract.operations.first().ok_or("no operation")?;
    let spec = operation.responses.first().ok_or("no response")?;
    let status = match spec.status {
        StatusPattern::Exact(status) => status,
        StatusPattern::Range(digit) => u16::from(digit) * 100,
        StatusPattern::Default => 500,
    };
    let answer = generate::answer(contract, spec, status, None, 1).ok_or("no answer")?;
    let (exchange, body) = exchange(operation, answer)?;
    let checked = check_decoded(contract, operation, &exchange, &Tolerances::default(), body);
    match checked.findings.iter().find(|finding| finding.rule.starts_with("response.body")) {
        None => Ok(()),
        Some(finding) => Err(format!("{}: {finding:?}", operation.name).into()),
    }
}

/// The most memory that this process held; 0 where the system does not tell.
fn peak_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
