//! Builders of the vocabulary's table: parameters, table and doc string to an
//! action or expectation.

#![expect(
    clippy::unnecessary_wraps,
    reason = "every builder has the signature that the table asks for"
)]

use std::time::Duration;

use super::{
    compile::{Scope, StepText},
    jsonpath::BodyPath,
    matcher::{Matcher, unknown_name},
    partner::OperationRef,
    pattern::Captured,
    sentence::{
        Action, Argument, ArgumentValue, CallSpec, Compiled, Expectation, ExpectationKind,
        Remembered, Subject, Timing,
    },
    template::Template,
};
use crate::{
    contract::{StatusPattern, codec, source::parse_duration},
    evidence::{Diagnostic, DriftClass, nearest},
    mock::{Drift, Fault, FaultKind},
    transport::Credentials,
};

/// Makes the action or expectation of a sentence.
pub(crate) type Builder = fn(&Arguments<'_, '_>, &mut Scope<'_>) -> Result<Compiled, Diagnostic>;

/// What a sentence holds.
pub(crate) struct Arguments<'a, 't> {
    pub(super) step: &'a StepText<'t>,
    pub(super) captures: &'a [Option<Captured<'a>>],
    /// Where the matched text begins in the step's text.
    pub(super) start: usize,
}

impl<'a> Arguments<'a, '_> {
    fn optional(&self, index: usize) -> Option<&'a str> {
        self.captures.get(index).copied().flatten().map(|c| c.text)
    }

    fn text(&self, index: usize) -> &'a str {
        self.optional(index).unwrap_or_default()
    }

    /// Puts the parameter's place into a message that has none.
    fn at(&self, index: usize, diagnostic: Diagnostic) -> Diagnostic {
        match self.captures.get(index).copied().flatten() {
            Some(c) if diagnostic.marks.is_empty() => {
                diagnostic.at(self.step.place(self.start + c.start, self.start + c.end), "")
            }
            _ => diagnostic,
        }
    }

    fn operation(&self, index: usize, scope: &mut Scope<'_>) -> Result<OperationRef, Diagnostic> {
        scope.operation(self.text(index)).map_err(|d| self.at(index, d))
    }

    fn path(&self, index: usize) -> Result<BodyPath, Diagnostic> {
        BodyPath::parse(self.text(index)).map_err(|d| self.at(index, d))
    }

    fn matcher(&self, index: usize, scope: &Scope<'_>) -> Result<Matcher, Diagnostic> {
        Matcher::parse(self.text(index), &scope.names).map_err(|d| self.at(index, d))
    }

    fn duration(&self, index: usize) -> Result<Duration, Diagnostic> {
        parse_duration(self.text(index)).ok_or_else(|| {
            let diagnostic = Diagnostic::error("not a duration")
                .expected("a number and a unit: 800 ms, 2 s, 5 minutes")
                .actual(self.text(index));
            self.at(index, diagnostic)
        })
    }

    fn count(&self, index: usize) -> u32 {
        // The expression admits six digits at most.
        self.text(index).parse().unwrap_or(1)
    }
}

fn expect(kind: ExpectationKind) -> Compiled {
    Compiled::Expectation(Expectation { subject: Subject::Last, timing: Timing::default(), kind })
}

// Arrange

pub(super) fn wrong_credentials(
    _: &Arguments<'_, '_>,
    _: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    Ok(Compiled::Action(Action::Credentials(Credentials::Wrong)))
}

pub(super) fn missing_credentials(
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

pub(super) fn throttle(a: &Arguments<'_, '_>, s: &mut Scope<'_>) -> Result<Compiled, Diagnostic> {
    arm(a, s, FaultKind::Throttle, Some(next(a, 0)), 1)
}

pub(super) fn throttle_always(
    a: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    arm(a, s, FaultKind::Throttle, None, 0)
}

/// The status of a parameter, which the expression keeps within 100 to 599.
fn code(a: &Arguments<'_, '_>, index: usize) -> u16 {
    a.text(index).parse().unwrap_or(500)
}

pub(super) fn answer_with(
    a: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    arm(a, s, FaultKind::Status(code(a, 2)), Some(next(a, 0)), 1)
}

pub(super) fn answer_always_with(
    a: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    arm(a, s, FaultKind::Status(code(a, 1)), None, 0)
}

pub(super) fn silence(a: &Arguments<'_, '_>, s: &mut Scope<'_>) -> Result<Compiled, Diagnostic> {
    arm(a, s, FaultKind::Silence, Some(next(a, 0)), 1)
}

pub(super) fn silence_always(
    a: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    arm(a, s, FaultKind::Silence, None, 0)
}

pub(super) fn drift(a: &Arguments<'_, '_>, s: &mut Scope<'_>) -> Result<Compiled, Diagnostic> {
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

// Act

/// The table of arguments, typed as far as it can be before the run.
fn arguments(
    a: &Arguments<'_, '_>,
    scope: &Scope<'_>,
    operation: &OperationRef,
    wrongly: bool,
) -> Result<Vec<Argument>, Diagnostic> {
    let Some(rows) = &a.step.table else { return Ok(Vec::new()) };
    let mut arguments: Vec<Argument> = Vec::with_capacity(rows.len());
    for (line, cells) in rows {
        let [name, text] = cells.as_slice() else {
            return Err(Diagnostic::error("a table of arguments has two columns")
                .at(a.step.cell(*line, ""), "")
                .expected("| name | value |")
                .actual(format!("{} columns", cells.len()))
                .help("write one argument a row"));
        };
        let argument = argument(scope, operation, wrongly, name, text).map_err(|(cell, d)| {
            d.at(a.step.cell(*line, if cell == 0 { name } else { text }), "")
        })?;
        if arguments.iter().any(|other| other.slot == argument.slot) {
            return Err(Diagnostic::error(format!("`{name}` is given twice"))
                .at(a.step.cell(*line, name), "")
                .help("keep one of the rows"));
        }
        arguments.push(argument);
    }
    Ok(arguments)
}

/// One row; an error names the cell that is wrong: 0 the name, 1 the value.
fn argument(
    scope: &Scope<'_>,
    operation: &OperationRef,
    wrongly: bool,
    name: &str,
    text: &str,
) -> Result<Argument, (usize, Diagnostic)> {
    let contract = &operation.partner.contract;
    let slot = if wrongly {
        codec::slot_or_body(contract, operation.operation(), name)
    } else {
        codec::slot(contract, operation.operation(), name).map_err(|d| (0, d))?
    };
    let template = Template::parse(text, &scope.names, false)
        .map_err(|name| (1, unknown_name(&name, &scope.names)))?;
    if let Some(literal) = template.literal() {
        if let Some(name) = only_a_name(literal) {
            return Err((1, unknown_name(name, &scope.names)));
        }
        let value = if wrongly {
            codec::untyped_cell(literal)
        } else {
            codec::cell(contract, operation.operation(), &slot, literal).map_err(|d| (1, d))?
        };
        return Ok(Argument { slot, value: ArgumentValue::Typed(value) });
    }
    Ok(Argument { slot, value: ArgumentValue::Text(template) })
}

/// The name in a cell that is nothing but `{name}`: JSON has no such form, so
/// it must be meant as a remembered value.
fn only_a_name(text: &str) -> Option<&str> {
    let name = text.strip_prefix('{')?.strip_suffix('}')?;
    let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    plain.then_some(name)
}

fn new_call_name(
    a: &Arguments<'_, '_>,
    index: usize,
    scope: &mut Scope<'_>,
) -> Result<Option<String>, Diagnostic> {
    let Some(name) = a.optional(index) else { return Ok(None) };
    new_name(name, scope).map_err(|d| a.at(index, d))?;
    scope.calls.insert(name.to_owned());
    Ok(Some(name.to_owned()))
}

/// Refuses a name that is in use, or that reads as something else.
fn new_name(name: &str, scope: &Scope<'_>) -> Result<(), Diagnostic> {
    if scope.names.contains(name) || scope.calls.contains(name) {
        return Err(Diagnostic::error(format!("`{name}` is in use already"))
            .expected("a name of its own for each value and call")
            .actual(name)
            .help("choose another name"));
    }
    if name == "partner" || name == "answer" {
        return Err(Diagnostic::error(format!("`{name}` means something else in sentences"))
            .expected("a name that no sentence uses")
            .actual(name)
            .help("choose another name"));
    }
    Ok(())
}

pub(super) fn call(a: &Arguments<'_, '_>, s: &mut Scope<'_>) -> Result<Compiled, Diagnostic> {
    call_with(a, s, false, None)
}

pub(super) fn call_wrongly(
    a: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    if a.step.table.is_none() && a.step.doc_string.is_none() {
        return Err(missing_table(a));
    }
    call_with(a, s, true, None)
}

pub(super) fn call_without(
    a: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    call_with(a, s, true, Some(2))
}

fn call_with(
    a: &Arguments<'_, '_>,
    scope: &mut Scope<'_>,
    wrongly: bool,
    without: Option<usize>,
) -> Result<Compiled, Diagnostic> {
    let operation = a.operation(0, scope)?;
    let says_with = a.step.text.trim_end().ends_with(" with");
    if says_with && a.step.table.is_none() && a.step.doc_string.is_none() {
        return Err(missing_table(a));
    }
    let name = new_call_name(a, 1, scope)?;
    let without = match without {
        Some(index) => {
            let argument = a.text(index).trim_matches('"');
            let slot = codec::slot(&operation.partner.contract, operation.operation(), argument)
                .map_err(|d| a.at(index, d))?;
            Some(slot)
        }
        None => None,
    };
    let arguments = arguments(a, scope, &operation, wrongly)?;
    let body = body_template(a, scope, wrongly)?;
    scope.last_call = Some(operation.clone());
    Ok(Compiled::Action(Action::Call(Box::new(CallSpec {
        operation,
        name,
        arguments,
        body,
        without,
        wrongly,
    }))))
}

/// The doc string as a body; without names it must be JSON now.
fn body_template(
    a: &Arguments<'_, '_>,
    scope: &Scope<'_>,
    wrongly: bool,
) -> Result<Option<Template>, Diagnostic> {
    let Some((line, text)) = &a.step.doc_string else { return Ok(None) };
    let template = Template::parse(text, &scope.names, false)
        .map_err(|name| unknown_name(&name, &scope.names))?;
    if !wrongly
        && let Some(literal) = template.literal()
        && let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(literal)
    {
        let line = line + error.line().max(1) as u32 - 1;
        return Err(Diagnostic::error("the doc string is not JSON")
            .at(a.step.cell(line, ""), "")
            .expected("the body as JSON")
            .actual(error.to_string())
            .help("say `wrongly` where a broken body is meant"));
    }
    Ok(Some(template))
}

fn missing_table(a: &Arguments<'_, '_>) -> Diagnostic {
    Diagnostic::error("the sentence ends in `with`, and nothing follows")
        .at(a.step.whole(), "")
        .expected("a table of arguments, or the body in a doc string")
        .actual("the next step")
        .help("add rows such as `| amount | 2000 |` below it")
}

fn repeated(a: &Arguments<'_, '_>, scope: &Scope<'_>) -> Result<OperationRef, Diagnostic> {
    scope.last_call.clone().ok_or_else(|| {
        Diagnostic::error("there is no call to repeat")
            .at(a.step.whole(), "")
            .expected("a call in a sentence before this one")
            .help("begin with `When we call ...`")
    })
}

pub(super) fn repeat(a: &Arguments<'_, '_>, s: &mut Scope<'_>) -> Result<Compiled, Diagnostic> {
    repeated(a, s)?;
    let name = new_call_name(a, 0, s)?;
    Ok(Compiled::Action(Action::Repeat { name, changes: Vec::new() }))
}

pub(super) fn repeat_but(a: &Arguments<'_, '_>, s: &mut Scope<'_>) -> Result<Compiled, Diagnostic> {
    let operation = repeated(a, s)?;
    if a.step.table.is_none() {
        return Err(missing_table(a));
    }
    let name = new_call_name(a, 0, s)?;
    let changes = arguments(a, s, &operation, false)?;
    Ok(Compiled::Action(Action::Repeat { name, changes }))
}

pub(super) fn remember(a: &Arguments<'_, '_>, s: &mut Scope<'_>) -> Result<Compiled, Diagnostic> {
    let what = Remembered::Body(a.path(0)?);
    remembered(a, s, what)
}

pub(super) fn remember_header(
    a: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    remembered(a, s, Remembered::Header(header_name(a, 0)))
}

fn remembered(
    a: &Arguments<'_, '_>,
    scope: &mut Scope<'_>,
    what: Remembered,
) -> Result<Compiled, Diagnostic> {
    let name = a.text(1).to_owned();
    new_name(&name, scope).map_err(|d| a.at(1, d))?;
    scope.names.insert(name.clone());
    Ok(Compiled::Action(Action::Remember { what, name }))
}

// Expect

fn header_name(a: &Arguments<'_, '_>, index: usize) -> String {
    a.text(index).trim_matches('"').to_lowercase()
}

pub(super) fn status(a: &Arguments<'_, '_>, _: &mut Scope<'_>) -> Result<Compiled, Diagnostic> {
    let text = a.text(0);
    let pattern = match text.strip_suffix("XX") {
        Some(digit) => StatusPattern::Range(digit.parse().unwrap_or(2)),
        None => StatusPattern::Exact(code(a, 0)),
    };
    Ok(expect(ExpectationKind::Status(pattern)))
}

fn body_expectation(
    a: &Arguments<'_, '_>,
    scope: &Scope<'_>,
    every: bool,
    if_any: bool,
) -> Result<Compiled, Diagnostic> {
    let (path, matcher) = (a.path(0)?, a.matcher(1, scope)?);
    Ok(expect(ExpectationKind::Body { path, every, if_any, matcher }))
}

pub(super) fn body(a: &Arguments<'_, '_>, s: &mut Scope<'_>) -> Result<Compiled, Diagnostic> {
    body_expectation(a, s, false, false)
}

pub(super) fn body_every(a: &Arguments<'_, '_>, s: &mut Scope<'_>) -> Result<Compiled, Diagnostic> {
    body_expectation(a, s, true, false)
}

pub(super) fn body_every_if_any(
    a: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    body_expectation(a, s, true, true)
}

pub(super) fn header(a: &Arguments<'_, '_>, s: &mut Scope<'_>) -> Result<Compiled, Diagnostic> {
    let (name, matcher) = (header_name(a, 0), a.matcher(1, s)?);
    Ok(expect(ExpectationKind::Header { name, matcher }))
}

pub(super) fn faster(a: &Arguments<'_, '_>, _: &mut Scope<'_>) -> Result<Compiled, Diagnostic> {
    Ok(expect(ExpectationKind::Faster(a.duration(0)?)))
}

/// The reasons that a scenario can name, as [`crate::evidence::NoAnswer::word`] gives them.
const REASONS: &[&str] = &["dns", "refused", "reset", "timeout", "tls", "protocol"];

pub(super) fn no_answer(a: &Arguments<'_, '_>, _: &mut Scope<'_>) -> Result<Compiled, Diagnostic> {
    let word = a.text(0);
    if let Some(reason) = REASONS.iter().find(|reason| **reason == word) {
        return Ok(expect(ExpectationKind::NoAnswer(reason)));
    }
    let diagnostic = Diagnostic::error("no answer can have this reason")
        .expected(format!("one of {}", REASONS.join(", ")))
        .actual(word);
    Err(a.at(0, with_nearest(diagnostic, word, REASONS)))
}

fn with_nearest(diagnostic: Diagnostic, word: &str, known: &[&str]) -> Diagnostic {
    match nearest(word, known.iter().copied()) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic,
    }
}

pub(super) fn keeps(_: &Arguments<'_, '_>, _: &mut Scope<'_>) -> Result<Compiled, Diagnostic> {
    Ok(expect(ExpectationKind::KeepsContract))
}

pub(super) fn breaks(_: &Arguments<'_, '_>, _: &mut Scope<'_>) -> Result<Compiled, Diagnostic> {
    Ok(expect(ExpectationKind::BreaksContract))
}

pub(super) fn no_drift(_: &Arguments<'_, '_>, _: &mut Scope<'_>) -> Result<Compiled, Diagnostic> {
    Ok(expect(ExpectationKind::NoDrift))
}

pub(super) fn drift_found(
    a: &Arguments<'_, '_>,
    _: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    const CLASSES: &[DriftClass] =
        &[DriftClass::Breaking, DriftClass::Additive, DriftClass::Tolerated];
    let word = a.text(0);
    let Some(class) = CLASSES.iter().find(|class| class.word() == word) else {
        let diagnostic = Diagnostic::error(format!("there is no class of drift `{word}`"))
            .expected("breaking, additive or tolerated")
            .actual(word);
        return Err(a.at(0, diagnostic));
    };
    Ok(expect(ExpectationKind::Drift { class: *class, path: a.path(1)? }))
}

pub(super) fn attempts(a: &Arguments<'_, '_>, _: &mut Scope<'_>) -> Result<Compiled, Diagnostic> {
    Ok(expect(ExpectationKind::Attempts { count: a.count(0), same_key: false }))
}

pub(super) fn attempts_same_key(
    a: &Arguments<'_, '_>,
    _: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    Ok(expect(ExpectationKind::Attempts { count: a.count(0), same_key: true }))
}

pub(super) fn waited(a: &Arguments<'_, '_>, _: &mut Scope<'_>) -> Result<Compiled, Diagnostic> {
    let durations: Option<Vec<Duration>> = a
        .text(0)
        .replace(" and ", ", ")
        .split(',')
        .map(|part| parse_duration(part.trim()))
        .collect();
    let durations = durations.ok_or_else(|| {
        let diagnostic = Diagnostic::error("not a list of durations")
            .expected("such as `1 s and 2 s`")
            .actual(a.text(0));
        a.at(0, diagnostic)
    })?;
    Ok(expect(ExpectationKind::Waited(durations)))
}

pub(super) fn holds(a: &Arguments<'_, '_>, s: &mut Scope<'_>) -> Result<Compiled, Diagnostic> {
    let partner = s.partner()?;
    let word = a.text(1);
    let mut resource = word.to_owned();
    if let Some(stand_in) = &partner.stand_in {
        let known = stand_in.resources();
        let singular = [word, word.trim_end_matches('s'), word.trim_end_matches("es")];
        let Some(found) = known.iter().find(|r| singular.contains(&r.as_str())) else {
            let names: Vec<&str> = known.iter().map(String::as_str).collect();
            let diagnostic = Diagnostic::error(format!("the stand-in has no resource `{word}`"))
                .expected(format!("one of {}", names.join(", ")))
                .actual(word)
                .help(format!("resources stand in mocks/{}.yaml", partner.integration.id));
            return Err(a.at(1, with_nearest(diagnostic, word, &names)));
        };
        resource.clone_from(found);
    }
    Ok(expect(ExpectationKind::Holds {
        integration: partner.integration.id.clone(),
        count: a.count(0) as usize,
        resource,
    }))
}

pub(super) fn received(a: &Arguments<'_, '_>, s: &mut Scope<'_>) -> Result<Compiled, Diagnostic> {
    let operation = a.operation(0, s)?;
    Ok(expect(ExpectationKind::Received { operation, count: a.count(1) as usize }))
}

/// The frames of the vocabulary's last group (`within`, `stays`, `the x's`) are
/// taken off before a sentence is looked up, so only their empty form arrives.
pub(super) fn frame(a: &Arguments<'_, '_>, _: &mut Scope<'_>) -> Result<Compiled, Diagnostic> {
    Err(Diagnostic::error("the expectation is missing")
        .at(a.step.whole(), "")
        .expected("an expectation in place of the dots")
        .actual("...")
        .help("such as: within 2 s, the partner holds 1 payment"))
}
