//! What one judgement remembers: verdicts, steps and depth.
//!
//! A reference is judged far below the call that began, through frames that are not ours, so the
//! state stands beside the thread and not in an argument. It lives for one judgement.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
};

use serde_json::Value;

/// References that one judgement may follow. An honest body takes a few for each of its values,
/// and a verdict on a container is remembered, so that only a trap needs as many.
const MOST_STEPS: u32 = 4_000_000;
/// From so many steps on verdicts are remembered; before, judging again costs less.
const REMEMBER_AFTER: u32 = 128;
/// References within each other. JSON itself is read down to 127 levels.
const MOST_DEPTH: u32 = 512;
/// Bytes of stack that one judgement may use, of the 2 MiB that a thread has. The schemas between
/// two references are no deeper than a document may be nested.
const MOST_STACK: usize = 896 << 10;

/// Why a value was not judged to the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    /// Too many references had to be followed.
    Steps,
    /// References lie too deep within each other.
    Depth,
    /// A schema did not compile.
    Broken,
}

/// A schema and a value, by the addresses that both keep during one judgement.
type Pair = (usize, usize);

struct State {
    /// Judgements under way on this thread, one within another.
    open: Cell<u32>,
    steps: Cell<u32>,
    depth: Cell<u32>,
    /// Address of the stack where the judgement began.
    bottom: Cell<usize>,
    limit: Cell<Option<Limit>>,
    /// Whether the value that is judged will not stay where it is.
    passing: Cell<bool>,
    most_steps: Cell<u32>,
    known: RefCell<HashMap<Pair, bool>>,
}

thread_local! {
    static STATE: State = State {
        open: Cell::new(0),
        steps: Cell::new(0),
        depth: Cell::new(0),
        bottom: Cell::new(0),
        limit: Cell::new(None),
        passing: Cell::new(false),
        most_steps: Cell::new(MOST_STEPS),
        known: RefCell::default(),
    };
}

/// Runs a judgement, and tells beside its result where it had to stop. What it said then is worth
/// nothing.
pub(super) fn judgement<T>(judge: impl FnOnce() -> T) -> (T, Option<Limit>) {
    let _open = Open::new();
    let result = judge();
    (result, STATE.with(|state| state.limit.get()))
}

/// From now on verdicts of this judgement are remembered.
pub(super) fn remember() {
    STATE.with(|state| state.steps.set(state.steps.get().max(REMEMBER_AFTER)));
}

/// Ends this judgement without a verdict; what stands for one then is always true.
pub(super) fn give_up(limit: Limit) -> bool {
    STATE.with(|state| state.limit.set(state.limit.get().or(Some(limit))));
    true
}

/// Whether the judgement has to end.
pub(super) fn has_given_up() -> bool {
    STATE.with(|state| state.limit.get().is_some())
}

/// Judges a value that is made for this question only.
pub(super) fn passing<T>(judge: impl FnOnce() -> T) -> T {
    STATE.with(|state| {
        let before = state.passing.replace(true);
        let result = judge();
        state.passing.set(before);
        result
    })
}

/// The verdict of a schema on a value, asked for once where it may cost.
pub(super) fn verdict<S>(schema: &S, value: &Value, judge: impl FnOnce() -> bool) -> bool {
    STATE.with(|state| state.verdict(schema, value, judge))
}

/// Runs one level deeper; `None` where that is too deep.
pub(super) fn deeper<T>(run: impl FnOnce() -> T) -> Option<T> {
    STATE.with(|state| {
        let depth = state.depth.get();
        if depth >= MOST_DEPTH || state.bottom.get().abs_diff(here()) > MOST_STACK {
            state.limit.set(state.limit.get().or(Some(Limit::Depth)));
            return None;
        }
        state.depth.set(depth + 1);
        let result = run();
        state.depth.set(depth);
        Some(result)
    })
}

/// Bounds the steps of this thread's judgements.
#[cfg(test)]
pub(super) fn bound_steps(most: u32) {
    STATE.with(|state| state.most_steps.set(most));
}

/// Steps that the last judgement of this thread took.
#[cfg(test)]
pub(super) fn steps() -> u32 {
    STATE.with(|state| state.steps.get())
}

impl State {
    fn verdict<S>(&self, schema: &S, value: &Value, judge: impl FnOnce() -> bool) -> bool {
        let steps = self.steps.get();
        if steps >= self.most_steps.get() {
            self.limit.set(self.limit.get().or(Some(Limit::Steps)));
        }
        if self.limit.get().is_some() {
            return true;
        }
        self.steps.set(steps + 1);
        if steps < REMEMBER_AFTER || self.passing.get() {
            return deeper(judge).unwrap_or(true);
        }
        let pair = (std::ptr::from_ref(schema).addr(), std::ptr::from_ref(value).addr());
        if let Some(known) = self.known.borrow().get(&pair) {
            return *known;
        }
        let verdict = deeper(judge).unwrap_or(true);
        self.known.borrow_mut().insert(pair, verdict);
        verdict
    }
}

/// A judgement under way. Its end is told by a drop, so that a panic leaves nothing behind.
struct Open;

impl Open {
    fn new() -> Self {
        STATE.with(|state| {
            if state.open.get() == 0 {
                state.steps.set(0);
                state.depth.set(0);
                state.bottom.set(here());
                state.limit.set(None);
                state.passing.set(false);
            }
            state.open.set(state.open.get() + 1);
        });
        Self
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        STATE.with(|state| {
            state.open.set(state.open.get() - 1);
            if state.open.get() == 0 {
                // Addresses mean nothing any more. A large table would stay with the thread.
                let mut known = state.known.borrow_mut();
                if known.capacity() > 4_096 {
                    *known = HashMap::new();
                } else if !known.is_empty() {
                    known.clear();
                }
            }
        });
    }
}

/// About where the stack ends now.
#[inline(never)]
fn here() -> usize {
    let mark = 0_u8;
    std::ptr::from_ref(std::hint::black_box(&mark)).addr()
}
