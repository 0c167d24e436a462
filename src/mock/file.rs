//! `mocks/*.yaml` as typed: state, conditions and the partner's habits, as data.

use std::{borrow::Cow, collections::BTreeMap, fmt, fs, io, path::Path, sync::Arc};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{SeqAccess, Visitor},
};
use serde_json::{Map, Value};

use crate::{
    contract::source::{HumanRate, Part, Source, schema_of},
    evidence::{Diagnostic, nearest},
};

/// A mock file as typed; [`StandIn::new`](super::StandIn::new) finds out what it means. The
/// default one says nothing, so that the contract alone is played.
#[derive(Clone, Debug, Default)]
pub struct MockFile {
    /// For places; `None`: there is no file.
    pub(super) source: Option<Arc<Source>>,
    pub(super) typed: Typed,
}

impl MockFile {
    /// Reads `mocks/<id>.yaml` below `workspace`; `None`: there is no such file.
    /// Errors: unreadable, not YAML, an unknown key, a value of a wrong type; all are listed.
    pub fn load(workspace: &Path, id: &str) -> Result<Option<Self>, Vec<Diagnostic>> {
        let path = format!("mocks/{id}.yaml");
        match fs::read_to_string(workspace.join(&path)) {
            Ok(text) => Self::parse(Source::new(path, text)).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(vec![
                Diagnostic::error(format!("{path} cannot be read"))
                    .actual(error.to_string())
                    .help("make it a readable UTF-8 text file, or remove it: the contract alone is enough to be played"),
            ]),
        }
    }

    /// Every mock file of a workspace: its path relative to it, and the id that it plays.
    pub fn all(workspace: &Path) -> Vec<(String, String)> {
        let entries = fs::read_dir(workspace.join("mocks")).into_iter().flatten().flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        let mut files: Vec<(String, String)> = names
            .filter_map(|name| {
                let (id, ending) = name.rsplit_once('.')?;
                let is_mock = matches!(ending, "yaml" | "yml") && !id.is_empty();
                is_mock.then(|| (format!("mocks/{name}"), id.to_owned()))
            })
            .collect();
        files.sort();
        files
    }

    /// Decodes a mock file's text.
    pub fn parse(source: Source) -> Result<Self, Vec<Diagnostic>> {
        let typed = source.decode()?;
        Ok(Self { source: Some(Arc::new(source)), typed })
    }

    /// A problem with the value at a JSON Pointer of the file.
    pub(super) fn problem(&self, title: impl Into<String>, at: &str) -> Diagnostic {
        self.problem_with(title, at, Part::Value)
    }

    /// A problem with the key that a JSON Pointer of the file ends with.
    pub(super) fn problem_at_key(&self, title: impl Into<String>, at: &str) -> Diagnostic {
        self.problem_with(title, at, Part::Key)
    }

    fn problem_with(&self, title: impl Into<String>, at: &str, part: Part) -> Diagnostic {
        let place = self.source.as_ref().and_then(|source| source.locate(at, part));
        Diagnostic::error(title).maybe_at(place, "")
    }
}

/// Adds to a problem about an unknown name which ones are known, and which may be meant.
pub(super) fn known<'k>(
    diagnostic: Diagnostic,
    what: &str,
    name: &str,
    known: impl IntoIterator<Item = &'k str>,
) -> Diagnostic {
    let names: Vec<&str> = known.into_iter().collect();
    let expected = match names.as_slice() {
        [] => format!("no {what} is known"),
        names => format!("one of: {}", names.join(", ")),
    };
    let diagnostic = diagnostic.expected(expected).actual(name);
    match nearest(name, names.iter().copied()) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help("name one that exists"),
    }
}

/// The JSON Schema of `mocks/<id>.yaml`.
pub fn file_schema() -> Value {
    schema_of::<Typed>("Habits of a stand-in: mocks/<id>.yaml").to_value()
}

/// The whole file.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Typed {
    /// Things that the partner holds, by name.
    pub(super) resources: BTreeMap<String, TypedResource>,
    /// What operations do to them, by the name that scenarios use.
    pub(super) operations: BTreeMap<String, TypedOperation>,
    /// The partner's words for what goes wrong with any operation.
    pub(super) answers: TypedAnswers,
    /// How it throttles.
    pub(super) throttle: Option<TypedThrottle>,
    /// How repeated calls are recognised.
    pub(super) idempotency: Option<TypedIdempotency>,
    /// Header fields on every answer.
    pub(super) headers: BTreeMap<String, String>,
}

/// Things that the partner holds.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub(super) struct TypedResource {
    /// Where the id stands in the body: `$.id`.
    pub(super) key: String,
    /// Template of new ids.
    pub(super) id: String,
    /// Operation whose success example is the body's base.
    #[serde(default)]
    pub(super) from: Option<String>,
    /// The member that tells the state.
    #[serde(default)]
    pub(super) state: Option<String>,
    /// Objects that are there from the start.
    #[serde(default)]
    pub(super) seed: Vec<Map<String, Value>>,
}

/// What an operation does to the state.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct TypedOperation {
    /// The resource that it makes one of.
    pub(super) creates: Option<String>,
    /// The resource that it reads.
    pub(super) reads: Option<String>,
    /// The resource that it moves from one state to another.
    pub(super) moves: Option<String>,
    /// The resource that it lists.
    pub(super) lists: Option<String>,
    /// The resource that it counts.
    pub(super) counts: Option<String>,
    /// The path parameter that names the object, where there are several.
    pub(super) by: Option<String>,
    /// States in which it may be called.
    pub(super) from: Option<OneOrMore>,
    /// The state that it leads to.
    pub(super) to: Option<String>,
    /// The answer in any other state.
    #[serde(rename = "else")]
    pub(super) otherwise: Option<TypedAnswer>,
    /// Another object that must be there.
    pub(super) needs: Option<TypedNeed>,
    /// What it sets on the needed object.
    pub(super) changes: Map<String, Value>,
    /// Members of the answer, over the example and the request.
    pub(super) set: Map<String, Value>,
    /// Conditions; the first that holds wins.
    pub(super) cases: Vec<TypedCase>,
    /// On the success answer.
    pub(super) headers: BTreeMap<String, String>,
    /// Whether the answer takes over what the request says of its members; it does if this is left out.
    pub(super) echo: Option<bool>,
    /// Where the list or the count stands in the body.
    pub(super) into: Option<String>,
    /// Where the listed thing stands in the object that is held.
    pub(super) item: Option<String>,
    /// A condition on `item`: only those for which it holds are listed.
    #[serde(rename = "where")]
    pub(super) filter: Option<String>,
    /// How the list is cut into pages.
    pub(super) page: Option<TypedPage>,
    /// How this operation throttles, where it has a way of its own.
    pub(super) throttle: Option<TypedThrottle>,
}

/// How a list is cut into pages.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub(super) struct TypedPage {
    /// The query parameter that carries the place at which the list goes on.
    pub(super) cursor: String,
    /// The query parameter that says how many a page has.
    pub(super) size: String,
    /// How many it has where that says nothing.
    pub(super) default: u32,
    /// How many it has at most.
    #[serde(default)]
    pub(super) most: Option<u32>,
}

/// The partner's words when it throttles, and the bucket that makes it do so.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub(super) struct TypedThrottle {
    /// A status that the contract documents.
    pub(super) status: u16,
    /// A named example of that status.
    #[serde(default)]
    pub(super) example: Option<String>,
    /// Header fields of the answer.
    #[serde(default)]
    pub(super) headers: BTreeMap<String, String>,
    /// Without a bucket only scenarios throttle.
    #[serde(default)]
    pub(super) bucket: Option<TypedBucket>,
}

/// A bucket that each call pours into, and that leaks.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub(super) struct TypedBucket {
    /// What it holds.
    pub(super) size: u32,
    /// What runs out of it: `2 per second`.
    pub(super) leak: HumanRate,
    /// What a call pours in: a number or a template; 1 where it is left out.
    #[serde(default)]
    pub(super) cost: Option<Value>,
    /// On every answer.
    #[serde(default)]
    pub(super) headers: BTreeMap<String, String>,
    /// Over the body of every answer.
    #[serde(default)]
    pub(super) set: Map<String, Value>,
}

/// Another object that must be there.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub(super) struct TypedNeed {
    /// Needed only where this holds.
    #[serde(default)]
    pub(super) when: Option<String>,
    /// Its resource.
    pub(super) resource: String,
    /// Where its id stands: `body.payment_intent`.
    pub(super) by: String,
    /// States in which it may be.
    #[serde(default)]
    pub(super) from: Option<OneOrMore>,
    /// The answer in any other state.
    #[serde(rename = "else", default)]
    pub(super) otherwise: Option<TypedAnswer>,
    /// The answer where there is none.
    #[serde(default)]
    pub(super) missing: Option<TypedAnswer>,
}

/// A condition and what it changes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub(super) struct TypedCase {
    /// A condition: `body.amount > 100`.
    pub(super) when: String,
    /// The answer then.
    #[serde(default)]
    pub(super) answer: Option<TypedAnswer>,
    /// Members of the answer then.
    #[serde(default)]
    pub(super) set: Map<String, Value>,
}

/// A documented answer.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub(super) struct TypedAnswer {
    /// Its status.
    pub(super) status: u16,
    /// A documented example of that status.
    #[serde(default)]
    pub(super) example: Option<String>,
    /// Header fields of it.
    #[serde(default)]
    pub(super) headers: BTreeMap<String, String>,
}

/// The partner's words for what goes wrong with any operation.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct TypedAnswers {
    /// Credentials are missing or wrong.
    pub(super) unauthorized: Option<TypedAnswer>,
    /// A token has expired.
    pub(super) expired: Option<TypedAnswer>,
    /// There is no such object.
    pub(super) not_found: Option<TypedAnswer>,
    /// The request breaks the contract.
    pub(super) invalid: Option<TypedAnswer>,
}

/// How repeated calls are recognised.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub(super) struct TypedIdempotency {
    /// The header field with the key.
    pub(super) header: String,
    /// Header fields on an answer that was given before.
    #[serde(default)]
    pub(super) replayed: BTreeMap<String, String>,
    /// The answer to a key that came with another request.
    #[serde(default)]
    pub(super) conflict: Option<TypedAnswer>,
}

/// A text or a list of texts.
#[derive(Clone, Debug)]
pub(super) struct OneOrMore(pub(super) Vec<String>);

impl JsonSchema for OneOrMore {
    fn schema_name() -> Cow<'static, str> {
        "OneOrMore".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]})
    }
}

impl<'de> Deserialize<'de> for OneOrMore {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Texts;
        impl<'de> Visitor<'de> for Texts {
            type Value = OneOrMore;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or a list of strings")
            }

            fn visit_str<E>(self, text: &str) -> Result<OneOrMore, E> {
                Ok(OneOrMore(vec![text.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<OneOrMore, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = items.next_element()? {
                    texts.push(text);
                }
                Ok(OneOrMore(texts))
            }
        }
        deserializer.deserialize_any(Texts)
    }
}
