//! Objects that a stand-in holds, and calls that it remembers by their idempotency key.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
};

use serde_json::Value;

use super::behavior::Resource;
use crate::contract::{codec::Arguments, generate::Answer};

/// Objects kept of one resource, and calls remembered; the oldest are forgotten.
const KEPT: usize = 10_000;

/// What one stand-in in service holds. It starts empty: seeds stay with the specification,
/// so that starting costs nothing.
#[derive(Debug, Default)]
pub(super) struct State {
    /// By resource.
    stores: Vec<Store>,
    calls: HashMap<String, Remembered>,
    call_order: VecDeque<String>,
}

#[derive(Debug, Default)]
struct Store {
    /// Ids given so far.
    seq: u64,
    made: usize,
    /// Made or changed since the start, by id.
    objects: BTreeMap<String, Arc<Value>>,
    order: VecDeque<String>,
}

/// A call that may be repeated.
#[derive(Debug)]
pub(super) struct Remembered {
    /// The operation's place in the contract.
    pub(super) operation: usize,
    pub(super) arguments: Arguments,
    pub(super) answer: Answer,
}

impl State {
    pub(super) fn new(resources: usize) -> Self {
        Self {
            stores: std::iter::repeat_with(Store::default).take(resources).collect(),
            ..Self::default()
        }
    }

    /// The number of the next new object of a resource, from 1.
    pub(super) fn next_seq(&mut self, resource: usize) -> u64 {
        self.stores[resource].seq += 1;
        self.stores[resource].seq
    }

    /// The object of this id.
    pub(super) fn get(&self, resource: usize, spec: &Resource, id: &str) -> Option<Arc<Value>> {
        self.stores[resource].objects.get(id).or_else(|| spec.seeds.get(id)).cloned()
    }

    /// Every object of a resource: the seeds in the order of their ids, then those made, in order.
    pub(super) fn all(&self, resource: usize, spec: &Resource) -> Vec<Arc<Value>> {
        let store = &self.stores[resource];
        let seeds = spec.seeds.iter().map(|(id, seed)| store.objects.get(id).unwrap_or(seed));
        let made = store.order.iter().filter(|id| !spec.seeds.contains_key(*id));
        seeds.chain(made.filter_map(|id| store.objects.get(id))).cloned().collect()
    }

    /// Holds a new object.
    pub(super) fn make(&mut self, resource: usize, id: String, object: Value) {
        self.stores[resource].made += 1;
        self.change(resource, id, Arc::new(object));
    }

    /// Holds an object in its new form.
    pub(super) fn change(&mut self, resource: usize, id: String, object: Arc<Value>) {
        let store = &mut self.stores[resource];
        if store.objects.insert(id.clone(), object).is_none() {
            store.order.push_back(id);
            if store.order.len() > KEPT
                && let Some(oldest) = store.order.pop_front()
            {
                store.objects.remove(&oldest);
            }
        }
    }

    /// How many objects of a resource were made, those forgotten since included.
    pub(super) fn made(&self, resource: usize) -> usize {
        self.stores[resource].made
    }

    /// The call that carried this idempotency key.
    pub(super) fn call(&self, key: &str) -> Option<&Remembered> {
        self.calls.get(key)
    }

    pub(super) fn remember(&mut self, key: String, call: Remembered) {
        if self.calls.insert(key.clone(), call).is_none() {
            self.call_order.push_back(key);
            if self.call_order.len() > KEPT
                && let Some(oldest) = self.call_order.pop_front()
            {
                self.calls.remove(&oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::mock::template::Text;

    fn resource() -> Resource {
        Resource {
            name: "payment".to_owned(),
            key: vec!["id".to_owned()],
            id: Text::new("pi_{{ seq }}").unwrap(),
            state: vec!["status".to_owned()],
            form: None,
            seeds: BTreeMap::from([("pi_0".to_owned(), Arc::new(json!({"id": "pi_0"})))]),
        }
    }

    #[test]
    fn seeds_are_there_and_not_counted() {
        let (spec, mut state) = (resource(), State::new(1));
        assert_eq!(state.get(0, &spec, "pi_0").as_deref(), Some(&json!({"id": "pi_0"})));
        state.change(0, "pi_0".to_owned(), Arc::new(json!({"id": "pi_0", "status": "done"})));
        assert_eq!(state.get(0, &spec, "pi_0").unwrap()["status"], "done");
        assert_eq!(state.made(0), 0);
        assert_eq!(state.next_seq(0), 1);
        state.make(0, "pi_1".to_owned(), json!({}));
        assert_eq!((state.next_seq(0), state.made(0)), (2, 1));
        let all: Vec<_> = state.all(0, &spec).iter().map(|o| (**o).clone()).collect();
        assert_eq!(all, [json!({"id": "pi_0", "status": "done"}), json!({})]);
    }

    #[test]
    fn the_oldest_is_forgotten_but_still_counted() {
        let (spec, mut state) = (resource(), State::new(1));
        for n in 0..=KEPT {
            state.make(0, format!("n{n}"), Value::Null);
            let answer = Answer { status: 200, headers: Vec::new(), body: None };
            let arguments = Arguments::default();
            state.remember(n.to_string(), Remembered { operation: 0, arguments, answer });
        }
        assert!(state.get(0, &spec, "n0").is_none() && state.get(0, &spec, "n1").is_some());
        assert!(state.call("0").is_none() && state.call("1").is_some());
        assert_eq!(state.made(0), KEPT + 1);
    }
}
