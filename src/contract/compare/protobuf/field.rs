//! A field that both sides have, by its number.

use serde_json::Value;

use super::{
    changes::{Change, Changes, short},
    default,
    rules::Reach,
};
use crate::contract::{
    compare::noted::Verdict,
    model::protobuf::{Field, Kind, Label, Options, Scalar, Syntax},
};

/// A field on both sides.
pub(super) struct Pair<'p> {
    /// Its message on the old side.
    pub(super) message: &'p str,
    pub(super) old_pointer: String,
    pub(super) new_pointer: String,
    pub(super) old: &'p Field,
    pub(super) new: &'p Field,
}

impl Pair<'_> {
    fn change(&self, what: &str, before: impl Into<String>, after: impl Into<String>) -> Change {
        Change {
            of: self.message.to_owned(),
            old_pointer: self.old_pointer.clone(),
            new_pointer: self.new_pointer.clone(),
            message: format!("{}.{} {what}", self.message, self.old.name),
            before: before.into(),
            after: after.into(),
        }
    }
}

pub(super) fn pair(changes: &mut Changes<'_>, pair: &Pair<'_>) {
    cardinality(changes, pair);
    kind(changes, pair);
    name(changes, pair);
    let (old, new) = (pair.old, pair.new);
    if old.oneof != new.oneof && old.extendee.is_none() {
        let of = |field: &Field| {
            field.oneof.as_ref().map_or("none".to_owned(), |o| format!("oneof {o}"))
        };
        changes.note("protobuf.field-oneof", pair.change("is in another oneof", of(old), of(new)));
    }
    if let Some((before, after)) = default::differ(changes, old, new) {
        changes.note("protobuf.field-default", pair.change("has another default", before, after));
    }
    code(changes, pair);
    if !old.options.is_true("deprecated") && new.options.is_true("deprecated") {
        changes.note("protobuf.deprecated", pair.change("is deprecated", "in use", "deprecated"));
    }
    for (option, before, after) in annotations(&old.options, &new.options) {
        let change = pair.change(&format!("sets {option} otherwise"), before, after);
        changes.weigh("protobuf.annotation-changed", change, Verdict::Risky, Verdict::Risky);
    }
}

fn cardinality(changes: &mut Changes<'_>, pair: &Pair<'_>) {
    let (old, new) = (pair.old.label, pair.new.label);
    if old == new {
        return;
    }
    let wire = |label| match label {
        Label::Optional | Label::Implicit => 1,
        Label::Required => 2,
        Label::Repeated | Label::Map => 3,
    };
    let said = |label| match label {
        Label::Optional => "optional",
        Label::Implicit => "without presence",
        Label::Required => "required",
        Label::Repeated => "repeated",
        Label::Map => "a map",
    };
    let (before, after) = (said(old), said(new));
    let change = pair.change(&format!("was {before} and is {after}"), before, after);
    if wire(old) != wire(new) {
        let demanded = |yes| if yes { Verdict::Breaks } else { Verdict::Fine };
        match (old, new) {
            // Who demands it misses it; who does not is content.
            (Label::Required, Label::Optional | Label::Implicit)
            | (Label::Optional | Label::Implicit, Label::Required) => {
                let (was, is) = (old == Label::Required, new == Label::Required);
                let rule = "protobuf.field-cardinality-wire";
                changes.weigh(rule, change, demanded(was), demanded(is));
            }
            _ => changes.note("protobuf.field-cardinality-wire", change),
        }
    } else if (old == Label::Map) != (new == Label::Map) {
        changes.note("protobuf.field-cardinality-json", change);
    } else {
        changes.note("protobuf.field-presence", change);
    }
}

fn kind(changes: &mut Changes<'_>, pair: &Pair<'_>) {
    let (old, new) = (&pair.old.kind, &pair.new.kind);
    let Some(reach) = differ(changes, old, new) else { return };
    let (before, after) = (old.to_string(), new.to_string());
    let change = pair.change(&format!("was {before} and is {after}"), before, after);
    let rule = match reach {
        Reach::Wire => "protobuf.field-type-wire",
        Reach::Json => "protobuf.field-type-json",
        Reach::Source | Reach::Notice => "protobuf.field-type-source",
    };
    changes.note(rule, change);
}

/// How far the difference of two types reaches; none where they are the same.
fn differ(changes: &Changes<'_>, old: &Kind, new: &Kind) -> Option<Reach> {
    match (old, new) {
        (Kind::Scalar(old), Kind::Scalar(new)) => scalars(*old, *new),
        (
            Kind::Message { name: old, delimited: was },
            Kind::Message { name: new, delimited: is },
        ) => (was != is || changes.type_renamed(old) != *new).then_some(Reach::Wire),
        (Kind::Enum(old), Kind::Enum(new)) => {
            if changes.type_renamed(old) == *new {
                return None;
            }
            let same = short(old) == short(new) && holds_all(changes, old, new);
            Some(if same { Reach::Source } else { Reach::Wire })
        }
        (Kind::Map(old_key, old), Kind::Map(new_key, new)) => {
            let both = [scalars(*old_key, *new_key), differ(changes, old, new)];
            both.into_iter().flatten().min()
        }
        _ => Some(Reach::Wire),
    }
}

/// Whether an enum has all values of another.
fn holds_all(changes: &Changes<'_>, old: &str, new: &str) -> bool {
    let (Some(old), Some(new)) = (changes.old.enums.get(old), changes.new.enums.get(new)) else {
        return false;
    };
    old.values.iter().all(|value| {
        new.values.iter().any(|other| other.number == value.number && other.name == value.name)
    })
}

fn scalars(old: Scalar, new: Scalar) -> Option<Reach> {
    use Scalar as S;
    // Types that the wire writes alike (protobuf guide, "Updating A Message Type").
    let wire = |scalar| match scalar {
        S::Int32 | S::Int64 | S::Uint32 | S::Uint64 | S::Bool => 1,
        S::Sint32 | S::Sint64 => 2,
        S::String => 3,
        S::Bytes => 4,
        S::Fixed32 | S::Sfixed32 => 5,
        S::Fixed64 | S::Sfixed64 => 6,
        S::Double => 7,
        S::Float => 8,
    };
    // Of those, the ones that JSON writes alike as well.
    let json = |scalar| match scalar {
        S::Int32 | S::Uint32 => 1,
        S::Int64 | S::Uint64 => 2,
        S::Fixed32 | S::Sfixed32 => 3,
        S::Fixed64 | S::Sfixed64 => 4,
        S::Bool => 5,
        S::Sint32 => 6,
        S::Sint64 => 7,
        S::String => 8,
        S::Bytes => 9,
        S::Double => 10,
        S::Float => 11,
    };
    if old == new {
        return None;
    }
    // Texts are bytes; bytes need not be texts.
    let widened = (old, new) == (S::String, S::Bytes);
    if wire(old) != wire(new) && !widened {
        return Some(Reach::Wire);
    }
    Some(if json(old) == json(new) { Reach::Source } else { Reach::Json })
}

fn name(changes: &mut Changes<'_>, pair: &Pair<'_>) {
    let (old, new) = (pair.old, pair.new);
    // Extensions have no name in JSON but their full one.
    let json = old.json_name != new.json_name && old.extendee.is_none();
    let (rule, before, after) = match (old.name != new.name, json) {
        (false, false) => return,
        (false, true) => ("protobuf.field-json-name", &old.json_name, &new.json_name),
        (true, false) if old.extendee.is_none() => {
            ("protobuf.field-renamed-in-code", &old.name, &new.name)
        }
        (true, _) => ("protobuf.field-renamed", &old.name, &new.name),
    };
    let what =
        format!("is called {after}{}", if rule.ends_with("json-name") { " in JSON" } else { "" });
    changes.note(rule, pair.change(&what, before, after));
}

/// What only generated code shows.
fn code(changes: &mut Changes<'_>, pair: &Pair<'_>) {
    let (old, new) = (pair.old, pair.new);
    let wide = |field: &Field| {
        use Scalar as S;
        let Kind::Scalar(scalar) = field.kind else { return false };
        matches!(scalar, S::Int64 | S::Uint64 | S::Sint64 | S::Fixed64 | S::Sfixed64)
    };
    let js = |field: &Field| field.options.text("jstype").unwrap_or("JS_NORMAL").to_owned();
    if wide(old) && wide(new) && js(old) != js(new) {
        let change = pair.change("has another type in JavaScript", js(old), js(new));
        changes.note("protobuf.field-js-type", change);
    }
    let either = |field: &Field| matches!(field.kind, Kind::Scalar(Scalar::String | Scalar::Bytes));
    let cpp = |side: &crate::contract::model::protobuf::Protobuf, field: &Field| {
        let syntax = side.files.get(field.at.file).map(|file| file.syntax);
        let ctype = field.options.text("ctype");
        let said = ctype.filter(|_| !matches!(syntax, Some(Syntax::Edition(2024..))));
        said.or(field.features.cpp_string.as_deref()).unwrap_or("STRING").to_owned()
    };
    let (before, after) = (cpp(changes.old, old), cpp(changes.new, new));
    // A piece of a string is a string now, without harm.
    let milder = before == "STRING_PIECE" && after == "STRING";
    if either(old) && either(new) && before != after && !milder {
        let change = pair.change("has another type in C++", before, after);
        changes.note("protobuf.field-cpp-type", change);
    }
    if texts(&old.kind) && texts(&new.kind) {
        let java = |field: &Field| field.features.java_utf8.unwrap_or(field.features.utf8);
        let core = (old.features.utf8, new.features.utf8);
        let in_java = (java(old), java(new));
        let (rule, what, (was, is)) = match (core.0 != core.1, in_java.0 != in_java.1) {
            (false, false) => return,
            (true, true) => ("protobuf.field-utf8", "is checked for UTF-8 otherwise", core),
            (true, false) => (
                "protobuf.field-utf8-not-java",
                "is checked for UTF-8 otherwise, but not in Java",
                core,
            ),
            (false, true) => {
                ("protobuf.field-java-utf8", "is checked for UTF-8 otherwise in Java", in_java)
            }
        };
        let said = |yes| if yes { "VERIFY" } else { "NONE" };
        changes.note(rule, pair.change(what, said(was), said(is)));
    }
}

/// Whether a type is a text, or a map with texts.
fn texts(kind: &Kind) -> bool {
    match kind {
        Kind::Scalar(scalar) => *scalar == Scalar::String,
        Kind::Map(key, value) => *key == Scalar::String || texts(value),
        Kind::Message { .. } | Kind::Enum(_) | Kind::Named(_) => false,
    }
}

/// Options of one's own that differ: name, before and after.
pub(super) fn annotations(old: &Options, new: &Options) -> Vec<(String, String, String)> {
    let own = |options: &Options| -> Vec<String> {
        options.set.keys().filter(|name| name.starts_with('(')).cloned().collect()
    };
    let mut names = own(old);
    names.extend(own(new));
    names.sort();
    names.dedup();
    let value =
        |options: &Options, name: &str| options.set.get(name).map(|(value, _)| value.clone());
    let shown =
        |value: Option<Value>| value.map_or("not set".to_owned(), |value| value.to_string());
    let differs = |name: &String| value(old, name) != value(new, name);
    let told = |name: String| {
        let (before, after) = (shown(value(old, &name)), shown(value(new, &name)));
        (name, before, after)
    };
    names.into_iter().filter(differs).map(told).collect()
}
