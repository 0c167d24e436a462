//! How fast is a run, and how much memory does it take?
//!
//! 10,000 one-request scenarios (1,000 feature files of 10: status, three
//! `JSONPath` checks, the implied contract check) against a local server in
//! another process, with the shipped binary and its default sinks. Beside it, in
//! turns, so that the machine's mood falls on all alike: hurl, where it is
//! installed, and a bare client loop, the floor of what the same requests cost.
//!
//! `cargo bench --bench throughput`; `-- --runs 3 --features 100` for less.
//! hurl is taken from `$HURL`, else from `PATH`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench tells its figures")]

use std::{
    env,
    error::Error,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

#[path = "throughput/bare.rs"]
mod bare;
#[path = "throughput/hurl.rs"]
mod hurl;
#[path = "throughput/input.rs"]
mod input;
#[path = "throughput/measure.rs"]
mod measure;
#[path = "throughput/target.rs"]
mod target;

use measure::{Sample, Summary};
use target::Target;

type Failure = Box<dyn Error + Send + Sync>;

/// What a release must reach.
const GOAL_PER_SECOND: f64 = 15_000.0;
const GOAL_MIB: f64 = 80.0;

/// Scenarios in a feature file.
const SCENARIOS_PER_FEATURE: usize = 10;

/// Requests under way at the same time, for all who can say so.
const IN_FLIGHT: usize = 64;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        [target::SERVE] => target::serve(),
        ["bare-client", address, requests] => bare::run(address, requests, IN_FLIGHT),
        options => bench(options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("throughput: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Sizes of the bench.
struct Options {
    runs: usize,
    features: usize,
}

impl Options {
    fn read(words: &[&str]) -> Result<Self, Failure> {
        let mut options = Self { runs: 5, features: 1000 };
        let mut words = words.iter().filter(|word| **word != "--bench");
        while let Some(word) = words.next() {
            let number = words.next().ok_or_else(|| format!("{word} wants a number"))?.parse()?;
            match *word {
                "--runs" => options.runs = number,
                "--features" => options.features = number,
                _ => return Err(format!("unknown option {word}: --runs N, --features N").into()),
            }
        }
        Ok(options)
    }

    fn scenarios(&self) -> usize {
        self.features * SCENARIOS_PER_FEATURE
    }
}

/// One of those who are compared.
struct Contender {
    name: &'static str,
    program: PathBuf,
    arguments: Vec<String>,
    samples: Vec<Sample>,
    /// Why it has no figures.
    failure: Option<String>,
}

fn bench(words: &[&str]) -> Result<(), Failure> {
    let options = Options::read(words)?;
    let target = Target::start()?;
    let folder = tempfile::tempdir()?;
    let features = input::workspace(folder.path(), &target.address)?;
    input::files(&features, options.scenarios(), SCENARIOS_PER_FEATURE)?;
    let mut contenders = contenders(folder.path(), &target.address, &options)?;
    println!(
        "{} scenarios in {} features, {} runs each, in turns, {} cores",
        options.scenarios(),
        options.features,
        options.runs,
        std::thread::available_parallelism()?
    );
    for run in 0..options.runs {
        for contender in &mut contenders {
            if contender.failure.is_some() {
                continue;
            }
            eprintln!("run {} of {}: {}", run + 1, options.runs, contender.name);
            match one_run(contender, folder.path(), &target, options.scenarios()) {
                Ok(sample) => contender.samples.push(sample),
                Err(error) => contender.failure = Some(error.to_string()),
            }
        }
    }
    report(&contenders, &options)
}

fn contenders(folder: &Path, address: &str, options: &Options) -> Result<Vec<Contender>, Failure> {
    let new = |name, program: PathBuf, arguments: &[&str]| Contender {
        name,
        program,
        arguments: arguments.iter().map(|a| (*a).to_owned()).collect(),
        samples: Vec::new(),
        failure: None,
    };
    let scenarios = options.scenarios().to_string();
    let mut all = vec![
        new("probe", env!("CARGO_BIN_EXE_probe").into(), &["run", "--env", "bench"]),
        new("bare client", env::current_exe()?, &["bare-client", address, &scenarios]),
    ];
    if let Some(hurl) = find_hurl() {
        hurl::write(folder, address, options.scenarios())?;
        let files = ["--test", "--jobs", "16", "--report-junit", "hurl.xml", "hurl"];
        all.push(new("hurl, a file each", hurl.clone(), &files));
        let one = ["--test", "--jobs", "1", "--report-junit", "hurl.xml", "all.hurl"];
        all.push(new("hurl, one file", hurl, &one));
    } else {
        println!("hurl is neither in $HURL nor in PATH: left out");
    }
    Ok(all)
}

fn find_hurl() -> Option<PathBuf> {
    if let Some(named) = env::var_os("HURL") {
        return Some(named.into());
    }
    env::split_paths(&env::var_os("PATH")?).map(|f| f.join("hurl")).find(|p| p.is_file())
}

/// Runs a contender once, and makes sure that it really did the work: it must
/// end with 0, and the server must have been asked once a scenario.
fn one_run(
    contender: &Contender,
    folder: &Path,
    target: &Target,
    scenarios: usize,
) -> Result<Sample, Failure> {
    // What an earlier run left is not to be read, listed or appended to by the next.
    for leftover in ["reports", "hurl.xml"] {
        let path = folder.join(leftover);
        if path.is_dir() {
            std::fs::remove_dir_all(path)?;
        } else if path.exists() {
            std::fs::remove_file(path)?;
        }
    }
    let before = target.served()?;
    let mut command = Command::new(&contender.program);
    command.args(&contender.arguments).current_dir(folder);
    let sample = measure::run(&mut command, &folder.join("output.txt"))?;
    let served = target.served()? - before;
    if served != scenarios {
        return Err(format!("sent {served} requests for {scenarios} scenarios").into());
    }
    Ok(sample)
}

fn report(contenders: &[Contender], options: &Options) -> Result<(), Failure> {
    println!(
        "\n{:<18} {:>24} {:>12} {:>14}",
        "", "wall s, median [range]", "scenarios/s", "peak RSS, MiB"
    );
    let mut summaries = Vec::new();
    for contender in contenders {
        if let Some(failure) = &contender.failure {
            println!("{:<18} no figures: {failure}", contender.name);
        } else if let Some(summary) = Summary::of(&contender.samples, options.scenarios()) {
            let peak = summary.peak_mib.map_or("-".to_owned(), |mib| format!("{mib:.1}"));
            let (wall, rate) = (summary.wall(), summary.per_second);
            println!("{:<18} {wall} {rate:>12.0} {peak:>14}", contender.name);
            summaries.push((contender.name, summary));
        }
    }
    println!();
    let probe = summaries.iter().find(|(name, _)| *name == "probe").map(|(_, summary)| summary);
    let Some(probe) = probe else {
        return Err("probe has no figures".into());
    };
    for (name, other) in summaries.iter().filter(|(name, _)| *name != "probe") {
        println!("probe / {name}: {:.2} times its rate", probe.per_second / other.per_second);
    }
    let word = |met| if met { "met" } else { "missed" };
    println!(
        "goal of {GOAL_PER_SECOND:.0} scenarios/s: {}; of {GOAL_MIB:.0} MiB: {}",
        word(probe.per_second >= GOAL_PER_SECOND),
        probe.peak_mib.map_or("not measured here", |mib| word(mib < GOAL_MIB)),
    );
    Ok(())
}
