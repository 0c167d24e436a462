//! One source file: its modules, what it imports, and every path it names.

use std::collections::{BTreeMap, BTreeSet};

use super::lexer::{Kind, Token, lex};

/// A path as its segments; from our own crate it starts with `crate`.
pub(crate) type Path = Vec<String>;

/// A path that a file names.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    /// As written: `super::super::cli`, `fs::read`, `println!`.
    pub(crate) path: Path,
    /// The module that names it, from the crate's root.
    pub(crate) module: Path,
    /// The scope in which its first segment is looked up.
    scope: usize,
    pub(crate) line: usize,
    /// Whether it stands in test code.
    pub(crate) test: bool,
}

/// What a module brings in from elsewhere, and so hands on to others.
#[derive(Debug, Default)]
pub(crate) struct Module {
    /// What `use` brings in, as written there: name to path.
    pub(crate) uses: BTreeMap<String, Path>,
    /// Paths of which everything is brought in.
    pub(crate) globs: Vec<Path>,
    /// Its own scope.
    scope: usize,
}

/// A source file, read.
#[derive(Debug)]
pub(crate) struct Source {
    /// Relative to the repository, with `/`.
    pub(crate) file: String,
    /// The module that the file is.
    pub(crate) module: Path,
    pub(crate) named: Vec<Named>,
    /// Method names called, with their lines; none from test code.
    pub(crate) methods: Vec<(String, usize)>,
    /// The file's own module, and those written inside it.
    pub(crate) modules: BTreeMap<Path, Module>,
    /// Modules declared for tests alone whose text is in another file.
    pub(crate) test_modules: Vec<Path>,
    /// Lines that belong to test modules.
    pub(crate) test_lines: usize,
    /// Lines in all.
    pub(crate) lines: usize,
    /// Lines on which something other than a comment stands, without test modules.
    pub(crate) code_lines: usize,
    scopes: Vec<Scope>,
}

/// A block: a module, a function's body, or any other pair of braces.
#[derive(Debug, Default)]
struct Scope {
    parent: Option<usize>,
    uses: BTreeMap<String, Path>,
}

/// Where the walk is.
#[derive(Clone)]
struct Here {
    scope: usize,
    module: Path,
    test: bool,
    /// Whether the scope is a module's own, so that what is brought in there
    /// can be reached from elsewhere.
    at_module: bool,
}

/// The module path of a file: `src/contract/check/mod.rs` is `crate::contract::check`.
pub(crate) fn module_of(file: &str) -> Path {
    let inner = file.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    let mut path = vec!["crate".to_owned()];
    if !matches!(inner, "lib" | "main" | "mod") {
        path.extend(inner.split('/').map(str::to_owned));
    }
    path
}

impl Source {
    /// Reads a file's text.
    pub(crate) fn read(file: &str, text: &str) -> Self {
        let tokens = lex(text);
        let module = module_of(file);
        let mut source = Self {
            file: file.to_owned(),
            module: module.clone(),
            named: Vec::new(),
            methods: Vec::new(),
            modules: BTreeMap::from([(module.clone(), Module::default())]),
            test_modules: Vec::new(),
            test_lines: 0,
            lines: text.lines().count(),
            code_lines: 0,
            scopes: vec![Scope::default()],
        };
        let whole = tokens.windows(2).any(|two| two[0].is('!') && two[1].is('['))
            && text.lines().any(|line| line.trim() == "#![cfg(test)]");
        let here = Here { scope: 0, module, test: whole, at_module: true };
        Walk { tokens: &tokens, at: 0, source: &mut source }.block(&here);
        let mut lines: BTreeSet<usize> = tokens.iter().map(|t| t.line).collect();
        for range in Walk::test_ranges(&tokens) {
            lines.retain(|line| !range.contains(line));
            source.test_lines += range.count();
        }
        source.code_lines = if whole { 0 } else { lines.len() };
        source
    }

    /// The path with its first segment looked up in this file: from `crate`
    /// where it is ours, else as it stands. `is_module` knows the crate's modules.
    pub(crate) fn absolute(&self, named: &Named, is_module: &dyn Fn(&[String]) -> bool) -> Path {
        self.resolve(&named.path, &named.module, Some(named.scope), is_module, 0)
    }

    /// The same for a path written in a `use` at the top of a module of this file.
    pub(crate) fn absolute_in(
        &self,
        path: &[String],
        module: &[String],
        is_module: &dyn Fn(&[String]) -> bool,
    ) -> Path {
        let scope = self.modules.get(module).map(|m| m.scope);
        self.resolve(path, module, scope, is_module, 0)
    }

    fn resolve(
        &self,
        path: &[String],
        module: &[String],
        scope: Option<usize>,
        is_module: &dyn Fn(&[String]) -> bool,
        depth: usize,
    ) -> Path {
        let Some((first, rest)) = path.split_first() else { return Path::new() };
        let joined = |head: &[String]| [head, rest].concat();
        match first.as_str() {
            "" => return rest.to_vec(),
            "crate" => return path.to_vec(),
            "probe" if self.file == "src/main.rs" => return joined(&["crate".to_owned()]),
            "self" => return joined(module),
            "super" => {
                let mut up = module.to_vec();
                let mut rest = path;
                while rest.first().is_some_and(|s| s == "super") {
                    up.pop();
                    rest = &rest[1..];
                }
                up.extend_from_slice(rest);
                return up;
            }
            _ => {}
        }
        let local = [module, std::slice::from_ref(first)].concat();
        if !rest.is_empty() && is_module(&local) {
            return joined(&local);
        }
        let mut next = scope;
        while let Some(number) = next {
            if let Some(target) = self.scopes[number].uses.get(first)
                && target != path
                && depth < 16
            {
                let parent = self.scopes[number].parent;
                let from = if target.first() == Some(first) { parent } else { Some(number) };
                let head = self.resolve(target, module, from, is_module, depth + 1);
                return joined(&head);
            }
            next = self.scopes[number].parent;
        }
        if is_module(&local) { local } else { path.to_vec() }
    }
}

struct Walk<'w> {
    tokens: &'w [Token],
    at: usize,
    source: &'w mut Source,
}

impl Walk<'_> {
    fn token(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.at + ahead)
    }

    fn ident(&self, ahead: usize) -> Option<&str> {
        self.token(ahead)?.ident()
    }

    fn is(&self, ahead: usize, punct: char) -> bool {
        self.token(ahead).is_some_and(|t| t.is(punct))
    }

    /// Up to the brace that closes this block, or the end.
    fn block(&mut self, here: &Here) {
        let mut next_is_test = false;
        while let Some(token) = self.token(0) {
            if token.is('}') {
                self.at += 1;
                return;
            }
            if token.is('#') && (self.is(1, '[') || self.is(1, '!') && self.is(2, '[')) {
                let inner = self.is(1, '!');
                next_is_test |= self.attribute(here) && !inner;
                continue;
            }
            if token.is('{') {
                self.at += 1;
                self.inner(here, here.module.clone(), here.test, false);
                continue;
            }
            match token.ident() {
                Some("mod") if self.ident(1).is_some() => {
                    self.module(here, next_is_test);
                    next_is_test = false;
                }
                Some("use") => {
                    self.at += 1;
                    let mut here = here.clone();
                    here.test |= next_is_test;
                    next_is_test = false;
                    self.use_tree(&here, &Path::new());
                }
                Some("extern") if self.ident(1) == Some("crate") => self.extern_crate(here),
                Some("pub") => self.visibility(),
                Some(_) => {
                    next_is_test = false;
                    self.path(here);
                }
                None if token.is_sep() => self.path(here),
                None => self.at += 1,
            }
        }
    }

    fn inner(&mut self, here: &Here, module: Path, test: bool, at_module: bool) {
        self.source.scopes.push(Scope { parent: Some(here.scope), uses: BTreeMap::new() });
        let scope = self.source.scopes.len() - 1;
        self.block(&Here { scope, module, test, at_module });
    }

    /// `mod name { .. }` or `mod name;`.
    fn module(&mut self, here: &Here, test: bool) {
        let mut module = here.module.clone();
        module.push(self.ident(1).unwrap_or_default().to_owned());
        self.at += 2;
        if self.is(0, '{') {
            self.at += 1;
            let scope = self.source.scopes.len();
            self.source.modules.entry(module.clone()).or_default().scope = scope;
            self.inner(here, module, here.test || test, true);
        } else if test {
            self.source.test_modules.push(module);
        }
    }

    /// `pub`, `pub(crate)`, `pub(in path)`: stands between an attribute and its item.
    fn visibility(&mut self) {
        self.at += 1;
        let restricted = self.is(0, '(')
            && matches!(self.ident(1), Some("crate" | "super" | "self" | "in"))
            && (self.is(2, ')') || self.ident(1) == Some("in"));
        while restricted && !self.is(0, ')') && self.token(0).is_some() {
            self.at += 1;
        }
    }

    /// `extern crate name as other;`
    fn extern_crate(&mut self, here: &Here) {
        let line = self.token(0).map_or(0, |t| t.line);
        let name = match self.ident(2) {
            Some("self") => "crate",
            other => other.unwrap_or_default(),
        };
        let path = vec![name.to_owned()];
        let bound = if self.ident(3) == Some("as") { self.ident(4) } else { self.ident(2) };
        let bound = bound.unwrap_or_default().to_owned();
        self.source.scopes[here.scope].uses.insert(bound, path.clone());
        self.name(here, path, line);
        self.at += 3;
    }

    /// Passes an attribute; true when it makes the next item test code. Paths
    /// stand in attributes too, and serde's have them in texts.
    fn attribute(&mut self, here: &Here) -> bool {
        self.at += if self.is(1, '!') { 3 } else { 2 };
        let start = self.at;
        let serde = self.ident(0) == Some("serde");
        let mut depth = 1;
        while depth > 0 {
            let Some(token) = self.token(0) else { break };
            match &token.kind {
                Kind::Punct('[') => depth += 1,
                Kind::Punct(']') => depth -= 1,
                Kind::Text(text) if serde && text.contains("::") => {
                    let line = token.line;
                    let mut tokens = lex(text);
                    for token in &mut tokens {
                        token.line = line;
                    }
                    let mut quoted = Walk { tokens: &tokens, at: 0, source: &mut *self.source };
                    quoted.block(here);
                }
                Kind::Ident(_) | Kind::PathSep => {
                    self.path(here);
                    continue;
                }
                _ => {}
            }
            self.at += 1;
        }
        is_test_cfg(&self.tokens[start..self.at])
    }

    /// A tree after `use`, or one of the trees in its braces.
    fn use_tree(&mut self, here: &Here, prefix: &[String]) {
        let mut path = prefix.to_vec();
        let line = self.token(0).map_or(0, |t| t.line);
        if self.token(0).is_some_and(Token::is_sep) {
            path.push(String::new());
            self.at += 1;
        }
        loop {
            if self.is(0, '{') {
                self.at += 1;
                while !self.is(0, '}') && self.token(0).is_some() {
                    self.use_tree(here, &path);
                    if self.is(0, ',') {
                        self.at += 1;
                    }
                }
                self.at += 1;
                return;
            }
            if self.is(0, '*') {
                self.at += 1;
                if here.at_module
                    && let Some(m) = self.source.modules.get_mut(&here.module)
                {
                    m.globs.push(path.clone());
                }
                path.push("*".to_owned());
                self.name(here, path, line);
                return;
            }
            let Some(segment) = self.ident(0).map(str::to_owned) else {
                self.at += 1;
                return;
            };
            self.at += 1;
            path.push(segment);
            if !self.token(0).is_some_and(Token::is_sep) {
                break;
            }
            self.at += 1;
        }
        // `a::{self}` is `a`.
        if path.len() > 1 && path.last().is_some_and(|s| s == "self") {
            path.pop();
        }
        let mut name = path.last().cloned().unwrap_or_default();
        if self.ident(0) == Some("as") {
            self.ident(1).unwrap_or("_").clone_into(&mut name);
            self.at += 2;
        }
        if name != "_" {
            self.source.scopes[here.scope].uses.insert(name.clone(), path.clone());
            if here.at_module
                && let Some(m) = self.source.modules.get_mut(&here.module)
            {
                m.uses.insert(name, path.clone());
            }
        }
        self.name(here, path, line);
    }

    /// A path in a type, an expression, a pattern or a macro.
    fn path(&mut self, here: &Here) {
        let line = self.token(0).map_or(0, |t| t.line);
        let back = |by: usize| self.at.checked_sub(by).and_then(|at| self.tokens.get(at));
        let before = back(1);
        // `a.b()` and not `..b`.
        let method = before.is_some_and(|t| t.is('.')) && !back(2).is_some_and(|t| t.is('.'));
        // After `>::` or `]::` stands a member of a type.
        let member = self.token(0).is_some_and(Token::is_sep)
            && before.is_some_and(|t| t.is('>') || t.is(']') || t.is(')'));
        let mut path = Path::new();
        if self.token(0).is_some_and(Token::is_sep) {
            path.push(String::new());
            self.at += 1;
        }
        while let Some(segment) = self.ident(0).map(str::to_owned) {
            self.at += 1;
            path.push(segment);
            if !self.token(0).is_some_and(Token::is_sep) {
                break;
            }
            self.at += 1;
        }
        if method {
            if !here.test
                && let Some(name) = path.first()
            {
                self.source.methods.push((name.clone(), line));
            }
            return;
        }
        let called = self.is(0, '!') && !self.is(1, '=');
        if called && let Some(last) = path.last_mut() {
            last.push('!');
        }
        // A lone name has been brought in by a `use`, which is on the list.
        if !member && (path.len() > 1 || called) {
            self.name(here, path, line);
        }
    }

    fn name(&mut self, here: &Here, path: Path, line: usize) {
        self.source.named.push(Named {
            path,
            module: here.module.clone(),
            scope: here.scope,
            line,
            test: here.test,
        });
    }

    /// Lines of `#[cfg(test)] mod name { .. }`, both ends included.
    fn test_ranges(tokens: &[Token]) -> Vec<std::ops::RangeInclusive<usize>> {
        let mut ranges = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            let Some(open) = test_module_at(&tokens[at..]) else {
                at += 1;
                continue;
            };
            let mut depth = 0;
            let start = tokens[at].line;
            at += open;
            while at < tokens.len() {
                depth += i32::from(tokens[at].is('{')) - i32::from(tokens[at].is('}'));
                if depth == 0 {
                    break;
                }
                at += 1;
            }
            ranges.push(start..=tokens.get(at).map_or(start, |t| t.line));
        }
        ranges
    }
}

/// `cfg(test)` and `cfg(all(test, ..))`; `not` and `any` make no test code.
fn is_test_cfg(attribute: &[Token]) -> bool {
    let names: Vec<_> = attribute.iter().filter_map(Token::ident).collect();
    matches!(names.as_slice(), ["cfg", "test"] | ["cfg", "all", "test", ..])
}

/// When a test module with a body starts here, how far its opening brace is.
fn test_module_at(tokens: &[Token]) -> Option<usize> {
    if !(tokens.first()?.is('#') && tokens.get(1)?.is('[')) {
        return None;
    }
    let close = tokens.iter().position(|t| t.is(']'))?;
    if !is_test_cfg(&tokens[2..close]) {
        return None;
    }
    let mut at = close + 1;
    // Other attributes may stand between.
    while tokens.get(at)?.is('#') {
        at += tokens[at..].iter().position(|t| t.is(']'))? + 1;
    }
    let name = tokens[at..].iter().take(6).position(|t| t.ident() == Some("mod"))?;
    tokens.get(at + name + 2)?.is('{').then_some(at + name + 2)
}
