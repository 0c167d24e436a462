//! Traits, merged into what they are applied to, in place.
//!
//! In 2.x a trait is a merge patch (RFC 7386) on its target, in the order of the list (2.6,
//! Operation Object and Message Object, `traits`). In 3 the same, but what the target says itself
//! stands (3.0, "Traits Merge Mechanism").

use serde_json::{Map, Value};

use crate::{
    contract::{
        pointer::{self, join},
        schema::MOST_HOPS,
        source::{Part, Sources},
    },
    evidence::Diagnostic,
};

/// Values that traits may bring into a document.
const MOST_VALUES: usize = 1_000_000;
/// Levels of an object that are merged; the parsers allow no more either.
const DEEPEST: usize = 128;

/// Who wins where both say something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Precedence {
    /// 2.x.
    Trait,
    /// 3.
    Target,
}

/// Merges the traits of every object at `holders`. Their references lead somewhere.
pub(super) fn merge_traits(
    sources: &mut Sources,
    document: &mut Value,
    holders: &[String],
    precedence: Precedence,
) -> Result<(), Diagnostic> {
    let mut merge = Merge { sources, precedence, values_left: MOST_VALUES };
    // What a trait says is read from the document before any of them is merged.
    let mut planned: Vec<(&String, Vec<(String, Value)>)> = Vec::new();
    for holder in holders {
        let list = document.pointer(&join(holder, "traits")).and_then(Value::as_array);
        let mut traits = Vec::new();
        for index in 0..list.map_or(0, Vec::len) {
            let at = format!("{holder}/traits/{index}");
            if let Some((at, found)) = deref(document, at) {
                merge.spend(found, holder)?;
                traits.push((at, with_headers(document, found)));
            }
        }
        planned.push((holder, traits));
    }
    for (holder, mut traits) in planned {
        let Some(target) = document.pointer(holder) else { continue };
        let mut target = with_headers(document, target);
        if precedence == Precedence::Target {
            // The last one wins over those before it.
            traits.reverse();
        }
        if target.get("headers") != document.pointer(&join(holder, "headers"))
            && let Some((at, _)) = deref(document, join(holder, "headers"))
        {
            merge.mounted(&join(holder, "headers"), &at);
        }
        for (at, found) in traits {
            if let (Value::Object(target), Value::Object(found)) = (&mut target, found) {
                merge.members(target, found, holder, &at, 0);
            }
        }
        if let Some(slot) = document.pointer_mut(holder) {
            *slot = target;
        }
    }
    Ok(())
}

/// What stands at a pointer, with references followed, and where that is.
fn deref(document: &Value, mut at: String) -> Option<(String, &Value)> {
    for _ in 0..MOST_HOPS {
        let value = document.pointer(&at)?;
        match value.get("$ref").and_then(Value::as_str).and_then(pointer::of_reference) {
            Some(next) => at = next.into_owned(),
            None => return Some((at, value)),
        }
    }
    None
}

/// The object, with the schema of its headers in place of a reference to it: headers are merged
/// member by member, and nothing may stand beside a reference.
fn with_headers(document: &Value, object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(headers) = object.get_mut("headers")
        && let Some(target) = headers.get("$ref").and_then(Value::as_str)
        && let Some(target) = pointer::of_reference(target)
        && let Some((_, found)) = deref(document, target.into_owned())
    {
        *headers = found.clone();
    }
    object
}

struct Merge<'s> {
    sources: &'s mut Sources,
    precedence: Precedence,
    values_left: usize,
}

impl Merge<'_> {
    fn spend(&mut self, value: &Value, holder: &str) -> Result<(), Diagnostic> {
        match self.values_left.checked_sub(size(value)) {
            Some(left) => {
                self.values_left = left;
                Ok(())
            }
            None => Err(Diagnostic::error("the traits make the document too large")
                .maybe_at(self.sources.locate(&join(holder, "traits"), Part::Value), "")
                .expected(format!("at most {MOST_VALUES} values brought by traits"))
                .help("put what is long into a schema, and refer to it")),
        }
    }

    fn members(
        &mut self,
        target: &mut Map<String, Value>,
        found: Map<String, Value>,
        at: &str,
        from: &str,
        depth: usize,
    ) {
        for (key, value) in found {
            let (here, there) = (join(at, &key), join(from, &key));
            match (target.get_mut(&key), value) {
                (Some(Value::Object(below)), Value::Object(value))
                    if depth < DEEPEST && !is_reference(below) && !is_reference(&value) =>
                {
                    self.members(below, value, &here, &there, depth + 1);
                }
                (Some(_), _) if self.precedence == Precedence::Target => {}
                (_, Value::Null) => {
                    target.shift_remove(&key);
                }
                (_, value) => {
                    target.insert(key, value);
                    self.mounted(&here, &there);
                }
            }
        }
    }

    fn mounted(&mut self, at: &str, from: &str) {
        if let Some((file, pointer)) = self.sources.pointer_origin(from) {
            self.sources.mount(at, file, pointer);
        }
    }
}

fn is_reference(object: &Map<String, Value>) -> bool {
    object.contains_key("$ref")
}

fn size(value: &Value) -> usize {
    match value {
        Value::Object(members) => 1 + members.values().map(size).sum::<usize>(),
        Value::Array(list) => 1 + list.iter().map(size).sum::<usize>(),
        _ => 1,
    }
}
