//! The run folder's `events.jsonl`: the story of a run, an event a line. All
//! other reports can be made from it again.

use std::fmt;
use std::io::{self, BufRead, BufWriter, Read, Write};

use serde::Deserialize;
use serde_json::error::Category;

use crate::evidence::{Diagnostic, Event, SCHEMA_VERSION, Severity, Sink, SinkError, Verdict};

/// What is held back before it is written, in bytes.
const BUFFER: usize = 64 * 1024;

/// How old the last flush may be before the end of a passing scenario flushes
/// again, in milliseconds of the run.
const FLUSH_EVERY_MS: f64 = 100.0;

/// No line is longer, in bytes. A plan of 100,000 scenarios takes some 100 MB.
const LONGEST_LINE: u64 = 1 << 30;

/// Writes events, a line each.
///
/// A run that is killed should lose little: the plan, the end of the run and
/// whatever did not pass are flushed at once, the rest at most 100 ms or 64 KiB
/// later. Time is the events' own, so no clock is asked.
pub struct EventWriter<W: Write> {
    out: BufWriter<W>,
    line: Vec<u8>,
    every_ms: f64,
    flushed_at_ms: f64,
}

impl<W: Write> EventWriter<W> {
    /// A writer for a file.
    pub fn new(out: W) -> Self {
        Self::flushing_every(out, FLUSH_EVERY_MS)
    }

    /// A writer that flushes when a scenario ends, `every_ms` at the most.
    pub(super) fn flushing_every(out: W, every_ms: f64) -> Self {
        let out = BufWriter::with_capacity(BUFFER, out);
        Self { out, line: Vec::new(), every_ms, flushed_at_ms: f64::NEG_INFINITY }
    }

    fn write(&mut self, event: &Event) -> io::Result<()> {
        if let Event::RunPlanned(_) = event {
            // A plan may be a line of megabytes, which need not stand in memory whole.
            serde_json::to_writer(&mut self.out, event)?;
        } else {
            // The many small pieces of a line go to memory faster than to a writer.
            self.line.clear();
            serde_json::to_writer(&mut self.line, event)?;
            self.out.write_all(&self.line)?;
        }
        self.out.write_all(b"\n")?;
        match event {
            Event::ScenarioFinished(finished) => {
                let due = finished.at_ms - self.flushed_at_ms >= self.every_ms;
                if due || finished.judgement.verdict != Verdict::Passed {
                    self.out.flush()?;
                    self.flushed_at_ms = finished.at_ms;
                }
                Ok(())
            }
            // Who listens, or finds the file of a killed run, sees what was waited for.
            Event::ScenarioStarted(started) => {
                let due = started.at_ms - self.flushed_at_ms >= self.every_ms;
                if due { self.out.flush() } else { Ok(()) }
            }
            Event::RunPlanned(_) | Event::RunFinished(_) | Event::Warning(_) => self.out.flush(),
            Event::StepFinished(_) | Event::Unknown => Ok(()),
        }
    }
}

impl<W: Write + Send> Sink for EventWriter<W> {
    fn event(&mut self, event: &Event) -> Result<(), SinkError> {
        self.write(event).map_err(|e| SinkError(format!("cannot write the events: {e}")))
    }
}

/// Reads events from JSON lines.
///
/// Older schemas, unknown fields and unknown events are borne. A last line that
/// was cut short, as a killed run leaves it, is dropped and told as an
/// [`Event::Warning`]. Anything else that is broken ends the reading with an error.
pub fn read_events<R: BufRead>(input: R) -> EventReader<R> {
    EventReader { input, line: Vec::new(), number: 0, done: false }
}

/// The iterator that [`read_events`] gives.
pub struct EventReader<R> {
    input: R,
    line: Vec<u8>,
    number: u64,
    done: bool,
}

/// Why a file of events cannot be read.
#[derive(Debug)]
pub enum ReadError {
    /// The file itself cannot be read.
    Io(io::Error),
    /// A line is not an event.
    Broken {
        /// Its number, counted from 1.
        line: u64,
        /// What is wrong with it.
        detail: String,
    },
    /// The file does not begin with the plan of a run.
    NoPlan,
    /// A newer `probe` wrote it.
    Newer {
        /// The schema version of the file.
        found: u32,
    },
}

impl ReadError {
    /// The message to a person who asked for this file.
    pub fn diagnostic(&self, file: &str) -> Diagnostic {
        let message = Diagnostic::error(format!("cannot read the events in {file}"));
        match self {
            Self::Io(e) => message.actual(e.to_string()),
            Self::Broken { line, detail } => message
                .expected("an event as JSON in each line")
                .actual(format!("line {line}: {detail}"))
                .help("only the last line of a killed run may be cut; was the file edited?"),
            Self::NoPlan => message
                .expected("line 1 with the event run_planned")
                .actual("something else")
                .help("name the folder of a run, or its events.jsonl"),
            Self::Newer { found } => message
                .expected(format!("schema version {SCHEMA_VERSION} or older"))
                .actual(format!("schema version {found}"))
                .help("render it with the version of probe that recorded it, or a newer one"),
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(e) => write!(f, "{e}"),
            Self::Broken { line, detail } => write!(f, "line {line} is not an event: {detail}"),
            Self::NoPlan => f.write_str("line 1 is not the plan of a run"),
            Self::Newer { found } => {
                write!(f, "schema version {found} is newer than {SCHEMA_VERSION}")
            }
        }
    }
}

impl std::error::Error for ReadError {}

/// As much of the first line as every version has.
#[derive(Deserialize)]
struct Head {
    event: String,
    schema_version: u32,
}

impl<R: BufRead> EventReader<R> {
    /// The next event that this version knows; `None` at the end.
    fn read(&mut self) -> Result<Option<Event>, ReadError> {
        loop {
            self.line.clear();
            let mut bounded = (&mut self.input).take(LONGEST_LINE);
            let read = bounded.read_until(b'\n', &mut self.line).map_err(ReadError::Io)?;
            if read == 0 {
                return if self.number == 0 { Err(ReadError::NoPlan) } else { Ok(None) };
            }
            self.number += 1;
            let whole = self.line.last() == Some(&b'\n');
            if self.number == 1 {
                check_head(&self.line)?;
            }
            match serde_json::from_slice::<Event>(&self.line) {
                Ok(Event::Unknown) => {}
                Ok(event) => return Ok(Some(event)),
                Err(_) if whole && self.line.trim_ascii().is_empty() => {}
                Err(_) if !whole && self.number > 1 => return Ok(Some(self.torn())),
                Err(error) => {
                    return Err(ReadError::Broken { line: self.number, detail: detail(&error) });
                }
            }
        }
    }

    fn torn(&mut self) -> Event {
        self.done = true;
        let title = format!("the last event (line {}) was cut short and is dropped", self.number);
        let mut note = Diagnostic::warning(title).note("a run that is killed leaves such a line");
        note.severity = Severity::Note;
        Event::Warning(note)
    }
}

/// What is wrong with a line, without the parser's own count of lines.
fn detail(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let (reason, _) = text.rsplit_once(" at line ").unwrap_or((&text, ""));
    match error.classify() {
        Category::Eof => "it ends in the middle of an event".to_owned(),
        Category::Syntax => format!("not JSON: {reason} (column {})", error.column()),
        Category::Data | Category::Io => format!("not an event: {reason}"),
    }
}

fn check_head(line: &[u8]) -> Result<(), ReadError> {
    let head: Head = serde_json::from_slice(line).map_err(|_| ReadError::NoPlan)?;
    if head.event != "run_planned" {
        return Err(ReadError::NoPlan);
    }
    if head.schema_version > SCHEMA_VERSION {
        return Err(ReadError::Newer { found: head.schema_version });
    }
    Ok(())
}

impl<R: BufRead> Iterator for EventReader<R> {
    type Item = Result<Event, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let next = self.read().transpose();
        self.done |= !matches!(next, Some(Ok(_)));
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::{self, Page};

    fn written(events: &[Event]) -> String {
        let page = Page::default();
        let mut writer = EventWriter::new(page.clone());
        for event in events {
            writer.event(event).expect("a page takes all");
        }
        drop(writer);
        page.text()
    }

    fn read(text: &[u8]) -> Result<Vec<Event>, ReadError> {
        read_events(text).collect()
    }

    fn message(text: &[u8]) -> String {
        let error = read(text).expect_err("it is refused");
        crate::report::render(&error.diagnostic("events.jsonl"), false)
    }

    #[test]
    fn what_was_written_is_read_again() {
        let events = sample::events();
        let text = written(&events);
        assert_eq!(text.lines().count(), events.len());
        assert_eq!(read(text.as_bytes()).expect("it is whole"), events);
    }

    #[test]
    fn a_killed_run_loses_no_more_than_the_last_moments() {
        let events = sample::many(40, 0);
        let page = Page::default();
        let mut writer = EventWriter::new(page.clone());
        for event in &events[..events.len() - 1] {
            writer.event(event).expect("a page takes all");
            if let Event::ScenarioFinished(finished) = event {
                let kept = read(page.text().as_bytes()).expect("whole lines, or a torn last one");
                let last_ms = kept.iter().rev().find_map(|event| match event {
                    Event::ScenarioFinished(finished) => Some(finished.at_ms),
                    _ => None,
                });
                let lost = finished.at_ms - last_ms.expect("the first is flushed");
                assert!(lost < FLUSH_EVERY_MS, "{lost} ms are lost");
            }
        }
        // Killed here: nothing more is flushed.
        std::mem::forget(writer);
    }

    #[test]
    fn a_failure_is_on_disk_as_soon_as_it_is_told() {
        let events = sample::many(3, 3);
        let page = Page::default();
        let mut writer = EventWriter::new(page.clone());
        events[..events.len() - 1].iter().for_each(|e| writer.event(e).expect("a page takes all"));
        assert_eq!(read(page.text().as_bytes()).expect("whole").len(), events.len() - 1);
    }

    #[test]
    fn a_torn_last_line_is_dropped_and_told() {
        let events = sample::events();
        let text = written(&events);
        let text = text.as_bytes();
        let last = text[..text.len() - 1].iter().rposition(|b| *b == b'\n').expect("lines") + 1;
        for cut in (last + 1..text.len() - 1).step_by(7) {
            let kept = read(&text[..cut]).expect("only the last line is torn");
            assert_eq!(kept[..events.len() - 1], events[..events.len() - 1]);
            let Some(Event::Warning(note)) = kept.last() else { panic!("it is not told") };
            assert_eq!(note.severity, Severity::Note);
        }
        // Only the line break is missing.
        assert_eq!(read(&text[..text.len() - 1]).expect("whole"), events);
    }

    #[test]
    fn a_broken_line_in_the_middle_is_refused_with_its_number() {
        let text = written(&sample::events());
        let mut lines: Vec<&str> = text.lines().collect();
        lines[6] = "{\"event\":\"scenario_started\",\"scenario\":";
        let text = lines.join("\n");
        assert_eq!(
            message(text.as_bytes()),
            "error: cannot read the events in events.jsonl\n |\n \
             = expected: an event as JSON in each line\n \
             =   actual: line 7: it ends in the middle of an event\n \
             = help: only the last line of a killed run may be cut; was the file edited?"
        );
        assert_eq!(read_events(text.as_bytes()).count(), 7, "nothing follows an error");
    }

    #[test]
    fn a_newer_schema_is_refused_by_name_whatever_else_it_holds() {
        let text = b"{\"event\":\"run_planned\",\"schema_version\":99,\"all\":\"new\"}\n";
        assert_eq!(
            message(text),
            "error: cannot read the events in events.jsonl\n |\n \
             = expected: schema version 1 or older\n \
             =   actual: schema version 99\n \
             = help: render it with the version of probe that recorded it, or a newer one"
        );
    }

    #[test]
    fn what_is_no_run_is_refused() {
        let events = sample::events();
        for text in ["", "\n", "not JSON", "{}", &written(&events[1..])] {
            assert!(matches!(read(text.as_bytes()), Err(ReadError::NoPlan)), "{text:?}");
        }
        let plan = written(&events[..1]);
        assert!(matches!(read(&plan.as_bytes()[..200]), Err(ReadError::NoPlan)));
    }

    #[test]
    fn blank_lines_and_unknown_events_are_passed_over() {
        let text = written(&sample::green());
        let more = text.replace('\n', "\n\n{\"event\":\"heartbeat\",\"at_ms\":1}\n");
        assert_eq!(read(more.as_bytes()).expect("borne"), sample::green());
    }
}
