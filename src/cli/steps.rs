//! `probe steps`.

use std::fmt::Write as _;

use super::{
    options::Steps,
    output::{print, wrap},
};
use crate::{
    evidence::exit,
    steps::{self, PARAMETERS, SENTENCES, Sentence},
};

/// Prints the vocabulary, or the part of it that holds a text.
pub(super) fn steps(typed: &Steps) -> u8 {
    if typed.markdown {
        return print(&steps::markdown(), exit::PASSED);
    }
    let wanted = typed.search.as_deref().unwrap_or_default().to_lowercase();
    let holds = |text: &str| text.to_lowercase().contains(&wanted);
    let shown: Vec<&Sentence> = SENTENCES
        .iter()
        .filter(|s| holds(s.pattern) || holds(s.meaning) || holds(s.example))
        .collect();
    let code = if shown.is_empty() { exit::FAILED } else { exit::PASSED };
    print(&text(&shown, wanted.is_empty()), code)
}

fn text(sentences: &[&Sentence], whole: bool) -> String {
    let mut text = String::new();
    let mut group = None;
    for sentence in sentences {
        if group != Some(sentence.group) {
            group = Some(sentence.group);
            let _ = writeln!(
                text,
                "{}{}",
                if text.is_empty() { "" } else { "\n" },
                sentence.group.title()
            );
        }
        let _ = writeln!(text, "  {}", sentence.pattern);
        for line in wrap(sentence.meaning, 84) {
            let _ = writeln!(text, "      {line}");
        }
    }
    if sentences.is_empty() {
        text.push_str("no sentence holds this text; `probe steps` prints all\n");
    }
    if whole {
        text.push_str("\nParameters\n");
        for parameter in PARAMETERS {
            let _ = writeln!(text, "  {{{}}}  such as {}", parameter.name, parameter.example);
            for line in wrap(parameter.meaning, 84) {
                let _ = writeln!(text, "      {line}");
            }
        }
        text.push_str("\nMatchers\n");
        for (form, meaning) in steps::MATCHERS {
            let _ = writeln!(text, "  {form}\n      {meaning}");
        }
    }
    text
}
