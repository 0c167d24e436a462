//! Keywords without schemas below them: types, lists of values, bounds, lengths, patterns,
//! formats and counts.

use std::borrow::Cow;

use serde_json::Value;

use super::{
    case::{Case, Count, End, in_words, kind, whole},
    decimal::{Decimal, equal},
    failure::{Facet, Level, Out},
    nodes::NodeId,
    prover::Prover,
};
use crate::contract::{schema::clip, shape::Types};

const PATTERNS: &str = "whether one pattern allows less than another is not decided";
const VALUE: &str = "the value cannot be tried";
const STEPS: &str = "the step is too fine to be compared";

/// Patterns that every string matches.
const EVERYTHING: &[&str] = &["", "^", "$", ".*", "(.*)", "^.*", ".*$", "[\\s\\S]*", "^[\\s\\S]*$"];

/// Formats whose strings are all strings of another one.
const WITHIN: &[(&str, &str)] = &[
    ("email", "idn-email"),
    ("hostname", "idn-hostname"),
    ("uri", "iri"),
    ("uri", "uri-reference"),
    ("uri", "iri-reference"),
    ("iri", "iri-reference"),
    ("uri-reference", "iri-reference"),
    ("int8", "int16"),
    ("int8", "int32"),
    ("int8", "int64"),
    ("int16", "int32"),
    ("int16", "int64"),
    ("int32", "int64"),
    ("uint8", "uint16"),
    ("uint8", "uint32"),
    ("uint8", "uint64"),
    ("uint8", "int16"),
    ("uint8", "int32"),
    ("uint8", "int64"),
    ("uint16", "uint32"),
    ("uint16", "uint64"),
    ("uint16", "int32"),
    ("uint16", "int64"),
    ("uint32", "uint64"),
    ("uint32", "int64"),
    ("float", "double"),
];

impl<'d> Prover<'d> {
    /// The plain keywords of one part.
    pub(super) fn plain(&mut self, case: &Case<'d>, part: NodeId) -> Out<'d> {
        let mut out = Out::default();
        let Some(object) = self.nodes.object(part) else { return out };
        for (key, value) in object {
            match key.as_str() {
                "type" => out.add(self.type_of(case, part)),
                "enum" => out.add(self.listed(case, part, "enum")),
                "const" => out.add(self.listed(case, part, "const")),
                "minimum" | "exclusiveMinimum" | "maximum" | "exclusiveMaximum" => {
                    out.add(self.bound(case, part, key, value));
                }
                "multipleOf" => out.add(self.step_of(case, part, value)),
                "pattern" => out.add(self.pattern(case, part, value)),
                "format" => out.add(self.format(case, part, value)),
                "contentEncoding" => out.add(self.content(case, part, "contentEncoding", value)),
                "contentMediaType" => out.add(self.content(case, part, "contentMediaType", value)),
                "uniqueItems" => out.add(self.unique(case, part)),
                "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties"
                | "maxProperties" => out.add(self.count(case, part, key, value)),
                "$dynamicRef" => out.add(self.dynamic(case, part, "$dynamicRef")),
                "$recursiveRef" => out.add(self.dynamic(case, part, "$recursiveRef")),
                _ => {}
            }
        }
        out
    }

    fn dynamic(&mut self, case: &Case<'d>, part: NodeId, keyword: &'static str) -> Out<'d> {
        let level = Level::Unknown("a reference that is resolved at run time");
        Out::fails(self.failure(case, (part, keyword), Facet::Undecided, level))
    }

    fn type_of(&mut self, case: &Case<'d>, part: NodeId) -> Out<'d> {
        let allowed = match self.nodes.keyword(part, "type") {
            Some(Value::String(name)) => Types::named(name),
            Some(Value::Array(names)) => {
                let names = names.iter().filter_map(Value::as_str);
                names.map(Types::named).fold(Types::NONE, Types::or)
            }
            _ => return Out::default(),
        };
        let extra = case.types.without(allowed);
        if extra == Types::NONE || self.is_hollow(case, 3) {
            return Out::default();
        }
        let mut failure = self.failure(case, (part, "type"), Facet::Type(extra), Level::Fails);
        failure.say(in_words(allowed), in_words(case.types));
        Out::fails(failure)
    }

    /// A list of values, where the values of the case are too many to be tried.
    fn listed(&mut self, case: &Case<'d>, part: NodeId, keyword: &'static str) -> Out<'d> {
        let said = self.nodes.keyword(part, keyword);
        let allowed: Vec<&Value> = match said {
            Some(Value::Array(list)) if keyword == "enum" => list.iter().collect(),
            other => other.into_iter().collect(),
        };
        // Variants of the case may each have few values.
        if self.is_hollow(case, 2) {
            return Out::default();
        }
        let kinds = allowed.iter().map(|value| kind(value)).fold(Types::NONE, Types::or);
        let extra = case.types.without(kinds);
        let is_other = kinds.and(case.types) == Types::NONE;
        let facet = if is_other { Facet::Type(extra) } else { Facet::Values };
        let mut failure = self.failure(case, (part, keyword), facet, Level::Fails);
        failure.say(list_of(&allowed), in_words(case.types));
        Out::fails(failure)
    }

    /// Each of few values is right by one of the goals.
    pub(super) fn prove_values(
        &mut self,
        case: &Case<'d>,
        few: &[Cow<'d, Value>],
        goals: &[NodeId],
    ) -> Out<'d> {
        let mut out = Out::default();
        for value in few {
            let mut is_right = Some(true);
            for part in &case.parts {
                match self.judge(value, *part) {
                    Some(false) => is_right = Some(false),
                    None if is_right.is_some() => is_right = None,
                    _ => {}
                }
            }
            if is_right == Some(false) || !case.types.has(kind(value)) {
                continue;
            }
            let mut is_denied = false;
            for denied in &case.denied {
                is_denied |= self.judge(value, *denied) == Some(true);
            }
            if is_denied {
                continue;
            }
            let verdicts: Vec<_> = goals.iter().map(|goal| self.judge(value, *goal)).collect();
            if verdicts.contains(&Some(true)) {
                continue;
            }
            let level = if verdicts.contains(&None) { Level::Unknown(VALUE) } else { Level::Fails };
            out.add(self.wrong_value(case, value, goals, level));
        }
        out
    }

    fn wrong_value(
        &mut self,
        case: &Case<'d>,
        value: &Value,
        goals: &[NodeId],
        level: Level,
    ) -> Out<'d> {
        let Some(first) = goals.first() else { return Out::default() };
        let mut spot = (*first, "");
        let mut types = Types::NONE;
        let mut allowed: Vec<&Value> = Vec::new();
        for goal in goals {
            types = types.or(self.types(*goal));
            for part in &self.nodes.parts(*goal).list {
                for keyword in ["enum", "const"] {
                    let said = self.nodes.keyword(*part, keyword);
                    if said.is_some() && spot.1.is_empty() {
                        spot = (*part, keyword);
                    }
                    match said {
                        Some(Value::Array(list)) if keyword == "enum" => allowed.extend(list),
                        other => allowed.extend(other),
                    }
                }
            }
        }
        let is_other_type = !types.has(kind(value)) && level == Level::Fails;
        // Null beside listed values is told as null, not as one more value.
        let facet = if is_other_type
            && (allowed.is_empty() || value.is_null() || types.and(case.types) == Types::NONE)
        {
            Facet::Type(kind(value))
        } else {
            Facet::Value(value.to_string())
        };
        let narrow = if self.lists_some(case, "const") { "const" } else { "enum" };
        let mut failure = self.failure(case, (spot.0, narrow), facet, level);
        failure.wide.keyword = spot.1;
        let demanded = if allowed.is_empty() { in_words(types) } else { list_of(&allowed) };
        let promised = match &failure.facet {
            Facet::Type(_) => in_words(case.types),
            _ => clip(&value.to_string(), 60),
        };
        failure.say(demanded, promised);
        Out::fails(failure)
    }

    fn lists_some(&self, case: &Case<'d>, keyword: &str) -> bool {
        case.parts.iter().any(|part| self.nodes.keyword(*part, keyword).is_some())
    }

    fn bound(&mut self, case: &Case<'d>, part: NodeId, key: &str, value: &Value) -> Out<'d> {
        let Some(at) = Decimal::of(value) else { return Out::default() };
        let numbers = Types::INTEGER.or(Types::FRACTION);
        if !case.types.has(numbers) {
            return Out::default();
        }
        let (keyword, open, is_low) = match key {
            "minimum" => ("minimum", false, true),
            "exclusiveMinimum" => ("exclusiveMinimum", true, true),
            "maximum" => ("maximum", false, false),
            _ => ("exclusiveMaximum", true, false),
        };
        let have = if is_low { case.low } else { case.high };
        let is_within = have.is_some_and(|have| {
            let inside = if is_low { have.at > at } else { have.at < at };
            inside || have.at == at && (have.open || !open)
        });
        if is_within || self.is_hollow(case, 2) {
            return Out::default();
        }
        let facet = Facet::Bound(if is_low { "minimum" } else { "maximum" });
        let mut failure = self.failure(case, (part, keyword), facet, Level::Fails);
        if let Some(spot) = &mut failure.narrow
            && spot.keyword.is_empty()
        {
            let other = match keyword {
                "minimum" => "exclusiveMinimum",
                "exclusiveMinimum" => "minimum",
                "maximum" => "exclusiveMaximum",
                _ => "maximum",
            };
            let says = |part: &&NodeId| self.nodes.keyword(**part, other).is_some();
            if let Some(part) = case.parts.iter().find(says) {
                (spot.node, spot.keyword) = (*part, other);
            }
        }
        failure.say(end_in_words(Some(End { at, open }), is_low), end_in_words(have, is_low));
        Out::fails(failure)
    }

    fn step_of(&mut self, case: &Case<'d>, part: NodeId, value: &Value) -> Out<'d> {
        let Some(step) = Decimal::of(value) else { return Out::default() };
        if !case.types.has(Types::INTEGER.or(Types::FRACTION)) {
            return Out::default();
        }
        let have = case.step();
        let level = match have.map(|have| have.is_multiple_of(step)) {
            Some(Some(true)) => return Out::default(),
            Some(None) => Level::Unknown(STEPS),
            _ => Level::Fails,
        };
        if let Some(few) = case.few() {
            return self.prove_values(case, &few, &[part]);
        }
        let facet = Facet::Bound("multipleOf");
        let mut failure = self.failure(case, (part, "multipleOf"), facet, level);
        let promised = match self.said(case, "multipleOf") {
            Some(step) => format!("a multiple of {step}"),
            None => in_words(case.types),
        };
        failure.say(format!("a multiple of {value}"), promised);
        Out::fails(failure)
    }

    /// What the first part that has this keyword says.
    fn said(&self, case: &Case<'d>, keyword: &str) -> Option<&'d Value> {
        case.parts.iter().find_map(|part| self.nodes.keyword(*part, keyword))
    }

    fn pattern(&mut self, case: &Case<'d>, part: NodeId, value: &Value) -> Out<'d> {
        let Value::String(pattern) = value else { return Out::default() };
        if !case.types.has(Types::STRING)
            || EVERYTHING.contains(&pattern.as_str())
            || case.patterns.contains(&pattern.as_str())
        {
            return Out::default();
        }
        let level = if case.patterns.is_empty() { Level::Fails } else { Level::Unknown(PATTERNS) };
        let mut failure = self.failure(case, (part, "pattern"), Facet::Pattern, level);
        let promised = case.patterns.first().map_or("any string".to_owned(), |p| clip(p, 60));
        failure.say(clip(pattern, 60), promised);
        Out::fails(failure)
    }

    fn format(&mut self, case: &Case<'d>, part: NodeId, value: &Value) -> Out<'d> {
        let Value::String(format) = value else { return Out::default() };
        // No format of numbers says anything about digits in a string.
        let is_narrower = !(format.ends_with("int64") && case.types.has(Types::STRING));
        let is_within = |have: &&str| {
            *have == format || is_narrower && WITHIN.contains(&(*have, format.as_str()))
        };
        if !case.types.has(about(format)) || case.formats.iter().any(is_within) {
            return Out::default();
        }
        let mut failure = self.failure(case, (part, "format"), Facet::Format, Level::Fails);
        failure.say(format, *case.formats.first().unwrap_or(&"any"));
        Out::fails(failure)
    }

    fn content(
        &mut self,
        case: &Case<'d>,
        part: NodeId,
        keyword: &'static str,
        value: &Value,
    ) -> Out<'d> {
        let have = self.said(case, keyword);
        if !case.types.has(Types::STRING) || have == Some(value) {
            return Out::default();
        }
        let mut failure = self.failure(case, (part, keyword), Facet::Format, Level::Fails);
        let promised = have.and_then(Value::as_str).unwrap_or("any");
        failure.say(value.as_str().unwrap_or_default(), promised);
        Out::fails(failure)
    }

    fn unique(&mut self, case: &Case<'d>, part: NodeId) -> Out<'d> {
        let is_unique = case.parts.iter().any(|part| self.nodes.flag(*part, "uniqueItems"));
        let may_repeat = case.items.most.is_none_or(|most| most > 1);
        if !self.nodes.flag(part, "uniqueItems")
            || !case.types.has(Types::ARRAY)
            || is_unique
            || !may_repeat
        {
            return Out::default();
        }
        let mut failure = self.failure(case, (part, "uniqueItems"), Facet::Unique, Level::Fails);
        failure.say("items that differ", "items that may repeat");
        Out::fails(failure)
    }

    fn count(&mut self, case: &Case<'d>, part: NodeId, key: &str, value: &Value) -> Out<'d> {
        let Some(wanted) = whole(value) else { return Out::default() };
        let (keyword, have, about, unit) = match key {
            "minLength" => ("minLength", case.length, Types::STRING, "characters"),
            "maxLength" => ("maxLength", case.length, Types::STRING, "characters"),
            "minItems" => ("minItems", case.items, Types::ARRAY, "items"),
            "maxItems" => ("maxItems", case.items, Types::ARRAY, "items"),
            "minProperties" => ("minProperties", case.members, Types::OBJECT, "members"),
            _ => ("maxProperties", self.most_members(case), Types::OBJECT, "members"),
        };
        let is_least = keyword.starts_with("min");
        let is_within = if is_least {
            have.least >= wanted
        } else {
            have.most.is_some_and(|most| most <= wanted)
        };
        if is_within || !case.types.has(about) || self.is_hollow(case, 2) {
            return Out::default();
        }
        let facet = Facet::Bound(keyword);
        let mut failure = self.failure(case, (part, keyword), facet, Level::Fails);
        let have = if is_least { (have.least > 0).then_some(have.least) } else { have.most };
        let demanded = count_in_words(Some(wanted), is_least, unit);
        failure.say(demanded, count_in_words(have, is_least, unit));
        Out::fails(failure)
    }

    /// A closed object has no more members than it names.
    fn most_members(&mut self, case: &Case<'d>) -> Count {
        let mut count = case.members;
        let others = self.others(case, None);
        let patterns = |part: &NodeId| self.nodes.keyword(*part, "patternProperties").is_some();
        if others.forbidden && !case.parts.iter().any(patterns) {
            let mut names = 0;
            for name in self.declared_names(case) {
                names += u64::from(!self.member(case, name).forbidden);
            }
            count.at_most(Some(names));
        }
        count
    }
}

/// The types that a format speaks of; all where it is not known.
fn about(format: &str) -> Types {
    match format {
        "int8" | "int16" | "int32" | "uint8" | "uint16" | "uint32" | "float" | "double" => {
            Types::INTEGER.or(Types::FRACTION)
        }
        // 64 bits also travel as digits in a string.
        "int64" | "uint64" => Types::INTEGER.or(Types::FRACTION).or(Types::STRING),
        "date-time"
        | "date"
        | "time"
        | "duration"
        | "email"
        | "idn-email"
        | "hostname"
        | "idn-hostname"
        | "ipv4"
        | "ipv6"
        | "uri"
        | "uri-reference"
        | "iri"
        | "iri-reference"
        | "uuid"
        | "uri-template"
        | "json-pointer"
        | "relative-json-pointer"
        | "regex"
        | "byte"
        | "binary"
        | "password" => Types::STRING,
        _ => Types::ALL,
    }
}

fn end_in_words(end: Option<End>, is_low: bool) -> String {
    match (end, is_low) {
        (None, _) => "no bound".to_owned(),
        (Some(end), true) if end.open => format!("more than {}", end.at),
        (Some(end), true) => format!("at least {}", end.at),
        (Some(end), false) if end.open => format!("less than {}", end.at),
        (Some(end), false) => format!("at most {}", end.at),
    }
}

fn count_in_words(count: Option<u64>, is_least: bool, unit: &str) -> String {
    match count {
        None => "no bound".to_owned(),
        Some(count) if is_least => format!("at least {count} {unit}"),
        Some(count) => format!("at most {count} {unit}"),
    }
}

/// Values in a row, the first few of them.
fn list_of(values: &[&Value]) -> String {
    let mut different: Vec<&Value> = Vec::new();
    for value in values {
        if !different.iter().any(|known| equal(known, value)) {
            different.push(value);
        }
    }
    let words: Vec<String> = different.iter().map(ToString::to_string).collect();
    clip(&words.join(", "), 80)
}
