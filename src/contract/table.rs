//! Values that are added and never moved, so that many threads read them without a lock.

use std::sync::OnceLock;

/// Places in the first chunk; each further chunk has twice as many as the one before.
const FIRST: u32 = 64;
/// With this many chunks every `u32` below [`u32::MAX`] - 64 has its place.
const CHUNKS: usize = 26;

/// Values by number.
#[derive(Debug)]
pub(super) struct Table<T> {
    chunks: [OnceLock<Box<[OnceLock<T>]>>; CHUNKS],
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { chunks: [const { OnceLock::new() }; CHUNKS] }
    }
}

impl<T> Table<T> {
    /// The value of this number, once it was put there.
    pub(super) fn get(&self, number: u32) -> Option<&T> {
        let (chunk, at) = place(number)?;
        self.chunks.get(chunk)?.get()?.get(at)?.get()
    }

    /// Puts a value to its number; what is there already stays.
    pub(super) fn put(&self, number: u32, value: T) {
        let Some((chunk, at)) = place(number) else { return };
        let Some(chunk_of) = self.chunks.get(chunk) else { return };
        let length = (FIRST as usize) << chunk;
        let places = chunk_of.get_or_init(|| (0..length).map(|_| OnceLock::new()).collect());
        if let Some(place) = places.get(at) {
            // Numbers are given out once; a second value for one would be the same.
            let _ = place.set(value);
        }
    }
}

/// The chunk of a number, and its place there.
fn place(number: u32) -> Option<(usize, usize)> {
    let counted = number.checked_add(FIRST)?;
    let power = counted.ilog2();
    Some(((power - FIRST.ilog2()) as usize, (counted - (1 << power)) as usize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_a_place_of_its_own() {
        let table = Table::default();
        for number in 0..1_000 {
            table.put(number, number);
        }
        table.put(7, 8);
        assert!((0..1_000).all(|number| table.get(number) == Some(&number)));
        assert_eq!((table.get(1_000), table.get(u32::MAX)), (None, None));
        assert_eq!(
            [place(0), place(63), place(64), place(191)].map(Option::unwrap_or_default),
            [(0, 0), (0, 63), (1, 0), (1, 127)]
        );
    }
}
