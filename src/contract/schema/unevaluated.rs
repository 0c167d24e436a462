//! `unevaluatedProperties` and `unevaluatedItems` (JSON Schema 2020-12 Core section 11).
//!
//! The crate collects what was evaluated while it validates, which does not pass through a
//! keyword of ours. So these two are keywords of ours as well: they walk the schemas that apply to
//! the same value, and ask a component where one of several may apply.

use std::{collections::HashSet, sync::Arc, sync::Weak};

use jsonschema::{Keyword, ValidationError, ValidationOptions};
use serde_json::{Map, Value};

use super::{components::Components, keywords::REFERENCES, verdicts};
use crate::contract::pointer;

/// The keyword for members.
pub(super) const UNEVALUATED: &str = "unevaluatedProperties";
/// The keyword for items.
const UNEVALUATED_ITEMS: &str = "unevaluatedItems";

/// Judges both keywords in the schema at `base`.
pub(super) fn register(
    options: ValidationOptions<'static>,
    home: &Weak<Components>,
    base: &Arc<str>,
) -> ValidationOptions<'static> {
    [UNEVALUATED, UNEVALUATED_ITEMS].into_iter().fold(options, |options, keyword| {
        let (home, base) = (home.clone(), Arc::clone(base));
        options.with_keyword(keyword, move |_, _, location| {
            let at = format!("{base}{}", location.as_str());
            let parent = at.strip_suffix(keyword).and_then(|at| at.strip_suffix('/'));
            let parent = parent.unwrap_or_default().to_owned();
            let home = home.clone();
            Ok(Box::new(Unevaluated { home, at, parent }) as Box<dyn for<'i> Keyword<'i>>)
        })
    })
}

struct Unevaluated {
    home: Weak<Components>,
    /// Pointer of the keyword in the lifted document.
    at: String,
    /// Pointer of the schema that holds it.
    parent: String,
}

impl Unevaluated {
    /// What is left over and not allowed: names of members, or numbers of items.
    fn left_over(&self, value: &Value) -> Vec<String> {
        let Some(home) = self.home.upgrade() else { return Vec::new() };
        let schema = home.at(&self.at);
        let walk = |seen: &mut Seen| Walk { home: &home, value, seen }.schema(&self.parent, true);
        let mut seen = Seen::default();
        match value {
            Value::Object(members) if self.at.ends_with(UNEVALUATED) => {
                walk(&mut seen);
                let left = members.iter().filter(|(name, _)| !seen.member(name));
                let bad = left.filter(|(_, member)| !schema.is_valid(member));
                bad.map(|(name, _)| name.clone()).collect()
            }
            Value::Array(items) if self.at.ends_with(UNEVALUATED_ITEMS) => {
                walk(&mut seen);
                let left = items.iter().enumerate().filter(|(index, _)| !seen.item(*index));
                let bad = left.filter(|(_, item)| !schema.is_valid(item));
                bad.map(|(index, _)| format!("nothing describes item {index}")).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl<'i> Keyword<'i> for Unevaluated {
    fn validate(&self, value: &'i Value) -> Result<(), ValidationError<'i>> {
        let left_over = self.left_over(value);
        left_over.into_iter().next().map_or(Ok(()), |name| Err(ValidationError::custom(name)))
    }

    fn is_valid(&self, value: &'i Value) -> bool {
        self.left_over(value).is_empty()
    }

    fn iter_errors(&self, value: &'i Value) -> Box<dyn Iterator<Item = ValidationError<'i>> + 'i> {
        Box::new(self.left_over(value).into_iter().map(|name| ValidationError::custom(name)))
    }
}

/// What was evaluated of one value.
#[derive(Default)]
struct Seen {
    all_members: bool,
    members: HashSet<String>,
    all_items: bool,
    /// Items from the first on.
    first_items: usize,
    items: HashSet<usize>,
}

impl Seen {
    fn member(&self, name: &str) -> bool {
        self.all_members || self.members.contains(name)
    }

    fn item(&self, index: usize) -> bool {
        self.all_items || index < self.first_items || self.items.contains(&index)
    }
}

struct Walk<'w> {
    home: &'w Components,
    value: &'w Value,
    seen: &'w mut Seen,
}

impl Walk<'_> {
    /// Adds what the schema at `at` evaluates of a value that it holds for. Of the schema that the
    /// keyword stands in, the keyword itself is left out.
    fn schema(&mut self, at: &str, is_first: bool) {
        let Some(Value::Object(schema)) = pointer::find(self.home.document(), at) else { return };
        self.own(schema, at, is_first);
        // In place schemas may lie as deep as references go.
        let _ = verdicts::deeper(|| self.in_place(schema, at));
    }

    fn own(&mut self, schema: &Map<String, Value>, at: &str, is_first: bool) {
        let unevaluated = |key: &str| !is_first && schema.contains_key(key);
        match self.value {
            Value::Object(members) => {
                self.seen.all_members |=
                    schema.contains_key("additionalProperties") || unevaluated(UNEVALUATED);
                if let Some(Value::Object(named)) = schema.get("properties") {
                    let here = members.keys().filter(|name| named.contains_key(*name));
                    self.seen.members.extend(here.cloned());
                }
                if let Some(Value::Object(patterns)) = schema.get("patternProperties") {
                    for pattern in patterns.keys() {
                        let here = members.keys().filter(|name| self.home.matches(pattern, name));
                        self.seen.members.extend(here.cloned());
                    }
                }
            }
            Value::Array(items) => {
                self.seen.all_items |=
                    schema.contains_key("items") || unevaluated(UNEVALUATED_ITEMS);
                if let Some(Value::Array(first)) = schema.get("prefixItems") {
                    self.seen.first_items = self.seen.first_items.max(first.len());
                }
                if schema.contains_key("contains") {
                    let contained = self.home.at(&pointer::join(at, "contains"));
                    let fits =
                        items.iter().enumerate().filter(|(_, item)| contained.is_valid(item));
                    self.seen.items.extend(fits.map(|(index, _)| index));
                }
            }
            _ => {}
        }
    }

    fn in_place(&mut self, schema: &Map<String, Value>, at: &str) {
        for keyword in REFERENCES {
            let target = schema.get(keyword).and_then(Value::as_str);
            if let Some(target) = target.and_then(pointer::of_reference) {
                self.schema(&target, false);
            }
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let Some(Value::Array(list)) = schema.get(keyword) else { continue };
            for index in 0..list.len() {
                let branch = format!("{at}/{keyword}/{index}");
                if keyword == "allOf" || self.holds(&branch) {
                    self.schema(&branch, false);
                }
            }
        }
        if schema.contains_key("if") {
            let condition = pointer::join(at, "if");
            let holds = self.holds(&condition);
            if holds {
                self.schema(&condition, false);
            }
            self.schema(&pointer::join(at, if holds { "then" } else { "else" }), false);
        }
        if let (Some(Value::Object(by_name)), Value::Object(members)) =
            (schema.get("dependentSchemas"), self.value)
        {
            let base = pointer::join(at, "dependentSchemas");
            for name in by_name.keys().filter(|name| members.contains_key(*name)) {
                self.schema(&pointer::join(&base, name), false);
            }
        }
    }

    fn holds(&self, at: &str) -> bool {
        self.home.at(at).is_valid(self.value)
    }
}
