//! Parameters outside the body, and the header fields of a message.

use serde_json::Value;

use super::{
    matching,
    mode::Side,
    report::{Found, Report},
    schemas::{About, Schemas},
};
use crate::contract::{Contract, Operation, Parameter, ParameterPlace, ParameterStyle};

pub(super) fn compare(
    report: &mut Report<'_>,
    schemas: &mut Schemas<'_>,
    old: &Operation,
    new: &Operation,
) {
    let side = Side::of_request(new.action);
    let renamed = renamed(old, new);
    let same = |was: &Parameter, is: &Parameter| {
        was.place == is.place
            && match was.place {
                ParameterPlace::Header => was.name.eq_ignore_ascii_case(&is.name),
                _ => was.name == is.name || renamed.contains(&(&was.name, &is.name)),
            }
    };
    let lost: Vec<&Parameter> = old
        .parameters
        .iter()
        .filter(|was| !new.parameters.iter().any(|is| same(was, is)))
        .collect();
    let mut gained: Vec<&Parameter> = new
        .parameters
        .iter()
        .filter(|is| !old.parameters.iter().any(|was| same(was, is)))
        .collect();
    for was in &old.parameters {
        if let Some(is) = new.parameters.iter().find(|is| same(was, is)) {
            Pair { was, is, side }.compare(report, schemas);
        }
    }
    for was in lost {
        if let Some(at) = gained.iter().position(|is| is.name.eq_ignore_ascii_case(&was.name)) {
            let is = gained.remove(at);
            Pair { was, is, side }.moved(report);
        } else {
            removed(report, side, was, new);
        }
    }
    for is in gained {
        added(report, side, is, old);
    }
}

/// Names of path parameters that stand at the same place of the template.
fn renamed<'o>(old: &'o Operation, new: &'o Operation) -> Vec<(&'o str, &'o str)> {
    if matching::nameless(&old.path) != matching::nameless(&new.path) {
        return Vec::new();
    }
    matching::names(&old.path).into_iter().zip(matching::names(&new.path)).collect()
}

fn removed(report: &mut Report<'_>, side: Side, was: &Parameter, new: &Operation) {
    report.add(Found {
        rule: if was.required { "parameter.removed-required" } else { "parameter.removed" },
        message: format!("{} is gone", called(was)),
        part: part(was),
        side: Some(side),
        old_pointer: was.pointer.clone(),
        new_pointer: new.pointer.clone(),
        before: need(was.required).to_owned(),
        after: "nothing".to_owned(),
        ..Found::default()
    });
}

fn added(report: &mut Report<'_>, side: Side, is: &Parameter, old: &Operation) {
    report.add(Found {
        rule: if is.required { "parameter.added-required" } else { "parameter.added" },
        message: format!("{} is new{}", called(is), if is.required { " and required" } else { "" }),
        part: part(is),
        side: Some(side),
        old_pointer: old.pointer.clone(),
        new_pointer: is.pointer.clone(),
        before: "nothing".to_owned(),
        after: need(is.required).to_owned(),
        ..Found::default()
    });
}

/// The same parameter in both versions.
struct Pair<'p> {
    was: &'p Parameter,
    is: &'p Parameter,
    side: Side,
}

impl Pair<'_> {
    fn compare(&self, report: &mut Report<'_>, schemas: &mut Schemas<'_>) {
        let Self { was, is, side } = *self;
        if was.name != is.name && was.place == ParameterPlace::Path {
            let message = format!("{} is called `{}` now", called(was), is.name);
            self.tell(report, "parameter.renamed", message, &was.name, &is.name);
        }
        match (was.required, is.required) {
            (false, true) => {
                let message = format!("{} has to be there now", called(is));
                self.tell(report, "parameter.became-required", message, need(false), need(true));
            }
            (true, false) => {
                let message = format!("{} may be left out now", called(is));
                self.tell(report, "parameter.became-optional", message, need(true), need(false));
            }
            _ => {}
        }
        let (before, after) = (Form::of(report.old, was), Form::of(report.new, is));
        if before != after && (before.matters() || after.matters()) {
            let message = format!("{} is written otherwise", called(is));
            let (before, after) = (before.words(), after.words());
            self.tell(report, "parameter.style-changed", message, &before, &after);
        }
        let flag = |contract: &Contract, parameter: &Parameter| {
            member(contract, parameter, "deprecated").and_then(Value::as_bool) == Some(true)
        };
        if !flag(report.old, was) && flag(report.new, is) {
            let message = format!("{} is deprecated now", called(is));
            self.tell(report, "parameter.deprecated", message, "in use", "deprecated");
        }
        let about = About { side, part: &part(is), parameter: true };
        schemas.compare(report, &about, &was.schema, &is.schema);
    }

    fn moved(&self, report: &mut Report<'_>) {
        let (before, after) = (place(self.was.place), place(self.is.place));
        let message = format!("{} travels in the {after} now", called(self.was));
        self.tell(report, "parameter.moved", message, before, after);
    }

    fn tell(
        &self,
        report: &mut Report<'_>,
        rule: &'static str,
        message: String,
        before: &str,
        after: &str,
    ) {
        report.add(Found {
            rule,
            message,
            part: part(self.is),
            side: Some(self.side),
            old_pointer: self.was.pointer.clone(),
            new_pointer: self.is.pointer.clone(),
            before: before.to_owned(),
            after: after.to_owned(),
            ..Found::default()
        });
    }
}

/// How the value of a parameter is written (`OpenAPI` 3.1 section 4.8.12).
#[derive(Debug, PartialEq, Eq)]
struct Form {
    style: String,
    explode: bool,
    /// Media type of a parameter with `content`.
    media: Option<String>,
    /// Whether a value has one part at most, so that nothing is to be exploded.
    single: bool,
    /// How the reader of the document understood it.
    meant: ParameterStyle,
}

impl Form {
    fn of(contract: &Contract, parameter: &Parameter) -> Self {
        let said = |key: &str| member(contract, parameter, key);
        let usual = match parameter.place {
            ParameterPlace::Path | ParameterPlace::Header => "simple",
            _ => "form",
        };
        let style = said("style").and_then(Value::as_str).unwrap_or(usual);
        let media = said("content").and_then(Value::as_object).and_then(|m| m.keys().next());
        let kind = contract.schema(&parameter.schema).get("type").and_then(Value::as_str);
        let single = matches!(kind, Some("string" | "integer" | "number" | "boolean"));
        Self {
            explode: !single && said("explode").and_then(Value::as_bool).unwrap_or(style == "form"),
            style: style.to_owned(),
            media: media.cloned(),
            single,
            meant: parameter.style,
        }
    }

    /// Whether the form shows on the wire: a single value is written alike in most.
    fn matters(&self) -> bool {
        !self.single || self.media.is_some() || matches!(&*self.style, "matrix" | "label")
    }

    fn words(&self) -> String {
        match &self.media {
            Some(media) => format!("as {media}"),
            None if self.explode => format!("style {}, exploded", self.style),
            None => format!("style {}", self.style),
        }
    }
}

fn member<'c>(contract: &'c Contract, parameter: &Parameter, key: &str) -> Option<&'c Value> {
    contract.document.pointer(&parameter.pointer)?.get(key)
}

fn called(parameter: &Parameter) -> String {
    format!("the {} parameter `{}`", place(parameter.place), parameter.name)
}

fn part(parameter: &Parameter) -> String {
    format!("{} {}", place(parameter.place), parameter.name)
}

fn place(place: ParameterPlace) -> &'static str {
    match place {
        ParameterPlace::Path => "path",
        ParameterPlace::Query => "query",
        ParameterPlace::Header => "header",
        ParameterPlace::Cookie => "cookie",
    }
}

fn need(required: bool) -> &'static str {
    if required { "required" } else { "optional" }
}
