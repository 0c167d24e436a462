//! Owns all waiting: scales the waits that we or a stand-in insert, never work.

use std::time::{Duration, Instant};

/// The one owner of inserted waits. A factor of 1 is real time; class `mock`
/// runs faster. Limits are not waits: they keep their length. Cheap to copy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    factor: f64,
}

impl Pace {
    /// Real time.
    pub const REAL: Self = Self { factor: 1.0 };

    /// Inserted waits last `factor` times their nominal length; clamped to
    /// 0.001 to 1, and real time for what is no number.
    pub fn scaled(factor: f64) -> Self {
        if factor.is_nan() { Self::REAL } else { Self { factor: factor.clamp(0.001, 1.0) } }
    }

    /// Sleeps a nominal duration; returns what it really took. No wait at all
    /// does not even yield.
    pub async fn sleep(&self, nominal: Duration) -> Duration {
        if nominal.is_zero() {
            return Duration::ZERO;
        }
        let begin = Instant::now();
        tokio::time::sleep(self.real(nominal)).await;
        begin.elapsed()
    }

    /// The real length of a nominal wait.
    pub fn real(self, nominal: Duration) -> Duration {
        // Real time is passed through untouched: a product of floats would round it.
        if self.is_real() { nominal } else { nominal.mul_f64(self.factor) }
    }

    fn is_real(self) -> bool {
        self.factor >= 1.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_hundredth_of_the_time_passes() {
        let pace = Pace::scaled(0.01);
        assert_eq!(pace.real(Duration::from_secs(2)), Duration::from_millis(20));
        assert_eq!(Pace::scaled(f64::NAN), Pace::REAL);
        assert_eq!(Pace::scaled(9.0), Pace::REAL);
    }

    #[tokio::test]
    async fn no_wait_takes_no_time() {
        assert_eq!(Pace::REAL.sleep(Duration::ZERO).await, Duration::ZERO);
        let took = Pace::scaled(0.001).sleep(Duration::from_secs(2)).await;
        assert!(took >= Duration::from_millis(2) && took < Duration::from_secs(2), "{took:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_pace_never_lengthens_and_keeps_the_order(
            factor in -1.0..2.0_f64, a in 0..86_400_000_u64, b in 0..86_400_000_u64,
        ) {
            let pace = Pace::scaled(factor);
            let (short, long) = (Duration::from_millis(a.min(b)), Duration::from_millis(a.max(b)));
            prop_assert!(pace.real(short) <= pace.real(long));
            prop_assert!(pace.real(long) <= long);
        }
    }
}
