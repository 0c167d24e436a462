//! Waivers: what a record declares tolerable.

use crate::contract::pointer::is_below;

/// What a record declares tolerable.
#[derive(Clone, Debug, Default)]
pub struct Tolerances(pub Vec<Tolerance>);

/// One waiver.
#[derive(Clone, Debug)]
pub struct Tolerance {
    /// JSON Pointer into the contract, with its leading `#`: findings at or below it are meant.
    pub at: String,
    /// Why it is borne.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
}

impl Tolerances {
    /// Whether a finding at one of these pointers is tolerated: the place of the broken promise,
    /// or the place of the message that it is part of.
    pub(super) fn cover(&self, pointers: &[&str]) -> bool {
        self.0.iter().any(|tolerance| {
            let above = tolerance.at.strip_prefix('#').unwrap_or(&tolerance.at);
            pointers.iter().any(|pointer| is_below(pointer, above))
        })
    }
}
