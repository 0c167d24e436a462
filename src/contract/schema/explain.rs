//! Why a value does not keep a schema, in breaches that a person can act on.
//!
//! Each pair of a component and a spot of the value is explained once, so that variants which
//! share what is wrong below them do not multiply.

use std::{collections::HashMap, rc::Rc, sync::Arc};

use jsonschema::{ValidationError, error::ValidationErrorKind as Kind};
use serde_json::Value;

use super::{
    Breach, Violation, Wrapped, clip,
    components::{Component, Components},
    keywords::{BROKEN, REFERENCES},
    names::NAMES,
    unevaluated::UNEVALUATED,
    verdicts,
    words::expected,
};
use crate::contract::pointer;

/// Breaches that one value is told of.
const MOST_BREACHES: usize = 100;
/// Of a value with more parts than this only the first breach is told.
const MOST_EXPLAINED: usize = 50_000;
/// Parts of values that are looked at, one value within another counted again: the crate copies
/// the value into each of its errors.
const MOST_PARTS: usize = 4_000_000;

/// How a value breaks a component that it was found to break.
pub(super) fn explain(
    components: &Components,
    wrapped: &Wrapped,
    component: &Arc<Component>,
    value: &Value,
) -> Vec<Violation> {
    verdicts::remember();
    let mut explain = Explain { components, root: value, known: HashMap::new(), left: MOST_PARTS };
    let faults = explain.component(component, value, "");
    faults.iter().map(|fault| fault.violation(wrapped)).collect()
}

/// A breach, with what decides which of several branches came nearest.
#[derive(Clone, Debug)]
struct Fault {
    breach: Breach,
    /// Pointer of the spot in the whole value.
    instance: String,
    /// Pointer of the keyword in the lifted document.
    schema: String,
    expected: String,
    /// Whether the keyword fixes the value, as what tells branches apart does.
    is_fixed: bool,
    is_null: bool,
    /// Levels of the value above the spot that the keyword was asked about.
    depth: usize,
}

impl Fault {
    fn violation(&self, wrapped: &Wrapped) -> Violation {
        let is_kind = matches!(self.breach, Breach::Type | Breach::Enum);
        Violation {
            breach: if is_kind && self.is_null { Breach::Null } else { self.breach },
            instance: self.instance.clone(),
            schema: wrapped.written(&self.schema),
            expected: self.expected.clone(),
        }
    }
}

type Faults = Rc<Vec<Fault>>;

struct Explain<'e> {
    components: &'e Components,
    root: &'e Value,
    /// By the addresses of component and value, which both stay.
    known: HashMap<(usize, usize), Faults>,
    left: usize,
}

/// The component that is asked, and where its value stands.
#[derive(Clone, Copy)]
struct Here<'h> {
    component: &'h Component,
    path: &'h str,
}

impl Explain<'_> {
    fn component(&mut self, component: &Arc<Component>, value: &Value, path: &str) -> Faults {
        let pair = (Arc::as_ptr(component).addr(), std::ptr::from_ref(value).addr());
        if let Some(known) = self.known.get(&pair) {
            return Rc::clone(known);
        }
        let here = Here { component, path };
        let faults = verdicts::deeper(|| self.faults(here, value)).unwrap_or_default();
        let faults = Rc::new(faults);
        self.known.insert(pair, Rc::clone(&faults));
        faults
    }

    fn faults(&mut self, here: Here<'_>, value: &Value) -> Vec<Fault> {
        let mut faults = Vec::new();
        let Ok(validator) = here.component.validator() else { return faults };
        if !fewer_values(value, &mut self.left) {
            return faults;
        }
        // The validator collects every error before it gives the first.
        if fewer_values(value, &mut { MOST_EXPLAINED }) {
            for error in validator.iter_errors(value) {
                self.collect(here, &error, &mut faults);
                if faults.len() >= MOST_BREACHES {
                    break;
                }
            }
        } else if let Err(error) = validator.validate(value) {
            self.collect(here, &error, &mut faults);
        }
        faults.truncate(MOST_BREACHES);
        faults
    }

    fn collect(&mut self, here: Here<'_>, error: &ValidationError<'_>, into: &mut Vec<Fault>) {
        match error.kind() {
            Kind::AnyOf { context } | Kind::OneOfNotValid { context } if !context.is_empty() => {
                self.branches(here, error, context, into);
            }
            Kind::Required { property } => {
                let name = property.as_str().unwrap_or_default();
                let expected = format!("a member `{name}`");
                into.push(member(here, error, Breach::Missing, name, expected));
            }
            Kind::AdditionalProperties { unexpected } => {
                // A partner may send a hundred thousand of them.
                for name in unexpected.iter().take(MOST_BREACHES) {
                    into.push(undeclared(here, error, name));
                }
            }
            Kind::Custom { keyword, message } if keyword == UNEVALUATED => {
                into.push(undeclared(here, error, message));
            }
            Kind::Custom { keyword, message } if keyword == NAMES => {
                let expected = format!("another name than `{}`", clip(message, 60));
                into.push(spot(here, error, Breach::Other, expected));
            }
            Kind::Custom { keyword, .. } if REFERENCES.contains(&keyword.as_str()) => {
                self.reference(here, error, into);
            }
            Kind::Custom { keyword, .. } if keyword == "format" => {
                let format = self.components.document().pointer(&schema_path(here, error));
                let format = format.and_then(Value::as_str).unwrap_or_default();
                let kind = if error.instance().is_string() { "string" } else { "number" };
                let expected = format!("a {kind} in the format `{format}`");
                into.push(spot(here, error, Breach::Format, expected));
            }
            kind => into.push(spot(here, error, breach(kind), expected(kind, error))),
        }
    }

    /// Of the branches that a value may choose from, the nearest is told.
    fn branches(
        &mut self,
        here: Here<'_>,
        error: &ValidationError<'_>,
        context: &[Vec<ValidationError<'static>>],
        into: &mut Vec<Fault>,
    ) {
        let mut branches = Vec::with_capacity(context.len());
        for errors in context {
            let mut branch = Vec::new();
            for error in errors {
                self.collect(here, error, &mut branch);
            }
            branches.push(branch);
        }
        match all_of_other_types(&branches, &instance_path(here, error)) {
            Some(types) => into.push(spot(here, error, Breach::Type, types)),
            None => into.extend(nearest_branch(branches)),
        }
    }

    /// What is wrong behind a reference.
    fn reference(&mut self, here: Here<'_>, error: &ValidationError<'_>, into: &mut Vec<Fault>) {
        let path = instance_path(here, error);
        let reference = self.components.document().pointer(&schema_path(here, error));
        let target = reference.and_then(Value::as_str).and_then(pointer::of_reference);
        let before = into.len();
        if let (Some(target), Some(value)) = (target, self.root.pointer(&path)) {
            let target = self.components.at(&target);
            into.extend(self.component(&target, value, &path).iter().cloned());
        }
        if into.len() == before {
            into.push(spot(here, error, Breach::Other, BROKEN.to_owned()));
        }
    }
}

fn instance_path(here: Here<'_>, error: &ValidationError<'_>) -> String {
    format!("{}{}", here.path, error.instance_path().as_str())
}

fn schema_path(here: Here<'_>, error: &ValidationError<'_>) -> String {
    format!("{}{}", here.component.pointer, error.schema_path().as_str())
}

fn spot(here: Here<'_>, error: &ValidationError<'_>, breach: Breach, expected: String) -> Fault {
    let is_fixed = match error.kind() {
        Kind::Constant { .. } => true,
        Kind::Enum { options } => options.as_array().is_some_and(|options| options.len() == 1),
        _ => false,
    };
    let instance = instance_path(here, error);
    Fault {
        breach,
        depth: instance.matches('/').count(),
        instance,
        schema: schema_path(here, error),
        expected,
        is_fixed,
        is_null: error.instance().is_null(),
    }
}

fn member(
    here: Here<'_>,
    error: &ValidationError<'_>,
    breach: Breach,
    name: &str,
    expected: String,
) -> Fault {
    let instance = pointer::join(&instance_path(here, error), name);
    Fault { instance, ..spot(here, error, breach, expected) }
}

fn undeclared(here: Here<'_>, error: &ValidationError<'_>, name: &str) -> Fault {
    let expected = format!("no member `{}`", clip(name, 60));
    member(here, error, Breach::Undeclared, name, expected)
}

/// The branch that comes nearest: with the fewest faults, where one about the kind of the whole
/// value, or about a fixed value that tells branches apart, weighs more than all others.
fn nearest_branch(branches: Vec<Vec<Fault>>) -> Vec<Fault> {
    let top = branches.iter().flatten().map(|fault| fault.depth).min().unwrap_or(0);
    let weight = |fault: &Fault| match fault.breach {
        Breach::Type if fault.depth == top => 1_000,
        _ if fault.is_fixed => 100,
        _ => 1,
    };
    branches
        .into_iter()
        .min_by_key(|faults| faults.iter().map(weight).sum::<usize>())
        .unwrap_or_default()
}

/// The types that the branches want of the value at `spot`, where each of them only wants another.
fn all_of_other_types(branches: &[Vec<Fault>], spot: &str) -> Option<String> {
    let mut words: Vec<&str> = Vec::new();
    for faults in branches {
        let [fault] = faults.as_slice() else { return None };
        if fault.breach != Breach::Type || fault.instance != spot {
            return None;
        }
        if !words.contains(&fault.expected.as_str()) {
            words.push(&fault.expected);
        }
    }
    (branches.len() > 1).then(|| words.join(" or "))
}

fn breach(kind: &Kind) -> Breach {
    match kind {
        Kind::Type { .. } => Breach::Type,
        Kind::Enum { .. } | Kind::Constant { .. } => Breach::Enum,
        Kind::Format { .. } => Breach::Format,
        Kind::Pattern { .. } | Kind::BacktrackLimitExceeded { .. } => Breach::Pattern,
        Kind::Minimum { .. }
        | Kind::Maximum { .. }
        | Kind::ExclusiveMinimum { .. }
        | Kind::ExclusiveMaximum { .. }
        | Kind::MultipleOf { .. }
        | Kind::MinLength { .. }
        | Kind::MaxLength { .. }
        | Kind::MinItems { .. }
        | Kind::MaxItems { .. }
        | Kind::MinProperties { .. }
        | Kind::MaxProperties { .. } => Breach::Bounds,
        _ => Breach::Other,
    }
}

/// Whether a value has fewer parts than `left`, which is used up on the way.
fn fewer_values(value: &Value, left: &mut usize) -> bool {
    let Some(less) = left.checked_sub(1) else { return false };
    *left = less;
    match value {
        Value::Array(list) => list.iter().all(|value| fewer_values(value, left)),
        Value::Object(object) => object.values().all(|value| fewer_values(value, left)),
        _ => true,
    }
}
