//! What each object of a document is, and what its members are: the grammar of `OpenAPI` 3 and
//! Swagger 2.0 as far as schemas and references stand in it.
//!
//! A walk by roles knows that `properties: {$ref: {type: string}}` declares a member, that the
//! `$ref` of an example is data, and what a file is whose name alone stands in a `$ref`.

use serde_json::{Map, Value};

use crate::contract::pointer;

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Role {
    /// The root of an `OpenAPI` 3 or Swagger 2.0 document.
    Document,
    Components,
    PathItem,
    Operation,
    Parameter,
    RequestBody,
    Response,
    Header,
    MediaType,
    Encoding,
    Callback,
    Example,
    Link,
    SecurityScheme,
    Schema,
}

/// How the objects of a member stand in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    One(Role),
    List(Role),
    /// By names that people chose.
    Map(Role),
}

/// The methods of a path item (`OpenAPI` 3.1 section 4.8.9).
pub(super) const METHODS: &[&str] =
    &["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Keywords whose value is one schema.
pub(super) const ONE_SCHEMA: &[&str] = &[
    "not",
    "if",
    "then",
    "else",
    "items",
    "contains",
    "additionalItems",
    "additionalProperties",
    "unevaluatedItems",
    "unevaluatedProperties",
    "propertyNames",
    "contentSchema",
];
/// Keywords whose value is a list of schemas; `items` was one before 2020-12.
pub(super) const SCHEMA_LIST: &[&str] = &["allOf", "anyOf", "oneOf", "prefixItems", "items"];
/// Keywords whose value holds schemas by name; `dependencies` holds lists of names too.
pub(super) const SCHEMA_MAP: &[&str] = &[
    "properties",
    "patternProperties",
    "$defs",
    "definitions",
    "dependentSchemas",
    "dependencies",
];

impl Role {
    /// What a member of such an object holds; `None` for what is no part of the grammar.
    pub(super) fn member(self, key: &str, value: &Value) -> Option<Holds> {
        use Holds::{List, Map, One};
        let holds = match (self, key) {
            (Self::Document, "paths" | "webhooks" | "x-webhooks")
            | (Self::Components, "pathItems") => Map(Self::PathItem),
            (Self::Document, "components") => One(Self::Components),
            (Self::Document, "definitions") | (Self::Components, "schemas") => Map(Self::Schema),
            (Self::Document | Self::Components, "parameters") => Map(Self::Parameter),
            (Self::Document | Self::Components | Self::Operation, "responses") => {
                Map(Self::Response)
            }
            (Self::Document, "securityDefinitions") | (Self::Components, "securitySchemes") => {
                Map(Self::SecurityScheme)
            }
            (Self::Components, "requestBodies") => Map(Self::RequestBody),
            (Self::Components | Self::Response | Self::Encoding, "headers") => Map(Self::Header),
            (Self::Components | Self::Response, "links") => Map(Self::Link),
            (Self::Components | Self::Operation, "callbacks") => Map(Self::Callback),
            (Self::Components | Self::Parameter | Self::Header | Self::MediaType, "examples") => {
                Map(Self::Example)
            }
            (Self::PathItem, method) if METHODS.contains(&method) => One(Self::Operation),
            (Self::PathItem | Self::Operation, "parameters") => List(Self::Parameter),
            (Self::Operation, "requestBody") => One(Self::RequestBody),
            (Self::Parameter | Self::Header | Self::RequestBody | Self::Response, "content") => {
                Map(Self::MediaType)
            }
            (Self::Parameter | Self::Header | Self::MediaType | Self::Response, "schema")
            | (Self::MediaType, "itemSchema") => One(Self::Schema),
            (Self::MediaType, "encoding") => Map(Self::Encoding),
            (Self::Callback, key) if !key.starts_with("x-") && key != "$ref" => One(Self::PathItem),
            (Self::Schema, key) => return schemas(key, value),
            _ => return None,
        };
        Some(holds)
    }

    /// Whether members beside a `$ref` mean something: a path item may have both
    /// (`OpenAPI` 3.1 section 4.8.9.1), a schema from 3.1 on.
    pub(super) fn takes_siblings(self, schemas_do: bool) -> bool {
        match self {
            Self::PathItem => true,
            Self::Schema => schemas_do,
            _ => false,
        }
    }
}

fn schemas(key: &str, value: &Value) -> Option<Holds> {
    match value {
        Value::Array(_) if SCHEMA_LIST.contains(&key) => Some(Holds::List(Role::Schema)),
        Value::Object(_) if SCHEMA_MAP.contains(&key) => Some(Holds::Map(Role::Schema)),
        Value::Object(_) if ONE_SCHEMA.contains(&key) => Some(Holds::One(Role::Schema)),
        _ => None,
    }
}

/// The role that the grammar gives to what stands at `pointer` below an object of this role;
/// `None` where the grammar does not reach.
pub(super) fn role_at(object: &Map<String, Value>, role: Role, pointer: &str) -> Option<Role> {
    let mut segments = pointer.split('/').skip(1).map(pointer::unescape);
    let (mut object, mut role) = (object, role);
    while let Some(key) = segments.next() {
        let value = object.get(&*key)?;
        let (next, below) = match role.member(&key, value)? {
            Holds::One(role) => (value, role),
            Holds::Map(role) => (value.get(&*segments.next()?)?, role),
            Holds::List(role) => (value.get(index(&segments.next()?)?)?, role),
        };
        role = below;
        match next {
            Value::Object(next) => object = next,
            _ => return segments.next().is_none().then_some(role),
        }
    }
    Some(role)
}

fn index(segment: &str) -> Option<usize> {
    segment.parse().ok()
}
