//! Files into one description: imports followed, names resolved, features found out.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use super::{
    builtin, features, imports,
    parse::{Parsed, parse},
    validate,
};
use crate::{
    contract::{
        model::protobuf::{At, Field, Kind, Protobuf},
        source::Source,
    },
    evidence::{Diagnostic, nearest},
};

/// Problems that are told at once.
pub(super) const MOST_PROBLEMS: usize = 100;
/// Above so many names no similar one is looked for.
const MOST_COMPARED: usize = 20_000;

/// Reads files: path from the root of what is described, and text.
pub(super) fn link(files: &[(String, Arc<Source>)]) -> Result<Protobuf, Vec<Diagnostic>> {
    let mut parsed = Vec::with_capacity(files.len());
    let mut problems = Vec::new();
    for (path, source) in files {
        match parse(path, source, parsed.len()) {
            Ok(file) => parsed.push(file),
            Err(problem) => problems.push(*problem),
        }
    }
    if !problems.is_empty() {
        problems.truncate(MOST_PROBLEMS);
        return Err(problems);
    }
    imports::rename(&mut parsed);
    add_built_in(&mut parsed, &mut problems);
    let numbers: HashMap<&str, usize> =
        parsed.iter().enumerate().map(|(number, p)| (p.file.path.as_str(), number)).collect();
    problems.extend(imports::problems(&parsed, &numbers));
    if !problems.is_empty() {
        problems.truncate(MOST_PROBLEMS);
        return Err(problems);
    }
    let visible = imports::visible(&parsed, &numbers);
    let mut linker = Linker { names: HashMap::new(), packages: HashSet::new(), visible, problems };
    linker.declare(&parsed);
    for number in 0..parsed.len() {
        linker.resolve(&mut parsed, number);
    }
    let mut problems = linker.problems;
    if problems.is_empty() {
        for file in &mut parsed {
            features::decide(file);
        }
        problems.extend(parsed.iter().flat_map(validate::problems));
        problems.extend(validate::extensions(&parsed));
    }
    if problems.is_empty() {
        return Ok(gather(parsed));
    }
    problems.truncate(MOST_PROBLEMS);
    Err(problems)
}

/// Reads the built-in files that are imported and not given.
fn add_built_in(parsed: &mut Vec<Parsed>, problems: &mut Vec<Diagnostic>) {
    let mut there: HashSet<String> = parsed.iter().map(|p| p.file.path.clone()).collect();
    let mut next = 0;
    while let Some(file) = parsed.get(next) {
        let wanted: Vec<String> = file.file.imports.iter().map(|i| i.path.clone()).collect();
        for path in wanted {
            let Some(text) = builtin::text(&path).filter(|_| !there.contains(&path)) else {
                continue;
            };
            match parse(&path, &Arc::new(Source::new(path.as_str(), text)), parsed.len()) {
                Ok(mut file) => {
                    file.file.source = None;
                    parsed.push(file);
                }
                Err(problem) => problems.push(*problem),
            }
            there.insert(path);
        }
        next += 1;
    }
}

fn gather(parsed: Vec<Parsed>) -> Protobuf {
    let mut all = Protobuf::default();
    for file in parsed {
        all.files.push(file.file);
        all.messages.extend(file.messages);
        all.enums.extend(file.enums);
        all.services.extend(file.services);
        all.extensions.extend(file.extensions);
    }
    all
}

/// The place of a spot of a parsed file.
pub(super) fn place(parsed: &[Parsed], at: &At) -> Option<crate::evidence::Place> {
    Some(parsed.get(at.file)?.file.source.as_ref()?.place(at.range.clone()))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Declared {
    Message,
    Enum,
    Other,
}

struct Linker {
    /// What each full name is, and in which file.
    names: HashMap<String, (Declared, At)>,
    /// Packages and all that they stand in.
    packages: HashSet<String>,
    /// Files that each file sees.
    visible: Vec<HashSet<usize>>,
    problems: Vec<Diagnostic>,
}

impl Linker {
    /// Notes every name; two equal ones are a problem.
    fn declare(&mut self, parsed: &[Parsed]) {
        for file in parsed {
            let mut package = file.file.package.as_str();
            while !package.is_empty() {
                self.packages.insert(package.to_owned());
                package = package.rsplit_once('.').map_or("", |(outer, _)| outer);
            }
            let messages = file.messages.iter().map(|(n, m)| (n, Declared::Message, &m.name_at));
            let enums = file.enums.iter().map(|(n, e)| (n, Declared::Enum, &e.name_at));
            let services = file.services.iter().map(|(n, s)| (n, Declared::Other, &s.at));
            let extensions = file.extensions.iter().map(|(n, e)| (n, Declared::Other, &e.name_at));
            for (name, what, at) in messages.chain(enums).chain(services).chain(extensions) {
                if let Some((_, first)) = self.names.get(name) {
                    self.problems.push(twice(parsed, name, at, first));
                } else {
                    self.names.insert(name.clone(), (what, at.clone()));
                }
            }
        }
    }

    /// Resolves every name in a file.
    fn resolve(&mut self, parsed: &mut [Parsed], number: usize) {
        let mut messages = std::mem::take(&mut parsed[number].messages);
        let mut extensions = std::mem::take(&mut parsed[number].extensions);
        let mut services = std::mem::take(&mut parsed[number].services);
        for (name, message) in &mut messages {
            for field in &mut message.fields {
                self.field(parsed, name, field);
            }
        }
        for (name, field) in &mut extensions {
            let scope = name.rsplit_once('.').map_or("", |(scope, _)| scope);
            self.field(parsed, scope, field);
            if let Some(extendee) = field.extendee.take() {
                let at = field.at.clone();
                field.extendee = self.message(parsed, scope, &extendee, &at);
            }
        }
        for (name, service) in &mut services {
            for method in &mut service.methods {
                for (name_of, at) in
                    [(&mut method.input, &method.input_at), (&mut method.output, &method.output_at)]
                {
                    if let Some(found) = self.message(parsed, name, name_of, at) {
                        *name_of = found;
                    }
                }
            }
        }
        parsed[number].messages = messages;
        parsed[number].extensions = extensions;
        parsed[number].services = services;
    }

    fn field(&mut self, parsed: &[Parsed], scope: &str, field: &mut Field) {
        match &mut field.kind {
            Kind::Message { name, .. } => *name = name.trim_start_matches('.').to_owned(),
            Kind::Map(_, value) => {
                if let Kind::Named(written) = &**value
                    && let Some(kind) = self.kind(parsed, scope, written, &field.kind_at)
                {
                    **value = kind;
                }
            }
            Kind::Named(written) => {
                if let Some(kind) = self.kind(parsed, scope, written, &field.kind_at) {
                    field.kind = kind;
                }
            }
            Kind::Scalar(_) | Kind::Enum(_) => {}
        }
    }

    fn message(&mut self, parsed: &[Parsed], scope: &str, name: &str, at: &At) -> Option<String> {
        if let Kind::Message { name, .. } = self.kind(parsed, scope, name, at)? {
            return Some(name);
        }
        let title = format!("`{name}` is not a message");
        self.problems.push(Diagnostic::error(title).maybe_at(place(parsed, at), ""));
        None
    }

    /// The type of this name, looked for from the innermost scope outwards
    /// (language specification, "Type Name Resolution").
    fn kind(&mut self, parsed: &[Parsed], scope: &str, name: &str, at: &At) -> Option<Kind> {
        let mut hidden = None;
        let mut scope = if name.starts_with('.') { "" } else { scope };
        let written = name.trim_start_matches('.');
        loop {
            let candidate = super::parse::full(scope, written);
            match self.names.get(&candidate) {
                Some((what, declared)) if self.visible[at.file].contains(&declared.file) => {
                    match what {
                        Declared::Message => {
                            return Some(Kind::Message { name: candidate, delimited: false });
                        }
                        Declared::Enum => return Some(Kind::Enum(candidate)),
                        Declared::Other => {}
                    }
                }
                Some((_, declared)) => hidden = Some((candidate, declared.file)),
                None => {}
            }
            if scope.is_empty() {
                self.problems.push(self.unknown(parsed, written, at, hidden));
                return None;
            }
            scope = scope.rsplit_once('.').map_or("", |(outer, _)| outer);
        }
    }

    fn unknown(
        &self,
        parsed: &[Parsed],
        name: &str,
        at: &At,
        hidden: Option<(String, usize)>,
    ) -> Diagnostic {
        let problem = Diagnostic::error(format!("the type `{name}` is not declared"))
            .maybe_at(place(parsed, at), "no such type");
        if let Some((full, file)) = hidden {
            let path = &parsed[file].file.path;
            return problem
                .note(format!("`{full}` is declared in {path}, which this file does not import"))
                .help(format!("add `import \"{path}\";`"));
        }
        if self.packages.contains(name) {
            return problem.help("this is a package; name a type in it");
        }
        let few = self.names.len() < MOST_COMPARED && self.problems.len() < MOST_PROBLEMS;
        let known = few.then(|| nearest(name, self.names.keys().map(String::as_str))).flatten();
        let simple = few
            .then(|| {
                let last = |full: &'_ String| full.rsplit('.').next() == Some(name);
                self.names.keys().filter(|full| last(full)).min().map(String::as_str)
            })
            .flatten();
        match simple.or(known) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem.help("declare it, or import the file that does"),
        }
    }
}

fn twice(parsed: &[Parsed], name: &str, second: &At, first: &At) -> Diagnostic {
    Diagnostic::error(format!("`{name}` is declared twice"))
        .maybe_at(place(parsed, second), "the second")
        .maybe_at(place(parsed, first), "the first")
        .help("give each its own name, or take one of two copies of a file away")
}

/// Names with where each first stands; what stands twice is told.
pub(super) fn unique<'n>(
    names: impl Iterator<Item = (&'n str, &'n At)>,
    mut tell: impl FnMut(&str, &At, &At),
) {
    let mut seen: BTreeMap<&str, &At> = BTreeMap::new();
    for (name, at) in names {
        if let Some(first) = seen.get(name) {
            tell(name, at, first);
        } else {
            seen.insert(name, at);
        }
    }
}
