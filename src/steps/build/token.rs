//! Builders about the scenario's own access token.

use super::Arguments;
use crate::{
    catalog::Auth,
    contract::source::{Part, member_pointer},
    evidence::Diagnostic,
    mock::{Fault, FaultKind},
    steps::{
        compile::Scope,
        matcher::unknown_name,
        partner::OperationRef,
        sentence::{Action, Compiled},
    },
    transport::Credentials,
};

pub(in crate::steps) fn token(
    a: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    let name = a.text(0).trim_matches(['{', '}']).to_owned();
    if !s.names.contains(&name) {
        return Err(a.at(0, unknown_name(&name, &s.names)));
    }
    s.has_token = true;
    s.credentials = Credentials::Ours;
    Ok(Compiled::Action(Action::Token { name }))
}

pub(in crate::steps) fn token_expired(
    a: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    if !s.has_token && !s.uncertain {
        return Err(Diagnostic::error("there is no access token that could expire")
            .at(a.step.whole(), "")
            .expected("`our access token is {token}` in a sentence before this one")
            .help("obtain a token first, and remember it"));
    }
    let integration = s.partner()?.integration.id.clone();
    let fault = Fault { kind: FaultKind::TokensExpired, left: None, operation: None };
    Ok(Compiled::Action(Action::Arm { integration, fault }))
}

/// Refuses a call that a token of the scenario must sign where the scenario has none, unless it
/// says that the credentials are wrong or missing.
pub(super) fn demand(
    a: &Arguments<'_, '_>,
    scope: &Scope<'_>,
    operation: &OperationRef,
) -> Result<(), Diagnostic> {
    let (integration, name) = (&operation.partner.integration, operation.name());
    let signed_so = *integration.auth(name) == Auth::ScenarioToken;
    let excused = scope.has_token || scope.credentials != Credentials::Ours || scope.uncertain;
    if !signed_so || excused {
        return Ok(());
    }
    let pointer = format!("{}/auth", member_pointer("/operations", name));
    let record = integration.source.locate(&pointer, Part::Value);
    let problem =
        Diagnostic::error(format!("{name} needs an access token, and the scenario has none"));
    Err(a
        .at(0, problem)
        .maybe_at(record, "the record says that a token of the scenario signs it")
        .expected("`our access token is {token}` in a sentence before this one")
        .actual("no such sentence")
        .help("call the operation that issues tokens first, and say `And we remember \"$.access_token\" as token`")
        .help("or say that `our credentials are missing`, if that is what the scenario is about"))
}
