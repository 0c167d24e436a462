//! The plan of the house, as tables, and the walk that holds sources against it.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Module, Named, Path, Source};

/// A room may import only rooms to its right.
const COLUMN: &[&str] = &[
    "cli",
    "watch",
    "gate",
    "run",
    "steps",
    "mock",
    "transport",
    "catalog",
    "contract",
    "evidence",
];

/// The wings, and what each may import.
const WINGS: &[(&str, &[&str])] =
    &[("report", &["evidence"]), ("history", &["evidence"]), ("slo", &["catalog", "evidence"])];

/// Who may import a wing.
const WINGS_ARE_FOR: &[&str] = &["cli", "watch", "gate"];

/// Arrows that the column would allow and the plan does not.
const NEVER: &[(&str, &str, &str)] =
    &[("transport", "contract", "transport moves bytes and does not know what they mean")];

/// The corridors of `contract`, and where they meet.
const CORRIDORS: &[&str] = &["read", "check", "compare", "generate", "codec"];
const MEETING_PLACES: &[&str] = &["model", "schema", "source"];

/// The corridors that stand on another: bytes have one reading, which judging
/// and making messages share (docs/decisions/0008).
const STANDS_ON: &[(&str, &str)] = &[("check", "codec"), ("generate", "codec")];

/// What only some files may name. A path stands for itself and all below it;
/// a last segment with `*` for every name that begins so.
struct Only {
    names: &'static [&'static str],
    except: &'static [&'static str],
    /// Files, or folders with a closing `/`.
    files: &'static [&'static str],
    why: &'static str,
}

const ONLY: &[Only] = &[
    Only {
        names: &["cucumber", "gherkin"],
        except: &["cucumber::gherkin", "cucumber::tag", "gherkin"],
        files: &["src/run/engine.rs"],
        why: "one adaptor names cucumber's runtime",
    },
    Only {
        names: &["cucumber::gherkin", "cucumber::tag", "gherkin"],
        except: &[],
        files: &["src/run/"],
        why: "features are parsed in run alone",
    },
    Only {
        names: &["jsonschema", "referencing"],
        except: &[],
        files: &["src/contract/schema/"],
        why: "jsonschema breaks in minor versions and is wrapped once",
    },
    Only {
        names: &["hyper::server", "hyper_util::server"],
        except: &[],
        files: &["src/transport/listener.rs"],
        why: "one listener serves",
    },
    Only {
        names: &[
            "std::time::SystemTime",
            "std::time::UNIX_EPOCH",
            "time::OffsetDateTime::now*",
            "time::UtcDateTime::now*",
        ],
        except: &[],
        files: &["src/transport/clock.rs"],
        why: "one file reads the wall clock",
    },
    Only {
        names: &[
            "std::env::var*",
            "std::env::set_*",
            "std::env::remove_var",
            "std::env::args*",
            "std::env::current_*",
            "std::env::home_dir",
            "std::env::temp_dir",
        ],
        except: &[],
        files: &["src/transport/secret.rs", "src/cli/"],
        why: "the environment is read where secrets are resolved and where options are",
    },
    Only {
        names: &["std::fs", "tokio::fs", "std::os::unix::fs"],
        except: &[],
        files: DISK,
        why: DISK_WHY,
    },
    Only {
        names: &[
            "std::print!",
            "std::println!",
            "std::eprint!",
            "std::eprintln!",
            "std::dbg!",
            "std::io::stdout",
            "std::io::stderr",
            "std::io::Stdout*",
            "std::io::Stderr*",
        ],
        except: &[],
        files: &["src/cli/", "src/report/"],
        why: "nothing else prints",
    },
    Only {
        names: &["std::process::Command", "tokio::process"],
        except: &[],
        files: &["src/cli/git.rs"],
        why: "one file starts another program",
    },
    Only {
        names: &["std::process::exit", "std::process::abort"],
        except: &[],
        files: &["src/cli/"],
        why: "nothing else ends the process",
    },
    Only {
        names: &["std::include!"],
        except: &[],
        files: &[],
        why: "a module is found under its own name, else this test does not see it",
    },
];

/// Files that touch the disk.
const DISK: &[&str] = &[
    "src/contract/load.rs",
    "src/catalog/load.rs",
    "src/catalog/workspace.rs",
    "src/mock/file.rs",
    "src/transport/secret.rs",
    "src/run/load.rs",
    "src/cli/",
];
const DISK_WHY: &str = "few files touch the disk, each room's loader and cli";

/// Methods of `Path` that touch the disk without naming `fs`.
const DISK_METHODS: &[&str] =
    &["is_dir", "is_file", "read_dir", "canonicalize", "try_exists", "exists", "read_link"];

/// What opens a socket; addresses are data.
const SOCKETS: &[&str] = &[
    "std::net::Tcp*",
    "std::net::Udp*",
    "std::net::ToSocketAddrs",
    "std::os::unix::net",
    "tokio",
    "hyper",
    "hyper_util",
    "rustls",
    "tokio_rustls",
];

/// What a room must not know, beside the order of the rooms.
const UNKNOWN_TO: &[(&str, &[&str], &str)] = &[
    ("evidence", SOCKETS, "evidence knows no network"),
    ("evidence", &["std::time::Instant", "http"], "evidence knows no clock and no protocol"),
    ("contract", SOCKETS, "contract is pure"),
    ("catalog", SOCKETS, "catalog knows no sockets"),
    ("report", SOCKETS, "a report renders; cli or watch sends it"),
];

/// Names that say nothing of what is inside.
const EMPTY_NAMES: &[&str] = &["util", "utils", "helper", "helpers", "common", "misc", "errors"];

/// A file without its tests.
const LINES_PER_FILE: usize = 600;

/// Lines of code in a room's own `mod.rs`.
const LINES_PER_DOOR: usize = 60;

/// All sources of the crate.
pub(crate) struct House {
    sources: Vec<Source>,
    /// Each module with the source that it stands in.
    modules: BTreeMap<Path, usize>,
}

impl House {
    /// Reads the sources: file name and text each.
    pub(crate) fn new<'t>(files: impl IntoIterator<Item = (&'t str, &'t str)>) -> Self {
        let sources: Vec<_> = files.into_iter().map(|(f, text)| Source::read(f, text)).collect();
        let mut modules = BTreeMap::new();
        for (number, source) in sources.iter().enumerate() {
            if source.file != "src/main.rs" {
                modules.extend(source.modules.keys().map(|module| (module.clone(), number)));
            }
        }
        Self { sources, modules }
    }

    /// Everything that is against the plan, in the order of the files.
    pub(crate) fn violations(&self) -> Vec<String> {
        let tests: Vec<_> = self.sources.iter().flat_map(|s| &s.test_modules).collect();
        let mut found = BTreeSet::new();
        for source in &self.sources {
            let is_test = tests.iter().any(|module| source.module.starts_with(module));
            let mut tell = |line: usize, what: String| {
                found.insert((source.file.clone(), line, what));
            };
            whole_file(source, is_test, &mut tell);
            for named in &source.named {
                self.named(source, named, is_test || named.test, &mut tell);
            }
            for (method, line) in &source.methods {
                let touches = DISK_METHODS.contains(&method.as_str());
                if touches && !is_test && !is_among(&source.file, DISK) {
                    tell(*line, format!("`.{method}()` stands in the wrong file: {DISK_WHY}"));
                }
            }
        }
        found.into_iter().map(|(file, line, what)| format!("{file}:{line}: {what}")).collect()
    }

    fn is_module(&self, path: &[String]) -> bool {
        self.modules.contains_key(path) || path.len() == 2 && room(path).is_some()
    }

    fn named(
        &self,
        source: &Source,
        named: &Named,
        is_test: bool,
        tell: &mut dyn FnMut(usize, String),
    ) {
        let written = source.absolute(named, &|m| self.is_module(m));
        let mut stages = vec![written.clone()];
        self.follow(&written, &mut stages);
        if !is_test {
            self.brought_in(&written, &mut stages);
        }
        for path in &stages {
            let shown = show(path, &written);
            let why = if path.first().is_some_and(|s| s == "crate") {
                wrong_room(source, path).or_else(|| wrong_corridor(source, path, is_test))
            } else if is_test {
                None
            } else {
                wrong_file(source, path)
            };
            if let Some(why) = why {
                tell(named.line, format!("{shown} {why}"));
                // What lies behind a wrong name is wrong as well, and says no more.
                if !is_glob(&written) {
                    break;
                }
            }
        }
    }

    /// Follows a path through re-exports to where the thing is; every stage is kept.
    fn follow(&self, path: &[String], stages: &mut Vec<Path>) {
        if path.first().is_none_or(|s| s != "crate") || stages.len() > 16 {
            return;
        }
        let mut end = 1;
        while end < path.len() && self.is_module(&path[..=end]) {
            end += 1;
        }
        let Some(segment) = path.get(end) else { return };
        let Some(number) = self.modules.get(&path[..end]) else { return };
        let source = &self.sources[*number];
        let Some(module) = source.modules.get(&path[..end]) else { return };
        let absolute =
            |target: &[String]| source.absolute_in(target, &path[..end], &|m| self.is_module(m));
        let mut next = Vec::new();
        if let Some(target) = module.uses.get(segment) {
            next.push([absolute(target).as_slice(), &path[end + 1..]].concat());
        } else {
            for glob in &module.globs {
                let glob = absolute(glob);
                if self.hands_on(&glob, segment) {
                    next.push([glob.as_slice(), &path[end..]].concat());
                }
            }
        }
        for path in next {
            if !stages.contains(&path) {
                stages.push(path.clone());
                self.follow(&path, stages);
            }
        }
    }

    fn module(&self, path: &[String]) -> Option<(&Source, &Module)> {
        let source = &self.sources[*self.modules.get(path)?];
        Some((source, source.modules.get(path)?))
    }

    fn hands_on(&self, module: &[String], name: &String) -> bool {
        let child = [module, std::slice::from_ref(name)].concat();
        self.is_module(&child)
            || self.module(module).is_some_and(|(_, m)| m.uses.contains_key(name))
    }

    /// What `use module::*` brings in by way of that module's own imports.
    fn brought_in(&self, path: &[String], stages: &mut Vec<Path>) {
        let Some((last, module)) = path.split_last() else { return };
        if last != "*" {
            return;
        }
        let Some((source, contents)) = self.module(module) else { return };
        for target in contents.uses.values() {
            let target = source.absolute_in(target, module, &|m| self.is_module(m));
            if !stages.contains(&target) {
                stages.push(target.clone());
                self.follow(&target, stages);
            }
        }
    }
}

/// What can be said of a file as a whole.
fn whole_file(source: &Source, is_test: bool, tell: &mut dyn FnMut(usize, String)) {
    let lines = source.lines - source.test_lines;
    if lines > LINES_PER_FILE && !is_test {
        tell(1, format!("{lines} lines without tests: at most {LINES_PER_FILE}"));
    }
    let module = &source.module;
    if let Some(name) = module.iter().find(|m| EMPTY_NAMES.contains(&m.as_str())) {
        tell(1, format!("a module called `{name}`: name it for what it does"));
    }
    let is_door = source.file.ends_with("/mod.rs") && module.len() == 2;
    if is_door && source.code_lines > LINES_PER_DOOR {
        let lines = source.code_lines;
        tell(1, format!("{lines} lines of code in a door: at most {LINES_PER_DOOR}"));
    }
    if module.len() > 1 && room(module).is_none() {
        tell(1, format!("`{}` is no room of the house", module[1]));
    }
}

/// The room that a path leads into.
fn room(path: &[String]) -> Option<&str> {
    let (first, name) = (path.first()?, path.get(1)?.as_str());
    let known = COLUMN.contains(&name) || WINGS.iter().any(|(wing, _)| *wing == name);
    (first == "crate" && known).then_some(name)
}

fn show(path: &[String], written: &[String]) -> String {
    if path == written {
        format!("`{}`", path.join("::"))
    } else {
        format!("`{}` (through `{}`)", path.join("::"), written.join("::"))
    }
}

fn wrong_room(source: &Source, path: &[String]) -> Option<String> {
    let to = room(path)?;
    if source.file == "src/main.rs" {
        return (to != "cli")
            .then(|| "stands in main, which calls cli and knows no other room".into());
    }
    let from = room(&source.module)?;
    let why = forbidden(from, to)?;
    Some(format!("stands in {from}, which may not import {to}: {why}"))
}

/// Why one room may not import another.
fn forbidden(from: &str, to: &str) -> Option<String> {
    if from == to {
        return None;
    }
    if let Some((_, _, why)) = NEVER.iter().find(|(f, t, _)| (*f, *t) == (from, to)) {
        return Some((*why).to_owned());
    }
    if let Some((_, allowed)) = WINGS.iter().find(|(wing, _)| *wing == from) {
        let why = || format!("the wing {from} sees {} alone", allowed.join(" and "));
        return (!allowed.contains(&to)).then(why);
    }
    let rank = |room: &str| COLUMN.iter().position(|r| *r == room);
    match (rank(from), rank(to)) {
        (Some(from), Some(to)) => (from > to)
            .then(|| format!("a room imports only rooms to its right ({})", COLUMN.join(" > "))),
        _ => (!WINGS_ARE_FOR.contains(&from))
            .then(|| format!("the wings are for {} alone", WINGS_ARE_FOR.join(", "))),
    }
}

/// Test code may walk from corridor to corridor: what `generate` makes has to
/// pass `check`.
fn wrong_corridor(source: &Source, path: &[String], is_test: bool) -> Option<String> {
    if is_test || room(path)? != "contract" || room(&source.module)? != "contract" {
        return None;
    }
    let from = source.module.get(2)?.as_str();
    let to = CORRIDORS.iter().find(|c| path.get(2).is_some_and(|s| s == *c))?;
    let meets = MEETING_PLACES.contains(&from);
    let stands_on = STANDS_ON.contains(&(from, to));
    (meets || CORRIDORS.contains(&from) && from != *to && !stands_on).then(|| {
        format!(
            "stands in contract's {from}, which may not import {to}: corridors meet only in {}",
            MEETING_PLACES.join(", ")
        )
    })
}

/// Why a path of another crate may not stand in this file.
fn wrong_file(source: &Source, path: &[String]) -> Option<String> {
    let path = normal(path);
    for only in ONLY {
        let named = only.names.iter().any(|name| covers(name, &path));
        let excepted = only.except.iter().any(|name| covers(name, &path) && !is_glob(&path));
        if named && !excepted && !is_among(&source.file, only.files) {
            return Some(format!("stands in the wrong file: {}{}", only.why, places(only.files)));
        }
    }
    let own = room(&source.module)?;
    let (_, _, why) = UNKNOWN_TO
        .iter()
        .find(|(room, names, _)| *room == own && names.iter().any(|name| covers(name, &path)))?;
    Some(format!("stands in {own}: {why}"))
}

/// `core` and `alloc` are parts of `std`, and macros of the prelude are `std`'s.
fn normal(path: &[String]) -> Path {
    match path {
        [only] if only.ends_with('!') => vec!["std".to_owned(), only.clone()],
        [first, rest @ ..] if first == "core" || first == "alloc" => {
            [&["std".to_owned()], rest].concat()
        }
        _ => path.to_vec(),
    }
}

fn is_glob(path: &[String]) -> bool {
    path.last().is_some_and(|s| s == "*")
}

/// Whether a name of the tables means this path; a glob means all that it may bring in.
fn covers(name: &str, path: &[String]) -> bool {
    let wanted: Vec<_> = name.split("::").collect();
    let matches = |wanted: &str, said: &str| match wanted.strip_suffix('*') {
        Some(start) => said.starts_with(start),
        None => wanted == said,
    };
    let common = wanted.iter().zip(path).take_while(|(w, s)| matches(w, s)).count();
    common == wanted.len() || is_glob(path) && common == path.len() - 1
}

fn is_among(file: &str, files: &[&str]) -> bool {
    files.iter().any(|f| file == *f || f.ends_with('/') && file.starts_with(f))
}

fn places(files: &[&str]) -> String {
    if files.is_empty() { String::new() } else { format!(" ({})", files.join(", ")) }
}
