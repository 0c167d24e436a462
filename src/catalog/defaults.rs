//! `catalog/_defaults.yaml`: what records share. The part `all` lies under every
//! record; other parts under those that name them in `extends`.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Map, Value};

use super::{
    hide,
    origins::{Layer, Origins},
    problems::{Problems, escape, suggestion},
    written,
};
use crate::{
    contract::source::{Source, misfits},
    evidence::Diagnostic,
};

/// The file of shared parts, relative to the workspace.
pub(super) const FILE: &str = "catalog/_defaults.yaml";
/// The part that lies under every record.
const ALL: &str = "all";
/// What each record must say itself, and why.
const OWN: &[(&str, &str)] = &[
    ("contract", "each record names its own contract: remove it here"),
    ("instances", "instances belong to one record: remove them here"),
];

/// The shared parts of a catalog.
#[derive(Debug, Default)]
pub(super) struct Defaults {
    parts: BTreeMap<String, Part>,
}

#[derive(Debug)]
struct Part {
    extends: Vec<String>,
    layer: Layer,
}

impl Defaults {
    /// Reads the shared parts. Whatever is wrong with any of them is told, used or not.
    pub(super) fn read(source: &Arc<Source>) -> Result<Self, Vec<Diagnostic>> {
        let value = source.parse().map_err(|problem| vec![problem])?;
        let named: Map<String, Value> = match value {
            Value::Object(members) => members,
            // A file of comments alone.
            Value::Null => Map::new(),
            other => source.decode_value(&other, "")?,
        };
        let mut wrong: Vec<Diagnostic> =
            named.iter().flat_map(|(name, part)| misfit(source, name, part)).collect();
        if !wrong.is_empty() {
            wrong.sort_by_key(|d| d.place().map(|place| (place.line, place.column)));
            return Err(wrong);
        }
        let defaults = Self {
            parts: named.into_iter().map(|(name, part)| split(source, name, part)).collect(),
        };
        let mut problems = Problems::of_file(source);
        defaults.check(&mut problems);
        problems.or(defaults)
    }

    /// The layers that lie under a record which extends these parts, the weakest
    /// first: `all`, then each part after those that it extends itself, once.
    pub(super) fn under(&self, extends: &[String]) -> Vec<Layer> {
        let mut order = Vec::new();
        self.visit(ALL, &mut order);
        for name in extends {
            self.visit(name, &mut order);
        }
        order.into_iter().map(|name| self.parts[name].layer.clone()).collect()
    }

    /// A part that a record or part names and that is not there, as a message.
    pub(super) fn unknown(
        &self,
        problems: &Problems<'_>,
        name: &str,
        pointer: &str,
    ) -> Option<Diagnostic> {
        if self.parts.contains_key(name) {
            return None;
        }
        let known = self.parts.keys().map(String::as_str).filter(|name| *name != ALL);
        let problem = problems.value(pointer, format!("unknown part `{name}`"));
        Some(problem.note(format!("parts stand in {FILE}")).help(suggestion(name, known, "parts")))
    }

    fn visit<'d>(&'d self, name: &str, order: &mut Vec<&'d str>) {
        let Some((name, part)) = self.parts.get_key_value(name) else { return };
        if order.contains(&name.as_str()) {
            return;
        }
        for below in &part.extends {
            self.visit(below, order);
        }
        order.push(name);
    }

    /// Tells parts that are named and not there, and parts that extend themselves.
    fn check(&self, problems: &mut Problems<'_>) {
        let mut circles = Vec::new();
        for (name, part) in &self.parts {
            for (index, below) in part.extends.iter().enumerate() {
                let pointer = format!("/{}/extends/{index}", escape(name));
                if let Some(problem) = self.unknown(problems, below, &pointer) {
                    problems.push(problem);
                }
            }
            self.circle(&mut vec![name], &mut circles);
        }
        for circle in circles {
            let closing = circle.last().copied().unwrap_or_default();
            let extends = &self.parts[closing].extends;
            let index = extends.iter().position(|below| below == circle[0]).unwrap_or_default();
            let pointer = format!("/{}/extends/{index}", escape(closing));
            let mut names = circle.clone();
            names.push(circle[0]);
            let problem = problems
                .value(&pointer, "parts extend each other in a circle")
                .expected("parts that in the end extend nothing")
                .actual(names.join(" -> "))
                .help("remove one of them from `extends`");
            problems.push(problem);
        }
    }

    /// Finds circles below the last name of `way`; each is kept once, from its first name on.
    fn circle<'d>(&'d self, way: &mut Vec<&'d str>, circles: &mut Vec<Vec<&'d str>>) {
        let Some(part) = way.last().and_then(|name| self.parts.get(*name)) else { return };
        for below in &part.extends {
            match way.iter().position(|name| name == below) {
                // Each circle is found from each of its names: the smallest one tells it.
                Some(0) if way.iter().all(|name| way[0] <= *name) => circles.push(way.clone()),
                Some(_) => {}
                None => {
                    way.push(below);
                    self.circle(way, circles);
                    way.pop();
                }
            }
        }
    }
}

/// What is wrong with a part by itself.
fn misfit(source: &Arc<Source>, name: &str, part: &Value) -> Vec<Diagnostic> {
    let base = format!("/{}", escape(name));
    let layer = Layer::of_document(source, base.clone(), part.clone());
    let origins = Origins::new(source, vec![layer], 0);
    let mut wrong =
        misfits::<written::Record>(part, &|pointer, part| origins.locate(pointer, part));
    let problems = Problems::of_file(source);
    for (key, help) in OWN {
        if part.get(key).is_some() {
            let title = format!("`{key}` cannot be shared");
            wrong.push(problems.key(&format!("{base}/{key}"), title).help(*help));
        }
    }
    hide::hide(wrong, [part])
}

/// A part without the names of those that it extends.
fn split(source: &Arc<Source>, name: String, mut part: Value) -> (String, Part) {
    let extends = part.as_object_mut().and_then(|members| members.shift_remove("extends"));
    let extends = extends
        .as_ref()
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>());
    let layer = Layer::of_document(source, format!("/{}", escape(&name)), part);
    (name, Part { extends: extends.unwrap_or_default(), layer })
}
