//! An integration from an OpenAPI document that a user has: a record that is a
//! first guess, the document as its contract, and a first scenario that only reads.

use std::{fmt::Write as _, fs, io::ErrorKind, path::Path};

use serde_json::Value;

use super::{Made, starter};
use crate::{
    contract::{
        self, Contract, Operation, ParameterPlace, StatusPattern, codec, generate,
        source::{NoFiles, Source},
    },
    evidence::Diagnostic,
};

/// The address of a partner until somebody says it: RFC 2606 reserves the name.
const NOWHERE: &str = "https://sandbox.example.com";

/// How far operations are listed; a document may have thousands.
const LISTED: usize = 40;

/// Reads the document, and makes what belongs to one integration.
pub(super) fn integration(id: &str, file: &Path) -> Result<Made, Vec<Diagnostic>> {
    let shown = file.display().to_string();
    let text = fs::read_to_string(file).map_err(|error| {
        let reason = match error.kind() {
            ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
            _ => error.to_string(),
        };
        vec![
            Diagnostic::error("the OpenAPI document cannot be read")
                .expected("a file in YAML or JSON")
                .actual(format!("{shown}: {reason}")),
        ]
    })?;
    let source = Source::new(shown, text.as_str());
    let document = source.parse().map_err(|problem| vec![problem])?;
    let contract_id = starter::contract(id);
    let contract = contract::read(&contract_id, source, &NoFiles)?;
    let auth = Auth::of(&document, id);
    let first = first(&contract);
    let mut made = Made { id: id.to_owned(), secrets: auth.secrets.clone(), ..Made::default() };
    let ending = if file.extension().is_some_and(|e| e == "json") { "json" } else { "yaml" };
    made.files
        .push((format!("catalog/{id}.yaml"), record(&contract, &document, &auth, first.is_some())));
    made.files.push((format!("contracts/{contract_id}/openapi.{ending}"), text));
    if let Some(first) = &first {
        made.scenarios = 2;
        made.files.push((format!("features/{id}/first.feature"), feature(&contract, first)));
    } else {
        // Git keeps no empty folder, and a workspace has this one.
        made.files.push((format!("features/{id}/.gitkeep"), String::new()));
        made.notes.push(format!(
            "No operation reads and can be called with what the document says of its parameters;\n\
             write a first scenario into features/{id}/."
        ));
    }
    made.notes.extend(auth.note);
    let operations = contract.operations.iter();
    made.operations = operations.take(LISTED).map(listed).collect();
    if let Some(more) = contract.operations.len().checked_sub(LISTED).filter(|more| *more > 0) {
        made.notes.push(format!("And {more} more operations."));
    }
    Ok(made)
}

fn listed(operation: &Operation) -> [String; 3] {
    let effect = if reads(operation) { "reads" } else { "writes" };
    let call = format!("{} {}", operation.method, operation.path);
    [harmless(&operation.name), harmless(&call), effect.to_owned()]
}

fn reads(operation: &Operation) -> bool {
    matches!(operation.method.as_str(), "GET" | "HEAD")
}

/// A text of the document that can stand in one line of a terminal or a comment.
fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(100).collect()
}

/// The record: what the document says, and guesses that are marked as such.
fn record(contract: &Contract, document: &Value, auth: &Auth, proven: bool) -> String {
    let title = harmless(&contract.title);
    let url = document.pointer("/servers/0/url").and_then(Value::as_str).map(harmless);
    // The document's server is mostly the one with the customers in it: whether
    // scenarios may call it, a person decides.
    let said = url.map(|url| format!("   # the document says {url}")).unwrap_or_default();
    format!(
        "# yaml-language-server: $schema=../.probe/schemas/record.json\n\
         # {title}. A first guess from its OpenAPI document: read it once.\n\
         status: draft             # beta and ga: `probe check` asks for more\n\
         owner: platform           # who is called when it breaks\n\
         criticality: medium\n\
         contract: {{current: {}, previous: none, described_from: partner}}\n\n\
         environments:\n  sandbox: {{class: test, base_url: {NOWHERE}}}{said}\n\n\
         {}\n\n\
         # How fast we may call, and how long we wait: ask the partner.\n\
         limits: {{rate: 5 per second, burst: 5}}\n\
         timeout: 10 s\n\n\
         # An operation that writes: {{effect: writes, idempotency: {{header: Idempotency-Key}}}}\n\
         operations: {{}}\n\n\
         failure_modes: {}\n",
        contract.id,
        auth.line,
        if proven { "{timeout: {}}" } else { "{}" },
    )
}

/// How a request is signed, as far as the document says it.
struct Auth {
    line: String,
    secrets: Vec<String>,
    note: Option<String>,
}

impl Auth {
    /// The first scheme that a record knows; a note where there are others only.
    fn of(document: &Value, id: &str) -> Self {
        let schemes = document.pointer("/components/securitySchemes").and_then(Value::as_object);
        let key = starter::secret(id);
        for scheme in schemes.into_iter().flatten().map(|(_, scheme)| scheme) {
            let word = |name: &str| scheme.get(name).and_then(Value::as_str).unwrap_or_default();
            let mut secrets = vec![key.clone()];
            let signs = word("scheme").to_ascii_lowercase();
            let line = match (word("type"), signs.as_str(), word("in")) {
                ("http", "bearer", _) => format!("auth: {{scheme: bearer, secret: env:{key}}}"),
                ("http", "basic", _) => {
                    secrets.insert(0, format!("{key}_USER"));
                    format!("auth: {{scheme: basic, user: env:{key}_USER, password: env:{key}}}")
                }
                ("apiKey", _, "header") if is_token(word("name")) => {
                    let header = word("name");
                    format!("auth: {{scheme: api_key, header: {header}, secret: env:{key}}}")
                }
                _ => continue,
            };
            return Self { line, secrets, note: None };
        }
        let some = schemes.is_some_and(|schemes| !schemes.is_empty());
        let note = "The document asks for credentials in a way that `auth:` does not know yet; the record\n\
                    says none, and the stand-in asks for none.";
        Self {
            line: "auth: {scheme: none}".to_owned(),
            secrets: Vec::new(),
            note: some.then(|| note.to_owned()),
        }
    }
}

/// Whether a header's name can stand in the record without quotes.
fn is_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// The call of a first scenario: what is sent, and which status is promised.
struct First<'c> {
    operation: &'c Operation,
    status: u16,
    /// Names and values of a table.
    cells: Vec<(String, String)>,
}

/// The operation that reads and needs the fewest arguments, if its arguments can
/// be made and stand in a table as they are.
fn first(contract: &Contract) -> Option<First<'_>> {
    let calls = contract.operations.iter().filter(|o| reads(o)).filter_map(|operation| {
        let status = match operation.success()?.status {
            StatusPattern::Exact(status) => status,
            StatusPattern::Range(_) | StatusPattern::Default => return None,
        };
        // The stand-in's answer must keep the contract, or the first run is red.
        let answer = generate::answer(contract, operation.success()?, status, None, 0)?;
        answer.body.as_ref().is_none_or(|(media, _)| media.contains("json")).then_some(())?;
        let sayable = |c: char| !c.is_control() && !"\"<>|\\".contains(c);
        operation.name.chars().all(sayable).then_some(())?;
        let cells = cells(contract, operation)?;
        Some(First { operation, status, cells })
    });
    calls.min_by_key(|call| call.cells.len())
}

/// The required arguments as cells; `None` where one cannot stand in a table.
fn cells(contract: &Contract, operation: &Operation) -> Option<Vec<(String, String)>> {
    let arguments = generate::arguments(contract, operation, 0);
    let required = operation.parameters.iter().filter(|parameter| parameter.required);
    let cells = required.map(|parameter| {
        let value = arguments.parameter(parameter.place, &parameter.name)?;
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(yes) => yes.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => return None,
        };
        let place = match parameter.place {
            ParameterPlace::Path => "path",
            ParameterPlace::Query => "query",
            ParameterPlace::Header => "header",
            ParameterPlace::Cookie => "cookie",
        };
        let name = parameter.name.clone();
        let name = match codec::slot(contract, operation, &name) {
            Ok(_) => name,
            Err(_) => format!("{place}.{name}"),
        };
        let slot = codec::slot(contract, operation, &name).ok()?;
        let read = codec::cell(contract, operation, &slot, &text).ok()??;
        let plain = |text: &str| {
            let fits = |c: char| c.is_ascii_alphanumeric() || "-_.:@+ ".contains(c);
            text.trim() == text && !text.is_empty() && text.chars().all(fits)
        };
        (read == *value && plain(&name) && plain(&text)).then_some((name, text))
    });
    cells.collect()
}

fn feature(contract: &Contract, first: &First<'_>) -> String {
    let name = &first.operation.name;
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b));
    let quoted = if plain { name.clone() } else { format!("\"{name}\"") };
    let mut call = format!("    When we call {quoted}");
    if !first.cells.is_empty() {
        call.push_str(" with");
        let width = |cell: fn(&(String, String)) -> &String| {
            first.cells.iter().map(cell).map(String::len).max().unwrap_or(0)
        };
        let (names, values) = (width(|cell| &cell.0), width(|cell| &cell.1));
        for (name, value) in &first.cells {
            let _ = write!(call, "\n      | {name:names$} | {value:values$} |");
        }
    }
    format!(
        "@nightly\nFeature: {}\n\n  \
         Scenario: {name} answers\n{call}\n    Then the answer is {}\n\n  \
         @failure:timeout\n  Scenario: Silence is noticed\n    \
         Given the partner stays silent for the next call\n{call}\n    \
         Then there is no answer: timeout\n",
        harmless(&contract.title),
        first.status
    )
}
