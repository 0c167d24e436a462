//! Plays what a person types in a workspace with one mistake.

use std::{
    fmt::Write,
    fs, io,
    net::TcpListener,
    path::Path,
    process::{Command, Stdio},
};

/// The partner's address in the template; a listener of ours takes its place.
const PARTNER: &str = "127.0.0.1:9\"";

/// Plays the lines of a session that begin with `$`: `rm PATH`, `mkdir PATH`,
/// `ln TARGET PATH` and `NAME=VALUE ... probe ARGUMENTS`, in a copy of `template` with the files
/// of `case` over it. Gives the session with stderr and exit code of each
/// command. What `probe check` finds broken, `probe run` must refuse with the
/// same words, and sessions need not type it. Err: it does not, or something was
/// sent to the partner, or recorded as run.
pub(crate) fn play(template: &Path, case: &Path, session: &str) -> Result<String, String> {
    let partner = TcpListener::bind("127.0.0.1:0").map_err(|e| e.to_string())?;
    partner.set_nonblocking(true).map_err(|e| e.to_string())?;
    let address = partner.local_addr().map_err(|e| e.to_string())?;
    let copy = tempfile::tempdir().map_err(|e| e.to_string())?;
    let root = copy.path().canonicalize().map_err(|e| e.to_string())?;
    for from in [template, case] {
        put(from, &root, &format!("{address}\"")).map_err(|e| e.to_string())?;
    }
    let mut said = String::new();
    for line in session.lines().filter(|line| line.starts_with('$')) {
        let words = words(line.trim_start_matches("$ "));
        let _ = writeln!(said, "{line}");
        match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["rm", path] => remove(&root.join(path)).map_err(|e| format!("rm {path}: {e}"))?,
            ["ln", target, path] => std::os::unix::fs::symlink(target, root.join(path))
                .map_err(|e| format!("ln {path}: {e}"))?,
            ["mkdir", path] => fs::create_dir_all(root.join(path)).map_err(|e| e.to_string())?,
            command => {
                let told = probe(&root, &words)?;
                said.push_str(&told);
                if command == ["probe", "check"] && told.ends_with("exit code 2\n") {
                    let refused = probe(&root, &["probe".to_owned(), "run".to_owned()])?;
                    if refused != told {
                        return Err(format!("{said}\nbut `probe run` says:\n{refused}"));
                    }
                }
            }
        }
    }
    if said.is_empty() {
        return Err("the session types nothing".to_owned());
    }
    match partner.accept() {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
        _ => return Err(format!("{said}\nand something was sent to the partner")),
    }
    match recorded(&root, case) {
        Some(run) => Err(format!("{said}\nand a run was recorded: {run}")),
        None => Ok(said),
    }
}

/// Runs the binary; stderr as it came, but for the workspace's own path.
fn probe(root: &Path, words: &[String]) -> Result<String, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_probe"));
    command.env_clear().current_dir(root).stdin(Stdio::null()).stdout(Stdio::null());
    let mut words = words.iter();
    for word in words.by_ref() {
        match word.split_once('=') {
            Some((name, value)) => drop(command.env(name, value)),
            None if word == "probe" => break,
            None => return Err(format!("`{word}` is not for this session")),
        }
    }
    let output = command.args(words).output().map_err(|e| e.to_string())?;
    let stderr = String::from_utf8(output.stderr).map_err(|e| e.to_string())?;
    let stderr = stderr.replace(&root.display().to_string(), "[workspace]");
    let stderr = without_run_ids(&stderr);
    let code = output.status.code().map_or("none".to_owned(), |code| code.to_string());
    Ok(format!("{stderr}exit code {code}\n"))
}

/// Run ids (`20261120T101500Z-7f3a`) are of the moment.
fn without_run_ids(text: &str) -> String {
    const LENGTH: usize = "20261120T101500Z-7f3a".len();
    let mut clean = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("Z-") {
        let start = at.saturating_sub("20261120T101500".len());
        if rest.get(start..start + LENGTH).is_some_and(|id| id.starts_with("20")) {
            clean += &rest[..start];
            clean += "[run]";
            rest = &rest[start + LENGTH..];
        } else {
            clean += &rest[..at + 2];
            rest = &rest[at + 2..];
        }
    }
    clean + rest
}

/// Words as a shell has them, with single quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().expect("there is one").push(c),
        }
    }
    words
}

/// Copies files, the partner's address replaced.
pub(crate) fn put(from: &Path, to: &Path, partner: &str) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        let to = to.join(&name);
        if path.is_dir() {
            fs::create_dir_all(&to)?;
            put(&path, &to, partner)?;
        } else if name != "session.txt" {
            match String::from_utf8(fs::read(&path)?) {
                Ok(text) => fs::write(to, text.replace(PARTNER, partner))?,
                Err(bytes) => fs::write(to, bytes.into_bytes())?,
            }
        }
    }
    Ok(())
}

fn remove(path: &Path) -> io::Result<()> {
    if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

/// A run folder that was not there before.
fn recorded(root: &Path, case: &Path) -> Option<String> {
    let runs = fs::read_dir(root.join("reports")).ok()?;
    let mut names = runs.flatten().map(|entry| entry.file_name());
    let new = names.find(|name| !case.join("reports").join(name).exists())?;
    Some(new.to_string_lossy().into_owned())
}
