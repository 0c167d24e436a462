//! The neutral model: what a contract promises, whatever its document's format.

pub(super) mod avro;
pub(super) mod protobuf;

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use self::{avro::Avro, protobuf::Protobuf};
use super::{
    pointer::join,
    route::Routes,
    schema::{SchemaRef, Schemas, resolve},
    source::Sources,
};
use crate::evidence::MessagePart;

/// One version of a promise.
#[derive(Debug)]
pub struct Contract {
    /// `domain/name/vN`.
    pub id: String,
    /// The document's own title.
    pub title: String,
    /// The document's own version, such as `info.version`; empty where it has none.
    pub version: String,
    /// The standard that the document follows.
    pub standard: Standard,
    /// The files that it was read from, with their texts for places.
    pub sources: Sources,
    /// SHA-256 of the root document in hex; of all files, in their order, where there are several.
    pub sha256: String,
    /// The promised interactions, in the document's order.
    pub operations: Vec<Operation>,
    /// Every schema of the document, each compiled when a value first asks for it.
    pub(super) schemas: Schemas,
    /// The ways to prove who one is, by name.
    pub security_schemes: Vec<SecurityScheme>,
    /// The document, its schemas lifted to JSON Schema 2020-12; other files and notations
    /// are part of it, see [`Sources`].
    pub(super) document: Arc<Value>,
    /// The operations' path templates, by the operations' numbers.
    pub(super) routes: Routes,
}

impl Contract {
    /// The operation of this name, see [`Operation::name`].
    pub fn operation(&self, name: &str) -> Option<&Operation> {
        self.operations.iter().find(|op| op.name == name)
    }

    /// The schema at this place of the document, with references followed.
    pub fn schema(&self, schema: &SchemaRef) -> &Value {
        resolve(&self.document, schema)
    }
}

/// The standard that a document follows, with its version as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standard {
    /// `OpenAPI` 3.0 or 3.1, or Swagger 2.0.
    OpenApi(String),
    /// `AsyncAPI` 2 or 3.
    AsyncApi(String),
    /// A single JSON Schema, with its draft.
    JsonSchema(String),
    /// Protocol Buffers, with what the wire is made of.
    Protobuf(Arc<Protobuf>),
    /// Avro schemas, with their types.
    Avro(Arc<Avro>),
}

impl Standard {
    /// Such as `OpenAPI 3.1.0`.
    pub fn describe(&self) -> String {
        match self {
            Self::OpenApi(version) if version.starts_with('2') => format!("Swagger {version}"),
            Self::OpenApi(version) => format!("OpenAPI {version}"),
            Self::AsyncApi(version) => format!("AsyncAPI {version}"),
            Self::JsonSchema(draft) => format!("JSON Schema {draft}"),
            Self::Protobuf(described) => format!("Protocol Buffers {}", described.syntaxes()),
            Self::Avro(_) => "Avro".to_owned(),
        }
    }
}

/// Where the schema of a named type stands in a document that was made of another notation.
pub(super) fn schema_pointer(name: &str) -> String {
    join("/components/schemas", name)
}

/// Where the schema of a member of a named type stands in such a document.
pub(super) fn field_pointer(of: &str, member: &str) -> String {
    join(&join(&schema_pointer(of), "properties"), member)
}

/// What kind of interaction an operation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An HTTP request to a path, and its answer.
    Http,
    /// An HTTP request that the described application sends on its own (`OpenAPI` 3.1 `webhooks`).
    Webhook,
    /// An HTTP request that the described application sends to an address it was told (`OpenAPI`
    /// `callbacks`).
    Callback,
    /// A message over a channel; its payload is the request body, its headers are header parameters.
    Message,
    /// A remote procedure call.
    Rpc,
    /// A payload by itself: a JSON Schema, an Avro record, a protobuf message.
    Payload,
}

/// What the application that the document describes does first (the term of `AsyncAPI` 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Others send to it: HTTP paths, RPC, messages that it receives.
    Receive,
    /// It sends to others: webhooks, callbacks, messages that it sends, payloads by themselves.
    Send,
}

/// Whose view a contract document takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DescribedFrom {
    /// The partner's: its operations are calls to the partner.
    Partner,
    /// Ours: its operations are calls to us.
    Us,
}

/// From our side of the wire: who depends on a message being as promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Polarity {
    /// We read it: the partner may say less or more than it did.
    Read,
    /// We write it: the partner may demand less or more than it did.
    Written,
}

/// One promised interaction.
#[derive(Debug, Clone)]
pub struct Operation {
    /// HTTP: `operationId`, else `METHOD /path`. Webhook: its key. Callback:
    /// `operation.callback`, with the method where there are several. Message: the operation key of
    /// `AsyncAPI` 3, `operationId` or `channel#publish` of 2. RPC: `pkg.Service/Method`. Payload: the
    /// schema's title or full name.
    pub name: String,
    /// What kind of interaction it is.
    pub kind: Kind,
    /// Who begins.
    pub action: Action,
    /// HTTP method in capitals; empty for kinds without.
    pub method: String,
    /// Path template as documented (`/v1/payment_intents/{intent}`), name of a webhook, runtime
    /// expression of a callback, address of a channel, `/pkg.Service/Method`; empty for a payload.
    pub path: String,
    /// In a few words what it is for; empty where the document does not say.
    pub summary: String,
    /// Whether the document calls it deprecated.
    pub deprecated: bool,
    /// The day or time of its end as written (`x-sunset`), if said.
    pub sunset: Option<String>,
    /// Ways to be let in: one of the lists must be met whole; empty where nothing is demanded.
    pub security: Vec<Vec<SecurityRequirement>>,
    /// JSON Pointer of the operation in the document.
    pub pointer: String,
    /// Path, query, header and cookie parameters.
    pub parameters: Vec<Parameter>,
    /// The body to send, if one is described.
    pub request_body: Option<RequestBody>,
    /// What may be answered, in the document's order.
    pub responses: Vec<ResponseSpec>,
}

impl Operation {
    /// Whether we read or write this part of the operation's exchange.
    pub fn polarity(&self, part: MessagePart, from: DescribedFrom) -> Polarity {
        let partner_sends = match (self.action, from) {
            (Action::Send, DescribedFrom::Partner) | (Action::Receive, DescribedFrom::Us) => true,
            (Action::Receive, DescribedFrom::Partner) | (Action::Send, DescribedFrom::Us) => false,
        };
        match (part, partner_sends) {
            (MessagePart::Request, true) | (MessagePart::Response, false) => Polarity::Read,
            (MessagePart::Request, false) | (MessagePart::Response, true) => Polarity::Written,
        }
    }

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

/// A scheme that must be met, and what it must grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityRequirement {
    /// Its name in [`Contract::security_schemes`].
    pub scheme: String,
    /// Scopes or roles.
    pub scopes: Vec<String>,
}

/// A way to prove who one is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityScheme {
    /// Its name in the document.
    pub name: String,
    /// What it is: `apiKey header X-Api-Key`, `http bearer`, `oauth2`, `openIdConnect`, `mutualTLS`.
    pub means: String,
    /// JSON Pointer of the scheme in the document.
    pub pointer: String,
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
    /// In the `Cookie` header.
    Cookie,
}

/// How an array or object travels as a parameter (`OpenAPI` 3.1 section 4.8.12.3, RFC 6570).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParameterStyle {
    /// `a=1&a=2`, the default of query parameters.
    Repeated,
    /// `1,2`, the default of path and header parameters; an object as `k,v`.
    Commas,
    /// As [`ParameterStyle::Commas`], an object as `k=v`: `simple` with `explode`.
    Pairs,
    /// `a[b]=1` and `a[0]=x`: `deepObject`.
    Brackets,
    /// `1 2`: `spaceDelimited`.
    Spaces,
    /// `1|2`: `pipeDelimited`.
    Pipes,
    /// Tabs between: `tsv` of Swagger 2.0.
    Tabs,
    /// `.1.2`, an object as `.k=v` with `explode`, else as `.k.v`.
    Label {
        /// Each part on its own.
        explode: bool,
    },
    /// `;a=1;a=2` with `explode`, else `;a=1,2`.
    Matrix {
        /// Each part on its own.
        explode: bool,
    },
    /// As JSON text: `content` with a JSON media type.
    Json,
}

impl ParameterStyle {
    /// The style of this name. Only `form` explodes where nothing is said.
    pub(super) fn named(style: &str, explode: Option<bool>) -> Self {
        match (style, explode.unwrap_or(style == "form")) {
            ("deepObject", _) => Self::Brackets,
            ("spaceDelimited", false) => Self::Spaces,
            ("pipeDelimited", false) => Self::Pipes,
            // What Swagger 2.0 calls `tsv`.
            ("tabDelimited", false) => Self::Tabs,
            ("label", explode) => Self::Label { explode },
            ("matrix", explode) => Self::Matrix { explode },
            ("simple", true) => Self::Pairs,
            ("form" | "spaceDelimited" | "pipeDelimited" | "tabDelimited", true) => Self::Repeated,
            _ => Self::Commas,
        }
    }
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

/// Whether a media type is JSON: `application/json` and all that end in `+json` (RFC 6839 section 3.1).
pub(super) fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let suffix = essence.rsplit(['/', '+']).next().unwrap_or_default();
    suffix.eq_ignore_ascii_case("json")
}

/// Whether a media type is a JSON value on each line, under any of the names in use
/// (RFC 7464 for `json-seq`; the others are registered nowhere).
pub(super) fn is_json_lines(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let (_, subtype) = essence.split_once('/').unwrap_or_default();
    let subtype = subtype.to_ascii_lowercase();
    let plain = subtype.strip_prefix("x-").unwrap_or(&subtype);
    matches!(plain, "ndjson" | "jsonl" | "jsonlines" | "json-lines" | "json-seq")
}
