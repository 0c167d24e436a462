//! What each element's syntax or edition says of presence, packing and the like
//! (protobuf guide, "Feature Settings for Editions").

use std::collections::HashMap;

use super::parse::Parsed;
use crate::contract::model::protobuf::{Features, Field, Kind, Label, Options, Presence, Syntax};

/// Finds out the features of everything in a file, and the labels that follow from them.
pub(super) fn decide(file: &mut Parsed) {
    let syntax = file.file.syntax;
    let mut base = of_syntax(syntax);
    apply(&mut base, &file.file.options);
    if file.file.options.is_true("java_string_check_utf8") {
        base.java_utf8 = Some(true);
    }
    let mut messages: HashMap<String, Features> = HashMap::new();
    let around = |name: &str, messages: &HashMap<String, Features>| {
        let outer = name.rsplit_once('.').and_then(|(outer, _)| messages.get(outer));
        outer.unwrap_or(&base).clone()
    };
    for (name, message) in &mut file.messages {
        // What stands around a message comes before it.
        message.features = around(name, &messages);
        apply(&mut message.features, &message.options);
        messages.insert(name.clone(), message.features.clone());
        for field in &mut message.fields {
            of_field(field, syntax, &message.features);
        }
    }
    for (name, found) in &mut file.enums {
        found.features = around(name, &messages);
        apply(&mut found.features, &found.options);
    }
    for (name, field) in &mut file.extensions {
        let outer = around(name, &messages);
        of_field(field, syntax, &outer);
    }
}

fn of_syntax(syntax: Syntax) -> Features {
    let modern = syntax != Syntax::Proto2;
    Features {
        presence: match syntax {
            Syntax::Proto3 => Presence::Implicit,
            Syntax::Proto2 | Syntax::Edition(_) => Presence::Explicit,
        },
        closed_enum: !modern,
        packed: modern,
        utf8: modern,
        delimited: false,
        json: modern,
        java_utf8: None,
        cpp_string: match syntax {
            // Edition 2024 changed the default of C++ alone.
            Syntax::Edition(2024) => Some("VIEW".to_owned()),
            _ => None,
        },
    }
}

fn apply(features: &mut Features, options: &Options) {
    let text = |name: &str| options.text(&format!("features.{name}"));
    match text("field_presence") {
        Some("EXPLICIT") => features.presence = Presence::Explicit,
        Some("IMPLICIT") => features.presence = Presence::Implicit,
        Some("LEGACY_REQUIRED") => features.presence = Presence::Required,
        _ => {}
    }
    let set = |name: &str, yes: &str, feature: &mut bool| {
        if let Some(said) = text(name) {
            *feature = said == yes;
        }
    };
    set("enum_type", "CLOSED", &mut features.closed_enum);
    set("repeated_field_encoding", "PACKED", &mut features.packed);
    set("utf8_validation", "VERIFY", &mut features.utf8);
    set("message_encoding", "DELIMITED", &mut features.delimited);
    set("json_format", "ALLOW", &mut features.json);
    match text("(pb.java).utf8_validation") {
        Some("VERIFY") => features.java_utf8 = Some(true),
        Some("DEFAULT") => features.java_utf8 = None,
        _ => {}
    }
    if let Some(said) = text("(pb.cpp).string_type") {
        features.cpp_string = Some(said.to_owned());
    }
}

fn of_field(field: &mut Field, syntax: Syntax, around: &Features) {
    field.features = around.clone();
    apply(&mut field.features, &field.options);
    if let Some((packed, _)) = field.options.set.get("packed") {
        field.features.packed = packed.as_bool().unwrap_or(false);
    }
    if let Kind::Message { delimited, .. } = &mut field.kind
        && field.features.delimited
    {
        *delimited = true;
    }
    let told = matches!(field.kind, Kind::Message { .. }) || field.oneof.is_some();
    field.label = match (field.label, field.features.presence) {
        (Label::Implicit, Presence::Required) if syntax != Syntax::Proto3 => Label::Required,
        (Label::Implicit, Presence::Implicit) if !told && field.extendee.is_none() => {
            Label::Implicit
        }
        (Label::Implicit, _) => Label::Optional,
        (label, _) => label,
    };
    field.features.presence = match field.label {
        Label::Required => Presence::Required,
        Label::Optional => Presence::Explicit,
        Label::Implicit | Label::Repeated | Label::Map => Presence::Implicit,
    };
}
