//! Waits that stand-ins insert, and how much of an attempt's time they are.
//!
//! In class `mock` a partner is slow or silent because a scenario says so. The
//! stand-in tells each such wait when it begins, and the attempt that waits for
//! the answer counts it with its nominal length. So the limit of an attempt is
//! never shortened: it ends early only by what a stand-in has saved it, and a
//! wait that goes beyond the limit ends it for certain, however late either
//! side is scheduled.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::Notify;

use super::Pace;

/// The waits that the stand-ins of one scenario insert. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Inserted {
    pace: Pace,
    told: Arc<Told>,
}

#[derive(Debug, Default)]
struct Told {
    /// By the address from which the caller's connection comes.
    waits: Mutex<Vec<(SocketAddr, Waits)>>,
    news: Notify,
}

/// What was inserted on one connection since its caller last asked.
#[derive(Clone, Copy, Debug, Default)]
struct Waits {
    /// Nominal length of those that are over.
    nominal: Duration,
    /// What they really took.
    real: Duration,
    /// The one that is under way.
    open: Option<Open>,
}

#[derive(Clone, Copy, Debug)]
struct Open {
    begun: Instant,
    /// Nominal length; `None`: it never ends.
    nominal: Option<Duration>,
}

/// When an attempt is over its limit.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    /// Then, unless the answer or news of a wait comes before.
    At(Instant),
    /// Then, whatever comes.
    Surely(Instant),
}

impl Inserted {
    /// No waits yet; those to come really last as `pace` says.
    pub fn new(pace: Pace) -> Self {
        Self { pace, told: Arc::default() }
    }

    /// Waits a nominal time before the caller on this connection gets more.
    pub async fn wait(&self, connection: SocketAddr, nominal: Duration) {
        self.tell(connection, Some(nominal));
        let took = self.pace.sleep(nominal).await;
        if let Some((_, waits)) = self.waits().iter_mut().find(|(other, _)| *other == connection) {
            waits.open = None;
            waits.nominal += nominal;
            waits.real += took;
        }
    }

    /// The caller on this connection gets nothing more.
    pub fn silence(&self, connection: SocketAddr) {
        self.tell(connection, None);
    }

    /// A pause that comes again and again on this connection.
    pub fn pause(&self, connection: SocketAddr, nominal: Duration) -> Pause {
        Pause { inserted: self.clone(), connection, nominal }
    }

    fn tell(&self, connection: SocketAddr, nominal: Option<Duration>) {
        let open = Some(Open { begun: Instant::now(), nominal });
        let mut all = self.waits();
        match all.iter_mut().find(|(other, _)| *other == connection) {
            Some((_, waits)) => waits.open = open,
            None => all.push((connection, Waits { open, ..Waits::default() })),
        }
        drop(all);
        self.told.news.notify_waiters();
    }

    /// Does the work of an attempt within its nominal limit; `None`: the limit
    /// came first. `connection` says from which address it calls, once it does.
    pub(super) async fn within<F: Future>(
        &self,
        limit: Duration,
        connection: impl Fn() -> Option<SocketAddr>,
        work: F,
    ) -> Option<F::Output> {
        let begin = Instant::now();
        let mut work = std::pin::pin!(work);
        loop {
            let mut news = std::pin::pin!(self.told.news.notified());
            // From here on no news is missed.
            news.as_mut().enable();
            let end = match self.end(begin, limit, &connection) {
                End::At(end) => end,
                End::Surely(end) => {
                    tokio::time::sleep_until(end.into()).await;
                    return None;
                }
            };
            tokio::select! {
                // News first: a wait beyond the limit counts, also where both came while we slept.
                biased;
                () = news => {}
                ended = &mut work => return Some(ended),
                () = tokio::time::sleep_until(end.into()) => return None,
            }
        }
    }

    fn end(
        &self,
        begin: Instant,
        limit: Duration,
        connection: impl Fn() -> Option<SocketAddr>,
    ) -> End {
        let all = self.waits();
        if all.is_empty() {
            return End::At(begin + limit);
        }
        let own = connection();
        match all.iter().find(|(other, _)| Some(*other) == own) {
            Some((_, waits)) => waits.end(begin, limit, self.pace),
            None => End::At(begin + limit),
        }
    }

    /// What the waits of this connection would have taken more than they did, in
    /// milliseconds. They are forgotten: the next attempt begins without any.
    pub(super) fn take(&self, connection: Option<SocketAddr>) -> f64 {
        let mut all = self.waits();
        let Some(at) = all.iter().position(|(other, _)| Some(*other) == connection) else {
            return 0.0;
        };
        let (_, waits) = all.swap_remove(at);
        (waits.nominal.as_secs_f64() - waits.real.as_secs_f64()) * 1e3
    }

    fn waits(&self) -> MutexGuard<'_, Vec<(SocketAddr, Waits)>> {
        self.told.waits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waits {
    fn end(&self, begin: Instant, limit: Duration, pace: Pace) -> End {
        let saved = self.nominal.saturating_sub(self.real);
        let Some(open) = self.open else {
            // Over before it was looked at: too late all the same.
            let late = self.nominal >= limit;
            return if late {
                End::Surely(begin + pace.real(limit))
            } else {
                End::At(begin + limit.saturating_sub(saved))
            };
        };
        let gone = open.begun.saturating_duration_since(begin) + saved;
        let left = limit.saturating_sub(gone);
        match open.nominal {
            Some(nominal) if nominal < left => {
                End::At(open.begun + pace.real(nominal) + left.saturating_sub(nominal))
            }
            _ => End::Surely(open.begun + pace.real(left)),
        }
    }
}

/// A pause between the pieces of an answer.
#[derive(Clone, Debug)]
pub struct Pause {
    inserted: Inserted,
    connection: SocketAddr,
    nominal: Duration,
}

impl Pause {
    /// Pauses once.
    pub async fn pass(&self) {
        self.inserted.wait(self.connection, self.nominal).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(10);

    fn address(port: u16) -> SocketAddr {
        ([127, 0, 0, 1], port).into()
    }

    fn waits(nominal: u64, real: u64) -> Waits {
        Waits {
            nominal: Duration::from_millis(nominal),
            real: Duration::from_millis(real),
            open: None,
        }
    }

    #[test]
    fn the_limit_ends_earlier_by_what_waits_have_saved() {
        let begin = Instant::now();
        let at = |ms| begin + Duration::from_millis(ms);
        let pace = Pace::scaled(0.01);
        assert_eq!(Waits::default().end(begin, LIMIT, pace), End::At(at(10_000)));
        assert_eq!(waits(4_000, 40).end(begin, LIMIT, pace), End::At(at(6_040)));
        // A machine that woke late has saved nothing, and loses nothing.
        assert_eq!(waits(4_000, 5_000).end(begin, LIMIT, pace), End::At(at(10_000)));
        assert_eq!(waits(10_000, 100).end(begin, LIMIT, pace), End::Surely(at(100)));
        let open = |begun, nominal: Option<u64>, waits: Waits| {
            let nominal = nominal.map(Duration::from_millis);
            let open = Some(Open { begun: at(begun), nominal });
            Waits { open, ..waits }.end(begin, LIMIT, pace)
        };
        assert_eq!(open(100, Some(3_000), Waits::default()), End::At(at(100 + 30 + 6_900)));
        assert_eq!(open(100, Some(9_900), Waits::default()), End::Surely(at(100 + 99)));
        assert_eq!(open(100, None, Waits::default()), End::Surely(at(100 + 99)));
        assert_eq!(
            open(60, None, waits(4_000, 40)),
            End::Surely(at(60 + 59) + Duration::from_micros(800))
        );
        assert_eq!(open(12_000, None, Waits::default()), End::Surely(at(12_000)));
    }

    #[tokio::test]
    async fn a_wait_within_the_limit_counts_in_full() {
        let inserted = Inserted::new(Pace::scaled(0.001));
        let (own, other) = (address(1), address(2));
        inserted.silence(other);
        let work = inserted.wait(own, Duration::from_secs(9));
        assert!(inserted.within(LIMIT, || Some(own), work).await.is_some());
        let saved = inserted.take(Some(own));
        assert!(saved > 8_000.0 && saved < 8_991.5, "{saved}");
        assert!(inserted.take(Some(own)).abs() < f64::EPSILON, "it was forgotten");
    }

    #[tokio::test]
    async fn a_wait_beyond_the_limit_ends_it_though_the_answer_is_there() {
        let inserted = Inserted::new(Pace::scaled(0.001));
        let began = Instant::now();
        let answered_late = async {
            inserted.tell(address(1), Some(LIMIT));
            // The answer is there as soon as the attempt looks again.
            tokio::task::yield_now().await;
        };
        assert_eq!(inserted.within(LIMIT, || Some(address(1)), answered_late).await, None);
        assert!(began.elapsed() < LIMIT / 2);
    }

    #[tokio::test]
    async fn many_waits_add_up_to_the_limit() {
        let inserted = Inserted::new(Pace::scaled(0.001));
        let pause = inserted.pause(address(1), Duration::from_secs(3));
        let mut passed = 0;
        let work = async {
            for _ in 0..9 {
                pause.pass().await;
                passed += 1;
            }
        };
        assert_eq!(inserted.within(LIMIT, || Some(address(1)), work).await, None);
        assert_eq!(passed, 3);
    }
}
