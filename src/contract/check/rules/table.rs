//! The table.

use super::{Rule, body, head};

/// All rules, by name.
pub const RULES: &[&Rule] = &[
    &body::BODY_BOUNDS,
    &body::BODY_DUPLICATE,
    &body::BODY_ENUM,
    &body::BODY_FORMAT,
    &body::BODY_MALFORMED,
    &body::BODY_MISSING,
    &body::BODY_NULL,
    &body::BODY_PATTERN,
    &body::BODY_REQUIRED,
    &body::BODY_SCHEMA,
    &body::BODY_TYPE,
    &body::BODY_UNDECLARED,
    &body::BODY_UNEXPECTED,
    &body::BODY_UNREADABLE,
    &body::BODY_UNSAFE_INTEGER,
    &head::CONTENT_TYPE,
    &body::FAILURE_INSIDE,
    &head::HEADER_MISSING,
    &head::HEADER_UNDECLARED,
    &head::HEADER_VALUE,
    &head::PARAMETER_MISSING,
    &head::PARAMETER_VALUE,
    &head::STATUS_UNDECLARED,
    &head::STATUS_UNDECLARED_ERROR,
];

/// The rule of this name, or of this id of a finding (`response.body.required`).
pub fn rule(id: &str) -> Option<&'static Rule> {
    let bare = id.strip_prefix("response.").or_else(|| id.strip_prefix("request."));
    let name = bare.unwrap_or(id);
    let rule = RULES.binary_search_by(|rule| rule.name.cmp(name)).ok().map(|at| RULES[at])?;
    let of_part = |part| bare.is_none() || rule.id(part) == id;
    rule.parts.iter().any(|part| of_part(*part)).then_some(rule)
}
