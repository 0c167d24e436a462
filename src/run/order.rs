//! In which order scenarios start.

use super::{again::LastRun, shard::drawn};
use crate::evidence::{Order, PlannedScenario};

/// The scenarios' indexes in the order in which they start. Chance is drawn for
/// each id, so that a new scenario leaves the others as they were.
pub(super) fn order(
    order: Order,
    seed: u64,
    scenarios: &[PlannedScenario],
    last: Option<&LastRun>,
) -> Vec<u32> {
    let mut indexes: Vec<u32> = (0..scenarios.len() as u32).collect();
    let id = |index: &u32| scenarios[*index as usize].id.as_str();
    match order {
        Order::Defined => {}
        Order::Random => indexes.sort_by_cached_key(|index| drawn(id(index), seed)),
        Order::Id => indexes.sort_by_key(|index| id(index)),
        // Stable: among themselves they keep the order of the files.
        Order::FailedFirst => {
            indexes.sort_by_key(|index| !last.is_some_and(|last| last.has(id(index))));
        }
    }
    indexes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenarios(ids: &[&str]) -> Vec<PlannedScenario> {
        let planned = |id: &&str| PlannedScenario {
            id: (*id).to_owned(),
            file: "features/a.feature".into(),
            feature: "A".into(),
            rule: None,
            name: (*id).to_owned(),
            row: Vec::new(),
            line: 1,
            tags: [].into(),
            integrations: [].into(),
            steps: Vec::new(),
            skip: None,
        };
        ids.iter().map(planned).collect()
    }

    fn ordered<'i>(
        kind: Order,
        seed: u64,
        ids: &[&'i str],
        last: Option<&LastRun>,
    ) -> Vec<&'i str> {
        let indexes = order(kind, seed, &scenarios(ids), last);
        indexes.into_iter().map(|index| ids[index as usize]).collect()
    }

    #[test]
    fn each_order_is_its_own() {
        let ids = ["c", "a", "d", "b"];
        assert_eq!(ordered(Order::Defined, 1, &ids, None), ids);
        assert_eq!(ordered(Order::Id, 1, &ids, None), ["a", "b", "c", "d"]);
        let last =
            LastRun::new("run", "mock", ["d", "b", "gone"].map(|id| (id.into(), "f".into())));
        assert_eq!(ordered(Order::FailedFirst, 1, &ids, Some(&last)), ["d", "b", "c", "a"]);
        assert_eq!(ordered(Order::FailedFirst, 1, &ids, None), ids);
    }

    #[test]
    fn chance_is_repeatable_and_a_new_scenario_moves_no_other() {
        let ids = ["a", "b", "c", "d", "e", "f", "g", "h"];
        let first = ordered(Order::Random, 7, &ids, None);
        assert_eq!(first, ordered(Order::Random, 7, &ids, None));
        assert_ne!(first, ids);
        assert_ne!(first, ordered(Order::Random, 8, &ids, None));
        let mut more = ordered(Order::Random, 7, &[&ids[..], &["new"]].concat(), None);
        more.retain(|id| *id != "new");
        assert_eq!(more, first);
    }
}
