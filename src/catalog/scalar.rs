//! Small values of a record's `about:` that are read once, when the file is
//! decoded: what has the wrong shape never becomes one of these.

use std::{borrow::Cow, fmt, marker::PhantomData, ops::Deref, time::Duration};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{Unexpected, Visitor},
};
use time::{Date, OffsetDateTime, format_description::well_known::Rfc3339};

use super::values;

/// A value that is written as one word or one line of text.
trait Written: Sized {
    /// What belongs here, with an example.
    const WHAT: &'static str;
    /// A regular expression that each such text matches (ECMA-262, as JSON
    /// Schema has it); what looks right and is not, only [`Written::read`] knows.
    const PATTERN: &'static str;

    /// The value, or `None` where the text is not one.
    fn read(text: &str) -> Option<Self>;
}

/// Reads a [`Written`] value from a string.
struct Reader<T>(PhantomData<T>);

impl<T: Written> Visitor<'_> for Reader<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::WHAT)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        T::read(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}

/// Decodes each of these types by its [`Written::read`].
macro_rules! decoded {
    ($($name:ident),+) => {$(
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(Reader(PhantomData))
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                let what = <$name as Written>::WHAT;
                let pattern = <$name as Written>::PATTERN;
                json_schema!({"type": "string", "description": what, "pattern": pattern})
            }
        }
    )+};
}

decoded!(Text, Day, Moment, SemVer, Percent, LocalTime);

/// A text that says something: never empty, never blanks alone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text(String);

impl Written for Text {
    const WHAT: &'static str = "a text that is not empty";
    const PATTERN: &'static str = r"\S";

    fn read(text: &str) -> Option<Self> {
        (!text.trim().is_empty()).then(|| Self(text.to_owned()))
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A day of the calendar: `2026-11-20`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(Date);

impl Day {
    /// The day that a text such as `2026-11-20` says.
    pub fn parse(text: &str) -> Option<Self> {
        values::date(text).map(Self)
    }

    /// How many days lie between this day and a later one; negative where that one is earlier.
    pub fn days_until(self, later: Self) -> i64 {
        (later.0 - self.0).whole_days()
    }

    /// The day this long after, counted in whole days; the calendar's last one at most.
    #[must_use]
    pub fn after(self, period: Duration) -> Self {
        let days = i64::try_from(period.as_secs() / 86_400).unwrap_or(i64::MAX);
        Self(self.0.checked_add(time::Duration::days(days.min(3_652_425))).unwrap_or(Date::MAX))
    }
}

impl Written for Day {
    const WHAT: &'static str = "a date such as `2027-03-01`";
    const PATTERN: &'static str = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$";

    fn read(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A moment (RFC 3339): `2026-12-03T02:00:00Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(OffsetDateTime);

impl Moment {
    /// The moment as a time.
    pub fn time(self) -> OffsetDateTime {
        self.0
    }
}

impl Written for Moment {
    const WHAT: &'static str = "a date, a time and its offset such as `2026-12-03T02:00:00Z`";
    const PATTERN: &'static str = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}.[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$";

    fn read(text: &str) -> Option<Self> {
        OffsetDateTime::parse(text, &Rfc3339).ok().map(Self)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Every moment that was read can be written.
        f.write_str(&self.0.format(&Rfc3339).unwrap_or_default())
    }
}

/// A version by Semantic Versioning 2.0.0: `1.4.0`, `2.0.0-rc.1+build.5`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SemVer(String);

impl Written for SemVer {
    const WHAT: &'static str = "a semantic version such as `1.4.0`";
    const PATTERN: &'static str =
        r"^(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$";

    fn read(text: &str) -> Option<Self> {
        let (rest, build) = text.split_once('+').map_or((text, None), |(a, b)| (a, Some(b)));
        let (core, pre) = rest.split_once('-').map_or((rest, None), |(a, b)| (a, Some(b)));
        let number = |part: &str| {
            part.bytes().all(|b| b.is_ascii_digit())
                && !part.is_empty()
                && (part == "0" || !part.starts_with('0'))
        };
        let word = |part: &str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        // Numbers before the build have no leading zeros (section 9).
        let tidy =
            |part: &str| word(part) && (number(part) || !part.bytes().all(|b| b.is_ascii_digit()));
        let right = core.split('.').count() == 3
            && core.split('.').all(number)
            && pre.is_none_or(|pre| pre.split('.').all(tidy))
            && build.is_none_or(|build| build.split('.').all(word));
        right.then(|| Self(text.to_owned()))
    }
}

impl Deref for SemVer {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// A share of a whole: `99.9 %`.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Percent(f64);

impl Percent {
    /// The share as a number from 0 to 1.
    pub fn ratio(self) -> f64 {
        self.0 / 100.0
    }
}

impl Written for Percent {
    const WHAT: &'static str = "a share such as `99.9 %`";
    const PATTERN: &'static str = r"^[0-9]+(\.[0-9]+)?\s*%$";

    fn read(text: &str) -> Option<Self> {
        let digits = text.strip_suffix('%')?.trim_end();
        let plain = digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.ends_with(|c: char| c.is_ascii_digit())
            && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let share = digits.parse::<f64>().ok().filter(|share| plain && *share <= 100.0)?;
        Some(Self(share))
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", self.0)
    }
}

/// A time of each day in a time zone: `06:00 Europe/Stockholm`, `23:30 UTC`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalTime {
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// A name of the IANA time zone database, by its form: `Area/City`, or `UTC`.
    pub zone: String,
}

impl Written for LocalTime {
    const WHAT: &'static str =
        "a time and its zone such as `06:00 Europe/Stockholm` or `23:30 UTC`";
    const PATTERN: &'static str =
        "^([01][0-9]|2[0-3]):[0-5][0-9] (UTC|[A-Z][A-Za-z0-9_+-]*(/[A-Z][A-Za-z0-9_+-]*)+)$";

    fn read(text: &str) -> Option<Self> {
        let (clock, zone) = text.split_once(' ')?;
        let (hour, minute) = clock.split_once(':')?;
        let number = |part: &str, end: u8| {
            let two = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
            part.parse::<u8>().ok().filter(|number| two && *number < end)
        };
        let (hour, minute) = (number(hour, 24)?, number(minute, 60)?);
        let word = |part: &str| {
            part.starts_with(|c: char| c.is_ascii_uppercase())
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+-".contains(&b))
        };
        let known = zone == "UTC" || (zone.contains('/') && zone.split('/').all(word));
        known.then(|| Self { hour, minute, zone: zone.to_owned() })
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02} {}", self.hour, self.minute, self.zone)
    }
}

/// How grave an incident is: 1 (all stops) to 5 (nobody notices).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sev(u8);

impl Sev {
    /// The number, 1 to 5.
    pub fn number(self) -> u8 {
        self.0
    }
}

impl JsonSchema for Sev {
    fn schema_name() -> Cow<'static, str> {
        "Sev".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "integer", "minimum": 1, "maximum": 5,
            "description": "1 (all stops) to 5 (nobody notices)",
        })
    }
}

impl<'de> Deserialize<'de> for Sev {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;

        impl Visitor<'_> for Number {
            type Value = Sev;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number from 1 to 5")
            }

            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Sev, E> {
                match u8::try_from(number) {
                    Ok(number @ 1..=5) => Ok(Sev(number)),
                    _ => Err(E::invalid_value(Unexpected::Unsigned(number), &self)),
                }
            }
        }

        deserializer.deserialize_u64(Number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_say_something() {
        assert_eq!(Text::read("a ").as_deref(), Some("a "));
        assert_eq!((Text::read(""), Text::read(" \n")), (None, None));
    }

    #[test]
    fn days_are_counted() {
        let day = |text| Day::parse(text).expect("a day");
        assert_eq!(day("2026-11-20").days_until(day("2026-12-01")), 11);
        assert_eq!(day("2026-11-20").days_until(day("2026-11-19")), -1);
        let ninety = Duration::from_hours(90 * 24);
        assert_eq!(day("2026-10-01").after(ninety).to_string(), "2026-12-30");
        assert_eq!(day("2026-10-01").after(Duration::MAX).to_string(), "9999-12-31");
        assert_eq!(Day::parse("2027-02-29"), None);
    }

    #[test]
    fn versions_are_semantic() {
        for text in ["0.0.0", "1.4.0", "10.20.30", "1.0.0-rc.1", "1.0.0-0.a-b+01.x", "1.0.0+7"] {
            assert!(SemVer::read(text).is_some(), "{text}");
        }
        for text in ["1", "1.4", "v1.4.0", "1.04.0", "1.0.0-", "1.0.0-01", "1.0.0+", "1.0.0.0"] {
            assert!(SemVer::read(text).is_none(), "{text}");
        }
    }

    #[test]
    fn shares_are_parts_of_a_hundred() {
        assert_eq!(Percent::read("99.95 %").map(Percent::ratio), Some(0.9995));
        assert_eq!(Percent::read("1%").map(|share| share.to_string()).as_deref(), Some("1 %"));
        for text in ["99.9", "101 %", "-1 %", "%", "1e1 %", "1. %", ".5 %", "inf %"] {
            assert_eq!(Percent::read(text), None, "{text}");
        }
    }

    #[test]
    fn times_have_a_zone() {
        let time = LocalTime::read("06:05 America/Argentina/Buenos_Aires").expect("a time");
        assert_eq!((time.hour, time.minute), (6, 5));
        assert_eq!(time.to_string(), "06:05 America/Argentina/Buenos_Aires");
        assert!(
            LocalTime::read("23:59 UTC").is_some() && LocalTime::read("00:00 Etc/GMT+1").is_some()
        );
        for text in ["06:00", "24:00 UTC", "6:00 UTC", "06:60 UTC", "06:00 CET", "06:00 europe/x"] {
            assert_eq!(LocalTime::read(text), None, "{text}");
        }
    }

    /// A text of each kind is read only if it matches the kind's pattern.
    #[test]
    fn patterns_hold_of_all_that_is_read() {
        fn holds<T: Written>(right: &[&str], wrong: &[&str]) {
            let pattern = regex::Regex::new(T::PATTERN).expect("an expression");
            for text in right {
                assert!(T::read(text).is_some() && pattern.is_match(text), "{text}");
            }
            for text in wrong {
                assert!(T::read(text).is_none() && !pattern.is_match(text), "{text}");
            }
        }
        holds::<Text>(&["a", " a\n"], &["", " \n"]);
        holds::<Day>(&["2026-11-20", "2024-02-29"], &["2026-13-01", "2026-1-1", "today"]);
        holds::<Moment>(
            &["2026-12-03T02:00:00Z", "2026-12-03T02:00:00.5+01:00"],
            &["2026-12-03", "2026-12-03T02:00Z", "2026-12-03T02:00:00"],
        );
        holds::<SemVer>(&["1.4.0", "2.0.0-rc.1+build.5"], &["1.4", "v1.4.0", "01.4.0", "1.4.0-"]);
        holds::<Percent>(&["99.9 %", "5%", "100  %"], &["99,9 %", "5", ".5 %", "-1 %"]);
        holds::<LocalTime>(
            &["06:00 Europe/Stockholm", "23:30 UTC", "00:00 America/Argentina/Buenos_Aires"],
            &["6:00 UTC", "24:00 UTC", "06:00", "06:00 CET", "06:60 UTC"],
        );
    }
}
