//! Types as JSON Schema 2020-12, by the JSON encoding (specification, "JSON Encoding").

use serde_json::{Map, Value, json};

use crate::contract::{
    model::{
        avro::{Avro, Body, Kind, Named, Primitive, Type},
        schema_pointer,
    },
    pointer,
};

/// Schemas of all named types.
pub(super) fn schemas(avro: &Avro) -> Map<String, Value> {
    avro.named.iter().map(|(name, named)| (name.clone(), of_named(named))).collect()
}

fn of_named(named: &Named) -> Value {
    let mut schema = match &named.body {
        Body::Record(fields) => {
            // A writer writes every field; a default serves readers alone.
            let required: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
            let properties: Map<String, Value> = fields
                .iter()
                .map(|field| {
                    let mut schema = of(&field.kind);
                    describe(&mut schema, &field.doc);
                    if let Some(default) = &field.default {
                        schema["x-default"] = default.clone();
                    }
                    (field.name.clone(), schema)
                })
                .collect();
            object([
                ("type", "object".into()),
                ("properties", properties.into()),
                ("required", required.into()),
            ])
        }
        Body::Enum(symbols, _) => json!({"enum": symbols}),
        Body::Fixed(size) => json!({
            "type": "string",
            "pattern": BYTES,
            "minLength": size,
            "maxLength": size,
        }),
    };
    describe(&mut schema, &named.doc);
    if let Some(logical) = &named.logical {
        schema["x-logical-type"] = logical.to_string().into();
    }
    schema
}

/// An object of parts that are moved, where `json!` would copy each level anew.
fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Each byte is the character of the same number.
const BYTES: &str = "^[\\u0000-\\u00ff]*$";

fn describe(schema: &mut Value, doc: &str) {
    if !doc.is_empty() {
        schema["description"] = doc.into();
    }
}

/// The schema of a type where it is used.
pub(super) fn of(kind: &Type) -> Value {
    let mut schema = match &kind.kind {
        Kind::Primitive(primitive) => of_primitive(*primitive),
        Kind::Array(items) => object([("type", "array".into()), ("items", of(items))]),
        Kind::Map(values) => {
            object([("type", "object".into()), ("additionalProperties", of(values))])
        }
        Kind::Named(name) => json!({"$ref": pointer::reference(&schema_pointer(name))}),
        Kind::Union(branches) => object([("anyOf", branches.iter().map(branch).collect())]),
    };
    if let Some(logical) = &kind.logical {
        schema["x-logical-type"] = logical.to_string().into();
    }
    schema
}

/// A branch is named in JSON, but null.
fn branch(branch: &Type) -> Value {
    if branch.kind == Kind::Primitive(Primitive::Null) {
        return json!({"type": "null"});
    }
    let name = branch.branch_name();
    object([
        ("type", "object".into()),
        ("properties", object([(name, of(branch))])),
        ("required", json!([name])),
        ("additionalProperties", false.into()),
    ])
}

fn of_primitive(primitive: Primitive) -> Value {
    match primitive {
        Primitive::Null => json!({"type": "null"}),
        Primitive::Boolean => json!({"type": "boolean"}),
        Primitive::Int => json!({"type": "integer", "minimum": i32::MIN, "maximum": i32::MAX}),
        Primitive::Long => json!({"type": "integer", "minimum": i64::MIN, "maximum": i64::MAX}),
        // JSON has no number for these three; writers say their names.
        Primitive::Float | Primitive::Double => {
            json!({"type": ["number", "string"], "pattern": "^(NaN|-?Infinity|-?INF)$"})
        }
        Primitive::Bytes => json!({"type": "string", "pattern": BYTES}),
        Primitive::String => json!({"type": "string"}),
    }
}
