//! In which language a payload is described (`AsyncAPI` 2.6, Message Object, "Schema formats";
//! 3.0, Multi Format Schema Object).

use serde_json::Value;

use crate::contract::read::drafts::Dialect;

/// The language of a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// One that is lifted to JSON Schema 2020-12.
    Schema(Dialect),
    /// Another one, such as Avro or RAML: such a payload is any value.
    Opaque,
}

/// The language that a `schemaFormat` names; the Schema Object of `AsyncAPI` where there is none.
pub(super) fn format_of(schema_format: Option<&Value>) -> Format {
    let Some(Value::String(format)) = schema_format else {
        return Format::Schema(Dialect::Draft7);
    };
    let format = format.to_ascii_lowercase();
    let (media, parameters) = format.split_once(';').unwrap_or((&format, ""));
    let media = media.trim();
    if media.starts_with("application/vnd.aai.asyncapi") {
        return Format::Schema(Dialect::Draft7);
    }
    if media.starts_with("application/vnd.oai.openapi") {
        let is_3_1 = parameters.contains("3.1") || parameters.contains("3.2");
        return Format::Schema(if is_3_1 { Dialect::Draft2020 } else { Dialect::OpenApi30 });
    }
    if matches!(media, "application/schema+json" | "application/schema+yaml") {
        return Format::Schema(match parameters {
            version if version.contains("04") => Dialect::Draft4,
            version if version.contains("2019") => Dialect::Draft2019,
            version if version.contains("2020") => Dialect::Draft2020,
            _ => Dialect::Draft7,
        });
    }
    Format::Opaque
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn formats_are_known_by_their_media_type() {
        for (format, expected) in [
            ("application/vnd.aai.asyncapi;version=2.6.0", Format::Schema(Dialect::Draft7)),
            ("application/vnd.aai.asyncapi+yaml;version=3.0.0", Format::Schema(Dialect::Draft7)),
            ("application/schema+json;version=draft-07", Format::Schema(Dialect::Draft7)),
            ("application/schema+json;version=draft-04", Format::Schema(Dialect::Draft4)),
            ("application/schema+yaml; version=2020-12", Format::Schema(Dialect::Draft2020)),
            ("application/vnd.oai.openapi;version=3.0.0", Format::Schema(Dialect::OpenApi30)),
            ("application/vnd.oai.openapi+json;version=3.1.0", Format::Schema(Dialect::Draft2020)),
            ("application/vnd.apache.avro;version=1.9.0", Format::Opaque),
            ("application/vnd.google.protobuf;version=3", Format::Opaque),
            ("application/raml+yaml;version=1.0", Format::Opaque),
        ] {
            assert_eq!(format_of(Some(&json!(format))), expected, "{format}");
        }
        assert_eq!(format_of(None), Format::Schema(Dialect::Draft7));
    }
}
