//! Compiled schemas, one for each that is referred to, made when a value first asks.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError, Weak},
};

use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::{Value, json};

use super::{
    MOST_HOPS, formats, keywords, names, unevaluated,
    verdicts::{self, Limit},
};
use crate::contract::pointer;

/// Steps that a regular expression with look-around may take on one string.
const BACKTRACK_LIMIT: usize = 50_000;

/// The compiled schemas of one lifted document.
#[derive(Debug)]
pub(super) struct Components {
    document: Arc<Value>,
    known: Mutex<HashMap<Arc<str>, Arc<Component>>>,
    /// Patterns of names, with validators of theirs; one that does not compile matches nothing.
    patterns: Mutex<HashMap<String, Option<Arc<Validator>>>>,
    /// For those who are made here and are not to keep it alive.
    this: Weak<Self>,
}

impl Components {
    pub(super) fn new(document: Arc<Value>) -> Arc<Self> {
        let (known, patterns) = (Mutex::default(), Mutex::default());
        Arc::new_cyclic(|this| Self { document, known, patterns, this: this.clone() })
    }

    pub(super) fn document(&self) -> &Value {
        &self.document
    }

    /// The schema at a pointer; one that is only a reference is what it refers to.
    pub(super) fn at(&self, pointer: &str) -> Arc<Component> {
        let pointer = self.last_of(pointer);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(component) = known.get(&*pointer) {
            return Arc::clone(component);
        }
        let pointer: Arc<str> = Arc::from(pointer);
        let component = Arc::new(Component {
            pointer: Arc::clone(&pointer),
            document: Arc::clone(&self.document),
            home: self.this.clone(),
            compiled: OnceLock::new(),
        });
        known.insert(pointer, Arc::clone(&component));
        component
    }

    /// Whether a name matches a pattern, as `patternProperties` means it.
    pub(super) fn matches(&self, pattern: &str, name: &str) -> bool {
        let mut patterns = self.patterns.lock().unwrap_or_else(PoisonError::into_inner);
        if !patterns.contains_key(pattern) {
            let validator = plain().build(&json!({ "pattern": pattern })).ok().map(Arc::new);
            patterns.insert(pattern.to_owned(), validator);
        }
        let validator = patterns.get(pattern).cloned().flatten();
        drop(patterns);
        validator.is_some_and(|validator| validator.is_valid(&Value::from(name)))
    }

    /// Compiles all that are known, and what they refer to, until nothing is left. Those that do
    /// not compile, with the reason.
    pub(super) fn broken(&self) -> Vec<(Arc<str>, String)> {
        let mut broken = Vec::new();
        loop {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            let fresh: Vec<Arc<Component>> =
                known.values().filter(|c| c.compiled.get().is_none()).map(Arc::clone).collect();
            drop(known);
            if fresh.is_empty() {
                broken.sort();
                return broken;
            }
            for component in fresh {
                if let Err(why) = component.validator() {
                    broken.push((Arc::clone(&component.pointer), why.clone()));
                }
            }
        }
    }

    /// How many were compiled.
    pub(super) fn compiled(&self) -> usize {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.values().filter(|component| component.compiled.get().is_some()).count()
    }

    /// Where a row of bare references ends.
    fn last_of(&self, pointer: &str) -> String {
        let mut at = pointer.to_owned();
        for _ in 0..MOST_HOPS {
            let Some(Value::Object(schema)) = pointer::find(&self.document, &at) else { break };
            let Some(Value::String(reference)) = schema.get("$ref").filter(|_| schema.len() == 1)
            else {
                break;
            };
            let Some(next) = pointer::of_reference(reference) else { break };
            at = next.into_owned();
        }
        at
    }
}

/// One schema with its validator.
pub(super) struct Component {
    /// Its place in the lifted document.
    pub(super) pointer: Arc<str>,
    document: Arc<Value>,
    home: Weak<Components>,
    compiled: OnceLock<Result<Validator, String>>,
}

impl std::fmt::Debug for Component {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Component({})", self.pointer)
    }
}

impl Component {
    /// The schema as lifted.
    pub(super) fn schema(&self) -> &Value {
        static ANYTHING: Value = Value::Bool(true);
        pointer::find(&self.document, &self.pointer).unwrap_or(&ANYTHING)
    }

    /// Its validator. Err: why it does not compile, which is told when the document is read; what
    /// is left to go wrong here is a bound of the crate.
    pub(super) fn validator(&self) -> &Result<Validator, String> {
        self.compiled.get_or_init(|| {
            let schema = self.schema();
            let options = options(&self.home, &self.pointer, schema);
            options.build(schema).map_err(|error| error.masked().to_string())
        })
    }

    /// Whether a value keeps the schema; asked during a judgement.
    pub(super) fn is_valid(&self, value: &Value) -> bool {
        verdicts::verdict(self, value, || {
            let Ok(validator) = self.validator() else { return verdicts::give_up(Limit::Broken) };
            validator.is_valid(value)
        })
    }
}

/// How everything is compiled: 2020-12, nothing fetched, formats asserted.
pub(super) fn plain() -> jsonschema::ValidationOptions<'static> {
    let options = jsonschema::options()
        .with_draft(Draft::Draft202012)
        .offline()
        .should_validate_formats(true)
        .with_pattern_options(PatternOptions::fancy_regex().backtrack_limit(BACKTRACK_LIMIT));
    formats::register(options)
}

/// How the schema at `base` is compiled: with references that are judged by other components.
fn options(
    home: &Weak<Components>,
    base: &Arc<str>,
    schema: &Value,
) -> jsonschema::ValidationOptions<'static> {
    let options = formats::register_numbers(plain(), schema);
    let options = keywords::register(options, home);
    let options = names::register(options, home, base);
    unevaluated::register(options, home, base)
}
