//! A copy of `tests/workspace`, small and right, and the binary run in it.

use std::{fs, path::Path, process::Command};

/// A copy of the fixture.
pub(crate) struct Fixture {
    folder: tempfile::TempDir,
}

/// What a command said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let fixture = Self { folder: tempfile::tempdir().expect("a folder") };
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/workspace");
        fixture.copy(&from, &from);
        fixture
    }

    fn copy(&self, folder: &Path, root: &Path) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                self.copy(&path, root);
            } else {
                let name = path.strip_prefix(root).expect("below the root").display().to_string();
                self.put(&name, &fs::read_to_string(&path).expect("text"));
            }
        }
    }

    /// Its folder.
    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file.
    pub(crate) fn put(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    /// Reads a file.
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).expect("text")
    }

    /// Replaces a text in a file; it must be there.
    pub(crate) fn replace(&self, path: &str, old: &str, new: &str) {
        let text = self.read(path);
        assert!(text.contains(old), "{path} has no {old}");
        self.put(path, &text.replace(old, new));
    }

    /// The binary with these arguments, in this workspace, with an empty environment.
    pub(crate) fn probe(&self, arguments: &[&str]) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_probe"));
        command.args(arguments).env_clear().current_dir(self.root());
        let output = command.output().expect("the binary starts");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        let root = self.root().canonicalize().expect("a path").display().to_string();
        let (out, err) = (text(output.stdout), text(output.stderr).replace(&root, "[workspace]"));
        Said { code: output.status.code(), out, err }
    }
}
