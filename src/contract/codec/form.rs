//! `application/x-www-form-urlencoded` with bracket nesting: `a[b][c]=1`, `a[0]=x`, `a[]=x`.
//!
//! The pairs are the WHATWG URL standard's, section 5; the brackets are a habit of partners that
//! no standard describes.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};
use serde_json::{Map, Value};

use super::text::scalar;
use crate::contract::shape::{ShapeId, Shapes, Types};

/// What a form leaves as it is (WHATWG URL section 1.3), and the brackets, which partners expect.
const FORM: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'*').remove(b'-').remove(b'.').remove(b'_').remove(b'[').remove(b']');

/// Fields of one form.
const MOST_FIELDS: usize = 10_000;
/// Brackets of one field name.
const MOST_DEPTH: usize = 32;

/// Encodes text for a form; a space becomes `+`.
fn encode_text(text: &str, brackets: bool, into: &mut String) {
    for (index, part) in text.split(' ').enumerate() {
        if index > 0 {
            into.push('+');
        }
        if brackets {
            into.extend(utf8_percent_encode(part, FORM));
        } else {
            const VALUE: &AsciiSet = &FORM.add(b'[').add(b']');
            into.extend(utf8_percent_encode(part, VALUE));
        }
    }
}

/// Writes a value as fields under `name`; an object at the root has none.
pub(super) fn encode(name: &str, value: &Value, into: &mut String) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                let below = if name.is_empty() { key.clone() } else { format!("{name}[{key}]") };
                encode(&below, value, into);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                encode(&format!("{name}[{index}]"), value, into);
            }
        }
        scalar => pair(name, &plain(scalar), into),
    }
}

/// A value as the fields `name[..]`, not encoded.
pub(super) fn flatten(name: &str, value: &Value, into: &mut Vec<(String, String)>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                flatten(&format!("{name}[{key}]"), value, into);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                flatten(&format!("{name}[{index}]"), value, into);
            }
        }
        scalar => into.push((name.to_owned(), plain(scalar))),
    }
}

/// Writes one field.
pub(super) fn pair(name: &str, text: &str, into: &mut String) {
    if !into.is_empty() {
        into.push('&');
    }
    encode_text(name, true, into);
    into.push('=');
    encode_text(text, false, into);
}

/// Writes one field whose value is encoded already.
pub(super) fn encoded_pair(name: &str, encoded: &str, into: &mut String) {
    if !into.is_empty() {
        into.push('&');
    }
    encode_text(name, true, into);
    into.push('=');
    into.push_str(encoded);
}

/// A scalar as text: a string without quotes, null as nothing.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// The fields of a form or query, decoded.
pub(in crate::contract) fn pairs(text: &[u8]) -> Result<Vec<(String, String)>, String> {
    let mut pairs = Vec::new();
    for field in text.split(|byte| *byte == b'&').filter(|field| !field.is_empty()) {
        if pairs.len() == MOST_FIELDS {
            return Err(format!("more than {MOST_FIELDS} fields"));
        }
        let (name, value) = match field.iter().position(|byte| *byte == b'=') {
            Some(at) => (&field[..at], &field[at + 1..]),
            None => (field, &field[field.len()..]),
        };
        pairs.push((decode_text(name)?, decode_text(value)?));
    }
    Ok(pairs)
}

fn decode_text(bytes: &[u8]) -> Result<String, String> {
    let spaced: Vec<u8> = bytes.iter().map(|b| if *b == b'+' { b' ' } else { *b }).collect();
    percent_decode(&spaced)
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| "a field is not UTF-8".to_owned())
}

/// What the fields say together, before types.
#[derive(Debug)]
enum Node {
    Text(String),
    /// Fields `a[]=x` and a name that comes twice.
    List(Vec<String>),
    /// Members in the order in which they came.
    Members(Vec<(String, Node)>),
}

/// Reads a form into an object, typed by the schema's shapes.
pub(super) fn decode(shapes: &Shapes, root: Option<ShapeId>, body: &[u8]) -> Result<Value, String> {
    decode_pairs(shapes, root, pairs(body)?)
}

/// As [`decode`], of fields that were told apart already.
pub(super) fn decode_pairs(
    shapes: &Shapes,
    root: Option<ShapeId>,
    pairs: Vec<(String, String)>,
) -> Result<Value, String> {
    let mut fields = Vec::new();
    for (name, text) in pairs {
        let keys = keys(&name);
        if keys.len() > MOST_DEPTH {
            return Err(format!("a field is nested more than {MOST_DEPTH} deep"));
        }
        insert(&mut fields, &keys, text);
    }
    let ids: Vec<ShapeId> = root.into_iter().collect();
    Ok(typed(shapes, &ids, Node::Members(fields)))
}

/// Reads the fields of one name into its value, typed by the schema.
pub(super) fn decode_member(
    shapes: &Shapes,
    id: ShapeId,
    name: &str,
    fields: &[u8],
) -> Option<Value> {
    let mut members = Vec::new();
    for (field, text) in pairs(fields).ok()? {
        let keys = keys(&field);
        if keys.len() <= MOST_DEPTH {
            insert(&mut members, &keys, text);
        }
    }
    let at = members.iter().position(|(member, _)| member == name)?;
    Some(typed(shapes, &[id], members.swap_remove(at).1))
}

/// Members given one by one as an object, typed by the schema.
pub(super) fn object(shapes: &Shapes, id: ShapeId, members: Vec<(String, String)>) -> Value {
    let members = members.into_iter().map(|(name, text)| (name, Node::Text(text))).collect();
    typed(shapes, &[id], Node::Members(members))
}

/// The types of an array's items.
pub(super) fn item_types(shapes: &Shapes, id: ShapeId) -> Types {
    shapes.any_types(&item_shapes(shapes, &[id], usize::MAX))
}

/// `a[b][c]` as its keys; brackets that do not pair are part of the name.
fn keys(name: &str) -> Vec<&str> {
    let Some(open) = name.find('[').filter(|at| *at > 0 && name.ends_with(']')) else {
        return vec![name];
    };
    let mut keys = vec![&name[..open]];
    keys.extend(name[open + 1..name.len() - 1].split("]["));
    keys
}

fn insert(members: &mut Vec<(String, Node)>, keys: &[&str], text: String) {
    let Some((key, rest)) = keys.split_first() else { return };
    // The last one is the likeliest: fields of one object follow each other.
    let at = members.iter().rposition(|(name, _)| name == key);
    match (at, rest) {
        (None, []) => members.push(((*key).to_owned(), Node::Text(text))),
        (None, [""]) => members.push(((*key).to_owned(), Node::List(vec![text]))),
        (None, rest) => {
            let mut below = Vec::new();
            insert(&mut below, rest, text);
            members.push(((*key).to_owned(), Node::Members(below)));
        }
        (Some(at), rest) => {
            let node = &mut members[at].1;
            match (node, rest) {
                (Node::Members(below), rest) if !rest.is_empty() => insert(below, rest, text),
                (Node::List(list), [] | [""]) => list.push(text),
                (node @ Node::Text(_), [] | [""]) => {
                    if let Node::Text(first) = std::mem::replace(node, Node::List(Vec::new())) {
                        *node = Node::List(vec![first, text]);
                    }
                }
                // A name that is a text here and an object there: the last one counts.
                (node, []) => *node = Node::Text(text),
                (node, rest) => {
                    let mut below = Vec::new();
                    insert(&mut below, rest, text);
                    *node = Node::Members(below);
                }
            }
        }
    }
}

fn typed(shapes: &Shapes, ids: &[ShapeId], node: Node) -> Value {
    let types = shapes.any_types(ids);
    match node {
        Node::Text(text) if types.is_list() && !text.is_empty() => {
            let items = item_shapes(shapes, ids, 0);
            Value::Array(vec![scalar(&text, shapes.any_types(&items))])
        }
        Node::Text(text) => scalar(&text, types),
        Node::List(list) => Value::Array(
            list.into_iter()
                .enumerate()
                .map(|(at, text)| scalar(&text, shapes.any_types(&item_shapes(shapes, ids, at))))
                .collect(),
        ),
        Node::Members(members) if is_list(&members, types) => Value::Array(
            members
                .into_iter()
                .enumerate()
                .map(|(at, (_, node))| typed(shapes, &item_shapes(shapes, ids, at), node))
                .collect(),
        ),
        Node::Members(members) => {
            let closure = shapes.closure_of(ids);
            let mut object = Map::with_capacity(members.len());
            for (name, node) in members {
                let mut below = Vec::new();
                shapes.members_into(&closure, &name, &mut below);
                let value = typed(shapes, &below, node);
                object.insert(name, value);
            }
            Value::Object(object)
        }
    }
}

/// Keys 0, 1, 2 ... are an array, unless only an object may stand here.
fn is_list(members: &[(String, Node)], types: Types) -> bool {
    types.has(Types::ARRAY)
        && !members.is_empty()
        && members.iter().enumerate().all(|(at, (key, _))| key.parse() == Ok(at))
}

fn item_shapes(shapes: &Shapes, ids: &[ShapeId], at: usize) -> Vec<ShapeId> {
    shapes
        .closure_of(ids)
        .into_iter()
        .filter_map(|id| {
            let shape = shapes.get(id);
            shape.first_items.get(at).copied().or(shape.items)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> Value {
        decode(&Shapes::default(), None, text.as_bytes()).expect("a form")
    }

    #[test]
    fn brackets_nest() {
        let value = json!({"a": {"b": {"c": "1"}}, "list": ["x", {"k": "y z&=+"}], "e": "ü"});
        let mut text = String::new();
        encode("", &value, &mut text);
        assert_eq!(text, "a[b][c]=1&list[0]=x&list[1][k]=y+z%26%3D%2B&e=%C3%BC");
        assert_eq!(read(&text), value);
    }

    #[test]
    fn partners_write_lists_in_several_ways() {
        assert_eq!(read("a[]=x&a[]=y"), json!({"a": ["x", "y"]}));
        assert_eq!(read("a=x&a=y"), json!({"a": ["x", "y"]}));
        assert_eq!(read("a=&b"), json!({"a": "", "b": ""}));
        assert_eq!(read("[x]=1&y[=2"), json!({"[x]": "1", "y[": "2"}));
    }

    #[test]
    fn hostile_forms_are_bounded() {
        let deep = format!("a{}=1", "[b]".repeat(100));
        assert_eq!(
            decode(&Shapes::default(), None, deep.as_bytes()),
            Err("a field is nested more than 32 deep".to_owned())
        );
        let many = "a=1&".repeat(20_000);
        assert_eq!(
            decode(&Shapes::default(), None, many.as_bytes()),
            Err("more than 10000 fields".to_owned())
        );
        assert_eq!(
            decode(&Shapes::default(), None, b"a=%FF"),
            Err("a field is not UTF-8".to_owned())
        );
    }
}
