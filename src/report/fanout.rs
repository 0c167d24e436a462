//! One sink made of many.

use crate::evidence::{Diagnostic, Event, Sink, SinkError};

/// Hands each event to every sink. One that can take no more is left out from
/// then on; the others are told so, and the caller finds it in [`Fanout::lost`].
#[derive(Default)]
pub struct Fanout {
    sinks: Vec<Box<dyn Sink>>,
    lost: Vec<Diagnostic>,
}

impl Fanout {
    /// A fanout to these sinks, in this order.
    pub fn new(sinks: Vec<Box<dyn Sink>>) -> Self {
        Self { sinks, lost: Vec::new() }
    }

    /// A warning for each sink that was left out.
    pub fn lost(&self) -> &[Diagnostic] {
        &self.lost
    }

    /// Tells one event, and gives the reasons of those that could not take it.
    fn tell(&mut self, event: &Event) -> Vec<SinkError> {
        let mut errors = Vec::new();
        self.sinks.retain_mut(|sink| match sink.event(event) {
            Ok(()) => true,
            Err(error) => {
                errors.push(error);
                false
            }
        });
        errors
    }
}

impl Sink for Fanout {
    fn event(&mut self, event: &Event) -> Result<(), SinkError> {
        let mut errors = self.tell(event);
        // A sink may fail at the warning about another; each round loses one
        // at least, so this ends.
        while let Some(SinkError(reason)) = errors.pop() {
            let warning = Diagnostic::warning("a report is incomplete from here on")
                .actual(reason)
                .help("the run goes on; `probe report` can render it again from its events");
            self.lost.push(warning.clone());
            // After the last event nobody listens any more; the caller tells it.
            if !matches!(event, Event::RunFinished(_)) {
                errors.extend(self.tell(&Event::Warning(warning)));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;
    use crate::report::sample;

    struct Keeps(Sender<Event>);

    impl Sink for Keeps {
        fn event(&mut self, event: &Event) -> Result<(), SinkError> {
            self.0.send(event.clone()).map_err(|e| SinkError(e.to_string()))
        }
    }

    struct FailsAt(usize);

    impl Sink for FailsAt {
        fn event(&mut self, _: &Event) -> Result<(), SinkError> {
            assert_ne!(self.0, 0, "asked again after an error");
            self.0 -= 1;
            if self.0 == 0 { Err(SinkError("disk full".into())) } else { Ok(()) }
        }
    }

    fn keeps() -> (Box<dyn Sink>, Receiver<Event>) {
        let (sender, receiver) = channel();
        (Box::new(Keeps(sender)), receiver)
    }

    #[test]
    fn a_sink_that_fails_is_left_out_and_the_others_hear_of_it() {
        let (first, heard_first) = keeps();
        let (last, heard_last) = keeps();
        let mut fanout = Fanout::new(vec![first, Box::new(FailsAt(2)), last]);
        let events = sample::events();
        for event in &events[..4] {
            assert_eq!(fanout.event(event), Ok(()));
        }
        assert_eq!(fanout.lost().len(), 1);
        assert_eq!(fanout.lost()[0].actual.as_deref(), Some("disk full"));
        let mut expected = events[..2].to_vec();
        expected.push(Event::Warning(fanout.lost()[0].clone()));
        expected.extend_from_slice(&events[2..4]);
        assert_eq!(heard_first.try_iter().collect::<Vec<_>>(), expected);
        assert_eq!(heard_last.try_iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn when_all_fail_nothing_is_left_and_the_run_goes_on() {
        let mut fanout = Fanout::new(vec![Box::new(FailsAt(1)), Box::new(FailsAt(2))]);
        for event in sample::events() {
            assert_eq!(fanout.event(&event), Ok(()));
        }
        assert_eq!(fanout.lost().len(), 2);
    }
}
