//! What a comparison of two schemas says: one difference each, with its place in both documents
//! and in the message, and which way it breaks containment.

/// Which messages the schemas describe, seen from the described application.
///
/// `OpenAPI` 3.0 says of `readOnly` and `writeOnly` (Schema Object, fixed fields) that `required`
/// holds for the response alone, or for the request alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Usage {
    /// The application reads them: members that are `readOnly` need not be there.
    Request,
    /// The application writes them: members that are `writeOnly` need not be there.
    Response,
}

/// Whether every value of one schema is a value of the other, as far as one difference goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Containment {
    /// Yes.
    Holds,
    /// No, but only because of members that one of the two does not declare, or because variants
    /// of `oneOf` that were never apart have more in common.
    Undeclared,
    /// No.
    Fails,
    /// Not decided, for this reason.
    Unknown(String),
}

/// How a difference weighs for someone who reads, or writes, such messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Nothing to do.
    Nothing,
    /// Something new that careful readers ignore.
    Additive,
    /// Not decided: to be taken for breaking.
    Unknown,
    /// Messages that were right are wrong now, or the other way round.
    Breaking,
}

macro_rules! changes {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// What kind of change it is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Change {
            $($(#[$doc])* $name,)*
        }

        impl Change {
            /// All of them, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name in rules and reports.
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

changes! {
    /// More types than before.
    TypeWidened = "type-widened",
    /// Fewer types than before.
    TypeNarrowed = "type-narrowed",
    /// Other types than before.
    TypeChanged = "type-changed",
    /// Null is allowed now.
    NullAllowed = "null-allowed",
    /// Null is no longer allowed.
    NullForbidden = "null-forbidden",
    /// A value was added to a list of values.
    ValueAdded = "value-added",
    /// A value was taken from a list of values.
    ValueRemoved = "value-removed",
    /// There was a list of values, and is none now.
    ValuesOpened = "values-opened",
    /// There is a list of values now.
    ValuesClosed = "values-closed",
    /// A member is declared now.
    PropertyAdded = "property-added",
    /// A member is no longer declared.
    PropertyRemoved = "property-removed",
    /// A member has to be there now.
    BecameRequired = "became-required",
    /// A member may be missing now.
    BecameOptional = "became-optional",
    /// A bound of a number, a length or a count allows more.
    BoundLoosened = "bound-loosened",
    /// A bound allows less.
    BoundTightened = "bound-tightened",
    /// A bound allows something else.
    BoundChanged = "bound-changed",
    /// A pattern is demanded now.
    PatternAdded = "pattern-added",
    /// A pattern is no longer demanded.
    PatternRemoved = "pattern-removed",
    /// Another pattern is demanded.
    PatternChanged = "pattern-changed",
    /// A format is demanded now.
    FormatAdded = "format-added",
    /// A format is no longer demanded.
    FormatRemoved = "format-removed",
    /// Another format is demanded.
    FormatChanged = "format-changed",
    /// Items have to differ now.
    UniqueAdded = "unique-added",
    /// Items need no longer differ.
    UniqueRemoved = "unique-removed",
    /// Members that are not declared are allowed now.
    ObjectOpened = "object-opened",
    /// Members that are not declared are no longer allowed.
    ObjectClosed = "object-closed",
    /// A variant of `anyOf` or `oneOf` was added.
    BranchAdded = "branch-added",
    /// A variant of `anyOf` or `oneOf` was taken out.
    BranchRemoved = "branch-removed",
    /// Another rule, such as `not` or `contains`, is demanded now.
    RuleAdded = "rule-added",
    /// Another rule is no longer demanded.
    RuleRemoved = "rule-removed",
    /// Another rule demands something else.
    RuleChanged = "rule-changed",
    /// The documented default changed.
    DefaultChanged = "default-changed",
    /// `readOnly` changed.
    ReadOnlyChanged = "read-only-changed",
    /// `writeOnly` changed.
    WriteOnlyChanged = "write-only-changed",
    /// `deprecated` changed.
    DeprecatedChanged = "deprecated-changed",
    /// Whether something changed could not be decided.
    Undecided = "undecided",
}

/// One difference between two schemas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What kind of change.
    pub change: Change,
    /// JSON Pointer in the message; `*` is any item, or any member without a name of its own.
    pub instance: String,
    /// JSON Pointer in the old document: the keyword that differs, or the nearest schema.
    pub old_pointer: String,
    /// JSON Pointer in the new document.
    pub new_pointer: String,
    /// What was promised before, in a few words.
    pub old: String,
    /// What is promised now, in a few words.
    pub new: String,
    /// Whether new messages are right by the old schema: what readers need.
    pub new_in_old: Containment,
    /// Whether old messages are right by the new schema: what writers need.
    pub old_in_new: Containment,
}

impl Difference {
    /// How it weighs for someone who reads such messages and knows the old schema.
    ///
    /// A member that is new is additive, even where the old schema was closed: careful readers
    /// ignore what they do not know. A member that is no longer promised is breaking.
    pub fn reading(&self) -> Weight {
        match (self.change, &self.new_in_old) {
            (Change::PropertyRemoved, _) | (_, Containment::Fails) => Weight::Breaking,
            (_, Containment::Unknown(_)) => Weight::Unknown,
            (_, Containment::Undeclared) | (Change::PropertyAdded, _) => Weight::Additive,
            (_, Containment::Holds) => Weight::Nothing,
        }
    }

    /// How it weighs for someone who writes such messages by the old schema.
    ///
    /// A member that is new and need not be there is additive. That an object is closed now is
    /// breaking: what nobody declared was sent before.
    pub fn writing(&self) -> Weight {
        match (self.change, &self.old_in_new) {
            (Change::PropertyRemoved | Change::ObjectClosed, Containment::Undeclared)
            | (_, Containment::Fails) => Weight::Breaking,
            (_, Containment::Unknown(_)) => Weight::Unknown,
            (_, Containment::Undeclared) | (Change::PropertyAdded, _) => Weight::Additive,
            (_, Containment::Holds) => Weight::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_has_a_word_of_its_own() {
        let words: std::collections::BTreeSet<&str> =
            Change::ALL.iter().map(|change| change.word()).collect();
        assert_eq!(words.len(), Change::ALL.len());
        assert!(words.iter().all(|w| w.chars().all(|c| c.is_ascii_lowercase() || c == '-')));
    }
}
