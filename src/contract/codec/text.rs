//! Text to typed value: table cells, form fields, parameters.

use serde_json::Value;

use super::{
    Slot,
    slot::{body_schema, declared},
};
use crate::{
    contract::{
        Contract, Operation,
        schema::clip,
        shape::{ShapeId, Shapes, Types},
    },
    evidence::Diagnostic,
};

/// Types a table cell by the slot's schema. `None` for an empty cell: omitted.
/// `""` is the empty string, `null` null where the schema allows it, JSON for arrays and objects.
/// Where several types are allowed the cell is JSON; a plain word is taken as a string where a
/// string is allowed and the text is no JSON of another allowed type.
/// Err: the text is not a value of that type (expected and actual filled in, no marks).
pub fn cell(
    contract: &Contract,
    operation: &Operation,
    slot: &Slot,
    text: &str,
) -> Result<Option<Value>, Diagnostic> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let types = slot_types(contract, operation, slot);
    read_cell(text, types).map(Some).ok_or_else(|| unfit(slot, types, text))
}

/// A value that an earlier answer gave, for a slot: as it is where its type fits, so that an
/// empty text stays one; else its text as a cell has it, since a header's `5` may be a number.
/// Err: neither fits.
pub fn remembered(
    contract: &Contract,
    operation: &Operation,
    slot: &Slot,
    value: &Value,
) -> Result<Value, Diagnostic> {
    let types = slot_types(contract, operation, slot);
    if types.has(Types::of(value)) {
        return Ok(value.clone());
    }
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            return Err(unfit(slot, types, &value.to_string()));
        }
    };
    read_cell(&text, types).ok_or_else(|| unfit(slot, types, &text))
}

fn unfit(slot: &Slot, types: Types, text: &str) -> Diagnostic {
    Diagnostic::error(format!("the cell is no value of `{}`", slot.qualified()))
        .expected(types.describe())
        .actual(clip(text, 80))
        .help(advice(types))
}

/// A cell that no schema types, for deliberate misuse: JSON where it is JSON, else a string;
/// empty means omitted.
pub fn untyped_cell(text: &str) -> Option<Value> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    Some(serde_json::from_str(text).unwrap_or_else(|_| Value::from(text)))
}

fn slot_types(contract: &Contract, operation: &Operation, slot: &Slot) -> Types {
    let schemas = &contract.schemas;
    match slot {
        Slot::Parameter(place, name) => operation
            .parameters
            .iter()
            .find(|p| p.place == *place && p.name == *name)
            .map_or(Types::ALL, |p| schemas.types(&p.schema)),
        Slot::Body(path) => {
            let Some(schema) = body_schema(operation.request_body.as_ref()) else {
                return Types::ALL;
            };
            let shapes = schemas.shapes();
            let mut ids = vec![schemas.shape(schema)];
            ids.extend(&shapes.get(ids[0]).closure[1..]);
            // What the closure's parts say together is what its first member says.
            let mut types = shapes.get(ids[0]).types;
            for key in path {
                match declared(shapes, &ids, key) {
                    Some(members) => {
                        types = declared_types(shapes, &ids, key);
                        ids = members;
                    }
                    None => return Types::ALL,
                }
            }
            types
        }
    }
}

/// What may stand at a member that several schemas may describe. Schemas of different branches
/// do not narrow each other, so the member allows what any of them allows.
fn declared_types(shapes: &Shapes, ids: &[ShapeId], key: &str) -> Types {
    let mut members = Vec::new();
    shapes.members_into(ids, key, &mut members);
    if let Ok(index) = key.parse::<usize>() {
        for shape in ids.iter().map(|id| shapes.get(*id)) {
            members.extend(shape.first_items.get(index).copied().or(shape.items));
        }
    }
    shapes.any_types(&members)
}

fn read_cell(text: &str, types: Types) -> Option<Value> {
    if types.is_only(Types::STRING) {
        return Some(Value::from(if text == "\"\"" { "" } else { text }));
    }
    let fits = |value: &Value| types.has(Types::of(value));
    match serde_json::from_str::<Value>(text) {
        Ok(value) if fits(&value) => Some(value),
        Ok(Value::Number(number)) if types.has(Types::INTEGER) => whole(&number),
        _ if types.has(Types::STRING) => Some(Value::from(text)),
        _ => None,
    }
}

/// `2000.0` and `2e3` are integers too (JSON Schema Core section 4.2.3).
fn whole(number: &serde_json::Number) -> Option<Value> {
    let float = number.as_f64()?;
    (float.fract() == 0.0 && float.abs() < 9e15).then(|| Value::from(float as i64))
}

fn advice(types: Types) -> &'static str {
    if types.is_single() && (types.has(Types::ARRAY) || types.has(Types::OBJECT)) {
        "write the cell as JSON, or name the members one by one with dots"
    } else if types.is_single() {
        "the contract gives the type; write the value as it is, without quotes"
    } else {
        "several types are allowed here, so the cell must be JSON"
    }
}

/// A form field or parameter by its types; what fits none of them, or has none, stays text.
pub(super) fn scalar(text: &str, types: Types) -> Value {
    if types.is_only(Types::STRING) || types == Types::ALL {
        return Value::from(text);
    }
    if text.is_empty() && types.has(Types::NULL) && !types.has(Types::STRING) {
        return Value::Null;
    }
    match text {
        "true" if types.has(Types::BOOLEAN) => return Value::Bool(true),
        "false" if types.has(Types::BOOLEAN) => return Value::Bool(false),
        _ => {}
    }
    if (types.has(Types::INTEGER) || types.has(Types::FRACTION))
        && let Ok(Value::Number(number)) = serde_json::from_str::<Value>(text)
    {
        let value = Value::Number(number);
        if types.has(Types::of(&value)) {
            return value;
        }
    }
    Value::from(text)
}
