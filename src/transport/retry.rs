//! Whether and when an attempt is repeated. Pure: nothing waits here.

use std::time::Duration;

use super::error::nothing_was_sent;
use crate::{
    catalog::{Backoff, Effect, Jitter, Retry, RetryOn},
    evidence::{Attempt, NoAnswer, Outcome},
};

/// A partner that asks for more than this is not waited for.
pub const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// The wait before the next attempt; `None`: there is none.
pub(super) fn next(
    retry: Option<&Retry>,
    attempt: &Attempt,
    repeatable: bool,
    seed: u64,
) -> Option<Duration> {
    let retry = retry?;
    let reason = reason(attempt)?;
    if attempt.number >= retry.attempts || !retry.on.contains(&reason) {
        return None;
    }
    if !repeatable && !without_effect(attempt, reason) {
        return None;
    }
    match attempt.asked_wait_ms {
        Some(asked) if asked > LONGEST_WAIT.as_secs_f64() * 1e3 => None,
        Some(asked) => Some(Duration::from_secs_f64(asked / 1e3)),
        None => Some(backoff(&retry.backoff, attempt.number, seed)),
    }
}

/// Whether a second attempt can do no harm, whatever became of the first.
pub(super) fn repeatable(effect: Effect, has_key: bool) -> bool {
    effect == Effect::Reads || has_key
}

/// Whether this attempt certainly changed nothing: a throttled request is
/// refused before it is worked on, and some never left.
fn without_effect(attempt: &Attempt, reason: RetryOn) -> bool {
    match &attempt.outcome {
        Outcome::Answer(_) => reason == RetryOn::Throttled,
        Outcome::NoAnswer(reason) => nothing_was_sent(reason),
    }
}

fn reason(attempt: &Attempt) -> Option<RetryOn> {
    match &attempt.outcome {
        Outcome::Answer(_) if attempt.throttled => Some(RetryOn::Throttled),
        Outcome::Answer(answer) if (500..=599).contains(&answer.status) => {
            Some(RetryOn::ServerError)
        }
        Outcome::NoAnswer(
            NoAnswer::Dns { .. } | NoAnswer::Refused { .. } | NoAnswer::Reset { .. },
        ) => Some(RetryOn::Connect),
        Outcome::NoAnswer(NoAnswer::Timeout { .. }) => Some(RetryOn::Timeout),
        Outcome::Answer(_)
        | Outcome::NoAnswer(
            NoAnswer::Tls { .. } | NoAnswer::Protocol { .. } | NoAnswer::NotSent { .. },
        ) => None,
    }
}

/// The wait after attempt `number`, which is counted from 1.
fn backoff(backoff: &Backoff, number: u32, seed: u64) -> Duration {
    let doubled = 1_u32.checked_shl(number.saturating_sub(1)).unwrap_or(u32::MAX);
    let wait = backoff.first.saturating_mul(doubled).min(backoff.cap);
    let chance = || fastrand::Rng::with_seed(seed ^ u64::from(number)).f64();
    match backoff.jitter {
        Jitter::None => wait,
        Jitter::Added => wait.mul_f64(1.0 + chance() / 2.0),
        Jitter::Full => wait.mul_f64(chance()),
    }
}

/// The seed of one call's back-off: the same run seed gives the same waits.
/// FNV-1a, since the standard library's hash may change between versions.
pub(super) fn seed(run: u64, integration: &str, operation: &str) -> u64 {
    let bytes = integration.bytes().chain([0]).chain(operation.bytes());
    run.to_be_bytes().into_iter().chain(bytes).fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        evidence::{Body, Response},
        transport::testing::attempt,
    };

    fn retry() -> Retry {
        Retry {
            on: vec![RetryOn::Throttled, RetryOn::ServerError, RetryOn::Connect, RetryOn::Timeout],
            attempts: 3,
            backoff: Backoff {
                first: Duration::from_secs(1),
                cap: Duration::from_secs(3),
                jitter: Jitter::None,
            },
        }
    }

    fn answered(status: u16) -> Outcome {
        Outcome::Answer(Response { status, headers: Vec::new(), body: Body::default() })
    }

    #[test]
    fn waits_double_up_to_the_cap() {
        let retry = retry();
        let waits: Vec<u64> =
            (1..5).map(|n| backoff(&retry.backoff, n, 0).as_millis() as u64).collect();
        assert_eq!(waits, [1000, 2000, 3000, 3000]);
        assert_eq!(backoff(&retry.backoff, u32::MAX, 0), Duration::from_secs(3));
    }

    #[test]
    fn attempts_end_and_reasons_must_be_listed() {
        let mut first = attempt(1, answered(500));
        assert_eq!(next(Some(&retry()), &first, true, 0), Some(Duration::from_secs(1)));
        assert_eq!(next(None, &first, true, 0), None);
        let throttled = Retry { on: vec![RetryOn::Throttled], ..retry() };
        assert_eq!(next(Some(&throttled), &first, true, 0), None);
        assert_eq!(next(Some(&retry()), &attempt(3, answered(500)), true, 0), None);
        assert_eq!(next(Some(&retry()), &attempt(1, answered(200)), true, 0), None);
        first.asked_wait_ms = Some(7500.0);
        assert_eq!(next(Some(&retry()), &first, true, 0), Some(Duration::from_millis(7500)));
        first.asked_wait_ms = Some(3_600_001.0);
        assert_eq!(next(Some(&retry()), &first, true, 0), None);
    }

    #[test]
    fn a_write_without_a_key_is_repeated_only_where_nothing_can_have_happened() {
        let again = |attempt: &Attempt| next(Some(&retry()), attempt, false, 0).is_some();
        let no_answer = |reason| attempt(1, Outcome::NoAnswer(reason));
        let detail = String::new;
        let mut throttled = attempt(1, answered(503));
        assert!(!again(&throttled));
        throttled.throttled = true;
        assert!(again(&throttled));
        assert!(again(&no_answer(NoAnswer::Refused { detail: detail() })));
        assert!(again(&no_answer(NoAnswer::Dns { detail: detail() })));
        assert!(!again(&no_answer(NoAnswer::Reset { detail: "before an answer".to_owned() })));
        let timeout = |phase: &str| NoAnswer::Timeout { phase: phase.to_owned(), limit_ms: 1 };
        assert!(!again(&no_answer(timeout("wait"))));
        assert!(again(&no_answer(timeout("connect"))));
        assert!(repeatable(Effect::Reads, false) && repeatable(Effect::Writes, true));
        assert!(!repeatable(Effect::Destroys, false));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn jitter_keeps_its_bounds_and_is_drawn_again_the_same(
            run in any::<u64>(), number in 1..20_u32, first in 1..5000_u64, cap in 1..60_000_u64,
        ) {
            let of = |jitter| Backoff {
                first: Duration::from_millis(first), cap: Duration::from_millis(cap), jitter,
            };
            let seed = seed(run, "stripe.payments", "createPaymentIntent");
            let plain = backoff(&of(Jitter::None), number, seed);
            let full = backoff(&of(Jitter::Full), number, seed);
            let added = backoff(&of(Jitter::Added), number, seed);
            prop_assert!(plain <= Duration::from_millis(cap));
            prop_assert!(full <= plain);
            prop_assert!(added >= plain && added <= plain * 3 / 2 + Duration::from_nanos(1));
            prop_assert_eq!(full, backoff(&of(Jitter::Full), number, seed));
        }
    }
}
