//! Work on all cores while the plan is made, and its problems gathered.

use std::sync::{Mutex, PoisonError};

use crate::evidence::Diagnostic;

/// Fewer items than this are not worth a thread.
pub(super) const FEW: usize = 8;

/// Items that a core takes at a time, so that none waits long for the last.
const SHARES: usize = 16;

/// Applies `work` to all items on all cores; results in the items' order. Each
/// core has a `state` of its own, for what is worth keeping between items.
pub(super) fn parallel<T: Send, S, R: Send>(
    items: Vec<T>,
    state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, T) -> R + Sync,
) -> Vec<R> {
    // Asked only where it matters: the system's answer takes reading files.
    let cores = if items.len() < FEW { 1 } else { cores() };
    if cores == 1 {
        let mut state = state();
        return items.into_iter().map(|item| work(&mut state, item)).collect();
    }
    let share = items.len().div_ceil(cores * SHARES);
    let items = Mutex::new(items.into_iter().enumerate());
    let one_core = || {
        let (mut state, mut done) = (state(), Vec::new());
        loop {
            // A share is a short list: the lock is not held while it is worked on.
            let mine: Vec<(usize, T)> =
                items.lock().unwrap_or_else(PoisonError::into_inner).by_ref().take(share).collect();
            if mine.is_empty() {
                return done;
            }
            done.extend(mine.into_iter().map(|(index, item)| (index, work(&mut state, item))));
        }
    };
    let mut results: Vec<(usize, R)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(one_core)).collect();
        let join = |thread: std::thread::ScopedJoinHandle<'_, _>| match thread.join() {
            Ok(results) => results,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        threads.into_iter().flat_map(join).collect()
    });
    results.sort_unstable_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// All results, or all problems.
pub(super) fn all<T>(results: Vec<Result<T, Vec<Diagnostic>>>) -> Result<Vec<T>, Vec<Diagnostic>> {
    let (mut good, mut problems) = (Vec::with_capacity(results.len()), Vec::new());
    for result in results {
        match result {
            Ok(value) => good.push(value),
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() { Ok(good) } else { Err(problems) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_in_the_order_of_the_items_and_a_core_keeps_its_state() {
        for count in [0, 1, FEW - 1, FEW, 1000] {
            let items: Vec<usize> = (0..count).collect();
            let results = parallel(
                items,
                || 0,
                |seen, item| {
                    *seen += 1;
                    (item * 2, *seen)
                },
            );
            assert_eq!(results.len(), count);
            assert!(results.iter().enumerate().all(|(at, (doubled, _))| *doubled == at * 2));
            // With one core the state has seen all, with several each its own part.
            assert!(results.iter().all(|(_, seen)| (1..=count).contains(seen)));
        }
    }
}
