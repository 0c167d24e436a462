//! Answers that a mock file names: a documented status, an example of it, header fields.

use std::collections::BTreeMap;

use super::{
    behavior::Canned,
    compile::{Compiler, code},
    expressions::Scope,
    file::{TypedAnswer, known},
    template::{Text, below},
};
use crate::contract::Operation;

impl Compiler<'_> {
    /// An answer that `op` documents, or, where it is for all of them, any operation.
    pub(super) fn canned(
        &mut self,
        typed: &TypedAnswer,
        op: Option<&Operation>,
        at: &str,
    ) -> Option<Canned> {
        self.canned_in(typed, op, Scope::default(), at)
    }

    /// The same, with header fields that may use these variables.
    pub(super) fn canned_in(
        &mut self,
        typed: &TypedAnswer,
        op: Option<&Operation>,
        scope: Scope,
        at: &str,
    ) -> Option<Canned> {
        let contract = self.contract;
        let candidates = || {
            let of = move |(_, each): &(usize, &Operation)| {
                op.is_none_or(|op| std::ptr::eq(op, *each) || op.name == each.name)
            };
            contract.operations.iter().enumerate().filter(of).filter_map(|(index, each)| {
                // The statuses that HTTP can carry as a final answer (RFC 9110 section 15).
                (200..=599).contains(&typed.status).then_some(())?;
                Some((index, each.response(typed.status)?))
            })
        };
        let who = op.map_or(contract.id.as_str(), |op| op.name.as_str());
        if candidates().next().is_none() {
            let title = format!("{who} documents no answer with status {}", typed.status);
            let mut problem = self.file.problem(title, &below(at, "status"));
            if let Some(op) = op {
                let statuses: Vec<String> = op.responses.iter().map(|r| code(r.status)).collect();
                problem = problem.expected(format!("one of: {}", statuses.join(", ")));
            }
            let help = "name a status that the contract documents, or document this one";
            self.problems.push(problem.actual(typed.status.to_string()).help(help));
            return None;
        }
        let has = |name: &str| {
            candidates().find(|(_, spec)| {
                spec.content.iter().flat_map(|m| &m.examples).any(|e| e.name == name)
            })
        };
        let documented = match &typed.example {
            None => candidates().next(),
            Some(name) => has(name),
        };
        let headers = self.headers(&typed.headers, scope, &below(at, "headers"));
        if let (None, Some(name)) = (&documented, &typed.example) {
            let mut names: Vec<&str> = candidates()
                .flat_map(|(_, spec)| spec.content.iter().flat_map(|m| &m.examples))
                .map(|example| example.name.as_str())
                .filter(|name| !name.is_empty())
                .collect();
            names.sort_unstable();
            names.dedup();
            let title = format!("{who} has no example `{name}` for status {}", typed.status);
            let problem = self.file.problem(title, &below(at, "example"));
            self.problems.push(known(problem, "example", name, names));
        }
        let (documented_by, _) = documented?;
        Some(Canned {
            status: typed.status,
            example: typed.example.clone(),
            headers,
            documented_by,
        })
    }

    pub(super) fn headers(
        &mut self,
        typed: &BTreeMap<String, String>,
        scope: Scope,
        at: &str,
    ) -> Vec<(String, Text)> {
        let mut headers = Vec::with_capacity(typed.len());
        for (name, value) in typed {
            let at = below(at, name);
            // The characters of a token (RFC 9110 section 5.6.2).
            let token = |c: u8| c.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&c);
            if name.is_empty() || !name.bytes().all(token) {
                let title = format!("`{name}` is not the name of a header field");
                let help = "use letters, digits and `-`";
                self.problems.push(self.file.problem_at_key(title, &at).help(help));
            }
            if value.contains(|c: char| c.is_control()) {
                let title = format!("the value of `{name}` cannot travel in a header field");
                let help = "write it on one line, without control characters";
                self.problems.push(self.file.problem(title, &at).help(help));
            }
            headers.push((name.to_ascii_lowercase(), self.text(value, scope, &at)));
        }
        headers
    }
}
