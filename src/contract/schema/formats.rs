//! Formats that `OpenAPI` adds to those of JSON Schema.
//!
//! The crate asserts those of JSON Schema 2020-12 Validation section 7.3, all but the
//! internationalized host names and mail addresses. Here are those of the `OpenAPI` format registry
//! that exclude a value. A format in neither list asserts nothing, as both standards have it.

use jsonschema::{Keyword, ValidationError, ValidationOptions, Validator};
use serde_json::{Number, Value, json};

/// Registers the formats of strings.
pub(super) fn register(options: ValidationOptions<'static>) -> ValidationOptions<'static> {
    options
        .with_format("byte", is_base64)
        .with_format("decimal", is_decimal)
        // 64 bits in a string, since JSON's readers may not keep them in a number.
        .with_format("int64", |text: &str| text.parse::<i64>().is_ok())
        .with_format("uint64", |text: &str| text.parse::<u64>().is_ok())
}

/// Registers the formats of numbers where `schema` names one: the crate asks formats of strings
/// only, so the keyword itself has to be ours there.
pub(super) fn register_numbers(
    options: ValidationOptions<'static>,
    schema: &Value,
) -> ValidationOptions<'static> {
    if !names_a_number(schema) {
        return options;
    }
    options.with_keyword("format", |_, format, _| {
        let format = format.as_str().unwrap_or_default();
        let strings = super::components::plain().build(&json!({ "format": format }));
        let strings = strings.map_err(ValidationError::to_owned)?;
        Ok(Box::new(Format { range: range(format), strings }) as Box<dyn for<'i> Keyword<'i>>)
    })
}

fn names_a_number(schema: &Value) -> bool {
    match schema {
        Value::Object(object) => {
            let format = object.get("format").and_then(Value::as_str);
            format.is_some_and(|format| range(format).is_some())
                || object.values().any(names_a_number)
        }
        Value::Array(list) => list.iter().any(names_a_number),
        _ => false,
    }
}

/// Whether a number is in the range of its format.
type Range = fn(&Number) -> bool;

fn range(format: &str) -> Option<Range> {
    Some(match format {
        "int8" => |n| whole(n).is_some_and(|n| i8::try_from(n).is_ok()),
        "uint8" => |n| whole(n).is_some_and(|n| u8::try_from(n).is_ok()),
        "int16" => |n| whole(n).is_some_and(|n| i16::try_from(n).is_ok()),
        "uint16" => |n| whole(n).is_some_and(|n| u16::try_from(n).is_ok()),
        "int32" => |n| whole(n).is_some_and(|n| i32::try_from(n).is_ok()),
        "uint32" => |n| whole(n).is_some_and(|n| u32::try_from(n).is_ok()),
        "int64" => |n| whole(n).is_some_and(|n| i64::try_from(n).is_ok()),
        "uint64" => |n| whole(n).is_some_and(|n| u64::try_from(n).is_ok()),
        "float" => |n| n.as_f64().is_some_and(|n| n.abs() <= f64::from(f32::MAX)),
        _ => return None,
    })
}

/// A number without a fraction, such as `5` or `5.0`, exactly.
fn whole(number: &Number) -> Option<i128> {
    if let Some(number) = number.as_i128() {
        return Some(number);
    }
    // 2^64 and its negative bound every format; all such numbers are exact in 128 bits.
    let most = 18_446_744_073_709_551_616.0;
    number.as_f64().filter(|n| n.fract() == 0.0 && n.abs() <= most).map(|n| n as i128)
}

/// Four characters for three bytes (RFC 4648 section 4).
fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    text.len().is_multiple_of(4)
        && text.len() - digits.len() <= 2
        && digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}

/// A number in decimal digits, without an exponent.
fn is_decimal(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(fraction)
}

struct Format {
    range: Option<Range>,
    /// Judges strings; the crate's own formats are all of strings.
    strings: Validator,
}

impl<'i> Keyword<'i> for Format {
    fn validate(&self, value: &'i Value) -> Result<(), ValidationError<'i>> {
        if Keyword::is_valid(self, value) { Ok(()) } else { Err(ValidationError::custom("format")) }
    }

    fn is_valid(&self, value: &'i Value) -> bool {
        match value {
            Value::Number(number) => self.range.is_none_or(|range| range(number)),
            Value::String(_) => self.strings.is_valid(value),
            _ => true,
        }
    }
}
