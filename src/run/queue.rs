//! Which scenario starts next: in order, as far as limits have room.

use std::{
    collections::VecDeque,
    pin::pin,
    sync::{Mutex, MutexGuard, PoisonError},
    vec,
};

use tokio::sync::Notify;

/// The scenarios that wait to start, each with its index in the plan. Whoever
/// takes one has it, and frees it at its end.
#[derive(Debug)]
pub(super) enum Queue<T> {
    /// Nothing is limited: the next one in order.
    Free(Mutex<vec::IntoIter<(u32, T)>>),
    /// Limits hold.
    Limited(Box<Limited<T>>),
}

#[derive(Debug)]
pub(super) struct Limited<T> {
    /// At most so many at once, by limit.
    most: Vec<u32>,
    /// For each scenario its limits.
    limits_of: Vec<Vec<u16>>,
    state: Mutex<State<T>>,
    /// Told when a scenario with a limit ends.
    room: Notify,
}

#[derive(Debug)]
struct State<T> {
    rows: Vec<Row<T>>,
    /// How many run, by limit.
    running: Vec<u32>,
}

/// Scenarios with the same limits.
#[derive(Debug)]
struct Row<T> {
    limits: Vec<u16>,
    waiting: VecDeque<Waiting<T>>,
}

#[derive(Debug)]
struct Waiting<T> {
    /// Its place in the order.
    place: u32,
    index: u32,
    scenario: T,
}

/// What there is to start.
enum Next<T> {
    Start(u32, T),
    /// Nothing before something ends.
    Wait,
    Nothing,
}

impl<T> Queue<T> {
    /// A queue of scenarios that start in this order of their indexes. `most`
    /// says how many of a limit may run at once, `limits_of` which limits each
    /// scenario belongs to; both are empty where there are none.
    pub(super) fn new(
        order: Vec<u32>,
        scenarios: Vec<T>,
        most: Vec<u32>,
        limits_of: Vec<Vec<u16>>,
    ) -> Self {
        let scenarios = in_order(order, scenarios);
        if most.is_empty() {
            return Self::Free(Mutex::new(scenarios.into_iter()));
        }
        let mut rows = Vec::<Row<T>>::new();
        for (place, (index, scenario)) in (0..).zip(scenarios) {
            let limits = &limits_of[index as usize];
            let waiting = Waiting { place, index, scenario };
            if let Some(row) = rows.iter_mut().find(|row| row.limits == *limits) {
                row.waiting.push_back(waiting);
            } else {
                rows.push(Row { limits: limits.clone(), waiting: VecDeque::from([waiting]) });
            }
        }
        let running = vec![0; most.len()];
        let state = Mutex::new(State { rows, running });
        Self::Limited(Box::new(Limited { most, limits_of, state, room: Notify::new() }))
    }

    /// The next scenario to start; `None` where none is left. Waits while no
    /// limit has room; after each wait `stopped` is asked whether it is over.
    /// The end of each one that was taken must be told with [`Self::ended`].
    pub(super) async fn take(&self, stopped: impl Fn() -> bool) -> Option<(u32, T)> {
        match self {
            Self::Free(waiting) => locked(waiting).next(),
            Self::Limited(limited) => loop {
                let mut room = pin!(limited.room.notified());
                // From here on no end is missed.
                room.as_mut().enable();
                match limited.next() {
                    Next::Start(index, scenario) => return Some((index, scenario)),
                    Next::Nothing => return None,
                    Next::Wait => room.await,
                }
                if stopped() {
                    return None;
                }
            },
        }
    }

    /// Makes room for another one.
    pub(super) fn ended(&self, index: u32) {
        let Self::Limited(limited) = self else { return };
        let limits = &limited.limits_of[index as usize];
        if limits.is_empty() {
            return;
        }
        let mut state = locked(&limited.state);
        for limit in limits {
            let running = &mut state.running[usize::from(*limit)];
            *running = running.saturating_sub(1);
        }
        drop(state);
        limited.room.notify_waiters();
    }

    /// What was never taken, by index; nothing is left afterwards.
    pub(super) fn rest(&self) -> Vec<(u32, T)> {
        let mut rest: Vec<(u32, T)> = match self {
            Self::Free(waiting) => locked(waiting).by_ref().collect(),
            Self::Limited(limited) => {
                let mut state = locked(&limited.state);
                let waiting = state.rows.iter_mut().map(|row| std::mem::take(&mut row.waiting));
                waiting.flatten().map(|waiting| (waiting.index, waiting.scenario)).collect()
            }
        };
        rest.sort_unstable_by_key(|(index, _)| *index);
        rest
    }
}

/// Scenarios with their indexes, put in an order of these.
fn in_order<T>(order: Vec<u32>, scenarios: Vec<T>) -> Vec<(u32, T)> {
    if order.is_sorted() {
        return order.into_iter().zip(scenarios).collect();
    }
    let mut scenarios: Vec<Option<T>> = scenarios.into_iter().map(Some).collect();
    let indexed = |index: u32| Some((index, scenarios.get_mut(index as usize)?.take()?));
    order.into_iter().filter_map(indexed).collect()
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T> Limited<T> {
    /// The first in order whose limits all have room.
    fn next(&self) -> Next<T> {
        let mut state = locked(&self.state);
        let State { rows, running } = &mut *state;
        rows.retain(|row| !row.waiting.is_empty());
        if rows.is_empty() {
            return Next::Nothing;
        }
        let room = |limit: &u16| running[usize::from(*limit)] < self.most[usize::from(*limit)];
        let first = rows
            .iter_mut()
            .filter(|row| row.limits.iter().all(room))
            .min_by_key(|row| row.waiting.front().map(|first| first.place));
        let Some((row, first)) =
            first.and_then(|row| row.waiting.pop_front().map(|first| (row, first)))
        else {
            return Next::Wait;
        };
        for limit in &row.limits {
            running[usize::from(*limit)] += 1;
        }
        Next::Start(first.index, first.scenario)
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    /// What can be taken now; `Err`: it would wait.
    fn take(queue: &Queue<char>) -> Result<Option<u32>, ()> {
        let taken = queue.take(|| false).now_or_never().ok_or(())?;
        Ok(taken.map(|(index, scenario)| {
            assert_eq!(scenario, NAMES[index as usize], "each comes with its own index");
            index
        }))
    }

    const NAMES: [char; 5] = ['a', 'b', 'c', 'd', 'e'];

    fn queue(order: &[u32], most: &[u32], limits_of: &[&[u16]]) -> Queue<char> {
        let limits_of = limits_of.iter().map(|limits| limits.to_vec()).collect();
        let scenarios = NAMES[..order.len()].to_vec();
        Queue::new(order.to_vec(), scenarios, most.to_vec(), limits_of)
    }

    #[test]
    fn without_limits_the_order_is_kept() {
        let queue = queue(&[2, 0, 1], &[], &[]);
        assert_eq!(take(&queue), Ok(Some(2)));
        queue.ended(2);
        assert_eq!(queue.rest(), [(0, 'a'), (1, 'b')]);
        assert_eq!(take(&queue), Ok(None));
    }

    #[test]
    fn a_limit_lets_others_pass_and_keeps_the_order() {
        let queue = queue(&[0, 1, 2, 3, 4], &[1, 1], &[&[0], &[0], &[], &[0, 1], &[1]]);
        assert_eq!(take(&queue), Ok(Some(0)));
        assert_eq!(take(&queue), Ok(Some(2)), "1 has no room");
        assert_eq!(take(&queue), Ok(Some(4)), "nor has 3");
        assert_eq!(take(&queue), Err(()));
        queue.ended(2);
        assert_eq!(take(&queue), Err(()), "its end makes no room");
        queue.ended(4);
        assert_eq!(take(&queue), Err(()), "3 needs both");
        queue.ended(0);
        assert_eq!(take(&queue), Ok(Some(1)));
        queue.ended(1);
        assert_eq!(take(&queue), Ok(Some(3)));
        assert_eq!(take(&queue), Ok(None));
        assert_eq!(queue.rest(), []);
    }

    #[tokio::test]
    async fn who_waits_is_woken_by_an_end() {
        let queue = queue(&[0, 1], &[1], &[&[0], &[0]]);
        assert_eq!(take(&queue), Ok(Some(0)));
        let end = async { queue.ended(0) };
        let (next, ()) = tokio::join!(queue.take(|| false), end);
        assert_eq!(next, Some((1, 'b')));
        queue.ended(1);
    }

    #[tokio::test]
    async fn who_waits_is_told_that_the_run_is_over() {
        let queue = queue(&[0, 1], &[1], &[&[0], &[0]]);
        assert_eq!(take(&queue), Ok(Some(0)));
        let end = async { queue.ended(0) };
        let (next, ()) = tokio::join!(queue.take(|| true), end);
        assert_eq!(next, None);
        assert_eq!(queue.rest(), [(1, 'b')]);
    }
}
