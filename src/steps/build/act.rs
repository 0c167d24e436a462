//! Builders of what we do.

use super::{Arguments, token};
use crate::{
    contract::codec,
    evidence::Diagnostic,
    steps::{
        compile::{Scope, nothing_called},
        matcher::{regular_expression, unknown_name},
        naming::new_name,
        partner::OperationRef,
        sentence::{Action, Argument, ArgumentValue, CallSpec, Compiled, Remembered},
        template::Template,
    },
};

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
    // JSON has no braces around a bare word, so a remembered value is meant.
    let template = Template::parse(text, &scope.names, !wrongly)
        .map_err(|name| (1, unknown_name(&name, &scope.names)))?;
    if let Some(literal) = template.literal() {
        let value = if wrongly {
            codec::untyped_cell(literal)
        } else {
            codec::cell(contract, operation.operation(), &slot, literal).map_err(|d| (1, d))?
        };
        return Ok(Argument { slot, value: ArgumentValue::Typed(value) });
    }
    Ok(Argument { slot, value: ArgumentValue::Text(template) })
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

pub(in crate::steps) fn call(
    a: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    call_with(a, s, false, None)
}

pub(in crate::steps) fn call_wrongly(
    a: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    if a.step.table.is_none() && a.step.doc_string.is_none() {
        return Err(missing_table(a));
    }
    call_with(a, s, true, None)
}

pub(in crate::steps) fn call_without(
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
    token::demand(a, scope, &operation)?;
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
        let reason = error.to_string();
        // The error counts lines from the fence; its place says it better.
        let reason = reason.rsplit_once(" at line ").map_or(reason.as_str(), |(reason, _)| reason);
        return Err(Diagnostic::error("the doc string is not JSON")
            .at(a.step.cell(line, ""), reason)
            .expected("the body as JSON")
            .actual(a.step.source.line(line).trim())
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

pub(in crate::steps) fn repeat(
    a: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    repeated(a, s)?;
    let name = new_call_name(a, 0, s)?;
    Ok(Compiled::Action(Action::Repeat { name, changes: Vec::new() }))
}

pub(in crate::steps) fn repeat_but(
    a: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    let operation = repeated(a, s)?;
    if a.step.table.is_none() {
        return Err(missing_table(a));
    }
    let name = new_call_name(a, 0, s)?;
    let changes = arguments(a, s, &operation, false)?;
    Ok(Compiled::Action(Action::Repeat { name, changes }))
}

pub(in crate::steps) fn remember(
    a: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    let what = Remembered::Body(a.path(0)?);
    remembered(a, s, what, 1)
}

pub(in crate::steps) fn remember_header(
    a: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    remembered(a, s, Remembered::Header(a.header_name(0), None), 1)
}

pub(in crate::steps) fn remember_part(
    a: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    let expression = regular_expression(a.text(1)).map_err(|d| a.at(1, d))?;
    if expression.captures_len() != 2 {
        let diagnostic = Diagnostic::error("it is not clear which part is meant")
            .expected("one group, around what is to be remembered")
            .actual(match expression.captures_len() {
                1 => "no group".to_owned(),
                groups => format!("{} groups", groups - 1),
            })
            .help("such as /page_info=([^>&]+)>; rel=\"next\"/; a group that is not meant begins with (?:");
        return Err(a.at(1, diagnostic));
    }
    remembered(a, s, Remembered::Header(a.header_name(0), Some(expression)), 2)
}

pub(in crate::steps) fn remember_redirect(
    a: &Arguments<'_, '_>,
    s: &mut Scope<'_>,
) -> Result<Compiled, Diagnostic> {
    remembered(a, s, Remembered::Redirect(a.text(0).trim_matches('"').to_owned()), 1)
}

fn remembered(
    a: &Arguments<'_, '_>,
    scope: &mut Scope<'_>,
    what: Remembered,
    name: usize,
) -> Result<Compiled, Diagnostic> {
    if !scope.has_called() {
        return Err(nothing_called());
    }
    let (at, name) = (name, a.text(name).to_owned());
    new_name(&name, scope).map_err(|d| a.at(at, d))?;
    scope.names.insert(name.clone());
    Ok(Compiled::Action(Action::Remember { what, name }))
}
