//! What differs and harms nobody: it is told all the same.

use super::resolve::{named_alike, written_field};
use crate::contract::{
    compare::noted::{Noted, Verdict},
    model::{
        avro::{Avro, Body, Field},
        field_pointer, schema_pointer,
    },
};

/// Fields and symbols that came and went, where a reader bears it.
pub(super) fn notices(old: &Avro, new: &Avro) -> Vec<Noted> {
    let mut found = Vec::new();
    for (name, was) in &old.named {
        let alike = |(other, is): &(&String, &_)| *other == name || named_alike(other, is, name);
        let same = new.named.get_key_value(name);
        let Some((now, is)) = same.or_else(|| new.named.iter().find(alike)) else { continue };
        match (&was.body, &is.body) {
            (Body::Record(was), Body::Record(is)) => fields((name, was), (now, is), &mut found),
            (Body::Enum(was, Some(_)), Body::Enum(is, _)) => {
                for symbol in is.iter().filter(|symbol| !was.contains(symbol)) {
                    let pointers = (schema_pointer(name), schema_pointer(now));
                    let told = format!("{name} has the new symbol {symbol}");
                    let mut noted =
                        note("avro.enum-symbol-added", told, pointers, ("none", symbol));
                    noted.new_in_old = Verdict::Risky;
                    found.push(noted);
                }
            }
            _ => {}
        }
    }
    found
}

fn fields(old: (&str, &[Field]), new: (&str, &[Field]), found: &mut Vec<Noted>) {
    for field in new.1 {
        let pointer = field_pointer(new.0, &field.name);
        match written_field(field, old.1) {
            Some(was) => {
                if let (Some(before), Some(after)) = (&was.default, &field.default)
                    && before != after
                {
                    let told = format!("{}.{} has another default", old.0, was.name);
                    let pointers = (field_pointer(old.0, &was.name), pointer);
                    let values = (before.to_string(), after.to_string());
                    let values = (values.0.as_str(), values.1.as_str());
                    let mut noted = note("avro.default-changed", told, pointers, values);
                    noted.old_in_new = Verdict::Risky;
                    noted.new_in_old = Verdict::Risky;
                    found.push(noted);
                }
            }
            None if field.default.is_some() => {
                let told = format!("{}.{} is new", new.0, field.name);
                let kind = field.kind.to_string();
                let pointers = (schema_pointer(old.0), pointer);
                found.push(note("avro.field-added", told, pointers, ("none", &kind)));
            }
            None => {}
        }
    }
    for field in old.1.iter().filter(|field| field.default.is_some()) {
        let kept = new.1.iter().any(|is| is.name == field.name || is.aliases.contains(&field.name));
        if !kept {
            let told = format!("{}.{} is gone", old.0, field.name);
            let kind = field.kind.to_string();
            let pointers = (field_pointer(old.0, &field.name), schema_pointer(new.0));
            found.push(note("avro.field-removed", told, pointers, (&kind, "none")));
        }
    }
}

fn note(
    rule: &'static str,
    message: String,
    (old_pointer, new_pointer): (String, String),
    (before, after): (&str, &str),
) -> Noted {
    Noted {
        rule,
        message,
        operation: String::new(),
        old_pointer,
        new_pointer,
        before: before.to_owned(),
        after: after.to_owned(),
        new_in_old: Verdict::Fine,
        old_in_new: Verdict::Fine,
    }
}
