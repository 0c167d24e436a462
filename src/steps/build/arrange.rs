//! Builders of what is arranged before a call.

use super::Arguments;
use crate::{
    evidence::Diagnostic,
    mock::{Drift, Fault, FaultKind, Moment},
    steps::{
        compile::Scope,
        partner::OperationRef,
        sentence::{Action, Compiled},
    },
    transport::Credentials,
};

pub(in crate::steps) fn wrong_credentials(
    _: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    s.credentials = Credentials::Wrong;
    Ok(Compiled::Action(Action::Credentials(Credentials::Wrong)))
}

pub(in crate::steps) fn missing_credentials(
    _: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    s.credentials = Credentials::Missing;
    Ok(Compiled::Action(Action::Credentials(Credentials::Missing)))
}

/// Arms a fault for an operation, else for any of the partner that is meant.
/// A journey has no partner of its own, so there it must be an operation.
fn arm(
    scope: &mut Scope<'_>,
    kind: FaultKind,
    left: Option<u32>,
    operation: Option<OperationRef>,
) -> Result<Compiled, Diagnostic> {
    let (integration, operation) = match operation {
        Some(operation) => {
            (operation.partner.integration.id.clone(), Some(operation.name().to_owned()))
        }
        None if scope.default.is_none() => {
            return Err(Diagnostic::error("it is not clear which partner misbehaves")
                .expected("an operation with its integration, in a feature outside an integration's folder")
                .actual("no operation")
                .help("name one: `the next call of stripe.payments: createPaymentIntent`"));
        }
        None => (scope.partner()?.integration.id.clone(), None),
    };
    Ok(Compiled::Action(Action::Arm { integration, fault: Fault { kind, left, operation } }))
}

/// Arms a fault for the calls of parameter `calls`.
fn arm_calls(
    arguments: &Arguments<'_, '_>,
    scope: &mut Scope<'_>,
    kind: FaultKind,
    calls: usize,
) -> Result<Compiled, Diagnostic> {
    let (left, operation) = arguments.calls(calls, scope)?;
    arm(scope, kind, left, operation).map_err(|diagnostic| arguments.at(calls, diagnostic))
}

/// Builders of sentences that say of some calls what goes wrong, with the place of `calls`.
macro_rules! faults {
    ($($name:ident: $calls:literal, |$arguments:ident| $kind:expr;)*) => {
        $(pub(in crate::steps) fn $name(
            $arguments: &Arguments<'_, '_>,
            scope: &mut Scope<'_>,
        ) -> Result<Compiled, Diagnostic> {
            arm_calls($arguments, scope, $kind, $calls)
        })*
    };
}

faults! {
    throttle: 0, |a| FaultKind::Throttle;
    answer_with: 0, |a| FaultKind::Status(a.code(1));
    silence: 0, |a| FaultKind::Silence;
    slow: 1, |a| FaultKind::Slow(a.duration(0)?);
    drops: 0, |a| FaultKind::Drops(a.duration(1)?);
    reset_before_acting: 0, |a| FaultKind::Reset(Moment::BeforeActing);
    reset_before_answering: 0, |a| FaultKind::Reset(Moment::BeforeAnswering);
    reset_in_head: 0, |a| FaultKind::Reset(Moment::InHead);
    reset_in_body: 0, |a| FaultKind::Reset(Moment::InBody);
    cut_short: 0, |a| FaultKind::CutShort;
    media_type: 0, |a| FaultKind::MediaType(a.text(1).trim_matches('"').to_owned());
    page: 0, |a| FaultKind::Page;
    maintenance: 0, |a| FaultKind::Maintenance;
    megabytes: 0, |a| FaultKind::Megabytes(a.count(1));
    levels: 0, |a| FaultKind::Levels(a.count(1));
    invalid_utf8: 0, |a| FaultKind::InvalidUtf8;
    bomb: 0, |a| FaultKind::Bomb;
}

pub(in crate::steps) fn room(
    a: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    let operation = a.operation(1, s)?;
    let stand_in = operation.partner.stand_in.as_ref();
    if stand_in.is_some_and(|stand_in| !stand_in.has_bucket(operation.name())) {
        let id = &operation.partner.integration.id;
        let title = format!("calls of {} draw on no bucket", operation.name());
        return Err(a.at(1, Diagnostic::error(title)).help(format!(
            "say how it throttles in mocks/{id}.yaml: `throttle: {{.., bucket: {{size: 40, leak: 2 per second}}}}`"
        )));
    }
    Ok(Compiled::Action(Action::Room { operation, calls: a.count(0) }))
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
    let operation = a.optional(0).map(|_| a.operation(0, s)).transpose()?;
    arm(s, FaultKind::Drift(drift), None, operation)
}
