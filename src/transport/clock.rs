//! The run's clock, and a watch over our own scheduling delay. The only file
//! that reads the wall clock.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use time::{OffsetDateTime, format_description::BorrowedFormatItem, macros::format_description};

const RFC_3339: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
const STAMP: &[BorrowedFormatItem<'_>] =
    format_description!("[year][month][day]T[hour][minute][second]Z");

/// The start of a run; all of its times count from here.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    start: Instant,
    wall: SystemTime,
}

impl Clock {
    /// Starts now.
    pub fn start() -> Self {
        Self { start: Instant::now(), wall: SystemTime::now() }
    }

    /// Milliseconds since the start.
    pub fn ms(&self) -> f64 {
        self.start.elapsed().as_secs_f64() * 1e3
    }

    /// The wall-clock time now, counted from the start: a clock that is set in
    /// the middle of a run does not move it.
    pub fn wall_now(&self) -> OffsetDateTime {
        OffsetDateTime::from(self.wall + self.start.elapsed())
    }

    /// The wall-clock time so many milliseconds after the start.
    pub fn wall_at(&self, ms: f64) -> OffsetDateTime {
        OffsetDateTime::from(self.wall + Duration::from_secs_f64(ms.max(0.0) / 1e3))
    }

    /// Wall-clock time now as RFC 3339 in UTC to the millisecond, and as the run id's stamp (`20261120T101500Z`).
    pub fn wall() -> (String, String) {
        written(OffsetDateTime::now_utc())
    }
}

fn written(at: OffsetDateTime) -> (String, String) {
    let text = |format: &[BorrowedFormatItem<'_>]| {
        at.format(format).expect("a date and time has every part that these formats name")
    };
    (text(RFC_3339), text(STAMP))
}

/// How long the watch sleeps between two looks.
const BEAT: Duration = Duration::from_millis(5);
/// Delays up to this are the timer's own grain.
const GRAIN: Duration = Duration::from_millis(2);
/// Delays that are remembered; at seven milliseconds and more each, half a minute of constant starvation.
const REMEMBERED: usize = 4096;

/// Watches how late this process is scheduled. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Starvation {
    seen: Arc<Mutex<Seen>>,
}

#[derive(Debug)]
struct Seen {
    /// When the watch last woke.
    woke: Instant,
    /// When a delay ended, and how long it was.
    delays: VecDeque<(Instant, Duration)>,
}

impl Seen {
    fn wake(&mut self, now: Instant) {
        let delay = now.saturating_duration_since(self.woke).saturating_sub(BEAT);
        self.woke = now;
        if delay > GRAIN {
            if self.delays.len() == REMEMBERED {
                self.delays.pop_front();
            }
            self.delays.push_back((now, delay));
        }
    }

    fn worst_since(&self, from: Option<Instant>, now: Instant) -> Duration {
        // A delay that is still going on counts as far as it has come.
        let pending = now.saturating_duration_since(self.woke).saturating_sub(BEAT);
        let pending = if pending > GRAIN { pending } else { Duration::ZERO };
        self.delays
            .iter()
            .rev()
            .take_while(|(ended, _)| from.is_none_or(|from| *ended >= from))
            .map(|(_, delay)| *delay)
            .fold(pending, Duration::max)
    }
}

impl Starvation {
    /// Starts the watch on the current tokio runtime; it ends with the last clone.
    pub fn watch() -> Self {
        let seen = Arc::new(Mutex::new(Seen { woke: Instant::now(), delays: VecDeque::new() }));
        let watched = Arc::downgrade(&seen);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(BEAT).await;
                let Some(seen) = watched.upgrade() else { return };
                seen.lock().unwrap_or_else(PoisonError::into_inner).wake(Instant::now());
            }
        });
        Self { seen }
    }

    /// The longest delay seen since `since` ago.
    pub fn worst_within(&self, since: Duration) -> Duration {
        let now = Instant::now();
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.worst_since(now.checked_sub(since), now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_for_people_and_for_file_names() {
        let at = time::macros::datetime!(2026-11-20 10:15:00.042 UTC);
        assert_eq!(
            written(at),
            ("2026-11-20T10:15:00.042Z".to_owned(), "20261120T101500Z".to_owned())
        );
    }

    #[test]
    fn the_worst_delay_of_the_asked_time_is_told() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut seen = Seen { woke: start, delays: VecDeque::new() };
        seen.wake(at(6));
        seen.wake(at(41));
        seen.wake(at(57));
        assert_eq!(seen.delays.len(), 2, "a delay within the timer's grain is none");
        assert_eq!(seen.worst_since(Some(at(0)), at(60)), Duration::from_millis(30));
        assert_eq!(seen.worst_since(Some(at(50)), at(60)), Duration::from_millis(11));
        assert_eq!(seen.worst_since(Some(at(58)), at(60)), Duration::ZERO);
        assert_eq!(seen.worst_since(Some(at(58)), at(102)), Duration::from_millis(40));
    }

    #[expect(clippy::disallowed_methods, reason = "blocks the only worker: the watch is for that")]
    #[tokio::test]
    async fn a_blocked_runtime_is_noticed_and_the_watch_ends_with_its_last_clone() {
        let watch = Starvation::watch();
        tokio::task::yield_now().await;
        std::thread::sleep(Duration::from_millis(40));
        assert!(watch.worst_within(Duration::from_secs(1)) >= Duration::from_millis(30));
        let weak = Arc::downgrade(&watch.seen);
        drop(watch);
        assert!(weak.upgrade().is_none());
    }
}
