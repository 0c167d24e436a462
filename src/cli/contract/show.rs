//! `probe contract show`: what a contract promises.

use std::fmt::Write as _;

use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr as _;

use super::{
    options::{Show, TextFormat},
    target,
};
use crate::{
    cli::{
        exit::config,
        meant,
        output::{Style, complain, print},
        sheet::{padded, wrapped},
    },
    contract::{self, Action, Contract, Kind, MediaType, Operation, ParameterPlace, StatusPattern},
    evidence::{Diagnostic, exit, nearest},
    report::one_line,
};

/// Notes about a document that are printed.
const MOST_NOTES: usize = 5;

/// Prints a contract, one of its operations, or the list of all contracts.
pub(super) fn show(typed: &Show) -> u8 {
    match text(typed) {
        Ok(text) => print(&text, exit::PASSED),
        Err(problems) => config(&problems, Style::of(typed.common.color)),
    }
}

fn text(typed: &Show) -> Result<String, Vec<Diagnostic>> {
    let Some(named) = &typed.contract else { return list(typed) };
    let contract = target::read(&typed.common, named)?;
    notes(&contract, Style::of(typed.common.color));
    let chosen = typed.operation.as_deref().map(|name| operation(&contract, name)).transpose()?;
    if typed.format == TextFormat::Json {
        let value = chosen.map_or_else(|| contract_json(&contract), operation_json);
        return Ok(format!("{value:#}\n"));
    }
    Ok(match chosen {
        Some(operation) => operation_text(operation),
        None => contract_text(&contract),
    })
}

/// What is wrong in the document and was read all the same, on stderr.
fn notes(contract: &Contract, style: Style) {
    let all = contract.sources.notes();
    let more = all.len().saturating_sub(MOST_NOTES);
    let mut told: Vec<Diagnostic> = all.take(MOST_NOTES).collect();
    if more > 0 {
        told.push(Diagnostic::warning(format!("{more} more of these")));
    }
    complain(&told, style);
}

/// The operation of a name; else the nearest is suggested.
pub(super) fn operation<'c>(
    contract: &'c Contract,
    name: &str,
) -> Result<&'c Operation, Vec<Diagnostic>> {
    contract.operation(name).ok_or_else(|| {
        let told = Diagnostic::error(format!("there is no operation `{name}`"))
            .expected(format!("an operation of {}", contract.sources.root().path));
        let names = contract.operations.iter().map(|operation| operation.name.as_str());
        vec![match nearest(name, names) {
            Some(near) => told.help(format!("did you mean `{near}`?")),
            None => told.help(format!("probe contract show {} lists them", contract.id)),
        }]
    })
}

fn list(typed: &Show) -> Result<String, Vec<Diagnostic>> {
    let workspace = meant::workspace(&typed.common)?;
    let mut contracts = Vec::new();
    for id in contract::known(&workspace.root) {
        contracts.push(contract::load(&workspace.root, &id)?);
    }
    if typed.format == TextFormat::Json {
        let all: Vec<Value> = contracts.iter().map(summary_json).collect();
        return Ok(format!("{:#}\n", Value::Array(all)));
    }
    let mut rows = vec![["contract", "standard", "version", "operations"].map(str::to_owned)];
    rows.extend(contracts.iter().map(|contract| {
        let count = contract.operations.len().to_string();
        [contract.id.clone(), contract.standard.describe(), contract.version.clone(), count]
    }));
    Ok(table(&rows))
}

fn contract_text(contract: &Contract) -> String {
    let path = &contract.sources.root().path;
    // A document that was named by its path has it for an id.
    let id = if contract.id == *path { String::new() } else { format!("{}, ", contract.id) };
    let mut text = format!(
        "{}\n{id}{}, {path}\n\n",
        one_line(&contract.title),
        one_line(&contract.standard.describe())
    );
    let operations = contract.operations.iter();
    let rows: Vec<[String; 2]> =
        operations.map(|operation| [operation.name.clone(), address(operation)]).collect();
    text.push_str(&table(&rows));
    text
}

fn operation_text(operation: &Operation) -> String {
    let mut text = format!("{}\n{}\n", one_line(&operation.name), one_line(&address(operation)));
    for line in wrapped(&one_line(&operation.summary), 80).iter().filter(|line| !line.is_empty()) {
        let _ = writeln!(text, "{line}");
    }
    if operation.deprecated {
        let end = operation.sunset.as_ref().map(|day| format!(", ends {}", one_line(day)));
        let _ = writeln!(text, "deprecated{}", end.unwrap_or_default());
    }
    let rows: Vec<[String; 3]> = operation
        .parameters
        .iter()
        .map(|parameter| {
            let need = if parameter.required { "required" } else { "optional" };
            [parameter.name.clone(), place(parameter.place).to_owned(), need.to_owned()]
        })
        .collect();
    if !rows.is_empty() {
        let _ = write!(text, "\nPARAMETERS\n{}", table(&rows));
    }
    if let Some(body) = &operation.request_body {
        let need = if body.required { "required" } else { "optional" };
        let _ = write!(text, "\nBODY ({need})\n{}", table(&media(&body.content)));
    }
    for response in &operation.responses {
        let _ = write!(text, "\nANSWER {}\n", status(response.status));
        for header in &response.headers {
            let need = if header.required { "required" } else { "optional" };
            let _ = writeln!(text, "header {}  {need}", one_line(&header.name));
        }
        text.push_str(&table(&media(&response.content)));
    }
    text
}

fn media(content: &[MediaType]) -> Vec<[String; 2]> {
    content
        .iter()
        .map(|media| {
            let names = media.examples.iter().map(|example| example.name.as_str());
            let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
            let examples = match names.as_slice() {
                [] => String::new(),
                names => format!("examples: {}", names.join(", ")),
            };
            [media.name.clone(), examples]
        })
        .collect()
}

fn contract_json(contract: &Contract) -> Value {
    let mut value = summary_json(contract);
    value["operations"] = contract.operations.iter().map(operation_json).collect();
    value
}

fn summary_json(contract: &Contract) -> Value {
    json!({
        "id": contract.id,
        "title": contract.title,
        "version": contract.version,
        "standard": contract.standard.describe(),
        "files": contract.sources.files().iter().map(|file| &file.path).collect::<Vec<_>>(),
        "sha256": contract.sha256,
        "operations": contract.operations.len(),
    })
}

fn operation_json(operation: &Operation) -> Value {
    let content = |content: &[MediaType]| -> Vec<Value> {
        let schema = |media: &MediaType| media.schema.as_ref().map(|schema| schema.pointer.clone());
        content.iter().map(|m| json!({"media_type": m.name, "schema": schema(m)})).collect()
    };
    json!({
        "name": operation.name,
        "kind": kind(operation.kind),
        "action": action(operation.action),
        "method": operation.method,
        "path": operation.path,
        "summary": operation.summary,
        "deprecated": operation.deprecated,
        "sunset": operation.sunset,
        "parameters": operation.parameters.iter().map(|parameter| json!({
            "name": parameter.name,
            "in": place(parameter.place),
            "required": parameter.required,
            "schema": parameter.schema.pointer,
        })).collect::<Vec<_>>(),
        "request": operation.request_body.as_ref().map(|body| json!({
            "required": body.required,
            "content": content(&body.content),
        })),
        "responses": operation.responses.iter().map(|response| json!({
            "status": status(response.status),
            "headers": response.headers.iter().map(|header| json!({
                "name": header.name,
                "required": header.required,
                "schema": header.schema.pointer,
            })).collect::<Vec<_>>(),
            "content": content(&response.content),
        })).collect::<Vec<_>>(),
    })
}

/// Such as `POST /v1/refunds`, `webhook order.paid`, `send orders/{id}`.
fn address(operation: &Operation) -> String {
    let Operation { method, path, .. } = operation;
    match operation.kind {
        Kind::Http => format!("{method} {path}"),
        Kind::Webhook | Kind::Callback => format!("{} {method} {path}", kind(operation.kind)),
        Kind::Message => format!("{} {path}", action(operation.action)),
        Kind::Rpc => format!("rpc {path}"),
        Kind::Payload => "payload".to_owned(),
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Http => "http",
        Kind::Webhook => "webhook",
        Kind::Callback => "callback",
        Kind::Message => "message",
        Kind::Rpc => "rpc",
        Kind::Payload => "payload",
    }
}

fn action(action: Action) -> &'static str {
    match action {
        Action::Receive => "receive",
        Action::Send => "send",
    }
}

fn place(place: ParameterPlace) -> &'static str {
    match place {
        ParameterPlace::Path => "path",
        ParameterPlace::Query => "query",
        ParameterPlace::Header => "header",
        ParameterPlace::Cookie => "cookie",
    }
}

fn status(status: StatusPattern) -> String {
    match status {
        StatusPattern::Exact(code) => code.to_string(),
        StatusPattern::Range(digit) => format!("{digit}XX"),
        StatusPattern::Default => "default".to_owned(),
    }
}

/// Columns two spaces apart, the last one as it is.
fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let clean = |row: &[String; N]| row.each_ref().map(|cell| one_line(cell).into_owned());
    let rows: Vec<[String; N]> = rows.iter().map(clean).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].width()).max().unwrap_or(0);
    let widths: [usize; N] = std::array::from_fn(width);
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(widths).map(|(cell, width)| padded(cell, width));
        let line = cells.collect::<Vec<_>>().join("  ");
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}
