//! The schemas of two versions, and the rules that their differences come under.

use std::{collections::HashMap, rc::Rc};

use super::{
    difference::Level,
    mode::Side,
    report::{Found, Report},
    rules::rule,
    schema::{self, Change, Containment, Usage, Weight},
};
use crate::contract::{Contract, MediaType, SchemaRef, pointer};

/// Which part of a message a schema is about.
pub(super) struct About<'a> {
    pub(super) side: Side,
    pub(super) part: &'a str,
    /// Whether it is the value of a parameter, which has a meaning where it is left out.
    pub(super) parameter: bool,
}

/// Compares schemas; what two of them differ in is found once, however many operations hold them.
pub(super) struct Schemas<'c> {
    old: &'c Contract,
    new: &'c Contract,
    said: schema::Comparison<'c>,
    taken: schema::Comparison<'c>,
    known: HashMap<(Side, String, String), Rc<[schema::Difference]>>,
}

impl<'c> Schemas<'c> {
    pub(super) fn new(old: &'c Contract, new: &'c Contract) -> Self {
        let of = |usage| schema::Comparison::new(&old.document, &new.document, usage);
        let (said, taken) = (of(Usage::Response), of(Usage::Request));
        Self { old, new, said, taken, known: HashMap::new() }
    }

    /// The schemas of two media types; one without a schema allows everything.
    pub(super) fn media(
        &mut self,
        report: &mut Report<'_>,
        about: &About<'_>,
        was: &MediaType,
        is: &MediaType,
    ) {
        if was.schema.is_some() || is.schema.is_some() {
            let at = |media: &MediaType| match &media.schema {
                Some(schema) => schema.pointer.to_string(),
                None => pointer::join(&media.pointer, "schema"),
            };
            self.hold(report, about, &at(was), &at(is));
        }
    }

    /// Two schemas.
    pub(super) fn compare(
        &mut self,
        report: &mut Report<'_>,
        about: &About<'_>,
        was: &SchemaRef,
        is: &SchemaRef,
    ) {
        self.hold(report, about, &was.pointer, &is.pointer);
    }

    fn hold(&mut self, report: &mut Report<'_>, about: &About<'_>, was: &str, is: &str) {
        let (was, is) = (target(self.old, was), target(self.new, is));
        let key = (about.side, was, is);
        let differences = if let Some(known) = self.known.get(&key) {
            Rc::clone(known)
        } else {
            let comparison = match about.side {
                Side::Said => &mut self.said,
                Side::Taken => &mut self.taken,
            };
            let found: Rc<[_]> = comparison.compare(&key.1, &key.2).into();
            self.known.insert(key, Rc::clone(&found));
            found
        };
        for difference in differences.iter() {
            tell(report, about, difference);
        }
    }
}

/// Where a schema really stands, if it is nothing but a reference.
fn target(contract: &Contract, at: &str) -> String {
    let mut at = at.to_owned();
    for _ in 0..32 {
        let schema = contract.document.pointer(&at).and_then(|schema| schema.as_object());
        let Some(schema) = schema.filter(|schema| schema.len() == 1) else { break };
        let reference = schema.get("$ref").and_then(|reference| reference.as_str());
        match reference.and_then(pointer::of_reference) {
            Some(target) => at = target.into_owned(),
            None => break,
        }
    }
    at
}

fn tell(report: &mut Report<'_>, about: &About<'_>, difference: &schema::Difference) {
    let change = difference.change;
    let rule = if change == Change::DefaultChanged && about.parameter {
        "parameter.default-changed"
    } else {
        rule(&format!("schema.{}", change.word())).map_or("", |rule| rule.id)
    };
    let part = if difference.instance.is_empty() {
        about.part.to_owned()
    } else {
        format!("{} at {}", about.part, difference.instance)
    };
    let reasons =
        [&difference.new_in_old, &difference.old_in_new].map(|containment| match containment {
            Containment::Unknown(reason) => reason.as_str(),
            _ => "",
        });
    let reason = reasons.into_iter().find(|reason| !reason.is_empty()).unwrap_or_default();
    report.add(Found {
        rule,
        message: message(about, difference),
        part,
        side: Some(about.side),
        old_pointer: difference.old_pointer.clone(),
        new_pointer: difference.new_pointer.clone(),
        before: difference.old.clone(),
        after: difference.new.clone(),
        flow: flow(difference),
        reason: reason.to_owned(),
    });
}

/// What one difference weighs for a reader who waits, and for a writer who waits; `None` where the
/// rule says it, because the messages are the same.
fn flow(difference: &schema::Difference) -> Option<(Level, Level)> {
    let level = |weight| match weight {
        Weight::Nothing | Weight::Additive => Level::Compatible,
        Weight::Unknown => Level::Unknown,
        Weight::Breaking => Level::Breaking,
    };
    match difference.change {
        Change::DefaultChanged
        | Change::ReadOnlyChanged
        | Change::WriteOnlyChanged
        | Change::DeprecatedChanged => None,
        // Whoever reads a closed object may refuse what it does not know.
        Change::PropertyAdded | Change::ObjectOpened
            if difference.new_in_old == Containment::Undeclared =>
        {
            Some((Level::Warning, level(difference.writing())))
        }
        // What is not declared any more is ignored, unless the object is closed.
        Change::PropertyRemoved if difference.old_in_new == Containment::Undeclared => {
            Some((Level::Compatible, Level::Warning))
        }
        Change::PropertyRemoved => Some((Level::Compatible, level(difference.writing()))),
        _ => Some((level(difference.reading()), level(difference.writing()))),
    }
}

/// The difference in one line.
fn message(about: &About<'_>, difference: &schema::Difference) -> String {
    let schema::Difference { change, instance, old, new, .. } = difference;
    let spot = match pointer::split(instance) {
        None => format!("the {}", about.part),
        Some((_, name)) if name == "*" => format!("an item at `{instance}`"),
        Some((_, name)) => format!("`{name}`"),
    };
    match change {
        Change::PropertyAdded => format!("{spot} is new"),
        Change::PropertyRemoved => format!("{spot} is gone"),
        Change::BecameRequired => format!("{spot} has to be there now"),
        Change::BecameOptional => format!("{spot} may be missing now"),
        Change::NullAllowed => format!("{spot} may be null now"),
        Change::NullForbidden => format!("{spot} may no longer be null"),
        Change::ValueAdded => format!("{spot} may be {new} now"),
        Change::ValueRemoved => format!("{spot} may no longer be {old}"),
        Change::TypeWidened | Change::TypeNarrowed | Change::TypeChanged => {
            format!("{spot} was {old} and is {new} now")
        }
        Change::DeprecatedChanged => format!("{spot} is {new} now"),
        Change::Undecided => format!("whether {spot} changed cannot be decided"),
        _ => format!("{spot}: {} ({old}, now {new})", change.word().replace('-', " ")),
    }
}
