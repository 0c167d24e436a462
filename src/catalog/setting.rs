//! `--set ID.FIELD=YAML`: a value of one record, for one run.

use std::{ops::Range, sync::Arc};

use super::{origins::Layer, problems::suggestion};
use crate::{
    contract::source::{Format, Source},
    evidence::{Diagnostic, nearest},
};

/// What the argument is called in messages.
const NAME: &str = "--set";
const EXPECTED: &str = "ID.FIELD=YAML, such as stripe.payments.retry=null";

/// One argument as meant.
#[derive(Debug)]
pub(super) struct Setting {
    /// The record that it changes.
    pub(super) id: String,
    /// What it lays over it.
    pub(super) layer: Layer,
}

impl Setting {
    /// Reads an argument; `ids` are those of all records.
    pub(super) fn read<'i>(
        argument: &str,
        ids: impl Iterator<Item = &'i str> + Clone,
    ) -> Result<Self, Diagnostic> {
        let source = Arc::new(Source::new(NAME, argument));
        let Some((left, value)) = argument.split_once('=') else {
            return Err(Diagnostic::error(format!("{NAME} without a value"))
                .at(source.place(argument.len()..argument.len()), "`=` belongs here")
                .expected(EXPECTED)
                .actual("no `=`"));
        };
        // A message about the name shows the name alone: the value may be a pasted secret.
        let name = Arc::new(Source::new(NAME, left));
        let id = id(left, ids, &name)?;
        let segments = segments(left, id.len(), &name)?;
        let range = left.len() + 1..argument.len();
        if value.trim().is_empty() {
            return Err(Diagnostic::error(format!("{NAME} without a value"))
                .at(source.place(range), "")
                .expected("a value in YAML; `null` takes the field away")
                .actual("nothing"));
        }
        let mut text = Source::new(format!("{NAME} {left}"), value);
        text.format = Format::Yaml;
        let value = text.parse().map_err(|problem| {
            let hidden =
                Diagnostic::error(format!("the value of {NAME} {left} is {}", problem.title))
                    .note("it is not shown, for it may be a secret");
            problem.help.into_iter().fold(hidden, Diagnostic::help)
        })?;
        let layer = Layer::of_argument(&source, &segments, (value, range));
        Ok(Self { id: id.to_owned(), layer })
    }
}

/// The record that is meant: ids hold dots too, so the longest one that fits.
fn id<'l, 'i>(
    left: &'l str,
    ids: impl Iterator<Item = &'i str> + Clone,
    source: &Source,
) -> Result<&'l str, Diagnostic> {
    let fits = |id: &&str| {
        left.strip_prefix(*id).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    if let Some(id) = ids.clone().filter(fits).max_by_key(|id| id.len()) {
        return Ok(&left[..id.len()]);
    }
    let first = |count: usize| {
        let ends = left.match_indices('.').map(|(at, _)| at).chain([left.len()]);
        ends.take(count).last().map_or(left, |end| &left[..end])
    };
    // As many names of the argument as the id has.
    let near = ids.clone().find(|id| nearest(first(id.split('.').count()), [*id]).is_some());
    let word = first(near.map_or(2, |id| id.split('.').count()));
    Err(Diagnostic::error(format!("unknown integration `{word}`"))
        .at(source.place(0..word.len()), "")
        .expected(EXPECTED)
        .help(suggestion(word, ids, "integrations")))
}

/// The names after the id, each with its range; a name with dots stands in quotes.
fn segments(
    left: &str,
    id: usize,
    source: &Source,
) -> Result<Vec<(String, Range<usize>)>, Diagnostic> {
    let (mut at, mut segments) = (id, Vec::new());
    while at < left.len() {
        // The dot before it.
        at += 1;
        let rest = &left[at..];
        let (name, skipped) = match rest.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
            Some((name, after)) if after.is_empty() || after.starts_with('.') => (name, 1),
            _ => (rest.split('.').next().unwrap_or_default(), 0),
        };
        let range = at + skipped..at + skipped + name.len();
        at = range.end + skipped;
        if name.is_empty() {
            return Err(nameless(source, range));
        }
        segments.push((name.to_owned(), range));
    }
    if segments.is_empty() { Err(nameless(source, id..id)) } else { Ok(segments) }
}

fn nameless(source: &Source, range: Range<usize>) -> Diagnostic {
    Diagnostic::error(format!("{NAME} names no field"))
        .at(source.place(range), "the name of a field belongs here")
        .expected(EXPECTED)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const IDS: [&str; 3] = ["stripe.payments", "stripe", "carrier-a.labels"];

    fn read(argument: &str) -> Result<Setting, Diagnostic> {
        Setting::read(argument, IDS.into_iter())
    }

    #[test]
    fn an_argument_names_a_record_a_field_and_a_value() {
        for (argument, id, tree) in [
            ("stripe.payments.retry=null", "stripe.payments", json!({"retry": null})),
            (
                "stripe.limits.rate=\"5 per second\"",
                "stripe",
                json!({"limits": {"rate": "5 per second"}}),
            ),
            ("stripe.timeout=5 minutes", "stripe", json!({"timeout": "5 minutes"})),
            (
                "stripe.retry={on: [5xx], attempts: 2}",
                "stripe",
                json!({"retry": {"on": ["5xx"], "attempts": 2}}),
            ),
            ("stripe.about.support=a=b", "stripe", json!({"about": {"support": "a=b"}})),
        ] {
            let setting = read(argument).expect("it is right");
            assert_eq!((setting.id.as_str(), setting.layer.tree()), (id, tree), "{argument}");
        }
        let quoted = read("stripe.about.errors.\"a.b\"=wait").expect("it is right");
        assert_eq!(quoted.layer.tree(), json!({"about": {"errors": {"a.b": "wait"}}}));
        assert_eq!(quoted.layer.at(), "/about/errors/a.b");
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        for (argument, title, column) in [
            ("stripe.payments.retry", "--set without a value", 22),
            ("stripe.payments.retry= ", "--set without a value", 23),
            ("stripe.payments=null", "--set names no field", 16),
            ("stripe..retry=null", "--set names no field", 8),
            ("shopify.connector.retry=null", "unknown integration `shopify.connector`", 1),
            ("carrier-a.lables.retry=null", "unknown integration `carrier-a.lables`", 1),
        ] {
            let problem = read(argument).expect_err("it is wrong");
            let place = problem.place().expect("a place");
            assert_eq!((problem.title.as_str(), place.column), (title, column), "{argument}");
        }
        let near = read("carrier-a.lables.retry=null").expect_err("no such record");
        assert_eq!(near.help, ["did you mean `carrier-a.labels`?"]);
    }
}
