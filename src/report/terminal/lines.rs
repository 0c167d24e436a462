//! The words and single lines of the terminal view.

use std::fmt;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::evidence::{Order, PlannedScenario, RunPlanned, RunSettings, Totals, Verdict, exit};
use crate::report::Outcome;
use crate::report::plain::{clip, one_line};
use crate::report::story::{again, whose};

/// So many different skip reasons and drifts are told apart.
const GROUPS: usize = 20;

/// Lines that were said more than once, counted.
#[derive(Default)]
pub(super) struct Groups {
    known: Vec<(String, u32)>,
    others: u32,
}

impl Groups {
    pub(super) fn add(&mut self, line: &str) {
        if let Some((_, count)) = self.known.iter_mut().find(|(known, _)| known == line) {
            *count += 1;
        } else if self.known.len() < GROUPS {
            self.known.push((line.to_owned(), 1));
        } else {
            self.others += 1;
        }
    }

    pub(super) fn write(&self, out: &mut dyn Write, what: &str) -> io::Result<()> {
        if self.known.is_empty() {
            return Ok(());
        }
        writeln!(out, "{what}:")?;
        for (line, count) in &self.known {
            writeln!(out, "  {count} x {line}")?;
        }
        if self.others > 0 {
            writeln!(out, "  {} x for other reasons", self.others)?;
        }
        writeln!(out)
    }
}

pub(super) fn live_line(total: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len}  {rate}  {msg}")
        .expect("the template is a literal, and a test draws it")
        .with_key("rate", |state: &ProgressState, out: &mut dyn fmt::Write| {
            // A line that cannot be drawn is none; the next one may be.
            let _ = write!(out, "{:.0} per second", state.per_sec());
        })
        .progress_chars("=> ");
    bar.set_style(style);
    bar
}

pub(super) fn did_not_pass(verdict: Verdict) -> bool {
    !matches!(verdict, Verdict::Passed | Verdict::Skipped)
}

pub(super) fn tenth(done: usize, total: usize) -> usize {
    done * 10 / total.max(1)
}

pub(super) fn ids(planned: &PlannedScenario) -> String {
    one_line(&planned.integrations.join(" + ")).into_owned()
}

pub(super) fn title(planned: &PlannedScenario) -> String {
    clip(&one_line(&planned.title()), 1, 160).into_owned()
}

/// The mark of a verdict in a line of progress, and its color.
pub(super) fn mark(verdict: Verdict) -> (&'static str, Style) {
    match verdict {
        Verdict::Passed => ("ok  ", AnsiColor::Green.on_default()),
        Verdict::Failed => ("FAIL", AnsiColor::Red.on_default().bold()),
        Verdict::Errored => ("ERR ", AnsiColor::Magenta.on_default().bold()),
        Verdict::Inconclusive => ("INC ", AnsiColor::Yellow.on_default().bold()),
        Verdict::Skipped => ("skip", AnsiColor::BrightBlack.on_default()),
    }
}

pub(super) fn paint(color: bool, style: Style, text: &str) -> String {
    if color { format!("{style}{text}{style:#}") } else { text.to_owned() }
}

/// `1 failed, 18 passed (1 flaky), 2 skipped`: the gravest first, zeros left out.
pub(super) fn counts(totals: Totals) -> String {
    let flaky = match totals.flaky {
        0 => String::new(),
        flaky => format!(" ({flaky} flaky)"),
    };
    let parts = [
        (totals.failed, "failed", ""),
        (totals.errored, "errored", ""),
        (totals.inconclusive, "inconclusive", ""),
        (totals.passed, "passed", flaky.as_str()),
        (totals.skipped, "skipped", ""),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, word, more)| format!("{count} {word}{more}"))
        .collect();
    if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
}

pub(super) fn verdict_of_run(code: u8, totals: Totals, signal: Option<&str>) -> (String, Style) {
    if let Some(signal) = signal {
        return (format!("ENDED BY {}", one_line(signal)), AnsiColor::Yellow.on_default().bold());
    }
    let ran = totals.planned > totals.skipped;
    if code == exit::PASSED && !ran {
        let style = mark(Verdict::Skipped).1.bold();
        return ("NOTHING TO RUN IN THIS SHARD".to_owned(), style);
    }
    let (word, verdict) = match code {
        exit::PASSED => ("PASSED", Verdict::Passed),
        exit::FAILED => ("FAILED", Verdict::Failed),
        exit::ERRORED => ("ERRORED", Verdict::Errored),
        exit::INCONCLUSIVE => ("INCONCLUSIVE", Verdict::Inconclusive),
        _ => ("NOTHING RAN", Verdict::Skipped),
    };
    (word.to_owned(), mark(verdict).1.bold())
}

/// `, shard 2/5 of 43`: nothing where the selection is whole.
pub(super) fn shard(settings: &RunSettings) -> String {
    settings
        .shard
        .map(|shard| format!(", shard {}/{} of {}", shard.index, shard.of, shard.selected))
        .unwrap_or_default()
}

/// `, order random, fails on failed, flaky`: what is not as always.
pub(super) fn manner(settings: &RunSettings) -> String {
    let order = match settings.order {
        Order::Defined => String::new(),
        order => format!(", order {}", order.word()),
    };
    format!("{order}{}", fails_on(settings, ','))
}

/// What makes the run fail, where that is not as always.
pub(super) fn fails_on(settings: &RunSettings, comma: char) -> String {
    if settings.fail_on.is_default() {
        return String::new();
    }
    format!("{comma} fails on {}", settings.fail_on.describe())
}

/// Scenarios under way, the one that began first in front.
#[derive(Default)]
pub(super) struct UnderWay(Vec<u32>);

impl UnderWay {
    /// Gives whether it is the oldest.
    pub(super) fn started(&mut self, scenario: u32) -> bool {
        self.0.push(scenario);
        self.0.len() == 1
    }

    /// Gives whether it was the oldest.
    pub(super) fn ended(&mut self, scenario: u32) -> bool {
        let at = self.0.iter().position(|known| *known == scenario);
        if let Some(at) = at {
            self.0.remove(at);
        }
        at == Some(0)
    }

    pub(super) fn oldest(&self) -> Option<u32> {
        self.0.first().copied()
    }
}

/// A scenario that did not pass, in short, and how to run it again.
pub(super) fn list_line(plan: &RunPlanned, planned: &PlannedScenario, outcome: &Outcome) -> String {
    let judgement = outcome.last.judgement;
    let whose = judgement.party.map_or("", |party| whose(party, plan.environment.class));
    let again = again(plan, planned);
    format!("  {} ({whose})  {}\n    {again}", judgement.dotted(), title(planned))
}
