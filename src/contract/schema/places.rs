//! Places of schemas: references followed, and pointers into the lifted document as ones into the
//! document as written.

use std::collections::HashSet;

use serde_json::Value;

use super::SchemaRef;
use crate::contract::pointer;

/// References in a row that are followed.
pub(in crate::contract) const MOST_HOPS: usize = 32;

/// The schema itself, with references followed.
pub(in crate::contract) fn resolve<'d>(document: &'d Value, schema: &SchemaRef) -> &'d Value {
    follow(document, pointer::find(document, &schema.pointer).unwrap_or(&Value::Bool(true)))
}

/// Follows `$ref`s within the document from this schema on.
pub(in crate::contract) fn follow<'d>(document: &'d Value, mut schema: &'d Value) -> &'d Value {
    for _ in 0..MOST_HOPS {
        let Some(Value::String(reference)) = schema.get("$ref") else { break };
        let Some(next) = pointer::of_reference(reference).and_then(|p| pointer::find(document, &p))
        else {
            break;
        };
        schema = next;
    }
    schema
}

/// Pointers of schemas that were wrapped as `anyOf/1` when they were lifted: the one way in which
/// a pointer into the lifted document is another one than into the text.
#[derive(Clone, Debug, Default)]
pub(in crate::contract) struct Wrapped(pub(in crate::contract) HashSet<String>);

impl Wrapped {
    /// A pointer into the lifted document as one into the document as written.
    pub(in crate::contract) fn written(&self, lifted: &str) -> String {
        if self.0.is_empty() {
            return lifted.to_owned();
        }
        let mut written = String::with_capacity(lifted.len());
        let mut rest = lifted;
        while let Some(tail) = rest.strip_prefix('/') {
            let end = tail.find('/').map_or(rest.len(), |at| at + 1);
            written.push_str(&rest[..end]);
            rest = &rest[end..];
            if self.0.contains(&written)
                && let Some(tail) = rest.strip_prefix("/anyOf/1")
            {
                rest = tail;
            }
        }
        written
    }
}
