//! Bodies by media type.

use super::{
    mode::Side,
    report::{Found, Report},
    schemas::{About, Schemas},
};
use crate::contract::{Kind, MediaType, Operation, RequestBody, ResponseSpec};

/// The body of a request, or the payload of a message.
pub(super) fn request(
    report: &mut Report<'_>,
    schemas: &mut Schemas<'_>,
    side: Side,
    old: &Operation,
    new: &Operation,
) {
    let what =
        if matches!(new.kind, Kind::Message | Kind::Payload) { "payload" } else { "request body" };
    let (was, is) = (&old.request_body, &new.request_body);
    if let Some((rule, words)) = existence(was.as_ref(), is.as_ref()) {
        let need = |body: &Option<RequestBody>| match body {
            None => "nothing",
            Some(body) if body.required => "required",
            Some(_) => "optional",
        };
        report.add(Found {
            rule,
            message: format!("the {what} {words}"),
            part: what.to_owned(),
            side: Some(side),
            old_pointer: old.pointer.clone(),
            new_pointer: new.pointer.clone(),
            before: need(was).to_owned(),
            after: need(is).to_owned(),
            ..Found::default()
        });
    }
    if let (Some(was), Some(is)) = (was, is) {
        let holder = Holder {
            part: what,
            side,
            old: &old.pointer,
            new: &new.pointer,
            added: "request.media-type-added",
            removed: "request.media-type-removed",
        };
        content(report, schemas, &holder, &was.content, &is.content);
    }
}

fn existence(
    was: Option<&RequestBody>,
    is: Option<&RequestBody>,
) -> Option<(&'static str, &'static str)> {
    Some(match (was.map(|body| body.required), is.map(|body| body.required)) {
        (None, Some(false)) => ("request.body-added", "is new"),
        (None, Some(true)) => ("request.body-added-required", "is new, and has to be there"),
        (Some(false), None) => ("request.body-removed", "is gone"),
        (Some(true), None) => ("request.body-removed-required", "is gone"),
        (Some(false), Some(true)) => ("request.body-became-required", "has to be there now"),
        (Some(true), Some(false)) => ("request.body-became-optional", "may be left out now"),
        _ => return None,
    })
}

/// The body of an answer.
pub(super) fn response(
    report: &mut Report<'_>,
    schemas: &mut Schemas<'_>,
    side: Side,
    part: &str,
    (old, new): (&ResponseSpec, &ResponseSpec),
) {
    let rule = match (old.content.is_empty(), new.content.is_empty()) {
        (true, true) => return,
        (true, false) => Some(("response.body-added", "has a body now")),
        (false, true) => Some(("response.body-removed", "has no body any more")),
        (false, false) => None,
    };
    if let Some((rule, words)) = rule {
        let types = |response: &ResponseSpec| match names(&response.content) {
            text if text.is_empty() => "nothing".to_owned(),
            text => text,
        };
        report.add(Found {
            rule,
            message: format!("the {part} {words}"),
            part: format!("{part} body"),
            side: Some(side),
            old_pointer: old.pointer.clone(),
            new_pointer: new.pointer.clone(),
            before: types(old),
            after: types(new),
            ..Found::default()
        });
        return;
    }
    let holder = Holder {
        part: &format!("{part} body"),
        side,
        old: &old.pointer,
        new: &new.pointer,
        added: "response.media-type-added",
        removed: "response.media-type-removed",
    };
    content(report, schemas, &holder, &old.content, &new.content);
}

fn names(content: &[MediaType]) -> String {
    content.iter().map(|media| media.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// What holds the media types that are compared.
struct Holder<'h> {
    part: &'h str,
    side: Side,
    old: &'h str,
    new: &'h str,
    added: &'static str,
    removed: &'static str,
}

impl Holder<'_> {
    fn found(&self, rule: &'static str, message: String, before: &str, after: &str) -> Found {
        Found {
            rule,
            message,
            part: self.part.to_owned(),
            side: Some(self.side),
            old_pointer: self.old.to_owned(),
            new_pointer: self.new.to_owned(),
            before: before.to_owned(),
            after: after.to_owned(),
            ..Found::default()
        }
    }
}

fn content(
    report: &mut Report<'_>,
    schemas: &mut Schemas<'_>,
    holder: &Holder<'_>,
    old: &[MediaType],
    new: &[MediaType],
) {
    let mut pair = |report: &mut Report<'_>, was: &MediaType, is: &MediaType| {
        let part = if old.len() + new.len() > 2 {
            format!("{} ({})", holder.part, is.name)
        } else {
            holder.part.to_owned()
        };
        let about = About { side: holder.side, part: &part, parameter: false };
        schemas.media(report, &about, was, is);
    };
    for was in old {
        if let Some(is) = new.iter().find(|is| is.name == was.name) {
            pair(report, was, is);
        } else if let Some(is) = new.iter().find(|is| covers(&is.name, &was.name)) {
            let message = format!("{} widened to {} in the {}", was.name, is.name, holder.part);
            report.add(Found {
                new_pointer: is.pointer.clone(),
                old_pointer: was.pointer.clone(),
                ..holder.found("media-type.widened", message, &was.name, &is.name)
            });
            pair(report, was, is);
        } else if !new.iter().any(|is| covers(&was.name, &is.name)) {
            let message = format!("{} is gone from the {}", was.name, holder.part);
            report.add(Found {
                old_pointer: was.pointer.clone(),
                ..holder.found(holder.removed, message, &was.name, "nothing")
            });
        }
    }
    for is in new.iter().filter(|is| !old.iter().any(|was| was.name == is.name)) {
        if let Some(was) = old.iter().find(|was| covers(&was.name, &is.name)) {
            if !new.iter().any(|other| other.name == was.name) {
                let message =
                    format!("{} narrowed to {} in the {}", was.name, is.name, holder.part);
                report.add(Found {
                    new_pointer: is.pointer.clone(),
                    old_pointer: was.pointer.clone(),
                    ..holder.found("media-type.narrowed", message, &was.name, &is.name)
                });
            }
            pair(report, was, is);
        } else if !old.iter().any(|was| covers(&is.name, &was.name)) {
            let message = format!("{} is new in the {}", is.name, holder.part);
            report.add(Found {
                new_pointer: is.pointer.clone(),
                ..holder.found(holder.added, message, "nothing", &is.name)
            });
        }
    }
}

/// Whether a range of media types (RFC 9110 section 12.5.1) holds another range or type.
fn covers(range: &str, name: &str) -> bool {
    if range == name {
        return false;
    }
    range == "*/*"
        || range
            .strip_suffix("/*")
            .is_some_and(|kind| name.split_once('/').is_some_and(|(other, _)| other == kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_covers_its_kind() {
        assert!(covers("*/*", "application/json") && covers("application/*", "application/json"));
        assert!(covers("*/*", "application/*"));
        for (range, name) in
            [("application/*", "text/plain"), ("application/json", "application/*"), ("*/*", "*/*")]
        {
            assert!(!covers(range, name), "{range} {name}");
        }
    }
}
