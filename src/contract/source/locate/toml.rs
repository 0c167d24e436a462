//! Places in TOML, from the spans of the parser.

use std::borrow::Cow;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::Spot;

pub(super) fn locate(text: &str, pointer: &[Cow<'_, str>]) -> Option<Spot> {
    let root = DeTable::parse(text).ok()?;
    let mut spot = Spot { key: None, value: root.span(), depth: 0 };
    let Some((first, rest)) = pointer.split_first() else { return Some(spot) };
    let Some((key, mut value)) = root.get_ref().get_key_value(first.as_ref()) else {
        return Some(spot);
    };
    spot = Spot { key: Some(key.span()), value: value.span(), depth: 1 };
    for segment in rest {
        let Some((key, next)) = child(value, segment) else { break };
        spot = Spot { key, value: next.span(), depth: spot.depth + 1 };
        value = next;
    }
    Some(spot)
}

type Child<'v, 't> = (Option<std::ops::Range<usize>>, &'v Spanned<DeValue<'t>>);

fn child<'v, 't>(value: &'v Spanned<DeValue<'t>>, segment: &str) -> Option<Child<'v, 't>> {
    match value.get_ref() {
        DeValue::Table(table) => {
            table.get_key_value(segment).map(|(key, value)| (Some(key.span()), value))
        }
        DeValue::Array(items) => {
            let item = items.get(segment.parse::<usize>().ok()?)?;
            Some((None, item))
        }
        _ => None,
    }
}
