//! Credentials that come up in a scenario: tokens that a partner issues, and what we send to get
//! them. None of them may be written down, so each is learned before its exchange is told.

use std::{borrow::Borrow, sync::Arc};

use serde_json::Value;

use super::{
    made::Made,
    redirect,
    sentence::{Action, Compiled, Remembered},
    world::World,
};
use crate::{
    contract::codec::Arguments,
    evidence::{Diagnostic, Exchange, Redactor, Secret},
};

/// Members and arguments that hold a credential by nature (RFC 6749, 7521, 7636, 8628, 8693,
/// `OpenID` Connect, and Auth0's second factor).
const NAMES: &[&str] = &[
    "access_token",
    "refresh_token",
    "id_token",
    "client_assertion",
    "assertion",
    "code_verifier",
    "device_code",
    "mfa_token",
    "password",
    "subject_token",
    "actor_token",
];

/// A credential too, but only beside the id of its client: other partners call other things so.
const SECRET_OF_A_CLIENT: &str = "client_secret";

/// The argument of a redirect that is as good as a token until it is spent (RFC 6749 section 4.1.2).
const CODE: &str = "code";

/// The scenario's own token.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) value: Secret,
    /// The integration that issued it in this scenario, if one did.
    issuer: Option<String>,
    /// Whether a sentence has let it expire.
    pub(super) expired: bool,
}

impl Token {
    /// Whether this integration issued it just now, so that it must accept it.
    pub(super) fn is_fresh_from(&self, integration: &str) -> bool {
        !self.expired && self.issuer.as_deref() == Some(integration)
    }
}

impl World {
    /// What masks everything that this scenario writes down.
    pub(super) fn redactor(&self) -> &Redactor {
        self.learned.as_deref().unwrap_or(&self.setting.redactor)
    }

    /// The calls that follow are signed by this token, where a token of the scenario signs them.
    pub(super) fn take_token(&mut self, name: &str) -> Result<(), Diagnostic> {
        let value = match self.names.get(name) {
            Some(Value::String(text)) if !text.is_empty() => text.clone(),
            _ => {
                return Err(Diagnostic::error(format!("{{{name}}} is no access token"))
                    .expected("a text that is not empty")
                    .actual("something else, not shown here"));
            }
        };
        let issuer = self.calls.iter().rev().find(|made| issued(made, &value));
        let issuer = issuer.map(|made| made.operation.partner.integration.id.clone());
        let value = Secret::new("the scenario's access token", value);
        self.keep_secret(std::slice::from_ref(&value));
        self.token = Some(Token { value, issuer, expired: false });
        Ok(())
    }

    /// Looks through all sentences for values that will be taken for a token, wherever a partner
    /// puts them: the exchange that brings one is told before the sentence that takes it.
    pub(crate) fn foresee_tokens(&mut self, steps: &[impl Borrow<Compiled>]) {
        let actions = || {
            steps.iter().filter_map(|step| match step.borrow() {
                Compiled::Action(action) => Some(action),
                Compiled::Expectation(_) => None,
            })
        };
        let is_token = |wanted: &str| {
            actions().any(|action| matches!(action, Action::Token { name } if name == wanted))
        };
        let kept = actions().filter_map(|action| match action {
            Action::Remember { what, name } if is_token(name) => Some(what.clone()),
            _ => None,
        });
        self.tokens_to_come = kept.collect();
    }

    /// Finds the credentials of an exchange, so that nothing tells them from here on.
    pub(super) fn learn(
        &mut self,
        sent: &Arguments,
        exchange: &Exchange,
        answered: Option<&Value>,
    ) {
        let mut found: Vec<Secret> = Vec::new();
        let mut keep = |name: &str, value: &str| found.push(Secret::new(name, value));
        for (_, name, value) in &sent.parameters {
            if let Some(text) = value.as_str().filter(|_| NAMES.contains(&name.as_str())) {
                keep(name, text);
            }
        }
        for body in sent.body.iter().chain(answered) {
            credentials(body, &mut keep);
        }
        let code = sent.body.as_ref().filter(|body| body.get("grant_type").is_some());
        if let Some(code) = code.and_then(|body| body.get(CODE)).and_then(Value::as_str) {
            keep(CODE, code);
        }
        let redirect = exchange.response().filter(|r| r.header("location").is_some());
        for (name, value) in redirect.and_then(|r| redirect::arguments(r).ok()).unwrap_or_default()
        {
            if name == CODE || NAMES.contains(&name.as_str()) {
                keep(&name, &value);
            }
        }
        for what in &self.tokens_to_come {
            let texts = what.values(exchange, answered).into_iter().filter(|text| !text.is_empty());
            found.extend(texts.map(|text| Secret::new("a token of the scenario", text)));
        }
        if !found.is_empty() {
            self.keep_secret(&found);
        }
    }

    fn keep_secret(&mut self, secrets: &[Secret]) {
        self.learned = Some(Arc::new(self.redactor().and(secrets)));
    }
}

impl Remembered {
    /// The texts of an answer that it may keep.
    fn values(&self, exchange: &Exchange, answered: Option<&Value>) -> Vec<String> {
        let Some(response) = exchange.response() else { return Vec::new() };
        match self {
            Self::Body(path) => {
                let values = answered.map(|body| path.query(body)).unwrap_or_default();
                values.into_iter().filter_map(Value::as_str).map(str::to_owned).collect()
            }
            Self::Header(name, part) => {
                let value = response.header(name);
                let part = value.and_then(|value| match part {
                    None => Some(value),
                    Some(part) => part.captures(value)?.get(1).map(|found| found.as_str()),
                });
                part.map(str::to_owned).into_iter().collect()
            }
            Self::Redirect(argument) => {
                redirect::argument(response, argument).into_iter().collect()
            }
        }
    }
}

/// Whether an answer holds this very text as a value.
fn issued(made: &Made, token: &str) -> bool {
    fn holds(value: &Value, token: &str) -> bool {
        match value {
            Value::String(text) => text == token,
            Value::Array(items) => items.iter().any(|item| holds(item, token)),
            Value::Object(members) => members.values().any(|member| holds(member, token)),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }
    made.body.as_ref().is_some_and(|body| holds(body, token))
}

/// Calls `keep` for each text of a body whose name says that it is a credential.
fn credentials(value: &Value, keep: &mut impl FnMut(&str, &str)) {
    match value {
        Value::Object(members) => {
            let client = members.contains_key("client_id") || members.contains_key("grant_type");
            for (name, member) in members {
                let by_name = NAMES.contains(&name.as_str());
                match member {
                    Value::String(text) if by_name || client && name == SECRET_OF_A_CLIENT => {
                        keep(name, text);
                    }
                    Value::Object(_) | Value::Array(_) => credentials(member, keep),
                    _ => {}
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| credentials(item, keep)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

impl Action {
    /// Whether it lets the access tokens of a stand-in expire.
    pub(super) fn expires_tokens(&self) -> bool {
        let Self::Arm { fault, .. } = self else { return false };
        fault.kind == crate::mock::FaultKind::TokensExpired
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(body: &Value) -> Vec<String> {
        let mut found = Vec::new();
        credentials(body, &mut |name, value| found.push(format!("{name}={value}")));
        found
    }

    #[test]
    fn credentials_are_found_by_name_wherever_they_stand() {
        let body = json!({
            "token_type": "Bearer", "expires_in": 60, "access_token": "a1",
            "more": [{"refresh_token": "r1", "id_token": null}], "code": "card_declined"
        });
        assert_eq!(found(&body), ["access_token=a1", "refresh_token=r1"]);
        let request = json!({"grant_type": "x", "client_secret": "s1", "code_verifier": "v1"});
        assert_eq!(found(&request), ["client_secret=s1", "code_verifier=v1"]);
        assert_eq!(found(&json!({"client_secret": "pi_1_secret_2"})), Vec::<String>::new());
    }
}
