//! Any document into a `Value`, whatever its notation.

use std::{cell::Cell, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value, map::Entry};

/// How the message of a key that stands twice begins; its literal follows.
pub(super) const DUPLICATE: &str = "duplicate key ";

/// Reads any document into a [`Value`]. Unlike `Value`'s own decoder it refuses
/// keys that stand twice, knows no magic keys, and bounds what aliases may add.
#[derive(Clone, Copy)]
pub(super) struct Document<'b> {
    /// Bytes of texts and keys that may still come.
    pub(super) bytes_left: &'b Cell<usize>,
}

impl Document<'_> {
    fn spend<E: serde::de::Error>(self, bytes: usize) -> Result<(), E> {
        let left = self.bytes_left.get().checked_sub(bytes);
        self.bytes_left.set(left.ok_or_else(|| E::custom("aliases make the document too large"))?);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Document<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Document<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Bool(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_i128<E>(self, number: i128) -> Result<Value, E> {
        Ok(wide(number as f64, i64::try_from(number).ok(), u64::try_from(number).ok()))
    }

    fn visit_u128<E>(self, number: u128) -> Result<Value, E> {
        Ok(wide(number as f64, None, u64::try_from(number).ok()))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Value, E> {
        // JSON has no value for infinity; it must not become null in passing.
        if number.is_finite() { Ok(number.into()) } else { Err(E::custom("number out of range")) }
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
        self.visit_string(text.to_owned())
    }

    fn visit_string<E: serde::de::Error>(self, text: String) -> Result<Value, E> {
        self.spend(text.len())?;
        Ok(Value::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            self.spend(key.len())?;
            match object.entry(key) {
                Entry::Vacant(entry) => {
                    entry.insert(members.next_value_seed(self)?);
                }
                Entry::Occupied(entry) => {
                    let literal = Value::String(entry.key().clone());
                    return Err(A::Error::custom(format_args!("{DUPLICATE}{literal}")));
                }
            }
        }
        Ok(Value::Object(object))
    }
}

/// A whole number wider than 64 bits keeps its size, not its last digits.
fn wide(rounded: f64, signed: Option<i64>, unsigned: Option<u64>) -> Value {
    match (unsigned, signed) {
        (Some(number), _) => number.into(),
        (_, Some(number)) => number.into(),
        _ => rounded.into(),
    }
}
