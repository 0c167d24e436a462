//! Do time and memory of a run grow as its scenarios do?
//!
//! The same one-request scenarios as in the throughput bench, in three shapes:
//! files of 10, one file, and one outline. For each shape the scenarios are
//! doubled and more, and time and memory of a scenario are compared with those of
//! the smallest run. Where something is quadratic, they grow.
//!
//! `cargo bench --bench scale`; `-- --runs 3 --least 2000` for other sizes.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench tells its figures")]

use std::{env, error::Error, fs, path::Path, process::Command, process::ExitCode};

#[path = "throughput/input.rs"]
mod input;
#[path = "throughput/measure.rs"]
mod measure;
#[path = "throughput/target.rs"]
mod target;

use measure::Summary;
use target::Target;

type Failure = Box<dyn Error + Send + Sync>;

/// Writes so many scenarios to the folder of features.
type Writer = fn(&Path, usize) -> Result<(), Failure>;

/// Each shape with its sizes, in multiples of the least.
const SHAPES: [(&str, Writer, &[usize]); 3] = [
    ("files of 10", |features, count| input::files(features, count, 10), &[1, 10]),
    ("one file", |features, count| input::files(features, count, count), &[1, 2, 4]),
    ("one outline", outline, &[1, 2, 4]),
];

/// A scenario of a larger run may take this many times what one of the smallest
/// takes: a quadratic part that matters would take more.
const GOAL_GROWTH: f64 = 1.3;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        [target::SERVE] => target::serve(),
        options => bench(options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("scale: {error}");
            ExitCode::FAILURE
        }
    }
}

struct Options {
    runs: usize,
    least: usize,
}

impl Options {
    fn read(words: &[&str]) -> Result<Self, Failure> {
        let mut options = Self { runs: 3, least: 10_000 };
        let mut words = words.iter().filter(|word| **word != "--bench");
        while let Some(word) = words.next() {
            let number = words.next().ok_or_else(|| format!("{word} wants a number"))?.parse()?;
            match *word {
                "--runs" => options.runs = number,
                "--least" => options.least = number,
                _ => return Err(format!("unknown option {word}: --runs N, --least N").into()),
            }
        }
        Ok(options)
    }
}

fn bench(words: &[&str]) -> Result<(), Failure> {
    let options = Options::read(words)?;
    let target = Target::start()?;
    println!(
        "{:<12} {:>9} {:>24} {:>13} {:>7} {:>9} {:>13} {:>7}",
        "",
        "scenarios",
        "wall s, median [range]",
        "us a scenario",
        "growth",
        "peak MiB",
        "KiB more each",
        "growth"
    );
    let mut worst: f64 = 1.0;
    for (name, write, sizes) in SHAPES {
        let mut smaller: Vec<Point> = Vec::new();
        for size in sizes {
            let count = options.least * size;
            let folder = tempfile::tempdir()?;
            write(&input::workspace(folder.path(), &target.address)?, count)?;
            let summary = measured(folder.path(), &target, count, options.runs)?;
            let point = Point { count, summary };
            println!("{name:<12} {}", point.row(&smaller));
            worst = worst.max(point.growth(&smaller));
            smaller.push(point);
        }
    }
    let word = if worst <= GOAL_GROWTH { "met" } else { "missed" };
    println!("\ngoal of time linear within a factor of {GOAL_GROWTH}: {word} ({worst:.2})");
    Ok(())
}

/// All scenarios as the rows of one outline.
fn outline(features: &Path, count: usize) -> Result<(), Failure> {
    let mut text = "Feature: Orders\n\n  Scenario Outline: An order is whole\n".to_owned();
    input::steps(&mut text, "<order>");
    text.push_str("\n    Examples:\n      | order |\n");
    text.extend((1..=count).map(|order| format!("      | {order} |\n")));
    fs::write(features.join("orders.feature"), text)?;
    Ok(())
}

/// Several runs of one size.
fn measured(folder: &Path, target: &Target, count: usize, runs: usize) -> Result<Summary, Failure> {
    let samples: Vec<_> = (0..runs)
        .map(|run| {
            eprintln!("run {} of {runs}: {count} scenarios", run + 1);
            one_run(folder, target, count)
        })
        .collect::<Result<_, _>>()?;
    Summary::of(&samples, count).ok_or_else(|| "nothing was measured".into())
}

fn one_run(folder: &Path, target: &Target, count: usize) -> Result<measure::Sample, Failure> {
    let reports = folder.join("reports");
    if reports.exists() {
        fs::remove_dir_all(reports)?;
    }
    let before = target.served()?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_probe"));
    command.args(["run", "--env", "bench"]).current_dir(folder);
    let sample = measure::run(&mut command, &folder.join("output.txt"))?;
    match target.served()? - before {
        served if served == count => Ok(sample),
        served => Err(format!("sent {served} requests for {count} scenarios").into()),
    }
}

/// One size of a shape.
struct Point {
    count: usize,
    summary: Summary,
}

impl Point {
    /// Microseconds that a scenario takes.
    fn each(&self) -> f64 {
        1e6 / self.summary.per_second
    }

    /// Time of a scenario, compared with the smallest size.
    fn growth(&self, smaller: &[Self]) -> f64 {
        smaller.first().map_or(1.0, |first| self.each() / first.each())
    }

    /// KiB that each scenario takes beyond those of a smaller size.
    fn more_kib(&self, than: &Self) -> Option<f64> {
        let more = self.summary.peak_mib? - than.summary.peak_mib?;
        Some(more * 1024.0 / (self.count - than.count) as f64)
    }

    fn row(&self, smaller: &[Self]) -> String {
        let more = smaller.last().and_then(|last| self.more_kib(last));
        // With three sizes there are two slopes to compare.
        let before = match smaller {
            [.., first, second] => second.more_kib(first),
            _ => None,
        };
        let or_dash = |value: Option<f64>| value.map_or("-".to_owned(), |v| format!("{v:.2}"));
        format!(
            "{:>9} {} {:>13.1} {:>7.2} {:>9} {:>13} {:>7}",
            self.count,
            self.summary.wall(),
            self.each(),
            self.growth(smaller),
            self.summary.peak_mib.map_or("-".to_owned(), |mib| format!("{mib:.1}")),
            or_dash(more),
            or_dash(more.zip(before).map(|(more, before)| more / before)),
        )
    }
}
