//! `probe contract drift`: how much drift would we notice?

use std::{fmt::Write as _, path::Path};

use serde_json::json;

use super::{
    options::{Drift, TextFormat},
    target,
};
use crate::{
    catalog::{Catalog, Workspace},
    cli::{
        exit::config,
        meant,
        output::{Style, complain, print},
        sheet::{padded, wrapped},
    },
    contract::{self, DescribedFrom, generate::drift::MUTATIONS},
    evidence::{Diagnostic, exit, nearest},
    run::{self, Filter, Noticed, OperationDrift, Request, Survivor},
};

/// Columns of a terminal.
const WIDTH: usize = 80;
/// Places that are named of one operation.
const MOST_NAMED: usize = 5;
/// Factor of inserted waits: only answers are wanted.
const MOCK_TIME: f64 = 0.01;

/// Measures and prints. 1 where the check of the contract misses what it must see.
pub(super) fn drift(typed: &Drift) -> u8 {
    let style = Style::of(typed.common.color);
    if typed.mutations {
        return print(&mutations(typed.format), exit::PASSED);
    }
    match measure(typed) {
        Ok(measured) => {
            complain(&measured.warnings(), style);
            let missed = measured.drifts.iter().any(|(_, drift)| {
                drift.operations.iter().any(|operation| !operation.missed.is_empty())
            });
            let text = match typed.format {
                TextFormat::Text => measured.text(typed.all),
                TextFormat::Json => measured.json(),
            };
            print(&text, if missed { exit::FAILED } else { exit::PASSED })
        }
        Err(problems) => config(&problems, style),
    }
}

/// The drift of each integration, or of a contract that none uses.
struct Measured {
    drifts: Vec<(Option<String>, run::Drift)>,
    noticed: Noticed,
}

fn measure(typed: &Drift) -> Result<Measured, Vec<Diagnostic>> {
    // A document by its path is no part of a workspace: no scenario speaks of it.
    if let Some(path) = typed.id.as_ref().filter(|id| Path::new(id.as_str()).exists()) {
        let contract = target::read(&typed.common, path)?;
        let noticed = Noticed::default();
        let drift =
            run::drift(&contract, DescribedFrom::Partner, str::to_owned, &noticed, typed.seed);
        return Ok(Measured { drifts: vec![(None, drift)], noticed });
    }
    let workspace = meant::workspace(&typed.common)?;
    let catalog = Catalog::load(&workspace)?;
    let integrations = meant_by(typed.id.as_deref(), &workspace, &catalog).map_err(|d| vec![d])?;
    let noticed = if integrations.is_empty() {
        Noticed::default()
    } else {
        notice(&workspace, &catalog, &integrations, typed.seed)?
    };
    let mut drifts = Vec::new();
    for id in &integrations {
        let record = catalog.integration(id).map_err(|d| vec![d])?;
        let contract = contract::load(&workspace.root, &record.contract.current)?;
        let name = |name: &str| record.scenario_name(name).to_owned();
        let from = record.contract.described_from;
        drifts.push((Some(id.clone()), run::drift(&contract, from, name, &noticed, typed.seed)));
    }
    if let (true, Some(id)) = (integrations.is_empty(), &typed.id) {
        let contract = contract::load(&workspace.root, id)?;
        drifts.push((
            None,
            run::drift(&contract, DescribedFrom::Partner, str::to_owned, &noticed, typed.seed),
        ));
    }
    Ok(Measured { drifts, noticed })
}

/// The integrations that are meant: one by its id, those that use a contract, or all. None where a
/// contract is meant that no integration uses.
fn meant_by(
    id: Option<&str>,
    workspace: &Workspace,
    catalog: &Catalog,
) -> Result<Vec<String>, Diagnostic> {
    let all = catalog.integrations.values();
    let Some(id) = id else { return Ok(all.map(|record| record.id.clone()).collect()) };
    if catalog.integrations.contains_key(id) {
        return Ok(vec![id.to_owned()]);
    }
    let known = contract::known(&workspace.root);
    if known.iter().any(|contract| contract == id) {
        let users = all.filter(|record| record.contract.current == id);
        return Ok(users.map(|record| record.id.clone()).collect());
    }
    let problem = Diagnostic::error(format!("there is no integration and no contract `{id}`"))
        .expected("an id of the catalog, or `domain/name/vN`");
    let names = catalog.integrations.keys().chain(&known).map(String::as_str);
    Err(match nearest(id, names) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem.help("`probe list` and `probe contract show` list them"),
    })
}

/// Runs the scenarios against the stand-ins.
fn notice(
    workspace: &Workspace,
    catalog: &Catalog,
    integrations: &[String],
    seed: u64,
) -> Result<Noticed, Vec<Diagnostic>> {
    let filter = Filter::of_integrations(integrations.to_vec());
    let request = Request { filter, mock_time: MOCK_TIME, ..Request::all_in_mock() };
    let plan = run::plan(workspace, catalog, request)?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| {
            vec![Diagnostic::error("the scenarios cannot run").actual(error.to_string())]
        })?;
    Ok(runtime.block_on(run::notice(plan, seed)))
}

impl Measured {
    fn warnings(&self) -> Vec<Diagnostic> {
        let mut warnings = Vec::new();
        if let Some(first) = self.noticed.not_passed.first() {
            let count = self.noticed.not_passed.len();
            warnings.push(
                Diagnostic::warning("not every scenario passes, so not all could be asked")
                    .expected("scenarios that pass against the stand-ins")
                    .actual(format!("{count} do not, such as {first}"))
                    .help("`probe run` says why"),
            );
        }
        for operation in self.drifts.iter().flat_map(|(_, drift)| &drift.operations) {
            for pointer in &operation.unmade {
                let name = &operation.operation;
                warnings.push(
                    Diagnostic::warning(format!("no answer of {name} could be made up"))
                        .expected("a value that keeps its schema")
                        .actual(format!("none keeps #{pointer}"))
                        .help("an example in the contract would do"),
                );
            }
        }
        warnings
    }

    fn json(&self) -> String {
        let drifts: Vec<_> = self
            .drifts
            .iter()
            .map(|(integration, drift)| {
                let mut value = json!(drift);
                value["integration"] = json!(integration);
                value
            })
            .collect();
        let value = json!({
            "schema_version": 1,
            "scenarios_asked": self.noticed.asked,
            "scenarios_not_passed": self.noticed.not_passed,
            "contracts": drifts,
        });
        format!("{value:#}\n")
    }

    fn text(&self, all: bool) -> String {
        let mut text = String::new();
        for (integration, drift) in &self.drifts {
            if !text.is_empty() {
                text.push('\n');
            }
            let who = integration.as_deref().map(|id| format!("{id}, ")).unwrap_or_default();
            let _ = writeln!(text, "{who}{}", drift.contract);
            table(&drift.operations, &mut text);
            missed(&drift.operations, &mut text);
            survivors(&drift.operations, all, &mut text);
        }
        let asked = self.noticed.asked;
        let _ = writeln!(
            text,
            "\n{asked} scenario{} asked. A mutant is one change of one promised answer; what\n\
             nobody notices in a single answer is allowed by the contract.",
            if asked == 1 { " was" } else { "s were" }
        );
        text
    }
}

/// How much of each operation's drift is seen by whom.
fn table(operations: &[OperationDrift], text: &mut String) {
    let sum = |of: fn(&OperationDrift) -> usize| operations.iter().map(of).sum::<usize>();
    let named = operations.iter().map(|o| row(&o.operation, o));
    let head = ["", "mutants", "by the check", "by scenarios", "by nobody"].map(str::to_owned);
    let total = [
        "all".to_owned(),
        sum(|o| o.mutants).to_string(),
        format!("{} of {}", sum(|o| o.seen_by_check), sum(|o| o.for_the_check)),
        sum(|o| o.seen_by_scenarios).to_string(),
        sum(|o| o.survived).to_string(),
    ];
    let rows: Vec<[String; 5]> = std::iter::once(head).chain(named).chain([total]).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let widths: [usize; 5] = std::array::from_fn(width);
    for row in &rows {
        let mut line = padded(&row[0], widths[0]);
        for (cell, width) in row.iter().zip(widths).skip(1) {
            let _ = write!(line, "  {cell:>width$}");
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
}

fn row(name: &str, operation: &OperationDrift) -> [String; 5] {
    [
        name.to_owned(),
        operation.mutants.to_string(),
        format!("{} of {}", operation.seen_by_check, operation.for_the_check),
        operation.seen_by_scenarios.to_string(),
        operation.survived.to_string(),
    ]
}

/// What the check must see and does not: a fault of ours.
fn missed(operations: &[OperationDrift], text: &mut String) {
    for operation in operations {
        for gap in &operation.missed {
            let place = if gap.place.is_empty() { &gap.location } else { &gap.place };
            let _ = writeln!(
                text,
                "MISSED by the check: {} {} {place}: {} ({})",
                operation.operation, gap.answer, gap.mutation, gap.class
            );
        }
    }
}

/// The places that nobody watches, and what to write.
fn survivors(operations: &[OperationDrift], all: bool, text: &mut String) {
    for operation in operations.iter().filter(|operation| !operation.survivors.is_empty()) {
        let _ = writeln!(text, "\n{}: nobody would notice", operation.operation);
        // Where a scenario gets the answer already, one line more is enough.
        let mut order: Vec<&Survivor> = operation.survivors.iter().collect();
        let success = |survivor: &Survivor| survivor.answers.iter().any(|a| a.starts_with('2'));
        order.sort_by_key(|survivor| (!survivor.reached, !success(survivor)));
        let most = if all { order.len() } else { MOST_NAMED };
        for survivor in order.iter().take(most) {
            let place =
                if survivor.place.is_empty() { &survivor.location } else { &survivor.place };
            let where_to = if survivor.reached { "" } else { "; no scenario gets there yet" };
            let (answers, done) = (survivor.answers.join(" "), survivor.mutations.join(", "));
            let line = format!("{answers} {place}: {done}{where_to}");
            for line in wrapped(&line, WIDTH - 2) {
                let _ = writeln!(text, "  {line}");
            }
            let _ = writeln!(text, "      {}", survivor.sentence);
        }
        if order.len() > most {
            let more = order.len() - most;
            let places = if more == 1 { "place" } else { "places" };
            let _ = writeln!(text, "  and {more} more {places} (--all)");
        }
    }
}

fn mutations(format: TextFormat) -> String {
    if format == TextFormat::Json {
        let rows: Vec<_> = MUTATIONS
            .iter()
            .map(|mutation| {
                let example = &mutation.example;
                let read = |text: &str| serde_json::from_str(text).unwrap_or(json!(text));
                json!({
                    "id": mutation.id,
                    "doc": mutation.doc,
                    "precedent": mutation.precedent,
                    "example": {
                        "promise": read(example.promise),
                        "before": read(example.before),
                        "after": read(example.after),
                        "place": example.place,
                        "class": example.class.word(),
                    },
                })
            })
            .collect();
        return format!("{:#}\n", json!(rows));
    }
    let mut text = String::new();
    for mutation in MUTATIONS {
        let _ = writeln!(text, "{}", mutation.id);
        for words in [mutation.doc, mutation.precedent] {
            for line in wrapped(words, WIDTH - 4) {
                let _ = writeln!(text, "    {line}");
            }
        }
        let example = &mutation.example;
        for (word, shown) in [("from", example.before), ("to", example.after)] {
            for (at, line) in wrapped(shown, WIDTH - 11).iter().enumerate() {
                let word = if at == 0 { word } else { "" };
                let _ = writeln!(text, "    {word:<4}   {line}");
            }
        }
        let _ = writeln!(text, "    class  {}", example.class.word());
    }
    text
}
