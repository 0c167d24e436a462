//! For people: progress on stderr, what did not pass and the table on stdout.

mod lines;

use std::io::{self, Write};
use std::sync::Arc;

use anstyle::Style;
use indicatif::ProgressBar;

use self::lines::{
    Groups, UnderWay, counts, did_not_pass, fails_on, ids, list_line, live_line, manner, mark,
    paint, shard, tenth, title, verdict_of_run,
};
use super::plain::one_line;
use super::story::{Times, count, skip_reason, tell, whose};
use super::table::Table;
use super::{Outcome, Tally, render};
use crate::evidence::{
    DriftClass, Event, PlannedScenario, RunFinished, RunPlanned, SafetyClass, Sink, SinkError,
    Totals, Verdict, exit,
};

/// Runs with fewer scenarios than this get a line for each in plain mode.
const SMALL_RUN: usize = 60;

/// So many scenarios that did not pass are told whole; the rest by a line each.
const TOLD_WHOLE: usize = 30;

/// So many get a line in the list at the end; the rest are counted.
const LISTED: usize = 100;

/// How progress is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Progress {
    /// Lines that stay, and failures told as they happen: for CI and files.
    #[default]
    Plain,
    /// One line that changes, and failures told at the end: for a terminal.
    Live,
    /// None: what is told is past.
    Silent,
}

/// How the terminal is to look; the caller knows what stands behind its writers.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// Whether stdout may be colored.
    pub color_out: bool,
    /// Whether stderr may be colored.
    pub color_err: bool,
    /// How progress is shown on stderr.
    pub progress: Progress,
    /// Whether run id, version and times are hidden, so that a screen is the
    /// same each time.
    pub redact: bool,
    /// Where the reports are, one each, told at the end.
    pub reports: Vec<String>,
}

/// The terminal view of a run.
pub struct Terminal {
    out: Box<dyn Write + Send>,
    err: Box<dyn Write + Send>,
    look: Look,
    times: Times,
    tally: Tally,
    table: Table,
    bar: Option<ProgressBar>,
    under_way: UnderWay,
    decided: usize,
    not_passed: usize,
    /// Width of the widest integration column, for lines that stand in rows.
    id_width: usize,
    held: Vec<String>,
    listed: Vec<String>,
    unlisted: usize,
    skips: Groups,
    drifts: Groups,
    missing: Groups,
}

impl Terminal {
    /// A view on these two writers, in practice stdout and stderr.
    pub fn new(out: Box<dyn Write + Send>, err: Box<dyn Write + Send>, look: Look) -> Self {
        Self {
            out,
            err,
            times: Times { redact: look.redact },
            look,
            tally: Tally::new(),
            table: Table::default(),
            bar: None,
            under_way: UnderWay::default(),
            decided: 0,
            not_passed: 0,
            id_width: 0,
            held: Vec::new(),
            listed: Vec::new(),
            unlisted: 0,
            skips: Groups::default(),
            drifts: Groups::default(),
            missing: Groups::default(),
        }
    }

    fn take(&mut self, event: &Event) -> io::Result<()> {
        if let Event::StepFinished(step) = event {
            let fresh = step.exchanges.iter().filter(|e| !self.tally.knows(step.scenario, e));
            fresh.for_each(|exchange| self.table.call(exchange));
        }
        let outcome = self.tally.fold(event);
        match event {
            Event::RunPlanned(plan) => self.planned(plan),
            Event::ScenarioStarted(started) => {
                if self.bar.is_some() && self.under_way.started(started.scenario) {
                    self.live();
                }
                Ok(())
            }
            Event::ScenarioFinished(finished) => {
                if self.bar.is_some() && self.under_way.ended(finished.scenario) {
                    self.live();
                }
                match outcome {
                    Some(outcome) => self.decided(&outcome, finished.at_ms),
                    None => Ok(()),
                }
            }
            Event::Warning(warning) => self.say(&render(warning, self.look.color_err)),
            Event::RunFinished(finished) => self.finished(finished),
            Event::StepFinished(_) | Event::Unknown => Ok(()),
        }
    }

    fn planned(&mut self, plan: &RunPlanned) -> io::Result<()> {
        self.table = Table::new(plan);
        let widths = plan.scenarios.iter().map(|s| ids(s).chars().count());
        self.id_width = widths.max().unwrap_or(0);
        let total = plan.scenarios.len();
        if self.look.progress == Progress::Live {
            self.bar = Some(live_line(total as u64));
        }
        let hide = |text: &str, name: &str| {
            if self.look.redact { format!("[{name}]") } else { one_line(text).into_owned() }
        };
        // The first line says whether anything real can be touched at all.
        let skipped = plan.scenarios.iter().filter(|s| s.skip.is_some()).count();
        let can_touch = match plan.environment.class {
            SafetyClass::Mock => 0,
            SafetyClass::Test | SafetyClass::Live => total - skipped,
        };
        let skipped = if skipped == 0 { String::new() } else { format!(", {skipped} skipped") };
        writeln!(
            self.out,
            "{} over {}{}{skipped}; {can_touch} of {total} can touch a partner; environment {} ({})",
            count(total as u32, "scenario"),
            count(plan.integrations.len() as u32, "integration"),
            shard(&plan.settings),
            one_line(&plan.environment.name),
            plan.environment.class.word(),
        )?;
        for chosen in plan.integrations.iter().filter(|i| i.instance.is_some()) {
            let name = chosen.instance.as_deref().unwrap_or_default();
            writeln!(self.out, "instance {} of {}", one_line(name), one_line(&chosen.id))?;
        }
        for set in &plan.set {
            writeln!(self.out, "set for this run alone: {}", one_line(set))?;
        }
        let profile = match &plan.profile {
            Some(profile) => format!("profile {}, ", one_line(profile)),
            None => String::new(),
        };
        writeln!(
            self.out,
            "probe {}  run {}  {profile}seed {}{}\n",
            hide(&plan.probe_version, "version"),
            hide(&plan.run_id, "run"),
            plan.seed,
            manner(&plan.settings),
        )?;
        self.out.flush()
    }

    fn decided(&mut self, outcome: &Outcome, at_ms: f64) -> io::Result<()> {
        let Some(plan) = self.tally.plan().map(Arc::clone) else { return Ok(()) };
        let Some(planned) = plan.scenarios.get(outcome.scenario as usize) else { return Ok(()) };
        if outcome.last.judgement.verdict == Verdict::Errored && outcome.last.attempt == 0 {
            // It was never under way: one line for all of its kind says enough.
            self.no_verdict(outcome);
            return Ok(());
        }
        self.table.count(planned, outcome);
        self.decided += 1;
        let verdict = outcome.last.judgement.verdict;
        match verdict {
            Verdict::Passed => self.note_drift(&plan, outcome),
            Verdict::Skipped => self.skips.add(&skip_reason(planned, &outcome.last)),
            Verdict::Failed | Verdict::Errored | Verdict::Inconclusive => self.not_passed += 1,
        }
        self.progress(&plan, planned, outcome, at_ms)?;
        if did_not_pass(verdict) {
            self.tell(&plan, planned, outcome)?;
        }
        Ok(())
    }

    /// Additive drift fails nobody; against a real partner it is still news.
    fn note_drift(&mut self, plan: &RunPlanned, outcome: &Outcome) {
        if plan.environment.class == SafetyClass::Mock {
            return;
        }
        for seen in outcome.last.findings.iter().filter(|f| f.class == DriftClass::Additive) {
            self.drifts.add(&one_line(&seen.message));
        }
    }

    fn progress(
        &mut self,
        plan: &RunPlanned,
        planned: &PlannedScenario,
        outcome: &Outcome,
        at_ms: f64,
    ) -> io::Result<()> {
        let verdict = outcome.last.judgement.verdict;
        if let Some(bar) = &self.bar {
            bar.inc(1);
            if did_not_pass(verdict) {
                self.live();
            }
            return Ok(());
        }
        if self.look.progress == Progress::Silent {
            return Ok(());
        }
        let total = plan.scenarios.len();
        let small = total < SMALL_RUN;
        if small || did_not_pass(verdict) {
            let line = self.progress_line(planned, outcome);
            writeln!(self.err, "{line}")?;
        }
        // A heartbeat at each tenth, but for the last: the end speaks for itself.
        if !small
            && self.decided < total
            && tenth(self.decided, total) > tenth(self.decided - 1, total)
        {
            let percent = tenth(self.decided, total) * 10;
            let rate = if self.look.redact || at_ms <= 0.0 {
                String::new()
            } else {
                format!(", {:.0} per second", self.decided as f64 / (at_ms / 1_000.0))
            };
            let (done, bad) = (self.decided, self.not_passed);
            writeln!(self.err, "{percent} %  {done} of {total}, {bad} did not pass{rate}")?;
        }
        Ok(())
    }

    /// Writes the live line anew: what did not pass, and what is waited for.
    fn live(&self) {
        let (Some(bar), Some(plan)) = (&self.bar, self.tally.plan()) else { return };
        let waiting = self.under_way.oldest().and_then(|index| plan.scenarios.get(index as usize));
        let parts = [
            (self.not_passed > 0).then(|| format!("{} did not pass", self.not_passed)),
            waiting.map(|planned| format!("waiting for {}: {}", ids(planned), title(planned))),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        bar.set_message(parts.join("; "));
    }

    /// `ok   stripe.payments  An authorization can be captured once  12 ms`
    fn progress_line(&self, planned: &PlannedScenario, outcome: &Outcome) -> String {
        let last = &outcome.last;
        let (word, style) = mark(last.judgement.verdict);
        let word = paint(self.look.color_err, style, word);
        let title = title(planned);
        let tail = match last.judgement.verdict {
            Verdict::Skipped => skip_reason(planned, last),
            Verdict::Passed if outcome.is_flaky() => {
                format!(
                    "{}  flaky: passed on attempt {}",
                    self.times.ms(last.nominal_ms),
                    last.attempt
                )
            }
            Verdict::Passed => self.times.ms(last.nominal_ms),
            Verdict::Failed | Verdict::Errored | Verdict::Inconclusive => {
                format!("{}  {}", self.times.ms(last.nominal_ms), last.judgement.dotted())
            }
        };
        format!("{word}  {:width$}  {title}  {tail}", ids(planned), width = self.id_width)
    }

    /// Tells a scenario that did not pass: now in plain mode, at the end where
    /// a live line is on the screen.
    fn tell(
        &mut self,
        plan: &RunPlanned,
        planned: &PlannedScenario,
        outcome: &Outcome,
    ) -> io::Result<()> {
        let whole = self.not_passed <= TOLD_WHOLE;
        if self.bar.is_none() || !whole {
            if self.listed.len() < LISTED {
                self.listed.push(list_line(plan, planned, outcome));
            } else {
                self.unlisted += 1;
            }
        }
        if !whole {
            return Ok(());
        }
        let block = self.block(plan, planned, outcome);
        if self.bar.is_some() {
            self.held.push(block);
            return Ok(());
        }
        writeln!(self.out, "{block}\n")?;
        self.out.flush()
    }

    fn block(&self, plan: &RunPlanned, planned: &PlannedScenario, outcome: &Outcome) -> String {
        let color = self.look.color_out;
        let judgement = outcome.last.judgement;
        let (_, style) = mark(judgement.verdict);
        let word = judgement.verdict.word().to_uppercase();
        let whose = judgement.party.map_or("", |party| whose(party, plan.environment.class));
        format!(
            "{}  {whose}  {}  {}\n{}\n{}",
            paint(color, style, &word),
            judgement.dotted(),
            ids(planned),
            paint(color, Style::new().bold(), &one_line(&planned.id)),
            tell(plan, planned, &outcome.last, self.times, color),
        )
    }

    fn no_verdict(&mut self, outcome: &Outcome) {
        if let Some(planned) = self.tally.planned(outcome) {
            self.table.count(planned, outcome);
        }
        let title = outcome.last.problem.as_ref().map(|problem| &problem.diagnostic.title);
        self.missing.add(title.map_or("", String::as_str));
    }

    fn finished(&mut self, finished: &RunFinished) -> io::Result<()> {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
            for block in std::mem::take(&mut self.held) {
                writeln!(self.out, "{block}\n")?;
            }
        }
        for outcome in self.tally.close() {
            if outcome.last.judgement.verdict == Verdict::Errored && outcome.last.calls.is_empty() {
                // It was never under way: one line for all of its kind says enough.
                self.no_verdict(&outcome);
            } else {
                self.decided(&outcome, finished.took_ms)?;
            }
        }
        if !self.listed.is_empty() {
            writeln!(self.out, "did not pass, and how to run it again:")?;
            self.listed.iter().try_for_each(|line| writeln!(self.out, "{line}"))?;
            if self.unlisted > 0 {
                writeln!(self.out, "  and {} more, see the reports", self.unlisted)?;
            }
            writeln!(self.out)?;
        }
        let totals = self.tally.totals();
        for line in self.table.lines(totals, self.times) {
            writeln!(self.out, "{line}")?;
        }
        writeln!(self.out)?;
        self.missing.write(&mut self.out, "no verdict")?;
        self.skips.write(&mut self.out, "skipped")?;
        self.drifts.write(&mut self.out, "additive drift, not a failure")?;
        self.last_lines(finished, totals)?;
        self.out.flush()?;
        self.err.flush()
    }

    fn last_lines(&mut self, finished: &RunFinished, totals: Totals) -> io::Result<()> {
        for report in &self.look.reports {
            writeln!(self.out, "report: {report}")?;
        }
        if finished.exit_code != exit::PASSED {
            let known = exit::TABLE.iter().find(|(code, _)| *code == finished.exit_code);
            let meaning = known.map_or("not a code of this version", |(_, meaning)| *meaning);
            writeln!(self.out, "exit code {}, {meaning}", finished.exit_code)?;
        }
        let (word, style) =
            verdict_of_run(self.tally.exit_code(), totals, finished.signal.as_deref());
        let plan = self.tally.plan();
        let environment = plan.map_or("", |plan| plan.environment.name.as_str());
        writeln!(
            self.out,
            "{}: {} of {} in {}{}; {} of {} touched a partner; environment {}{}",
            paint(self.look.color_out, style, &word),
            counts(totals),
            count(totals.planned, "scenario"),
            self.times.ms(finished.took_ms),
            plan.map(|plan| shard(&plan.settings)).unwrap_or_default(),
            totals.touched,
            totals.planned,
            one_line(environment),
            plan.map(|plan| fails_on(&plan.settings, ';')).unwrap_or_default(),
        )
    }

    /// Says something on stderr without tearing the live line.
    fn say(&mut self, text: &str) -> io::Result<()> {
        let err = &mut self.err;
        match &self.bar {
            Some(bar) => bar.suspend(|| writeln!(err, "{text}")),
            None => writeln!(err, "{text}"),
        }
    }
}

impl Sink for Terminal {
    fn event(&mut self, event: &Event) -> Result<(), SinkError> {
        self.take(event).map_err(|e| SinkError(format!("cannot write to the terminal: {e}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use crate::report::sample::Page;

    /// What stands on stdout and stderr after these events.
    fn screen(events: &[Event], look: Look) -> (String, String) {
        let (out, err) = (Page::default(), Page::default());
        let mut terminal = Terminal::new(Box::new(out.clone()), Box::new(err.clone()), look);
        for event in events {
            terminal.event(event).expect("pages take all");
        }
        (out.text(), err.text())
    }

    #[test]
    fn a_run_in_which_everything_happens() {
        let reports = vec!["reports/20261120T101500Z-7f3a/junit.xml".to_owned()];
        let look = Look { reports, ..Look::default() };
        let (out, err) = screen(&sample::events(), look);
        insta::assert_snapshot!("everything_out", out);
        insta::assert_snapshot!("everything_err", err);
    }

    #[test]
    fn a_green_run_says_that_it_touched_nobody() {
        let (out, err) = screen(&sample::green(), Look { redact: true, ..Look::default() });
        insta::assert_snapshot!("green_out", out);
        insta::assert_snapshot!("green_err", err);
    }

    #[test]
    fn a_large_run_tells_some_whole_and_lists_the_rest() {
        let (out, err) = screen(&sample::many(400, 3), Look::default());
        assert_eq!(out.matches("\nFAILED  the stand-in's").count(), TOLD_WHOLE);
        assert!(out.contains("  and 33 more, see the reports\n"), "{out}");
        assert!(out.ends_with(
            "FAILED: 133 failed, 267 passed of 400 scenarios in 4.8 s; \
             0 of 400 touched a partner; environment mock\n"
        ));
        let beats: Vec<&str> = err.lines().filter(|line| line.contains(" %  ")).collect();
        assert_eq!(beats.len(), 9, "{err}");
        assert_eq!(beats[4], "50 %  200 of 400, 66 did not pass, 83 per second");
        assert_eq!(err.lines().filter(|line| line.starts_with("FAIL")).count(), 133);
    }

    #[test]
    fn with_a_live_line_failures_come_at_the_end_and_are_not_listed_twice() {
        let events = sample::events();
        let live = Look { progress: Progress::Live, ..Look::default() };
        let (before, _) = screen(&events[..events.len() - 1], live.clone());
        assert_eq!(before.lines().count(), 3, "{before}");
        let (out, _) = screen(&events, live);
        assert_eq!(out.matches("again: probe run").count(), 6);
        assert!(!out.contains("how to run it again"));
    }

    #[test]
    fn color_is_only_used_where_asked_for() {
        let (out, err) = screen(&sample::events(), Look::default());
        assert!(!out.contains('\u{1b}') && !err.contains('\u{1b}'));
        let (out, err) = screen(&sample::events(), Look { color_out: true, ..Look::default() });
        assert!(out.contains("\u{1b}[1m") && !err.contains('\u{1b}'));
    }

    #[test]
    fn a_signal_is_the_first_word_of_the_last_line() {
        let mut events = sample::green();
        if let Some(Event::RunFinished(finished)) = events.last_mut() {
            finished.signal = Some("SIGINT".into());
            finished.exit_code = exit::INTERRUPTED;
        }
        let (out, _) = screen(&events, Look::default());
        let last: Vec<&str> = out.lines().rev().take(2).collect();
        assert!(last[0].starts_with("ENDED BY SIGINT: 11 passed, 1 skipped of 12"), "{out}");
        assert_eq!(last[1], "exit code 130, interrupted (SIGINT); reports are written");
    }

    #[test]
    fn an_empty_run_ran_nothing() {
        let (out, _) = screen(&sample::many(0, 0), Look::default());
        assert!(out.ends_with(
            "exit code 4, nothing ran: empty selection, or everything skipped\n\
             NOTHING RAN: nothing of 0 scenarios in 10 ms; 0 of 0 touched a partner; environment mock\n"
        ), "{out}");
    }
}
