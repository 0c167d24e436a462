//! One walk over an `AsyncAPI` document: where its schemas, references and traits stand.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::format::{Format, format_of};
use crate::contract::{
    pointer::{self, join},
    read::{
        drafts::{self, Dialect, holds},
        survey::{Reference, Survey},
    },
};

/// What an object of the document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Node {
    Root,
    Components,
    Channel,
    /// A topic of 1.x: its `publish` and `subscribe` are messages.
    Topic,
    Operation,
    Message,
    Reply,
    Parameter,
    Server,
    /// A schema, in the format of its message where that says one.
    Schema,
    /// Anything else that may be a reference.
    Plain,
}

/// How the member of an object holds others.
#[derive(Clone, Copy)]
enum Holds {
    One,
    List,
    Map,
}

use Holds::{List, Map as Named, One};

/// The members of objects that hold objects (`AsyncAPI` 2.6 section "Schema" and 3.0 section
/// "Schema": one row for each fixed field that is an object). Bindings and examples are payloads.
const MEMBERS: &[(Node, &str, Holds, Node)] = &[
    (Node::Root, "channels", Named, Node::Channel),
    (Node::Root, "topics", Named, Node::Topic),
    (Node::Root, "operations", Named, Node::Operation),
    (Node::Root, "servers", Named, Node::Server),
    (Node::Root, "components", One, Node::Components),
    (Node::Components, "schemas", Named, Node::Schema),
    (Node::Components, "messages", Named, Node::Message),
    (Node::Components, "channels", Named, Node::Channel),
    (Node::Components, "operations", Named, Node::Operation),
    (Node::Components, "servers", Named, Node::Server),
    (Node::Components, "parameters", Named, Node::Parameter),
    (Node::Components, "replies", Named, Node::Reply),
    (Node::Components, "operationTraits", Named, Node::Operation),
    (Node::Components, "messageTraits", Named, Node::Message),
    (Node::Components, "securitySchemes", Named, Node::Plain),
    (Node::Components, "correlationIds", Named, Node::Plain),
    (Node::Components, "replyAddresses", Named, Node::Plain),
    (Node::Components, "serverVariables", Named, Node::Plain),
    (Node::Channel, "publish", One, Node::Operation),
    (Node::Channel, "subscribe", One, Node::Operation),
    (Node::Channel, "messages", Named, Node::Message),
    (Node::Channel, "parameters", Named, Node::Parameter),
    (Node::Channel, "servers", List, Node::Plain),
    (Node::Topic, "publish", One, Node::Message),
    (Node::Topic, "subscribe", One, Node::Message),
    (Node::Topic, "parameters", List, Node::Parameter),
    (Node::Operation, "message", One, Node::Message),
    (Node::Operation, "messages", List, Node::Message),
    (Node::Operation, "traits", List, Node::Operation),
    (Node::Operation, "channel", One, Node::Channel),
    (Node::Operation, "reply", One, Node::Reply),
    (Node::Operation, "security", List, Node::Plain),
    (Node::Message, "oneOf", List, Node::Message),
    (Node::Message, "traits", List, Node::Message),
    (Node::Message, "correlationId", One, Node::Plain),
    (Node::Message, "payload", One, Node::Schema),
    (Node::Message, "headers", One, Node::Schema),
    (Node::Reply, "channel", One, Node::Channel),
    (Node::Reply, "messages", List, Node::Message),
    (Node::Reply, "address", One, Node::Plain),
    (Node::Parameter, "schema", One, Node::Schema),
    (Node::Server, "variables", Named, Node::Plain),
    (Node::Server, "security", List, Node::Plain),
];

/// What a walk found.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// Every `$ref`, and the outermost schemas.
    pub(super) survey: Survey,
    /// What schemas refer to.
    pub(super) schema_targets: Vec<String>,
    /// The dialect of each outermost schema.
    pub(super) dialects: Vec<Dialect>,
    /// Parameters of addresses.
    pub(super) parameters: Vec<String>,
    /// Objects with `traits`.
    pub(super) with_traits: Vec<String>,
}

impl Walked {
    /// The outermost schemas with their dialects.
    pub(super) fn roots(&self) -> Vec<(String, Dialect)> {
        self.survey.schemas.iter().cloned().zip(self.dialects.iter().copied()).collect()
    }
}

struct Walk {
    walked: Walked,
    /// What was seen, so that what is referred to is seen once and as what it is used.
    seen: HashSet<String>,
    /// Targets of references that may stand where no object of the standard does.
    targets: Vec<(String, Node, Dialect)>,
}

/// Walks the document.
pub(super) fn walk(document: &Value) -> Walked {
    let mut walk = Walk { walked: Walked::default(), seen: HashSet::new(), targets: Vec::new() };
    walk.node(document, "", Node::Root, Dialect::Draft7);
    while let Some((pointer, node, dialect)) = walk.targets.pop() {
        if let Some(value) = document.pointer(&pointer) {
            walk.node(value, &pointer, node, dialect);
        }
    }
    walk.walked
}

impl Walk {
    fn node(&mut self, value: &Value, pointer: &str, node: Node, dialect: Dialect) {
        if node == Node::Schema {
            self.root(value, pointer, dialect);
            return;
        }
        let Value::Object(object) = value else { return };
        if !self.seen.insert(pointer.to_owned()) {
            return;
        }
        if self.reference(object, pointer, node, dialect) {
            return;
        }
        if node == Node::Parameter {
            self.walked.parameters.push(pointer.to_owned());
        }
        if object.get("traits").is_some_and(Value::is_array)
            && matches!(node, Node::Operation | Node::Message)
        {
            self.walked.with_traits.push(pointer.to_owned());
        }
        for (_, key, holds, below) in MEMBERS.iter().filter(|(holder, ..)| *holder == node) {
            let Some(member) = object.get(*key) else { continue };
            let dialect = match (node, *key) {
                // Of a message in 2.x, and only of its payload.
                (Node::Message, "payload") => match format_of(object.get("schemaFormat")) {
                    Format::Schema(dialect) => dialect,
                    Format::Opaque => continue,
                },
                _ => Dialect::Draft7,
            };
            let at = join(pointer, key);
            match (holds, member) {
                (One, value) => self.node(value, &at, *below, dialect),
                (List, Value::Array(list)) => {
                    for (index, value) in list.iter().enumerate() {
                        self.node(value, &format!("{at}/{index}"), *below, dialect);
                    }
                }
                (Named, Value::Object(members)) => {
                    for (name, value) in members {
                        self.node(value, &join(&at, name), *below, dialect);
                    }
                }
                _ => {}
            }
        }
    }

    /// Notes a reference; nothing beside it counts.
    fn reference(
        &mut self,
        object: &Map<String, Value>,
        pointer: &str,
        node: Node,
        dialect: Dialect,
    ) -> bool {
        let Some(Value::String(target)) = object.get("$ref") else { return false };
        self.walked.survey.references.push(Reference::local(&join(pointer, "$ref"), target));
        if let Some(target) = pointer::of_reference(target) {
            if node == Node::Schema {
                self.walked.schema_targets.push(target.clone().into_owned());
            }
            self.targets.push((target.into_owned(), node, dialect));
        }
        true
    }

    /// An outermost schema; one that names its own format holds it in `schema` (3.0, Multi Format
    /// Schema Object).
    fn root(&mut self, value: &Value, pointer: &str, dialect: Dialect) {
        if self.seen.contains(pointer) {
            return;
        }
        if let Some((schema, format)) = multi_format(value) {
            self.seen.insert(pointer.to_owned());
            if let Format::Schema(dialect) = format {
                self.root(schema, &join(pointer, "schema"), dialect);
            }
            return;
        }
        self.schema(value, pointer, dialect);
        self.walked.survey.schemas.push(pointer.to_owned());
        self.walked.dialects.push(dialect);
    }

    fn schema(&mut self, schema: &Value, pointer: &str, dialect: Dialect) {
        if !self.seen.insert(pointer.to_owned()) {
            return;
        }
        let Value::Object(object) = schema else { return };
        self.reference(object, pointer, Node::Schema, dialect);
        for (key, value) in object {
            let Some(kind) = holds(key, value) else { continue };
            let here = join(pointer, key);
            match (kind, value) {
                (drafts::Holds::List, Value::Array(list)) => {
                    for (index, schema) in list.iter().enumerate() {
                        self.schema(schema, &format!("{here}/{index}"), dialect);
                    }
                }
                (drafts::Holds::Map, Value::Object(map)) => {
                    for (name, schema) in map {
                        self.schema(schema, &join(&here, name), dialect);
                    }
                }
                (_, schema) => self.schema(schema, &here, dialect),
            }
        }
    }
}

/// The schema of a Multi Format Schema Object, and its format.
pub(super) fn multi_format(value: &Value) -> Option<(&Value, Format)> {
    let format = value.get("schemaFormat")?;
    Some((value.get("schema")?, format_of(Some(format))))
}
