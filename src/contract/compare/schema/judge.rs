//! Whether one value is right by a schema, where a schema lists its values.
//!
//! Three answers: where a pattern or a reference cannot be tried, nothing is claimed.

use serde_json::{Map, Value, json};

use super::{
    case::{kind, whole},
    decimal::{Decimal, equal},
    nodes::{NodeId, Target},
    prover::Prover,
};
use crate::contract::{schema::Lone, shape::Types};

/// Schemas inside each other that one value is tried on.
const MOST_DEPTH: u32 = 48;

/// Keywords with schemas below them.
const APPLIED: &[&str] = &[
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "properties",
    "patternProperties",
    "additionalProperties",
    "propertyNames",
    "dependentSchemas",
    "prefixItems",
    "items",
    "contains",
    "$dynamicRef",
    "$recursiveRef",
    "unevaluatedProperties",
    "unevaluatedItems",
];

/// Both have to be right.
fn both(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    match (one, other) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn negated(one: Option<bool>) -> Option<bool> {
    one.map(|right| !right)
}

impl<'d> Prover<'d> {
    /// Whether the value is right by the schema.
    pub(super) fn judge(&mut self, value: &Value, schema: NodeId) -> Option<bool> {
        if self.judging >= MOST_DEPTH || !self.spend() {
            return None;
        }
        self.judging += 1;
        let verdict = self.judged(value, schema);
        self.judging -= 1;
        verdict
    }

    fn judged(&mut self, value: &Value, schema: NodeId) -> Option<bool> {
        let Some(object) = self.nodes.object(schema) else {
            return Some(!self.nodes.is_nothing(schema));
        };
        let mut verdict = match self.nodes.target(schema) {
            Target::At(target) => self.judge(value, target),
            Target::Lost => None,
            Target::None => Some(true),
        };
        for (key, said) in object {
            if verdict == Some(false) {
                break;
            }
            let one = if APPLIED.contains(&key.as_str()) {
                self.applied(schema, key, said, value)
            } else {
                self.judged_plain(key, said, value)
            };
            verdict = both(verdict, one);
        }
        verdict
    }

    /// Keywords without schemas below them.
    fn judged_plain(&mut self, key: &str, said: &'d Value, value: &Value) -> Option<bool> {
        let number = || Decimal::of(said).zip(Decimal::of(value));
        let compare = |right: fn(Decimal, Decimal) -> bool| {
            Some(number().is_none_or(|(said, value)| right(value, said)))
        };
        let count = |have: Option<usize>, right: fn(u64, u64) -> bool| match (have, whole(said)) {
            (Some(have), Some(said)) => Some(right(have as u64, said)),
            _ => Some(true),
        };
        let length = value.as_str().map(|text| text.chars().count());
        let items = value.as_array().map(Vec::len);
        let members = value.as_object().map(Map::len);
        match key {
            "type" => Some(is_of_type(said, value)),
            "const" => Some(equal(said, value)),
            "enum" => said.as_array().map(|list| list.iter().any(|one| equal(one, value))),
            "minimum" => compare(|value, said| value >= said),
            "maximum" => compare(|value, said| value <= said),
            "exclusiveMinimum" => compare(|value, said| value > said),
            "exclusiveMaximum" => compare(|value, said| value < said),
            "multipleOf" => match number() {
                Some((said, value)) => value.is_multiple_of(said),
                None => Some(true),
            },
            "minLength" => count(length, |have, said| have >= said),
            "maxLength" => count(length, |have, said| have <= said),
            "minItems" => count(items, |have, said| have >= said),
            "maxItems" => count(items, |have, said| have <= said),
            "minProperties" => count(members, |have, said| have >= said),
            "maxProperties" => count(members, |have, said| have <= said),
            "uniqueItems" => match (said, value) {
                (Value::Bool(true), Value::Array(list)) => {
                    let twice = |(at, one): (usize, &Value)| {
                        list[..at].iter().any(|other| equal(one, other))
                    };
                    Some(!list.iter().enumerate().any(twice))
                }
                _ => Some(true),
            },
            "required" => match (said, value) {
                (Value::Array(names), Value::Object(have)) => {
                    Some(names.iter().filter_map(Value::as_str).all(|name| have.contains_key(name)))
                }
                _ => Some(true),
            },
            "pattern" => match (said, value) {
                (Value::String(pattern), Value::String(text)) => self.matches(pattern, text),
                _ => Some(true),
            },
            "format" => match said {
                Value::String(format) => {
                    let compile = || Lone::new(&json!({ "format": format }));
                    let lone = self.formats.entry(format).or_insert_with(compile);
                    lone.as_ref().map(|lone| lone.accepts(value))
                }
                _ => Some(true),
            },
            "dependentRequired" => match (said, value) {
                (Value::Object(rules), Value::Object(have)) => {
                    let kept = |(name, list): (&String, &Value)| {
                        let mut list = list.as_array().into_iter().flatten();
                        !have.contains_key(name)
                            || list.all(|n| n.as_str().is_none_or(|n| have.contains_key(n)))
                    };
                    Some(rules.iter().all(kept))
                }
                _ => Some(true),
            },
            _ => Some(true),
        }
    }

    /// Keywords with schemas below them.
    fn applied(
        &mut self,
        schema: NodeId,
        key: &str,
        said: &'d Value,
        value: &Value,
    ) -> Option<bool> {
        match (key, value) {
            ("allOf", _) => {
                let mut verdict = Some(true);
                for part in self.nodes.listed(schema, "allOf") {
                    verdict = both(verdict, self.judge(value, part));
                }
                verdict
            }
            ("anyOf", _) => {
                let mut none = Some(true);
                for branch in self.nodes.listed(schema, "anyOf") {
                    none = both(none, negated(self.judge(value, branch)));
                }
                negated(none)
            }
            ("oneOf", _) => {
                let branches = self.nodes.listed(schema, "oneOf");
                let verdicts: Vec<_> =
                    branches.into_iter().map(|branch| self.judge(value, branch)).collect();
                let right = verdicts.iter().filter(|v| **v == Some(true)).count();
                let open = verdicts.iter().filter(|v| v.is_none()).count();
                match (right, open) {
                    (1, 0) => Some(true),
                    (0, 0) | (2.., _) => Some(false),
                    _ => None,
                }
            }
            ("not", _) => {
                let denied = self.nodes.child(schema, "not")?;
                negated(self.judge(value, denied))
            }
            ("if", _) => {
                let condition = self.nodes.child(schema, "if")?;
                let keyword = if self.judge(value, condition)? { "then" } else { "else" };
                let next = self.nodes.child(schema, keyword);
                next.map_or(Some(true), |next| self.judge(value, next))
            }
            ("properties" | "patternProperties" | "additionalProperties", Value::Object(have)) => {
                self.judged_members(schema, key, have)
            }
            ("propertyNames", Value::Object(have)) => {
                let names = self.nodes.child(schema, "propertyNames")?;
                let mut verdict = Some(true);
                for name in have.keys() {
                    verdict = both(verdict, self.judge(&Value::from(name.as_str()), names));
                }
                verdict
            }
            ("dependentSchemas", Value::Object(have)) => {
                let names = said.as_object().into_iter().flat_map(Map::keys);
                let mut verdict = Some(true);
                for name in names.filter(|name| have.contains_key(*name)) {
                    let rule = self.nodes.named(schema, "dependentSchemas", name)?;
                    verdict = both(verdict, self.judge(value, rule));
                }
                verdict
            }
            ("prefixItems" | "items" | "contains", Value::Array(list)) => {
                self.judged_items(schema, key, list)
            }
            ("$dynamicRef" | "$recursiveRef", _)
            | ("unevaluatedProperties", Value::Object(_))
            | ("unevaluatedItems", Value::Array(_)) => (said == &Value::Bool(true)).then_some(true),
            _ => Some(true),
        }
    }

    fn judged_members(
        &mut self,
        schema: NodeId,
        key: &str,
        have: &Map<String, Value>,
    ) -> Option<bool> {
        let mut verdict = Some(true);
        for (name, value) in have {
            let named = self.nodes.named(schema, "properties", name);
            if key == "properties" {
                let one = named.map_or(Some(true), |below| self.judge(value, below));
                verdict = both(verdict, one);
                continue;
            }
            let mut other = Some(named.is_none());
            let patterns: Vec<&str> = self.nodes.names(schema, "patternProperties").collect();
            for pattern in patterns {
                let matches = self.matches(pattern, name);
                other = both(other, negated(matches));
                if key == "patternProperties" && matches != Some(false) {
                    let below = self.nodes.named(schema, "patternProperties", pattern)?;
                    let right = self.judge(value, below);
                    verdict = both(
                        verdict,
                        if matches.is_none() && right != Some(true) { None } else { right },
                    );
                }
            }
            if key == "additionalProperties" && other != Some(false) {
                let below = self.nodes.child(schema, "additionalProperties")?;
                let right = self.judge(value, below);
                verdict = both(
                    verdict,
                    if other.is_none() && right != Some(true) { None } else { right },
                );
            }
        }
        verdict
    }

    fn judged_items(&mut self, schema: NodeId, key: &str, list: &[Value]) -> Option<bool> {
        let first = self.nodes.listed(schema, "prefixItems");
        let mut verdict = Some(true);
        match key {
            "prefixItems" => {
                for (value, below) in list.iter().zip(first) {
                    verdict = both(verdict, self.judge(value, below));
                }
                verdict
            }
            "items" => {
                let below = self.nodes.child(schema, "items")?;
                for value in list.iter().skip(first.len()) {
                    verdict = both(verdict, self.judge(value, below));
                }
                verdict
            }
            _ => {
                let below = self.nodes.child(schema, "contains")?;
                let verdicts: Vec<_> = list.iter().map(|value| self.judge(value, below)).collect();
                let right = verdicts.iter().filter(|v| **v == Some(true)).count() as u64;
                let open = verdicts.iter().filter(|v| v.is_none()).count() as u64;
                let least = self.nodes.keyword(schema, "minContains").and_then(whole).unwrap_or(1);
                let most = self.nodes.keyword(schema, "maxContains").and_then(whole);
                let most = most.unwrap_or(u64::MAX);
                if right + open < least || right > most {
                    Some(false)
                } else if right >= least && right + open <= most {
                    Some(true)
                } else {
                    None
                }
            }
        }
    }
}

fn is_of_type(said: &Value, value: &Value) -> bool {
    let is = |name: &Value| name.as_str().is_some_and(|name| Types::named(name).has(kind(value)));
    match said {
        Value::Array(names) => names.iter().any(is),
        name => is(name),
    }
}
