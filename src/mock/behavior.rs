//! How a partner is played, as meant: names resolved, expressions compiled.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, OnceLock},
};

use serde_json::{Map, Value};

use super::{
    answer,
    list::List,
    template::{Expr, Template, Text},
    throttle::Throttle,
};
use crate::contract::{
    Contract, Operation, SchemaRef,
    generate::{self, Answer},
};

/// Everything that a mock file says, or the silence of one.
#[derive(Debug, Default)]
pub(super) struct Behavior {
    pub(super) resources: Vec<Resource>,
    /// One for each operation of the contract, in its order.
    pub(super) plays: Vec<Play>,
    pub(super) unauthorized: Option<Canned>,
    /// The token was good and is over; `None`: as `unauthorized`.
    pub(super) expired: Option<Canned>,
    pub(super) not_found: Option<Canned>,
    pub(super) invalid: Option<Canned>,
    /// The forms in which it throttles; each operation names its own by place.
    pub(super) throttles: Vec<Throttle>,
    pub(super) idempotency: Option<Idempotency>,
    /// On every answer.
    pub(super) headers: Vec<(String, Text)>,
}

/// A kind of thing that the partner holds.
#[derive(Debug)]
pub(super) struct Resource {
    pub(super) name: String,
    /// Way to the id in the body.
    pub(super) key: Vec<String>,
    /// New ids.
    pub(super) id: Text,
    /// Way to the state in the body.
    pub(super) state: Vec<String>,
    /// The operation whose success answer its objects have the form of.
    pub(super) form: Option<usize>,
    /// Objects that are there from the start, by id.
    pub(super) seeds: BTreeMap<String, Arc<Value>>,
}

/// How one operation is played.
#[derive(Debug)]
pub(super) struct Play {
    /// The scenarios' name.
    pub(super) name: String,
    pub(super) action: Action,
    pub(super) need: Option<Need>,
    pub(super) cases: Vec<Case>,
    /// Over the body.
    pub(super) set: Vec<(String, Template)>,
    /// Header fields of the success answer; they see the object that it is about.
    pub(super) headers: Vec<(String, Text)>,
    /// Whether the mock file speaks of it: without a word the contract's answer is given.
    pub(super) told: bool,
    /// Whether the answer repeats what was asked.
    pub(super) echoes: bool,
    /// How it is throttled, if the mock file says so; by place.
    pub(super) throttle: Option<usize>,
    /// The header field that carries the idempotency key, if it knows one.
    pub(super) key_header: Option<String>,
    pub(super) success: OnceLock<Success>,
}

/// What an operation does to the state.
#[derive(Debug, Default)]
pub(super) enum Action {
    /// Nothing.
    #[default]
    None,
    /// Makes one.
    Creates(usize),
    /// Answers one.
    Reads(Target),
    /// Answers many, or how many there are.
    Lists(List),
    /// Changes one.
    Moves {
        target: Target,
        /// States in which it may be; empty: any.
        from: Vec<String>,
        to: Option<String>,
        otherwise: Option<Canned>,
    },
}

/// Which object is meant.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) resource: usize,
    pub(super) by: By,
}

/// Where an id comes from.
#[derive(Debug)]
pub(super) enum By {
    /// The path parameter of this name.
    Path(String),
    /// An expression.
    Expr(Expr),
}

/// Another object that must be there.
#[derive(Debug)]
pub(super) struct Need {
    /// Needed only where this holds.
    pub(super) when: Option<Expr>,
    pub(super) target: Target,
    /// States in which it may be; empty: any.
    pub(super) from: Vec<String>,
    pub(super) otherwise: Option<Canned>,
    pub(super) missing: Option<Canned>,
    /// Over the needed object.
    pub(super) changes: Vec<(String, Template)>,
}

/// A condition and what it changes.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) when: Expr,
    pub(super) answer: Option<Canned>,
    pub(super) set: Vec<(String, Template)>,
}

/// An answer that the contract has an example of.
#[derive(Debug)]
pub(super) struct Canned {
    pub(super) status: u16,
    /// `None`: the first one.
    pub(super) example: Option<String>,
    pub(super) headers: Vec<(String, Text)>,
    /// The operation that documents it, for those that do not; by its place in the contract.
    pub(super) documented_by: usize,
}

/// How repeated calls are recognised.
#[derive(Debug)]
pub(super) struct Idempotency {
    /// Marks of a repeated answer.
    pub(super) replayed: Vec<(String, Text)>,
    pub(super) conflict: Option<Canned>,
}

/// The success answer of an operation, and what a request may change in it.
#[derive(Debug)]
pub(super) struct Success {
    pub(super) answer: Answer,
    /// The body's schema.
    form: Option<SchemaRef>,
    fields: HashMap<String, Kinds>,
}

impl Play {
    /// The success answer, made at the first call.
    pub(super) fn success(&self, contract: &Contract, op: &Operation, seed: u64) -> &Success {
        self.success.get_or_init(|| Success::new(contract, op, seed))
    }
}

impl Canned {
    /// This answer to a call of an operation.
    pub(super) fn answer(&self, contract: &Contract, op: &Operation, seed: u64) -> Answer {
        let example = self.example.as_deref();
        [op, &contract.operations[self.documented_by]]
            .into_iter()
            .filter_map(|op| op.response(self.status))
            .find_map(|spec| generate::answer(contract, spec, self.status, example, seed))
            .unwrap_or_else(|| answer::status(contract, op, self.status, seed))
    }
}

impl Success {
    fn new(contract: &Contract, op: &Operation, seed: u64) -> Self {
        use crate::contract::StatusPattern::{Default, Exact, Range};
        let spec = op
            .success()
            .or_else(|| op.responses.iter().find(|r| matches!(r.status, Exact(300..=399))))
            .or_else(|| op.responses.iter().find(|r| r.status == Default));
        let Some(spec) = spec else {
            let answer = Answer { status: 200, headers: Vec::new(), body: None };
            return Self { answer, form: None, fields: HashMap::new() };
        };
        let status = match spec.status {
            Exact(status) => status,
            Range(hundreds) => u16::from(hundreds) * 100,
            Default => 200,
        };
        let answer = generate::answer(contract, spec, status, None, seed)
            .unwrap_or_else(|| Answer { status, headers: Vec::new(), body: None });
        let form = answer
            .body
            .as_ref()
            .and_then(|(media, _)| spec.content.iter().find(|m| m.name == *media))
            .and_then(|media| media.schema.clone());
        let properties = form
            .as_ref()
            .and_then(|schema| contract.schema(schema).get("properties"))
            .and_then(Value::as_object);
        let fields = fields(properties, answer.body.as_ref().and_then(|(_, v)| v.as_object()));
        Self { answer, form, fields }
    }

    /// The body, if there is one.
    pub(super) fn body(&self) -> Option<&Value> {
        self.answer.body.as_ref().map(|(_, value)| value)
    }

    /// Whether two answers are of one schema, references followed.
    pub(super) fn has_form_of(&self, other: &Self, contract: &Contract) -> bool {
        match (&self.form, &other.form) {
            (Some(one), Some(two)) => std::ptr::eq(contract.schema(one), contract.schema(two)),
            (None, None) => true,
            _ => false,
        }
    }

    /// Takes over members that this body knows and whose type it allows.
    pub(super) fn take_over(&self, body: &mut Value, members: &Map<String, Value>) {
        let Value::Object(body) = body else { return };
        for (name, value) in members {
            if self.fields.get(name).is_some_and(|kinds| kinds.allow(value)) {
                body.insert(name.clone(), value.clone());
            }
        }
    }
}

/// The members of a body with their types: those that the schema names, and the example's own,
/// which the schema may allow through a reference.
fn fields(
    properties: Option<&Map<String, Value>>,
    example: Option<&Map<String, Value>>,
) -> HashMap<String, Kinds> {
    let mut fields = HashMap::new();
    for (name, value) in example.into_iter().flatten() {
        fields.insert(name.clone(), Kinds::of(value));
    }
    for (name, schema) in properties.into_iter().flatten() {
        if let Some(kinds) = Kinds::named_by(schema) {
            let known = fields.entry(name.clone()).or_insert(kinds);
            *known = known.or(kinds);
        }
    }
    fields
}

/// A set of JSON types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Kinds(u8);

impl Kinds {
    fn of(value: &Value) -> Self {
        Self(match value {
            Value::Null => 1,
            Value::Bool(_) => 1 << 1,
            Value::Number(_) => 1 << 2,
            Value::String(_) => 1 << 3,
            Value::Array(_) => 1 << 4,
            Value::Object(_) => 1 << 5,
        })
    }

    /// The types that a schema names, looking into its choices; `None` where it names none.
    fn named_by(schema: &Value) -> Option<Self> {
        let bit = |name: &str| match name {
            "null" => 1,
            "boolean" => 1 << 1,
            "integer" | "number" => 1 << 2,
            "string" => 1 << 3,
            "array" => 1 << 4,
            "object" => 1 << 5,
            _ => 0,
        };
        match schema.get("type") {
            Some(Value::String(name)) => return Some(Self(bit(name))),
            Some(Value::Array(names)) => {
                let bits = names.iter().filter_map(Value::as_str).map(bit);
                return Some(Self(bits.fold(0, std::ops::BitOr::bitor)));
            }
            _ => {}
        }
        let choices = schema.get("anyOf").or_else(|| schema.get("oneOf"))?.as_array()?;
        choices.iter().filter_map(Self::named_by).reduce(Self::or)
    }

    fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn allow(self, value: &Value) -> bool {
        self.0 & Self::of(value).0 != 0
    }
}

/// Lays values over a body: objects member by member, all else whole.
pub(super) fn overlay(body: &mut Value, over: Value) {
    match (body, over) {
        (Value::Object(body), Value::Object(over)) => {
            for (name, value) in over {
                match body.get_mut(&name) {
                    Some(old) => overlay(old, value),
                    None => {
                        body.insert(name, value);
                    }
                }
            }
        }
        (body, over) => *body = over,
    }
}

/// The value at a way through objects.
pub(super) fn at<'v>(body: &'v Value, way: &[String]) -> Option<&'v Value> {
    way.iter().try_fold(body, |value, name| value.get(name))
}

/// Puts a value at a way through objects, making the objects on the way.
pub(super) fn put_at(body: &mut Value, way: &[String], value: Value) {
    let over = way
        .iter()
        .rev()
        .fold(value, |inner, name| Value::Object(Map::from_iter([(name.clone(), inner)])));
    overlay(body, over);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_lie_over_a_body() {
        let mut body = json!({"a": {"b": 1, "c": 2}, "d": [1, 2]});
        overlay(&mut body, json!({"a": {"b": null}, "d": [3], "e": {"f": 4}}));
        assert_eq!(body, json!({"a": {"b": null, "c": 2}, "d": [3], "e": {"f": 4}}));
        let way = ["a".to_owned(), "x".to_owned()];
        put_at(&mut body, &way, json!("y"));
        assert_eq!(at(&body, &way), Some(&json!("y")));
        assert_eq!(at(&body, &["d".to_owned(), "x".to_owned()]), None);
    }

    #[test]
    fn a_request_changes_what_the_body_knows() {
        let schema = json!({
            "amount": {"type": "integer"},
            "method": {"anyOf": [{"type": "string"}, {"type": ["null", "object"]}]},
            "customer": {"$ref": "#/x"},
            "other": {"$ref": "#/x"}
        });
        let example = json!({"amount": 1, "method": null, "customer": "c"});
        let success = Success {
            answer: Answer { status: 200, headers: Vec::new(), body: None },
            form: None,
            fields: fields(schema.as_object(), example.as_object()),
        };
        let mut body = example.clone();
        let asked = json!({
            "amount": "2", "method": "card", "customer": "d", "other": 1, "unknown": true
        });
        success.take_over(&mut body, asked.as_object().unwrap());
        assert_eq!(body, json!({"amount": 1, "method": "card", "customer": "d"}));
    }
}
