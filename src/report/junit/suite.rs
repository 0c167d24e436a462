//! One suite as text: the plain dialect by the crate, the rest in one pass.

use std::{borrow::Cow, io};

use junit_report::{Report, TestCase, TestResult, TestSuite};
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event as Xml};
use quick_xml::{Reader, Writer};
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Duration, OffsetDateTime, UtcOffset};

use crate::evidence::{Judgement, PlannedScenario, RunPlanned, Verdict};
use crate::report::Outcome;
use crate::report::plain::{xml, xml_line};
use crate::report::story::{Times, call_line, skip_reason, tell};
use crate::report::tally::Try;

/// A scenario of a suite and what became of it.
pub(super) struct Case<'c> {
    pub(super) planned: &'c PlannedScenario,
    pub(super) outcome: &'c Outcome,
    pub(super) class_name: String,
    pub(super) name: Cow<'c, str>,
}

/// A finished suite.
pub(super) struct SuiteText {
    /// The element, without declaration and root.
    pub(super) text: Box<[u8]>,
    pub(super) counts: Counts,
}

/// What the attributes of suites and root count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    tests: u64,
    failures: u64,
    errors: u64,
    skipped: u64,
    /// Whole milliseconds, so that the sum is the sum of what cases show.
    time_ms: u64,
}

impl Counts {
    pub(super) fn add(&mut self, other: &Self) {
        self.tests += other.tests;
        self.failures += other.failures;
        self.errors += other.errors;
        self.skipped += other.skipped;
        self.time_ms += other.time_ms;
    }

    fn count(&mut self, outcome: &Outcome) {
        self.tests += 1;
        self.time_ms += whole_ms(outcome.took_ms());
        match outcome.last.judgement.verdict {
            Verdict::Passed => {}
            Verdict::Failed => self.failures += 1,
            Verdict::Errored | Verdict::Inconclusive => self.errors += 1,
            Verdict::Skipped => self.skipped += 1,
        }
    }

    pub(super) fn attributes(&self, element: &mut BytesStart<'_>) {
        let numbers = [
            ("tests", self.tests),
            ("failures", self.failures),
            ("errors", self.errors),
            ("skipped", self.skipped),
        ];
        for (name, number) in numbers {
            element.push_attribute((name, number.to_string().as_str()));
        }
        element.push_attribute(("time", seconds(self.time_ms).as_str()));
    }
}

/// ISO 8601, always with three digits, so that stamps sort as text.
const TO_THE_MILLISECOND: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// Makes time stamps of milliseconds since the run began.
#[derive(Clone, Copy)]
pub(super) struct Stamps(Option<OffsetDateTime>);

impl Stamps {
    pub(super) fn of(plan: &RunPlanned) -> Self {
        let started = OffsetDateTime::parse(&plan.started_at, &Rfc3339).ok();
        Self(started.map(|started| started.to_offset(UtcOffset::UTC)))
    }

    /// ISO 8601 to the millisecond; nothing where the plan's start is no time.
    pub(super) fn at(self, ms: f64) -> Option<String> {
        let offset = Duration::milliseconds(whole_ms(ms).cast_signed());
        self.0?.checked_add(offset)?.format(&TO_THE_MILLISECOND).ok()
    }
}

fn whole_ms(ms: f64) -> u64 {
    ms.round() as u64
}

/// Seconds with a dot, whatever the locale of whoever reads them.
fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1_000, ms % 1_000)
}

impl SuiteText {
    /// Writes a suite.
    pub(super) fn of(index: u32, plan: &RunPlanned, cases: &[Case<'_>]) -> io::Result<Self> {
        let mut counts = Counts::default();
        for case in cases {
            counts.count(case.outcome);
        }
        let mut report = Report::new();
        report.add_testsuite(TestSuite {
            name: cases
                .first()
                .map_or(String::new(), |case| xml_line(&case.planned.file).into_owned()),
            package: String::new(),
            timestamp: OffsetDateTime::UNIX_EPOCH,
            hostname: String::new(),
            testcases: cases.iter().map(|case| plain_case(plan, case)).collect(),
            system_out: None,
            system_err: None,
        });
        let mut simple = Vec::with_capacity(cases.len() * 256);
        report.write_xml(&mut simple).map_err(io::Error::other)?;
        let writer = Writer::new_with_indent(Vec::with_capacity(cases.len() * 768), b' ', 1);
        let mut pass =
            Pass { writer, index, plan, stamps: Stamps::of(plan), counts, cases, case: 0 };
        pass.run(&simple)?;
        Ok(Self { text: pass.writer.into_inner().into_boxed_slice(), counts })
    }
}

/// What the crate can say of a scenario.
fn plain_case(plan: &RunPlanned, case: &Case<'_>) -> TestCase {
    let last = &case.outcome.last;
    let type_ = last.judgement.dotted();
    let result = match last.judgement.verdict {
        Verdict::Passed => TestResult::Success,
        Verdict::Skipped => {
            let message = xml_line(&skip_reason(case.planned, last)).into_owned();
            TestResult::SkippedWithCause { type_, message, cause: None }
        }
        Verdict::Failed => {
            let text = Some(text_of(plan, case.planned, last));
            TestResult::Failure { type_, message: title_of(last), cause: text }
        }
        Verdict::Errored | Verdict::Inconclusive => {
            let text = Some(text_of(plan, case.planned, last));
            TestResult::Error { type_, message: title_of(last), cause: text }
        }
    };
    TestCase {
        name: xml_line(&case.name).into_owned(),
        time: Duration::ZERO,
        result,
        classname: Some(xml_line(&case.class_name).into_owned()),
        filepath: Some(xml_line(&case.planned.file).into_owned()),
        system_out: said(last),
        system_err: None,
    }
}

fn title_of(told: &Try) -> String {
    told.problem.as_ref().map_or_else(
        || told.judgement.dotted(),
        |problem| xml_line(&problem.diagnostic.title).into_owned(),
    )
}

fn text_of(plan: &RunPlanned, planned: &PlannedScenario, told: &Try) -> String {
    xml(&tell(plan, planned, told, Times::default(), false)).into_owned()
}

/// What was said in an attempt, call after call.
fn said(told: &Try) -> Option<String> {
    if told.calls.is_empty() {
        return None;
    }
    let mut text = String::new();
    for call in &told.calls {
        text.push_str(&call_line(call, Times::default()));
        text.push('\n');
        for (word, body) in [("sent", &call.sent), ("received", &call.received)] {
            if let Some(body) = body {
                text.extend(["  ", word, ": ", &body.replace('\n', "\n    "), "\n"]);
            }
        }
    }
    Some(xml(&text).into_owned())
}

/// The pass that adds what the crate cannot say.
struct Pass<'s> {
    writer: Writer<Vec<u8>>,
    index: u32,
    plan: &'s RunPlanned,
    stamps: Stamps,
    counts: Counts,
    cases: &'s [Case<'s>],
    /// Index of the case that the pass is in, or comes to next.
    case: usize,
}

impl Pass<'_> {
    fn run(&mut self, simple: &[u8]) -> io::Result<()> {
        let mut reader = Reader::from_reader(simple);
        loop {
            let event = reader.read_event().map_err(io::Error::other)?;
            match event {
                Xml::Eof => return Ok(()),
                Xml::Decl(_) => {}
                Xml::Start(e) if e.name().as_ref() == b"testsuites" => {}
                Xml::End(e) if e.name().as_ref() == b"testsuites" => {}
                Xml::Start(e) if e.name().as_ref() == b"testsuite" => self.suite(&e)?,
                Xml::Start(e) if e.name().as_ref() == b"testcase" => self.open_case(&e)?,
                Xml::Empty(e) if e.name().as_ref() == b"testcase" => {
                    self.open_case(&e)?;
                    self.close_case()?;
                }
                Xml::Start(e) if e.name().as_ref() == b"system-out" => {
                    self.earlier_tries()?;
                    self.writer.write_event(Xml::Start(e))?;
                }
                Xml::End(e) if e.name().as_ref() == b"testcase" => self.close_case()?,
                other => self.writer.write_event(other)?,
            }
        }
    }

    fn suite(&mut self, simple: &BytesStart<'_>) -> io::Result<()> {
        let mut element = BytesStart::new("testsuite");
        element.push_attribute(("id", self.index.to_string().as_str()));
        if let Some(name) = simple.try_get_attribute("name").map_err(io::Error::other)? {
            element.push_attribute(name.clone());
            element.push_attribute(("file".as_bytes(), name.value.as_ref()));
        }
        self.counts.attributes(&mut element);
        let started = self.cases.iter().map(|case| case.outcome.started_ms());
        if let Some(stamp) = self.stamps.at(started.fold(f64::INFINITY, f64::min)) {
            element.push_attribute(("timestamp", stamp.as_str()));
        }
        self.writer.write_event(Xml::Start(element))?;
        self.suite_properties()
    }

    fn suite_properties(&mut self) -> io::Result<()> {
        let plan = self.plan;
        self.start("properties")?;
        self.property("environment", &plan.environment.name)?;
        self.property("environment.class", plan.environment.class.word())?;
        self.property("run", &plan.run_id)?;
        self.property("seed", &plan.seed.to_string())?;
        self.property("probe", &plan.probe_version)?;
        if let Some(profile) = &plan.profile {
            self.property("profile", profile)?;
        }
        if !plan.set.is_empty() {
            self.property("set", &plan.set.join("\n"))?;
        }
        if let Some(shard) = plan.settings.shard {
            self.property("shard", &format!("{}/{}", shard.index, shard.of))?;
        }
        if let Some(case) = self.cases.first() {
            self.property("feature", &case.planned.feature)?;
        }
        let touched = |id: &String| self.cases.iter().any(|c| c.planned.integrations.contains(id));
        let touched: Vec<_> = plan.integrations.iter().filter(|i| touched(&i.id)).collect();
        for integration in touched {
            let id = &integration.id;
            self.property(&format!("{id}.owner"), &integration.owner)?;
            self.property(&format!("{id}.criticality"), &integration.criticality)?;
            for contract in
                std::iter::once(&integration.contract).chain(&integration.other_contracts)
            {
                self.property(&format!("{id}.contract"), contract)?;
            }
            if let Some(instance) = &integration.instance {
                self.property(&format!("{id}.instance"), instance)?;
            }
        }
        self.end("properties")
    }

    fn open_case(&mut self, simple: &BytesStart<'_>) -> io::Result<()> {
        let case = &self.cases[self.case];
        let mut element = BytesStart::new("testcase");
        for attribute in simple.attributes().with_checks(false) {
            let attribute = attribute.map_err(io::Error::other)?;
            if attribute.key.as_ref() == b"time" {
                let time = seconds(whole_ms(case.outcome.took_ms()));
                element.push_attribute(("time", time.as_str()));
            } else {
                element.push_attribute(attribute);
            }
        }
        element.push_attribute(("line", case.planned.line.to_string().as_str()));
        if let Some(stamp) = self.stamps.at(case.outcome.started_ms()) {
            element.push_attribute(("timestamp", stamp.as_str()));
        }
        self.writer.write_event(Xml::Start(element))?;
        self.start("properties")?;
        self.property("scenario", &case.planned.id)?;
        self.property("integrations", &case.planned.integrations.join(" "))?;
        if !case.planned.tags.is_empty() {
            self.property("tags", &case.planned.tags.join(" "))?;
        }
        let Judgement { verdict, blame, party } = case.outcome.last.judgement;
        self.property("verdict", verdict.word())?;
        if let Some(blame) = blame {
            self.property("blame", blame.label())?;
        }
        if let Some(party) = party {
            self.property("party", party.label())?;
        }
        if !case.outcome.earlier.is_empty() {
            self.property("attempts", &case.outcome.last.attempt.to_string())?;
        }
        let prints: Vec<&str> =
            case.outcome.last.findings.iter().map(|seen| seen.fingerprint.as_str()).collect();
        if !prints.is_empty() {
            self.property("fingerprints", &prints.join(" "))?;
        }
        self.end("properties")
    }

    fn close_case(&mut self) -> io::Result<()> {
        // A case with output has told them before it.
        if self.cases[self.case].outcome.last.calls.is_empty() {
            self.earlier_tries()?;
        }
        self.case += 1;
        self.end("testcase")
    }

    /// Attempts before the last: flaky where that one passed, reruns otherwise.
    fn earlier_tries(&mut self) -> io::Result<()> {
        let case = &self.cases[self.case];
        let flaky = case.outcome.is_flaky();
        // Jenkins reads these two, and neither flakyError nor rerunError.
        let name = if flaky { "flakyFailure" } else { "rerunFailure" };
        for told in &case.outcome.earlier {
            let mut element = BytesStart::new(name);
            element.push_attribute(("message", title_of(told).as_str()));
            element.push_attribute(("type", told.judgement.dotted().as_str()));
            if let Some(stamp) = self.stamps.at(told.started_ms) {
                element.push_attribute(("timestamp", stamp.as_str()));
            }
            self.writer.write_event(Xml::Start(element))?;
            self.text("stackTrace", &text_of(self.plan, case.planned, told))?;
            if let Some(said) = said(told) {
                self.text("system-out", &said)?;
            }
            self.end(name)?;
        }
        Ok(())
    }

    fn start(&mut self, name: &str) -> io::Result<()> {
        self.writer.write_event(Xml::Start(BytesStart::new(name)))
    }

    fn end(&mut self, name: &str) -> io::Result<()> {
        self.writer.write_event(Xml::End(BytesEnd::new(name)))
    }

    fn text(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.start(name)?;
        self.writer.write_event(Xml::Text(BytesText::new(text)))?;
        self.end(name)
    }

    fn property(&mut self, name: &str, value: &str) -> io::Result<()> {
        let mut element = BytesStart::new("property");
        element.push_attribute(("name", xml_line(name)));
        element.push_attribute(("value", xml_line(value)));
        self.writer.write_event(Xml::Empty(element))
    }
}
