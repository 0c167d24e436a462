//! A value of a schema.

use fastrand::Rng;
use serde_json::{Map, Number, Value, json};

use super::{
    merge::{Merged, merge},
    text,
};
use crate::contract::{Contract, SchemaRef};

/// Objects and arrays inside each other, at most.
const MOST_DEPTH: usize = 24;
/// Values inside one value, at most: nested references double with each level.
const MOST_VALUES: usize = 10_000;
/// Optional members are made down to here.
const OPTIONAL_DEPTH: usize = 6;
/// Items of one array.
const MOST_ITEMS: u64 = 50;
/// Branches that are tried until the value is valid.
pub(super) const TRIES: usize = 6;

/// Which optional members are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Optional {
    /// All.
    All,
    /// Those with an example or a default.
    Documented,
    /// All, also where a documented example of what holds them leaves them out.
    Full,
    /// None.
    None,
}

/// A value of the schema: its example, default or const where it has one, else generated from its keywords.
pub fn value(contract: &Contract, schema: &SchemaRef, seed: u64) -> Value {
    made(contract, schema, seed, Optional::All, "")
}

/// A value without the optional members that are marked `one_way` (`readOnly`, `writeOnly`).
pub(super) fn made(
    contract: &Contract,
    schema: &SchemaRef,
    seed: u64,
    optional: Optional,
    one_way: &str,
) -> Value {
    let written = contract.document.pointer(&schema.pointer).unwrap_or(&Value::Bool(true));
    let mut first = None;
    for choice in 0..TRIES {
        let value = Make::of(contract, seed, optional, one_way, choice).value(written, 0);
        if contract.schemas.is_valid(schema, &value) {
            return value;
        }
        first.get_or_insert(value);
    }
    first.unwrap_or(Value::Null)
}

/// A value in which of several branches the one that number `choice` counts is taken; `None` where
/// the value that was made breaks its schema.
pub(super) fn valid(
    contract: &Contract,
    schema: &SchemaRef,
    seed: u64,
    optional: Optional,
    one_way: &str,
    choice: usize,
) -> Option<Value> {
    let written = contract.document.pointer(&schema.pointer).unwrap_or(&Value::Bool(true));
    let value = Make::of(contract, seed, optional, one_way, choice).value(written, 0);
    contract.schemas.is_valid(schema, &value).then_some(value)
}

struct Make<'m> {
    document: &'m Value,
    rng: Rng,
    optional: Optional,
    one_way: &'m str,
    /// Which branch of `oneOf` and `anyOf` is taken.
    choice: usize,
    /// Which value of an enumeration is taken.
    variant: usize,
    /// References whose value is being made.
    open: Vec<String>,
    /// Values that may still be made.
    left: usize,
}

impl<'m> Make<'m> {
    fn of(
        contract: &'m Contract,
        seed: u64,
        optional: Optional,
        one_way: &'m str,
        choice: usize,
    ) -> Self {
        Self {
            document: &contract.document,
            rng: Rng::with_seed(seed),
            optional,
            one_way,
            choice,
            variant: 0,
            open: Vec::new(),
            left: MOST_VALUES,
        }
    }

    fn value(&mut self, schema: &Value, depth: usize) -> Value {
        let Some(left) = self.left.checked_sub(1) else { return Value::Null };
        self.left = left;
        let merged = merge(self.document, schema, self.choice);
        let opened = merged.references.len();
        self.open.extend(merged.references.iter().cloned());
        let value = self.made_of(&merged.schema, depth);
        self.open.truncate(self.open.len() - opened);
        value
    }

    fn made_of(&mut self, schema: &Map<String, Value>, depth: usize) -> Value {
        if let Some(value) = self.documented(schema) {
            return value;
        }
        match kind(schema) {
            "object" => self.object(schema, depth),
            "array" => self.array(schema, depth),
            "integer" => number(schema, true, &mut self.rng),
            "number" => number(schema, false, &mut self.rng),
            "boolean" => Value::Bool(self.rng.bool()),
            "null" => Value::Null,
            _ => Value::from(text::text(schema, &mut self.rng)),
        }
    }

    fn documented(&self, schema: &Map<String, Value>) -> Option<Value> {
        if let Some(value) = schema.get("const") {
            return Some(value.clone());
        }
        let example = schema.get("example");
        let listed = schema.get("examples").and_then(Value::as_array).and_then(|l| l.first());
        let shown = example.or(listed).or_else(|| schema.get("default"));
        if let Some(value) = shown.filter(|value| self.says_enough(value)) {
            return Some(value.clone());
        }
        let options = schema.get("enum")?.as_array()?;
        let mut options: Vec<&Value> = options.iter().collect();
        options.sort_by_key(|option| option.is_null());
        options.get(self.variant % options.len().max(1)).map(|value| (*value).clone())
    }

    /// Whether a documented value is as full, or as small, as what is asked for.
    fn says_enough(&self, value: &Value) -> bool {
        match self.optional {
            Optional::All | Optional::Documented => true,
            Optional::Full => !value.is_object() && !value.is_array() && !value.is_null(),
            Optional::None => !value.is_object() && !value.is_array(),
        }
    }

    fn object(&mut self, schema: &Map<String, Value>, depth: usize) -> Value {
        let mut object = Map::new();
        if depth >= MOST_DEPTH {
            return Value::Object(object);
        }
        let required: Vec<&str> = names(schema.get("required"));
        let none = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&none);
        for (name, property) in properties {
            if required.contains(&name.as_str()) || self.wants(property, depth) {
                object.insert(name.clone(), self.value(property, depth + 1));
            }
        }
        let additional = schema.get("additionalProperties").cloned().unwrap_or(json!({}));
        for name in required {
            if !object.contains_key(name) {
                object.insert(name.to_owned(), self.value(&additional, depth + 1));
            }
        }
        let least = schema.get("minProperties").and_then(Value::as_u64).unwrap_or(0);
        let mut number = 0;
        while (object.len() as u64) < least.min(MOST_ITEMS) && additional != Value::Bool(false) {
            number += 1;
            let name = format!("key_{number}");
            if !properties.contains_key(&name) {
                object.insert(name, self.value(&additional, depth + 1));
            }
        }
        Value::Object(object)
    }

    /// Whether an optional member is made: not below a certain depth, not inside itself.
    fn wants(&self, property: &Value, depth: usize) -> bool {
        if *property == Value::Bool(false) || depth >= OPTIONAL_DEPTH {
            return false;
        }
        let Merged { schema, references } = merge(self.document, property, self.choice);
        if references.iter().any(|reference| self.open.contains(reference)) {
            return false;
        }
        if schema.get(self.one_way) == Some(&Value::Bool(true)) {
            return false;
        }
        let documented = ["const", "example", "examples", "default"];
        match self.optional {
            Optional::All | Optional::Full => true,
            Optional::None => false,
            Optional::Documented => documented.iter().any(|key| schema.contains_key(*key)),
        }
    }

    fn array(&mut self, schema: &Map<String, Value>, depth: usize) -> Value {
        let mut list = Vec::new();
        let bound = |key: &str| schema.get(key).and_then(Value::as_u64);
        for item in schema.get("prefixItems").and_then(Value::as_array).into_iter().flatten() {
            list.push(self.value(item, depth + 1));
        }
        let any = Value::Bool(true);
        let items = schema.get("items").unwrap_or(&any);
        let references = merge(self.document, items, self.choice).references;
        let recurs = references.iter().any(|reference| self.open.contains(reference));
        let least = bound("minItems").unwrap_or(0).min(MOST_ITEMS);
        let few = recurs || depth >= OPTIONAL_DEPTH || self.optional == Optional::None;
        let wanted = if few || *items == Value::Bool(false) {
            least
        } else {
            least.max(1).min(bound("maxItems").unwrap_or(MOST_ITEMS))
        };
        let distinct = schema.get("uniqueItems") == Some(&Value::Bool(true));
        let variant = self.variant;
        let mut tries = 0;
        while depth < MOST_DEPTH && (list.len() as u64) < wanted && tries < 4 * MOST_ITEMS {
            tries += 1;
            let item = self.value(items, depth + 1);
            if distinct && list.contains(&item) {
                self.variant += 1;
            } else {
                list.push(item);
            }
        }
        self.variant = variant;
        Value::Array(list)
    }
}

fn names(value: Option<&Value>) -> Vec<&str> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The type to make: the first that is not null, else what the keywords are about.
fn kind(schema: &Map<String, Value>) -> &str {
    match schema.get("type") {
        Some(Value::String(name)) => return name,
        Some(Value::Array(_)) => {
            let names = names(schema.get("type"));
            return names.iter().find(|name| **name != "null").copied().unwrap_or("null");
        }
        _ => {}
    }
    let about = |keys: &[&str]| keys.iter().any(|key| schema.contains_key(*key));
    if about(&["properties", "additionalProperties", "required", "minProperties"]) {
        "object"
    } else if about(&["items", "prefixItems", "minItems", "uniqueItems"]) {
        "array"
    } else if about(&["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]) {
        "number"
    } else {
        "string"
    }
}

/// A number within its bounds: a small one where they leave the choice.
fn number(schema: &Map<String, Value>, whole: bool, rng: &mut Rng) -> Value {
    let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
    let step =
        bound("multipleOf").filter(|step| *step > 0.0).unwrap_or(if whole { 1.0 } else { 0.01 });
    // The bounds as counts of the step, so that whatever is chosen between them is a multiple.
    let low = [
        bound("minimum").map(|b| (b / step).ceil()),
        bound("exclusiveMinimum").map(|b| (b / step).floor() + 1.0),
    ]
    .into_iter()
    .flatten()
    .reduce(f64::max);
    let high = [
        bound("maximum").map(|b| (b / step).floor()),
        bound("exclusiveMaximum").map(|b| (b / step).ceil() - 1.0),
    ]
    .into_iter()
    .flatten()
    .reduce(f64::min);
    let (low, high) = match (low, high) {
        (Some(low), Some(high)) => (low, high.min(low + 1_000.0)),
        (Some(low), None) => (low, low + 1_000.0),
        (None, Some(high)) => (if high >= 1.0 { 1.0 } else { high - 1_000.0 }, high.min(1_000.0)),
        (None, None) => (1.0, 1_000.0),
    };
    let span = (high - low).max(0.0) as u64;
    let count = low + rng.u64(0..=span) as f64;
    let step_is_whole = step.fract() == 0.0;
    if whole || (step_is_whole && schema.contains_key("multipleOf")) {
        return Value::from((count * step) as i64);
    }
    // Cents are divided, not multiplied, so that 0.07 does not become 0.07000000000000001.
    let value = if schema.contains_key("multipleOf") { count * step } else { count / 100.0 };
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}
