//! What a broken schema is told as.

/// How a value breaks a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::contract) enum Breach {
    /// A required member is not there.
    Missing,
    /// A member that a closed object does not name.
    Undeclared,
    /// Null where it is not allowed.
    Null,
    /// A value of another type.
    Type,
    /// A value outside the enumeration.
    Enum,
    /// A string in another format.
    Format,
    /// A string that a pattern does not match.
    Pattern,
    /// Too small, too large, too short, too long, too many.
    Bounds,
    /// Anything else that a schema can say.
    Other,
}

/// One way in which a value breaks a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::contract) struct Violation {
    pub(in crate::contract) breach: Breach,
    /// Pointer of the spot in the value; of the missing member where one is missing.
    pub(in crate::contract) instance: String,
    /// Pointer of the keyword in the document.
    pub(in crate::contract) schema: String,
    /// What the keyword demands.
    pub(in crate::contract) expected: String,
}
