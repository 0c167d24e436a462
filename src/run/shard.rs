//! A part of the selection, stable by scenario id.

use super::scenario::Scenario;
use crate::evidence::{PlannedScenario, Shard};

/// One of several parts of a selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShardPart {
    /// Which, from 1.
    pub index: u32,
    /// How many there are, at least 1.
    pub of: u32,
}

impl ShardPart {
    /// Whether the scenario of this id belongs to the part. It depends on the
    /// id alone, so that a new scenario moves no other one.
    fn has(self, id: &str) -> bool {
        drawn(id, 0) % u64::from(self.of.max(1)) + 1 == u64::from(self.index)
    }

    /// Keeps what belongs to the part, and says what it is a part of.
    pub(super) fn keep(
        self,
        planned: Vec<PlannedScenario>,
        scenarios: Vec<Scenario>,
    ) -> (Shard, Vec<PlannedScenario>, Vec<Scenario>) {
        let shard = Shard {
            index: self.index,
            of: self.of,
            selected: planned.len() as u32,
            to_run: planned.iter().filter(|p| p.skip.is_none()).count() as u32,
        };
        let own = planned.into_iter().zip(scenarios).filter(|(planned, _)| self.has(&planned.id));
        let (planned, scenarios) = own.unzip();
        (shard, planned, scenarios)
    }
}

/// A number that an id draws. The same in every version, on every machine: it
/// decides which machine runs what, and in which order. FNV-1a, then the
/// finalizer of `SplitMix64`, since a remainder needs good low bits.
pub(super) fn drawn(id: &str, seed: u64) -> u64 {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let fold = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(PRIME);
    mixed(id.bytes().fold(OFFSET, fold) ^ mixed(seed))
}

fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn each_scenario_belongs_to_one_part(
            ids in proptest::collection::vec(".{0,40}", 0..40),
            of in 1_u32..12,
        ) {
            for id in &ids {
                let parts = (1..=of).filter(|index| ShardPart { index: *index, of }.has(id)).count();
                prop_assert_eq!(parts, 1, "{}", id);
            }
        }
    }

    #[test]
    fn the_draw_is_the_same_for_ever() {
        assert_eq!(drawn("", 0), 0xf52a_15e9_a9b5_e89b);
        assert_eq!(drawn("shop/a.feature::A", 0), 0xbc94_29a3_6644_85b1);
        assert_eq!(drawn("shop/a.feature::A", 7), 0x4907_f7f4_d94b_b0c1);
    }

    #[test]
    fn parts_are_of_about_one_size() {
        let mut sizes = [0_u32; 4];
        for number in 0..4_000 {
            let id = format!("shop.things/many.feature::Number {number}");
            let index = (1..=4).find(|index| ShardPart { index: *index, of: 4 }.has(&id));
            sizes[index.expect("in one of them") as usize - 1] += 1;
        }
        assert!(sizes.iter().all(|size| (900..1_100).contains(size)), "{sizes:?}");
    }
}
