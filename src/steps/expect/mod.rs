//! Asks an expectation of what the scenario has seen. Pure, so that it can be
//! asked again.

mod answer;
mod conduct;
mod contract;
mod stand_in;

use std::time::Duration;

use super::{
    cause::{self, Suspect},
    compile::nothing_called,
    made::Made,
    sentence::{Expectation, ExpectationKind},
    world::World,
};
use crate::evidence::{Cause, Diagnostic, Finding};
use answer::Many;

/// Nominal pause before an expectation is asked again.
pub(super) const ASK_AGAIN: Duration = Duration::from_millis(50);

/// What a sentence that holds has expected, so that the end of the scenario
/// does not complain of it.
pub(super) struct Claims {
    pub(super) call: Option<usize>,
    pub(super) status: bool,
    pub(super) silence: bool,
    pub(super) finding: Box<dyn Fn(&Finding) -> bool + Send>,
}

impl Claims {
    /// The same, and these findings too.
    fn of(self, finding: Box<dyn Fn(&Finding) -> bool + Send>) -> Self {
        Self { finding, ..self }
    }

    fn nothing() -> Self {
        Self { call: None, status: false, silence: false, finding: Box::new(|_| false) }
    }
}

/// Why an expectation does not hold.
pub(super) struct Miss {
    pub(super) suspect: Suspect,
    pub(super) diagnostic: Box<Diagnostic>,
    /// The call whose exchange is the evidence.
    pub(super) call: Option<usize>,
}

/// Asks once.
pub(super) fn ask(world: &World, expectation: &Expectation) -> Result<Claims, Miss> {
    match &expectation.kind {
        ExpectationKind::Holds { integration, count, resource } => {
            return stand_in::holds(world, integration, *count, resource);
        }
        ExpectationKind::Received { operation, count } => {
            let id = &operation.partner.integration.id;
            let received = world.stand_ins.get(id).map(|r| r.received(operation.name()));
            return stand_in::counted(received, *count, || {
                Diagnostic::error(format!("the partner did not receive {}", operation.name()))
                    .expected(format!("{count} {}", plural(*count, "time")))
            });
        }
        _ => {}
    }
    let Some((index, made)) = world.call_of(&expectation.subject) else {
        return Err(Miss {
            suspect: Suspect::Known(Cause::NotAllowed),
            diagnostic: Box::new(nothing_called()),
            call: None,
        });
    };
    let claims = Claims { call: Some(index), ..Claims::nothing() };
    of_call(world, made, &expectation.kind, claims).map_err(|(suspect, diagnostic)| Miss {
        suspect,
        diagnostic: Box::new(made.with_answer(diagnostic)),
        call: Some(index),
    })
}

type Asked = Result<Claims, (Suspect, Diagnostic)>;

/// Expectations about one call.
fn of_call(world: &World, made: &Made, kind: &ExpectationKind, claims: Claims) -> Asked {
    match kind {
        ExpectationKind::Status(pattern) => answer::status(made, *pattern, claims),
        ExpectationKind::Throttled => answer::throttled(made, claims),
        ExpectationKind::NoAnswer(reason) => answer::no_answer(made, reason, claims),
        ExpectationKind::Faster(limit) => answer::faster(world, made, *limit, claims),
        ExpectationKind::Attempts { count, same_key } => {
            conduct::attempts(made, *count, *same_key, claims)
        }
        ExpectationKind::Waited(fallbacks) => conduct::waited(made, fallbacks, claims),
        ExpectationKind::KeepsContract => contract::keeps(made, claims),
        ExpectationKind::BreaksContract => contract::breaks(made, claims),
        ExpectationKind::Drift { class, path } => contract::drift(made, *class, path, claims),
        ExpectationKind::NoDrift => contract::no_drift(made, claims),
        ExpectationKind::FailureInside => contract::failure_inside(made, claims),
        ExpectationKind::Body { path, every, if_any, matcher } => {
            let many = Many { every: *every, if_any: *if_any };
            answer::body(world, made, path, many, matcher, claims)
        }
        ExpectationKind::Header { name, matcher } => {
            answer::header(world, made, name, matcher, claims)
        }
        ExpectationKind::Redirect { argument, matcher } => {
            answer::redirect(world, made, argument, matcher, claims)
        }
        ExpectationKind::Holds { .. } | ExpectationKind::Received { .. } => Ok(claims),
    }
}

/// Expectations about an answer need one.
fn answered(made: &Made) -> Result<(), (Suspect, Diagnostic)> {
    match made.exchange.no_answer() {
        None => Ok(()),
        Some(reason) => {
            let diagnostic = Diagnostic::error(format!("{} got no answer", made.operation.name()))
                .expected("an answer")
                .actual(reason.describe());
            Err((cause::of_answer(made), diagnostic))
        }
    }
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}
