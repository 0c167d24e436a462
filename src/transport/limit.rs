//! How fast and how many at a time: nominal time, the rate limit, the lanes of
//! an integration.

use std::{
    collections::HashMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::sync::{Mutex, Semaphore, SemaphorePermit};

use super::{Credentials, Pace};
use crate::{
    catalog::{Integration, Limits},
    evidence::SafetyClass,
};

/// Time as it would be if no wait had been shortened. Rates hold in it.
#[derive(Debug, Default)]
pub(super) struct NominalTime {
    /// How far it is ahead of real time, in nanoseconds.
    ahead: AtomicU64,
    /// What waits alone have passed.
    passed: Passed,
}

/// Nominal time that waits alone have passed: back-off and rate limits, not work.
/// However busy the machine is, it is the same. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Passed(Arc<AtomicU64>);

impl Passed {
    /// The time since the first wait began, waits at the same time counted once.
    pub fn nominal(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::Relaxed))
    }

    /// Lets it be this late, unless it is later already.
    pub(crate) fn reach(&self, time: Duration) {
        self.0.fetch_max(time.as_nanos() as u64, Ordering::Relaxed);
    }
}

impl NominalTime {
    pub(super) fn now(&self) -> Instant {
        Instant::now() + Duration::from_nanos(self.ahead.load(Ordering::Relaxed))
    }

    /// What waits alone have passed of it.
    pub(super) fn passed(&self) -> &Passed {
        &self.passed
    }

    /// Waits a nominal duration. Waits at the same time pass once.
    pub(super) async fn wait(&self, pace: Pace, nominal: Duration) {
        if nominal.is_zero() {
            return;
        }
        let (due, passed) = (self.now() + nominal, self.passed.nominal() + nominal);
        pace.sleep(nominal).await;
        self.passed.reach(passed);
        let ahead = due.saturating_duration_since(Instant::now());
        self.ahead.fetch_max(ahead.as_nanos() as u64, Ordering::Relaxed);
    }
}

/// A rate with a burst.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rate {
    /// Nominal time that one request takes up.
    interval: Duration,
    burst: u32,
}

/// Requests per second where the record says nothing and a real partner is called.
const CAUTIOUS: f64 = 2.0;
/// Requests at once in that case.
const CAUTIOUS_BURST: u32 = 10;

impl Rate {
    /// The rate that holds: the record's; without one a cautious one for real
    /// partners, and none for stand-ins.
    pub(super) fn of(limits: &Limits, class: SafetyClass) -> Option<Self> {
        match limits.rate {
            Some(rate) => Some(Self::new(rate, limits.burst)),
            None if class == SafetyClass::Mock => None,
            None => Some(Self::new(CAUTIOUS, limits.burst.min(CAUTIOUS_BURST))),
        }
    }

    fn new(per_second: f64, burst: u32) -> Self {
        // Bounded on both sides, so that no figure of a record overflows a duration.
        let per_second =
            if per_second > 0.0 { per_second.clamp(1.0 / 86_400.0, 1e9) } else { CAUTIOUS };
        Self { interval: Duration::from_secs_f64(1.0 / per_second), burst: burst.max(1) }
    }
}

/// The generic cell rate algorithm (ITU-T I.371): in any time `t` at most
/// `burst + rate * t` requests pass.
#[derive(Debug, Default)]
struct Bucket {
    /// When the bucket is full again: the theoretical arrival time.
    full: Option<Instant>,
}

impl Bucket {
    /// How long the next request has to wait.
    fn wait(&self, now: Instant, rate: Rate) -> Duration {
        let credit = rate.interval * (rate.burst - 1);
        self.full.map_or(Duration::ZERO, |full| {
            full.saturating_duration_since(now).saturating_sub(credit)
        })
    }

    /// A request passes.
    fn take(&mut self, now: Instant, rate: Rate) {
        self.full = Some(self.full.map_or(now, |full| full.max(now)) + rate.interval);
    }
}

/// The requests of one integration: so many at a time, and so fast for each credential.
#[derive(Debug)]
pub(super) struct Lanes {
    permits: Semaphore,
    credentials: [Lane; 3],
}

#[derive(Debug)]
struct Lane {
    /// The credential's name in the ledger.
    credential: String,
    /// Held by whoever is next, so that requests pass in the order in which they came.
    bucket: Mutex<Bucket>,
}

/// The leave to send one request now; ends with the attempt.
#[derive(Debug)]
pub(super) struct Leave<'l> {
    /// Nominal wait for the rate limit.
    pub(super) waited: Duration,
    _permit: Option<SemaphorePermit<'l>>,
}

impl Lanes {
    fn new(integration: &Integration) -> Self {
        let lane = |credentials: Credentials| Lane {
            credential: credentials.name(&integration.id),
            bucket: Mutex::default(),
        };
        Self {
            permits: Semaphore::new(integration.limits.concurrency.max(1) as usize),
            credentials: [
                lane(Credentials::Ours),
                lane(Credentials::Wrong),
                lane(Credentials::Missing),
            ],
        }
    }

    /// The credential's name in the ledger.
    pub(super) fn credential(&self, credentials: Credentials) -> &str {
        &self.credentials[credentials as usize].credential
    }

    /// Waits until the rate allows another request and fewer than the allowed
    /// number are under way. No permit is held while the rate makes us wait.
    pub(super) async fn enter(
        &self,
        credentials: Credentials,
        rate: Option<Rate>,
        time: &NominalTime,
        pace: Pace,
    ) -> Leave<'_> {
        let Some(rate) = rate else {
            // The semaphore is never closed, so a permit always comes.
            return Leave { waited: Duration::ZERO, _permit: self.permits.acquire().await.ok() };
        };
        let lane = &self.credentials[credentials as usize].bucket;
        let mut waited = Duration::ZERO;
        let mut bucket = if let Ok(bucket) = lane.try_lock() {
            bucket
        } else {
            let came = time.now();
            let bucket = lane.lock().await;
            waited = time.now().saturating_duration_since(came);
            bucket
        };
        let due = bucket.wait(time.now(), rate);
        time.wait(pace, due).await;
        let permit = self.permits.acquire().await.ok();
        // Taken when it goes out, not when it was asked for: else requests that
        // piled up for a permit could go out faster than the rate.
        bucket.take(time.now(), rate);
        Leave { waited: waited + due, _permit: permit }
    }
}

/// The lanes of all integrations that were called so far.
#[derive(Debug, Default)]
pub(super) struct AllLanes {
    by_integration: RwLock<HashMap<String, Arc<Lanes>>>,
}

impl AllLanes {
    /// The integration's lanes; made by the record that is seen first.
    pub(super) fn of(&self, integration: &Integration) -> Arc<Lanes> {
        let known = self.by_integration.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(lanes) = known.get(&integration.id) {
            return Arc::clone(lanes);
        }
        drop(known);
        let mut all = self.by_integration.write().unwrap_or_else(PoisonError::into_inner);
        let lanes =
            all.entry(integration.id.clone()).or_insert_with(|| Arc::new(Lanes::new(integration)));
        Arc::clone(lanes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::catalog::sample as integration;

    #[test]
    fn a_real_partner_without_a_rate_is_called_cautiously() {
        let limits = Limits { burst: 50, ..Limits::default() };
        assert_eq!(Rate::of(&limits, SafetyClass::Mock), None);
        assert_eq!(
            Rate::of(&limits, SafetyClass::Test),
            Some(Rate { interval: Duration::from_millis(500), burst: 10 })
        );
        let limits = Limits { rate: Some(25.0), burst: 0, ..Limits::default() };
        assert_eq!(
            Rate::of(&limits, SafetyClass::Mock),
            Some(Rate { interval: Duration::from_millis(40), burst: 1 })
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn never_more_than_the_burst_and_the_rate(
            per_second in 0.5..200.0_f64,
            burst in 1..20_u32,
            pauses in prop::collection::vec(0..400_u64, 1..120),
        ) {
            let rate = Rate::new(per_second, burst);
            let start = Instant::now();
            let mut now = start;
            let mut bucket = Bucket::default();
            let mut passed: Vec<Instant> = Vec::new();
            for pause in pauses {
                now += Duration::from_millis(pause);
                now += bucket.wait(now, rate);
                prop_assert_eq!(bucket.wait(now, rate), Duration::ZERO);
                bucket.take(now, rate);
                passed.push(now);
            }
            for (index, first) in passed.iter().enumerate() {
                for (more, last) in passed[index..].iter().enumerate() {
                    let allowed = f64::from(burst) + (*last - *first).as_secs_f64() * per_second;
                    prop_assert!((more + 1) as f64 <= allowed + 1e-3);
                }
            }
        }
    }

    #[tokio::test]
    async fn a_shortened_wait_moves_nominal_time() {
        let time = NominalTime::default();
        let before = time.now();
        time.wait(Pace::scaled(0.001), Duration::from_secs(5)).await;
        let passed = time.now() - before;
        assert!(passed >= Duration::from_secs(5) && passed < Duration::from_secs(6), "{passed:?}");
    }

    #[tokio::test]
    async fn requests_over_the_rate_wait_in_turn_and_without_a_permit() {
        let mut integration = integration("a");
        integration.limits =
            Limits { rate: Some(0.1), burst: 2, concurrency: 1, ..Limits::default() };
        let lanes = Lanes::new(&integration);
        let rate = Rate::of(&integration.limits, SafetyClass::Mock);
        let (time, pace) = (NominalTime::default(), Pace::scaled(0.01));
        let mut waited = Vec::new();
        for _ in 0..4 {
            waited.push(lanes.enter(Credentials::Ours, rate, &time, pace).await.waited);
        }
        assert_eq!(waited[..2], [Duration::ZERO; 2]);
        for wait in &waited[2..] {
            let ms = wait.as_millis();
            assert!((5_000..=10_000).contains(&ms), "{waited:?}");
        }
        // Another credential of the same integration has a rate of its own.
        let other = lanes.enter(Credentials::Wrong, rate, &time, pace).await;
        assert_eq!(other.waited, Duration::ZERO);
    }
}
