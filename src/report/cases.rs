//! `JUnit` of anything that is no run: suites of plain cases.

use std::io;

use junit_report::{Report, TestCase, TestResult, TestSuite};
use time::{Duration, OffsetDateTime};

use super::plain::{xml, xml_line};

/// One case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainCase {
    /// Its name.
    pub name: String,
    /// What it is about.
    pub class: String,
    /// The file that it is about.
    pub file: Option<String>,
    /// Whether it failed.
    pub failed: bool,
    /// Whether it could not be decided.
    pub errored: bool,
    /// The kind of failure, in a word.
    pub kind: String,
    /// The failure in one line.
    pub title: String,
    /// The failure at length.
    pub text: String,
}

impl PlainCase {
    /// A case that passed.
    pub fn passed(name: &str, class: &str) -> Self {
        Self {
            name: name.to_owned(),
            class: class.to_owned(),
            file: None,
            failed: false,
            errored: false,
            kind: String::new(),
            title: String::new(),
            text: String::new(),
        }
    }

    fn case(&self) -> TestCase {
        let (type_, message) = (self.kind.clone(), xml_line(&self.title).into_owned());
        let cause = Some(xml(&self.text).into_owned());
        let result = match (self.failed, self.errored) {
            (true, _) => TestResult::Failure { type_, message, cause },
            (_, true) => TestResult::Error { type_, message, cause },
            _ => TestResult::Success,
        };
        TestCase {
            name: xml_line(&self.name).into_owned(),
            time: Duration::ZERO,
            result,
            classname: Some(xml_line(&self.class).into_owned()),
            filepath: self.file.as_ref().map(|file| xml_line(file).into_owned()),
            system_out: None,
            system_err: None,
        }
    }
}

/// The document of these suites, by their names.
pub fn plain_junit(suites: &[(String, Vec<PlainCase>)]) -> io::Result<String> {
    let mut report = Report::new();
    for (name, cases) in suites {
        report.add_testsuite(TestSuite {
            name: xml_line(name).into_owned(),
            package: String::new(),
            timestamp: OffsetDateTime::UNIX_EPOCH,
            hostname: String::new(),
            testcases: cases.iter().map(PlainCase::case).collect(),
            system_out: None,
            system_err: None,
        });
    }
    let mut bytes = Vec::new();
    report.write_xml(&mut bytes).map_err(io::Error::other)?;
    String::from_utf8(bytes).map(|text| text + "\n").map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_told_and_nothing_breaks_the_xml() {
        let bad = PlainCase {
            failed: true,
            kind: "breaking".into(),
            title: "a < b\u{1}".into(),
            text: "]]>".into(),
            ..PlainCase::passed("one", "a")
        };
        let text = plain_junit(&[("s".into(), vec![bad, PlainCase::passed("two", "a")])]);
        let text = text.expect("written");
        assert!(text.contains("tests=\"2\"") && text.contains("failures=\"1\""), "{text}");
        assert!(text.contains("a &lt; b") && !text.contains('\u{1}'), "{text}");
    }
}
