//! What we do: calls, and keeping values of their answers.

use std::{sync::Arc, time::Instant};

use regex::Regex;
use serde_json::Value;

use super::{
    cause::Suspect,
    made::Made,
    partner::OperationRef,
    redirect,
    sentence::{Argument, ArgumentValue, CallSpec, Remembered, Subject},
    template::Template,
    world::{StepReport, World},
};
use crate::{
    catalog::Auth,
    contract::{
        check::{self, Checked},
        codec::{self, Arguments, Slot},
        generate,
    },
    evidence::{
        Body, Cause, Content, Diagnostic, DriftClass, Exchange, Finding, NoAnswer, SafetyClass,
    },
    transport::{Call, Credentials, Outgoing, was_sent},
};

/// A call that is about to be made.
struct Prepared {
    name: Option<String>,
    operation: OperationRef,
    arguments: Arguments,
    key: Option<String>,
    own_object: bool,
    wrongly: bool,
    /// A body that is sent as it stands, where it is not even JSON.
    raw_body: Option<String>,
}

impl World {
    /// Calls an operation as a sentence says.
    pub(super) async fn call(&mut self, step: usize, spec: &CallSpec) -> StepReport {
        match self.prepare(spec) {
            Ok(prepared) => self.send(step, prepared).await,
            Err(diagnostic) => {
                self.problem(Suspect::Known(Cause::NotAllowed), diagnostic, None).await
            }
        }
    }

    /// Sends the last call again, with some arguments changed.
    pub(super) async fn repeat(
        &mut self,
        step: usize,
        name: Option<String>,
        changes: &[Argument],
    ) -> StepReport {
        let Some(last) = self.calls.last() else {
            let diagnostic = Diagnostic::error("there is no call to repeat");
            return self.problem(Suspect::Known(Cause::NotAllowed), diagnostic, None).await;
        };
        let mut prepared = Prepared {
            name,
            operation: last.operation.clone(),
            arguments: last.arguments.clone(),
            key: last.key.clone(),
            own_object: last.own_object,
            wrongly: false,
            raw_body: None,
        };
        match self.fill(&mut prepared, changes) {
            Ok(()) => self.send(step, prepared).await,
            Err(diagnostic) => {
                self.problem(Suspect::Known(Cause::NotAllowed), diagnostic, None).await
            }
        }
    }

    /// The arguments of a call, remembered values filled in.
    fn prepare(&self, spec: &CallSpec) -> Result<Prepared, Diagnostic> {
        let operation = &spec.operation;
        let contract = &operation.partner.contract;
        let settings = operation.partner.integration.settings(operation.name());
        let mut prepared = Prepared {
            name: spec.name.clone(),
            operation: operation.clone(),
            arguments: Arguments::default(),
            key: settings.key_header().map(|_| format!("{}-{}", self.key, self.calls.len() + 1)),
            own_object: false,
            wrongly: spec.wrongly,
            raw_body: None,
        };
        if spec.without.is_some() && spec.arguments.is_empty() {
            prepared.arguments = generate::arguments(contract, operation.operation(), 0);
        }
        if let Some(body) = &spec.body {
            match serde_json::from_str(&body.fill_json(&self.names)) {
                Ok(value) => prepared.arguments.body = Some(value),
                Err(_) if spec.wrongly => prepared.raw_body = Some(body.fill(&self.names)),
                Err(error) => {
                    return Err(Diagnostic::error("the doc string is not JSON")
                        .expected("JSON, once the remembered values stand in it")
                        .actual(error.to_string()));
                }
            }
        }
        self.fill(&mut prepared, &spec.arguments)?;
        if let Some(slot) = &spec.without {
            prepared.arguments.remove(slot);
        }
        Ok(prepared)
    }

    /// Puts table rows into the arguments.
    fn fill(&self, prepared: &mut Prepared, rows: &[Argument]) -> Result<(), Diagnostic> {
        for row in rows {
            let value = match &row.value {
                ArgumentValue::Typed(value) => value.clone(),
                ArgumentValue::Text(template) => {
                    prepared.own_object = true;
                    self.fill_cell(prepared, &row.slot, template)?
                }
            };
            match value {
                Some(value) => prepared.arguments.set(&row.slot, value),
                None => {
                    prepared.arguments.remove(&row.slot);
                }
            }
        }
        Ok(())
    }

    /// The value of a cell with remembered values; `None` leaves the argument out.
    fn fill_cell(
        &self,
        prepared: &Prepared,
        slot: &Slot,
        template: &Template,
    ) -> Result<Option<Value>, Diagnostic> {
        let operation = &prepared.operation;
        let contract = &operation.partner.contract;
        let single = template.single_name().and_then(|name| self.names.get(name));
        match single {
            Some(value) if prepared.wrongly => Ok(Some(value.clone())),
            Some(value) => {
                codec::remembered(contract, operation.operation(), slot, value).map(Some)
            }
            None if prepared.wrongly => Ok(codec::untyped_cell(&template.fill(&self.names))),
            None => codec::cell(contract, operation.operation(), slot, &template.fill(&self.names)),
        }
    }

    /// Sends a call, checks it, and keeps it.
    async fn send(&mut self, step: usize, prepared: Prepared) -> StepReport {
        let started = Instant::now();
        let real = self.setting.class != SafetyClass::Mock;
        let before = self.partner_requests;
        // While it is under way it counts: a scenario that is cut here has touched the partner.
        self.partner_requests += u32::from(real);
        let exchange = self.exchange(&prepared).await;
        self.partner_requests = before;
        let exchange = match exchange {
            Ok(exchange) => exchange,
            Err(diagnostic) => {
                return self.problem(Suspect::Known(Cause::NotAllowed), diagnostic, None).await;
            }
        };
        if real {
            self.partner_requests +=
                exchange.attempts.iter().filter(|a| was_sent(a)).count() as u32;
        }
        let partner = Arc::clone(&prepared.operation.partner);
        let checked = match exchange.no_answer() {
            // What was never built cannot be judged.
            Some(NoAnswer::NotSent { .. }) => Checked::default(),
            _ => check::check_decoded(
                &partner.contract,
                prepared.operation.operation(),
                &exchange,
                &partner.tolerances,
                None,
            ),
        };
        if let (Some(body), Some(answer)) = (&checked.body, exchange.response()) {
            self.setting.counted.observe(&prepared.operation, answer.status, body);
        }
        let body = checked.body.or_else(|| json_body(&exchange));
        self.learn(&prepared.arguments, &exchange, body.as_ref());
        let findings = self.to_keep(checked.findings, prepared.wrongly);
        let index = self.calls.len();
        let signed = self.credentials == Credentials::Ours
            && *partner.integration.auth(prepared.operation.name()) == Auth::ScenarioToken;
        self.calls.push(Made {
            name: prepared.name,
            step,
            operation: prepared.operation,
            arguments: prepared.arguments,
            key: prepared.key,
            credentials: self.credentials,
            fresh_token: self
                .token
                .as_ref()
                .is_some_and(|token| signed && token.is_fresh_from(&partner.integration.id)),
            own_object: prepared.own_object,
            exchange,
            body,
            findings,
            status_claimed: false,
            silence_claimed: false,
            started,
        });
        self.report_call(index).await
    }

    /// Findings as they are kept: masked, none claimed yet. Deliberate misuse and
    /// missing credentials are no fault of the request.
    fn to_keep(&self, findings: Vec<Finding>, wrongly: bool) -> Vec<(Finding, bool)> {
        let meant = wrongly || self.credentials == Credentials::Missing;
        let told = findings.into_iter().filter(|f| super::made::of_answer(f) || !meant);
        told.map(|mut finding| {
            self.redactor().finding(&mut finding);
            (finding, false)
        })
        .collect()
    }

    /// What the step of a call leaves behind: the exchange, its findings, and a
    /// problem where our own request was wrong or could not be sent.
    async fn report_call(&self, index: usize) -> StepReport {
        let made = &self.calls[index];
        let of_request = made
            .findings
            .iter()
            .map(|(f, _)| f)
            .find(|f| !super::made::of_answer(f) && f.class == DriftClass::Breaking);
        let mut report = if let Some(finding) = of_request {
            let mut diagnostic = finding.diagnostic();
            diagnostic.help =
                vec!["mend the scenario, or say `wrongly` where the misuse is meant".to_owned()];
            self.problem(Suspect::Known(Cause::RequestBroken), diagnostic, Some(index)).await
        } else if let Some(NoAnswer::NotSent { detail }) = made.exchange.no_answer() {
            let diagnostic =
                Diagnostic::error(format!("{} was not sent", made.operation.name())).actual(detail);
            self.problem(Suspect::Known(Cause::NotAllowed), diagnostic, Some(index)).await
        } else {
            let exchanges = vec![self.redactor().record(&made.exchange, false)];
            StepReport { exchanges, ..StepReport::default() }
        };
        report.findings = made.findings.iter().map(|(finding, _)| finding.clone()).collect();
        report
    }

    /// Makes the exchange under the partner's policies.
    async fn exchange(&self, prepared: &Prepared) -> Result<Exchange, Diagnostic> {
        let operation = &prepared.operation;
        let integration = &operation.partner.integration;
        let encoded =
            codec::encode(&operation.partner.contract, operation.operation(), &prepared.arguments)?;
        let settings = integration.settings(operation.name());
        let base_url = match (&operation.partner.base_url, self.stand_ins.get(&integration.id)) {
            (_, Some(running)) => running.base_url(),
            (Some(url), None) => url,
            (None, None) => {
                return Err(Diagnostic::error(format!(
                    "{} has no address in this environment",
                    integration.id
                )));
            }
        };
        let mut exchange = self
            .transport
            .exchange(Call {
                integration,
                operation: operation.name(),
                effect: operation.effect(prepared.arguments.body.as_ref()),
                base_url,
                request: Outgoing {
                    method: encoded.method,
                    path_and_query: encoded.path_and_query,
                    headers: encoded.headers,
                    body: match &prepared.raw_body {
                        Some(text) => text.clone().into(),
                        None => encoded.body,
                    },
                },
                credentials: self.credentials,
                token: self.token.as_ref().map(|token| &token.value),
                idempotency: settings.key_header().map(str::to_owned).zip(prepared.key.clone()),
                timeout: settings.timeout.unwrap_or(integration.timeout),
            })
            .await;
        if let Content::Whole(bytes) = &exchange.request.body.content
            && bytes.is_empty()
        {
            exchange.request.body = Body::default();
        }
        Ok(exchange)
    }

    /// Keeps a value of the last answer.
    pub(super) async fn remember(&mut self, what: &Remembered, name: &str) -> StepReport {
        let Some((index, made)) = self.call_of(&Subject::Last) else {
            let diagnostic = Diagnostic::error("there is no answer to remember a value of");
            return self.problem(Suspect::Known(Cause::NotAllowed), diagnostic, None).await;
        };
        let found = remembered(made, what);
        match found {
            Ok(value) => {
                self.names.insert(name.to_owned(), value);
                StepReport::default()
            }
            Err(diagnostic) => {
                let diagnostic = made.with_answer(diagnostic);
                let suspect = super::cause::of_missing_value(made);
                self.problem(suspect, diagnostic, Some(index)).await
            }
        }
    }
}

/// The value of an answer that a sentence keeps.
pub(super) fn remembered(made: &Made, what: &Remembered) -> Result<Value, Diagnostic> {
    match what {
        Remembered::Body(path) => match made.body.as_ref().map(|body| path.query(body)) {
            Some(values) if values.len() == 1 => Ok(values[0].clone()),
            found => Err(Diagnostic::error(format!("{} is not there to remember", path.text))
                .expected("one value")
                .actual(made.describe_values(found.as_deref()))),
        },
        Remembered::Redirect(argument) => match made.exchange.response() {
            Some(response) => {
                redirect::argument(response, argument).map(Value::from).map_err(|why| {
                    let title = format!("the redirect's {argument} is not there to remember");
                    let diagnostic = Diagnostic::error(title).expected("a value").actual(why);
                    let complaint = redirect::complaint(response);
                    complaint.into_iter().fold(diagnostic, Diagnostic::note)
                })
            }
            None => Err(Diagnostic::error("there is no answer to remember a value of")),
        },
        Remembered::Header(header, part) => header_value(made, header, part.as_ref()),
    }
}

/// The value of a header field, or the part of it that the group of an expression matches.
fn header_value(made: &Made, header: &str, part: Option<&Regex>) -> Result<Value, Diagnostic> {
    let value = made.exchange.response().and_then(|r| r.header(header)).ok_or_else(|| {
        Diagnostic::error(format!("the header {header} is not there to remember"))
            .expected("a value")
            .actual("no such header field")
    })?;
    let Some(part) = part else { return Ok(Value::from(value)) };
    let found = part.captures(value).and_then(|groups| groups.get(1));
    found.map(|found| Value::from(found.as_str())).ok_or_else(|| {
        Diagnostic::error(format!("the header {header} holds nothing of that form to remember"))
            .expected(format!("something that matches /{part}/"))
            .actual(super::made::clip(value, 200))
    })
}

/// The body of an answer that the contract does not promise, where it is JSON.
fn json_body(exchange: &Exchange) -> Option<Value> {
    codec::json(&exchange.response()?.body.bytes()?)
}
