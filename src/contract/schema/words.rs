//! What keywords demand, in words.

use jsonschema::{ValidationError, error::ValidationErrorKind};
use serde_json::Value;

/// What a broken keyword demands.
pub(super) fn expected(kind: &ValidationErrorKind, error: &ValidationError<'_>) -> String {
    use ValidationErrorKind as Kind;
    match kind {
        Kind::Type { kind } => type_words(kind),
        Kind::Enum { options } => match options.as_array().map(Vec::as_slice) {
            Some([only]) => only.to_string(),
            Some(options) => {
                let words: Vec<String> = options.iter().map(Value::to_string).collect();
                format!("one of {}", clip(&words.join(", "), 160))
            }
            None => "one of a list of values".to_owned(),
        },
        Kind::Constant { expected_value } => clip(&expected_value.to_string(), 80),
        Kind::Format { format } => format!("a string in the format `{format}`"),
        Kind::Pattern { pattern } => format!("a string that matches /{}/", clip(pattern, 80)),
        Kind::BacktrackLimitExceeded { .. } => "a string that the pattern can decide".to_owned(),
        Kind::Minimum { limit } => format!("at least {limit}"),
        Kind::Maximum { limit } => format!("at most {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("more than {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("less than {limit}"),
        Kind::MultipleOf { multiple_of } => format!("a multiple of {multiple_of}"),
        Kind::MinLength { limit } => format!("at least {limit} characters"),
        Kind::MaxLength { limit } => format!("at most {limit} characters"),
        Kind::MinItems { limit } => format!("at least {limit} items"),
        Kind::MaxItems { limit } => format!("at most {limit} items"),
        Kind::MinProperties { limit } => format!("at least {limit} members"),
        Kind::MaxProperties { limit } => format!("at most {limit} members"),
        Kind::OneOfMultipleValid { .. } => "a value of exactly one of the schemas".to_owned(),
        Kind::UniqueItems => "items that differ".to_owned(),
        Kind::FalseSchema => "nothing here".to_owned(),
        _ => clip(&error.masked().to_string(), 120),
    }
}

/// Types in words, such as `an integer or null`.
fn type_words(kind: &jsonschema::error::TypeKind) -> String {
    use jsonschema::error::TypeKind;
    let word = |name: String| match name.as_str() {
        "null" => "null".to_owned(),
        "boolean" => "true or false".to_owned(),
        "array" | "integer" | "object" => format!("an {name}"),
        _ => format!("a {name}"),
    };
    match kind {
        TypeKind::Single(one) => word(one.to_string()),
        TypeKind::Multiple(many) => {
            many.iter().map(|one| word(one.to_string())).collect::<Vec<_>>().join(" or ")
        }
    }
}

/// The first `most` characters, with an ellipsis where something was cut.
pub(in crate::contract) fn clip(text: &str, most: usize) -> String {
    if text.char_indices().nth(most).is_none() {
        text.to_owned()
    } else {
        let end = text.char_indices().nth(most - 1).map_or(text.len(), |(at, _)| at);
        format!("{}…", &text[..end])
    }
}
