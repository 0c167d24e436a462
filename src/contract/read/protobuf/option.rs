//! Options: names, values and aggregates (language specification, "Option" and "Constant").

use serde_json::{Map, Value};

use super::{
    cursor::{Cursor, Read},
    lex::Token,
};
use crate::contract::model::protobuf::Options;

/// Options of the language itself that may be set several times.
const REPEATED: &[&str] = &["targets", "edition_defaults", "declaration"];

/// An `option name = value;` line, its first word stepped over.
pub(super) fn statement(cursor: &mut Cursor<'_>, options: &mut Options) -> Read<()> {
    one(cursor, options)?;
    cursor.expect(";")
}

/// `[name = value, ...]`, where it stands.
pub(super) fn list(cursor: &mut Cursor<'_>, options: &mut Options) -> Read<()> {
    if !cursor.take("[") {
        return Ok(());
    }
    loop {
        one(cursor, options)?;
        if cursor.take("]") {
            return Ok(());
        }
        if !cursor.take(",") {
            return Err(cursor.unexpected("`,` or `]`"));
        }
    }
}

fn one(cursor: &mut Cursor<'_>, options: &mut Options) -> Read<()> {
    let start = cursor.here();
    let name = name(cursor)?;
    cursor.expect("=")?;
    let value = constant(cursor)?;
    let at = cursor.since(start);
    // Features may be set one by one or together; they are the same.
    if name == "features"
        && let Value::Object(members) = &value
    {
        for (member, value) in members {
            match value {
                Value::Object(inner) if member.starts_with('[') => {
                    let outer = format!("features.({})", member.trim_matches(['[', ']']));
                    for (member, value) in inner {
                        let entry = (value.clone(), at.clone());
                        options.set.insert(format!("{outer}.{member}"), entry);
                    }
                }
                _ => {
                    options.set.insert(format!("features.{member}"), (value.clone(), at.clone()));
                }
            }
        }
        return Ok(());
    }
    let repeated = name.starts_with('(') || REPEATED.contains(&name.as_str());
    match options.set.get_mut(&name) {
        // A repeated option is set once for each of its values.
        Some((Value::Array(list), _)) if repeated => list.push(value),
        Some((first, _)) if repeated => *first = Value::Array(vec![first.take(), value]),
        Some(_) => {
            let title = format!("the option `{name}` is set twice");
            return Err(cursor.problem_at(&at.range, &title, "again"));
        }
        None => {
            options.set.insert(name, (value, at));
        }
    }
    Ok(())
}

fn name(cursor: &mut Cursor<'_>) -> Read<String> {
    let mut name = String::new();
    loop {
        if cursor.take("(") {
            let path = cursor.path("the name of an extension")?;
            cursor.expect(")")?;
            name.push('(');
            name.push_str(path.trim_start_matches('.'));
            name.push(')');
        } else {
            name.push_str(&cursor.word("the name of an option")?);
        }
        if !cursor.take(".") {
            return Ok(name);
        }
        name.push('.');
    }
}

/// A constant: words become text, `true` and `false` truth, numbers numbers.
fn constant(cursor: &mut Cursor<'_>) -> Read<Value> {
    if cursor.take("{") {
        return cursor.deeper(|cursor| aggregate(cursor, "}"));
    }
    scalar(cursor)
}

fn scalar(cursor: &mut Cursor<'_>) -> Read<Value> {
    let negative = cursor.take("-");
    if !negative {
        cursor.take("+");
    }
    match cursor.token() {
        Token::Whole => {
            let number = cursor.whole("a number")?;
            Ok(match (negative, i64::try_from(-i128::from(number))) {
                (true, Ok(number)) => number.into(),
                (true, Err(_)) => (-(number as f64)).into(),
                (false, _) => number.into(),
            })
        }
        Token::Decimal => {
            let text = cursor.text().trim_end_matches(['f', 'F']);
            let number: f64 = text.parse().unwrap_or(f64::INFINITY);
            cursor.step();
            let number = if negative { -number } else { number };
            Ok(serde_json::Number::from_f64(number)
                .map_or_else(|| Value::from(number.to_string()), Value::Number))
        }
        Token::Word => {
            let path = cursor.path("a value")?;
            Ok(match (negative, path.as_str()) {
                (false, "true") => true.into(),
                (false, "false") => false.into(),
                (false, _) => path.into(),
                (true, _) => format!("-{path}").into(),
            })
        }
        Token::Text if !negative => {
            let bytes = cursor.bytes("a value")?;
            // Bytes that are no text keep their difference.
            Ok(match String::from_utf8(bytes) {
                Ok(text) => text.into(),
                Err(bytes) => bytes.as_bytes().escape_ascii().to_string().into(),
            })
        }
        _ => Err(cursor.unexpected("a value")),
    }
}

/// Fields in the text format, up to `end` ("Text Format Language Specification").
fn aggregate(cursor: &mut Cursor<'_>, end: &str) -> Read<Value> {
    let mut members = Map::new();
    while !cursor.take(end) {
        let name = field_name(cursor)?;
        let colon = cursor.take(":");
        let value = match cursor.text() {
            "{" | "<" | "[" => value(cursor)?,
            _ if colon => value(cursor)?,
            _ => return Err(cursor.unexpected("`:` or `{`")),
        };
        match members.get_mut(&name) {
            None => {
                members.insert(name, value);
            }
            Some(Value::Array(list)) => match value {
                Value::Array(more) => list.extend(more),
                other => list.push(other),
            },
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
        if !cursor.take(",") {
            cursor.take(";");
        }
    }
    Ok(Value::Object(members))
}

fn field_name(cursor: &mut Cursor<'_>) -> Read<String> {
    if !cursor.take("[") {
        return cursor.word("the name of a field");
    }
    let mut name = "[".to_owned();
    name.push_str(&cursor.path("the name of an extension")?);
    while cursor.take("/") {
        name.push('/');
        name.push_str(&cursor.path("a name")?);
    }
    cursor.expect("]")?;
    name.push(']');
    Ok(name)
}

fn value(cursor: &mut Cursor<'_>) -> Read<Value> {
    for (open, close) in [("{", "}"), ("<", ">")] {
        if cursor.take(open) {
            return cursor.deeper(|cursor| aggregate(cursor, close));
        }
    }
    if !cursor.take("[") {
        return scalar(cursor);
    }
    cursor.deeper(|cursor| {
        let mut items = Vec::new();
        while !cursor.take("]") {
            items.push(value(cursor)?);
            if !cursor.take(",") && !cursor.is("]") {
                return Err(cursor.unexpected("`,` or `]`"));
            }
        }
        Ok(Value::Array(items))
    })
}
