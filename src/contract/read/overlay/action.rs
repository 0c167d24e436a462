//! One action of an overlay.

use serde::Deserialize;
use serde_json::Value;
use serde_json_path::{JsonPath, NormalizedPath};

use super::{
    edit::{Edit, Refusal},
    origins::Origin,
};
use crate::{
    contract::{
        pointer::join,
        source::{Part, Source},
    },
    evidence::Diagnostic,
};

/// Characters of a path; a longer one was not written by a person.
const LONGEST_PATH: usize = 1_000;
/// Brackets inside brackets of a path; the parser tries several readings of each.
const MOST_BRACKETS: usize = 8;
/// `..` in a path: each may multiply the nodes by the depth of the document.
const MOST_DESCENTS: usize = 3;

/// An action as written.
#[derive(Debug, Deserialize)]
pub(super) struct Action {
    target: String,
    #[expect(dead_code, reason = "a known key, for people only")]
    description: Option<String>,
    update: Option<Value>,
    copy: Option<String>,
    #[serde(default)]
    remove: bool,
}

/// An action where it stands.
pub(super) struct Placed<'o> {
    pub(super) action: &'o Action,
    /// The overlay, and its number among the files of the document.
    pub(super) source: &'o Source,
    pub(super) file: usize,
    /// Of the action in the overlay.
    pub(super) pointer: String,
    /// Whether the overlay follows 1.0, which changes objects and lists only.
    pub(super) is_1_0: bool,
}

impl Placed<'_> {
    fn problem(&self, key: &str, title: impl Into<String>) -> Diagnostic {
        let at = join(&self.pointer, key);
        Diagnostic::error(title).maybe_at(self.source.locate(&at, Part::Value), "")
    }

    /// Carries the action out.
    pub(super) fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Diagnostic> {
        let pointers = self.select("target", &self.action.target, edit.document)?;
        let Action { update, copy, remove, .. } = self.action;
        if copy.is_some() && self.is_1_0 {
            return Err(self
                .problem("copy", "Overlay 1.0 knows no `copy`")
                .help("write `overlay: 1.1.0` above, or the value itself under `update`"));
        }
        if pointers.is_empty() {
            return Err(self
                .problem("target", "the overlay's target is not in the document")
                .actual(&self.action.target)
                .help("the document moved, or the path is wrong: correct the path, or take the action out"));
        }
        if self.is_1_0 {
            self.no_scalars(&pointers, edit.document)?;
        }
        if *remove {
            return self.remove(&pointers, edit);
        }
        let (value, origin) = match (update, copy) {
            (Some(update), None) => {
                let pointer = join(&self.pointer, "update");
                (update.clone(), Origin { file: self.file, pointer })
            }
            (None, Some(path)) => self.copied(path, edit)?,
            (Some(_), Some(_)) => {
                let title = "the action has both `update` and `copy`";
                return Err(self.problem("copy", title).help("make two actions of them"));
            }
            (None, None) => {
                return Err(self
                    .problem("target", "the action changes nothing")
                    .help("add `update` with what is to be merged, or `remove: true`"));
            }
        };
        for at in &pointers {
            self.update(at, &value, &origin, edit)?;
        }
        Ok(())
    }

    fn update(
        &self,
        at: &str,
        value: &Value,
        origin: &Origin,
        edit: &mut Edit<'_>,
    ) -> Result<(), Diagnostic> {
        // 1.0: the value is an entry to append. 1.1 joins a list to a list.
        let appends = edit.document.pointer(at).is_some_and(Value::is_array)
            && (self.is_1_0 || !value.is_array());
        let done =
            if appends { edit.append(at, value, origin) } else { edit.merge(at, value, origin) };
        done.map_err(|refusal| self.refused(&refusal, edit))
    }

    fn refused(&self, refusal: &Refusal, edit: &Edit<'_>) -> Diagnostic {
        let (title, help) = match refusal {
            Refusal::Misfit { update, target } => {
                let kind = |value: Option<&Value>| value.map_or("nothing", kind).to_owned();
                return Diagnostic::error("the overlay's value does not fit the document's")
                    .maybe_at(self.source.locate(update, Part::Value), "")
                    .expected(kind(edit.document.pointer(target)))
                    .actual(self.source.parse().ok().as_ref().map_or_else(
                        || "another value".to_owned(),
                        |overlay| kind(overlay.pointer(update)),
                    ))
                    .note(format!("at #{target}"))
                    .help("merge like with like, or remove it by an action of its own before");
            }
            Refusal::TooLarge => (
                "the overlay makes the document too large",
                "let the path select less, and merge less into each place",
            ),
            Refusal::TooDeep => (
                "the overlay nests the document too deep",
                "let the path select what stands higher up",
            ),
        };
        self.problem("target", title).actual(&self.action.target).help(help)
    }

    fn remove(&self, pointers: &[String], edit: &mut Edit<'_>) -> Result<(), Diagnostic> {
        if pointers.iter().any(String::is_empty) {
            let title = "the overlay removes the whole document";
            return Err(self.problem("target", title).help("select what is to go"));
        }
        edit.remove(pointers);
        Ok(())
    }

    /// The one value that `copy` names, and where it was written.
    fn copied(&self, path: &str, edit: &Edit<'_>) -> Result<(Value, Origin), Diagnostic> {
        let pointers = self.select("copy", path, edit.document)?;
        let [at] = pointers.as_slice() else {
            return Err(self
                .problem("copy", "`copy` does not name one value")
                .expected("a path to exactly one value of the document")
                .actual(format!("{} values", pointers.len()))
                .help("name the value by all keys from the root"));
        };
        let value = edit.document.pointer(at).cloned().unwrap_or_default();
        Ok((value, edit.origin(at)))
    }

    fn no_scalars(&self, pointers: &[String], document: &Value) -> Result<(), Diagnostic> {
        let scalar = pointers
            .iter()
            .filter_map(|at| document.pointer(at).map(|value| (at, value)))
            .find(|(_, value)| !value.is_object() && !value.is_array());
        let Some((at, value)) = scalar else { return Ok(()) };
        Err(self
            .problem("target", "the overlay's target is neither an object nor a list")
            .expected("an object or a list (Overlay Specification 1.0, Action Object)")
            .actual(format!("{} at #{at}", kind(value)))
            .help("select the object that holds it, and name the member under `update`; or write `overlay: 1.1.0`"))
    }

    /// The pointers of what a path selects, each once.
    fn select(&self, key: &str, path: &str, document: &Value) -> Result<Vec<String>, Diagnostic> {
        let problem = |title: &str, why: String| {
            self.problem(key, title).actual(path).note(why).help(
                "a path begins with `$`; a name that is no word stands as ['name'] (RFC 9535)",
            )
        };
        if !within_bounds(path) {
            let bounds = format!(
                "at most {LONGEST_PATH} characters, {MOST_DESCENTS} times `..` and \
                 {MOST_BRACKETS} brackets inside each other"
            );
            return Err(problem("the path is too long or too deep", bounds));
        }
        let compiled = JsonPath::parse(path).map_err(|error| {
            let place = format!("character {}: {}", error.position() + 1, error.message());
            problem("the path is no JSONPath", place)
        })?;
        let nodes = compiled.query_located(document).dedup();
        Ok(nodes.locations().map(NormalizedPath::to_json_pointer).collect())
    }
}

fn within_bounds(path: &str) -> bool {
    let mut open = 0_usize;
    let mut deepest = 0;
    for character in path.chars() {
        match character {
            '(' | '[' => open += 1,
            ')' | ']' => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
    }
    path.chars().count() <= LONGEST_PATH
        && deepest <= MOST_BRACKETS
        && path.matches("..").count() <= MOST_DESCENTS
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing (null)",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
