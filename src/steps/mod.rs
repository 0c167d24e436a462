//! The sentences that people may write, as one table with meaning and example.
//!
//! A sentence compiles to an `Action` (something happens) or an
//! `Expectation` (something is asked of what the scenario has seen; pure, so
//! it can be asked again). `World` is what one scenario knows while it runs.
//! Nothing here knows cucumber's runtime or a report.

mod act;
mod build;
mod cause;
mod changed;
mod compile;
mod counted;
mod credential;
mod expect;
mod group;
mod jsonpath;
mod made;
mod matcher;
mod naming;
mod page;
mod partner;
mod pattern;
mod redirect;
mod sentence;
mod table;
mod template;
mod world;

pub(crate) use changed::Question;
pub(crate) use compile::{Scope, StepText, compile};
pub(crate) use counted::Counted;
pub use group::Group;
pub(crate) use matcher::MATCHERS;
pub use page::markdown;
pub(crate) use partner::{Partner, Partners};
pub(crate) use sentence::Compiled;
pub use table::{PARAMETERS, Parameter, SENTENCES, Sentence};
pub(crate) use world::{Setting, StepReport, World};
