//! `tolerate` and `failure_inside` of a record: as written, and what it means.

use super::{
    meant::Meaning,
    problems::suggestion,
    written::{self, Tolerate, Tolerated},
};
use crate::{
    contract::{
        DescribedFrom, Tolerance, Tolerances,
        check::{
            FailureInside, FailureSaid,
            rules::{RULES, Rule, rule},
        },
    },
    evidence::DriftClass,
};

impl Meaning<'_> {
    /// What a check must know of the record.
    pub(super) fn tolerances(
        &mut self,
        contract: &written::Contract,
        written: Vec<Tolerate>,
        failures: Vec<FailureSaid>,
    ) -> Tolerances {
        let waivers = written.into_iter().enumerate();
        let failures = failures.into_iter().enumerate();
        Tolerances {
            described_from: contract.described_from.unwrap_or(DescribedFrom::Partner),
            waivers: waivers.map(|(index, waiver)| self.waiver(index, waiver)).collect(),
            failures: failures.filter_map(|(index, said)| self.failure(index, said)).collect(),
            today: None,
        }
    }

    fn waiver(&mut self, index: usize, waiver: Tolerate) -> Tolerance {
        let pointer = format!("/tolerate/{index}");
        let place = waiver.at.split_once('#').map(|(_, place)| place);
        if !place.is_some_and(|place| place.is_empty() || place.starts_with('/')) {
            let problem = self
                .problems
                .value(&format!("{pointer}/at"), "a waiver's `at` is not a place in the contract")
                .expected("a JSON Pointer with `#`, such as `#/components/schemas/Error`; `#` is all of it")
                .actual(format!("`{}`", waiver.at));
            self.problems.push(problem);
        }
        let rule = waiver.rule.and_then(|name| self.rule(&name, &format!("{pointer}/rule")));
        let class = match waiver.class.unwrap_or(Tolerated::Tolerated) {
            Tolerated::Tolerated => DriftClass::Tolerated,
            Tolerated::Additive => DriftClass::Additive,
        };
        if let Some(rule) = rule.filter(|rule| class == DriftClass::Additive && !rule.open) {
            let open: Vec<&str> = RULES.iter().filter(|rule| rule.open).map(|r| r.name).collect();
            let problem = self
                .problems
                .value(&format!("{pointer}/class"), format!("`{}` cannot be additive", rule.name))
                .expected(format!("a rule about lists that may grow: {}", open.join(", ")))
                .actual(format!("`{}`", rule.name))
                .help("what is known and borne is `class: tolerated`");
            self.problems.push(problem);
        }
        if let Some(expires) = &waiver.expires {
            let what = format!("the waiver of {}", waiver.at);
            self.deadline(expires.clone(), what, format!("{pointer}/expires"));
        }
        Tolerance {
            at: waiver.at,
            rule,
            class,
            reason: waiver.reason,
            owner: waiver.owner,
            expires: waiver.expires,
        }
    }

    fn failure(&mut self, index: usize, said: FailureSaid) -> Option<FailureInside> {
        said.meant()
            .map_err(|(key, why)| {
                let problem = self
                    .problems
                    .key(&format!("/failure_inside/{index}/{key}"), "this declares no failure")
                    .actual(why)
                    .help("such as `{at: $.ok, is: [false], message: $.error}`");
                self.problems.push(problem);
            })
            .ok()
    }

    /// The rule of the check of this name, or a problem.
    fn rule(&mut self, name: &str, at: &str) -> Option<&'static Rule> {
        let found = rule(name);
        if found.is_none() {
            let known = RULES.iter().map(|rule| rule.name);
            let problem = self
                .problems
                .value(at, format!("there is no rule `{name}`"))
                .help(suggestion(name, known, "rules"))
                .help("probe contract rules lists them");
            self.problems.push(problem);
        }
        found
    }
}
