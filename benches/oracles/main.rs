//! Our verdicts beside those of other tools, on their own test data.
//!
//! The data lies outside the repository; a folder is named for each tool:
//!
//! ```text
//! cargo bench --bench oracles -- --buf ../buf
//! cargo bench --bench oracles -- --json-schema-diff ../json-schema-diff
//! cargo bench --bench oracles -- --oasdiff ../oasdiff
//! ```
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench tells its figures")]

mod buf;
mod json_schema_diff;
mod oasdiff;
mod tally;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use tally::Tally;

/// An option, and what compares the data in the folder that follows it.
type Oracle = (&'static str, fn(&Path) -> Result<Tally, String>);

const ORACLES: &[Oracle] = &[
    ("--buf", buf::run),
    ("--json-schema-diff", json_schema_diff::run),
    ("--oasdiff", oasdiff::run),
];

const USAGE: &str =
    "usage: cargo bench --bench oracles -- [--buf DIR] [--json-schema-diff DIR] [--oasdiff DIR]";

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1).filter(|word| word != "--bench");
    let mut is_good = true;
    while let Some(option) = words.next() {
        let Some(folder) = words.next().map(PathBuf::from) else {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        };
        let Some((_, run)) = ORACLES.iter().find(|(known, _)| *known == option) else {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        };
        match run(&folder) {
            Ok(tally) => {
                println!("{tally}");
                is_good &= tally.is_good();
            }
            Err(reason) => {
                eprintln!("{}: {reason}", folder.display());
                return ExitCode::from(2);
            }
        }
    }
    if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
