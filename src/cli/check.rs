//! `probe check`.

use std::{
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

use serde::Serialize;

use super::{
    exit::config,
    git::Revision,
    meant,
    options::{Check, CheckFormat},
    output::{Style, complain, complain_of, print},
};
use crate::{
    catalog::{Catalog, Day, Workspace, lint::LintFinding},
    contract::{self, source::Source},
    evidence::{Diagnostic, Severity, exit},
    run::{self, Against, Baseline, Checked, Coverage, Known, Request},
    transport::Clock,
};

/// From so many errors on, a team that begins is told of baselines.
const MANY: usize = 10;

/// Checks everything that can be known without a network.
pub(super) fn check(typed: &Check) -> u8 {
    let style = Style::of(typed.common.color);
    match judge(typed) {
        Ok(judged) => told(typed, &judged, style),
        Err(problems) => config(&problems, style),
    }
}

/// A check held against its baseline.
struct Judged {
    today: Day,
    checked: Checked,
    /// Where the known findings stand, as a person would type it.
    baseline: Option<String>,
    held: usize,
    mended: Vec<Known>,
    /// What was done to the baseline.
    updated: Option<String>,
    code: u8,
}

fn judge(typed: &Check) -> Result<Judged, Vec<Diagnostic>> {
    let today = today(typed.today.as_deref()).map_err(|d| vec![d])?;
    let workspace = meant::workspace(&typed.common)?;
    let catalog = Catalog::load(&workspace)?;
    let against = typed.against.as_deref().map(|typed| against(&workspace, typed)).transpose()?;
    let file = BaselineFile::of(typed, &workspace).map_err(|d| vec![d])?;
    let known = file.as_ref().map(|file| file.read(typed.update_baseline)).transpose()?;
    let checked = run::check(&workspace, &catalog, Request::all_in_mock(), today, against.as_ref());
    let baseline = file.as_ref().map(|file| file.shown.clone());
    let mut judged = Judged {
        today,
        checked,
        baseline,
        held: 0,
        mended: Vec::new(),
        updated: None,
        code: exit::PASSED,
    };
    if let Some((file, known)) = file.zip(known) {
        judged.hold(&file, known, typed.update_baseline).map_err(|d| vec![d])?;
    }
    let strict = typed.strict || workspace.check.strict;
    let fails = |f: &LintFinding| strict || f.message.severity == Severity::Error;
    judged.code = match (&judged.checked.broken, &judged.checked.findings) {
        (broken, _) if !broken.is_empty() => exit::CONFIG,
        (_, findings) if findings.iter().any(fails) => exit::FAILED,
        _ => exit::PASSED,
    };
    Ok(judged)
}

impl Judged {
    /// Holds what is known, and updates the file where that is asked for. Where files are broken
    /// not everything was looked for, and nothing can be said to be mended.
    fn hold(
        &mut self,
        file: &BaselineFile,
        known: Option<Baseline>,
        update: bool,
    ) -> Result<(), Diagnostic> {
        let whole = self.checked.broken.is_empty();
        let findings = std::mem::take(&mut self.checked.findings);
        let Some(mut baseline) = known else {
            let baseline = Baseline::of(&findings);
            if whole {
                file.write(&baseline)?;
                self.held = findings.len();
                self.updated = Some(format!("wrote {}", file.shown));
            } else {
                self.checked.findings = findings;
            }
            return Ok(());
        };
        let compared = baseline.compare(findings);
        self.checked.findings = compared.new;
        self.held = compared.held;
        if !whole {
            return Ok(());
        }
        if update && !compared.mended.is_empty() {
            baseline.without(&compared.mended);
            file.write(&baseline)?;
            let gone = count(compared.mended.len(), "mended finding");
            self.updated = Some(format!("took {gone} out of {}", file.shown));
        } else {
            self.mended = compared.mended;
        }
        Ok(())
    }
}

/// What the contracts of today were at a revision.
fn against(workspace: &Workspace, typed: &str) -> Result<Against, Vec<Diagnostic>> {
    let revision = Revision::of(&workspace.root, typed).map_err(|problem| vec![problem])?;
    let was = |id: String| revision.contract(&id).transpose().map(|contract| (id, contract));
    let earlier = contract::known(&workspace.root).into_iter().filter_map(was).collect();
    Ok(Against { revision: typed.to_owned(), earlier })
}

/// The day of the check: as typed, else today (UTC).
fn today(typed: Option<&str>) -> Result<Day, Diagnostic> {
    let (now, _) = Clock::wall();
    let text = typed.unwrap_or_else(|| now.get(..10).unwrap_or_default());
    Day::parse(text).ok_or_else(|| {
        Diagnostic::error("--today is not a date")
            .expected("a date such as `2027-03-01`")
            .actual(text)
    })
}

/// Where known findings stand.
struct BaselineFile {
    path: PathBuf,
    shown: String,
}

impl BaselineFile {
    /// As typed, else as `probe.toml` says, else none. Err: an update of none is asked for.
    fn of(typed: &Check, workspace: &Workspace) -> Result<Option<Self>, Diagnostic> {
        let at = |path: PathBuf, shown: &Path| Self { path, shown: shown.display().to_string() };
        match (&typed.baseline, &workspace.check.baseline) {
            (Some(path), _) => Ok(Some(at(path.clone(), path))),
            (None, Some(path)) => Ok(Some(at(workspace.root.join(path), path))),
            (None, None) if typed.update_baseline => {
                Err(Diagnostic::error("there is no baseline to update")
                    .expected("--baseline FILE, or `[check] baseline` in probe.toml")
                    .actual("neither"))
            }
            (None, None) => Ok(None),
        }
    }

    /// What it says; `None` where there is none yet and one is to be written.
    fn read(&self, update: bool) -> Result<Option<Baseline>, Vec<Diagnostic>> {
        match fs::read_to_string(&self.path) {
            // Read as YAML whatever its name.
            Ok(text) => Baseline::read(&Source::yaml(&self.shown, text)).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound && update => Ok(None),
            Err(error) => Err(vec![
                self.problem("read", &error)
                    .help("write it with --update-baseline; it then holds what is found now"),
            ]),
        }
    }

    fn write(&self, baseline: &Baseline) -> Result<(), Diagnostic> {
        fs::write(&self.path, baseline.text()).map_err(|error| self.problem("written", &error))
    }

    fn problem(&self, what: &str, error: &io::Error) -> Diagnostic {
        Diagnostic::error(format!("the baseline cannot be {what}"))
            .actual(format!("{}: {error}", self.shown))
    }
}

fn told(typed: &Check, judged: &Judged, style: Style) -> u8 {
    let Judged { checked, code, .. } = judged;
    if typed.format == CheckFormat::Json {
        return print(&json(judged), *code);
    }
    complain_of(&checked.findings, style);
    complain(&checked.broken, style);
    print(&summary(judged), *code)
}

/// The coverage table, what became of the baseline, and a last line.
fn summary(judged: &Judged) -> String {
    let Judged { checked, baseline, held, mended, updated, code, .. } = judged;
    let mut text = String::new();
    if !checked.coverage.is_empty() {
        text.push_str(&table(&checked.coverage));
        text.push('\n');
    }
    if !mended.is_empty() {
        let _ = writeln!(text, "mended since the baseline was written:");
        for Known { subject, rule, at } in mended {
            let _ = writeln!(text, "  {}", format!("{rule}  {subject}  {at}").trim_end());
        }
        text.push_str("take it out with --update-baseline, so that it cannot come back unseen\n\n");
    }
    if baseline.is_none() && loud(checked, Severity::Error) >= MANY {
        text.push_str(
            "to hold what is known and fail for what is new: probe check --baseline known.yaml --update-baseline\n\n",
        );
    }
    if let Some(updated) = updated {
        let _ = writeln!(text, "{updated}");
    }
    let mut parts = Vec::new();
    if *code == exit::PASSED {
        parts.push(format!(
            "ok: {} over {}",
            count(checked.scenarios, "scenario"),
            count(checked.coverage.len(), "integration")
        ));
    }
    let errors = checked.broken.len() + loud(checked, Severity::Error);
    let warnings = loud(checked, Severity::Warning);
    parts.extend((errors > 0).then(|| count(errors, "error")));
    parts.extend((warnings > 0).then(|| count(warnings, "warning")));
    if let Some(file) = baseline.as_ref().filter(|_| *held > 0) {
        parts.push(format!("{} held by {file}", count(*held, "finding")));
    }
    let _ = writeln!(text, "{}; nothing was sent", parts.join("; "));
    text
}

fn loud(checked: &Checked, severity: Severity) -> usize {
    checked.findings.iter().filter(|f| f.message.severity == severity).count()
}

fn count(number: usize, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}

fn table(coverage: &[Coverage]) -> String {
    let width = coverage.iter().map(|c| c.integration.len()).max().unwrap_or(0).max(11);
    let mut text = format!(
        "{:width$}  {:>10}  {:>14}  {:>13}\n",
        "integration", "operations", "error statuses", "failure modes"
    );
    let share = |share: &run::Share| format!("{}/{}", share.all - share.missing.len(), share.all);
    for row in coverage {
        let _ = writeln!(
            text,
            "{:width$}  {:>10}  {:>14}  {:>13}",
            row.integration,
            share(&row.operations),
            share(&row.statuses),
            share(&row.modes)
        );
        for (what, missing) in [
            ("operations never called", &row.operations.missing),
            ("error statuses never expected", &row.statuses.missing),
            ("failure modes excused", &row.excused),
        ] {
            if !missing.is_empty() {
                let _ = writeln!(text, "{:width$}    {what}: {}", "", missing.join(", "));
            }
        }
    }
    text
}

/// The document of `--format json`. Fields are added, never changed or removed,
/// while `schema_version` stays.
#[derive(Serialize)]
struct Document<'j> {
    schema_version: u32,
    /// `YYYY-MM-DD`, UTC.
    today: String,
    /// The exit code of the process.
    exit_code: u8,
    /// Scenarios that were planned.
    scenarios: usize,
    /// Files that do not parse, and names that lead nowhere.
    broken: &'j [Diagnostic],
    /// What rules found and no baseline holds.
    findings: Vec<Finding<'j>>,
    /// How many findings the baseline holds.
    held: usize,
    /// What the baseline holds and is no more.
    mended: &'j [Known],
    /// How far scenarios cover each integration.
    coverage: &'j [Coverage],
}

/// A finding: what tells it from any other, and the message.
#[derive(Serialize)]
struct Finding<'j> {
    rule: &'static str,
    subject: &'j str,
    at: &'j str,
    #[serde(flatten)]
    message: &'j Diagnostic,
}

fn json(judged: &Judged) -> String {
    let Judged { today, checked, held, mended, code, .. } = judged;
    let document = Document {
        schema_version: 1,
        today: today.to_string(),
        exit_code: *code,
        scenarios: checked.scenarios,
        broken: &checked.broken,
        findings: checked
            .findings
            .iter()
            .map(|LintFinding { rule, subject, at, message }| Finding {
                rule: rule.id,
                subject,
                at,
                message,
            })
            .collect(),
        held: *held,
        mended,
        coverage: &checked.coverage,
    };
    let text = serde_json::to_string_pretty(&document);
    text.expect("texts and numbers are JSON") + "\n"
}
