//! The rules of Protocol Buffers and of Avro, as people read them.

use serde_json::Value;

use super::view::{Family, Level, RuleDoc, Shown};
use crate::contract::compare::{NotationRule, notation_rules};

/// The rules for `.proto` files.
pub(super) fn protobuf() -> Family {
    Family {
        name: "protobuf",
        title: "Rules of Protocol Buffers",
        about: "Two versions of .proto files are held against each other. A rule protects those who \
                exchange bytes (wire), those who exchange JSON (json), or those who compile code that is \
                generated from the files (source). A notice harms nobody, and is told all the same. An \
                example is a file of proto3 where it says nothing else.",
        rules: of("protobuf."),
    }
}

/// The rules for Avro schemas.
pub(super) fn avro() -> Family {
    Family {
        name: "avro",
        title: "Rules of Avro",
        about: "Two versions of Avro schemas are held against each other: what a reader by one makes of \
                what a writer by the other wrote. Whether that harms anybody follows from who moves first: \
                a field without a default harms new readers of old messages alone.",
        rules: of("avro."),
    }
}

/// The rules whose ids begin so.
fn of(start: &str) -> Vec<RuleDoc> {
    let rules = notation_rules();
    rules.iter().filter(|rule| rule.id.starts_with(start)).map(view).collect()
}

fn view(rule: &NotationRule) -> RuleDoc {
    let (language, source) = match rule.id.split_once('.') {
        Some(("avro", _)) => ("json", "Avro specification 1.12.0, Schema Resolution"),
        _ => ("proto", "Protocol Buffers guide, Updating A Message Type, and ProtoJSON Format"),
    };
    let (old, new) = rule.example;
    let shown = |title, text: &str| {
        let parsed: Result<Value, _> = serde_json::from_str(text);
        let text = parsed.map_or_else(|_| text.to_owned(), |schema| format!("{schema:#}"));
        Shown { title, language, text }
    };
    // What it takes several files to show has no example.
    let is_shown = !(old.is_empty() && new.is_empty());
    RuleDoc {
        name: rule.id.to_owned(),
        ids: vec![rule.id.to_owned()],
        levels: vec![Level { of: "protects", word: rule.reach, help: rule.help.to_owned() }],
        doc: sentence(rule.doc),
        source: source.to_owned(),
        example: if is_shown {
            vec![shown("Before", old), shown("After", new)]
        } else {
            Vec::new()
        },
    }
}

/// `a field is gone` as a sentence.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
