//! Everything that a check can find, as one table.

use crate::evidence::DriftClass::{self, Additive, Breaking};

/// A kind of finding.
#[derive(Debug)]
pub struct Rule {
    /// Id, such as `response.body.required`.
    pub id: &'static str,
    /// How a finding weighs unless it is tolerated.
    pub class: DriftClass,
    /// What is found, and why it matters, for `docs` and `explain`.
    pub doc: &'static str,
    /// What to do about a finding.
    pub help: &'static str,
}

const OURS: &str = "correct the request in the scenario; if the partner takes it so, correct the \
                    contract; a misuse on purpose is said with `wrongly`";
const THEIRS: &str = "ask the partner whether this is meant; then correct the contract, or \
                      tolerate it in the record";
const NEW: &str = "add it to the contract, or tolerate it in the record";

/// All rules, by message part and place.
pub const RULES: &[Rule] = &[
    Rule {
        id: "request.body.bounds",
        class: Breaking,
        doc: "A value of the request is smaller, larger, shorter, longer or of another count than the contract allows.",
        help: OURS,
    },
    Rule {
        id: "request.body.enum",
        class: Breaking,
        doc: "A value of the request is not one of those that the contract lists.",
        help: OURS,
    },
    Rule {
        id: "request.body.format",
        class: Breaking,
        doc: "A string of the request is not in the format that the contract names.",
        help: OURS,
    },
    Rule {
        id: "request.body.missing",
        class: Breaking,
        doc: "The contract demands a request body, and none was sent.",
        help: OURS,
    },
    Rule {
        id: "request.body.null",
        class: Breaking,
        doc: "The request holds null where the contract does not allow it.",
        help: OURS,
    },
    Rule {
        id: "request.body.pattern",
        class: Breaking,
        doc: "A string of the request does not match the contract's pattern.",
        help: OURS,
    },
    Rule {
        id: "request.body.required",
        class: Breaking,
        doc: "The request lacks a member that the contract demands.",
        help: OURS,
    },
    Rule {
        id: "request.body.schema",
        class: Breaking,
        doc: "The request breaks its schema in a way that has no rule of its own.",
        help: OURS,
    },
    Rule {
        id: "request.body.type",
        class: Breaking,
        doc: "A value of the request is of another type than the contract says.",
        help: OURS,
    },
    Rule {
        id: "request.body.undeclared",
        class: Breaking,
        doc: "The request holds a member that the contract forbids.",
        help: OURS,
    },
    Rule {
        id: "request.body.unreadable",
        class: Breaking,
        doc: "The request body cannot be read as its media type.",
        help: OURS,
    },
    Rule {
        id: "request.content_type",
        class: Breaking,
        doc: "The request body is of a media type that the contract does not name.",
        help: OURS,
    },
    Rule {
        id: "request.parameter.missing",
        class: Breaking,
        doc: "The request lacks a path, query or header parameter that the contract demands.",
        help: OURS,
    },
    Rule {
        id: "request.parameter.value",
        class: Breaking,
        doc: "A path, query or header parameter of the request breaks its schema.",
        help: OURS,
    },
    Rule {
        id: "response.body.bounds",
        class: Breaking,
        doc: "A value is smaller, larger, shorter, longer or of another count than promised.",
        help: THEIRS,
    },
    Rule {
        id: "response.body.enum",
        class: Breaking,
        doc: "A value is not one of those that were promised: code that tells cases apart does not know it.",
        help: THEIRS,
    },
    Rule {
        id: "response.body.format",
        class: Breaking,
        doc: "A string is not in the promised format, so that readers may fail to parse it.",
        help: THEIRS,
    },
    Rule {
        id: "response.body.malformed",
        class: Breaking,
        doc: "The body is not UTF-8, or is nested deeper or holds more values than we bear: no reader can be expected to read it.",
        help: "ask the partner what it means to send; the recorded exchange shows how it begins",
    },
    Rule {
        id: "response.body.missing",
        class: Breaking,
        doc: "A body is promised, and none came.",
        help: THEIRS,
    },
    Rule {
        id: "response.body.null",
        class: Breaking,
        doc: "Null stands where it was not promised.",
        help: THEIRS,
    },
    Rule {
        id: "response.body.pattern",
        class: Breaking,
        doc: "A string does not match the promised pattern.",
        help: THEIRS,
    },
    Rule {
        id: "response.body.required",
        class: Breaking,
        doc: "A member that was promised in every answer is missing.",
        help: THEIRS,
    },
    Rule {
        id: "response.body.schema",
        class: Breaking,
        doc: "The body breaks its schema in a way that has no rule of its own.",
        help: THEIRS,
    },
    Rule {
        id: "response.body.type",
        class: Breaking,
        doc: "A value is of another type than promised.",
        help: THEIRS,
    },
    Rule {
        id: "response.body.undeclared",
        class: Additive,
        doc: "A member came that the contract does not name, whether it forbids others or not. Careful readers ignore it.",
        help: NEW,
    },
    Rule {
        id: "response.body.unexpected",
        class: Additive,
        doc: "A body came where none is described.",
        help: NEW,
    },
    Rule {
        id: "response.body.unreadable",
        class: Breaking,
        doc: "The body cannot be read as its media type: HTML from a gateway, or an answer cut short.",
        help: "see whether a proxy or a gateway answered in the partner's place",
    },
    Rule {
        id: "response.content_type",
        class: Breaking,
        doc: "The body is of a media type that was not promised.",
        help: "see whether a proxy or a gateway answered in the partner's place",
    },
    Rule {
        id: "response.header.missing",
        class: Breaking,
        doc: "A promised header field is missing.",
        help: THEIRS,
    },
    Rule {
        id: "response.header.value",
        class: Breaking,
        doc: "The value of a header field breaks its schema.",
        help: THEIRS,
    },
    Rule {
        id: "response.status.undeclared",
        class: Breaking,
        doc: "The answer has a status that the contract does not promise for this operation.",
        help: "describe this status in the contract if the partner means it",
    },
];

/// The rule of this id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.binary_search_by(|rule| rule.id.cmp(id)).ok().map(|at| &RULES[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_whole() {
        assert!(RULES.is_sorted_by(|a, b| a.id < b.id));
        for entry in RULES {
            assert!(entry.doc.ends_with('.'), "{}", entry.id);
            assert!(!entry.help.is_empty() && !entry.help.ends_with('.'), "{}", entry.id);
            assert_eq!(rule(entry.id).map(|found| found.id), Some(entry.id));
            assert!(entry.id.starts_with("response.") || entry.class == Breaking, "{}", entry.id);
        }
        assert!(rule("response.body.color").is_none());
    }
}
