//! From the words of the command line to an exit code.

use std::fs;

use super::{formats, target, target::Pairs, text};
use crate::{
    catalog::Day,
    cli::{
        contract::options::{Diff, DiffFormat, FailLevel, Side},
        exit::config,
        output::{Style, complain, print},
    },
    contract::{
        Contract, DescribedFrom,
        compare::{self, Approvals, Comparison, Level, Mode, Reach, Settings},
        source::Source,
    },
    evidence::{Diagnostic, exit},
    transport::Clock,
};

/// What was found, and what it was found in.
pub(super) struct Judged {
    pub(super) pairs: Pairs,
    /// One for each of the older versions.
    pub(super) comparisons: Vec<Comparison>,
    pub(super) code: u8,
}

impl Judged {
    /// The contracts of each comparison, and the comparison.
    pub(super) fn each(&self) -> impl Iterator<Item = (&Contract, &Contract, &Comparison)> {
        let with = self.pairs.olds.iter().zip(&self.comparisons);
        with.map(|(old, comparison)| (old, &self.pairs.new, comparison))
    }
}

/// Compares what is meant and prints it.
pub(in crate::cli::contract) fn diff(typed: &Diff) -> u8 {
    let style = Style::of(typed.common.color);
    match judge(typed) {
        Ok((judged, told)) => {
            complain(&told, style);
            let text = match typed.format {
                DiffFormat::Text => text::text(&judged, style.out),
                DiffFormat::Json => formats::json(&judged),
                DiffFormat::Junit => match formats::junit(&judged) {
                    Ok(text) => text,
                    Err(problem) => return config(&[problem], style),
                },
                DiffFormat::Markdown => formats::markdown(&judged),
            };
            print(&text, judged.code)
        }
        Err(problems) => config(&problems, style),
    }
}

fn judge(typed: &Diff) -> Result<(Judged, Vec<Diagnostic>), Vec<Diagnostic>> {
    let (mode, reach) = match &typed.mode {
        None => (None, Reach::Last),
        Some(word) => mode(word).map_err(|problem| vec![problem])?,
    };
    let (now, _) = Clock::wall();
    let today = typed.today.as_deref().unwrap_or_else(|| now.get(..10).unwrap_or_default());
    if Day::parse(today).is_none() {
        return Err(vec![
            Diagnostic::error("--today is not a date")
                .expected("a date such as `2027-03-01`")
                .actual(today),
        ]);
    }
    let approvals = typed.approve.as_ref().map(|path| {
        let shown = path.display().to_string();
        let text = fs::read_to_string(path).map_err(|error| {
            vec![Diagnostic::error(format!("cannot read {shown}")).actual(error.to_string())]
        })?;
        Approvals::read(Source::yaml(shown, text))
    });
    let approvals = approvals.transpose()?;
    let pairs = target::pairs(typed, reach)?;
    let from = match typed.described_from {
        Some(Side::Partner) => DescribedFrom::Partner,
        Some(Side::Us) => DescribedFrom::Us,
        None => target::described_from(typed, &pairs),
    };
    let settings = Settings { mode, from, today: Some(today.to_owned()) };
    let olds = pairs.olds.iter();
    let mut comparisons: Vec<Comparison> =
        olds.map(|old| compare::compare(old, &pairs.new, &settings)).collect();
    let idle = approvals.map_or_else(Vec::new, |file| file.apply(&mut comparisons, today));
    let told = idle.into_iter().map(|idle| idle.message).collect();
    let code = code(&comparisons, typed.fail_on);
    Ok((Judged { pairs, comparisons, code }, told))
}

fn mode(word: &str) -> Result<(Option<Mode>, Reach), Diagnostic> {
    Mode::parse(word).map(|(mode, reach)| (Some(mode), reach)).ok_or_else(|| {
        let words: Vec<&str> = Mode::WORDS.iter().map(|entry| entry.0).collect();
        Diagnostic::error(format!("there is no mode `{word}`"))
            .expected(words.join(", "))
            .actual(word)
            .help("without --mode it is asked whether the described application may move first")
    })
}

/// Breaking is a failure; what cannot be decided is inconclusive, as everywhere.
fn code(comparisons: &[Comparison], fail_on: FailLevel) -> u8 {
    let gravest = comparisons.iter().filter_map(Comparison::level).max();
    match (gravest, fail_on) {
        (Some(Level::Breaking), _) | (Some(_), FailLevel::Any) => exit::FAILED,
        (Some(Level::Unknown), FailLevel::Unknown) => exit::INCONCLUSIVE,
        _ => exit::PASSED,
    }
}
