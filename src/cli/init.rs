//! `probe init`: a workspace of one's own.

mod document;
mod starter;

use std::{
    fs::{self, OpenOptions},
    io::{self, ErrorKind, Write as _},
    path::Path,
};

use super::{
    exit::config,
    options::Init,
    output::{Style, print},
};
use crate::{
    catalog::is_integration_id,
    evidence::{Diagnostic, exit},
};

/// The file that makes a folder a workspace.
const SETTINGS: &str = "probe.toml";

/// What is to be written, and what is to be said then.
#[derive(Debug, Default)]
struct Made {
    /// Path below the folder, and text.
    files: Vec<(String, String)>,
    /// Files that are written only where there is none.
    polite: Vec<(String, String)>,
    /// The integration's id.
    id: String,
    /// The variables that its record takes secrets from.
    secrets: Vec<String>,
    /// Operations with method, path, and whether a call changes something.
    operations: Vec<[String; 3]>,
    /// How many scenarios there are.
    scenarios: usize,
    /// What a person should know.
    notes: Vec<String>,
}

/// Writes a workspace, or one more integration into one that is there.
pub(super) fn init(typed: &Init) -> u8 {
    let style = Style::of(typed.color);
    match make(typed) {
        Ok(told) => print(&told, exit::PASSED),
        Err(problems) => config(&problems, style),
    }
}

fn make(typed: &Init) -> Result<String, Vec<Diagnostic>> {
    let folder = &typed.folder;
    let id = typed.integration.as_deref().unwrap_or(starter::ID);
    if !is_integration_id(id) {
        return Err(vec![
            Diagnostic::error(format!("`{id}` is not an integration id"))
                .expected("small letters, digits, `-` and `.`, such as `stripe.payments`")
                .actual(format!("`{id}`"))
                .help("it names the record, and the folder of its features"),
        ]);
    }
    let mut made = match &typed.from_openapi {
        Some(file) => document::integration(id, file)?,
        None => starter::integration(id),
    };
    let known = folder.join(SETTINGS).is_file();
    if known && typed.integration.is_none() {
        return Err(vec![
            Diagnostic::error(format!("{} is a workspace already", folder.display()))
                .expected("a folder without probe.toml")
                .actual("one with it; nothing was written")
                .help("--integration NAME adds an integration to it"),
        ]);
    }
    if !known {
        starter::around(&mut made);
    }
    starter::for_editors(&mut made);
    let taken: Vec<&str> = made.files.iter().map(|(path, _)| path.as_str()).collect();
    let taken: Vec<&str> =
        taken.into_iter().filter(|path| folder.join(path).symlink_metadata().is_ok()).collect();
    if !taken.is_empty() {
        return Err(vec![
            Diagnostic::error("a file that is there is never overwritten")
                .expected(format!("a place for it in {}", folder.display()))
                .actual(format!("there already: {}; nothing was written", taken.join(", ")))
                .help("choose another folder, or another name with --integration"),
        ]);
    }
    let kept = write(folder, &mut made).map_err(|problem| vec![*problem])?;
    Ok(told(folder, &made, &kept))
}

/// Writes the files; gives those that were there and are kept.
fn write(folder: &Path, made: &mut Made) -> Result<Vec<String>, Box<Diagnostic>> {
    let mut kept = Vec::new();
    for (path, text) in std::mem::take(&mut made.polite) {
        if folder.join(&path).symlink_metadata().is_ok() {
            // Ours, of an earlier time.
            if !path.starts_with(starter::SCHEMAS) {
                kept.push(path);
            }
        } else {
            made.files.push((path, text));
        }
    }
    for (path, text) in &made.files {
        let path = folder.join(path);
        put(&path, text).map_err(|error| {
            let reason = match error.kind() {
                ErrorKind::AlreadyExists | ErrorKind::NotADirectory => {
                    "a file stands where a folder is needed".to_owned()
                }
                _ => error.to_string(),
            };
            Box::new(
                Diagnostic::error("the workspace cannot be written")
                    .expected("a folder that we may write to")
                    .actual(format!("{}: {reason}", path.display())),
            )
        })?;
    }
    Ok(kept)
}

/// Writes a file that is not there yet, also if it came to be just now.
fn put(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes())
}

/// What was made, and the next steps.
fn told(folder: &Path, made: &Made, kept: &[String]) -> String {
    let mut lines = vec![format!("made in {}:", folder.display())];
    lines.extend(made.files.iter().map(|(path, _)| format!("  {path}")));
    lines.extend(kept.iter().map(|path| format!("kept as it was: {path}")));
    if kept.iter().any(|path| path == starter::IGNORE) {
        lines.push(format!("  /reports/ belongs into it: runs are output ({})", starter::IGNORE));
    }
    if !made.operations.is_empty() {
        lines.push(format!("\noperations of {}:", made.id));
        let width = |column: usize| made.operations.iter().map(|row| row[column].len()).max();
        let [name, call] = [0, 1].map(|column| width(column).unwrap_or(0).min(48));
        lines
            .extend(made.operations.iter().map(|[a, b, c]| format!("  {a:name$}  {b:call$}  {c}")));
    }
    lines.extend(made.notes.iter().map(|note| format!("\n{note}")));
    lines.push("\nnext:".to_owned());
    if folder != Path::new(".") {
        lines.push(format!("  cd {}", folder.display()));
    }
    lines.push("  probe check               everything that can be known without a network".into());
    if made.scenarios > 0 {
        let what = match made.scenarios {
            1 => "1 scenario".to_owned(),
            number => format!("{number} scenarios"),
        };
        lines.push(format!("  probe run                 {what} against a stand-in of {}", made.id));
    }
    lines.push("  probe steps               the sentences for scenarios of your own".to_owned());
    let secrets = made.secrets.iter().flat_map(|name| [name, "=... "]).collect::<String>();
    lines.push(format!(
        "then put the partner's address into catalog/{}.yaml, and ask the partner itself:\n  \
         {secrets}probe run --env sandbox\n",
        made.id
    ));
    lines.join("\n")
}
