//! Texts with expressions, `pi_{{ seq }}`, compiled once.

use std::{fmt, sync::LazyLock};

use minijinja::{Environment, Expression, UndefinedBehavior, value::Serde};
use serde_json::{Map, Value};

use crate::contract::{ParameterPlace, codec::Arguments};

/// The variables that expressions may use.
pub(super) const VARIABLES: [&str; 10] =
    ["seq", "now", "body", "path", "query", "token", "resource", "needed", "bucket", "item"];

/// Functions, filters and tests are the same for all stand-ins, and values come in with each
/// evaluation, so one engine serves all. A lookup in nothing gives nothing: an absent field of a
/// request is no error.
static ENGINE: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Chainable);
    super::filters::add(&mut engine);
    engine
});

/// What expressions see.
pub(super) type Context = minijinja::Value;

/// Where `now` starts, in seconds since 1970: fixed, so that every run is the same.
const START: u64 = 1_760_000_000;

/// The values of the variables for one request. Cheap to turn into a [`Context`].
#[derive(Clone)]
pub(super) struct Variables {
    now: u64,
    body: minijinja::Value,
    path: minijinja::Value,
    query: minijinja::Value,
    token: minijinja::Value,
    resource: minijinja::Value,
    needed: minijinja::Value,
    bucket: minijinja::Value,
    item: minijinja::Value,
}

impl Variables {
    /// What is known of every request: its number, counted from 1.
    pub(super) fn of_request(number: u64) -> Self {
        let nothing = || minijinja::Value::UNDEFINED;
        Self {
            now: START + number,
            body: nothing(),
            path: nothing(),
            query: nothing(),
            token: nothing(),
            resource: nothing(),
            needed: nothing(),
            bucket: nothing(),
            item: nothing(),
        }
    }

    /// What is known of a request for an operation.
    pub(super) fn new(number: u64, arguments: &Arguments) -> Self {
        let parameters = |wanted: ParameterPlace| -> minijinja::Value {
            let of_place = arguments.parameters.iter().filter(|(place, _, _)| *place == wanted);
            let pairs = of_place.map(|(_, name, value)| (name.clone(), value.clone()));
            Serde(pairs.collect::<Map<_, _>>()).into()
        };
        Self {
            body: arguments.body.as_ref().map(|body| Serde(body).into()).unwrap_or_default(),
            path: parameters(ParameterPlace::Path),
            query: parameters(ParameterPlace::Query),
            ..Self::of_request(number)
        }
    }

    /// Says which answer issued the token that the request came with.
    pub(super) fn token(&mut self, answer: &Value) {
        self.token = Serde(answer).into();
    }

    /// Says which object the call is about, as it was before.
    pub(super) fn resource(&mut self, object: &Value) {
        self.resource = Serde(object).into();
    }

    /// Says which object the call needs, as it was before.
    pub(super) fn needed(&mut self, object: &Value) {
        self.needed = Serde(object).into();
    }

    /// Says how full the bucket is that the call drew on.
    pub(super) fn bucket(&mut self, gauge: &Value) {
        self.bucket = Serde(gauge).into();
    }

    /// Says which object of a list is looked at.
    pub(super) fn item(&mut self, object: &Value) {
        self.item = Serde(object).into();
    }

    /// Says what was asked for in the query, where that is kept in a cursor.
    pub(super) fn asked(&mut self, query: &Value) {
        self.query = Serde(query).into();
    }

    /// What expressions see, with `seq`.
    pub(super) fn context(&self, seq: u64) -> Context {
        let Self { now, body, path, query, token, resource, needed, bucket, item } = self;
        minijinja::context! { seq, now, body, path, query, token, resource, needed, bucket, item }
    }
}

/// An expression, compiled.
pub(super) struct Expr {
    text: String,
    compiled: Expression<'static, 'static>,
}

impl fmt::Debug for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Expr({})", self.text)
    }
}

impl Expr {
    /// Compiles an expression. Err: what is wrong with it, in one line.
    pub(super) fn new(text: &str) -> Result<Self, String> {
        let text = text.trim().to_owned();
        let compiled = ENGINE.compile_expression_owned(text.clone()).map_err(|e| one_line(&e))?;
        let mut used: Vec<String> = compiled.undeclared_variables(false).into_iter().collect();
        used.sort_unstable();
        let globals: Vec<&str> = ENGINE.globals().map(|(name, _)| name).collect();
        match used
            .iter()
            .find(|name| !VARIABLES.contains(&name.as_str()) && !globals.contains(&name.as_str()))
        {
            Some(unknown) => Err(format!(
                "there is no variable `{unknown}`; known are {}",
                VARIABLES.map(|v| format!("`{v}`")).join(", ")
            )),
            None => Ok(Self { text, compiled }),
        }
    }

    /// Whether the expression looks at this variable.
    pub(super) fn uses(&self, variable: &str) -> bool {
        self.compiled.undeclared_variables(false).contains(variable)
    }

    /// Whether it holds. Err: one line that names the expression.
    pub(super) fn holds(&self, context: &Context) -> Result<bool, String> {
        self.eval(context).map(|value| value.is_true())
    }

    /// Its value; `None`: it is about something that is not there.
    pub(super) fn value(&self, context: &Context) -> Result<Option<Value>, String> {
        let value = self.eval(context)?;
        if value.is_undefined() {
            return Ok(None);
        }
        serde_json::to_value(&value)
            .map(Some)
            .map_err(|error| format!("`{}` has no JSON value: {error}", self.text))
    }

    fn eval(&self, context: &Context) -> Result<minijinja::Value, String> {
        self.compiled
            .eval(context.clone())
            .map_err(|error| format!("`{}` cannot be evaluated: {}", self.text, one_line(&error)))
    }
}

fn one_line(error: &minijinja::Error) -> String {
    error.detail().map_or_else(|| error.kind().to_string(), str::to_owned)
}

/// A text in which `{{ .. }}` stands for a value.
#[derive(Debug)]
pub(super) struct Text {
    pieces: Vec<Piece>,
}

#[derive(Debug)]
enum Piece {
    Literal(String),
    Value(Expr),
}

impl Text {
    /// Compiles a text. Err: what is wrong with it, in one line.
    pub(super) fn new(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("{{") {
            if start > 0 {
                pieces.push(Piece::Literal(rest[..start].to_owned()));
            }
            let (expr, length) = expression(&rest[start + 2..])?;
            pieces.push(Piece::Value(expr));
            rest = &rest[start + 2 + length..];
        }
        if !rest.is_empty() {
            pieces.push(Piece::Literal(rest.to_owned()));
        }
        Ok(Self { pieces })
    }

    /// A text without expressions.
    pub(super) fn literal(text: &str) -> Self {
        Self { pieces: vec![Piece::Literal(text.to_owned())] }
    }

    /// Renders: a text that is one expression keeps its type, any other is a string.
    /// `None`: an expression in it is about something that is not there.
    pub(super) fn render(&self, context: &Context) -> Result<Option<Value>, String> {
        if let [Piece::Value(expr)] = self.pieces.as_slice() {
            return expr.value(context);
        }
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(literal) => text.push_str(literal),
                Piece::Value(expr) => match expr.value(context)? {
                    Some(value) => text.push_str(&plain(&value)),
                    None => return Ok(None),
                },
            }
        }
        Ok(Some(Value::String(text)))
    }

    /// Renders as text; empty where it is about something that is not there.
    pub(super) fn text(&self, context: &Context) -> Result<String, String> {
        Ok(self.render(context)?.as_ref().map(plain).unwrap_or_default())
    }

    /// Whether an expression in it looks at this variable.
    pub(super) fn uses(&self, variable: &str) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Value(expr) if expr.uses(variable)))
    }
}

/// Compiles the expression that `text` starts with, up to its closing braces; with the length
/// of both. Braces may also stand inside the expression, as in `{"a": {}}`.
fn expression(text: &str) -> Result<(Expr, usize), String> {
    let mut first_error = None;
    for (end, _) in text.match_indices("}}") {
        match Expr::new(&text[..end]) {
            Ok(expr) => return Ok((expr, end + 2)),
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    Err(first_error.unwrap_or_else(|| "`{{` is not closed by `}}`".to_owned()))
}

/// A value as text: strings bare, all else as JSON.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A JSON value whose texts are templates.
#[derive(Debug)]
pub(super) enum Template {
    Constant(Value),
    Text(Text),
    Object(Vec<(String, Template)>),
    Array(Vec<Template>),
}

impl Template {
    /// Compiles a value. Problems come with the JSON Pointer of their text below `at`.
    pub(super) fn new(value: &Value, at: &str, problems: &mut Vec<(String, String)>) -> Self {
        match value {
            Value::String(text) if text.contains("{{") => match Text::new(text) {
                Ok(text) => Self::Text(text),
                Err(problem) => {
                    problems.push((at.to_owned(), problem));
                    Self::Constant(Value::Null)
                }
            },
            Value::Object(members) => {
                let members: Vec<(String, Self)> = members
                    .iter()
                    .map(|(name, v)| (name.clone(), Self::new(v, &below(at, name), problems)))
                    .collect();
                if members.iter().all(|(_, t)| matches!(t, Self::Constant(_))) {
                    return Self::Constant(value.clone());
                }
                Self::Object(members)
            }
            Value::Array(items) => {
                let items: Vec<Self> = items
                    .iter()
                    .enumerate()
                    .map(|(i, v)| Self::new(v, &format!("{at}/{i}"), problems))
                    .collect();
                if items.iter().all(|t| matches!(t, Self::Constant(_))) {
                    return Self::Constant(value.clone());
                }
                Self::Array(items)
            }
            constant => Self::Constant(constant.clone()),
        }
    }

    /// Renders; what is about something that is not there is left out.
    pub(super) fn render(&self, context: &Context) -> Result<Option<Value>, String> {
        Ok(match self {
            Self::Constant(value) => Some(value.clone()),
            Self::Text(text) => text.render(context)?,
            Self::Object(members) => {
                let mut object = Map::new();
                for (name, template) in members {
                    if let Some(value) = template.render(context)? {
                        object.insert(name.clone(), value);
                    }
                }
                Some(Value::Object(object))
            }
            Self::Array(items) => {
                let mut array = Vec::with_capacity(items.len());
                for template in items {
                    array.extend(template.render(context)?);
                }
                Some(Value::Array(array))
            }
        })
    }

    /// Whether an expression in it looks at this variable.
    pub(super) fn uses(&self, variable: &str) -> bool {
        match self {
            Self::Constant(_) => false,
            Self::Text(text) => text.uses(variable),
            Self::Object(members) => members.iter().any(|(_, t)| t.uses(variable)),
            Self::Array(items) => items.iter().any(|t| t.uses(variable)),
        }
    }
}

/// The JSON Pointer of a member (RFC 6901 section 3).
pub(super) fn below(at: &str, name: &str) -> String {
    crate::contract::source::member_pointer(at, name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn context() -> Context {
        let body = json!({"amount": 2000, "name": "Ann", "tags": ["a"], "z": {"b": 1, "a": 2}});
        minijinja::context! { seq => 7, body => minijinja::Value::from(Serde(&body)) }
    }

    fn render(text: &str) -> Option<Value> {
        Text::new(text).unwrap().render(&context()).unwrap()
    }

    #[test]
    fn one_expression_keeps_its_type() {
        assert_eq!(render("{{ body.amount }}"), Some(json!(2000)));
        assert_eq!(render("{{ body.amount * 2 + seq }}"), Some(json!(4007)));
        assert_eq!(render("{{ body.tags }}"), Some(json!(["a"])));
        assert_eq!(render("{{ body.amount > 3 }}"), Some(json!(true)));
        assert_eq!(render("{{ {\"a\": {}} }}"), Some(json!({"a": {}})));
        let order = render("{{ body.z }}").unwrap().to_string();
        assert_eq!(order, r#"{"b":1,"a":2}"#, "members keep their order");
    }

    #[test]
    fn other_texts_are_strings() {
        assert_eq!(render("pi_{{ seq }}"), Some(json!("pi_7")));
        assert_eq!(render("{{ seq }}{{ body.name }}!"), Some(json!("7Ann!")));
        assert_eq!(render("plain }}"), Some(json!("plain }}")));
    }

    #[test]
    fn what_is_not_there_is_left_out() {
        assert_eq!(render("{{ body.nothing.at.all }}"), None);
        assert_eq!(render("x{{ body.nothing }}"), None);
        let mut problems = Vec::new();
        let template = Template::new(
            &json!({"a": "{{ body.nothing }}", "b": ["{{ seq }}", 1], "c": {"d": null}}),
            "",
            &mut problems,
        );
        assert_eq!(problems, []);
        assert_eq!(
            template.render(&context()).unwrap(),
            Some(json!({"b": [7, 1], "c": {"d": null}}))
        );
        assert!(template.uses("body") && !template.uses("resource"));
    }

    #[test]
    fn mistakes_are_told_when_compiling() {
        let mistake = |text: &str| Text::new(text).unwrap_err();
        assert_eq!(mistake("a {{ seq"), "`{{` is not closed by `}}`");
        assert_eq!(
            mistake("{{ boddy.amount }}"),
            "there is no variable `boddy`; known are `seq`, `now`, `body`, `path`, `query`, `token`, \
             `resource`, `needed`, `bucket`, `item`"
        );
        assert_eq!(mistake("{{ seq + }}"), "unexpected end of input, expected expression");
        let mut problems = Vec::new();
        Template::new(&json!({"a/b": [1, "{{ ) }}"]}), "/set", &mut problems);
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].0, "/set/a~1b/1");
    }

    #[test]
    fn conditions() {
        let holds = |text: &str| Expr::new(text).unwrap().holds(&context()).unwrap();
        assert!(holds("body.amount == 2000"));
        assert!(!holds("body.nothing == 'x'"));
        assert!(holds("body.nothing is undefined"));
        assert!(!holds("body.nothing"));
        let error = Expr::new("body.name + 1").unwrap().holds(&context()).unwrap_err();
        assert!(error.starts_with("`body.name + 1` cannot be evaluated: "), "{error}");
    }
}
