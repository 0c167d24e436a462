//! Header fields of answers.

use super::{
    mode::Side,
    report::{Found, Report},
    schemas::{About, Schemas},
};
use crate::contract::{HeaderSpec, ResponseSpec};

pub(super) fn compare(
    report: &mut Report<'_>,
    schemas: &mut Schemas<'_>,
    side: Side,
    part: &str,
    (old, new): (&ResponseSpec, &ResponseSpec),
) {
    let find = |all: &'_ [HeaderSpec], name: &str| all.iter().position(|h| h.name == name);
    for was in &old.headers {
        let Some(at) = find(&new.headers, &was.name) else {
            let rule = if was.required { "header.removed-required" } else { "header.removed" };
            let words = (format!("is gone from the {part}"), need(was.required), "nothing");
            tell(report, (side, part), rule, &was.name, words, (&was.pointer, &new.pointer));
            continue;
        };
        let is = &new.headers[at];
        let rule = match (was.required, is.required) {
            (false, true) => Some(("header.became-required", "is always there now")),
            (true, false) => Some(("header.became-optional", "may be missing now")),
            _ => None,
        };
        if let Some((rule, words)) = rule {
            let words = (format!("of the {part} {words}"), need(was.required), need(is.required));
            tell(report, (side, part), rule, &is.name, words, (&was.pointer, &is.pointer));
        }
        let about = About { side, part: &format!("{part} header {}", is.name), parameter: false };
        schemas.compare(report, &about, &was.schema, &is.schema);
    }
    for is in new.headers.iter().filter(|is| find(&old.headers, &is.name).is_none()) {
        let rule = if is.required { "header.added-required" } else { "header.added" };
        let words = (format!("is new in the {part}"), "nothing", need(is.required));
        tell(report, (side, part), rule, &is.name, words, (&old.pointer, &is.pointer));
    }
}

fn tell(
    report: &mut Report<'_>,
    (side, part): (Side, &str),
    rule: &'static str,
    name: &str,
    (message, before, after): (String, &str, &str),
    (old, new): (&str, &str),
) {
    report.add(Found {
        rule,
        message: format!("the header `{name}` {message}"),
        part: format!("{part} header {name}"),
        side: Some(side),
        old_pointer: old.to_owned(),
        new_pointer: new.to_owned(),
        before: before.to_owned(),
        after: after.to_owned(),
        ..Found::default()
    });
}

fn need(required: bool) -> &'static str {
    if required { "always there" } else { "optional" }
}
