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

/// A rule of a notation that has rules of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotationRule {
    /// Such as `protobuf.field-removed`.
    pub id: &'static str,
    /// Whom it protects: `wire`, `json`, `source`, or `notice` where nobody is harmed; Avro has one
    /// encoding that counts, and says `wire` throughout.
    pub reach: &'static str,
    /// What it is about.
    pub doc: &'static str,
    /// What to do instead.
    pub help: &'static str,
    /// A text and its next version, in which the rule is broken; both empty where it takes several
    /// files.
    pub example: (&'static str, &'static str),
}

/// The rules of Protocol Buffers and of Avro.
pub fn notation_rules() -> Vec<NotationRule> {
    let protobuf = super::protobuf::RULES.iter().map(|rule| NotationRule {
        id: rule.id,
        reach: rule.reach.word(),
        doc: rule.doc,
        help: rule.help,
        example: rule.example,
    });
    let avro = super::avro::RULES.iter().map(|rule| NotationRule {
        id: rule.id,
        reach: "wire",
        doc: rule.doc,
        help: rule.help,
        example: rule.example,
    });
    avro.chain(protobuf).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_of_all_notations_are_sorted_and_of_one_kind_each() {
        let rules = notation_rules();
        assert!(rules.is_sorted_by(|a, b| a.id < b.id));
        let reach = |id: &str| rules.iter().find(|rule| rule.id == id).map(|rule| rule.reach);
        assert_eq!(reach("protobuf.field-type-wire"), Some("wire"));
        assert_eq!(reach("protobuf.field-added"), Some("notice"));
        assert_eq!(reach("avro.type"), Some("wire"));
    }
}
