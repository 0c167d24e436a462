//! Reads JUnit as a server would, and knows nothing of how it was written.

use std::collections::BTreeMap;

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

type Attributes = BTreeMap<String, String>;

/// A report.
#[derive(Debug, Default)]
pub(crate) struct Junit {
    /// Attributes of the root.
    pub(crate) root: Attributes,
    /// Attributes of each suite.
    pub(crate) suites: Vec<Attributes>,
    /// Every case, in order.
    pub(crate) cases: Vec<Case>,
}

/// A case.
#[derive(Debug, Default)]
pub(crate) struct Case {
    /// Its attributes.
    pub(crate) attributes: Attributes,
    /// Its properties.
    pub(crate) properties: Attributes,
    /// `failure`, `error`, `skipped`, `flakyFailure`, `rerunFailure`: each with its `type`.
    pub(crate) ends: Vec<(String, String)>,
    /// What was said in it.
    pub(crate) said: String,
}

impl Case {
    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.attributes["name"]
    }
}

impl Junit {
    /// The case of this name.
    pub(crate) fn case(&self, name: &str) -> &Case {
        let found = self.cases.iter().find(|case| case.name() == name);
        found.unwrap_or_else(|| panic!("no case {name} in {self:#?}"))
    }

    /// How many cases ended with this element.
    pub(crate) fn count(&self, end: &str) -> usize {
        self.cases.iter().filter(|case| case.ends.iter().any(|(name, _)| name == end)).count()
    }

    /// A document that is well-formed, with the elements in their places.
    pub(crate) fn parse(document: &str) -> Self {
        let mut reader = Reader::from_str(document);
        let mut junit = Self::default();
        let mut open: Vec<String> = Vec::new();
        loop {
            match reader.read_event().expect("well-formed XML") {
                Event::Eof => break,
                Event::Start(start) => open.push(junit.element(&start)),
                Event::Empty(start) => drop(junit.element(&start)),
                Event::End(_) => drop(open.pop()),
                Event::Text(text) if open.last().is_some_and(|name| name == "system-out") => {
                    let case = junit.cases.last_mut().expect("output stands in a case");
                    case.said.push_str(&text.decode().expect("UTF-8"));
                }
                Event::CData(text) if open.last().is_some_and(|name| name == "system-out") => {
                    let case = junit.cases.last_mut().expect("output stands in a case");
                    case.said.push_str(&text.decode().expect("UTF-8"));
                }
                _ => {}
            }
        }
        assert!(open.is_empty(), "an element is not closed");
        junit
    }

    fn element(&mut self, start: &BytesStart<'_>) -> String {
        let name = String::from_utf8(start.name().as_ref().to_vec()).expect("UTF-8");
        let attributes: Attributes = start.attributes().map(|a| pair(&a.expect("whole"))).collect();
        match name.as_str() {
            "testsuites" => self.root = attributes,
            "testsuite" => self.suites.push(attributes),
            "testcase" => self.cases.push(Case { attributes, ..Case::default() }),
            "failure" | "error" | "skipped" | "flakyFailure" | "rerunFailure" => {
                let case = self.cases.last_mut().expect("an end stands in a case");
                case.ends.push((name.clone(), attributes["type"].clone()));
            }
            "property" => {
                if let Some(case) = self.cases.last_mut() {
                    let value = (attributes["name"].clone(), attributes["value"].clone());
                    case.properties.extend([value]);
                }
            }
            _ => {}
        }
        name
    }
}

fn pair(attribute: &quick_xml::events::attributes::Attribute<'_>) -> (String, String) {
    let key = String::from_utf8(attribute.key.as_ref().to_vec()).expect("UTF-8");
    let raw = std::str::from_utf8(&attribute.value).expect("UTF-8");
    (key, quick_xml::escape::unescape(raw).expect("known entities").into_owned())
}
