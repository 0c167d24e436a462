//! `probe explain lint`: the rules of `probe check`.

use std::fmt::Write as _;

use super::output::wrap;
use crate::catalog::lint::{RULES, Rule, Shown};

/// The table of rules.
pub(super) fn table() -> String {
    let mut text = String::from(
        "What `probe check` finds. Errors fail it; warnings do under --strict. A rule judges\n\
         records from its status on; drafts and retired records are not judged.\n\n",
    );
    let width = RULES.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let _ = writeln!(text, "{:width$}  level    from  finds", "rule");
    for Rule { id, level, from, meaning, .. } in RULES {
        let lines = wrap(meaning, 50);
        let _ = writeln!(text, "{id:width$}  {:7}  {:4}  {}", level.word(), from.word(), lines[0]);
        for line in &lines[1..] {
            let _ = writeln!(text, "{:width$}                 {line}", "");
        }
    }
    text.push_str("\nMore on one, with an example: probe explain lint RULE\n");
    text
}

/// All that is told about one rule.
pub(super) fn rule(rule: &Rule) -> String {
    let mut text = format!("{}: {}\n", rule.id, rule.meaning);
    let paragraphs = [("Level", &*rule.weight()), ("Why", rule.why), ("What to do", rule.help)];
    for (title, paragraph) in paragraphs {
        let _ = writeln!(text, "\n{title}");
        for line in wrap(paragraph, 78) {
            let _ = writeln!(text, "  {line}");
        }
    }
    for (title, files) in [("Wrong", rule.example.bad), ("Right", rule.example.good)] {
        for Shown { file, text: lines } in files {
            let _ = writeln!(text, "\n{title}, {file}");
            for line in lines.lines() {
                let _ = writeln!(text, "{}", format!("  | {line}").trim_end());
            }
        }
    }
    text
}
