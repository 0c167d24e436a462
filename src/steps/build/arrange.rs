//! Builders of what is arranged before a call.

use super::Arguments;
use crate::{
    evidence::Diagnostic,
    mock::{Drift, Fault, FaultKind},
    steps::{
        compile::Scope,
        sentence::{Action, Compiled},
    },
    transport::Credentials,
};

pub(in crate::steps) fn wrong_credentials(
    _: &Arguments<'_, '_>,
    _: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    Ok(Compiled::Action(Action::Credentials(Credentials::Wrong)))
}

pub(in crate::steps) fn missing_credentials(
    _: &Arguments<'_, '_>,
    _: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    Ok(Compiled::Action(Action::Credentials(Credentials::Missing)))
}

/// Arms a fault for the operation in parameter `operation`, if it is there,
/// else for any operation of the partner that is meant.
fn arm(
    arguments: &Arguments<'_, '_>,
    scope: &mut Scope<'_>,
    kind: FaultKind,
    left: Option<u32>,
    operation: usize,
) -> Result<Compiled, Diagnostic> {
    let (integration, operation) = match arguments.optional(operation) {
        Some(_) => {
            let operation = arguments.operation(operation, scope)?;
            (operation.partner.integration.id.clone(), Some(operation.name().to_owned()))
        }
        None => (scope.partner()?.integration.id.clone(), None),
    };
    Ok(Compiled::Action(Action::Arm { integration, fault: Fault { kind, left, operation } }))
}

/// How many calls a fault hits: the number said, else one.
fn next(arguments: &Arguments<'_, '_>, index: usize) -> u32 {
    arguments.optional(index).map_or(1, |_| arguments.count(index))
}

pub(in crate::steps) fn throttle(
    a: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    arm(a, s, FaultKind::Throttle, Some(next(a, 0)), 1)
}

pub(in crate::steps) fn throttle_always(
    a: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    arm(a, s, FaultKind::Throttle, None, 0)
}

pub(in crate::steps) fn answer_with(
    a: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    arm(a, s, FaultKind::Status(a.code(2)), Some(next(a, 0)), 1)
}

pub(in crate::steps) fn answer_always_with(
    a: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    arm(a, s, FaultKind::Status(a.code(1)), None, 0)
}

pub(in crate::steps) fn silence(
    a: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    arm(a, s, FaultKind::Silence, Some(next(a, 0)), 1)
}

pub(in crate::steps) fn silence_always(
    a: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    arm(a, s, FaultKind::Silence, None, 0)
}

pub(in crate::steps) fn drift(
    a: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    let path = a.path(1)?;
    let Some(pointer) = path.pointer.filter(|p| !p.is_empty()) else {
        let diagnostic = Diagnostic::error("a drift needs a plain path")
            .expected("names, indexes and [*], such as $.rates[*].currency")
            .actual(&path.text);
        return Err(a.at(1, diagnostic));
    };
    let drift = match a.text(2) {
        "is missing" => Drift::Missing(pointer),
        "is new" => Drift::New(pointer),
        "has another type" => Drift::OtherType(pointer),
        "has an unknown value" => Drift::UnknownValue(pointer),
        other => {
            let diagnostic = Diagnostic::error("an answer cannot drift so")
                .expected("is missing, is new, has another type, or has an unknown value")
                .actual(other);
            return Err(a.at(2, diagnostic));
        }
    };
    arm(a, s, FaultKind::Drift(drift), None, 0)
}
