//! The operations of an `AsyncAPI` document whose references lead somewhere.

use serde_json::{Map, Value};

use super::{contract::Generation, message::Bodies};
use crate::{
    contract::{
        Action, Kind, Operation, Parameter, ParameterPlace, ParameterStyle, ResponseSpec,
        StatusPattern,
        pointer::{self, join},
        read::finish::Numbers,
        schema::MOST_HOPS,
        source::{Part, Sources},
    },
    evidence::Diagnostic,
};

/// An object and where it stands after references.
#[derive(Clone, Debug)]
pub(super) struct Spot<'d> {
    pub(super) value: &'d Map<String, Value>,
    pub(super) pointer: String,
    /// The last name of the reference that led here, or of the place itself.
    pub(super) name: String,
}

impl Spot<'_> {
    /// A member that is a text.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.value.get(key).and_then(Value::as_str)
    }
}

/// A schema that stands nowhere in the document as written.
#[derive(Debug)]
pub(super) struct Made {
    /// Its name below the holder of such schemas, and its pointer in the document.
    pub(super) name: String,
    pub(super) at: String,
    /// What was made into it.
    pub(super) from: String,
    pub(super) schema: Value,
}

/// Reads operations; every problem is noted.
pub(super) struct Reader<'d> {
    pub(super) sources: &'d Sources,
    pub(super) document: &'d Value,
    pub(super) generation: Generation,
    pub(super) problems: Vec<Diagnostic>,
    pub(super) numbers: Numbers,
    pub(super) made: Vec<Made>,
}

impl<'d> Reader<'d> {
    pub(super) fn new(sources: &'d Sources, document: &'d Value, generation: Generation) -> Self {
        Self {
            sources,
            document,
            generation,
            problems: Vec::new(),
            numbers: Numbers::default(),
            made: Vec::new(),
        }
    }

    pub(super) fn problem(
        &mut self,
        pointer: &str,
        part: Part,
        title: impl Into<String>,
        help: &str,
    ) {
        let place = self.sources.locate(pointer, part);
        let written = self.sources.written(pointer).into_owned();
        self.problems.push(
            Diagnostic::error(title).maybe_at(place, "").note(format!("at {written}")).help(help),
        );
    }

    /// All operations, in the document's order.
    pub(super) fn operations(&mut self) -> Vec<Operation> {
        let mut operations = match self.generation {
            Generation::One => self.of_topics(),
            Generation::Two => self.of_channels(),
            Generation::Three => self.of_operations(),
        };
        // A name is the address of an operation in scenarios.
        let mut seen = std::collections::HashMap::new();
        let mut twice = Vec::new();
        for operation in &operations {
            if let Some(first) = seen.insert(operation.name.clone(), operation.pointer.clone()) {
                twice.push((operation.name.clone(), operation.pointer.clone(), first));
            }
        }
        for (name, second, first) in twice {
            let at = |at: &str| self.sources.locate(&join(at, "operationId"), Part::Value);
            self.problems.push(
                Diagnostic::error(format!("two operations are called `{name}`"))
                    .maybe_at(at(&second), "the second")
                    .maybe_at(at(&first), "the first")
                    .help("give each operation an `operationId` of its own (AsyncAPI 2.6, Operation Object)"),
            );
        }
        operations.shrink_to_fit();
        operations
    }

    /// 1.x: a topic's `subscribe` and `publish` are messages.
    fn of_topics(&mut self) -> Vec<Operation> {
        let base = self.document.get("baseTopic").and_then(Value::as_str).unwrap_or_default();
        let mut operations = Vec::new();
        for (topic, spot) in self.members("", self.document.as_object(), "topics") {
            let address = if base.is_empty() { topic.clone() } else { format!("{base}.{topic}") };
            for (key, action) in [("publish", Action::Receive), ("subscribe", Action::Send)] {
                let Some(message) = self.member(&spot, key) else { continue };
                let bodies = self.bodies(std::slice::from_ref(&message), &message.pointer);
                let name = format!("{topic}#{key}");
                let operation = Self::operation(name, action, &address, &message, &bodies);
                operations.push(operation);
            }
        }
        operations
    }

    /// 2.x: a channel may be published and subscribed to, seen by others (2.6, Channel Item Object).
    fn of_channels(&mut self) -> Vec<Operation> {
        let mut operations = Vec::new();
        for (address, channel) in self.members("", self.document.as_object(), "channels") {
            for (key, action) in [("publish", Action::Receive), ("subscribe", Action::Send)] {
                let Some(spot) = self.member(&channel, key) else { continue };
                let message = self.member(&spot, "message");
                let messages =
                    message.map(|message| self.alternatives(message)).unwrap_or_default();
                let list = join(&spot.pointer, "message");
                let bodies = self.bodies(&messages, &list);
                let name = spot
                    .text("operationId")
                    .map_or_else(|| format!("{address}#{key}"), str::to_owned);
                let mut operation = Self::operation(name, action, &address, &spot, &bodies);
                operation.parameters.splice(0..0, self.channel_parameters(&channel));
                operation.security = self.security(&spot, &channel);
                operations.push(operation);
            }
        }
        operations
    }

    /// 3: an operation names its channel, what it does, and some or all of the channel's messages.
    fn of_operations(&mut self) -> Vec<Operation> {
        let mut operations = Vec::new();
        for (name, spot) in self.members("", self.document.as_object(), "operations") {
            let action = match spot.text("action") {
                Some("send") => Action::Send,
                Some("receive") => Action::Receive,
                said => {
                    self.no_action(&name, &spot, said);
                    continue;
                }
            };
            let Some(channel) = self.member(&spot, "channel") else {
                let title = format!("the operation `{name}` has no channel");
                let help = "add `channel` with a reference (AsyncAPI 3.0, Operation Object)";
                self.problem(&spot.pointer, Part::Value, title, help);
                continue;
            };
            let messages = self.messages_of(&spot, &channel);
            let bodies = self.bodies(&messages, &join(&spot.pointer, "messages"));
            let address = channel.text("address").unwrap_or_default().to_owned();
            let mut operation = Self::operation(name, action, &address, &spot, &bodies);
            operation.parameters.splice(0..0, self.channel_parameters(&channel));
            operation.security = self.security(&spot, &channel);
            operation.responses = self.reply(&spot, &channel).into_iter().collect();
            operations.push(operation);
        }
        operations
    }

    fn no_action(&mut self, name: &str, spot: &Spot<'d>, said: Option<&str>) {
        // What stands there is marked, where something does.
        let at = join(&spot.pointer, "action");
        let at = if spot.value.contains_key("action") { &at } else { &spot.pointer };
        self.problems.push(
            Diagnostic::error(format!("the operation `{name}` does not say what it does"))
                .maybe_at(self.sources.locate(at, Part::Value), "")
                .expected("`action: send` or `action: receive` (AsyncAPI 3.0, Operation Object)")
                .actual(
                    said.map_or_else(|| "no such `action`".to_owned(), |said| format!("`{said}`")),
                )
                .help("say what the described application does"),
        );
    }

    /// The answer of a request: what is sent back, on its own channel or on that of the request.
    fn reply(&mut self, operation: &Spot<'d>, channel: &Spot<'d>) -> Option<ResponseSpec> {
        let reply = self.member(operation, "reply")?;
        let channel = self.member(&reply, "channel").unwrap_or_else(|| channel.clone());
        let messages = self.messages_of(&reply, &channel);
        let bodies = self.bodies(&messages, &join(&reply.pointer, "messages"));
        let status = StatusPattern::Default;
        let (headers, content) = (bodies.answer_headers(), bodies.content);
        Some(ResponseSpec { status, pointer: reply.pointer, headers, content })
    }

    /// The messages that an operation or reply names, else all of its channel.
    fn messages_of(&mut self, holder: &Spot<'d>, channel: &Spot<'d>) -> Vec<Spot<'d>> {
        let Some(Value::Array(list)) = holder.value.get("messages") else {
            let named = self.members(&channel.pointer, Some(channel.value), "messages");
            return named.into_iter().map(|(name, spot)| Spot { name, ..spot }).collect();
        };
        let base = join(&holder.pointer, "messages");
        let mut messages = Vec::with_capacity(list.len());
        for (index, value) in list.iter().enumerate() {
            messages.extend(self.follow(value, &format!("{base}/{index}")));
        }
        messages
    }

    fn operation(
        name: String,
        action: Action,
        address: &str,
        spot: &Spot<'d>,
        bodies: &Bodies,
    ) -> Operation {
        let summary = ["summary", "title"].into_iter().find_map(|key| spot.text(key));
        Operation {
            name,
            kind: Kind::Message,
            action,
            method: String::new(),
            path: address.to_owned(),
            summary: summary.unwrap_or_default().to_owned(),
            deprecated: spot.value.get("deprecated") == Some(&Value::Bool(true)),
            sunset: spot.text("x-sunset").map(str::to_owned),
            security: Vec::new(),
            pointer: spot.pointer.clone(),
            parameters: bodies.header_parameters(),
            request_body: bodies.request_body(),
            responses: Vec::new(),
        }
    }

    /// The variable parts of a channel's address.
    fn channel_parameters(&mut self, channel: &Spot<'d>) -> Vec<Parameter> {
        let mut parameters = Vec::new();
        for (name, spot) in self.members(&channel.pointer, Some(channel.value), "parameters") {
            // A parameter that is described in words alone is any string.
            if !spot.value.contains_key("schema") {
                continue;
            }
            let schema = join(&spot.pointer, "schema");
            let of = |key: &str| spot.value.get("schema")?.get(key)?.get(0).cloned();
            parameters.push(Parameter {
                name,
                place: ParameterPlace::Path,
                required: true,
                schema: self.numbers.schema(schema),
                style: ParameterStyle::Commas,
                example: of("examples"),
                pointer: spot.pointer,
            });
        }
        parameters
    }

    /// An object member, references followed.
    pub(super) fn member(&mut self, holder: &Spot<'d>, key: &str) -> Option<Spot<'d>> {
        let value = holder.value.get(key)?;
        self.follow(value, &join(&holder.pointer, key))
    }

    /// The members of an object member, references followed.
    pub(super) fn members(
        &mut self,
        pointer: &str,
        holder: Option<&'d Map<String, Value>>,
        key: &str,
    ) -> Vec<(String, Spot<'d>)> {
        let Some(Value::Object(members)) = holder.and_then(|holder| holder.get(key)) else {
            return Vec::new();
        };
        let base = join(pointer, key);
        let mut spots = Vec::with_capacity(members.len());
        for (name, value) in members.iter().filter(|(name, _)| !name.starts_with("x-")) {
            if let Some(spot) = self.follow(value, &join(&base, name)) {
                spots.push((name.clone(), spot));
            }
        }
        spots
    }

    /// The object at a place, references followed; anything else there is a problem.
    pub(super) fn follow(&mut self, value: &'d Value, pointer: &str) -> Option<Spot<'d>> {
        let mut spot = (value, pointer.to_owned());
        for _ in 0..MOST_HOPS {
            let Value::Object(object) = spot.0 else {
                let help = "see the AsyncAPI specification";
                self.problem(&spot.1, Part::Value, "an object is expected here", help);
                return None;
            };
            let target = object.get("$ref").and_then(Value::as_str).and_then(pointer::of_reference);
            let Some(target) = target else {
                let name = pointer::split(&spot.1).map(|(_, name)| name.into_owned());
                let name = name.unwrap_or_default();
                return Some(Spot { value: object, pointer: spot.1, name });
            };
            spot = (self.document.pointer(&target)?, target.into_owned());
        }
        None
    }
}
