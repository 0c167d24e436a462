//! The neutral model: what a contract promises, whatever its document's format.

use std::sync::Arc;

use serde_json::Value;

use super::{
    route::Routes,
    schema::{SchemaRef, Schemas, resolve},
    source::Source,
};

/// One version of a promise.
#[derive(Debug)]
pub struct Contract {
    /// `domain/name/vN`.
    pub id: String,
    /// The document's own title.
    pub title: String,
    /// Where it was read from, with its text for places.
    pub source: Arc<Source>,
    /// SHA-256 of the root document in hex.
    pub sha256: String,
    /// The promised interactions, in the document's order.
    pub operations: Vec<Operation>,
    /// Every schema of the document, compiled once under one root.
    pub(super) schemas: Schemas,
    /// The document, its schemas lifted to JSON Schema 2020-12.
    pub(super) document: Arc<Value>,
    /// The operations' path templates, by the operations' numbers.
    pub(super) routes: Routes,
}

impl Contract {
    /// The operation of this name (`operationId`, else `METHOD /path`).
    pub fn operation(&self, name: &str) -> Option<&Operation> {
        self.operations.iter().find(|op| op.name == name)
    }

    /// The schema at this place of the document, with references followed.
    pub fn schema(&self, schema: &SchemaRef) -> &Value {
        resolve(&self.document, schema)
    }
}

/// One promised interaction.
#[derive(Debug, Clone)]
pub struct Operation {
    /// `operationId`, else `METHOD /path`.
    pub name: String,
    /// In capitals.
    pub method: String,
    /// Path template as documented: `/v1/payment_intents/{intent}`.
    pub path: String,
    /// JSON Pointer of the operation in the document.
    pub pointer: String,
    /// Path, query and header parameters.
    pub parameters: Vec<Parameter>,
    /// The body to send, if one is described.
    pub request_body: Option<RequestBody>,
    /// What may be answered, in the document's order.
    pub responses: Vec<ResponseSpec>,
}

impl Operation {
    /// What is promised for this status: the exact code, else its range
    /// (`4XX`), else `default`.
    pub fn response(&self, status: u16) -> Option<&ResponseSpec> {
        let by = |wanted: StatusPattern| self.responses.iter().find(|r| r.status == wanted);
        by(StatusPattern::Exact(status))
            .or_else(|| by(StatusPattern::Range((status / 100) as u8)))
            .or_else(|| by(StatusPattern::Default))
    }

    /// The documented success answer: the lowest exact 2xx, else `2XX`.
    pub fn success(&self) -> Option<&ResponseSpec> {
        let exact = self
            .responses
            .iter()
            .filter_map(|r| match r.status {
                StatusPattern::Exact(code @ 200..=299) => Some((code, r)),
                _ => None,
            })
            .min_by_key(|(code, _)| *code)
            .map(|(_, r)| r);
        exact.or_else(|| self.responses.iter().find(|r| r.status == StatusPattern::Range(2)))
    }
}

/// Where a parameter travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParameterPlace {
    /// In the path template.
    Path,
    /// In the query string.
    Query,
    /// In a header field.
    Header,
}

/// How an array or object travels as a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParameterStyle {
    /// `a=1&a=2`, the default of query parameters.
    Repeated,
    /// `1,2`, the default of path and header parameters.
    Commas,
    /// `a[b]=1` and `a[0]=x`: `deepObject`.
    Brackets,
}

/// A parameter outside the body.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its name as documented.
    pub name: String,
    /// Where it travels.
    pub place: ParameterPlace,
    /// Whether it must be there.
    pub required: bool,
    /// Its type.
    pub schema: SchemaRef,
    /// How a value of several parts travels.
    pub style: ParameterStyle,
    /// JSON Pointer of the parameter in the document.
    pub pointer: String,
    /// A documented example.
    pub example: Option<Value>,
}

/// A request body.
#[derive(Debug, Clone)]
pub struct RequestBody {
    /// Whether it must be there.
    pub required: bool,
    /// By media type, in the document's order; the first is the one we send.
    pub content: Vec<MediaType>,
}

/// A body of one media type.
#[derive(Debug, Clone)]
pub struct MediaType {
    /// Such as `application/json`, lower case, without parameters.
    pub name: String,
    /// Its schema.
    pub schema: Option<SchemaRef>,
    /// JSON Pointer of the media type object.
    pub pointer: String,
    /// Documented examples.
    pub examples: Vec<NamedExample>,
}

/// A documented example.
#[derive(Debug, Clone)]
pub struct NamedExample {
    /// Its key under `examples`; empty for the bare `example`.
    pub name: String,
    /// The value, references resolved.
    pub value: Arc<Value>,
    /// JSON Pointer of the value in the document.
    pub pointer: String,
}

/// A status or a set of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StatusPattern {
    /// `404`.
    Exact(u16),
    /// `4XX`, by its first digit.
    Range(u8),
    /// `default`.
    Default,
}

/// A promised answer.
#[derive(Debug, Clone)]
pub struct ResponseSpec {
    /// Which statuses it is for.
    pub status: StatusPattern,
    /// JSON Pointer of the response object.
    pub pointer: String,
    /// Documented header fields.
    pub headers: Vec<HeaderSpec>,
    /// Bodies by media type.
    pub content: Vec<MediaType>,
}

/// A promised header field of an answer.
#[derive(Debug, Clone)]
pub struct HeaderSpec {
    /// Lower case.
    pub name: String,
    /// Whether it must be there.
    pub required: bool,
    /// Its type.
    pub schema: SchemaRef,
    /// JSON Pointer of the header object.
    pub pointer: String,
    /// A documented example.
    pub example: Option<Value>,
}
