//! `probe contract rules`: the rules of contracts, whatever they judge, seen alike.

mod check;
mod compare;
mod notation;
mod page;
mod view;

use serde_json::Value;

use super::options::{PageFormat, Rules};
use crate::{
    cli::{
        exit::config,
        output::{Style, print},
    },
    evidence::{Diagnostic, exit, nearest},
};
use view::{Family, RuleDoc};

/// Prints all rules, a family of them, or one.
pub(super) fn rules(typed: &Rules) -> u8 {
    match text(typed) {
        Ok(text) => print(&text, exit::PASSED),
        Err(problem) => config(&[problem], Style::of(typed.common.color)),
    }
}

/// All families; each is the view of one table.
fn families() -> Vec<Family> {
    vec![check::family(), compare::family(), notation::protobuf(), notation::avro()]
}

fn text(typed: &Rules) -> Result<String, Diagnostic> {
    let families = families();
    let Some(named) = &typed.rule else {
        return Ok(match typed.format {
            PageFormat::Text => page::list(&families),
            PageFormat::Json => json(families.iter().flat_map(|family| &family.rules)),
            PageFormat::Markdown => page::index(&families),
        });
    };
    if let Some(family) = families.iter().find(|family| family.name == named) {
        return Ok(match typed.format {
            PageFormat::Text => page::list(std::slice::from_ref(family)),
            PageFormat::Json => json(&family.rules),
            PageFormat::Markdown => page::markdown(family),
        });
    }
    let mut rules = families.iter().flat_map(|family| &family.rules);
    let Some(rule) = rules.find(|rule| rule.is_called(named)) else {
        return Err(unknown(&families, named));
    };
    Ok(match typed.format {
        PageFormat::Text => page::rule(rule),
        PageFormat::Json => format!("{:#}\n", rule.json()),
        PageFormat::Markdown => page::section(rule),
    })
}

fn json<'r>(rules: impl IntoIterator<Item = &'r RuleDoc>) -> String {
    let rules: Vec<Value> = rules.into_iter().map(RuleDoc::json).collect();
    format!("{:#}\n", Value::Array(rules))
}

fn unknown(families: &[Family], named: &str) -> Diagnostic {
    let known = families.iter().flat_map(|family| {
        let ids = family.rules.iter().flat_map(|rule| &rule.ids);
        ids.map(String::as_str).chain([family.name])
    });
    let told = Diagnostic::error(format!("there is no rule `{named}`"));
    let told = match nearest(named, known) {
        Some(near) => told.help(format!("did you mean `{near}`?")),
        None => told,
    };
    told.help("probe contract rules lists them")
}
