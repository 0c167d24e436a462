//! References between components, as a keyword.

use std::sync::Weak;

use jsonschema::{Keyword, ValidationError, ValidationOptions};
use serde_json::Value;

use super::{
    components::{Component, Components},
    verdicts::{self, Limit},
};
use crate::contract::pointer;

/// The keywords that refer. Without a name of its own in the document, which none keeps when it
/// is lifted, a dynamic reference is a plain one (JSON Schema 2020-12 Core section 8.2.3.2).
pub(super) const REFERENCES: [&str; 2] = ["$ref", "$dynamicRef"];

/// What a broken reference says, where nothing nearer is known.
pub(super) const BROKEN: &str = "the value does not keep the schema that is referred to";

/// Judges references by the components that they name.
pub(super) fn register(
    options: ValidationOptions<'static>,
    home: &Weak<Components>,
) -> ValidationOptions<'static> {
    REFERENCES.into_iter().fold(options, |options, keyword| {
        let home = home.clone();
        options.with_keyword(keyword, move |_, reference, _| {
            let target = reference.as_str().and_then(pointer::of_reference);
            match (home.upgrade(), target) {
                (Some(home), Some(target)) if pointer::find(home.document(), &target).is_some() => {
                    let target = std::sync::Arc::downgrade(&home.at(&target));
                    Ok(Box::new(Reference { target }) as Box<dyn for<'i> Keyword<'i>>)
                }
                _ => Err(ValidationError::schema("a reference names no schema by a JSON Pointer")),
            }
        })
    })
}

/// A component refers to others and, by a circle, to itself: a strong pointer would never end.
struct Reference {
    target: Weak<Component>,
}

impl<'i> Keyword<'i> for Reference {
    fn validate(&self, value: &'i Value) -> Result<(), ValidationError<'i>> {
        if Keyword::is_valid(self, value) { Ok(()) } else { Err(ValidationError::custom(BROKEN)) }
    }

    fn is_valid(&self, value: &'i Value) -> bool {
        match self.target.upgrade() {
            Some(target) => target.is_valid(value),
            None => verdicts::give_up(Limit::Broken),
        }
    }
}
