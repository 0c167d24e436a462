//! Metrics in the Prometheus text format, version 0.0.4, as
//! <https://prometheus.io/docs/instrumenting/exposition_formats/> has it. Names
//! and meanings are [`evidence::metrics`](crate::evidence::metrics).

mod count;
mod families;
mod text;

use std::io::Write;

use self::count::Counts;
use crate::evidence::{Event, Sink, SinkError, metrics::MetricSet};

/// The metrics of a run.
///
/// The page is written when the run ends: until then only counts are kept, some
/// KiB for each operation, and a byte for each scenario.
pub struct Metrics<W: Write> {
    out: W,
    aliases: Vec<MetricSet>,
    counts: Counts,
    finished: bool,
}

impl<W: Write> Metrics<W> {
    /// A page to this writer, with these sets of names beside our own.
    pub fn new(out: W, aliases: &[MetricSet]) -> Self {
        let exact = aliases.contains(&MetricSet::Connector);
        Self { out, aliases: aliases.to_vec(), counts: Counts::new(exact), finished: false }
    }

    fn write(&mut self) -> std::io::Result<()> {
        self.out.write_all(families::page(&self.counts, &self.aliases).as_bytes())?;
        self.out.flush()
    }
}

impl<W: Write + Send> Sink for Metrics<W> {
    fn event(&mut self, event: &Event) -> Result<(), SinkError> {
        self.counts.fold(event);
        if self.finished || !matches!(event, Event::RunFinished(_)) {
            return Ok(());
        }
        self.finished = true;
        self.write().map_err(|e| SinkError(format!("cannot write the metrics: {e}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::metrics::METRICS;
    use crate::report::sample::{self, Page};

    fn page(events: &[Event], aliases: &[MetricSet]) -> String {
        let page = Page::default();
        let mut metrics = Metrics::new(page.clone(), aliases);
        for event in events {
            metrics.event(event).expect("a page takes all");
        }
        page.text()
    }

    /// The value of the one sample that begins so.
    fn value(page: &str, sample: &str) -> f64 {
        let mut found = page.lines().filter(|line| line.starts_with(sample));
        let line = found.next().unwrap_or_else(|| panic!("no {sample} in\n{page}"));
        assert_eq!(found.next(), None);
        line.rsplit_once(' ').and_then(|(_, value)| value.parse().ok()).expect("a number")
    }

    #[test]
    fn a_run_in_which_everything_happens() {
        insta::assert_snapshot!("everything_prom", page(&sample::events(), &MetricSet::ALIASES));
    }

    #[test]
    fn names_of_others_are_told_when_asked_for_and_change_nothing_else() {
        let (plain, all) =
            (page(&sample::events(), &[]), page(&sample::events(), &MetricSet::ALIASES));
        assert!(all.starts_with(&plain));
        let foreign = ["connector_", "integration_"];
        assert!(!plain.lines().any(|line| foreign.iter().any(|name| line.starts_with(name))));
        let connector = page(&sample::events(), &[MetricSet::Connector]);
        assert!(connector.contains("connector_error_ratio{"));
        assert!(!connector.contains("integration_latency_ms"));
    }

    #[test]
    fn families_stand_in_the_order_of_the_table() {
        let page = page(&sample::events(), &MetricSet::ALIASES);
        let typed = page.lines().filter_map(|line| line.strip_prefix("# TYPE "));
        let told: Vec<String> = typed.map(str::to_owned).collect();
        let table = METRICS.iter().map(|metric| format!("{} {}", metric.name, metric.kind.word()));
        // The sample's connections are all reused: no name was resolved.
        let table: Vec<String> = table.filter(|line| !line.contains("_dns_")).collect();
        assert_eq!(told, table);
    }

    #[test]
    fn the_scenarios_of_the_run_are_its_totals() {
        for events in [sample::events(), sample::green(), sample::many(95, 7), sample::many(0, 0)] {
            let Some(Event::RunFinished(end)) = events.last() else { panic!("no end") };
            let page = page(&events, &[]);
            let totals = end.totals;
            for (verdict, number) in [
                ("passed", totals.passed),
                ("failed", totals.failed),
                ("errored", totals.errored),
                ("inconclusive", totals.inconclusive),
                ("skipped", totals.skipped),
            ] {
                let sample = format!("probe_run_scenarios{{verdict=\"{verdict}\"");
                assert_eq!(value(&page, &sample).to_string(), number.to_string(), "{verdict}");
            }
            assert_eq!(value(&page, "probe_run_exit_code").to_string(), end.exit_code.to_string());
        }
    }

    #[test]
    fn an_exchange_that_is_told_twice_counts_once() {
        let mut events = sample::many(4, 2);
        let calls = |page: &str| value(page, "probe_calls_total{integration=\"stripe.payments\"");
        let before = calls(&page(&events, &[]));
        // As a failing step does it: the exchange again, in full, as evidence.
        let again = events.iter().position(
            |event| matches!(event, Event::StepFinished(step) if !step.exchanges.is_empty()),
        );
        let again = again.expect("a call");
        events.insert(again + 1, events[again].clone());
        assert_eq!(calls(&page(&events, &[])).to_string(), before.to_string());
        assert_eq!(before.to_string(), "4");
    }

    #[test]
    fn what_has_no_verdict_at_the_end_is_errored() {
        let mut events = sample::green();
        let end = events.pop().expect("an end");
        events.truncate(5);
        events.push(end);
        let page = page(&events, &[]);
        let total = |verdict| {
            let prefix = format!("probe_run_scenarios{{verdict=\"{verdict}\"");
            value(&page, &prefix).to_string()
        };
        assert_eq!(["passed", "errored", "skipped"].map(total), ["1", "10", "1"]);
        let harness = "probe_scenarios_total{integration=\"carrier-a.labels\",verdict=\"errored\",\
                       blame=\"harness\",party=\"probe\"";
        assert_eq!(value(&page, harness).to_string(), "5");
    }

    #[test]
    fn events_that_make_no_sense_are_passed_over() {
        let mut events = sample::events();
        for event in &mut events {
            match event {
                Event::ScenarioStarted(e) => e.scenario = u32::MAX,
                Event::StepFinished(e) => e.scenario = u32::MAX,
                Event::ScenarioFinished(e) => e.scenario = u32::MAX,
                _ => {}
            }
        }
        let page = page(&events, &[]);
        assert!(!page.contains("probe_calls_total"), "{page}");
        assert_eq!(page.matches("probe_success{").count(), 2, "{page}");
        assert!(super::tests::page(&events[1..], &[]).is_empty(), "no run was planned");
    }
}
