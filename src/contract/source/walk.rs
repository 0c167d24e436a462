//! A serde deserializer over a parsed value that knows the way from the root,
//! and notes keys that a struct does not know.

use serde::{
    de::{
        DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess,
        SeqAccess, Unexpected, VariantAccess, Visitor, value::BorrowedStrDeserializer,
    },
    forward_to_deserialize_any,
};
use serde_json::{Map, Value};

use super::{
    failure::{Failure, Log, Path, Segment},
    pointer::child,
    problem::{Kind, Problem},
};

/// A value with its way from the root.
#[derive(Clone, Copy)]
pub(super) struct At<'de, 'p> {
    pub(super) value: &'de Value,
    pub(super) path: &'p Path<'p>,
    pub(super) log: &'p Log,
}

impl<'de> At<'de, '_> {
    fn members(&self, members: &'de Map<String, Value>, known: Option<Known>) -> Members<'de, '_> {
        Members { rest: members.iter(), current: None, known, path: self.path, log: self.log }
    }

    fn wrong_type<V: Visitor<'de>>(&self, visitor: &V) -> Failure {
        Failure::invalid_type(Unexpected::Unit, visitor).at(self.path)
    }
}

type Known = &'static [&'static str];

impl<'de> Deserializer<'de> for At<'de, '_> {
    type Error = Failure;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        let result = match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(truth) => visitor.visit_bool(*truth),
            Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(whole), _) => visitor.visit_u64(whole),
                (_, Some(whole)) => visitor.visit_i64(whole),
                _ => visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN)),
            },
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(items) => visitor.visit_seq(Items {
                rest: items.iter().enumerate(),
                path: self.path,
                log: self.log,
            }),
            Value::Object(members) => visitor.visit_map(self.members(members, None)),
        };
        result.map_err(|failure| failure.at(self.path))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        visitor.visit_newtype_struct(self).map_err(|failure| failure.at(self.path))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: Known,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        match self.value {
            Value::Object(members) => visitor
                .visit_map(self.members(members, Some(fields)))
                .map_err(|failure| failure.at(self.path)),
            _ => Err(self.wrong_type(&visitor)),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: Known,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        let result = match self.value {
            Value::String(word) => visitor.visit_enum(word.as_str().into_deserializer()),
            Value::Object(members) if members.len() == 1 => {
                let (word, value) =
                    members.iter().next().ok_or_else(|| self.wrong_type(&visitor))?;
                visitor.visit_enum(Choice { word, value, at: self })
            }
            _ => return Err(self.wrong_type(&visitor)),
        };
        result.map_err(|failure| failure.at(self.path))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct seq tuple tuple_struct map identifier
    }
}

/// The members of an object; with a list of known keys, others are refused.
struct Members<'de, 'p> {
    rest: serde_json::map::Iter<'de>,
    current: Option<(&'de str, &'de Value)>,
    known: Option<Known>,
    path: &'p Path<'p>,
    log: &'p Log,
}

impl<'de> Members<'de, '_> {
    /// The next member that is not to be refused.
    fn advance(&mut self) -> Option<&'de str> {
        for (key, value) in self.rest.by_ref() {
            match self.known {
                Some(known) if !known.contains(&key.as_str()) => {
                    // A key that begins so is the user's own.
                    if !key.starts_with("x-") {
                        let pointer = child(&self.path.pointer(), key);
                        self.log
                            .borrow_mut()
                            .push(Problem { pointer, kind: Kind::UnknownKey(known) });
                    }
                }
                _ => {
                    self.current = Some((key, value));
                    return Some(key);
                }
            }
        }
        None
    }
}

impl<'de> MapAccess<'de> for Members<'de, '_> {
    type Error = Failure;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Failure> {
        let Some(key) = self.advance() else { return Ok(None) };
        let path = Path { parent: Some(self.path), segment: Segment::Key(key) };
        let key = BorrowedStrDeserializer::<Failure>::new(key);
        seed.deserialize(key).map(Some).map_err(|failure| failure.at(&path).of_key())
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Failure> {
        let (key, value) = self
            .current
            .take()
            .ok_or_else(|| Failure::custom("a value was asked for before its key"))?;
        let path = Path { parent: Some(self.path), segment: Segment::Key(key) };
        seed.deserialize(At { value, path: &path, log: self.log })
            .map_err(|failure| failure.at(&path))
    }
}

/// The items of a list.
struct Items<'de, 'p> {
    rest: std::iter::Enumerate<std::slice::Iter<'de, Value>>,
    path: &'p Path<'p>,
    log: &'p Log,
}

impl<'de> SeqAccess<'de> for Items<'de, '_> {
    type Error = Failure;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Failure> {
        let Some((index, value)) = self.rest.next() else { return Ok(None) };
        let path = Path { parent: Some(self.path), segment: Segment::Index(index) };
        seed.deserialize(At { value, path: &path, log: self.log })
            .map(Some)
            .map_err(|failure| failure.at(&path))
    }
}

/// A choice that carries a value: `{word: value}`.
struct Choice<'de, 'p> {
    word: &'de str,
    value: &'de Value,
    at: At<'de, 'p>,
}

impl<'de> Choice<'de, '_> {
    /// Runs `read` on the value under the word.
    fn inner<T>(&self, read: impl FnOnce(At<'de, '_>) -> Result<T, Failure>) -> Result<T, Failure> {
        let path = Path { parent: Some(self.at.path), segment: Segment::Key(self.word) };
        read(At { value: self.value, path: &path, log: self.at.log })
            .map_err(|failure| failure.at(&path))
    }
}

impl<'de> EnumAccess<'de> for Choice<'de, '_> {
    type Error = Failure;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Failure> {
        let path = Path { parent: Some(self.at.path), segment: Segment::Key(self.word) };
        let word = BorrowedStrDeserializer::<Failure>::new(self.word);
        let chosen = seed.deserialize(word).map_err(|failure| failure.at(&path).of_key())?;
        Ok((chosen, self))
    }
}

impl<'de> VariantAccess<'de> for Choice<'de, '_> {
    type Error = Failure;

    fn unit_variant(self) -> Result<(), Failure> {
        self.inner(|at| serde::Deserialize::deserialize(at))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Failure> {
        self.inner(|at| seed.deserialize(at))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Failure> {
        self.inner(|at| at.deserialize_tuple(len, visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: Known,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        self.inner(|at| at.deserialize_struct("", fields, visitor))
    }
}
