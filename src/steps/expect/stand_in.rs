//! Expectations of the partner's side, as its stand-in saw it.

use super::{Claims, Miss};
use crate::{
    evidence::{Cause, Diagnostic},
    steps::{cause::Suspect, world::World},
};

pub(super) fn holds(
    world: &World,
    integration: &str,
    count: usize,
    resource: &str,
) -> Result<Claims, Miss> {
    let held = match world.stand_ins.get(integration).map(|r| r.holds(resource)) {
        Some(Ok(held)) => Some(held),
        Some(Err(reason)) => {
            return Err(Miss {
                suspect: Suspect::Known(Cause::NotAllowed),
                diagnostic: Box::new(Diagnostic::error(reason)),
                call: None,
            });
        }
        None => None,
    };
    counted(held, count, || {
        Diagnostic::error(format!("the partner holds another number of {resource} objects"))
            .expected(count.to_string())
    })
}

/// Compares a stand-in's count. What reached the partner is our conduct.
pub(super) fn counted(
    found: Option<usize>,
    wanted: usize,
    diagnostic: impl Fn() -> Diagnostic,
) -> Result<Claims, Miss> {
    match found {
        Some(found) if found == wanted => Ok(Claims::nothing()),
        Some(found) => Err(Miss {
            suspect: Suspect::Known(Cause::OurExpectation),
            diagnostic: Box::new(diagnostic().actual(found.to_string())),
            call: None,
        }),
        None => Err(Miss {
            suspect: Suspect::Known(Cause::NotAllowed),
            diagnostic: Box::new(
                diagnostic()
                    .actual("no stand-in plays this partner here")
                    .help("tag the scenario @only:mock"),
            ),
            call: None,
        }),
    }
}
