//! Telling a recorded run again.

use super::{ReadError, Tally};
use crate::evidence::{Diagnostic, Event, RunFinished, Sink, SinkError, Totals, exit};

/// What a recorded run came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// Scenarios by verdict.
    pub totals: Totals,
    /// The exit code of the run, counted from its verdicts unless a signal ended it.
    pub exit_code: u8,
    /// Whether the run ended without its last event.
    pub cut: bool,
}

/// Why a recorded run could not be told again.
#[derive(Debug)]
pub enum ReplayError {
    /// Its events cannot be read.
    Read(ReadError),
    /// The sink can take no more.
    Sink(SinkError),
}

/// Tells recorded events to a sink (a [`Fanout`](super::Fanout) for several).
///
/// A run that was killed has no last event. It is made up then, so that every
/// report ends in order: scenarios without a verdict count as errored.
pub fn replay(
    events: impl IntoIterator<Item = Result<Event, ReadError>>,
    sink: &mut dyn Sink,
) -> Result<Replayed, ReplayError> {
    let mut tally = Tally::new();
    let mut last_ms = 0.0_f64;
    for event in events {
        let event = event.map_err(ReplayError::Read)?;
        tally.fold(&event);
        last_ms = last_ms.max(at_ms(&event));
        sink.event(&event).map_err(ReplayError::Sink)?;
        if let Event::RunFinished(finished) = event {
            tally.close();
            // A signal decides; else the verdicts do, whatever the last line says.
            let exit_code = match finished.exit_code {
                code @ (exit::INTERRUPTED | exit::TERMINATED) => code,
                _ => tally.exit_code(),
            };
            return Ok(Replayed { totals: tally.totals(), exit_code, cut: false });
        }
    }
    let missing = tally.close().len();
    let warning = Diagnostic::warning("the run was cut: it has no end")
        .note(format!("{missing} of {} scenarios have no verdict", tally.totals().planned))
        .help("it was killed, or is still going on");
    sink.event(&Event::Warning(warning)).map_err(ReplayError::Sink)?;
    let (totals, exit_code) = (tally.totals(), tally.exit_code());
    let end = RunFinished { took_ms: last_ms, totals, exit_code, signal: None };
    sink.event(&Event::RunFinished(end)).map_err(ReplayError::Sink)?;
    Ok(Replayed { totals, exit_code, cut: true })
}

fn at_ms(event: &Event) -> f64 {
    match event {
        Event::ScenarioStarted(started) => started.at_ms,
        Event::ScenarioFinished(finished) => finished.at_ms,
        Event::RunPlanned(_)
        | Event::StepFinished(_)
        | Event::Warning(_)
        | Event::RunFinished(_)
        | Event::Unknown => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::{self, Page};
    use crate::report::{Fanout, Junit, Look, Terminal, read_events};

    /// Terminal and `JUnit` of recorded events, and what they came to.
    fn rendered(events: &[u8]) -> (String, String, Replayed) {
        let (out, xml) = (Page::default(), Page::default());
        let err = Box::new(Page::default());
        let mut sinks = Fanout::new(vec![
            Box::new(Terminal::new(Box::new(out.clone()), err, Look::default())),
            Box::new(Junit::new(xml.clone())),
        ]);
        let replayed = replay(read_events(events), &mut sinks).expect("it can be told again");
        assert_eq!(sinks.lost(), []);
        (out.text(), xml.text(), replayed)
    }

    fn recorded(events: &[Event]) -> Vec<u8> {
        let lines = events.iter().map(|e| serde_json::to_string(e).expect("plain data") + "\n");
        lines.collect::<String>().into_bytes()
    }

    #[test]
    fn the_first_schema_is_read_for_ever() {
        let (out, xml, replayed) = rendered(include_bytes!("../../tests/events/v1.jsonl"));
        assert!(!replayed.cut);
        insta::assert_snapshot!("v1_out", out);
        insta::assert_snapshot!("v1_xml", xml);
    }

    #[test]
    fn a_recorded_run_looks_like_the_run() {
        let events = sample::events();
        let Some(Event::RunFinished(end)) = events.last() else { panic!("no end") };
        let (out, xml, replayed) = rendered(&recorded(&events));
        assert_eq!(replayed, Replayed { totals: end.totals, exit_code: end.exit_code, cut: false });
        let page = Page::default();
        let mut junit = Junit::new(page.clone());
        for event in &events {
            junit.event(event).expect("a page takes all");
        }
        assert_eq!(xml, page.text());
        assert!(out.contains("FAILED: 4 failed, 1 errored, 1 inconclusive, 5 passed (1 flaky)"));
    }

    #[test]
    fn a_killed_run_ends_in_order() {
        let events = recorded(&sample::green());
        let half = &events[..events.len() / 2];
        let (out, xml, replayed) = rendered(half);
        assert!(replayed.cut);
        assert_eq!(replayed.exit_code, exit::ERRORED);
        let totals = replayed.totals;
        assert_eq!(totals.passed + totals.errored + totals.skipped, totals.planned);
        assert!(xml.ends_with("</testsuites>\n"));
        assert_eq!(xml.matches("errored.harness.probe").count(), totals.errored as usize);
        insta::assert_snapshot!("cut_out", out);
    }
}
