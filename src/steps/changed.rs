//! Would a scenario notice another answer? Its sentences, asked again of an answer that was changed.

use std::sync::Arc;

use super::{
    act, expect,
    made::{Made, of_answer},
    partner::OperationRef,
    sentence::{Action, Compiled, ExpectationKind, Subject},
    template::Names,
    world::World,
};
use crate::{
    contract::generate::Answer,
    evidence::{DriftClass, Outcome, Response},
};

/// A sentence that asks something of one call's answer, as the scenario stood then.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    /// The call's number.
    pub(crate) call: usize,
    sentence: Arc<Compiled>,
    names: Names,
}

impl World {
    /// What the sentence that comes next asks of an answer. What the contract says is not the
    /// scenario's own expectation, and how we went about it does not depend on the answer.
    pub(crate) fn question(&self, sentence: &Arc<Compiled>) -> Option<Question> {
        let subject = match &**sentence {
            Compiled::Expectation(expectation) => {
                let of_the_answer = matches!(
                    expectation.kind,
                    ExpectationKind::Status(_)
                        | ExpectationKind::Body { .. }
                        | ExpectationKind::Header { .. }
                        | ExpectationKind::Redirect { .. }
                );
                of_the_answer.then_some(&expectation.subject)?
            }
            Compiled::Action(Action::Remember { .. }) => &Subject::Last,
            Compiled::Action(_) => return None,
        };
        let (call, _) = self.call_of(subject)?;
        Some(Question { call, sentence: Arc::clone(sentence), names: self.names.clone() })
    }

    /// How many calls were made.
    pub(crate) fn calls_made(&self) -> usize {
        self.calls.len()
    }

    /// The operation of a call, and its answer, where it keeps the contract.
    pub(crate) fn kept_answer(&self, call: usize) -> Option<(OperationRef, Answer)> {
        let made = self.calls.get(call)?;
        let broken = |class: DriftClass| {
            made.findings.iter().any(|(found, _)| found.class == class && of_answer(found))
        };
        if broken(DriftClass::Breaking) || broken(DriftClass::Additive) {
            return None;
        }
        let response = made.exchange.response()?;
        let media = response.header("content-type").unwrap_or_default().to_owned();
        let body = made.body.clone().map(|body| (media, body));
        let headers = response.headers.iter().filter(|(name, _)| name != "content-type");
        let answer = Answer { status: response.status, headers: headers.cloned().collect(), body };
        Some((made.operation.clone(), answer))
    }

    /// Whether one of the questions is answered otherwise by this answer of the call.
    pub(crate) fn would_notice(
        &mut self,
        call: usize,
        questions: &[Question],
        answer: &mut Answer,
    ) -> bool {
        let before = self.exchange_answer(call, answer);
        let claimed = std::mem::take(&mut self.calls[call].status_claimed);
        let names = std::mem::take(&mut self.names);
        let missed = questions.iter().any(|question| {
            self.names.clone_from(&question.names);
            self.misses(call, &question.sentence)
        });
        // An error that no sentence expects ends the scenario, whatever else it says.
        let noticed = missed || self.calls[call].unclaimed_error().is_some();
        self.names = names;
        self.calls[call].status_claimed = claimed;
        self.give_back(call, answer, before);
        noticed
    }

    fn misses(&mut self, call: usize, sentence: &Compiled) -> bool {
        match sentence {
            Compiled::Expectation(expectation) => match expect::ask(self, expectation) {
                Ok(claims) => {
                    self.calls[call].status_claimed |= claims.status;
                    false
                }
                Err(_) => true,
            },
            Compiled::Action(Action::Remember { what, .. }) => {
                act::remembered(&self.calls[call], what).is_err()
            }
            Compiled::Action(_) => false,
        }
    }

    /// Puts the answer in the place of the recorded one, which it gives. The bodies change places.
    fn exchange_answer(&mut self, call: usize, answer: &mut Answer) -> Option<Response> {
        let made = &mut self.calls[call];
        let recorded = response_of(made)?;
        let mut headers = answer.headers.clone();
        if let Some((media, _)) = &answer.body {
            headers.push(("content-type".to_owned(), media.clone()));
        }
        let new = Response { status: answer.status, headers, body: recorded.body.clone() };
        let before = std::mem::replace(recorded, new);
        swap_bodies(made, answer);
        Some(before)
    }

    /// Takes the recorded answer back.
    fn give_back(&mut self, call: usize, answer: &mut Answer, before: Option<Response>) {
        let made = &mut self.calls[call];
        swap_bodies(made, answer);
        if let (Some(before), Some(response)) = (before, response_of(made)) {
            *response = before;
        }
    }
}

fn swap_bodies(made: &mut Made, answer: &mut Answer) {
    if let (Some((_, body)), Some(own)) = (&mut answer.body, &mut made.body) {
        std::mem::swap(body, own);
    }
}

fn response_of(made: &mut Made) -> Option<&mut Response> {
    match &mut made.exchange.attempts.last_mut()?.outcome {
        Outcome::Answer(response) => Some(response),
        Outcome::NoAnswer(_) => None,
    }
}
