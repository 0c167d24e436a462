//! A body of form fields, each member as its `encoding` says.

use serde_json::Value;

use super::{
    body::{Notation, notation, read_json},
    encoding::{Encoding, Member},
    form, style,
};
use crate::contract::{Contract, MediaType, ParameterStyle as Style};

/// Writes a body; where the document says nothing of a member, brackets nest.
pub(super) fn encode(contract: &Contract, media: Option<&MediaType>, value: &Value) -> String {
    let encoding = Encoding::of(contract, media);
    let mut text = String::new();
    let Value::Object(members) = value else {
        form::encode("", value, &mut text);
        return text;
    };
    for (name, value) in members {
        match (encoding.style(name), value) {
            (None, value) if is_json(encoding, name) => {
                form::pair(name, &value.to_string(), &mut text);
            }
            (None | Some(Style::Brackets), value) => form::encode(name, value, &mut text),
            (Some(Style::Repeated), Value::Array(list)) => {
                for item in list {
                    form::pair(name, &form::plain(item), &mut text);
                }
            }
            // Exploded members travel under their own names (RFC 6570 section 3.2.8).
            (Some(Style::Repeated), Value::Object(_)) => form::encode("", value, &mut text),
            (Some(style), value) if encoding.is_reserved(name) => {
                let encoded = style::text(style, name, value, style::reserved);
                form::encoded_pair(name, &encoded, &mut text);
            }
            (Some(style), value) => {
                form::pair(name, &style::text(style, name, value, style::verbatim), &mut text);
            }
        }
    }
    text
}

/// Reads back what [`encode`] wrote, and lists as partners write them.
pub(super) fn decode(
    contract: &Contract,
    media: Option<&MediaType>,
    body: &[u8],
) -> Result<Value, String> {
    let encoding = Encoding::of(contract, media);
    let root = media.and_then(|media| media.schema.as_ref()).map(|s| contract.schemas.shape(s));
    let mut fields = form::pairs(body)?;
    let mut styled = Vec::new();
    for name in encoding.members() {
        let member = Member::of(contract, root, name);
        let Some(id) = member.ids.first() else { continue };
        match encoding.style(name) {
            None if is_json(encoding, name) => {
                // What is no JSON stays the text that it is, and is judged as such.
                let read =
                    |text: String| read_json(text.as_bytes()).unwrap_or_else(|_| Value::from(text));
                styled.extend(take(&mut fields, name).map(|text| (name, read(text))));
            }
            Some(Style::Repeated) if style::is_object(member.types) => {
                let shapes = contract.schemas.shapes();
                let closure = shapes.closure_of(&member.ids);
                let is_its = |key: &str| {
                    let key = key.split('[').next().unwrap_or(key);
                    closure.iter().any(|part| shapes.get(*part).properties.contains_key(key))
                };
                let its: Vec<_> = fields.extract_if(.., |(key, _)| is_its(key)).collect();
                if !its.is_empty() {
                    styled.push((name, form::decode_pairs(shapes, Some(*id), its)?));
                }
            }
            None | Some(Style::Brackets | Style::Repeated) => {}
            Some(style) => {
                let read = |text: String| style::read(contract, (style, name), *id, &text);
                styled.extend(take(&mut fields, name).map(|text| (name, read(text))));
            }
        }
    }
    let mut value = form::decode_pairs(contract.schemas.shapes(), root, fields)?;
    if let Value::Object(object) = &mut value {
        object.extend(styled.into_iter().map(|(name, value)| (name.to_owned(), value)));
    }
    Ok(value)
}

fn is_json(encoding: Encoding<'_>, name: &str) -> bool {
    encoding.content_type(name).is_some_and(|kind| notation(kind) == Notation::Json)
}

/// Takes out the only field of a name. Of several none is, since the style writes one.
fn take(fields: &mut Vec<(String, String)>, name: &str) -> Option<String> {
    let mut of_name = fields.iter().enumerate().filter(|(_, (key, _))| key == name);
    let at = of_name.next()?.0;
    of_name.next().is_none().then(|| fields.remove(at).1)
}
