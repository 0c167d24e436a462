//! Rules as text and as Markdown.

use std::fmt::Write as _;

use super::view::{Family, Level, RuleDoc};
use crate::cli::output::wrap;

/// Columns of a terminal.
const WIDTH: usize = 80;

/// One line and its meaning for each rule.
pub(super) fn list(families: &[Family]) -> String {
    let mut text = String::new();
    for family in families {
        let _ = writeln!(text, "{}\n", family.title);
        for line in wrap(family.about, WIDTH) {
            let _ = writeln!(text, "{line}");
        }
        text.push('\n');
        for rule in &family.rules {
            let _ = writeln!(text, "{}  {}", rule.name, rule.weight());
            for line in wrap(&rule.doc, WIDTH - 4) {
                let _ = writeln!(text, "    {line}");
            }
        }
        text.push('\n');
    }
    text.push_str("More on one, with an example: probe contract rules RULE\n");
    text
}

/// All that is told of one rule.
pub(super) fn rule(rule: &RuleDoc) -> String {
    let mut text = format!("{}\n", rule.name);
    let mut said = vec![("Finds", rule.doc.clone()), ("In findings", rule.ids.join(", "))];
    for level in &rule.levels {
        said.push((level.of, format!("{}{}", level.word, help(rule, level, ": "))));
    }
    if let Some(help) = rule.help() {
        said.push(("To do", help.to_owned()));
    }
    said.push(("From", rule.source.clone()));
    for (title, paragraph) in said {
        let mut lines = wrap(&paragraph, WIDTH - 14).into_iter();
        let _ = writeln!(text, "  {title:11} {}", lines.next().unwrap_or_default());
        for line in lines {
            let _ = writeln!(text, "  {:11} {line}", "");
        }
    }
    for shown in &rule.example {
        let _ = writeln!(text, "\n{}", shown.title);
        for line in shown.text.lines().flat_map(folded) {
            let _ = writeln!(text, "{}", format!("  | {line}").trim_end());
        }
    }
    text
}

/// What to do at this level, unless it is the same at all of them.
fn help(rule: &RuleDoc, level: &Level, between: &str) -> String {
    match rule.help() {
        None if !level.help.is_empty() => format!("{between}{}", level.help),
        _ => String::new(),
    }
}

/// A line of an example in as many lines as the terminal takes.
fn folded(line: &str) -> Vec<String> {
    const ROOM: usize = WIDTH - 4;
    if line.chars().count() <= ROOM {
        return vec![line.to_owned()];
    }
    let indent: String = line.chars().take_while(|c| *c == ' ').collect();
    let mut lines = wrap(line.trim_start(), ROOM - indent.len() - 2).into_iter();
    let first = lines.next().map(|first| format!("{indent}{first}"));
    first.into_iter().chain(lines.map(|next| format!("{indent}  {next}"))).collect()
}

/// The page `docs/rules/README.md`.
pub(super) fn index(families: &[Family]) -> String {
    let mut text = String::from(
        "# Rules of contracts\n\n\
         Generated from the tables of rules by `probe contract rules --format markdown`.\n",
    );
    for family in families {
        let _ = write!(
            text,
            "\n## [{}]({}.md)\n\n| rule | level | finds |\n|---|---|---|\n",
            family.title, family.name
        );
        for rule in &family.rules {
            let link = format!("[{0}]({1}.md#{2})", rule.name, family.name, anchor(&rule.name));
            let _ = writeln!(text, "| {link} | {} | {} |", rule.weight(), cell(&rule.doc));
        }
    }
    text
}

/// The page of a family, `docs/rules/<name>.md`.
pub(super) fn markdown(family: &Family) -> String {
    let mut text = format!(
        "# {}\n\nGenerated from the table of rules by `probe contract rules {} --format markdown`.\n\n{}\n",
        family.title, family.name, family.about
    );
    for rule in &family.rules {
        let _ = write!(text, "\n{}", section(rule));
    }
    text
}

/// A rule on the page of its family.
pub(super) fn section(rule: &RuleDoc) -> String {
    let mut text = format!("## {}\n\n{}\n\n", rule.name, rule.doc);
    for level in &rule.levels {
        let _ = writeln!(text, "- {}: {}{}", level.of, level.word, help(rule, level, "; "));
    }
    if let Some(help) = rule.help() {
        let _ = writeln!(text, "- to do: {help}");
    }
    let ids: Vec<String> = rule.ids.iter().map(|id| format!("`{id}`")).collect();
    let _ = writeln!(text, "- in findings: {}\n- from: {}", ids.join(", "), rule.source);
    for shown in &rule.example {
        let body = shown.text.trim_end();
        let _ = write!(text, "\n{}:\n\n```{}\n{body}\n```\n", shown.title, shown.language);
    }
    text
}

/// How Markdown viewers name a heading: in lower case, without the points.
fn anchor(name: &str) -> String {
    let kept = name.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    kept.collect::<String>().to_lowercase()
}

/// A text as the cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
