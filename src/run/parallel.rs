//! Work on all cores while the plan is made, and its problems gathered.

use crate::evidence::Diagnostic;

/// Applies `work` to all items on all cores, in order.
pub(super) fn parallel<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    if cores == 1 || items.len() < 8 {
        return items.into_iter().map(work).collect();
    }
    let share = items.len().div_ceil(cores);
    let mut items = items.into_iter();
    let chunks: Vec<Vec<T>> =
        std::iter::from_fn(|| Some(items.by_ref().take(share).collect::<Vec<T>>()))
            .take_while(|chunk| !chunk.is_empty())
            .collect();
    std::thread::scope(|scope| {
        let threads: Vec<_> = chunks
            .into_iter()
            .map(|chunk| scope.spawn(|| chunk.into_iter().map(&work).collect::<Vec<R>>()))
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| match thread.join() {
                Ok(results) => results,
                Err(panic) => std::panic::resume_unwind(panic),
            })
            .collect()
    })
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
