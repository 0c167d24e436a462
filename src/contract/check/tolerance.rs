//! What a record says of a contract, as far as a check asks for it.

use super::{FailureInside, failure, rules::Rule};
use crate::{
    contract::{Contract, DescribedFrom, pointer::is_below},
    evidence::{Diagnostic, DriftClass},
};

/// What a record says of its contract. The waist of a check stays one signature wide: whatever
/// else a record may come to say of messages goes in here.
#[derive(Clone, Debug)]
pub struct Tolerances {
    /// Whose view the document takes: it decides which messages we read and which we write.
    pub described_from: DescribedFrom,
    /// Differences that are known and borne.
    pub waivers: Vec<Tolerance>,
    /// Failures that the partner tells under a status of success.
    pub failures: Vec<FailureInside>,
    /// The day of the check, `YYYY-MM-DD`; without one no waiver expires.
    pub today: Option<String>,
}

impl Default for Tolerances {
    fn default() -> Self {
        Self {
            described_from: DescribedFrom::Partner,
            waivers: Vec::new(),
            failures: Vec::new(),
            today: None,
        }
    }
}

/// One waiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tolerance {
    /// Place in the contract, `#` and a JSON Pointer, after the path of its file where that is not
    /// the root document: findings at or below it are meant.
    pub at: String,
    /// The one rule that it is about; `None`: whatever is found there.
    pub rule: Option<&'static Rule>,
    /// What such a finding counts as: [`DriftClass::Tolerated`], or [`DriftClass::Additive`] where
    /// our code bears values that it does not know.
    pub class: DriftClass,
    /// Why it is borne.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it covers, `YYYY-MM-DD`.
    pub expires: Option<String>,
}

/// What the waivers make of a finding.
pub(super) enum Borne<'t> {
    /// Nothing is said of it.
    No,
    /// It is covered, by this one.
    By(&'t Tolerance),
    /// It was covered until this one ended.
    Expired(&'t Tolerance, &'t str),
}

impl Tolerances {
    /// The same, with the failures that the contract's operations declare themselves by
    /// `x-failure-inside`. Err: what is wrong with a declaration.
    pub fn with_declared(mut self, contract: &Contract) -> Result<Self, Vec<Diagnostic>> {
        self.failures.extend(failure::declared_in(contract)?);
        Ok(self)
    }

    /// What the waivers say of a finding of this rule at these pointers: the place of the broken
    /// promise, and the place of the message that it is part of.
    pub(super) fn of<'t>(
        &'t self,
        contract: &Contract,
        rule: &Rule,
        pointers: &[&str],
    ) -> Borne<'t> {
        let mut borne = Borne::No;
        for waiver in &self.waivers {
            if !waiver.is_about(rule) || !pointers.iter().any(|at| waiver.covers(contract, at)) {
                continue;
            }
            match (&waiver.expires, &self.today) {
                // Such dates compare like their texts.
                (Some(until), Some(today)) if until < today => {
                    borne = Borne::Expired(waiver, until);
                }
                _ => return Borne::By(waiver),
            }
        }
        borne
    }
}

impl Tolerance {
    fn is_about(&self, rule: &Rule) -> bool {
        let may = self.class == DriftClass::Tolerated || rule.open;
        may && self.rule.is_none_or(|only| only == rule)
    }

    /// Whether a place of the document is at or below ours, as the document or as its file says it.
    fn covers(&self, contract: &Contract, pointer: &str) -> bool {
        match self.at.strip_prefix('#') {
            Some(above) if is_below(pointer, above) => true,
            _ => is_below(&contract.sources.written(pointer), &self.at),
        }
    }

    /// Such as `known: payments bears it until 2027-01-31`.
    pub(super) fn words(&self) -> String {
        let until = self.expires.as_ref().map(|day| format!(" until {day}"));
        format!("{}: {} bears it{}", self.reason, self.owner, until.unwrap_or_default())
    }
}
