//! Values at their bounds: each bound at its edge, each value of a list, each branch.

use serde_json::Value;

use super::{
    drift::{Site, Way, apply_value, sites, value_at},
    reading::Reading,
};
use crate::contract::{Contract, SchemaRef};

/// Characters and items of a value at its upper bound; beyond that it is left out.
const MOST_TEXT: u64 = 10_000;
const MOST_ITEMS: u64 = 200;

/// Calls `visit` for each value that is at one bound, with what it is in a few words; all else is
/// as in `base`. Only values that keep the schema are shown.
pub(super) fn each(
    contract: &Contract,
    schema: &SchemaRef,
    base: &mut Value,
    way: Way,
    visit: &mut dyn FnMut(String, &Value),
) {
    let mut reading = Reading::of(contract);
    let root = reading.root(schema);
    let sites = sites(&mut reading, root, base, way);
    for site in &sites {
        let Some(value) = value_at(base, site) else { continue };
        let mut edges = Vec::new();
        edges_of(&reading, site, value, &mut edges);
        edges.retain(|(_, edge)| edge != value);
        for (words, edge) in edges {
            let Some(before) = apply_value(base, site, edge) else { continue };
            if contract.schemas.is_valid(schema, base) {
                let place = if site.place.is_empty() { "the whole" } else { &site.place };
                visit(format!("{place} {words}"), base);
            }
            apply_value(base, site, before);
        }
    }
}

fn edges_of(reading: &Reading<'_>, site: &Site, value: &Value, into: &mut Vec<(String, Value)>) {
    let facts = || site.nodes.iter().map(|id| &reading.node(*id).facts);
    for facts in facts() {
        for option in facts.options.into_iter().flatten() {
            into.push((format!("as {option}"), option.clone()));
        }
    }
    if !value.is_null() {
        into.push(("null".to_owned(), Value::Null));
    }
    match value {
        Value::Bool(_) => {
            into.extend([true, false].map(|flag| (flag.to_string(), Value::Bool(flag))));
        }
        Value::Number(number) => {
            let whole = !number.is_f64();
            for [least, above, most, below] in facts().map(|facts| facts.range) {
                // Next to an excluded bound there is a neighbor among whole numbers alone.
                let low = least.or(above.filter(|_| whole).map(|bound| bound.floor() + 1.0));
                let high = most.or(below.filter(|_| whole).map(|bound| bound.ceil() - 1.0));
                into.extend(low.map(|n| ("at its smallest".to_owned(), number_of(n))));
                into.extend(high.map(|n| ("at its largest".to_owned(), number_of(n))));
            }
        }
        Value::String(text) => {
            for length in facts().map(|facts| facts.length) {
                let [least, most] = length;
                if length != [None, None] {
                    let text_of = |count: u64| Value::from(resized(text, count));
                    into.push(("at its shortest".to_owned(), text_of(least.unwrap_or(0))));
                    let most = most.filter(|most| *most <= MOST_TEXT);
                    into.extend(most.map(|n| ("at its longest".to_owned(), text_of(n))));
                }
            }
            if facts().all(|f| f.format.is_none() && f.pattern.is_none() && f.length[0].is_none()) {
                into.push(("empty".to_owned(), Value::from("")));
            }
        }
        Value::Array(list) => {
            let least = facts().filter_map(|facts| facts.count[0]).max().unwrap_or(0);
            let fewest: Vec<Value> = list.iter().take(least as usize).cloned().collect();
            into.push(("with the fewest items".to_owned(), Value::Array(fewest)));
            let most = facts().filter_map(|facts| facts.count[1]).min();
            if let (Some(most), Some(first)) = (most.filter(|n| *n <= MOST_ITEMS), list.first()) {
                let mut all = list.clone();
                all.resize(most as usize, first.clone());
                into.push(("with the most items".to_owned(), Value::Array(all)));
            }
        }
        Value::Null | Value::Object(_) => {}
    }
}

fn number_of(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9e15 {
        Value::from(number as i64)
    } else {
        Value::from(number)
    }
}

/// The text repeated or cut to so many characters.
fn resized(text: &str, count: u64) -> String {
    let source = if text.is_empty() { "x" } else { text };
    source.chars().cycle().take(count as usize).collect()
}
