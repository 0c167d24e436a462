//! Reads a contract's root document from disk; the one file of this room that does.

use std::{
    borrow::Cow,
    fs::{self, File},
    io::{ErrorKind, Read as _},
    path::{Path, PathBuf},
};

use super::{
    Contract, read,
    source::{Files, Source, below},
};
use crate::evidence::{Diagnostic, nearest};

/// Names of a root document, in the order in which they are looked for.
const ROOTS: &[&str] = &[
    "openapi.yaml",
    "openapi.yml",
    "openapi.json",
    "asyncapi.yaml",
    "asyncapi.yml",
    "asyncapi.json",
    "schema.json",
    "schema.yaml",
];

/// Endings of files that together are one document.
const ENDINGS: &[&str] = &["proto", "avsc"];

/// Files and folders of a contract that are looked at.
const MOST_ENTRIES: usize = 50_000;

/// Bytes of one document. The largest that vendors publish have some ten megabytes.
pub const MOST_BYTES: u64 = 64 << 20;

/// Reads the root document of `contracts/<id>` below `workspace`, and what it refers to.
/// Errors: no such folder or document, a document that does not parse, a
/// reference to nowhere, a schema that is not one; every problem is listed.
pub fn load(workspace: &Path, id: &str) -> Result<Contract, Vec<Diagnostic>> {
    let plain = id.split('/').all(|part| {
        !part.is_empty()
            && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
            && part.chars().any(|c| c != '.')
    });
    if !plain {
        return Err(vec![
            Diagnostic::error(format!("`{id}` is no contract id"))
                .expected("domain/name/vN, such as payments/transactions/v3")
                .actual(id),
        ]);
    }
    let on_disk = workspace.join("contracts").join(id);
    let shown = format!("contracts/{id}/");
    let folder = Folder {
        on_disk,
        shown,
        above: id.split('/').count(),
        scope: workspace.join("contracts").canonicalize().ok(),
        named: None,
    };
    match folder.root() {
        Some(root) => folder.open(id, &root),
        None => Err(vec![missing(workspace, id)]),
    }
}

/// Reads a document by its path, or the root document of a folder. Its id is the path.
/// Errors as [`load`].
pub fn open(path: &Path) -> Result<Contract, Vec<Diagnostic>> {
    let id = path.display().to_string();
    if path.is_dir() {
        let folder = Folder::within(path, format!("{}/", id.trim_end_matches('/')), None);
        let root = folder.root().ok_or_else(|| {
            vec![Diagnostic::error(format!("{id} holds no root document")).expected(documents())]
        })?;
        return folder.open(&id, &root);
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let on_disk = path.parent().unwrap_or(Path::new("")).to_owned();
    let shown = id[..id.len() - name.len()].to_owned();
    Folder::within(&on_disk, shown, Some(name.clone())).open(&id, &name)
}

/// Whether a file is one of the many that make one contract: `.proto`, `.avsc`.
pub fn is_one_of_many(path: &str) -> bool {
    ENDINGS.iter().any(|ending| ends_in(path, ending))
}

/// The root document among the files of a contract's folder, by their paths in it.
pub fn root_among(paths: &[String]) -> Option<&str> {
    let one = ROOTS.iter().find_map(|root| paths.iter().find(|path| path == root));
    let first = |ending: &&str| {
        let like = paths.iter().filter(|path| ends_in(path, ending));
        like.min_by_key(|path| path.matches('/').count())
    };
    one.or_else(|| ENDINGS.iter().find_map(first)).map(String::as_str)
}

/// Whether a file's name has this ending, given without its point.
pub fn ends_in(path: &str, ending: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, is)| is == ending)
}

/// The folder of a contract: what lies in it may be referred to.
struct Folder {
    on_disk: PathBuf,
    /// How it is called in messages, with a closing `/`.
    shown: String,
    /// How many folders above it are still of the workspace, so that contracts may share files.
    above: usize,
    /// The topmost of them without links; `None` where it is not there.
    scope: Option<PathBuf>,
    /// The document that a person named: it may be a link to anywhere.
    named: Option<String>,
}

impl Folder {
    /// A folder and those above it up to the workspace's or repository's root, if it is in one.
    fn within(on_disk: &Path, shown: String, named: Option<String>) -> Self {
        let is_top =
            |folder: &Path| ["probe.toml", ".git"].iter().any(|is| folder.join(is).exists());
        let whole = on_disk.join(".").canonicalize().ok();
        let above = whole.iter().find_map(|whole| whole.ancestors().position(is_top)).unwrap_or(0);
        let scope = whole.and_then(|whole| whole.ancestors().nth(above).map(Path::to_owned));
        Self { on_disk: on_disk.to_owned(), shown, above, scope, named }
    }

    /// Where a file is on the disk. Errors: a link leads out of the workspace.
    fn find(&self, path: &str, shown: &str) -> Result<PathBuf, Diagnostic> {
        let found = self.on_disk.join(path);
        // What is not there is told by the one who opens it.
        let (Ok(real), Some(scope)) = (found.canonicalize(), &self.scope) else { return Ok(found) };
        if real.starts_with(scope) || self.named.as_deref() == Some(path) {
            return Ok(real);
        }
        Err(Diagnostic::error(format!("{shown} leads out of the workspace"))
            .expected("a file, or a link to one of the workspace")
            .actual(format!("a link to {}", real.display()))
            .help("put a copy of the file in the place of the link"))
    }

    /// The name of the root document.
    fn root(&self) -> Option<Cow<'static, str>> {
        let one = ROOTS.iter().copied().find(|root| self.on_disk.join(root).is_file());
        // A contract of several files has no first one: the least deep one, by name.
        let first = |ending: &&str| {
            self.with_ending(ending).into_iter().min_by_key(|path| path.matches('/').count())
        };
        one.map(Cow::Borrowed).or_else(|| ENDINGS.iter().find_map(first).map(Cow::Owned))
    }

    fn open(&self, id: &str, root: &str) -> Result<Contract, Vec<Diagnostic>> {
        let root = self.read(root).map_err(|problem| vec![problem])?;
        read(id, root, self)
    }
}

impl Files for Folder {
    fn read(&self, path: &str) -> Result<Source, Diagnostic> {
        let shown = below(&self.shown, path);
        let found = self.find(path, &shown)?;
        let text = File::open(found).and_then(|file| {
            let mut text = String::new();
            file.take(MOST_BYTES + 1).read_to_string(&mut text)?;
            Ok(text)
        });
        match text {
            Ok(text) if text.len() as u64 > MOST_BYTES => Err(Diagnostic::error(format!(
                "{shown} is too large"
            ))
            .expected(format!("at most {} MiB", MOST_BYTES >> 20))
            .help("a contract has a document of its own; split it, or leave out what is not used")),
            Ok(text) => Ok(Source::new(shown, text)),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Err(Diagnostic::error(format!("there is no file {shown}"))
                    .help("put the file there, or correct the name"))
            }
            Err(error) => Err(Diagnostic::error(format!("cannot read {shown}"))
                .actual(error.to_string())
                .help("the document must be a readable file in UTF-8")),
        }
    }

    fn above(&self) -> usize {
        self.above
    }

    fn with_ending(&self, ending: &str) -> Vec<String> {
        // Who names one file means that one: beside it may stand another version of the same.
        if let Some(named) = &self.named {
            return vec![named.clone()];
        }
        let mut found = Vec::new();
        let mut folders = vec![String::new()];
        let mut left = MOST_ENTRIES;
        while let Some(folder) = folders.pop() {
            for entry in
                fs::read_dir(self.on_disk.join(".").join(&folder)).into_iter().flatten().flatten()
            {
                left = left.saturating_sub(1);
                let (name, Ok(kind)) = (entry.file_name(), entry.file_type()) else { continue };
                let Some(name) = name.to_str().filter(|name| !name.starts_with('.')) else {
                    continue;
                };
                let path = format!("{folder}{name}");
                // A link may lead out of the folder, and in a circle.
                if kind.is_dir() && left > 0 {
                    folders.push(format!("{path}/"));
                } else if kind.is_file()
                    && name.rsplit_once('.').is_some_and(|(_, is)| is == ending)
                {
                    found.push(path);
                }
            }
        }
        found.sort();
        found
    }

    fn overlays(&self) -> Vec<String> {
        let entries = fs::read_dir(self.on_disk.join(".")).into_iter().flatten().flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        let mut names: Vec<String> = names.filter(|name| is_overlay(name)).collect();
        names.sort();
        names
    }
}

/// `overlay.yaml` and `x-pii.overlay.json`, but no document that is called so.
pub fn is_overlay(name: &str) -> bool {
    let stem = [".yaml", ".yml", ".json"].iter().find_map(|ending| name.strip_suffix(ending));
    stem.is_some_and(|stem| stem == "overlay" || stem.ends_with(".overlay"))
}

/// What a root document may be called.
fn documents() -> String {
    let endings = ENDINGS.iter().map(|ending| format!("*.{ending}")).collect::<Vec<_>>();
    format!("{} or {}", ROOTS.join(", "), endings.join(", "))
}

fn missing(workspace: &Path, id: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error(format!("there is no contract `{id}`"))
        .expected(format!("a document in contracts/{id}: {}", documents()));
    let known = known(workspace);
    match nearest(id, known.iter().map(String::as_str)) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None if known.is_empty() => diagnostic.help("the folder `contracts` holds no contract yet"),
        None => diagnostic.help(format!("known contracts: {}", known.join(", "))),
    }
}

/// Ids of the contracts that are there, sorted: folders three deep with a root document.
pub fn known(workspace: &Path) -> Vec<String> {
    let mut ids = vec![(workspace.join("contracts"), String::new())];
    for _ in 0..3 {
        ids = ids
            .into_iter()
            .flat_map(|(folder, id)| {
                let below = fs::read_dir(&folder).into_iter().flatten().flatten();
                below
                    .filter(|entry| entry.path().is_dir())
                    .map(move |entry| {
                        let name = entry.file_name().to_string_lossy().into_owned();
                        let id = if id.is_empty() { name } else { format!("{id}/{name}") };
                        (entry.path(), id)
                    })
                    .collect::<Vec<_>>()
            })
            .collect();
    }
    let holds_root = |folder: &Path| {
        let on_disk = folder.to_owned();
        let (shown, scope, named) = (String::new(), None, None);
        Folder { on_disk, shown, above: 0, scope, named }.root().is_some()
    };
    let mut ids: Vec<String> =
        ids.into_iter().filter(|(folder, _)| holds_root(folder)).map(|(_, id)| id).collect();
    ids.sort();
    ids
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::fixture::{PAYMENTS, message};

    #[test]
    fn documents_are_found_by_id() {
        let folder = tempfile::tempdir().expect("a folder");
        let version = folder.path().join("contracts/payments/transactions/v3");
        fs::create_dir_all(&version).expect("made");
        fs::write(version.join("openapi.yaml"), PAYMENTS).expect("written");
        let contract = load(folder.path(), "payments/transactions/v3").expect("valid");
        assert_eq!(contract.sources.root().path, "contracts/payments/transactions/v3/openapi.yaml");
        assert_eq!((contract.operations.len(), contract.sha256.len()), (5, 64));
        let problem = |id: &str| {
            load(folder.path(), id).expect_err("wrong").iter().map(message).collect::<Vec<_>>()
        };
        assert_eq!(
            problem("payments/transactions/v4"),
            [
                "- there is no contract `payments/transactions/v4` | a document in contracts/payments/transactions/v4: openapi.yaml, openapi.yml, openapi.json, asyncapi.yaml, asyncapi.yml, asyncapi.json, schema.json, schema.yaml or *.proto, *.avsc | - | did you mean `payments/transactions/v3`?"
            ]
        );
        assert_eq!(
            problem("../../etc"),
            [
                "- `../../etc` is no contract id | domain/name/vN, such as payments/transactions/v3 | ../../etc | "
            ]
        );
    }

    /// A workspace whose contract refers to `reference`, with a file in four places.
    fn shared(reference: &str) -> (tempfile::TempDir, PathBuf) {
        let top = tempfile::tempdir().expect("a folder");
        let workspace = top.path().join("w");
        let version = workspace.join("contracts/a/b/v1");
        fs::create_dir_all(&version).expect("made");
        fs::write(workspace.join("probe.toml"), "").expect("written");
        let document = format!(
            "openapi: 3.1.0\npaths: {{}}\ncomponents:\n  schemas:\n    A: {{$ref: '{reference}'}}\n"
        );
        fs::write(version.join("openapi.yaml"), document).expect("written");
        for folder in [top.path(), &workspace, &workspace.join("contracts"), &version] {
            fs::write(folder.join("money.yaml"), "type: integer\n").expect("written");
        }
        (top, workspace)
    }

    fn told(contract: Result<Contract, Vec<Diagnostic>>) -> Vec<String> {
        let problems = contract.err().unwrap_or_default();
        problems.iter().map(|problem| problem.title.clone()).collect()
    }

    #[test]
    fn references_stay_in_the_workspace() {
        const OUT: &str = "the reference leads out of the workspace";
        // (reference, as a contract, by its path)
        for (reference, loads, opens) in [
            ("money.yaml", true, true),
            ("../../../money.yaml", true, true),
            ("../../../../money.yaml", false, true),
            ("../../../../../money.yaml", false, false),
            ("x/../../../../../../money.yaml", false, false),
            ("/etc/passwd", false, false),
        ] {
            let (_top, workspace) = shared(reference);
            let path = workspace.join("contracts/a/b/v1/openapi.yaml");
            let folder = workspace.join("contracts/a/b/v1");
            let expected = |reads: bool| if reads { vec![] } else { vec![OUT.to_owned()] };
            assert_eq!(told(load(&workspace, "a/b/v1")), expected(loads), "{reference}");
            assert_eq!(told(open(&path)), expected(opens), "{reference}");
            assert_eq!(told(open(&folder)), expected(opens), "{reference}");
        }
        // Outside of any workspace a document has its own folder.
        let (_top, workspace) = shared("../money.yaml");
        fs::remove_file(workspace.join("probe.toml")).expect("removed");
        assert_eq!(told(open(&workspace.join("contracts/a/b/v1"))), [OUT]);
    }

    #[cfg(unix)]
    #[test]
    fn links_stay_in_the_workspace() {
        use std::os::unix::fs::symlink;
        let (_top, workspace) = shared("link.yaml");
        let link = workspace.join("contracts/a/b/v1/link.yaml");
        symlink("../../../money.yaml", &link).expect("linked");
        assert_eq!(told(load(&workspace, "a/b/v1")), [""; 0]);
        fs::remove_file(&link).expect("removed");
        symlink("../../../../../money.yaml", &link).expect("linked");
        let out = ["contracts/a/b/v1/link.yaml leads out of the workspace"];
        assert_eq!(told(load(&workspace, "a/b/v1")), out);
        assert_eq!(told(open(&workspace.join("contracts/a/b/v1"))).len(), 1);
        // The document that a person names may be a link: he chose it.
        let (top, workspace) = shared("money.yaml");
        let elsewhere = top.path().join("elsewhere.yaml");
        fs::rename(workspace.join("contracts/a/b/v1/openapi.yaml"), &elsewhere).expect("moved");
        let document = workspace.join("contracts/a/b/v1/openapi.yaml");
        symlink(&elsewhere, &document).expect("linked");
        assert_eq!(told(open(&document)), [""; 0]);
        let out = ["contracts/a/b/v1/openapi.yaml leads out of the workspace"];
        assert_eq!(told(load(&workspace, "a/b/v1")), out);
    }
}
