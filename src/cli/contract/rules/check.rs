//! The rules of the check, as people read them.

use super::view::{Family, Level, RuleDoc, Shown};
use crate::{
    contract::check::rules::{RULES, Rule, Side},
    evidence::DriftClass,
};

/// The rules of `contract::check`.
pub(super) fn family() -> Family {
    Family {
        name: "check",
        title: "Rules of the check",
        about: "A message that was sent or received is held against its contract. Breaking drift fails a \
                scenario, unless a sentence expects it; additive drift passes, with findings. How a rule \
                weighs depends on whether we read the message or write it: of a contract that is described \
                from the partner's side we write requests, and read answers, webhooks, callbacks and the \
                messages that it sends. A webhook, a message and a payload by itself are the request of \
                their exchange. A record bears a difference by `tolerate`, for one rule by `rule:`.",
        rules: RULES.iter().map(|rule| view(rule)).collect(),
    }
}

fn view(rule: &Rule) -> RuleDoc {
    let level = |of: &'static str, side: &Side| Level {
        of,
        word: side.class.map_or("not looked for", DriftClass::word),
        help: side.help.to_owned(),
    };
    let shown = |title, language, text: &str| Shown { title, language, text: text.to_owned() };
    RuleDoc {
        name: rule.name.to_owned(),
        ids: rule.parts.iter().map(|part| rule.id(*part)).collect(),
        levels: vec![level("read", &rule.read), level("written", &rule.written)],
        doc: rule.doc.to_owned(),
        source: rule.source.to_owned(),
        example: vec![
            shown("Promised", "yaml", rule.example.promise),
            shown("Breaks it", "http", rule.example.bad),
            shown("Keeps it", "http", rule.example.good),
        ],
    }
}
