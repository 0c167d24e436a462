//! Which keywords a schema is written in.

/// A dialect of schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::contract::read) enum Dialect {
    /// Swagger 2.0: draft 4 with `x-nullable`, `type: file` and `discriminator` as a name.
    Swagger2,
    /// `OpenAPI` 3.0: draft 5 with `nullable`.
    OpenApi30,
    /// JSON Schema draft 4; draft 3 is read so too.
    Draft4,
    /// JSON Schema draft 6.
    Draft6,
    /// JSON Schema draft 7; the dialect of `AsyncAPI` too.
    Draft7,
    /// JSON Schema 2019-09.
    Draft2019,
    /// JSON Schema 2020-12, the dialect of `OpenAPI` 3.1.
    Draft2020,
}

impl Dialect {
    /// The dialect that a `$schema` names, if we know it.
    pub(in crate::contract::read) fn named(uri: &str) -> Option<Self> {
        let name = uri.trim_end_matches('#').trim_end_matches('/');
        let name = name.split_once("json-schema.org/").map_or(name, |(_, name)| name);
        match name {
            "draft-03/schema" | "draft-04/schema" => Some(Self::Draft4),
            "draft-05/schema" | "draft-06/schema" => Some(Self::Draft6),
            "draft-07/schema" => Some(Self::Draft7),
            "draft/2019-09/schema" => Some(Self::Draft2019),
            "draft/2020-12/schema" | "schema" => Some(Self::Draft2020),
            name if name.contains("spec.openapis.org/oas/3.1") => Some(Self::Draft2020),
            name if name.contains("spec.openapis.org/oas/3.0") => Some(Self::OpenApi30),
            _ => None,
        }
    }

    /// Whether keywords beside `$ref` count (JSON Schema 2019-09 section 8.2.4.1).
    pub(in crate::contract::read) fn takes_siblings(self) -> bool {
        self >= Self::Draft2019
    }

    /// The keyword that allows null.
    pub(super) fn null_keyword(self) -> Option<&'static str> {
        match self {
            Self::Swagger2 => Some("x-nullable"),
            Self::OpenApi30 => Some("nullable"),
            _ => None,
        }
    }
}
