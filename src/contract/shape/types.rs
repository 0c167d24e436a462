//! Sets of JSON types.

use serde_json::{Map, Value};

/// A set of JSON types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::contract) struct Types(u8);

impl Types {
    pub(in crate::contract) const NULL: Self = Self(1);
    pub(in crate::contract) const BOOLEAN: Self = Self(1 << 1);
    pub(in crate::contract) const INTEGER: Self = Self(1 << 2);
    /// Numbers with a fraction; a schema's `number` is this and [`Types::INTEGER`].
    pub(in crate::contract) const FRACTION: Self = Self(1 << 3);
    pub(in crate::contract) const STRING: Self = Self(1 << 4);
    pub(in crate::contract) const ARRAY: Self = Self(1 << 5);
    pub(in crate::contract) const OBJECT: Self = Self(1 << 6);
    pub(in crate::contract) const ALL: Self = Self(127);
    pub(in crate::contract) const NONE: Self = Self(0);

    pub(in crate::contract) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(in crate::contract) fn is_only(self, other: Self) -> bool {
        self.0 != 0 && self.0 & !other.0 == 0
    }

    /// Whether only an array (or null) may stand here.
    pub(in crate::contract) fn is_list(self) -> bool {
        self.has(Self::ARRAY) && self.is_only(Self::ARRAY.or(Self::NULL))
    }

    pub(in crate::contract) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(in crate::contract) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(in crate::contract) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether exactly one type is in it, `number` counting as one.
    pub(in crate::contract) fn is_single(self) -> bool {
        self.0.is_power_of_two() || self == Self::INTEGER.or(Self::FRACTION)
    }

    pub(in crate::contract) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::NULL,
            Value::Bool(_) => Self::BOOLEAN,
            Value::Number(n) if n.is_f64() => Self::FRACTION,
            Value::Number(_) => Self::INTEGER,
            Value::String(_) => Self::STRING,
            Value::Array(_) => Self::ARRAY,
            Value::Object(_) => Self::OBJECT,
        }
    }

    pub(in crate::contract) fn named(name: &str) -> Self {
        match name {
            "null" => Self::NULL,
            "boolean" => Self::BOOLEAN,
            "integer" => Self::INTEGER,
            "number" => Self::INTEGER.or(Self::FRACTION),
            "string" => Self::STRING,
            "array" => Self::ARRAY,
            "object" => Self::OBJECT,
            _ => Self::NONE,
        }
    }

    /// The types that the schema itself allows, without what it refers to.
    pub(super) fn own(schema: &Map<String, Value>) -> Self {
        let by_type = match schema.get("type") {
            Some(Value::String(name)) => Self::named(name),
            Some(Value::Array(names)) => {
                names.iter().filter_map(Value::as_str).map(Self::named).fold(Self::NONE, Self::or)
            }
            _ => Self::ALL,
        };
        let by_value = match (schema.get("const"), schema.get("enum")) {
            (Some(value), _) => Self::of(value),
            (None, Some(Value::Array(options))) => {
                options.iter().map(Self::of).fold(Self::NONE, Self::or)
            }
            _ => Self::ALL,
        };
        by_type.and(by_value)
    }

    /// Such as `an integer or null`.
    pub(in crate::contract) fn describe(self) -> String {
        let mut words = Vec::new();
        if self.has(Self::FRACTION) {
            words.push("a number");
        } else if self.has(Self::INTEGER) {
            words.push("an integer");
        }
        for (one, word) in [
            (Self::STRING, "a string"),
            (Self::BOOLEAN, "true or false"),
            (Self::ARRAY, "an array"),
            (Self::OBJECT, "an object"),
            (Self::NULL, "null"),
        ] {
            if self.has(one) {
                words.push(word);
            }
        }
        words.join(" or ")
    }
}
