//! Files as they stand at a revision: the one file that starts another program, `git`.
//!
//! Nothing is checked out and no shell is between: arguments are passed as they are, a revision is
//! made a commit's hash first, and what is read is bounded.

use std::{
    io::Read as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    contract::{
        self, Contract, MOST_BYTES,
        source::{Files, Source, below},
    },
    evidence::Diagnostic,
};

/// Bytes of the list of files of a folder.
const MOST_LISTED: u64 = 16 << 20;

/// A revision of the repository that a folder belongs to.
pub(super) struct Revision {
    /// The folder that paths are relative to.
    folder: PathBuf,
    /// The revision as typed.
    typed: String,
    /// The commit, in hex.
    commit: String,
    /// Path of the folder in the repository, with a closing `/`; empty for its top.
    prefix: String,
}

impl Revision {
    /// The commit that is meant. Errors: no git, no repository, no such revision.
    pub(super) fn of(folder: &Path, typed: &str) -> Result<Self, Diagnostic> {
        let odd = |c: char| c.is_control() || c.is_whitespace();
        if typed.is_empty() || typed.starts_with('-') || typed.contains(odd) {
            return Err(Diagnostic::error(format!("`{typed}` is no revision"))
                .expected("a branch, a tag or a commit, such as `main` or `HEAD~1`")
                .actual(typed));
        }
        let top = run(folder, &["rev-parse", "--show-prefix"], MOST_LISTED)?;
        let Answer::Said(prefix) = top else {
            return Err(Diagnostic::error("there is no git repository here")
                .expected(format!("{} in a repository", folder.display()))
                .actual(top.complaint())
                .help("compare with a file or a folder instead of a revision"));
        };
        let wanted = format!("{typed}^{{commit}}");
        let arguments = ["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted];
        let Answer::Said(commit) = run(folder, &arguments, MOST_LISTED)? else {
            return Err(Diagnostic::error(format!("git knows no revision `{typed}`"))
                .expected("a branch, a tag or a commit that was fetched")
                .actual(typed)
                .help("`git fetch` it first; builds often fetch one commit alone"));
        };
        Ok(Self {
            folder: folder.to_owned(),
            typed: typed.to_owned(),
            commit: commit.trim().to_owned(),
            prefix: prefix.trim_end_matches('\n').to_owned(),
        })
    }

    /// The contract of an id as it was. `None` where it was not there yet.
    pub(super) fn contract(&self, id: &str) -> Result<Option<Contract>, Vec<Diagnostic>> {
        let at = format!("contracts/{id}/");
        let files = self.files(&at).map_err(|problem| vec![problem])?;
        let Some(root) = contract::root_among(&files) else { return Ok(None) };
        let folder = Folder { revision: self, at, files: files.clone() };
        let root = folder.read(root).map_err(|problem| vec![problem])?;
        contract::read(&format!("{id}@{}", self.typed), root, &folder).map(Some)
    }

    /// The document at a path, or the root document of a folder, as it was.
    pub(super) fn open(&self, path: &str) -> Result<Contract, Vec<Diagnostic>> {
        let one = |problem| vec![problem];
        let path = path.trim_end_matches('/').trim_start_matches("./");
        let inside = self.files(&format!("{path}/")).map_err(one)?;
        let (at, root) = match contract::root_among(&inside) {
            Some(root) => (format!("{path}/"), root.to_owned()),
            None => match path.rsplit_once('/') {
                Some((folder, name)) => (format!("{folder}/"), name.to_owned()),
                None => (String::new(), path.to_owned()),
            },
        };
        let mut files = if at.is_empty() { Vec::new() } else { self.files(&at).map_err(one)? };
        if contract::root_among(&inside).is_none() {
            // Who names one file means that one: beside it may stand another version of the same.
            files.retain(|file| *file == root || !contract::is_one_of_many(file));
        }
        let folder = Folder { revision: self, at, files };
        let root = folder.read(&root).map_err(one)?;
        contract::read(&format!("{path}@{}", self.typed), root, &folder)
    }

    /// The text of a file, if it was there.
    pub(super) fn text(&self, path: &str) -> Result<Option<String>, Diagnostic> {
        let object = format!("{}:{}{path}", self.commit, self.prefix);
        match run(&self.folder, &["cat-file", "blob", &object], MOST_BYTES)? {
            Answer::Said(text) => Ok(Some(text)),
            Answer::TooMuch => {
                Err(Diagnostic::error(format!("{path} is too large at `{}`", self.typed))
                    .expected(format!("at most {} MiB of UTF-8", MOST_BYTES >> 20)))
            }
            Answer::Refused(_) => Ok(None),
        }
    }

    /// Paths below a folder, relative to it.
    fn files(&self, folder: &str) -> Result<Vec<String>, Diagnostic> {
        let at = format!("{}{folder}", self.prefix);
        let arguments =
            ["ls-tree", "-r", "-z", "--name-only", "--full-tree", &self.commit, "--", &at];
        match run(&self.folder, &arguments, MOST_LISTED)? {
            Answer::Said(list) => {
                let below = list.split('\0').filter_map(|path| path.strip_prefix(&at));
                Ok(below.filter(|path| !path.is_empty()).map(str::to_owned).collect())
            }
            other => {
                Err(Diagnostic::error(format!("git cannot list {folder} at `{}`", self.typed))
                    .actual(other.complaint()))
            }
        }
    }
}

/// A folder at a revision.
struct Folder<'r> {
    revision: &'r Revision,
    /// Relative to the revision's folder, with a closing `/`; empty for itself.
    at: String,
    files: Vec<String>,
}

impl Files for Folder<'_> {
    fn read(&self, path: &str) -> Result<Source, Diagnostic> {
        let full = below(&self.at, path);
        match self.revision.text(&full)? {
            // The two versions of a file must not look like one.
            Some(text) => Ok(Source::new(format!("git:{}:{full}", self.revision.typed), text)),
            None => Err(Diagnostic::error(format!(
                "there is no {full} at the revision `{}`",
                self.revision.typed
            ))
            .help(format!(
                "`git ls-tree -r --name-only {}` lists what there is",
                self.revision.typed
            ))),
        }
    }

    /// Contracts share files within `contracts`, other documents within the repository.
    fn above(&self) -> usize {
        self.at.trim_start_matches("contracts/").matches('/').count()
    }

    fn with_ending(&self, ending: &str) -> Vec<String> {
        let like = self.files.iter().filter(|path| contract::ends_in(path, ending));
        like.cloned().collect()
    }

    fn overlays(&self) -> Vec<String> {
        let like = self.files.iter().filter(|p| !p.contains('/') && contract::is_overlay(p));
        like.cloned().collect()
    }
}

/// What git answered.
enum Answer {
    Said(String),
    /// More than was asked for, or no text.
    TooMuch,
    /// With its complaint.
    Refused(String),
}

impl Answer {
    fn complaint(&self) -> String {
        match self {
            Self::Refused(why) if !why.is_empty() => why.clone(),
            Self::TooMuch => "more than can be read".to_owned(),
            _ => "nothing".to_owned(),
        }
    }
}

/// Runs git in a folder. Errors: it cannot be started.
fn run(folder: &Path, arguments: &[&str], most: u64) -> Result<Answer, Diagnostic> {
    let unusable = |error: &std::io::Error| {
        Diagnostic::error("git cannot be run")
            .expected("the program `git` on the PATH")
            .actual(error.to_string())
            .help("install git, or compare with a file or a folder instead of a revision")
    };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let mut child = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| unusable(&error))?;
    let mut bytes = Vec::new();
    let mut complaint = Vec::new();
    if let Some(out) = child.stdout.take() {
        out.take(most + 1).read_to_end(&mut bytes).map_err(|error| unusable(&error))?;
    }
    if let Some(err) = child.stderr.take() {
        err.take(4_096).read_to_end(&mut complaint).map_err(|error| unusable(&error))?;
    }
    let status = child.wait().map_err(|error| unusable(&error))?;
    if bytes.len() as u64 > most {
        return Ok(Answer::TooMuch);
    }
    if !status.success() {
        let said = String::from_utf8_lossy(&complaint);
        return Ok(Answer::Refused(said.lines().next().unwrap_or_default().to_owned()));
    }
    Ok(String::from_utf8(bytes).map_or(Answer::TooMuch, Answer::Said))
}
