//! `propertyNames` (JSON Schema 2020-12 Core section 10.3.2.4).
//!
//! A name is no value of the body: it is made for the question and gone after it, and the next one
//! may stand at the same address. So the keyword is ours, and verdicts on names are not kept.

use std::sync::{Arc, Weak};

use jsonschema::{Keyword, ValidationError, ValidationOptions};
use serde_json::Value;

use super::{components::Components, verdicts};

/// The keyword.
pub(super) const NAMES: &str = "propertyNames";

/// Judges names in the schema at `base`.
pub(super) fn register(
    options: ValidationOptions<'static>,
    home: &Weak<Components>,
    base: &Arc<str>,
) -> ValidationOptions<'static> {
    let (home, base) = (home.clone(), Arc::clone(base));
    options.with_keyword(NAMES, move |_, _, location| {
        let (home, at) = (home.clone(), format!("{base}{}", location.as_str()));
        Ok(Box::new(Names { home, at }) as Box<dyn for<'i> Keyword<'i>>)
    })
}

struct Names {
    home: Weak<Components>,
    /// Pointer of the keyword in the lifted document.
    at: String,
}

impl Names {
    /// The names that do not keep the schema.
    fn bad<'v>(&self, value: &'v Value) -> impl Iterator<Item = &'v String> + use<'v> {
        let schema = self.home.upgrade().map(|home| home.at(&self.at));
        let names = value.as_object().into_iter().flat_map(|members| members.keys());
        names.filter(move |name| {
            let name = Value::from(name.as_str());
            schema.as_ref().is_some_and(|schema| !verdicts::passing(|| schema.is_valid(&name)))
        })
    }
}

impl<'i> Keyword<'i> for Names {
    fn validate(&self, value: &'i Value) -> Result<(), ValidationError<'i>> {
        self.bad(value).next().map_or(Ok(()), |name| Err(ValidationError::custom(name)))
    }

    fn is_valid(&self, value: &'i Value) -> bool {
        self.bad(value).next().is_none()
    }

    #[expect(
        clippy::redundant_closure,
        reason = "the function by itself gives errors that live for ever"
    )]
    fn iter_errors(&self, value: &'i Value) -> Box<dyn Iterator<Item = ValidationError<'i>> + 'i> {
        Box::new(self.bad(value).map(|name| ValidationError::custom(name)))
    }
}
