//! The send count per credential.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::{Duration, Instant},
};

/// How many requests each credential sent in the last second, and in all.
///
/// A credential costs at most some 16 KiB: sends are kept by the millisecond.
#[derive(Debug, Default)]
pub struct Ledger {
    sends: RwLock<HashMap<String, Arc<Mutex<Sends>>>>,
    /// The run's ledger, whose totals this one feeds.
    run: Option<Arc<Ledger>>,
}

/// The sends of one credential.
#[derive(Debug, Default)]
struct Sends {
    total: u64,
    /// Where the milliseconds below count from: the first send.
    base: Option<Instant>,
    /// Millisecond, and how many went out in it; oldest first.
    recent: VecDeque<(u64, u32)>,
    /// Sum over `recent`.
    count: u32,
}

impl Ledger {
    /// How far back [`Ledger::count`] looks.
    pub const WINDOW: Duration = Duration::from_secs(1);

    /// A ledger with windows of its own, for a partner of its own (a stand-in
    /// that one scenario has to itself). Totals are kept in the run's as well.
    pub fn apart(run: &Arc<Self>) -> Self {
        Self { sends: RwLock::default(), run: Some(Arc::clone(run)) }
    }

    /// Counts one request of this credential, and gives the count of the last
    /// second, this one included. `now` is nominal time.
    pub fn count(&self, credential: &str, now: Instant) -> u32 {
        if let Some(run) = &self.run {
            lock(&run.of(credential)).total += 1;
        }
        lock(&self.of(credential)).count(now)
    }

    /// All requests of this credential since the run began.
    pub fn total(&self, credential: &str) -> u64 {
        let sends = self.sends.read().unwrap_or_else(PoisonError::into_inner);
        sends.get(credential).map_or(0, |sends| lock(sends).total)
    }

    fn of(&self, credential: &str) -> Arc<Mutex<Sends>> {
        let known = self.sends.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(sends) = known.get(credential) {
            return Arc::clone(sends);
        }
        drop(known);
        let mut all = self.sends.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(credential.to_owned()).or_default())
    }
}

fn lock(sends: &Mutex<Sends>) -> std::sync::MutexGuard<'_, Sends> {
    sends.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Sends {
    fn count(&mut self, now: Instant) -> u32 {
        let base = *self.base.get_or_insert(now);
        let mut ms = now.saturating_duration_since(base).as_millis() as u64;
        // Two tasks may come in another order than they looked at the clock.
        if let Some((last, _)) = self.recent.back() {
            ms = ms.max(*last);
        }
        let window = Ledger::WINDOW.as_millis() as u64;
        while let Some(&(at, sent)) = self.recent.front()
            && at + window <= ms
        {
            self.recent.pop_front();
            self.count -= sent;
        }
        match self.recent.back_mut() {
            Some((last, sent)) if *last == ms => *sent += 1,
            _ => self.recent.push_back((ms, 1)),
        }
        self.count += 1;
        self.total += 1;
        self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_second_counts() {
        let ledger = Ledger::default();
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        assert_eq!(ledger.count("a", at(0)), 1);
        assert_eq!(ledger.count("a", at(0)), 2);
        assert_eq!(ledger.count("a", at(500)), 3);
        assert_eq!(ledger.count("b", at(500)), 1);
        assert_eq!(ledger.count("a", at(999)), 4);
        assert_eq!(ledger.count("a", at(1000)), 3, "both of the first millisecond are out");
        assert_eq!(ledger.count("a", at(400)), 4, "an earlier look at the clock counts as now");
        assert_eq!(ledger.count("a", at(9000)), 1);
        assert_eq!((ledger.total("a"), ledger.total("b"), ledger.total("c")), (7, 1, 0));
    }

    #[test]
    fn the_memory_of_a_credential_is_bounded() {
        let mut sends = Sends::default();
        let start = Instant::now();
        for micros in (0..3_000_000).step_by(100) {
            sends.count(start + Duration::from_micros(micros));
        }
        assert_eq!(sends.count, 10_000);
        assert!(sends.recent.len() <= 1000);
    }

    #[test]
    fn a_ledger_apart_shares_totals_only() {
        let run = Arc::new(Ledger::default());
        let (one, two) = (Ledger::apart(&run), Ledger::apart(&run));
        let now = Instant::now();
        assert_eq!((one.count("a", now), two.count("a", now)), (1, 1));
        assert_eq!((run.total("a"), one.total("a")), (2, 1));
    }
}
