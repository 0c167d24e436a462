//! A small schema compiled by itself.

use jsonschema::Validator;
use serde_json::Value;

use super::{components::plain, formats};

/// A schema that stands alone, such as one keyword that has to be tried on single values.
#[derive(Debug)]
pub(in crate::contract) struct Lone(Validator);

impl Lone {
    /// `None` where it is no schema.
    pub(in crate::contract) fn new(schema: &Value) -> Option<Self> {
        formats::register_numbers(plain(), schema).build(schema).ok().map(Self)
    }

    pub(in crate::contract) fn accepts(&self, value: &Value) -> bool {
        self.0.is_valid(value)
    }
}
