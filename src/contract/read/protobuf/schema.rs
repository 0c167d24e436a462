//! Messages as JSON Schema 2020-12, by the JSON that every parser of the language accepts
//! (protobuf guide, "ProtoJSON Format").
//!
//! What parsers accept is wider than what serializers write: a number may come as text, a value of
//! an enum by its number, an unset field as null. A partner who writes so breaks no promise.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::contract::{
    model::{
        field_pointer,
        protobuf::{Enum, Field, Kind, Label, Message, Protobuf, Scalar},
        schema_pointer,
    },
    pointer,
};

/// A reference to the schema of a message or enum.
pub(super) fn reference(name: &str) -> Value {
    json!({"$ref": pointer::reference(&schema_pointer(name))})
}

/// Schemas of all that the contract's own files declare, and of what they use.
pub(super) fn schemas(described: &Protobuf) -> Map<String, Value> {
    let mut schemas = Map::new();
    for name in used(described) {
        if let Some(message) = described.messages.get(&name) {
            let schema = well_known(&name).unwrap_or_else(|| object(described, &name, message));
            schemas.insert(name, schema);
        } else if let Some(declared) = described.enums.get(&name) {
            schemas.insert(name.clone(), enumeration(&name, declared));
        }
    }
    schemas
}

/// Names of the contract's own types, and of the built-in ones that they lead to.
fn used(described: &Protobuf) -> BTreeSet<String> {
    let own = |at| described.is_own(at);
    let messages = described.messages.iter().filter(|(_, m)| own(&m.at)).map(|(name, _)| name);
    let enums = described.enums.iter().filter(|(_, e)| own(&e.at)).map(|(name, _)| name);
    let methods = described.services.values().flat_map(|service| &service.methods);
    let methods = methods.flat_map(|method| [&method.input, &method.output]);
    let mut used: BTreeSet<String> = messages.chain(enums).chain(methods).cloned().collect();
    let mut open: Vec<String> = used.iter().cloned().collect();
    while let Some(name) = open.pop() {
        let Some(message) = described.messages.get(&name) else { continue };
        if well_known(&name).is_some() {
            continue;
        }
        let extensions = described.extensions_of(&name).into_iter().map(|(_, field)| field);
        for field in message.fields.iter().chain(extensions) {
            let kind = match &field.kind {
                Kind::Map(_, value) => value,
                kind => kind,
            };
            if let Kind::Message { name, .. } | Kind::Enum(name) = kind
                && used.insert(name.clone())
            {
                open.push(name.clone());
            }
        }
    }
    used
}

fn object(described: &Protobuf, name: &str, message: &Message) -> Value {
    let mut schema = Map::new();
    schema.insert("type".to_owned(), "object".into());
    describe(&mut schema, &message.comment, message.options.is_true("deprecated"));
    if !message.options.set.is_empty() {
        schema.insert("x-options".to_owned(), message.options.values());
    }
    let (mut properties, mut aliases, mut required) = (Map::new(), Map::new(), Vec::new());
    for field in &message.fields {
        let json = &field.json_name;
        properties.insert(json.clone(), property(field));
        if field.name != *json {
            // Parsers accept the name as it is written in the file too.
            let target = field_pointer(name, json);
            let alias = format!("^{}$", field.name);
            aliases.insert(alias, json!({"$ref": pointer::reference(&target)}));
        }
        if field.label == Label::Required {
            required.push(json.clone());
        }
    }
    for (extension, field) in described.extensions_of(name) {
        properties.insert(format!("[{extension}]"), property(field));
    }
    if !properties.is_empty() {
        schema.insert("properties".to_owned(), properties.into());
    }
    // A name that is another field's own is that field.
    aliases.retain(|alias, _| {
        let plain = alias.trim_start_matches('^').trim_end_matches('$');
        !message.fields.iter().any(|field| field.json_name == plain)
    });
    if !aliases.is_empty() {
        schema.insert("patternProperties".to_owned(), aliases.into());
    }
    if !required.is_empty() {
        schema.insert("required".to_owned(), required.into());
    }
    let oneofs: Vec<Value> =
        message.oneofs.iter().filter_map(|(oneof, _)| at_most_one(message, oneof)).collect();
    if !oneofs.is_empty() {
        schema.insert("allOf".to_owned(), oneofs.into());
    }
    schema.into()
}

/// At most one member of a oneof; its size is linear in theirs.
fn at_most_one(message: &Message, oneof: &str) -> Option<Value> {
    let of = |field: &&Field| field.oneof.as_deref() == Some(oneof);
    let members = message.fields.iter().filter(of);
    let mut branches: Vec<Value> =
        members.map(|field| json!({"required": [field.json_name]})).collect();
    if branches.len() < 2 {
        return None;
    }
    branches.push(json!({"not": {"anyOf": branches.clone()}}));
    Some(json!({"oneOf": branches}))
}

fn describe(schema: &mut Map<String, Value>, comment: &str, deprecated: bool) {
    if !comment.is_empty() {
        schema.insert("description".to_owned(), comment.into());
    }
    if deprecated {
        schema.insert("deprecated".to_owned(), true.into());
    }
}

fn property(field: &Field) -> Value {
    let value = match (&field.kind, field.label) {
        (Kind::Map(key, value), _) => {
            let mut schema = json!({
                "type": ["object", "null"],
                "additionalProperties": single(value),
            });
            if let Some(pattern) = key_pattern(*key) {
                schema["propertyNames"] = json!({"pattern": pattern});
            }
            schema
        }
        (kind, Label::Repeated) => {
            json!({"type": ["array", "null"], "items": single(kind)})
        }
        // What is required is not null.
        (kind, Label::Required) => single(kind),
        (kind, _) => or_null(single(kind)),
    };
    let Value::Object(mut schema) = value else { return value };
    describe(&mut schema, &field.comment, field.options.is_true("deprecated"));
    schema.into()
}

/// The same, or null, which is unset.
fn or_null(mut schema: Value) -> Value {
    if let Some(kind) = schema.get_mut("type") {
        match kind {
            Value::Array(kinds) => kinds.push("null".into()),
            one => *one = json!([one.take(), "null"]),
        }
        return schema;
    }
    if schema.get("$ref").is_none() {
        // Any value at all.
        return schema;
    }
    json!({"anyOf": [schema, {"type": "null"}]})
}

fn single(kind: &Kind) -> Value {
    match kind {
        Kind::Scalar(scalar) => of_scalar(*scalar),
        Kind::Message { name, .. } => well_known(name).unwrap_or_else(|| reference(name)),
        Kind::Enum(name) if name == "google.protobuf.NullValue" => json!({"type": "null"}),
        Kind::Enum(name) => reference(name),
        Kind::Map(_, value) => {
            json!({"type": "object", "additionalProperties": single(value)})
        }
        Kind::Named(_) => Value::Bool(true),
    }
}

fn of_scalar(scalar: Scalar) -> Value {
    let whole = |least: Value, most: Value| {
        let digits = if least == 0 { "^[0-9]+$" } else { "^-?[0-9]+$" };
        json!({
            "type": ["integer", "string"],
            "minimum": least,
            "maximum": most,
            "pattern": digits,
            "maxLength": 20,
        })
    };
    match scalar {
        Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32 => {
            whole(i32::MIN.into(), i32::MAX.into())
        }
        Scalar::Uint32 | Scalar::Fixed32 => whole(0.into(), u32::MAX.into()),
        Scalar::Int64 | Scalar::Sint64 | Scalar::Sfixed64 => {
            whole(i64::MIN.into(), i64::MAX.into())
        }
        Scalar::Uint64 | Scalar::Fixed64 => whole(0.into(), u64::MAX.into()),
        Scalar::Double | Scalar::Float => json!({
            "type": ["number", "string"],
            "pattern": "^(NaN|-?Infinity|-?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?)$",
        }),
        Scalar::Bool => json!({"type": "boolean"}),
        Scalar::String => json!({"type": "string"}),
        // Both alphabets, with or without padding.
        Scalar::Bytes => json!({
            "type": "string",
            "contentEncoding": "base64",
            "pattern": "^[A-Za-z0-9+/_-]*={0,2}$",
        }),
    }
}

fn key_pattern(key: Scalar) -> Option<&'static str> {
    match key {
        Scalar::String => None,
        Scalar::Bool => Some("^(true|false)$"),
        Scalar::Uint32 | Scalar::Uint64 | Scalar::Fixed32 | Scalar::Fixed64 => Some("^[0-9]+$"),
        _ => Some("^-?[0-9]+$"),
    }
}

fn enumeration(name: &str, declared: &Enum) -> Value {
    if name == "google.protobuf.NullValue" {
        return json!({"type": "null"});
    }
    let names: Vec<&str> = declared.values.iter().map(|value| value.name.as_str()).collect();
    let numbers: Value = if declared.features.closed_enum {
        let numbers: BTreeSet<i32> = declared.values.iter().map(|value| value.number).collect();
        json!({"enum": numbers})
    } else {
        // An open enum keeps numbers that it does not know, but no such names.
        json!({"type": "integer", "minimum": i32::MIN, "maximum": i32::MAX})
    };
    let mut schema = Map::new();
    describe(&mut schema, &declared.comment, declared.options.is_true("deprecated"));
    if !declared.options.set.is_empty() {
        schema.insert("x-options".to_owned(), declared.options.values());
    }
    schema.insert("anyOf".to_owned(), json!([{"enum": names}, numbers]));
    schema.into()
}

/// Messages with a JSON form of their own.
fn well_known(name: &str) -> Option<Value> {
    let scalar = |scalar| Some(of_scalar(scalar));
    match name.strip_prefix("google.protobuf.")? {
        "DoubleValue" => scalar(Scalar::Double),
        "FloatValue" => scalar(Scalar::Float),
        "Int64Value" => scalar(Scalar::Int64),
        "UInt64Value" => scalar(Scalar::Uint64),
        "Int32Value" => scalar(Scalar::Int32),
        "UInt32Value" => scalar(Scalar::Uint32),
        "BoolValue" => scalar(Scalar::Bool),
        "StringValue" => scalar(Scalar::String),
        "BytesValue" => scalar(Scalar::Bytes),
        "Timestamp" => Some(json!({"type": "string", "format": "date-time"})),
        "Duration" => {
            Some(json!({"type": "string", "pattern": "^-?[0-9]{1,12}(\\.[0-9]{1,9})?s$"}))
        }
        "FieldMask" => Some(json!({
            "type": "string",
            "pattern": "^([A-Za-z_][A-Za-z0-9_.]*(,[A-Za-z_][A-Za-z0-9_.]*)*)?$",
        })),
        "Struct" => Some(json!({"type": "object", "additionalProperties": true})),
        "ListValue" => Some(json!({"type": "array"})),
        "Value" => Some(json!({})),
        "Empty" => Some(json!({"type": "object"})),
        // What it holds besides is said by the type that it names.
        "Any" => Some(json!({
            "type": "object",
            "properties": {"@type": {"type": "string"}},
            "required": ["@type"],
            "additionalProperties": true,
        })),
        _ => None,
    }
}
