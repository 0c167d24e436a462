//! The rules of the comparison, as people read them.

use super::view::{Family, Level, RuleDoc, Shown};
use crate::contract::compare::{self, Frame, Rule, rules};

/// The rules of `contract::compare`.
pub(super) fn family() -> Family {
    Family {
        name: "compare",
        title: "Rules of the comparison",
        about: "Two versions of a contract are held against each other. The levels are those where the \
                described application moves first: said, of its answers, webhooks and messages; taken, of \
                what others send to it.",
        rules: rules().map(view).collect(),
    }
}

fn view(rule: &Rule) -> RuleDoc {
    let level = |of: &'static str, level: compare::Level| Level {
        of,
        word: level.word(),
        help: rule.help.to_owned(),
    };
    let [before, after] = match rule.example.frame {
        Frame::Document => ["Before, in the document", "After, in the document"],
        Frame::Operation => ["Before, in an operation", "After, in an operation"],
        Frame::Answer => ["Before, in an answer", "After, in an answer"],
        Frame::Schema => ["Before, a schema", "After, a schema"],
    };
    let shown = |title, text: &str| Shown { title, language: "yaml", text: text.to_owned() };
    RuleDoc {
        name: rule.id.to_owned(),
        ids: vec![rule.id.to_owned()],
        levels: vec![level("said", rule.said()), level("taken", rule.taken())],
        doc: rule.doc.to_owned(),
        source: "docs/decisions/0022-who-may-go-first.md".to_owned(),
        example: vec![shown(before, rule.example.old), shown(after, rule.example.new)],
    }
}
