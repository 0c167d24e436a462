//! Formats of strings, as far as mutants need them.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Whether a text is of the format; `None` for a format that is not known here.
pub(super) fn fits(format: &str, text: &str) -> Option<bool> {
    Some(match format {
        "date-time" => text.split_once(['T', 't']).is_some_and(|(d, t)| date(d) && time(t)),
        "date" => date(text),
        "time" => time(text),
        "uuid" => {
            text.len() == 36
                && text.bytes().enumerate().all(|(at, byte)| match at {
                    8 | 13 | 18 | 23 => byte == b'-',
                    _ => byte.is_ascii_hexdigit(),
                })
        }
        "email" | "idn-email" => {
            text.split_once('@').is_some_and(|(who, host)| !who.is_empty() && !host.is_empty())
        }
        "ipv4" => text.parse::<Ipv4Addr>().is_ok(),
        "ipv6" => text.parse::<Ipv6Addr>().is_ok(),
        "uri" | "iri" => text.split_once(':').is_some_and(|(scheme, _)| {
            scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
        }),
        // RFC 4648 section 4, as the format registry of `OpenAPI` has it.
        "byte" => {
            let digits = text.trim_end_matches('=');
            text.len().is_multiple_of(4)
                && digits.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'))
        }
        _ => return None,
    })
}

/// The least and the largest number of a format (the format registry of `OpenAPI`).
pub(super) fn range(format: &str) -> Option<(f64, f64)> {
    Some(match format {
        "int8" => (f64::from(i8::MIN), f64::from(i8::MAX)),
        "uint8" => (0.0, f64::from(u8::MAX)),
        "int16" => (f64::from(i16::MIN), f64::from(i16::MAX)),
        "uint16" => (0.0, f64::from(u16::MAX)),
        "int32" => (f64::from(i32::MIN), f64::from(i32::MAX)),
        "uint32" => (0.0, f64::from(u32::MAX)),
        _ => return None,
    })
}

/// `full-date` of RFC 3339 section 5.6, days of the month not counted.
fn date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    matches!(parts.as_slice(), [y, m, d] if y.len() == 4
        && digits(y) && within(m, 1, 12) && within(d, 1, 31))
}

/// `full-time` of RFC 3339 section 5.6.
fn time(text: &str) -> bool {
    let zone = text.find(['Z', 'z', '+', '-']);
    let Some((clock, zone)) = zone.map(|at| text.split_at(at)) else { return false };
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let parts: Vec<&str> = clock.split(':').collect();
    let zoned = match zone.split_at(1) {
        ("Z" | "z", rest) => rest.is_empty(),
        (_, rest) => {
            rest.split_once(':').is_some_and(|(h, m)| within(h, 0, 23) && within(m, 0, 59))
        }
    };
    zoned
        && digits(fraction)
        && matches!(parts.as_slice(), [h, m, s]
            if within(h, 0, 23) && within(m, 0, 59) && within(s, 0, 60))
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn within(text: &str, least: u32, most: u32) -> bool {
    text.len() == 2 && digits(text) && text.parse().is_ok_and(|n: u32| (least..=most).contains(&n))
}

#[cfg(test)]
mod tests {
    use super::{fits, range};

    #[test]
    fn formats_are_told_from_what_partners_made_of_them() {
        for (format, good, bad) in [
            ("date-time", "2026-01-31T07:13:56.5+01:00", "2026-01-31T07:13:56"),
            ("date-time", "2026-01-31T07:13:56Z", "20260131 071356"),
            ("date", "2026-01-31", "31-01-2026"),
            ("time", "07:13:56Z", "071356"),
            ("uuid", "123e4567-e89b-42d3-a456-426614174000", "123e4567e89b42d3a456426614174000"),
            ("email", "ada@example.com", "ada"),
            ("ipv4", "192.0.2.1", "host"),
            ("ipv6", "2001:db8::1", "host"),
            ("uri", "https://example.com/1", "/1"),
        ] {
            assert_eq!(fits(format, good), Some(true), "{format} {good}");
            assert_eq!(fits(format, bad), Some(false), "{format} {bad}");
        }
        assert_eq!((fits("byte", "cHJvYmU="), fits("byte", "***")), (Some(true), Some(false)));
        assert_eq!(fits("int64", "x"), None);
        assert_eq!(range("int32"), Some((-2_147_483_648.0, 2_147_483_647.0)));
    }
}
