//! `--format json`: the events themselves on stdout, a line each.

use std::io::Write;

use super::EventWriter;
use crate::evidence::{Event, Sink, SinkError};

/// Writes the events for a program that listens while the run goes on: each
/// scenario is there as soon as it ended.
pub struct Json<W: Write>(EventWriter<W>);

impl<W: Write> Json<W> {
    /// JSON lines to this writer.
    pub fn new(out: W) -> Self {
        Self(EventWriter::flushing_every(out, 0.0))
    }
}

impl<W: Write + Send> Sink for Json<W> {
    fn event(&mut self, event: &Event) -> Result<(), SinkError> {
        self.0.event(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::{self, Page};

    #[test]
    fn each_scenario_is_there_as_soon_as_it_ended() {
        let events = sample::many(5, 0);
        let page = Page::default();
        let mut json = Json::new(page.clone());
        for (told, event) in (1..).zip(&events) {
            json.event(event).expect("a page takes all");
            if matches!(event, Event::ScenarioFinished(_) | Event::RunFinished(_)) {
                assert_eq!(page.text().lines().count(), told);
            }
        }
    }
}
