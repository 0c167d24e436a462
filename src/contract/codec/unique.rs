//! Members that a JSON object says twice.

use std::{borrow::Cow, collections::HashSet, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor},
};

use serde_json::Value;

use crate::contract::pointer::escape;

/// Objects with more members than this are looked at with a set.
const FEW: usize = 16;

/// Whether a JSON text can say a member twice, seen from the value that was read of it. Of members
/// with one name the value keeps one, and every colon outside of a string is a member's.
pub fn may_repeat(body: &[u8], value: &Value) -> bool {
    colons(body) != members(value)
}

fn colons(body: &[u8]) -> usize {
    let (mut count, mut rest) = (0, body.iter());
    while let Some(byte) = rest.next() {
        match byte {
            b':' => count += 1,
            b'"' => loop {
                match rest.next() {
                    Some(b'\\') => {
                        rest.next();
                    }
                    Some(b'"') | None => break,
                    Some(_) => {}
                }
            },
            _ => {}
        }
    }
    count
}

fn members(value: &Value) -> usize {
    match value {
        Value::Object(object) => object.len() + object.values().map(members).sum::<usize>(),
        Value::Array(list) => list.iter().map(members).sum(),
        _ => 0,
    }
}

/// JSON Pointer of the first member that its object says twice (RFC 8259 section 4). What is no
/// JSON, or is nested too deep, has none.
pub fn duplicate(body: &[u8]) -> Option<String> {
    let mut path = Vec::new();
    let mut json = serde_json::Deserializer::from_slice(body);
    // The only error of ours says that one was found: the path then leads to it.
    let error = Look { path: &mut path }.deserialize(&mut json).err()?;
    if !error.is_data() {
        return None;
    }
    Some(path.iter().fold(String::new(), |pointer, step| match step {
        Step::Name(name) => format!("{pointer}/{}", escape(name)),
        Step::Index(index) => format!("{pointer}/{index}"),
    }))
}

enum Step<'de> {
    Name(Cow<'de, str>),
    Index(usize),
}

struct Look<'p, 'de> {
    path: &'p mut Vec<Step<'de>>,
}

/// A name, borrowed where it has no escapes.
struct Name<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }
        deserializer.deserialize_str(Either)
    }
}

impl<'de> DeserializeSeed<'de> for Look<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Look<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut names: Vec<Cow<'de, str>> = Vec::new();
        let mut many: HashSet<Cow<'de, str>> = HashSet::new();
        while let Some(Name(name)) = map.next_key()? {
            let again = if names.len() < FEW {
                names.contains(&name)
            } else {
                if many.is_empty() {
                    many.extend(names.iter().cloned());
                }
                !many.insert(name.clone())
            };
            self.path.push(Step::Name(name.clone()));
            if again {
                return Err(A::Error::custom("twice"));
            }
            map.next_value_seed(Look { path: self.path })?;
            self.path.pop();
            if names.len() < FEW {
                names.push(name);
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut index = 0;
        loop {
            self.path.push(Step::Index(index));
            if list.next_element_seed(Look { path: self.path })?.is_none() {
                self.path.pop();
                return Ok(());
            }
            self.path.pop();
            index += 1;
        }
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{duplicate, may_repeat};

    #[test]
    fn the_first_member_that_is_said_twice_is_found() {
        let at = |text: &str| {
            let found = duplicate(text.as_bytes());
            // The quick look must not miss one, and is exact where the text is JSON.
            if let Ok(value) = serde_json::from_str(text) {
                assert_eq!(may_repeat(text.as_bytes(), &value), found.is_some(), "{text}");
            }
            found
        };
        assert_eq!(at(r#"{"a:b": "c:\\", "d\":": "\":{"}"#), None);
        assert_eq!(at(r#"{"a": 1, "b": {"a": 1}, "c": [{"a": 2}, {"a": 2}]}"#), None);
        assert_eq!(at(r#"{"a": 1, "a": 1}"#), Some("/a".to_owned()));
        assert_eq!(
            at(r#"[0, {"x/y": {"k": null, "\u006b": true}}]"#),
            Some("/1/x~1y/k".to_owned())
        );
        assert_eq!(at("[]"), None);
        assert_eq!(at(r#"{"a": 1, "#), None);
        let many: Vec<String> = (0..1_000).map(|n| format!("\"m{n}\": {n}")).collect();
        assert_eq!(at(&format!("{{{}}}", many.join(","))), None);
        assert_eq!(at(&format!("{{{}, \"m999\": 1}}", many.join(","))), Some("/m999".to_owned()));
        assert_eq!(at(&format!("{{{}, \"m3\": 1}}", many.join(","))), Some("/m3".to_owned()));
    }
}
