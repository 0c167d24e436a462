//! What could be done at a place. Whether the contract minds is decided later.

use fastrand::Rng;
use serde_json::{Map, Number, Value};

use super::{
    edit::Edit,
    site::{Site, Standing},
    table::Kind,
};
use crate::contract::generate::reading::{Facts, NodeId, Reading};

/// Characters of a text that is made longer than its bound.
const MOST_TEXT: u64 = 20_000;
/// The first whole number that a double cannot hold: 2^53 + 1.
const PAST_SAFE: i64 = 9_007_199_254_740_993;
/// Names of envelopes.
const ENVELOPES: &[&str] = &["data", "result", "payload", "attributes", "enveloped"];
/// Names of members that partners add.
const NEW_NAMES: &[&str] =
    &["metadata_version", "region", "risk_score", "is_test", "labels", "legacy_id", "revision"];

/// All that could be done at one place, in the order of the table.
pub(super) fn candidates(
    reading: &Reading<'_>,
    site: &Site,
    value: &Value,
    rng: &mut Rng,
    into: &mut Vec<(Kind, Edit)>,
) {
    match site.standing {
        Standing::Required => into.push((Kind::RemoveRequired, Edit::Remove)),
        Standing::Optional => into.push((Kind::RemoveOptional, Edit::Remove)),
        Standing::Root | Standing::Entry | Standing::Item => {}
    }
    let facts = || site.nodes.iter().map(|id| &reading.node(*id).facts);
    match value {
        Value::Null => return,
        Value::Bool(flag) => {
            into.push((Kind::BooleanToString, Edit::Replace(Value::from(flag.to_string()))));
        }
        Value::Number(number) => {
            into.push((Kind::NumberToString, Edit::Replace(Value::from(number.to_string()))));
            numbers(facts(), number, into);
        }
        Value::String(text) => {
            let number = text.parse().unwrap_or_else(|_| i64::from(rng.u16(1..)));
            into.push((Kind::StringToNumber, Edit::Replace(Value::from(number))));
            texts(facts(), text, rng, into);
        }
        Value::Array(list) => {
            if let Some(first) = list.first() {
                if !first.is_array() {
                    into.push((Kind::ArrayToSingle, Edit::Unlist));
                }
                into.push((Kind::EmptyArray, Edit::Replace(Value::Array(Vec::new()))));
            }
        }
        Value::Object(object) => {
            objects(reading, site, object, rng, into);
        }
    }
    if !value.is_object() && !value.is_array() {
        into.push((Kind::ScalarToObject, Edit::Envelop("value")));
        into.push((Kind::ScalarToArray, Edit::Enlist));
        if facts().any(|facts| facts.options.is_some() || facts.constant.is_some())
            && let Some(unknown) = unknown(facts(), value, rng)
        {
            into.push((Kind::UnknownEnum, Edit::Replace(unknown)));
        }
    }
    into.push((Kind::Null, Edit::Replace(Value::Null)));
}

/// Values that may not fit where this one stands, as texts of a URL or a header can say them.
pub(in super::super) fn unfit(
    reading: &Reading<'_>,
    root: NodeId,
    value: &Value,
) -> Vec<(&'static str, Value)> {
    let nodes = reading.everything(&[root]);
    let facts = || nodes.iter().map(|id| &reading.node(*id).facts);
    let mut rng = Rng::with_seed(0);
    let mut found = Vec::new();
    match value {
        Value::Number(number) => numbers(facts(), number, &mut found),
        Value::String(text) => texts(facts(), text, &mut rng, &mut found),
        _ => {}
    }
    let unknown = unknown(facts(), value, &mut rng).map(|v| (Kind::UnknownEnum, Edit::Replace(v)));
    let word = (Kind::NumberToString, Edit::Replace(Value::from("many")));
    let all = found.into_iter().chain(unknown).chain([word]);
    all.filter_map(|(kind, edit)| match edit {
        Edit::Replace(value) => Some((kind.row().id, value)),
        _ => None,
    })
    .collect()
}

/// Another name for a member, if one was asked for and is free.
pub(super) fn renamed(
    reading: &Reading<'_>,
    names: &[NodeId],
    object: &Map<String, Value>,
    name: &str,
    rng: &mut Rng,
) -> Option<String> {
    let forms = [format!("{name}_v2"), other_case(name), format!("new_{name}")];
    let first = rng.usize(..forms.len());
    (0..forms.len())
        .map(|at| &forms[(first + at) % forms.len()])
        .find(|form| !object.contains_key(*form) && !reading.declares(names, form))
        .cloned()
}

/// `status_code` as `statusCode`, and the other way round.
fn other_case(name: &str) -> String {
    let mut other = String::with_capacity(name.len() + 4);
    let mut after_line = false;
    for c in name.chars() {
        if c == '_' && !other.is_empty() {
            after_line = true;
        } else if std::mem::take(&mut after_line) {
            other.extend(c.to_uppercase());
        } else if c.is_ascii_uppercase() && !name.contains('_') && !other.is_empty() {
            other.push('_');
            other.push(c.to_ascii_lowercase());
        } else {
            other.push(c);
        }
    }
    other
}

fn objects(
    reading: &Reading<'_>,
    site: &Site,
    object: &Map<String, Value>,
    rng: &mut Rng,
    into: &mut Vec<(Kind, Edit)>,
) {
    // Of a free-form object nobody has said what is in it.
    if reading.names_members(&site.names) {
        let free =
            |name: &&str| !object.contains_key(*name) && !reading.declares(&site.names, name);
        let first = rng.usize(..NEW_NAMES.len());
        let names = (0..NEW_NAMES.len()).map(|at| NEW_NAMES[(first + at) % NEW_NAMES.len()]);
        if let Some(name) = names.clone().find(free) {
            into.push((Kind::ExtraMember, Edit::Add(name.to_owned(), new_value(name, rng))));
        }
        if let Some(name) = ENVELOPES.iter().copied().find(free) {
            into.push((Kind::ExtraNesting, Edit::Envelop(name)));
        }
    }
    into.push((Kind::ObjectToArray, Edit::Enlist));
    let id = object.get("id").filter(|id| id.is_string()).cloned();
    into.push((Kind::ObjectToString, Edit::Replace(id.unwrap_or_else(|| Value::from("obj_1")))));
}

fn new_value(name: &str, rng: &mut Rng) -> Value {
    match name {
        "metadata_version" | "revision" => Value::from(2),
        "risk_score" => Value::from(0.5),
        "is_test" => Value::Bool(false),
        "labels" => Value::Array(vec![Value::from("new")]),
        "region" => Value::from(["eu", "us", "ap"][rng.usize(..3)]),
        _ => Value::from(format!("old_{}", rng.u16(1..))),
    }
}

/// A value of the same type that no list holds, as far as one look tells.
fn unknown<'f, 'd: 'f>(
    facts: impl Iterator<Item = &'f Facts<'d>>,
    value: &Value,
    rng: &mut Rng,
) -> Option<Value> {
    match value {
        Value::String(text) => {
            let capitals =
                text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase);
            Some(Value::from(match (capitals, rng.bool()) {
                (true, true) => format!("{text}_V2"),
                (false, true) => format!("{text}_v2"),
                (true, false) => format!("PARTIALLY_{text}"),
                (false, false) => format!("partially_{text}"),
            }))
        }
        Value::Number(_) => {
            let listed = facts.flat_map(|f| f.options.into_iter().flatten().chain(f.constant));
            let most = listed.filter_map(Value::as_i64).max()?;
            most.checked_add(1).map(Value::from)
        }
        _ => None,
    }
}

fn numbers<'f, 'd: 'f>(
    facts: impl Iterator<Item = &'f Facts<'d>>,
    number: &Number,
    into: &mut Vec<(Kind, Edit)>,
) {
    let (mut listed, mut past) = (false, None);
    for facts in facts {
        listed |= facts.options.is_some() || facts.constant.is_some();
        let [least, above, most, below] = facts.range;
        let up = most.or(below).map(|bound| bound + 1.0);
        let down = least.or(above).map(|bound| bound - 1.0);
        past = past.or(up).or(down);
    }
    if !listed && !number.is_f64() {
        into.push((Kind::PastSafeInteger, Edit::Replace(Value::from(PAST_SAFE))));
    }
    if let Some(past) = past.filter(|_| !listed) {
        let whole = past.fract() == 0.0 && past.abs() < 9e15;
        let value = if whole { Value::from(past as i64) } else { Value::from(past) };
        into.push((Kind::NumberPastBound, Edit::Replace(value)));
    }
}

fn texts<'f, 'd: 'f>(
    facts: impl Iterator<Item = &'f Facts<'d>>,
    text: &str,
    rng: &mut Rng,
    into: &mut Vec<(Kind, Edit)>,
) {
    let (mut listed, mut format, mut length, mut patterned) = (false, None, [None, None], None);
    for facts in facts {
        listed |= facts.options.is_some() || facts.constant.is_some();
        format = format.or(facts.format);
        length = [length[0].or(facts.length[0]), length[1].or(facts.length[1])];
        patterned = patterned.or(facts.pattern.map(|_| facts));
    }
    if listed {
        return;
    }
    let dated = matches!(text.as_bytes(), [y, _, _, _, b'-', m, _, b'-', d, _, ..]
        if [y, m, d].iter().all(|byte| byte.is_ascii_digit()));
    match format {
        Some("date-time" | "date" | "time") => dates(text, rng, into),
        // Nobody promised the form, and whoever reads it relies on it all the same.
        None if dated => dates(text, rng, into),
        Some(format) => {
            if let Some(other) = other_form(format, text) {
                into.push((Kind::FormatChanged, Edit::Replace(Value::from(other))));
            }
        }
        None => {}
    }
    if let Some(facts) = patterned {
        let forms = [
            format!("urn:{text}"),
            text.chars().rev().collect::<String>(),
            format!("{text}!"),
            String::new(),
        ];
        let other = forms.into_iter().find(|form| facts.pattern_matches(form) == Some(false));
        if let Some(other) = other {
            into.push((Kind::PatternChanged, Edit::Replace(Value::from(other))));
        }
    }
    let other: Option<String> = match length {
        [_, Some(most)] if most < MOST_TEXT => {
            let source = if text.is_empty() { "x" } else { text };
            Some(source.chars().cycle().take(most as usize + 1).collect())
        }
        [Some(least), _] if least > 0 && least < MOST_TEXT => {
            Some(text.chars().take(least as usize - 1).collect())
        }
        _ => None,
    };
    if let Some(other) = other {
        into.push((Kind::StringPastBound, Edit::Replace(Value::from(other))));
    }
}

fn dates(text: &str, rng: &mut Rng, into: &mut Vec<(Kind, Edit)>) {
    let plain: String = text.chars().filter(char::is_ascii_digit).collect();
    let zoneless = text.trim_end_matches(['Z', 'z']);
    let form = match rng.u8(..4) {
        0 if zoneless != text => zoneless.to_owned(),
        1 => "/Date(1767225600000)/".to_owned(),
        2 => "Thu, 01 Jan 2026 00:00:00 +0000".to_owned(),
        _ => plain,
    };
    into.push((Kind::DateFormat, Edit::Replace(Value::from(form))));
}

fn other_form(format: &str, text: &str) -> Option<String> {
    Some(match format {
        "uuid" => text.replace('-', ""),
        "email" | "idn-email" => text.split('@').next().unwrap_or_default().to_owned(),
        "uri" | "iri" => text.split_once("://").map_or("/", |(_, rest)| rest).replace(':', "."),
        "ipv4" | "ipv6" => "host".to_owned(),
        "byte" => "***".to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::other_case;

    #[test]
    fn names_change_their_case() {
        for (name, other) in [
            ("status_code", "statusCode"),
            ("statusCode", "status_code"),
            ("id", "id"),
            ("_x", "_x"),
        ] {
            assert_eq!(other_case(name), other);
        }
    }
}
