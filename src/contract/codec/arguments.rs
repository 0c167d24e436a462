//! The typed arguments of a call, by slot.

use serde_json::{Map, Value};

use super::Slot;
use crate::contract::ParameterPlace;

/// Items that a cell may address in an array: `items.0.sku`.
const MOST_ITEMS: usize = 1_000;

/// The typed arguments of a call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arguments {
    /// Parameters by place and documented name.
    pub parameters: Vec<(ParameterPlace, String, Value)>,
    /// The body as a JSON value.
    pub body: Option<Value>,
}

impl Arguments {
    /// Puts a value into its slot, making the objects on the way. A key `0` where nothing is yet
    /// makes an array; what stands in the way and is neither object nor array is replaced.
    pub fn set(&mut self, slot: &Slot, value: Value) {
        match slot {
            Slot::Parameter(place, name) => {
                match self.parameters.iter_mut().find(|(p, n, _)| p == place && n == name) {
                    Some((_, _, old)) => *old = value,
                    None => self.parameters.push((*place, name.clone(), value)),
                }
            }
            Slot::Body(path) => {
                let mut at = self.body.get_or_insert(Value::Null);
                for key in path {
                    at = member(at, key);
                }
                *at = value;
            }
        }
    }

    /// Takes a slot's value out again. The objects around it stay.
    pub fn remove(&mut self, slot: &Slot) -> Option<Value> {
        match slot {
            Slot::Parameter(place, name) => {
                let at = self.parameters.iter().position(|(p, n, _)| p == place && n == name)?;
                Some(self.parameters.remove(at).2)
            }
            Slot::Body(path) => {
                let Some((key, above)) = path.split_last() else { return self.body.take() };
                let mut at = self.body.as_mut()?;
                for step in above {
                    at = match at {
                        Value::Object(object) => object.get_mut(step)?,
                        Value::Array(list) => list.get_mut(step.parse::<usize>().ok()?)?,
                        _ => return None,
                    };
                }
                match at {
                    Value::Object(object) => object.shift_remove(key),
                    Value::Array(list) => {
                        let index = key.parse::<usize>().ok().filter(|i| *i < list.len())?;
                        Some(list.remove(index))
                    }
                    _ => None,
                }
            }
        }
    }

    /// A parameter's value.
    pub fn parameter(&self, place: ParameterPlace, name: &str) -> Option<&Value> {
        self.parameters.iter().find(|(p, n, _)| *p == place && n == name).map(|(_, _, v)| v)
    }
}

/// The member of this key, made where it is missing.
fn member<'v>(at: &'v mut Value, key: &str) -> &'v mut Value {
    let index = key.parse::<usize>().ok().filter(|index| *index < MOST_ITEMS);
    let starts_list = index == Some(0) && !at.is_object() && !at.is_array();
    if starts_list {
        *at = Value::Array(Vec::new());
    } else if !(at.is_object() || at.is_array() && index.is_some()) {
        *at = Value::Object(Map::new());
    }
    match (at, index) {
        (Value::Array(list), Some(index)) => {
            if list.len() <= index {
                list.resize(index + 1, Value::Null);
            }
            &mut list[index]
        }
        // Indexing an object puts the member there.
        (object, _) => &mut object[key],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn body(path: &[&str]) -> Slot {
        Slot::Body(path.iter().map(|key| (*key).to_owned()).collect())
    }

    #[test]
    fn values_find_their_place() {
        let mut arguments = Arguments::default();
        arguments.set(&body(&["shipment", "parcel", "weight"]), json!(2.5));
        arguments.set(&body(&["shipment", "items", "0", "sku"]), json!("a"));
        arguments.set(&body(&["shipment", "items", "1", "sku"]), json!("b"));
        let id = Slot::Parameter(ParameterPlace::Path, "intent".into());
        arguments.set(&id, json!("pi_1"));
        arguments.set(&id, json!("pi_2"));
        assert_eq!(
            arguments.body,
            Some(json!({"shipment": {
                "parcel": {"weight": 2.5},
                "items": [{"sku": "a"}, {"sku": "b"}],
            }}))
        );
        assert_eq!(arguments.parameters, [(ParameterPlace::Path, "intent".into(), json!("pi_2"))]);
        assert_eq!(arguments.remove(&body(&["shipment", "items", "0"])), Some(json!({"sku": "a"})));
        assert_eq!(arguments.remove(&body(&["shipment", "gone"])), None);
        assert_eq!(arguments.remove(&id), Some(json!("pi_2")));
        assert_eq!(arguments.remove(&id), None);
    }
}
