//! The partner's next plausible release: answers that keep the contract, each changed in one way.
//!
//! What may be done stands in [`MUTATIONS`]. A mutant is made by editing the one message in place and
//! taking the edit back, so that hundreds of thousands a second can be made and judged. Its label
//! says class, rule and place; it stands on an own reading of the schemas, not on the validator,
//! so that the check can be measured by it.

mod answer;
mod body;
mod candidate;
mod edit;
mod promise;
mod site;
mod table;
#[cfg(test)]
mod tests;

pub(super) use candidate::unfit;
pub(super) use edit::{apply_value, value_at};
pub(super) use site::{Site, Way, sites};

pub use answer::each_of_answer;
pub use body::{each_of_body, each_of_request};
pub use promise::{Amendment, each_of_promise};
pub use table::{Example, MUTATIONS, Mutation};

/// How a mutant weighs, and who can see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// It breaks what was promised: the check of one answer must find it.
    Breaking,
    /// It adds what nobody described: the check of one answer must find it, and readers bear it.
    Additive,
    /// What need not be there is gone: only counting over many answers shows it.
    Presence,
    /// The contract allows it: only an expectation of a scenario can see it.
    Unseen,
}

impl Class {
    /// The word for people and files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Breaking => "breaking",
            Self::Additive => "additive",
            Self::Presence => "presence",
            Self::Unseen => "unseen",
        }
    }

    /// Whether the check of a single message must find it.
    pub fn is_seen_by_check(self) -> bool {
        matches!(self, Self::Breaking | Self::Additive)
    }
}

/// What is known of one mutant.
#[derive(Clone, Copy, Debug)]
pub struct Label<'m> {
    /// What was done.
    pub mutation: &'static Mutation,
    /// How it weighs.
    pub class: Class,
    /// The rule of the check that it breaks, without the side of the message (`body.type`).
    pub rule: &'static str,
    /// `body`, `status` or `header NAME`, as findings say it.
    pub location: &'m str,
    /// JSON Pointer of what was changed in the body.
    pub changed: &'m str,
    /// JSON Pointer where the check tells it; of the missing member where one is missing.
    pub place: &'m str,
    /// Where the place lies within a choice of schemas that may tell it otherwise: the length of
    /// that choice's pointer. No branch fits then, and the check tells of the nearest.
    pub choice: Option<usize>,
}

impl Label<'_> {
    /// Whether a finding at this place of the body is about this mutant.
    pub fn is_at(&self, pointer: &str) -> bool {
        pointer == self.place
            || self.choice.is_some_and(|length| {
                let above = &self.place[..length];
                crate::contract::pointer::is_below(pointer, above)
            })
    }
}
