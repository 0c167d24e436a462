//! What the keywords of one schema say, without its parts.

use std::cell::OnceCell;

use regex::Regex;
use serde_json::{Map, Value};

/// A set of JSON types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Kinds(u8);

impl Kinds {
    pub(in super::super) const NONE: Self = Self(0);
    pub(in super::super) const NULL: Self = Self(1);
    const BOOLEAN: Self = Self(1 << 1);
    const INTEGER: Self = Self(1 << 2);
    const FRACTION: Self = Self(1 << 3);
    const STRING: Self = Self(1 << 4);
    const ARRAY: Self = Self(1 << 5);
    const OBJECT: Self = Self(1 << 6);
    const ALL: Self = Self(127);

    /// A number without a fraction is an integer (JSON Schema Core 2020-12 section 4.2.3).
    pub(in super::super) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::NULL,
            Value::Bool(_) => Self::BOOLEAN,
            Value::Number(n) if n.as_f64().is_some_and(|n| n.fract() != 0.0) => Self::FRACTION,
            Value::Number(_) => Self::INTEGER,
            Value::String(_) => Self::STRING,
            Value::Array(_) => Self::ARRAY,
            Value::Object(_) => Self::OBJECT,
        }
    }

    fn named(name: &str) -> Self {
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

    pub(in super::super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(in super::super) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(in super::super) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

/// The keywords of one schema.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a keyword of its own")]
pub(in super::super) struct Facts<'d> {
    /// `type`.
    pub(in super::super) kinds: Kinds,
    pub(in super::super) options: Option<&'d [Value]>,
    pub(in super::super) constant: Option<&'d Value>,
    /// `minimum`, `exclusiveMinimum`, `maximum`, `exclusiveMaximum`.
    pub(in super::super) range: [Option<f64>; 4],
    pub(in super::super) step: Option<f64>,
    pub(in super::super) length: [Option<u64>; 2],
    pub(in super::super) count: [Option<u64>; 2],
    pub(in super::super) members: [Option<u64>; 2],
    pub(in super::super) distinct: bool,
    pub(in super::super) pattern: Option<&'d str>,
    compiled: OnceCell<Option<Regex>>,
    pub(in super::super) format: Option<&'d str>,
    pub(in super::super) required: Vec<&'d str>,
    pub(in super::super) properties: Option<&'d Map<String, Value>>,
    pub(in super::super) patterns: Vec<(&'d str, &'d Value)>,
    /// `additionalProperties`, unless it says `true`.
    pub(in super::super) additional: Option<&'d Value>,
    pub(in super::super) items: Option<&'d Value>,
    pub(in super::super) first_items: Option<&'d Vec<Value>>,
    /// `dependentRequired`.
    pub(super) dependent: Option<&'d Map<String, Value>>,
    /// `readOnly`, `writeOnly`.
    pub(in super::super) one_way: [bool; 2],
    /// One change may matter elsewhere: a dependency, a rule about names or about some item.
    pub(super) guarded: bool,
    /// There is a keyword that is not understood here.
    pub(super) unsure: bool,
    /// No members but the named ones.
    pub(in super::super) closed: bool,
    /// The schema `false`.
    pub(super) nothing: bool,
}

impl<'d> Facts<'d> {
    pub(super) fn of(schema: &'d Value) -> Self {
        static EMPTY: Value = Value::Null;
        let get = |key: &str| schema.get(key);
        let float = |key: &str| get(key).and_then(Value::as_f64);
        let whole = |key: &str| get(key).and_then(Value::as_u64);
        let has = |keys: &[&str]| keys.iter().any(|key| get(key).is_some());
        let is = |key: &str| get(key) == Some(&Value::Bool(true));
        let map = |key: &str| get(key).and_then(Value::as_object);
        Self {
            kinds: match get("type").unwrap_or(&EMPTY) {
                Value::String(name) => Kinds::named(name),
                Value::Array(names) => names
                    .iter()
                    .filter_map(Value::as_str)
                    .map(Kinds::named)
                    .fold(Kinds::NONE, Kinds::or),
                _ => Kinds::ALL,
            },
            options: get("enum").and_then(Value::as_array).map(Vec::as_slice),
            constant: get("const"),
            range: ["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"].map(float),
            step: float("multipleOf"),
            length: ["minLength", "maxLength"].map(whole),
            count: ["minItems", "maxItems"].map(whole),
            members: ["minProperties", "maxProperties"].map(whole),
            distinct: is("uniqueItems"),
            pattern: get("pattern").and_then(Value::as_str),
            compiled: OnceCell::new(),
            format: get("format").and_then(Value::as_str),
            required: get("required")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect(),
            properties: map("properties"),
            patterns: map("patternProperties")
                .into_iter()
                .flatten()
                .map(|(pattern, schema)| (pattern.as_str(), schema))
                .collect(),
            additional: get("additionalProperties").filter(|value| **value != Value::Bool(true)),
            items: get("items"),
            first_items: get("prefixItems").and_then(Value::as_array),
            dependent: map("dependentRequired"),
            one_way: ["readOnly", "writeOnly"].map(is),
            guarded: has(&["dependentRequired", "dependentSchemas", "contains", "propertyNames"]),
            unsure: has(&["dependentSchemas", "contains", "propertyNames", "$dynamicRef"]),
            closed: ["additionalProperties", "unevaluatedProperties"]
                .iter()
                .any(|key| get(key) == Some(&Value::Bool(false))),
            nothing: *schema == Value::Bool(false),
        }
    }

    /// Whether the pattern matches; `None` where this engine does not know it.
    pub(in super::super) fn pattern_matches(&self, text: &str) -> Option<bool> {
        let pattern = self.pattern?;
        let compiled = self.compiled.get_or_init(|| Regex::new(pattern).ok());
        compiled.as_ref().map(|regex| regex.is_match(text))
    }
}

/// Whether a pattern of names matches; `None` where this engine does not know it.
pub(super) fn matches(pattern: &str, name: &str) -> Option<bool> {
    Regex::new(pattern).ok().map(|regex| regex.is_match(name))
}
