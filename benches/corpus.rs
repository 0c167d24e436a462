//! Which documents of vendors we read, which we refuse and why, and how long it takes.
//!
//! `cargo bench --bench corpus -- DIR...` walks folders outside the repository, tells documents
//! from other files by their first members, and reads each as `probe contract show FILE` does.
//! Nothing is caught: a panic ends the program. It fails where less than 99 % are read.

#![expect(clippy::print_stdout, reason = "a table for a person")]

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use probe::{
    contract::{self, source::Source},
    evidence::Diagnostic,
};

/// Files larger than this are no documents that we read.
const MOST_BYTES: u64 = 64 << 20;

fn main() -> ExitCode {
    // Cargo adds `--bench`; it is no folder.
    let folders: Vec<PathBuf> =
        env::args_os().skip(1).filter(|word| word != "--bench").map(PathBuf::from).collect();
    let mut whole = Counts::default();
    println!("{}", Counts::head());
    for folder in &folders {
        let mut counts = Counts::default();
        walk(folder, &mut |file| counts.file(folder, file));
        counts.imports(folder);
        println!("{}", counts.line(&name(folder)));
        whole.add(counts);
    }
    println!("{}", whole.line("all"));
    whole.reasons();
    whole.extremes();
    let enough = whole.read * 100 >= whole.documents * 99;
    if enough { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn name(folder: &Path) -> String {
    folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy().into_owned()
}

/// Calls `each` for every file, in the order of their names; hidden ones are left out.
fn walk(folder: &Path, each: &mut dyn FnMut(&Path)) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for entry in entries {
        if entry.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
            continue;
        }
        if entry.is_dir() {
            walk(&entry, each);
        } else {
            each(&entry);
        }
    }
}

/// What kind of document a file is: by its ending, or by the member that its standard demands.
fn kind(file: &Path) -> Option<&'static str> {
    let ending = file.extension()?.to_str()?;
    match ending {
        "proto" => return Some("protobuf"),
        "avsc" => return Some("avro"),
        "json" | "yaml" | "yml" => {}
        _ => return None,
    }
    if fs::metadata(file).ok()?.len() > MOST_BYTES {
        return None;
    }
    let text = fs::read_to_string(file).ok()?;
    // A document that does not parse is one all the same, if it says so.
    let says = |key: &str| {
        let starts = |line: &str| line.trim_start_matches(['{', ' ', '"', '\t']).starts_with(key);
        text.lines().take(20).any(|line| line.len() < 200 && starts(line))
    };
    let Ok(document) = Source::new(file.display().to_string(), text.as_str()).parse() else {
        return ["openapi", "swagger", "asyncapi"].into_iter().find(|key| says(key));
    };
    let has = |key: &&str| document.get(key).is_some();
    ["openapi", "swagger", "asyncapi"].into_iter().find(has).or_else(|| {
        let schema = document.get("$schema")?.as_str()?;
        schema.contains("json-schema.org/draft").then_some("schema")
    })
}

#[derive(Default)]
struct Counts {
    files: usize,
    documents: usize,
    read: usize,
    operations: usize,
    took: Duration,
    /// Documents by kind.
    kinds: BTreeMap<&'static str, usize>,
    /// Refusals: the title of the first problem, with the files.
    refused: BTreeMap<String, Vec<String>>,
    /// Time and bytes of each document that was read.
    times: Vec<(Duration, u64, String)>,
}

impl Counts {
    fn file(&mut self, folder: &Path, file: &Path) {
        self.files += 1;
        let Some(kind) = kind(file) else { return };
        self.documents += 1;
        *self.kinds.entry(kind).or_default() += 1;
        if kind == "protobuf" {
            return;
        }
        let shown = file.strip_prefix(folder.parent().unwrap_or(folder)).unwrap_or(file);
        let shown = shown.display().to_string();
        let bytes = fs::metadata(file).map_or(0, |about| about.len());
        let started = Instant::now();
        let contract = contract::open(file);
        let took = started.elapsed();
        self.took += took;
        match contract {
            Ok(contract) => {
                self.read += 1;
                self.operations += contract.operations.len();
                self.times.push((took, bytes, shown));
            }
            Err(problems) => {
                let (reason, place) = reason(&problems);
                self.refused.entry(reason).or_default().push(format!("{shown}{place}"));
            }
        }
    }

    /// Files in Protocol Buffers import each other by their paths from the repository's root: all
    /// of them are one contract, and are refused together.
    fn imports(&mut self, folder: &Path) {
        let Some(files) = self.kinds.get("protobuf").copied() else { return };
        let started = Instant::now();
        let contract = contract::open(folder);
        self.took += started.elapsed();
        match contract {
            Ok(contract) => {
                self.read += files;
                self.operations += contract.operations.len();
            }
            Err(problems) => {
                let (reason, place) = reason(&problems);
                let shown = format!("{} ({files} files){place}", name(folder));
                self.refused.entry(reason).or_default().push(shown);
            }
        }
    }

    fn add(&mut self, other: Self) {
        self.files += other.files;
        self.documents += other.documents;
        self.read += other.read;
        self.operations += other.operations;
        self.took += other.took;
        for (kind, count) in other.kinds {
            *self.kinds.entry(kind).or_default() += count;
        }
        for (reason, files) in other.refused {
            self.refused.entry(reason).or_default().extend(files);
        }
        self.times.extend(other.times);
    }

    fn head() -> String {
        format!(
            "{:34} {:>6} {:>9} {:>6} {:>7} {:>7} {:>10} {:>9}  kinds",
            "repository", "files", "documents", "read", "refused", "%", "operations", "time"
        )
    }

    fn line(&self, name: &str) -> String {
        let percent = 100.0 * self.read as f64 / self.documents.max(1) as f64;
        let kinds: Vec<String> =
            self.kinds.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        format!(
            "{name:34} {:>6} {:>9} {:>6} {:>7} {percent:>7.2} {:>10} {:>6} ms  {}",
            self.files,
            self.documents,
            self.read,
            self.documents - self.read,
            self.operations,
            self.took.as_millis(),
            kinds.join(", "),
        )
    }

    fn reasons(&self) {
        for (reason, files) in &self.refused {
            println!("\nrefused {}: {reason}", files.len());
            for file in files {
                println!("  {file}");
            }
        }
    }

    fn extremes(&mut self) {
        for (what, by_bytes) in [("slowest", false), ("largest", true)] {
            self.times.sort_by_key(|(took, bytes, _)| {
                std::cmp::Reverse(if by_bytes { u128::from(*bytes) } else { took.as_nanos() })
            });
            println!("\n{what}");
            for (took, bytes, file) in self.times.iter().take(5) {
                println!("  {:>6} ms  {:>6} KiB  {file}", took.as_millis(), bytes >> 10);
            }
        }
    }
}

/// Why a document was refused: the first problem, what it said there, the standard, and its place.
fn reason(problems: &[Diagnostic]) -> (String, String) {
    let Some(first) = problems.first() else {
        return ("nothing was said".to_owned(), String::new());
    };
    let cited = first.notes.iter().find(|note| note.contains("section"));
    let reason = match cited {
        Some(cited) => format!("{} ({cited})", first.title),
        None => first.title.clone(),
    };
    let place = first.place().map_or_else(String::new, |place| format!(":{}", place.line));
    let actual = first.actual.as_deref().map_or_else(String::new, |said| format!("  {said}"));
    (reason, format!("{place}{actual} ({} problems)", problems.len()))
}
