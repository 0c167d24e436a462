//! Durations and rates as people write them.

use std::{borrow::Cow, fmt, time::Duration};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{Unexpected, Visitor},
};

const MINUTE: f64 = 60.0;
const HOUR: f64 = 3_600.0;
const DAY: f64 = 86_400.0;

/// Reads `800 ms`, `2 s`, `1.5 seconds`, `5 minutes`, `1 h`, `2 days`; the space may be missing.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let (number, unit) = number(text)?;
    let seconds = match unit {
        "ms" | "millisecond" | "milliseconds" => 0.001,
        "s" | "second" | "seconds" => 1.0,
        "min" | "minute" | "minutes" => MINUTE,
        "h" | "hour" | "hours" => HOUR,
        "day" | "days" => DAY,
        _ => return None,
    };
    Duration::try_from_secs_f64(number * seconds).ok()
}

/// Reads `25 per second`, `100 per minute`, `5000 per hour`, `2000 per day`; the result is per second.
pub fn parse_rate(text: &str) -> Option<f64> {
    let (number, unit) = number(text)?;
    let seconds = match unit.strip_prefix("per ")?.trim_start() {
        "second" => 1.0,
        "minute" => MINUTE,
        "hour" => HOUR,
        "day" => DAY,
        _ => return None,
    };
    Some(number / seconds)
}

/// Writes a duration as people say it: `800 ms`, `2 s`, `1.5 s`, `5 minutes`, `1 h`.
/// Whole minutes and hours are said as such, the rest to the millisecond.
pub fn format_duration(duration: Duration) -> String {
    let (whole, seconds) = (duration.subsec_nanos() == 0, duration.as_secs());
    match seconds {
        0 => format!("{} ms", short(duration.as_secs_f64() * 1e3)),
        60 if whole => "1 minute".to_owned(),
        _ if whole && seconds.is_multiple_of(3_600) => format!("{} h", seconds / 3_600),
        _ if whole && seconds.is_multiple_of(60) => format!("{} minutes", seconds / 60),
        _ => format!("{} s", short(duration.as_secs_f64())),
    }
}

/// At most three decimals, without trailing zeros.
fn short(number: f64) -> String {
    let text = format!("{number:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A plain decimal number (no sign, no exponent) and the words after it.
fn number(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) || digits.ends_with('.') {
        return None;
    }
    Some((digits.parse().ok()?, unit.trim_start()))
}

/// A duration in a file, read by [`parse_duration`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HumanDuration(pub Duration);

/// A rate in a file, read by [`parse_rate`]: times per second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HumanRate(pub f64);

impl<'de> Deserialize<'de> for HumanDuration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const WHAT: &str = "a duration such as `800 ms`, `2 s` or `5 minutes`";
        deserializer.deserialize_str(Words { what: WHAT, read: parse_duration }).map(Self)
    }
}

impl<'de> Deserialize<'de> for HumanRate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const WHAT: &str = "a rate such as `25 per second` or `100 per minute`";
        deserializer.deserialize_str(Words { what: WHAT, read: parse_rate }).map(Self)
    }
}

impl JsonSchema for HumanDuration {
    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A number and its unit, as people say it.",
            "pattern": r"^\s*[0-9]+(\.[0-9]+)?\s*(ms|milliseconds?|s|seconds?|min|minutes?|h|hours?|days?)\s*$",
            "examples": ["800 ms", "2 s", "5 minutes", "1 h", "90 days"],
        })
    }
}

impl JsonSchema for HumanRate {
    fn schema_name() -> Cow<'static, str> {
        "Rate".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "How often in which time.",
            "pattern": r"^\s*[0-9]+(\.[0-9]+)?\s*per \s*(second|minute|hour|day)\s*$",
            "examples": ["25 per second", "100 per minute", "5000 per hour"],
        })
    }
}

/// Reads a quantity from a string.
struct Words<T> {
    what: &'static str,
    read: fn(&str) -> Option<T>,
}

impl<T> Visitor<'_> for Words<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        (self.read)(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, ms) in [
            ("800 ms", 800),
            ("0 ms", 0),
            ("2 s", 2_000),
            ("2s", 2_000),
            ("1.5 seconds", 1_500),
            ("5 minutes", 300_000),
            ("1 min", 60_000),
            ("1 h", 3_600_000),
            ("2 days", 172_800_000),
        ] {
            assert_eq!(parse_duration(text), Some(Duration::from_millis(ms)), "{text}");
        }
        for text in ["", "10", "s", "-1 s", "1e3 s", "1. s", "1.2.3 s", ".5 s", "10 sek"] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
        assert_eq!(parse_duration(&format!("{} days", "9".repeat(40))), None);
    }

    #[test]
    fn rates_are_per_second() {
        for (text, rate) in [
            ("25 per second", 25.0),
            ("0.5 per second", 0.5),
            ("120 per minute", 2.0),
            ("7200 per hour", 2.0),
            ("86400 per day", 1.0),
        ] {
            assert_eq!(parse_rate(text), Some(rate), "{text}");
        }
        for text in ["25", "25 per", "25 per fortnight", "per second", "25/s", "-1 per second"] {
            assert_eq!(parse_rate(text), None, "{text}");
        }
    }

    #[test]
    fn durations_are_written_as_people_say_them() {
        for (micros, text) in [
            (0, "0 ms"),
            (250, "0.25 ms"),
            (800_000, "800 ms"),
            (1_500_000, "1.5 s"),
            (2_000_000, "2 s"),
            (60_000_000, "1 minute"),
            (90_000_000, "90 s"),
            (300_000_000, "5 minutes"),
            (3_600_000_000, "1 h"),
        ] {
            assert_eq!(format_duration(Duration::from_micros(micros)), text);
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

        #[test]
        fn what_is_written_is_read_back(ms in 0_u64..100_000_000) {
            let duration = Duration::from_millis(ms);
            proptest::prop_assert_eq!(parse_duration(&format_duration(duration)), Some(duration));
        }
    }
}
