//! Expectations of our own conduct.

use std::time::Duration;

use super::{Asked, Claims, plural};
use crate::{
    contract::source::format_duration,
    evidence::{Attempt, Cause, Diagnostic, Outcome},
    steps::{
        cause::Suspect,
        made::{Made, clip},
    },
    transport::LONGEST_WAIT,
};

/// Longer waits are not kept, in milliseconds.
const LONGEST_MS: f64 = LONGEST_WAIT.as_millis() as f64;

pub(super) fn attempts(made: &Made, count: u32, same_key: bool, claims: Claims) -> Asked {
    let attempts = &made.exchange.attempts;
    if attempts.len() != count as usize {
        let retry = made.operation.partner.integration.retry.is_some();
        let mut diagnostic = Diagnostic::error("we made another number of attempts")
            .expected(format!("{count} {}", plural(count as usize, "attempt")))
            .actual(attempts.len().to_string());
        if !retry {
            diagnostic = diagnostic.help(format!(
                "{} has no `retry:`; without it nothing is repeated",
                made.operation.partner.integration.source.path
            ));
        }
        if let Some(asked) = made.exchange.last().asked_wait_ms.filter(|asked| *asked > LONGEST_MS)
        {
            diagnostic = diagnostic.note(format!(
                "the partner asked us to wait {:.0} s; nobody waits for more than {}",
                asked / 1e3,
                format_duration(LONGEST_WAIT)
            ));
        }
        return Err((Suspect::Known(Cause::OurExpectation), diagnostic));
    }
    if same_key {
        let first = attempts.first().and_then(|a| a.idempotency_key.as_deref());
        let same =
            first.is_some() && attempts.iter().all(|a| a.idempotency_key.as_deref() == first);
        if !same {
            let keys: Vec<&str> =
                attempts.iter().map(|a| a.idempotency_key.as_deref().unwrap_or("none")).collect();
            let diagnostic = Diagnostic::error("the attempts carried no common idempotency key")
                .expected("one and the same key on each attempt")
                .actual(keys.join(", "))
                .help("give the operation `idempotency: {header: ...}` in the record");
            return Err((Suspect::Known(Cause::OurExpectation), diagnostic));
        }
    }
    Ok(claims)
}

pub(super) fn waited(made: &Made, fallbacks: &[Duration], claims: Claims) -> Asked {
    let pairs = made.exchange.attempts.windows(2);
    for (number, pair) in pairs.enumerate() {
        let fallback = fallbacks.get(number).or(fallbacks.last()).copied().unwrap_or_default();
        let wanted = pair[0].asked_wait_ms.unwrap_or(fallback.as_secs_f64() * 1e3);
        // Half a millisecond for the clock's own grain.
        if pair[1].waited_ms + 0.5 < wanted {
            let who = if pair[0].asked_wait_ms.is_some() {
                "as the partner asked"
            } else {
                "as the sentence says"
            };
            let diagnostic = Diagnostic::error(format!(
                "we did not wait long enough before attempt {}",
                pair[1].number
            ))
            .expected(format!("at least {wanted:.0} ms, {who}"))
            .actual(format!("{:.0} ms", pair[1].waited_ms));
            let diagnostic = match unread_wait(&pair[0]) {
                Some(said) => diagnostic
                    .note(format!("its Retry-After is neither a number nor a date: {said}")),
                None => diagnostic,
            };
            return Err((Suspect::Known(Cause::OurExpectation), diagnostic));
        }
    }
    Ok(claims)
}

/// A `Retry-After` that nobody could read.
fn unread_wait(attempt: &Attempt) -> Option<String> {
    let Outcome::Answer(answer) = &attempt.outcome else { return None };
    let said = answer.header("retry-after").filter(|_| attempt.asked_wait_ms.is_none())?;
    Some(format!("\"{}\"", clip(said, 40)))
}
