//! Imports: by which path each file is known, what is missing, what goes in a circle, who sees whom.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{builtin, link::place, parse::Parsed};
use crate::{contract::model::protobuf::Import, evidence::Diagnostic};

/// Imports that stand behind each other; more are refused, for time and memory.
const LONGEST_CHAIN: usize = 1_000;

/// Gives each file the path by which others import it. That is its path below the contract's
/// folder, unless imports show that the files stand in a folder of their own, such as `proto/`.
pub(super) fn rename(parsed: &mut [Parsed]) {
    let paths: HashSet<String> = parsed.iter().map(|p| p.file.path.clone()).collect();
    // How often each folder makes an import found that is not found otherwise.
    let mut roots: BTreeMap<String, usize> = BTreeMap::new();
    let wanted = parsed.iter().flat_map(|p| p.file.imports.iter().map(move |i| (p, &i.path)));
    for (file, import) in wanted {
        if paths.contains(import) || builtin::text(import).is_some() {
            continue;
        }
        let mut folder = file.file.path.as_str();
        while let Some((outer, _)) = folder.rsplit_once('/') {
            folder = outer;
            if paths.contains(&format!("{folder}/{import}")) {
                *roots.entry(folder.to_owned()).or_default() += 1;
                break;
            }
        }
    }
    let mut taken: HashSet<String> = HashSet::new();
    for file in parsed {
        // The innermost folder that is such a root.
        let below = |root: &&String| file.file.path.strip_prefix(*root)?.strip_prefix('/');
        let root = roots.keys().filter(|root| below(root).is_some()).max_by_key(|r| r.len());
        let name = root.and_then(|root| below(&root)).unwrap_or(&file.file.path).to_owned();
        if taken.insert(name.clone()) {
            file.file.path = name;
        }
    }
}

/// Imports of nothing, and circles.
pub(super) fn problems(parsed: &[Parsed], numbers: &HashMap<&str, usize>) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for file in parsed {
        for import in &file.file.imports {
            if !numbers.contains_key(import.path.as_str()) && !import.option {
                problems.push(missing(parsed, file, import));
            }
        }
    }
    if problems.is_empty() {
        problems.extend(circle(parsed, numbers));
    }
    problems
}

fn missing(parsed: &[Parsed], file: &Parsed, import: &Import) -> Diagnostic {
    let own = file.file.source.as_ref().map_or("", |source| source.path.as_str());
    // Where the file would have to be for the import to find it.
    let folder = own.strip_suffix(&file.file.path).unwrap_or("");
    let problem = Diagnostic::error(format!("the import `{}` is not there", import.path))
        .maybe_at(place(parsed, &import.at), "no such file")
        .expected(format!("a file {folder}{}", import.path));
    let near = crate::evidence::nearest(&import.path, parsed.iter().map(|p| p.file.path.as_str()));
    match near.filter(|near| near.rsplit('/').next() == import.path.rsplit('/').next()) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem.help("copy the file there; nothing outside the contract's folder is read"),
    }
}

/// The first circle of imports, each marked where it stands; a chain that is too long as well.
fn circle(parsed: &[Parsed], numbers: &HashMap<&str, usize>) -> Option<Diagnostic> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let mut states = vec![State::New; parsed.len()];
    for start in 0..parsed.len() {
        // The file and the number of the import that is followed next.
        let mut chain = vec![(start, 0_usize)];
        if states[start] != State::New {
            continue;
        }
        states[start] = State::Open;
        while let Some((file, next)) = chain.last_mut() {
            let Some(import) = parsed[*file].file.imports.get(*next) else {
                states[*file] = State::Done;
                chain.pop();
                continue;
            };
            *next += 1;
            let Some(&target) = numbers.get(import.path.as_str()) else { continue };
            match states[target] {
                State::Done => {}
                State::New => {
                    states[target] = State::Open;
                    chain.push((target, 0));
                    if chain.len() > LONGEST_CHAIN {
                        let title = format!("more than {LONGEST_CHAIN} imports follow each other");
                        return Some(
                            Diagnostic::error(title).maybe_at(place(parsed, &import.at), ""),
                        );
                    }
                }
                State::Open => {
                    let told = Diagnostic::error("imports go in a circle");
                    let told = chain.iter().skip_while(|(file, _)| *file != target).fold(
                        told,
                        |told, (file, next)| {
                            let import = &parsed[*file].file.imports[*next - 1];
                            told.maybe_at(place(parsed, &import.at), "leads on")
                        },
                    );
                    return Some(told.help("move what both need into a file of its own"));
                }
            }
        }
    }
    None
}

/// The files that each file sees: itself, what it imports, and what that imports publicly.
pub(super) fn visible(parsed: &[Parsed], numbers: &HashMap<&str, usize>) -> Vec<HashSet<usize>> {
    let see = |file: usize| {
        let mut seen = HashSet::from([file]);
        let mut open: Vec<&Import> = parsed[file].file.imports.iter().collect();
        while let Some(import) = open.pop() {
            let Some(&target) = numbers.get(import.path.as_str()) else { continue };
            if seen.insert(target) {
                open.extend(parsed[target].file.imports.iter().filter(|import| import.public));
            }
        }
        seen
    };
    (0..parsed.len()).map(see).collect()
}
