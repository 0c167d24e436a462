//! One change of a value in place, and back.

use serde_json::{Map, Value};

use super::site::{Site, Step};

/// One change. Applying it twice gives the value back as it was.
#[derive(Debug)]
pub(super) enum Edit {
    /// The value is exchanged for this one.
    Replace(Value),
    /// The member is taken out.
    Remove,
    /// The member is called otherwise.
    Rename(String),
    /// A member is put in.
    Add(String, Value),
    /// The value is put into an object as its only member.
    Envelop(&'static str),
    /// The value is put into a list as its only item.
    Enlist,
    /// The list's first item takes the list's place.
    Unlist,
}

/// What takes an edit back.
#[derive(Debug)]
pub(super) enum Undo {
    Replace(Value),
    Insert { at: usize, name: String, value: Value },
    Rename { at: usize, from: String, to: String },
    Remove(String),
    Unwrap,
    Relist(Vec<Value>),
}

/// The value that the steps lead to.
pub(super) fn at<'v>(value: &'v Value, steps: &[Step]) -> Option<&'v Value> {
    steps.iter().try_fold(value, |value, step| match step {
        Step::Member(name) => value.get(name),
        Step::Item(index) => value.get(index),
    })
}

/// The value at a place.
pub(in super::super) fn value_at<'v>(value: &'v Value, site: &Site) -> Option<&'v Value> {
    at(value, &site.steps)
}

/// Exchanges the value at a place; gives the one that stood there.
pub(in super::super) fn apply_value(value: &mut Value, site: &Site, new: Value) -> Option<Value> {
    at_mut(value, &site.steps).map(|spot| std::mem::replace(spot, new))
}

fn at_mut<'v>(value: &'v mut Value, steps: &[Step]) -> Option<&'v mut Value> {
    steps.iter().try_fold(value, |value, step| match step {
        Step::Member(name) => value.get_mut(name),
        Step::Item(index) => value.get_mut(index),
    })
}

fn member<'v, 's>(
    value: &'v mut Value,
    steps: &'s [Step],
) -> Option<(&'v mut Map<String, Value>, &'s str)> {
    let (Step::Member(name), above) = steps.split_last()? else { return None };
    Some((at_mut(value, above)?.as_object_mut()?, name))
}

/// Applies the edit at the place; `None` where nothing could be changed.
pub(super) fn apply(value: &mut Value, steps: &[Step], edit: Edit) -> Option<Undo> {
    Some(match edit {
        Edit::Replace(new) => {
            let spot = at_mut(value, steps)?;
            Undo::Replace(std::mem::replace(spot, new))
        }
        Edit::Remove => {
            let (object, name) = member(value, steps)?;
            let at = object.keys().position(|key| key == name)?;
            let (name, value) = object.shift_remove_entry(name)?;
            Undo::Insert { at, name, value }
        }
        Edit::Rename(to) => {
            let (object, name) = member(value, steps)?;
            let at = object.keys().position(|key| key == name)?;
            let (from, value) = object.shift_remove_entry(name)?;
            object.shift_insert(at, to.clone(), value);
            Undo::Rename { at, from, to }
        }
        Edit::Add(name, new) => {
            let object = at_mut(value, steps)?.as_object_mut()?;
            object.insert(name.clone(), new);
            Undo::Remove(name)
        }
        Edit::Envelop(name) => {
            let spot = at_mut(value, steps)?;
            let inner = spot.take();
            let mut object = Map::with_capacity(1);
            object.insert(name.to_owned(), inner);
            *spot = Value::Object(object);
            Undo::Unwrap
        }
        Edit::Enlist => {
            let spot = at_mut(value, steps)?;
            let inner = spot.take();
            *spot = Value::Array(vec![inner]);
            Undo::Unwrap
        }
        Edit::Unlist => {
            let spot = at_mut(value, steps)?;
            let Value::Array(mut list) = spot.take() else { return None };
            let mut rest = list.split_off(1.min(list.len()));
            *spot = list.pop()?;
            rest.shrink_to_fit();
            Undo::Relist(rest)
        }
    })
}

/// Takes an edit back.
pub(super) fn undo(value: &mut Value, steps: &[Step], undo: Undo) {
    match undo {
        Undo::Replace(old) => {
            if let Some(spot) = at_mut(value, steps) {
                *spot = old;
            }
        }
        Undo::Insert { at, name, value: old } => {
            if let Some((object, _)) = member(value, steps) {
                object.shift_insert(at, name, old);
            }
        }
        Undo::Rename { at, from, to } => {
            if let Some((object, _)) = member(value, steps)
                && let Some(old) = object.shift_remove(&to)
            {
                object.shift_insert(at, from, old);
            }
        }
        Undo::Remove(name) => {
            if let Some(object) = at_mut(value, steps).and_then(Value::as_object_mut) {
                object.shift_remove(&name);
            }
        }
        Undo::Unwrap => {
            if let Some(spot) = at_mut(value, steps) {
                *spot = match spot.take() {
                    Value::Object(object) => object.into_iter().next().map_or(Value::Null, |m| m.1),
                    Value::Array(mut list) => list.pop().unwrap_or_default(),
                    other => other,
                };
            }
        }
        Undo::Relist(rest) => {
            if let Some(spot) = at_mut(value, steps) {
                let mut list = vec![spot.take()];
                list.extend(rest);
                *spot = Value::Array(list);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_edit_is_taken_back_to_the_letter() {
        let before = json!({"a": 1, "list": [{"b": 2}, 3], "c": null});
        let path = |names: &[&str]| -> Vec<Step> {
            names.iter().map(|name| Step::Member((*name).to_owned())).collect()
        };
        for (steps, edit, after) in [
            (path(&["a"]), Edit::Replace(json!("x")), r#"{"a":"x","list":[{"b":2},3],"c":null}"#),
            (path(&["a"]), Edit::Remove, r#"{"list":[{"b":2},3],"c":null}"#),
            (path(&["a"]), Edit::Rename("z".into()), r#"{"z":1,"list":[{"b":2},3],"c":null}"#),
            (
                path(&[]),
                Edit::Add("n".into(), json!(1)),
                r#"{"a":1,"list":[{"b":2},3],"c":null,"n":1}"#,
            ),
            (path(&["a"]), Edit::Envelop("d"), r#"{"a":{"d":1},"list":[{"b":2},3],"c":null}"#),
            (path(&[]), Edit::Enlist, r#"[{"a":1,"list":[{"b":2},3],"c":null}]"#),
            (path(&["list"]), Edit::Unlist, r#"{"a":1,"list":{"b":2},"c":null}"#),
        ] {
            let mut value = before.clone();
            let back = apply(&mut value, &steps, edit).expect("something to change");
            assert_eq!(value.to_string(), after);
            undo(&mut value, &steps, back);
            assert_eq!(value.to_string(), before.to_string());
        }
        assert!(apply(&mut before.clone(), &path(&["none"]), Edit::Remove).is_none());
    }
}
