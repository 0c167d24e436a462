//! What the rules of one notation find, before it is weighed.

/// A difference between two documents of the same notation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Noted {
    /// Id of the rule, such as `protobuf.field-removed`.
    pub(super) rule: &'static str,
    /// One line.
    pub(super) message: String,
    /// The first operation that it is about; empty for the whole contract.
    pub(super) operation: String,
    /// Where it stands in the old document, or the nearest that does.
    pub(super) old_pointer: String,
    /// Where it stands in the new document, or the nearest that does.
    pub(super) new_pointer: String,
    /// What was.
    pub(super) before: String,
    /// What is.
    pub(super) after: String,
    /// Whether who reads by the old document bears what is written by the new one.
    pub(super) new_in_old: Verdict,
    /// Whether who reads by the new document bears what is written by the old one.
    pub(super) old_in_new: Verdict,
}

/// How a reader bears what a writer writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It reads it as it was meant.
    Fine,
    /// It reads it, and may be surprised.
    Risky,
    /// It cannot read it, or reads something else.
    Breaks,
}
