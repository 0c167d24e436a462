//! How long a partner asks us to wait.

use time::{
    OffsetDateTime, PrimitiveDateTime, format_description::BorrowedFormatItem,
    macros::format_description,
};

use crate::{catalog::WaitBy, evidence::Response};

/// Longest value of a date or number that is looked at.
const LONGEST_VALUE: usize = 40;

/// The wait that an answer asks for, in milliseconds: by `Retry-After`, else in
/// the first of these ways that says something.
pub(super) fn wait_ms(
    answer: &Response,
    wait_by: &[WaitBy],
    now: impl Fn() -> OffsetDateTime,
) -> Option<f64> {
    // Clocks differ, so the partner's own counts where it tells its time.
    let theirs = || answer.header("date").and_then(|v| date(v.trim())).unwrap_or_else(&now);
    let seconds = || theirs().unix_timestamp_nanos() as f64 / 1e9;
    retry_after_ms(answer, theirs)
        .or_else(|| wait_by.iter().find_map(|way| way.asked_ms(answer, seconds)))
}

/// What `Retry-After` (RFC 9110 section 10.2.3) asks for: seconds, also with
/// decimals as Shopify sends them, or a date. What is past is zero. What is
/// neither, a number below zero included, is ignored, so that our own back-off holds.
fn retry_after_ms(answer: &Response, now: impl Fn() -> OffsetDateTime) -> Option<f64> {
    let value = answer.header("retry-after")?.trim();
    if let Some(seconds) = seconds(value) {
        return Some(seconds * 1e3);
    }
    Some(((date(value)? - now()).as_seconds_f64() * 1e3).max(0.0))
}

/// A decimal number of seconds. No sign, no exponent, no infinity.
fn seconds(value: &str) -> Option<f64> {
    let plain = value.len() <= LONGEST_VALUE
        && value.starts_with(|c: char| c.is_ascii_digit())
        && value.chars().all(|c| c.is_ascii_digit() || c == '.');
    if plain { value.parse().ok() } else { None }
}

const IMF_FIXDATE: &[BorrowedFormatItem<'_>] = format_description!(
    "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
);

fn date(value: &str) -> Option<OffsetDateTime> {
    if value.len() > LONGEST_VALUE {
        return None;
    }
    PrimitiveDateTime::parse(value, IMF_FIXDATE).ok().map(PrimitiveDateTime::assume_utc)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::evidence::Body;

    fn answer(headers: &[(&str, &str)]) -> Response {
        let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        Response { status: 429, headers, body: Body::default() }
    }

    fn now() -> OffsetDateTime {
        time::macros::datetime!(2026-11-20 10:00:00 UTC)
    }

    fn asked(retry_after: &str, date: Option<&str>) -> Option<f64> {
        let mut headers = vec![("retry-after", retry_after)];
        headers.extend(date.map(|date| ("date", date)));
        wait_ms(&answer(&headers), &[], now)
    }

    #[test]
    fn retry_after_in_all_its_forms() {
        assert_eq!(asked("2", None), Some(2000.0));
        assert_eq!(asked("0", None), Some(0.0));
        assert_eq!(asked(" 2.0 ", None), Some(2000.0));
        assert_eq!(asked("0.25", None), Some(250.0));
        assert_eq!(asked("Fri, 20 Nov 2026 10:00:07 GMT", None), Some(7000.0));
        assert_eq!(
            asked("Fri, 20 Nov 2026 12:00:03 GMT", Some("Fri, 20 Nov 2026 12:00:00 GMT")),
            Some(3000.0)
        );
        assert_eq!(asked("Fri, 20 Nov 2026 09:00:00 GMT", None), Some(0.0), "past");
        assert_eq!(asked("Fri, 20 Nov 2026 10:00:07 GMT", Some("yesterday")), Some(7000.0));
        assert_eq!(asked(&"9".repeat(40), None), Some(1e43), "more than anybody waits for");
        for garbage in
            ["", "soon", "-5", "-0", "1e3", "inf", "NaN", "1.2.3", ".", "--1", "+1", "2 s", "2,0"]
        {
            assert_eq!(asked(garbage, None), None, "{garbage}");
        }
        assert_eq!(asked(&"9".repeat(41), None), None);
        assert_eq!(wait_ms(&answer(&[]), &[], now), None);
    }

    #[test]
    fn other_ways_count_where_retry_after_says_nothing() {
        let ways = [
            WaitBy::Reset { header: "x-reset".to_owned() },
            WaitBy::Reset { header: "x-other".to_owned() },
        ];
        let asked = |headers: &[(&str, &str)]| wait_ms(&answer(headers), &ways, now);
        assert_eq!(asked(&[("x-reset", "1795168803")]), Some(3000.0));
        assert_eq!(asked(&[("x-reset", "7"), ("retry-after", "2.0")]), Some(2000.0));
        assert_eq!(asked(&[("x-reset", "7"), ("retry-after", "soon")]), Some(7000.0));
        assert_eq!(asked(&[("x-reset", "soon"), ("x-other", "4")]), Some(4000.0));
        let theirs = ("date", "Fri, 20 Nov 2026 09:59:58 GMT");
        assert_eq!(asked(&[("x-reset", "1795168803"), theirs]), Some(5000.0), "by their clock");
        assert_eq!(asked(&[]), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_text_of_a_partner_breaks_the_parser(text in "\\PC{0,60}") {
            let wait = asked(&text, Some(&text));
            prop_assert!(wait.is_none_or(|ms| ms >= 0.0));
        }
    }
}
