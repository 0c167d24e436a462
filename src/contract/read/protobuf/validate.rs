//! What the language forbids beyond its grammar (protobuf guide; language specifications).

use std::collections::BTreeMap;

use super::{link::unique, parse::Parsed};
use crate::{
    contract::model::protobuf::{At, Enum, Field, Message, Numbers, Syntax},
    evidence::Diagnostic,
};

/// What is wrong in a file whose names are resolved.
pub(super) fn problems(parsed: &Parsed) -> Vec<Diagnostic> {
    let mut found = Found { parsed, problems: Vec::new() };
    for (name, message) in &parsed.messages {
        found.message(name, message);
    }
    for (name, declared) in &parsed.enums {
        found.enumeration(name, declared);
    }
    for (name, service) in &parsed.services {
        let names = service.methods.iter().map(|method| (method.name.as_str(), &method.at));
        found.unique(names, |method| format!("`{name}` has two methods `{method}`"));
    }
    found.problems
}

/// Extensions outside the ranges of their messages, and two of one number.
pub(super) fn extensions(parsed: &[Parsed]) -> Vec<Diagnostic> {
    let messages: BTreeMap<&str, &Message> =
        parsed.iter().flat_map(|p| p.messages.iter().map(|(n, m)| (n.as_str(), m))).collect();
    let mut numbers: BTreeMap<(&str, i32), &Field> = BTreeMap::new();
    let mut problems = Vec::new();
    for file in parsed {
        let place = |at: &At| super::link::place(parsed, at);
        for (name, field) in &file.extensions {
            let Some(extendee) = field.extendee.as_deref() else { continue };
            let ranges = messages.get(extendee).map_or(&[][..], |m| &m.extension_ranges);
            if !ranges.iter().any(|range| holds(range, field.number)) {
                let title = format!("`{extendee}` has no extension range for {}", field.number);
                let help = "choose a number of one of its `extensions` ranges";
                problems.push(Diagnostic::error(title).maybe_at(place(&field.at), name).help(help));
            }
            if let Some(first) = numbers.insert((extendee, field.number), field) {
                let title =
                    format!("two extensions of `{extendee}` have the number {}", field.number);
                problems.push(
                    Diagnostic::error(title)
                        .maybe_at(place(&field.at), "the second")
                        .maybe_at(place(&first.at), "the first"),
                );
            }
        }
    }
    problems
}

fn holds(range: &Numbers, number: i32) -> bool {
    (range.first..=range.last).contains(&number)
}

struct Found<'p> {
    parsed: &'p Parsed,
    problems: Vec<Diagnostic>,
}

impl Found<'_> {
    fn tell(&mut self, title: String, marks: &[(&At, &str)], help: &str) {
        let source = self.parsed.file.source.as_ref();
        let told = marks.iter().fold(Diagnostic::error(title), |told, (at, label)| {
            told.maybe_at(source.map(|source| source.place(at.range.clone())), *label)
        });
        self.problems.push(if help.is_empty() { told } else { told.help(help) });
    }

    fn unique<'n>(
        &mut self,
        names: impl Iterator<Item = (&'n str, &'n At)>,
        title: impl Fn(&str) -> String,
    ) {
        let mut twice = Vec::new();
        unique(names, |name, second, first| {
            twice.push((title(name), second.clone(), first.clone()));
        });
        for (title, second, first) in twice {
            self.tell(title, &[(&second, "the second"), (&first, "the first")], "");
        }
    }

    fn message(&mut self, name: &str, message: &Message) {
        let fields = &message.fields;
        let names = fields.iter().map(|field| (field.name.as_str(), &field.name_at));
        let oneofs = message.oneofs.iter().map(|(oneof, at)| (oneof.as_str(), at));
        self.unique(names.chain(oneofs), |field| format!("`{name}` has two fields `{field}`"));
        let mut numbers: BTreeMap<i32, &Field> = BTreeMap::new();
        for field in fields {
            if let Some(first) = numbers.insert(field.number, field) {
                let title = format!("two fields of `{name}` have the number {}", field.number);
                let help = "a number belongs to one field for ever";
                self.tell(title, &[(&field.at, "the second"), (&first.at, "the first")], help);
            }
            for (what, ranges) in
                [("reserved", &message.reserved), ("for extensions", &message.extension_ranges)]
            {
                if let Some(range) = ranges.iter().find(|range| holds(range, field.number)) {
                    let title =
                        format!("the number {} of `{}` is {what}", field.number, field.name);
                    self.tell(title, &[(&field.at, ""), (&range.at, what)], "");
                }
            }
            if let Some((_, at)) = message.reserved_names.iter().find(|(n, _)| *n == field.name) {
                let title = format!("the name `{}` is reserved", field.name);
                self.tell(title, &[(&field.name_at, ""), (at, "reserved here")], "");
            }
        }
        // Names that would be one in JSON (protobuf guide, "JSON Name Conflicts").
        if message.features.json && self.parsed.file.syntax != Syntax::Proto2 {
            let names = fields.iter().map(|field| (field.json_name.as_str(), &field.name_at));
            self.unique(names, |json| {
                format!("two fields of `{name}` are called `{json}` in JSON")
            });
        }
        self.ranges(name, message);
    }

    fn ranges(&mut self, name: &str, message: &Message) {
        let mut all: Vec<&Numbers> =
            message.reserved.iter().chain(&message.extension_ranges).collect();
        all.sort_by_key(|range| range.first);
        for pair in all.windows(2) {
            if pair[1].first <= pair[0].last {
                let title = format!("two ranges of numbers of `{name}` overlap");
                self.tell(title, &[(&pair[1].at, ""), (&pair[0].at, "with this one")], "");
            }
        }
    }

    fn enumeration(&mut self, name: &str, declared: &Enum) {
        let Some(first) = declared.values.first() else {
            let help = "an enum has at least one value";
            self.tell(format!("`{name}` has no value"), &[(&declared.name_at, "")], help);
            return;
        };
        if !declared.features.closed_enum && first.number != 0 {
            let title = format!("the first value of `{name}` is not 0");
            let help = "an open enum begins with its zero value, which is its default";
            self.tell(title, &[(&first.number_at, "")], help);
        }
        let names = declared.values.iter().map(|value| (value.name.as_str(), &value.at));
        self.unique(names, |value| format!("`{name}` has two values `{value}`"));
        let mut numbers: BTreeMap<i32, &At> = BTreeMap::new();
        for value in &declared.values {
            if let Some(first) = numbers.insert(value.number, &value.at)
                && !declared.options.is_true("allow_alias")
            {
                let title = format!("two values of `{name}` have the number {}", value.number);
                let help = "set the option `allow_alias = true` if that is meant";
                self.tell(title, &[(&value.at, "the second"), (first, "the first")], help);
            }
            if let Some(range) = declared.reserved.iter().find(|r| holds(r, value.number)) {
                let title = format!("the number {} of `{}` is reserved", value.number, value.name);
                self.tell(title, &[(&value.at, ""), (&range.at, "reserved here")], "");
            }
            if let Some((_, at)) = declared.reserved_names.iter().find(|(n, _)| *n == value.name) {
                let title = format!("the name `{}` is reserved", value.name);
                self.tell(title, &[(&value.at, ""), (at, "reserved here")], "");
            }
        }
    }
}
