//! Schema declarations into types with full names (specification, "Schema Declaration").

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::{
    contract::{
        model::avro::{Avro, Body, Field, Kind, Logical, Named, Primitive, Type},
        pointer::join,
        source::{Part, Sources},
    },
    evidence::{Diagnostic, nearest},
};

/// Problems that are told at once.
const MOST_PROBLEMS: usize = 100;
/// Names of complex types.
const COMPLEX: &[&str] = &["record", "error", "enum", "fixed", "array", "map"];

/// Reads the documents of a contract, in the order of its sources.
pub(super) fn parse(sources: &Sources, documents: &[Value]) -> Result<Avro, Vec<Diagnostic>> {
    let mut parser =
        Parser { sources, file: 0, named: BTreeMap::new(), uses: Vec::new(), problems: Vec::new() };
    let mut roots = Vec::new();
    for (file, document) in documents.iter().enumerate() {
        parser.file = file;
        if document.get("protocol").is_some() {
            parser.problem("", "this is an Avro protocol, not a schema", |told| {
                told.help("keep each of its `types` in an .avsc file; messages cannot be checked")
            });
            continue;
        }
        roots.extend(parser.schema(document, "", ""));
    }
    parser.unknown();
    let Parser { named, mut problems, .. } = parser;
    let avro = Avro { named, roots };
    if problems.is_empty() {
        problems.extend(defaults(sources, &avro));
    }
    if problems.is_empty() {
        return Ok(avro);
    }
    problems.truncate(MOST_PROBLEMS);
    Err(problems)
}

struct Parser<'s> {
    sources: &'s Sources,
    file: usize,
    named: BTreeMap<String, Named>,
    /// Names that were used, with where.
    uses: Vec<(String, usize, String)>,
    problems: Vec<Diagnostic>,
}

impl Parser<'_> {
    fn problem(
        &mut self,
        pointer: &str,
        title: impl Into<String>,
        more: impl Fn(Diagnostic) -> Diagnostic,
    ) {
        let place = self.sources.files()[self.file].locate(pointer, Part::Value);
        self.problems.push(more(Diagnostic::error(title).maybe_at(place, "")));
    }

    /// A schema: a name, a union, or a declaration. `space` is the namespace around it.
    fn schema(&mut self, value: &Value, pointer: &str, space: &str) -> Option<Type> {
        match value {
            Value::String(name) => Some(self.name(name, pointer, space)),
            Value::Array(branches) => self.union(branches, pointer, space),
            Value::Object(declared) => self.declaration(declared, pointer, space),
            _ => {
                let given = value.to_string();
                self.problem(pointer, "this is no Avro schema", |told| {
                    told.expected("a name, a list or an object with `type`").actual(&given)
                });
                None
            }
        }
    }

    fn name(&mut self, name: &str, pointer: &str, space: &str) -> Type {
        if let Some(primitive) = Primitive::named(name) {
            return Type { kind: Kind::Primitive(primitive), logical: None };
        }
        let full = full_name(name, space);
        self.uses.push((full.clone(), self.file, pointer.to_owned()));
        Type { kind: Kind::Named(full), logical: None }
    }

    fn union(&mut self, branches: &[Value], pointer: &str, space: &str) -> Option<Type> {
        let mut types: Vec<Type> = Vec::new();
        for (number, branch) in branches.iter().enumerate() {
            let at = format!("{pointer}/{number}");
            let kind = self.schema(branch, &at, space)?;
            if matches!(kind.kind, Kind::Union(_)) {
                self.problem(&at, "a union holds another union", |told| {
                    told.help("list its branches here")
                });
            }
            // Only named types may stand several times in a union ("Unions").
            if types.iter().any(|other| other.branch_name() == kind.branch_name()) {
                let title = format!("the union has `{}` twice", kind.branch_name());
                self.problem(&at, title, |told| told.help("leave one of them out"));
            }
            types.push(kind);
        }
        if types.is_empty() {
            self.problem(pointer, "the union has no branch", |told| told);
            return None;
        }
        Some(Type { kind: Kind::Union(types), logical: None })
    }

    fn declaration(
        &mut self,
        declared: &Map<String, Value>,
        pointer: &str,
        space: &str,
    ) -> Option<Type> {
        let at = join(pointer, "type");
        let kind = match declared.get("type") {
            Some(Value::String(kind)) if COMPLEX.contains(&kind.as_str()) => kind.as_str(),
            // `{"type": {...}}` and `{"type": "string", "logicalType": ...}`.
            Some(inner) => {
                let mut inner = self.schema(inner, &at, space)?;
                if let Some(logical) = logical(declared) {
                    inner.logical = Some(logical);
                }
                return Some(inner);
            }
            None => {
                self.problem(pointer, "the schema has no `type`", |told| {
                    told.expected("`type` with the name of a type")
                });
                return None;
            }
        };
        match kind {
            "array" | "map" => {
                let member = if kind == "array" { "items" } else { "values" };
                let Some(inner) = declared.get(member) else {
                    let title = format!("the {kind} has no `{member}`");
                    self.problem(pointer, title, |told| told.help("say what it holds"));
                    return None;
                };
                let inner = Box::new(self.schema(inner, &join(pointer, member), space)?);
                let kind = if kind == "array" { Kind::Array(inner) } else { Kind::Map(inner) };
                Some(Type { kind, logical: None })
            }
            _ => self.named(kind, declared, pointer, space),
        }
    }

    fn named(
        &mut self,
        kind: &str,
        declared: &Map<String, Value>,
        pointer: &str,
        space: &str,
    ) -> Option<Type> {
        let Some(name) = declared.get("name").and_then(Value::as_str) else {
            self.problem(pointer, format!("the {kind} has no name"), |told| {
                told.help("add `name`")
            });
            return None;
        };
        let own_space = declared.get("namespace").and_then(Value::as_str).unwrap_or(space);
        let full = full_name(name, own_space);
        if !full.split('.').all(is_name) {
            self.problem(&join(pointer, "name"), format!("`{full}` is no name"), |told| {
                told.expected("letters, digits and `_`, not beginning with a digit")
                    .help("see the Avro specification, \"Names\"")
            });
            return None;
        }
        if let Some(first) = self.named.get(&full) {
            let (file, at) = first.at.clone();
            let place = self.sources.files()[file].locate(&join(&at, "name"), Part::Value);
            self.problem(&join(pointer, "name"), format!("`{full}` is declared twice"), |told| {
                told.maybe_at(place.clone(), "the first")
                    .help("declare it once, and use its name elsewhere")
            });
            return None;
        }
        // What stands inside it takes its namespace.
        let inner_space = full.rsplit_once('.').map_or("", |(space, _)| space).to_owned();
        let aliases = texts(declared.get("aliases"));
        let aliases = aliases.iter().map(|alias| full_name(alias, &inner_space)).collect();
        let declared_type = Named {
            // Known before its body is read, since it may hold itself.
            body: Body::Record(Vec::new()),
            aliases,
            logical: logical(declared),
            doc: text(declared, "doc"),
            at: (self.file, pointer.to_owned()),
        };
        self.named.insert(full.clone(), declared_type);
        let body = match kind {
            "enum" => self.symbols(declared, pointer, &full)?,
            "fixed" => {
                let Some(size) = declared.get("size").and_then(Value::as_u64) else {
                    self.problem(pointer, format!("`{full}` has no `size`"), |told| {
                        told.expected("`size` with a number of bytes")
                    });
                    return None;
                };
                Body::Fixed(size)
            }
            _ => Body::Record(self.fields(declared, pointer, &full, &inner_space)?),
        };
        if let Some(named) = self.named.get_mut(&full) {
            named.body = body;
        }
        Some(Type { kind: Kind::Named(full), logical: None })
    }

    fn symbols(
        &mut self,
        declared: &Map<String, Value>,
        pointer: &str,
        full: &str,
    ) -> Option<Body> {
        let at = join(pointer, "symbols");
        let symbols = texts(declared.get("symbols"));
        if symbols.is_empty() {
            self.problem(pointer, format!("the enum `{full}` has no symbols"), |told| told);
            return None;
        }
        for (number, symbol) in symbols.iter().enumerate() {
            let spot = format!("{at}/{number}");
            if !is_name(symbol) {
                self.problem(&spot, format!("`{symbol}` is no symbol"), |told| {
                    told.expected("letters, digits and `_`, not beginning with a digit")
                });
            }
            if symbols[..number].contains(symbol) {
                self.problem(&spot, format!("the enum `{full}` has `{symbol}` twice"), |told| told);
            }
        }
        let default = declared.get("default").and_then(Value::as_str).map(str::to_owned);
        if let Some(default) = &default
            && !symbols.contains(default)
        {
            let title = format!("the default of `{full}` is none of its symbols");
            self.problem(&join(pointer, "default"), title, |told| {
                told.expected(symbols.join(", ")).actual(default)
            });
        }
        Some(Body::Enum(symbols, default))
    }

    fn fields(
        &mut self,
        declared: &Map<String, Value>,
        pointer: &str,
        full: &str,
        space: &str,
    ) -> Option<Vec<Field>> {
        let Some(Value::Array(list)) = declared.get("fields") else {
            self.problem(pointer, format!("the record `{full}` has no fields"), |told| {
                told.help("add `fields`; it may be empty")
            });
            return None;
        };
        let base = join(pointer, "fields");
        let mut fields: Vec<Field> = Vec::with_capacity(list.len());
        for (number, field) in list.iter().enumerate() {
            let at = format!("{base}/{number}");
            let (Some(name), Some(kind)) =
                (field.get("name").and_then(Value::as_str), field.get("type"))
            else {
                self.problem(&at, format!("a field of `{full}` has no name or no type"), |told| {
                    told.expected("an object with `name` and `type`")
                });
                continue;
            };
            if !is_name(name) {
                self.problem(&join(&at, "name"), format!("`{name}` is no name"), |told| {
                    told.expected("letters, digits and `_`, not beginning with a digit")
                });
            }
            if fields.iter().any(|other| other.name == name) {
                let title = format!("`{full}` has two fields `{name}`");
                self.problem(&join(&at, "name"), title, |told| told);
            }
            let Some(kind) = self.schema(kind, &join(&at, "type"), space) else { continue };
            fields.push(Field {
                name: name.to_owned(),
                aliases: texts(field.get("aliases")),
                kind,
                default: field.get("default").cloned(),
                doc: field.as_object().map(|field| text(field, "doc")).unwrap_or_default(),
                at,
            });
        }
        Some(fields)
    }

    /// Tells the names that nothing declares.
    fn unknown(&mut self) {
        for (name, file, pointer) in std::mem::take(&mut self.uses) {
            if self.named.contains_key(&name) || self.problems.len() >= MOST_PROBLEMS {
                continue;
            }
            self.file = file;
            let near = nearest(&name, self.named.keys().map(String::as_str)).map(str::to_owned);
            self.problem(
                &pointer,
                format!("the type `{name}` is not declared"),
                |told| match &near {
                    Some(near) => told.help(format!("did you mean `{near}`?")),
                    None => told.help("declare it in this file or in another .avsc file beside it"),
                },
            );
        }
    }
}

/// The full name of a name within a namespace ("Names").
fn full_name(name: &str, space: &str) -> String {
    if name.contains('.') || space.is_empty() {
        return name.trim_start_matches('.').to_owned();
    }
    format!("{space}.{name}")
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic())
        && name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric())
}

fn text(holder: &Map<String, Value>, key: &str) -> String {
    holder.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn texts(value: Option<&Value>) -> Vec<String> {
    let list = value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// A logical type; one that is not known is passed over, as the specification demands.
fn logical(declared: &Map<String, Value>) -> Option<Logical> {
    const KNOWN: &[&str] = &[
        "decimal",
        "big-decimal",
        "uuid",
        "date",
        "time-millis",
        "time-micros",
        "timestamp-millis",
        "timestamp-micros",
        "timestamp-nanos",
        "local-timestamp-millis",
        "local-timestamp-micros",
        "local-timestamp-nanos",
        "duration",
    ];
    let name = declared.get("logicalType")?.as_str().filter(|name| KNOWN.contains(name))?;
    let number = |key: &str| declared.get(key).and_then(Value::as_u64).unwrap_or(0);
    Some(Logical { name: name.to_owned(), precision: number("precision"), scale: number("scale") })
}

/// Defaults that are no value of their type.
fn defaults(sources: &Sources, avro: &Avro) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for (name, named) in &avro.named {
        let Body::Record(fields) = &named.body else { continue };
        for field in fields {
            let Some(default) = &field.default else { continue };
            if !fits(avro, &field.kind, default) {
                let file = &sources.files()[named.at.0];
                let place = file.locate(&join(&field.at, "default"), Part::Value);
                let title =
                    format!("the default of `{name}.{}` is no value of its type", field.name);
                problems.push(
                    Diagnostic::error(title)
                        .maybe_at(place, "")
                        .expected(field.kind.to_string())
                        .actual(default.to_string())
                        .help("see the Avro specification, \"Complex Types\", records"),
                );
            }
        }
    }
    problems
}

/// Whether a default is a value of a type. The depth of a value bounds it.
fn fits(avro: &Avro, kind: &Type, value: &Value) -> bool {
    match (&kind.kind, value) {
        (Kind::Primitive(Primitive::Null), value) => value.is_null(),
        (Kind::Primitive(Primitive::Boolean), value) => value.is_boolean(),
        (Kind::Primitive(Primitive::Int), value) => {
            value.as_i64().is_some_and(|number| i32::try_from(number).is_ok())
        }
        (Kind::Primitive(Primitive::Long), value) => value.as_i64().is_some(),
        (Kind::Primitive(Primitive::Float | Primitive::Double), Value::String(word)) => {
            matches!(word.as_str(), "NaN" | "Infinity" | "-Infinity" | "INF" | "-INF")
        }
        (Kind::Primitive(Primitive::Float | Primitive::Double), value) => value.is_number(),
        (Kind::Primitive(Primitive::String), value) => value.is_string(),
        (Kind::Primitive(Primitive::Bytes), Value::String(text)) => {
            text.chars().all(|c| u32::from(c) < 256)
        }
        (Kind::Array(items), Value::Array(list)) => list.iter().all(|v| fits(avro, items, v)),
        (Kind::Map(values), Value::Object(map)) => map.values().all(|v| fits(avro, values, v)),
        // Up to 1.11 only the first branch, since 1.12 any of them.
        (Kind::Union(branches), value) => branches.iter().any(|one| fits(avro, one, value)),
        (Kind::Named(name), value) => match avro.named.get(name).map(|named| &named.body) {
            Some(Body::Record(fields)) => value.as_object().is_some_and(|object| {
                fields.iter().all(|field| match object.get(&field.name) {
                    Some(value) => fits(avro, &field.kind, value),
                    None => field.default.is_some(),
                })
            }),
            Some(Body::Enum(symbols, _)) => {
                value.as_str().is_some_and(|symbol| symbols.iter().any(|one| one == symbol))
            }
            Some(Body::Fixed(size)) => {
                value.as_str().is_some_and(|text| text.chars().count() as u64 == *size)
            }
            None => false,
        },
        _ => false,
    }
}
