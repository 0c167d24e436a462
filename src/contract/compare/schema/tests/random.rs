//! Small random schemas and values over few names, so that they meet often.

use serde_json::{Map, Value, json};

/// A source of schemas and values.
pub(super) struct Random(fastrand::Rng);

const NAMES: &[&str] = &["a", "b", "c"];
const TYPES: &[&str] = &["null", "boolean", "integer", "number", "string", "array", "object"];
const TEXTS: &[&str] = &["", "a", "b", "ab", "abc"];
const PATTERNS: &[&str] = &["^a", "b$", "^[ab]*$", ""];

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.0.usize(..from.len())]
    }

    pub(super) fn value(&mut self, depth: u32) -> Value {
        match self.0.u32(..if depth == 0 { 5 } else { 9 }) {
            0 => Value::Null,
            1 => json!(self.0.bool()),
            2 => json!(self.0.i32(-3..6)),
            3 => json!(f64::from(self.0.i32(-6..12)) / 2.0),
            4 => json!(self.pick(TEXTS)),
            5 | 6 => {
                let count = self.0.usize(..4);
                (0..count).map(|_| self.value(depth - 1)).collect()
            }
            _ => {
                let mut object = Map::new();
                for name in NAMES {
                    if self.0.u32(..5) < 3 {
                        object.insert((*name).to_owned(), self.value(depth - 1));
                    }
                }
                Value::Object(object)
            }
        }
    }

    /// A schema that may refer to `#/$defs/x` and `#/$defs/y`.
    pub(super) fn schema(&mut self, depth: u32) -> Value {
        match self.0.u32(..20) {
            0 => return json!(self.0.u32(..4) > 0),
            1 if depth > 0 => return json!({"$ref": self.pick(&["#/$defs/x", "#/$defs/y"])}),
            _ => {}
        }
        let mut schema = Map::new();
        if self.0.u32(..10) < 7 {
            let one = json!(self.pick(TYPES));
            let several = json!([self.pick(TYPES), self.pick(TYPES)]);
            let mut kind = if self.0.u32(..4) == 0 { several } else { one };
            if kind[0] == kind[1] && kind.is_array() {
                kind = kind[0].take();
            }
            schema.insert("type".to_owned(), kind);
        }
        for _ in 0..self.0.u32(..4) {
            let (key, value) = self.keyword(depth);
            schema.insert(key.to_owned(), value);
        }
        Value::Object(schema)
    }

    fn keyword(&mut self, depth: u32) -> (&'static str, Value) {
        let small = self.0.i32(..4).abs() % 4;
        let end = json!(f64::from(self.0.i32(-4..10)) / 2.0);
        let below = depth.saturating_sub(1);
        match self.0.u32(..if depth == 0 { 13 } else { 36 }) {
            0 => ("minimum", end),
            1 => ("maximum", end),
            2 => ("exclusiveMinimum", end),
            3 => ("exclusiveMaximum", end),
            4 => ("multipleOf", json!(self.pick(&[0.5, 1.0, 1.5, 2.0, 3.0]))),
            5 => ("minLength", json!(small)),
            6 => ("maxLength", json!(small)),
            7 => ("pattern", json!(self.pick(PATTERNS))),
            8 => ("const", self.value(below)),
            9..=10 => {
                let mut values: Vec<Value> = Vec::new();
                for _ in 0..=self.0.u32(..4) {
                    let value = self.value(below);
                    if !values.contains(&value) {
                        values.push(value);
                    }
                }
                ("enum", Value::Array(values))
            }
            11 => ("minItems", json!(small)),
            12 => ("maxItems", json!(small)),
            13 => ("minProperties", json!(small)),
            14 => ("maxProperties", json!(small)),
            15 => ("uniqueItems", json!(self.0.bool())),
            16..=17 => ("required", self.names()),
            18..=20 => ("properties", self.named(below)),
            21 => ("patternProperties", json!({self.pick(PATTERNS): self.schema(below)})),
            22 => ("additionalProperties", self.schema(below)),
            23 => ("propertyNames", self.schema(0)),
            24 => ("items", self.schema(below)),
            25 => ("prefixItems", self.list(below)),
            26 => ("contains", self.schema(below)),
            27 => ("anyOf", self.list(below)),
            28 => ("oneOf", self.list(below)),
            29 => ("allOf", self.list(below)),
            30 => ("not", self.schema(below)),
            31 => ("if", self.schema(below)),
            32 => ("then", self.schema(below)),
            33 => ("dependentRequired", json!({self.pick(NAMES): self.names()})),
            34 => ("dependentSchemas", json!({self.pick(NAMES): self.schema(below)})),
            _ => ("unevaluatedProperties", json!(false)),
        }
    }

    fn names(&mut self) -> Value {
        NAMES.iter().filter(|_| self.0.u32(..3) == 0).map(|name| json!(name)).collect()
    }

    fn named(&mut self, depth: u32) -> Value {
        let mut named = Map::new();
        for name in NAMES {
            if self.0.bool() {
                named.insert((*name).to_owned(), self.schema(depth));
            }
        }
        Value::Object(named)
    }

    fn list(&mut self, depth: u32) -> Value {
        (0..=self.0.usize(..3)).map(|_| self.schema(depth)).collect()
    }

    /// A schema close to another one: a part of it exchanged, or the whole of it wrapped.
    pub(super) fn near(&mut self, schema: &Value, depth: u32) -> Value {
        match self.0.u32(..14) {
            0 => json!({"allOf": [schema, self.schema(depth)]}),
            1 => json!({"anyOf": [schema, self.schema(depth)]}),
            2 => json!({"oneOf": [self.schema(depth), schema]}),
            3 => json!({"oneOf": [schema]}),
            4 => json!({"not": {"not": schema}}),
            5 => self.schema(depth),
            _ => {
                let mut near = schema.clone();
                let size = parts(&near);
                let at = self.0.usize(..size.max(1));
                self.exchange(&mut near, &mut { at }, depth);
                near
            }
        }
    }

    fn exchange(&mut self, value: &mut Value, at: &mut usize, depth: u32) {
        match value {
            Value::Object(object) => {
                if *at == 0 {
                    let key = object.keys().nth(self.0.usize(..object.len().max(1))).cloned();
                    match key {
                        Some(key) if self.0.bool() => {
                            object.shift_remove(&key);
                        }
                        _ => {
                            let (key, value) = self.keyword(depth);
                            object.insert(key.to_owned(), value);
                        }
                    }
                }
                for value in object.values_mut() {
                    *at = at.wrapping_sub(1);
                    self.exchange(value, at, depth.saturating_sub(1));
                }
            }
            Value::Array(list) => {
                for value in list {
                    *at = at.wrapping_sub(1);
                    self.exchange(value, at, depth.saturating_sub(1));
                }
            }
            _ => {}
        }
    }

    /// A document: a schema with two definitions.
    pub(super) fn document(&mut self, depth: u32) -> Value {
        let schema = self.schema(depth);
        self.around(&schema, depth)
    }

    /// A schema with two definitions around it.
    pub(super) fn around(&mut self, schema: &Value, depth: u32) -> Value {
        json!({
            "$defs": {"x": self.schema(depth - 1), "y": self.schema(depth - 1)},
            "root": schema,
        })
    }
}

fn parts(value: &Value) -> usize {
    1 + match value {
        Value::Object(object) => object.values().map(parts).sum(),
        Value::Array(list) => list.iter().map(parts).sum(),
        _ => 0,
    }
}
