//! How long does one scenario take, from the start of the process to its end?
//!
//! The first scenario of each integration of this workspace, against its
//! stand-in, with the shipped binary and its default sinks. In turns with it run
//! what the system itself needs to start a process (`true`), and the binary when
//! it has nothing to do (`--version`).
//!
//! `cargo bench --bench startup`; `-- --runs 200` for more.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench tells its figures")]

use std::{
    env,
    error::Error,
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    time::{Duration, Instant},
};

type Failure = Box<dyn Error + Send + Sync>;

/// What a release must reach, by the median.
const GOAL: Duration = Duration::from_millis(15);

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match bench(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("startup: {error}");
            ExitCode::FAILURE
        }
    }
}

/// One of those who are compared.
struct Contender {
    name: String,
    program: PathBuf,
    arguments: Vec<OsString>,
    times: Vec<Duration>,
}

impl Contender {
    fn new(name: &str, program: &str, arguments: &[&str]) -> Self {
        Self {
            name: name.to_owned(),
            program: program.into(),
            arguments: arguments.iter().map(Into::into).collect(),
            times: Vec::new(),
        }
    }

    fn one_run(&mut self, workspace: &Path) -> Result<(), Failure> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).current_dir(workspace);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let start = Instant::now();
        let code = command.status()?;
        self.times.push(start.elapsed());
        if code.success() { Ok(()) } else { Err(format!("{} ended with {code}", self.name).into()) }
    }

    /// The time that so many hundredths of the runs did not exceed.
    fn percentile(&self, hundredths: usize) -> Duration {
        let mut times = self.times.clone();
        times.sort_unstable();
        let last = times.len().saturating_sub(1);
        times.get(last * hundredths / 100).copied().unwrap_or_default()
    }
}

fn bench(words: &[String]) -> Result<(), Failure> {
    let words: Vec<&str> = words.iter().map(String::as_str).filter(|w| *w != "--bench").collect();
    let runs: usize = match words.as_slice() {
        [] => 50,
        ["--runs", number] => number.parse()?,
        other => return Err(format!("unknown option {}: --runs N", other.join(" ")).into()),
    };
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR"));
    let reports = tempfile::tempdir()?;
    let probe = env!("CARGO_BIN_EXE_probe");
    let mut contenders = vec![
        Contender::new("true", "true", &[]),
        Contender::new("--version", probe, &["--version"]),
    ];
    for (integration, scenario) in first_scenarios(workspace)? {
        let mut contender = Contender::new(&integration, probe, &["run", "--env", "mock"]);
        contender.arguments.extend(["--reports".into(), reports.path().into(), scenario.into()]);
        contenders.push(contender);
    }
    for _ in 0..runs {
        for contender in &mut contenders {
            contender.one_run(workspace)?;
        }
    }
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    println!(
        "{runs} runs each, in turns\n\n{:<24} {:>8} {:>8} {:>8}",
        "ms", "least", "median", "p90"
    );
    for contender in &contenders {
        let [least, median, p90] = [0, 50, 90].map(|p| ms(contender.percentile(p)));
        println!("{:<24} {least:>8.1} {median:>8.1} {p90:>8.1}", contender.name);
    }
    let worst = contenders.iter().skip(2).map(|c| c.percentile(50)).max().unwrap_or_default();
    let word = if worst < GOAL { "met" } else { "missed" };
    println!("\ngoal of {:.0} ms for one scenario: {word} ({:.1} ms)", ms(GOAL), ms(worst));
    Ok(())
}

/// For each integration its first scenario, as `FILE:LINE`.
fn first_scenarios(workspace: &Path) -> Result<Vec<(String, String)>, Failure> {
    let mut found = Vec::new();
    for folder in sorted(&workspace.join("features"))? {
        let Some(name) = folder.file_name().filter(|name| *name != "journeys") else { continue };
        let Some(file) = sorted(&folder)?.into_iter().next() else { continue };
        let text = fs::read_to_string(&file)?;
        let line = text.lines().position(|line| line.trim_start().starts_with("Scenario:"));
        if let Some(line) = line {
            let place = format!("{}:{}", file.display(), line + 1);
            found.push((name.to_string_lossy().into_owned(), place));
        }
    }
    Ok(found)
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let mut entries: Vec<PathBuf> = entries.collect::<Result<_, _>>()?;
    entries.sort();
    Ok(entries)
}
