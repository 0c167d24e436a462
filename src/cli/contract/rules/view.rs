//! A rule as people read it, whatever table it is from.

use serde_json::{Value, json};

/// The rules of one table.
#[derive(Debug)]
pub(super) struct Family {
    /// In a word, and the name of its page.
    pub(super) name: &'static str,
    /// The heading of its page.
    pub(super) title: &'static str,
    /// What its rules judge, and what their levels mean, in a paragraph.
    pub(super) about: &'static str,
    pub(super) rules: Vec<RuleDoc>,
}

/// One rule.
#[derive(Debug)]
pub(super) struct RuleDoc {
    /// By which it is asked for and shown.
    pub(super) name: String,
    /// Its ids in findings.
    pub(super) ids: Vec<String>,
    /// How it weighs, by direction or mode: `read: breaking`.
    pub(super) levels: Vec<Level>,
    /// What is found, and why it matters.
    pub(super) doc: String,
    /// Where it comes from.
    pub(super) source: String,
    /// What breaks it, and what does not.
    pub(super) example: Vec<Shown>,
}

/// How a rule weighs in one direction or mode.
#[derive(Debug)]
pub(super) struct Level {
    pub(super) of: &'static str,
    pub(super) word: &'static str,
    /// What to do about it.
    pub(super) help: String,
}

/// A text of an example.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) title: &'static str,
    /// Of the fence in Markdown.
    pub(super) language: &'static str,
    pub(super) text: String,
}

impl RuleDoc {
    /// Whether a person means this rule.
    pub(super) fn is_called(&self, named: &str) -> bool {
        self.name == named || self.ids.iter().any(|id| id == named)
    }

    /// What to do about it, where that is the same at every level.
    pub(super) fn help(&self) -> Option<&str> {
        let (first, rest) = self.levels.split_first()?;
        rest.iter().all(|level| level.help == first.help).then_some(first.help.as_str())
    }

    /// Such as `read: breaking, written: breaking`; one word where all are alike.
    pub(super) fn weight(&self) -> String {
        match self.levels.as_slice() {
            [first, rest @ ..] if rest.iter().all(|level| level.word == first.word) => {
                first.word.to_owned()
            }
            levels => {
                let words: Vec<String> =
                    levels.iter().map(|level| format!("{} {}", level.of, level.word)).collect();
                words.join(", ")
            }
        }
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "name": self.name,
            "ids": self.ids,
            "levels": self.levels.iter().map(|level| json!({
                "of": level.of,
                "level": level.word,
                "help": level.help,
            })).collect::<Vec<_>>(),
            "doc": self.doc,
            "source": self.source,
            "example": self.example.iter().map(|shown| json!({
                "title": shown.title,
                "text": shown.text,
            })).collect::<Vec<_>>(),
        })
    }
}
