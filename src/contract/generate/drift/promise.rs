//! The same changes, made to the promise instead of the message: the document that the partner
//! would publish with its next release.

use serde_json::{Map, Value, json};

use super::{
    Class,
    edit::at,
    site::{Site, Standing, Step, Way, sites},
    table::{Kind, Mutation},
};
use crate::contract::{
    Contract, SchemaRef,
    generate::reading::{NodeId, Reading},
    pointer,
};

/// A change of a document.
#[derive(Clone, Copy, Debug)]
pub struct Amendment<'a> {
    /// What was done.
    pub mutation: &'static Mutation,
    /// How it weighs for whoever reads the messages.
    pub class: Class,
    /// JSON Pointer of the place in a message.
    pub place: &'a str,
    /// JSON Pointer of what was changed in the document.
    pub promise: &'a str,
}

/// Every change of the schemas that `value` keeps, in the document with all schemas in JSON Schema
/// 2020-12. The document is lent with the change in it and is not kept. Only what a single message
/// would show is made: a place where branches decide is left as it is.
pub fn each_of_promise(
    contract: &Contract,
    schema: &SchemaRef,
    value: &Value,
    visit: &mut dyn FnMut(&Amendment<'_>, &Value),
) {
    let mut reading = Reading::of(contract);
    let root = reading.root(schema);
    let sites = sites(&mut reading, root, value, Way::Answer);
    let mut document = (*contract.document).clone();
    for site in sites.iter().filter(|site| !site.one_way && site.anchor.is_none()) {
        let Some(here) = at(value, &site.steps) else { continue };
        let parent = site.parent.map(|index| &sites[index]);
        let nullable = reading.judge(&site.roots, &Value::Null).keeps();
        let document_as_read = &contract.document;
        let draft = Draft { reading: &reading, document: document_as_read, site, parent, nullable };
        for (kind, class, changes) in draft.all(here) {
            let Some(first) = changes.first().map(|(pointer, _)| pointer.clone()) else { continue };
            let before: Vec<(String, Option<Value>)> = changes
                .into_iter()
                .map(|(pointer, new)| {
                    let old = set(&mut document, &pointer, new);
                    (pointer, old)
                })
                .collect();
            let (mutation, place) = (kind.row(), site.place.as_str());
            visit(&Amendment { mutation, class, place, promise: &first }, &document);
            for (pointer, old) in before.into_iter().rev() {
                set(&mut document, &pointer, old);
            }
        }
    }
}

/// Puts a value at a pointer, or takes it away; gives what stood there.
fn set(document: &mut Value, at: &str, new: Option<Value>) -> Option<Value> {
    let (above, name) = pointer::split(at)?;
    match (document.pointer_mut(above)?, new) {
        (Value::Object(object), Some(new)) => object.insert(name.into_owned(), new),
        (Value::Object(object), None) => object.shift_remove(&*name),
        (Value::Array(list), Some(new)) => {
            let spot = list.get_mut(name.parse::<usize>().ok()?)?;
            Some(std::mem::replace(spot, new))
        }
        _ => None,
    }
}

/// Values by their pointers; `None` takes one away.
type Changes = Vec<(String, Option<Value>)>;

/// The changes of what is promised for one place.
struct Draft<'d, 's> {
    reading: &'s Reading<'d>,
    document: &'d Value,
    site: &'s Site,
    parent: Option<&'s Site>,
    /// Whether null may stand there already.
    nullable: bool,
}

impl<'d> Draft<'d, '_> {
    fn all(&self, value: &Value) -> Vec<(Kind, Class, Changes)> {
        let mut all = Vec::new();
        let mut add = |kind: Kind, class: Class, changes: Option<Changes>| {
            all.extend(changes.filter(|changes| !changes.is_empty()).map(|c| (kind, class, c)));
        };
        match self.site.standing {
            Standing::Required => {
                add(Kind::RemoveRequired, Class::Breaking, self.gone(None));
                add(Kind::Rename, Class::Breaking, self.gone(Some("renamed_by_partner")));
            }
            Standing::Optional => add(Kind::RemoveOptional, Class::Presence, self.gone(None)),
            Standing::Root | Standing::Entry | Standing::Item => {}
        }
        add(Kind::Null, Class::Breaking, self.nullable());
        self.of_type(value, &mut add);
        if !value.is_object() && !value.is_array() && !value.is_null() {
            add(Kind::UnknownEnum, Class::Breaking, self.longer_list(value));
            let object = json!({"type": "object", "properties": {"value": {}}});
            add(Kind::ScalarToObject, Class::Breaking, self.retyped(&object));
            add(Kind::ScalarToArray, Class::Breaking, self.retyped(&json!({"type": "array"})));
        }
        all
    }

    /// The changes that are about one type of values.
    fn of_type(&self, value: &Value, add: &mut dyn FnMut(Kind, Class, Option<Changes>)) {
        match value {
            Value::Number(_) => {
                add(
                    Kind::NumberToString,
                    Class::Breaking,
                    self.retyped(&json!({"type": "string"})),
                );
                let bounds =
                    self.without(&["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]);
                add(Kind::NumberPastBound, Class::Breaking, bounds);
            }
            Value::Bool(_) => {
                add(
                    Kind::BooleanToString,
                    Class::Breaking,
                    self.retyped(&json!({"type": "string"})),
                );
            }
            Value::String(_) => {
                add(
                    Kind::StringToNumber,
                    Class::Breaking,
                    self.retyped(&json!({"type": "number"})),
                );
                let dated = ["date", "date-time", "time"];
                let format = self.facts().find_map(|facts| facts.format);
                if format.is_some_and(|format| dated.contains(&format)) {
                    add(Kind::DateFormat, Class::Breaking, self.without(&["format"]));
                } else if matches!(format, Some("uuid" | "email" | "uri" | "ipv4" | "ipv6")) {
                    add(Kind::FormatChanged, Class::Breaking, self.without(&["format"]));
                }
                add(Kind::PatternChanged, Class::Breaking, self.without(&["pattern"]));
                let length = self.without(&["maxLength", "minLength"]);
                add(Kind::StringPastBound, Class::Breaking, length);
            }
            Value::Array(_) => {
                add(Kind::EmptyArray, Class::Breaking, self.without(&["minItems"]));
                add(Kind::ArrayToSingle, Class::Breaking, self.retyped(&json!({"type": "object"})));
            }
            Value::Object(_) => {
                add(Kind::ExtraMember, Class::Additive, self.extra());
                add(
                    Kind::ObjectToString,
                    Class::Breaking,
                    self.retyped(&json!({"type": "string"})),
                );
                add(Kind::ObjectToArray, Class::Breaking, self.retyped(&json!({"type": "array"})));
            }
            Value::Null => {}
        }
    }

    fn facts(&self) -> impl Iterator<Item = &crate::contract::generate::reading::Facts<'d>> {
        self.site.nodes.iter().map(|id| &self.reading.node(*id).facts)
    }

    fn schemas<'n>(
        &'n self,
        nodes: &'n [NodeId],
    ) -> impl Iterator<Item = (&'n str, &'d Map<String, Value>)> {
        nodes.iter().filter_map(|id| {
            let at = self.reading.node(*id).at.as_str();
            Some((at, self.document.pointer(at)?.as_object()?))
        })
    }

    /// The member under no name, or under another one.
    fn gone(&self, renamed: Option<&str>) -> Option<Changes> {
        let Some(Step::Member(name)) = self.site.steps.last() else { return None };
        let mut changes = Vec::new();
        for (at, schema) in self.schemas(&self.parent?.nodes) {
            if let Some(Value::Array(required)) = schema.get("required")
                && required.iter().any(|known| known == name)
            {
                let mut left: Vec<Value> =
                    required.iter().filter(|known| *known != name).cloned().collect();
                left.extend(renamed.map(Value::from));
                changes.push((format!("{at}/required"), Some(Value::Array(left))));
            }
            if let Some(Value::Object(properties)) = schema.get("properties")
                && properties.contains_key(name)
            {
                let mut left = properties.clone();
                let old = left.shift_remove(name)?;
                left.extend(renamed.map(|renamed| (renamed.to_owned(), old)));
                changes.push((format!("{at}/properties"), Some(Value::Object(left))));
            }
        }
        Some(changes)
    }

    fn extra(&self) -> Option<Changes> {
        let (at, properties) = self.schemas(&self.site.nodes).find_map(|(at, schema)| {
            Some((at, schema.get("properties")?.as_object().filter(|map| !map.is_empty())?))
        })?;
        if self.reading.declares(&self.site.names, "added_by_partner") {
            return None;
        }
        let mut more = properties.clone();
        more.insert("added_by_partner".to_owned(), json!({"type": "string"}));
        Some(vec![(format!("{at}/properties"), Some(Value::Object(more)))])
    }

    /// Null beside what was allowed, in each schema that says something of types.
    fn nullable(&self) -> Option<Changes> {
        if self.nullable || self.facts().any(|facts| facts.constant.is_some()) {
            return None;
        }
        let mut changes = Vec::new();
        for (at, schema) in self.schemas(&self.site.nodes) {
            for key in ["type", "enum"] {
                let list = match schema.get(key) {
                    Some(Value::Array(list)) => list.clone(),
                    Some(one) => vec![one.clone()],
                    None => continue,
                };
                let null = if key == "type" { json!("null") } else { Value::Null };
                if list.contains(&null) {
                    continue;
                }
                let list = list.into_iter().chain([null]).collect();
                changes.push((format!("{at}/{key}"), Some(Value::Array(list))));
            }
        }
        Some(changes)
    }

    /// Another type, where one schema alone says which.
    fn retyped(&self, new: &Value) -> Option<Changes> {
        let mut typed = self.schemas(&self.site.nodes).filter(|(_, schema)| {
            ["type", "enum", "const"].iter().any(|key| schema.contains_key(*key))
        });
        let ((at, schema), None) = (typed.next()?, typed.next()) else { return None };
        // Where both are allowed nothing changes.
        let kind = new.get("type")?.as_str()?;
        let names = match schema.get("type") {
            Some(Value::String(name)) => vec![name.as_str()],
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            _ => return None,
        };
        if names.contains(&kind) {
            return None;
        }
        let mut changes: Changes = new
            .as_object()?
            .iter()
            .map(|(key, value)| (format!("{at}/{key}"), Some(value.clone())))
            .collect();
        let gone = ["enum", "const"].into_iter().filter(|key| schema.contains_key(*key));
        changes.extend(gone.map(|key| (format!("{at}/{key}"), None)));
        Some(changes)
    }

    /// Without these keywords, wherever they stand.
    fn without(&self, keys: &[&str]) -> Option<Changes> {
        if self.facts().any(|facts| facts.options.is_some() || facts.constant.is_some()) {
            return None;
        }
        let mut changes = Vec::new();
        for (at, schema) in self.schemas(&self.site.nodes) {
            let found = keys.iter().filter(|key| schema.contains_key(**key));
            changes.extend(found.map(|key| (format!("{at}/{key}"), None)));
        }
        Some(changes)
    }

    fn longer_list(&self, value: &Value) -> Option<Changes> {
        let new = match value {
            Value::String(text) => json!(format!("{text}_v2")),
            Value::Number(_) => json!(987_654_321),
            _ => return None,
        };
        let mut changes = Vec::new();
        for (at, schema) in self.schemas(&self.site.nodes) {
            if let Some(Value::Array(options)) = schema.get("enum") {
                if options.contains(&new) {
                    return None;
                }
                let options = options.iter().cloned().chain([new.clone()]).collect();
                changes.push((format!("{at}/enum"), Some(Value::Array(options))));
            } else if let Some(only) = schema.get("const") {
                changes.push((format!("{at}/const"), None));
                changes.push((format!("{at}/enum"), Some(json!([only, new]))));
            }
        }
        Some(changes)
    }
}
