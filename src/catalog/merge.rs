//! How one layer of a record is laid over another.
//!
//! Mappings merge key by key; a scalar or a list replaces what was there; `null`
//! takes away what was there. A `null` that takes nothing away stays, so that
//! the strict decoder sees its key. Layers are laid one after the other, the
//! weakest first.
//!
//! Two mappings are one value each, and are replaced whole: an `auth` that names
//! its `scheme`, and the `idempotency` of an operation. Half of one scheme and
//! half of another would be neither.

use serde_json::{Map, Value};

/// Lays `over` over `under`.
pub(super) fn merge(under: &mut Value, over: &Value) {
    lay(under, over, &mut Vec::new());
}

fn lay<'o>(under: &mut Value, over: &'o Value, path: &mut Vec<&'o str>) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) if !is_one_value(path, over) => {
            for (key, value) in over {
                match under.get_mut(key) {
                    Some(_) if value.is_null() => {
                        under.shift_remove(key);
                    }
                    Some(there) => {
                        path.push(key);
                        lay(there, value, path);
                        path.pop();
                    }
                    None => {
                        under.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        (under, over) => *under = over.clone(),
    }
}

fn is_one_value(path: &[&str], over: &Map<String, Value>) -> bool {
    match path {
        ["auth"] | ["operations", _, "auth"] => over.contains_key("scheme"),
        ["operations", _, "idempotency"] => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn merged(layers: &[Value]) -> Value {
        let mut tree = json!({});
        for layer in layers {
            merge(&mut tree, layer);
        }
        tree
    }

    #[test]
    fn mappings_merge_and_the_rest_is_replaced() {
        let weak = json!({"limits": {"rate": 1, "burst": 2}, "on": [1, 2], "timeout": "1 s"});
        let strong = json!({"limits": {"rate": 3}, "on": [4], "timeout": {"a": 1}});
        let expected = json!({"limits": {"rate": 3, "burst": 2}, "on": [4], "timeout": {"a": 1}});
        assert_eq!(merged(&[weak, strong]), expected);
    }

    #[test]
    fn null_takes_away_and_stays_where_there_is_nothing() {
        let weak = json!({"retry": {"attempts": 3}, "limits": {"rate": 1}});
        let strong = json!({"retry": null, "limits": {"rate": null}, "retyr": null});
        assert_eq!(merged(&[weak, strong]), json!({"limits": {}, "retyr": null}));
    }

    #[test]
    fn a_scheme_and_an_idempotency_are_replaced_whole() {
        let operation = |idempotency| json!({"operations": {"pay": {"idempotency": idempotency}}});
        let header = operation(json!({"header": "Key"}));
        let guard = operation(json!({"guard": "find"}));
        assert_eq!(merged(&[header, guard.clone()]), guard);

        let bearer = json!({"auth": {"scheme": "bearer", "secret": "env:A"}});
        let other = json!({"auth": {"secret": "env:B"}});
        let expected = json!({"auth": {"scheme": "bearer", "secret": "env:B"}});
        assert_eq!(merged(&[bearer.clone(), other]), expected);
        let basic = json!({"auth": {"scheme": "basic", "user": "env:C"}});
        assert_eq!(merged(&[bearer, basic.clone()]), basic);
    }

    /// Small trees of few keys, so that layers meet; with nulls or without.
    fn tree(nulls: bool) -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            (0..3_i32).prop_map(Value::from),
            Just(json!([1])),
            Just(if nulls { Value::Null } else { json!("text") }),
        ];
        let inner = leaf.prop_recursive(3, 16, 3, |inner| {
            proptest::collection::hash_map("[abc]", inner, 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect()))
        });
        proptest::collection::hash_map("[abc]", inner, 0..3)
            .prop_map(|members| Value::Object(members.into_iter().collect()))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn an_empty_layer_changes_nothing(a in tree(true), b in tree(true)) {
            let empty = json!({});
            let plain = merged(&[a.clone(), b.clone()]);
            prop_assert_eq!(&merged(&[empty.clone(), a.clone(), b.clone()]), &plain);
            prop_assert_eq!(&merged(&[a.clone(), empty.clone(), b.clone()]), &plain);
            prop_assert_eq!(&merged(&[a, b, empty]), &plain);
        }

        #[test]
        fn the_same_layer_again_changes_nothing(a in tree(false), b in tree(false)) {
            let once = merged(&[a.clone(), b.clone()]);
            prop_assert_eq!(merged(&[a, b.clone(), b]), once);
        }

        #[test]
        fn the_later_layer_wins_where_it_says_something(a in tree(false), b in tree(false)) {
            let merged = merged(&[a.clone(), b.clone()]);
            for key in ["a", "b", "c"] {
                match (a.get(key), b.get(key)) {
                    (_, Some(Value::Object(_))) => {}
                    (_, Some(said)) => prop_assert_eq!(&merged[key], said),
                    (there, None) => prop_assert_eq!(merged.get(key), there),
                }
            }
        }

        #[test]
        fn null_removes_whatever_stood_there(a in tree(false)) {
            let mut layer = Map::new();
            for key in a.as_object().into_iter().flat_map(Map::keys) {
                layer.insert(key.clone(), Value::Null);
            }
            prop_assert_eq!(merged(&[a, Value::Object(layer)]), json!({}));
        }
    }
}
