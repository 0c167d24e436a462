//! All schemas of a document, by number.

use std::sync::{Arc, OnceLock};

use serde_json::Value;

use super::{
    Breach, SchemaProblem, Violation, Wrapped,
    components::{Component, Components},
    explain::explain,
    verdicts::{self, Limit},
};
use crate::contract::shape::{ShapeId, Shapes, Types};

/// A schema by its place in the document.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SchemaRef {
    /// JSON Pointer in the document.
    pub pointer: Arc<str>,
    /// Its number among the schemas that operations use.
    pub(in crate::contract) index: u32,
}

/// A schema that an operation uses, and what was made of it so far.
#[derive(Debug)]
struct Root {
    pointer: Arc<str>,
    component: OnceLock<Arc<Component>>,
    shape: OnceLock<ShapeId>,
}

/// All schemas of a document. What is asked for is compiled then, once for all threads.
pub(in crate::contract) struct Schemas {
    roots: Vec<Root>,
    components: Arc<Components>,
    shapes: Shapes,
    wrapped: Arc<Wrapped>,
    closes: OnceLock<bool>,
}

impl std::fmt::Debug for Schemas {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let compiled = self.components.compiled();
        write!(f, "Schemas({} used, {compiled} compiled)", self.roots.len())
    }
}

impl Schemas {
    /// The schemas at `pointers` of a lifted document in which nothing is wrong.
    pub(in crate::contract) fn new(
        document: &Arc<Value>,
        pointers: Vec<Arc<str>>,
        wrapped: Wrapped,
    ) -> Self {
        let wrapped = Arc::new(wrapped);
        let root = |pointer| Root { pointer, component: OnceLock::new(), shape: OnceLock::new() };
        Self {
            roots: pointers.into_iter().map(root).collect(),
            components: Components::new(Arc::clone(document)),
            shapes: Shapes::new(Arc::clone(document), Arc::clone(&wrapped)),
            wrapped,
            closes: OnceLock::new(),
        }
    }

    /// What the schemas declare.
    pub(in crate::contract) fn shapes(&self) -> &Shapes {
        &self.shapes
    }

    /// What this schema declares.
    pub(in crate::contract) fn shape(&self, schema: &SchemaRef) -> ShapeId {
        let shape = || self.shapes.at(&schema.pointer);
        self.root(schema).map_or_else(shape, |root| *root.shape.get_or_init(shape))
    }

    /// The types that a value of this schema may have.
    pub(in crate::contract) fn types(&self, schema: &SchemaRef) -> Types {
        self.shapes.get(self.shape(schema)).types
    }

    /// Whether `value` keeps the schema. Nothing is allocated for a value of common size; one
    /// that cannot be judged within our bounds does not keep it.
    pub(in crate::contract) fn is_valid(&self, schema: &SchemaRef, value: &Value) -> bool {
        match verdicts::judgement(|| self.component(schema).is_valid(value)) {
            (is_valid, None) => is_valid,
            (_, Some(_)) => false,
        }
    }

    /// Whether any schema of the document forbids members that it does not name. Where none does, a
    /// value that breaks its schema does not do so by what is new in it alone.
    pub(in crate::contract) fn closes_objects(&self) -> bool {
        *self.closes.get_or_init(|| closes(self.components.document()))
    }

    /// How `value` breaks the schema; empty where it keeps it.
    pub(in crate::contract) fn violations(
        &self,
        schema: &SchemaRef,
        value: &Value,
    ) -> Vec<Violation> {
        let component = self.component(schema);
        let (found, limit) = verdicts::judgement(|| {
            if component.is_valid(value) || verdicts::has_given_up() {
                return Vec::new();
            }
            explain(&self.components, &self.wrapped, &component, value)
        });
        match limit {
            None => found,
            Some(limit) => vec![self.undecided(&component, limit)],
        }
    }

    /// Compiles every schema in use and all that they refer to, and lists what does not compile.
    pub(in crate::contract) fn broken(&self) -> Vec<SchemaProblem> {
        for root in &self.roots {
            root.component.get_or_init(|| self.components.at(&root.pointer));
        }
        let problem = |(at, message): (Arc<str>, String)| SchemaProblem {
            pointer: self.wrapped.written(&at),
            message,
        };
        self.components.broken().into_iter().map(problem).collect()
    }

    fn undecided(&self, component: &Component, limit: Limit) -> Violation {
        Violation {
            breach: Breach::Other,
            instance: String::new(),
            schema: self.wrapped.written(&component.pointer),
            expected: match limit {
                Limit::Steps => "a value that can be judged in bounded time",
                Limit::Depth => "a value that is not nested so deep in its schema",
                Limit::Broken => "a schema that can be compiled",
            }
            .to_owned(),
        }
    }

    fn root(&self, schema: &SchemaRef) -> Option<&Root> {
        self.roots.get(schema.index as usize).filter(|root| root.pointer == schema.pointer)
    }

    fn component(&self, schema: &SchemaRef) -> Arc<Component> {
        let component = || self.components.at(&schema.pointer);
        match self.root(schema) {
            Some(root) => Arc::clone(root.component.get_or_init(component)),
            None => component(),
        }
    }
}

/// Whether a keyword for further members stands anywhere; in a payload it may mean nothing.
fn closes(value: &Value) -> bool {
    match value {
        Value::Object(object) => {
            object.get("additionalProperties") == Some(&Value::Bool(false))
                || object.contains_key("unevaluatedProperties")
                || object.values().any(closes)
        }
        Value::Array(list) => list.iter().any(closes),
        _ => false,
    }
}
