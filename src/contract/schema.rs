//! Compiled schemas; the only file that names the `jsonschema` crate.
//!
//! One root validator holds every schema of a document, so that they share what they refer to:
//! a validator for each would build the shared part anew each time. The root is the document
//! itself with `properties: {"0": {"$ref": "#/paths/..."}, ...}`; a value is judged by schema
//! number `i` as the object `{"i": value}`.

use std::{collections::HashSet, sync::Arc};

use jsonschema::{Draft, PatternOptions, ValidationError, Validator, error::ValidationErrorKind};
use serde_json::{Map, Value, json};

use super::{
    pointer,
    shape::{ShapeId, Shapes, Types},
};

/// Steps that a regular expression with look-around may take on one string.
const BACKTRACK_LIMIT: usize = 50_000;
/// Breaches that one value is told of.
const MOST_BREACHES: usize = 100;
/// Of a value with more parts than this only the first breach is told.
const MOST_EXPLAINED: usize = 50_000;
/// References in a row that are followed.
pub(super) const MOST_HOPS: usize = 32;

/// A schema by its place in the document.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SchemaRef {
    /// JSON Pointer in the document.
    pub pointer: Arc<str>,
    /// Its number under the compiled root.
    pub(super) index: u32,
}

/// How a value breaks a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Breach {
    /// A required member is not there.
    Missing,
    /// A member that a closed object does not name.
    Undeclared,
    /// Null where it is not allowed.
    Null,
    /// A value of another type.
    Type,
    /// A value outside the enumeration.
    Enum,
    /// A string in another format.
    Format,
    /// A string that a pattern does not match.
    Pattern,
    /// Too small, too large, too short, too long, too many.
    Bounds,
    /// Anything else that a schema can say.
    Other,
}

/// One way in which a value breaks a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Violation {
    pub(super) breach: Breach,
    /// Pointer of the spot in the value; of the missing member where one is missing.
    pub(super) instance: String,
    /// Pointer of the keyword in the document.
    pub(super) schema: String,
    /// What the keyword demands.
    pub(super) expected: String,
}

/// A schema that is not one.
#[derive(Debug)]
pub(super) struct SchemaProblem {
    /// Pointer of the spot in the document.
    pub(super) pointer: String,
    /// What is wrong, in a few words.
    pub(super) message: String,
}

/// All schemas of a document under one compiled root.
pub(super) struct Schemas {
    validator: Validator,
    shapes: Shapes,
    /// Shape of each root, by its number.
    roots: Vec<ShapeId>,
    /// Pointers of schemas that were wrapped as `anyOf/1` when they were lifted.
    wrapped: HashSet<String>,
}

impl std::fmt::Debug for Schemas {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Schemas({})", self.roots.len())
    }
}

impl Schemas {
    /// Compiles the schemas at `pointers` of a lifted document whose references all lead somewhere.
    pub(super) fn compile(
        document: &Value,
        pointers: &[Arc<str>],
        wrapped: HashSet<String>,
    ) -> Result<Self, Vec<SchemaProblem>> {
        let unlifted = |pointer: &str| unlift(pointer, &wrapped);
        let shapes = Shapes::new(document, pointers.iter().map(|p| &**p), unlifted);
        let endless = shapes.endless();
        if !endless.is_empty() {
            let problem = |pointer: &str| SchemaProblem {
                pointer: pointer.to_owned(),
                message: "the schema holds itself without a step into the value".to_owned(),
            };
            return Err(endless.iter().map(|shape| problem(&shape.pointer)).collect());
        }
        let roots = pointers.iter().filter_map(|p| shapes.at(p)).collect();
        let validator = options().build(&root(document, pointers)).map_err(|error| {
            let pointer = unlifted(error.schema_path().as_str());
            vec![SchemaProblem { pointer, message: error.masked().to_string() }]
        })?;
        Ok(Self { validator, shapes, roots, wrapped })
    }

    /// What the schemas declare.
    pub(super) fn shapes(&self) -> &Shapes {
        &self.shapes
    }

    /// What this schema declares.
    pub(super) fn shape(&self, schema: &SchemaRef) -> ShapeId {
        self.roots[schema.index as usize]
    }

    /// The types that a value of this schema may have.
    pub(super) fn types(&self, schema: &SchemaRef) -> Types {
        self.shapes.get(self.shape(schema)).types
    }

    /// How `value` breaks the schema; empty where it keeps it. The value is only borrowed: it is
    /// moved under the root's number and back, never copied.
    pub(super) fn violations(&self, schema: &SchemaRef, value: &mut Value) -> Vec<Violation> {
        let mut wrapper = Map::with_capacity(1);
        wrapper.insert(schema.index.to_string(), std::mem::take(value));
        let wrapper = Value::Object(wrapper);
        let violations =
            if self.validator.is_valid(&wrapper) { Vec::new() } else { self.explain(&wrapper) };
        if let Value::Object(wrapper) = wrapper {
            *value = wrapper.into_iter().next().map_or(Value::Null, |(_, value)| value);
        }
        violations
    }

    fn explain(&self, wrapper: &Value) -> Vec<Violation> {
        let mut violations = Vec::new();
        // The validator collects every error before it gives the first.
        if !fewer_values(wrapper, &mut { MOST_EXPLAINED }) {
            if let Err(error) = self.validator.validate(wrapper) {
                self.collect(&error, &mut violations);
            }
            violations.truncate(MOST_BREACHES);
            return violations;
        }
        for error in self.validator.iter_errors(wrapper) {
            self.collect(&error, &mut violations);
            if violations.len() >= MOST_BREACHES {
                violations.truncate(MOST_BREACHES);
                break;
            }
        }
        violations
    }

    fn collect(&self, error: &ValidationError<'_>, into: &mut Vec<Violation>) {
        use ValidationErrorKind as Kind;
        match error.kind() {
            Kind::AnyOf { context } | Kind::OneOfNotValid { context } if !context.is_empty() => {
                if let Some(types) = all_of_other_types(context) {
                    into.push(self.spot(error, Breach::Type, types));
                    return;
                }
                for error in nearest_branch(context) {
                    self.collect(error, into);
                }
            }
            Kind::Required { property } => {
                let name = property.as_str().unwrap_or_default();
                let expected = format!("a member `{name}`");
                into.push(self.member(error, Breach::Missing, name, expected));
            }
            Kind::AdditionalProperties { unexpected }
            | Kind::UnevaluatedProperties { unexpected } => {
                // A partner may send a hundred thousand of them.
                for name in unexpected.iter().take(MOST_BREACHES) {
                    let expected = format!("no member `{}`", clip(name, 60));
                    into.push(self.member(error, Breach::Undeclared, name, expected));
                }
            }
            kind => into.push(self.spot(error, breach(kind), expected(kind, error))),
        }
    }

    fn spot(&self, error: &ValidationError<'_>, breach: Breach, expected: String) -> Violation {
        let value = error.instance();
        let is_kind = matches!(breach, Breach::Type | Breach::Enum);
        Violation {
            breach: if is_kind && value.is_null() { Breach::Null } else { breach },
            instance: inside(error.instance_path().as_str()).to_owned(),
            schema: unlift(error.schema_path().as_str(), &self.wrapped),
            expected,
        }
    }

    fn member(
        &self,
        error: &ValidationError<'_>,
        breach: Breach,
        name: &str,
        expected: String,
    ) -> Violation {
        Violation {
            breach,
            instance: pointer::join(inside(error.instance_path().as_str()), name),
            schema: unlift(error.schema_path().as_str(), &self.wrapped),
            expected,
        }
    }
}

/// The schema itself, with references followed.
pub(super) fn resolve<'d>(document: &'d Value, schema: &SchemaRef) -> &'d Value {
    follow(document, document.pointer(&schema.pointer).unwrap_or(&Value::Bool(true)))
}

/// Follows `$ref`s within the document from this schema on.
pub(super) fn follow<'d>(document: &'d Value, mut schema: &'d Value) -> &'d Value {
    for _ in 0..MOST_HOPS {
        let Some(Value::String(reference)) = schema.get("$ref") else { break };
        let Some(next) = pointer::of_reference(reference).and_then(|p| document.pointer(&p)) else {
            break;
        };
        schema = next;
    }
    schema
}

/// Compiles the meta-schema, which [`problems`] would do at its first call.
pub(super) fn prepare() {
    let _ = jsonschema::draft202012::meta::validator();
}

/// What is no schema at `pointer` of the document, by the meta-schema of 2020-12, and the
/// regular expressions that do not compile.
pub(super) fn problems(
    schema: &Value,
    pointer: &str,
    wrapped: &HashSet<String>,
) -> Vec<SchemaProblem> {
    let meta = jsonschema::draft202012::meta::validator();
    let mut found: Vec<SchemaProblem> = meta
        .iter_errors(schema)
        .map(|error| SchemaProblem {
            pointer: unlift(&format!("{pointer}{}", error.instance_path().as_str()), wrapped),
            message: meta_message(&error),
        })
        .collect();
    let mut seen = HashSet::new();
    found.retain(|problem| seen.insert(problem.pointer.clone()));
    bad_patterns(schema, pointer, wrapped, &mut found);
    found
}

fn meta_message(error: &ValidationError<'_>) -> String {
    match error.kind() {
        ValidationErrorKind::AnyOf { .. } if error.instance_path().as_str().ends_with("/type") => {
            "no such type: array, boolean, integer, null, number, object and string are known"
                .to_owned()
        }
        _ => clip(&error.to_string(), 160),
    }
}

fn bad_patterns(
    schema: &Value,
    pointer: &str,
    wrapped: &HashSet<String>,
    into: &mut Vec<SchemaProblem>,
) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::String(pattern)) = object.get("pattern")
                && options().build(&json!({ "pattern": pattern })).is_err()
            {
                into.push(SchemaProblem {
                    pointer: unlift(&format!("{pointer}/pattern"), wrapped),
                    message: "the pattern is no regular expression".to_owned(),
                });
            }
            for (key, value) in object {
                if !matches!(key.as_str(), "const" | "enum" | "default" | "example" | "examples") {
                    bad_patterns(value, &pointer::join(pointer, key), wrapped, into);
                }
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                bad_patterns(value, &format!("{pointer}/{index}"), wrapped, into);
            }
        }
        _ => {}
    }
}

fn options() -> jsonschema::ValidationOptions<'static> {
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .offline()
        .should_validate_formats(true)
        .with_pattern_options(PatternOptions::fancy_regex().backtrack_limit(BACKTRACK_LIMIT))
}

/// The document as a schema whose numbered properties are the schemas at `pointers`.
fn root(document: &Value, pointers: &[Arc<str>]) -> Value {
    let mut root = Map::new();
    if let Value::Object(document) = document {
        for (key, value) in document {
            // No member of a document may act as a keyword of the root.
            if key != "properties" && !key.starts_with('$') {
                root.insert(key.clone(), value.clone());
            }
        }
    }
    for keyword in ["allOf", "anyOf", "oneOf", "not", "if", "type", "enum", "const", "required"] {
        root.shift_remove(keyword);
    }
    let numbered = pointers
        .iter()
        .enumerate()
        .map(|(index, at)| (index.to_string(), json!({"$ref": pointer::reference(at)})))
        .collect();
    root.insert("properties".to_owned(), Value::Object(numbered));
    Value::Object(root)
}

/// The part of an instance pointer below the root's number.
fn inside(pointer: &str) -> &str {
    pointer.get(1..).and_then(|rest| rest.find('/').map(|at| &rest[at..])).unwrap_or("")
}

/// A pointer into the lifted document as one into the document as written.
fn unlift(lifted: &str, wrapped: &HashSet<String>) -> String {
    if wrapped.is_empty() {
        return lifted.to_owned();
    }
    let mut written = String::with_capacity(lifted.len());
    let mut rest = lifted;
    while let Some(tail) = rest.strip_prefix('/') {
        let end = tail.find('/').map_or(rest.len(), |at| at + 1);
        written.push_str(&rest[..end]);
        rest = &rest[end..];
        if wrapped.contains(&written)
            && let Some(tail) = rest.strip_prefix("/anyOf/1")
        {
            rest = tail;
        }
    }
    written
}

/// The branch that comes nearest: with the fewest errors, where an error about the kind of the
/// whole value, or about a fixed value that tells branches apart, weighs more than all others.
fn nearest_branch<'e>(
    context: &'e [Vec<ValidationError<'static>>],
) -> &'e [ValidationError<'static>] {
    let depth = |error: &ValidationError<'_>| error.instance_path().as_str().matches('/').count();
    let top = context.iter().flatten().map(depth).min().unwrap_or(0);
    let weight = |error: &ValidationError<'_>| match error.kind() {
        ValidationErrorKind::Type { .. } if depth(error) == top => 1_000,
        ValidationErrorKind::Constant { .. } => 100,
        ValidationErrorKind::Enum { options }
            if options.as_array().is_some_and(|o| o.len() == 1) =>
        {
            100
        }
        _ => 1,
    };
    context
        .iter()
        .min_by_key(|errors| errors.iter().map(weight).sum::<usize>())
        .map_or(&[], Vec::as_slice)
}

/// The types that the branches want, where each of them only wants another one.
fn all_of_other_types(context: &[Vec<ValidationError<'static>>]) -> Option<String> {
    let mut words: Vec<String> = Vec::new();
    let spot = context.first()?.first()?.instance_path().as_str();
    for errors in context {
        let [error] = errors.as_slice() else { return None };
        match error.kind() {
            ValidationErrorKind::Type { kind } if error.instance_path().as_str() == spot => {
                let word = type_words(kind);
                if !words.contains(&word) {
                    words.push(word);
                }
            }
            _ => return None,
        }
    }
    (context.len() > 1).then(|| words.join(" or "))
}

fn breach(kind: &ValidationErrorKind) -> Breach {
    use ValidationErrorKind as Kind;
    match kind {
        Kind::Type { .. } => Breach::Type,
        Kind::Enum { .. } | Kind::Constant { .. } => Breach::Enum,
        Kind::Format { .. } => Breach::Format,
        Kind::Pattern { .. } | Kind::BacktrackLimitExceeded { .. } => Breach::Pattern,
        Kind::Minimum { .. }
        | Kind::Maximum { .. }
        | Kind::ExclusiveMinimum { .. }
        | Kind::ExclusiveMaximum { .. }
        | Kind::MultipleOf { .. }
        | Kind::MinLength { .. }
        | Kind::MaxLength { .. }
        | Kind::MinItems { .. }
        | Kind::MaxItems { .. }
        | Kind::MinProperties { .. }
        | Kind::MaxProperties { .. } => Breach::Bounds,
        _ => Breach::Other,
    }
}

fn expected(kind: &ValidationErrorKind, error: &ValidationError<'_>) -> String {
    use ValidationErrorKind as Kind;
    match kind {
        Kind::Type { kind } => type_words(kind),
        Kind::Enum { options } => match options.as_array().map(Vec::as_slice) {
            Some([only]) => only.to_string(),
            Some(options) => {
                let words: Vec<String> = options.iter().map(Value::to_string).collect();
                format!("one of {}", clip(&words.join(", "), 160))
            }
            None => "one of a list of values".to_owned(),
        },
        Kind::Constant { expected_value } => clip(&expected_value.to_string(), 80),
        Kind::Format { format } => format!("a string in the format `{format}`"),
        Kind::Pattern { pattern } => format!("a string that matches /{}/", clip(pattern, 80)),
        Kind::BacktrackLimitExceeded { .. } => "a string that the pattern can decide".to_owned(),
        Kind::Minimum { limit } => format!("at least {limit}"),
        Kind::Maximum { limit } => format!("at most {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("more than {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("less than {limit}"),
        Kind::MultipleOf { multiple_of } => format!("a multiple of {multiple_of}"),
        Kind::MinLength { limit } => format!("at least {limit} characters"),
        Kind::MaxLength { limit } => format!("at most {limit} characters"),
        Kind::MinItems { limit } => format!("at least {limit} items"),
        Kind::MaxItems { limit } => format!("at most {limit} items"),
        Kind::MinProperties { limit } => format!("at least {limit} members"),
        Kind::MaxProperties { limit } => format!("at most {limit} members"),
        Kind::OneOfMultipleValid { .. } => "a value of exactly one of the schemas".to_owned(),
        Kind::UniqueItems => "items that differ".to_owned(),
        Kind::FalseSchema => "nothing here".to_owned(),
        _ => clip(&error.masked().to_string(), 120),
    }
}

fn type_words(kind: &jsonschema::error::TypeKind) -> String {
    use jsonschema::error::TypeKind;
    let word = |name: String| match name.as_str() {
        "null" => "null".to_owned(),
        "boolean" => "true or false".to_owned(),
        "array" | "integer" | "object" => format!("an {name}"),
        _ => format!("a {name}"),
    };
    match kind {
        TypeKind::Single(one) => word(one.to_string()),
        TypeKind::Multiple(many) => {
            many.iter().map(|one| word(one.to_string())).collect::<Vec<_>>().join(" or ")
        }
    }
}

/// Whether a value has fewer parts than `left`, which is used up on the way.
fn fewer_values(value: &Value, left: &mut usize) -> bool {
    let Some(less) = left.checked_sub(1) else { return false };
    *left = less;
    match value {
        Value::Array(list) => list.iter().all(|value| fewer_values(value, left)),
        Value::Object(object) => object.values().all(|value| fewer_values(value, left)),
        _ => true,
    }
}

/// The first `most` characters, with an ellipsis where something was cut.
pub(super) fn clip(text: &str, most: usize) -> String {
    if text.char_indices().nth(most).is_none() {
        text.to_owned()
    } else {
        let end = text.char_indices().nth(most - 1).map_or(text.len(), |(at, _)| at);
        format!("{}…", &text[..end])
    }
}
