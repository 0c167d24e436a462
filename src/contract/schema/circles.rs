//! Schemas that hold themselves without a step into the value.
//!
//! No validator ends on them (JSON Schema 2020-12 Core section 9.4.1). Within one place a schema
//! is a tree, so a circle leads through references, and only what is referred to has to be asked.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::{SchemaProblem, Wrapped};
use crate::contract::pointer;

/// Targets that may lie in a circle and are asked. A document with more is told of these.
const MOST_ASKED: usize = 100;

/// Which of these targets of references hold themselves, in their order; of a lifted document in
/// which nothing else is wrong.
pub(in crate::contract) fn circles<'t>(
    document: &Value,
    targets: impl IntoIterator<Item = &'t str>,
    wrapped: &Wrapped,
) -> Vec<SchemaProblem> {
    let mut graph = Graph::default();
    for target in targets {
        graph.add(document, target);
    }
    let endless = graph.in_circles();
    let mut told: Vec<(usize, &str)> =
        endless.iter().map(|at| (*at, graph.targets[*at].as_str())).collect();
    told.sort_unstable();
    // A circle runs through the parts of a schema too; the schema itself is enough to tell.
    let all: Vec<&str> = told.iter().map(|(_, target)| *target).collect();
    let is_part =
        |target: &str| all.iter().any(|other| *other != target && pointer::is_below(target, other));
    told.iter()
        .filter(|(_, target)| !is_part(target))
        .map(|(_, target)| SchemaProblem {
            pointer: wrapped.written(target),
            message: "the schema holds itself without a step into the value".to_owned(),
        })
        .collect()
}

/// Targets of references, and the targets that each refers to in place.
#[derive(Default)]
struct Graph {
    numbers: HashMap<String, usize>,
    targets: Vec<String>,
    edges: Vec<Vec<usize>>,
}

impl Graph {
    fn number(&mut self, target: &str) -> usize {
        if let Some(number) = self.numbers.get(target) {
            return *number;
        }
        let number = self.targets.len();
        self.numbers.insert(target.to_owned(), number);
        self.targets.push(target.to_owned());
        self.edges.push(Vec::new());
        number
    }

    fn add(&mut self, document: &Value, target: &str) {
        let mut found = Vec::new();
        if let Some(schema) = pointer::find(document, target) {
            in_place(schema, &mut found);
        }
        let from = self.number(target);
        let edges: HashSet<usize> = found.iter().map(|next| self.number(next)).collect();
        self.edges[from].extend(edges);
    }

    /// The targets from which a way leads back. Mostly there are none, and taking away those that
    /// lead to nothing, or that nothing leads to, leaves none to ask.
    fn in_circles(&self) -> Vec<usize> {
        let ahead = peeled(&self.edges, &self.reversed());
        let behind = peeled(&self.reversed(), &self.edges);
        let left = (0..self.edges.len()).filter(|at| ahead[*at] && behind[*at]);
        left.take(MOST_ASKED).filter(|at| self.leads_back(*at)).collect()
    }

    fn reversed(&self) -> Vec<Vec<usize>> {
        let mut back: Vec<Vec<usize>> = vec![Vec::new(); self.edges.len()];
        for (from, edges) in self.edges.iter().enumerate() {
            for to in edges {
                back[*to].push(from);
            }
        }
        back
    }

    fn leads_back(&self, start: usize) -> bool {
        let mut seen = HashSet::new();
        let mut open = self.edges[start].clone();
        while let Some(at) = open.pop() {
            if at == start {
                return true;
            }
            if seen.insert(at) {
                open.extend(&self.edges[at]);
            }
        }
        false
    }
}

/// Which are left when those without an edge are taken away, again and again.
fn peeled(edges: &[Vec<usize>], back: &[Vec<usize>]) -> Vec<bool> {
    let mut out: Vec<usize> = edges.iter().map(Vec::len).collect();
    let mut left = vec![true; edges.len()];
    let mut ends: Vec<usize> = (0..edges.len()).filter(|at| out[*at] == 0).collect();
    while let Some(at) = ends.pop() {
        left[at] = false;
        for from in &back[at] {
            out[*from] -= 1;
            if out[*from] == 0 {
                ends.push(*from);
            }
        }
    }
    left
}

/// The references that apply to the same value.
fn in_place(schema: &Value, found: &mut Vec<String>) {
    let Value::Object(schema) = schema else { return };
    for (key, value) in schema {
        match (key.as_str(), value) {
            ("$ref" | "$dynamicRef", Value::String(reference)) => {
                found.extend(pointer::of_reference(reference).map(std::borrow::Cow::into_owned));
            }
            ("allOf" | "anyOf" | "oneOf", Value::Array(list)) => {
                for schema in list {
                    in_place(schema, found);
                }
            }
            ("not" | "if" | "then" | "else", schema) => in_place(schema, found),
            ("dependentSchemas", Value::Object(map)) => {
                for schema in map.values() {
                    in_place(schema, found);
                }
            }
            _ => {}
        }
    }
}
