//! Maps whose keys are numbers of our own: nobody outside chooses them, so a plain mix is enough.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasherDefault, Hasher},
};

/// A map by numbers that were given out here.
pub(super) type NumberMap<K, V> = HashMap<K, V, BuildHasherDefault<Mix>>;
/// A set of such numbers.
pub(super) type NumberSet<K> = HashSet<K, BuildHasherDefault<Mix>>;

/// An odd number whose bits look like chance: 2^64 divided by the golden ratio.
const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

/// Mixes numbers by turning and multiplying.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mix(u64);

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(ODD);
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn write_isize(&mut self, number: isize) {
        self.write_u64(number as u64);
    }

    fn finish(&self) -> u64 {
        // Multiplying leaves the low bits the poorest, and a table asks for them first.
        self.0.rotate_left(26)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbors_lie_apart() {
        let low = |number: u64| {
            let mut mix = Mix::default();
            mix.write_u64(number);
            mix.finish() & 0xffff
        };
        // Addresses are multiples of eight.
        let places: HashSet<u64> = (0..4_096).map(|number| low(number * 8)).collect();
        assert!(places.len() > 3_500, "{}", places.len());
    }
}
