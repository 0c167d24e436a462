//! A step's text to an action or expectation, before anything is sent.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use super::{
    build::Arguments,
    partner::{OperationRef, Partner, Partners},
    pattern,
    sentence::{Compiled, Expectation, Subject, Timing},
    table::SENTENCES,
};
use crate::{
    contract::source::{Source, parse_duration},
    evidence::{Diagnostic, Place, nearest},
    transport::Credentials,
};

/// A step as the feature file has it, outline parameters filled in.
#[derive(Clone, Debug)]
pub(crate) struct StepText<'s> {
    /// The feature file.
    pub(crate) source: &'s Source,
    /// Line of the step.
    pub(crate) line: u32,
    /// The sentence.
    pub(crate) text: &'s str,
    /// Table rows with their lines.
    pub(crate) table: Option<Vec<(u32, Vec<String>)>>,
    /// Doc string with the line of its first line of text.
    pub(crate) doc_string: Option<(u32, String)>,
}

impl StepText<'_> {
    /// The place of a byte range of the sentence; of the whole line's text
    /// where an outline parameter moved it.
    pub(crate) fn place(&self, start: usize, end: usize) -> Place {
        let line = self.source.line(self.line);
        let (column, length) = if let Some(at) = line.find(self.text) {
            let before = line[..at].chars().count() + self.text[..start].chars().count();
            (before, self.text[start..end].chars().count())
        } else {
            let indent = line.len() - line.trim_start().len();
            (line[..indent].chars().count(), line.trim().chars().count())
        };
        self.source.place_at(self.line, column as u32 + 1, length.max(1) as u32)
    }

    /// The place of the whole sentence.
    pub(crate) fn whole(&self) -> Place {
        self.place(0, self.text.len())
    }

    /// The place of a cell's text in a table row.
    pub(crate) fn cell(&self, line: u32, text: &str) -> Place {
        let row = self.source.line(line);
        let (column, length) = match row.find(text).filter(|_| !text.is_empty()) {
            Some(at) => (row[..at].chars().count(), text.chars().count()),
            None => (row.len() - row.trim_start().len(), row.trim().chars().count()),
        };
        self.source.place_at(line, column as u32 + 1, length.max(1) as u32)
    }
}

/// What the sentences of one scenario may speak of. Filled as its sentences
/// are compiled in order.
#[derive(Clone, Debug)]
pub(crate) struct Scope<'p> {
    /// Every partner of the workspace in this environment.
    pub(crate) partners: &'p Partners,
    /// The integration that the feature's folder names.
    pub(crate) default: Option<&'p str>,
    /// Names remembered so far.
    pub(crate) names: BTreeSet<String>,
    /// Columns of the examples, which no remembered value may share a name with.
    pub(crate) columns: BTreeSet<String>,
    /// Names of calls so far.
    pub(crate) calls: BTreeSet<String>,
    /// The operation called last, for `repeat`.
    pub(crate) last_call: Option<OperationRef>,
    /// Whether a sentence has said which access token is ours.
    pub(crate) has_token: bool,
    /// The credentials that the calls carry from here on.
    pub(crate) credentials: Credentials,
    /// Integrations spoken of so far.
    pub(crate) touched: BTreeSet<String>,
    /// Whether a sentence before did not compile: what it would have brought is
    /// not missed then, so that one mistake gives one message.
    pub(super) uncertain: bool,
}

impl<'p> Scope<'p> {
    /// The scope at the start of a scenario.
    pub(crate) fn new(partners: &'p Partners, default: Option<&'p str>) -> Self {
        Self {
            partners,
            default,
            names: BTreeSet::new(),
            columns: BTreeSet::new(),
            calls: BTreeSet::new(),
            last_call: None,
            has_token: false,
            credentials: Credentials::Ours,
            touched: BTreeSet::new(),
            uncertain: false,
        }
    }

    /// Whether a sentence before may have called something.
    pub(crate) fn has_called(&self) -> bool {
        self.last_call.is_some() || self.uncertain
    }

    /// The partner that a sentence means where it names none: the folder's, or
    /// in a journey the one called last.
    pub(crate) fn partner(&mut self) -> Result<Arc<Partner>, Diagnostic> {
        let id = match (&self.last_call, self.default) {
            (_, Some(id)) => id.to_owned(),
            (Some(call), None) => call.partner.integration.id.clone(),
            (None, None) => {
                return Err(Diagnostic::error("it is not clear which partner is meant")
                    .expected("an operation with its integration, in a feature outside an integration's folder")
                    .actual("no integration")
                    .help("write it as `stripe.payments: createPaymentIntent`"));
            }
        };
        self.partner_by_id(&id)
    }

    fn partner_by_id(&mut self, id: &str) -> Result<Arc<Partner>, Diagnostic> {
        let Some(partner) = self.partners.get(id) else {
            let known: Vec<&str> = self.partners.keys().map(String::as_str).collect();
            let diagnostic = Diagnostic::error(format!("there is no integration `{id}`"))
                .expected(format!("one of {}", known.join(", ")))
                .actual(id);
            return Err(match nearest(id, known) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic.help(format!("add its record as catalog/{id}.yaml")),
            });
        };
        self.touched.insert(id.to_owned());
        Ok(Arc::clone(partner))
    }

    /// The operation that a parameter names.
    pub(crate) fn operation(&mut self, text: &str) -> Result<OperationRef, Diagnostic> {
        let (partner, name) = match text.split_once(": ") {
            Some((id, name)) => (self.partner_by_id(id)?, name),
            None => (self.partner()?, text),
        };
        partner.operation(name.trim_matches('"'))
    }
}

/// Compiles a step. The diagnostic's first place is in the feature file.
pub(crate) fn compile(step: &StepText<'_>, scope: &mut Scope<'_>) -> Result<Compiled, Diagnostic> {
    let compiled = sentence(step, scope);
    scope.uncertain |= compiled.is_err();
    compiled
}

fn sentence(step: &StepText<'_>, scope: &mut Scope<'_>) -> Result<Compiled, Diagnostic> {
    let placed = |diagnostic: Diagnostic| {
        if diagnostic.marks.is_empty() { diagnostic.at(step.whole(), "") } else { diagnostic }
    };
    let mut text = step.text.trim();
    let offset = step.text.len() - step.text.trim_start().len();
    let mut timing = Timing::default();
    let mut start = offset;
    if let Some((duration, rest)) = text.strip_prefix("within ").and_then(|r| r.split_once(", ")) {
        timing.within = Some(self::duration(duration).map_err(placed)?);
        start += text.len() - rest.len();
        text = rest;
    }
    if let Some((rest, duration)) = text.rsplit_once(", and it stays so for ") {
        timing.stays = Some(self::duration(duration).map_err(placed)?);
        text = rest;
    }
    let (subject, text, start) = subject(text, start, scope);
    let Some((index, captures)) = pattern::find(&text) else {
        return Err(undefined(step, &text, scope));
    };
    let arguments = Arguments { step, captures: &captures, start };
    let compiled = (SENTENCES[index].build)(&arguments, scope).map_err(placed)?;
    match compiled {
        Compiled::Expectation(expectation) => {
            if expectation.kind.is_of_a_call() && !scope.has_called() {
                return Err(placed(nothing_called()));
            }
            Ok(Compiled::Expectation(Expectation { subject, timing, ..expectation }))
        }
        Compiled::Action(_) if timing != Timing::default() || subject != Subject::Last => {
            Err(placed(
                Diagnostic::error(
                    "only an expectation can be asked within a time or of an earlier call",
                )
                .expected("an expectation, such as `the partner holds 1 payment`")
                .actual(text)
                .help("`probe steps` lists the expectations"),
            ))
        }
        action @ Compiled::Action(_) => Ok(action),
    }
}

/// Takes `the capture's ` off, where `capture` is a call's name. What follows
/// reads `answer is 200`, `header "x" is ...` or `redirect's "x" is ...`, so `the ` is put back there.
/// The last part of the result is where the text begins in the sentence.
fn subject(text: &str, start: usize, scope: &Scope<'_>) -> (Subject, String, usize) {
    const THE: &str = "the ";
    let named = text
        .strip_prefix(THE)
        .and_then(|rest| rest.split_once("'s "))
        .filter(|(name, _)| scope.calls.contains(*name));
    let Some((name, rest)) = named else { return (Subject::Last, text.to_owned(), start) };
    let subject = Subject::Named(name.to_owned());
    let start = start + text.len() - rest.len();
    if ["answer ", "header ", "redirect's "].iter().any(|word| rest.starts_with(word)) {
        (subject, format!("{THE}{rest}"), start - THE.len())
    } else {
        (subject, rest.to_owned(), start)
    }
}

fn duration(text: &str) -> Result<Duration, Diagnostic> {
    parse_duration(text).ok_or_else(|| {
        Diagnostic::error("not a duration")
            .expected("a number and a unit: 800 ms, 2 s, 5 minutes")
            .actual(text)
    })
}

/// The message for an expectation before the first call.
pub(super) fn nothing_called() -> Diagnostic {
    Diagnostic::error("nothing has been called yet")
        .expected("a call in a sentence before this one")
        .help("begin with `When we call ...`")
}

fn undefined(step: &StepText<'_>, text: &str, scope: &Scope<'_>) -> Diagnostic {
    if let Some(unknown) = unknown_call(step, text, scope) {
        return unknown;
    }
    let near = pattern::nearest(text);
    Diagnostic::error("undefined sentence")
        .at(step.whole(), "no sentence of the vocabulary reads so")
        .expected(format!("one of the vocabulary; nearest:\n{}", near.join("\n")))
        .actual(text)
        .help("`probe steps` lists every sentence with its meaning")
}

/// A sentence about a call that has no name here: `the capture's answer is 200`.
fn unknown_call(step: &StepText<'_>, text: &str, scope: &Scope<'_>) -> Option<Diagnostic> {
    let (name, rest) = text.strip_prefix("the ")?.split_once("'s ")?;
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    // What follows must be a sentence of its own, with `the ` put back as it was taken off.
    let known = pattern::find(rest).is_some() || pattern::find(&format!("the {rest}")).is_some();
    if !plain || !known || name == "partner" {
        return None;
    }
    let start = step.text.find(text)? + "the ".len();
    let diagnostic = Diagnostic::error(format!("no call is named `{name}`"))
        .at(step.place(start, start + name.len()), "")
        .actual(name);
    let names: Vec<&str> = scope.calls.iter().map(String::as_str).collect();
    let diagnostic = match names.as_slice() {
        [] => diagnostic.expected("the name of an earlier call; there is none yet"),
        names => diagnostic.expected(format!("one of {}", names.join(", "))),
    };
    Some(match nearest(name, names) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help(format!("name the call first: When we call ... as {name}")),
    })
}
