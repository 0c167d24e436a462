//! The rules as the Markdown page `docs/lint.md`.

use std::fmt::Write as _;

use super::{Level, RULES, Rule, Shown, Stage};

impl Rule {
    /// Level and status in a few words: `error, for records from status beta on`.
    pub fn weight(&self) -> String {
        let from = match self.from {
            Stage::Always => String::new(),
            from => format!(", for records from status {} on", from.word()),
        };
        let dated = match self.level {
            Level::Dated => "; it can come up with time alone",
            _ => "",
        };
        format!("{}{from}{dated}", self.level.word())
    }

    fn section(&self) -> String {
        let mut text = format!("## {}\n\nFinds: {}. {}\n", self.id, self.meaning, self.why);
        let _ = writeln!(text, "\nLevel: {}. What to do: {}.", self.weight(), self.help);
        for (title, files) in [("Wrong", self.example.bad), ("Right", self.example.good)] {
            for Shown { file, text: lines } in files {
                let ending = file.rsplit('.').next().unwrap_or_default();
                let language = match ending {
                    "feature" => "gherkin",
                    "md" => "markdown",
                    "toml" => "toml",
                    _ => "yaml",
                };
                let _ = writeln!(text, "\n{title}, `{file}`:\n\n```{language}\n{lines}```");
            }
        }
        text
    }
}

/// The page `docs/lint.md`.
pub fn markdown() -> String {
    let mut text = String::from(
        "# Rules of `probe check`\n\n\
         Generated from the table in `src/catalog/lint/` by `probe explain lint --markdown`.\n\n\
         An error fails the check. A warning is told, and fails it under `--strict` (or `[check] strict = true`);\n\
         what can come up with time alone is a warning, so that a check does not turn red without a change. A rule\n\
         judges records from its status on; drafts and retired records are not judged. Of a record the examples show\n\
         the lines in question, seen on 2026-11-20.\n\n\
         | rule | level | from | finds |\n|---|---|---|---|\n",
    );
    for rule in RULES {
        let Rule { id, level, from, meaning, .. } = rule;
        let _ =
            writeln!(text, "| [{id}](#{id}) | {} | {} | {meaning} |", level.word(), from.word());
    }
    for rule in RULES {
        let _ = write!(text, "\n{}", rule.section());
    }
    text
}
