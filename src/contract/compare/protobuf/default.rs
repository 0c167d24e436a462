//! What a field means that is absent.

use serde_json::Value;

use super::changes::Changes;
use crate::contract::model::protobuf::{Field, Kind, Label, Protobuf, Scalar};

/// A default, comparable across types.
#[derive(Debug, PartialEq)]
enum Default {
    Text(String),
    Whole(i128),
    Real(f64),
}

/// The defaults of a field on both sides as text, where they differ.
pub(super) fn differ(changes: &Changes<'_>, old: &Field, new: &Field) -> Option<(String, String)> {
    let (was, is) = (of(changes.old, old)?, of(changes.new, new)?);
    // A type that changed has a rule of its own.
    if is_zero(&was) && is_zero(&is) {
        return None;
    }
    let narrow = [old, new].iter().any(|field| field.kind == Kind::Scalar(Scalar::Float));
    (!same(&was, &is, narrow)).then(|| (shown(&was), shown(&is)))
}

fn is_zero(default: &Default) -> bool {
    match default {
        Default::Text(text) => text.is_empty(),
        Default::Whole(number) => *number == 0,
        Default::Real(number) => *number == 0.0,
    }
}

fn shown(default: &Default) -> String {
    match default {
        Default::Text(text) => format!("{text:?}"),
        Default::Whole(number) => number.to_string(),
        Default::Real(number) => number.to_string(),
    }
}

fn same(a: &Default, b: &Default, narrow: bool) -> bool {
    let real = |default: &Default| match default {
        Default::Whole(number) => Some(*number as f64),
        Default::Real(number) => Some(*number),
        Default::Text(_) => None,
    };
    if a == b {
        return true;
    }
    match (real(a), real(b)) {
        (Some(a), Some(b)) if a.is_nan() && b.is_nan() => true,
        (Some(a), Some(b)) if narrow => (a as f32).to_bits() == (b as f32).to_bits(),
        // Whole numbers were compared exactly above.
        (Some(x), Some(y)) if !matches!((a, b), (Default::Whole(_), Default::Whole(_))) => {
            x.to_bits() == y.to_bits()
        }
        _ => false,
    }
}

/// The default of a field; none where it can have none.
fn of(side: &Protobuf, field: &Field) -> Option<Default> {
    if matches!(field.label, Label::Repeated | Label::Map) {
        return None;
    }
    match &field.kind {
        Kind::Scalar(Scalar::String | Scalar::Bytes) => {
            let text = field.default.as_ref().and_then(Value::as_str).unwrap_or_default();
            Some(Default::Text(text.to_owned()))
        }
        Kind::Scalar(_) => Some(field.default.as_ref().map_or(Default::Whole(0), number)),
        Kind::Enum(name) => {
            let values = &side.enums.get(name)?.values;
            let named = field.default.as_ref().and_then(Value::as_str);
            let value = match named {
                Some(named) => values.iter().find(|value| value.name == named),
                None => values.first(),
            };
            Some(Default::Whole(value?.number.into()))
        }
        Kind::Message { .. } | Kind::Map(..) | Kind::Named(_) => None,
    }
}

fn number(value: &Value) -> Default {
    match value {
        Value::Bool(yes) => Default::Whole(i128::from(*yes)),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => Default::Whole(number.into()),
            (_, Some(number)) => Default::Whole(number.into()),
            _ => Default::Real(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::String(word) => Default::Real(match word.as_str() {
            "inf" => f64::INFINITY,
            "-inf" => f64::NEG_INFINITY,
            _ => f64::NAN,
        }),
        _ => Default::Whole(0),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn defaults_are_compared_by_what_they_mean() {
        let equal = |a: Value, b: Value, narrow| same(&number(&a), &number(&b), narrow);
        assert!(equal(json!(1), json!(1.0), false));
        assert!(equal(json!("nan"), json!("nan"), false));
        assert!(equal(json!(0.1), json!(0.100_000_001), true));
        assert!(!equal(json!(0.1), json!(0.100_000_001), false));
        assert!(!equal(json!(u64::MAX), json!(u64::MAX - 1), false));
        assert!(!equal(json!("inf"), json!("-inf"), false));
        assert!(equal(json!(true), json!(1), false));
    }
}
