//! What does a contract cost: to read, to compile, to check an answer against?
//!
//! Documents are made here, from a seed, shaped like a payments API: members that are an id or,
//! when expanded, the object itself, and objects that lead back to each other. Each figure of a
//! document comes from processes of its own, so that none finds memory warm that another left.
//!
//! `cargo bench --bench contract`; `-- --runs 3 --quick` for less, `-- --document FILE` for a real
//! document instead of the made ones.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench tells its figures")]

use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

#[path = "contract/check.rs"]
mod check;
#[path = "contract/compare.rs"]
mod compare;
#[path = "contract/document.rs"]
mod document;
#[path = "contract/mutants.rs"]
mod mutants;
#[path = "contract/stages.rs"]
mod stages;
#[path = "contract/yaml.rs"]
mod yaml;

use stages::{Figures, Stage};

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failure = Box<dyn Error + Send + Sync>;

/// Read and first answer may take so many times what parsing takes.
const GOAL_TIME: f64 = 6.0;
/// Peak memory after the first answer may be so many times the file.
const GOAL_MEMORY: f64 = 20.0;
/// Time of an operation may grow so much when there are four times as many.
const GOAL_GROWTH: f64 = 1.3;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        [stages::ONE, stage, file] => stages::one(stage, Path::new(file)),
        options => Options::read(options).and_then(|options| bench(&options)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("contract: {error}");
            ExitCode::FAILURE
        }
    }
}

struct Options {
    runs: usize,
    /// Only what takes seconds.
    quick: bool,
    document: Option<PathBuf>,
}

impl Options {
    fn read(words: &[&str]) -> Result<Self, Failure> {
        let mut options = Self { runs: 5, quick: false, document: None };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--quick" => options.quick = true,
                "--runs" => {
                    options.runs = words.next().ok_or("--runs wants a number")?.parse()?;
                }
                "--document" => {
                    options.document = Some(words.next().ok_or("--document wants a file")?.into());
                }
                other => {
                    let known = "--runs N, --quick, --document FILE";
                    return Err(format!("unknown option {other}: {known}").into());
                }
            }
        }
        Ok(options)
    }
}

fn bench(options: &Options) -> Result<(), Failure> {
    println!("{}", Figures::HEAD);
    if let Some(file) = &options.document {
        let figures = stages::measured(file, options.runs)?;
        println!("{}", figures.row(&file.file_name().unwrap_or_default().to_string_lossy()));
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let mut worst = (0.0_f64, 0.0_f64);
    let mut measure = |name: &str, file: &Path| -> Result<Figures, Failure> {
        let figures = stages::measured(file, options.runs)?;
        println!("{}", figures.row(name));
        worst = (worst.0.max(figures.times()), worst.1.max(figures.memory()));
        Ok(figures)
    };
    let payments = document::payments();
    let file = folder.path().join("payments.json");
    fs::write(&file, serde_json::to_string_pretty(&payments)?)?;
    measure("payments, JSON", &file)?;
    let file = folder.path().join("payments.yaml");
    fs::write(&file, yaml::written(&payments))?;
    measure("payments, YAML", &file)?;
    drop(payments);
    let mut wide: Vec<Figures> = Vec::new();
    for times in if options.quick { &[1][..] } else { &[1, 2, 4] } {
        let file = folder.path().join(format!("wide{times}.json"));
        let made = document::wide(document::WIDE * times);
        fs::write(&file, serde_json::to_string_pretty(&made)?)?;
        drop(made);
        wide.push(measure(&format!("wide, {times} times"), &file)?);
    }
    println!();
    goal("read and first answer, times parsing", worst.0, GOAL_TIME);
    goal("peak memory, times the file", worst.1, GOAL_MEMORY);
    if let [first, .., last] = wide.as_slice() {
        let growth = last.each(Stage::First) / first.each(Stage::First);
        goal("an operation among four times as many, times as long", growth, GOAL_GROWTH);
    }
    println!();
    check::bench()?;
    println!();
    compare::bench()?;
    println!();
    mutants::bench()
}

/// A line that says whether a goal is met.
fn goal(what: &str, figure: f64, most: f64) {
    let word = if figure <= most { "met" } else { "missed" };
    println!("{what}: {figure:.2}, goal {most}: {word}");
}
