//! Which operation of the old version is which of the new one.

use std::{borrow::Cow, collections::HashMap};

use crate::contract::{Action, Kind, Operation};

/// Operations by their places in the two lists.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Matched {
    /// Old and new.
    pub(super) pairs: Vec<(usize, usize)>,
    /// In the old version alone.
    pub(super) removed: Vec<usize>,
    /// In the new version alone.
    pub(super) added: Vec<usize>,
}

/// Pairs operations: those of HTTP by method and path, others by name; what is left by the other
/// of the two; a payload that is alone on both sides with its like.
pub(super) fn matched(old: &[Operation], new: &[Operation]) -> Matched {
    let mut pairing = Pairing { old: vec![None; old.len()], taken: vec![false; new.len()] };
    for by in [first_key, second_key] {
        pairing.by(old, new, by);
    }
    pairing.lonely_payload(old, new);
    let Pairing { old: partners, taken } = pairing;
    let mut matched = Matched::default();
    for (index, partner) in partners.into_iter().enumerate() {
        match partner {
            Some(partner) => matched.pairs.push((index, partner)),
            None => matched.removed.push(index),
        }
    }
    matched.added = (0..new.len()).filter(|index| !taken[*index]).collect();
    matched
}

struct Pairing {
    old: Vec<Option<usize>>,
    taken: Vec<bool>,
}

type Key<'o> = Option<(Kind, Cow<'o, str>, Cow<'o, str>)>;

impl Pairing {
    /// Pairs what has the same key, where the key is that of one operation on each side.
    fn by(
        &mut self,
        old: &[Operation],
        new: &[Operation],
        key: for<'o> fn(&'o Operation) -> Key<'o>,
    ) {
        let mut olds: HashMap<_, Vec<usize>> = HashMap::new();
        let mut news: HashMap<_, Vec<usize>> = HashMap::new();
        for (index, operation) in old.iter().enumerate().filter(|(i, _)| self.old[*i].is_none()) {
            if let Some(key) = key(operation) {
                olds.entry(key).or_default().push(index);
            }
        }
        for (index, operation) in new.iter().enumerate().filter(|(i, _)| !self.taken[*i]) {
            if let Some(key) = key(operation) {
                news.entry(key).or_default().push(index);
            }
        }
        for (key, indexes) in olds {
            if let ([old], Some([new])) = (indexes.as_slice(), news.get(&key).map(Vec::as_slice)) {
                self.old[*old] = Some(*new);
                self.taken[*new] = true;
            }
        }
    }

    fn lonely_payload(&mut self, old: &[Operation], new: &[Operation]) {
        let alone = |all: &[Operation]| matches!(all, [Operation { kind: Kind::Payload, .. }]);
        if alone(old) && alone(new) {
            self.old[0] = Some(0);
            self.taken[0] = true;
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of a key: the second may be missing")]
fn first_key(operation: &Operation) -> Key<'_> {
    match operation.kind {
        Kind::Http => Some(by_address(operation)),
        _ => Some(by_name(operation)),
    }
}

fn second_key(operation: &Operation) -> Key<'_> {
    match operation.kind {
        // Without an `operationId` the name is the address.
        Kind::Http => operation.has_own_name().then(|| by_name(operation)),
        Kind::Payload => None,
        _ => Some(by_address(operation)),
    }
}

fn by_name(operation: &Operation) -> (Kind, Cow<'_, str>, Cow<'_, str>) {
    (operation.kind, Cow::Borrowed(action(operation.action)), Cow::Borrowed(&*operation.name))
}

fn by_address(operation: &Operation) -> (Kind, Cow<'_, str>, Cow<'_, str>) {
    let way =
        if operation.method.is_empty() { action(operation.action) } else { &operation.method };
    (operation.kind, Cow::Borrowed(way), Cow::Owned(nameless(&operation.path)))
}

fn action(action: Action) -> &'static str {
    match action {
        Action::Receive => "receive",
        Action::Send => "send",
    }
}

/// A path template without the names of its parameters: the wire does not show them.
pub(super) fn nameless(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((_, after)) = after.split_once('}') else { break };
        text.push_str(before);
        text.push_str("{}");
        rest = after;
    }
    text.push_str(rest);
    text
}

/// The names of a path template's parameters, in their order.
pub(super) fn names(path: &str) -> Vec<&str> {
    path.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(name, _)| name)).collect()
}

impl Operation {
    /// Whether the document names it, rather than its method and path.
    fn has_own_name(&self) -> bool {
        self.name.strip_prefix(&*self.method).and_then(|rest| rest.strip_prefix(' '))
            != Some(&*self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_loses_its_names_only() {
        assert_eq!(nameless("/a/{id}/b/{x}.json"), "/a/{}/b/{}.json");
        assert_eq!(nameless("/a/{open"), "/a/{open");
        assert_eq!(names("/a/{id}/b/{x}.json"), ["id", "x"]);
    }
}
