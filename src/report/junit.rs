//! `JUnit` XML, in the dialect that Jenkins and GitLab both read.
//!
//! A suite is a feature file. The `junit-report` crate writes the plain dialect
//! of a suite as soon as its last scenario ended; one pass then adds what that
//! crate cannot say: properties, time stamps, lines, flaky and rerun marks.

mod suite;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::io::{self, Write};
use std::sync::Arc;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, Event as Xml};

use self::suite::{Case, Counts, Stamps, SuiteText};
use super::plain::one_line;
use super::{Outcome, Tally};
use crate::evidence::{Event, PlannedScenario, RunPlanned, Sink, SinkError};

/// The `JUnit` report of a run.
///
/// The document is written when the run ends: its first line holds the totals,
/// and suites stand in the order of the plan however the run went. Until then
/// finished suites are kept as text, well under 1 KB a scenario.
pub struct Junit<W: Write> {
    out: W,
    tally: Tally,
    suites: Vec<Open>,
    /// The suite of each scenario.
    suite_of: Vec<u32>,
    /// Names of scenarios whose own name another one of the class bears already.
    renamed: HashMap<u32, String>,
    finished: bool,
}

/// A suite as far as it got.
#[derive(Default)]
struct Open {
    left: u32,
    outcomes: Vec<Outcome>,
    done: Option<SuiteText>,
}

impl<W: Write> Junit<W> {
    /// A report to this writer.
    pub fn new(out: W) -> Self {
        Self {
            out,
            tally: Tally::new(),
            suites: Vec::new(),
            suite_of: Vec::new(),
            renamed: HashMap::new(),
            finished: false,
        }
    }

    /// Writes the document; the end of the run does so by itself. Scenarios
    /// without a verdict become errors. A second call does nothing.
    pub fn finish(&mut self) -> io::Result<()> {
        if self.finished {
            return Ok(());
        }
        self.finished = true;
        for outcome in self.tally.close() {
            self.decided(outcome)?;
        }
        let mut counts = Counts::default();
        let done = self.suites.iter().filter_map(|suite| suite.done.as_ref());
        for text in done.clone() {
            counts.add(&text.counts);
        }
        let mut head = BytesStart::new("testsuites");
        head.push_attribute(("name", "probe"));
        counts.attributes(&mut head);
        if let Some(start) = self.tally.plan().and_then(|plan| Stamps::of(plan).at(0.0)) {
            head.push_attribute(("timestamp", start.as_str()));
        }
        let mut writer = Writer::new(&mut self.out);
        writer.write_event(Xml::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
        writer.get_mut().write_all(b"\n")?;
        writer.write_event(Xml::Start(head))?;
        for text in done {
            writer.get_mut().write_all(b"\n")?;
            writer.get_mut().write_all(&text.text)?;
        }
        writer.get_mut().write_all(b"\n")?;
        writer.write_event(Xml::End(BytesEnd::new("testsuites")))?;
        writer.get_mut().write_all(b"\n")?;
        self.out.flush()
    }

    fn planned(&mut self, plan: &RunPlanned) {
        let mut by_file: HashMap<&str, u32> = HashMap::new();
        let mut classes: HashMap<String, usize> = HashMap::new();
        let mut names: HashSet<(usize, Cow<'_, str>)> = HashSet::new();
        for (index, planned) in (0..).zip(&plan.scenarios) {
            let suite = *by_file.entry(&planned.file).or_insert_with(|| {
                self.suites.push(Open::default());
                self.suites.len() as u32 - 1
            });
            self.suites[suite as usize].left += 1;
            self.suite_of.push(suite);
            // The plan makes ids unique; class and name can still be another's,
            // and GitLab would drop the second.
            let count = classes.len();
            let class = *classes.entry(class_name(plan, planned)).or_insert(count);
            if names.insert((class, case_name(planned))) {
                continue;
            }
            for name in other_names(planned) {
                if names.insert((class, Cow::Owned(name.clone()))) {
                    self.renamed.insert(index, name);
                    break;
                }
            }
        }
    }

    fn decided(&mut self, outcome: Outcome) -> io::Result<()> {
        let Some(plan) = self.tally.plan().map(Arc::clone) else { return Ok(()) };
        let index = self.suite_of[outcome.scenario as usize];
        let open = &mut self.suites[index as usize];
        open.outcomes.push(outcome);
        open.left -= 1;
        if open.left > 0 {
            return Ok(());
        }
        let mut outcomes = std::mem::take(&mut open.outcomes);
        outcomes.sort_unstable_by_key(|outcome| outcome.scenario);
        let cases: Vec<Case<'_>> = outcomes
            .iter()
            .map(|outcome| {
                let planned = &plan.scenarios[outcome.scenario as usize];
                let renamed = self.renamed.get(&outcome.scenario);
                let name = renamed.map_or_else(|| case_name(planned), Cow::from);
                Case { planned, outcome, class_name: class_name(&plan, planned), name }
            })
            .collect();
        self.suites[index as usize].done = Some(SuiteText::of(index, &plan, &cases)?);
        Ok(())
    }
}

impl<W: Write + Send> Sink for Junit<W> {
    fn event(&mut self, event: &Event) -> Result<(), SinkError> {
        if let Event::RunPlanned(plan) = event
            && self.tally.plan().is_none()
        {
            self.planned(plan);
        }
        let written = match (self.tally.fold(event), event) {
            (Some(outcome), _) => self.decided(outcome),
            (None, Event::RunFinished(_)) => self.finish(),
            (None, _) => Ok(()),
        };
        written.map_err(|e| SinkError(format!("cannot write the JUnit report: {e}")))
    }
}

/// `mock.stripe.payments.authorize`: environment, integrations, and the feature
/// file without the folders that repeat them. GitLab groups by this, Jenkins
/// makes packages of it.
fn class_name(plan: &RunPlanned, planned: &PlannedScenario) -> String {
    let integrations = planned.integrations.join("+");
    let file = planned.file.strip_prefix("features/").unwrap_or(&planned.file);
    let file = file.strip_suffix(".feature").unwrap_or(file);
    let own = file.strip_prefix(integrations.as_str()).and_then(|rest| rest.strip_prefix('/'));
    let stem = own.unwrap_or(file).replace('/', ".");
    let parts = [plan.environment.name.as_str(), &integrations, &stem];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    one_line(&parts.join(".")).into_owned()
}

/// Name and row; never a place, so that results compare over edits.
fn case_name(planned: &PlannedScenario) -> Cow<'_, str> {
    if planned.row.is_empty() {
        return one_line(&planned.name);
    }
    one_line(&planned.title()).into_owned().into()
}

/// Names to take where the plain one is taken: with the rule, then numbered.
fn other_names(planned: &PlannedScenario) -> impl Iterator<Item = String> {
    let name = case_name(planned);
    let ruled = planned.rule.as_ref().map(|rule| format!("{}: {name}", one_line(rule)));
    ruled.into_iter().chain((2_u32..).map(move |number| format!("{name} ({number})")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use quick_xml::Reader;

    use super::*;
    use crate::evidence::{Diagnostic, Totals};
    use crate::report::sample::{self, HOSTILE, Page};

    fn document(events: &[Event]) -> String {
        let page = Page::default();
        let mut junit = Junit::new(page.clone());
        for event in events {
            junit.event(event).expect("a page takes all");
        }
        page.text()
    }

    /// An element as a reader sees it: name, attributes, text.
    type Element = (String, BTreeMap<String, String>, String);

    /// Reads a document as strictly as XML 1.0 is, and gives its elements in order.
    fn parse(document: &str) -> Vec<Element> {
        let legal = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
        assert!(document.chars().all(legal), "a character that XML 1.0 does not know");
        let mut reader = Reader::from_str(document);
        let mut elements: Vec<Element> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        loop {
            match reader.read_event().expect("well-formed XML") {
                Xml::Eof => break,
                Xml::Start(e) => {
                    open.push(elements.len());
                    elements.push(element(&e));
                }
                Xml::Empty(e) => elements.push(element(&e)),
                Xml::End(_) => drop(open.pop()),
                Xml::CData(data) => {
                    let text = data.decode().expect("UTF-8");
                    elements[*open.last().expect("inside an element")].2.push_str(&text);
                }
                Xml::Text(text) => {
                    let text = text.decode().expect("UTF-8");
                    if let Some(&last) = open.last() {
                        elements[last].2.push_str(&text);
                    }
                }
                _ => {}
            }
        }
        assert!(open.is_empty(), "an element is not closed");
        elements
    }

    fn element(start: &BytesStart<'_>) -> Element {
        let name = String::from_utf8(start.name().as_ref().to_vec()).expect("UTF-8");
        let attributes = start.attributes().map(|attribute| {
            let attribute = attribute.expect("a whole attribute, and each once");
            let key = String::from_utf8(attribute.key.as_ref().to_vec()).expect("UTF-8");
            let raw = std::str::from_utf8(&attribute.value).expect("UTF-8");
            (key, quick_xml::escape::unescape(raw).expect("known entities").into_owned())
        });
        (name, attributes.collect(), String::new())
    }

    fn of<'e>(elements: &'e [Element], name: &str) -> Vec<&'e Element> {
        elements.iter().filter(|element| element.0 == name).collect()
    }

    /// Cases and their ends, as far as `JUnit` tells verdicts apart.
    fn counts(elements: &[Element]) -> [usize; 4] {
        ["testcase", "failure", "error", "skipped"].map(|name| of(elements, name).len())
    }

    fn expected(totals: &Totals) -> [usize; 4] {
        let errors = totals.errored + totals.inconclusive;
        [totals.planned, totals.failed, errors, totals.skipped].map(|n| n as usize)
    }

    #[test]
    fn a_run_in_which_everything_happens() {
        insta::assert_snapshot!("everything_xml", document(&sample::events()));
    }

    #[test]
    fn the_document_agrees_with_the_totals_of_the_run() {
        for events in [sample::events(), sample::green(), sample::many(95, 7), sample::many(0, 0)] {
            let Some(Event::RunFinished(end)) = events.last() else { panic!("no end") };
            let elements = parse(&document(&events));
            assert_eq!(counts(&elements), expected(&end.totals));
            let told = |element: &Element| {
                ["tests", "failures", "errors", "skipped"]
                    .map(|name| element.1[name].parse::<usize>().expect("a number"))
            };
            assert_eq!(told(&elements[0]), expected(&end.totals));
            let suites = of(&elements, "testsuite");
            let sum = suites
                .iter()
                .map(|suite| told(suite))
                .fold([0; 4], |sum, suite| std::array::from_fn(|i| sum[i] + suite[i]));
            assert_eq!(sum, expected(&end.totals));
            let ms = |element: &Element| {
                element.1["time"].replace('.', "").parse::<u64>().expect("a number")
            };
            let cases: u64 = of(&elements, "testcase").iter().map(|case| ms(case)).sum();
            assert_eq!(ms(&elements[0]), cases);
            let names: HashSet<_> = of(&elements, "testcase")
                .iter()
                .map(|case| (case.1["classname"].clone(), case.1["name"].clone()))
                .collect();
            assert_eq!(names.len(), end.totals.planned as usize);
        }
    }

    #[test]
    fn the_order_of_the_run_does_not_show() {
        let events = sample::many(40, 0);
        let mut shuffled = events[1..events.len() - 1].to_vec();
        shuffled.sort_by_key(|event| match event {
            Event::ScenarioStarted(e) => (u32::MAX - e.scenario, 0),
            Event::StepFinished(e) => (u32::MAX - e.scenario, 1 + e.step),
            Event::ScenarioFinished(e) => (u32::MAX - e.scenario, 9),
            _ => (0, 0),
        });
        shuffled.insert(0, events[0].clone());
        shuffled.extend(events.last().cloned());
        assert_eq!(document(&shuffled), document(&events));
    }

    #[test]
    fn a_run_that_was_cut_is_still_a_whole_document() {
        let events = sample::events();
        for cut in 1..events.len() {
            let page = Page::default();
            let mut junit = Junit::new(page.clone());
            events[..cut].iter().for_each(|event| junit.event(event).expect("a page takes all"));
            assert_eq!(page.text(), "", "nothing is written before the end");
            junit.finish().expect("a page takes all");
            junit.finish().expect("a page takes all");
            let elements = parse(&page.text());
            assert_eq!(of(&elements, "testcase").len(), 12);
        }
    }

    #[test]
    fn a_run_told_twice_is_reported_once() {
        let mut events = sample::green();
        let once = document(&events);
        events.extend(events.clone());
        assert_eq!(document(&events), once);
    }

    #[test]
    fn the_first_try_of_a_flaky_scenario_is_kept_without_failing_it() {
        let elements = parse(&document(&sample::events()));
        let flaky = of(&elements, "flakyFailure");
        assert_eq!(flaky.len(), 1);
        assert_eq!(flaky[0].1["type"], "failed.server_error.partner");
        let reruns = of(&elements, "rerunFailure");
        assert_eq!(reruns.len(), 1);
        assert_eq!(reruns[0].1["type"], "failed.timeout.unknown");
    }

    #[test]
    fn a_name_that_is_taken_gets_its_rule_or_a_number() {
        let events = sample::events();
        let elements = parse(&document(&events));
        let cases = of(&elements, "testcase");
        let names: Vec<&str> = cases.iter().map(|case| case.1["name"].as_str()).collect();
        assert!(names.contains(&"A label has a tracking number"));
        assert!(names.contains(&"Labels to islands: A label has a tracking number"));
        let others: Vec<String> = match &events[0] {
            Event::RunPlanned(plan) => other_names(&plan.scenarios[0]).take(2).collect(),
            _ => Vec::new(),
        };
        let name = "An authorization can be captured once";
        assert_eq!(others, [format!("{name} (2)"), format!("{name} (3)")]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn whatever_a_partner_says_the_document_parses(
            text in r"(?s)[\x00-\x20\x7f-\x9f\]\[><&'a-c\u{1b}\u{202e}\u{fffe}\u{ffff}\u{10ffff}]{0,40}|.{0,40}"
        ) {
            let mut events = sample::events();
            for event in &mut events {
                if let Event::RunPlanned(plan) = event {
                    for scenario in &mut Arc::make_mut(plan).scenarios {
                        scenario.name.push_str(&text);
                        scenario.id.push_str(&text);
                        scenario.tags = [text.clone()].into();
                    }
                }
                if let Event::ScenarioFinished(finished) = event
                    && let Some(problem) = &mut finished.problem
                {
                    problem.diagnostic = Diagnostic::error(text.clone())
                        .expected(format!("{text}{HOSTILE}"))
                        .note(text.clone());
                }
            }
            let elements = parse(&document(&events));
            prop_assert_eq!(counts(&elements), [12, 4, 2, 1]);
        }
    }
}
